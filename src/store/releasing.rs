//! What goes with a release: its entry in the history, its stories, and those it keeps from going out. Each
//! is a part of a unit of work that holds the flows concerned.

use super::engine::{Tx, args};
use super::flows::FROM_FILES;
use super::{Counting, Ends, NewRelease, NewStories, ReleaseState, Result, Start, StoriesRow};

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

/// What all new calls get from now on: the stories that came with it are its flow's (before, it was held against
/// others), and what waits over another version, or over other stories, never goes out.
pub(super) async fn out(tx: &mut Tx, part_of: &str, who: &str, at: i64) -> Result<()> {
    let sql = "INSERT INTO stories (flow, text, disk, at)
        SELECT flow, text, disk, $2 FROM release_stories WHERE part_of = $1 AND text IS NOT NULL
        ON CONFLICT (flow) DO UPDATE SET text = excluded.text, disk = excluded.disk, at = excluded.at";
    tx.run(sql, args![part_of, at]).await?;
    let sql = "DELETE FROM stories WHERE flow IN
        (SELECT flow FROM release_stories WHERE part_of = $1 AND text IS NULL)";
    tx.run(sql, args![part_of]).await?;
    let sql = "UPDATE releases SET state = 'failed', ended_by = $2, ended_at = $3, overtaken_by = $1
        WHERE state IN ('scheduled', 'waiting') AND part_of IN (SELECT waits.part_of FROM releases AS waits
            JOIN releases AS new ON new.part_of = $1 AND new.flow = waits.flow
            WHERE waits.state IN ('scheduled', 'waiting') AND waits.base <> new.digest
            UNION SELECT late.part_of FROM release_stories AS late
            JOIN release_stories AS new ON new.part_of = $1 AND new.flow = late.flow AND late.part_of <> $1)";
    tx.run(sql, args![part_of, who, at]).await?;
    Ok(())
}

/// Stories that come with a release. Gives the flow of which other ones count than those they were written over;
/// then nothing may come of the unit. Published ones count while the file on disk is the one they stand for.
pub(super) async fn bring_stories(tx: &mut Tx, part_of: &str, stories: &[NewStories]) -> Result<Option<String>> {
    for NewStories { row: StoriesRow { flow, text, disk }, over } in stories {
        let sql = "SELECT text, disk FROM stories WHERE flow = $1";
        let there = tx.first::<(String, Option<String>)>(sql, args![flow]).await?;
        if there.is_some_and(|(text, own)| own == *disk && Some(text) != *over) {
            return Ok(Some(flow.clone()));
        }
        let sql = "INSERT INTO release_stories (part_of, flow, text, disk, over_text) VALUES ($1, $2, $3, $4, $5)";
        tx.run(sql, args![part_of, flow, text, disk, over]).await?;
    }
    Ok(None)
}

/// Those stories go with a version that is taken back to that counted when it was in service last: those that the
/// first release after it was written over that brought some. When none did, what counts goes on counting. `with` is
/// the release they are part of. False when others were published than were seen.
pub(super) async fn stories_again(tx: &mut Tx, release: &NewRelease, with: &str, now: &Counting) -> Result<bool> {
    let there = tx.first::<(String,)>("SELECT text FROM stories WHERE flow = $1", args![&release.flow]).await?;
    if there.map(|(text,)| text) != now.published {
        return Ok(false);
    }
    let sql = "SELECT releases.digest, release_stories.part_of, release_stories.over_text FROM releases
        LEFT JOIN release_stories ON release_stories.part_of = releases.part_of AND release_stories.flow = releases.flow
        WHERE releases.flow = $1 AND releases.state = 'out' ORDER BY releases.out_at, releases.number";
    let were = tx.rows::<(String, Option<String>, Option<String>)>(sql, args![&release.flow]).await?;
    let since = were.iter().rposition(|(digest, ..)| *digest == release.digest).map_or(0, |at| at + 1);
    let Some((.., text)) = were[since..].iter().find(|(_, part_of, _)| part_of.is_some()) else { return Ok(true) };
    let sql = "INSERT INTO release_stories (part_of, flow, text, disk, over_text) VALUES ($1, $2, $3, $4, $5)";
    tx.run(sql, args![with, &release.flow, text, &now.disk, &now.text]).await?;
    Ok(true)
}

/// Ends a release and those that came with it.
pub(super) async fn end(tx: &mut Tx, part_of: &str, to: ReleaseState, ends: Ends<'_>) -> Result<()> {
    let sql = "UPDATE releases SET state = $2, ended_by = $3, ended_at = $4, why = $5, counted = $6
        WHERE part_of = $1";
    tx.run(sql, args![part_of, to.word(), ends.who, ends.at, ends.why, ends.counted]).await?;
    Ok(())
}

/// Ends the trial of a flow because another version goes out, and with it those that came together. False when
/// something else is on trial than was seen.
pub(super) async fn end_trial(tx: &mut Tx, flow: &str, seen: Option<&str>, ends: Ends<'_>) -> Result<bool> {
    let sql = "SELECT id, part_of FROM releases WHERE id = (SELECT trial_release FROM live_flows WHERE name = $1)";
    let trial = tx.first::<(String, String)>(sql, args![flow]).await?;
    let Some((id, part_of)) = trial else { return Ok(seen.is_none()) };
    if seen != Some(&*id) {
        return Ok(false);
    }
    let sql = "UPDATE live_flows SET trial = NULL, trial_release = NULL, percent = NULL
        WHERE trial_release IN (SELECT id FROM releases WHERE part_of = $1)";
    tx.run(sql, args![&part_of]).await?;
    end(tx, &part_of, ReleaseState::Stopped, ends).await?;
    Ok(true)
}
