//! Countries, by the two letters of ISO 3166-1, and the clocks people there live by.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A country by its two letters (ISO 3166-1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

impl Country {
    /// The country of two letters, upper or lower case; only countries that have telephone numbers.
    pub fn parse(letters: &str) -> Option<Country> {
        let letters: [u8; 2] = letters.to_ascii_uppercase().into_bytes().try_into().ok()?;
        let country = Country(letters);
        country.as_str().parse::<phonenumber::country::Id>().is_ok().then_some(country)
    }

    /// The two letters, upper case.
    pub fn as_str(&self) -> &str {
        // Only ASCII letters get in.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The time zones of its people, the likeliest first, for the countries lines are likely to
    /// ring. Where a country spans several, its outermost two: what suits both suits those between.
    pub(super) fn zones(&self) -> Option<&'static [&'static str]> {
        Some(match self.as_str() {
            "CN" => &["Asia/Shanghai"],
            "HK" => &["Asia/Hong_Kong"],
            "MO" => &["Asia/Macau"],
            "TW" => &["Asia/Taipei"],
            "JP" => &["Asia/Tokyo"],
            "KR" => &["Asia/Seoul"],
            "SG" => &["Asia/Singapore"],
            "MY" => &["Asia/Kuala_Lumpur"],
            "TH" => &["Asia/Bangkok"],
            "VN" => &["Asia/Ho_Chi_Minh"],
            "PH" => &["Asia/Manila"],
            "ID" => &["Asia/Jakarta", "Asia/Jayapura"],
            "IN" => &["Asia/Kolkata"],
            "AE" => &["Asia/Dubai"],
            "AU" => &["Australia/Sydney", "Australia/Perth"],
            "NZ" => &["Pacific/Auckland"],
            "US" | "CA" => &["America/New_York", "America/Los_Angeles"],
            "GB" => &["Europe/London"],
            "IE" => &["Europe/Dublin"],
            "FR" => &["Europe/Paris"],
            "DE" => &["Europe/Berlin"],
            "IT" => &["Europe/Rome"],
            "NL" => &["Europe/Amsterdam"],
            "CH" => &["Europe/Zurich"],
            "ES" => &["Europe/Madrid", "Atlantic/Canary"],
            "PT" => &["Europe/Lisbon", "Atlantic/Azores"],
            _ => return None,
        })
    }
}

impl TryFrom<String> for Country {
    type Error = String;
    fn try_from(letters: String) -> Result<Country, String> {
        Country::parse(&letters)
            .ok_or_else(|| format!("`{letters}` is not a country; write its two letters, like `CN`"))
    }
}

impl From<Country> for String {
    fn from(country: Country) -> String {
        country.as_str().to_owned()
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
