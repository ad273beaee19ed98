use super::*;
use crate::flow::value::Window;
use crate::words::Phone;
use jiff::SignedDuration;
use jiff::civil::{date, time};
use proptest::prelude::*;
use std::time::Duration;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn span(text: &str) -> Span {
    let (from, to) = text.split_once('-').unwrap();
    let read = |t: &str| if t == "24" { Time::midnight() } else { time(t.parse().unwrap(), 0, 0, 0) };
    Span { from: read(from), to: read(to) }
}

/// A calendar with the same hours Monday to Friday and others at the weekend: `"9-12 13-18"`.
fn calendar(zone_name: &str, weekdays: &str, weekend: &str) -> Calendar {
    let spans = |text: &str| text.split_whitespace().map(span).collect::<Vec<_>>();
    let week = std::array::from_fn(|day| spans(if day < 5 { weekdays } else { weekend }));
    Calendar { name: "test".into(), zone: zone(zone_name), week, days: BTreeMap::new(), through: None }
}

/// A moment, written as local time in a zone: `2026-03-02T10:00[Asia/Shanghai]`.
fn at(text: &str) -> Timestamp {
    text.parse::<jiff::Zoned>().unwrap().timestamp()
}

fn shown(windows: &[Window], zone: &TimeZone) -> Vec<String> {
    let local = |t: Timestamp| zone.to_datetime(t);
    windows
        .iter()
        .map(|w| format!("{} - {}", local(w.from).strftime("%d %H:%M"), local(w.to).strftime("%H:%M")))
        .collect()
}

#[test]
fn it_opens_and_closes_on_the_minute() {
    let office = calendar("Asia/Shanghai", "9-12 13-18", "");
    for (moment, open) in [
        ("2026-03-02T08:59:59[Asia/Shanghai]", false),
        ("2026-03-02T09:00[Asia/Shanghai]", true),
        ("2026-03-02T11:59:59[Asia/Shanghai]", true),
        ("2026-03-02T12:00[Asia/Shanghai]", false),
        ("2026-03-02T13:00[Asia/Shanghai]", true),
        ("2026-03-02T18:00[Asia/Shanghai]", false),
        ("2026-03-07T10:00[Asia/Shanghai]", false),
        ("2026-03-02T10:00[Asia/Tokyo]", true),
        ("2026-03-02T09:30[Asia/Tokyo]", false),
    ] {
        assert_eq!(office.is_open(at(moment)), open, "{moment}");
    }
}

#[test]
fn a_named_day_is_closed_or_open_whatever_its_weekday() {
    let mut office = calendar("Asia/Shanghai", "9-18", "");
    office.days.insert(date(2026, 10, 1), vec![]);
    office.days.insert(date(2026, 10, 10), vec![span("10-16")]);
    assert!(!office.is_open(at("2026-10-01T10:00[Asia/Shanghai]")));
    assert!(office.is_open(at("2026-10-10T10:00[Asia/Shanghai]")));
    assert!(!office.is_open(at("2026-10-10T09:00[Asia/Shanghai]")));
    assert_eq!(office.spans_on(date(2026, 10, 10)), [span("10-16")]);
}

#[test]
fn round_the_clock_never_closes_not_even_when_the_clocks_change() {
    for name in ["America/New_York", "Europe/London", "Asia/Tokyo", "Africa/Cairo", "Australia/Lord_Howe"] {
        let always = calendar(name, "0-24", "0-24");
        let mut moment = at("2026-01-01T00:00[UTC]");
        while moment < at("2027-01-01T00:00[UTC]") {
            assert!(always.is_open(moment), "{name} {moment}");
            moment += SignedDuration::from_mins(30);
        }
    }
}

#[test]
fn the_night_the_clocks_go_forward_loses_only_the_hour_that_is_not() {
    // 01:59 is followed by 03:00.
    let night = calendar("America/New_York", "0-24", "1-3");
    let jump = at("2026-03-08T03:00[America/New_York]");
    assert!(night.is_open(at("2026-03-08T01:59[America/New_York]")));
    assert!(!night.is_open(jump));
    let late = calendar("America/New_York", "0-24", "2-5");
    assert!(!late.is_open(at("2026-03-08T01:59[America/New_York]")));
    assert!(late.is_open(jump));
    let gone = calendar("America/New_York", "", "2-3");
    assert_eq!(gone.opens_next(jump), Some(at("2026-03-14T02:00[America/New_York]")));
}

#[test]
fn the_night_the_clocks_go_back_counts_the_doubled_hour_once_or_whole() {
    // 01:59 summer time is followed by 01:00 winter time.
    let night = calendar("America/New_York", "", "1-2");
    let first = at("2026-11-01T01:00-04:00[America/New_York]");
    for minutes in 0..120 {
        assert!(night.is_open(first + SignedDuration::from_mins(minutes)), "{minutes}");
    }
    assert!(!night.is_open(first - SignedDuration::from_secs(1)));
    assert!(!night.is_open(first + SignedDuration::from_hours(2)));
}

#[test]
fn the_next_opening_is_now_when_open_and_else_the_next_span() {
    let office = calendar("Asia/Tokyo", "9-12 13-18", "");
    for (now, next) in [
        ("2026-03-02T10:00[Asia/Tokyo]", "2026-03-02T10:00[Asia/Tokyo]"),
        ("2026-03-02T12:00[Asia/Tokyo]", "2026-03-02T13:00[Asia/Tokyo]"),
        ("2026-03-02T18:00[Asia/Tokyo]", "2026-03-03T09:00[Asia/Tokyo]"),
        ("2026-03-06T18:00[Asia/Tokyo]", "2026-03-09T09:00[Asia/Tokyo]"),
    ] {
        assert_eq!(office.opens_next(at(now)), Some(at(next)), "{now}");
    }
    assert_eq!(calendar("Asia/Tokyo", "", "").opens_next(at("2026-03-02T10:00[Asia/Tokyo]")), None);
}

#[test]
fn a_missing_year_is_noticed_in_december() {
    let mut office = calendar("Asia/Shanghai", "9-18", "");
    assert!(office.covers(at("2030-01-01T00:00[UTC]")));
    office.through = Some(2026);
    assert!(office.covers(at("2026-11-30T12:00[Asia/Shanghai]")));
    assert!(!office.covers(at("2026-12-01T12:00[Asia/Shanghai]")));
    assert!(!office.covers(at("2027-01-01T12:00[Asia/Shanghai]")));
}

#[test]
fn windows_are_parts_of_the_days_hours_that_still_lie_ahead() {
    let wallet = calendar("Asia/Shanghai", "9-21", "9-21");
    let here = [zone("Asia/Shanghai")];
    let offered = windows(&wallet, &here, at("2026-03-02T10:40[Asia/Shanghai]"), 4);
    assert_eq!(
        shown(&offered, &here[0]),
        ["02 10:45 - 12:00", "02 12:00 - 15:00", "02 15:00 - 18:00", "02 18:00 - 20:00"]
    );
    // Less than an hour of the morning is left.
    let offered = windows(&wallet, &here, at("2026-03-02T11:05[Asia/Shanghai]"), 2);
    assert_eq!(shown(&offered, &here[0]), ["02 12:00 - 15:00", "02 15:00 - 18:00"]);
    let offered = windows(&wallet, &here, at("2026-03-02T22:00[Asia/Shanghai]"), 1);
    assert_eq!(shown(&offered, &here[0]), ["03 09:00 - 12:00"]);
}

#[test]
fn windows_leave_out_closed_days_and_suit_every_zone_of_the_caller() {
    let mut office = calendar("Asia/Shanghai", "9-18", "");
    office.days.insert(date(2026, 3, 3), vec![]);
    let now = at("2026-03-02T16:30[Asia/Shanghai]");
    let offered = windows(&office, &[], now, 2);
    assert_eq!(shown(&offered, &office.zone), ["02 16:30 - 18:00", "04 09:00 - 12:00"]);
    let tokyo = [zone("Asia/Tokyo")];
    let offered = windows(&office, &tokyo, now, 2);
    assert_eq!(shown(&offered, &tokyo[0]), ["02 18:00 - 19:00", "04 10:00 - 12:00"]);
    let american = zones(&Phone::parse("+12133734253", None).unwrap()).unwrap();
    let always = calendar("Asia/Shanghai", "0-24", "0-24");
    let offered = windows(&always, &american, at("2026-03-02T08:00[America/New_York]"), 4);
    // Nine in the morning in Los Angeles is noon in New York; eight in the evening comes there first.
    assert_eq!(
        shown(&offered, &american[0]),
        ["02 12:00 - 15:00", "02 15:00 - 18:00", "02 18:00 - 20:00", "03 12:00 - 15:00"]
    );
    // In winter New York's day ends as Shanghai's begins.
    assert_eq!(windows(&office, &[zone("America/New_York")], now, 4), []);
}

#[test]
fn a_promise_runs_through_the_hours_or_starts_again_when_they_open() {
    let wallet = calendar("Asia/Shanghai", "9-21", "9-21");
    let office = calendar("Asia/Shanghai", "9-12 13-18", "");
    let short = calendar("Asia/Shanghai", "10-13", "");
    for (calendar, now, promise, due_at) in [
        (&wallet, "02T10:00", 4 * HOUR, "02T14:00"),
        (&wallet, "02T10:00", 24 * HOUR, "03T10:00"),
        (&wallet, "02T19:50", 30 * MINUTE, "03T09:30"),
        (&wallet, "02T18:00", 4 * HOUR, "03T13:00"),
        (&wallet, "02T07:00", 15 * MINUTE, "02T09:15"),
        (&wallet, "02T20:30", 15 * MINUTE, "03T09:15"),
        (&office, "02T11:45", 30 * MINUTE, "02T13:30"),
        (&office, "02T11:45", 2 * HOUR, "02T13:45"),
        (&office, "06T17:30", 4 * HOUR, "09T13:00"),
        (&office, "06T10:00", 24 * HOUR, "10T09:00"),
        (&short, "02T08:00", 4 * HOUR, "02T13:00"),
    ] {
        let [now, due_at] = [now, due_at].map(|t| at(&format!("2026-03-{t}[Asia/Shanghai]")));
        assert_eq!(due(calendar, &[], now, Duration::from_secs(promise)), due_at, "{now} {promise}");
    }
    let never = calendar("Asia/Shanghai", "", "");
    let now = at("2026-03-02T10:00[Asia/Shanghai]");
    assert_eq!(due(&never, &[], now, Duration::from_secs(HOUR)), now + SignedDuration::from_hours(1));
    assert_eq!(due(&never, &[], now, Duration::MAX), Timestamp::MAX);
}

/// Any set of spans of whole hours per weekday, in any of several zones.
fn any_calendar() -> impl Strategy<Value = Calendar> {
    let name = prop::sample::select(vec!["Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Sydney"]);
    let hours = prop::collection::vec((0i8..24, 1i8..=24), 0..3);
    (name, prop::collection::vec(hours, 7)).prop_map(|(name, week)| {
        let mut any = calendar(name, "", "");
        for (day, spans) in week.into_iter().enumerate() {
            let proper = spans.into_iter().filter(|(from, to)| from < to);
            any.week[day] = proper.map(|(from, to)| span(&format!("{from}-{to}"))).collect();
        }
        any
    })
}

fn any_moment() -> impl Strategy<Value = Timestamp> {
    // Two years from 2026, so that every clock change is among them.
    (1_767_225_600i64..1_830_297_600).prop_map(|s| Timestamp::from_second(s).unwrap())
}

fn any_zones() -> impl Strategy<Value = Vec<TimeZone>> {
    let names = vec!["Asia/Tokyo", "America/New_York", "America/Los_Angeles", "Europe/London", "Asia/Shanghai"];
    prop::collection::vec(prop::sample::select(names).prop_map(zone), 1..3)
}

proptest! {
    #[test]
    fn every_hour_of_a_week_is_open_exactly_when_a_span_of_its_day_says_so(any in any_calendar()) {
        // A week without a clock change in any of the zones.
        let monday = any.zone.to_timestamp(date(2026, 6, 1).at(0, 0, 0, 0)).unwrap();
        for hour in 0..168 {
            let moment = monday + SignedDuration::from_hours(hour);
            let local = any.zone.to_datetime(moment);
            let said = any.spans_on(local.date()).iter().any(|span| {
                span.from <= local.time() && (local.time() < span.to || span.to == Time::midnight())
            });
            prop_assert_eq!(any.is_open(moment), said, "{}", local);
        }
    }

    #[test]
    fn the_next_opening_is_open_and_nothing_before_it_is(any in any_calendar(), now in any_moment()) {
        if let Some(next) = any.opens_next(now) {
            prop_assert!(next >= now && any.is_open(next));
            prop_assert!(next == now || !any.is_open(next - SignedDuration::from_secs(1)));
            prop_assert_eq!(any.is_open(now), next == now);
        } else {
            prop_assert!(any.week.iter().all(Vec::is_empty));
        }
    }

    #[test]
    fn windows_are_in_order_apart_long_enough_and_always_by_day(
        any in any_calendar(), zones in any_zones(), now in any_moment(), count in 0usize..12
    ) {
        let offered = windows(&any, &zones, now, count);
        prop_assert!(offered.len() <= count);
        prop_assert!(offered.windows(2).all(|pair| pair[0].to <= pair[1].from));
        for window in &offered {
            prop_assert!(window.from >= now && window.from.duration_since(now) <= SignedDuration::from_hours(24 * 14));
            prop_assert!(window.to.duration_since(window.from) >= SignedDuration::from_hours(1));
            let last = window.to - SignedDuration::from_secs(1);
            for moment in [window.from, last] {
                prop_assert!(any.is_open(moment) && callable(&any, &zones, moment));
                for zone in &zones {
                    prop_assert!((9..20).contains(&zone.to_datetime(moment).hour()));
                }
            }
        }
    }

    #[test]
    fn a_promise_falls_due_when_somebody_may_be_rung(
        any in any_calendar(), now in any_moment(), minutes in 1u64..3000
    ) {
        let promised = due(&any, &[], now, Duration::from_secs(60 * minutes));
        prop_assert!(promised > now);
        let by_day = any.week.iter().flatten().any(|s| s.from < time(20, 0, 0, 0) && (s.to > time(9, 0, 0, 0) || s.to == Time::midnight()));
        let just_before = promised - SignedDuration::from_secs(1);
        prop_assert!(!by_day || callable(&any, &[], promised) || callable(&any, &[], just_before));
    }
}
