//! Webhooks: HTTP into `answer`, and what it says back into HTTP.

use super::Web;
use crate::answer::{Knock, Reply};
use crate::provider::{Document, LegPlace, Place, Probe, Provider, Refused, Seen, Webhook};
use crate::words::{CallId, Lang};
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

/// `?flow=NAME&version=DIGEST` on the inbound address.
#[derive(Default, Deserialize)]
pub struct Asked {
    flow: Option<String>,
    version: Option<String>,
}

/// What came, apart from the address.
pub(super) type Came = (Method, Uri, HeaderMap, Bytes);

/// `POST` or `GET /voice/{provider}`: a call comes in.
pub async fn inbound(
    State(web): State<Web>,
    Path(provider): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Asked { flow, version } = asked.map(|Query(asked)| asked).unwrap_or_default();
    answer(&web, &provider, Knock::Inbound { flow, version }, (method, uri, headers, body)).await
}

/// `/voice/{provider}/status`: a call moved on.
pub async fn status(
    State(web): State<Web>,
    Path(provider): Path<String>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(&web, &provider, Knock::Status, (method, uri, headers, body)).await
}

/// `/voice/{provider}/c/{call}/{turn}/{lang}/{mac}`: a turn of a call.
pub async fn turn(
    State(web): State<Web>,
    Path((provider, call, turn, lang, mac)): Path<(String, String, String, String, String)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    // An address that we cannot have given out is answered like one with a wrong mac.
    let (Some(call), Ok(turn), Some(lang)) = (CallId::parse(&call), turn.parse(), Lang::parse(&lang)) else {
        return refused(&Refused::Address);
    };
    let place = Place { call, turn, lang };
    answer(&web, &provider, Knock::Turn { place, mac }, (method, uri, headers, body)).await
}

/// The parts of the address of an agent's leg.
#[derive(Deserialize)]
pub struct LegParts {
    provider: String,
    request: String,
    nth: String,
    stage: String,
    lang: String,
    mac: String,
}

/// `/voice/{provider}/d/{request}/{nth}/{stage}/{lang}/{mac}`: an agent's phone, rung to call a customer.
pub async fn leg(
    State(web): State<Web>,
    Path(LegParts { provider, request, nth, stage, lang, mac }): Path<LegParts>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(place) = LegPlace::parse(&request, &nth, &stage, &lang) else { return refused(&Refused::Address) };
    let came = (method, uri, headers, body);
    match with_webhook(&web, &provider, &came, |provider, webhook| web.desk.leg(provider, webhook, place, &mac)) {
        Ok(answering) => said(&provider, &came.1, answering.await),
        Err(response) => *response,
    }
}

/// `/voice/{provider}/check/{at}/{mac}`: our own request, as a provider would make it. Says what arrived
/// of it, and whether it would be believed.
pub async fn check(
    State(web): State<Web>,
    Path((provider, at, mac)): Path<(String, i64, String)>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let provider = Provider::named(&provider);
    let Some(provider) = provider.filter(|provider| web.answerer.is_own_probe(*provider, at, &mac)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let webhook = Webhook { method: "POST", public_url: &web.public_url, target, header: &header, body: &body };
    let refused = web.answerer.judges(provider, &webhook);
    let kept = headers.iter().filter(|(name, _)| Probe::wants(provider, name.as_str()));
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Json(Seen {
        told_by: web.answerer.tells_probe(provider, at),
        refused,
        target: target.to_owned(),
        headers: kept.map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
    })
    .into_response()
}

async fn answer(web: &Web, provider: &str, knock: Knock, came: Came) -> Response {
    let answering = with_webhook(web, provider, &came, |provider, webhook| match (&knock, web.is_draining()) {
        (Knock::Inbound { .. }, true) => Err(web.answerer.turn_away(provider, webhook)),
        _ => Ok(web.answerer.answer(provider, webhook, knock)),
    });
    match answering {
        Ok(Ok(answering)) => said(provider, &came.1, answering.await),
        Ok(Err(reply)) => said(provider, &came.1, reply),
        Err(response) => *response,
    }
}

/// Hands a request on as a webhook of a provider; one of no provider, or in another way than they ask,
/// ends here.
pub(super) fn with_webhook<T>(
    web: &Web,
    provider: &str,
    (method, uri, headers, body): &Came,
    hear: impl FnOnce(Provider, &Webhook<'_>) -> T,
) -> Result<T, Box<Response>> {
    let Some(provider) = Provider::named(provider) else {
        return Err(Box::new((StatusCode::NOT_FOUND, "there is no such provider\n").into_response()));
    };
    // As some are told in their settings, `post` for one.
    let known = [Method::POST, Method::GET].into_iter().find(|own| own.as_str().eq_ignore_ascii_case(method.as_str()));
    let Some(method) = known else {
        return Err(Box::new((StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, POST")], "").into_response()));
    };
    let webhook = Webhook {
        method: method.as_str(),
        public_url: &web.public_url,
        target: uri.path_and_query().map_or("/", |target| target.as_str()),
        header: &|name| headers.get(name).and_then(|value| value.to_str().ok()),
        body,
    };
    Ok(hear(provider, &webhook))
}

pub(super) fn said(provider: &str, uri: &Uri, reply: Reply) -> Response {
    let provider = Provider::named(provider);
    let document = |document: Document| {
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        let Document { content_type, text } = match provider {
            Some(provider) => provider.sent(document, target),
            None => document,
        };
        ([(header::CONTENT_TYPE, content_type)], text).into_response()
    };
    match reply {
        Reply::Document(told) => document(told),
        Reply::Quiet => {
            let quiet = provider.and_then(Provider::quiet);
            quiet.map_or_else(|| StatusCode::NO_CONTENT.into_response(), document)
        }
        Reply::Refused(why) => refused(&why),
    }
}

/// Says why, and nothing of what was sent.
fn refused(why: &Refused) -> Response {
    let status = match why {
        Refused::Credentials => {
            let challenge = [(header::WWW_AUTHENTICATE, "Basic realm=\"hotline\", charset=\"UTF-8\"")];
            return (StatusCode::UNAUTHORIZED, challenge, format!("{why}\n")).into_response();
        }
        Refused::Signature | Refused::Address => StatusCode::FORBIDDEN,
        Refused::Malformed(_) => StatusCode::BAD_REQUEST,
    };
    (status, format!("{why}\n")).into_response()
}
