//! The flows in service, and every version a running call still needs. What is in service stands in
//! the database, where the studio of any server changes it; here it is at hand, so that no call waits.

use crate::flow::Flow;
use crate::flow::read::{Files, Loaded, load_again};
use crate::flow::source::Problem;
use crate::store::{FromDisk, LiveRow, Store, StoreError};
use crate::words::CallId;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use tokio::sync::Mutex;
use tracing::{debug, error, info, warn};

/// The flows in service by name, and the loaded versions by digest.
#[derive(Default)]
pub struct Flows {
    table: RwLock<Table>,
    /// Held by whoever brings the table to what the database says, so that nobody puts back what was.
    changing: Mutex<()>,
}

#[derive(Default)]
struct Table {
    live: Vec<Arc<Flow>>,
    trials: Vec<Trial>,
    versions: HashMap<Arc<str>, Arc<Flow>>,
    problems: Vec<Problem>,
    /// What the database said when the table was made.
    rows: Vec<LiveRow>,
    folder: Arc<Files>,
}

/// A version that some of the new calls of its flow get.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The version.
    pub flow: Arc<Flow>,
    /// How many of a hundred.
    pub percent: u8,
}

impl Flows {
    /// Takes in what loaded without a problem. A file that changed goes into service for new calls,
    /// unless the studio published since; one that did not leaves in service what the studio published.
    /// Each version is kept in the store so that calls on it can go on after a restart. A flow whose
    /// file has a problem stays on the version that is in service, else the one that was last; one whose
    /// file is gone goes out of service. Gives the names of the flows that changed. After an error all
    /// in memory is as it was before.
    pub async fn install(&self, loaded: Loaded, store: &Store, at: i64) -> Result<Vec<String>, StoreError> {
        let _held = self.changing.lock().await;
        let before = self.live();
        let (known, read) = (store.live().await?, store.on_disk().await?);
        let Loaded { flows: found, refused, problems, warnings } = loaded;
        for flow in found.iter().filter(|flow| !is_known(&known, &read, flow)) {
            let taken = store.take_from_disk(&flow.name, &flow.digest, &files_of(flow)?, at).await?;
            if taken == FromDisk::Beside {
                warn!(flow = %flow.name, "its file changed, and the studio published since it was read: the file's \
                    version is kept beside what is live, and an admin chooses");
            }
        }
        let rows = store.live().await?;
        let mut live = Vec::new();
        for flow in found {
            live.push(match rows.iter().find(|row| row.name == flow.name) {
                Some(row) if *row.digest != *flow.digest => self.version(&row.digest, store).await?.unwrap_or(flow),
                _ => flow,
            });
        }
        for name in &refused {
            let kept = match rows.iter().find(|row| row.name == *name) {
                Some(row) => self.version(&row.digest, store).await?,
                None => None,
            };
            live.extend(kept.or_else(|| before.iter().find(|flow| flow.name == *name).cloned()));
        }
        live.sort_by(|a, b| a.name.cmp(&b.name));
        let gone: Vec<_> = before.iter().filter(|old| live.iter().all(|flow| flow.name != old.name)).collect();
        for flow in &gone {
            store.retire(&flow.name, &flow.digest).await?;
        }
        let trials = self.trials_of(&rows, &live, store).await?;
        let changed = live.iter().filter(|flow| before.iter().all(|old| old.digest != flow.digest));
        let changed: Vec<&Arc<Flow>> = changed.collect();
        tell(&problems, &changed, &gone);
        for warning in warnings {
            debug!(%warning, "a flow in service could be better");
        }
        let names = changed.into_iter().chain(gone).map(|flow| flow.name.clone()).collect();
        self.put(live, trials, rows);
        self.write().problems = problems;
        Ok(names)
    }

    /// Brings what is in service to what the studio made of it, here or on another server. Gives the
    /// names of the flows that changed.
    pub async fn refresh(&self, store: &Store) -> Result<Vec<String>, StoreError> {
        let _held = self.changing.lock().await;
        let rows = store.live().await?;
        if rows == self.read().rows {
            return Ok(Vec::new());
        }
        let before = self.live();
        let mut live = Vec::new();
        for flow in &before {
            live.push(match rows.iter().find(|row| row.name == flow.name) {
                Some(row) if *row.digest != *flow.digest => {
                    self.version(&row.digest, store).await?.unwrap_or_else(|| flow.clone())
                }
                _ => flow.clone(),
            });
        }
        let trials = self.trials_of(&rows, &live, store).await?;
        let changed = live.iter().filter(|flow| before.iter().all(|old| old.digest != flow.digest));
        let changed: Vec<&Arc<Flow>> = changed.collect();
        tell(&[], &changed, &[]);
        let names = changed.into_iter().map(|flow| flow.name.clone()).collect();
        self.put(live, trials, rows);
        Ok(names)
    }

    /// Nothing that was found can be taken: all stays in service as it is, with these problems told.
    pub fn refuse(&self, problems: Vec<Problem>) {
        tell(&problems, &[], &[]);
        self.write().problems = problems;
    }

    /// The flows new calls get, in the order of their names.
    pub fn live(&self) -> Vec<Arc<Flow>> {
        self.read().live.clone()
    }

    /// The live version of a flow.
    pub fn live_one(&self, name: &str) -> Option<Arc<Flow>> {
        self.read().live.iter().find(|flow| flow.name == name).cloned()
    }

    /// The version of a flow that a new call gets. It follows from the call's id, so that every server
    /// says the same of a call that is handed to several.
    pub fn of_call(&self, name: &str, call: &CallId) -> Option<Arc<Flow>> {
        let table = self.read();
        let trial = table.trials.iter().find(|trial| trial.flow.name == name);
        if let Some(trial) = trial.filter(|trial| falls_to(call, &trial.flow.digest, trial.percent)) {
            return Some(trial.flow.clone());
        }
        table.live.iter().find(|flow| flow.name == name).cloned()
    }

    /// What some of the new calls of a flow get instead of its live version.
    pub fn trial(&self, name: &str) -> Option<Trial> {
        self.read().trials.iter().find(|trial| trial.flow.name == name).cloned()
    }

    /// What is wrong in the files as they are now; what is in service has none of it.
    pub fn problems(&self) -> Vec<Problem> {
        self.read().problems.clone()
    }

    /// Keeps the texts of the flows' folder at hand: stories, and sub-flows that no flow uses yet.
    pub fn keep_folder(&self, files: Files) {
        self.write().folder = Arc::new(files);
    }

    /// The texts of the flows' folder as they were last read.
    pub fn folder(&self) -> Arc<Files> {
        self.read().folder.clone()
    }

    /// The version a call is on: from memory, else made again from the texts kept in the store.
    pub async fn version(&self, digest: &str, store: &Store) -> Result<Option<Arc<Flow>>, StoreError> {
        let known = self.read().versions.get(digest).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let Some(files) = version_files(digest, store).await? else { return Ok(None) };
        let Some((main, _)) = files.first().cloned() else { return Ok(None) };
        let files: Files = files.into_iter().collect();
        // A large flow takes long enough to keep calls waiting.
        let load = tokio::task::spawn_blocking(move || load_again(&files, &main));
        match load.await.map_err(|e| StoreError::Damaged(e.to_string()))? {
            Ok(flow) => {
                let flow = Arc::new(flow);
                self.write().versions.insert(digest.into(), flow.clone());
                Ok(Some(flow))
            }
            Err(problems) => {
                error!(digest, count = problems.len(), "a stored flow version cannot be loaded by this server");
                Ok(None)
            }
        }
    }

    async fn trials_of(&self, rows: &[LiveRow], live: &[Arc<Flow>], store: &Store) -> Result<Vec<Trial>, StoreError> {
        let mut trials = Vec::new();
        for row in rows.iter().filter(|row| live.iter().any(|flow| flow.name == row.name)) {
            let (Some(digest), Some(percent)) = (&row.trial, row.percent) else { continue };
            if let Some(flow) = self.version(digest, store).await? {
                trials.push(Trial { flow, percent: u8::try_from(percent).unwrap_or(0) });
            }
        }
        Ok(trials)
    }

    fn put(&self, live: Vec<Arc<Flow>>, trials: Vec<Trial>, rows: Vec<LiveRow>) {
        let mut table = self.write();
        let in_service = live.iter().chain(trials.iter().map(|trial| &trial.flow));
        let in_service: Vec<_> = in_service.map(|flow| (flow.digest.clone(), flow.clone())).collect();
        table.versions.extend(in_service);
        (table.live, table.trials, table.rows) = (live, trials, rows);
        // What no call in memory is on is read from the store again when a call needs it.
        table.versions.retain(|_, flow| Arc::strong_count(flow) > 1);
    }

    fn read(&self) -> RwLockReadGuard<'_, Table> {
        self.table.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Table> {
        self.table.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The texts a version was made of, its main file first.
pub async fn version_files(digest: &str, store: &Store) -> Result<Option<Vec<(String, String)>>, StoreError> {
    let Some(files) = store.flow(digest).await? else { return Ok(None) };
    serde_json::from_str(&files).map(Some).map_err(|e| StoreError::Damaged(format!("files of version {digest}: {e}")))
}

/// The texts of a flow as the store keeps them.
pub fn files_of(flow: &Flow) -> Result<String, StoreError> {
    serde_json::to_string(&flow.files).map_err(|e| StoreError::Damaged(e.to_string()))
}

/// Whether a call is among so many of a hundred that get this version. Of another version others are.
fn falls_to(call: &CallId, digest: &str, percent: u8) -> bool {
    let hash = Sha256::new().chain_update(digest).chain_update(call.number().to_be_bytes()).finalize();
    let place = hash.iter().take(8).fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
    place % 100 < u64::from(percent)
}

/// Whether a flow as it is on disk was taken in before, and nothing is to be done.
fn is_known(known: &[LiveRow], read: &[(String, String)], flow: &Flow) -> bool {
    known.iter().any(|row| row.name == flow.name && row.release_id.is_some())
        && read.iter().any(|(name, digest)| *name == flow.name && **digest == *flow.digest)
}

fn tell(problems: &[Problem], changed: &[&Arc<Flow>], gone: &[&Arc<Flow>]) {
    for problem in problems {
        error!(%problem, "a flow file is refused; what was in service stays");
    }
    for flow in changed {
        info!(flow = %flow.name, version = &flow.digest[..12.min(flow.digest.len())], "in service for new calls");
    }
    for flow in gone {
        warn!(flow = %flow.name, "out of service for new calls: its file is gone; calls on it go on");
    }
}
