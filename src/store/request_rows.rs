//! Requests and their histories as rows, and reading them: by reference, by page, by state.

use super::engine::{Tx, args, named};
use super::{Result, Store, StoreError, hooks};
use crate::call::effect::{Priority, RequestState};
use crate::flow::value::Window;
use crate::words::{Lang, Level, Reference};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A request as it is recorded.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Request {
    /// Rises with the time of filing.
    pub id: String,
    /// What the caller quotes.
    pub reference: Reference,
    /// `callback`, `dispute` and so on.
    pub kind: String,
    /// What it is about.
    pub topic: String,
    /// Who asked and how we know: `a:` a verified account, `n:` a number, `r:` an account as typed
    /// by somebody unverified, `c:` a call.
    pub customer: String,
    /// The verified account.
    pub account: Option<String>,
    /// The number to ring, E.164.
    pub number: Option<String>,
    /// The number that called, E.164.
    pub caller: Option<String>,
    /// The customer's language.
    pub lang: Lang,
    /// Which agents.
    pub skill: String,
    /// How urgent.
    pub priority: Priority,
    /// How far the customer was verified at best.
    pub level: Level,
    /// When that was.
    pub verified_at: Option<Timestamp>,
    /// What was collected, by name, the newest first.
    pub collected: Vec<(String, String)>,
    /// When the customer wants to be rung; none: as soon as possible.
    pub window: Option<Window>,
    /// When it should be done at the latest.
    pub due: Timestamp,
    /// Where it stands.
    pub state: RequestState,
    /// How often it was asked for.
    pub asked: i64,
    /// The line it was first asked for on.
    pub line: String,
    /// The call it was first asked for in.
    pub call: String,
    /// From a trial call: never dialled.
    pub test: bool,
    /// When it was first asked for.
    pub filed_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Not to be rung before.
    pub ready_at: Timestamp,
    /// How often it was tried to reach the customer.
    pub attempts: u32,
    /// How many of the last attempts in a row reached nobody.
    pub misses: u32,
    /// Who has it, by sign-in name.
    pub holder: Option<String>,
    /// Until when, unless they go on working on it.
    pub lease_until: Option<Timestamp>,
    /// Counts its changes.
    pub version: i64,
    /// Why it was closed, or how it was done.
    pub reason: Option<String>,
    /// When it was done or closed.
    pub ended_at: Option<Timestamp>,
    /// By whom, as in the history.
    pub ended_by: Option<String>,
    /// Every change, in order; read by the export, the card and whoever asks for one request.
    pub history: Vec<RequestEvent>,
}

/// One change of a request.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RequestEvent {
    /// Counts from 1.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// `caller`, or an agent's name.
    pub who: String,
    /// `filed`, `asked again`, or the state it went to.
    pub what: String,
    /// More about it.
    pub detail: serde_json::Value,
}

impl Store {
    /// The request under a reference, without its history.
    pub async fn request_status(&self, reference: &Reference) -> Result<Option<Request>> {
        let row: Option<Row> = self.engine.first(BY_REFERENCE, args![reference.as_str()]).await?;
        row.map(Row::read).transpose()
    }

    /// A page of requests with their histories, in order of their ids, after the id given.
    pub async fn export_requests(&self, after: Option<&str>, limit: u32) -> Result<Vec<Request>> {
        let after = after.unwrap_or_default();
        let rows: Vec<Row> = self.engine.rows(PAGE, args![after, limit]).await?;
        let mut requests: Vec<Request> = rows.into_iter().map(Row::read).collect::<Result<_>>()?;
        let Some(last) = requests.last() else { return Ok(requests) };
        let sql = "SELECT request_id, seq, at, who, what, detail FROM request_events
            WHERE request_id > $1 AND request_id <= $2 ORDER BY request_id, seq";
        let mut events = self.engine.rows::<Event>(sql, args![after, &last.id]).await?.into_iter().peekable();
        for request in &mut requests {
            while let Some(event) = events.next_if(|event| event.0 <= request.id) {
                request.history.push(entry(event)?);
            }
        }
        Ok(requests)
    }

    /// How many requests there are in each state that has any; trials are not counted.
    pub async fn requests_by_state(&self) -> Result<Vec<(RequestState, i64)>> {
        let sql = "SELECT state, count(*) FROM requests WHERE NOT test GROUP BY state ORDER BY state";
        let rows = self.engine.rows::<(String, i64)>(sql, args![]).await?;
        rows.into_iter().map(|(word, n)| Ok((state_of(&word)?, n))).collect()
    }
}

/// Counts one more ask on the open request of a customer about a topic, and gives it. By that write
/// nobody else changes it until the end.
pub(super) async fn ask_again(tx: &mut Tx, customer: &str, topic: &str, test: bool) -> Result<Option<Request>> {
    tx.first::<Row>(ASK_AGAIN, args![customer, topic, test]).await?.map(Row::read).transpose()
}

/// One line of a request's history, to be written.
pub(super) struct EventRow<'a> {
    pub request: &'a str,
    pub at: i64,
    pub who: &'a str,
    pub what: &'a str,
    /// JSON.
    pub detail: String,
}

impl EventRow<'_> {
    /// Appends it, and puts it into the outbox for whoever is told of requests. The request's row was
    /// written before in the same unit of work, so two cannot take the same number.
    pub async fn write(self, tx: &mut Tx) -> Result<()> {
        let sql = "INSERT INTO request_events (request_id, seq, at, who, what, detail)
            SELECT $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5 FROM request_events WHERE request_id = $1
            RETURNING seq";
        let row = args![self.request, self.at, self.who, self.what, self.detail];
        let seq = tx.first::<(i64,)>(sql, row).await?.map_or(1, |(seq,)| seq);
        hooks::tell(tx, self.request, seq, self.what, self.at).await
    }
}

/// A line of a history as the engines give it, with the request's id.
pub(super) type Event = (String, i64, i64, String, String, String);

/// A line of a history.
pub(super) fn entry((_, seq, at, who, what, detail): Event) -> Result<RequestEvent> {
    let (at, detail) = (moment(at)?, read(&detail, "detail of a request's history")?);
    Ok(RequestEvent { seq, at, who, what, detail })
}

/// A value as the text of a JSON column.
pub(super) fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|e| StoreError::Damaged(e.to_string()))
}

/// A value from the text of a JSON column.
pub(super) fn read<T: DeserializeOwned>(text: &str, what: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| StoreError::Damaged(format!("{what}: {e}")))
}

/// A moment from its milliseconds.
pub(super) fn moment(ms: i64) -> Result<Timestamp> {
    Timestamp::from_millisecond(ms).map_err(|e| StoreError::Damaged(format!("{ms} as a moment: {e}")))
}

/// Every column of a [`Row`].
macro_rules! columns {
    () => {
        "id, reference, kind, topic, customer, account, number, caller, lang, skill, priority, level, \
        verified_at, collected, ring_window, due, state, asked, line, call_id, test, filed_at, updated_at, \
        ready_at, attempts, misses, holder, lease_until, version, reason, ended_at, ended_by"
    };
}
pub(super) use columns;

const BY_REFERENCE: &str = concat!("SELECT ", columns!(), " FROM requests WHERE reference = $1");
const PAGE: &str = concat!("SELECT ", columns!(), " FROM requests WHERE id > $1 ORDER BY id LIMIT $2");
const ASK_AGAIN: &str = concat!(
    "UPDATE requests SET asked = asked + 1, version = version + 1
        WHERE customer = $1 AND topic = $2 AND test = $3 AND state IN ('open', 'claimed') RETURNING ",
    columns!()
);

/// A request as the engines give it: everything of [`columns`].
pub(super) struct Row {
    id: String,
    reference: String,
    kind: String,
    topic: String,
    customer: String,
    account: Option<String>,
    number: Option<String>,
    caller: Option<String>,
    lang: String,
    skill: String,
    priority: i64,
    level: i64,
    verified_at: Option<i64>,
    collected: String,
    ring_window: Option<String>,
    due: i64,
    state: String,
    asked: i64,
    line: String,
    call_id: String,
    test: bool,
    filed_at: i64,
    updated_at: i64,
    ready_at: i64,
    attempts: i64,
    misses: i64,
    holder: Option<String>,
    lease_until: Option<i64>,
    version: i64,
    reason: Option<String>,
    ended_at: Option<i64>,
    ended_by: Option<String>,
}

named!(Row {
    id,
    reference,
    kind,
    topic,
    customer,
    account,
    number,
    caller,
    lang,
    skill,
    priority,
    level,
    verified_at,
    collected,
    ring_window,
    due,
    state,
    asked,
    line,
    call_id,
    test,
    filed_at,
    updated_at,
    ready_at,
    attempts,
    misses,
    holder,
    lease_until,
    version,
    reason,
    ended_at,
    ended_by
});

impl Row {
    /// The request, without its history.
    pub fn read(self) -> Result<Request> {
        let damaged = |what: &str| StoreError::Damaged(format!("{what} of request {}", self.id));
        Ok(Request {
            reference: Reference::parse(&self.reference).ok_or_else(|| damaged("reference"))?,
            lang: Lang::parse(&self.lang).ok_or_else(|| damaged("language"))?,
            priority: priority_of(self.priority)?,
            level: u8::try_from(self.level).ok().and_then(|n| n.try_into().ok()).ok_or_else(|| damaged("level"))?,
            verified_at: self.verified_at.map(moment).transpose()?,
            collected: read(&self.collected, "collected data of a request")?,
            window: self.ring_window.map(|w| read(&w, "window of a request")).transpose()?,
            due: moment(self.due)?,
            state: state_of(&self.state)?,
            filed_at: moment(self.filed_at)?,
            updated_at: moment(self.updated_at)?,
            ready_at: moment(self.ready_at)?,
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            misses: u32::try_from(self.misses).unwrap_or(u32::MAX),
            lease_until: self.lease_until.map(moment).transpose()?,
            ended_at: self.ended_at.map(moment).transpose()?,
            ended_by: self.ended_by,
            holder: self.holder,
            version: self.version,
            reason: self.reason,
            id: self.id,
            kind: self.kind,
            topic: self.topic,
            customer: self.customer,
            account: self.account,
            number: self.number,
            caller: self.caller,
            skill: self.skill,
            asked: self.asked,
            line: self.line,
            call: self.call_id,
            test: self.test,
            history: Vec::new(),
        })
    }
}

/// The priority of its number.
pub(super) fn priority_of(number: i64) -> Result<Priority> {
    let all = [Priority::Urgent, Priority::High, Priority::Normal, Priority::Low];
    let found = all.into_iter().find(|priority| *priority as i64 == number);
    found.ok_or_else(|| StoreError::Damaged(format!("{number} as the priority of a request")))
}

/// The state of its word.
pub(super) fn state_of(word: &str) -> Result<RequestState> {
    RequestState::named(word).ok_or_else(|| StoreError::Damaged(format!("`{word}` as the state of a request")))
}
