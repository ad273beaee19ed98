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

    /// Recordings uploaded before `before`, in ms, that are named in no version of a flow that is kept, and
    /// in no draft. What names one is looked for as text: a name that merely stands there keeps it, too.
    pub async fn unplayed_prompts(&self, before: i64) -> Result<Vec<PromptRow>> {
        let sql =
            "SELECT name, object, words, language, bytes, millis, who, at FROM prompts WHERE at < $1 ORDER BY name";
        let rows = self.engine.rows::<Row>(sql, args![before]).await?;
        let mut unplayed: Vec<PromptRow> = rows.into_iter().map(prompt).collect();
        let (mut name, mut digest) = (String::new(), String::new());
        while !unplayed.is_empty() {
            // A few at a time: each may be megabytes.
            let sql = "SELECT name, digest, files FROM flows WHERE (name, digest) > ($1, $2)
                ORDER BY name, digest LIMIT 8";
            let flows = self.engine.rows::<(String, String, String)>(sql, args![name, digest]).await?;
            unplayed.retain(|prompt| !flows.iter().any(|(.., files)| files.contains(&prompt.name)));
            let Some(last) = flows.into_iter().next_back() else { break };
            (name, digest) = (last.0, last.1);
        }
        if !unplayed.is_empty() {
            let drafts = self.engine.rows::<(String,)>("SELECT files FROM drafts", args![]).await?;
            unplayed.retain(|prompt| !drafts.iter().any(|(files,)| files.contains(&prompt.name)));
        }
        Ok(unplayed)
    }

    /// Forgets a recording that was uploaded before `before` and found unplayed at `since`, both in ms, unless
    /// it was uploaded again or is named by a draft or version made since; whether it did. Its object is
    /// still there.
    pub async fn forget_prompt(&self, name: &str, before: i64, since: i64) -> Result<bool> {
        // Names have none of the characters that mean something to LIKE.
        let sql = "DELETE FROM prompts WHERE name = $1 AND at < $2
            AND NOT EXISTS (SELECT 1 FROM drafts d WHERE d.files LIKE '%' || prompts.name || '%')
            AND NOT EXISTS (SELECT 1 FROM flows f WHERE f.at >= $3 AND f.files LIKE '%' || prompts.name || '%')";
        Ok(self.engine.run(sql, args![name, before, since]).await? > 0)
    }
}

fn prompt((name, object, words, language, bytes, millis, who, at): Row) -> PromptRow {
    PromptRow { name, object, words, language, bytes, millis, who, at }
}
