//! Every version of a flow that was ever published, with who, when, why, and where it is.

use super::{Protected, Studio, StudioError};
use crate::store::{Endings, LiveRow, ReleaseRow, ReleaseState, StoreError};
use serde::{Deserialize, Serialize};

/// An entry in the history of a flow. Rolling back makes one too: then two have the same digest.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Version {
    /// Its id.
    pub id: String,
    /// The flow.
    pub flow: String,
    /// Which texts.
    pub digest: String,
    /// Counted from 1 in its flow.
    pub number: i64,
    /// Who published it: a sign-in name, or `files`.
    pub who: String,
    /// Why, in their words.
    pub note: String,
    /// When, in ms.
    pub at: i64,
    /// Where it is.
    pub state: VersionState,
    /// When it is or was to go out, in ms; none: at once.
    pub due: Option<i64>,
    /// The share of new calls it goes or went out to first.
    pub share: Option<Share>,
    /// The version it was written over; none: it was the first.
    pub base: Option<String>,
    /// The release it came with, when another flow's draft changed a file both share.
    pub part_of: Option<String>,
    /// What of it needed a second admin.
    pub protected: Vec<Protected>,
    /// Who approved it, gave it to everybody after its trial, or made live what came with files.
    pub approved_by: Option<String>,
    /// When, in ms.
    pub approved_at: Option<i64>,
    /// When new calls began to get it, in ms.
    pub out_at: Option<i64>,
    /// Who ended it; none: it ended by itself, or has not.
    pub ended_by: Option<String>,
    /// When, in ms.
    pub ended_at: Option<i64>,
    /// Why, in their words.
    pub why: Option<String>,
    /// What was counted when its trial stopped by itself.
    pub judged: Option<Judged>,
    /// The release that went out while this one waited, which could not go out any more then; of several that
    /// went out together the one asked for.
    pub overtaken_by: Option<String>,
}

/// Where a version is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VersionState {
    /// New calls get it.
    Live,
    /// Some of the new calls get it.
    Trial,
    /// It waits for a second admin.
    Waiting,
    /// It waits for its moment.
    Scheduled,
    /// It was live.
    Past,
    /// Its trial was stopped, by hand or by itself.
    Stopped,
    /// Somebody took it back before it was out.
    Withdrawn,
    /// Another version went out before it, or was on trial when its moment came.
    Failed,
    /// It came with files when what was live had come from the studio.
    Beside,
}

impl VersionState {
    /// The word addresses have.
    pub fn word(self) -> &'static str {
        match self {
            VersionState::Live => "live",
            VersionState::Trial => "trial",
            VersionState::Waiting => "waiting",
            VersionState::Scheduled => "scheduled",
            VersionState::Past => "past",
            VersionState::Stopped => "stopped",
            VersionState::Withdrawn => "withdrawn",
            VersionState::Failed => "failed",
            VersionState::Beside => "beside",
        }
    }
}

/// A share of new calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Share {
    /// How many of a hundred get the version.
    pub percent: u8,
    /// How many more of a hundred calls may go wrong than of the others, before it is stopped.
    pub margin: u8,
}

/// How the calls on two versions ended. Wrong is: the caller hung up, a fault ended it, or a person
/// was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Judged {
    /// Calls on trial that ended.
    pub trial_ended: i64,
    /// Of them went wrong.
    pub trial_wrong: i64,
    /// Calls on the live version that ended.
    pub live_ended: i64,
    /// Of them went wrong.
    pub live_wrong: i64,
}

impl Judged {
    pub(super) fn new(trial: Endings, live: Endings) -> Judged {
        Judged { trial_ended: trial.ended, trial_wrong: trial.wrong, live_ended: live.ended, live_wrong: live.wrong }
    }

    /// Whether more of the calls on trial went wrong than of the others, by more than so many
    /// percentage points. In whole numbers: nobody is stopped by a rounding.
    pub(super) fn is_worse_by(&self, margin: i64) -> bool {
        let [te, tw, le, lw] = [self.trial_ended, self.trial_wrong, self.live_ended, self.live_wrong].map(i128::from);
        te > 0 && le > 0 && (tw * le - lw * te) * 100 > i128::from(margin) * te * le
    }
}

impl Studio {
    /// The history of a flow, the newest first.
    ///
    /// # Errors
    /// The store fails.
    pub async fn versions(&self, flow: &str) -> Result<Vec<Version>, StudioError> {
        let live = self.live_row(flow).await?;
        let rows = self.store().releases(flow).await?;
        rows.into_iter().map(|row| version(row, live.as_ref())).collect()
    }

    /// One entry of a history.
    ///
    /// # Errors
    /// There is none, or the store fails.
    pub async fn release(&self, id: &str) -> Result<Version, StudioError> {
        let row = self.store().release_set(id).await?.into_iter().next();
        let row = row.ok_or_else(|| StudioError::UnknownVersion(id.to_owned()))?;
        let live = self.live_row(&row.flow).await?;
        version(row, live.as_ref())
    }

    /// The versions of other flows that came with a release, because they share a file.
    ///
    /// # Errors
    /// The store fails.
    pub async fn came_with(&self, id: &str) -> Result<Vec<Version>, StudioError> {
        let rows = self.store().release_set(id).await?;
        let live = self.store().live().await?;
        let told = |row: ReleaseRow| {
            let live = live.iter().find(|live| live.name == row.flow);
            version(row, live)
        };
        rows.into_iter().filter(|row| row.id != id).map(told).collect()
    }

    pub(super) async fn live_row(&self, flow: &str) -> Result<Option<LiveRow>, StudioError> {
        Ok(self.store().live().await?.into_iter().find(|row| row.name == flow))
    }
}

pub(super) fn version(row: ReleaseRow, live: Option<&LiveRow>) -> Result<Version, StudioError> {
    let is_live = live.is_some_and(|live| live.release_id.as_ref() == Some(&row.id) && live.digest == row.digest);
    let state = match row.state {
        ReleaseState::Out if is_live => VersionState::Live,
        ReleaseState::Out => VersionState::Past,
        ReleaseState::Trial => VersionState::Trial,
        ReleaseState::Waiting => VersionState::Waiting,
        ReleaseState::Scheduled => VersionState::Scheduled,
        ReleaseState::Stopped => VersionState::Stopped,
        ReleaseState::Withdrawn => VersionState::Withdrawn,
        ReleaseState::Failed => VersionState::Failed,
        ReleaseState::Beside => VersionState::Beside,
    };
    let small = |n: i64| u8::try_from(n).unwrap_or(u8::MAX);
    let share = row.percent.zip(row.margin);
    let judged = row.counted.as_deref().map(serde_json::from_str).transpose();
    let judged = judged.map_err(|e| StoreError::Damaged(format!("what was counted of release {}: {e}", row.id)))?;
    Ok(Version {
        share: share.map(|(percent, margin)| Share { percent: small(percent), margin: small(margin) }),
        protected: Protected::parse(&row.protected),
        part_of: (row.part_of != row.id).then_some(row.part_of),
        id: row.id,
        flow: row.flow,
        digest: row.digest,
        number: row.number,
        who: row.who,
        note: row.note,
        at: row.at,
        state,
        due: row.due,
        base: row.base,
        approved_by: row.approved_by,
        approved_at: row.approved_at,
        out_at: row.out_at,
        ended_by: row.ended_by,
        ended_at: row.ended_at,
        why: row.why,
        judged,
        overtaken_by: row.overtaken_by,
    })
}
