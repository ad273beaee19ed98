//! Merges of which the answer is known: what each side does is done to lines that are told apart by their number,
//! while the merge sees their words alone, and most of them have the same.

use super::merge;
use proptest::prelude::*;
use proptest::test_runner::Config;
use std::ops::Range;

/// Blocks with a head of their own, and a few different lines below it.
fn bodies() -> impl Strategy<Value = Vec<Vec<&'static str>>> {
    let line = prop::sample::select(vec!["  x\n", "  y\n", "    z\n", "\n", "- x\n"]);
    prop::collection::vec(prop::collection::vec(line, 0..5), 1..5)
}

/// What a side does with each block, with which of its lines, and how it copies it.
type Does = Vec<(u8, usize, u8)>;

fn does() -> impl Strategy<Value = Does> {
    prop::collection::vec((0..9_u8, 0..5_usize, 0..5_u8), 5)
}

/// A side's lines by their number, and what it put before each of them.
struct Side {
    lines: Vec<Option<String>>,
    come: Vec<Vec<String>>,
}

struct Base {
    lines: Vec<String>,
    blocks: Vec<Range<usize>>,
}

impl Base {
    fn of(bodies: &[Vec<&str>]) -> Base {
        let mut base = Base { lines: Vec::new(), blocks: Vec::new() };
        for (nth, body) in bodies.iter().enumerate() {
            let from = base.lines.len();
            base.lines.push(format!("head {nth}:\n"));
            base.lines.extend(body.iter().map(|line| (*line).to_owned()));
            base.blocks.push(from..base.lines.len());
        }
        base
    }

    fn untouched(&self) -> Side {
        Side { lines: self.lines.iter().cloned().map(Some).collect(), come: vec![Vec::new(); self.lines.len() + 1] }
    }

    /// What a side makes of it. One that copies takes no block away: a copy of what is gone is what was there. Lines
    /// are taken away and repeated by one side alone: where both do it, it is one change.
    fn changed(&self, does: &Does, by: &str, copies: bool) -> Side {
        let alone = by == "ours";
        let mut side = self.untouched();
        for (nth, (block, (what, at, copy))) in self.blocks.iter().zip(does).enumerate() {
            let copied = |name: &str, lines: &[Option<String>]| {
                let body = lines[block.start + 1..block.end].iter().flatten().cloned();
                [format!("{name} {by} {nth}:\n")].into_iter().chain(body).collect::<Vec<_>>()
            };
            let as_it_was = copied("copy", &side.lines);
            let line = block.start + 1 + at % block.len();
            let inside = line < block.end;
            let kept = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
            match what {
                1 if inside && self.lines[line] != "\n" => {
                    let (begin, _) = self.lines[line].split_at(kept(&self.lines[line]));
                    side.lines[line] = Some(format!("{begin}{by} {nth}\n"));
                }
                2 if inside && alone => side.lines[line] = None,
                3 if inside => side.come[line].push(format!("  {by} {nth}\n")),
                4 if inside && alone => side.come[line + 1].push(self.lines[line].clone()),
                5 => side.lines[block.start] = Some(format!("{by} {nth}:\n")),
                6 if !copies => block.clone().for_each(|line| side.lines[line] = None),
                _ => {}
            }
            match copy {
                1 if copies => side.come[block.end].extend(as_it_was),
                2 if copies => side.come[block.start].extend(as_it_was),
                3 if copies => side.come[block.end].extend(copied("new", &side.lines)),
                _ => {}
            }
        }
        side
    }

    /// Both together; none where both did something to one line. What both put at one place stands there in the order
    /// it has in `merged`.
    fn both(&self, ours: &Side, theirs: &Side, merged: &str) -> Option<String> {
        let mut text = String::new();
        for at in 0..=self.lines.len() {
            let (own, other) = (ours.come[at].concat(), theirs.come[at].concat());
            let theirs_first = told(merged).starts_with(&told(&format!("{text}{other}{own}")));
            text += &match theirs_first {
                _ if own == other => own,
                true => other + &own,
                false => own + &other,
            };
            let Some(was) = self.lines.get(at) else { break };
            match (&ours.lines[at], &theirs.lines[at]) {
                (own, other) if own == other || other.as_ref() == Some(was) => text.extend(own.as_deref()),
                (own, other) if own.as_ref() == Some(was) => text.extend(other.as_deref()),
                _ => return None,
            }
        }
        Some(text)
    }
}

/// What a text says: which of two blocks an empty line is behind is nobody's question.
fn told(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| *line != "\n").collect()
}

impl Side {
    fn text(&self) -> String {
        let lines = self.lines.iter().map(Some).chain([None]);
        let each = self.come.iter().zip(lines).flat_map(|(come, line)| come.iter().chain(line.into_iter().flatten()));
        each.map(String::as_str).collect()
    }
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, cases: 10_000, ..Config::default() })]

    #[test]
    fn no_change_comes_to_a_line_that_only_looks_like_its_own(
        (bodies, ours, theirs) in (bodies(), does(), does()),
        copies in any::<(bool, bool)>(),
    ) {
        let base = Base::of(&bodies);
        let (ours, theirs) = (base.changed(&ours, "ours", copies.0), base.changed(&theirs, "theirs", copies.1));
        if let Some(merged) = merge(&base.lines.concat(), &ours.text(), &theirs.text()) {
            let right = base.both(&ours, &theirs, &merged);
            prop_assert!(right.as_deref().map(told) == Some(told(&merged)), "{merged} is not {right:?}");
        }
    }

    #[test]
    fn what_is_done_to_a_block_is_in_nobodys_way_in_the_next(
        (mut bodies, mut ours, mut theirs) in (bodies(), does(), does()),
        copies in any::<bool>(),
    ) {
        // Blocks are alike; which of two lines of one block came in is another question.
        for body in &mut bodies {
            body.sort_unstable();
            body.dedup();
        }
        for (nth, (own, other)) in ours.iter_mut().zip(&mut theirs).enumerate() {
            if nth % 2 == 0 {
                // A copy above a block would stand beside the last line of the one before.
                own.2 = if own.2 == 2 { 1 } else { own.2 };
                *other = (0, 0, 0);
            } else {
                *own = (0, 0, 0);
                *other = (u8::from(other.0 > 1), other.1, 0);
            }
        }
        let base = Base::of(&bodies);
        let (ours, theirs) = (base.changed(&ours, "ours", copies), base.changed(&theirs, "theirs", false));
        let merged = merge(&base.lines.concat(), &ours.text(), &theirs.text());
        let both = base.both(&ours, &theirs, merged.as_deref().unwrap_or_default());
        prop_assert!(both.is_some());
        prop_assert_eq!(merged, both);
    }
}
