//! Drafts of flows, and the stories that were published with them.

use super::engine::{args, named};
use super::{Result, Store};

/// A flow's draft as it lies here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DraftRow {
    /// The live version it began on.
    pub base: String,
    /// The changed texts by file, JSON.
    pub files: String,
    /// The stories that counted when it began to change them, by file, JSON.
    pub over_stories: String,
    /// Counts what was done to it.
    pub rev: i64,
    /// Who did something to it last.
    pub who: String,
    /// When, in ms.
    pub at: i64,
}
named!(DraftRow { base, files, over_stories, rev, who, at });

/// Stories that were published here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoriesRow {
    /// The flow.
    pub flow: String,
    /// The text of their file.
    pub text: String,
    /// The SHA-256 of the file they stand for, in hex; none: there was none.
    pub disk: Option<String>,
}
named!(StoriesRow { flow, text, disk });

/// Stories to be published with a release.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewStories {
    /// The flow, the text, and the file on disk they stand for.
    pub row: StoriesRow,
    /// The text that counted when they were written; none: there was none. With another one, nothing is done.
    pub over: Option<String>,
}

impl Store {
    /// A flow's draft, also one in which nothing is changed any more.
    pub async fn draft(&self, flow: &str) -> Result<Option<DraftRow>> {
        let sql = "SELECT base, files, over_stories, rev, who, at FROM drafts WHERE flow = $1";
        self.engine.first(sql, args![flow]).await
    }

    /// Saves a draft over the one whose `rev` was seen, 0 being none; false when somebody else saved
    /// since, and then nothing is.
    pub async fn save_draft(&self, flow: &str, draft: &DraftRow, seen: i64) -> Result<bool> {
        let DraftRow { base, files, over_stories, who, at, .. } = draft;
        let saved = if seen == 0 {
            let sql =
                "INSERT INTO drafts (flow, base, files, rev, who, at, over_stories) VALUES ($1, $2, $3, 1, $4, $5, $6)
                ON CONFLICT (flow) DO NOTHING";
            self.engine.run(sql, args![flow, base, files, who, *at, over_stories]).await?
        } else {
            let sql = "UPDATE drafts SET base = $2, files = $3, rev = rev + 1, who = $4, at = $5,
                over_stories = $6 WHERE flow = $1 AND rev = $7";
            self.engine.run(sql, args![flow, base, files, who, *at, over_stories, seen]).await?
        };
        Ok(saved == 1)
    }

    /// The stories that were published here, by flow.
    pub async fn stories(&self) -> Result<Vec<StoriesRow>> {
        self.engine.rows("SELECT flow, text, disk FROM stories ORDER BY flow", args![]).await
    }
}
