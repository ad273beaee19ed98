//! Tokens of people for their programs: shown once when made, good until they are revoked or their
//! person is disabled.

use super::engine::args;
use super::people::{PersonRow, read};
use super::proofs::{digest, fresh};
use super::sessions::SEEN;
use super::{Person, Result, Store};
use crate::words::Secret;

/// What every token begins with, so that one that went astray is recognised.
pub const TOKEN_PREFIX: &str = "hl_";

/// A token, as its person is shown it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token {
    /// Names it in lists; opens nothing.
    pub id: String,
    /// What it is for.
    pub label: String,
    /// When it was made, in ms.
    pub created_at: i64,
    /// When it was last used, to the minute, in ms.
    pub used_at: Option<i64>,
}

impl Store {
    /// Makes a token of somebody's; gives its id and the token itself, which cannot be had again.
    /// None: there is nobody of this name who may sign in.
    pub async fn new_token(&self, name: &str, label: &str, at: i64) -> Result<Option<(String, Secret)>> {
        let (id, token) = (uuid::Uuid::now_v7().simple().to_string(), fresh(TOKEN_PREFIX)?);
        let mut tx = self.engine.begin().await?;
        let sql = "UPDATE people SET disabled = disabled WHERE name = $1 AND NOT disabled";
        if tx.run(sql, args![name]).await? == 0 {
            tx.undo().await?;
            return Ok(None);
        }
        let sql = "INSERT INTO tokens (id, hash, person, label, created_at) VALUES ($1, $2, $3, $4, $5)";
        tx.run(sql, args![&id, digest(token.reveal()), name, label, at]).await?;
        tx.commit().await?;
        Ok(Some((id, token)))
    }

    /// Whose token this is; none: it was revoked, or never was.
    pub async fn token(&self, token: &str, at: i64) -> Result<Option<Person>> {
        type Row = (Option<i64>, String, String, String, String, Option<String>, Option<String>, Option<String>, bool);
        let hash = digest(token);
        let sql =
            "SELECT t.used_at, p.name, p.role, p.languages, p.skills, p.phone, p.zone, p.page_language, p.disabled
            FROM tokens t JOIN people p ON p.name = t.person WHERE t.hash = $1 AND NOT p.disabled";
        let Some(row) = self.engine.first::<Row>(sql, args![&hash]).await? else { return Ok(None) };
        let (used_at, name, role, languages, skills, phone, zone, page_language, disabled) = row;
        if used_at.is_none_or(|used| used <= at - SEEN) {
            let sql = "UPDATE tokens SET used_at = $2 WHERE hash = $1 AND (used_at IS NULL OR used_at < $2)";
            self.engine.run(sql, args![&hash, at]).await?;
        }
        let row: PersonRow = (name, role, languages, skills, phone, zone, page_language, disabled);
        Ok(Some(read(row)?))
    }

    /// Somebody's tokens, the newest first.
    pub async fn tokens(&self, name: &str) -> Result<Vec<Token>> {
        let sql = "SELECT id, label, created_at, used_at FROM tokens WHERE person = $1 ORDER BY id DESC";
        let rows = self.engine.rows::<(String, String, i64, Option<i64>)>(sql, args![name]).await?;
        let token = |(id, label, created_at, used_at)| Token { id, label, created_at, used_at };
        Ok(rows.into_iter().map(token).collect())
    }

    /// Everybody's tokens with whose they are, by name, the newest first.
    pub async fn all_tokens(&self) -> Result<Vec<(String, Token)>> {
        let sql = "SELECT person, id, label, created_at, used_at FROM tokens ORDER BY person, id DESC";
        let rows = self.engine.rows::<(String, String, String, i64, Option<i64>)>(sql, args![]).await?;
        let token = |(person, id, label, created_at, used_at)| (person, Token { id, label, created_at, used_at });
        Ok(rows.into_iter().map(token).collect())
    }

    /// Takes a token of somebody's back; false when there is none of this id.
    pub async fn revoke_token(&self, name: &str, id: &str) -> Result<bool> {
        let sql = "DELETE FROM tokens WHERE person = $1 AND id = $2";
        Ok(self.engine.run(sql, args![name, id]).await? == 1)
    }
}
