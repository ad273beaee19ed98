//! That what is said of flows can be read by those who read no English.

use hotline::flow::source::Problem;
use hotline::flow::told::told;
use hotline::words::Lang;

/// The titles of problems, in the languages of the pages.
const CODES: &str = include_str!("../../../src/web/admin/flows/words/codes.rs");

/// Holds that problems are told in Chinese and Japanese, their mends too.
#[track_caller]
pub fn in_every_language<'p>(problems: impl IntoIterator<Item = &'p Problem>) {
    for problem in problems {
        let titles = CODES.matches(&format!("(\"{}\", \"", problem.code)).count();
        assert_eq!(titles, 3, "titles of {}, one for each language of the pages", problem.code);
        native(&problem.what);
        native(&problem.hint);
    }
}

/// Holds that a sentence is told in Chinese and Japanese, with all its holes filled and no English left.
#[track_caller]
pub fn native(english: &str) {
    if english.is_empty() {
        return;
    }
    for lang in [Lang::ZhCn, Lang::JaJp] {
        let told = told(lang, english).unwrap_or_else(|| panic!("nobody tells in {lang}: {english}"));
        let open = ["{0}", "{1}", "{2}", "{3}"].iter().any(|hole| told.contains(hole) && !english.contains(hole));
        assert!(!open, "a hole is open: {told}");
        assert!(!left_in_english(&told), "English is left of `{english}` in {lang}: {told}");
    }
}

/// Three words of small letters in a row outside of quotes, backticks and braces.
fn left_in_english(told: &str) -> bool {
    let mut outside = String::new();
    let mut closes = None;
    for c in told.chars() {
        match (closes, c) {
            (Some(close), c) if c == close => closes = None,
            (Some(_), _) => {}
            (None, '`' | '"') => closes = Some(c),
            (None, '“') => closes = Some('”'),
            (None, '「') => closes = Some('」'),
            (None, '{') => closes = Some('}'),
            (None, c) => outside.push(c),
        }
    }
    let words: Vec<&str> = outside.split(' ').collect();
    let plain = |word: &&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
    words.windows(3).any(|three| three.iter().all(plain))
}
