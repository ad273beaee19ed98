//! Sessions of people in browsers. One ends two hours after it was last used and twelve after it
//! began, when its person signs out, and at once when they are disabled.

use super::engine::args;
use super::people::{PersonRow, read};
use super::proofs::{digest, fresh};
use super::{Person, Result, Store};
use crate::words::Secret;

/// How long a session lasts unused, and at most, in ms.
const IDLE: i64 = 2 * 3_600_000;
const LONGEST: i64 = 12 * 3_600_000;
/// Uses nearer together than this are one: else every page that is read would be a write, in ms.
pub(super) const SEEN: i64 = 60_000;
/// Letters kept of what a browser says of itself.
const BROWSER: usize = 200;

/// A session, as its person is shown it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Session {
    /// Names it in lists; opens nothing.
    pub id: String,
    /// The browser's own words about itself.
    pub browser: String,
    /// When it began, in ms.
    pub created_at: i64,
    /// When it was last used, to the minute, in ms.
    pub seen_at: i64,
}

impl Store {
    /// Begins a session of somebody whose password is still `password`; gives what the browser
    /// proves it by. None: it was changed, or they may not sign in, since it was compared.
    pub async fn begin_session(&self, name: &str, password: &Secret, browser: &str, at: i64) -> Result<Option<Secret>> {
        let session = fresh("")?;
        let mut tx = self.engine.begin().await?;
        let sql = "UPDATE people SET disabled = disabled WHERE name = $1 AND password = $2 AND NOT disabled";
        if tx.run(sql, args![name, password.reveal()]).await? == 0 {
            tx.undo().await?;
            return Ok(None);
        }
        let sql = "INSERT INTO sessions (hash, person, browser, created_at, seen_at) VALUES ($1, $2, $3, $4, $4)";
        let browser: String = browser.chars().filter(|c| !c.is_control()).take(BROWSER).collect();
        tx.run(sql, args![digest(session.reveal()), name, browser, at]).await?;
        tx.commit().await?;
        Ok(Some(session))
    }

    /// Whose session this is, and its id; none: it ended, or never was.
    pub async fn session(&self, session: &str, at: i64) -> Result<Option<(Person, String)>> {
        type Row = (i64, String, String, String, String, Option<String>, Option<String>, Option<String>, bool);
        let id = digest(session);
        let sql =
            "SELECT s.seen_at, p.name, p.role, p.languages, p.skills, p.phone, p.zone, p.page_language, p.disabled
            FROM sessions s JOIN people p ON p.name = s.person
            WHERE s.hash = $1 AND s.seen_at > $2 AND s.created_at > $3 AND NOT p.disabled";
        let Some(row) = self.engine.first::<Row>(sql, args![&id, at - IDLE, at - LONGEST]).await? else {
            return Ok(None);
        };
        let (seen_at, name, role, languages, skills, phone, zone, page_language, disabled) = row;
        if seen_at <= at - SEEN {
            let sql = "UPDATE sessions SET seen_at = $2 WHERE hash = $1 AND seen_at < $2";
            self.engine.run(sql, args![&id, at]).await?;
        }
        let row: PersonRow = (name, role, languages, skills, phone, zone, page_language, disabled);
        Ok(Some((read(row)?, id)))
    }

    /// Somebody's sessions that have not ended, the latest used first.
    pub async fn sessions(&self, name: &str, at: i64) -> Result<Vec<Session>> {
        let sql = "SELECT hash, browser, created_at, seen_at FROM sessions
            WHERE person = $1 AND seen_at > $2 AND created_at > $3 ORDER BY seen_at DESC, hash";
        let rows = self.engine.rows::<(String, String, i64, i64)>(sql, args![name, at - IDLE, at - LONGEST]).await?;
        let session = |(id, browser, created_at, seen_at)| Session { id, browser, created_at, seen_at };
        Ok(rows.into_iter().map(session).collect())
    }

    /// Ends one of somebody's sessions by its id; false when there is none.
    pub async fn end_session(&self, name: &str, id: &str) -> Result<bool> {
        let sql = "DELETE FROM sessions WHERE person = $1 AND hash = $2";
        Ok(self.engine.run(sql, args![name, id]).await? == 1)
    }

    /// Ends all of somebody's sessions; gives how many.
    pub async fn end_sessions(&self, name: &str) -> Result<u64> {
        self.engine.run("DELETE FROM sessions WHERE person = $1", args![name]).await
    }
}
