//! Moments as people read them: how long ago or how long still, and the wall clock of a time zone. A
//! page is written at one moment; scripts move it on by the same words.

use super::words::{self, Words, fill};
use crate::words::Lang;
use askama::Template;
use askama::filters::HtmlSafe;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// What a page is written by.
#[derive(Clone)]
pub(in crate::web) struct Clock {
    pub(in crate::web) now: Timestamp,
    pub(in crate::web) lang: Lang,
    /// The reader's zone; none: it is not known here, and a script shows the browser's.
    pub(in crate::web) zone: Option<TimeZone>,
}

/// A moment told by its distance. Written into a page, it is an element that a script moves on.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(
    ext = "html",
    source = r#"<time datetime="{{ iso }}" data-tells="{{ kind }}"{% if kind == "since" || kind == "lease" %} data-sentence="{{ sentence }}"{% endif %} title="{{ at.words }}">{{ words }}</time>"#
)]
pub(in crate::web) struct Moment {
    /// For programs.
    pub(in crate::web) iso: String,
    /// How it goes on: `due`, `ago`, `since` or `lease`.
    pub(in crate::web) kind: &'static str,
    /// Where its distance stands.
    pub(in crate::web) sentence: &'static str,
    /// How it is told now.
    pub(in crate::web) words: String,
    /// The wall clock.
    pub(in crate::web) at: Stamp,
    /// It is past.
    pub(in crate::web) over: bool,
}

/// A moment by the wall clock.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(
    ext = "html",
    source = r#"<time datetime="{{ iso }}"{% if guessed %} data-guessed{% endif %}>{{ words }}</time>"#
)]
pub(in crate::web) struct Stamp {
    /// For programs.
    pub(in crate::web) iso: String,
    pub(in crate::web) words: String,
    /// Told in UTC for want of a zone: a script may do better.
    pub(in crate::web) guessed: bool,
}

/// Moments by the wall clock within a sentence: in the customer's zone too, where that is another.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(
    ext = "html",
    source = r#"{{ before }}{% if let Some(there) = there %}{{ there }} / {% endif %}{{ here }}{{ after }}"#
)]
pub(in crate::web) struct Placed {
    before: &'static str,
    there: Option<Stamp>,
    here: Stamp,
    after: &'static str,
}

impl HtmlSafe for Moment {}
impl HtmlSafe for Stamp {}
impl HtmlSafe for Placed {}

impl Clock {
    /// When something has to be done: how long still, or how long over.
    pub(super) fn due(&self, at: Timestamp) -> Moment {
        let (w, over) = (self.words(), at <= self.now);
        let sentence = if over { w.time.over } else { w.time.left };
        self.moment("due", at, sentence)
    }

    /// How long ago something was.
    pub(in crate::web) fn ago(&self, at: Timestamp) -> Moment {
        let w = self.words();
        // A sentence of its own: nobody says "under a minute ago" in every language.
        let sentence = if self.now.duration_since(at).as_secs().abs() < 60 { w.time.just } else { w.time.ago };
        self.moment("ago", at, sentence)
    }

    /// How long something has been so; `sentence` has the hole `{t}`.
    pub(super) fn since(&self, at: Timestamp, sentence: &'static str) -> Moment {
        self.moment("since", at, sentence)
    }

    /// How long something is still somebody's, in minutes and seconds; `sentence` has the hole `{t}`.
    pub(super) fn lease(&self, until: Timestamp, sentence: &'static str) -> Moment {
        let seconds = until.duration_since(self.now).as_secs().max(0);
        let words = fill(sentence, &[("t", &format!("{}:{:02}", seconds / 60, seconds % 60))]);
        Moment { words, ..self.moment("lease", until, sentence) }
    }

    /// The wall clock of the reader.
    pub(in crate::web) fn stamp(&self, at: Timestamp) -> Stamp {
        let zone = self.zone.clone().unwrap_or(TimeZone::UTC);
        let mut stamp = self.stamp_in(at, &zone);
        if self.zone.is_none() {
            stamp.guessed = true;
            stamp.words.push_str(" UTC");
        }
        stamp
    }

    /// The wall clock somewhere.
    pub(super) fn stamp_in(&self, at: Timestamp, zone: &TimeZone) -> Stamp {
        let (there, here) = (at.to_zoned(zone.clone()), self.now.to_zoned(zone.clone()));
        let w = self.words();
        let day = w.weekdays[usize::try_from(there.weekday().to_monday_zero_offset()).unwrap_or(0)];
        let month = w.months[usize::try_from(there.month() - 1).unwrap_or(0)];
        let (date, time) = (there.day(), format!("{:02}:{:02}", there.hour(), there.minute()));
        let year = if there.year() == here.year() { String::new() } else { there.year().to_string() };
        let words = match self.lang {
            Lang::EnUs if year.is_empty() => format!("{day}, {month} {date}, {time}"),
            Lang::EnUs => format!("{day}, {month} {date}, {year}, {time}"),
            Lang::JaJp if year.is_empty() => format!("{month}{date}日({day}) {time}"),
            Lang::JaJp => format!("{year}年{month}{date}日({day}) {time}"),
            _ if year.is_empty() => format!("{month}{date}日 {day} {time}"),
            _ => format!("{year}年{month}{date}日 {day} {time}"),
        };
        Stamp { iso: at.to_string(), words, guessed: false }
    }

    /// The wall clock within a sentence with the hole `{t}`; `there` is the customer's zone.
    pub(super) fn placed(&self, at: Timestamp, there: Option<&TimeZone>, sentence: &'static str) -> Placed {
        let (before, after) = sentence.split_once("{t}").unwrap_or((sentence, ""));
        let here = self.stamp(at);
        let there = there.map(|zone| self.stamp_in(at, zone)).filter(|there| there.words != here.words);
        Placed { before, there, here, after }
    }

    fn moment(&self, kind: &'static str, at: Timestamp, sentence: &'static str) -> Moment {
        let seconds = at.duration_since(self.now).as_secs();
        let words = fill(sentence, &[("t", &span(self.words(), seconds.abs()))]);
        Moment { iso: at.to_string(), kind, sentence, words, at: self.stamp(at), over: seconds <= 0 }
    }

    fn words(&self) -> &'static Words {
        words::of(self.lang)
    }
}

/// A span of time in words; seconds are not counted.
pub(super) fn span(w: &Words, seconds: i64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
    let text = |sentence: &str, n: i64, h: i64, d: i64| {
        fill(sentence, &[("n", &n.to_string()), ("h", &h.to_string()), ("d", &d.to_string())])
    };
    match (days, hours, minutes) {
        (_, _, 0) => w.time.now.to_owned(),
        (_, 0, n) => text(w.time.minutes, n, 0, 0),
        (0..=1, h, n) if n % 60 == 0 => text(w.time.hours, 0, h, 0),
        (0..=1, h, n) => text(w.time.hours_minutes, n % 60, h, 0),
        (d, h, _) if h % 24 == 0 => text(w.time.days, 0, 0, d),
        (d, h, _) => text(w.time.days_hours, 0, h % 24, d),
    }
}

/// The zone of an IANA name.
pub(in crate::web) fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(lang: Lang, zone: Option<&str>) -> Clock {
        Clock { now: "2026-11-22T05:00:00Z".parse().unwrap(), lang, zone: zone.and_then(super::zone) }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_due_is_told_by_how_long_still_and_then_by_how_long_over() {
        let clock = clock(Lang::EnUs, None);
        for (moment, words, over) in [
            ("2026-11-22T05:00:59Z", "under a minute left", false),
            ("2026-11-22T05:12:30Z", "12 min left", false),
            ("2026-11-22T08:05:00Z", "3 h 5 min left", false),
            ("2026-11-24T04:00:00Z", "47 h left", false),
            ("2026-11-24T08:00:00Z", "2 d 3 h left", false),
            ("2026-11-22T04:00:00Z", "1 h overdue", true),
        ] {
            let told = clock.due(at(moment));
            assert_eq!((told.words.as_str(), told.over), (words, over), "{moment}");
        }
    }

    #[test]
    fn a_moment_in_a_sentence_is_told_in_both_zones_where_they_differ() {
        let clock = clock(Lang::EnUs, Some("Asia/Tokyo"));
        let placed = |zone| clock.placed(at("2026-11-22T06:00:00Z"), super::zone(zone).as_ref(), "Not before {t}.");
        let told = placed("Asia/Shanghai").render().unwrap();
        assert_eq!(told.matches("<time ").count(), 2, "{told}");
        assert!(
            told.starts_with("Not before <time")
                && told.contains("14:00</time> / <time")
                && told.ends_with("15:00</time>.")
        );
        assert_eq!(placed("Asia/Tokyo").render().unwrap().matches("<time ").count(), 1);
        assert_eq!(clock.ago(at("2026-11-22T04:59:30Z")).words, "just now");
    }

    #[test]
    fn the_wall_clock_is_that_of_the_reader_and_says_so_when_it_is_nobodys() {
        let noon = at("2026-11-22T05:04:00Z");
        assert_eq!(clock(Lang::JaJp, Some("Asia/Tokyo")).stamp(noon).words, "11月22日(日) 14:04");
        assert_eq!(clock(Lang::ZhCn, Some("Asia/Shanghai")).stamp(noon).words, "11月22日 周日 13:04");
        let unknown = clock(Lang::EnUs, None).stamp(noon);
        assert_eq!((unknown.words.as_str(), unknown.guessed), ("Sun, Nov 22, 05:04 UTC", true));
        let next_year = clock(Lang::EnUs, Some("America/New_York")).stamp(at("2027-01-02T15:00:00Z"));
        assert_eq!(next_year.words, "Sat, Jan 2, 2027, 10:00");
    }
}
