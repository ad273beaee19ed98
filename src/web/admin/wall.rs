//! Moments in forms: the reader's wall clock, as browsers send and show it.

use crate::web::desk_pages::times::Clock;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A moment from milliseconds since 1970.
pub(in crate::web) fn moment(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// What the reader's zone is called.
pub(in crate::web) fn zone_name(clock: &Clock) -> String {
    zone_of(clock).iana_name().unwrap_or("UTC").to_owned()
}

/// A moment of the reader's wall clock in ms, from what a form sends; none: the field is empty.
pub(in crate::web) fn typed_moment(clock: &Clock, text: &str) -> Result<Option<i64>, ()> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let there: jiff::civil::DateTime = text.parse().map_err(|_| ())?;
    let at = there.to_zoned(zone_of(clock)).map_err(|_| ())?;
    Ok(Some(at.timestamp().as_millisecond()))
}

/// The same, as a form shows it.
pub(in crate::web) fn shown_moment(clock: &Clock, ms: i64) -> String {
    moment(ms).to_zoned(zone_of(clock)).strftime("%Y-%m-%dT%H:%M").to_string()
}

fn zone_of(clock: &Clock) -> TimeZone {
    clock.zone.clone().unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::desk_pages::times::zone;
    use crate::words::Lang;

    #[test]
    fn times_are_those_of_the_readers_wall_clock() {
        let now = "2026-11-22T05:00:00Z".parse().unwrap();
        let tokyo = Clock { now, lang: Lang::EnUs, zone: zone("Asia/Tokyo") };
        let at = typed_moment(&tokyo, "2026-11-22T14:05").unwrap().unwrap();
        assert_eq!(moment(at).to_string(), "2026-11-22T05:05:00Z");
        assert_eq!(shown_moment(&tokyo, at), "2026-11-22T14:05");
        assert_eq!(typed_moment(&tokyo, " "), Ok(None));
        assert_eq!(typed_moment(&tokyo, "tomorrow"), Err(()));
        assert_eq!(zone_name(&tokyo), "Asia/Tokyo");
    }
}
