//! Attempts to reach a customer. The key of a row is the dial token: who presses twice finds the row.
//! States only go forward.

use super::{Dial, DialState, Way};
use crate::store::engine::{Tx, args, named};
use crate::store::request_rows::{EventRow, Row as RequestRow, columns, json, moment};
use crate::store::{Request, Result, Store};
use serde_json::json;

/// An attempt as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DialRow {
    /// The request.
    pub request: String,
    /// What everybody may see of it.
    pub dial: Dial,
    /// The number that is rung, E.164; none for a trial.
    pub number: Option<String>,
    /// The provider that rings.
    pub provider: Option<String>,
    /// The provider's id of the agent's leg.
    pub provider_call: Option<String>,
    /// Who said how it ended; none: nobody has yet.
    pub said_by: Option<String>,
}

impl DialRow {
    /// Whether this person has to say how it ended before another one is made.
    pub fn is_owed_by(&self, person: &str) -> bool {
        let unsaid = self.dial.state == DialState::Over && self.said_by.is_none();
        !self.dial.state.is_over() || (unsaid && self.dial.person == person)
    }

    /// Whether an outcome was said that stands against this one: after `reached` it may be said what
    /// came of it.
    pub fn stands_against(&self, outcome: &str) -> bool {
        let reached = self.dial.outcome.as_deref() == Some("reached");
        self.said_by.is_some() && (!reached || ["reached", "no-answer", "busy"].contains(&outcome))
    }
}

/// An attempt about to be made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NewDial<'a> {
    /// The request.
    pub request: &'a str,
    /// One more than the request has.
    pub nth: u32,
    /// Who makes it, and has the request.
    pub person: &'a str,
    /// How.
    pub way: Way,
    /// The number that is rung, E.164.
    pub number: Option<&'a str>,
    /// The provider that rings.
    pub provider: Option<&'a str>,
    /// When, in ms.
    pub at: i64,
    /// The lease goes on until then, in ms.
    pub until: i64,
}

/// What became of an attempt that was to be made.
#[derive(Clone, PartialEq, Debug)]
pub enum Begun {
    /// It is made now.
    New(Box<Request>, DialRow),
    /// It was made before, by this press or another.
    There(DialRow),
    /// The request is not this person's, or has another number of attempts, or one goes on: look.
    No,
}

struct Row {
    request_id: String,
    nth: i64,
    person: String,
    way: String,
    number: Option<String>,
    state: String,
    provider: Option<String>,
    provider_call: Option<String>,
    note: Option<String>,
    talked: Option<i64>,
    outcome: Option<String>,
    said_by: Option<String>,
    at: i64,
    ended_at: Option<i64>,
}

named!(Row {
    request_id,
    nth,
    person,
    way,
    number,
    state,
    provider,
    provider_call,
    note,
    talked,
    outcome,
    said_by,
    at,
    ended_at
});

macro_rules! dial_columns {
    () => {
        "request_id, nth, person, way, number, state, provider, provider_call, note, talked, outcome, said_by, \
        at, ended_at"
    };
}

impl Row {
    fn read(self) -> Result<DialRow> {
        let dial = Dial {
            nth: u32::try_from(self.nth).unwrap_or(u32::MAX),
            person: self.person,
            way: Way::of(&self.way)?,
            state: DialState::of(&self.state)?,
            note: self.note,
            talked: self.talked.and_then(|seconds| u32::try_from(seconds).ok()),
            outcome: self.outcome,
            at: moment(self.at)?,
            ended_at: self.ended_at.map(moment).transpose()?,
        };
        let (number, provider, provider_call) = (self.number, self.provider, self.provider_call);
        Ok(DialRow { request: self.request_id, dial, number, provider, provider_call, said_by: self.said_by })
    }
}

impl Store {
    /// An attempt by its request and number.
    pub async fn dial(&self, request: &str, nth: u32) -> Result<Option<DialRow>> {
        let sql = concat!("SELECT ", dial_columns!(), " FROM dials WHERE request_id = $1 AND nth = $2");
        self.engine.first::<Row>(sql, args![request, nth]).await?.map(Row::read).transpose()
    }

    /// All attempts of a request, the oldest first.
    pub async fn dials(&self, request: &str) -> Result<Vec<DialRow>> {
        let sql = concat!("SELECT ", dial_columns!(), " FROM dials WHERE request_id = $1 ORDER BY nth");
        self.engine.rows::<Row>(sql, args![request]).await?.into_iter().map(Row::read).collect()
    }

    /// Makes an attempt, once: of the holder's presses, one. None is made while another of the request
    /// goes on, or while the same person owes how theirs ended.
    pub async fn begin_dial(&self, new: &NewDial<'_>) -> Result<Begun> {
        let NewDial { request, nth, person, way, number, provider, at, until } = *new;
        let sql = concat!(
            "UPDATE requests SET attempts = attempts + 1, lease_until = $4, version = version + 1, updated_at = $5
            WHERE id = $1 AND state = 'claimed' AND holder = $2 AND attempts = $3 - 1 AND NOT EXISTS
                (SELECT 1 FROM dials d WHERE d.request_id = $1 AND (d.state NOT IN ('over', 'failed')
                    OR (d.state = 'over' AND d.said_by IS NULL AND d.person = $2)))
            RETURNING ",
            columns!()
        );
        let mut tx = self.engine.begin().await?;
        let Some(row) = tx.first::<RequestRow>(sql, args![request, person, nth, until, at]).await? else {
            tx.undo().await?;
            return Ok(self.dial(request, nth).await?.map_or(Begun::No, Begun::There));
        };
        let sql = concat!(
            "INSERT INTO dials (request_id, nth, person, way, number, state, provider, at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ",
            dial_columns!()
        );
        // Of what the agent's own hand dials nothing more is heard: they talk until they say how it ended.
        let state = if way == Way::Bridge { DialState::Ordered } else { DialState::Talking };
        let values = args![request, nth, person, way.word(), number, state.word(), provider, at];
        let dial = tx.first::<Row>(sql, values).await?.map(Row::read).transpose()?;
        let detail = json(&json!({ "nth": nth, "way": way.word() }))?;
        EventRow { request, at, who: person, what: "called", detail }.write(&mut tx).await?;
        tx.commit().await?;
        let request = Box::new(row.read()?);
        Ok(dial.map_or(Begun::No, |dial| Begun::New(request, dial)))
    }

    /// An attempt goes on: from one of these states to the next. False when it is in none of them; it
    /// never goes back, and what is over stays so. A provider's id of the call is kept once known.
    pub async fn move_dial(
        &self,
        request: &str,
        nth: u32,
        from: &[DialState],
        to: DialState,
        provider_call: Option<&str>,
        at: i64,
    ) -> Result<bool> {
        let before = from.iter().filter(|state| !state.is_over() && **state as u8 <= to as u8);
        let words: Vec<&str> = before.map(|state| state.word()).collect();
        let words = format!(",{},", words.join(","));
        let mut tx = self.engine.begin().await?;
        // The request first, as everywhere: two units of work then never wait for each other.
        if to == DialState::Customer {
            // The customer is rung only for whoever has the request at this very moment.
            let sql = "UPDATE requests SET version = version + 1, updated_at = $3 WHERE id = $1 AND state = 'claimed'
                AND holder = (SELECT person FROM dials WHERE request_id = $1 AND nth = $2)";
            if tx.run(sql, args![request, nth, at]).await? == 0 {
                tx.undo().await?;
                return Ok(false);
            }
        } else {
            changed(&mut tx, request, None, at).await?;
        }
        let sql = "UPDATE dials SET state = $3, provider_call = coalesce(provider_call, $4)
            WHERE request_id = $1 AND nth = $2 AND replace($5, ',' || state || ',', '') <> $5";
        let moved = tx.run(sql, args![request, nth, to.word(), provider_call, words]).await? == 1;
        if moved {
            tx.commit().await?;
        }
        Ok(moved)
    }

    /// An attempt is over, or failed with a reason; false when it was before. `told` is what the provider
    /// says of it, `no-answer` or `busy`: a proposal until somebody says how it ended. Whoever has the
    /// request has until `until`, in ms, to say so at least.
    #[expect(clippy::too_many_arguments, reason = "each says something else about the one end")]
    pub async fn end_dial(
        &self,
        request: &str,
        nth: u32,
        to: DialState,
        note: Option<&str>,
        talked: Option<u32>,
        told: Option<&str>,
        at: i64,
        until: i64,
    ) -> Result<bool> {
        let mut tx = self.engine.begin().await?;
        changed(&mut tx, request, Some(until), at).await?;
        let sql = "UPDATE dials SET state = $3, note = $4, talked = $5, outcome = coalesce(outcome, $6), ended_at = $7
            WHERE request_id = $1 AND nth = $2 AND state NOT IN ('over', 'failed')";
        let to = if to == DialState::Failed { to } else { DialState::Over };
        let values = args![request, nth, to.word(), note, talked.map(i64::from), told, at];
        let ended = tx.run(sql, values).await? == 1;
        if ended {
            tx.commit().await?;
        }
        Ok(ended)
    }

    /// What the provider tells of an attempt only after it was over; nobody's word is changed by it. True
    /// when there is nothing to add, too.
    pub async fn dial_told(
        &self,
        request: &str,
        nth: u32,
        talked: Option<u32>,
        told: Option<&str>,
        at: i64,
    ) -> Result<bool> {
        let mut tx = self.engine.begin().await?;
        changed(&mut tx, request, None, at).await?;
        let sql = "UPDATE dials SET talked = coalesce(talked, $3), outcome = coalesce(outcome, $4)
            WHERE request_id = $1 AND nth = $2 AND state = 'over'
                AND ((talked IS NULL AND $3 IS NOT NULL) OR (outcome IS NULL AND $4 IS NOT NULL))";
        if tx.run(sql, args![request, nth, talked.map(i64::from), told]).await? == 1 {
            tx.commit().await?;
        }
        Ok(true)
    }

    /// Attempts of which nothing was heard for too long, by when they were begun, in ms: those that
    /// stayed ordered since `ordered`, those in which a phone rings since `rings`, and others since `running`.
    pub async fn stale_dials(&self, ordered: i64, rings: i64, running: i64, limit: u32) -> Result<Vec<DialRow>> {
        let sql = concat!(
            "SELECT ",
            dial_columns!(),
            " FROM dials WHERE state NOT IN ('over', 'failed') AND (at < $3 OR (state = 'ordered' AND at < $1)
                OR (state IN ('agent', 'customer') AND at < $2))
            ORDER BY at LIMIT $4"
        );
        self.engine.rows::<Row>(sql, args![ordered, rings, running, limit]).await?.into_iter().map(Row::read).collect()
    }
}

/// Counts a change of a request that has no entry in its history; a lease goes on until `until` at least.
async fn changed(tx: &mut Tx, request: &str, until: Option<i64>, at: i64) -> Result<()> {
    let sql = "UPDATE requests SET version = version + 1, updated_at = $2,
            lease_until = CASE WHEN state = 'claimed' AND lease_until < $3 THEN $3 ELSE lease_until END
        WHERE id = $1";
    tx.run(sql, args![request, at, until.unwrap_or(0)]).await?;
    Ok(())
}
