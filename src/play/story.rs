//! Stories as they stand in `NAME.stories.yaml`, and reading them with every problem at once. Knows
//! what a flow declares, so that a story cannot speak of a source that is not there.

mod given;
mod lines;

pub use given::{Canned, CannedChange, CannedRequest, CannedSms, CannedStatus, Given};
pub use lines::{Does, Line};

use super::ACCOUNT;
use super::leaves::{self, ExpectedText};
use super::records::Expected;
use crate::flow::Flow;
use crate::flow::read::{Fields, Reader};
use crate::flow::source::{self, Is, Node, Problem};
use crate::words::{Lang, Phone};
use jiff::Timestamp;
use jiff::civil::DateTime;
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
    /// The text messages sent, in order.
    pub sends: Vec<ExpectedText>,
    /// The scores given, by category, in order.
    pub scores: Vec<(String, u8)>,
}

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
    let given = fields.take("given").map(|n| given::given(reader, n, flow)).unwrap_or_default();
    let call = fields.need(reader, "call", "what the caller does and hears").map(|n| lines::call(reader, n));
    let records = fields.need(reader, "records", "what is recorded, or nothing").map(|n| records(reader, n));
    let sends = fields.take("sends").map(|n| leaves::sends(reader, n)).unwrap_or_default();
    let scores = fields.take("scores").map(|n| leaves::scores(reader, n)).unwrap_or_default();
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
        sends,
        scores,
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

fn records(reader: &mut Reader, node: &Node) -> Vec<Expected> {
    if node.text() == Some("nothing") {
        return Vec::new();
    }
    if node.items().is_empty() {
        reader.expected(node, "nothing, or a list of the requests that are recorded");
    }
    node.items().iter().map(|node| Expected::read(reader, node)).collect()
}
