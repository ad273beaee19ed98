//! `/admin/calendars`: when somebody is there, as a year one can look at, and its days changed in the draft.

mod act;
mod list;
mod months;
mod words;
mod year;

use crate::web::Doors;
use crate::words::Role;
use axum::http::Method;

/// The addresses.
pub fn doors(doors: Doors) -> Doors {
    let admin = Some(Role::Admin);
    doors
        .open(Method::GET, "/admin/calendars", admin, list::page)
        .open(Method::GET, "/admin/calendars/{flow}/{name}", admin, year::page)
        .open(Method::POST, "/admin/calendars/{flow}/{name}/day", admin, act::day)
        .open(Method::POST, "/admin/calendars/{flow}/{name}/list", admin, act::list)
}

/// The file calendars are in.
const FILE: &str = "calendars.yaml";
