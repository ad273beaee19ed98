//! Letting go of what is kept long enough, a few rows at a time, so that calls in progress do not
//! wait. Several servers may do it at once: whoever writes first has the rows.

use super::engine::{Tx, args};
use super::erase::forget_contact;
use super::{Result, Store};

impl Store {
    /// Deletes ended calls of which nothing happened since `before`, in ms, the oldest first, with
    /// their turns, answers, guesses, acts, filings, messages, waits and scores, and lets their
    /// recordings go; gives how many calls. The limits on guesses and
    /// acts look back a day, so nothing younger may be asked for.
    pub async fn age_calls(&self, before: i64, limit: u32) -> Result<u64> {
        // Ids rise with time, so that only old rows are looked at.
        let sql = "DELETE FROM calls WHERE id IN
            (SELECT id FROM calls WHERE id < $1 AND ended_at < $2 ORDER BY id LIMIT $3)
            RETURNING id, provider, provider_call";
        let mut tx = self.engine.begin().await?;
        let calls = tx.rows::<(String, String, String)>(sql, args![first_id(before), before, limit]).await?;
        for (call, provider, provider_call) in &calls {
            let sql = "DELETE FROM provider_calls WHERE provider_call = $1 AND provider = $2";
            tx.run(sql, args![provider_call, provider]).await?;
            forget_call(&mut tx, call).await?;
        }
        tx.commit().await?;
        Ok(calls.len() as u64)
    }

    /// Deletes requests that are done or closed and did not change since `before`, in ms, with their
    /// histories, attempts and messages; gives how many.
    pub async fn age_requests(&self, before: i64, limit: u32) -> Result<u64> {
        let sql = "UPDATE requests SET updated_at = updated_at WHERE state IN ('done', 'closed') AND updated_at < $2
            AND id IN (SELECT id FROM requests WHERE id < $1 AND state IN ('done', 'closed') AND updated_at < $2
                ORDER BY id LIMIT $3) RETURNING id";
        let mut tx = self.engine.begin().await?;
        let requests = tx.rows::<(String,)>(sql, args![first_id(before), before, limit]).await?;
        for (request,) in &requests {
            for sql in [
                "DELETE FROM request_events WHERE request_id = $1",
                "DELETE FROM dials WHERE request_id = $1",
                "DELETE FROM pickups WHERE of_id = $1",
                "DELETE FROM outbox WHERE call_id = $1",
                "DELETE FROM requests WHERE id = $1",
            ] {
                tx.run(sql, args![request]).await?;
            }
        }
        tx.commit().await?;
        Ok(requests.len() as u64)
    }

    /// Deletes the rows behind limits that nobody locked since `before`, in ms; they are made again
    /// when they are needed. Gives how many.
    pub async fn age_subjects(&self, before: i64, limit: u32) -> Result<u64> {
        // Read apart, so that nobody waits while all of them are looked at.
        let sql = "SELECT key FROM subjects WHERE at < $1 LIMIT $2";
        let keys = self.engine.rows::<(String,)>(sql, args![before, limit]).await?;
        let (mut tx, mut gone) = (self.engine.begin().await?, 0);
        for (key,) in &keys {
            gone += tx.run("DELETE FROM subjects WHERE key = $1 AND at < $2", args![key, before]).await?;
        }
        tx.commit().await?;
        Ok(gone)
    }

    /// Deletes sessions, tries to sign in, invitations and answers to programs that have not counted
    /// since `before`, in ms: two days back at least, for nothing of them counts longer. Gives how
    /// many at most went of one kind.
    pub async fn age_sign_ins(&self, before: i64, limit: u32) -> Result<u64> {
        let mut most = 0;
        for sql in [
            "DELETE FROM sessions WHERE hash IN (SELECT hash FROM sessions WHERE seen_at < $1 LIMIT $2)",
            "DELETE FROM sign_ins WHERE id IN (SELECT id FROM sign_ins WHERE at < $1 LIMIT $2)",
            "DELETE FROM invitations WHERE hash IN (SELECT hash FROM invitations WHERE expires_at < $1 LIMIT $2)",
            "DELETE FROM idempotency WHERE (person, key) IN
                (SELECT person, key FROM idempotency WHERE at < $1 ORDER BY at LIMIT $2)",
        ] {
            most = most.max(self.engine.run(sql, args![before, limit]).await?);
        }
        Ok(most)
    }

    /// Deletes versions of flows that were kept to be tried before `before`, in ms, and never went further:
    /// nobody published them, none was read from files, no draft is written over them, no call is on
    /// them. Gives how many.
    pub async fn age_versions(&self, before: i64, limit: u32) -> Result<u64> {
        let sql = "DELETE FROM flows WHERE at < $1 AND (name, digest) IN (SELECT name, digest FROM flows f
            WHERE at < $1
                AND NOT EXISTS (SELECT 1 FROM releases r WHERE r.flow = f.name AND f.digest IN (r.digest, r.base))
                AND NOT EXISTS (SELECT 1 FROM live_flows l WHERE l.name = f.name AND f.digest IN (l.digest, l.trial))
                AND NOT EXISTS (SELECT 1 FROM disk_flows d WHERE d.name = f.name AND d.digest = f.digest)
                AND NOT EXISTS (SELECT 1 FROM drafts d WHERE d.flow = f.name AND d.base = f.digest)
                AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.digest = f.digest)
            LIMIT $2)";
        self.engine.run(sql, args![before, limit]).await
    }
}

/// Everything that is kept under a call's id.
async fn forget_call(tx: &mut Tx, call: &str) -> Result<()> {
    for sql in [
        "DELETE FROM turns WHERE call_id = $1",
        "DELETE FROM answers WHERE call_id = $1",
        "DELETE FROM attempts WHERE call_id = $1",
        "DELETE FROM challenges WHERE call_id = $1",
        "DELETE FROM acts WHERE call_id = $1",
        "DELETE FROM filings WHERE call_id = $1",
    ] {
        tx.run(sql, args![call]).await?;
    }
    forget_contact(tx, call).await?;
    Ok(())
}

/// Above every id made before a moment: ids begin with their milliseconds in 12 hex digits.
pub(super) fn first_id(ms: i64) -> String {
    format!("{:012x}", ms.max(0))
}
