//! One transaction of many turns. The statements for many rows are the only SQL written per engine:
//! SQLite is fastest with all values written out and `?`, PostgreSQL with one array per column.

use super::engine::{Engine, Tx, args};
use super::shared::Unit;
use super::turns::{BeginRow, Committed, TurnRow};
use super::{Result, preferences};
use sqlx::Arguments;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Encode, Postgres, Transaction, Type};
use std::collections::HashMap;
use std::sync::Arc;

const CALLS: &str = "INSERT INTO calls (id, provider, provider_call, line, digest, dialled, caller, test, began_at)";
const CALL_COLUMNS: usize = 9;
const TURNS: &str = "INSERT INTO turns (call_id, version, turn, entry, event, answers, state, trail, document, at)";
const TURN_COLUMNS: usize = 10;

/// Stores batches, and remembers the statements it made for each size.
#[derive(Default)]
pub(super) struct Batch {
    made: HashMap<(usize, usize), Arc<str>>,
}

impl Batch {
    /// Stores all rows in one durable transaction, that which is begun if there is one, and says of
    /// each whether it was first. An error means that none is stored, unless the connection broke at
    /// the very end.
    pub async fn store(&mut self, engine: &Engine, begun: Option<Tx>, rows: &[TurnRow]) -> Result<Vec<Committed>> {
        let mut tx = match begun {
            Some(tx) => tx,
            None => engine.begin().await?,
        };
        self.begin_calls(&mut tx, rows).await?;
        let stored = self.append_turns(&mut tx, rows).await?;
        end_calls(&mut tx, rows, &stored).await?;
        let mut remember = Vec::new();
        for (row, _) in rows.iter().zip(&stored).filter(|(_, stored)| **stored) {
            remember.extend(row.remember.iter().map(|(number, choice)| (number, *choice, row.at)));
        }
        // In the same order everywhere, so that two servers never wait for each other's rows.
        remember.sort_by_key(|(number, ..)| number.as_str());
        for (number, choice, at) in remember {
            preferences::remember(&mut tx, number, choice, at).await?;
        }
        tx.commit().await?;
        Ok(stored.into_iter().map(|s| if s { Committed::Stored } else { Committed::Stale }).collect())
    }

    /// Writes the calls that begin. Of those that another webhook has begun meanwhile the first turn
    /// is there, which tells.
    async fn begin_calls(&mut self, tx: &mut Tx, rows: &[TurnRow]) -> Result<()> {
        let begins: Vec<(&TurnRow, &BeginRow)> = rows.iter().filter_map(|r| Some((r, r.begins.as_ref()?))).collect();
        if begins.is_empty() {
            return Ok(());
        }
        match tx {
            Tx::Sqlite(tx) => calls_sqlite(tx, self.statement(CALLS, CALL_COLUMNS, begins.len()), &begins).await,
            Tx::Postgres(tx) => calls_postgres(tx, &begins).await,
        }
    }

    /// Appends the turns, and says of each whether it was first; only when fewer rows arrived than were
    /// sent it asks whose are there.
    async fn append_turns(&mut self, tx: &mut Tx, rows: &[TurnRow]) -> Result<Vec<bool>> {
        let written = match tx {
            Tx::Sqlite(tx) => turns_sqlite(tx, self.statement(TURNS, TURN_COLUMNS, rows.len()), rows).await?,
            Tx::Postgres(tx) => turns_postgres(tx, rows).await?,
        };
        if written == rows.len() as u64 {
            return Ok(vec![true; rows.len()]);
        }
        let mut stored = Vec::with_capacity(rows.len());
        for row in rows {
            let sql = "SELECT entry FROM turns WHERE call_id = $1 AND version = $2";
            let first = tx.first::<(i64,)>(sql, args![row.call.as_str(), row.version]).await?;
            stored.push(first.is_some_and(|(entry,)| entry == row.entry));
        }
        Ok(stored)
    }

    /// `INSERT … VALUES (?,…),(?,…) ON CONFLICT DO NOTHING` for exactly this many rows, made once.
    /// Numbered placeholders would be looked up one by one.
    fn statement(&mut self, head: &str, columns: usize, rows: usize) -> Arc<str> {
        let made = self.made.entry((columns, rows)).or_insert_with(|| {
            let row = format!("({})", vec!["?"; columns].join(","));
            format!("{head} VALUES {} ON CONFLICT DO NOTHING", vec![row.as_str(); rows].join(",")).into()
        });
        made.clone()
    }
}

/// Notes of the calls that end with these rows how they did.
async fn end_calls(tx: &mut Tx, rows: &[TurnRow], stored: &[bool]) -> Result<()> {
    let ends = rows.iter().zip(stored).filter(|(_, stored)| **stored);
    let ends: Vec<(&TurnRow, &String)> = ends.filter_map(|(row, _)| Some((row, row.ends.as_ref()?))).collect();
    if ends.is_empty() {
        return Ok(());
    }
    let Tx::Postgres(tx) = tx else {
        for (row, how) in ends {
            let sql = "UPDATE calls SET ended_at = $2, ending = $3 WHERE id = $1 AND ended_at IS NULL";
            tx.run(sql, args![row.call.as_str(), row.at, how]).await?;
        }
        return Ok(());
    };
    let mut values = Values(PgArguments::default());
    values.add(ends.iter().map(|(row, _)| row.call.to_string()).collect::<Vec<_>>())?;
    values.add(ends.iter().map(|(row, _)| row.at).collect::<Vec<_>>())?;
    values.add(ends.iter().map(|(_, how)| (*how).clone()).collect::<Vec<_>>())?;
    let sql = "UPDATE calls SET ended_at = e.at, ending = e.how
        FROM unnest($1::text[], $2::bigint[], $3::text[]) AS e (id, at, how)
        WHERE calls.id = e.id AND calls.ended_at IS NULL";
    sqlx::query_with(sql, values.0).execute(&mut **tx).await?;
    Ok(())
}

async fn calls_sqlite(tx: &mut Unit, sql: Arc<str>, begins: &[(&TurnRow, &BeginRow)]) -> Result<()> {
    let mut values = Values(SqliteArguments::default());
    for (row, begin) in begins {
        values.add(row.call.to_string())?;
        for text in [&begin.provider, &begin.provider_call, &begin.line, &begin.digest, &begin.dialled] {
            values.add(text.clone())?;
        }
        values.add(begin.caller.clone())?;
        values.add(begin.test)?;
        values.add(row.at)?;
    }
    sqlx::query_with(AssertSqlSafe(sql), values.0).execute(tx.connection()?).await?;
    Ok(())
}

async fn turns_sqlite(tx: &mut Unit, sql: Arc<str>, rows: &[TurnRow]) -> Result<u64> {
    let mut values = Values(SqliteArguments::default());
    for row in rows {
        values.add(row.call.to_string())?;
        values.add(i64::from(row.version))?;
        values.add(row.turn.map(i64::from))?;
        values.add(row.entry)?;
        for text in [&row.event, &row.answers, &row.state, &row.trail] {
            values.add(text.clone())?;
        }
        values.add(row.document.clone())?;
        values.add(row.at)?;
    }
    Ok(sqlx::query_with(AssertSqlSafe(sql), values.0).execute(tx.connection()?).await?.rows_affected())
}

async fn calls_postgres(tx: &mut Transaction<'static, Postgres>, begins: &[(&TurnRow, &BeginRow)]) -> Result<()> {
    let texts = |of: fn(&BeginRow) -> &String| begins.iter().map(|(_, b)| of(b).clone()).collect::<Vec<_>>();
    let mut values = Values(PgArguments::default());
    values.add(begins.iter().map(|(r, _)| r.call.to_string()).collect::<Vec<_>>())?;
    values.add(texts(|b| &b.provider))?;
    values.add(texts(|b| &b.provider_call))?;
    values.add(texts(|b| &b.line))?;
    values.add(texts(|b| &b.digest))?;
    values.add(texts(|b| &b.dialled))?;
    values.add(begins.iter().map(|(_, b)| b.caller.clone()).collect::<Vec<_>>())?;
    values.add(begins.iter().map(|(_, b)| b.test).collect::<Vec<_>>())?;
    values.add(begins.iter().map(|(r, _)| r.at).collect::<Vec<_>>())?;
    let sql = "INSERT INTO calls (id, provider, provider_call, line, digest, dialled, caller, test, began_at)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
            $8::boolean[], $9::bigint[]) ON CONFLICT DO NOTHING";
    sqlx::query_with(sql, values.0).execute(&mut **tx).await?;
    Ok(())
}

async fn turns_postgres(tx: &mut Transaction<'static, Postgres>, rows: &[TurnRow]) -> Result<u64> {
    let texts = |of: fn(&TurnRow) -> &String| rows.iter().map(|r| of(r).clone()).collect::<Vec<_>>();
    let mut values = Values(PgArguments::default());
    values.add(rows.iter().map(|r| r.call.to_string()).collect::<Vec<_>>())?;
    values.add(rows.iter().map(|r| i64::from(r.version)).collect::<Vec<_>>())?;
    values.add(rows.iter().map(|r| r.turn.map(i64::from)).collect::<Vec<_>>())?;
    values.add(rows.iter().map(|r| r.entry).collect::<Vec<_>>())?;
    values.add(texts(|r| &r.event))?;
    values.add(texts(|r| &r.answers))?;
    values.add(texts(|r| &r.state))?;
    values.add(texts(|r| &r.trail))?;
    values.add(rows.iter().map(|r| r.document.clone()).collect::<Vec<_>>())?;
    values.add(rows.iter().map(|r| r.at).collect::<Vec<_>>())?;
    let sql = "INSERT INTO turns (call_id, version, turn, entry, event, answers, state, trail, document, at)
        SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[],
            $8::text[], $9::text[], $10::bigint[]) ON CONFLICT DO NOTHING";
    Ok(sqlx::query_with(sql, values.0).execute(&mut **tx).await?.rows_affected())
}

/// Values of a statement, collected.
struct Values<A>(A);

impl<A: Arguments> Values<A> {
    fn add<'q, T: Encode<'q, A::Database> + Type<A::Database>>(&mut self, value: T) -> Result<()> {
        Ok(self.0.add(value).map_err(sqlx::Error::Encode)?)
    }
}
