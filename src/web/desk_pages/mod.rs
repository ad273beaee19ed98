//! The agents' desk in the browser: the list, the card, what supervisors look at, and what changes as
//! it changes. Pages are plain forms that work without scripts; scripts make them live and quick.
//! Knows nothing of how a request is kept or dialled: that is the desk's.

mod acts;
mod card;
mod events;
pub(super) mod export;
mod failure;
mod filter;
pub(super) mod frame;
mod list;
mod overview;
mod rows;
mod sound;
pub(super) mod times;
mod told;
pub(super) mod words;

pub use sound::Sounds;
pub(super) use sound::ranged;
pub(super) use words::{fill, language_names};

use super::doors::Doors;
use super::phone_page::Asset;
use crate::words::Role;
use axum::http::Method;

/// The files these pages load. The script is in parts that import each other by these addresses.
pub const ASSETS: [Asset; 7] = [
    Asset {
        path: "/assets/desk.css",
        content_type: "text/css; charset=utf-8",
        text: include_str!("../assets/desk.css"),
    },
    script("/assets/desk.js", include_str!("../assets/desk.js")),
    script("/assets/desk-page.js", include_str!("../assets/desk-page.js")),
    script("/assets/desk-live.js", include_str!("../assets/desk-live.js")),
    script("/assets/desk-keys.js", include_str!("../assets/desk-keys.js")),
    script("/assets/desk-card.js", include_str!("../assets/desk-card.js")),
    script("/assets/desk-times.js", include_str!("../assets/desk-times.js")),
];

const fn script(path: &'static str, text: &'static str) -> Asset {
    Asset { path, content_type: "text/javascript; charset=utf-8", text }
}

/// The addresses of the desk.
pub fn doors(doors: Doors) -> Doors {
    let (agent, supervisor) = (Some(Role::Agent), Some(Role::Supervisor));
    doors
        .open(Method::GET, "/desk", agent, list::page)
        .open(Method::POST, "/desk/next", agent, list::take_next)
        .open(Method::POST, "/desk/language", agent, acts::language)
        .open(Method::GET, "/desk/events", agent, events::events)
        .open(Method::GET, "/desk/requests/{id}", agent, card::page)
        .open(Method::GET, "/desk/requests/{id}/recordings/{recording}", agent, sound::play)
        .open(Method::POST, "/desk/requests/{id}/take", agent, acts::take)
        .open(Method::POST, "/desk/requests/{id}/extend", agent, acts::extend)
        .open(Method::POST, "/desk/requests/{id}/release", agent, acts::release)
        .open(Method::POST, "/desk/requests/{id}/done", agent, acts::done)
        .open(Method::POST, "/desk/requests/{id}/note", agent, acts::note)
        .open(Method::POST, "/desk/requests/{id}/reveal", agent, acts::reveal)
        .open(Method::POST, "/desk/requests/{id}/call", agent, acts::call)
        .open(Method::POST, "/desk/requests/{id}/hang-up", agent, acts::hang_up)
        .open(Method::POST, "/desk/requests/{id}/outcome", agent, acts::outcome)
        .open(Method::POST, "/desk/requests/{id}/assign", supervisor, acts::assign)
        .open(Method::POST, "/desk/requests/{id}/raise", supervisor, acts::raise)
        .open(Method::POST, "/desk/requests/{id}/close", supervisor, acts::close)
        .open(Method::POST, "/desk/requests/{id}/unlock", supervisor, acts::unlock)
        .open(Method::GET, "/desk/overview", supervisor, overview::page)
        .open(Method::GET, "/desk/export.csv", supervisor, export::sheet)
        .open(Method::GET, "/desk/export.json", supervisor, export::json)
        .open(Method::GET, "/desk/{*rest}", agent, failure::nowhere)
}

#[cfg(test)]
mod tests;
