//! `/admin/calendars`: the calendars, a year at a glance.

use crate::web::Doors;

/// The addresses.
pub fn doors(doors: Doors) -> Doors {
    doors
}
