//! When a line's agents ring back: in whose time, when at all, and until when it is promised.

use super::Flow;
use crate::flow::hours;
use crate::words::Phone;
use jiff::Timestamp;
use jiff::tz::TimeZone;

impl Flow {
    /// The line's time zone: that of its agents' calendar.
    pub fn zone(&self) -> TimeZone {
        self.calendars.get(&self.hours).map_or(TimeZone::UTC, |calendar| calendar.zone.clone())
    }

    /// The time zones somebody may be rung in: those of the number's country, else the line's own.
    pub fn zones_of(&self, phone: Option<&Phone>) -> Vec<TimeZone> {
        phone.and_then(hours::zones).unwrap_or_else(|| vec![self.zone()])
    }

    /// Until when a request of a priority (its number, 0 is urgent) is done that is asked for now; none
    /// where the line has no hours.
    pub fn due(&self, zones: &[TimeZone], now: Timestamp, priority: usize) -> Option<Timestamp> {
        let promise = self.promises.get(priority).copied().unwrap_or_default();
        Some(hours::due(self.calendars.get(&self.hours)?, zones, now, promise))
    }

    /// Whether somebody in these zones may be rung at a moment; never where the line has no hours.
    pub fn callable(&self, zones: &[TimeZone], at: Timestamp) -> bool {
        self.calendars.get(&self.hours).is_some_and(|calendar| hours::callable(calendar, zones, at))
    }

    /// The first moment from `at` on at which somebody in these zones may be rung: `at` itself when they
    /// may then. None when that is never within a year.
    pub fn next_callable(&self, zones: &[TimeZone], at: Timestamp) -> Option<Timestamp> {
        hours::next_callable(self.calendars.get(&self.hours)?, zones, at)
    }
}
