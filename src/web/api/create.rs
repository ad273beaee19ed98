//! Requests that come another way than by phone.

use super::body::{Done, Key, Posted, Wanted};
use super::problem::{Denied, Problem, Written};
use super::shapes::Case;
use super::words::{self, LangWord, PriorityWord, WORD};
use crate::call::effect::Priority;
use crate::desk::NewCase;
use crate::web::Web;
use crate::web::who::Agent;
use crate::words::{Level, Phone};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The most that is known by name, and the longest of it.
const COLLECTED: usize = 50;
const TEXT: usize = 4000;

/// A request that came another way than by phone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "line": "digital-wallet", "topic": "failed-payment", "lang": "zh-HK", "number": "+85261230001",
    "collected": { "order": "4711" }
}))]
pub struct NewRequest {
    /// The line it belongs to, by its flow's name: its countries, hours and promises count.
    #[schema(min_length = 1, max_length = 100)]
    line: String,
    /// `callback` without, `dispute` and so on.
    #[schema(min_length = 1, max_length = 100)]
    kind: Option<String>,
    /// What it is about.
    #[schema(min_length = 1, max_length = 100)]
    topic: String,
    /// How urgent; `normal` without. `urgent` counts as `high` unless a supervisor's token files it.
    #[schema(value_type = Option<PriorityWord>)]
    priority: Option<String>,
    /// Which agents; without, those of the topic.
    #[schema(min_length = 1, max_length = 100)]
    skill: Option<String>,
    /// The customer's language, one of the line's.
    #[schema(value_type = LangWord)]
    lang: String,
    /// The number to ring, in E.164; without, the one registered for the account. Number or account must be
    /// there.
    #[schema(pattern = "^\\+[1-9][0-9]{4,14}$", max_length = 16)]
    number: Option<String>,
    /// The account, where the other channel has verified it: `level` is 2 or 3 then.
    #[schema(min_length = 1, max_length = 100)]
    account: Option<String>,
    /// How far the other channel has verified the customer; 0 without.
    #[schema(minimum = 0, maximum = 3)]
    level: Option<i64>,
    /// What is known, by name: 50 at most.
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    collected: Option<BTreeMap<String, String>>,
}

impl Wanted for NewRequest {}

impl NewRequest {
    fn case(self) -> Result<NewCase, Problem> {
        let number = self.number.map(|number| {
            let plain = number.starts_with('+') && number.bytes().skip(1).all(|byte| byte.is_ascii_digit());
            let number = plain.then(|| Phone::parse(&number, None)).flatten();
            number.ok_or_else(|| Problem::field("number", "is no telephone number; write it as +8613800138000"))
        });
        let level = u8::try_from(self.level.unwrap_or(0)).ok().and_then(|level| Level::try_from(level).ok());
        let priority = self.priority.map(|word| words::priority("priority", &word)).transpose()?;
        let collected = self.collected.unwrap_or_default();
        if collected.len() > COLLECTED {
            return Err(Problem::field("collected", "has more than 50 entries"));
        }
        let known =
            |(name, value)| Ok((words::sized("collected", name, 1, WORD)?, words::sized("collected", value, 0, TEXT)?));
        Ok(NewCase {
            line: words::sized("line", self.line, 1, WORD)?,
            kind: words::maybe_sized("kind", self.kind, 1, WORD)?.unwrap_or_else(|| "callback".to_owned()),
            topic: words::sized("topic", self.topic, 1, WORD)?,
            priority: priority.unwrap_or(Priority::Normal),
            skill: words::maybe_sized("skill", self.skill, 1, WORD)?,
            lang: words::lang("lang", &self.lang)?,
            number: number.transpose()?,
            account: words::maybe_sized("account", self.account, 1, WORD)?,
            level: level.ok_or_else(|| Problem::field("level", "must be 0, 1, 2 or 3"))?,
            collected: collected.into_iter().map(known).collect::<Result<_, Problem>>()?,
        })
    }
}

/// Record a request from another channel
///
/// A customer who has an open one about the same topic has this added to it: then the status is 200. Its
/// number stays as it was, unless a supervisor's token says another.
#[utoipa::path(post, path = "/requests", tag = "Requests", params(Key), security(("bearer" = ["agent"])),
    request_body = NewRequest, responses(
    (status = 201, description = "It is recorded.", body = Case),
    (status = 200, description = "It is added to an open one.", body = Case),
    Denied, Written,
))]
pub async fn create_request(Agent(person): Agent, State(web): State<Web>, posted: Posted<NewRequest>) -> Response {
    let (desk, who) = (web.desk.clone(), person.clone());
    let work = async move |new: NewRequest| {
        let request = desk.create(&who, &new.case()?).await?;
        let status = if request.asked > 1 { StatusCode::OK } else { StatusCode::CREATED };
        let id = request.id.clone();
        Done::with(status, &Case::from(request)).map(|done| done.to(&id))
    };
    posted.told(&web, &person, ("request.create", None), work).await
}
