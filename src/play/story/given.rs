//! What the world answers in a story: the part `given`.

use super::moment;
use crate::call::effect::RequestState;
use crate::flow::Flow;
use crate::flow::read::{Fields, Reader, near};
use crate::flow::source::{Is, Node};
use crate::flow::value::{Type, Value};
use crate::words::Lang;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What the world answers in a story. What is not said: a lookup finds nothing, an act is done, a
/// request is taken, a reference is not found, there is no notice, nobody knows how long one waits
/// for a desk, and a text message is accepted.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// By the name of the source.
    pub sources: BTreeMap<String, Canned>,
    /// What becomes of requests.
    pub request: Option<CannedRequest>,
    /// What is known of an earlier request.
    pub status: Option<CannedStatus>,
    /// What becomes of changing an earlier request.
    pub change: Option<CannedChange>,
    /// The notices in force, in each language.
    pub notices: Option<Vec<BTreeMap<Lang, String>>>,
    /// How long one waits for a desk, in seconds.
    pub wait: Option<u32>,
    /// What becomes of text messages.
    pub sms: Option<CannedSms>,
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

/// What becomes of text messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CannedSms {
    /// None is sent.
    Refused,
}

/// What becomes of changing an earlier request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CannedChange {
    /// There is none that this caller may change.
    Refused,
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

/// Reads the part `given`.
pub(super) fn given(reader: &mut Reader, node: &Node, flow: &Flow) -> Given {
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
            ("change", _) => given.change = word(reader, node, &[("refused", CannedChange::Refused)]),
            ("notices", _) => {
                let texts = |node: &Node| notice(reader, node, flow);
                given.notices = Some(node.items().iter().map(texts).collect());
            }
            ("wait", _) => given.wait = wait(reader, node),
            ("sms", _) => given.sms = word(reader, node, &[("refused", CannedSms::Refused)]),
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
                let own = ["request", "status", "change", "notices", "wait", "sms"];
                let names = flow.sources.keys().map(String::as_str).chain(own);
                let known = names.clone().collect::<Vec<_>>().join(", ");
                let hint = near(name, names).unwrap_or_else(|| format!("here go: {known}"));
                reader.problem(key.at, "unknown-source", format!("there is no source `{name}`"), hint);
            }
        }
    }
    given
}

/// `5m`, in seconds.
fn wait(reader: &mut Reader, node: &Node) -> Option<u32> {
    reader.duration(node).and_then(|wait| u32::try_from(wait.as_secs()).ok())
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
