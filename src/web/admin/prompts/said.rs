//! What a hotline says, as translators and speakers are handed it: every text of its files, with where it
//! belongs. Pure.

use crate::call::step::option_words;
use crate::flow::check::words_take;
use crate::flow::edit::{TextAt, texts};
use crate::flow::model::{OptionForm, Phrases};
use crate::flow::read::shipped_phrases;
use crate::flow::text::{Texts, parse};
use crate::words::Lang;
use std::collections::BTreeMap;

/// The files of a version, the main one first.
pub(super) type Files = [(String, String)];

/// How the label of an option is put into a sentence.
const MENU: [(&str, OptionForm); 2] = [("for", OptionForm::For), ("to", OptionForm::To)];

/// A text of a hotline.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) file: String,
    pub(super) text: TextAt,
}

impl Entry {
    /// What names it outside: the file, and where it is in it.
    pub(super) fn id(&self) -> String {
        format!("{}#{}", self.file, self.text.id)
    }

    pub(super) fn words(&self, lang: Lang) -> &str {
        self.text.words.get(&lang).map_or("", String::as_str)
    }
}

/// Every text, in the order of the files. A file that cannot be read has none.
pub(super) fn entries(files: &Files) -> Vec<Entry> {
    let of = |(file, text): &(String, String)| -> Vec<Entry> {
        let file = file.clone();
        texts(text).unwrap_or_default().into_iter().map(|text| Entry { file: file.clone(), text }).collect()
    };
    files.iter().flat_map(of).collect()
}

/// A part of a text: words, or a hole with its braces.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Piece {
    Words(String),
    Hole(String),
}

/// The parts of a text as it is written; `{{` and `}}` are words.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let (mut all, mut words, mut rest) = (Vec::new(), String::new(), text);
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        words.push_str(before);
        let doubled = from.starts_with("{{") || from.starts_with("}}");
        let end = if doubled { Some(2) } else { from.find('}').filter(|_| from.starts_with('{')).map(|end| end + 1) };
        let Some(end) = end else {
            words.push_str(from);
            rest = "";
            break;
        };
        if doubled {
            words.push_str(&from[..end]);
        } else {
            if !words.is_empty() {
                all.push(Piece::Words(std::mem::take(&mut words)));
            }
            all.push(Piece::Hole(from[..end].to_owned()));
        }
        rest = &from[end..];
    }
    words.push_str(rest);
    if !words.is_empty() {
        all.push(Piece::Words(words));
    }
    all
}

/// The holes of a text, sorted: another order is another language's right, another name is not.
pub(super) fn holes(text: &str) -> Vec<String> {
    let hole = |piece: Piece| match piece {
        Piece::Hole(hole) => Some(hole.chars().filter(|c| !c.is_whitespace()).collect::<String>()),
        Piece::Words(_) => None,
    };
    let mut holes: Vec<String> = pieces(text).into_iter().filter_map(hole).collect();
    holes.sort();
    holes
}

/// A step that speaks, as a speaker is handed it.
#[derive(Clone, Debug)]
pub(super) struct Script {
    pub(super) file: String,
    pub(super) step: String,
    /// All its words by language, a menu as it is said.
    pub(super) words: BTreeMap<Lang, String>,
}

/// The steps that speak, with all their words. `languages` are those of the hotline.
pub(super) fn scripts(entries: &[Entry], languages: &[Lang]) -> Vec<Script> {
    let mut all: Vec<Script> = Vec::new();
    let phrases = phrases(entries);
    for entry in entries {
        let Some(step) = &entry.text.step else { continue };
        let same = |script: &Script| script.file == entry.file && script.step == *step;
        let at = all.iter().position(same).unwrap_or_else(|| {
            let (file, step) = (entry.file.clone(), step.clone());
            all.push(Script { file, step, words: BTreeMap::new() });
            all.len() - 1
        });
        for lang in languages {
            let words = option(&phrases, entry, *lang).unwrap_or_else(|| entry.words(*lang).to_owned());
            if words.is_empty() {
                continue;
            }
            let own = all[at].words.entry(*lang).or_default();
            // A menu's own words come before its options.
            *own = match (own.is_empty(), entry.text.id.ends_with("/prompt")) {
                (true, _) => words,
                (false, true) => format!("{words}\n{own}"),
                (false, false) => format!("{own}\n{words}"),
            };
        }
    }
    all
}

/// An option of a menu as it is said; none: it is none.
fn option(phrases: &Phrases, entry: &Entry, lang: Lang) -> Option<String> {
    let mut way = entry.text.id.rsplit('/');
    let (form, key, menu) = (way.next()?, way.next()?, way.next()?);
    let (_, form) = MENU.into_iter().find(|(name, _)| *name == form).filter(|_| menu == "menu")?;
    let label = entry.words(lang).to_owned();
    let said = if label.is_empty() { label } else { option_words(phrases, form, label, key.parse().ok()?, lang) };
    Some(said)
}

/// What menus are said in: the hotline's own words, else those that are shipped.
fn phrases(entries: &[Entry]) -> Phrases {
    let mut phrases = shipped_phrases();
    for entry in entries {
        if !phrases.0.contains_key(&entry.text.id) {
            continue;
        }
        let text = |lang: Lang| Some(parse(entry.words(lang)).ok()?).filter(|text| !text.is_empty());
        phrases.0.insert(entry.text.id.clone(), Texts(Lang::ALL.map(text)));
    }
    phrases
}

/// About how many seconds words take, holes not counted; and whether there are holes.
pub(super) fn seconds(words: &str, lang: Lang) -> (u64, bool) {
    let parts = pieces(words);
    let takes = |piece: &Piece| match piece {
        Piece::Words(words) => words_take(words, lang),
        Piece::Hole(_) => 0,
    };
    let millis: u64 = parts.iter().map(takes).sum();
    (millis.div_ceil(1000), parts.iter().any(|piece| matches!(piece, Piece::Hole(_))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_its_holes_and_put_together_again() {
        for text in ["", "a", "{a}", "a{b|money}c{d}", "{{a}}", "a { b", "a } b", "{a}{b}", "{{{a}}}", "a{"] {
            let joined: String = pieces(text)
                .into_iter()
                .map(|piece| match piece {
                    Piece::Words(text) | Piece::Hole(text) => text,
                })
                .collect();
            assert_eq!(joined, text);
        }
        assert_eq!(holes("{b} and { a | money }"), ["{a|money}", "{b}"]);
        assert_eq!(holes("{{no}}"), [""; 0]);
    }

    #[test]
    fn a_menu_is_handed_out_as_it_is_said() {
        let flow = "steps:\n  main:\n    menu:\n      - { key: 1, go: a, for: { en-US: payments } }\n      - { key: 2, go: a, to: { en-US: ask } }\n    prompt: { en-US: Hello. }\n";
        let phrases =
            "menu.for: { en-US: \"For {for}, press {key}.\" }\nmenu.to: { en-US: \"To {to}, press {key}.\" }\n";
        let files = [("a.yaml".to_owned(), flow.to_owned()), ("common/phrases.yaml".to_owned(), phrases.to_owned())];
        let scripts = scripts(&entries(&files), &[Lang::EnUs]);
        assert_eq!(scripts.len(), 1);
        assert_eq!(scripts[0].words[&Lang::EnUs], "Hello.\nFor payments, press one.\nTo ask, press two.");
        assert_eq!(seconds("one two {three}", Lang::EnUs), (1, true));
    }
}
