//! The words of the pages of hotlines. Each stands once with its three languages side by side, so
//! that none can be missing and a change to one is seen beside the others.

mod codes;
mod release;
mod view;

use crate::web::admin::words::pick;
use crate::words::Lang;
pub(super) use release::Release;

/// Names as flows write them, with what people call them.
pub(super) type Table = &'static [(&'static str, &'static str)];

/// One struct of words and its three languages: English, Chinese, Japanese.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident: $($field:ident $en:literal $zh:literal $ja:literal)*) => {
        $(#[$doc])*
        pub(in crate::web) struct $name { $(pub(in crate::web) $field: &'static str,)* }
        pub(super) static EN: $name = $name { $($field: $en,)* };
        pub(super) static ZH: $name = $name { $($field: $zh,)* };
        pub(super) static JA: $name = $name { $($field: $ja,)* };
    };
}
use words;

/// Everything the pages say in one language.
pub(in crate::web) struct Words {
    /// The tag of the language, for `lang` attributes.
    pub(super) tag: &'static str,
    view: &'static view::View,
    /// Of publishing and versions.
    pub(super) r: &'static Release,
    /// What the check calls its findings.
    pub(super) codes: Table,
    /// Ways on that are no options.
    pub(super) ways: Table,
}

impl std::ops::Deref for Words {
    type Target = view::View;
    fn deref(&self) -> &view::View {
        self.view
    }
}

static EN: Words =
    Words { tag: "en-US", view: &view::EN, r: &release::EN, codes: codes::CODES_EN, ways: codes::WAYS_EN };
static ZH: Words =
    Words { tag: "zh-CN", view: &view::ZH, r: &release::ZH, codes: codes::CODES_ZH, ways: codes::WAYS_ZH };
static JA: Words =
    Words { tag: "ja-JP", view: &view::JA, r: &release::JA, codes: codes::CODES_JA, ways: codes::WAYS_JA };

/// The words of a language.
pub(in crate::web::admin) fn of(lang: Lang) -> &'static Words {
    pick(lang, &EN, &ZH, &JA)
}

/// A sentence with its holes filled.
pub(super) fn fill(sentence: &str, holes: &[(&str, &str)]) -> String {
    holes.iter().fold(sentence.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

impl Words {
    /// The level a step needs.
    pub(super) fn level_of(&self, level: &u8) -> String {
        fill(self.level, &[("n", &level.to_string())])
    }

    /// A sentence about a row of a list, by its number or key.
    pub(super) fn up_n(&self, n: &impl ToString) -> String {
        fill(self.up, &[("n", &n.to_string())])
    }

    /// See [`Words::up_n`].
    pub(super) fn down_n(&self, n: &impl ToString) -> String {
        fill(self.down, &[("n", &n.to_string())])
    }

    /// See [`Words::up_n`].
    pub(super) fn remove_n(&self, n: &impl ToString) -> String {
        fill(self.remove, &[("n", &n.to_string())])
    }

    /// How many are not shown at first.
    pub(super) fn more_n(&self, n: usize) -> String {
        fill(self.r.more_n, &[("n", &n.to_string())])
    }

    /// How many problems are in other files.
    pub(super) fn elsewhere_n(&self, n: &usize) -> String {
        fill(self.elsewhere, &[("n", &n.to_string())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_takes_what_is_filled_in() {
        assert_eq!(fill("{n} of {all}", &[("n", "2"), ("all", "9")]), "2 of 9");
    }

    #[test]
    fn the_tables_name_the_same_in_every_language() {
        let names = |table: Table| table.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        for words in [&ZH, &JA] {
            assert_eq!(names(words.codes), names(EN.codes));
            assert_eq!(names(words.ways), names(EN.ways));
        }
    }

    #[test]
    fn what_the_check_says_has_a_name_on_the_pages() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/flow/check");
        let texts =
            std::fs::read_dir(folder).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
        let mut met = 0;
        for text in texts {
            for said in text.split("Said::").skip(1) {
                let said = said.strip_prefix("block(").or(said.strip_prefix("warn(")).unwrap_or_default();
                let Some(code) = said.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()) else {
                    continue;
                };
                assert!(EN.codes.iter().any(|(known, _)| *known == code), "{code}");
                met += 1;
            }
        }
        assert!(met > 5, "{met}");
    }
}
