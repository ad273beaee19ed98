//! The one place that reads the clock. Everything that decides by time is handed the moment, so
//! that it can be tested, replayed and told the same moment twice.

#![expect(clippy::disallowed_methods, reason = "this is the place that may")]

use jiff::Timestamp;
use std::time::Instant;

/// The moment it is.
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// A point to measure a span of time from, for metrics and timeouts. Not a moment of any calendar.
pub fn tick() -> Instant {
    Instant::now()
}
