//! The flows in service, and every version a running call still needs.

use crate::flow::Flow;
use crate::flow::read::{Files, Loaded, load_again};
use crate::flow::source::Problem;
use crate::store::{Store, StoreError};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use tracing::{debug, error, info, warn};

/// The flows in service by name, and the loaded versions by digest.
#[derive(Default)]
pub struct Flows {
    table: RwLock<Table>,
}

#[derive(Default)]
struct Table {
    live: Vec<Arc<Flow>>,
    versions: HashMap<Arc<str>, Arc<Flow>>,
    problems: Vec<Problem>,
}

impl Flows {
    /// Puts what loaded without a problem into service for new calls, and keeps each version in the
    /// store so that calls on it can go on after a restart. A flow whose file has a problem stays on
    /// the version that is in service, else the one that was last; one whose file is gone goes out of
    /// service. Gives the names of the flows that changed. After an error all is as it was before.
    pub async fn install(&self, loaded: Loaded, store: &Store, at: i64) -> Result<Vec<String>, StoreError> {
        let before = self.live();
        let known = store.live().await?;
        let Loaded { flows: mut live, refused, problems, warnings } = loaded;
        for flow in live.iter().filter(|flow| !is_among(&known, flow)) {
            let files = serde_json::to_string(&flow.files).map_err(|e| StoreError::Damaged(e.to_string()))?;
            store.keep_flow(&flow.name, &flow.digest, &files, at).await?;
            store.set_live(&flow.name, &flow.digest, at).await?;
        }
        for name in &refused {
            live.extend(match before.iter().find(|flow| flow.name == *name) {
                Some(flow) => Some(flow.clone()),
                None => match known.iter().find(|(known, _)| known == name) {
                    Some((_, digest)) => self.version(digest, store).await?,
                    None => None,
                },
            });
        }
        live.sort_by(|a, b| a.name.cmp(&b.name));
        let gone: Vec<_> = before.iter().filter(|old| live.iter().all(|flow| flow.name != old.name)).collect();
        for flow in &gone {
            store.retire(&flow.name, &flow.digest).await?;
        }
        let changed = live.iter().filter(|flow| before.iter().all(|old| old.digest != flow.digest));
        let changed: Vec<&Arc<Flow>> = changed.collect();
        tell(&problems, &changed, &gone);
        for warning in warnings {
            debug!(%warning, "a flow in service could be better");
        }
        let names = changed.into_iter().chain(gone).map(|flow| flow.name.clone()).collect();
        let mut table = self.write();
        table.versions.extend(live.iter().map(|flow| (flow.digest.clone(), flow.clone())));
        table.live = live;
        table.problems = problems;
        // What no call in memory is on is read from the store again when a call needs it.
        table.versions.retain(|_, flow| Arc::strong_count(flow) > 1);
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

    /// What is wrong in the files as they are now; what is in service has none of it.
    pub fn problems(&self) -> Vec<Problem> {
        self.read().problems.clone()
    }

    /// The version a call is on: from memory, else made again from the texts kept in the store.
    pub async fn version(&self, digest: &str, store: &Store) -> Result<Option<Arc<Flow>>, StoreError> {
        let known = self.read().versions.get(digest).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let Some(files) = store.flow(digest).await? else { return Ok(None) };
        let files: Vec<(String, String)> =
            serde_json::from_str(&files).map_err(|e| StoreError::Damaged(e.to_string()))?;
        let Some((main, _)) = files.first().cloned() else { return Ok(None) };
        let files: Files = files.into_iter().collect();
        match load_again(&files, &main) {
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

    fn read(&self) -> RwLockReadGuard<'_, Table> {
        self.table.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Table> {
        self.table.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_among(known: &[(String, String)], flow: &Flow) -> bool {
    known.iter().any(|(name, digest)| *name == flow.name && **digest == *flow.digest)
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
