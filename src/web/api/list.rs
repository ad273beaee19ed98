//! The list, page by page. A page begins behind the last request of the one before, in the order of
//! the moment the first was asked for: what others take or file meanwhile moves nothing in between.

use super::body::{Done, Key, Posted, Wanted};
use super::problem::{Asked, Denied, Problem, Written};
use super::query::Params;
use super::shapes::{Case, CasePage};
use super::words::{self, LangWord, SectionWord, WORD, Word};
use crate::desk::{Filter, Section};
use crate::store::{Behind, Person};
use crate::web::Web;
use crate::web::who::Agent;
use crate::words::clock;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The longest cursor.
const CURSOR: usize = 1000;
/// The most requests on a page, and how many without being asked.
const MOST: u32 = 200;
const USUAL: u32 = 50;

/// What the list is asked; read by [`Params`].
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes the parameters, which are read by their names")]
pub struct Listed {
    /// Which part; `waiting` without.
    #[param(value_type = Option<SectionWord>)]
    section: Option<String>,
    /// Finished ones since then; without, since 24 hours ago.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<String>,
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
    /// Only those whose promise is broken.
    overdue: Option<bool>,
    /// Requests of trial calls too.
    trials: Option<bool>,
    /// The most requests on the page; 50 without.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// Where the page begins: `next` of the page before, with all else as it was asked for that.
    #[param(min_length = 1, max_length = 1000)]
    cursor: Option<String>,
}

/// Where a page begins.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cursor {
    /// What was asked, so that another question cannot go on from here.
    of: String,
    /// When the first page was asked for, in ms.
    at: i64,
    /// Behind which place.
    behind: Behind,
}

/// A part of the list, page by page
///
/// What waits, the order it is to be taken in: urgent ones first, then overdue ones, then by priority, promise
/// and age. What is finished, and everything: the newest first.
#[utoipa::path(get, path = "/requests", tag = "Requests", params(Listed), security(("bearer" = ["agent"])), responses(
    (status = 200, description = "A page.", body = CasePage, headers(
        ("Link" = String, description = "The next page's address, `rel=\"next\"`; missing on the last."),
    )),
    Denied, Asked,
))]
pub async fn list_requests(
    Agent(person): Agent,
    State(web): State<Web>,
    uri: Uri,
    mut params: Params,
) -> Result<Response, Problem> {
    let (filter, section) = (params.filter()?, params.text("section", WORD)?);
    let (limit, since) = (params.number("limit", 1, MOST)?.unwrap_or(USUAL), params.moment("since")?);
    let cursor = params.text("cursor", CURSOR)?;
    params.finish()?;
    let of = fingerprint(&filter, section.as_deref(), since);
    let cursor = cursor.map(|text| read(&text, &of)).transpose()?;
    let at = cursor.as_ref().map_or_else(|| clock::now().as_millisecond(), |cursor| cursor.at);
    let section = part(section.as_deref(), since, at, &person)?;
    let store = web.answerer.store();
    let behind = cursor.as_ref().map(|cursor| &cursor.behind);
    let found = store.list_behind(&filter, &section, behind, limit + 1, at).await;
    let mut found = found.map_err(|error| Problem::unavailable(&error))?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|last| Cursor { of, at, behind: Behind::of(last, &section, at) });
    let next = next.map(|next| URL_SAFE_NO_PAD.encode(serde_json::to_vec(&next).unwrap_or_default()));
    let link = next.as_ref().and_then(|next| link(&uri, next));
    let page = CasePage { requests: found.into_iter().map(Case::from).collect(), next };
    let mut response = Json(page).into_response();
    response.headers_mut().extend(link.map(|link| (LINK, link)));
    Ok(response)
}

const LINK: HeaderName = header::LINK;

fn part(section: Option<&str>, since: Option<Timestamp>, at: i64, person: &Person) -> Result<Section, Problem> {
    if since.is_some() && section != Some("finished") {
        return Err(Problem::field("since", "goes with section=finished only"));
    }
    Ok(match section {
        None | Some("waiting") => Section::Waiting,
        Some("later") => Section::Later,
        Some("held") => Section::Held(None),
        Some("mine") => Section::Held(Some(person.name.clone())),
        Some("finished") => {
            let now = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
            Section::Finished(since.unwrap_or(now.saturating_sub(SignedDuration::from_hours(24)).unwrap_or(now)))
        }
        Some("all") => Section::All,
        Some(_) => {
            return Err(Problem::field("section", &format!("must be one of {}", words::SECTIONS.join(", "))));
        }
    })
}

fn fingerprint(filter: &Filter, section: Option<&str>, since: Option<Timestamp>) -> String {
    use sha2::{Digest, Sha256};
    let hash = Sha256::digest(format!("{filter:?} {section:?} {since:?}"));
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn read(text: &str, of: &str) -> Result<Cursor, Problem> {
    let cursor = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| serde_json::from_slice::<Cursor>(&bytes).ok());
    let cursor = cursor.filter(|cursor| Timestamp::from_millisecond(cursor.at).is_ok() && cursor.behind.is_sound());
    match cursor {
        Some(cursor) if cursor.of == of => Ok(cursor),
        Some(_) => Err(Problem::field("cursor", "belongs to another question; ask the same, or begin without it")),
        None => Err(Problem::field("cursor", "is none of ours; take `next` of the page before")),
    }
}

/// The address of the next page, as this one was asked for.
fn link(uri: &Uri, next: &str) -> Option<HeaderValue> {
    let query = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let kept = query.filter(|pair| !pair.starts_with("cursor="));
    let query: Vec<String> = kept.map(str::to_owned).chain([format!("cursor={next}")]).collect();
    let link = format!("</api/v1/requests?{}>; rel=\"next\"", query.join("&"));
    HeaderValue::from_str(&link).ok()
}

/// Which request is wanted. What is left out is as your languages and skills say.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WantedNext, example = json!({ "langs": ["zh-CN"], "trials": false }))]
pub struct Next {
    /// Only customers of these languages; an empty list: all.
    #[schema(value_type = Option<Vec<LangWord>>)]
    langs: Option<Vec<String>>,
    /// Only requests for these agents, by skill; an empty list: all.
    #[schema(value_type = Option<Vec<Word>>)]
    skills: Option<Vec<String>>,
    /// Only about this.
    #[schema(min_length = 1, max_length = 100)]
    topic: Option<String>,
    /// Only of this line, by its flow's name.
    #[schema(min_length = 1, max_length = 100)]
    line: Option<String>,
    /// Requests of trial calls too.
    trials: Option<bool>,
}

impl Wanted for Next {
    const OPTIONAL: bool = true;
}

impl Next {
    fn filter(self, person: &Person) -> Result<Filter, Problem> {
        let mut filter = Filter::of(person, self.trials.unwrap_or(false));
        if let Some(langs) = self.langs {
            filter.langs = langs.iter().map(|tag| words::lang("langs", tag)).collect::<Result<_, _>>()?;
        }
        if let Some(skills) = self.skills {
            filter.skills = words::list("skills", skills)?;
        }
        filter.topic = words::maybe_sized("topic", self.topic, 1, WORD)?;
        filter.line = words::maybe_sized("line", self.line, 1, WORD)?;
        Ok(filter)
    }
}

/// Take the next one
///
/// The first request that waits and may be rung now is yours for two minutes; see `extend`.
#[utoipa::path(post, path = "/requests/next", tag = "Requests", params(Key), security(("bearer" = ["agent"])),
    request_body(content = Option<Next>), responses(
    (status = 200, description = "You have it.", body = Case),
    (status = 204, description = "Nothing waits that you could take."),
    Denied, Written,
))]
pub async fn take_next(Agent(person): Agent, State(web): State<Web>, posted: Posted<Next>) -> Response {
    let (desk, who) = (web.desk.clone(), person.clone());
    let work = async move |next: Next| {
        let filter = next.filter(&who)?;
        match desk.take_next(&who, &filter).await? {
            Some(request) => {
                let id = request.id.clone();
                Done::with(StatusCode::OK, &Case::from(request)).map(|done| done.to(&id))
            }
            None => Ok(Done::empty()),
        }
    };
    posted.told(&web, &person, ("request.take", None), work).await
}
