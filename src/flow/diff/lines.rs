//! What differs between two texts, line by line.

use serde::Serialize;
use similar::{ChangeTag, TextDiff};

/// How many lines that stay the same are shown around one that does not.
const AROUND: usize = 3;

/// Lines that differ, with some around them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Hunk {
    /// Its first line in the old text, counted from 1.
    pub old: usize,
    /// Its first line in the new text.
    pub new: usize,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// A line of a difference.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Line {
    /// What became of it.
    pub how: How,
    /// Its text, without its end.
    pub text: String,
}

/// What became of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// It is in both.
    Kept,
    /// It is only in the new text.
    Added,
    /// It is only in the old text.
    Removed,
}

/// What differs between two texts; nothing when they are equal.
pub fn text_diff(old: &str, new: &str) -> Vec<Hunk> {
    let diff = TextDiff::from_lines(old, new);
    let lines = diff.iter_all_changes().map(|change| {
        let how = match change.tag() {
            ChangeTag::Equal => How::Kept,
            ChangeTag::Insert => How::Added,
            ChangeTag::Delete => How::Removed,
        };
        Line { how, text: change.value().trim_end_matches(['\n', '\r']).to_owned() }
    });
    let lines: Vec<Line> = lines.collect();
    let changed: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].how != How::Kept).collect();
    let mut hunks: Vec<Hunk> = Vec::new();
    let (mut old, mut new, mut told) = (1, 1, 0);
    for group in changed.chunk_by(|one, next| next - one <= 2 * AROUND + 1) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let own = first.saturating_sub(AROUND)..(last + AROUND + 1).min(lines.len());
        old += lines[told..own.start].iter().filter(|line| line.how != How::Added).count();
        new += lines[told..own.start].iter().filter(|line| line.how != How::Removed).count();
        told = own.start;
        hunks.push(Hunk { old, new, lines: lines[own].to_vec() });
    }
    hunks
}
