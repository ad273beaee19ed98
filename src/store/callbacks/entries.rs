//! Changes of a request that are an entry in its history and little else: notes, numbers shown,
//! priorities, closing.

use super::take::put_down;
use crate::call::effect::Priority;
use crate::store::engine::{Tx, args};
use crate::store::request_rows::{EventRow, Row, columns, json};
use crate::store::{Request, Result, Store};
use serde_json::{Value, json};

impl Store {
    /// Adds an entry to the history. Where `held`, only if `who` has the request; whoever has it goes on
    /// until `until`, in ms, by this. None: there is no such request, or it is not held.
    #[expect(clippy::too_many_arguments, reason = "each says something else about the one entry")]
    pub async fn add_entry(
        &self,
        request: &str,
        who: &str,
        held: bool,
        what: &'static str,
        detail: &Value,
        at: i64,
        until: i64,
    ) -> Result<Option<Request>> {
        let sql = concat!(
            "UPDATE requests SET version = version + 1, updated_at = $4, lease_until =
                CASE WHEN state = 'claimed' AND holder = $2 AND lease_until < $5 THEN $5 ELSE lease_until END
            WHERE id = $1 AND (NOT $3 OR (state = 'claimed' AND holder = $2)) RETURNING ",
            columns!()
        );
        let mut tx = self.engine.begin().await?;
        let Some(row) = tx.first::<Row>(sql, args![request, who, held, at, until]).await? else {
            tx.undo().await?;
            return Ok(None);
        };
        EventRow { request, at, who, what, detail: json(detail)? }.write(&mut tx).await?;
        tx.commit().await?;
        row.read().map(Some)
    }

    /// Changes how urgent an open request is.
    pub async fn set_priority(&self, request: &str, who: &str, to: Priority, at: i64) -> Result<Option<Request>> {
        let sql = concat!(
            "UPDATE requests SET priority = $2, version = version + 1, updated_at = $3
            WHERE id = $1 AND state IN ('open', 'claimed') RETURNING ",
            columns!()
        );
        let mut tx = self.engine.begin().await?;
        let Some(row) = tx.first::<Row>(sql, args![request, to as u8, at]).await? else {
            tx.undo().await?;
            return Ok(None);
        };
        let detail = json(&json!({ "priority": to }))?;
        EventRow { request, at, who, what: "raised", detail }.write(&mut tx).await?;
        tx.commit().await?;
        row.read().map(Some)
    }

    /// Closes an open request, whoever has it.
    pub async fn close_request(&self, request: &str, who: &str, why: &str, at: i64) -> Result<Option<Request>> {
        let mut tx = self.engine.begin().await?;
        let Some(row) = close(&mut tx, request, who, why, at).await? else {
            tx.undo().await?;
            return Ok(None);
        };
        tx.commit().await?;
        row.read().map(Some)
    }

    /// Forgives the failed guesses at an account, with an entry in the history of a request; gives how
    /// many there were, none when there is no such request.
    pub async fn unlock_for(&self, request: &str, account: &str, who: &str, at: i64) -> Result<Option<u64>> {
        let mut tx = self.engine.begin().await?;
        let sql = "UPDATE requests SET version = version + 1, updated_at = $2 WHERE id = $1";
        if tx.run(sql, args![request, at]).await? == 0 {
            return Ok(None);
        }
        let forgiven = crate::store::attempts::forgive(&mut tx, account, at).await?;
        let detail = json(&json!({ "guesses": forgiven }))?;
        EventRow { request, at, who, what: "unlocked", detail }.write(&mut tx).await?;
        tx.commit().await?;
        Ok(Some(forgiven))
    }
}

/// Closes an open request within a unit of work; none when it is not open.
async fn close(tx: &mut Tx, request: &str, who: &str, why: &str, at: i64) -> Result<Option<Row>> {
    let sql = concat!(
        "UPDATE requests SET state = 'closed', holder = NULL, lease_until = NULL, reason = $2, ended_at = $4,
            ended_by = $3, version = version + 1, updated_at = $4
        WHERE id = $1 AND state IN ('open', 'claimed') RETURNING ",
        columns!()
    );
    let Some(row) = tx.first::<Row>(sql, args![request, why, who, at]).await? else {
        return Ok(None);
    };
    put_down(tx, request, at).await?;
    let detail = json(&json!({ "why": why }))?;
    EventRow { request, at, who, what: "closed", detail }.write(tx).await?;
    Ok(Some(row))
}
