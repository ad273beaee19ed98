//! `/admin/parked`: what could not be sent or fetched, why, and what to do with it. Shows of nobody the
//! whole number, and of no message what it says.

mod words;

use super::frame::{Frame, Here};
use crate::store::{OutboxEntry, OutboxKind, StoreError};
use crate::web::admin::wanted::Wanted;
use crate::web::desk_pages::frame::send;
use crate::web::desk_pages::times::{Clock, Stamp};
use crate::web::did::{Did, did};
use crate::web::language::PageLang;
use crate::web::page::see;
use crate::web::people::page::trouble;
use crate::web::who::Admin;
use crate::web::{Doors, Web};
use crate::words::phone::masked_in;
use crate::words::{Lang, Phone, Role, clock};
use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use words::Words;

/// Rows on a page.
const PAGE: u32 = 50;

/// The addresses.
pub fn doors(doors: Doors) -> Doors {
    let admin = Some(Role::Admin);
    doors
        .open(Method::GET, "/admin/parked", admin, list)
        .open(Method::POST, "/admin/parked/retry", admin, retry_all)
        .open(Method::POST, "/admin/parked/{id}/retry", admin, retry)
        .open(Method::POST, "/admin/parked/{id}/drop", admin, give_up)
}

/// What is shown, and what was done before.
#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    kind: String,
    after: Option<String>,
    said: Option<String>,
}

/// Which kind is meant; empty: every.
#[derive(Deserialize)]
struct Which {
    #[serde(default)]
    kind: String,
}

#[derive(Template)]
#[template(path = "admin_parked.html", config = "src/web/askama.toml")]
struct ParkedPage {
    f: Frame,
    w: &'static Words,
    said: Option<&'static str>,
    /// Word, name, waiting, parked.
    counts: Vec<(&'static str, &'static str, i64, i64)>,
    kind: String,
    all: i64,
    retry_all: String,
    rows: Vec<Row>,
    more: Option<String>,
}

struct Row {
    id: String,
    kind: &'static str,
    line: String,
    number: String,
    why: String,
    tries: i64,
    since: Stamp,
}

/// `GET /admin/parked`
async fn list(
    Admin(person): Admin,
    State(web): State<Web>,
    PageLang(lang): PageLang,
    Wanted(asked): Wanted<Asked>,
) -> Response {
    let (w, store) = (words::of(lang), web.answerer.store());
    let kind = named(&asked.kind);
    let found = async { Ok((store.outbox_counts().await?, store.parked(kind, asked.after.as_deref(), PAGE).await?)) };
    let (counted, parked) = match found.await {
        Ok(found) => found,
        Err(error) => return failed(lang, &error),
    };
    let of = |kind: OutboxKind, state: &str| {
        counted.iter().find(|(k, s, _)| *k == kind && *s == state).map_or(0, |(.., count)| *count)
    };
    let count = |(at, kind): (usize, OutboxKind)| (kind.word(), w.kinds[at], of(kind, "waiting"), of(kind, "parked"));
    let counts: Vec<_> = OutboxKind::ALL.into_iter().enumerate().map(count).collect();
    let meant = counts.iter().filter(|(word, ..)| kind.is_none_or(|kind| kind.word() == *word));
    let f = Frame::new(&person, lang, clock::now(), Here::Parked, "/admin/parked");
    let full = parked.len() == PAGE as usize;
    let last = parked.last().filter(|_| full).map(|last| last.id.clone());
    let page = ParkedPage {
        said: match asked.said.as_deref() {
            Some("retried") => Some(w.retried),
            Some("dropped") => Some(w.dropped),
            Some("gone") => Some(w.not_there),
            _ => None,
        },
        all: meant.map(|(.., parked)| parked).sum(),
        retry_all: kind.map_or_else(|| w.retry_all.to_owned(), |kind| w.retry_kind.replace("{kind}", name(w, kind))),
        kind: kind.map_or("", OutboxKind::word).to_owned(),
        more: last.map(|id| format!("/admin/parked?kind={}&after={id}", kind.map_or("", OutboxKind::word))),
        rows: parked.into_iter().map(|entry| row(&f.clock, w, entry)).collect(),
        counts,
        f,
        w,
    };
    send(StatusCode::OK, &page)
}

fn row(clock: &Clock, w: &'static Words, entry: OutboxEntry) -> Row {
    let OutboxEntry { id, kind, line, number, tries, note, at, .. } = entry;
    let number = number.as_deref().and_then(|number| Phone::parse(number, None)).map(|phone| phone.masked());
    Row {
        kind: named(&kind).map_or("", |kind| name(w, kind)),
        number: number.unwrap_or_else(|| "–".to_owned()),
        // A provider's own words may name whom it refused.
        why: masked_in(note.as_deref().unwrap_or("–")),
        since: clock.stamp(Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH)),
        id,
        line,
        tries,
    }
}

/// `POST /admin/parked/retry`: all of a kind, or all there is.
async fn retry_all(
    Admin(_): Admin,
    State(web): State<Web>,
    PageLang(lang): PageLang,
    Form(Which { kind }): Form<Which>,
) -> Response {
    let kind = named(&kind);
    match web.answerer.store().retry_parked(kind, clock::now().as_millisecond()).await {
        Ok(count) => {
            let of = kind.map_or("*", OutboxKind::word).to_owned();
            let (before, after) = (Some(format!("{count} parked")), Some(format!("{count} waiting")));
            let response = see(&format!("/admin/parked?kind={}&said=retried", kind.map_or("", OutboxKind::word)));
            did(response, Did { what: "outbox.retry", of, before, after })
        }
        Err(error) => failed(lang, &error),
    }
}

/// `POST /admin/parked/{id}/retry`
async fn retry(Admin(_): Admin, State(web): State<Web>, PageLang(lang): PageLang, Path(id): Path<String>) -> Response {
    let done = web.answerer.store().retry_outbox(&id, clock::now().as_millisecond()).await;
    decided(lang, id, done, ("retried", "outbox.retry", "waiting"))
}

/// `POST /admin/parked/{id}/drop`
async fn give_up(
    Admin(_): Admin,
    State(web): State<Web>,
    PageLang(lang): PageLang,
    Path(id): Path<String>,
) -> Response {
    let done = web.answerer.store().drop_outbox(&id, clock::now().as_millisecond()).await;
    decided(lang, id, done, ("dropped", "outbox.drop", "dropped"))
}

fn decided(
    lang: Lang,
    id: String,
    done: Result<bool, StoreError>,
    (said, what, after): (&str, &'static str, &str),
) -> Response {
    match done {
        Ok(true) => {
            let (before, after) = (Some("parked".to_owned()), Some(after.to_owned()));
            did(see(&format!("/admin/parked?said={said}")), Did { what, of: id, before, after })
        }
        // Nothing was done.
        Ok(false) => crate::web::did::did_nothing(see("/admin/parked?said=gone")),
        Err(error) => failed(lang, &error),
    }
}

fn named(word: &str) -> Option<OutboxKind> {
    OutboxKind::ALL.into_iter().find(|kind| kind.word() == word)
}

fn name(w: &Words, kind: OutboxKind) -> &'static str {
    OutboxKind::ALL.iter().position(|it| *it == kind).and_then(|at| w.kinds.get(at)).copied().unwrap_or_default()
}

fn failed(lang: Lang, error: &StoreError) -> Response {
    tracing::error!(%error, "the outbox could not be read or changed");
    trouble(lang)
}
