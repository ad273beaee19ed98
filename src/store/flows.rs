//! Versions of flows: a call stays on the one it began with, so every one that ever took a call is
//! kept. And which of them new calls begin with.

use super::engine::{Tx, args, named};
use super::releasing::{Entry, add_release, out};
use super::{ReleaseState, Result, Store};

/// Who publishes what was read from files.
pub const FROM_FILES: &str = "files";

/// What new calls of a flow begin with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LiveRow {
    /// The flow.
    pub name: String,
    /// The live version.
    pub digest: String,
    /// The release it is; none: a server older than releases made it live.
    pub release_id: Option<String>,
    /// The version some of them get instead.
    pub trial: Option<String>,
    /// The release that is.
    pub trial_release: Option<String>,
    /// How many of a hundred.
    pub percent: Option<i64>,
}
named!(LiveRow { name, digest, release_id, trial, trial_release, percent });

/// What becomes of a version that was read from files.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FromDisk {
    /// It was known: what is live stays.
    Known,
    /// It is live.
    Live,
    /// It is kept beside what is live, because that came from the studio.
    Beside,
}

impl Store {
    /// Keeps a version of a flow, so that calls can be on it; keeping it again changes only when that was.
    /// `files` is JSON of name and text.
    pub async fn keep_flow(&self, name: &str, digest: &str, files: &str, at: i64) -> Result<()> {
        let sql = "INSERT INTO flows (name, digest, files, at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (name, digest) DO UPDATE SET at = excluded.at";
        self.engine.run(sql, args![name, digest, files, at]).await?;
        Ok(())
    }

    /// The files of a version.
    pub async fn flow(&self, digest: &str) -> Result<Option<String>> {
        let row = self.engine.first::<(String,)>("SELECT files FROM flows WHERE digest = $1", args![digest]);
        Ok(row.await?.map(|(files,)| files))
    }

    /// Takes in a version as it is on disk. It becomes what new calls begin with, unless it is what was
    /// read last (then the studio may be ahead of it), or something else was made live since, or some
    /// calls are given another on trial. A flow that went out of service comes back as it was, if its
    /// file is as it was.
    pub async fn take_from_disk(&self, name: &str, digest: &str, files: &str, at: i64) -> Result<FromDisk> {
        let mut tx = self.engine.begin().await?;
        tx.lock_subjects(vec![subject(name)], at).await?;
        keep(&mut tx, name, digest, files, at).await?;
        let sql = "SELECT name, digest, release_id, trial, trial_release, percent FROM live_flows WHERE name = $1";
        let live = tx.first::<LiveRow>(sql, args![name]).await?;
        let sql = "SELECT digest FROM disk_flows WHERE name = $1";
        let read = tx.first::<(String,)>(sql, args![name]).await?.map(|(digest,)| digest);
        if let Some(live) = &live {
            give_release(&mut tx, live).await?;
        }
        let taken = match &live {
            Some(live) if live.digest == digest => FromDisk::Known,
            _ if live.is_some() && read.as_deref() == Some(digest) => FromDisk::Known,
            None if read.as_deref() == Some(digest) && come_back(&mut tx, name, at).await? => FromDisk::Live,
            Some(live) if read.as_ref().is_some_and(|read| *read != live.digest) || live.trial.is_some() => {
                let entry = Entry { base: Some(&live.digest), ..Entry::of_files(name, digest, at) };
                add_release(&mut tx, &entry, ReleaseState::Beside).await?;
                FromDisk::Beside
            }
            live => {
                let base = live.as_ref().map(|live| live.digest.as_str());
                let entry = Entry { base, ..Entry::of_files(name, digest, at) };
                let id = add_release(&mut tx, &entry, ReleaseState::Out).await?;
                make_live(&mut tx, name, digest, &id, at).await?;
                out(&mut tx, &id, FROM_FILES, at).await?;
                FromDisk::Live
            }
        };
        let sql = "INSERT INTO disk_flows (name, digest, at) VALUES ($1, $2, $3)
            ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, at = excluded.at";
        tx.run(sql, args![name, digest, at]).await?;
        tx.commit().await?;
        Ok(taken)
    }

    /// Takes a version out of service; does nothing when another one is in service by now. It is kept
    /// for the calls that are on it.
    pub async fn retire(&self, name: &str, digest: &str) -> Result<()> {
        self.engine.run("DELETE FROM live_flows WHERE name = $1 AND digest = $2", args![name, digest]).await?;
        Ok(())
    }

    /// What new calls begin with, by flow.
    pub async fn live(&self) -> Result<Vec<LiveRow>> {
        let sql = "SELECT name, digest, release_id, trial, trial_release, percent FROM live_flows ORDER BY name";
        self.engine.rows(sql, args![]).await
    }

    /// Which version of each flow was last read from files.
    pub async fn on_disk(&self) -> Result<Vec<(String, String)>> {
        self.engine.rows("SELECT name, digest FROM disk_flows ORDER BY name", args![]).await
    }
}

/// What whoever changes what is live of a flow holds meanwhile.
pub(super) fn subject(flow: &str) -> String {
    format!("flow:{flow}")
}

pub(super) async fn keep(tx: &mut Tx, name: &str, digest: &str, files: &str, at: i64) -> Result<()> {
    let sql = "INSERT INTO flows (name, digest, files, at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (name, digest) DO NOTHING";
    tx.run(sql, args![name, digest, files, at]).await?;
    Ok(())
}

async fn make_live(tx: &mut Tx, name: &str, digest: &str, release: &str, at: i64) -> Result<()> {
    let sql = "INSERT INTO live_flows (name, digest, at, release_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, at = excluded.at, release_id = excluded.release_id";
    tx.run(sql, args![name, digest, at, release]).await?;
    Ok(())
}

/// What was made live before there were releases, or by a server that knows none, becomes one too.
async fn give_release(tx: &mut Tx, live: &LiveRow) -> Result<()> {
    let sql = "SELECT count(*) FROM releases WHERE id = $1 AND digest = $2";
    if tx.count(sql, args![&live.release_id, &live.digest]).await? == 1 {
        return Ok(());
    }
    let sql = "SELECT at FROM live_flows WHERE name = $1";
    let at = tx.first::<(i64,)>(sql, args![&live.name]).await?.map_or(0, |(at,)| at);
    let id = add_release(tx, &Entry::of_files(&live.name, &live.digest, at), ReleaseState::Out).await?;
    tx.run("UPDATE live_flows SET release_id = $2 WHERE name = $1", args![&live.name, id]).await?;
    Ok(())
}

/// Puts the version into service that was the last one there; false when there was none.
async fn come_back(tx: &mut Tx, name: &str, at: i64) -> Result<bool> {
    let sql = "SELECT id, digest FROM releases WHERE flow = $1 AND state = 'out' ORDER BY out_at DESC, number DESC
        LIMIT 1";
    let Some((id, digest)) = tx.first::<(String, String)>(sql, args![name]).await? else { return Ok(false) };
    make_live(tx, name, &digest, &id, at).await?;
    Ok(true)
}
