//! PINs that are guessed first.

use super::LENGTH;

/// Why a PIN is refused, in words that do not repeat it; `None` when it may be used. `birth_date`
/// is the customer's, as [`is_date`] takes it.
pub fn weak(pin: &str, birth_date: Option<&str>) -> Option<&'static str> {
    if !pin.bytes().all(|b| b.is_ascii_digit()) {
        return Some("the PIN holds something that is no digit");
    }
    if !LENGTH.contains(&pin.len()) {
        return Some("the PIN has fewer than 4 or more than 12 digits");
    }
    if (1..=pin.len() / 2)
        .any(|period| pin.len().is_multiple_of(period) && pin == pin[..period].repeat(pin.len() / period))
    {
        return Some("the PIN repeats the same digits");
    }
    if runs_by(pin, 1) || runs_by(pin, 9) {
        return Some("the PIN counts up or down");
    }
    if birth_date.and_then(Date::parse).is_some_and(|date| date.spellings().any(|s| s == pin)) {
        return Some("the PIN is the birth date");
    }
    None
}

/// Whether a text is a date that PINs can be compared with: a year of four digits, a month and a
/// day, as `1990-03-07`, `7/3/1990`, `1990年3月7日` or `19900307`.
pub fn is_date(text: &str) -> bool {
    Date::parse(text).is_some()
}

/// Whether each digit is the one before plus `step`, with 0 after 9.
fn runs_by(pin: &str, step: u8) -> bool {
    pin.as_bytes().windows(2).all(|pair| (pair[0] - b'0' + step) % 10 == pair[1] - b'0')
}

/// A day whose month and day may be the other way round: nobody says which comes first in 3/7/1990.
struct Date {
    year: u16,
    month_or_day: [u8; 2],
}

impl Date {
    fn parse(text: &str) -> Option<Date> {
        let groups: Vec<&str> = text.trim().split(|c: char| !c.is_ascii_digit()).filter(|g| !g.is_empty()).collect();
        let (year, rest) = match groups[..] {
            [year, a, b] if year.len() == 4 => (year, [a, b]),
            [a, b, year] if year.len() == 4 => (year, [a, b]),
            [all] if all.len() == 8 && century(&all[..4]) => (&all[..4], [&all[4..6], &all[6..]]),
            [all] if all.len() == 8 => (&all[4..], [&all[..2], &all[2..4]]),
            _ => return None,
        };
        let [a, b] = rest.map(|n| n.parse::<u8>().ok().filter(|n| (1..=31).contains(n)));
        let date = Date { year: year.parse().ok()?, month_or_day: [a?, b?] };
        (century(year) && date.month_or_day.iter().any(|n| *n <= 12)).then_some(date)
    }

    /// Every usual way to type it: year of four digits, of two or none; month and day with and
    /// without their zeros; each order.
    fn spellings(&self) -> impl Iterator<Item = String> {
        let [a, b] = self.month_or_day;
        let year = self.year;
        [(a, b), (b, a)].into_iter().flat_map(move |(a, b)| {
            let days = [format!("{a:02}{b:02}"), format!("{a}{b}"), format!("{a:02}"), format!("{a}")];
            let with_year = days.into_iter().flat_map(move |day| {
                let (long, short) = (format!("{year:04}"), format!("{:02}", year % 100));
                [format!("{long}{day}"), format!("{day}{long}"), format!("{short}{day}"), format!("{day}{short}"), day]
            });
            with_year.chain([year.to_string()])
        })
    }
}

fn century(year: &str) -> bool {
    ("1900".."2100").contains(&year)
}
