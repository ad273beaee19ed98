//! Who has a request: taking the next one or this one under a lease, going on, giving back.

use super::{Filter, filter_args, filtered};
use crate::store::engine::{Arg, Engine, Tx, args};
use crate::store::request_rows::{EventRow, Row, columns, json};
use crate::store::{Request, Result, Store};
use serde_json::{Value, json};

/// Claims the first request that waits: urgent ones, then overdue ones, then by priority, promise and
/// age; each of the three found through the index of what waits. `$6` now, `$7` who, `$8` until when.
macro_rules! take_next {
    ($lock:literal) => {
        concat!(
            "UPDATE requests SET state = 'claimed', holder = $7, lease_until = $8, version = version + 1,
                updated_at = $6
            WHERE state = 'open' AND id = coalesce(
                (SELECT id FROM requests WHERE state = 'open' AND priority = 0 AND ready_at <= $6 AND ",
            filtered!(),
            " ORDER BY priority, due, id LIMIT 1 ",
            $lock,
            "), (SELECT id FROM requests WHERE state = 'open' AND priority > 0 AND due <= $6 AND ready_at <= $6 AND ",
            filtered!(),
            " ORDER BY priority, due, id LIMIT 1 ",
            $lock,
            "), (SELECT id FROM requests WHERE state = 'open' AND priority > 0 AND due > $6 AND ready_at <= $6 AND ",
            filtered!(),
            " ORDER BY priority, due, id LIMIT 1 ",
            $lock,
            ")) RETURNING ",
            columns!()
        )
    };
}

/// A row whose lease has ended and of which nobody talks with the customer at this moment, by a line of
/// ours or by hand: whoever dials by hand is in another window, and must not lose it to somebody who dials
/// once more. `$1` now.
macro_rules! expired {
    () => {
        " state = 'claimed' AND lease_until <= $1 AND NOT EXISTS (SELECT 1 FROM dials d
            WHERE d.request_id = requests.id AND d.way <> 'trial' AND d.state NOT IN ('over', 'failed')) "
    };
}

impl Store {
    /// Takes the first request that waits and is ready, until `until`, in ms. Of many who ask at once
    /// each gets another one.
    pub async fn take_next(&self, filter: &Filter, person: &str, at: i64, until: i64) -> Result<Option<Request>> {
        let values = || {
            let mut values = filter_args(filter);
            values.extend([Arg::from(at), Arg::from(person), Arg::from(until)]);
            values
        };
        // On PostgreSQL rows somebody is just writing to are passed over, so that nobody waits; only who
        // finds no other waits for those. SQLite has one writer.
        let attempts: &[&'static str] = match &self.engine {
            Engine::Sqlite { .. } => &[take_next!("")],
            Engine::Postgres(_) => &[take_next!("FOR UPDATE SKIP LOCKED"), take_next!("FOR UPDATE")],
        };
        for sql in attempts {
            let mut tx = self.engine.begin().await?;
            if let Some(row) = tx.first::<Row>(sql, values()).await? {
                return claimed(tx, row, person, at).await.map(Some);
            }
            tx.undo().await?;
        }
        Ok(None)
    }

    /// Takes this one, if nobody has it; also before it is ready.
    pub async fn take(&self, request: &str, person: &str, at: i64, until: i64) -> Result<Option<Request>> {
        let sql = concat!(
            "UPDATE requests SET state = 'claimed', holder = $2, lease_until = $3, version = version + 1, updated_at = $4
            WHERE id = $1 AND state = 'open' RETURNING ",
            columns!()
        );
        let mut tx = self.engine.begin().await?;
        match tx.first::<Row>(sql, args![request, person, until, at]).await? {
            Some(row) => claimed(tx, row, person, at).await.map(Some),
            None => {
                tx.undo().await?;
                Ok(None)
            }
        }
    }

    /// Goes on until `until`, in ms, where this person has it. Nothing else changes, so nobody is told.
    pub async fn extend_lease(&self, request: &str, person: &str, until: i64) -> Result<bool> {
        let sql = "UPDATE requests SET lease_until = CASE WHEN lease_until < $3 THEN $3 ELSE lease_until END
            WHERE id = $1 AND state = 'claimed' AND holder = $2";
        Ok(self.engine.run(sql, args![request, person, until]).await? == 1)
    }

    /// Puts one back, where this person has it.
    pub async fn release(&self, request: &str, person: &str, why: &str, at: i64) -> Result<Option<Request>> {
        let sql = concat!(
            "UPDATE requests SET state = 'open', holder = NULL, lease_until = NULL, version = version + 1,
                updated_at = $3
            WHERE id = $1 AND state = 'claimed' AND holder = $2 RETURNING ",
            columns!()
        );
        let mut tx = self.engine.begin().await?;
        let Some(row) = tx.first::<Row>(sql, args![request, person, at]).await? else {
            tx.undo().await?;
            return Ok(None);
        };
        put_down(&mut tx, request, at).await?;
        let detail = if why.is_empty() { json!({}) } else { json!({ "why": why }) };
        EventRow { request, at, who: person, what: "released", detail: json(&detail)? }.write(&mut tx).await?;
        tx.commit().await?;
        row.read().map(Some)
    }

    /// Gives an open request to somebody who may sign in, whoever has it.
    pub async fn assign(&self, request: &str, by: &str, to: &str, at: i64, until: i64) -> Result<Option<Request>> {
        let sql = concat!(
            "UPDATE requests SET state = 'claimed', holder = $2, lease_until = $3, version = version + 1, updated_at = $4
            WHERE id = $1 AND state IN ('open', 'claimed')
                AND EXISTS (SELECT 1 FROM people WHERE name = $2 AND NOT disabled)
            RETURNING ",
            columns!()
        );
        let mut tx = self.engine.begin().await?;
        let Some(row) = tx.first::<Row>(sql, args![request, to, until, at]).await? else {
            tx.undo().await?;
            return Ok(None);
        };
        put_down(&mut tx, request, at).await?;
        let detail = json(&json!({ "to": to }))?;
        EventRow { request, at, who: by, what: "assigned", detail }.write(&mut tx).await?;
        tx.commit().await?;
        row.read().map(Some)
    }

    /// Puts back what leases have ended of at `at`, in ms: of one request or of all, some at a time.
    /// Gives how many.
    pub async fn return_leases(&self, request: Option<&str>, at: i64, limit: u32) -> Result<u64> {
        let sql = concat!(
            "SELECT id, holder FROM requests WHERE ",
            expired!(),
            " AND ($2 = '' OR id = $2) ORDER BY lease_until LIMIT $3"
        );
        type Found = (String, Option<String>);
        let ended = self.engine.rows::<Found>(sql, args![at, request.unwrap_or_default(), limit]).await?;
        let mut returned = 0;
        for (id, holder) in ended {
            let mut tx = self.engine.begin().await?;
            let sql = concat!(
                "UPDATE requests SET state = 'open', holder = NULL, lease_until = NULL, version = version + 1,
                    updated_at = $1
                WHERE id = $2 AND ",
                expired!()
            );
            if tx.run(sql, args![at, &id]).await? == 0 {
                continue;
            }
            put_down(&mut tx, &id, at).await?;
            let detail = json(&json!({ "from": holder }))?;
            EventRow { request: &id, at, who: BY_ITSELF, what: "returned", detail }.write(&mut tx).await?;
            tx.commit().await?;
            returned += 1;
        }
        Ok(returned)
    }
}

/// Who does in histories what nobody does.
pub(super) const BY_ITSELF: &str = "hotline";

/// Writes down that somebody has it, and, the first time, how long it waited.
async fn claimed(mut tx: Tx, row: Row, person: &str, at: i64) -> Result<Request> {
    let request = row.read()?;
    let detail = json(&Value::Object(serde_json::Map::new()))?;
    EventRow { request: &request.id, at, who: person, what: "claimed", detail }.write(&mut tx).await?;
    let waited = (at - request.ready_at.as_millisecond()) / 1000;
    if waited >= 0 {
        let sql = "INSERT INTO pickups (of_id, turn, seq, skill, line, waited, test, at)
            VALUES ($1, 1, 0, $2, $3, $4, $5, $6) ON CONFLICT (of_id, turn, seq) DO NOTHING";
        let values = args![&request.id, &request.skill, &request.line, waited, request.test, at];
        tx.run(sql, values).await?;
    }
    tx.commit().await?;
    Ok(request)
}

/// Whoever has it puts it down: what their own hand dialled is over.
pub(in crate::store) async fn put_down(tx: &mut Tx, request: &str, at: i64) -> Result<()> {
    let sql = "UPDATE dials SET state = 'over', ended_at = $2
        WHERE request_id = $1 AND way <> 'bridge' AND state NOT IN ('over', 'failed')";
    tx.run(sql, args![request, at]).await?;
    Ok(())
}
