//! What figures are asked for, in an address and as a form.

use crate::store::{Span, TalliedVersion};
use crate::web::desk_pages::times::Clock;
use crate::web::page::in_query;
use crate::words::Lang;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Days shown where none are asked for.
const DAYS: i32 = 7;
/// Days shown at most: two years.
const MOST: i32 = 731;
const HOUR: i64 = 3_600_000;

/// What figures are asked for.
pub(super) struct Asked {
    pub(super) line: String,
    pub(super) lang: Option<Lang>,
    pub(super) from: Date,
    /// The last day.
    pub(super) to: Date,
    pub(super) hours: Option<(u8, u8)>,
    pub(super) version: String,
    /// Beside another version.
    pub(super) beside: String,
    pub(super) zone: TimeZone,
}

impl Asked {
    /// Reads a query; the first line where none is named or known.
    pub(super) fn read(pairs: &[(String, String)], clock: &Clock, lines: &[String]) -> Asked {
        let one = |name: &str| one(pairs, name);
        let zone = clock.zone.clone().unwrap_or(TimeZone::UTC);
        let today = clock.now.to_zoned(zone.clone()).date();
        let date = |name: &str| one(name).and_then(day);
        let to = date("to").unwrap_or(today);
        let earliest = |days: i32| to.checked_sub((days - 1).days()).unwrap_or(to);
        let from = date("from").unwrap_or_else(|| earliest(DAYS)).clamp(earliest(MOST), to);
        let hour = |name: &str| one(name).and_then(|text| text.parse::<u8>().ok()).filter(|hour| *hour < 24);
        let digest = |name: &str| {
            let given = one(name).filter(|text| text.len() <= 64 && text.bytes().all(|b| b.is_ascii_hexdigit()));
            given.unwrap_or_default().to_owned()
        };
        let line = one("line").filter(|line| lines.iter().any(|own| own == line)).map(str::to_owned);
        Asked {
            line: line.or_else(|| lines.first().cloned()).unwrap_or_default(),
            lang: one("spoken").and_then(Lang::parse),
            from,
            to,
            hours: hour("h1").zip(hour("h2")),
            version: digest("version"),
            beside: digest("beside"),
            zone,
        }
    }

    /// The name of what in this query cannot be meant: a day that is none, days that end before they begin or are
    /// more than are counted at once, a line that is not there, a version that can be none, a language or hours that
    /// are none. What is empty is not asked for.
    pub(super) fn unclear(&self, pairs: &[(String, String)], lines: &[String]) -> Option<&'static str> {
        let given = |name: &str| one(pairs, name).filter(|text| !text.is_empty());
        let is_no_day = |name: &&str| given(name).is_some_and(|text| day(text).is_none());
        let line = || given("line").filter(|line| !lines.iter().any(|own| own == line)).map(|_| "line");
        let bounded = || given("from").and_then(day).filter(|from| *from != self.from).map(|_| "from");
        let is_cut = |name: &&str| given(name).is_some_and(|text| *text != self.version && *text != self.beside);
        let version = || ["version", "beside"].into_iter().find(is_cut);
        let is_none = |name: &&str| match *name {
            "spoken" => given(name).is_some() && self.lang.is_none(),
            name => given(name).is_some() && self.hours.is_none(),
        };
        let choice = || ["spoken", "h1", "h2"].into_iter().find(is_none);
        ["from", "to"].into_iter().find(is_no_day).or_else(bounded).or_else(line).or_else(version).or_else(choice)
    }

    /// The query that asks for the same.
    pub(super) fn query(&self) -> String {
        let mut query =
            vec![format!("line={}", in_query(&self.line)), format!("from={}", self.from), format!("to={}", self.to)];
        query.extend(self.lang.map(|lang| format!("spoken={lang}")));
        query.extend(self.hours.map(|(first, last)| format!("h1={first}&h2={last}")));
        query.extend((!self.version.is_empty()).then(|| format!("version={}", self.version)));
        query.extend((!self.beside.is_empty()).then(|| format!("beside={}", self.beside)));
        query.join("&")
    }

    /// From when until before when, in ms, by whole hours.
    pub(super) fn range(&self) -> (i64, i64) {
        let begins = |date: Date| {
            let day = date.to_zoned(self.zone.clone());
            day.map_or(0, |day| day.timestamp().as_millisecond().div_euclid(HOUR) * HOUR)
        };
        (begins(self.from), begins(self.to.checked_add(1.day()).unwrap_or(self.to)))
    }

    /// The calls meant, on a version; on any where none is named.
    pub(super) fn span(&self, digest: &str) -> Span {
        let (from, to) = self.range();
        let ahead = jiff::Timestamp::from_millisecond(from).map_or(0, |at| self.zone.to_offset(at).seconds());
        Span {
            line: self.line.clone(),
            from,
            to,
            digest: Some(digest.to_owned()).filter(|digest| !digest.is_empty()),
            lang: self.lang.map(|lang| lang.tag().to_owned()),
            hours: self.hours,
            ahead: i64::from(ahead) * 1000,
        }
    }

    pub(super) fn speaks(&self, lang: &Lang) -> bool {
        self.lang.as_ref() == Some(lang)
    }

    pub(super) fn is_hour(&self, which: usize, hour: &u8) -> bool {
        self.hours.is_some_and(|(first, last)| [first, last].get(which) == Some(hour))
    }

    pub(super) fn is_version(&self, version: &TalliedVersion) -> bool {
        self.version == version.digest
    }

    pub(super) fn is_beside(&self, version: &TalliedVersion) -> bool {
        self.beside == version.digest
    }
}

/// What a query says under a name.
fn one<'p>(pairs: &'p [(String, String)], name: &str) -> Option<&'p str> {
    pairs.iter().find(|(own, _)| own == name).map(|(_, value)| value.trim())
}

/// A day figures can be of.
fn day(text: &str) -> Option<Date> {
    text.parse::<Date>().ok().filter(|date| (2000..2200).contains(&date.year()))
}
