//! What programs are shown: requests, with every number masked, and what stands around them.

use super::words::{DialStateWord, LangWord, PriorityWord, StateWord, WayWord};
use crate::call::effect::{Priority, RequestState};
use crate::call::step::Universal;
use crate::desk::{Card, CardCall, Dial, DialState, PathStep, Way};
use crate::store::{Request, RequestEvent};
use crate::words::{Lang, phone};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Something an agent must do for a customer. `number` and `caller` are masked.
#[derive(Serialize, ToSchema)]
#[schema(as = Request)]
pub struct Case {
    /// 32 hex digits; rises with the time of filing.
    #[schema(pattern = "^[0-9a-f]{32}$", example = "0197a1b2c3d47e8f90a1b2c3d4e5f607")]
    id: String,
    /// What the customer quotes.
    #[schema(example = "40231875")]
    reference: String,
    /// `callback`, `dispute` and so on.
    #[schema(example = "callback")]
    kind: String,
    /// What it is about.
    #[schema(example = "failed-payment")]
    topic: String,
    /// The line it was first asked for on, by its flow's name.
    #[schema(example = "digital-wallet")]
    line: String,
    /// The customer's language.
    #[schema(value_type = LangWord)]
    lang: Lang,
    /// Which agents.
    skill: String,
    /// How urgent.
    #[schema(value_type = PriorityWord)]
    priority: Priority,
    /// How far the customer was verified at best, 0 to 3.
    #[schema(minimum = 0, maximum = 3)]
    level: u8,
    /// When that was.
    #[schema(value_type = Option<String>, format = DateTime)]
    verified_at: Option<Timestamp>,
    /// The verified account.
    account: Option<String>,
    /// The number to ring.
    #[schema(example = "+86 *** **** 8000")]
    number: Option<String>,
    /// The number that called.
    caller: Option<String>,
    /// What was collected, the newest first.
    collected: Vec<Collected>,
    /// When the customer wants to be rung; none: as soon as possible.
    window: Option<WindowTimes>,
    /// When it should be done at the latest.
    #[schema(value_type = String, format = DateTime)]
    due: Timestamp,
    /// Not to be rung before.
    #[schema(value_type = String, format = DateTime)]
    ready_at: Timestamp,
    /// Where it stands.
    #[schema(value_type = StateWord)]
    state: RequestState,
    /// Why it was closed, or how it was done; telephone numbers are masked as in what was collected.
    reason: Option<String>,
    /// When it was done or closed.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// By whom, as in the history.
    ended_by: Option<String>,
    /// Who has it, by sign-in name.
    holder: Option<String>,
    /// Until when, unless they go on working on it.
    #[schema(value_type = Option<String>, format = DateTime)]
    lease_until: Option<Timestamp>,
    /// How often it was tried to reach the customer; the next attempt has one more as its number.
    attempts: u32,
    /// How many of the last attempts in a row reached nobody.
    misses: u32,
    /// How often it was asked for.
    #[schema(minimum = 0)]
    asked: i64,
    /// From a trial call: nobody is dialled.
    trial: bool,
    /// When it was first asked for.
    #[schema(value_type = String, format = DateTime)]
    filed_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// Counts its changes.
    #[schema(minimum = 1)]
    version: i64,
}

/// Something that was collected.
#[derive(Serialize, ToSchema)]
pub struct Collected {
    /// What it is.
    name: String,
    /// As it was said or typed; a telephone number that is the whole of it, or stands in it with `+` and 8 to 15
    /// digits, is masked.
    value: String,
}

/// From when to when the customer wants to be rung.
#[derive(Serialize, ToSchema)]
#[schema(as = Window)]
pub struct WindowTimes {
    /// Not before.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// Not after.
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
}

impl From<Request> for Case {
    fn from(r: Request) -> Case {
        let collected =
            r.collected.into_iter().map(|(name, value)| Collected { name, value: phone::masked_in(&value) });
        Case {
            id: r.id,
            reference: r.reference.to_string(),
            kind: r.kind,
            topic: r.topic,
            line: r.line,
            lang: r.lang,
            skill: r.skill,
            priority: r.priority,
            level: r.level.into(),
            verified_at: r.verified_at,
            account: r.account,
            number: r.number.as_deref().map(phone::masked_in),
            caller: r.caller.as_deref().map(phone::masked_in),
            collected: collected.collect(),
            window: r.window.map(|window| WindowTimes { from: window.from, to: window.to }),
            due: r.due,
            ready_at: r.ready_at,
            state: r.state,
            reason: r.reason.as_deref().map(phone::masked_in),
            ended_at: r.ended_at,
            ended_by: r.ended_by,
            holder: r.holder,
            lease_until: r.lease_until,
            attempts: r.attempts,
            misses: r.misses,
            asked: r.asked,
            trial: r.test,
            filed_at: r.filed_at,
            updated_at: r.updated_at,
            version: r.version,
        }
    }
}

/// A page of the list.
#[derive(Serialize, ToSchema)]
#[schema(as = RequestPage)]
pub struct CasePage {
    /// The requests, in the order they are to be taken, or the newest first.
    pub requests: Vec<Case>,
    /// Where the next page begins: `cursor` of the next question; none: this was the last.
    pub next: Option<String>,
}

/// A request with everything one wants to know before calling.
#[derive(Serialize, ToSchema)]
#[schema(as = Card)]
pub struct CaseCard {
    /// The request.
    request: Case,
    /// What the customer is called, where the account was verified.
    name: Option<String>,
    /// The customer's time zone, by its IANA name; the line's where it is not known.
    #[schema(example = "Asia/Shanghai")]
    zone: String,
    /// Every change, in order.
    history: Vec<Entry>,
    /// The attempts, the oldest first.
    attempts: Vec<Attempt>,
    /// The customer's calls, the newest first.
    calls: Vec<Call>,
    /// Other open requests of the same customer.
    related: Vec<Case>,
    /// Finished ones, the newest first.
    earlier: Vec<Case>,
    /// How often somebody guessed wrong at the account lately.
    guesses: u64,
}

impl From<Card> for CaseCard {
    fn from(card: Card) -> CaseCard {
        let Card { mut request, name, zone, dials, calls, related, earlier, guesses, masked: _ } = card;
        let history = std::mem::take(&mut request.history).into_iter().map(Entry::from).collect();
        let cases = |requests: Vec<Request>| requests.into_iter().map(Case::from).collect();
        CaseCard {
            request: request.into(),
            name,
            zone,
            history,
            attempts: dials.into_iter().map(Attempt::from).collect(),
            calls: calls.into_iter().map(Call::from).collect(),
            related: cases(related),
            earlier: cases(earlier),
            guesses,
        }
    }
}

/// A change of a request.
#[derive(Serialize, ToSchema)]
#[schema(as = HistoryEntry)]
pub struct Entry {
    /// Counts from 1.
    #[schema(minimum = 1)]
    seq: i64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// `caller`, a person's sign-in name, or `hotline` for what happens by itself.
    who: String,
    /// `filed`, `claimed`, `note`, `outcome` and so on.
    what: String,
    /// More about it; telephone numbers in its texts are masked as in what was collected.
    detail: Value,
}

impl From<RequestEvent> for Entry {
    fn from(event: RequestEvent) -> Entry {
        let RequestEvent { seq, at, who, what, detail } = event;
        Entry { seq, at, who, what, detail: masked_in(detail) }
    }
}

/// An attempt to reach a customer.
#[derive(Serialize, ToSchema)]
pub struct Attempt {
    /// Counts from 1.
    #[schema(minimum = 1)]
    nth: u32,
    /// Who made it.
    person: String,
    /// How.
    #[schema(value_type = WayWord)]
    way: Way,
    /// Where it is.
    #[schema(value_type = DialStateWord)]
    state: DialState,
    /// Why it failed.
    note: Option<String>,
    /// How long was talked, in seconds, where the provider told.
    talked: Option<u32>,
    /// How it ended.
    outcome: Option<String>,
    /// When it was begun.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// When it was over.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
}

impl From<Dial> for Attempt {
    fn from(dial: Dial) -> Attempt {
        let Dial { nth, person, way, state, note, talked, outcome, at, ended_at } = dial;
        Attempt { nth, person, way, state, note, talked, outcome, at, ended_at }
    }
}

/// A call of the customer.
#[derive(Serialize, ToSchema)]
pub struct Call {
    /// Its id.
    id: String,
    /// The line, by its flow's name.
    line: String,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// How it ended; none: it is going on.
    ending: Option<String>,
    /// The request was asked for, or asked for again, in it.
    asked: bool,
    /// What the caller did, in order.
    path: Vec<Did>,
    /// Messages left in it.
    recordings: Vec<Recording>,
}

/// Something a caller did on the way.
#[derive(Serialize, ToSchema)]
#[schema(as = PathStep)]
#[serde(tag = "did", rename_all = "kebab-case")]
pub enum Did {
    /// Chose something in a menu.
    Chosen {
        /// In the menu's words.
        words: String,
    },
    /// Pressed a key that works everywhere.
    Pressed {
        /// `person`, `repeat`, `back` or `slower`.
        key: &'static str,
    },
    /// Was verified.
    Verified {
        /// To this level.
        #[schema(minimum = 0, maximum = 3)]
        level: u8,
    },
    /// Tried to be verified, and was not.
    NotVerified,
}

impl From<PathStep> for Did {
    fn from(step: PathStep) -> Did {
        match step {
            PathStep::Chosen(words) => Did::Chosen { words },
            PathStep::Pressed(Universal::Person) => Did::Pressed { key: "person" },
            PathStep::Pressed(Universal::Repeat) => Did::Pressed { key: "repeat" },
            PathStep::Pressed(Universal::Back) => Did::Pressed { key: "back" },
            PathStep::Pressed(Universal::Slower) => Did::Pressed { key: "slower" },
            PathStep::Verified(level) => Did::Verified { level: level.into() },
            PathStep::NotVerified => Did::NotVerified,
        }
    }
}

/// A message the customer left.
#[derive(Serialize, ToSchema)]
pub struct Recording {
    /// Its id.
    id: String,
    /// How long it is.
    seconds: u32,
    /// Its sound is here and can be played on the card's page.
    here: bool,
}

impl From<CardCall> for Call {
    fn from(call: CardCall) -> Call {
        let CardCall { id, line, at, ending, asked, path, recordings } = call;
        let recordings = recordings.into_iter().map(|r| Recording { id: r.id, seconds: r.seconds, here: r.here });
        let path = path.into_iter().map(Did::from).collect();
        Call { id, line, at, ending, asked, path, recordings: recordings.collect() }
    }
}

/// Telephone numbers masked in every text of a value.
fn masked_in(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(phone::masked_in(&text)),
        Value::Array(items) => Value::Array(items.into_iter().map(masked_in).collect()),
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(name, value)| (name, masked_in(value))).collect())
        }
        other => other,
    }
}
