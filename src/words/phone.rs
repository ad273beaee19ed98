//! Telephone numbers: reading them, masking them, and whether one may ring them.
//!
//! Reading is cheap and needs no numbering plan for what providers send (`+` and digits). The plan
//! is asked only when a number is to be rung. Knows nothing of lines, calls or settings: which
//! countries a line rings, and whether numbers of fiction count, are arguments.

mod class;
mod country;
mod nanp;
mod plan;
mod speech;
#[cfg(test)]
mod tests;
mod text;

pub use class::{Class, NotCallable};
pub use country::Country;
pub use speech::Spoken;
pub(crate) use speech::even_groups;
pub use text::masked_in;

use serde::{Deserialize, Serialize};
use std::fmt;

/// A telephone number in E.164 form: `+`, the country's calling code, the national number; at most
/// 15 digits. Numbers nobody could ring (short codes, numbers of fiction) have this form too: what
/// they are is said by [`Phone::class`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

impl Phone {
    /// Most digits a number has (ITU-T E.164).
    pub const DIGITS: usize = 15;

    /// Reads a number as providers, callers and admins write it: `+86 138-0013-8000`,
    /// `0086138…`, or, with the country it is dialled in, `0755 8888 0000`. What cannot be a number,
    /// and a national form without a country, is `None`.
    pub fn parse(text: &str, country: Option<Country>) -> Option<Phone> {
        let text = text.trim();
        if let Some(digits) = text.strip_prefix('+') {
            // `+44 (0)20 …` names the trunk prefix that is dialled only inside the country.
            return if digits.bytes().all(|b| b.is_ascii_digit()) {
                Phone::from_digits(digits)
            } else {
                Phone::from_digits(&digits_of(&digits.replacen("(0)", "", 1))?)
            };
        }
        let digits = digits_of(text)?;
        match plan::after_international_prefix(&digits, country) {
            Some(rest) => Phone::from_digits(rest),
            None => Phone::from_digits(&plan::from_national(&digits, country?)?),
        }
    }

    /// The E.164 form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The country whose numbering plan it is in; `None` for satellites and other numbers of no
    /// country, and for calling codes nobody has.
    pub fn country(&self) -> Option<Country> {
        let (code, national) = self.parts();
        plan::country(code, national)
    }

    /// For lists and logs: country and last four digits, `+86 *** **** 8000`. Of a number too short
    /// to stay private that way only the last two are left.
    pub fn masked(&self) -> String {
        let (code, national) = self.parts();
        let shown = if national.len() >= 8 { 4 } else { 2.min(national.len() / 2) };
        let (hidden, last) = national.split_at(national.len() - shown);
        let stars = "*".repeat(hidden.len());
        match stars.len() {
            0..=4 => format!("+{code} {stars} {last}"),
            n => format!("+{code} {} {} {last}", &stars[..n / 2], &stars[n / 2..]),
        }
    }

    /// What kind of number it is.
    pub fn class(&self) -> Class {
        let (code, national) = self.parts();
        class::of(code, national)
    }

    /// Whether a line may ring it: an ordinary number of one of the line's countries.
    /// Numbers of fiction are nobody's, of no country; they pass where `fiction` says so, that is in
    /// demos and benchmarks, which never dial.
    ///
    /// # Errors
    /// Why not, with everything not known to be ordinary counted as not.
    pub fn may_ring(&self, countries: &[Country], fiction: bool) -> Result<(), NotCallable> {
        let (code, national) = self.parts();
        match class::of(code, national) {
            Class::Fiction if fiction => return Ok(()),
            Class::Ordinary => {}
            class => return Err(NotCallable::Class(class)),
        }
        match plan::country(code, national) {
            Some(country) if countries.contains(&country) => Ok(()),
            Some(country) => Err(NotCallable::Country(country)),
            None => Err(NotCallable::NoCountry),
        }
    }

    /// Whether a line may text it: what it may ring, and a mobile's. Numbers of fiction pass as they do
    /// there; they are never texted.
    ///
    /// # Errors
    /// As [`Phone::may_ring`], and a number that takes no text messages.
    pub fn may_text(&self, countries: &[Country], fiction: bool) -> Result<(), NotCallable> {
        self.may_ring(countries, fiction)?;
        let (code, national) = self.parts();
        let takes = class::is_fiction(code, national) || class::is_mobile(code, national);
        if takes { Ok(()) } else { Err(NotCallable::NotMobile) }
    }

    /// The time zones the person called may be in, by their names in the time zone database, the
    /// likeliest first; a time must suit all of them. `None` where that is not known.
    pub fn calling_zones(&self) -> Option<&'static [&'static str]> {
        let (code, national) = self.parts();
        match code {
            "1" => nanp::zones(national),
            _ => plan::country(code, national)?.zones(),
        }
    }

    /// The number in the groups people say it in.
    pub fn spoken(&self) -> Spoken<'_> {
        let (code, national) = self.parts();
        speech::spoken(code, national)
    }

    /// Calling code and national number, without asking the plan.
    fn parts(&self) -> (&str, &str) {
        let digits = &self.0[1..];
        digits.split_at(plan::calling_code(digits).min(digits.len()))
    }

    fn from_digits(digits: &str) -> Option<Phone> {
        let fits = (4..=Phone::DIGITS).contains(&digits.len()) && !digits.starts_with('0');
        fits.then(|| Phone(format!("+{digits}")))
    }
}

/// Loads the numbering plans and the patterns of the countries lines are mostly in, so that the
/// first call does not wait for them. Called once at start.
pub fn warm() {
    for number in ["+8613800138000", "+862088880000", "+85291234567", "+819012345678", "+81355551234", "+12133734253"] {
        Phone(number.to_owned()).class();
    }
}

/// The digits of a number written with the separators people use; `None` with anything else in it.
fn digits_of(text: &str) -> Option<String> {
    let mut digits = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '0'..='9' => digits.push(c),
            c if is_separator(c) => {}
            _ => return None,
        }
    }
    Some(digits)
}

/// What people write between the digits of a number.
fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}' | '\u{2010}'..='\u{2013}' | '\u{3000}')
}

impl TryFrom<String> for Phone {
    type Error = String;
    fn try_from(text: String) -> Result<Phone, String> {
        Phone::parse(&text, None)
            .ok_or_else(|| format!("`{text}` is not a telephone number; write it like `+86 138 0013 8000`"))
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> String {
        phone.0
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
