//! What dialects read alike: ids, numbers, moments. Knows nothing of the fields they stand in.

use super::twilio::WITHHELD;
use super::{Refused, plain};
use crate::call::event::Began;
use crate::words::Phone;

/// How long what is signed with its time is believed, in seconds, and how far a clock may be ahead of ours.
const OLDEST: i64 = 300;
const AHEAD: i64 = 60;

/// The provider's id of a call. It is text to us, of no form of its own.
pub fn call_id(text: Option<&str>) -> Result<String, Refused> {
    let fine = |b: u8| b.is_ascii_alphanumeric() || b"._:-".contains(&b);
    match text {
        Some(id) if (1..=128).contains(&id.len()) && id.bytes().all(fine) => Ok(id.to_owned()),
        Some(_) => Err(Refused::Malformed("the call's id is no id")),
        None => Err(Refused::Malformed("the call's id is missing")),
    }
}

/// A call, by the number dialled and the one calling, written with a plus or without.
pub fn began(to: Option<&str>, from: Option<&str>) -> Result<Began, Refused> {
    let dialled = to.filter(|to| plain(to)).ok_or(Refused::Malformed("`to` is no number"))?;
    let from = from.map(with_plus).filter(|from| !WITHHELD.contains(&from.as_str()));
    let from = from.and_then(|from| Phone::parse(&from, None));
    Ok(Began { dialled: with_plus(dialled), from, test: false, lang: None })
}

/// A number as E.164 where it is one without its plus. Short numbers, those with a national prefix
/// and what is no number stay as they are.
fn with_plus(number: &str) -> String {
    let digits = number.strip_prefix("00").unwrap_or(number);
    let international = (7..=Phone::DIGITS).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !digits.starts_with('0');
    if international { format!("+{digits}") } else { number.to_owned() }
}

/// Whether what was signed at a moment is believed now; both in seconds since 1970.
pub fn is_recent(signed: i64, now: i64) -> bool {
    now.checked_sub(signed).is_some_and(|age| (-AHEAD..=OLDEST).contains(&age))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_without_its_plus_gets_it_and_everything_else_stays() {
        for (number, written) in [
            ("85230000001", "+85230000001"),
            ("0085230000001", "+85230000001"),
            ("+85230000001", "+85230000001"),
            ("10086", "10086"),
            ("0755888800", "0755888800"),
            ("1234567890123456", "1234567890123456"),
            ("sip:pay@example.com", "sip:pay@example.com"),
            ("anonymous", "anonymous"),
            ("", ""),
        ] {
            assert_eq!(with_plus(number), written);
        }
    }

    #[test]
    fn what_is_signed_is_believed_for_five_minutes_and_clocks_may_differ_by_one() {
        for (age, believed) in [(0, true), (300, true), (301, false), (-60, true), (-61, false)] {
            assert_eq!(is_recent(1_700_000_000, 1_700_000_000 + age), believed, "{age}");
        }
        assert!(!is_recent(i64::MIN, 1) && !is_recent(i64::MAX, -2));
    }
}
