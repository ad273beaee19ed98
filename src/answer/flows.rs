//! The flows in service, and every version a running call still needs.

use crate::flow::Flow;
use crate::flow::read::{Files, Loaded, is_hotline, load_one};
use crate::store::{Store, StoreError};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use tracing::{error, info};

/// The flows in service by name, and all loaded versions by digest.
#[derive(Default)]
pub struct Flows {
    table: RwLock<Table>,
}

#[derive(Default)]
struct Table {
    live: Vec<Arc<Flow>>,
    versions: HashMap<Arc<str>, Arc<Flow>>,
}

impl Flows {
    /// Puts what loaded without a problem into service, and keeps each version in the store so that
    /// calls on it can go on after a restart. A flow whose file is broken now stays on the version
    /// that was in service last.
    pub async fn install(&self, loaded: Loaded, store: &Store, at: i64) -> Result<(), StoreError> {
        for problem in &loaded.problems {
            error!(%problem, "a flow file is refused; its last good version stays in service");
        }
        let mut live = loaded.flows;
        for flow in &live {
            let files = serde_json::to_string(&flow.files).unwrap_or_default();
            store.keep_flow(&flow.name, &flow.digest, &files, at).await?;
            store.set_live(&flow.name, &flow.digest, at).await?;
        }
        for (name, digest) in store.live().await? {
            let refused =
                loaded.problems.iter().any(|p| p.file.strip_suffix(".yaml") == Some(&name) || !is_hotline(&p.file));
            if refused && live.iter().all(|flow| flow.name != name) {
                live.extend(self.version(&digest, store).await?);
            }
        }
        for flow in &live {
            info!(flow = %flow.name, version = &flow.digest[..12.min(flow.digest.len())], "in service");
        }
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        table.versions.extend(live.iter().map(|flow| (flow.digest.clone(), flow.clone())));
        table.live = live;
        Ok(())
    }

    /// The flows new calls get, in the order of their names.
    pub fn live(&self) -> Vec<Arc<Flow>> {
        self.table.read().unwrap_or_else(PoisonError::into_inner).live.clone()
    }

    /// The version a call is on: from memory, else made again from the texts kept in the store.
    pub async fn version(&self, digest: &str, store: &Store) -> Result<Option<Arc<Flow>>, StoreError> {
        let known = self.table.read().unwrap_or_else(PoisonError::into_inner).versions.get(digest).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let Some(files) = store.flow(digest).await? else { return Ok(None) };
        let files: Vec<(String, String)> =
            serde_json::from_str(&files).map_err(|e| StoreError::Damaged(e.to_string()))?;
        let Some((main, _)) = files.first().cloned() else { return Ok(None) };
        let files: Files = files.into_iter().collect();
        match load_one(&files, &main) {
            Ok(flow) => {
                let flow = Arc::new(flow);
                let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
                table.versions.insert(digest.into(), flow.clone());
                Ok(Some(flow))
            }
            Err(problems) => {
                error!(digest, count = problems.len(), "a stored flow version cannot be loaded by this server");
                Ok(None)
            }
        }
    }
}
