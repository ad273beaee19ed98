//! What callers are told at once, and the switch that closes a line.

use super::engine::{Arg, args, named};
use super::{Result, Store, StoreError};
use crate::words::Lang;
use std::collections::BTreeMap;

/// Something to tell callers for a while.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewNotice {
    /// What names it.
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

    /// Adds a notice; false when there is one of this id, which stays as it is. `by` is who did; none: it
    /// comes with the demo.
    pub async fn add_notice(&self, notice: &NewNotice, by: Option<&str>, at: i64) -> Result<bool> {
        let sql = "INSERT INTO notices (id, line, texts, from_at, until_at, closes, is_on, by_whom, changed_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING";
        Ok(self.engine.run(sql, values(notice, by, at)?).await? == 1)
    }

    /// Changes a notice that still is as it was when it was `seen`, which is its `changed_at`; false when
    /// it is not, or is gone, and then nothing is. What closes a line is no notice to change.
    pub async fn change_notice(&self, notice: &NewNotice, by: &str, at: i64, seen: i64) -> Result<bool> {
        let NewNotice { id, line, texts, from, until, closes: _, on } = notice;
        let texts = written(texts)?;
        // Two changes within one ms are two.
        let sql = "UPDATE notices SET line = $2, texts = $3, from_at = $4, until_at = $5, is_on = $6, by_whom = $7,
                changed_at = CASE WHEN changed_at < $8 THEN $8 ELSE changed_at + 1 END
            WHERE id = $1 AND changed_at = $9 AND NOT closes";
        let values = args![id, line, texts, *from, *until, *on, by, at, seen];
        Ok(self.engine.run(sql, values).await? == 1)
    }

    /// Switches a notice on or off; false when there is none of this id, or it is so already.
    pub async fn switch_notice(&self, id: &str, on: bool, by: &str, at: i64) -> Result<bool> {
        let sql = "UPDATE notices SET is_on = $2, by_whom = $3,
                changed_at = CASE WHEN changed_at < $4 THEN $4 ELSE changed_at + 1 END
            WHERE id = $1 AND is_on <> $2 AND NOT closes";
        Ok(self.engine.run(sql, args![id, on, by, at]).await? == 1)
    }

    /// Takes a notice away that still is as it was when it was `seen`; false when it is not, or is gone.
    pub async fn delete_notice(&self, id: &str, seen: i64) -> Result<bool> {
        let sql = "DELETE FROM notices WHERE id = $1 AND changed_at = $2 AND NOT closes";
        Ok(self.engine.run(sql, args![id, seen]).await? == 1)
    }

    /// Closes a line by its switch, from `notice.from` on. False when somebody closed it before and that
    /// is not what was `seen`: their words stay.
    pub async fn close_line(&self, notice: &NewNotice, by: &str, at: i64, seen: i64) -> Result<bool> {
        let sql = "INSERT INTO notices (id, line, texts, from_at, until_at, closes, is_on, by_whom, changed_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT (id) DO UPDATE SET texts = excluded.texts, from_at = excluded.from_at,
                until_at = excluded.until_at, is_on = excluded.is_on, by_whom = excluded.by_whom,
                changed_at = CASE WHEN notices.changed_at < excluded.changed_at THEN excluded.changed_at
                    ELSE notices.changed_at + 1 END
            WHERE notices.closes AND (notices.changed_at = $10 OR NOT notices.is_on
                OR (notices.until_at IS NOT NULL AND notices.until_at <= $9))";
        let mut values = values(notice, Some(by), at)?;
        values.extend(args![seen]);
        Ok(self.engine.run(sql, values).await? == 1)
    }

    /// Opens a line by its switch; false when it was not closed by it at this moment.
    pub async fn open_line(&self, id: &str, by: &str, at: i64) -> Result<bool> {
        let sql = "UPDATE notices SET is_on = $2, by_whom = $3,
                changed_at = CASE WHEN changed_at < $4 THEN $4 ELSE changed_at + 1 END
            WHERE id = $1 AND closes AND is_on AND (until_at IS NULL OR until_at > $4)";
        Ok(self.engine.run(sql, args![id, false, by, at]).await? == 1)
    }
}

fn values(notice: &NewNotice, by: Option<&str>, at: i64) -> Result<Vec<Arg>> {
    let NewNotice { id, line, texts, from, until, closes, on } = notice;
    let texts = written(texts)?;
    Ok(args![id, line, texts, *from, *until, *closes, *on, by, at])
}

fn written(texts: &BTreeMap<Lang, String>) -> Result<String> {
    serde_json::to_string(texts).map_err(|e| StoreError::Damaged(e.to_string()))
}

fn read(row: Row) -> Result<Notice> {
    let Row { id, line, texts, from_at: from, until_at: until, closes, is_on: on, by_whom: by, changed_at } = row;
    let texts = texts_of(&id, &texts)?;
    Ok(Notice { put: NewNotice { id, line, texts, from, until, closes, on }, by, changed_at })
}

fn texts_of(id: &str, texts: &str) -> Result<BTreeMap<Lang, String>> {
    serde_json::from_str(texts).map_err(|e| StoreError::Damaged(format!("texts of notice {id}: {e}")))
}
