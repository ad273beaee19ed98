//! Stories as they stand in `NAME.stories.yaml`, and reading them with every problem at once. Knows
//! what a flow declares, so that a story cannot speak of a source that is not there.

use super::ACCOUNT;
use super::records::Expected;
use crate::call::effect::RequestState;
use crate::flow::Flow;
use crate::flow::read::{Fields, Reader, near};
use crate::flow::source::{self, Is, Node, Problem};
use crate::flow::value::{Type, Value};
use crate::words::{Lang, Phone};
use jiff::Timestamp;
use jiff::civil::DateTime;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One call as it should go.
#[derive(Clone, Debug)]
pub struct Story {
    /// What it is about, in a sentence.
    pub title: String,
    /// The file it stands in.
    pub file: Arc<str>,
    /// The line it begins in.
    pub line: usize,
    /// The calling number; none when withheld.
    pub from: Option<Phone>,
    /// The moment of the whole call: its clock stands still.
    pub at: Timestamp,
    /// The language remembered for the number.
    pub language: Option<Lang>,
    /// What `verifies` types.
    pub account: String,
    /// What the world answers.
    pub given: Given,
    /// What the caller does and hears, in order.
    pub call: Vec<Line>,
    /// What is recorded at the end.
    pub records: Vec<Expected>,
}

/// What the world answers in a story. What is not said: a lookup finds nothing, an act is done, a
/// request is taken, a reference is not found, there is no notice.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// By the name of the source.
    pub sources: BTreeMap<String, Canned>,
    /// What becomes of requests.
    pub request: Option<CannedRequest>,
    /// What is known of an earlier request.
    pub status: Option<CannedStatus>,
    /// The notices in force, in each language.
    pub notices: Option<Vec<BTreeMap<Lang, String>>>,
}

/// What a source answers.
#[derive(Clone, PartialEq, Debug)]
pub enum Canned {
    /// A lookup: this record.
    Found(Value),
    /// A lookup: there is no such thing.
    Missing,
    /// No answer.
    Failed,
    /// An act: done.
    Done,
    /// An act: accepted.
    Pending,
}

/// What becomes of requests.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CannedRequest {
    /// There were too many already.
    Refused,
    /// One about the same is open, and is added to.
    Added,
}

/// What is known of an earlier request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CannedStatus {
    /// It stands so.
    Known {
        /// Where it stands.
        state: RequestState,
        /// What was promised.
        due: Timestamp,
        /// Whether that is over.
        overdue: bool,
    },
    /// There is none.
    Missing,
    /// Too many references were tried.
    Refused,
}

/// One line of the part `call`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Where it stands.
    pub line: usize,
    /// What it says.
    pub does: Does,
}

/// What a line of `call` says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Does {
    /// This piece is heard since the caller last did something.
    Hears(String),
    /// It is not.
    HearsNot(String),
    /// These keys are pressed; a `#` at the end ends typing.
    Presses(String),
    /// Types account and whatever the line asks for to prove it, right.
    Verifies,
    /// Types account and then something wrong.
    FailsToVerify,
    /// Presses nothing until the line gives up waiting.
    StaysSilent,
    /// The caller ends the call.
    HangsUp,
    /// The line has said goodbye and ended it.
    IsLetGo,
}

/// The lines of `call` that are written without a text.
const PLAIN: [(&str, Does); 5] = [
    ("verifies", Does::Verifies),
    ("fails to verify", Does::FailsToVerify),
    ("stays silent", Does::StaysSilent),
    ("hangs up", Does::HangsUp),
    ("is let go", Does::IsLetGo),
];
/// Those that are written with one.
const WITH_TEXT: [&str; 3] = ["hears", "does not hear", "presses"];

/// Reads the stories of a flow. A story with a problem is left out.
pub fn read(file: &str, text: &str, flow: &Flow) -> (Vec<Story>, Vec<Problem>) {
    let name: Arc<str> = Arc::from(file);
    let tree = match source::parse(&name, text) {
        Ok(tree) => tree,
        Err(problem) => return (Vec::new(), vec![problem]),
    };
    let mut reader = Reader::new(file);
    if !matches!(tree.is, Is::List(_)) {
        reader.expected(&tree, "a list of stories, each beginning with `- story: …`");
    }
    let stories = tree.items().iter().filter_map(|node| {
        let before = reader.problems.len();
        let story = story(&mut reader, node, flow, &name);
        story.filter(|_| reader.problems.len() == before)
    });
    let stories = stories.collect();
    (stories, reader.problems)
}

fn story(reader: &mut Reader, node: &Node, flow: &Flow, file: &Arc<str>) -> Option<Story> {
    let mut fields = Fields::of(reader, node, "a story: `story:`, `from:`, `at:`, `call:`, `records:`");
    let title = fields.need(reader, "story", "what it is about, in a sentence");
    let title = title.and_then(|n| reader.text(n, "a sentence")).unwrap_or_default().to_owned();
    let from = fields.need(reader, "from", "the calling number, or withheld").and_then(|n| caller(reader, n));
    let at = fields.need(reader, "at", "the moment of the call").and_then(|n| moment(reader, n));
    let language = fields.take("language").and_then(|n| language(reader, n, flow));
    let account = fields.take("account").and_then(|n| reader.text(n, "the account that is typed, in quotes"));
    let given = fields.take("given").map(|n| given(reader, n, flow)).unwrap_or_default();
    let call = fields.need(reader, "call", "what the caller does and hears").map(|n| call(reader, n));
    let records = fields.need(reader, "records", "what is recorded, or nothing").map(|n| records(reader, n));
    fields.done(reader);
    Some(Story {
        title,
        file: file.clone(),
        line: node.at.line,
        from: from?,
        at: at?,
        language,
        account: account.unwrap_or(ACCOUNT).to_owned(),
        given,
        call: call?,
        records: records?,
    })
}

fn caller(reader: &mut Reader, node: &Node) -> Option<Option<Phone>> {
    if node.text() == Some("withheld") {
        return Some(None);
    }
    let phone = node.text().and_then(|text| Phone::parse(text, None));
    if phone.is_none() {
        reader.expected(node, "a number with its country, like +86 10 0000 1001, or withheld");
    }
    phone.map(Some)
}

/// `2026-03-02 10:00 Asia/Shanghai`.
fn moment(reader: &mut Reader, node: &Node) -> Option<Timestamp> {
    let read = |text: &str| {
        let (clock, zone) = text.trim().rsplit_once(' ')?;
        let civil = DateTime::strptime("%Y-%m-%d %H:%M", clock.trim()).ok()?;
        Some(civil.in_tz(zone).ok()?.timestamp())
    };
    let moment = node.text().and_then(read);
    if moment.is_none() {
        reader.expected(node, "a moment like 2026-03-02 10:00 Asia/Shanghai");
    }
    moment
}

fn language(reader: &mut Reader, node: &Node, flow: &Flow) -> Option<Lang> {
    let lang = node.text().and_then(Lang::parse).filter(|lang| flow.languages.contains(lang));
    if lang.is_none() {
        let tags: Vec<&str> = flow.languages.iter().map(|lang| lang.tag()).collect();
        reader.expected(node, &format!("a language of the line: {}", tags.join(", ")));
    }
    lang
}

fn given(reader: &mut Reader, node: &Node, flow: &Flow) -> Given {
    let mut given = Given::default();
    if !matches!(node.is, Is::Map(_)) {
        reader.expected(node, "what each source answers, like { payment: missing }");
    }
    for (key, node) in node.pairs() {
        match (key.text.as_str(), flow.sources.get(&key.text)) {
            ("request", _) => {
                let words = [("refused", CannedRequest::Refused), ("added", CannedRequest::Added)];
                given.request = word(reader, node, &words);
            }
            ("status", _) => given.status = status(reader, node),
            ("notices", _) => {
                let texts = |node: &Node| notice(reader, node, flow);
                given.notices = Some(node.items().iter().map(texts).collect());
            }
            (name, Some(source)) if source.acts() => {
                let words = [("done", Canned::Done), ("pending", Canned::Pending), ("failed", Canned::Failed)];
                given.sources.extend(word(reader, node, &words).map(|canned| (name.to_owned(), canned)));
            }
            (name, Some(source)) if matches!(node.is, Is::Map(_)) => {
                let record = record(reader, node, &source.gives);
                given.sources.insert(name.to_owned(), Canned::Found(record));
            }
            (name, Some(_)) => {
                let words = [("missing", Canned::Missing), ("failed", Canned::Failed)];
                given.sources.extend(word(reader, node, &words).map(|canned| (name.to_owned(), canned)));
            }
            (name, None) => {
                let own = ["request", "status", "notices"];
                let names = flow.sources.keys().map(String::as_str).chain(own);
                let known = names.clone().collect::<Vec<_>>().join(", ");
                let hint = near(name, names).unwrap_or_else(|| format!("here go: {known}"));
                reader.problem(key.at, "unknown-source", format!("there is no source `{name}`"), hint);
            }
        }
    }
    given
}

/// One of a few words.
fn word<T: Clone>(reader: &mut Reader, node: &Node, words: &[(&str, T)]) -> Option<T> {
    let found = words.iter().find(|(word, _)| node.text() == Some(word)).map(|(_, value)| value.clone());
    if found.is_none() {
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        reader.expected(node, &words.join(" or "));
    }
    found
}

/// The fields a source gives, as far as the story says them.
fn record(reader: &mut Reader, node: &Node, gives: &BTreeMap<String, Type>) -> Value {
    let mut record: BTreeMap<String, Value> = gives.keys().map(|name| (name.clone(), Value::None)).collect();
    for (key, node) in node.pairs() {
        let Some(holds) = gives.get(&key.text) else {
            let known = || format!("it gives: {}", gives.keys().cloned().collect::<Vec<_>>().join(", "));
            let hint = near(&key.text, gives.keys().map(String::as_str)).unwrap_or_else(known);
            reader.problem(key.at, "unknown-field", format!("the source gives no `{}`", key.text), hint);
            continue;
        };
        match holds.read(&node.to_json()) {
            Some(value) => drop(record.insert(key.text.clone(), value)),
            None => reader.expected(node, &format!("a {holds}")),
        }
    }
    Value::Record(record)
}

fn status(reader: &mut Reader, node: &Node) -> Option<CannedStatus> {
    if !matches!(node.is, Is::Map(_)) {
        return word(reader, node, &[("missing", CannedStatus::Missing), ("refused", CannedStatus::Refused)]);
    }
    let mut fields = Fields::of(reader, node, "`state:`, `due:`, `overdue:`");
    let state = fields.need(reader, "state", "open, claimed, done or closed").and_then(|n| {
        let state = n.text().and_then(RequestState::named);
        if state.is_none() {
            reader.expected(n, "open, claimed, done or closed");
        }
        state
    });
    let due = fields.need(reader, "due", "what was promised").and_then(|n| moment(reader, n));
    let overdue = fields.take("overdue").and_then(|n| reader.flag(n)).unwrap_or_default();
    fields.done(reader);
    Some(CannedStatus::Known { state: state?, due: due?, overdue })
}

fn notice(reader: &mut Reader, node: &Node, flow: &Flow) -> BTreeMap<Lang, String> {
    // Read as texts for their checks; what is kept is the words, because a notice has no holes.
    reader.texts(node, &flow.languages);
    let words = node.pairs().iter().filter_map(|(key, node)| Some((Lang::parse(&key.text)?, node.text()?.to_owned())));
    words.collect()
}

fn call(reader: &mut Reader, node: &Node) -> Vec<Line> {
    let lines: Vec<Line> = node.items().iter().filter_map(|node| line(reader, node)).collect();
    let ends = |line: &Line| matches!(line.does, Does::HangsUp | Does::IsLetGo);
    let first_end = lines.iter().position(ends);
    if first_end.is_none_or(|at| at + 1 != lines.len()) && lines.len() == node.items().len() {
        let what = "a story ends where the call ends, and only there";
        reader.problem(node.at, "no-end", what, "make its last line `hangs up` or `is let go`");
    }
    lines
}

fn line(reader: &mut Reader, node: &Node) -> Option<Line> {
    let at = node.at;
    let does = |does| Some(Line { line: at.line, does });
    if let Some(text) = node.text() {
        if let Some((_, plain)) = PLAIN.iter().find(|(word, _)| *word == text) {
            return does(plain.clone());
        }
        unknown(reader, node, text);
        return None;
    }
    let [(key, node)] = node.pairs() else {
        reader.expected(node, "one thing that the caller does or hears");
        return None;
    };
    match key.text.as_str() {
        "hears" => does(Does::Hears(spoken(reader, node)?)),
        "does not hear" => does(Does::HearsNot(spoken(reader, node)?)),
        "presses" => {
            let keys = node.text().unwrap_or_default();
            let data = keys.strip_suffix('#').unwrap_or(keys);
            if keys.is_empty() || !data.bytes().all(|b| b.is_ascii_digit() || b == b'*') {
                reader.expected(node, "keys in quotes, 0 to 9 and *, with # at the end of typed numbers");
                return None;
            }
            does(Does::Presses(keys.to_owned()))
        }
        other => {
            unknown(reader, node, other);
            None
        }
    }
}

fn unknown(reader: &mut Reader, node: &Node, word: &str) {
    let names = || PLAIN.iter().map(|(word, _)| *word).chain(WITH_TEXT);
    let hint = near(word, names()).unwrap_or_else(|| format!("here go: {}", names().collect::<Vec<_>>().join(", ")));
    reader.problem(node.at, "unknown-line", format!("`{word}` is nothing a caller does in a story"), hint);
}

fn spoken(reader: &mut Reader, node: &Node) -> Option<String> {
    let text = reader.text(node, "a piece of what is heard")?;
    if !text.contains(char::is_alphanumeric) {
        reader.expected(node, "a piece of what is heard, with words in it");
        return None;
    }
    Some(text.to_owned())
}

fn records(reader: &mut Reader, node: &Node) -> Vec<Expected> {
    if node.text() == Some("nothing") {
        return Vec::new();
    }
    if node.items().is_empty() {
        reader.expected(node, "nothing, or a list of the requests that are recorded");
    }
    node.items().iter().map(|node| Expected::read(reader, node)).collect()
}
