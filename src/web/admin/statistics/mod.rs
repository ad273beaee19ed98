//! `/admin/statistics`: what callers do, as pictures with their numbers beside them, and as a table for
//! those who count. Everything is read from what was rolled up; no call is looked at.

mod asked;
mod csv;
mod figures;
mod live;
mod page;
mod subjects;
mod words;

use super::flows::picture::shown_language;
use super::frame::{Frame, Here};
use crate::flow::Flow;
use crate::flow::chart::chart;
use crate::store::{ReleaseState, Store, StoreError};
use crate::web::desk_pages::frame::send;
use crate::web::desk_pages::times::Clock;
use crate::web::language::PageLang;
use crate::web::phone_page::Asset;
use crate::web::titles::titled;
use crate::web::who::Admin;
use crate::web::{Doors, Web};
use crate::words::{Role, clock};
use asked::Asked;
use axum::extract::{Query, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use figures::Figures;
use page::{Found, Page, TroublePage};
use std::collections::HashMap;
use std::sync::Arc;

/// Versions one can choose from.
const VERSIONS: u32 = 50;
/// What a picture may do when it is looked at alone: nothing but have its own style.
const PICTURE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/// The files the page loads.
pub static ASSETS: [Asset; 1] = [Asset {
    path: SCRIPT,
    content_type: "text/javascript; charset=utf-8",
    text: include_str!("../../assets/admin-statistics.js"),
}];
const SCRIPT: &str = "/assets/admin-statistics.js";

/// The addresses.
pub fn doors(doors: Doors) -> Doors {
    let admin = Some(Role::Admin);
    doors
        .open(Method::GET, "/admin/statistics", admin, figures_page)
        .open(Method::GET, "/admin/statistics.csv", admin, sheet)
        .open(Method::GET, "/admin/statistics.svg", admin, picture)
        .open(Method::GET, "/admin/flows/{flow}/live.json", admin, live::live)
}

type Pairs = Vec<(String, String)>;

/// `GET /admin/statistics`
async fn figures_page(
    State(web): State<Web>,
    Admin(person): Admin,
    Query(pairs): Query<Pairs>,
    PageLang(lang): PageLang,
) -> Response {
    let lines = lines(&web);
    let mut f = Frame::new(&person, lang, clock::now(), Here::Statistics, "/admin/statistics");
    let asked = Asked::read(&pairs, &f.clock, &lines);
    f.address = format!("/admin/statistics?{}", asked.query());
    let w = words::of(lang);
    if lines.is_empty() {
        return send(StatusCode::OK, &TroublePage { f, w, words: w.no_line });
    }
    match found(&web, &asked, &f.clock).await {
        Ok(found) => {
            let f = f.with_script(SCRIPT, &());
            let titles = web.answerer.flows().live();
            let titles = titles.iter().map(|flow| (flow.name.clone(), titled(Some(flow), &flow.name, lang)));
            let unclear = asked.unclear(&pairs, &lines).map(|name| w.unclear(name));
            let status = if unclear.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            let mut page = Page::of(f, w, &asked, titles.collect(), found);
            page.unclear = unclear;
            send(status, &page)
        }
        Err(error) => {
            tracing::error!(%error, "figures could not be read");
            send(StatusCode::SERVICE_UNAVAILABLE, &TroublePage { f, w, words: w.failed })
        }
    }
}

async fn found(web: &Web, asked: &Asked, clock: &Clock) -> Result<Found, StoreError> {
    let (store, at) = (web.answerer.store(), clock.now.as_millisecond());
    let span = asked.span(&asked.version);
    let (mut beside, mut promised) = (None, vec![store.promised(&span, at).await?]);
    if !asked.beside.is_empty() {
        let span = asked.span(&asked.beside);
        beside = Some(Figures::of(&store.tallied(&span).await?));
        promised.push(store.promised(&span, at).await?);
    }
    Ok(Found {
        flow: drawn(web, asked).await?,
        figures: Figures::of(&store.tallied(&span).await?),
        beside,
        hours: store.tallied_hours(&span).await?,
        versions: store.tallied_versions(&asked.line, VERSIONS).await?,
        numbers: numbers(store, &asked.line).await?,
        promised,
        about: store.asked_about(&span).await?,
    })
}

/// The numbers of the versions that calls were on: one that was taken back to has several.
pub(super) async fn numbers(store: &Store, line: &str) -> Result<HashMap<String, Vec<i64>>, StoreError> {
    let heard = [ReleaseState::Out, ReleaseState::Trial, ReleaseState::Stopped];
    let mut numbers: HashMap<String, Vec<i64>> = HashMap::new();
    for row in store.releases(line).await?.into_iter().rev().filter(|row| heard.contains(&row.state)) {
        numbers.entry(row.digest).or_default().push(row.number);
    }
    Ok(numbers)
}

/// `GET /admin/statistics.svg`: the flow with the share of callers on each way.
async fn picture(
    State(web): State<Web>,
    Admin(person): Admin,
    Query(pairs): Query<Pairs>,
    PageLang(lang): PageLang,
) -> Response {
    let f = Frame::new(&person, lang, clock::now(), Here::Statistics, "/admin/statistics");
    let asked = Asked::read(&pairs, &f.clock, &lines(&web));
    let read = async {
        let flow = drawn(&web, &asked).await?;
        Ok::<_, StoreError>((flow, web.answerer.store().tallied(&asked.span(&asked.version)).await?))
    };
    match read.await {
        Ok((Some(flow), tallied)) => {
            let shares = Figures::of(&tallied).shares(&flow);
            let svg = chart(&flow, shown_language(&flow, None, lang)).with_shares(&shares).svg();
            let headers = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CONTENT_SECURITY_POLICY, PICTURE_POLICY)];
            (headers, svg).into_response()
        }
        Ok((None, _)) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "figures could not be drawn");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// The version that is asked for, else the one in service.
async fn drawn(web: &Web, asked: &Asked) -> Result<Option<Arc<Flow>>, StoreError> {
    let flows = web.answerer.flows();
    Ok(match asked.version.as_str() {
        "" => flows.live_one(&asked.line),
        digest => flows.version(digest, web.answerer.store()).await?.filter(|flow| flow.name == asked.line),
    })
}

/// `GET /admin/statistics.csv`: 422 with words for what cannot be meant.
async fn sheet(
    State(web): State<Web>,
    Admin(person): Admin,
    Query(pairs): Query<Pairs>,
    PageLang(lang): PageLang,
) -> Response {
    let f = Frame::new(&person, lang, clock::now(), Here::Statistics, "/admin/statistics");
    let lines = lines(&web);
    let asked = Asked::read(&pairs, &f.clock, &lines);
    // A page shows what it is of, too; a file is read later, by somebody who takes it for what was asked.
    if let Some(name) = asked.unclear(&pairs, &lines) {
        return (StatusCode::UNPROCESSABLE_ENTITY, words::of(lang).unclear(name)).into_response();
    }
    let store = web.answerer.store();
    let read = async {
        let (mut parts, mut known) = (Vec::new(), numbers(store, &asked.line).await?);
        let is_known = |digest: &String| digest.is_empty() || known.contains_key(digest);
        if !is_known(&asked.version) || !is_known(&asked.beside) {
            return Ok(None);
        }
        for digest in [&asked.version, &asked.beside] {
            if parts.is_empty() || !digest.is_empty() {
                let span = asked.span(digest);
                let (tallied, hours) = (store.tallied(&span).await?, store.tallied_hours(&span).await?);
                let promised = store.promised(&span, f.clock.now.as_millisecond()).await?;
                let about = store.asked_about(&span).await?;
                let numbers = known.remove(digest).unwrap_or_default();
                parts.push(csv::Part { digest: digest.clone(), numbers, tallied, hours, promised, about });
            }
        }
        Ok::<_, StoreError>(Some(parts))
    };
    let written = match read.await {
        Ok(None) => return (StatusCode::UNPROCESSABLE_ENTITY, words::of(lang).bad_version).into_response(),
        Ok(Some(parts)) => csv::sheet(&asked, &parts).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match written {
        Ok(written) => {
            let name = "attachment; filename=\"statistics.csv\"";
            ([(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, name)], written)
                .into_response()
        }
        Err(error) => {
            tracing::error!(%error, "figures could not be written");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// The lines in service, by their names.
fn lines(web: &Web) -> Vec<String> {
    web.answerer.flows().live().iter().map(|flow| flow.name.clone()).collect()
}
