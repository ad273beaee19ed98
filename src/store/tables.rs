//! Tables of records that lookups read and acts change, where no system of the wallet is asked.

use super::customers::{fields_of, text_of};
use super::engine::{Tx, args};
use super::{EffectKey, Result, Store, StoreError, acts};
use std::collections::BTreeMap;

/// The table whose rows are the customers.
const CUSTOMERS: &str = "customers";
/// The key of the row that answers every key not found.
const ANY: &str = "*";

/// A row of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// Arguments joined with `/`; `*` answers every key not found.
    pub key: String,
    /// The fields by name, as text.
    pub fields: BTreeMap<String, String>,
}

/// Something to be done to a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TableAct {
    /// The effect it belongs to: done once, however often it comes.
    pub key: EffectKey,
    /// The table; `customers` are the customers, by account.
    pub table: String,
    /// The row's key.
    pub record: String,
    /// The fields to set.
    pub sets: BTreeMap<String, String>,
    /// Limits, when the act is open to callers who only proved their number.
    pub protective: Option<Protective>,
    /// When, in ms.
    pub at: i64,
}

/// The limits of an act that protects an account and is therefore easy to get: whoever forges a
/// number could freeze accounts one after the other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Protective {
    /// The account it protects.
    pub account: String,
    /// The caller's number.
    pub caller: Option<String>,
    /// For one account in 24 hours.
    pub per_account_day: i64,
    /// For one caller in 24 hours.
    pub per_caller_day: i64,
}

/// How an act on a table ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ActOutcome {
    /// It is so now; it may have been so before, which counts towards no limit.
    Done,
    /// There is no such row.
    Missing,
    /// Done too often already.
    Limited,
}

impl ActOutcome {
    const ALL: [(ActOutcome, &'static str); 3] =
        [(ActOutcome::Done, "done"), (ActOutcome::Missing, "missing"), (ActOutcome::Limited, "limited")];

    fn word(self) -> &'static str {
        ActOutcome::ALL.iter().find(|(o, _)| *o == self).map_or("", |(_, word)| word)
    }
}

impl Store {
    /// Puts rows into a table, all or none, in place of those with the same keys.
    pub async fn put_records(&self, table: &str, records: &[Record]) -> Result<()> {
        let mut sorted: Vec<&Record> = records.iter().collect();
        sorted.sort_by(|a, b| a.key.cmp(&b.key));
        let mut tx = self.engine.begin().await?;
        for record in sorted {
            let sql = "INSERT INTO records (table_name, record_key, fields) VALUES ($1, $2, $3)
                ON CONFLICT (table_name, record_key) DO UPDATE SET fields = excluded.fields";
            tx.run(sql, args![table, &record.key, text_of(&record.fields)?]).await?;
        }
        tx.commit().await
    }

    /// The fields of a row. Of the table `customers`: what is registered, without the PIN.
    pub async fn record(&self, table: &str, key: &str) -> Result<Option<BTreeMap<String, String>>> {
        if table == CUSTOMERS {
            return Ok(self.customer(key).await?.map(|c| {
                let own = [("account", Some(c.account)), ("name", Some(c.name)), ("state", Some(c.state))];
                let other = [("number", c.number), ("language", c.language)];
                let known = own.into_iter().chain(other).filter_map(|(name, value)| Some((name.to_owned(), value?)));
                c.fields.into_iter().chain(known).collect()
            }));
        }
        let sql = "SELECT fields FROM records WHERE table_name = $1 AND record_key IN ($2, $3)
            ORDER BY CASE WHEN record_key = $2 THEN 0 ELSE 1 END LIMIT 1";
        let row = self.engine.first::<(String,)>(sql, args![table, key, ANY]).await?;
        row.map(|(fields,)| fields_of(&fields, key)).transpose()
    }

    /// Sets fields of a row, once per effect: whoever asks again gets the same outcome.
    pub async fn act_on_table(&self, act: &TableAct) -> Result<ActOutcome> {
        let (call, turn, seq) = (act.key.call.as_str(), act.key.turn, act.key.seq);
        let guard = act.protective.as_ref();
        let account = guard.map(|p| p.account.as_str());
        let caller = guard.and_then(|p| p.caller.as_deref());
        let mut tx = self.engine.begin().await?;
        let sql = "INSERT INTO acts (call_id, turn, seq, table_name, record_key, outcome, account, caller, at)
            VALUES ($1, $2, $3, $4, $5, '', $6, $7, $8) ON CONFLICT (call_id, turn, seq) DO NOTHING";
        if tx.run(sql, args![call, turn, seq, &act.table, &act.record, account, caller, act.at]).await? == 0 {
            let sql = "SELECT outcome FROM acts WHERE call_id = $1 AND turn = $2 AND seq = $3";
            let word = tx.first::<(String,)>(sql, args![call, turn, seq]).await?.unwrap_or_default().0;
            let known = ActOutcome::ALL.iter().find(|(_, w)| *w == word).map(|(outcome, _)| *outcome);
            tx.undo().await?;
            return known.ok_or_else(|| StoreError::Damaged(format!("outcome `{word}` of an act of call {call}")));
        }
        let (outcome, counted) = perform(&mut tx, act).await?;
        let sql = "UPDATE acts SET outcome = $4, counted = $5 WHERE call_id = $1 AND turn = $2 AND seq = $3";
        tx.run(sql, args![call, turn, seq, outcome.word(), counted]).await?;
        tx.commit().await?;
        Ok(outcome)
    }
}

/// Does it, and says whether it counts towards the limits.
async fn perform(tx: &mut Tx, act: &TableAct) -> Result<(ActOutcome, bool)> {
    if let Some(guard) = &act.protective {
        acts::hold(tx, guard, act.at).await?;
    }
    let Some((key, before)) = hold_row(tx, &act.table, &act.record).await? else {
        return Ok((ActOutcome::Missing, false));
    };
    let mut after = before.clone();
    after.extend(act.sets.clone());
    // In the state already, whatever the reason: it stays, for it may weigh more than the act's.
    let state = act.sets.get("state");
    if after == before || (state.is_some() && state == before.get("state")) {
        return Ok((ActOutcome::Done, false));
    }
    if let Some(guard) = &act.protective
        && acts::is_over(tx, guard, act.at).await?
    {
        return Ok((ActOutcome::Limited, false));
    }
    if act.table == CUSTOMERS {
        let state = after.remove("state");
        // What changes the state is held against imports of what was known before it.
        let held = act.sets.contains_key("state").then(|| text_of(&act.sets)).transpose()?;
        let sql = "UPDATE customers SET state = coalesce($2, state), fields = $3, held = coalesce($4, held),
            updated_at = $5 WHERE account = $1";
        tx.run(sql, args![key, state, text_of(&after)?, held, act.at]).await?;
    } else {
        let sql = "UPDATE records SET fields = $3 WHERE table_name = $1 AND record_key = $2";
        tx.run(sql, args![&act.table, key, text_of(&after)?]).await?;
    }
    Ok((ActOutcome::Done, act.protective.is_some()))
}

/// Key and fields of the row, which nobody else changes until the end: writing it as it is holds it
/// on both engines.
async fn hold_row(tx: &mut Tx, table: &str, key: &str) -> Result<Option<(String, BTreeMap<String, String>)>> {
    if table == CUSTOMERS {
        let sql = "UPDATE customers SET updated_at = updated_at WHERE account = $1 RETURNING state, fields";
        let Some((state, fields)) = tx.first::<(String, String)>(sql, args![key]).await? else { return Ok(None) };
        let mut fields = fields_of(&fields, key)?;
        fields.insert("state".to_owned(), state);
        return Ok(Some((key.to_owned(), fields)));
    }
    let sql = "UPDATE records SET fields = fields WHERE table_name = $1 AND record_key = $2 RETURNING fields";
    for key in [key, ANY] {
        if let Some((fields,)) = tx.first::<(String,)>(sql, args![table, key]).await? {
            return Ok(Some((key.to_owned(), fields_of(&fields, key)?)));
        }
    }
    Ok(None)
}
