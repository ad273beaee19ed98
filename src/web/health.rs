//! Alive, ready, and what is counted.

use super::Web;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// `GET /healthz`: the process answers.
pub async fn alive() -> &'static str {
    "alive\n"
}

/// `GET /readyz`: calls can be taken. The cause stands in the log; outside only what kind it is.
pub async fn ready(State(web): State<Web>) -> Response {
    if web.is_draining() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping: no new calls\n").into_response();
    }
    if web.answerer.flows().live().is_empty() {
        return (StatusCode::SERVICE_UNAVAILABLE, "no flow is in service: run `hotline check`\n").into_response();
    }
    match web.answerer.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not take writes: see the log\n").into_response()
        }
    }
}

/// `GET /metrics`: in Prometheus' text form.
pub async fn metrics(State(web): State<Web>) -> Response {
    let store = web.answerer.store();
    let counted =
        async { Ok::<_, crate::store::StoreError>((store.open_calls().await?, store.requests_by_state().await?)) };
    match counted.await {
        Ok((open, requests)) => {
            let requests: Vec<(&'static str, i64)> = requests.into_iter().map(|(state, n)| (state.word(), n)).collect();
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], web.answerer.meters().page(open, &requests)).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "nothing could be counted");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer: see the log\n").into_response()
        }
    }
}
