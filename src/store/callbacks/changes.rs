//! What changed: read by every server each second, so that who watches one sees what another did.

use super::{Change, Held};
use crate::store::engine::args;
use crate::store::request_rows::{moment, priority_of, state_of};
use crate::store::{Result, Store};

impl Store {
    /// Requests that changed after a moment, in ms, as they are now: the longest ago first.
    pub async fn changes(&self, after: i64, limit: u32) -> Result<Vec<Change>> {
        type Row = (String, String, String, i64, Option<String>, i64, bool, i64);
        let sql = "SELECT id, reference, state, priority, holder, version, test, updated_at FROM requests
            WHERE updated_at > $1 ORDER BY updated_at, id LIMIT $2";
        let rows = self.engine.rows::<Row>(sql, args![after, limit]).await?;
        rows.into_iter()
            .map(|(id, reference, state, priority, holder, version, test, at)| {
                let state = state_of(&state)?;
                let priority = priority_of(priority)?;
                Ok(Change { id, reference, state, priority, holder, version, new: version == 1, test, at })
            })
            .collect()
    }

    /// Who works on what, the longest first; at most so many.
    pub async fn held(&self, trials: bool, limit: u32) -> Result<Vec<Held>> {
        type Row = (String, String, String, String, i64, i64);
        let sql = "SELECT r.holder, r.id, r.reference, r.topic, coalesce((SELECT max(e.at) FROM request_events e
                WHERE e.request_id = r.id AND e.what IN ('claimed', 'assigned')), r.updated_at), r.lease_until
            FROM requests r WHERE r.state = 'claimed' AND ($1 OR NOT r.test) ORDER BY 5, 2 LIMIT $2";
        let rows = self.engine.rows::<Row>(sql, args![trials, limit]).await?;
        rows.into_iter()
            .map(|(person, id, reference, topic, since, until)| {
                Ok(Held { person, id, reference, topic, since: moment(since)?, until: moment(until)? })
            })
            .collect()
    }

    /// How many requests are open past their promise; trials are not counted.
    pub async fn overdue(&self, at: i64) -> Result<i64> {
        let sql = "SELECT count(*) FROM requests WHERE state IN ('open', 'claimed') AND due <= $1 AND NOT test";
        Ok(self.engine.first::<(i64,)>(sql, args![at]).await?.map_or(0, |(n,)| n))
    }
}
