//! `GET /desk/export.csv` and `.json`: the filtered list for supervisors, sent page by page so that a
//! large one needs no memory. Numbers are masked as everywhere.

use super::failure;
use super::filter::{Asked, Pairs};
use super::frame::{Frame, Here};
use super::list::shows_trials;
use crate::desk::{DeskError, Filter, Section};
use crate::store::{Behind, Person, Request, Store};
use crate::web::Web;
use crate::web::did::{Did, did};
use crate::web::language::PageLang;
use crate::web::who::Supervisor;
use crate::words::phone::masked_in;
use crate::words::sheet::text_alone;
use crate::words::{Lang, Phone, clock};
use axum::BoxError;
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
    reason: Option<String>,
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
    let (store, now) = (web.answerer.store().clone(), clock::now());
    let first = match store.list_behind(&filter, &Section::All, None, PAGE, now.as_millisecond()).await {
        Ok(first) => first,
        Err(error) => {
            let f = Frame::new(person, lang, now, Here::Failure, "/desk/overview");
            return failure::page(f, &DeskError::from(error));
        }
    };
    let (tail, kind, name) = match form {
        Form::Csv => ("", "text/csv; charset=utf-8", "callbacks.csv"),
        Form::Json => ("\n]\n", "application/json", "callbacks.json"),
    };
    let lines = pages(store, filter, now.as_millisecond(), first, form);
    let body = lines.chain(once(ready(Ok(Bytes::from(tail)))));
    let attachment = format!("attachment; filename=\"{name}\"");
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, attachment)];
    let asked = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ");
    let exported = Did { what: "export", of: format!("/desk/export/{name}"), before: None, after: Some(asked) };
    did((headers, Body::from_stream(body)).into_response(), exported)
}

/// The lines, page by page, each behind the last one's place: what changes meanwhile pushes no other
/// out or in twice. What fails in the middle breaks the connection: a cut file is not whole.
fn pages(
    store: Store,
    filter: Filter,
    at: i64,
    first: Vec<Request>,
    form: Form,
) -> impl futures_util::Stream<Item = Result<Bytes, BoxError>> {
    unfold((Some(first), true), move |(page, is_first)| {
        let (store, filter) = (store.clone(), filter.clone());
        async move {
            let page = page?;
            let is_full = page.len() == PAGE as usize;
            let behind = page.last().filter(|_| is_full).map(|last| Behind::of(last, &Section::All, at));
            let next = match &behind {
                Some(behind) => store.list_behind(&filter, &Section::All, Some(behind), PAGE, at).await.map(Some),
                None => Ok(None),
            };
            let written = match form {
                Form::Csv => csv_lines(&page, is_first).map_err(BoxError::from),
                Form::Json => Ok(json_lines(&page, is_first)),
            };
            match (written, next) {
                (Ok(written), Ok(next)) => Some((Ok(Bytes::from(written)), (next, false))),
                (Err(error), _) => Some((Err(error), (None, false))),
                (_, Err(error)) => Some((Err(error.into()), (None, false))),
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
        reason: request.reason.as_deref().map(masked_in),
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

/// The first begin with the mark by which spreadsheets know UTF-8, and the names.
fn csv_lines(page: &[Request], is_first: bool) -> Result<Vec<u8>, csv::Error> {
    let mark = if is_first { "\u{feff}" } else { "" };
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(mark.as_bytes().to_vec());
    if is_first {
        csv.write_record(COLUMNS)?;
    }
    for request in page {
        csv.write_record(cells(request))?;
    }
    csv.into_inner().map_err(|error| error.into_error().into())
}

fn cells(request: &Request) -> [String; COLUMNS.len()] {
    let l = line(request);
    let none = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let (level, attempts, test) = (l.level.to_string(), l.attempts.to_string(), l.test.to_string());
    let cells = [
        l.reference.into(),
        l.kind.into(),
        l.topic.into(),
        l.skill.into(),
        l.line.into(),
        l.language.into(),
        l.priority.into(),
        level,
        l.state.into(),
        none(l.reason.as_deref()),
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
    cells.map(text_alone)
}

fn json_lines(page: &[Request], is_first: bool) -> Vec<u8> {
    let mut lines = if is_first { "[" } else { "" }.to_owned();
    for (at, request) in page.iter().enumerate() {
        let text = serde_json::to_string(&line(request)).unwrap_or_else(|_| "null".into());
        lines += &format!("{}\n{text}", if is_first && at == 0 { "" } else { "," });
    }
    lines.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_runs_nothing_of_an_export() {
        for text in ["=1+1", "+86 *** 8000", "-2", "@cmd", "\tx", "\rx", "\nx", "＝1+1", "＋1", "－2", "＠cmd"] {
            assert_eq!(text_alone(text.to_owned()), format!("'{text}"));
        }
        for text in ["plain", "", "a=b"] {
            assert_eq!(text_alone(text.to_owned()), text);
        }
    }

    #[test]
    fn every_column_of_the_table_is_a_field_of_the_json() {
        let requests = [crate::web::desk_pages::tests::request()];
        let mut json = String::from_utf8(json_lines(&requests, true)).unwrap();
        json.push(']');
        let json: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
        assert!(COLUMNS.iter().all(|column| json[0].get(column).is_some()));
        assert_eq!(json[0].as_object().unwrap().len(), COLUMNS.len());
        let table = csv_lines(&requests, true).unwrap();
        assert_eq!(table[..3], *"\u{feff}".as_bytes());
        let mut table = csv::Reader::from_reader(&table[3..]);
        assert_eq!(table.headers().unwrap(), &COLUMNS[..]);
        let row = table.records().next().unwrap().unwrap();
        assert_eq!((row.len(), &row[0]), (COLUMNS.len(), requests[0].reference.as_str()));
        assert!(!json[0].to_string().contains("13800138000"), "numbers are masked");
    }
}
