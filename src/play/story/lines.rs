//! What the caller of a story does and hears: the part `call`.

use crate::call::event::DialEnd;
use crate::flow::read::{Reader, near};
use crate::flow::source::Node;

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
    /// The desk that rings does this.
    Desk(DialEnd),
    /// Says something for so many seconds where a message is taken down.
    Speaks(u32),
    /// Says nothing there.
    SaysNothing,
    /// The caller ends the call.
    HangsUp,
    /// The line has said goodbye and ended it.
    IsLetGo,
}

impl Does {
    /// Whether the caller does nothing here, and only hears.
    pub fn is_hearing(&self) -> bool {
        matches!(self, Does::Hears(_) | Does::HearsNot(_))
    }
}

/// The lines of `call` that are written without a text.
const PLAIN: [(&str, Does); 10] = [
    ("verifies", Does::Verifies),
    ("fails to verify", Does::FailsToVerify),
    ("stays silent", Does::StaysSilent),
    ("desk answers", Does::Desk(DialEnd::Answered)),
    ("desk is busy", Does::Desk(DialEnd::Busy)),
    ("nobody answers", Does::Desk(DialEnd::NoAnswer)),
    ("desk cannot be reached", Does::Desk(DialEnd::Failed)),
    ("says nothing", Does::SaysNothing),
    ("hangs up", Does::HangsUp),
    ("is let go", Does::IsLetGo),
];
/// Those that are written with one.
const WITH_TEXT: [&str; 4] = ["hears", "does not hear", "presses", "speaks"];

/// Reads the part `call`.
pub(super) fn call(reader: &mut Reader, node: &Node) -> Vec<Line> {
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
        "speaks" => {
            let seconds = reader.duration(node).and_then(|spoken| u32::try_from(spoken.as_secs()).ok())?;
            if seconds == 0 {
                reader.expected_with(node, "a time of a second or more, like 12s", "write `says nothing` for silence");
                return None;
            }
            does(Does::Speaks(seconds))
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
