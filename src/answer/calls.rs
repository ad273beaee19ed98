//! Open calls in memory, so that the hot path reads nothing. Bounded, and never believed over the
//! database: the version at commit decides. A call's slot is a lock as well: webhooks of one call
//! that come at once to this server are answered one after another.

use super::Failure;
use crate::call::State;
use crate::flow::Flow;
use crate::words::CallId;
use lru::LruCache;
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Mutex as AsyncMutex, MutexGuard as AsyncGuard};

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

/// All open calls this server has seen lately.
pub struct OpenCalls(Mutex<Kept>);

struct Kept {
    /// Those nobody works on, by their ids: only what must be remembered, because they are many.
    idle: LruCache<Key, Open>,
    /// Those somebody works on, or waits for.
    lent: HashMap<Key, Lent>,
}

/// A call's id as a number: half the room of its digits.
type Key = [u8; 16];

/// A call somebody works on.
struct Lent {
    /// How many have it or wait for it.
    by: usize,
    call: Lock,
}

/// Empty until the call is read.
type Lock = Arc<AsyncMutex<Option<Open>>>;

/// A call's place in memory. Whoever leaves it last puts away what is in it.
pub struct Slot<'a> {
    calls: &'a OpenCalls,
    key: Key,
    call: Lock,
}

impl OpenCalls {
    /// Nothing known yet.
    pub fn new() -> OpenCalls {
        // Room is made as it is needed.
        let mut idle = LruCache::unbounded();
        idle.resize(KEPT);
        OpenCalls(Mutex::new(Kept { idle, lent: HashMap::new() }))
    }

    /// The slot of a call.
    pub fn slot(&self, call: &CallId) -> Slot<'_> {
        let key = call.number().to_be_bytes();
        let mut kept = self.kept();
        let Kept { idle, lent } = &mut *kept;
        let new = || Lent { by: 0, call: Arc::new(AsyncMutex::new(idle.pop(&key))) };
        let lent = lent.entry(key).or_insert_with(new);
        lent.by += 1;
        Slot { calls: self, key, call: lent.call.clone() }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot<'_> {
    /// The call once nobody else works on it; emptied when it is over or not to be believed.
    pub async fn lock(&self) -> AsyncGuard<'_, Option<Open>> {
        self.call.lock().await
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let mut kept = self.calls.kept();
        let Some(lent) = kept.lent.get_mut(&self.key) else { return };
        lent.by -= 1;
        if lent.by > 0 {
            return;
        }
        kept.lent.remove(&self.key);
        if let Some(open) = self.call.try_lock().ok().and_then(|mut call| call.take()) {
            kept.idle.put(self.key, open);
        }
    }
}
