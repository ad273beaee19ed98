//! When one may ring back: the agents' hours and the called person's day together.

use super::{Calendar, HORIZON_DAYS, Interval, Span, common, interval, joined};
use crate::flow::value::Window;
use crate::words::Phone;
use jiff::civil::{Date, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use std::time::Duration;

/// The hours one may ring somebody, by their own clock. Stricter than any law of the countries
/// served (US 16 CFR 310.4: 08 to 21).
const DAY: Span = Span { from: time(9, 0, 0, 0), to: time(20, 0, 0, 0) };

/// The parts of that day callers choose from.
const PARTS: [(i8, i8); 4] = [(9, 12), (12, 15), (15, 18), (18, 20)];

/// How much of a window must lie ahead for it to be offered.
const WORTHWHILE: SignedDuration = SignedDuration::from_mins(60);

/// Offered windows begin on a quarter hour.
const QUARTER: i64 = 15 * 60;

/// How far ahead windows are offered.
const OFFERED_DAYS: i64 = 14;

/// The zones the person behind a number may be in. `None` where that is not known, or this machine's
/// time zone database lacks one.
pub fn zones(phone: &Phone) -> Option<Vec<TimeZone>> {
    phone.calling_zones()?.iter().map(|name| TimeZone::get(name).ok()).collect()
}

/// Whether somebody may be rung at a moment: an agent is there and it is day in every one of the
/// zones. With no zones the calendar's own counts.
pub fn callable(calendar: &Calendar, zones: &[TimeZone], at: Timestamp) -> bool {
    around(calendar, zones, calendar.date(at)).iter().any(|(from, to)| *from <= at && at < *to)
}

/// The first moment from `at` on at which [`callable`] holds: `at` itself when it does then. None when
/// that is never within a year.
pub fn next_callable(calendar: &Calendar, zones: &[TimeZone], at: Timestamp) -> Option<Timestamp> {
    next(calendar, zones, at).map(|(from, _)| from.max(at))
}

/// The next `count` windows a caller may choose from, in order, at most 14 days ahead: parts of the
/// day in the first zone, cut down to what [`callable`] allows. One that is running begins at the
/// next quarter hour, and is left out when less than an hour of it remains.
pub fn windows(calendar: &Calendar, zones: &[TimeZone], now: Timestamp, count: usize) -> Vec<Window> {
    let first = zones.first().unwrap_or(&calendar.zone);
    let today = first.to_datetime(now).date();
    let soonest = next_quarter(now);
    let limit = now.checked_add(SignedDuration::from_hours(24 * OFFERED_DAYS)).unwrap_or(Timestamp::MAX);
    let mut found = Vec::new();
    for date in (0..=OFFERED_DAYS).filter_map(|ahead| today.checked_add(ahead.days()).ok()) {
        if found.len() >= count {
            break;
        }
        let open = around(calendar, zones, date);
        for (start, end) in PARTS {
            let part = Span { from: time(start, 0, 0, 0), to: time(end, 0, 0, 0) };
            let part: Vec<Interval> = interval(date, part, first).into_iter().collect();
            for (from, to) in common(&part, &open) {
                let from = from.max(soonest);
                if to.duration_since(from) >= WORTHWHILE && from < limit && found.len() < count {
                    found.push(Window { from, to });
                }
            }
        }
    }
    found
}

/// When a promise made now falls due. In callable hours the clock runs through; a promise that would
/// end outside them, or is made outside them, is counted from the next callable hours' opening, and
/// then ends with them at the latest. Where nobody is ever callable, it is simply counted.
pub fn due(calendar: &Calendar, zones: &[TimeZone], now: Timestamp, promise: Duration) -> Timestamp {
    let promise = SignedDuration::try_from(promise).unwrap_or(SignedDuration::MAX);
    let after = |from: Timestamp| from.checked_add(promise).unwrap_or(Timestamp::MAX);
    let plain = after(now);
    let made_by_day = callable(calendar, zones, now);
    if made_by_day && callable(calendar, zones, plain) {
        return plain;
    }
    let Some((opening, _)) = next(calendar, zones, if made_by_day { plain } else { now }) else {
        return plain;
    };
    let due = after(opening);
    if callable(calendar, zones, due) {
        return due;
    }
    let date = calendar.date(due);
    let ended = (0..HORIZON_DAYS).find_map(|ago| {
        let open = around(calendar, zones, date.checked_sub(ago.days()).ok()?);
        open.into_iter().map(|(_, to)| to).rfind(|to| *to <= due)
    });
    ended.filter(|end| *end > opening).unwrap_or(due)
}

/// The first callable interval that ends after a moment.
fn next(calendar: &Calendar, zones: &[TimeZone], at: Timestamp) -> Option<Interval> {
    let today = calendar.date(at);
    (0..HORIZON_DAYS).find_map(|ahead| {
        let date = today.checked_add(ahead.days()).ok()?;
        around(calendar, zones, date).into_iter().find(|(_, to)| *to > at)
    })
}

/// The callable intervals of the days around a date: two on either side, because the dates of two
/// zones differ by one at most.
fn around(calendar: &Calendar, zones: &[TimeZone], date: Date) -> Vec<Interval> {
    let zones = if zones.is_empty() { std::slice::from_ref(&calendar.zone) } else { zones };
    let agents = calendar.intervals(date, 2);
    zones.iter().fold(agents, |open, zone| common(&open, &days(date, zone)))
}

/// The called person's day on the dates around one.
fn days(around: Date, zone: &TimeZone) -> Vec<Interval> {
    let dates = (-2..=3).filter_map(|n: i64| around.checked_add(n.days()).ok());
    joined(dates.filter_map(|date| interval(date, DAY, zone)).collect())
}

fn next_quarter(now: Timestamp) -> Timestamp {
    let second = now.as_second() + i64::from(now.subsec_nanosecond() > 0);
    let quarter = second.saturating_add(QUARTER - 1).div_euclid(QUARTER) * QUARTER;
    Timestamp::from_second(quarter).unwrap_or(now)
}
