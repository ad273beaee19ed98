//! Requests whose customers call again: moved to another time, cancelled, or closed because the
//! customer was served.

use super::callbacks::put_down;
use super::engine::args;
use super::request_rows::{EventRow, json};
use super::{EffectKey, Result, Store};
use crate::call::effect::RequestChange;
use crate::words::Reference;
use serde_json::json;

/// Who wants an earlier request changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Asker<'a> {
    /// The account, verified.
    pub account: Option<&'a str>,
    /// The calling number, E.164.
    pub number: Option<&'a str>,
    /// In a trial call: it changes what trials asked for, and nothing else.
    pub test: bool,
}

impl Store {
    /// Changes the open request of a reference for the customer whose it is: the verified account, or
    /// the number it was asked from. False when there is none for this asker. Whoever repeats the
    /// effect gets the same answer, and the history tells of it once.
    pub async fn change_request(
        &self,
        key: &EffectKey,
        line: &str,
        reference: &Reference,
        asker: Asker<'_>,
        change: RequestChange,
        at: i64,
    ) -> Result<bool> {
        let (call, turn, seq) = (key.call.as_str(), key.turn, key.seq);
        let mut tx = self.engine.begin().await?;
        let sql = "INSERT INTO filings (call_id, turn, seq, answer, at) VALUES ($1, $2, $3, 'refused', $4)
            ON CONFLICT (call_id, turn, seq) DO NOTHING";
        if tx.run(sql, args![call, turn, seq, at]).await? == 0 {
            let sql = "SELECT answer FROM filings WHERE call_id = $1 AND turn = $2 AND seq = $3";
            let given = tx.first::<(String,)>(sql, args![call, turn, seq]).await?;
            tx.undo().await?;
            return Ok(given.is_some_and(|(answer,)| answer == "changed"));
        }
        let whose = args![reference.as_str(), line, asker.account, asker.number, at, asker.test];
        let changed = match change {
            RequestChange::Cancel => {
                let sql = "UPDATE requests SET state = 'closed', reason = 'cancelled', holder = NULL, lease_until = NULL,
                        ended_at = $5, ended_by = 'caller', version = version + 1, updated_at = $5
                    WHERE reference = $1 AND line = $2 AND state IN ('open', 'claimed') AND (account = $3 OR caller = $4) AND test = $6
                    RETURNING id";
                tx.first::<(String,)>(sql, whose).await?
            }
            RequestChange::Window(window) => {
                // The promise follows the customer's own wish, and whoever was not reached is tried anew.
                let sql = "UPDATE requests SET ring_window = $7, ready_at = $8, due = $9, misses = 0,
                        version = version + 1, updated_at = $5
                    WHERE reference = $1 AND line = $2 AND state IN ('open', 'claimed') AND (account = $3 OR caller = $4) AND test = $6
                    RETURNING id";
                let (from, to) = (window.from.as_millisecond(), window.to.as_millisecond());
                let more: Vec<_> = whose.into_iter().chain(args![json(&window)?, from, to]).collect();
                tx.first::<(String,)>(sql, more).await?
            }
        };
        if let (RequestChange::Cancel, Some((id,))) = (change, &changed) {
            put_down(&mut tx, id, at).await?;
        }
        let Some((id,)) = changed else {
            tx.commit().await?;
            return Ok(false);
        };
        let sql =
            "UPDATE filings SET request_id = $4, answer = 'changed' WHERE call_id = $1 AND turn = $2 AND seq = $3";
        tx.run(sql, args![call, turn, seq, &id]).await?;
        let (what, detail) = match change {
            RequestChange::Cancel => ("closed", json!({ "why": "cancelled", "call": call })),
            RequestChange::Window(window) => ("changed", json!({ "window": window, "call": call })),
        };
        EventRow { request: &id, at, who: "caller", what, detail: json(&detail)? }.write(&mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Closes what a customer has open with the agents of a skill, because one of them has talked with
    /// the customer in another call; gives how many. `customers` are the forms in which requests know
    /// the customer: `a:` and the account, `n:` and the number. What an agent works on stays.
    pub async fn close_served(&self, customers: &[String], skill: &str, test: bool, at: i64) -> Result<u64> {
        let mut closed = 0;
        for customer in customers {
            let sql = "UPDATE requests SET state = 'done', reason = 'served', ended_at = $4, ended_by = 'hotline',
                    version = version + 1, updated_at = $4
                WHERE customer = $1 AND skill = $2 AND test = $3 AND state = 'open' RETURNING id";
            let mut tx = self.engine.begin().await?;
            for (id,) in tx.rows::<(String,)>(sql, args![customer, skill, test, at]).await? {
                let detail = json(&json!({ "why": "served" }))?;
                EventRow { request: &id, at, who: "hotline", what: "done", detail }.write(&mut tx).await?;
                closed += 1;
            }
            tx.commit().await?;
        }
        Ok(closed)
    }
}
