//! Opening hours: when somebody is there, and when they may ring back.
//!
//! A calendar is local wall time; every answer is an interval of moments, so that the nights the
//! clocks change have no hole and no overlap. Knows nothing of YAML, lines or requests, and reads no
//! clock.

mod callback;
#[cfg(test)]
mod tests;

pub use callback::{callable, due, next_callable, windows, zones};

use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};
use std::collections::BTreeMap;

/// When somebody is there.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// Its name in `calendars.yaml`.
    pub name: String,
    /// Whose wall clock the hours are.
    pub zone: TimeZone,
    /// Opening spans per weekday, Monday first. A span that ends at 24:00 ends the day.
    pub week: [Vec<Span>; 7],
    /// Days that differ from their weekday: closed (no span) or open although Sunday.
    pub days: BTreeMap<Date, Vec<Span>>,
    /// The last year whose days off are listed; `None` for a calendar that has none.
    pub through: Option<i16>,
}

/// A span of a day, `from` inclusive, `to` exclusive; `to` of midnight means the end of the day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    /// Opens.
    pub from: Time,
    /// Closes.
    pub to: Time,
}

impl Span {
    /// Spans as a file writes them, `09:00-12:00, 13:00-18:00`; none when it says no such thing.
    pub fn list(text: &str) -> Option<Vec<Span>> {
        let read = |part: &str| {
            let (from, to) = part.trim().split_once('-')?;
            let from: Time = from.trim().parse().ok()?;
            let to: Time = if to.trim() == "24:00" { Time::midnight() } else { to.trim().parse().ok()? };
            (to == Time::midnight() || from < to).then_some(Span { from, to })
        };
        text.split(',').map(read).collect()
    }

    /// Whether each ends before the next begins.
    pub fn in_order(spans: &[Span]) -> bool {
        !spans.windows(2).any(|pair| pair[0].to > pair[1].from || pair[0].to == Time::midnight())
    }
}

/// From a moment (inclusive) to a moment (exclusive).
type Interval = (Timestamp, Timestamp);

/// How far ahead an opening is looked for: a calendar closed for more than a year is closed.
const HORIZON_DAYS: i64 = 370;

impl Calendar {
    /// Whether it is open at a moment.
    pub fn is_open(&self, at: Timestamp) -> bool {
        let today = self.date(at);
        self.intervals(today, 1).iter().any(|(from, to)| *from <= at && at < *to)
    }

    /// The first moment from `at` on at which it is open: `at` itself when it is open then. `None`
    /// when it does not open within a year.
    pub fn opens_next(&self, at: Timestamp) -> Option<Timestamp> {
        self.open_from(at).map(|(from, _)| from.max(at))
    }

    /// The opening spans of a day.
    pub fn spans_on(&self, date: Date) -> &[Span] {
        let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
        self.days.get(&date).unwrap_or(&self.week[weekday])
    }

    /// Whether days off are listed for the year of a moment and, in December, for the next: the list
    /// of a year appears late in the one before.
    pub fn covers(&self, at: Timestamp) -> bool {
        let today = self.date(at);
        let needed = if today.month() == 12 { today.year().saturating_add(1) } else { today.year() };
        self.through.is_none_or(|through| needed <= through)
    }

    /// The first interval of opening that ends after `at`.
    fn open_from(&self, at: Timestamp) -> Option<Interval> {
        let today = self.date(at);
        (0..HORIZON_DAYS).find_map(|ahead| {
            let date = today.checked_add(ahead.days()).ok()?;
            // One day more, so that an interval that crosses midnight is seen whole.
            self.intervals(date, 1).into_iter().find(|(_, to)| *to > at)
        })
    }

    /// The intervals of opening of the days around a date, in order, those that meet joined.
    fn intervals(&self, around: Date, days: i64) -> Vec<Interval> {
        let spans = (-1..=days)
            .filter_map(|n| around.checked_add(n.days()).ok())
            .flat_map(|date| self.spans_on(date).iter().filter_map(move |span| interval(date, *span, &self.zone)));
        joined(spans.collect())
    }

    fn date(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }
}

/// The moments of a span of wall time. An hour that comes twice belongs to it whole; an hour left
/// out is empty.
fn interval(date: Date, span: Span, zone: &TimeZone) -> Option<Interval> {
    let last = if span.to == Time::midnight() { date.tomorrow().ok()? } else { date };
    let from = moment(date, span.from, zone, false)?;
    let to = moment(last, span.to, zone, true)?;
    (from < to).then_some((from, to))
}

/// The moment of a wall time: of one that comes twice the first or the last; of one left out the
/// moment the clock jumps.
fn moment(date: Date, time: Time, zone: &TimeZone, last: bool) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(date.to_datetime(time));
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => ambiguous.unambiguous().ok(),
        AmbiguousOffset::Fold { .. } if last => ambiguous.later().ok(),
        AmbiguousOffset::Fold { .. } => ambiguous.earlier().ok(),
        AmbiguousOffset::Gap { .. } => {
            let before = ambiguous.earlier().ok()?;
            zone.following(before).next().map(|jump| jump.timestamp())
        }
    }
}

/// The same moments in order, intervals that touch or overlap made one.
fn joined(mut intervals: Vec<Interval>) -> Vec<Interval> {
    intervals.sort_unstable();
    let mut whole: Vec<Interval> = Vec::with_capacity(intervals.len());
    for (from, to) in intervals {
        match whole.last_mut() {
            Some((_, end)) if from <= *end => *end = to.max(*end),
            _ => whole.push((from, to)),
        }
    }
    whole
}

/// The moments in both.
fn common(a: &[Interval], b: &[Interval]) -> Vec<Interval> {
    let pairs = a.iter().flat_map(|x| b.iter().map(move |y| (x.0.max(y.0), x.1.min(y.1))));
    joined(pairs.filter(|(from, to)| from < to).collect())
}
