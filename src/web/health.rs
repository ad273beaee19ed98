//! Alive, ready, and what is counted.

use super::Web;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// `GET /healthz`: the process answers.
pub async fn alive() -> &'static str {
    "alive\n"
}

/// Problems of flow files told at most.
const PROBLEMS: usize = 50;

/// `GET /readyz`: calls can be taken; and what is wrong in the flow files, which keeps no call from
/// being taken. A server that asks callers to hold is ready all the same: it serves as many as it can,
/// and taken away from the balancer it would leave all of its calls to others that are as full.
/// Why calls cannot be taken stands in the log; outside only what kind it is.
pub async fn ready(State(web): State<Web>) -> Response {
    if web.is_draining() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping: no new calls\n").into_response();
    }
    if web.answerer.flows().live().is_empty() {
        return (StatusCode::SERVICE_UNAVAILABLE, "no flow is in service: run `hotline check`\n").into_response();
    }
    match web.answerer.ready().await {
        Ok(()) => format!("ready\n{}", problems(&web)).into_response(),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not take writes: see the log\n").into_response()
        }
    }
}

/// What is wrong in the flow files, nothing when all is well.
fn problems(web: &Web) -> String {
    let problems = web.answerer.flows().problems();
    if problems.is_empty() {
        return String::new();
    }
    let mut told = format!("problems in flow files: {}; what was in service before stays\n", problems.len());
    for problem in problems.iter().take(PROBLEMS) {
        told += &format!("{problem}\n");
    }
    told
}

/// `GET /metrics`: in Prometheus' text form.
pub async fn metrics(State(web): State<Web>) -> Response {
    web.answerer.count_inside();
    let store = web.answerer.store();
    let counted = async {
        let (open, requests) = (store.open_calls().await?, store.requests_by_state().await?);
        Ok::<_, crate::store::StoreError>((open, requests, store.outbox_counts().await?))
    };
    match counted.await {
        Ok((open, requests, outbox)) => {
            let requests: Vec<(&'static str, i64)> = requests.into_iter().map(|(state, n)| (state.word(), n)).collect();
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], web.answerer.meters().page(open, &requests, &outbox)).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "nothing could be counted");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer: see the log\n").into_response()
        }
    }
}
