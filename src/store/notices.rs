//! What callers are told at once, and the switch that closes a line.

use super::engine::{args, named};
use super::{Result, Store, StoreError};
use crate::words::Lang;
use std::collections::BTreeMap;

/// Something to tell callers for a while.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewNotice {
    /// Putting the same id again replaces it.
    pub id: String,
    /// The line, by its flow's name; none: every line.
    pub line: Option<String>,
    /// The words in each language.
    pub texts: BTreeMap<Lang, String>,
    /// From when, in ms.
    pub from: i64,
    /// Until when, in ms; none: until it is replaced.
    pub until: Option<i64>,
    /// It closes the line: a new call hears it and nothing else.
    pub closes: bool,
    /// Off, it is kept and told to nobody.
    pub on: bool,
}

/// A notice as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// What was put.
    pub put: NewNotice,
    /// Who put or switched it last; none: it came with the demo.
    pub by: Option<String>,
    /// When that was, in ms.
    pub changed_at: i64,
}

impl NewNotice {
    /// Whether callers are told it at this moment, in ms.
    pub fn is_told(&self, at: i64) -> bool {
        self.on && self.from <= at && self.until.is_none_or(|until| until > at)
    }
}

struct Row {
    id: String,
    line: Option<String>,
    texts: String,
    from_at: i64,
    until_at: Option<i64>,
    closes: bool,
    is_on: bool,
    by_whom: Option<String>,
    changed_at: i64,
}

named!(Row { id, line, texts, from_at, until_at, closes, is_on, by_whom, changed_at });

impl Store {
    /// The texts of the notices a line tells at this moment, the oldest first.
    pub async fn notices(&self, line: &str, at: i64) -> Result<Vec<BTreeMap<Lang, String>>> {
        let sql = "SELECT id, texts FROM notices WHERE (line IS NULL OR line = $1) AND from_at <= $2
            AND (until_at IS NULL OR until_at > $2) AND is_on AND NOT closes ORDER BY from_at, id";
        let rows = self.engine.rows::<(String, String)>(sql, args![line, at]).await?;
        rows.iter().map(|(id, texts)| texts_of(id, texts)).collect()
    }

    /// What a call hears that comes in at this moment, in ms, on a line that is closed: by its own switch
    /// first. None: it is open.
    pub async fn closed(&self, line: &str, at: i64) -> Result<Option<BTreeMap<Lang, String>>> {
        let sql = "SELECT id, texts FROM notices WHERE closes AND is_on AND (line IS NULL OR line = $1)
            AND from_at <= $2 AND (until_at IS NULL OR until_at > $2)
            ORDER BY CASE WHEN line IS NULL THEN 1 ELSE 0 END, id LIMIT 1";
        let row = self.engine.first::<(String, String)>(sql, args![line, at]).await?;
        row.map(|(id, texts)| texts_of(&id, &texts)).transpose()
    }

    /// Every notice, on or off; the one that begins last first.
    pub async fn all_notices(&self) -> Result<Vec<Notice>> {
        let sql = "SELECT id, line, texts, from_at, until_at, closes, is_on, by_whom, changed_at FROM notices
            ORDER BY from_at DESC, id";
        self.engine.rows::<Row>(sql, args![]).await?.into_iter().map(read).collect()
    }

    /// A notice by its id.
    pub async fn notice(&self, id: &str) -> Result<Option<Notice>> {
        let sql = "SELECT id, line, texts, from_at, until_at, closes, is_on, by_whom, changed_at FROM notices
            WHERE id = $1";
        self.engine.first::<Row>(sql, args![id]).await?.map(read).transpose()
    }

    /// Puts a notice, in place of one with the same id. `by` is who did; none: it comes with the demo.
    pub async fn put_notice(&self, notice: &NewNotice, by: Option<&str>, at: i64) -> Result<()> {
        let NewNotice { id, line, texts, from, until, closes, on } = notice;
        let texts = serde_json::to_string(texts).map_err(|e| StoreError::Damaged(e.to_string()))?;
        let sql = "INSERT INTO notices (id, line, texts, from_at, until_at, closes, is_on, by_whom, changed_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT (id) DO UPDATE SET line = excluded.line, texts = excluded.texts, from_at = excluded.from_at,
                until_at = excluded.until_at, closes = excluded.closes, is_on = excluded.is_on,
                by_whom = excluded.by_whom, changed_at = excluded.changed_at";
        self.engine.run(sql, args![id, line, texts, *from, *until, *closes, *on, by, at]).await?;
        Ok(())
    }

    /// Switches a notice on or off; false when there is none of this id.
    pub async fn switch_notice(&self, id: &str, on: bool, by: &str, at: i64) -> Result<bool> {
        let sql = "UPDATE notices SET is_on = $2, by_whom = $3, changed_at = $4 WHERE id = $1";
        Ok(self.engine.run(sql, args![id, on, by, at]).await? == 1)
    }

    /// Takes a notice away; false when there is none of this id.
    pub async fn delete_notice(&self, id: &str) -> Result<bool> {
        Ok(self.engine.run("DELETE FROM notices WHERE id = $1", args![id]).await? == 1)
    }
}

fn read(row: Row) -> Result<Notice> {
    let Row { id, line, texts, from_at: from, until_at: until, closes, is_on: on, by_whom: by, changed_at } = row;
    let texts = texts_of(&id, &texts)?;
    Ok(Notice { put: NewNotice { id, line, texts, from, until, closes, on }, by, changed_at })
}

fn texts_of(id: &str, texts: &str) -> Result<BTreeMap<Lang, String>> {
    serde_json::from_str(texts).map_err(|e| StoreError::Damaged(format!("texts of notice {id}: {e}")))
}
