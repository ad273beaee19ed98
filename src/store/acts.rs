//! Limits of acts that protect an account and are therefore easy to get, wherever they are done.

use super::engine::{Tx, args};
use super::tables::Protective;
use super::{EffectKey, Result, Store};

const DAY: i64 = 24 * 3_600_000;
/// What stands for a table where a service outside does it.
const OUTSIDE: &str = "outside:";

impl Store {
    /// Claims leave for a protective act that a service outside does, and counts it. Once per effect:
    /// whoever asks again hears the same. False: it was done too often already.
    pub async fn claim_act(&self, key: &EffectKey, source: &str, guard: &Protective, at: i64) -> Result<bool> {
        let (call, turn, seq) = (key.call.as_str(), key.turn, key.seq);
        let table = format!("{OUTSIDE}{source}");
        let (account, caller) = (guard.account.as_str(), guard.caller.as_deref());
        let mut tx = self.engine.begin().await?;
        let sql = "INSERT INTO acts (call_id, turn, seq, table_name, record_key, outcome, account, caller, at)
            VALUES ($1, $2, $3, $4, $5, 'limited', $6, $7, $8) ON CONFLICT (call_id, turn, seq) DO NOTHING";
        if tx.run(sql, args![call, turn, seq, &table, account, account, caller, at]).await? == 0 {
            let sql = "SELECT outcome FROM acts WHERE call_id = $1 AND turn = $2 AND seq = $3";
            let known = tx.first::<(String,)>(sql, args![call, turn, seq]).await?;
            tx.undo().await?;
            return Ok(known.is_some_and(|(outcome,)| outcome == "done"));
        }
        hold(&mut tx, guard, at).await?;
        let free = !is_over(&mut tx, guard, at).await?;
        if free {
            let sql = "UPDATE acts SET outcome = 'done', counted = TRUE
                WHERE call_id = $1 AND turn = $2 AND seq = $3";
            tx.run(sql, args![call, turn, seq]).await?;
        }
        tx.commit().await?;
        Ok(free)
    }

    /// The service refused what was claimed: it counts no more.
    pub async fn give_act_back(&self, key: &EffectKey) -> Result<()> {
        let mut tx = self.engine.begin().await?;
        let sql = "UPDATE acts SET counted = FALSE WHERE call_id = $1 AND turn = $2 AND seq = $3";
        tx.run(sql, args![key.call.as_str(), key.turn, key.seq]).await?;
        tx.commit().await
    }
}

/// Holds the limits, so that one act at a time is counted against them.
pub(super) async fn hold(tx: &mut Tx, guard: &Protective, at: i64) -> Result<()> {
    let caller = guard.caller.iter().map(|c| format!("protect-caller:{c}"));
    tx.lock_subjects(caller.chain([format!("protect:{}", guard.account)]).collect(), at).await
}

/// Whether one more would be too many.
pub(super) async fn is_over(tx: &mut Tx, guard: &Protective, at: i64) -> Result<bool> {
    let since = at - DAY;
    let sql = "SELECT count(*) FROM acts WHERE account = $1 AND counted AND NOT undone AND at > $2";
    let mut over = tx.count(sql, args![&guard.account, since]).await? >= guard.per_account_day;
    if let Some(caller) = &guard.caller {
        let sql = "SELECT count(*) FROM acts WHERE caller = $1 AND counted AND at > $2";
        over |= tx.count(sql, args![caller, since]).await? >= guard.per_caller_day;
    }
    Ok(over)
}
