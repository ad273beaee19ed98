//! What every page of the desk stands in: who reads it, in which language, and how it is sent.

use super::times::{Clock, zone};
use super::words::{self, Script, Time, Words};
use crate::store::Person;
use crate::web::language::LANGUAGE_NAMES;
use crate::web::page::html;
use crate::words::{Lang, Role};
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;

/// What a browser may do on these pages: our own script, style, sound and addresses, nothing inline.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     img-src 'self' data:; media-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Which page it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Here {
    List,
    Card,
    Overview,
    Failure,
    Me,
}

/// What stands around a page.
pub(in crate::web) struct Frame {
    pub(in crate::web) w: &'static Words,
    pub(in crate::web) clock: Clock,
    pub(in crate::web) name: String,
    pub(in crate::web) role: Role,
    pub(in crate::web) here: Here,
    /// The address of this page, to come back to.
    pub(in crate::web) address: String,
    /// What scripts are told, as JSON that cannot end its element.
    pub(in crate::web) data: String,
}

#[derive(Serialize)]
struct Data<'a> {
    me: &'a str,
    address: &'a str,
    /// Where the live updates go on from.
    since: i64,
    lang: &'a str,
    time: &'a Time,
    words: &'a Script,
}

impl Frame {
    pub(in crate::web) fn new(person: &Person, lang: Lang, now: Timestamp, here: Here, address: &str) -> Frame {
        let w = words::of(lang);
        let clock = Clock { now, lang, zone: person.zone.as_deref().and_then(zone) };
        let (since, me) = (now.as_millisecond(), person.name.as_str());
        let data = Data { me, address, since, lang: w.tag, time: &w.time, words: &w.script };
        // A page whose script is told nothing still works.
        let data = serde_json::to_string(&data).unwrap_or_default().replace('<', "\\u003c");
        let (name, role, address) = (person.name.clone(), person.role, address.to_owned());
        Frame { w, clock, name, role, here, address, data }
    }

    pub(in crate::web) fn is(&self, here: &str) -> bool {
        matches!((self.here, here), (Here::List | Here::Card, "list") | (Here::Overview, "overview") | (Here::Me, "me"))
    }

    pub(in crate::web) fn supervises(&self) -> bool {
        self.role >= Role::Supervisor
    }

    /// Whether the studio is open to whoever reads it.
    pub(in crate::web) fn administers(&self) -> bool {
        self.role >= Role::Admin
    }

    pub(in crate::web) fn signed_in(&self) -> String {
        words::fill(self.w.frame.signed_in, &[("name", &self.name), ("role", self.role_name())])
    }

    pub(in crate::web) fn role_name(&self) -> &'static str {
        self.w.roles[self.role as usize]
    }

    pub(in crate::web) fn languages(&self) -> &'static [(Lang, &'static str)] {
        &LANGUAGE_NAMES
    }
}

/// A page, sent.
pub(in crate::web) fn send(status: StatusCode, page: &impl Template) -> Response {
    let mut sent = html(status, page.render());
    sent.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    sent
}
