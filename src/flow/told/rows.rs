//! The tables, read once.

use std::sync::LazyLock;

pub(super) const TABLES: [&str; 10] = [
    include_str!("yaml.txt"),
    include_str!("nouns.txt"),
    include_str!("steps.txt"),
    include_str!("values.txt"),
    include_str!("shared.txt"),
    include_str!("ways.txt"),
    include_str!("around.txt"),
    include_str!("stories.txt"),
    // Whether providers reach us.
    include_str!("reach.txt"),
    // What libraries say, as far as it was ever met.
    include_str!("library.txt"),
];

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let mut rows: Vec<Row> = TABLES.iter().flat_map(|table| table.split("\n\n")).filter_map(Row::read).collect();
    // The most literal text wins.
    rows.sort_by_key(|row| std::cmp::Reverse(row.english.literal()));
    rows
});

/// All rows, those with the most literal text first.
pub(super) fn rows() -> &'static [Row] {
    &ROWS
}

/// A sentence in three languages.
pub(super) struct Row {
    pub(super) english: Pattern,
    /// What each hole of the English holds, in order.
    pub(super) holds: Vec<Holds>,
    /// Chinese, Japanese.
    pub(super) native: [Pattern; 2],
}

/// Text with holes between: always one piece more than holes.
pub(super) struct Pattern {
    pub(super) pieces: Vec<&'static str>,
    /// The numbers of the holes.
    pub(super) holes: Vec<usize>,
    marks: Vec<Option<char>>,
}

/// What a hole holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Holds {
    /// Words of our own, a number, a name or a tag.
    Ours,
    /// What an admin wrote.
    Theirs,
    /// Names with commas between.
    Names,
    Digits,
    /// Words that may be known.
    Perhaps,
}

impl Row {
    fn read(block: &'static str) -> Option<Row> {
        let mut lines = block.lines().filter(|line| !line.is_empty());
        let (english, zh, ja) = (lines.next()?, lines.next()?, lines.next()?);
        let english = Pattern::read(english);
        let holds = (0..english.holes.len()).map(|hole| english.holds(hole)).collect();
        Some(Row { english, holds, native: [Pattern::read(zh), Pattern::read(ja)] })
    }

    /// The English with its holes numbered and nothing else in them.
    pub(super) fn pattern(&self) -> String {
        let Pattern { pieces, holes, .. } = &self.english;
        let numbered = holes.iter().map(|hole| format!("{{{hole}}}")).chain([String::new()]);
        pieces.iter().zip(numbered).map(|(piece, hole)| format!("{piece}{hole}")).collect()
    }
}

impl Pattern {
    fn read(line: &'static str) -> Pattern {
        let mut pattern = Pattern { pieces: Vec::new(), holes: Vec::new(), marks: Vec::new() };
        let (mut from, mut at) = (0, 0);
        while let Some(open) = line[at..].find('{').map(|found| at + found) {
            at = open + 1;
            let Some((number, mark, length)) = hole(&line[at..]) else { continue };
            pattern.pieces.push(&line[from..open]);
            pattern.holes.push(number);
            pattern.marks.push(mark);
            at += length;
            from = at;
        }
        pattern.pieces.push(&line[from..]);
        pattern
    }

    fn literal(&self) -> usize {
        self.pieces.iter().map(|piece| piece.len()).sum()
    }

    fn holds(&self, hole: usize) -> Holds {
        match self.marks[hole] {
            Some(',') => Holds::Names,
            Some('#') => Holds::Digits,
            Some('?') => Holds::Perhaps,
            Some(_) => Holds::Theirs,
            None => {
                let (before, after) = (self.pieces[hole], self.pieces[hole + 1]);
                let within = |open: char, close: char| before.ends_with(open) && after.starts_with(close);
                let quoted = [('`', '`'), ('"', '"'), ('“', '”'), ('{', '}')].iter().any(|(a, b)| within(*a, *b));
                // A part of something in backticks.
                let code = self.pieces[..=hole].iter().map(|piece| piece.matches('`').count()).sum::<usize>() % 2 == 1;
                if quoted || code { Holds::Theirs } else { Holds::Ours }
            }
        }
    }
}

/// `0}` or `0!}`: the number, the mark, and how long it is.
fn hole(rest: &str) -> Option<(usize, Option<char>, usize)> {
    let (inside, _) = rest.split_once('}')?;
    let digits = inside.trim_end_matches(['!', ',', '#', '?']);
    let mark = inside[digits.len()..].chars().next();
    Some((digits.parse().ok()?, mark, inside.len() + 1))
}
