//! Spells values into words.
use super::text::How;
use super::value::Value;
use crate::words::Lang;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// What spelling depends on besides the value.
#[derive(Clone, Debug)]
pub struct Spelling<'a> {
    /// The language.
    pub lang: Lang,
    /// Now, for "today" and "tomorrow".
    pub now: Timestamp,
    /// Where days begin and end for the caller.
    pub zone: &'a TimeZone,
}

/// The value in words, as a native hotline says it.
pub fn spell(_value: &Value, _how: How, _with: &Spelling) -> String {
    String::new()
}
