//! One transaction of many turns. SQLite takes row after row; PostgreSQL, where each statement is a way
//! there and back, one array per column: the only SQL that is written per engine.

use super::engine::{Engine, Tx, args};
use super::postgres::Work;
use super::turns::{BeginRow, Committed, TurnRow};
use super::{Result, preferences};
use sqlx::postgres::PgArguments;
use sqlx::{Arguments, Encode, Postgres, Type};

/// Stores all rows in one durable transaction, that which is begun if there is one, and says of each
/// whether it was first. An error means that none is stored, unless the connection broke at the very
/// end.
pub(super) async fn store(engine: &Engine, begun: Option<Tx>, rows: &[TurnRow]) -> Result<Vec<Committed>> {
    let mut tx = match begun {
        Some(tx) => tx,
        None => engine.begin().await?,
    };
    begin_calls(&mut tx, rows).await?;
    let stored = append_turns(&mut tx, rows).await?;
    asked_for_person(&mut tx, rows, &stored).await?;
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

/// Writes the calls that begin. Of those that another webhook has begun meanwhile the first turn is
/// there, which tells.
async fn begin_calls(tx: &mut Tx, rows: &[TurnRow]) -> Result<()> {
    let begins: Vec<(&TurnRow, &BeginRow)> = rows.iter().filter_map(|r| Some((r, r.begins.as_ref()?))).collect();
    match tx {
        _ if begins.is_empty() => {}
        Tx::Postgres(work) => calls_postgres(work, &begins).await?,
        Tx::Sqlite(_) => {
            for (row, begin) in begins {
                let sql =
                    "INSERT INTO calls (id, provider, provider_call, line, digest, dialled, caller, test, began_at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
                let BeginRow { provider, provider_call, line, digest, dialled, caller, test } = begin;
                let id = row.call.as_str();
                tx.run(sql, args![id, provider, provider_call, line, digest, dialled, caller, *test, row.at]).await?;
            }
        }
    }
    Ok(())
}

/// Appends the turns, and says of each whether it was first; only of those that were not written it asks
/// whose are there.
async fn append_turns(tx: &mut Tx, rows: &[TurnRow]) -> Result<Vec<bool>> {
    let (mut stored, mut written) = (vec![false; rows.len()], 0);
    match tx {
        Tx::Postgres(work) => {
            written = turns_postgres(work, rows).await?;
            stored.fill(written == rows.len() as u64);
        }
        Tx::Sqlite(_) => {
            let sql = "INSERT INTO turns (call_id, version, turn, entry, event, answers, state, trail, document, at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING";
            for (row, stored) in rows.iter().zip(&mut stored) {
                let TurnRow { version, entry, event, answers, state, trail, document, at, .. } = row;
                let (call, turn) = (row.call.as_str(), row.turn.map(i64::from));
                let row = args![call, *version, turn, *entry, event, answers, state, trail, document, *at];
                *stored = tx.run(sql, row).await? == 1;
                written += u64::from(*stored);
            }
        }
    }
    for (row, stored) in rows.iter().zip(&mut stored).filter(|(_, stored)| !**stored) {
        let sql = "SELECT entry FROM turns WHERE call_id = $1 AND version = $2";
        let first = tx.first::<(i64,)>(sql, args![row.call.as_str(), row.version]).await?;
        *stored = first.is_some_and(|(entry,)| entry == row.entry);
    }
    if written == 0 && stored.contains(&true) {
        // Their first commit was not heard to end. One that writes nothing would not wait for a standby.
        let sql = "INSERT INTO pulse (id, at, filler) VALUES (2, $1, '')
            ON CONFLICT (id) DO UPDATE SET at = excluded.at";
        tx.run(sql, args![rows.first().map(|row| row.at).unwrap_or_default()]).await?;
    }
    Ok(stored)
}

/// Notes the open calls whose callers came to where a person is asked for. That they are open is said for PostgreSQL:
/// a plan made before a new table was ever analyzed goes by the index of open calls then, and would else read all of
/// the table until it is.
async fn asked_for_person(tx: &mut Tx, rows: &[TurnRow], stored: &[bool]) -> Result<()> {
    let asked = rows.iter().zip(stored).filter(|(row, stored)| **stored && row.person);
    let asked: Vec<&str> = asked.map(|(row, _)| row.call.as_str()).collect();
    match tx {
        _ if asked.is_empty() => {}
        Tx::Postgres(work) => {
            let mut values = Values::default();
            values.add(asked)?;
            let sql = "UPDATE calls SET person = TRUE
                WHERE id = ANY($1::text[]) AND ended_at IS NULL AND NOT person";
            work.ask(async move |c| sqlx::query_with(sql, values.0).execute(c).await).await?;
        }
        Tx::Sqlite(_) => {
            let sql = "UPDATE calls SET person = TRUE WHERE id = $1 AND ended_at IS NULL AND NOT person";
            for call in asked {
                tx.run(sql, args![call]).await?;
            }
        }
    }
    Ok(())
}

/// Notes of the calls that end with these rows how they did.
async fn end_calls(tx: &mut Tx, rows: &[TurnRow], stored: &[bool]) -> Result<()> {
    let ends = rows.iter().zip(stored).filter(|(_, stored)| **stored);
    let ends: Vec<(&TurnRow, &String)> = ends.filter_map(|(row, _)| Some((row, row.ends.as_ref()?))).collect();
    match tx {
        _ if ends.is_empty() => {}
        Tx::Postgres(work) => ends_postgres(work, &ends).await?,
        Tx::Sqlite(_) => {
            for (row, how) in ends {
                let sql = "UPDATE calls SET ended_at = $2, ending = $3 WHERE id = $1 AND ended_at IS NULL";
                tx.run(sql, args![row.call.as_str(), row.at, how]).await?;
            }
        }
    }
    Ok(())
}

async fn calls_postgres(work: &mut Work, begins: &[(&TurnRow, &BeginRow)]) -> Result<()> {
    let texts = |of: fn(&BeginRow) -> &String| begins.iter().map(|(_, b)| of(b).as_str()).collect::<Vec<_>>();
    let mut values = Values::default();
    values.add(begins.iter().map(|(r, _)| r.call.as_str()).collect::<Vec<_>>())?;
    values.add(texts(|b| &b.provider))?;
    values.add(texts(|b| &b.provider_call))?;
    values.add(texts(|b| &b.line))?;
    values.add(texts(|b| &b.digest))?;
    values.add(texts(|b| &b.dialled))?;
    values.add(begins.iter().map(|(_, b)| b.caller.as_deref()).collect::<Vec<_>>())?;
    values.add(begins.iter().map(|(_, b)| b.test).collect::<Vec<_>>())?;
    values.add(begins.iter().map(|(r, _)| r.at).collect::<Vec<_>>())?;
    let sql = "INSERT INTO calls (id, provider, provider_call, line, digest, dialled, caller, test, began_at)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
            $8::boolean[], $9::bigint[]) ON CONFLICT DO NOTHING";
    work.ask(async move |c| sqlx::query_with(sql, values.0).execute(c).await).await?;
    Ok(())
}

async fn turns_postgres(work: &mut Work, rows: &[TurnRow]) -> Result<u64> {
    let texts = |of: fn(&TurnRow) -> &String| rows.iter().map(|r| of(r).as_str()).collect::<Vec<_>>();
    let mut values = Values::default();
    values.add(rows.iter().map(|r| r.call.as_str()).collect::<Vec<_>>())?;
    values.add(rows.iter().map(|r| i64::from(r.version)).collect::<Vec<_>>())?;
    values.add(rows.iter().map(|r| r.turn.map(i64::from)).collect::<Vec<_>>())?;
    values.add(rows.iter().map(|r| r.entry).collect::<Vec<_>>())?;
    values.add(texts(|r| &r.event))?;
    values.add(texts(|r| &r.answers))?;
    values.add(texts(|r| &r.state))?;
    values.add(texts(|r| &r.trail))?;
    values.add(rows.iter().map(|r| r.document.as_deref()).collect::<Vec<_>>())?;
    values.add(rows.iter().map(|r| r.at).collect::<Vec<_>>())?;
    let sql = "INSERT INTO turns (call_id, version, turn, entry, event, answers, state, trail, document, at)
        SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[],
            $8::text[], $9::text[], $10::bigint[]) ON CONFLICT DO NOTHING";
    Ok(work.ask(async move |c| sqlx::query_with(sql, values.0).execute(c).await).await?.rows_affected())
}

async fn ends_postgres(work: &mut Work, ends: &[(&TurnRow, &String)]) -> Result<()> {
    let mut values = Values::default();
    values.add(ends.iter().map(|(row, _)| row.call.as_str()).collect::<Vec<_>>())?;
    values.add(ends.iter().map(|(row, _)| row.at).collect::<Vec<_>>())?;
    values.add(ends.iter().map(|(_, how)| how.as_str()).collect::<Vec<_>>())?;
    let sql = "UPDATE calls SET ended_at = e.at, ending = e.how
        FROM unnest($1::text[], $2::bigint[], $3::text[]) AS e (id, at, how)
        WHERE calls.id = e.id AND calls.ended_at IS NULL";
    work.ask(async move |c| sqlx::query_with(sql, values.0).execute(c).await).await?;
    Ok(())
}

/// Values of a statement, collected.
#[derive(Default)]
struct Values(PgArguments);

impl Values {
    fn add<'q, T: Encode<'q, Postgres> + Type<Postgres>>(&mut self, value: T) -> Result<()> {
        Ok(self.0.add(value).map_err(sqlx::Error::Encode)?)
    }
}
