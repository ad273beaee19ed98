//! Open calls in memory, so that the hot path reads nothing. Bounded, and never believed over the
//! database: the version at commit decides. A call's slot is a lock as well: webhooks of one call
//! that come at once to this server are answered one after another.

use super::Failure;
use crate::call::State;
use crate::flow::Flow;
use crate::words::CallId;
use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Mutex as AsyncMutex;

/// Calls kept: at half a kilobyte to a kilobyte and a half each this bounds the memory. More can be
/// open; each of their webhooks reads its call.
const KEPT: NonZeroUsize = NonZeroUsize::MIN.saturating_add(99_999);

/// A call as it is after its latest event.
pub struct Open {
    /// The flow, in the version the call is on.
    pub flow: Arc<Flow>,
    /// The latest state, as it is stored: a third of the room it takes when it is read, which takes a
    /// millionth of a second.
    state: Box<str>,
    /// The turn it waits for.
    pub turn: u32,
    /// The number of the latest event.
    pub version: u32,
}

impl Open {
    /// A call whose latest state is this one, written out.
    pub fn new(flow: Arc<Flow>, state: &State, written: &str, version: u32) -> Open {
        Open { flow, state: written.into(), turn: state.turn, version }
    }

    /// The latest state.
    pub fn state(&self) -> Result<State, Failure> {
        serde_json::from_str(&self.state).map_err(|e| Failure::Damaged { what: "state", why: e.to_string() })
    }
}

/// A call's place in memory; empty until it is read.
pub type Slot = Arc<AsyncMutex<Option<Open>>>;

/// All open calls this server has seen lately.
pub struct OpenCalls(Mutex<LruCache<CallId, Slot>>);

impl OpenCalls {
    /// Nothing known yet.
    pub fn new() -> OpenCalls {
        // Room is made as it is needed.
        let mut calls = LruCache::unbounded();
        calls.resize(KEPT);
        OpenCalls(Mutex::new(calls))
    }

    /// The slot of a call.
    pub fn slot(&self, call: &CallId) -> Slot {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slots.get_or_insert(call.clone(), Slot::default).clone()
    }

    /// Forgets a call that is over.
    pub fn forget(&self, call: &CallId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop(call);
    }
}
