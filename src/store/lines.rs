//! Lines that admins made: which number leads to which flow. And when a number was last called.

use super::engine::args;
use super::{Result, Store};

/// A line made in the studio.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineRow {
    /// The number, E.164.
    pub number: String,
    /// The name of its flow.
    pub flow: String,
    /// The provider it was set up at, by name; none: any that is on.
    pub provider: Option<String>,
    /// Voices by provider and language, as JSON; nothing here looks into it.
    pub voices: String,
    /// Counts its changes, from 1.
    pub rev: i64,
    /// Who changed it last.
    pub who: String,
    /// When, in ms.
    pub at: i64,
}

/// A call that came in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LastCall {
    /// Its id.
    pub id: String,
    /// When it began, in ms.
    pub at: i64,
    /// The calling number, if it was told.
    pub caller: Option<String>,
    /// It is a trial.
    pub test: bool,
}

type Row = (String, String, Option<String>, String, i64, String, i64);

impl Store {
    /// The lines made in the studio, by number.
    pub async fn lines(&self) -> Result<Vec<LineRow>> {
        let sql = "SELECT number, flow, provider, voices, rev, who, at FROM lines ORDER BY number";
        let rows = self.engine.rows::<Row>(sql, args![]).await?;
        let line =
            |(number, flow, provider, voices, rev, who, at)| LineRow { number, flow, provider, voices, rev, who, at };
        Ok(rows.into_iter().map(line).collect())
    }

    /// Makes a line; false when its number has one.
    pub async fn add_line(&self, line: &LineRow) -> Result<bool> {
        let sql = "INSERT INTO lines (number, flow, provider, voices, rev, who, at) VALUES ($1, $2, $3, $4, 1, $5, $6)
            ON CONFLICT (number) DO NOTHING";
        let LineRow { number, flow, provider, voices, who, at, .. } = line;
        Ok(self.engine.run(sql, args![number, flow, provider, voices, who, *at]).await? == 1)
    }

    /// Changes a line that still is as it was at `line.rev`; false when it is not.
    pub async fn change_line(&self, line: &LineRow) -> Result<bool> {
        let sql = "UPDATE lines SET flow = $2, provider = $3, voices = $4, rev = rev + 1, who = $5, at = $6
            WHERE number = $1 AND rev = $7";
        let LineRow { number, flow, provider, voices, who, at, rev } = line;
        Ok(self.engine.run(sql, args![number, flow, provider, voices, who, *at, *rev]).await? == 1)
    }

    /// Takes a line away that still is as it was at `rev`; false when it is not.
    pub async fn remove_line(&self, number: &str, rev: i64) -> Result<bool> {
        let sql = "DELETE FROM lines WHERE number = $1 AND rev = $2";
        Ok(self.engine.run(sql, args![number, rev]).await? == 1)
    }

    /// The latest call of a number by a provider, however the provider writes the number.
    pub async fn last_call(&self, number: &str, provider: &str) -> Result<Option<LastCall>> {
        let sql = "SELECT id, began_at, caller, test FROM calls WHERE dialled = $1 AND provider = $2
            ORDER BY began_at DESC LIMIT 1";
        let digits = number.trim_start_matches('+');
        let mut last: Option<LastCall> = None;
        for dialled in [format!("+{digits}"), digits.to_owned()] {
            type Found = (String, i64, Option<String>, bool);
            let found = self.engine.first::<Found>(sql, args![dialled, provider]).await?;
            let found = found.map(|(id, at, caller, test)| LastCall { id, at, caller, test });
            last = last.into_iter().chain(found).max_by_key(|call| call.at);
        }
        Ok(last)
    }
}
