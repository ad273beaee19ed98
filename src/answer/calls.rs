//! Open calls in memory, so that the hot path reads nothing. Bounded, and never believed over the
//! database: the version at commit decides. A call's slot is a lock as well: webhooks of one call
//! that come at once to this server are answered one after another.

use crate::call::State;
use crate::flow::Flow;
use crate::provider::Provider;
use crate::words::CallId;
use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Mutex as AsyncMutex;

/// Calls kept: at a kilobyte or two each this bounds the memory.
const KEPT: NonZeroUsize = NonZeroUsize::MIN.saturating_add(49_999);

/// A call as it is after its latest event.
pub struct Open {
    /// The flow, in the version the call is on.
    pub flow: Arc<Flow>,
    /// The latest state.
    pub state: State,
    /// The number of the latest event.
    pub version: u32,
    /// The latest document with its turn, for webhooks that come again.
    pub last: Option<(u32, String)>,
}

/// A call's place in memory; empty until it is read.
pub type Slot = Arc<AsyncMutex<Option<Open>>>;

/// The id a provider's call was given; empty until it began.
pub type Begun = Arc<AsyncMutex<Option<CallId>>>;

/// All open calls this server has seen lately.
pub struct OpenCalls {
    slots: Mutex<LruCache<CallId, Slot>>,
    begun: Mutex<LruCache<(Provider, String), Begun>>,
}

impl OpenCalls {
    /// Nothing known yet.
    pub fn new() -> OpenCalls {
        OpenCalls { slots: Mutex::new(LruCache::new(KEPT)), begun: Mutex::new(LruCache::new(KEPT)) }
    }

    /// The slot of a call.
    pub fn slot(&self, call: &CallId) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.get_or_insert(call.clone(), Slot::default).clone()
    }

    /// The slot in which a provider's call begins.
    pub fn begun(&self, provider: Provider, provider_call: &str) -> Begun {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.get_or_insert((provider, provider_call.to_owned()), Begun::default).clone()
    }

    /// Forgets a call that is over.
    pub fn forget(&self, call: &CallId) {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).pop(call);
    }
}
