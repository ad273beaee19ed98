//! One request, and working on it: looking, taking, keeping, giving back, writing down, calling.

use super::body::{Done, Key, Nothing, Posted, Wanted};
use super::problem::{Asked, Denied, Missing, Problem, Written};
use super::query::{OfAttempt, OfRequest, Params, moment};
use super::shapes::{Attempt, Case, CaseCard};
use super::words::{self, LangWord, OUTCOMES, OutcomeWord, WayWord};
use crate::desk::Outcome;
use crate::web::Web;
use crate::web::did::did_nothing;
use crate::web::who::Agent;
use crate::words::Lang;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The longest text somebody writes.
const TEXT: usize = 4000;

/// How a card is to be shown.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes the parameter, which is read by its name")]
pub struct Shown {
    /// The language of the menus' words, where the line speaks it; without, that of your pages.
    #[param(value_type = Option<LangWord>)]
    lang: Option<String>,
}

/// A request with all about it
///
/// With its history, its attempts, the customer's calls and other requests. `number` and `caller` are masked.
#[utoipa::path(get, path = "/requests/{id}", tag = "Requests", params(OfRequest, Shown), security(("bearer" = ["agent"])),
    responses((status = 200, description = "The request.", body = CaseCard), Denied, Missing, Asked))]
pub async fn get_request(
    Agent(person): Agent,
    State(web): State<Web>,
    OfRequest { id }: OfRequest,
    mut params: Params,
) -> Result<Json<CaseCard>, Problem> {
    let lang = params.lang("lang")?.or(person.page_language).unwrap_or(Lang::EnUs);
    params.finish()?;
    Ok(Json(web.desk.card(&id, lang).await?.into()))
}

/// Take this one
///
/// It is yours for two minutes; see `extend`. Whoever has it already gets its time extended.
#[utoipa::path(post, path = "/requests/{id}/claim", tag = "Requests", params(OfRequest, Key), security(("bearer" = ["agent"])),
    responses((status = 200, description = "You have it.", body = Case), Denied, Missing, Written))]
pub async fn claim_request(
    Agent(person): Agent,
    State(web): State<Web>,
    OfRequest { id }: OfRequest,
    posted: Posted<Nothing>,
) -> Response {
    let (desk, who) = (web.desk.clone(), person.clone());
    let of = id.clone();
    let work = async move |_| Done::with(StatusCode::OK, &Case::from(desk.take(&who, &id).await?));
    posted.told(&web, &person, ("request.take", Some(&of)), work).await
}

/// Until when one has it.
#[derive(Serialize, ToSchema)]
pub struct Lease {
    /// Until then, unless it is extended again.
    #[schema(value_type = String, format = DateTime)]
    lease_until: Timestamp,
}

/// Go on working on it
///
/// Two minutes from now on. Everything else you do to it extends it too.
#[utoipa::path(post, path = "/requests/{id}/extend", tag = "Requests", params(OfRequest, Key), security(("bearer" = ["agent"])),
    responses((status = 200, description = "You keep it.", body = Lease), Denied, Missing, Written))]
pub async fn extend_request(
    Agent(person): Agent,
    State(web): State<Web>,
    OfRequest { id }: OfRequest,
    posted: Posted<Nothing>,
) -> Response {
    let (desk, who) = (web.desk.clone(), person.clone());
    let work = async move |_| Done::with(StatusCode::OK, &Lease { lease_until: desk.extend(&who, &id).await? });
    // A program does this by itself while somebody works.
    did_nothing(posted.once(&web, &person, work).await)
}

/// Why it is put back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "why": "needs somebody from disputes" }))]
pub struct Release {
    /// For whoever takes it next.
    #[schema(max_length = 4000)]
    why: Option<String>,
}

impl Wanted for Release {
    const OPTIONAL: bool = true;
}

/// Put it back
#[utoipa::path(post, path = "/requests/{id}/release", tag = "Requests", params(OfRequest, Key), security(("bearer" = ["agent"])),
    request_body(content = Option<Release>),
    responses((status = 200, description = "It waits again.", body = Case), Denied, Missing, Written))]
pub async fn release_request(
    Agent(person): Agent,
    State(web): State<Web>,
    OfRequest { id }: OfRequest,
    posted: Posted<Release>,
) -> Response {
    let (desk, who) = (web.desk.clone(), person.clone());
    let of = id.clone();
    let work = async move |release: Release| {
        let why = words::sized("why", release.why.unwrap_or_default(), 0, TEXT)?;
        Done::with(StatusCode::OK, &Case::from(desk.release(&who, &id, &why).await?))
    };
    posted.told(&web, &person, ("request.release", Some(&of)), work).await
}

/// What was done.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "note": "The refund went out this morning." }))]
pub struct Finish {
    /// For the history.
    #[schema(max_length = 4000)]
    note: Option<String>,
}

impl Wanted for Finish {
    const OPTIONAL: bool = true;
}

/// Finish it without a call
#[utoipa::path(post, path = "/requests/{id}/done", tag = "Requests", params(OfRequest, Key), security(("bearer" = ["agent"])),
    request_body(content = Option<Finish>),
    responses((status = 200, description = "It is done.", body = Case), Denied, Missing, Written))]
pub async fn finish_request(
    Agent(person): Agent,
    State(web): State<Web>,
    OfRequest { id }: OfRequest,
    posted: Posted<Finish>,
) -> Response {
    let (desk, who) = (web.desk.clone(), person.clone());
    let of = id.clone();
    let work = async move |finish: Finish| {
        let note = words::sized("note", finish.note.unwrap_or_default(), 0, TEXT)?;
        Done::with(StatusCode::OK, &Case::from(desk.done(&who, &id, &note).await?))
    };
    posted.told(&web, &person, ("request.done", Some(&of)), work).await
}

/// A note.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "note": "The refund is on its way." }))]
pub struct Note {
    /// What is to be known.
    #[schema(min_length = 1, max_length = 4000)]
    note: String,
}

impl Wanted for Note {}

/// Add a note
///
/// Anybody may, also to a finished one.
#[utoipa::path(post, path = "/requests/{id}/notes", tag = "Requests", params(OfRequest, Key), security(("bearer" = ["agent"])),
    request_body = Note,
    responses((status = 200, description = "It stands in the history.", body = Case), Denied, Missing, Written))]
pub async fn add_note(
    Agent(person): Agent,
    State(web): State<Web>,
    OfRequest { id }: OfRequest,
    posted: Posted<Note>,
) -> Response {
    let (desk, who) = (web.desk.clone(), person.clone());
    let of = id.clone();
    let work = async move |note: Note| {
        let note = words::sized("note", note.note, 1, TEXT)?;
        Done::with(StatusCode::OK, &Case::from(desk.note(&who, &id, &note).await?))
    };
    posted.told(&web, &person, ("request.note", Some(&of)), work).await
}

/// A number.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "number": "+8613800138000" }))]
pub struct Number {
    /// In E.164.
    number: String,
}

/// Show the number
///
/// Of a request you have; each time it is written into the history, for the number is kept nowhere else: the
/// same request under the same key shows it anew.
#[utoipa::path(post, path = "/requests/{id}/number", tag = "Calling", params(OfRequest, Key), security(("bearer" = ["agent"])),
    responses((status = 200, description = "The number to ring.", body = Number), Denied, Missing, Written))]
pub async fn show_number(
    Agent(person): Agent,
    State(web): State<Web>,
    OfRequest { id }: OfRequest,
    posted: Posted<Nothing>,
) -> Response {
    let (desk, who) = (web.desk.clone(), person.clone());
    let of = id.clone();
    let work = async move |_| {
        let number = desk.reveal(&who, &id).await?;
        Done::with(StatusCode::OK, &Number { number: number.as_str().to_owned() }).map(Done::secret)
    };
    posted.told(&web, &person, ("request.reveal", Some(&of)), work).await
}

/// An attempt that is to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "nth": 1, "way": "hand" }))]
pub struct NewAttempt {
    /// Its number: one more than the request has (`attempts`). Who asks twice for one gets the one that was made.
    #[schema(minimum = 1, maximum = 2_147_483_647)]
    nth: i64,
    /// How.
    #[schema(value_type = WayWord)]
    way: String,
}

impl Wanted for NewAttempt {}

/// Call the customer
///
/// By `bridge` your phone rings first; press 1, and the customer's rings. By `hand` you dial, see `number`.
/// Whether the customer may be rung, and at this time, is checked at this moment.
#[utoipa::path(post, path = "/requests/{id}/attempts", tag = "Calling", params(OfRequest, Key), security(("bearer" = ["agent"])),
    request_body = NewAttempt,
    responses((status = 200, description = "The attempt, as it is now.", body = Attempt), Denied, Missing, Written))]
pub async fn make_attempt(
    Agent(person): Agent,
    State(web): State<Web>,
    OfRequest { id }: OfRequest,
    posted: Posted<NewAttempt>,
) -> Response {
    let (desk, who) = (web.desk.clone(), person.clone());
    let of = id.clone();
    let work = async move |new: NewAttempt| {
        let nth = i32::try_from(new.nth).ok().filter(|nth| *nth >= 1);
        let wrong = || Problem::field("nth", "must be a whole number from 1 to 2147483647");
        let (nth, way) = (nth.ok_or_else(wrong)?.unsigned_abs(), words::way("way", &new.way)?);
        Done::with(StatusCode::OK, &Attempt::from(desk.call(&who, &id, nth, way).await?))
    };
    posted.told(&web, &person, ("request.call", Some(&of)), work).await
}

/// Hang up
///
/// An attempt of yours that goes on, whoever's phone rings or talks in it. The attempt ends when the provider
/// tells so; then say how it ended.
#[utoipa::path(post, path = "/requests/{id}/attempts/{nth}/hang-up", tag = "Calling", params(OfAttempt, Key),
    security(("bearer" = ["agent"])),
    responses((status = 200, description = "The attempt, as it is now.", body = Attempt), Denied, Missing, Written))]
pub async fn hang_up(
    Agent(person): Agent,
    State(web): State<Web>,
    OfAttempt { id, nth }: OfAttempt,
    posted: Posted<Nothing>,
) -> Response {
    let (desk, who) = (web.desk.clone(), person.clone());
    let of = id.clone();
    let work = async move |_| Done::with(StatusCode::OK, &Attempt::from(desk.hang_up(&who, &id, nth).await?));
    posted.told(&web, &person, ("request.hang_up", Some(&of)), work).await
}

/// How an attempt ended.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "outcome": "later", "at": "2026-05-04T09:00:00Z", "note": "asked to be rung after work" }))]
pub struct SaidOutcome {
    /// What came of it.
    #[schema(value_type = OutcomeWord)]
    outcome: String,
    /// With `later`: when the customer wants to be rung.
    #[schema(format = DateTime)]
    at: Option<String>,
    /// What else is to be known.
    #[schema(max_length = 4000)]
    note: Option<String>,
}

impl Wanted for SaidOutcome {}

impl SaidOutcome {
    fn outcome(&self) -> Result<Outcome, Problem> {
        let at = self.at.as_deref().map(|at| moment("at", at)).transpose()?;
        Ok(match (self.outcome.as_str(), at) {
            ("later", Some(at)) => Outcome::Later(at),
            ("later", None) => return Err(Problem::field("at", "is missing; `later` needs to know when")),
            (word, Some(_)) if OUTCOMES.contains(&word) => {
                return Err(Problem::field("at", "goes with the outcome `later` only"));
            }
            ("reached", None) => Outcome::Reached,
            ("no-answer", None) => Outcome::NoAnswer,
            ("busy", None) => Outcome::Busy,
            ("wrong-number", None) => Outcome::WrongNumber,
            ("solved", None) => Outcome::Solved,
            ("not-solved", None) => Outcome::NotSolved,
            _ => return Err(Problem::field("outcome", &format!("must be one of {}", OUTCOMES.join(", ")))),
        })
    }
}

/// Say how it ended
///
/// Once: what was said first stands. What follows for the request is in the answer.
#[utoipa::path(post, path = "/requests/{id}/attempts/{nth}/outcome", tag = "Calling", params(OfAttempt, Key),
    security(("bearer" = ["agent"])), request_body = SaidOutcome,
    responses((status = 200, description = "The request, as it is now.", body = Case), Denied, Missing, Written))]
pub async fn say_outcome(
    Agent(person): Agent,
    State(web): State<Web>,
    OfAttempt { id, nth }: OfAttempt,
    posted: Posted<SaidOutcome>,
) -> Response {
    let (desk, who) = (web.desk.clone(), person.clone());
    let of = id.clone();
    let work = async move |said: SaidOutcome| {
        let outcome = said.outcome()?;
        let note = words::sized("note", said.note.unwrap_or_default(), 0, TEXT)?;
        Done::with(StatusCode::OK, &Case::from(desk.outcome(&who, &id, nth, outcome, &note).await?))
    };
    posted.told(&web, &person, ("request.outcome", Some(&of)), work).await
}
