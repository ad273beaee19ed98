//! The words of the log's page.

mod en;
mod ja;
mod zh;

use crate::store::LogFault;
use crate::words::Lang;

/// What the page says. Where a word has a `{hole}`, the page fills it.
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) hint: &'static str,
    pub(super) chain: &'static str,
    /// `{n}` `{end}`.
    pub(super) whole: &'static str,
    /// `{n}` `{all}`.
    pub(super) partly: &'static str,
    /// `{n}` `{why}`.
    pub(super) broken: &'static str,
    pub(super) broken_hint: &'static str,
    pub(super) faults: [&'static str; 4],
    pub(super) check: &'static str,
    pub(super) check_hint: &'static str,
    pub(super) filter: &'static str,
    pub(super) who: &'static str,
    pub(super) everybody: &'static str,
    pub(super) what: &'static str,
    pub(super) everything: &'static str,
    pub(super) of: &'static str,
    pub(super) of_hint: &'static str,
    pub(super) since: &'static str,
    pub(super) until: &'static str,
    /// `{zone}`.
    pub(super) zone: &'static str,
    pub(super) show: &'static str,
    pub(super) entries: &'static str,
    pub(super) none: &'static str,
    pub(super) from: &'static str,
    pub(super) before: &'static str,
    pub(super) after: &'static str,
    pub(super) nothing: &'static str,
    pub(super) changes: &'static str,
    pub(super) erased: &'static str,
    pub(super) older: &'static str,
    pub(super) csv: &'static str,
    pub(super) bad_time: &'static str,
    pub(super) nobody: &'static str,
    pub(super) command_line: &'static str,
    /// What was done, by the word rows hold.
    pub(super) deeds: &'static [(&'static str, &'static str)],
    /// What belongs together: how such words begin.
    pub(super) groups: &'static [(&'static str, &'static str)],
}

impl Words {
    pub(super) fn fault(&self, why: LogFault) -> &'static str {
        self.faults[match why {
            LogFault::Missing => 0,
            LogFault::Chain => 1,
            LogFault::Text => 2,
            LogFault::End => 3,
        }]
    }

    /// What was done, as people say it; none: nobody has words for it yet.
    pub(super) fn deed(&self, what: &str) -> Option<&'static str> {
        self.deeds.iter().find(|(known, _)| *known == what).map(|(_, words)| *words)
    }
}

/// The words of a language.
pub(super) fn of(lang: Lang) -> &'static Words {
    super::super::words::pick(lang, &en::WORDS, &zh::WORDS, &ja::WORDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_words_for_the_same_deeds() {
        let known = |w: &Words| w.deeds.iter().chain(w.groups).map(|(word, _)| *word).collect::<Vec<_>>();
        assert_eq!(known(&en::WORDS), known(&zh::WORDS));
        assert_eq!(known(&en::WORDS), known(&ja::WORDS));
    }

    #[test]
    fn whatever_is_done_on_a_page_has_words() {
        let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/web"))];
        let mut met = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if entry.is_dir() {
                    folders.push(entry);
                    continue;
                }
                let text = std::fs::read_to_string(&entry).unwrap();
                for deed in text.split("what: \"").skip(1).filter_map(|rest| rest.split('"').next()) {
                    // Others name something else of this kind, or an event of a request.
                    if deed.contains('.') && deed.bytes().all(|b| b.is_ascii_lowercase() || b"-_.".contains(&b)) {
                        assert!(en::WORDS.deed(deed).is_some(), "{deed}: {}", entry.display());
                        met += 1;
                    }
                }
            }
        }
        assert!(met > 10, "{met}");
    }
}
