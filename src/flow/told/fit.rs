//! Finding the row of a sentence, and filling its holes in.

use super::rows::{Holds, Pattern, Row, rows};
use crate::words::Lang;
use std::cell::Cell;

/// Holes looked into for one sentence, and how deep: what an admin wrote may look like anything.
const LOOKS: u32 = 400;
const DEPTH: u32 = 4;
/// Places tried for the end of a hole.
const ENDS: usize = 8;

/// One sentence being told.
pub(super) struct Fit {
    column: usize,
    looks: Cell<u32>,
}

impl Fit {
    pub(super) fn new(lang: Lang) -> Fit {
        Fit { column: usize::from(lang == Lang::JaJp), looks: Cell::new(LOOKS) }
    }

    pub(super) fn told(&self, english: &str) -> Option<String> {
        self.row(english, 0)
    }

    fn row(&self, english: &str, depth: u32) -> Option<String> {
        if depth > DEPTH || english.is_empty() {
            return None;
        }
        rows().iter().find_map(|row| {
            let rest = english.strip_prefix(row.english.pieces.first()?)?;
            if !row.holds.is_empty() && !rest.ends_with(row.english.pieces.last()?) {
                return None;
            }
            let mut filled = Vec::new();
            self.fits(row, rest, depth, &mut filled).then(|| fill(&row.native[self.column], &filled))
        })
    }

    /// Whether the rest of a sentence is what follows the holes that are filled.
    fn fits(&self, row: &Row, rest: &str, depth: u32, filled: &mut Vec<String>) -> bool {
        let at = filled.len();
        let Some(holds) = row.holds.get(at) else { return rest.is_empty() };
        let next = row.english.pieces[at + 1];
        let ends: Vec<usize> = match at + 1 == row.holds.len() {
            true => rest.len().checked_sub(next.len()).filter(|_| rest.ends_with(next)).into_iter().collect(),
            false => rest.match_indices(next).map(|(end, _)| end).take(ENDS).collect(),
        };
        for end in ends {
            let Some(words) = self.hole(*holds, &rest[..end], depth) else { continue };
            filled.push(words);
            if self.fits(row, &rest[end + next.len()..], depth, filled) {
                return true;
            }
            filled.pop();
        }
        false
    }

    fn hole(&self, holds: Holds, text: &str, depth: u32) -> Option<String> {
        self.looks.set(self.looks.get().checked_sub(1)?);
        let ours = || self.row(text, depth + 1).or_else(|| self.either(text));
        match holds {
            Holds::Theirs => Some(text.to_owned()),
            Holds::Digits => text.bytes().all(|b| b.is_ascii_digit()).then(|| text.to_owned()),
            Holds::Names => Some(names(text)),
            Holds::Perhaps => Some(ours().unwrap_or_else(|| text.to_owned())),
            Holds::Ours => ours().or_else(|| (!is_english(text)).then(|| text.to_owned())),
        }
    }

    /// `missing or failed`: names with a word between.
    fn either(&self, text: &str) -> Option<String> {
        let or = [" 或 ", " か "][self.column];
        let all: Vec<&str> = text.split(" or ").collect();
        (all.len() > 1 && all.iter().all(|one| !one.contains(' '))).then(|| all.join(or))
    }
}

/// Names with commas between; one of several words is marked as one.
fn names(text: &str) -> String {
    let name = |name: &str| if name.contains(' ') { format!("`{name}`") } else { name.to_owned() };
    text.split(", ").map(name).collect::<Vec<_>>().join("、")
}

/// Whether it is a sentence or a part of one rather than a name: three words of small letters in a row.
fn is_english(text: &str) -> bool {
    if text.len() > 1 && text.starts_with('`') && text.ends_with('`') {
        return false;
    }
    let mut row = 0;
    text.split(' ').any(|word| {
        row = if !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()) { row + 1 } else { 0 };
        row >= 3
    })
}

/// The pattern with its holes filled; Latin letters stand apart from others.
fn fill(pattern: &Pattern, filled: &[String]) -> String {
    let mut told = String::new();
    let mut add = |words: &str, is_hole: bool| {
        let other = |c: char| c.is_alphabetic() && !c.is_ascii();
        // A backtick at the edge of a piece is the other half of one around the hole.
        let latin = |c: char| c.is_ascii_alphanumeric() || (is_hole && c == '`');
        if let (Some(last), Some(first)) = (told.chars().next_back(), words.chars().next())
            && ((other(last) && latin(first)) || (last.is_ascii_alphanumeric() && other(first)))
        {
            told.push(' ');
        }
        told.push_str(words);
    };
    for (at, piece) in pattern.pieces.iter().enumerate() {
        add(piece, false);
        if let Some(words) = pattern.holes.get(at).and_then(|hole| filled.get(*hole)) {
            add(words, true);
        }
    }
    told
}
