//! Names of calls and of requests. Knows nothing of who gives them.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// The id of one call: a UUID of version 7 in its plain form, 32 lower-case hex digits, so that
/// ids rise with time and rows of one moment lie together.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct CallId(Arc<str>);

impl CallId {
    /// An id never given before.
    pub fn fresh() -> CallId {
        CallId(uuid::Uuid::now_v7().simple().to_string().into())
    }

    /// Reads an id back from an address or a row; anything that is not 32 hex digits is none.
    pub fn parse(text: &str) -> Option<CallId> {
        let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        (text.len() == 32 && text.bytes().all(hex)).then(|| CallId(text.into()))
    }

    /// The number the digits are.
    pub fn number(&self) -> u128 {
        // There is no id of anything else.
        u128::from_str_radix(&self.0, 16).unwrap_or_default()
    }

    /// The 32 hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CallId {
    type Error = &'static str;
    fn try_from(text: String) -> Result<CallId, &'static str> {
        CallId::parse(&text).ok_or("this is no call's id: 32 hex digits")
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a caller quotes to find a request again: seven digits and a check digit (ISO/IEC 7064
/// MOD 11,10), which catches every single wrong digit and nearly every swapped pair, so a slip of
/// the finger is not taken for somebody else's request.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Reference(String);

impl Reference {
    /// How many digits a reference has, check digit included.
    pub const DIGITS: usize = 8;

    /// The reference of a number; only its last seven digits count, and the first is never zero so
    /// that nobody leaves it out.
    pub fn of(number: u32) -> Reference {
        let body = format!("{:07}", 1_000_000 + number % 9_000_000);
        let check = check_digit(&body);
        Reference(format!("{body}{check}"))
    }

    /// Reads what a caller typed; a wrong length or check digit is none.
    pub fn parse(typed: &str) -> Option<Reference> {
        let digits = typed.len() == Self::DIGITS && typed.bytes().all(|b| b.is_ascii_digit());
        let (body, check) = typed.split_at_checked(Self::DIGITS - 1)?;
        (digits && check == check_digit(body).to_string()).then(|| Reference(typed.to_owned()))
    }

    /// The eight digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// ISO/IEC 7064 MOD 11,10 over decimal digits.
fn check_digit(body: &str) -> u32 {
    let product = body.bytes().fold(10, |product, b| {
        let sum = (product + u32::from(b - b'0')) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_read_back_and_any_wrong_digit_is_refused() {
        for n in [0, 1, 42, 8_999_999, 123_456_789] {
            let reference = Reference::of(n);
            assert_eq!(Reference::parse(reference.as_str()), Some(reference.clone()));
            for place in 0..Reference::DIGITS {
                for digit in b'0'..=b'9' {
                    let mut typed = reference.as_str().as_bytes().to_vec();
                    if typed[place] != digit {
                        typed[place] = digit;
                        assert_eq!(Reference::parse(std::str::from_utf8(&typed).unwrap_or_default()), None);
                    }
                }
            }
        }
    }
}
