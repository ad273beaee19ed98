//! What differs between two versions of a hotline, in words and in the text.

use crate::flow::diff::{Change, How, as_told, changes, text_diff, told};
use crate::words::Lang;

/// A difference, ready to be shown.
#[derive(Default)]
pub(super) struct Difference {
    /// Sentences about what callers meet.
    pub(super) words: Vec<String>,
    /// Sentences about stories: callers meet nothing of them, and one option that moves changes many.
    pub(super) stories: Vec<String>,
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
    /// Whether this file is shown at once, or only its name.
    pub(super) fn opens(&self, file: &File) -> bool {
        file.opens_among(self.files.len())
    }

    /// Whether nothing differs at all.
    pub(super) fn is_none(&self) -> bool {
        self.files.is_empty()
    }
}

impl File {
    /// Whether one of so many files is shown at once, or only its name: what follows it on the page is to be found.
    pub(super) fn opens_among(&self, files: usize) -> bool {
        files < 3 && (!is_story(&self.name) || self.hunks.len() < 4)
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
    let mut all = Difference::default();
    match changes(old, new) {
        Ok(changes) => {
            let all_told = as_told(&changes).into_iter();
            let (stories, words): (Vec<&Change>, Vec<_>) = all_told.partition(|change| is_story(&change.file));
            let sentences = |changes: Vec<&Change>| changes.iter().map(|change| told(change, lang)).collect();
            (all.words, all.stories) = (sentences(words), sentences(stories));
        }
        Err(_) => all.unread = true,
    }
    let mut names: Vec<&String> = old.iter().chain(new).map(|(name, _)| name).collect();
    names.sort_by_key(|name| (is_story(name), *name));
    names.dedup();
    let text = |files: &[(String, String)], name: &str| {
        files.iter().find(|(own, _)| own == name).map(|(_, text)| text.clone()).unwrap_or_default()
    };
    let file = |name: &String| file(name, &text(old, name), &text(new, name));
    all.files = names.into_iter().filter_map(file).collect();
    all
}

fn is_story(file: &str) -> bool {
    file.ends_with(".stories.yaml")
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
