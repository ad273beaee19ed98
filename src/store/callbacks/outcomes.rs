//! How an attempt ended: said once, with what follows for the request in the same unit of work.

use super::take::put_down;
use crate::call::effect::{Priority, RequestState};
use crate::store::engine::args;
use crate::store::outbox::{self, MessageLimits, NewMessage, Put};
use crate::store::request_rows::{EventRow, Row, columns, json};
use crate::store::{DialRow, Request, Result, Store};
use serde_json::{Value, json};

/// What follows for a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct After {
    /// Claimed: whoever has it goes on.
    pub state: RequestState,
    /// Why it is closed.
    pub reason: Option<String>,
    /// Not to be rung before, in ms.
    pub ready_at: i64,
    /// To be done until, in ms.
    pub due: i64,
    /// How urgent it is now.
    pub priority: Priority,
    /// How many of the last attempts in a row reached nobody.
    pub misses: u32,
}

/// What became of an outcome that was to be said.
#[derive(Clone, PartialEq, Debug)]
pub enum Said {
    /// It stands; and what became of the message that went with it.
    Now(Box<Request>, Option<Put>),
    /// One was said before, and stands.
    Before(Box<DialRow>),
    /// There is no such attempt, the request is not this person's, or it changed meanwhile: look.
    No,
}

impl Store {
    /// Says how attempt `nth` of a request ended, in `outcome`'s word, and what follows. The request is
    /// this person's and at this version still, so that what follows was decided on what is. After
    /// `reached` one more may be said. `farewell` is written to the customer with it. The lease goes on
    /// until `until`, in ms.
    #[expect(clippy::too_many_arguments, reason = "each says something else about the one outcome")]
    pub async fn say_outcome(
        &self,
        seen: &Request,
        nth: u32,
        person: &str,
        outcome: &'static str,
        note: &str,
        after: &After,
        farewell: Option<(&NewMessage, &MessageLimits)>,
        at: i64,
        until: i64,
    ) -> Result<Said> {
        let mut tx = self.engine.begin().await?;
        let sql = concat!(
            "UPDATE requests SET state = $4, ready_at = $5, due = $6, priority = $7, misses = $8, reason = $9,
                holder = CASE WHEN $4 = 'claimed' THEN holder END,
                lease_until = CASE WHEN $4 <> 'claimed' THEN NULL WHEN lease_until < $11 THEN $11
                    ELSE lease_until END,
                ended_at = CASE WHEN $4 IN ('done', 'closed') THEN $10 END,
                ended_by = CASE WHEN $4 IN ('done', 'closed') THEN $2 END,
                version = version + 1, updated_at = $10
            WHERE id = $1 AND state = 'claimed' AND holder = $2 AND version = $3 RETURNING ",
            columns!()
        );
        let After { state, reason, ready_at, due, priority, misses } = after;
        let (id, priority) = (seen.id.as_str(), *priority as u8);
        let (state, misses) = (state.word(), *misses);
        let values = args![id, person, seen.version, state, *ready_at, *due, priority, misses, reason, at, until];
        let row = tx.first::<Row>(sql, values).await?;
        let sql = "UPDATE dials SET outcome = $3, said_by = $4 WHERE request_id = $1 AND nth = $2
            AND (said_by IS NULL OR (outcome = 'reached' AND $3 NOT IN ('reached', 'no-answer', 'busy')))";
        let said = row.is_some() && tx.run(sql, args![id, nth, outcome, person]).await? == 1;
        let Some(row) = row.filter(|_| said) else {
            tx.undo().await?;
            let before = self.dial(id, nth).await?.filter(|dial| dial.said_by.is_some());
            return Ok(before.map_or(Said::No, |dial| Said::Before(Box::new(dial))));
        };
        if outcome != "reached" {
            put_down(&mut tx, id, at).await?;
            // What is said ends the attempt: nobody is rung under it any more, whatever is still heard of it.
            let sql = "UPDATE dials SET state = 'over', ended_at = $3
                WHERE request_id = $1 AND nth = $2 AND state NOT IN ('over', 'failed')";
            tx.run(sql, args![id, nth, at]).await?;
        }
        let request = row.read()?;
        for (what, detail) in entries(&request, nth, outcome, note) {
            EventRow { request: id, at, who: person, what, detail: json(&detail)? }.write(&mut tx).await?;
        }
        // In the same unit of work: whoever is given up hears of it, whatever happens to this server.
        let put = match farewell {
            Some((new, limits)) => Some(outbox::put(&mut tx, new, limits).await?),
            None => None,
        };
        tx.commit().await?;
        Ok(Said::Now(Box::new(request), put))
    }
}

impl Store {
    /// Finishes a request without a call, where this person has it and nothing changed since it was seen.
    pub async fn finish(&self, seen: &Request, person: &str, note: &str, at: i64) -> Result<Option<Request>> {
        let sql = concat!(
            "UPDATE requests SET state = 'done', reason = 'solved', holder = NULL, lease_until = NULL, ended_at = $4,
                ended_by = $2, version = version + 1, updated_at = $4
            WHERE id = $1 AND state = 'claimed' AND holder = $2 AND version = $3 RETURNING ",
            columns!()
        );
        let mut tx = self.engine.begin().await?;
        let Some(row) = tx.first::<Row>(sql, args![&seen.id, person, seen.version, at]).await? else {
            tx.undo().await?;
            return Ok(None);
        };
        let detail = if note.is_empty() { json!({}) } else { json!({ "note": note }) };
        EventRow { request: &seen.id, at, who: person, what: "done", detail: json(&detail)? }.write(&mut tx).await?;
        tx.commit().await?;
        row.read().map(Some)
    }
}

/// What the history says of it.
fn entries(request: &Request, nth: u32, outcome: &str, note: &str) -> Vec<(&'static str, Value)> {
    let mut detail = json!({ "nth": nth, "outcome": outcome });
    if !note.is_empty() {
        detail["note"] = note.into();
    }
    match request.state {
        RequestState::Open => {
            detail["ready_at"] = json!(request.ready_at);
            detail["due"] = json!(request.due);
            vec![("outcome", detail)]
        }
        RequestState::Claimed => vec![("outcome", detail)],
        RequestState::Done => vec![("outcome", detail), ("done", json!({}))],
        RequestState::Closed => vec![("outcome", detail), ("closed", json!({ "why": request.reason }))],
    }
}
