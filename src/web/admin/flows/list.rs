//! `GET /admin`: every hotline with what is live, what is being worked on, and what is wrong.

use super::failure;
use super::problems::told_at;
use super::versions::{state_words, trial_words};
use super::words::{self, Words, fill};
use crate::flow::told::Told;
use crate::store::{FROM_FILES, Person};
use crate::studio::{StudioError, Version, VersionState};
use crate::web::Web;
use crate::web::admin::frame::{Frame, Here};
use crate::web::desk_pages::frame::send;
use crate::web::desk_pages::times::Moment;
use crate::web::language::PageLang;
use crate::web::page::in_query;
use crate::web::titles::titled;
use crate::web::who::Admin;
use crate::words::{Lang, clock};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;

#[derive(Template)]
#[template(path = "admin_flows.html", config = "src/web/askama.toml")]
struct ListPage {
    f: Frame,
    w: &'static Words,
    rows: Vec<Row>,
    /// What is wrong in the files as they are on disk: the place, what it is, how to mend it.
    problems: Vec<(String, Told, Told)>,
}

/// A hotline.
struct Row {
    name: String,
    address: String,
    title: String,
    title_lang: &'static str,
    /// Number, who and when of the version in service.
    live: Option<(String, String, Moment)>,
    trial: Option<String>,
    /// What waits: scheduled, or for approval.
    waits: Vec<String>,
    draft: Option<(String, Option<Moment>)>,
    blocking: usize,
    disk: bool,
}

/// `GET /admin`
pub(super) async fn page(State(web): State<Web>, Admin(person): Admin, PageLang(lang): PageLang) -> Response {
    let f = Frame::new(&person, lang, clock::now(), Here::Flows, "/admin");
    match rows(&web, &person, lang, &f).await {
        Ok(rows) => {
            let problems = web.answerer.flows().problems().iter().map(|problem| told_at(lang, problem)).collect();
            send(StatusCode::OK, &ListPage { f, w: words::of(lang), rows, problems })
        }
        Err(error) => failure::page(&person, lang, "/admin", &error),
    }
}

async fn rows(web: &Web, person: &Person, lang: Lang, f: &Frame) -> Result<Vec<Row>, StudioError> {
    let w = words::of(lang);
    let moment = |ms: i64| Timestamp::from_millisecond(ms).map(|at| f.clock.ago(at)).ok();
    let mut rows = Vec::new();
    for flow in web.answerer.flows().live() {
        let draft = web.studio.draft(&flow.name).await?;
        let versions = web.studio.versions(&flow.name).await?;
        let (title, title_lang) = titled(Some(&flow), &flow.name, lang);
        let waits = [VersionState::Waiting, VersionState::Scheduled];
        let live = versions.iter().find(|version| version.state == VersionState::Live);
        let waiting = versions.iter().filter(|version| waits.contains(&version.state));
        let blocking = if draft.is_empty() {
            0
        } else {
            web.studio.check(&draft).await?.iter().filter(|problem| problem.blocks()).count()
        };
        rows.push(Row {
            address: format!("/admin/flows/{}", in_query(&flow.name)),
            live: live.and_then(|it| Some((number(w, it), who(w, it), moment(it.at)?))),
            trial: versions
                .iter()
                .find(|version| version.state == VersionState::Trial)
                .map(|version| trial_words(w, version)),
            waits: waiting.map(|version| state_words(w, &f.clock, version)).collect(),
            draft: (!draft.is_empty()).then(|| (draft.by.clone().unwrap_or_default(), draft.at.and_then(moment))),
            blocking,
            disk: web.studio.on_disk(&flow.name).await?.is_some(),
            name: flow.name.clone(),
            title,
            title_lang,
        });
    }
    tracing::debug!(person = %person.name, hotlines = rows.len(), "hotlines are listed");
    Ok(rows)
}

/// The number of a version, in words.
pub(super) fn number(w: &Words, version: &Version) -> String {
    fill(w.version_n, &[("n", &version.number.to_string())])
}

/// Who made a version.
pub(super) fn who(w: &Words, version: &Version) -> String {
    named(w, &version.who).to_owned()
}

/// Somebody by sign-in name, or the files.
pub(super) fn named<'a>(w: &Words, who: &'a str) -> &'a str {
    if who == FROM_FILES { w.by_files } else { who }
}
