//! What checks say, in the reader's language. The sentences stand in the code in English, where they
//! are made; here each is found again among patterns and told in Chinese or Japanese. Knows nothing of
//! what the sentences are about.
//!
//! A table has three lines for each sentence: English, Chinese, Japanese, and an empty one. What
//! differs from time to time is a numbered hole:
//!
//! | hole | holds |
//! |---|---|
//! | `{0}` | words of our own that are told too, else a number, a name or a tag |
//! | `{0!}`, or any in quotes, backticks or braces | what an admin wrote, as it stands |
//! | `{0,}` | names with commas between |
//! | `{0#}` | digits |
//! | `{0?}` | words that are told where they are known, else as they stand |

mod fit;
mod rows;
#[cfg(test)]
mod tests;

use crate::words::Lang;
use fit::Fit;
use serde::Serialize;

/// A sentence of a check in a language; `None` where it is not known, and in English.
pub fn told(lang: Lang, english: &str) -> Option<String> {
    match lang {
        Lang::EnUs => None,
        lang => Fit::new(lang).told(english),
    }
}

/// A sentence as a page shows it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Told {
    /// In the reader's language, or in English.
    pub words: String,
    /// The tag of the language where it is not the reader's.
    pub foreign: Option<&'static str>,
}

impl Told {
    /// A sentence of a check, in a language as far as it is known in it.
    pub fn of(lang: Lang, english: &str) -> Told {
        match told(lang, english) {
            Some(words) => Told { words, foreign: None },
            None => {
                Told { words: english.to_owned(), foreign: (lang != Lang::EnUs && !english.is_empty()).then_some("en") }
            }
        }
    }
}

/// Every English sentence that is known, holes numbered.
pub fn patterns() -> impl Iterator<Item = String> {
    rows::rows().iter().map(rows::Row::pattern)
}
