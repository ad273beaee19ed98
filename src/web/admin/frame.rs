//! What every page of the studio stands in: who reads it, in which language, and where one is.

use super::words::{self, Words};
use crate::store::Person;
use crate::web::desk_pages::frame::send;
use crate::web::desk_pages::times::{Clock, zone};
use crate::web::language::LANGUAGE_NAMES;
use crate::words::Lang;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;

/// The places of the studio, in the order they are shown, with their addresses.
pub(in crate::web) const PLACES: [(Here, &str); 10] = [
    (Here::Flows, "/admin"),
    (Here::Statistics, "/admin/statistics"),
    (Here::Calls, "/admin/calls"),
    (Here::Notices, "/admin/notices"),
    (Here::Calendars, "/admin/calendars"),
    (Here::Lines, "/admin/lines"),
    (Here::Prompts, "/admin/prompts"),
    (Here::People, "/admin/people"),
    (Here::Parked, "/admin/parked"),
    (Here::Log, "/admin/log"),
];

/// Which place it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Here {
    Flows,
    Statistics,
    Calls,
    Notices,
    Calendars,
    Lines,
    Prompts,
    People,
    Parked,
    Log,
}

/// What stands around a page. Pages extend `admin_base.html` and have it as `f`.
pub(in crate::web) struct Frame {
    pub(in crate::web) w: &'static Words,
    pub(in crate::web) clock: Clock,
    pub(in crate::web) lang: Lang,
    pub(in crate::web) name: String,
    here: Here,
    /// The address of this page, to come back to.
    pub(in crate::web) address: String,
    /// What the page's script is told, as JSON that cannot end its element.
    pub(in crate::web) data: String,
    /// The page's own script, as `/assets/admin-flow.js`; none: it needs none.
    pub(in crate::web) script: Option<&'static str>,
}

impl Frame {
    pub(in crate::web) fn new(person: &Person, lang: Lang, now: Timestamp, here: Here, address: &str) -> Frame {
        Frame {
            w: words::of(lang),
            clock: Clock { now, lang, zone: person.zone.as_deref().and_then(zone) },
            lang,
            name: person.name.clone(),
            here,
            address: address.to_owned(),
            data: "{}".to_owned(),
            script: None,
        }
    }

    /// The same page with a script of its own, which is told `data`.
    pub(in crate::web) fn with_script(mut self, script: &'static str, data: &impl serde::Serialize) -> Frame {
        self.script = Some(script);
        // A page whose script is told nothing still works.
        self.data = serde_json::to_string(data).unwrap_or_default().replace('<', "\\u003c");
        self
    }

    /// Address and name of every place, and whether one is there.
    pub(in crate::web) fn places(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        let places = PLACES.iter().zip(self.w.places);
        places.map(|((here, address), name)| (*address, name, *here == self.here))
    }

    pub(in crate::web) fn languages(&self) -> &'static [(Lang, &'static str)] {
        &LANGUAGE_NAMES
    }
}

#[derive(Template)]
#[template(path = "admin_told.html", config = "src/web/askama.toml")]
struct ToldPage<'a> {
    f: Frame,
    title: &'a str,
    words: &'a str,
    /// Where it leads back to, and what that is called.
    back: (&'a str, &'a str),
}

/// A page that says something, with the way back.
pub(super) fn told(f: Frame, status: StatusCode, (title, words): (&str, &str), back: (&str, &str)) -> Response {
    send(status, &ToldPage { f, title, words, back })
}
