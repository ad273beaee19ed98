//! `/admin/lines`: which number leads to which hotline, and a wizard that brings the first call of a new
//! one here. Lines of the settings are shown, and those of the database changed.

mod form;
mod list;
mod one;
mod words;

use crate::answer::Line;
use crate::flow::Flow;
use crate::provider::CONSOLES;
use crate::web::phone_page::Asset;
use crate::web::titles::title;
use crate::web::{Doors, Web};
use crate::words::{Lang, Role};
use axum::http::Method;
use std::sync::Arc;

/// The files these pages load.
pub(super) static ASSETS: [Asset; 1] = [Asset {
    path: "/assets/admin-line.js",
    content_type: "text/javascript; charset=utf-8",
    text: include_str!("../../assets/admin-line.js"),
}];

/// The addresses.
pub fn doors(doors: Doors) -> Doors {
    let admin = Some(Role::Admin);
    doors
        .open(Method::GET, "/admin/lines", admin, list::page)
        .open(Method::POST, "/admin/lines", admin, form::make)
        .open(Method::GET, "/admin/lines/new", admin, form::page)
        .open(Method::GET, "/admin/lines/{number}", admin, one::page)
        .open(Method::POST, "/admin/lines/{number}", admin, one::change)
        .open(Method::POST, "/admin/lines/{number}/remove", admin, one::remove)
        .open(Method::GET, "/admin/lines/{number}/arrived", admin, one::arrived)
}

/// A hotline to choose.
struct Choice {
    name: String,
    title: String,
    chosen: bool,
}

/// The hotlines in service, one of them chosen.
fn hotlines(web: &Web, lang: Lang, chosen: &str) -> Vec<Choice> {
    let choice =
        |flow: &Arc<Flow>| Choice { name: flow.name.clone(), title: title(flow, lang), chosen: flow.name == chosen };
    web.answerer.flows().live().iter().map(choice).collect()
}

/// The providers to choose from: name, title, whether it is on, whether it is chosen.
fn providers(web: &Web, chosen: &str) -> Vec<(&'static str, &'static str, bool, bool)> {
    let on = web.answerer.on();
    let one = |console: &crate::provider::Console| {
        let name = console.provider.name();
        (name, console.title, on.contains(&console.provider), name == chosen)
    };
    CONSOLES.iter().map(one).collect()
}

/// The end of a line's address: its number without the plus.
fn slug(line: &Line) -> &str {
    line.number.trim_start_matches('+')
}
