//! Publishing: what is heard by new calls changes here and when files are read, and nowhere else.
//! Whoever changes it says what was live as they saw it; of two at once one is told so. Every flow that
//! is concerned is held from the beginning, so that what belongs together goes out together.

use super::engine::{Tx, args};
use super::flows::{keep, subject};
use super::releasing::{Entry, add_release, bring_stories, end, end_trial, out, stories_again};
use super::{NewStories, ReleaseRow, ReleaseState, Result, Store};

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
    /// It takes back to what was live before; none: it is new.
    pub back: Option<Back>,
    /// The `rev` of the draft it was, as it was seen: the draft is empty afterwards.
    pub draft: Option<i64>,
    /// The stories that come with it, of any of its flows.
    pub stories: Vec<NewStories>,
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

/// What belongs to taking back: a trial that was seen ends with it, and the stories count that counted when
/// the version was in service last.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Back {
    /// The release on trial as it was seen; with another one, nothing is done.
    pub trial: Option<String>,
    /// What counts of each release's stories until now, in their order.
    pub counting: Vec<Counting>,
}

/// The stories of a flow that count, as they were seen.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Counting {
    /// The text of those that were published last; with other ones, nothing is done.
    pub published: Option<String>,
    /// Their text; none: there are none.
    pub text: Option<String>,
    /// The SHA-256 of the file that those which take their place stand for; none: it was not there. Another file
    /// on disk counts instead of them.
    pub disk: Option<String>,
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
        for (nth, release) in new.releases.iter().enumerate() {
            keep(&mut tx, &release.flow, &release.digest, &release.files, new.at).await?;
            if let Some(back) = &new.back {
                let ends = Ends { who: Some(&new.who), why: Some(&new.note), counted: None, at: new.at };
                // A trial is of the flow that was asked for; a flow that goes back with it has none.
                let trial = back.trial.as_deref().filter(|_| nth == 0);
                if !end_trial(&mut tx, &release.flow, trial, ends).await? {
                    tx.undo().await?;
                    return Ok(Published::Elsewhere(release.flow.clone()));
                }
                let counting = back.counting.get(nth).cloned().unwrap_or_default();
                if !stories_again(&mut tx, release, part_of.unwrap_or_default(), &counting).await? {
                    tx.undo().await?;
                    return Ok(Published::Elsewhere(release.flow.clone()));
                }
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
            if let Some(flow) = bring_stories(&mut tx, &first.id, &new.stories).await? {
                tx.undo().await?;
                return Ok(Published::Elsewhere(flow));
            }
            if state == ReleaseState::Out {
                out(&mut tx, &first.id, &new.who, new.at).await?;
            }
            if let Some(seen) = new.draft {
                let sql = "UPDATE drafts SET files = '{}', over_stories = '{}', rev = rev + 1, who = $2, at = $3
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
        let out_at = (state != ReleaseState::Scheduled).then_some(at);
        let sql = "UPDATE releases SET state = $2, approved_by = coalesce($3, approved_by),
            approved_at = coalesce($4, approved_at), out_at = $5, base = coalesce($6, base) WHERE part_of = $1";
        let approved = approves.map(|_| at);
        tx.run(sql, args![&rows[0].part_of, state.word(), approves, approved, out_at, seen]).await?;
        if state == ReleaseState::Out {
            out(&mut tx, &rows[0].part_of, approves.unwrap_or(&rows[0].who), at).await?;
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
        out(&mut tx, &rows[0].part_of, who, at).await?;
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
