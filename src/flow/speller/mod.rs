//! Spells values into words, as a native hotline says them.
//!
//! Every language says the same things (digits, counts, amounts, days, times, windows) in its own
//! way; which of them a value is said as is decided here, once for all. Digits come in groups with a
//! comma between, so that a provider's dialect can put a pause there. Knows nothing of flows, voices
//! or providers, and reads no clock.

mod en;
mod ja;
#[cfg(test)]
mod tests;
mod zh;

use super::text::How;
use super::value::{Value, Window};
use crate::words::phone::even_groups;
use crate::words::{Lang, Money, Phone};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

/// What spelling depends on besides the value.
#[derive(Clone, Debug)]
pub struct Spelling<'a> {
    /// The language.
    pub lang: Lang,
    /// Now, for "today" and "tomorrow".
    pub now: Timestamp,
    /// Where days begin and end for the caller.
    pub zone: &'a TimeZone,
}

/// The value in words. A value that does not fit how it should be said is said in the way that is
/// natural for it; nothing is said of one not set.
pub fn spell(value: &Value, how: How, with: &Spelling) -> String {
    let tongue = tongue(with.lang);
    match (value, how) {
        (Value::None, _) => String::new(),
        (Value::Flag(flag), _) => tongue.flag(*flag).to_owned(),
        (Value::Text(text), How::Plain) => text.clone(),
        (Value::Text(text), _) => spell_text(text, how, tongue),
        (Value::Number(n), How::Plain) => n.to_string(),
        (Value::Number(n), How::Digits | How::Phone) => digits(&n.to_string(), tongue),
        (Value::Number(n), _) => tongue.count(*n),
        (Value::Money(money), _) => tongue.money(*money),
        (Value::Phone(number), _) => phone(number, tongue),
        (Value::Date(date), _) => tongue.date(&Day::of(*date, with)),
        (Value::Moment(moment), How::Date) => tongue.date(&local(*moment, with).0),
        (Value::Moment(moment), _) => {
            let (day, clock) = local(*moment, with);
            tongue.time(&day, clock)
        }
        (Value::Window(window), How::Date) => tongue.date(&local(window.from, with).0),
        (Value::Window(window), _) => spell_window(window, with, tongue),
        (Value::Record(fields), _) => {
            let said = fields.values().map(|field| spell(field, how, with));
            said.filter(|words| !words.is_empty()).collect::<Vec<_>>().join(tongue.comma())
        }
    }
}

/// A language, as far as spelling needs it.
trait Tongue: Sync {
    /// What parts groups of digits.
    fn comma(&self) -> &'static str;
    /// Digits one by one, without a pause.
    fn digits(&self, group: &str) -> String;
    /// "Plus", before a calling code, and "minus", before a number.
    fn signs(&self) -> (&'static str, &'static str);
    /// Yes or no.
    fn flag(&self, flag: bool) -> &'static str;
    /// How many, ready for what is counted.
    fn count(&self, n: i64) -> String;
    /// An amount.
    fn money(&self, money: Money) -> String;
    /// A day.
    fn date(&self, day: &Day) -> String;
    /// A time of a day.
    fn time(&self, day: &Day, at: Clock) -> String;
    /// From when to when, with the last day where it is another one.
    fn window(&self, day: &Day, from: Clock, last: Option<&Day>, to: Clock) -> String;
}

/// A day as seen from today.
struct Day {
    date: Date,
    near: Option<Near>,
    /// The year, where it must be said: any but this and the next.
    year: Option<i16>,
}

/// Days that have names of their own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Near {
    Yesterday,
    Today,
    Tomorrow,
}

/// A time of day in hours (24 for the midnight that ends a day) and minutes.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Clock {
    hour: u8,
    minute: u8,
}

impl Day {
    fn of(date: Date, with: &Spelling) -> Day {
        let today = with.zone.to_datetime(with.now).date();
        let near = if date == today {
            Some(Near::Today)
        } else if today.tomorrow().ok() == Some(date) {
            Some(Near::Tomorrow)
        } else if today.yesterday().ok() == Some(date) {
            Some(Near::Yesterday)
        } else {
            None
        };
        let soon = date.year() == today.year() || Some(date.year()) == today.year().checked_add(1);
        Day { date, near, year: (!soon).then(|| date.year()) }
    }

    fn month(&self) -> u64 {
        u64::from(self.date.month().unsigned_abs())
    }

    fn day(&self) -> u64 {
        u64::from(self.date.day().unsigned_abs())
    }

    /// Monday is 0.
    fn weekday(&self) -> usize {
        usize::from(self.date.weekday().to_monday_zero_offset().unsigned_abs())
    }
}

impl Clock {
    fn of(time: Time) -> Clock {
        Clock { hour: time.hour().unsigned_abs(), minute: time.minute().unsigned_abs() }
    }

    /// The hour as a clock face shows it.
    fn face(self) -> u64 {
        u64::from(if self.hour.is_multiple_of(12) { 12 } else { self.hour % 12 })
    }

    /// Whether it is the full hour.
    fn is(self, hour: u8) -> bool {
        self.hour == hour && self.minute == 0
    }
}

fn tongue(lang: Lang) -> &'static dyn Tongue {
    match lang {
        Lang::ZhCn => &zh::MANDARIN,
        Lang::ZhHk => &zh::CANTONESE,
        Lang::JaJp => &ja::Japanese,
        Lang::EnUs => &en::English,
    }
}

fn spell_text(text: &str, how: How, tongue: &dyn Tongue) -> String {
    match how {
        How::Count => text.parse().map_or_else(|_| digits(text, tongue), |n| tongue.count(n)),
        How::Money => Money::parse(text).map_or_else(|| digits(text, tongue), |money| tongue.money(money)),
        How::Phone => Phone::parse(text, None).map_or_else(|| digits(text, tongue), |number| phone(&number, tongue)),
        _ => digits(text, tongue),
    }
}

/// Runs of digits in even groups; letters and other characters as they stand. Spaces and hyphens,
/// which only part groups on paper, become the pause between groups.
fn digits(text: &str, tongue: &dyn Tongue) -> String {
    let (minus, text) = match text.strip_prefix('-') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => (tongue.signs().1, rest),
        _ => ("", text),
    };
    let mut said = Vec::new();
    for part in text.split(|c: char| c.is_whitespace() || c == '-').filter(|part| !part.is_empty()) {
        let mut rest = part;
        while let Some(first) = rest.chars().next() {
            let digit = first.is_ascii_digit();
            let end = rest.find(|c: char| c.is_ascii_digit() != digit).unwrap_or(rest.len());
            let (run, after) = rest.split_at(end);
            match digit {
                true => said.extend(even_groups(run).iter().map(|group| tongue.digits(group))),
                false => said.push(run.to_owned()),
            }
            rest = after;
        }
    }
    signed(minus, &said.join(tongue.comma()))
}

/// A sign before what it belongs to; only languages in letters part the two.
fn signed(sign: &str, said: &str) -> String {
    let space = if sign.is_empty() || !sign.is_ascii() { "" } else { " " };
    format!("{sign}{space}{said}")
}

fn phone(number: &Phone, tongue: &dyn Tongue) -> String {
    let spoken = number.spoken();
    let plus = spoken.code.map(|code| signed(tongue.signs().0, &tongue.digits(code)));
    let groups = spoken.groups.iter().map(|group| tongue.digits(group));
    plus.into_iter().chain(groups).collect::<Vec<_>>().join(tongue.comma())
}

fn local(moment: Timestamp, with: &Spelling) -> (Day, Clock) {
    let local = with.zone.to_datetime(moment);
    (Day::of(local.date(), with), Clock::of(local.time()))
}

fn spell_window(window: &Window, with: &Spelling, tongue: &dyn Tongue) -> String {
    let (day, from) = local(window.from, with);
    let (last, to) = local(window.to, with);
    if last.date == day.date {
        tongue.window(&day, from, None, to)
    } else if to.is(0) && day.date.tomorrow().ok() == Some(last.date) {
        tongue.window(&day, from, None, Clock { hour: 24, minute: 0 })
    } else {
        tongue.window(&day, from, Some(&last), to)
    }
}

/// Value of a digit character.
fn digit(c: char) -> usize {
    c.to_digit(10).map_or(0, |d| d as usize)
}

/// What a key of the telephone is called: not a count (两) and not a digit read out (幺).
pub fn key_name(key: u8, lang: Lang) -> &'static str {
    const NAMES: [[&str; 10]; 4] = [
        ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"],
        ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"],
        ["ゼロ", "いち", "に", "さん", "よん", "ご", "ろく", "なな", "はち", "きゅう"],
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    ];
    NAMES[lang as usize].get(usize::from(key)).copied().unwrap_or_default()
}
