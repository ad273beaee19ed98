//! What is remembered for a calling number: language, pace, and where a call broke off.

use super::engine::{Tx, args};
use super::{Result, Store};
use crate::call::bookmark::Bookmark;
use crate::call::effect::{Choice, Preference};
use crate::words::{Lang, Phone};

/// How long one can go on where a call broke off, in ms.
const BOOKMARKED: i64 = 10 * 60_000;

impl Store {
    /// What is remembered for a number at a moment, in ms.
    pub async fn preference(&self, number: &Phone, at: i64) -> Result<Preference> {
        let sql = "SELECT language, slow, CASE WHEN bookmark_at > $2 THEN bookmark END FROM preferences
            WHERE number = $1";
        let since = at - BOOKMARKED;
        let row =
            self.engine.first::<(Option<String>, bool, Option<String>)>(sql, args![number.as_str(), since]).await?;
        let Some((lang, slow, bookmark)) = row else { return Ok(Preference::default()) };
        // One that cannot be read is none: the call begins at the beginning.
        let bookmark = bookmark.and_then(|text| serde_json::from_str(&text).ok());
        Ok(Preference { lang: lang.as_deref().and_then(Lang::parse), slow, bookmark })
    }

    /// Remembers what a caller chose, apart from any turn.
    pub async fn remember(&self, number: &Phone, choice: Choice, at: i64) -> Result<()> {
        let mut tx = self.engine.begin().await?;
        remember(&mut tx, number, choice, at).await?;
        tx.commit().await
    }

    /// Remembers where a call broke off, or that there is nothing to go back to.
    pub async fn bookmark(&self, number: &Phone, bookmark: Option<&Bookmark>, at: i64) -> Result<()> {
        let text = bookmark.and_then(|bookmark| serde_json::to_string(bookmark).ok());
        let sql = "INSERT INTO preferences (number, bookmark, bookmark_at, at) VALUES ($1, $2, $3, $3)
            ON CONFLICT (number) DO UPDATE SET bookmark = excluded.bookmark, bookmark_at = excluded.bookmark_at,
                at = excluded.at";
        self.engine.run(sql, args![number.as_str(), text, at]).await?;
        Ok(())
    }
}

/// Remembers what a caller chose, within a unit of work.
pub(super) async fn remember(tx: &mut Tx, number: &Phone, choice: Choice, at: i64) -> Result<()> {
    let (sql, values) = match choice {
        Choice::Lang(lang) => (
            "INSERT INTO preferences (number, language, at) VALUES ($1, $2, $3)
                ON CONFLICT (number) DO UPDATE SET language = excluded.language, at = excluded.at
                WHERE preferences.language IS NULL OR preferences.language <> excluded.language",
            args![number.as_str(), lang.tag(), at],
        ),
        Choice::Slow(slow) => (
            "INSERT INTO preferences (number, slow, at) VALUES ($1, $2, $3)
                ON CONFLICT (number) DO UPDATE SET slow = excluded.slow, at = excluded.at
                WHERE preferences.slow <> excluded.slow",
            args![number.as_str(), slow, at],
        ),
    };
    tx.run(sql, values).await?;
    Ok(())
}
