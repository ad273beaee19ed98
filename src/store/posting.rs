//! Working the outbox off: claiming what is due under a lease that returns by itself, saying how a
//! try ended, and what an operator sees and does. Several servers do it at once: whoever writes first
//! has the row. Knows nothing of providers.

use super::engine::{Engine, args, named};
use super::{OutboxKind, Result, Store};
use serde::Serialize;

/// A row that was claimed: this server alone tries it until its lease ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claimed {
    /// Its id: what the provider tells tries of one message by.
    pub id: String,
    /// What it is about.
    pub kind: OutboxKind,
    /// The call it came from.
    pub call: String,
    /// The line it came from.
    pub line: String,
    /// To whom, E.164; none for a recording.
    pub number: Option<String>,
    /// See [`OutboxKind`].
    pub body: String,
    /// Which try this is, from 1.
    pub tries: i64,
}

/// What a server can send.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sending {
    /// Everything: there is a provider to send with.
    All,
    /// Only what programs are told; the rest waits for a provider.
    Webhooks,
}

/// How a try ended that did not send.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AfterTry {
    /// It is tried again at this moment, in ms.
    Again(i64),
    /// It waits for an operator.
    Park,
    /// There is nothing to be done any more.
    Drop,
}

/// A row as an operator sees it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct OutboxEntry {
    /// Its id.
    pub id: String,
    /// `sms`, `code`, `recording` or `webhook`.
    pub kind: String,
    /// `waiting` or `parked`.
    pub state: String,
    /// The line it came from.
    pub line: String,
    /// The call it came from.
    pub call: String,
    /// To whom, E.164; none for a recording.
    pub number: Option<String>,
    /// How often it was tried.
    pub tries: i64,
    /// Why the last try failed.
    pub note: Option<String>,
    /// When it was put in, in ms.
    pub at: i64,
    /// When it is tried next, in ms; of a parked row when it was parked.
    pub next_at: i64,
}

/// The columns of an [`OutboxEntry`], in its order.
type Entry = (String, String, String, String, String, Option<String>, i64, Option<String>, i64, i64);

fn entry((id, kind, state, line, call, number, tries, note, at, next_at): Entry) -> OutboxEntry {
    OutboxEntry { id, kind, state, line, call, number, tries, note, at, next_at }
}

struct Due {
    id: String,
    kind: String,
    call_id: String,
    line: String,
    number: Option<String>,
    body: String,
    tries: i64,
}

named!(Due { id, kind, call_id, line, number, body, tries });

impl Store {
    /// Claims what is due at `at` of what can be sent, the longest waiting first, until `at + lease`, in
    /// ms. What an earlier run of a server on this SQLite file had claimed is due at once: it is gone.
    pub async fn claim_outbox(&self, sending: Sending, at: i64, lease: i64, limit: u32) -> Result<Vec<Claimed>> {
        let alone = matches!(self.engine, Engine::Sqlite { .. });
        let sql = "UPDATE outbox SET owner = $1, next_at = $2, tries = tries + 1
            WHERE state = 'waiting' AND (next_at <= $3 OR ($4 AND owner <> $1)) AND id IN
                (SELECT id FROM outbox WHERE state = 'waiting' AND (next_at <= $3 OR ($4 AND owner <> $1))
                    AND ($6 OR kind = 'webhook') ORDER BY next_at LIMIT $5)
            RETURNING id, kind, call_id, line, number, body, tries";
        let mut tx = self.engine.begin().await?;
        let rows =
            tx.rows::<Due>(sql, args![&*self.owner, at + lease, at, alone, limit, sending == Sending::All]).await?;
        tx.commit().await?;
        rows.into_iter()
            .map(|Due { id, kind, call_id: call, line, number, body, tries }| {
                Ok(Claimed { kind: OutboxKind::of(&kind)?, id, call, line, number, body, tries })
            })
            .collect()
    }

    /// A row is done, whoever did it: what has gone cannot be called back.
    pub async fn outbox_done(&self, id: &str, note: &str, at: i64) -> Result<bool> {
        let sql = "UPDATE outbox SET state = 'done', owner = NULL, note = $2, ended_at = $3
            WHERE id = $1 AND state <> 'done'";
        Ok(self.engine.run(sql, args![id, note, at]).await? == 1)
    }

    /// A try has failed; false when it is somebody else's row by now.
    pub async fn outbox_failed(&self, claimed: &Claimed, note: &str, next: AfterTry, at: i64) -> Result<bool> {
        let (state, next_at, ended) = match next {
            AfterTry::Again(next_at) => ("waiting", next_at, None),
            AfterTry::Park => ("parked", at, None),
            AfterTry::Drop => ("dropped", at, Some(at)),
        };
        let sql = "UPDATE outbox SET state = $3, next_at = $4, owner = NULL, note = $5, failed_at = $6, ended_at = $7
            WHERE id = $1 AND state = 'waiting' AND tries = $2 AND owner = $8";
        let values = args![&claimed.id, claimed.tries, state, next_at, note, at, ended, &*self.owner];
        Ok(self.engine.run(sql, values).await? == 1)
    }

    /// When something that can be sent is due next, in ms.
    pub async fn outbox_due(&self, sending: Sending) -> Result<Option<i64>> {
        let sql = "SELECT min(next_at) FROM outbox WHERE state = 'waiting' AND ($1 OR kind = 'webhook')";
        let all = sending == Sending::All;
        Ok(self.engine.first::<(Option<i64>,)>(sql, args![all]).await?.and_then(|(at,)| at))
    }

    /// How many rows wait and how many are parked, by kind and state.
    pub async fn outbox_counts(&self) -> Result<Vec<(OutboxKind, &'static str, i64)>> {
        let mut counts = Vec::new();
        let waiting = "SELECT kind, count(*) FROM outbox WHERE state = 'waiting' GROUP BY kind";
        let parked = "SELECT kind, count(*) FROM outbox WHERE state = 'parked' GROUP BY kind";
        for (state, sql) in [("waiting", waiting), ("parked", parked)] {
            let rows = self.engine.rows::<(String, i64)>(sql, args![]).await?;
            for kind in OutboxKind::ALL {
                let count = rows.iter().find(|(word, _)| word == kind.word()).map_or(0, |(_, count)| *count);
                counts.push((kind, state, count));
            }
        }
        Ok(counts)
    }

    /// What waits and what is parked, in the order it was put in; a page after the id `after`.
    pub async fn outbox(&self, after: Option<&str>, limit: u32) -> Result<Vec<OutboxEntry>> {
        let sql = "SELECT id, kind, state, line, call_id, number, tries, note, at, next_at FROM outbox
            WHERE state IN ('waiting', 'parked') AND id > $1 ORDER BY id LIMIT $2";
        let rows = self.engine.rows::<Entry>(sql, args![after.unwrap_or_default(), limit]).await?;
        Ok(rows.into_iter().map(entry).collect())
    }

    /// What is parked, of one kind or of every, in the order it was put in; a page after the id `after`.
    pub async fn parked(&self, kind: Option<OutboxKind>, after: Option<&str>, limit: u32) -> Result<Vec<OutboxEntry>> {
        let sql = "SELECT id, kind, state, line, call_id, number, tries, note, at, next_at FROM outbox
            WHERE state = 'parked' AND id > $1 AND ($2 = '' OR kind = $2) ORDER BY id LIMIT $3";
        let kind = kind.map_or("", OutboxKind::word);
        let rows = self.engine.rows::<Entry>(sql, args![after.unwrap_or(""), kind, limit]).await?;
        Ok(rows.into_iter().map(entry).collect())
    }

    /// Tries everything that is parked again, of one kind or of every; gives how many rows.
    pub async fn retry_parked(&self, kind: Option<OutboxKind>, at: i64) -> Result<u64> {
        let sql = "UPDATE outbox SET state = 'waiting', tries = 0, next_at = $1
            WHERE state = 'parked' AND owner IS NULL AND ($2 = '' OR kind = $2)";
        self.engine.run(sql, args![at, kind.map_or("", OutboxKind::word)]).await
    }

    /// Tries a waiting or parked row again at once, with all its tries; false when there is none.
    pub async fn retry_outbox(&self, id: &str, at: i64) -> Result<bool> {
        let sql = "UPDATE outbox SET state = 'waiting', tries = 0, next_at = $2
            WHERE id = $1 AND owner IS NULL AND state IN ('waiting', 'parked')";
        Ok(self.engine.run(sql, args![id, at]).await? == 1)
    }

    /// Gives a waiting or parked row up; false when there is none.
    pub async fn drop_outbox(&self, id: &str, at: i64) -> Result<bool> {
        let sql = "UPDATE outbox SET state = 'dropped', ended_at = $2, note = coalesce(note, 'dropped by an operator')
            WHERE id = $1 AND owner IS NULL AND state IN ('waiting', 'parked')";
        Ok(self.engine.run(sql, args![id, at]).await? == 1)
    }
}
