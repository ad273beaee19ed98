//! `/admin/calls`: calls, and the trail of each.

use crate::web::Doors;

/// The addresses.
pub fn doors(doors: Doors) -> Doors {
    doors
}
