//! `GET /admin/log.csv`: the filtered log, sent page by page so that a long one needs no memory.

use super::{Asked, failed, page};
use crate::store::{LogFilter, LogRow, Store};
use crate::web::Web;
use crate::web::admin::frame::{Frame, Here};
use crate::web::admin::wall::moment;
use crate::web::admin::wanted::Wanted;
use crate::web::did::{Did, did};
use crate::web::language::PageLang;
use crate::web::who::Admin;
use crate::words::clock;
use crate::words::sheet::text_alone;
use axum::BoxError;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt;
use futures_util::stream::unfold;

/// Rows read at once.
const PAGE: u32 = 500;

const COLUMNS: [&str; 9] = ["seq", "at", "who", "from", "what", "of", "before", "after", "erased"];

/// `GET /admin/log.csv`
pub(super) async fn sheet(
    Admin(person): Admin,
    State(web): State<Web>,
    PageLang(lang): PageLang,
    Wanted(asked): Wanted<Asked>,
) -> Response {
    let f = Frame::new(&person, lang, clock::now(), Here::Log, "/admin/log");
    // A file of everything is not what was asked for: the page says which time cannot be read.
    let Ok(filter) = asked.filter(&f.clock) else { return page(&web, &person, lang, asked, false).await };
    let store = web.answerer.store().clone();
    let first = match store.log(&filter, None, PAGE).await {
        Ok(first) => first,
        Err(error) => return failed(lang, &error),
    };
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"log.csv\""),
    ];
    let response = (headers, Body::from_stream(pages(store, filter, first))).into_response();
    did(response, Did { what: "export", of: "/admin/log.csv".to_owned(), before: None, after: Some(asked.query()) })
}

fn pages(
    store: Store,
    filter: LogFilter,
    first: Vec<LogRow>,
) -> impl futures_util::Stream<Item = Result<Bytes, BoxError>> {
    unfold((Some(first), true), move |(page, is_first)| {
        let (store, filter) = (store.clone(), filter.clone());
        async move {
            let page = page?;
            let behind = page.last().filter(|_| page.len() == PAGE as usize).map(|last| last.seq);
            let next = match behind {
                Some(behind) => store.log(&filter, Some(behind), PAGE).await.map(Some),
                None => Ok(None),
            };
            match (lines(&page, is_first), next) {
                (Ok(written), Ok(next)) => Some((Ok(Bytes::from(written)), (next, false))),
                (Err(error), _) => Some((Err(BoxError::from(error)), (None, false))),
                (_, Err(error)) => Some((Err(error.into()), (None, false))),
            }
        }
    })
    .inspect_err(|error| tracing::error!(%error, "an export of the log was broken off"))
}

/// The first begin with the mark by which spreadsheets know UTF-8, and the names.
fn lines(page: &[LogRow], is_first: bool) -> Result<Vec<u8>, csv::Error> {
    let mark = if is_first { "\u{feff}" } else { "" };
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(mark.as_bytes().to_vec());
    if is_first {
        csv.write_record(COLUMNS)?;
    }
    for LogRow { seq, at, who, place, what, of, before, after, erased } in page {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let (at, before, after) = (moment(*at).to_string(), text(before), text(after));
        let cells = [seq.to_string(), at, who.clone(), place.clone(), what.clone(), of.clone(), before, after];
        csv.write_record(cells.map(text_alone).into_iter().chain([erased.to_string()]))?;
    }
    csv.into_inner().map_err(|error| error.into_error().into())
}
