//! What callers are told at once.

use super::engine::args;
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
}

impl Store {
    /// The texts of the notices a line tells at this moment, the oldest first.
    pub async fn notices(&self, line: &str, at: i64) -> Result<Vec<BTreeMap<Lang, String>>> {
        let sql = "SELECT id, texts FROM notices WHERE (line IS NULL OR line = $1) AND from_at <= $2
            AND (until_at IS NULL OR until_at > $2) ORDER BY from_at, id";
        let rows = self.engine.rows::<(String, String)>(sql, args![line, at]).await?;
        let texts = rows.iter().map(|(id, texts)| {
            serde_json::from_str(texts).map_err(|e| StoreError::Damaged(format!("texts of notice {id}: {e}")))
        });
        texts.collect()
    }

    /// Puts a notice, in place of one with the same id.
    pub async fn put_notice(&self, notice: &NewNotice) -> Result<()> {
        let texts = serde_json::to_string(&notice.texts).map_err(|e| StoreError::Damaged(e.to_string()))?;
        let sql = "INSERT INTO notices (id, line, texts, from_at, until_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (id) DO UPDATE SET line = excluded.line, texts = excluded.texts,
                from_at = excluded.from_at, until_at = excluded.until_at";
        self.engine.run(sql, args![&notice.id, &notice.line, texts, notice.from, notice.until]).await?;
        Ok(())
    }
}
