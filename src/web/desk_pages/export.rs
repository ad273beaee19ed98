//! `GET /desk/export.csv` and `.json`: the filtered list for supervisors, sent page by page so that a
//! large one needs no memory. Numbers are masked as everywhere.

use super::failure;
use super::filter::{Asked, Pairs};
use super::frame::{Frame, Here};
use super::list::shows_trials;
use crate::desk::{Desk, Filter, Page, Section};
use crate::store::{Person, Request};
use crate::web::Web;
use crate::web::language::PageLang;
use crate::web::who::Supervisor;
use crate::words::{Lang, Phone, clock};
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream::{once, unfold};
use futures_util::{StreamExt, TryStreamExt};
use serde::Serialize;
use std::future::ready;

/// How many are read at once.
const PAGE: u32 = 500;

const COLUMNS: [&str; 19] = [
    "reference",
    "kind",
    "topic",
    "skill",
    "line",
    "language",
    "priority",
    "level",
    "state",
    "reason",
    "holder",
    "account",
    "number",
    "filed",
    "due",
    "ready",
    "updated",
    "attempts",
    "test",
];

/// A line of the export.
#[derive(Serialize)]
struct Line<'a> {
    reference: &'a str,
    kind: &'a str,
    topic: &'a str,
    skill: &'a str,
    line: &'a str,
    language: &'static str,
    priority: &'static str,
    level: u8,
    state: &'static str,
    reason: Option<&'a str>,
    holder: Option<&'a str>,
    account: Option<&'a str>,
    number: Option<String>,
    filed: String,
    due: String,
    ready: String,
    updated: String,
    attempts: u32,
    test: bool,
}

#[derive(Clone, Copy)]
enum Form {
    Csv,
    Json,
}

/// `GET /desk/export.csv`
pub(super) async fn sheet(
    State(web): State<Web>,
    Supervisor(person): Supervisor,
    Query(pairs): Query<Pairs>,
    PageLang(lang): PageLang,
) -> Response {
    export(web, &person, &pairs, lang, Form::Csv).await
}

/// `GET /desk/export.json`
pub(super) async fn json(
    State(web): State<Web>,
    Supervisor(person): Supervisor,
    Query(pairs): Query<Pairs>,
    PageLang(lang): PageLang,
) -> Response {
    export(web, &person, &pairs, lang, Form::Json).await
}

async fn export(web: Web, person: &Person, pairs: &Pairs, lang: Lang, form: Form) -> Response {
    let filter = Asked::read(pairs, person, shows_trials(&web)).filter;
    let first = match web.desk.list(&filter, &Section::All, Page { skip: 0, limit: PAGE }).await {
        Ok(first) => first,
        Err(error) => {
            let f = Frame::new(person, lang, clock::now(), Here::Failure, "/desk/overview");
            return failure::page(f, &error);
        }
    };
    let (head, tail, kind, name) = match form {
        Form::Csv => (csv_head(), "", "text/csv; charset=utf-8", "callbacks.csv"),
        Form::Json => ("[".to_owned(), "\n]\n", "application/json", "callbacks.json"),
    };
    let rest = pages(web.desk.clone(), filter, first, form);
    let body = once(ready(Ok(Bytes::from(head)))).chain(rest).chain(once(ready(Ok(Bytes::from(tail)))));
    let attachment = format!("attachment; filename=\"{name}\"");
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, attachment)];
    (headers, Body::from_stream(body)).into_response()
}

/// The lines, page by page. What fails in the middle breaks the connection: a cut file is not whole.
fn pages(
    desk: Desk,
    filter: Filter,
    first: Vec<Request>,
    form: Form,
) -> impl futures_util::Stream<Item = Result<Bytes, crate::desk::DeskError>> {
    let written = move |requests: &[Request], skipped: usize| {
        let lines = requests.iter().enumerate().map(|(at, request)| match form {
            Form::Csv => csv_line(request),
            Form::Json => json_line(request, skipped + at == 0),
        });
        Bytes::from(lines.collect::<String>())
    };
    unfold((Some(first), 0usize), move |(page, skipped)| {
        let (desk, filter) = (desk.clone(), filter.clone());
        async move {
            let page = page?;
            let (bytes, skip) = (written(&page, skipped), skipped + page.len());
            let more = page.len() == PAGE as usize;
            let at = Page { skip: u32::try_from(skip).unwrap_or(u32::MAX), limit: PAGE };
            let next = if more { Some(desk.list(&filter, &Section::All, at).await) } else { None };
            match next.transpose() {
                Ok(next) => Some((Ok(bytes), (next, skip))),
                Err(error) => Some((Err(error), (None, skip))),
            }
        }
    })
    .inspect_err(|error| tracing::error!(%error, "an export was broken off"))
}

fn line(request: &Request) -> Line<'_> {
    Line {
        reference: request.reference.as_str(),
        kind: &request.kind,
        topic: &request.topic,
        skill: &request.skill,
        line: &request.line,
        language: request.lang.tag(),
        priority: request.priority.word(),
        level: request.level.into(),
        state: request.state.word(),
        reason: request.reason.as_deref(),
        holder: request.holder.as_deref(),
        account: request.account.as_deref(),
        number: request.number.as_deref().and_then(|n| Phone::parse(n, None)).map(|phone| phone.masked()),
        filed: request.filed_at.to_string(),
        due: request.due.to_string(),
        ready: request.ready_at.to_string(),
        updated: request.updated_at.to_string(),
        attempts: request.attempts,
        test: request.test,
    }
}

/// The mark by which spreadsheets know UTF-8, and the names.
fn csv_head() -> String {
    format!("\u{feff}{}\r\n", COLUMNS.join(","))
}

fn csv_line(request: &Request) -> String {
    let l = line(request);
    let none = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let (level, attempts, test) = (l.level.to_string(), l.attempts.to_string(), l.test.to_string());
    let cells: [String; COLUMNS.len()] = [
        l.reference.into(),
        l.kind.into(),
        l.topic.into(),
        l.skill.into(),
        l.line.into(),
        l.language.into(),
        l.priority.into(),
        level,
        l.state.into(),
        none(l.reason),
        none(l.holder),
        none(l.account),
        none(l.number.as_deref()),
        l.filed,
        l.due,
        l.ready,
        l.updated,
        attempts,
        test,
    ];
    cells.map(|text| cell(&text)).join(",") + "\r\n"
}

/// A cell that a spreadsheet takes for text and nothing else (RFC 4180).
fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    let quoted = text.replace('"', "\"\"");
    if guard.is_empty() && !text.contains(['"', ',', '\n', '\r', ';']) {
        quoted
    } else {
        format!("\"{guard}{quoted}\"")
    }
}

fn json_line(request: &Request, first: bool) -> String {
    let text = serde_json::to_string(&line(request)).unwrap_or_else(|_| "null".into());
    format!("{}\n{text}", if first { "" } else { "," })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_runs_nothing_of_an_export() {
        for (text, written) in [
            ("plain", "plain"),
            ("", ""),
            ("=1+1", "\"'=1+1\""),
            ("+86 *** 8000", "\"'+86 *** 8000\""),
            ("-2", "\"'-2\""),
            ("@cmd", "\"'@cmd\""),
            ("\tx", "\"'\tx\""),
            ("\rx", "\"'\rx\""),
            ("a,\"b\"", "\"a,\"\"b\"\"\""),
            ("a\nb", "\"a\nb\""),
        ] {
            assert_eq!(cell(text), written, "{text:?}");
        }
    }

    #[test]
    fn every_column_of_the_table_is_a_field_of_the_json() {
        let request = crate::web::desk_pages::tests::request();
        let json: serde_json::Value = serde_json::from_str(&json_line(&request, true)).unwrap();
        assert!(COLUMNS.iter().all(|column| json.get(column).is_some()));
        assert_eq!(json.as_object().unwrap().len(), COLUMNS.len());
        assert_eq!(csv_line(&request).matches(',').count(), COLUMNS.len() - 1);
        assert!(!json_line(&request, true).contains("13800138000"), "numbers are masked");
    }
}
