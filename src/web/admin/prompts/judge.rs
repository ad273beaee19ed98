//! What came back from translators, held against what the hotline says now: which words are new, or why
//! nothing is taken. Pure.

use super::said::{Entry, holes};
use crate::flow::edit::NewWords;
use crate::flow::text::parse;
use crate::words::{Lang, markup};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A row of a sheet, or a unit of an exchange file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Row {
    /// Where it begins, counted from 1.
    pub(super) line: usize,
    pub(super) id: String,
    /// The words it was translated from.
    pub(super) source: String,
    /// The languages it was translated to, with the column as it is called.
    pub(super) targets: Vec<(Lang, String)>,
}

/// Why something is not taken, and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Refusal {
    /// Counted from 1.
    pub(super) line: usize,
    /// The column or element.
    pub(super) column: String,
    pub(super) why: Why,
}

/// Why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Why {
    /// More than may be sent.
    TooLarge,
    /// There is nothing in it.
    Empty,
    /// Not text in UTF-8, as spreadsheets save it when they are not asked for it.
    Coding,
    /// A spreadsheet's own file.
    Workbook,
    /// Neither of the two forms.
    Form(String),
    /// A row has another number of cells than the first one: how many, and how many there should be.
    Cells(usize, usize),
    /// The elements of an exchange file do not fit together.
    Elements,
    /// A column or attribute that must be there.
    Missing(String),
    /// A language the hotline does not speak.
    Language(String),
    /// There is no such text.
    Unknown(String),
    /// It is there twice.
    Twice(String),
    /// The words it was translated from are not said any more: what is said now.
    Source(String),
    /// Something that is markup, and would be read out.
    Markup(String),
    /// The holes are not those of the source: which there must be.
    Holes(String),
    /// It cannot be read as a text: why.
    Broken(String),
    /// A character nobody sees.
    Unseen,
}

/// Other words for a text.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct New {
    pub(super) file: String,
    pub(super) id: String,
    pub(super) lang: Lang,
    pub(super) words: String,
}

impl New {
    pub(super) fn words(&self) -> NewWords {
        NewWords { id: self.id.clone(), lang: self.lang, words: self.words.clone() }
    }
}

/// The new words of all rows.
///
/// # Errors
/// Everything that keeps them out: then none is taken.
pub(super) fn judge(entries: &[Entry], languages: &[Lang], rows: &[Row]) -> Result<Vec<New>, Vec<Refusal>> {
    let (mut new, mut refused, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    let source_lang = languages.first().copied().unwrap_or(Lang::EnUs);
    for row in rows {
        let mut refuse = |column: &str, why: Why| {
            refused.push(Refusal { line: row.line, column: column.to_owned(), why });
        };
        let Some(entry) = entries.iter().find(|entry| entry.id() == row.id) else {
            refuse("id", Why::Unknown(row.id.clone()));
            continue;
        };
        if !seen.insert((&row.id, row.targets.first().map(|(lang, _)| *lang))) {
            refuse("id", Why::Twice(row.id.clone()));
            continue;
        }
        let source = entry.words(source_lang);
        if plain(&row.source) != source {
            refuse(source_lang.tag(), Why::Source(source.to_owned()));
            continue;
        }
        for (lang, words) in &row.targets {
            let words = plain(words);
            if words.is_empty() || words == entry.words(*lang) {
                continue;
            }
            match fits(entry, source_lang, &words) {
                Ok(()) => {
                    let (file, id) = (entry.file.clone(), entry.text.id.clone());
                    new.push(New { file, id, lang: *lang, words });
                }
                Err(why) => refuse(lang.tag(), why),
            }
        }
    }
    if refused.is_empty() { Ok(new) } else { Err(refused) }
}

/// Whether these words can be said for a text.
pub(super) fn fits(entry: &Entry, source_lang: Lang, words: &str) -> Result<(), Why> {
    let source = entry.words(source_lang);
    if words.contains(|c: char| c.is_control() && c != '\n') {
        return Err(Why::Unseen);
    }
    // What is said already is warned of by the check; its translations may say it too.
    if let Some(mark) = markup::found(words).filter(|_| markup::found(source).is_none()) {
        return Err(Why::Markup(mark));
    }
    if let Err(why) = parse(words) {
        return Err(Why::Broken(why));
    }
    let wanted = holes(source);
    if holes(words) != wanted {
        return Err(Why::Holes(wanted.join(" ")));
    }
    Ok(())
}

/// Words as they are kept: line ends as files have them, nothing around them.
fn plain(words: &str) -> String {
    words.replace("\r\n", "\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::{sheet, xliff};
    use super::*;
    use crate::flow::edit::TextAt;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    const LANGUAGES: [Lang; 2] = [Lang::ZhCn, Lang::EnUs];

    fn entry(n: usize, source: &str, words: &str) -> Entry {
        let words = BTreeMap::from([(Lang::ZhCn, source.to_owned()), (Lang::EnUs, words.to_owned())]);
        let text = TextAt { id: format!("steps/a b/{n}&<\">"), step: Some("a b".to_owned()), line: n, words };
        Entry { file: "a.yaml".to_owned(), text }
    }

    /// Words as people and forms have them: with what means something in tables, in XML and in flows.
    fn words() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            "[a-z 中文、。]{0,6}",
            Just("{a|money}".to_owned()),
            Just("{ b }".to_owned()),
            Just("{{".to_owned()),
            Just("<b>&amp;".to_owned()),
            Just("]]>".to_owned()),
            Just("\"; ,\n\t'=".to_owned()),
            Just("=1+1".to_owned()),
            Just("\u{2028}\u{a0}".to_owned()),
        ];
        prop::collection::vec(part, 1..6).prop_map(|parts| parts.concat().trim().to_owned())
    }

    proptest! {
        #[test]
        fn out_and_in_again_changes_nothing(texts in prop::collection::vec((words(), words()), 1..8)) {
            let entries: Vec<Entry> =
                texts.iter().enumerate().map(|(n, (source, words))| entry(n, source, words)).collect();
            let table = String::from_utf8(sheet::write(&entries, &LANGUAGES).unwrap()).unwrap();
            let rows = sheet::read(table.trim_start_matches('\u{feff}'), &LANGUAGES).unwrap();
            prop_assert_eq!(judge(&entries, &LANGUAGES, &rows), Ok(Vec::new()), "{}", table);
            let exchange = xliff::write(&entries, Lang::ZhCn, Lang::EnUs);
            let rows = xliff::read(&exchange, &LANGUAGES).unwrap();
            prop_assert_eq!(judge(&entries, &LANGUAGES, &rows), Ok(Vec::new()), "{}", exchange);
        }
    }

    #[test]
    fn a_placeholder_that_lost_what_it_stands_for_is_still_its_hole() {
        let entries = [entry(1, "{a|money} 和 {b}", "")];
        let exchange = xliff::write(&entries, Lang::ZhCn, Lang::EnUs);
        let target = "</source>\n<target><x id=\"2\"/> and <x id=\"1\"/></target>";
        let rows = xliff::read(&exchange.replace("</source>", target), &LANGUAGES).unwrap();
        let new = judge(&entries, &LANGUAGES, &rows).unwrap();
        assert_eq!(new.len(), 1);
        assert_eq!(new[0].words, "{b} and {a|money}");
        let other = exchange.replace("</source>", "</source>\n<target><x id=\"7\"/></target>");
        assert!(xliff::read(&other, &LANGUAGES).is_err());
    }
}
