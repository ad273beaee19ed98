//! The North American numbering plan (+1): twenty countries under one calling code, told apart by
//! the area code. The tables agree with the area codes of the `phonenumber` crate's
//! metadata, which would have to be searched country by country.

use super::country::Country;

/// Area codes of Canada.
const CANADA: &str = "204 226 236 249 250 257 263 289 306 343 354 365 367 368 382 403 416 418 428 431 437 438 \
    450 468 474 506 514 519 548 579 581 584 587 604 613 639 647 672 683 705 709 742 753 778 780 782 807 819 825 \
    867 873 879 902 905 942";

/// Area codes of other countries and territories under +1.
const OTHERS: [(&str, &str); 29] = [
    ("242", "BS"),
    ("246", "BB"),
    ("264", "AI"),
    ("268", "AG"),
    ("284", "VG"),
    ("345", "KY"),
    ("441", "BM"),
    ("473", "GD"),
    ("649", "TC"),
    ("658", "JM"),
    ("664", "MS"),
    ("721", "SX"),
    ("758", "LC"),
    ("767", "DM"),
    ("784", "VC"),
    ("809", "DO"),
    ("829", "DO"),
    ("849", "DO"),
    ("868", "TT"),
    ("869", "KN"),
    ("876", "JM"),
    // Territories of the United States; numbers there cost what numbers in the States do.
    ("340", "VI"),
    ("670", "MP"),
    ("671", "GU"),
    ("684", "AS"),
    ("787", "PR"),
    ("939", "PR"),
    // Services that belong to no place; counted as the States', and refused by their class.
    ("555", "US"),
    ("900", "US"),
];

/// Where `OTHERS` stops being the costly Caribbean (and Bermuda): places that look like a domestic
/// call and are billed as an international one, the "one-ring" fraud.
const HIGH_COST: usize = 21;

/// The country of a national number.
pub(super) fn country(national: &str) -> Option<Country> {
    let area = national.get(..3).unwrap_or("");
    let other = OTHERS.iter().find(|(code, _)| *code == area).map(|(_, country)| *country);
    Country::parse(other.unwrap_or(if is_canada(area) { "CA" } else { "US" }))
}

/// Whether ringing it costs what an international call does.
pub(super) fn is_high_cost(national: &str) -> bool {
    OTHERS[..HIGH_COST].iter().any(|(code, _)| national.starts_with(code))
}

/// The zones a person with such a number may be in. People carry a mobile's area code across a
/// continent, so both coasts count; the islands and Alaska, whose day hardly meets the east's, are
/// taken at their word.
pub(super) fn zones(national: &str) -> Option<&'static [&'static str]> {
    Some(match national.get(..3)? {
        "808" => &["Pacific/Honolulu"],
        "907" => &["America/Anchorage"],
        "709" => &["America/St_Johns", "America/Halifax", "America/New_York"],
        "902" | "782" | "506" | "428" => &["America/Halifax", "America/New_York"],
        "787" | "939" => &["America/Puerto_Rico"],
        _ => return country(national)?.zones(),
    })
}

fn is_canada(area: &str) -> bool {
    area.len() == 3 && CANADA.split_ascii_whitespace().any(|code| code == area)
}
