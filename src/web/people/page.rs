//! The pages of signing in, as text, and those that say why something is not to be had.

use super::words::{self, Words};
use crate::store::Person;
use crate::web::desk_pages::frame::{Frame, Here, send};
use crate::web::desk_pages::times::Stamp;
use crate::web::language::LANGUAGE_NAMES;
use crate::web::page::{html, in_query};
use crate::words::{Lang, Role, clock};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

pub(super) type Names = &'static [(Lang, &'static str)];

/// The form to sign in.
#[derive(Template)]
#[template(path = "sign_in.html", config = "src/web/askama.toml")]
pub(super) struct SignIn<'a> {
    pub w: &'static Words,
    pub names: Names,
    /// The address of this page, up to where its language is asked for.
    pub here: String,
    pub next: &'a str,
    pub name: &'a str,
    pub fault: Option<&'static str>,
}

/// The form to choose a password.
#[derive(Template)]
#[template(path = "once.html", config = "src/web/askama.toml")]
pub(super) struct Once<'a> {
    pub w: &'static Words,
    pub names: Names,
    pub here: &'static str,
    pub name: &'a str,
    pub fault: Option<&'static str>,
}

/// What a person sees of themselves.
#[derive(Template)]
#[template(path = "me.html", config = "src/web/askama.toml")]
pub(super) struct Me<'a> {
    pub f: Frame,
    pub w: &'static Words,
    pub names: Names,
    pub person: &'a Person,
    pub role: &'static str,
    pub languages: String,
    pub skills: String,
    pub zone: &'a str,
    pub phone: &'a str,
    pub said: Option<&'static str>,
    pub fault: Option<&'static str>,
    pub token: Option<&'a str>,
    pub sessions: Vec<SessionRow>,
    pub tokens: Vec<TokenRow>,
}

pub(super) struct SessionRow {
    pub id: String,
    pub browser: String,
    pub began: Stamp,
    pub seen: Stamp,
    pub here: bool,
}

pub(super) struct TokenRow {
    pub id: String,
    pub label: String,
    pub made: Stamp,
    /// None: never.
    pub used: Option<Stamp>,
}

/// A few words, and where to go on.
#[derive(Template)]
#[template(path = "told.html", config = "src/web/askama.toml")]
struct Told<'a> {
    w: &'static Words,
    title: &'a str,
    lines: Vec<String>,
    onward: Option<(&'a str, &'a str)>,
}

/// The same, for whoever is signed in.
#[derive(Template)]
#[template(path = "told_inside.html", config = "src/web/askama.toml")]
struct ToldInside {
    f: Frame,
    title: &'static str,
    lines: Vec<String>,
    /// Signing in as somebody else.
    other: &'static str,
}

pub(super) const NAMES: Names = &LANGUAGE_NAMES;

/// 403: somebody who is known asks for what their role may not have.
pub fn forbidden(lang: Lang, person: &Person, needs: Role) -> Response {
    let w = words::of(lang);
    let who = w.forbidden_words.replace("{needs}", w.role_name(needs));
    // The name last: it cannot hold a hole.
    let who = who.replace("{role}", w.role_name(person.role)).replace("{name}", &person.name);
    let lines = vec![who, w.forbidden_mend.to_owned()];
    let f = Frame::new(person, lang, clock::now(), Here::Failure, "/desk");
    send(StatusCode::FORBIDDEN, &ToldInside { f, title: w.forbidden_title, lines, other: w.other_account })
}

/// 401: somebody who is not known wants to change something at an address of ours.
pub fn unknown(lang: Lang, path: &str) -> Response {
    let w = words::of(lang);
    let way = format!("/sign-in?next={}", in_query(&page_of(path)));
    let lines = vec![w.unknown_words.to_owned()];
    told(StatusCode::UNAUTHORIZED, Told { w, title: w.unknown_title, lines, onward: Some((&way, w.sign_in)) })
}

/// 403: another site's page wants to change something.
pub fn foreign(lang: Lang) -> Response {
    let w = words::of(lang);
    let lines = vec![w.foreign_words.to_owned()];
    told(StatusCode::FORBIDDEN, Told { w, title: w.foreign_title, lines, onward: None })
}

/// 503: the database is away.
pub fn trouble(lang: Lang) -> Response {
    let w = words::of(lang);
    let lines = vec![w.trouble_words.to_owned()];
    told(StatusCode::SERVICE_UNAVAILABLE, Told { w, title: w.trouble_title, lines, onward: None })
}

/// 410: an invitation that does not count any more, or never did.
pub(super) fn gone(lang: Lang) -> Response {
    let w = words::of(lang);
    let lines = vec![w.gone_words.to_owned()];
    told(StatusCode::GONE, Told { w, title: w.gone_title, lines, onward: Some(("/sign-in", w.sign_in)) })
}

/// The page on which a form stood: a card, one's own page, or the list.
fn page_of(path: &str) -> String {
    let mut parts = path.split('/').skip(1);
    match (parts.next(), parts.next(), parts.next()) {
        (Some("desk"), Some("requests"), Some(id)) => format!("/desk/requests/{id}"),
        (Some("desk"), Some("me"), _) => "/desk/me".to_owned(),
        (Some("phone"), ..) => "/phone".to_owned(),
        _ => "/desk".to_owned(),
    }
}

fn told(status: StatusCode, page: Told) -> Response {
    html(status, page.render())
}
