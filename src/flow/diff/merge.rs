//! A text that two changed, each without the other: both changes in one text, where they do not meet.

use super::blocks::{apart_for_sure, deep, is_comment};
use super::lines::Apart;
use std::ops::Range;

/// What `ours` and `theirs` made of `base`, together; none: they touch the same lines in different ways, or lines of
/// which nobody knows what became of them on the other side. Lines beside each other are two, so that a text may be
/// changed in one language here and in the next one there.
pub fn merge(base: &str, ours: &str, theirs: &str) -> Option<String> {
    let [base, ours, theirs] = [base, ours, theirs].map(|text| text.split_inclusive('\n').collect::<Vec<_>>());
    let mut mine = apart_for_sure(&base, &ours).into_iter().peekable();
    let mut other = apart_for_sure(&base, &theirs).into_iter().peekable();
    let (mut merged, mut told) = (String::new(), 0);
    loop {
        let ours_first = match (mine.peek(), other.peek()) {
            (Some(a), Some(b)) if a.old == b.old && ours[a.new.clone()] == theirs[b.new.clone()] => {
                other.next();
                true
            }
            (Some(a), Some(b)) if meet(&a.old, &b.old) => return None,
            (Some(a), Some(b)) => {
                let ours_first = a.old.start <= b.old.start;
                let (mine, other) = ((a, ours.as_slice()), (b, theirs.as_slice()));
                let (first, next) = if ours_first { (mine, other) } else { (other, mine) };
                if is_below(&base, first, next) {
                    return None;
                }
                ours_first
            }
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

/// Whether two changes are of the same lines. What comes in has no line of its own: nobody knows whether it belongs
/// before or behind what another puts there.
fn meet(a: &Range<usize>, b: &Range<usize>) -> bool {
    if a.is_empty() || b.is_empty() { a.start <= b.end && b.start <= a.end } else { a.start < b.end && b.start < a.end }
}

/// Whether what comes next belongs below lines that the other side made others of: only empty lines and comments are
/// between, and nobody knows under which of the new heads it stands. A line in place of one as deep is the head it was.
fn is_below(base: &[&str], (first, text): (&Apart, &[&str]), (next, come): (&Apart, &[&str])) -> bool {
    // A comment stands where what it is written over does, wherever it begins.
    let words = |line: &&str| deep(line).filter(|_| !is_comment(line));
    let (was, is) = (&base[first.old.clone()], &text[first.new.clone()]);
    let same_head = was.len() == 1 && is.len() == 1 && deep(was[0]) == deep(is[0]);
    let head = was.iter().chain(is).filter_map(words).min();
    let below = come[next.new.clone()].iter().find_map(words);
    let behind = base[first.old.end..next.old.start].iter().all(|line| words(line).is_none());
    behind && !same_head && head.is_some_and(|head| below > Some(head))
}

#[cfg(test)]
mod known;

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

    #[test]
    fn a_change_stays_under_its_head_where_blocks_are_alike() {
        let base = "start: a\n\nbalance:\n  say:\n    zh: 钱\n  go: end\n\nend:\n  key: 1\n";
        let copied =
            base.replace("\nend:", "\npoints:\n  say:\n    zh: 钱\n  go: end\n\nend:").replace("key: 1", "key: 2");
        let told = base.replacen('钱', "余额", 1);
        assert_eq!(merge(base, &copied, &told), Some(copied.replacen('钱', "余额", 1)));
        // The original has other words, and the copy has what was there.
        let kept = copied.replacen('钱', "金额", 1);
        let led = base.replace("go: end", "go: start");
        assert_eq!(merge(base, &kept, &led), Some(kept.replacen("go: end", "go: start", 1)));
        assert_eq!(merge(base, &kept, &told), None);
    }

    #[test]
    fn a_change_of_a_block_that_is_gone_comes_into_no_other() {
        let base = "a:\n  say: x\n  go: end\nb:\n  say: x\n  go: end\n";
        let first = "a:\n  say: x\n  go: end\n";
        assert_eq!(merge(base, first, "a:\n  say: x\n  go: end\nb:\n  say: X\n  go: end\n"), None);
        let both = "a:\n  say: X\n  go: end\n";
        assert_eq!(merge(base, first, &base.replacen('x', "X", 1)).unwrap(), both);
        // Without heads nobody knows which of two is gone, or has come.
        let pair = "call:\n  - key: 1\n  - key: 1\n";
        assert_eq!(merge(pair, "call:\n  - key: 1\n", "call:\n  - key: 1\n  - key: 2\n"), None);
        assert_eq!(merge(pair, "call:\n  - key: 1\n", "call:\n  - key: 2\n  - key: 1\n"), None);
        assert_eq!(merge("call:\n  - key: 1\n", pair, "call:\n  - key: 2\n"), None);
    }

    #[test]
    fn which_of_two_copies_was_there_is_not_guessed() {
        let base = "- story: One\n  call:\n    - presses: 1\n- story: Two\n  call:\n    - hears: x\n";
        let one = "- story: One\n  call:\n    - presses: 1\n";
        let renamed = |name| one.replace("One", name);
        let copied = base.replace(one, &(renamed("Uno") + &renamed("Due")));
        assert_eq!(merge(base, &copied, &base.replace('1', "2")), None);
        // Renamed alone it is the one it was.
        let alone = base.replace(one, &renamed("Uno"));
        assert_eq!(merge(base, &alone, &base.replace('1', "2")), Some(alone.replace('1', "2")));
    }

    #[test]
    fn what_is_added_to_the_end_of_a_block_is_in_nobodys_way_behind_it() {
        let base = "a:\n  x: 1\n\nb:\n  x: 1\n";
        let ours = "a:\n  x: 1\n  y: 2\n\nb:\n  x: 1\n";
        let theirs = "a:\n  x: 1\n\nnew:\n  x: 1\n\nb:\n  x: 1\n";
        let both = "a:\n  x: 1\n  y: 2\n\nnew:\n  x: 1\n\nb:\n  x: 1\n";
        assert_eq!(merge(base, ours, theirs).as_deref(), Some(both));
        assert_eq!(merge(base, theirs, ours).as_deref(), Some(both));
    }

    #[test]
    fn what_is_added_behind_an_empty_line_is_below_no_other_head() {
        let base = "a:\n  x: 1\n\nb:\n  x: 1\n";
        let added = "a:\n  x: 1\n\n  y: 2\n\nb:\n  x: 1\n";
        let twice = "c:\n  x: 1\n\nd:\n  x: 1\n\nb:\n  x: 1\n";
        let between = "a:\n  x: 1\nc:\n  x: 1\n\nb:\n  x: 1\n";
        let commented = added.replace("  y: 2", "# note\n  y: 2");
        for added in [added, &commented] {
            for ours in [twice, between] {
                assert_eq!(merge(base, ours, added), None);
                assert_eq!(merge(base, added, ours), None);
            }
            let renamed = base.replacen("a:", "c:", 1);
            assert_eq!(merge(base, &renamed, added), Some(added.replacen("a:", "c:", 1)));
            let inside = base.replacen("a:\n  x: 1", "a:\n# note\n  x: 2", 1);
            assert_eq!(merge(base, &inside, added), Some(added.replacen("a:\n  x: 1", "a:\n# note\n  x: 2", 1)));
        }
        let raised = base.replacen("  x: 1", "z: 1", 1);
        assert_eq!(merge(base, &raised, added), None, "a line that became a head");
    }

    #[test]
    fn an_entry_is_below_the_key_that_it_begins_beside() {
        let base = "a:\n- x\n\nb:\n- x\n";
        let added = "a:\n- x\n\n- y\n\nb:\n- x\n";
        assert_eq!(merge(base, "c:\n- x\n\nd:\n- x\n\nb:\n- x\n", added), None);
        assert_eq!(merge(base, &base.replace("a:", "c:"), added), Some(added.replace("a:", "c:")));
        let copied = base.replace("b:", "d:\n- x\n\nb:");
        assert_eq!(merge(base, &copied, &base.replacen("- x", "- z", 1)), Some(copied.replacen("- x", "- z", 1)));
    }

    #[test]
    fn a_block_that_moved_is_not_the_one_it_moved_to() {
        let base = "a:\n  x: 1\nb:\n  y: 1\ne:\n  z: 1\nc:\n  x: 1\n";
        let moved = "c:\n  x: 1\nb:\n  y: 1\ne:\n  z: 1\n";
        assert_eq!(merge(base, moved, &base.replacen("x: 1", "x: 2", 1)), None, "the one that was edited is gone");
    }
}
