//! What differs between two texts, line by line.

use serde::Serialize;
use similar::{DiffTag, TextDiff};
use std::ops::Range;

/// How many lines that stay the same are shown around one that does not.
const AROUND: usize = 3;

/// How many lines of both together are compared line by line at most, without those that are the same at the begin and
/// the end: comparing takes as long as their square, so beyond it one text takes the place of the other.
const MOST: usize = 10_000;

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
    let [was, is] = [old, new].map(|text| text.split_inclusive('\n').collect::<Vec<_>>());
    let (mut lines, mut told) = (Vec::with_capacity(was.len().max(is.len())), 0);
    for Apart { old, new } in apart(&was, &is) {
        lines.extend(was[told..old.start].iter().map(|text| line(How::Kept, text)));
        lines.extend(was[old.clone()].iter().map(|text| line(How::Removed, text)));
        lines.extend(is[new].iter().map(|text| line(How::Added, text)));
        told = old.end;
    }
    lines.extend(was[told..].iter().map(|text| line(How::Kept, text)));
    lines
}

/// Pieces of a text that stand in place of pieces of another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Apart {
    /// Which of the old pieces; empty where new ones come in between.
    pub old: Range<usize>,
    /// Which of the new ones; empty where old ones are gone.
    pub new: Range<usize>,
}

/// Where two texts differ that are cut into pieces, lines or words, in order. What is not named is the same.
pub fn apart(old: &[&str], new: &[&str]) -> Vec<Apart> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (gone, come) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    if gone.is_empty() && come.is_empty() {
        return Vec::new();
    }
    if gone.is_empty() || come.is_empty() || gone.len() + come.len() > MOST {
        return vec![Apart { old: head..old.len() - tail, new: head..new.len() - tail }];
    }
    let diff = TextDiff::from_slices(gone, come);
    let (mut found, mut was, mut is) = (Vec::<Apart>::new(), head, head);
    for op in diff.ops() {
        // Where an operation says it stands is not kept right when one is moved: how long it is, is.
        let (old, new) = (was..was + op.old_range().len(), is..is + op.new_range().len());
        (was, is) = (old.end, new.end);
        match found.last_mut() {
            _ if op.tag() == DiffTag::Equal => {}
            Some(last) if last.old.end == old.start && last.new.end == new.start => {
                (last.old.end, last.new.end) = (old.end, new.end);
            }
            _ => found.push(Apart { old, new }),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_lines_and_very_many_are_not_compared_line_by_line() {
        let among = |many: usize| [vec!["#"; many], vec!["x"], vec!["#"; many]].concat();
        let old = ["a", "x", "b"];
        assert_eq!(apart(&old, &among(100)), [Apart { old: 0..1, new: 0..100 }, Apart { old: 2..3, new: 101..201 }]);
        assert_eq!(apart(&old, &among(MOST)), [Apart { old: 0..3, new: 0..2 * MOST + 1 }]);
    }
}
