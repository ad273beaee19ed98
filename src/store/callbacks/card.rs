//! What belongs to a request beside it: calls, messages left in them, other requests of the customer.

use crate::store::engine::args;
use crate::store::request_rows::{Row, columns, moment};
use crate::store::{Request, Result, Store};
use jiff::Timestamp;

/// The most calls a card shows.
const CALLS: u32 = 20;

/// A call, as a card shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallRow {
    /// Our id.
    pub id: String,
    /// The line, by its flow's name.
    pub line: String,
    /// Which version of the flow it was on.
    pub digest: String,
    /// When it began.
    pub at: Timestamp,
    /// How it ended, in a word; none: it is going on.
    pub ending: Option<String>,
    /// The request was asked for in it.
    pub asked: bool,
}

/// A message left in a call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordingRow {
    /// Our id.
    pub id: String,
    /// The call.
    pub call: String,
    /// How long it is.
    pub seconds: u32,
    /// Its sound lies in the object store.
    pub kept: bool,
}

/// Requests that are of the same customer as one: the same key, account or number. Trials are of
/// nobody else.
macro_rules! same_customer {
    ($state:literal, $order:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM requests WHERE id <> $1 AND test = $5 AND ",
            $state,
            " AND id IN (SELECT id FROM requests WHERE customer = $2
                UNION SELECT id FROM requests WHERE account IS NOT NULL AND account = $3
                UNION SELECT id FROM requests WHERE number IS NOT NULL AND number = $4)
            ORDER BY ",
            $order,
            " LIMIT $6"
        )
    };
}

impl Store {
    /// The calls a request was asked for in, and the last `others` calls since `since`, in ms, from the
    /// number that called; the newest first, and no more than a card holds.
    pub async fn calls_of_request(&self, request: &Request, since: i64, others: u32) -> Result<Vec<CallRow>> {
        type Found = (String, String, String, i64, Option<i64>, Option<String>, bool);
        let sql = "SELECT c.id, c.line, c.digest, c.began_at, c.ended_at, c.ending,
                c.id = $2 OR EXISTS (SELECT 1 FROM filings f WHERE f.request_id = $1 AND f.call_id = c.id) AS asked
            FROM calls c WHERE c.id = $2 OR c.id IN (SELECT call_id FROM filings WHERE request_id = $1)
                OR c.id IN (SELECT id FROM (SELECT id FROM calls WHERE caller = $3 AND began_at > $4 AND test = $6
                    ORDER BY began_at DESC LIMIT $5) AS latest)
            ORDER BY c.began_at DESC, c.id DESC LIMIT $7";
        let values = args![&request.id, &request.call, &request.caller, since, others, request.test, CALLS];
        let rows = self.engine.rows::<Found>(sql, values).await?;
        rows.into_iter()
            .map(|(id, line, digest, began, ended, ending, asked)| {
                let ending = ended.map(|_| ending.unwrap_or_default());
                Ok(CallRow { id, line, digest, at: moment(began)?, ending, asked })
            })
            .collect()
    }

    /// What `step` noted of a call, turn by turn, as JSON.
    pub async fn trails(&self, call: &str) -> Result<Vec<String>> {
        let sql = "SELECT trail FROM turns WHERE call_id = $1 ORDER BY version";
        Ok(self.engine.rows::<(String,)>(sql, args![call]).await?.into_iter().map(|(trail,)| trail).collect())
    }

    /// The messages left in a call, the oldest first.
    pub async fn recordings_of_call(&self, call: &str) -> Result<Vec<RecordingRow>> {
        type Found = (String, String, i64, bool);
        let sql = "SELECT id, call_id, seconds, state = 'kept' FROM recordings
            WHERE call_id = $1 AND state <> 'leaving' ORDER BY turn, seq";
        let rows = self.engine.rows::<Found>(sql, args![call]).await?.into_iter();
        let row = |(id, call, seconds, kept): Found| RecordingRow {
            id,
            call,
            seconds: u32::try_from(seconds).unwrap_or(0),
            kept,
        };
        Ok(rows.map(row).collect())
    }

    /// Whether a message was left in a call a request was asked for in, or in one since `since`, in ms, from
    /// the number that called: also in one that a card has no room for.
    pub async fn is_recording_of(&self, request: &Request, since: i64, recording: &str) -> Result<bool> {
        let sql = "SELECT count(*) FROM recordings r JOIN calls c ON c.id = r.call_id
            WHERE r.id = $6 AND r.state <> 'leaving' AND (c.id = $2
                OR EXISTS (SELECT 1 FROM filings f WHERE f.request_id = $1 AND f.call_id = c.id)
                OR (c.caller = $3 AND c.began_at > $4 AND c.test = $5))";
        let values = args![&request.id, &request.call, &request.caller, since, request.test, recording];
        Ok(self.engine.first::<(i64,)>(sql, values).await?.is_some_and(|(n,)| n > 0))
    }

    /// Other open requests of the same customer, the most urgent first, and finished ones, the newest
    /// first; so many of each at most.
    pub async fn others_of_customer(&self, of: &Request, limit: u32) -> Result<(Vec<Request>, Vec<Request>)> {
        let open = same_customer!("state IN ('open', 'claimed')", "priority, due, id");
        let finished = same_customer!("state IN ('done', 'closed')", "ended_at DESC, id DESC");
        let mut found = Vec::new();
        for sql in [open, finished] {
            let values = args![&of.id, &of.customer, &of.account, &of.number, of.test, limit];
            let rows = self.engine.rows::<Row>(sql, values).await?;
            found.push(rows.into_iter().map(Row::read).collect::<Result<Vec<_>>>()?);
        }
        let finished = found.pop().unwrap_or_default();
        Ok((found.pop().unwrap_or_default(), finished))
    }

    /// How many failed guesses an account is charged with since a moment, in ms.
    pub async fn charged_guesses(&self, account: &str, since: i64) -> Result<u64> {
        let sql = "SELECT count(*) FROM attempts WHERE account = $1 AND charged_account AND at > $2";
        let found = self.engine.first::<(i64,)>(sql, args![account, since]).await?;
        Ok(found.map_or(0, |(n,)| u64::try_from(n).unwrap_or(0)))
    }
}
