//! What is wrong, for programs: one shape (RFC 9457), made in one place from whatever the desk says.
//! Its `type` never changes; programs go by it, people read `detail`.

use crate::desk::DeskError;
use crate::store::StoreError;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;
use std::any::Any;
use std::collections::BTreeMap;
use utoipa::openapi::response::{Response as Described, ResponseBuilder};
use utoipa::openapi::{ContentBuilder, HeaderBuilder, Ref, RefOr};
use utoipa::{IntoResponses, PartialSchema, ToSchema};

/// The media type of a problem.
pub const KIND: &str = "application/problem+json";

/// What is wrong.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(transparent)]
pub struct Problem(Box<Telling>);

/// What is wrong, and what is the case now (RFC 9457).
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "urn:hotline:problem:held-by", "title": "Somebody else has it", "status": 409,
    "detail": "mei has this request; ask them, or take another one", "holder": "mei", "until": "2026-05-04T09:02:00Z"
}))]
pub struct Telling {
    /// Which problem it is: `urn:hotline:problem:…`, or `about:blank` where the status says it all.
    #[serde(rename = "type")]
    kind: String,
    /// The same in words.
    title: String,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What it is this time, and the mend.
    detail: String,
    /// Which field, parameter or header is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// Who has the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    holder: Option<String>,
    /// Until when, unless they go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// Which attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    nth: Option<u32>,
    /// The outcome that stands, or the state the request is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    stands: Option<String>,
    /// Who brought that about.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// When that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// When it can be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    next: Option<Timestamp>,
}

impl Problem {
    /// A problem of ours: the last part of its type, its status, its title, and what it is this time.
    pub fn new(kind: &str, status: StatusCode, title: &str, detail: impl Into<String>) -> Problem {
        Problem(Box::new(Telling {
            kind: format!("urn:hotline:problem:{kind}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            field: None,
            holder: None,
            until: None,
            nth: None,
            stands: None,
            by: None,
            at: None,
            next: None,
        }))
    }

    fn with(mut self, more: impl FnOnce(&mut Telling)) -> Problem {
        more(&mut self.0);
        self
    }

    /// A field, parameter or header is wrong: which, and why. `why` follows its name.
    pub fn field(name: &str, why: &str) -> Problem {
        let detail = format!("`{name}` {why}");
        Problem::new("field", UNPROCESSABLE, "A field is wrong", detail).of_field(name)
    }

    /// It is this field's, parameter's or header's.
    pub fn of_field(self, name: &str) -> Problem {
        self.with(|told| told.field = Some(name.to_owned()))
    }

    /// There is no such request.
    pub fn missing() -> Problem {
        Problem::new("no-request", StatusCode::NOT_FOUND, "No such request", DeskError::Missing.to_string())
    }

    /// It failed here; what exactly stands in the log.
    pub fn failed() -> Problem {
        let detail = "something failed here; it is in the log, and trying again does no harm";
        Problem::new("failed", StatusCode::INTERNAL_SERVER_ERROR, "It failed", detail)
    }

    /// The database does not answer.
    pub fn unavailable(error: &StoreError) -> Problem {
        tracing::error!(%error, "a program could not be answered");
        let detail = "the database does not answer; try again";
        Problem::new("unavailable", StatusCode::SERVICE_UNAVAILABLE, "Not available", detail)
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

const UNPROCESSABLE: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Problem {
        let detail = error.to_string();
        let conflict = |kind: &str, title: &str| Problem::new(kind, StatusCode::CONFLICT, title, detail.clone());
        match error {
            DeskError::Missing => Problem::missing(),
            DeskError::NoRecording => Problem::new("no-recording", StatusCode::NOT_FOUND, "No such recording", detail),
            DeskError::HeldBy { holder, until } => conflict("held-by", "Somebody else has it").with(|told| {
                told.holder = Some(holder);
                told.until = Some(until);
            }),
            DeskError::NotHeld => conflict("not-held", "Nobody has it"),
            DeskError::Over { state, by, at } => {
                let stands = Some(state.word().to_owned());
                conflict("over", "It is finished").with(|told| {
                    told.stands = stands;
                    told.by = Some(by);
                    told.at = Some(at);
                })
            }
            DeskError::AlreadySaid { nth, outcome } => conflict("already-said", "An outcome stands").with(|told| {
                told.nth = Some(nth);
                told.stands = Some(outcome);
            }),
            DeskError::NoAttempt { next } => {
                conflict("no-attempt", "No such attempt").with(|told| told.nth = Some(next))
            }
            DeskError::Running { nth } => {
                conflict("running", "An attempt is going on").with(|told| told.nth = Some(nth))
            }
            DeskError::NotRung { nth } => {
                conflict("not-rung", "The customer was not rung").with(|told| told.nth = Some(nth))
            }
            DeskError::NotHungUp(_) => conflict("not-hung-up", "Not hung up"),
            DeskError::NoNumber => conflict("no-number", "No number to ring"),
            DeskError::NotCallable(_) => conflict("not-callable", "This number may not be rung"),
            DeskError::NotNow { next } => conflict("not-now", "Not at this time").with(|told| told.next = next),
            DeskError::Trial => conflict("trial", "From a trial call"),
            DeskError::NoTrial => conflict("no-trial", "From no trial call"),
            DeskError::Off => conflict("dialling-off", "Nothing to dial with"),
            DeskError::NoPhone => conflict("no-phone", "You have no phone"),
            DeskError::NoLine => conflict("no-line", "No number to be shown"),
            DeskError::NoSuchLine(_) => conflict("no-such-line", "The line is out of service"),
            DeskError::Contended => conflict("contended", "Others change it at this moment"),
            DeskError::NoPerson(_) => {
                Problem::new("no-person", UNPROCESSABLE, "Nobody of that name", detail).of_field("to")
            }
            DeskError::TooMany => conflict("too-many", "Too many requests for this customer"),
            DeskError::Field { field, why } => Problem::field(field, &why),
            DeskError::Store(error) => Problem::unavailable(&error),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_string(&self).unwrap_or_default();
        (self.status(), [(header::CONTENT_TYPE, HeaderValue::from_static(KIND))], body).into_response()
    }
}

/// No such address.
pub async fn unknown() -> Problem {
    let detail = "there is nothing at this address; what there is stands in /api/v1/openapi.json";
    Problem::new("no-address", StatusCode::NOT_FOUND, "No such address", detail)
}

/// An address that is there, but not for this method; which it takes stands in `Allow`.
pub async fn wrong_method() -> Problem {
    let detail = "this address does not take this method; `Allow` names those it takes";
    Problem::new("method", StatusCode::METHOD_NOT_ALLOWED, "Wrong method", detail)
}

/// A handler broke off.
pub fn broke(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a handler of the programs' interface broke off");
    Problem::failed().into_response()
}

fn described(status: StatusCode, description: &str) -> (String, RefOr<Described>) {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let mut response = ResponseBuilder::new().description(description).content(KIND, content);
    if status == StatusCode::UNAUTHORIZED {
        let text = HeaderBuilder::new().schema(Some(String::schema())).description(Some("`Bearer`")).build();
        response = response.header("WWW-Authenticate", text);
    }
    (status.as_u16().to_string(), response.build().into())
}

/// The answers of every operation that needs a token.
pub struct Denied;

impl IntoResponses for Denied {
    fn responses() -> BTreeMap<String, RefOr<Described>> {
        BTreeMap::from([
            described(StatusCode::UNAUTHORIZED, "No token, a revoked one, or one of somebody who is disabled."),
            described(StatusCode::FORBIDDEN, "Your role is too low for this."),
            described(StatusCode::INTERNAL_SERVER_ERROR, "It failed here; trying again does no harm."),
            described(StatusCode::SERVICE_UNAVAILABLE, "The database does not answer; try again."),
        ])
    }
}

/// The answer of operations on one request.
pub struct Missing;

impl IntoResponses for Missing {
    fn responses() -> BTreeMap<String, RefOr<Described>> {
        BTreeMap::from([described(StatusCode::NOT_FOUND, "There is no such request.")])
    }
}

/// The answer of operations with parameters in the query.
pub struct Asked;

impl IntoResponses for Asked {
    fn responses() -> BTreeMap<String, RefOr<Described>> {
        BTreeMap::from([described(UNPROCESSABLE, "A parameter is wrong: `field` names it.")])
    }
}

/// The answers of operations that change something.
pub struct Written;

impl IntoResponses for Written {
    fn responses() -> BTreeMap<String, RefOr<Described>> {
        let same = "It cannot be done as things stand, and `type` says why; or the request under this \
            `Idempotency-Key` is just being answered (`busy`).";
        let wrong = "A field is wrong: `field` names it; or the `Idempotency-Key` belongs to another request \
            (`other-request`).";
        BTreeMap::from([
            described(StatusCode::BAD_REQUEST, "The body is no JSON, or the `Idempotency-Key` is none."),
            described(StatusCode::CONFLICT, same),
            described(StatusCode::PAYLOAD_TOO_LARGE, "The body is larger than 64 KiB."),
            described(StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body is not `application/json`."),
            described(UNPROCESSABLE, wrong),
        ])
    }
}
