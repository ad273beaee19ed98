//! `GET /admin/flows/{flow}/live.json`: where callers are now, and from where they left today.

use crate::call;
use crate::store::{Span, Store, StoreError};
use crate::web::Web;
use crate::web::desk_pages::times::zone;
use crate::web::who::Admin;
use crate::words::clock;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::collections::BTreeMap;

/// Open calls looked at, the newest.
const CALLS: u32 = 2_000;
const HOUR: i64 = 3_600_000;

/// How many callers, by step as a call names it: `main`, `call-me-back/number`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub(in crate::web) struct Live {
    /// Who are there now.
    now: BTreeMap<String, u64>,
    /// Who hung up there today.
    left: BTreeMap<String, u64>,
}

/// `GET /admin/flows/{flow}/live.json`
pub(super) async fn live(State(web): State<Web>, Admin(person): Admin, Path(flow): Path<String>) -> Response {
    let zone = person.zone.as_deref().and_then(zone).unwrap_or(TimeZone::UTC);
    match read(web.answerer.store(), &flow, clock::now(), &zone).await {
        Ok(live) => Json(live).into_response(),
        Err(error) => {
            tracing::error!(%error, "where callers are could not be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// Where callers of a line are now, and from where they left since midnight in a zone.
pub(in crate::web) async fn read(
    store: &Store,
    line: &str,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<Live, StoreError> {
    let mut live = Live::default();
    for state in store.states_now(line, CALLS).await? {
        // A call of a newer server, whose state is not known here, is nowhere.
        if let Ok(state) = serde_json::from_str::<call::State>(&state) {
            *live.now.entry(state.place()).or_default() += 1;
        }
    }
    let midnight = now.to_zoned(zone.clone()).start_of_day().map_or(now, |midnight| midnight.timestamp());
    let from = midnight.as_millisecond().div_euclid(HOUR) * HOUR;
    let span = Span { line: line.to_owned(), from, to: from + 26 * HOUR, ..Span::default() };
    for tallied in store.tallied(&span).await?.into_iter().filter(|tallied| tallied.what == "hung") {
        live.left.insert(tallied.of, u64::try_from(tallied.n).unwrap_or(0));
    }
    Ok(live)
}
