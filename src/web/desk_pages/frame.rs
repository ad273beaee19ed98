//! What every page of the desk stands in: who reads it, in which language, and how it is sent.

use super::times::{Clock, zone};
use super::words::{self, Keys, Script, Time, Words};
use crate::store::Person;
use crate::words::{Lang, Role};
use askama::Template;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;

/// What a browser may do on these pages: our own script, style, sound and addresses, nothing inline.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     img-src 'self' data:; media-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The languages a page can be read in, each by its own name.
pub(super) const LANGUAGES: [(Lang, &str); 3] = [(Lang::ZhCn, "中文"), (Lang::JaJp, "日本語"), (Lang::EnUs, "English")];

/// Which page it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Here {
    List,
    Card,
    Overview,
    Failure,
}

/// What stands around a page.
pub(super) struct Frame {
    pub(super) w: &'static Words,
    pub(super) clock: Clock,
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) here: Here,
    /// The address of this page, to come back to.
    pub(super) address: String,
    /// What scripts are told, as JSON that cannot end its element.
    pub(super) data: String,
}

#[derive(Serialize)]
struct Data<'a> {
    me: &'a str,
    /// Where the live updates go on from.
    since: i64,
    lang: &'a str,
    time: &'a Time,
    words: &'a Script,
    keys: &'a Keys,
}

impl Frame {
    pub(super) fn new(person: &Person, lang: Lang, now: Timestamp, here: Here, address: &str) -> Frame {
        let w = words::of(lang);
        let clock = Clock { now, lang, zone: person.zone.as_deref().and_then(zone) };
        let (since, me) = (now.as_millisecond(), person.name.as_str());
        let data = Data { me, since, lang: w.tag, time: &w.time, words: &w.script, keys: &w.keys };
        // A page whose script is told nothing still works.
        let data = serde_json::to_string(&data).unwrap_or_default().replace('<', "\\u003c");
        let (name, role, address) = (person.name.clone(), person.role, address.to_owned());
        Frame { w, clock, name, role, here, address, data }
    }

    pub(super) fn is(&self, here: &str) -> bool {
        matches!((self.here, here), (Here::List | Here::Card, "list") | (Here::Overview, "overview"))
    }

    pub(super) fn supervises(&self) -> bool {
        self.role >= Role::Supervisor
    }

    pub(super) fn signed_in(&self) -> String {
        words::fill(self.w.frame.signed_in, &[("name", &self.name), ("role", self.role_name())])
    }

    pub(super) fn role_name(&self) -> &'static str {
        self.w.roles[self.role as usize]
    }

    pub(super) fn languages(&self) -> &'static [(Lang, &'static str)] {
        &LANGUAGES
    }
}

/// A page, sent.
pub(super) fn send(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(page) => (status, [(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY)], Html(page)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            (StatusCode::INTERNAL_SERVER_ERROR, "this page could not be shown: see the log\n").into_response()
        }
    }
}

/// The language of the pages: the person's, else the first of the browser's that we write.
pub(super) fn language(person: &Person, headers: &HeaderMap) -> Lang {
    let written = |tag: &str| {
        let main = |tag: &str| tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
        LANGUAGES.into_iter().map(|(lang, _)| lang).find(|lang| main(lang.tag()) == main(tag))
    };
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let browsers = accepted.split(',').filter_map(|part| part.split(';').next()).find_map(written);
    person.page_language.or(browsers).unwrap_or(Lang::EnUs)
}

/// Text as part of a query.
pub(super) fn encoded(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(byte);
    text.bytes().map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
