//! Telephone numbers.
use serde::{Deserialize, Serialize};

/// A country by its two letters (ISO 3166-1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Country([u8; 2]);

/// A telephone number in E.164 form with `+`, at most 15 digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Phone(String);

impl Phone {
    /// Reads a number as providers, callers and admins write it.
    pub fn parse(text: &str, _country: Option<Country>) -> Option<Phone> {
        text.starts_with('+').then(|| Phone(text.to_owned()))
    }
    /// The E.164 form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Country {
    /// The country of two letters.
    pub fn parse(text: &str) -> Option<Country> {
        Some(Country(text.as_bytes().try_into().ok()?))
    }
}
