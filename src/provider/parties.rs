//! Who is on a call: the provider's id of it, and the numbers of both ends, as providers write them.
//! Knows nothing of the fields they stand in.

use super::{Refused, plain};
use crate::words::Phone;
use std::borrow::Cow;

/// Longest id of a call: some are two UUIDs and more.
const LONGEST_ID: usize = 96;

/// The provider's id of a call. It is text to us, not a form of its own.
pub fn call_id(told: Option<&str>) -> Result<String, Refused> {
    let id = told.ok_or(Refused::Malformed("the call's id is missing"))?;
    let fine = |b: u8| b.is_ascii_alphanumeric() || b"._:-".contains(&b);
    if id.is_empty() || id.len() > LONGEST_ID || !id.bytes().all(fine) {
        return Err(Refused::Malformed("the call's id is none"));
    }
    Ok(id.to_owned())
}

/// What was dialled.
pub fn dialled(told: Option<&str>) -> Result<String, Refused> {
    let to = told.filter(|to| plain(to)).ok_or(Refused::Malformed("what was dialled is no number"))?;
    Ok(to.to_owned())
}

/// The caller's number; none when it is withheld or not a telephone number. One without a plus is a
/// number of some country, and nobody here knows which.
pub fn caller(told: Option<&str>) -> Option<Phone> {
    let from = told?.trim();
    if WITHHELD.contains(&without_plus(from)) {
        return None;
    }
    Phone::parse(from, None)
}

/// What stands for a caller whose number is withheld and yet looks like a number: the keys of
/// ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE.
const WITHHELD: [&str; 5] = ["266696687", "7378742833", "2562533", "8656696", "86282452253"];

/// The fewest digits that are taken for an international number written without its plus: shorter ones
/// are numbers of one network or country.
const FEWEST: usize = 8;

/// A number of a provider that writes international ones without their plus, with it. No calling code
/// begins with 0.
pub fn with_plus(number: &str) -> Cow<'_, str> {
    let digits = number.bytes().all(|b| b.is_ascii_digit()) && !number.starts_with('0');
    let international = digits && (FEWEST..=Phone::DIGITS).contains(&number.len());
    if international { Cow::Owned(format!("+{number}")) } else { Cow::Borrowed(number) }
}

/// The number as those write it who have no plus.
pub fn without_plus(number: &str) -> &str {
    number.strip_prefix('+').unwrap_or(number)
}

/// Whether it is what a telephone's keys can be, and no more of them than anybody types.
pub fn are_keys(told: &str) -> bool {
    told.len() <= 64 && told.bytes().all(|b| b.is_ascii_digit() || b"*#ABCD".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_its_plus_whether_or_not_it_was_sent() {
        for told in ["+85261239500", "85261239500"] {
            let told = with_plus(told);
            assert_eq!(caller(Some(&told)).as_ref().map(Phone::as_str), Some("+85261239500"));
            assert_eq!(dialled(Some(&told)).as_deref(), Ok("+85261239500"));
        }
        for national in ["2125550123", "13800138000", "61239500"] {
            assert_eq!(caller(Some(national)), None, "{national} is of some country");
        }
        for told in ["10086", "pay", "sip:pay@example.com", "0755888800001234", "1234567890123456"] {
            assert_eq!(dialled(Some(&with_plus(told))).as_deref(), Ok(told));
        }
    }

    #[test]
    fn a_withheld_number_is_none_however_it_is_written() {
        for told in WITHHELD {
            assert_eq!((caller(Some(told)), caller(Some(&format!("+{told}")))), (None, None), "{told}");
        }
        for told in ["", "anonymous", "Restricted", "Private", "Unavailable", "sip:a@example.com", "1001", "+"] {
            assert_eq!(caller(Some(told)), None, "{told}");
        }
        assert_eq!(caller(None), None);
    }

    #[test]
    fn an_id_is_short_text_without_anything_that_leads_elsewhere() {
        assert!(call_id(Some("c-95ac8d6e-1a31c52e-b38f-4198-93c1-51633ec68f8d")).is_ok());
        for told in [None, Some(""), Some("a b"), Some("../x"), Some("号"), Some(&*"1".repeat(LONGEST_ID + 1))] {
            assert!(matches!(call_id(told), Err(Refused::Malformed(_))), "{told:?}");
        }
    }
}
