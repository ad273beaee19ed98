//! Who is told of requests: a row in the outbox for each, in the same unit of work as the history's
//! entry, so that what is in the history is told and what is told is in the history. Knows nothing of
//! addresses, keys or HTTP.

use super::engine::{Tx, args};
use super::{Result, Store};

impl Store {
    /// Who is told from now on, by the names in the settings. What lies in the outbox for somebody else
    /// stays there.
    pub async fn sync_hooks(&self, names: &[&str]) -> Result<()> {
        let mut tx = self.engine.begin().await?;
        tx.run("DELETE FROM hooks", args![]).await?;
        for name in names {
            tx.run("INSERT INTO hooks (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", args![*name]).await?;
        }
        tx.commit().await
    }
}

/// What programs are told of an entry of a history; of most of them nothing.
fn event(what: &str) -> Option<&'static str> {
    match what {
        "filed" => Some("request.created"),
        "claimed" | "assigned" => Some("request.claimed"),
        "done" | "closed" | "cancelled" => Some("request.finished"),
        _ => None,
    }
}

/// Puts an entry of a history into the outbox, once for everybody who is told. Trials are told to nobody.
pub(super) async fn tell(tx: &mut Tx, request: &str, seq: i64, what: &str, at: i64) -> Result<()> {
    let Some(event) = event(what) else { return Ok(()) };
    let id = uuid::Uuid::now_v7().simple().to_string();
    // The name is the only text in it that is not ours.
    let sql = "INSERT INTO outbox (id, kind, call_id, turn, seq, line, body, test, state, next_at, at)
        SELECT $1 || '-' || h.place, 'webhook', r.id, $3, h.place, r.line,
            '{\"hook\":\"' || replace(replace(h.name, '\\', '\\\\'), '\"', '\\\"') || '\",\"request\":\"' || r.id || $4,
            FALSE, 'waiting', $5, $5
        FROM requests r CROSS JOIN (SELECT name, row_number() OVER (ORDER BY name) AS place FROM hooks) h
        WHERE r.id = $2 AND NOT r.test";
    let rest = format!("\",\"event\":\"{event}\",\"seq\":{seq}}}");
    tx.run(sql, args![id, request, seq, rest, at]).await?;
    Ok(())
}
