//! The browser phone: calls any line from a page.

use super::{Web, desk_pages};
use super::phone_page::{ASSETS, CONTENT_SECURITY_POLICY, DemoCaller, Line, PhonePage, shut_html, state_note};
use crate::call::step::phrase_text;
use crate::words::Lang;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

/// `?lang=ja-JP`: the language of the page.
#[derive(Deserialize)]
pub struct Shown {
    lang: Option<String>,
}

/// The languages pages are written in; the first is for whoever asks for another.
const PAGES: [Lang; 3] = [Lang::EnUs, Lang::ZhCn, Lang::JaJp];

/// `GET /`: the way in.
pub async fn front() -> Redirect {
    Redirect::temporary("/phone")
}

/// `GET /phone`: the phone, or why it is shut.
pub async fn page(State(web): State<Web>, Query(shown): Query<Shown>, headers: HeaderMap) -> Response {
    let lang = page_language(shown.lang.as_deref(), &headers);
    let Some(open) = &web.phone else {
        return html(StatusCode::FORBIDDEN, shut_html(lang));
    };
    let title = |flow: &crate::flow::Flow| {
        let shown = if flow.languages.contains(&lang) { Some(lang) } else { flow.languages.first().copied() };
        shown.and_then(|lang| flow.title.get(lang)).map_or_else(|| flow.name.clone(), phrase_text)
    };
    let lines = &web.answerer.lines().0;
    let live = web.answerer.flows().live();
    let listed = live.iter().map(|flow| Line {
        name: flow.name.clone(),
        title: title(flow),
        dialled: lines
            .iter()
            .find(|line| line.flow == flow.name)
            .map_or_else(|| flow.name.clone(), |line| line.number.clone()),
        languages: flow.languages.clone(),
    });
    let callers = open.callers.iter().map(|caller| DemoCaller {
        name: caller.name.clone(),
        number: caller.number.clone(),
        account: caller.account.clone(),
        pin: caller.pin.clone(),
        knowledge: caller.knowledge.clone(),
        note: state_note(lang, &caller.state),
    });
    let page = PhonePage { lang, lines: listed.collect(), demo_callers: callers.collect(), token: open.token.clone() };
    html(StatusCode::OK, page.html())
}

/// `GET /assets/{file}`: scripts and styles, compiled into the binary.
pub async fn asset(Path(file): Path<String>) -> Response {
    match ASSETS.iter().chain(&desk_pages::ASSETS).find(|asset| asset.path.strip_prefix("/assets/") == Some(&file)) {
        Some(asset) => ([(header::CONTENT_TYPE, asset.content_type)], asset.text).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn html(status: StatusCode, page: Result<String, askama::Error>) -> Response {
    match page {
        Ok(page) => (status, [(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY)], Html(page)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            (StatusCode::INTERNAL_SERVER_ERROR, "this page could not be shown: see the log\n").into_response()
        }
    }
}

/// The language asked for in the address, else the first of the browser's that we write.
fn page_language(asked: Option<&str>, headers: &HeaderMap) -> Lang {
    let written = |tag: &str| {
        let tag = tag.trim();
        PAGES
            .into_iter()
            .find(|lang| lang.tag().eq_ignore_ascii_case(tag) || lang.tag().split('-').next() == tag.split('-').next())
    };
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut accepted = accepted.split(',').filter_map(|part| part.split(';').next());
    asked.and_then(written).or_else(|| accepted.find_map(written)).unwrap_or(PAGES[0])
}
