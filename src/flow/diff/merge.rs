//! A text that two changed, each without the other: both changes in one text, where they do not meet.

use super::lines::{Apart, apart};
use std::ops::Range;

/// What `ours` and `theirs` made of `base`, together; none: they touch the same lines in different ways. Lines
/// beside each other are two, so that a text may be changed in one language here and in the next one there.
pub fn merge(base: &str, ours: &str, theirs: &str) -> Option<String> {
    let [base, ours, theirs] = [base, ours, theirs].map(|text| text.split_inclusive('\n').collect::<Vec<_>>());
    let mut mine = apart(&base, &ours).into_iter().flat_map(by_line).peekable();
    let mut other = apart(&base, &theirs).into_iter().flat_map(by_line).peekable();
    let (mut merged, mut told) = (String::new(), 0);
    loop {
        let ours_first = match (mine.peek(), other.peek()) {
            (Some(a), Some(b)) if a.old == b.old && ours[a.new.clone()] == theirs[b.new.clone()] => {
                other.next();
                true
            }
            (Some(a), Some(b)) if meet(&a.old, &b.old) => return None,
            (Some(a), Some(b)) => a.old.start <= b.old.start,
            (a, _) => a.is_some(),
        };
        let (next, texts) = if ours_first { (mine.next(), &ours) } else { (other.next(), &theirs) };
        let Some(Apart { old, new }) = next else { break };
        merged.extend(base[told..old.start].iter().chain(&texts[new]).copied());
        told = old.end;
    }
    merged.extend(base[told..].iter().copied());
    Some(merged)
}

/// As many lines in place of as many are each a change of its own.
fn by_line(apart: Apart) -> Vec<Apart> {
    let Apart { old, new } = apart;
    if old.len() != new.len() {
        return vec![Apart { old, new }];
    }
    old.zip(new).map(|(old, new)| Apart { old: old..old + 1, new: new..new + 1 }).collect()
}

/// Whether two changes are of the same lines. What comes in has no line of its own: nobody knows whether it belongs
/// before or behind what another puts there.
fn meet(a: &Range<usize>, b: &Range<usize>) -> bool {
    if a.is_empty() || b.is_empty() { a.start <= b.end && b.start <= a.end } else { a.start < b.end && b.start < a.end }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::test_runner::Config;

    /// Texts of few different lines, so that many are alike.
    fn text() -> impl Strategy<Value = String> {
        let lines = prop::collection::vec(prop::sample::select(vec!["a\n", "b\n", "c\n", "  d: e\n", "\n"]), 0..12);
        (lines, prop::sample::select(vec!["", "z"])).prop_map(|(lines, end)| lines.concat() + end)
    }

    /// What becomes of each line: kept, other words, gone.
    fn edits() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(0..8_u8, 20)
    }

    /// Twenty different lines, each changed as its edit says; those of the others stay.
    fn edited(edits: &[u8], own: impl Fn(usize) -> bool, word: &str) -> String {
        let line = |(at, edit): (usize, &u8)| match edit {
            0 if own(at) => String::new(),
            1 if own(at) => format!("{at} {word}\n"),
            _ => format!("{at}\n"),
        };
        edits.iter().enumerate().map(line).collect()
    }

    proptest! {
        #![proptest_config(Config { failure_persistence: None, ..Config::default() })]

        #[test]
        fn a_side_that_changed_nothing_gives_the_other(base in text(), other in text()) {
            prop_assert_eq!(merge(&base, &base, &other), Some(other.clone()));
            prop_assert_eq!(merge(&base, &other, &base), Some(other.clone()));
            prop_assert_eq!(merge(&base, &other, &other), Some(other));
        }

        #[test]
        fn changes_to_different_lines_are_all_there(edits in edits()) {
            let base = edited(&edits, |_| false, "");
            let (ours, theirs) = (edited(&edits, |at| at % 2 == 0, "new"), edited(&edits, |at| at % 2 == 1, "new"));
            prop_assert_eq!(merge(&base, &ours, &theirs), Some(edited(&edits, |_| true, "new")));
        }

        #[test]
        fn it_does_not_matter_who_is_first(base in text(), ours in text(), theirs in text()) {
            prop_assert_eq!(merge(&base, &ours, &theirs), merge(&base, &theirs, &ours));
        }
    }

    #[test]
    fn what_two_made_of_the_same_line_is_nobodys() {
        assert_eq!(merge("a\nb\nc\n", "a\nB\nc\n", "a\nx\nc\n"), None);
        assert_eq!(merge("a\nb\n", "a\nB\nb\n", "a\nx\nb\n"), None, "which of them comes first?");
        assert_eq!(merge("a\nb\n", "a\nx\nb\n", "A\nb\n"), None, "before it or behind it?");
        assert_eq!(merge("a\nb\nc\n", "a\nB\nc\n", "a\nB\nC\n"), Some("a\nB\nC\n".to_owned()), "one change twice");
        assert_eq!(merge("a\nb\n", "a\n", "a\nb\nc\n"), None);
    }
}
