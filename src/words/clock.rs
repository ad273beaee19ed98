//! The one place that reads the clock. Everything below the acts gets its time handed in.

use jiff::Timestamp;

/// Now, to the millisecond: what is stored, so that a moment read back is the same moment.
#[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}
