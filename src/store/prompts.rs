//! Recordings that admins uploaded: under which name flows play them, and what is spoken in them. The
//! sounds themselves lie with the other objects.

use super::engine::args;
use super::{Result, Store};

/// A recording.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PromptRow {
    /// The name flows play it under.
    pub name: String,
    /// The name of the object.
    pub object: String,
    /// What is spoken in it.
    pub words: String,
    /// In which language, by its tag.
    pub language: String,
    /// Its size.
    pub bytes: i64,
    /// How long it is, in ms.
    pub millis: i64,
    /// Who uploaded it.
    pub who: String,
    /// When, in ms.
    pub at: i64,
}

type Row = (String, String, String, String, i64, i64, String, i64);

impl Store {
    /// Keeps that a recording was uploaded. The same sound once more is kept as it is said now.
    pub async fn put_prompt(&self, prompt: &PromptRow) -> Result<()> {
        let sql = "INSERT INTO prompts (name, object, words, language, bytes, millis, who, at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (name) DO UPDATE SET words = excluded.words, language = excluded.language,
                who = excluded.who, at = excluded.at";
        let PromptRow { name, object, words, language, bytes, millis, who, at } = prompt;
        self.engine.run(sql, args![name, object, words, language, *bytes, *millis, who, *at]).await?;
        Ok(())
    }

    /// A recording by its name.
    pub async fn prompt(&self, name: &str) -> Result<Option<PromptRow>> {
        let sql = "SELECT name, object, words, language, bytes, millis, who, at FROM prompts WHERE name = $1";
        Ok(self.engine.first::<Row>(sql, args![name]).await?.map(prompt))
    }

    /// All recordings, by name.
    pub async fn prompts(&self) -> Result<Vec<PromptRow>> {
        let sql = "SELECT name, object, words, language, bytes, millis, who, at FROM prompts ORDER BY name";
        Ok(self.engine.rows::<Row>(sql, args![]).await?.into_iter().map(prompt).collect())
    }
}

fn prompt((name, object, words, language, bytes, millis, who, at): Row) -> PromptRow {
    PromptRow { name, object, words, language, bytes, millis, who, at }
}
