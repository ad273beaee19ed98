//! Recording what an agent must do: one open request per customer and topic, limits on new ones,
//! and the same answer for a repeated effect.

use super::engine::{Tx, args};
use super::request_rows::{self, EventRow, Request, json, moment};
use super::{EffectKey, Result, Store, StoreError};
use crate::call::effect::{FileAnswer, NewRequest, Priority, RequestState, RingAt};
use crate::words::{Level, Phone, Reference};
use serde_json::json;

const DAY: i64 = 24 * 3_600_000;

/// How many new requests are taken. Adding to an open one counts towards none. What verified
/// customers ask, what is asked in the name of an account and what numbers ask are counted apart, so
/// that nobody can use up somebody else's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RequestLimits {
    /// For one number in 24 hours, and as many urgent ones: the number to ring, else the caller's.
    /// Where the number registered for a typed account is to be rung, the caller's own: whose it is
    /// must make no difference to a caller who only typed the account.
    pub per_number_day: i64,
    /// For all withheld callers of a line who typed an account, together, in 24 hours, and as many
    /// urgent ones.
    pub withheld_per_line_day: i64,
    /// For one account in 7 days.
    pub per_account_week: i64,
}

impl Default for RequestLimits {
    fn default() -> RequestLimits {
        RequestLimits { per_number_day: 3, withheld_per_line_day: 60, per_account_week: 10 }
    }
}

/// Who writes a request down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FiledBy<'a> {
    /// As histories call them.
    pub who: &'a str,
    /// May put another number in place of that of an open request.
    pub renumbers: bool,
}

impl FiledBy<'static> {
    /// Whoever asks by phone.
    pub const CALLER: FiledBy<'static> = FiledBy { who: CALLER, renumbers: true };
}

/// A request on its way into the ledger.
struct Filing<'a> {
    by: FiledBy<'a>,
    call: &'a str,
    line: &'a str,
    new: &'a NewRequest,
    /// Who asks and how we know: verified and unverified never meet.
    customer: String,
    /// The number to ring.
    number: Option<&'a str>,
    /// What the daily limit counts; see [`contact`].
    contact: Option<String>,
    at: i64,
}

impl Store {
    /// Records a request, or adds to the open one of this customer about this topic. `resolved` is
    /// the number to ring, when there is one. Whoever repeats the effect gets the same answer.
    pub async fn file_request(
        &self,
        key: &EffectKey,
        line: &str,
        new: &NewRequest,
        resolved: Option<Phone>,
        limits: &RequestLimits,
        at: i64,
    ) -> Result<FileAnswer> {
        self.file_request_by(FiledBy::CALLER, key, line, new, resolved, limits, at).await
    }

    /// The same, written down by somebody else than the caller.
    #[expect(clippy::too_many_arguments, reason = "each says something else about the one request")]
    pub async fn file_request_by(
        &self,
        by: FiledBy<'_>,
        key: &EffectKey,
        line: &str,
        new: &NewRequest,
        resolved: Option<Phone>,
        limits: &RequestLimits,
        at: i64,
    ) -> Result<FileAnswer> {
        let (call, turn, seq) = (key.call.as_str(), key.turn, key.seq);
        let filing = Filing::of(by, call, line, new, resolved.as_ref(), at);
        let mut tx = self.engine.begin().await?;
        let sql = "INSERT INTO filings (call_id, turn, seq, answer, at) VALUES ($1, $2, $3, '', $4)
            ON CONFLICT (call_id, turn, seq) DO NOTHING";
        if tx.run(sql, args![call, turn, seq, at]).await? == 0 {
            let sql = "SELECT answer FROM filings WHERE call_id = $1 AND turn = $2 AND seq = $3";
            let given = tx.first::<(String,)>(sql, args![call, turn, seq]).await?.unwrap_or_default().0;
            tx.undo().await?;
            return request_rows::read(&given, "answer of a filing");
        }
        let contact = filing.contact.as_ref().map(|c| format!("contact:{c}"));
        tx.lock_subjects(contact.into_iter().chain([format!("customer:{}", filing.customer)]).collect(), at).await?;
        let (id, answer) = match request_rows::ask_again(&mut tx, &filing.customer, &new.topic, new.test).await? {
            Some(open) => filing.add_to(&mut tx, open).await?,
            None if filing.is_too_many(&mut tx, limits).await? => (None, FileAnswer::TooMany),
            None => filing.create(&mut tx).await?,
        };
        let sql = "UPDATE filings SET request_id = $4, answer = $5 WHERE call_id = $1 AND turn = $2 AND seq = $3";
        tx.run(sql, args![call, turn, seq, id, json(&answer)?]).await?;
        tx.commit().await?;
        Ok(answer)
    }

    /// Puts a request to look at into the ledger, with no limit; false when its reference is there.
    pub async fn put_demo_request(
        &self,
        reference: &Reference,
        line: &str,
        new: &NewRequest,
        number: Option<Phone>,
        state: RequestState,
        at: i64,
    ) -> Result<bool> {
        let filing = Filing::of(FiledBy { who: DEMO, renumbers: true }, "", line, new, number.as_ref(), at);
        let mut tx = self.engine.begin().await?;
        // Servers that start together bring the same demo.
        tx.lock_subjects(vec![format!("customer:{}", filing.customer)], at).await?;
        let Some(id) = filing.insert(&mut tx, reference, state).await? else {
            tx.undo().await?;
            return Ok(false);
        };
        EventRow { request: &id, at, who: DEMO, what: "filed", detail: json(&new.collected)? }.write(&mut tx).await?;
        if state != RequestState::Open {
            let detail = json(&json!({}))?;
            EventRow { request: &id, at, who: DEMO, what: state.word(), detail }.write(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(true)
    }
}

impl<'a> Filing<'a> {
    fn of(
        by: FiledBy<'a>,
        call: &'a str,
        line: &'a str,
        new: &'a NewRequest,
        resolved: Option<&'a Phone>,
        at: i64,
    ) -> Filing<'a> {
        let number = resolved.map(Phone::as_str);
        let known = number.or(new.from.as_ref().map(Phone::as_str));
        let customer = match (&new.account, &new.ring, known) {
            (Some(account), _, _) if new.level >= Level::L2 => format!("a:{account}"),
            (_, RingAt::Registered(typed), _) => format!("r:{typed}"),
            (_, _, Some(known)) => format!("n:{known}"),
            _ => format!("c:{call}"),
        };
        let contact = contact(&customer, line, new, number);
        Filing { by, call, line, new, customer, number, contact, at }
    }

    /// The verified account, and none that was only typed.
    fn account(&self) -> Option<&str> {
        self.new.account.as_deref().filter(|_| self.new.level >= Level::L2)
    }

    async fn is_too_many(&self, tx: &mut Tx, limits: &RequestLimits) -> Result<bool> {
        let sql = "SELECT
            (SELECT count(*) FROM requests WHERE customer = $1 AND test = $2 AND filed_at > $3),
            (SELECT count(*) FROM requests WHERE contact = $4 AND test = $2 AND filed_at > $5)";
        let (week, day) = (self.at - 7 * DAY, self.at - DAY);
        let values = args![&self.customer, self.new.test, week, &self.contact, day];
        let (of_customer, of_contact): (i64, i64) = tx.first(sql, values).await?.unwrap_or_default();
        let is_withheld = self.contact.as_ref().is_some_and(|contact| contact.starts_with(WITHHELD));
        let per_day = if is_withheld { limits.withheld_per_line_day } else { limits.per_number_day };
        Ok(of_customer >= limits.per_account_week || of_contact >= per_day)
    }

    async fn create(&self, tx: &mut Tx) -> Result<(Option<String>, FileAnswer)> {
        // References are guessed at, so they are random and not counted up.
        for _ in 0..200 {
            let reference = Reference::of(getrandom::u32().map_err(|_| StoreError::NoReference)?);
            if let Some(id) = self.insert(tx, &reference, RequestState::Open).await? {
                self.note(tx, &id, "filed", self.new.priority).await?;
                return Ok((Some(id), FileAnswer::Filed { reference, due: self.new.due, added: false }));
            }
        }
        Err(StoreError::NoReference)
    }

    /// Writes the row; gives its id, or none when the reference is taken.
    async fn insert(&self, tx: &mut Tx, reference: &Reference, state: RequestState) -> Result<Option<String>> {
        let new = self.new;
        let id = uuid::Uuid::now_v7().simple().to_string();
        let held = state == RequestState::Claimed;
        let ended = matches!(state, RequestState::Done | RequestState::Closed);
        let sql = "INSERT INTO requests (id, reference, kind, topic, customer, account, number, caller, contact, lang,
                skill, priority, level, verified_at, collected, ring_window, due, state, asked, line, call_id, test,
                filed_at, updated_at, ready_at, holder, lease_until, ended_at, ended_by)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 1, $19, $20, $21,
                $22, $22, $23, $24, $25, $26, $27)
            ON CONFLICT (reference) DO NOTHING";
        let values = args![
            &id,
            reference.as_str(),
            &new.kind,
            &new.topic,
            &self.customer,
            self.account(),
            self.number,
            new.from.as_ref().map(Phone::as_str),
            &self.contact,
            new.lang.tag(),
            &new.skill,
            new.priority as u8,
            u8::from(new.level),
            new.verified_at.map(|t| t.as_millisecond()),
            json(&new.collected)?,
            new.window.map(|w| json(&w)).transpose()?,
            new.due.as_millisecond(),
            state.word(),
            self.line,
            self.call,
            new.test,
            self.at,
            new.window.map_or(self.at, |window| window.from.as_millisecond()),
            held.then_some(self.by.who),
            held.then_some(self.at + DEMO_LEASE),
            ended.then_some(self.at),
            ended.then_some(self.by.who),
        ];
        Ok((tx.run(sql, values).await? == 1).then_some(id))
    }

    /// Asking again raises a request and never lowers it: it goes up a step or to the higher priority
    /// asked for, the earlier due time and the higher level count; the newest number, window and data
    /// come first, the number where whoever writes it down may replace one. A new window moves when it may be rung; who wants no window any more waits for no next
    /// attempt.
    async fn add_to(&self, tx: &mut Tx, open: Request) -> Result<(Option<String>, FileAnswer)> {
        let new = self.new;
        // A window the customer chose now counts; else the earlier promise stands.
        let due = if new.window.is_some() { new.due } else { open.due.min(new.due) };
        let mut collected = new.collected.clone();
        let older = open.collected.into_iter().filter(|(name, _)| !new.collected.iter().any(|(n, _)| n == name));
        collected.extend(older);
        // A report becomes a callback once the customer wants to be rung, and stays one.
        let kind = if open.number.is_none() && self.number.is_some() { &new.kind } else { &open.kind };
        let number = self.number.filter(|_| self.by.renumbers || open.number.is_none());
        let verified_at = open.verified_at.max(new.verified_at);
        let priority = open.priority.raised().min(new.priority);
        // The contact stays: whoever adds is charged nothing, and whoever filed is not let off.
        let sql = "UPDATE requests SET kind = $2, number = coalesce($3, number), lang = $4, skill = $5, priority = $6,
                level = $7, verified_at = $8, collected = $9, ring_window = coalesce($10, ring_window), due = $11,
                updated_at = $12, ready_at = CASE WHEN $13 IS NOT NULL THEN $13
                    WHEN ring_window IS NULL AND ready_at > $12 THEN $12 ELSE ready_at END
            WHERE id = $1";
        let values = args![
            &open.id,
            kind,
            number,
            new.lang.tag(),
            &new.skill,
            priority as u8,
            u8::from(open.level.max(new.level)),
            verified_at.map(|t| t.as_millisecond()),
            json(&collected)?,
            new.window.map(|w| json(&w)).transpose()?,
            due.as_millisecond(),
            self.at,
            new.window.map(|window| window.from.as_millisecond()),
        ];
        tx.run(sql, values).await?;
        self.note(tx, &open.id, "asked again", priority).await?;
        // A promise that is broken already keeps the request in front, and is not made to the caller again.
        let told = if due.as_millisecond() < self.at { new.due } else { due };
        let due = moment(told.as_millisecond())?;
        Ok((Some(open.id), FileAnswer::Filed { reference: open.reference, due, added: true }))
    }

    /// What was asked this time, and how urgent the request is by now, for the history.
    async fn note(&self, tx: &mut Tx, request: &str, what: &str, priority: Priority) -> Result<()> {
        let new = self.new;
        let detail = json(&json!({
            "call": self.call, "line": self.line, "kind": new.kind, "priority": priority,
            "asked_priority": new.priority, "level": new.level, "number": self.number, "collected": new.collected, "window": new.window, "due": new.due,
        }))?;
        EventRow { request, at: self.at, who: self.by.who, what, detail }.write(tx).await
    }
}

/// How histories call whoever asks by phone.
pub(super) const CALLER: &str = "caller";
/// How they call whoever brings demo data, and has what is claimed there.
pub(super) const DEMO: &str = "demo";
/// For how long what is claimed in the demo is, in ms.
const DEMO_LEASE: i64 = 3_600_000;

/// How the contact of a withheld caller begins.
const WITHHELD: &str = "w:";

/// What the daily limit counts a request under: how we know who asks, and a number. Never the number
/// registered for an account that was only typed: anybody could use up its owner's day, and hear from
/// the limit which accounts there are. Urgent requests have a day of their own.
fn contact(customer: &str, line: &str, new: &NewRequest, number: Option<&str>) -> Option<String> {
    let from = new.from.as_ref().map(Phone::as_str);
    let kind = customer.split(':').next().unwrap_or_default();
    let contact = match (kind, from) {
        ("r", Some(from)) => format!("r:{from}"),
        ("r", None) => format!("{WITHHELD}{line}"),
        (kind, from) => format!("{kind}:{}", number.or(from)?),
    };
    Some(if new.priority == Priority::Urgent { format!("{contact}:urgent") } else { contact })
}
