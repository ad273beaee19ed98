//! What differs between two texts, line by line.

use serde::Serialize;
use similar::{ChangeTag, TextDiff};

/// How many lines that stay the same are shown around one that does not.
const AROUND: usize = 3;

/// What is compared line by line at most, as lines of one times lines of the other: beyond it one
/// text takes the place of the other, so that nobody waits.
const MOST: usize = 25_000_000;

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
    let lines = lines(old, new);
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

/// Every line of both texts, in order.
fn lines(old: &str, new: &str) -> Vec<Line> {
    let line = |how: How, text: &str| Line { how, text: text.trim_end_matches(['\n', '\r']).to_owned() };
    let (was, is): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let head = was.iter().zip(&is).take_while(|(a, b)| a == b).count();
    let tail = was[head..].iter().rev().zip(is[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (gone, come) = (&was[head..was.len() - tail], &is[head..is.len() - tail]);
    let between: Vec<Line> = if gone.len().saturating_mul(come.len()) > MOST {
        let come = come.iter().map(|text| line(How::Added, text));
        gone.iter().map(|text| line(How::Removed, text)).chain(come).collect()
    } else {
        let diff = TextDiff::from_slices(gone, come);
        let how = |tag| match tag {
            ChangeTag::Equal => How::Kept,
            ChangeTag::Insert => How::Added,
            ChangeTag::Delete => How::Removed,
        };
        diff.iter_all_changes().map(|change| line(how(change.tag()), change.value())).collect()
    };
    let kept = |text: &&str| line(How::Kept, text);
    was[..head].iter().map(kept).chain(between).chain(was[was.len() - tail..].iter().map(kept)).collect()
}
