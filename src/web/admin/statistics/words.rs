//! The words of the figures, one struct a language. `{…}` are holes.

mod en;
mod ja;
mod zh;

use crate::web::admin::words::pick;
use crate::words::Lang;

/// Words of one language.
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) line: &'static str,
    pub(super) language: &'static str,
    pub(super) any: &'static str,
    pub(super) from: &'static str,
    pub(super) to: &'static str,
    pub(super) hours: &'static str,
    pub(super) until_hour: &'static str,
    pub(super) version: &'static str,
    pub(super) version_n: &'static str,
    pub(super) compare: &'static str,
    pub(super) nothing: &'static str,
    pub(super) show: &'static str,
    pub(super) csv: &'static str,
    pub(super) none: &'static str,
    pub(super) failed: &'static str,
    pub(super) no_line: &'static str,
    /// Said of what a file is asked for with: a day, and a line.
    pub(super) bad_day: &'static str,
    pub(super) bad_line: &'static str,
    pub(super) bad_version: &'static str,
    pub(super) bad_choice: &'static str,
    pub(super) about: &'static str,
    pub(super) trials: &'static str,
    pub(super) overview: &'static str,
    pub(super) figure: &'static str,
    pub(super) all: &'static str,
    pub(super) calls: &'static str,
    pub(super) alone: &'static str,
    pub(super) agent: &'static str,
    pub(super) request: &'static str,
    pub(super) left: &'static str,
    pub(super) served_hint: &'static str,
    pub(super) hung_up: &'static str,
    pub(super) faults: &'static str,
    pub(super) first: &'static str,
    pub(super) first_90: &'static str,
    pub(super) length: &'static str,
    pub(super) length_median: &'static str,
    pub(super) length_90: &'static str,
    pub(super) wanted: &'static str,
    /// A duration.
    pub(super) n_seconds: &'static str,
    pub(super) said_before: &'static str,
    pub(super) usual_mean: &'static str,
    pub(super) usual_median: &'static str,
    pub(super) yardsticks: &'static str,
    pub(super) picture: &'static str,
    pub(super) picture_hint: &'static str,
    pub(super) picture_open: &'static str,
    pub(super) ways: &'static str,
    pub(super) way_from: &'static str,
    pub(super) way_by: &'static str,
    pub(super) way_to: &'static str,
    pub(super) share: &'static str,
    pub(super) steps: &'static str,
    pub(super) step: &'static str,
    pub(super) resumed: &'static str,
    pub(super) calm: &'static str,
    pub(super) came: &'static str,
    pub(super) hung: &'static str,
    pub(super) silent: &'static str,
    pub(super) wrong: &'static str,
    pub(super) person: &'static str,
    pub(super) more: &'static str,
    pub(super) first_title: &'static str,
    pub(super) length_title: &'static str,
    pub(super) seconds: &'static str,
    pub(super) verification: &'static str,
    pub(super) outcome: &'static str,
    pub(super) promises: &'static str,
    pub(super) promises_hint: &'static str,
    /// Asked, kept, late, waiting, closed.
    pub(super) promised: [&'static str; 5],
    pub(super) feedback: &'static str,
    pub(super) feedback_hint: &'static str,
    pub(super) category: &'static str,
    pub(super) requests: &'static str,
    pub(super) open_of: &'static str,
    pub(super) scores: &'static str,
    pub(super) mean: &'static str,
    pub(super) by_hour: &'static str,
    pub(super) by_day: &'static str,
    pub(super) hour: &'static str,
    pub(super) day: &'static str,
    pub(super) endings: &'static str,
    pub(super) ending: &'static str,
    /// By the word of an outcome or an ending.
    pub(super) named: &'static [(&'static str, &'static str)],
    pub(super) languages: [&'static str; 4],
}

impl Words {
    /// Why nothing is counted, by the name of what cannot be meant.
    pub(super) fn unclear(&self, name: &str) -> String {
        let words = match name {
            "line" => self.bad_line,
            "version" | "beside" => self.bad_version,
            "spoken" | "h1" | "h2" => self.bad_choice,
            _ => self.bad_day,
        };
        words.replace("{name}", name)
    }
}

/// The words of a language.
pub(super) fn of(lang: Lang) -> &'static Words {
    pick(lang, &en::WORDS, &zh::WORDS, &ja::WORDS)
}

/// What people call an outcome; as it is when there are no words for it.
pub(super) fn named(w: &Words, word: &str) -> String {
    w.named.iter().find(|(own, _)| *own == word).map_or_else(|| word.to_owned(), |(_, words)| (*words).to_owned())
}
