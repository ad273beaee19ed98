//! `/admin/prompts`: what a hotline says, step by step: recordings uploaded and listened to, and all texts
//! out to translators and in again. What changes goes into the draft.

mod audio;
mod form;
mod judge;
mod page;
mod said;
mod sheet;
mod sound;
mod take;
mod words;
mod xliff;

pub(in crate::web) use audio::play;

use crate::web::Doors;
use crate::words::Role;
use axum::http::Method;

/// What of a form with a file is let in at all, in bytes; how much of it is kept each form says for itself, in
/// words that a longer one must be read to its end for.
const FORM: usize = 64 * 1024 * 1024;

/// The addresses.
pub fn doors(doors: Doors) -> Doors {
    let admin = Some(Role::Admin);
    doors
        .open(Method::GET, "/admin/prompts", admin, page::hotlines)
        .open(Method::GET, "/admin/prompts/{flow}", admin, page::page)
        .open(Method::GET, "/admin/prompts/{flow}/texts.csv", admin, take::sheet)
        .open(Method::GET, "/admin/prompts/{flow}/texts/{lang}", admin, take::exchange)
        .large(Method::POST, "/admin/prompts/{flow}/texts", admin, FORM, take::look)
        .large(Method::POST, "/admin/prompts/{flow}/take", admin, 2 * take::MOST, take::take)
        .large(Method::POST, "/admin/prompts/{flow}/audio", admin, FORM, audio::upload)
}
