//! American English.

use super::{Clock, Day, Near, Tongue, digit};
use crate::words::{Currency, Money};

pub(super) struct English;

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const SCALES: [&str; 7] = ["", "thousand", "million", "billion", "trillion", "quadrillion", "quintillion"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

impl Tongue for English {
    fn comma(&self) -> &'static str {
        ", "
    }

    fn digits(&self, group: &str) -> String {
        group.chars().map(|c| ONES[digit(c)]).collect::<Vec<_>>().join(" ")
    }

    fn signs(&self) -> (&'static str, &'static str) {
        ("plus", "minus")
    }

    fn flag(&self, flag: bool) -> &'static str {
        if flag { "yes" } else { "no" }
    }

    fn count(&self, n: i64) -> String {
        format!("{}{}", if n < 0 { "minus " } else { "" }, number(n.unsigned_abs()))
    }

    fn money(&self, money: Money) -> String {
        let minus = if money.minor < 0 { "minus " } else { "" };
        let units = money.currency.minor_units().unsigned_abs();
        let (whole, part) = (money.minor.unsigned_abs() / units, money.minor.unsigned_abs() % units);
        let (unit, small) = names(money.currency, whole == 1, part == 1);
        let whole_said = format!("{} {unit}", number(whole));
        let part_said = format!("{} {small}", number(part));
        match (whole, part) {
            (_, 0) => format!("{minus}{whole_said}"),
            (0, _) => format!("{minus}{part_said}"),
            _ => format!("{minus}{whole_said} and {part_said}"),
        }
    }

    fn date(&self, day: &Day) -> String {
        match (day.near, day.year) {
            (Some(near), _) => named(near).to_owned(),
            (None, None) => month_and_day(day),
            (None, Some(y)) => format!("{}, {}", month_and_day(day), year(y)),
        }
    }

    fn time(&self, day: &Day, at: Clock) -> String {
        let comma = if day.near.is_none() && day.year.is_some() { "," } else { "" };
        let at = if at.is(12) { "noon".to_owned() } else { format!("{} {}", face(at), half(at)) };
        format!("{}{comma} at {at}", self.date(day))
    }

    fn window(&self, day: &Day, from: Clock, last: Option<&Day>, to: Clock) -> String {
        if let Some(last) = last {
            return format!("between {} and {}", self.time(day, from), self.time(last, to));
        }
        let date = match day.near {
            Some(near) => named(near).to_owned(),
            None => format!("{}, {},", WEEKDAYS[day.weekday()], self.date(day)),
        };
        let bare = from.minute != 0 || !from.hour.is_multiple_of(12);
        let begins = if bare && half(from) == half(to) && named_hour(to).is_none() { face(from) } else { edge(from) };
        format!("{date} between {begins} and {}", edge(to))
    }
}

fn named(near: Near) -> &'static str {
    match near {
        Near::Yesterday => "yesterday",
        Near::Today => "today",
        Near::Tomorrow => "tomorrow",
    }
}

fn names(currency: Currency, one: bool, one_small: bool) -> (&'static str, &'static str) {
    let cents = if one_small { "cent" } else { "cents" };
    match currency {
        Currency::Cny => ("yuan", "fen"),
        Currency::Jpy => ("yen", ""),
        Currency::Hkd => (if one { "Hong Kong dollar" } else { "Hong Kong dollars" }, cents),
        Currency::Usd => (if one { "dollar" } else { "dollars" }, cents),
    }
}

fn number(n: u64) -> String {
    if n == 0 {
        return ONES[0].to_owned();
    }
    let (mut rest, mut said) = (n, Vec::new());
    for scale in SCALES {
        let section = rest % 1000;
        if section > 0 {
            let space = if scale.is_empty() { "" } else { " " };
            said.push(format!("{}{space}{scale}", below_thousand(section)));
        }
        rest /= 1000;
    }
    said.reverse();
    said.join(" ")
}

fn below_thousand(n: u64) -> String {
    match (n / 100, n % 100) {
        (0, rest) => below_hundred(rest),
        (hundreds, 0) => format!("{} hundred", below_hundred(hundreds)),
        (hundreds, rest) => format!("{} hundred {}", below_hundred(hundreds), below_hundred(rest)),
    }
}

fn below_hundred(n: u64) -> String {
    let (tens, ones) = ((n / 10 % 10) as usize, (n % 10) as usize);
    match (tens, ones) {
        (0 | 1, _) => ONES[(n % 20) as usize].to_owned(),
        (_, 0) => TENS[tens].to_owned(),
        _ => format!("{}-{}", TENS[tens], ONES[ones]),
    }
}

/// "First", "twenty-first": only the last word changes.
fn ordinal(n: u64) -> String {
    let cardinal = below_hundred(n);
    let (head, last) = match cardinal.rsplit_once('-') {
        Some((head, last)) => (format!("{head}-"), last),
        None => (String::new(), cardinal.as_str()),
    };
    let last = match last {
        "one" => "first".to_owned(),
        "two" => "second".to_owned(),
        "three" => "third".to_owned(),
        "five" => "fifth".to_owned(),
        "eight" => "eighth".to_owned(),
        "nine" => "ninth".to_owned(),
        "twelve" => "twelfth".to_owned(),
        tens if tens.ends_with('y') => format!("{}ieth", &tens[..tens.len() - 1]),
        other => format!("{other}th"),
    };
    head + &last
}

fn month_and_day(day: &Day) -> String {
    format!("{} {}", MONTHS[(day.month().saturating_sub(1) % 12) as usize], ordinal(day.day()))
}

/// A year in pairs: twenty twenty-six, nineteen oh five, but two thousand five.
fn year(year: i16) -> String {
    let n = u64::from(year.unsigned_abs());
    let said = match (n / 100, n % 100) {
        (centuries, _) if centuries < 10 => number(n),
        (centuries, rest) if centuries % 10 == 0 && rest < 10 => number(n),
        (centuries, 0) => format!("{} hundred", below_hundred(centuries)),
        (centuries, rest) if rest < 10 => format!("{} oh {}", below_hundred(centuries), below_hundred(rest)),
        (centuries, rest) => format!("{} {}", below_hundred(centuries), below_hundred(rest)),
    };
    if year < 0 { format!("{said} BC") } else { said }
}

fn half(at: Clock) -> &'static str {
    if (12..24).contains(&at.hour) { "PM" } else { "AM" }
}

/// Hour and minutes, without the half of the day.
fn face(at: Clock) -> String {
    let hour = below_hundred(at.face());
    match at.minute {
        0 => hour,
        m if m < 10 => format!("{hour} oh {}", below_hundred(u64::from(m))),
        m => format!("{hour} {}", below_hundred(u64::from(m))),
    }
}

fn named_hour(at: Clock) -> Option<&'static str> {
    match (at.hour, at.minute) {
        (12, 0) => Some("noon"),
        (0 | 24, 0) => Some("midnight"),
        _ => None,
    }
}

/// A time as one end of a window.
fn edge(at: Clock) -> String {
    named_hour(at).map_or_else(|| format!("{} {}", face(at), half(at)), str::to_owned)
}
