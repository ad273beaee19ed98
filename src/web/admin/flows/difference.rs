//! What differs between two versions of a hotline, in words and in the text.

use crate::flow::diff::{How, changes, text_diff, told};
use crate::words::Lang;

/// A difference, ready to be shown.
#[derive(Default)]
pub(super) struct Difference {
    /// Sentences, each with the step it is about.
    pub(super) words: Vec<(Option<String>, String)>,
    /// The words cannot be told because a text cannot be read.
    pub(super) unread: bool,
    pub(super) files: Vec<File>,
}

/// A file that differs.
pub(super) struct File {
    pub(super) name: String,
    pub(super) hunks: Vec<Vec<Line>>,
}

/// A line: its class, its sign, its text.
pub(super) struct Line {
    pub(super) class: &'static str,
    pub(super) sign: &'static str,
    pub(super) text: String,
}

impl Difference {
    /// Whether nothing differs at all.
    pub(super) fn is_none(&self) -> bool {
        self.files.is_empty()
    }
}

/// Compares, away from where requests are answered: large files take their time.
pub(super) async fn difference(old: Vec<(String, String)>, new: Vec<(String, String)>, lang: Lang) -> Difference {
    let compared = tokio::task::spawn_blocking(move || compared(&old, &new, lang));
    compared.await.unwrap_or_else(|error| {
        tracing::error!(%error, "two versions could not be compared");
        Difference { unread: true, ..Difference::default() }
    })
}

fn compared(old: &[(String, String)], new: &[(String, String)], lang: Lang) -> Difference {
    let (words, unread) = match changes(old, new) {
        Ok(changes) => {
            let sentence = |change: &crate::flow::diff::Change| (change.step.clone(), told(change, lang));
            (changes.iter().map(sentence).collect(), false)
        }
        Err(_) => (Vec::new(), true),
    };
    let mut names: Vec<&String> = old.iter().chain(new).map(|(name, _)| name).collect();
    names.sort();
    names.dedup();
    let text = |files: &[(String, String)], name: &str| {
        files.iter().find(|(own, _)| own == name).map(|(_, text)| text.clone()).unwrap_or_default()
    };
    let file = |name: &String| file(name, &text(old, name), &text(new, name));
    Difference { words, unread, files: names.into_iter().filter_map(file).collect() }
}

/// The lines of one file that differ; none: none does.
pub(super) fn file(name: &str, old: &str, new: &str) -> Option<File> {
    let hunks: Vec<Vec<Line>> =
        text_diff(old, new).into_iter().map(|hunk| hunk.lines.into_iter().map(line).collect()).collect();
    (!hunks.is_empty()).then(|| File { name: name.to_owned(), hunks })
}

fn line(line: crate::flow::diff::Line) -> Line {
    let (class, sign) = match line.how {
        How::Kept => ("kept", " "),
        How::Added => ("added", "+"),
        How::Removed => ("removed", "−"),
    };
    Line { class, sign, text: line.text }
}
