//! Reading what programs send: small, JSON, and nothing in it that means nothing here; what is wrong is
//! named. And doing it once: whoever sends it again under the same key is answered the same.

use super::problem::{KIND, Problem};
use crate::store::{Person, Repeat, StoreError};
use crate::web::did::{Did, did, did_nothing, is_nothing, stands};
use crate::web::{MAX_BODY, Web};
use crate::words::clock;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::future::Future;
use utoipa::IntoParams;

/// The longest key a program may give.
const MAX_KEY: usize = 128;
/// What is kept in place of an answer that must not be: the request is done again.
const AGAIN: &str = "again";

/// What everything that changes something takes.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it only describes the header, which is read by its name")]
pub struct Key {
    /// A name of your own for this one request, 1 to 128 visible ASCII characters. The same request under the
    /// same key is done once and answered the same, for two days at least. What was answered 409 or 500 and above is
    /// kept under no key: sent again, it is tried anew.
    #[param(rename = "Idempotency-Key", value_type = String, required = false, min_length = 1, max_length = 128, pattern = "^[!-~]+$")]
    key: Option<String>,
}

/// What an operation reads.
pub trait Wanted: DeserializeOwned + Send + 'static {
    /// It may be left out.
    const OPTIONAL: bool = false;
}

/// Nothing, where there is nothing to be said.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

impl Wanted for Nothing {
    const OPTIONAL: bool = true;
}

/// What is done, in the words of the log, and to which request; none: the answer says.
pub type Told<'a> = (&'static str, Option<&'a str>);

/// A body that was read, and the key it came under.
pub struct Posted<T> {
    wanted: T,
    key: Option<String>,
    /// Tells requests apart.
    hash: String,
}

impl<T: Wanted> FromRequest<Web> for Posted<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, _: &Web) -> Result<Posted<T>, Problem> {
        let (parts, body) = request.into_parts();
        let key = key(&parts.headers)?;
        let body = whole(&parts.headers, body).await?;
        let mut hash = Sha256::new();
        for part in [parts.method.as_str().as_bytes(), parts.uri.to_string().as_bytes(), &body] {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        let hash = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let wanted = match body.is_empty() && T::OPTIONAL {
            true => fields(Value::Object(serde_json::Map::new()))?,
            false => fields(json(&parts.headers, &body)?)?,
        };
        Ok(Posted { wanted, key, hash })
    }
}

/// What a request is answered.
pub struct Done {
    status: StatusCode,
    body: Option<Value>,
    /// It is kept nowhere.
    secret: bool,
    /// The request it was done to, where its address does not say.
    of: Option<String>,
}

/// The request that was done something to.
#[derive(Clone)]
struct Of(String);

impl Done {
    /// Done, with this to be told.
    pub fn with<T: Serialize>(status: StatusCode, told: &T) -> Result<Done, Problem> {
        let body = serde_json::to_value(told).map_err(|error| {
            tracing::error!(%error, "an answer could not be written");
            Problem::failed()
        })?;
        Ok(Done { status, body: Some(body), secret: false, of: None })
    }

    /// Done, with nothing to be told.
    pub fn empty() -> Done {
        Done { status: StatusCode::NO_CONTENT, body: None, secret: false, of: None }
    }

    /// Done to this request.
    pub fn to(self, id: &str) -> Done {
        Done { of: Some(id.to_owned()), ..self }
    }

    /// Kept nowhere: under the same key it is done again.
    pub fn secret(self) -> Done {
        Done { secret: true, ..self }
    }
}

impl<T: Wanted> Posted<T> {
    /// As [`Posted::once`], and says for the log what was done to which request, how it stood before and
    /// how it stands now. An answer that is given again is no deed, and neither is what changed nothing.
    pub async fn told<F, Fut>(self, web: &Web, person: &Person, (what, id): Told<'_>, work: F) -> Response
    where
        F: FnOnce(T) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Done, Problem>> + Send + 'static,
    {
        let before = match id {
            Some(id) => stands(web, id).await,
            None => None,
        };
        let mut response = self.once(web, person, work).await;
        if !response.status().is_success() || is_nothing(&response) {
            return response;
        }
        let found = response.extensions_mut().remove::<Of>().map(|Of(id)| id);
        let Some(of) = found.or_else(|| id.map(str::to_owned)) else { return did_nothing(response) };
        let after = stands(web, &of).await;
        did(response, Did { what, of, before, after })
    }

    /// Does it, once under one key, to the end even when the program has hung up. What failed here, and
    /// what could not be at that moment, is forgotten, so that it can be tried again.
    pub async fn once<F, Fut>(self, web: &Web, person: &Person, work: F) -> Response
    where
        F: FnOnce(T) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Done, Problem>> + Send + 'static,
    {
        let (web, person) = (web.clone(), person.name.clone());
        let done = tokio::spawn(async move { self.under_key(&web, &person, work).await });
        done.await.unwrap_or_else(|_| Problem::failed().into_response())
    }

    async fn under_key<F, Fut>(self, web: &Web, person: &str, work: F) -> Response
    where
        F: FnOnce(T) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Done, Problem>> + Send + 'static,
    {
        let Posted { wanted, key, hash } = self;
        let Some(key) = key else { return answer(worked(work(wanted)).await) };
        let store = web.answerer.store();
        let claim = store.claim_key(person, &key, &hash, clock::now().as_millisecond()).await;
        match claim {
            Ok(Repeat::New) => {}
            Ok(Repeat::Same { body, .. }) if body == AGAIN => return answer(worked(work(wanted)).await),
            Ok(Repeat::Same { status, body }) => return did_nothing(written(status, body)),
            Ok(Repeat::Busy) => return busy().into_response(),
            Ok(Repeat::Other) => return other_request().into_response(),
            Err(error) => return Problem::unavailable(&error).into_response(),
        }
        let done = worked(work(wanted)).await;
        let of = of(&done);
        let (status, body, kept) = texts(&done);
        // Nothing was done that a later try could do twice.
        let again = status >= 500 || status == StatusCode::CONFLICT || status == StatusCode::TOO_MANY_REQUESTS;
        let finished = match again {
            true => store.give_key_up(person, &key).await,
            false => store.finish_key(person, &key, status, kept.as_deref().unwrap_or(&body)).await.map(|_| ()),
        };
        if let Err(error) = finished {
            tell_unkept(&error);
        }
        with_of(written(status, body), of)
    }
}

/// What somebody's work came to; it may break off without taking the answer with it.
async fn worked(work: impl Future<Output = Result<Done, Problem>> + Send + 'static) -> Result<Done, Problem> {
    tokio::spawn(work).await.unwrap_or_else(|_| Err(Problem::failed()))
}

fn answer(done: Result<Done, Problem>) -> Response {
    let (status, body, _) = texts(&done);
    with_of(written(status, body), of(&done))
}

fn of(done: &Result<Done, Problem>) -> Option<Of> {
    done.as_ref().ok()?.of.clone().map(Of)
}

fn with_of(mut response: Response, of: Option<Of>) -> Response {
    if let Some(of) = of {
        response.extensions_mut().insert(of);
    }
    response
}

/// Status and body, and what is kept in the body's place.
fn texts(done: &Result<Done, Problem>) -> (u16, String, Option<String>) {
    match done {
        Ok(Done { status, body, secret, of: _ }) => {
            let body = body.as_ref().map(Value::to_string).unwrap_or_default();
            (status.as_u16(), body, secret.then(|| AGAIN.to_owned()))
        }
        Err(problem) => (problem.status().as_u16(), serde_json::to_string(problem).unwrap_or_default(), None),
    }
}

fn written(status: u16, body: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if body.is_empty() {
        return status.into_response();
    }
    let kind = if status.is_success() { "application/json" } else { KIND };
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static(kind))], body).into_response()
}

fn tell_unkept(error: &StoreError) {
    tracing::error!(%error, "an answer under a key of a program was not kept; the same request in a minute is done anew");
}

fn busy() -> Problem {
    let detail = "the request under this Idempotency-Key is just being answered; send it again in a second";
    Problem::new("busy", StatusCode::CONFLICT, "Being answered", detail)
}

fn other_request() -> Problem {
    let detail = "this Idempotency-Key belongs to another request; take a new key for a new request";
    let problem = Problem::new("other-request", StatusCode::UNPROCESSABLE_ENTITY, "Another request's key", detail);
    problem.of_field("Idempotency-Key")
}

/// The key a program gives, if any.
fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut keys = headers.get_all("idempotency-key").iter();
    let Some(key) = keys.next() else { return Ok(None) };
    let text = key.to_str().ok().filter(|text| !text.is_empty() && text.len() <= MAX_KEY);
    match text.filter(|text| keys.next().is_none() && text.bytes().all(|byte| byte.is_ascii_graphic())) {
        Some(text) => Ok(Some(text.to_owned())),
        None => {
            let detail = "`Idempotency-Key` must be there once, with 1 to 128 visible ASCII characters";
            let problem = Problem::new("key", StatusCode::BAD_REQUEST, "No key", detail);
            Err(problem.of_field("Idempotency-Key"))
        }
    }
}

async fn whole(headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Problem> {
    let told = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let too_large = || {
        let detail = format!("the body must not be larger than {MAX_BODY} bytes");
        Problem::new("too-large", StatusCode::PAYLOAD_TOO_LARGE, "Too large", detail)
    };
    if told.is_some_and(|told| told > MAX_BODY as u64) {
        return Err(too_large());
    }
    to_bytes(body, MAX_BODY).await.map(|bytes| bytes.to_vec()).map_err(|error| {
        let limit = std::error::Error::source(&error).is_some_and(|e| e.to_string().contains("length limit"));
        match limit {
            true => too_large(),
            false => malformed("the body broke off"),
        }
    })
}

fn malformed(detail: impl Into<String>) -> Problem {
    Problem::new("malformed", StatusCode::BAD_REQUEST, "No JSON", detail)
}

fn json(headers: &HeaderMap, body: &[u8]) -> Result<Value, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        let detail = "send the body as `Content-Type: application/json`";
        return Err(Problem::new("media-type", StatusCode::UNSUPPORTED_MEDIA_TYPE, "Not JSON", detail));
    }
    serde_json::from_slice(body).map_err(|error| malformed(format!("the body is no JSON: {error}")))
}

/// What a body says, or which of its fields says what it must not.
fn fields<T: DeserializeOwned>(body: Value) -> Result<T, Problem> {
    let Value::Object(object) = &body else { return Err(Problem::field("body", "must be an object")) };
    if let Some((name, _)) = object.iter().find(|(name, value)| has_nul(name, value)) {
        return Err(Problem::field(name, "must not hold the character U+0000"));
    }
    serde_json::from_value(body.clone()).map_err(|error| {
        let why = error.to_string();
        // A field that is unknown or missing is named by the message; any other is the one that gives
        // the same message when it is alone.
        if let Some(name) = why.split('`').nth(1).filter(|_| why.starts_with("missing field")) {
            return Problem::field(name, "is missing");
        }
        let alone = |name: &String, value: &Value| {
            let alone = Value::Object([(name.clone(), value.clone())].into_iter().collect());
            serde_json::from_value::<T>(alone).is_err_and(|error| error.to_string() == why)
        };
        match object.iter().find(|(name, value)| alone(name, value)) {
            Some((name, _)) if why.starts_with(&format!("unknown field `{name}`")) => {
                Problem::field(name, "means nothing here")
            }
            Some((name, _)) => Problem::field(name, &format!("does not fit: {why}")),
            None => Problem::field("body", &format!("does not fit: {why}")),
        }
    })
}

/// No engine keeps this character in a text.
fn has_nul(name: &str, value: &Value) -> bool {
    name.contains('\0')
        || match value {
            Value::String(text) => text.contains('\0'),
            Value::Array(items) => items.iter().any(|item| has_nul("", item)),
            Value::Object(fields) => fields.iter().any(|(name, value)| has_nul(name, value)),
            _ => false,
        }
}
