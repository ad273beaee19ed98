//! A year as twelve months: what every day is. Pure.

use crate::flow::edit::{CalendarText, DayText};
use crate::flow::hours::{Calendar, Span};
use jiff::ToSpan;
use jiff::civil::{Date, date};

/// What a day is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Is {
    /// Open as every week.
    Open,
    /// Closed as every week.
    Rest,
    /// Closed, and listed.
    Closed,
    /// Open though its weekday is closed: an adjusted working day.
    Adjusted,
    /// Open at other hours than its weekday.
    Other,
}

impl Is {
    /// Its name for styles and tests.
    pub(super) fn word(self) -> &'static str {
        match self {
            Is::Open => "open",
            Is::Rest => "rest",
            Is::Closed => "closed",
            Is::Adjusted => "adjusted",
            Is::Other => "other",
        }
    }

    /// What stands in its cell, so that nothing is told by colour alone.
    pub(super) fn mark(self) -> &'static str {
        match self {
            Is::Open => "",
            Is::Rest => "–",
            Is::Closed => "✕",
            Is::Adjusted => "＋",
            Is::Other => "◐",
        }
    }
}

/// A day of the year.
#[derive(Clone, Debug)]
pub(super) struct Day {
    pub(super) date: Date,
    pub(super) is: Is,
    /// Its hours, as people read them; empty when closed.
    pub(super) hours: String,
    pub(super) why: String,
}

/// Weeks of a month, Monday first; days of other months are none.
pub(super) type Weeks = Vec<[Option<Day>; 7]>;

/// The twelve months of a year.
pub(super) fn months(calendar: &Calendar, text: &CalendarText, year: i16) -> Vec<Weeks> {
    (1..=12).map(|month| weeks(calendar, text, year, month)).collect()
}

fn weeks(calendar: &Calendar, text: &CalendarText, year: i16, month: i8) -> Weeks {
    let first = date(year, month, 1);
    let mut weeks: Weeks = Vec::new();
    let mut week: [Option<Day>; 7] = Default::default();
    for n in 0..i64::from(first.days_in_month()) {
        let Ok(date) = first.checked_add(n.days()) else { continue };
        let weekday = weekday(date);
        week[weekday] = Some(day(calendar, text, date));
        if weekday == 6 {
            weeks.push(std::mem::take(&mut week));
        }
    }
    if week.iter().any(Option::is_some) {
        weeks.push(week);
    }
    weeks
}

/// Monday is 0.
pub(super) fn weekday(date: Date) -> usize {
    usize::from(date.weekday().to_monday_zero_offset().unsigned_abs()).min(6)
}

/// What a day is.
pub(super) fn day(calendar: &Calendar, text: &CalendarText, date: Date) -> Day {
    let (spans, usual) = (calendar.spans_on(date), &calendar.week[weekday(date)]);
    let listed = text.days.get(&date);
    let is = match (calendar.days.contains_key(&date), spans.is_empty(), usual.is_empty()) {
        (true, true, _) => Is::Closed,
        (true, false, true) => Is::Adjusted,
        (true, false, false) if spans != usual.as_slice() => Is::Other,
        (_, true, _) => Is::Rest,
        _ => Is::Open,
    };
    let why = listed.map_or(String::new(), |DayText { why, .. }| why.clone());
    Day { date, is, hours: hours(spans), why }
}

/// Hours as people read them.
pub(super) fn hours(spans: &[Span]) -> String {
    let midnight = jiff::civil::Time::midnight();
    let clock = |time: jiff::civil::Time| format!("{:02}:{:02}", time.hour(), time.minute());
    let one = |span: &Span| {
        let to = if span.to == midnight { "24:00".to_owned() } else { clock(span.to) };
        format!("{}–{to}", clock(span.from))
    };
    spans.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::edit::calendars;
    use crate::flow::read::read_calendars;

    #[test]
    fn china_shifts_working_days_and_every_day_of_a_year_is_one_thing() {
        let file = include_str!("../../../../flows/calendars.yaml");
        let text = calendars(file).unwrap().into_iter().find(|own| own.name == "china-office").unwrap();
        let calendar = read_calendars(file).remove("china-office").unwrap();
        let is = |month, of| day(&calendar, &text, date(2026, month, of)).is;
        assert_eq!(is(1, 4), Is::Adjusted, "a Sunday that is worked");
        assert_eq!(is(2, 17), Is::Closed);
        assert_eq!(is(2, 21), Is::Rest);
        assert_eq!(is(3, 2), Is::Open);
        assert_eq!(day(&calendar, &text, date(2026, 2, 17)).why, "Spring Festival");
        let all: usize = months(&calendar, &text, 2026).iter().flatten().flatten().flatten().count();
        assert_eq!(all, 365);
        let leap: usize = months(&calendar, &text, 2028).iter().flatten().flatten().flatten().count();
        assert_eq!(leap, 366);
    }
}
