//! `/admin/parked`: what could not be sent or fetched.

use crate::web::Doors;

/// The addresses.
pub fn doors(doors: Doors) -> Doors {
    doors
}
