//! `/admin/log`: everything anybody did.

use crate::web::Doors;

/// The addresses.
pub fn doors(doors: Doors) -> Doors {
    doors
}
