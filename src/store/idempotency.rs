//! What programs were answered under keys of their own: a request that comes again is answered as
//! before and done once.

use super::engine::args;
use super::{Result, Store};

/// After this long an answer that never came is taken to be abandoned, in ms.
const ABANDONED: i64 = 60_000;

/// What to do with a request under a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Repeat {
    /// It is the first: do it, then finish the key.
    New,
    /// It was answered so.
    Same {
        /// The status.
        status: u16,
        /// The body.
        body: String,
    },
    /// It is being answered at this moment.
    Busy,
    /// The key belongs to another request.
    Other,
}

impl Store {
    /// Claims somebody's key for a request, told by its hash.
    pub async fn claim_key(&self, person: &str, key: &str, request: &str, at: i64) -> Result<Repeat> {
        let sql = "INSERT INTO idempotency (person, key, request, at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (person, key) DO UPDATE SET at = excluded.at
                WHERE idempotency.status IS NULL AND idempotency.request = excluded.request AND idempotency.at <= $5";
        if self.engine.run(sql, args![person, key, request, at, at - ABANDONED]).await? == 1 {
            return Ok(Repeat::New);
        }
        type Row = (String, Option<i64>, Option<String>);
        let sql = "SELECT request, status, body FROM idempotency WHERE person = $1 AND key = $2";
        Ok(match self.engine.first::<Row>(sql, args![person, key]).await? {
            Some((kept, ..)) if kept != request => Repeat::Other,
            Some((_, Some(status), body)) => {
                Repeat::Same { status: u16::try_from(status).unwrap_or(500), body: body.unwrap_or_default() }
            }
            // Gone in between: whoever had it gave it up, and the next try gets it.
            Some((_, None, _)) | None => Repeat::Busy,
        })
    }

    /// Keeps what a claimed request was answered; false when it has an answer already.
    pub async fn finish_key(&self, person: &str, key: &str, status: u16, body: &str) -> Result<bool> {
        let sql = "UPDATE idempotency SET status = $3, body = $4 WHERE person = $1 AND key = $2 AND status IS NULL";
        Ok(self.engine.run(sql, args![person, key, i64::from(status), body]).await? == 1)
    }

    /// Gives a claimed key up, because nothing was done under it: the next try is the first.
    pub async fn give_key_up(&self, person: &str, key: &str) -> Result<()> {
        let sql = "DELETE FROM idempotency WHERE person = $1 AND key = $2 AND status IS NULL";
        self.engine.run(sql, args![person, key]).await?;
        Ok(())
    }
}
