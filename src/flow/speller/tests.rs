//! What each language's hotlines say, example by example, and what must hold for every value.

mod en;
mod ja;
mod zh;

use super::*;
use crate::words::Currency;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Ten in the morning of Monday, 2 March 2026, in Shanghai: "now" of all examples.
const NOW: &str = "2026-03-02T10:00+08:00";

const HOWS: [How; 8] = [How::Plain, How::Digits, How::Money, How::Date, How::Time, How::Phone, How::Count, How::Window];

fn said(lang: Lang, value: &Value, how: How) -> String {
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    spell(value, how, &Spelling { lang, now: NOW.parse().unwrap(), zone: &zone })
}

/// Checks a table of values and what is said of them.
fn check(lang: Lang, how: How, value: impl Fn(&str) -> Value, table: &[(&str, &str)]) {
    for (text, words) in table {
        assert_eq!(said(lang, &value(text), how), *words, "{text}");
    }
}

fn money(text: &str) -> Value {
    Value::Money(Money::parse(text).unwrap())
}

fn number(text: &str) -> Value {
    Value::Number(text.parse().unwrap())
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn phone_number(text: &str) -> Value {
    Value::Phone(Phone::parse(text, None).unwrap())
}

fn date(text: &str) -> Value {
    Value::Date(text.parse().unwrap())
}

/// A day of March 2026 and a time: `03 15:30`; or a whole date and a time.
fn moment_of(text: &str) -> Timestamp {
    let (day, time) = text.split_once(' ').unwrap();
    let day = if day.len() == 2 { format!("2026-03-{day}") } else { day.to_owned() };
    format!("{day}T{time}+08:00").parse().unwrap()
}

fn moment(text: &str) -> Value {
    Value::Moment(moment_of(text))
}

/// `03 09:00 - 03 12:00`.
fn window(text: &str) -> Value {
    let (from, to) = text.split_once(" - ").unwrap();
    Value::Window(Window { from: moment_of(from), to: moment_of(to) })
}

#[test]
fn nothing_is_said_of_what_is_not_set() {
    for lang in Lang::ALL {
        for how in HOWS {
            assert_eq!(said(lang, &Value::None, how), "");
        }
    }
}

#[test]
fn today_is_the_callers_today() {
    let late = Value::Moment("2026-03-02T23:30+08:00".parse().unwrap());
    let zone = TimeZone::get("America/Los_Angeles").unwrap();
    // In Los Angeles it is still the evening before.
    let with = Spelling { lang: Lang::EnUs, now: NOW.parse().unwrap(), zone: &zone };
    assert_eq!(spell(&late, How::Time, &with), "tomorrow at seven thirty AM");
    assert_eq!(spell(&Value::Date("2026-03-01".parse().unwrap()), How::Date, &with), "today");
}

#[test]
fn a_value_that_does_not_fit_is_said_the_way_natural_for_it() {
    let lang = Lang::EnUs;
    assert_eq!(said(lang, &money("5 USD"), How::Digits), "five dollars");
    assert_eq!(said(lang, &text("5.50 USD"), How::Money), "five dollars and fifty cents");
    assert_eq!(said(lang, &text("12"), How::Count), "twelve");
    assert_eq!(said(lang, &text("+85291234567"), How::Phone), "nine one two three, four five six seven");
    assert_eq!(said(lang, &moment("03 15:30"), How::Date), "tomorrow");
    assert_eq!(said(lang, &window("03 09:00 - 03 12:00"), How::Date), "tomorrow");
    assert_eq!(said(lang, &moment("03 15:30"), How::Window), "tomorrow at three thirty PM");
    assert_eq!(said(lang, &date("2026-03-05"), How::Time), "March fifth");
    assert_eq!(said(lang, &Value::Flag(true), How::Money), "yes");
    assert_eq!(said(Lang::ZhHk, &Value::Flag(false), How::Plain), "唔係");
    assert_eq!(said(lang, &number("-12"), How::Digits), "minus one two");
    let fields =
        BTreeMap::from([("a".to_owned(), text("1")), ("b".to_owned(), money("2 JPY")), ("c".into(), Value::None)]);
    assert_eq!(said(lang, &Value::Record(fields), How::Digits), "one, two yen");
}

#[test]
fn groups_have_two_to_four_digits_and_lose_none() {
    for length in 1..40 {
        let digits: String = "1234567890".chars().cycle().take(length).collect();
        let groups = even_groups(&digits);
        assert_eq!(groups.concat(), digits);
        assert!(length < 2 || groups.iter().all(|group| (2..=4).contains(&group.len())), "{groups:?}");
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let currency = prop::sample::select(vec![Currency::Cny, Currency::Hkd, Currency::Jpy, Currency::Usd]);
    let moment = (i64::from(i32::MIN)..=253_402_207_200).prop_map(|s| Timestamp::from_second(s).unwrap());
    let date = (-9999i16..=9999, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| Date::new(y, m, d).unwrap());
    let minor = prop_oneof![any::<i64>(), -1000i64..1_000_000];
    prop_oneof![
        any::<bool>().prop_map(Value::Flag),
        minor.clone().prop_map(Value::Number),
        "\\PC{0,24}".prop_map(Value::Text),
        "[0-9A-Z -]{0,40}".prop_map(Value::Text),
        (minor, currency).prop_map(|(minor, currency)| Value::Money(Money { minor, currency })),
        date.prop_map(Value::Date),
        moment.clone().prop_map(Value::Moment),
        "\\+[1-9][0-9]{3,14}".prop_map(|p| Value::Phone(Phone::parse(&p, None).unwrap())),
        (moment, -100_000i64..200_000).prop_map(|(from, seconds)| {
            let to = from.checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap_or(from);
            Value::Window(Window { from, to })
        }),
    ]
}

proptest! {
    #[test]
    fn every_value_is_said_in_words_whatever_the_way(value in any_value()) {
        for lang in Lang::ALL {
            for how in HOWS {
                let words = said(lang, &value, how);
                if how != How::Plain {
                    prop_assert!(!words.contains(|c: char| c.is_ascii_digit()), "{:?} {}", how, words);
                }
                if !matches!(value, Value::Text(_)) {
                    prop_assert!(!words.is_empty());
                    let foreign = |c: char| c.is_ascii_alphabetic();
                    prop_assert!(lang == Lang::EnUs || !words.contains(foreign), "{}", words);
                    prop_assert!(lang != Lang::EnUs || words.is_ascii(), "{}", words);
                }
                prop_assert_eq!(words, said(lang, &value, how));
            }
        }
    }

    #[test]
    fn different_numbers_are_said_differently(a in any::<i64>(), b in any::<i64>(), near in 0i64..30_000) {
        for lang in Lang::ALL {
            let say = |n: i64| said(lang, &Value::Number(n), How::Count);
            prop_assert!(a == b || say(a) != say(b));
            prop_assert!(say(near) != say(near + 1));
        }
    }
}
