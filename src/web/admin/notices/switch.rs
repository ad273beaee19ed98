//! The switch that closes a line: a new call hears why, in every language of the line, and is ended. It
//! does not lead to the question for a callback: who closes a line in an emergency may not know who
//! would call back, and a flow's own questions are what may have to be closed.

use super::form::{self, Field, Pairs, all_said, field, fields, seen, texts};
use super::theirs::Theirs;
use super::words::{self, Words, usual};
use super::{failed, line_title, spoken, told};
use crate::flow::Flow;
use crate::store::{NewNotice, Notice};
use crate::web::Web;
use crate::web::admin::frame::{Frame, Here};
use crate::web::admin::wall::{moment, typed_moment};
use crate::web::desk_pages::frame::send;
use crate::web::desk_pages::times::{Clock, Stamp};
use crate::web::did::{Did, did, did_nothing};
use crate::web::language::PageLang;
use crate::web::page::see;
use crate::web::phone_page::Asset;
use crate::web::who::Admin;
use crate::words::clock;
use askama::Template;
use axum::Form;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::sync::Arc;

/// The scripts of these pages; the second stands on every page of the studio and tells what is closed.
pub static ASSETS: [Asset; 2] = [
    Asset {
        path: "/assets/admin-notices.js",
        content_type: "text/javascript; charset=utf-8",
        text: include_str!("../../assets/admin-notices.js"),
    },
    Asset {
        path: "/assets/admin-closed.js",
        content_type: "text/javascript; charset=utf-8",
        text: include_str!("../../assets/admin-closed.js"),
    },
];

/// A line and its switch.
pub(super) struct Row {
    /// Empty: every line.
    pub(super) line: String,
    pub(super) title: String,
    pub(super) closed: bool,
    /// It is open by its own switch, and every line is closed.
    pub(super) with_all: bool,
    pub(super) by: String,
    pub(super) opens: Option<Stamp>,
    pub(super) texts: Vec<Field>,
}

#[derive(Template)]
#[template(path = "admin_notices_refused.html", config = "src/web/askama.toml")]
struct Refused {
    f: Frame,
    w: &'static Words,
    fault: String,
    theirs: Option<Theirs>,
    row: Row,
    until: String,
    /// When the switch was used last, as it was seen; 0: not at all.
    seen: i64,
}

/// The id of the switch of a line; none: of every line.
fn id_of(line: Option<&str>) -> String {
    line.map_or_else(|| "closed".to_owned(), |line| format!("closed:{line}"))
}

/// Every line with its switch, and one for all of them.
pub(super) fn rows(clock: &Clock, w: &'static Words, flows: &[Arc<Flow>], all: &[Notice]) -> Vec<Row> {
    let each = flows.iter().map(|flow| Some(flow.name.as_str())).chain([None]);
    each.map(|line| row(clock, w, flows, all, line)).collect()
}

fn row(clock: &Clock, w: &'static Words, flows: &[Arc<Flow>], all: &[Notice], line: Option<&str>) -> Row {
    let now = clock.now.as_millisecond();
    let kept = all.iter().find(|notice| notice.put.closes && notice.put.line.as_deref() == line);
    let closed = kept.filter(|notice| notice.put.is_told(now));
    let needed = spoken(flows, line);
    let text = |lang| kept.and_then(|it| it.put.texts.get(&lang).cloned()).unwrap_or_else(|| usual(lang).to_owned());
    Row {
        line: line.unwrap_or_default().to_owned(),
        title: line_title(flows, line, clock.lang, w),
        closed: closed.is_some(),
        with_all: line.is_some() && closed.is_none() && every_is_closed(all, now),
        by: closed.and_then(|it| it.by.as_deref()).map_or_else(String::new, |who| w.closed_by.replace("{who}", who)),
        opens: closed.and_then(|it| it.put.until).map(|until| clock.stamp(moment(until))),
        texts: fields(w, &needed, text).into_iter().filter(|field| field.needed).collect(),
    }
}

fn every_is_closed(all: &[Notice], now: i64) -> bool {
    all.iter().any(|notice| notice.put.closes && notice.put.line.is_none() && notice.put.is_told(now))
}

/// `POST /admin/notices/close`
pub(super) async fn close(
    Admin(person): Admin,
    State(web): State<Web>,
    PageLang(lang): PageLang,
    Form(pairs): Form<Pairs>,
) -> Response {
    let (w, flows, store) = (words::of(lang), web.answerer.flows().live(), web.answerer.store());
    let f = Frame::new(&person, lang, clock::now(), Here::Notices, "/admin/notices")
        .with_script("/assets/admin-notices.js", &form::script(w));
    let line = Some(field(&pairs, "line")).filter(|line| !line.is_empty());
    let (texts, until) = (texts(&pairs), field(&pairs, "until"));
    let clock = f.clock.clone();
    let at = clock.now.as_millisecond();
    let read = || {
        if line.as_ref().is_some_and(|line| !flows.iter().any(|flow| flow.name == *line)) {
            return Err(w.no_line.to_owned());
        }
        all_said(&flows, w, line.as_deref(), &texts)?;
        let until = typed_moment(&clock, &until).map_err(|()| w.bad_time.to_owned())?;
        if until.is_some_and(|until| until <= at) { Err(w.turned.to_owned()) } else { Ok(until) }
    };
    let again = |fault: String, theirs: Option<(Theirs, i64)>| {
        let mut row = row(&clock, w, &flows, &[], line.as_deref());
        for field in &mut row.texts {
            field.text =
                texts.iter().find(|(lang, _)| lang.tag() == field.tag).map_or_else(String::new, |it| it.1.clone());
        }
        let conflict = theirs.is_some();
        let (theirs, seen) = theirs.map_or((None, seen(&pairs)), |(theirs, seen)| (Some(theirs), seen));
        let page = Refused { f, w, fault, theirs, row, until: until.clone(), seen };
        send(if conflict { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY }, &page)
    };
    let ends = match read() {
        Ok(ends) => ends,
        Err(fault) => return again(fault, None),
    };
    let (id, of) = (id_of(line.as_deref()), line.clone().unwrap_or_else(|| "*".to_owned()));
    let (line, texts) = (line.clone(), texts.clone());
    let notice = NewNotice { id, line, texts, from: at, until: ends, closes: true, on: true };
    let done = async {
        let before = store.notice(&notice.id).await?;
        let done = store.close_line(&notice, &person.name, at, seen(&pairs)).await?;
        Ok((done, if done { before } else { store.notice(&notice.id).await? }))
    };
    match done.await {
        Ok((true, before)) => {
            tracing::warn!(line = %of, who = %person.name, "a line was closed: new calls are turned away");
            let before = before.filter(|before| before.put.is_told(at)).map(|before| told(&before.put));
            let (before, after) = (before.or(Some("open".to_owned())), Some(told(&notice)));
            did(see("/admin/notices?said=closed"), Did { what: "line.close", of, before, after })
        }
        Ok((false, Some(kept))) if kept.put.texts == notice.texts && kept.put.until == notice.until => {
            did_nothing(see("/admin/notices?said=was-closed"))
        }
        Ok((false, Some(kept))) => {
            let theirs = Theirs::of(&clock, &flows, w.closed_meanwhile, &kept, &notice);
            again(String::new(), Some((theirs, kept.changed_at)))
        }
        // It was opened again in this moment.
        Ok((false, None)) => again(w.was_open.to_owned(), None),
        Err(error) => failed(lang, &error),
    }
}

/// `POST /admin/notices/open`
pub(super) async fn open(
    Admin(person): Admin,
    State(web): State<Web>,
    PageLang(lang): PageLang,
    Form(pairs): Form<Pairs>,
) -> Response {
    let line = Some(field(&pairs, "line")).filter(|line| !line.is_empty());
    let (id, of) = (id_of(line.as_deref()), line.unwrap_or_else(|| "*".to_owned()));
    let at = clock::now().as_millisecond();
    match web.answerer.store().open_line(&id, &person.name, at).await {
        Ok(true) => {
            tracing::warn!(line = %of, who = %person.name, "a line is open again");
            let (before, after) = (Some("closed".to_owned()), Some("open".to_owned()));
            did(see("/admin/notices?said=opened"), Did { what: "line.open", of, before, after })
        }
        Ok(false) => did_nothing(see("/admin/notices?said=was-open")),
        Err(error) => failed(lang, &error),
    }
}

/// `GET /admin/notices/closed`: what is closed at this moment, for the top of every page.
pub(super) async fn banner(Admin(_): Admin, State(web): State<Web>, PageLang(lang): PageLang) -> Response {
    let (w, flows, at) = (words::of(lang), web.answerer.flows().live(), clock::now().as_millisecond());
    let all = match web.answerer.store().all_notices().await {
        Ok(all) => all,
        Err(error) => return failed(lang, &error),
    };
    let closed = all.iter().filter(|notice| notice.put.closes && notice.put.is_told(at));
    let names: Vec<String> = closed.map(|notice| line_title(&flows, notice.put.line.as_deref(), lang, w)).collect();
    let words = (!names.is_empty()).then(|| w.banner.replace("{lines}", &names.join(" · ")));
    Json(json!({ "words": words })).into_response()
}
