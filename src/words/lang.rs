//! The languages callers are served in.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A language a caller can be served in. The set is closed because the core itself speaks them:
/// numbers, money and dates are spelled into words for each (see `flow::speller`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Lang {
    /// Mandarin as spoken on the Chinese mainland.
    #[serde(rename = "zh-CN")]
    ZhCn,
    /// Cantonese as spoken in Hong Kong.
    #[serde(rename = "zh-HK")]
    ZhHk,
    /// Japanese.
    #[serde(rename = "ja-JP")]
    JaJp,
    /// American English.
    #[serde(rename = "en-US")]
    EnUs,
}

impl Lang {
    /// Every language, in the order of the declaration; `lang as usize` indexes it.
    pub const ALL: [Lang; 4] = [Lang::ZhCn, Lang::ZhHk, Lang::JaJp, Lang::EnUs];

    /// The tag as flows and addresses write it (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Lang::ZhCn => "zh-CN",
            Lang::ZhHk => "zh-HK",
            Lang::JaJp => "ja-JP",
            Lang::EnUs => "en-US",
        }
    }

    /// The language of a tag; upper and lower case do not matter.
    pub fn parse(tag: &str) -> Option<Lang> {
        Lang::ALL.into_iter().find(|l| l.tag().eq_ignore_ascii_case(tag))
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}
