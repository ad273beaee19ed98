//! `/admin/notices`: what callers are told at once, and the switch that closes a line. A notice is read
//! from the database by every call, so that what is done here holds on every server at once.

mod form;
mod switch;
mod theirs;
mod words;

pub use switch::ASSETS;

use super::frame::{Frame, Here};
use super::wall::{moment, zone_name};
use crate::call::step::phrase_text;
use crate::flow::Flow;
use crate::store::{NewNotice, Notice, StoreError};
use crate::web::admin::wanted::Wanted;
use crate::web::desk_pages::frame::send;
use crate::web::desk_pages::times::{Clock, Stamp};
use crate::web::did::{Did, did, did_nothing};
use crate::web::language::PageLang;
use crate::web::page::see;
use crate::web::people::page::trouble;
use crate::web::who::Admin;
use crate::web::{Doors, Web};
use crate::words::{Lang, Role, clock};
use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;
use words::Words;

/// The addresses.
pub fn doors(doors: Doors) -> Doors {
    let admin = Some(Role::Admin);
    doors
        .open(Method::GET, "/admin/notices", admin, list)
        .open(Method::GET, "/admin/notices/new", admin, form::empty)
        .open(Method::POST, "/admin/notices", admin, form::save)
        .open(Method::GET, "/admin/notices/closed", admin, switch::banner)
        .open(Method::POST, "/admin/notices/close", admin, switch::close)
        .open(Method::POST, "/admin/notices/open", admin, switch::open)
        .open(Method::GET, "/admin/notices/{id}", admin, form::edit)
        .open(Method::POST, "/admin/notices/{id}/on", admin, on)
        .open(Method::POST, "/admin/notices/{id}/off", admin, off)
        .open(Method::POST, "/admin/notices/{id}/delete", admin, delete)
}

/// What was done before the page is shown again.
#[derive(Deserialize)]
pub(super) struct Said {
    said: Option<String>,
}

#[derive(Template)]
#[template(path = "admin_notices.html", config = "src/web/askama.toml")]
struct ListPage {
    f: Frame,
    w: &'static Words,
    said: Option<&'static str>,
    fault: Option<&'static str>,
    switches: Vec<switch::Row>,
    notices: Vec<Row>,
    zone: String,
}

/// A notice in the list.
struct Row {
    id: String,
    seen: i64,
    /// Its end has passed: there is nothing to switch.
    over: bool,
    /// In the reader's language, or another's; with its tag.
    text: String,
    tag: &'static str,
    line: String,
    from: Stamp,
    until: Option<Stamp>,
    state: &'static str,
    told: bool,
    on: bool,
    by: String,
}

/// `GET /admin/notices`
async fn list(
    Admin(person): Admin,
    State(web): State<Web>,
    PageLang(lang): PageLang,
    Wanted(Said { said }): Wanted<Said>,
) -> Response {
    let w = words::of(lang);
    let fault = match said.as_deref() {
        Some("kept") => Some(w.not_deleted),
        Some("gone") => Some(w.gone),
        _ => None,
    };
    let said = match said.as_deref() {
        Some("saved") => Some(w.saved),
        Some("deleted") => Some(w.deleted),
        Some("closed") => Some(w.line_closed),
        Some("opened") => Some(w.line_opened),
        Some("was-closed") => Some(w.was_closed),
        Some("was-open") => Some(w.was_open),
        Some("same") => Some(w.same),
        _ => None,
    };
    let all = match web.answerer.store().all_notices().await {
        Ok(all) => all,
        Err(error) => return failed(lang, &error),
    };
    let f = Frame::new(&person, lang, clock::now(), Here::Notices, "/admin/notices")
        .with_script("/assets/admin-notices.js", &form::script(w));
    let flows = web.answerer.flows().live();
    let switches = switch::rows(&f.clock, w, &flows, &all);
    let shown = all.iter().filter(|notice| !notice.put.closes);
    let notices = shown.map(|notice| row(&f.clock, w, &flows, notice)).collect();
    let zone = w.zone.replace("{zone}", &zone_name(&f.clock));
    send(StatusCode::OK, &ListPage { f, w, said, fault, switches, notices, zone })
}

fn row(clock: &Clock, w: &'static Words, flows: &[Arc<Flow>], notice: &Notice) -> Row {
    let now = clock.now.as_millisecond();
    let NewNotice { id, line, texts, from, until, on, .. } = &notice.put;
    let own = texts.get_key_value(&clock.lang).or(texts.first_key_value());
    let (tag, text) = own.map_or(("en-US", String::new()), |(lang, text)| (lang.tag(), text.clone()));
    let told = notice.put.is_told(now);
    let state = match (on, told) {
        (false, _) => w.off,
        (true, true) => w.told,
        (true, false) if *from > now => w.later,
        (true, false) => w.over,
    };
    Row {
        id: id.clone(),
        seen: notice.changed_at,
        text,
        tag,
        line: line_title(flows, line.as_deref(), clock.lang, w),
        from: clock.stamp(moment(*from)),
        until: until.map(|until| clock.stamp(moment(until))),
        state,
        told,
        over: until.is_some_and(|until| until <= now),
        on: *on,
        by: notice.by.clone().unwrap_or_default(),
    }
}

/// `POST /admin/notices/{id}/on`
async fn on(admin: Admin, web: State<Web>, lang: PageLang, Path(id): Path<String>) -> Response {
    switched(&admin, &web, &lang, &id, true).await
}

/// `POST /admin/notices/{id}/off`
async fn off(admin: Admin, web: State<Web>, lang: PageLang, Path(id): Path<String>) -> Response {
    switched(&admin, &web, &lang, &id, false).await
}

async fn switched(Admin(person): &Admin, web: &Web, PageLang(lang): &PageLang, id: &str, on: bool) -> Response {
    let (at, store) = (clock::now().as_millisecond(), web.answerer.store());
    let done = async {
        let done = store.switch_notice(id, on, &person.name, at).await?;
        Ok::<_, StoreError>((done, done || store.notice(id).await?.is_some_and(|notice| !notice.put.closes)))
    };
    match done.await {
        Ok((true, _)) => {
            let (what, before, after) = if on { ("notice.on", "off", "on") } else { ("notice.off", "on", "off") };
            let (before, after) = (Some(before.to_owned()), Some(after.to_owned()));
            did(see("/admin/notices"), Did { what, of: id.to_owned(), before, after })
        }
        Ok((false, true)) => did_nothing(see("/admin/notices?said=same")),
        Ok((false, false)) => did_nothing(see("/admin/notices?said=gone")),
        Err(error) => failed(*lang, &error),
    }
}

/// `POST /admin/notices/{id}/delete`: as it was seen. What somebody has changed since is not thrown away
/// unread.
async fn delete(
    Admin(_): Admin,
    State(web): State<Web>,
    PageLang(lang): PageLang,
    Path(id): Path<String>,
    Form(pairs): Form<form::Pairs>,
) -> Response {
    let store = web.answerer.store();
    let done = async {
        let before = store.notice(&id).await?;
        let done = store.delete_notice(&id, form::seen(&pairs)).await?;
        Ok((done, before))
    };
    match done.await {
        Ok((true, before)) => {
            let before = before.map(|notice| told(&notice.put));
            did(see("/admin/notices?said=deleted"), Did { what: "notice.delete", of: id, before, after: None })
        }
        Ok((false, Some(_))) => did_nothing(see("/admin/notices?said=kept")),
        Ok((false, None)) => did_nothing(see("/admin/notices?said=gone")),
        Err(error) => failed(lang, &error),
    }
}

fn failed(lang: Lang, error: &StoreError) -> Response {
    tracing::error!(%error, "notices could not be read or written");
    trouble(lang)
}

/// A notice for the log.
fn told(notice: &NewNotice) -> String {
    let NewNotice { id: _, line, texts, from, until, closes, on } = notice;
    let until = until.map_or_else(|| "-".to_owned(), |until| moment(until).to_string());
    let (line, from) = (line.as_deref().unwrap_or("*"), moment(*from));
    let (kind, state) = (if *closes { "closes" } else { "tells" }, if *on { "on" } else { "off" });
    let texts: Vec<String> = texts.iter().map(|(lang, text)| format!("{lang}: {text}")).collect();
    format!("{kind} line={line} from={from} until={until} {state}\n{}", texts.join("\n"))
}

/// What a line is called; none: every one.
fn line_title(flows: &[Arc<Flow>], line: Option<&str>, lang: Lang, w: &Words) -> String {
    let Some(line) = line else { return w.every_line.to_owned() };
    flows.iter().find(|flow| flow.name == line).map_or_else(|| line.to_owned(), |flow| title(flow, lang))
}

fn title(flow: &Flow, lang: Lang) -> String {
    let shown = if flow.languages.contains(&lang) { Some(lang) } else { flow.languages.first().copied() };
    shown.and_then(|lang| flow.title.get(lang)).map_or_else(|| flow.name.clone(), phrase_text)
}

/// The languages of the lines something is for, in the order they are always shown.
fn spoken(flows: &[Arc<Flow>], line: Option<&str>) -> Vec<Lang> {
    let of = |flow: &&Arc<Flow>| line.is_none_or(|line| flow.name == line);
    Lang::ALL.into_iter().filter(|lang| flows.iter().filter(of).any(|flow| flow.languages.contains(lang))).collect()
}
