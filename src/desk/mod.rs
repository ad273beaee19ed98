//! Floor 4: the agents' side of a request. Takes, calls, notes and finishes requests by the rules
//! for calling people back, and tells whoever watches. Knows nothing of HTTP, pages or SQL; what a
//! person may do is asked one floor up, by type.

mod attempt;
mod bridge;
mod card;
mod create;
mod error;
mod finish;
mod keep;
mod leg;
mod look;
mod message;
mod order;
mod path;
mod rules;
mod said;
mod take;

pub use crate::store::{Change, Dial, DialState, Filter, Held, Page, Section, Way};
pub use card::{Card, CardCall, CardRecording, PathStep};
pub use error::DeskError;
pub use keep::Kept;
pub use order::{NewCase, Outcome, Overview};

use crate::answer::Answerer;
use crate::call::effect::RequestState;
use crate::provider::{Api, Apis};
use crate::store::{Request, Store};
use jiff::Timestamp;
use std::sync::Arc;
use tokio::sync::{Notify, broadcast};

/// What a desk function gives.
pub type Result<T> = std::result::Result<T, DeskError>;

/// How long a request is somebody's who does nothing on it, in ms.
const LEASE: i64 = 120_000;
/// The longest text somebody writes, in letters.
const LONGEST: usize = 4000;
/// How often one tries again where others were quicker.
const TRIES: usize = 8;

/// The desk. Clones share it.
#[derive(Clone)]
pub struct Desk {
    inner: Arc<Inner>,
}

struct Inner {
    answerer: Answerer,
    /// The providers' interfaces; none: nobody is dialled.
    apis: Apis,
    changes: broadcast::Sender<Change>,
    /// Something changed on this server: whoever watches is told at once.
    changed: Notify,
}

impl Desk {
    /// The desk of a server.
    pub fn new(answerer: Answerer, apis: Apis) -> Desk {
        let (changes, _) = broadcast::channel(1024);
        Desk { inner: Arc::new(Inner { answerer, apis, changes, changed: Notify::new() }) }
    }

    /// A request with its history.
    pub async fn request(&self, id: &str) -> Result<Request> {
        self.store().request(id).await?.ok_or(DeskError::Missing)
    }

    /// What changes from now on, on this server or another.
    pub fn watch(&self) -> broadcast::Receiver<Change> {
        self.inner.changes.subscribe()
    }

    /// Whether customers can be dialled from here at all.
    pub fn dials(&self) -> bool {
        self.inner.apis.ringing(None).is_some()
    }

    /// Whether calls made from here can be hung up from here, as far as any provider lets one.
    pub fn hangs_up(&self) -> bool {
        self.inner.apis.ringing(None).is_some_and(Api::hangs_up)
    }

    /// The answerer beside it.
    pub fn answerer(&self) -> &Answerer {
        &self.inner.answerer
    }

    fn store(&self) -> &Store {
        self.inner.answerer.store()
    }

    /// The moment it is.
    fn now(&self) -> Timestamp {
        self.inner.answerer.now()
    }

    /// The moment it is, in ms.
    fn now_ms(&self) -> i64 {
        self.now().as_millisecond()
    }

    /// When a lease ends that somebody gets, or goes on with, at a moment; both in ms.
    fn lease_from(&self, at: i64) -> i64 {
        at + LEASE
    }

    /// Something changed: whoever watches is told, and what programs are told is sent.
    fn changed(&self) {
        self.inner.changed.notify_one();
        self.inner.answerer.posted().notify_one();
    }

    /// Tells of a change that was made, and gives the request it left.
    fn told(&self, request: Request) -> Request {
        self.changed();
        request
    }

    /// Why somebody cannot work on a request that they do not have.
    async fn why_not(&self, id: &str) -> DeskError {
        match self.store().request(id).await {
            Err(error) => error.into(),
            Ok(None) => DeskError::Missing,
            Ok(Some(request)) => not_theirs(&request),
        }
    }
}

/// Why nobody but its holder, if any, can work on a request.
fn not_theirs(request: &Request) -> DeskError {
    match (request.state, &request.holder, request.lease_until) {
        (RequestState::Claimed, Some(holder), Some(until)) => DeskError::HeldBy { holder: holder.clone(), until },
        (state @ (RequestState::Done | RequestState::Closed), ..) => DeskError::Over {
            state,
            by: request.ended_by.clone().unwrap_or_default(),
            at: request.ended_at.unwrap_or(request.updated_at),
        },
        _ => DeskError::NotHeld,
    }
}

/// A text somebody wrote: without the space around it, not overlong, nothing invisible in it.
fn written(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim().replace("\r\n", "\n");
    let wrong = |why: &str| DeskError::Field { field, why: why.to_owned() };
    if text.chars().count() > LONGEST {
        return Err(wrong("is too long; write at most 4000 letters"));
    }
    if text.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
        return Err(wrong("has letters in it that nobody can see; write plain text"));
    }
    Ok(text)
}

/// The same, where something has to be written.
fn said(field: &'static str, text: &str) -> Result<String> {
    let text = written(field, text)?;
    match text.is_empty() {
        true => Err(DeskError::Field { field, why: "is empty; write something".to_owned() }),
        false => Ok(text),
    }
}
