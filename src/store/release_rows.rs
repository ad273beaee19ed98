//! Reading the history of flows, and how calls on a version ended.

use super::engine::{args, named};
use super::{Result, Store, StoreError};

/// Where a release is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReleaseState {
    /// For an admin's approval it waits.
    Waiting,
    /// For its moment.
    Scheduled,
    /// Some of the new calls get it.
    Trial,
    /// All new calls got it, until another one was out.
    Out,
    /// Its trial was stopped.
    Stopped,
    /// Somebody took it back before it was out.
    Withdrawn,
    /// Another one was out before it, or on trial when its moment came.
    Failed,
    /// It came with files when what was live had come from the studio.
    Beside,
}

impl ReleaseState {
    /// All of them with the words rows have.
    const ALL: [(ReleaseState, &'static str); 8] = [
        (ReleaseState::Waiting, "waiting"),
        (ReleaseState::Scheduled, "scheduled"),
        (ReleaseState::Trial, "trial"),
        (ReleaseState::Out, "out"),
        (ReleaseState::Stopped, "stopped"),
        (ReleaseState::Withdrawn, "withdrawn"),
        (ReleaseState::Failed, "failed"),
        (ReleaseState::Beside, "beside"),
    ];

    /// The word rows have.
    pub fn word(self) -> &'static str {
        ReleaseState::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, word)| word)
    }
}

/// An entry in the history of a flow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReleaseRow {
    /// Its id.
    pub id: String,
    /// The flow.
    pub flow: String,
    /// Counted from 1 in its flow.
    pub number: i64,
    /// The version.
    pub digest: String,
    /// What must be live for it to go out; none: it was the first.
    pub base: Option<String>,
    /// The release it came with; its own id where it is the one that was asked for.
    pub part_of: String,
    /// Who published it: a sign-in name, or [`FROM_FILES`](super::FROM_FILES).
    pub who: String,
    /// Why, in their words.
    pub note: String,
    /// When, in ms.
    pub at: i64,
    /// Where it is.
    pub state: ReleaseState,
    /// When it is to go out, in ms.
    pub due: Option<i64>,
    /// How many of a hundred new calls get it at first.
    pub percent: Option<i64>,
    /// How many more of a hundred calls may go wrong than of the others.
    pub margin: Option<i64>,
    /// What of it needs a second admin, in words parted by spaces.
    pub protected: String,
    /// Who approved it, or made live what came beside.
    pub approved_by: Option<String>,
    /// When, in ms.
    pub approved_at: Option<i64>,
    /// When it began to be heard, in ms.
    pub out_at: Option<i64>,
    /// Who ended it; none: it ended by itself, or has not.
    pub ended_by: Option<String>,
    /// When, in ms.
    pub ended_at: Option<i64>,
    /// Why, in their words.
    pub why: Option<String>,
    /// What was counted when it ended, JSON.
    pub counted: Option<String>,
    /// The `part_of` of the release that went out instead, while this one waited.
    pub overtaken_by: Option<String>,
}

/// How calls that began on a version ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Endings {
    /// All that ended.
    pub ended: i64,
    /// Of them the caller hung up, a fault ended it, or a person was asked for.
    pub wrong: i64,
}

struct Row {
    id: String,
    flow: String,
    number: i64,
    digest: String,
    base: Option<String>,
    part_of: String,
    who: String,
    note: String,
    at: i64,
    state: String,
    due: Option<i64>,
    percent: Option<i64>,
    margin: Option<i64>,
    protected: String,
    approved_by: Option<String>,
    approved_at: Option<i64>,
    out_at: Option<i64>,
    ended_by: Option<String>,
    ended_at: Option<i64>,
    why: Option<String>,
    counted: Option<String>,
    overtaken_by: Option<String>,
}
named!(Row {
    id,
    flow,
    number,
    digest,
    base,
    part_of,
    who,
    note,
    at,
    state,
    due,
    percent,
    margin,
    protected,
    approved_by,
    approved_at,
    out_at,
    ended_by,
    ended_at,
    why,
    counted,
    overtaken_by,
});

impl Store {
    /// The history of a flow, the newest first.
    pub async fn releases(&self, flow: &str) -> Result<Vec<ReleaseRow>> {
        let sql = "SELECT * FROM releases WHERE flow = $1 ORDER BY number DESC";
        self.engine.rows::<Row>(sql, args![flow]).await?.into_iter().map(release).collect()
    }

    /// A release, with those that came with it: it first.
    pub async fn release_set(&self, id: &str) -> Result<Vec<ReleaseRow>> {
        let sql = "SELECT * FROM releases WHERE part_of = (SELECT part_of FROM releases WHERE id = $1)
            ORDER BY CASE WHEN id = $1 THEN 0 ELSE 1 END, flow";
        self.engine.rows::<Row>(sql, args![id]).await?.into_iter().map(release).collect()
    }

    /// The releases that waited when a release went out, and never go out because of it.
    pub async fn overtaken(&self, id: &str) -> Result<Vec<ReleaseRow>> {
        let sql = "SELECT * FROM releases WHERE overtaken_by = (SELECT part_of FROM releases WHERE id = $1)
            ORDER BY flow, number";
        self.engine.rows::<Row>(sql, args![id]).await?.into_iter().map(release).collect()
    }

    /// The stories a release brought for this flow, and those they were written over; none: it brought none.
    pub async fn release_stories(&self, id: &str, flow: &str) -> Result<Option<(String, Option<String>)>> {
        let sql =
            "SELECT text, over_text FROM release_stories WHERE part_of = (SELECT part_of FROM releases WHERE id = $1)
            AND flow = $2 AND text IS NOT NULL";
        self.engine.first(sql, args![id, flow]).await
    }

    /// The releases whose moment has come, the earliest first; of those that came together one.
    pub async fn due_releases(&self, at: i64) -> Result<Vec<String>> {
        let sql = "SELECT id FROM releases WHERE state = 'scheduled' AND due <= $1 AND id = part_of ORDER BY due, id";
        Ok(self.engine.rows::<(String,)>(sql, args![at]).await?.into_iter().map(|(id,)| id).collect())
    }

    /// How the newest thousand calls ended that began on a version since a moment in ms; no trial calls.
    pub async fn endings(&self, digest: &str, since: i64) -> Result<Endings> {
        let sql =
            "SELECT count(*), coalesce(sum(CASE WHEN ending IN ('hung-up', 'fault') OR person THEN 1 ELSE 0 END), 0)
            FROM (SELECT ending, person FROM calls WHERE digest = $1 AND began_at >= $2 AND ended_at IS NOT NULL
                AND NOT test ORDER BY began_at DESC LIMIT 1000) AS newest";
        let counted = self.engine.first::<(i64, i64)>(sql, args![digest, since]).await?;
        Ok(counted.map_or_else(Endings::default, |(ended, wrong)| Endings { ended, wrong }))
    }
}

fn release(row: Row) -> Result<ReleaseRow> {
    let state = ReleaseState::ALL.iter().find(|(_, word)| *word == row.state).map(|(state, _)| *state);
    let state = state.ok_or_else(|| StoreError::Damaged(format!("state `{}` of release {}", row.state, row.id)))?;
    Ok(ReleaseRow {
        id: row.id,
        flow: row.flow,
        number: row.number,
        digest: row.digest,
        base: row.base,
        part_of: row.part_of,
        who: row.who,
        note: row.note,
        at: row.at,
        state,
        due: row.due,
        percent: row.percent,
        margin: row.margin,
        protected: row.protected,
        approved_by: row.approved_by,
        approved_at: row.approved_at,
        out_at: row.out_at,
        ended_by: row.ended_by,
        ended_at: row.ended_at,
        why: row.why,
        counted: row.counted,
        overtaken_by: row.overtaken_by,
    })
}
