//! What supervisors do through programs: who works on what, giving away, urgency, closing, unlocking.

use super::body::{Done, Key, Nothing, Posted, Wanted};
use super::problem::{Asked, Denied, Missing, Problem, Written};
use super::query::{OfRequest, Params};
use super::shapes::Case;
use super::words::{self, LangWord, PriorityWord, Word};
use crate::desk::{DeskError, Held, Overview};
use crate::web::Web;
use crate::web::who::Supervisor;
use crate::words::Lang;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What the overview is asked; read by [`Params`].
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes the parameters, which are read by their names")]
pub struct Looked {
    /// Where today begins at midnight, by an IANA name; without, your own zone, else UTC.
    #[param(min_length = 1, max_length = 100, example = "Asia/Tokyo")]
    zone: Option<String>,
    /// Only customers of these languages.
    #[param(value_type = Option<Vec<LangWord>>, style = Form, explode = false)]
    lang: Option<Vec<String>>,
    /// Only requests for these agents, by skill.
    #[param(value_type = Option<Vec<Word>>, style = Form, explode = false)]
    skill: Option<Vec<String>>,
    /// Only about this.
    #[param(min_length = 1, max_length = 100)]
    topic: Option<String>,
    /// Only of this line, by its flow's name.
    #[param(min_length = 1, max_length = 100)]
    line: Option<String>,
    /// Requests of trial calls too.
    trials: Option<bool>,
}

/// What supervisors look at.
#[derive(Serialize, ToSchema)]
#[schema(as = Overview)]
pub struct Today {
    /// Waiting and ready.
    waiting: u64,
    /// Open or held past their promise.
    overdue: u64,
    /// Not to be rung yet.
    later: u64,
    /// Since when the oldest waiting one waits.
    #[schema(value_type = Option<String>, format = DateTime)]
    oldest: Option<Timestamp>,
    /// Who works on what.
    held: Vec<HeldCase>,
    /// Done today in time.
    kept: u64,
    /// Finished today after the time promised, and open ones past it.
    missed: u64,
    /// Filed today by topic.
    topics: Vec<TopicCount>,
    /// Filed today by language.
    langs: Vec<LangCount>,
    /// Finished today by person.
    people: Vec<PersonCount>,
}

/// Somebody works on a request.
#[derive(Serialize, ToSchema)]
#[schema(as = Held)]
pub struct HeldCase {
    /// Who.
    person: String,
    /// The request.
    id: String,
    /// What the customer quotes.
    reference: String,
    /// What it is about.
    topic: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// Until when, unless they go on.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
}

/// How many about a topic.
#[derive(Serialize, ToSchema)]
pub struct TopicCount {
    /// What they are about.
    topic: String,
    /// How many.
    filed: u64,
    /// How many of them are still open.
    open: u64,
}

/// How many in a language.
#[derive(Serialize, ToSchema)]
#[schema(as = LanguageCount)]
pub struct LangCount {
    /// The customers' language.
    #[schema(value_type = LangWord)]
    lang: Lang,
    /// How many.
    filed: u64,
    /// How many of them are still open.
    open: u64,
}

/// How many by a person.
#[derive(Serialize, ToSchema)]
pub struct PersonCount {
    /// Who.
    person: String,
    /// How many.
    finished: u64,
}

impl From<Overview> for Today {
    fn from(o: Overview) -> Today {
        let held = |held: Held| {
            let Held { person, id, reference, topic, since, until } = held;
            HeldCase { person, id, reference, topic, since, until }
        };
        Today {
            waiting: o.waiting,
            overdue: o.overdue,
            later: o.later,
            oldest: o.oldest,
            held: o.held.into_iter().map(held).collect(),
            kept: o.kept,
            missed: o.missed,
            topics: o.topics.into_iter().map(|(topic, filed, open)| TopicCount { topic, filed, open }).collect(),
            langs: o.languages.into_iter().map(|(lang, filed, open)| LangCount { lang, filed, open }).collect(),
            people: o.people.into_iter().map(|(person, finished)| PersonCount { person, finished }).collect(),
        }
    }
}

/// How it goes
///
/// What waits and is held, and what became of today's requests.
#[utoipa::path(get, path = "/overview", tag = "Supervision", params(Looked), security(("bearer" = ["supervisor"])),
    responses((status = 200, description = "How it goes.", body = Today), Denied, Asked))]
pub async fn overview(
    Supervisor(person): Supervisor,
    State(web): State<Web>,
    mut params: Params,
) -> Result<Json<Today>, Problem> {
    let own = || person.zone.as_deref().and_then(|zone| TimeZone::get(zone).ok());
    let zone = params.zone("zone")?.or_else(own).unwrap_or(TimeZone::UTC);
    let filter = params.filter()?;
    params.finish()?;
    Ok(Json(web.desk.overview(&filter, &zone).await?.into()))
}

/// Whom it is given to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "to": "mei" }))]
pub struct Assign {
    /// Their sign-in name.
    #[schema(min_length = 1, max_length = 100)]
    to: String,
}

impl Wanted for Assign {}

/// Give it to somebody
///
/// Whoever has it.
#[utoipa::path(post, path = "/requests/{id}/assign", tag = "Supervision", params(OfRequest, Key),
    security(("bearer" = ["supervisor"])), request_body = Assign,
    responses((status = 200, description = "They have it.", body = Case), Denied, Missing, Written))]
pub async fn assign_request(
    Supervisor(person): Supervisor,
    State(web): State<Web>,
    OfRequest { id }: OfRequest,
    posted: Posted<Assign>,
) -> Response {
    let (desk, store, who) = (web.desk.clone(), web.answerer.store().clone(), person.clone());
    let of = id.clone();
    let work = async move |assign: Assign| {
        let to = words::sized("to", assign.to, 1, 100)?;
        let known = store.person(&to).await.map_err(|error| Problem::unavailable(&error))?;
        if known.is_none_or(|person| person.disabled) {
            return Err(DeskError::NoPerson(to).into());
        }
        Done::with(StatusCode::OK, &Case::from(desk.assign(&who, &id, &to).await?))
    };
    posted.told(&web, &person, ("request.assign", Some(&of)), work).await
}

/// How urgent it is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "priority": "urgent" }))]
pub struct Raise {
    /// From now on.
    #[schema(value_type = PriorityWord)]
    priority: String,
}

impl Wanted for Raise {}

/// Change how urgent it is
#[utoipa::path(post, path = "/requests/{id}/priority", tag = "Supervision", params(OfRequest, Key),
    security(("bearer" = ["supervisor"])), request_body = Raise,
    responses((status = 200, description = "It is so urgent now.", body = Case), Denied, Missing, Written))]
pub async fn set_priority(
    Supervisor(person): Supervisor,
    State(web): State<Web>,
    OfRequest { id }: OfRequest,
    posted: Posted<Raise>,
) -> Response {
    let (desk, who) = (web.desk.clone(), person.clone());
    let of = id.clone();
    let work = async move |raise: Raise| {
        let to = words::priority("priority", &raise.priority)?;
        Done::with(StatusCode::OK, &Case::from(desk.raise(&who, &id, to).await?))
    };
    posted.told(&web, &person, ("request.raise", Some(&of)), work).await
}

/// Why it is closed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "why": "asked twice; see 40231875" }))]
pub struct Close {
    /// For the history.
    #[schema(min_length = 1, max_length = 4000)]
    why: String,
}

impl Wanted for Close {}

/// Close it without its being done
///
/// Whoever has it.
#[utoipa::path(post, path = "/requests/{id}/close", tag = "Supervision", params(OfRequest, Key),
    security(("bearer" = ["supervisor"])), request_body = Close,
    responses((status = 200, description = "It is closed.", body = Case), Denied, Missing, Written))]
pub async fn close_request(
    Supervisor(person): Supervisor,
    State(web): State<Web>,
    OfRequest { id }: OfRequest,
    posted: Posted<Close>,
) -> Response {
    let (desk, who) = (web.desk.clone(), person.clone());
    let of = id.clone();
    let work = async move |close: Close| {
        let why = words::sized("why", close.why, 1, 4000)?;
        Done::with(StatusCode::OK, &Case::from(desk.close(&who, &id, &why).await?))
    };
    posted.told(&web, &person, ("request.close", Some(&of)), work).await
}

/// What was forgiven.
#[derive(Serialize, ToSchema)]
pub struct Unlocked {
    /// How many wrong guesses at the account.
    forgiven: u64,
}

/// Unlock the account
///
/// Forgives the wrong guesses at the request's account, so that its owner can verify by phone again.
#[utoipa::path(post, path = "/requests/{id}/unlock", tag = "Supervision", params(OfRequest, Key),
    security(("bearer" = ["supervisor"])),
    responses((status = 200, description = "They count no more.", body = Unlocked), Denied, Missing, Written))]
pub async fn unlock_account(
    Supervisor(person): Supervisor,
    State(web): State<Web>,
    OfRequest { id }: OfRequest,
    posted: Posted<Nothing>,
) -> Response {
    let (desk, who) = (web.desk.clone(), person.clone());
    let of = id.clone();
    let work = async move |_| Done::with(StatusCode::OK, &Unlocked { forgiven: desk.unlock(&who, &id).await? });
    posted.told(&web, &person, ("request.unlock", Some(&of)), work).await
}
