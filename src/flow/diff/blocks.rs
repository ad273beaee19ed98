//! Which line of a text is which of another one, where that is beyond doubt. Blocks are often alike but for their
//! head, as steps and stories are: a line under one head is never taken for the same words under another head, and of
//! lines that are repeated under one head none is known by its words.

use super::lines::{Apart, apart};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// How often each line is looked at, in the mean: a text that needs more is no flow, and its rest counts as one change.
const LOOKS: usize = 24;

/// Where two texts differ, in order, with all of which nobody knows what became of it. What is not named is the same
/// in both, and stands at the same place.
pub(super) fn apart_for_sure(old: &[&str], new: &[&str]) -> Vec<Apart> {
    apart_within(LOOKS * (old.len() + new.len()), old, new)
}

/// The same, with so many looks at a line in all.
fn apart_within(mut looks: usize, old: &[&str], new: &[&str]) -> Vec<Apart> {
    let (was, is) = (Text::of(old), Text::of(new));
    let mut found = Vec::new();
    let mut open = vec![Apart { old: 0..old.len(), new: 0..new.len() }];
    while let Some(part) = open.pop() {
        if old[part.old.clone()] == new[part.new.clone()] {
            continue;
        }
        let lines = part.old.len() + part.new.len();
        if lines > looks {
            found.push(part);
            continue;
        }
        looks -= lines;
        let (gone, come) = (was.blocks(part.old.clone()), is.blocks(part.new.clone()));
        let known = known((&was, &gone), (&is, &come));
        if known.is_empty() && other_heads((&was, &gone), (&is, &come)) {
            let heads = gone.into_iter().zip(come);
            found.extend(heads.map(|(a, b)| Apart { old: a.start..a.start + 1, new: b.start..b.start + 1 }));
        } else if known.is_empty() {
            found.push(part);
        } else {
            let (mut from, mut now_from) = (part.old.start, part.new.start);
            for (a, b) in known {
                open.push(Apart { old: from..a.start, new: now_from..b.start });
                open.push(Apart { old: a.start + 1..a.end, new: b.start + 1..b.end });
                (from, now_from) = (a.end, b.end);
            }
            open.push(Apart { old: from..part.old.end, new: now_from..part.new.end });
        }
    }
    found.sort_by_key(|apart| (apart.old.start, apart.new.start));
    let trimmed = joined(found).into_iter().map(|apart| without_ends(apart, old, new));
    trimmed.filter(|apart| !apart.old.is_empty() || !apart.new.is_empty()).collect()
}

/// A change without the empty lines that end it on both sides: they part it from what comes next.
fn without_ends(mut apart: Apart, old: &[&str], new: &[&str]) -> Apart {
    let ends = |lines: &[&str], part: &Range<usize>| part.clone().next_back().is_some_and(|at| is_empty(lines[at]));
    while ends(old, &apart.old) && ends(new, &apart.new) && old[apart.old.end - 1] == new[apart.new.end - 1] {
        apart.old.end -= 1;
        apart.new.end -= 1;
    }
    apart
}

fn is_empty(line: &str) -> bool {
    line.trim().is_empty()
}

/// How deep a line stands, two for each space; an empty one stands nowhere. The entries of a list are below its key,
/// where they begin as the key does too.
pub(super) fn deep(line: &str) -> Option<usize> {
    let words = line.trim_start_matches(' ');
    let entry = words.trim_end() == "-" || words.starts_with("- ");
    (!is_empty(line)).then(|| 2 * (line.len() - words.len()) + usize::from(entry))
}

pub(super) fn is_comment(line: &str) -> bool {
    line.trim_start_matches(' ').starts_with('#')
}

/// Those with nothing in between are one: what is gone from one head may have come in under the next one. Lines that
/// are each in place of another stay each its own.
fn joined(found: Vec<Apart>) -> Vec<Apart> {
    let one_for_one = |apart: &Apart| (apart.old.len(), apart.new.len()) == (1, 1);
    let mut joined: Vec<Apart> = Vec::new();
    for next in found {
        match joined.last_mut() {
            Some(last)
                if (last.old.end, last.new.end) == (next.old.start, next.new.start)
                    && !(one_for_one(last) && one_for_one(&next)) =>
            {
                (last.old.end, last.new.end) = (next.old.end, next.new.end);
            }
            _ => joined.push(next),
        }
    }
    joined
}

/// A text, and how deep each of its lines stands.
struct Text<'t> {
    lines: &'t [&'t str],
    depths: Vec<usize>,
    /// Each line, once.
    all: HashSet<&'t str>,
}

impl<'t> Text<'t> {
    /// An empty line belongs to what is before it, and a comment stands beside what it is written over, wherever it
    /// begins.
    fn of(lines: &'t [&'t str]) -> Text<'t> {
        let (mut depths, mut below) = (vec![usize::MAX; lines.len()], None);
        for (depth, line) in depths.iter_mut().zip(lines).rev() {
            let Some(own) = deep(line) else { continue };
            *depth = below.filter(|_| is_comment(line)).unwrap_or(own);
            below = Some(*depth);
        }
        Text { lines, depths, all: lines.iter().copied().collect() }
    }

    /// The blocks in a part: each a line, its head, with the deeper ones behind it.
    fn blocks(&self, part: Range<usize>) -> Vec<Range<usize>> {
        let mut blocks: Vec<Range<usize>> = Vec::new();
        for at in part {
            match blocks.last_mut() {
                Some(block) if self.depths[at] > self.depths[block.start] => block.end = at + 1,
                _ => blocks.push(at..at + 1),
            }
        }
        blocks
    }

    fn head(&self, block: &Range<usize>) -> &'t str {
        self.lines[block.start]
    }

    fn body(&self, block: &Range<usize>) -> &'t [&'t str] {
        &self.lines[block.start + 1..block.end]
    }
}

/// Blocks, in their text.
type Blocks<'b> = (&'b Text<'b>, &'b [Range<usize>]);

/// The blocks known by a head that no other of them has, as they were and as they are. Of those that changed places
/// the ones left out are gone from the one and come in at the other.
fn known((was, gone): Blocks<'_>, (is, come): Blocks<'_>) -> Vec<(Range<usize>, Range<usize>)> {
    let mut seen: HashMap<&str, (usize, usize)> = HashMap::new();
    gone.iter().for_each(|block| seen.entry(was.head(block)).or_default().0 += 1);
    come.iter().for_each(|block| seen.entry(is.head(block)).or_default().1 += 1);
    let once = |text: &Text<'_>, blocks: &[Range<usize>]| -> Vec<Range<usize>> {
        blocks.iter().filter(|block| seen.get(text.head(block)) == Some(&(1, 1))).cloned().collect()
    };
    let (gone, come) = (once(was, gone), once(is, come));
    let [before, after] = [(was, &gone), (is, &come)]
        .map(|(text, blocks)| blocks.iter().map(|block| text.head(block)).collect::<Vec<_>>());
    let end = Apart { old: gone.len()..gone.len(), new: come.len()..come.len() };
    let (mut known, mut from, mut now_from) = (Vec::new(), 0, 0);
    for Apart { old, new } in apart(&before, &after).into_iter().chain([end]) {
        known.extend(gone[from..old.start].iter().cloned().zip(come[now_from..new.start].iter().cloned()));
        (from, now_from) = (old.end, new.end);
    }
    known
}

/// Whether as many blocks have other heads, and nothing else is another one: each is the one it was. A block whose head
/// is anywhere in the other text may have moved there.
fn other_heads((was, gone): Blocks<'_>, (is, come): Blocks<'_>) -> bool {
    let heads: HashSet<&str> = come.iter().map(|block| is.head(block)).collect();
    let is_there = |text: &Text<'_>, line: &str| text.all.contains(line);
    let mut pairs = gone.iter().zip(come);
    gone.len() == come.len()
        && pairs.all(|(a, b)| {
            let (head, now) = (was.head(a), is.head(b));
            let is_block = was.body(a).iter().any(|line| !is_empty(line));
            let may_have_moved = is_block && (is_there(is, head) || is_there(was, now));
            was.body(a) == is.body(b) && !heads.contains(head) && !may_have_moved
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_needs_too_many_looks_is_one_change() {
        let old = ["a:\n", "  x: 1\n", "b:\n", "  x: 1\n"];
        let new = ["a:\n", "  x: 1\n", "b:\n", "  x: 2\n"];
        assert_eq!(apart_for_sure(&old, &new), [Apart { old: 3..4, new: 3..4 }]);
        // Enough for the whole, and nothing for what is below its heads.
        assert_eq!(apart_within(8, &old, &new), [Apart { old: 3..4, new: 3..4 }]);
        assert_eq!(apart_within(7, &old, &new), [Apart { old: 0..4, new: 0..4 }]);
    }

    /// Heads below heads, each looked at as often as it stands deep.
    #[test]
    fn heads_deeper_than_any_flow_has_are_one_change() {
        let heads = |deep: usize| (0..deep).map(|at| format!("{:at$}head:\n", "")).collect::<Vec<_>>();
        let last = |deep| {
            let lines = heads(deep);
            let old: Vec<&str> = lines.iter().map(String::as_str).collect();
            let new: Vec<&str> = old[..deep - 1].iter().copied().chain(["other:\n"]).collect();
            apart_for_sure(&old, &new)[0].old.clone()
        };
        assert_eq!(last(20), 19..20);
        assert!(last(90).start < 89);
    }
}
