//! Publishing: what is heard by new calls changes here and when files are read, and nowhere else.
//! Whoever changes it says what was live as they saw it; of two at once one is told so. Every flow that
//! is concerned is held from the beginning, so that what belongs together goes out together.

use super::engine::{Tx, args};
use super::flows::{FROM_FILES, keep, subject};
use super::{ReleaseRow, ReleaseState, Result, Store};

/// Versions to be published together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Publication {
    /// A version for each flow that is concerned, the one asked for first.
    pub releases: Vec<NewRelease>,
    /// Who publishes, by sign-in name.
    pub who: String,
    /// Why, in their words.
    pub note: String,
    /// When, in ms.
    pub at: i64,
    /// When it goes out, and to whom.
    pub start: Start,
    /// What of it needs a second admin, in words parted by spaces.
    pub protected: String,
    /// It waits for that admin.
    pub held: bool,
    /// A trial of these flows that is running ends with it, instead of keeping it from going out.
    pub ends_trial: bool,
    /// The `rev` of the draft it was, as it was seen: the draft is empty afterwards.
    pub draft: Option<i64>,
    /// The stories of the flow that was asked for, and the SHA-256 of their file on disk.
    pub stories: Option<(String, Option<String>)>,
}

/// A version to be published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewRelease {
    /// Its id.
    pub id: String,
    /// The flow.
    pub flow: String,
    /// The version.
    pub digest: String,
    /// Its files, JSON of name and text.
    pub files: String,
    /// The version it takes the place of.
    pub base: String,
}

/// When a version goes out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Start {
    /// At once.
    Now,
    /// At a moment, in ms.
    At(i64),
    /// At once, to some of the new calls.
    Share {
        /// How many of a hundred new calls get it.
        percent: u8,
        /// How many more of a hundred calls may go wrong than of the others.
        margin: u8,
    },
}

/// How publishing ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Published {
    /// It is as it was asked for.
    Done,
    /// Of this flow something else is live than was seen, or a version is on trial. Nothing was done.
    Elsewhere(String),
    /// Somebody changed the draft since. Nothing was done.
    DraftChanged,
    /// The release is not where it was thought to be. Nothing was done.
    NotThere,
}

/// Who ends something, and why.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ends<'a> {
    /// By sign-in name; none: it ends by itself.
    pub who: Option<&'a str>,
    /// In their words.
    pub why: Option<&'a str>,
    /// What was counted, JSON.
    pub counted: Option<&'a str>,
    /// When, in ms.
    pub at: i64,
}

impl Store {
    /// Publishes, all or nothing.
    pub async fn publish(&self, new: &Publication) -> Result<Published> {
        let mut tx = self.engine.begin().await?;
        tx.lock_subjects(new.releases.iter().map(|release| subject(&release.flow)).collect(), new.at).await?;
        let state = match (new.held, new.start) {
            (true, _) => ReleaseState::Waiting,
            (_, Start::Now) => ReleaseState::Out,
            (_, Start::At(_)) => ReleaseState::Scheduled,
            (_, Start::Share { .. }) => ReleaseState::Trial,
        };
        let part_of = new.releases.first().map(|release| release.id.as_str());
        for release in &new.releases {
            keep(&mut tx, &release.flow, &release.digest, &release.files, new.at).await?;
            if new.ends_trial {
                end_trial_of(&mut tx, &release.flow, new).await?;
            }
            let to = Out { flow: &release.flow, digest: &release.digest, base: &release.base, id: &release.id };
            if !to.go(&mut tx, state, new.start, new.at).await? {
                tx.undo().await?;
                return Ok(Published::Elsewhere(release.flow.clone()));
            }
            let entry = Entry {
                id: Some(&release.id),
                flow: &release.flow,
                digest: &release.digest,
                base: Some(&release.base),
                part_of,
                who: &new.who,
                note: &new.note,
                at: new.at,
                start: new.start,
                protected: &new.protected,
            };
            add_release(&mut tx, &entry, state).await?;
        }
        if let Some(first) = new.releases.first() {
            if let Some((text, disk)) = &new.stories {
                let sql = "INSERT INTO release_stories (part_of, flow, text, disk) VALUES ($1, $2, $3, $4)";
                tx.run(sql, args![&first.id, &first.flow, text, disk]).await?;
            }
            if state == ReleaseState::Out {
                stories_count(&mut tx, &first.id, new.at).await?;
            }
            if let Some(seen) = new.draft {
                let sql = "UPDATE drafts SET files = '{}', rev = rev + 1, who = $2, at = $3
                    WHERE flow = $1 AND rev = $4";
                if tx.run(sql, args![&first.flow, &new.who, new.at, seen]).await? == 0 {
                    tx.undo().await?;
                    return Ok(Published::DraftChanged);
                }
            }
        }
        tx.commit().await?;
        Ok(Published::Done)
    }

    /// Lets a release go out that waits: for approval, which `approves` gives, or for its moment, or
    /// for somebody to choose it beside what is live; then `seen` is what that was. What finds something
    /// else live never goes out.
    pub async fn let_out(
        &self,
        id: &str,
        from: ReleaseState,
        approves: Option<&str>,
        seen: Option<&str>,
        at: i64,
    ) -> Result<Published> {
        let (rows, mut tx) = self.hold(id, at).await?;
        if rows.is_empty() || !are_in(&mut tx, &rows, from).await? {
            tx.undo().await?;
            return Ok(Published::NotThere);
        }
        let start = start_of(&rows, from, at);
        let state = match start {
            Start::Now => ReleaseState::Out,
            Start::At(_) => ReleaseState::Scheduled,
            Start::Share { .. } => ReleaseState::Trial,
        };
        for row in &rows {
            let base = seen.or(row.base.as_deref()).unwrap_or_default();
            let to = Out { flow: &row.flow, digest: &row.digest, base, id: &row.id };
            if !to.go(&mut tx, state, start, at).await? {
                tx.undo().await?;
                return Ok(Published::Elsewhere(row.flow.clone()));
            }
        }
        let out = (state != ReleaseState::Scheduled).then_some(at);
        let sql = "UPDATE releases SET state = $2, approved_by = coalesce($3, approved_by),
            approved_at = coalesce($4, approved_at), out_at = $5, base = coalesce($6, base) WHERE part_of = $1";
        let approved = approves.map(|_| at);
        tx.run(sql, args![&rows[0].part_of, state.word(), approves, approved, out, seen]).await?;
        if state == ReleaseState::Out {
            stories_count(&mut tx, &rows[0].part_of, at).await?;
        }
        tx.commit().await?;
        Ok(Published::Done)
    }

    /// Gives what is on trial to all new calls.
    pub async fn promote(&self, id: &str, who: &str, at: i64) -> Result<Published> {
        let (rows, mut tx) = self.hold(id, at).await?;
        if rows.is_empty() || !are_in(&mut tx, &rows, ReleaseState::Trial).await? {
            tx.undo().await?;
            return Ok(Published::NotThere);
        }
        for row in &rows {
            let sql = "UPDATE live_flows SET digest = $2, release_id = $3, at = $4, trial = NULL, trial_release = NULL,
                percent = NULL WHERE name = $1 AND trial_release = $3 AND digest = $5";
            if tx.run(sql, args![&row.flow, &row.digest, &row.id, at, &row.base]).await? == 0 {
                tx.undo().await?;
                return Ok(Published::Elsewhere(row.flow.clone()));
            }
        }
        let sql = "UPDATE releases SET state = 'out', out_at = $2, approved_by = coalesce(approved_by, $3)
            WHERE part_of = $1";
        tx.run(sql, args![&rows[0].part_of, at, who]).await?;
        stories_count(&mut tx, &rows[0].part_of, at).await?;
        tx.commit().await?;
        Ok(Published::Done)
    }

    /// Ends a release that is where it was thought to be: what is on trial is stopped, what waits is
    /// withdrawn or has failed.
    pub async fn end_release(&self, id: &str, from: ReleaseState, to: ReleaseState, ends: Ends<'_>) -> Result<bool> {
        let (rows, mut tx) = self.hold(id, ends.at).await?;
        if rows.is_empty() || !are_in(&mut tx, &rows, from).await? {
            tx.undo().await?;
            return Ok(false);
        }
        for row in &rows {
            let sql = "UPDATE live_flows SET trial = NULL, trial_release = NULL, percent = NULL
                WHERE name = $1 AND trial_release = $2";
            tx.run(sql, args![&row.flow, &row.id]).await?;
        }
        end(&mut tx, &rows[0].part_of, to, ends).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// A release and those that came with it, held until the end of the unit.
    async fn hold(&self, id: &str, at: i64) -> Result<(Vec<ReleaseRow>, Tx)> {
        let rows = self.release_set(id).await?;
        let mut tx = self.engine.begin().await?;
        tx.lock_subjects(rows.iter().map(|row| subject(&row.flow)).collect(), at).await?;
        Ok((rows, tx))
    }
}

/// The stories that came with a release are the flow's from now on: before, it was held against others.
async fn stories_count(tx: &mut Tx, part_of: &str, at: i64) -> Result<()> {
    let sql = "INSERT INTO stories (flow, text, disk, at)
        SELECT flow, text, disk, $2 FROM release_stories WHERE part_of = $1
        ON CONFLICT (flow) DO UPDATE SET text = excluded.text, disk = excluded.disk, at = excluded.at";
    tx.run(sql, args![part_of, at]).await?;
    Ok(())
}

/// A version on its way out.
struct Out<'a> {
    flow: &'a str,
    digest: &'a str,
    base: &'a str,
    id: &'a str,
}

impl Out<'_> {
    /// False when something else is live than its base, or a version is on trial.
    async fn go(&self, tx: &mut Tx, state: ReleaseState, start: Start, at: i64) -> Result<bool> {
        let Out { flow, digest, base, id } = *self;
        let changed = match (state, start) {
            (ReleaseState::Out, _) => {
                let sql = "UPDATE live_flows SET digest = $2, release_id = $3, at = $4
                    WHERE name = $1 AND digest = $5 AND trial IS NULL";
                tx.run(sql, args![flow, digest, id, at, base]).await?
            }
            (ReleaseState::Trial, Start::Share { percent, .. }) => {
                let sql = "UPDATE live_flows SET trial = $2, trial_release = $3, percent = $4
                    WHERE name = $1 AND digest = $5 AND trial IS NULL";
                tx.run(sql, args![flow, digest, id, percent, base]).await?
            }
            // Later; but what cannot go out now is not kept for then.
            _ => {
                let sql = "UPDATE live_flows SET at = at WHERE name = $1 AND digest = $2 AND trial IS NULL";
                tx.run(sql, args![flow, base]).await?
            }
        };
        Ok(changed == 1)
    }
}

/// What is written of a release when it is made.
pub(super) struct Entry<'a> {
    pub id: Option<&'a str>,
    pub flow: &'a str,
    pub digest: &'a str,
    pub base: Option<&'a str>,
    pub part_of: Option<&'a str>,
    pub who: &'a str,
    pub note: &'a str,
    pub at: i64,
    pub start: Start,
    pub protected: &'a str,
}

impl<'a> Entry<'a> {
    /// A version that was read from files.
    pub fn of_files(flow: &'a str, digest: &'a str, at: i64) -> Entry<'a> {
        let (start, note) = (Start::Now, "");
        Entry { id: None, flow, digest, base: None, part_of: None, who: FROM_FILES, note, at, start, protected: "" }
    }
}

/// Adds to the history of a flow that is held; gives the id.
pub(super) async fn add_release(tx: &mut Tx, entry: &Entry<'_>, state: ReleaseState) -> Result<String> {
    let id = entry.id.map_or_else(|| uuid::Uuid::now_v7().simple().to_string(), str::to_owned);
    let sql = "SELECT coalesce(max(number), 0) FROM releases WHERE flow = $1";
    let number = tx.count(sql, args![entry.flow]).await? + 1;
    let (due, percent, margin) = match entry.start {
        Start::Now => (None, None, None),
        Start::At(due) => (Some(due), None, None),
        Start::Share { percent, margin } => (None, Some(i64::from(percent)), Some(i64::from(margin))),
    };
    let out = matches!(state, ReleaseState::Out | ReleaseState::Trial).then_some(entry.at);
    let sql =
        "INSERT INTO releases (id, flow, number, digest, base, part_of, who, note, at, state, due, percent, margin,
            protected, out_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    let part_of = entry.part_of.unwrap_or(&id);
    let row = args![
        &id,
        entry.flow,
        number,
        entry.digest,
        entry.base,
        part_of,
        entry.who,
        entry.note,
        entry.at,
        state.word(),
        due,
        percent,
        margin,
        entry.protected,
        out
    ];
    tx.run(sql, row).await?;
    Ok(id)
}

/// When a release that waited goes out now that it may.
fn start_of(rows: &[ReleaseRow], from: ReleaseState, at: i64) -> Start {
    let Some(row) = rows.first() else { return Start::Now };
    match (row.percent, row.margin, row.due) {
        (Some(percent), Some(margin), _) => {
            let small = |n: i64| u8::try_from(n).unwrap_or(u8::MAX);
            Start::Share { percent: small(percent), margin: small(margin) }
        }
        (_, _, Some(due)) if from == ReleaseState::Waiting && due > at => Start::At(due),
        _ => Start::Now,
    }
}

/// Whether these releases, read before they were held, are still there.
async fn are_in(tx: &mut Tx, rows: &[ReleaseRow], state: ReleaseState) -> Result<bool> {
    let Some(first) = rows.first() else { return Ok(false) };
    let sql = "SELECT count(*) FROM releases WHERE part_of = $1 AND state = $2";
    let there = tx.count(sql, args![&first.part_of, state.word()]).await?;
    Ok(usize::try_from(there).is_ok_and(|there| there == rows.len()))
}

async fn end(tx: &mut Tx, part_of: &str, to: ReleaseState, ends: Ends<'_>) -> Result<()> {
    let sql = "UPDATE releases SET state = $2, ended_by = $3, ended_at = $4, why = $5, counted = $6
        WHERE part_of = $1";
    tx.run(sql, args![part_of, to.word(), ends.who, ends.at, ends.why, ends.counted]).await?;
    Ok(())
}

/// Ends the trial of a flow because another version goes out, and with it those that came together.
async fn end_trial_of(tx: &mut Tx, flow: &str, new: &Publication) -> Result<()> {
    let sql = "SELECT part_of FROM releases WHERE id = (SELECT trial_release FROM live_flows WHERE name = $1)";
    let Some((part_of,)) = tx.first::<(String,)>(sql, args![flow]).await? else { return Ok(()) };
    let sql = "UPDATE live_flows SET trial = NULL, trial_release = NULL, percent = NULL
        WHERE trial_release IN (SELECT id FROM releases WHERE part_of = $1)";
    tx.run(sql, args![&part_of]).await?;
    let ends = Ends { who: Some(&new.who), why: Some(&new.note), counted: None, at: new.at };
    end(tx, &part_of, ReleaseState::Stopped, ends).await
}
