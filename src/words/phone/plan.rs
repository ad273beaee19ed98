//! What the numbering plans say: calling codes, countries, prefixes, kinds.

use super::country::Country;
use super::nanp;
use phonenumber::Metadata;
use phonenumber::metadata::DATABASE;

/// Calling codes of two digits; 1 and 7 have one, all others three (ITU-T E.164, annex). No code
/// begins with another one.
const TWO_DIGITS: &str = "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 \
    64 65 66 81 82 84 86 90 91 92 93 94 95 98";

/// How many of the digits are the calling code.
pub(super) fn calling_code(digits: &str) -> usize {
    match digits.as_bytes() {
        [b'1' | b'7', ..] => 1,
        [a, b, ..] if TWO_DIGITS.as_bytes().chunks(3).any(|code| code[..2] == [*a, *b]) => 2,
        _ => 3,
    }
}

/// The country of a number. Of a number its plan does not know, the main country of the code.
pub(super) fn country(code: &str, national: &str) -> Option<Country> {
    if code == "1" {
        return nanp::country(national);
    }
    let regions = DATABASE.region(&code.parse::<u16>().ok()?)?;
    let here = |region: &&&str| {
        let Some(plan) = DATABASE.by_id(**region) else { return false };
        match plan.leading_digits() {
            Some(leading) => leading.find(national).is_some_and(|found| found.start() == 0),
            None => is_known(plan, national),
        }
    };
    let one = match regions.as_slice() {
        [only] => *only,
        many => many.iter().find(here).or(many.first())?,
    };
    Country::parse(one)
}

/// The plan of a country.
pub(super) fn of(country: Country) -> Option<&'static Metadata> {
    DATABASE.by_id(country.as_str())
}

/// The number after the prefix for calling abroad, `None` when it does not begin with one: `00`
/// nearly everywhere, `011` in North America, `010` in Japan, `0011` in Australia, and `001` of
/// Hong Kong and Singapore, which is told from `00` and North America's 1 by the length.
pub(super) fn after_international_prefix(digits: &str, country: Option<Country>) -> Option<&str> {
    let from = country.and_then(of).map(Metadata::country_code);
    let special = match from {
        None | Some(1) => digits.strip_prefix("011"),
        Some(81) => digits.strip_prefix("010"),
        Some(61) => digits.strip_prefix("0011"),
        Some(852 | 65) => digits.strip_prefix("001").filter(|rest| rest.len() != 10),
        Some(_) => None,
    };
    special.or_else(|| digits.strip_prefix("00"))
}

/// A number as dialled within a country, in digits with the calling code. The trunk prefix goes;
/// a calling code typed without `+` is noticed when the number makes sense only with it.
pub(super) fn from_national(digits: &str, country: Country) -> Option<String> {
    let plan = of(country)?;
    let code = plan.country_code().to_string();
    let trunk = plan.national_prefix().unwrap_or("");
    let national = match digits.strip_prefix(trunk) {
        Some(rest) if !rest.is_empty() => rest,
        _ => digits,
    };
    if digits.len() < 3 {
        return None;
    }
    let bare = digits.strip_prefix(&code).filter(|rest| !is_known(plan, national) && is_known(plan, rest));
    Some(format!("{code}{}", bare.unwrap_or(national)))
}

/// Whether it is a number of the commoner kinds.
fn is_known(plan: &Metadata, national: &str) -> bool {
    let kinds = plan.descriptors();
    let all = [kinds.fixed_line(), kinds.mobile(), kinds.voip(), kinds.toll_free(), kinds.premium_rate()];
    all.into_iter().flatten().any(|kind| kind.is_match(national))
}
