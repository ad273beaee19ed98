//! Floor 4: the agents' side of a request. Takes, calls, notes and finishes requests by the rules
//! for calling people back, and tells whoever watches. Knows nothing of HTTP, pages or SQL; what a
//! person may do is asked one floor up, by type.

mod card;
mod error;
mod order;

pub use card::{Card, CardCall, CardRecording};
pub use error::DeskError;
pub use order::{Change, Dial, DialState, Filter, Held, NewCase, Outcome, Overview, Page, Section, Way};

use crate::answer::Answerer;
use crate::call::effect::Priority;
use crate::provider::Api;
use crate::store::{Person, Request, StoreError};
use crate::words::{Lang, Phone};
use jiff::Timestamp;
use std::sync::Arc;
use tokio::sync::broadcast;

/// What a desk function gives.
pub type Result<T> = std::result::Result<T, DeskError>;

/// The desk. Clones share it.
#[derive(Clone)]
pub struct Desk {
    inner: Arc<Inner>,
}

struct Inner {
    answerer: Answerer,
    /// The provider's interface; none: nobody is dialled.
    api: Option<Api>,
    changes: broadcast::Sender<Change>,
}

impl Desk {
    /// The desk of a server.
    pub fn new(answerer: Answerer, api: Option<Api>) -> Desk {
        let (changes, _) = broadcast::channel(1024);
        Desk { inner: Arc::new(Inner { answerer, api, changes }) }
    }

    /// A page of a section, in the order requests are to be taken: urgent ones before all others, then
    /// overdue ones, then by priority, promise and age. What is finished: the newest first.
    pub async fn list(&self, filter: &Filter, section: &Section, page: Page) -> Result<Vec<Request>> {
        let _ = (filter, section, page);
        Err(StoreError::Closed.into())
    }

    /// How many there are in a section, and how many of them are overdue.
    pub async fn count(&self, filter: &Filter, section: &Section) -> Result<(u64, u64)> {
        let _ = (filter, section);
        Err(StoreError::Closed.into())
    }

    /// Takes the first request that waits and is ready, under a lease; none when none is.
    pub async fn take_next(&self, person: &Person, filter: &Filter) -> Result<Option<Request>> {
        let _ = (person, filter);
        Err(StoreError::Closed.into())
    }

    /// Takes this one. Whoever has it already only gets its lease extended.
    ///
    /// # Errors
    /// Somebody else has it, or it is finished.
    pub async fn take(&self, person: &Person, id: &str) -> Result<Request> {
        let _ = (person, id);
        Err(StoreError::Closed.into())
    }

    /// Goes on working on it: the lease ends two minutes from now; gives that moment.
    pub async fn extend(&self, person: &Person, id: &str) -> Result<Timestamp> {
        let _ = (person, id);
        Err(StoreError::Closed.into())
    }

    /// Puts it back, perhaps saying why.
    pub async fn release(&self, person: &Person, id: &str, why: &str) -> Result<Request> {
        let _ = (person, id, why);
        Err(StoreError::Closed.into())
    }

    /// Adds a note to the history; anybody may, also to a finished one.
    pub async fn note(&self, person: &Person, id: &str, text: &str) -> Result<Request> {
        let _ = (person, id, text);
        Err(StoreError::Closed.into())
    }

    /// Everything an agent wants to know before calling. Words of menus are in `lang` where the flow
    /// speaks it.
    pub async fn card(&self, id: &str, lang: Lang) -> Result<Card> {
        let _ = (id, lang);
        Err(StoreError::Closed.into())
    }

    /// Shows the number of a request one has; written into the history.
    pub async fn reveal(&self, person: &Person, id: &str) -> Result<Phone> {
        let _ = (person, id);
        Err(StoreError::Closed.into())
    }

    /// Where the sound of a recording that belongs to a request lies in the object store; written into
    /// the history as played.
    pub async fn played(&self, person: &Person, id: &str, recording: &str) -> Result<String> {
        let _ = (person, id, recording);
        Err(StoreError::Closed.into())
    }

    /// Calls the customer: the agent's phone rings first. `nth` is the attempt's number, one more than
    /// the request has ([`Request::attempts`]): who asks for one that was made gets it as it is.
    /// [`Way::Hand`] dials nothing; the agent does.
    ///
    /// # Errors
    /// The request is not held, the number may not be rung (now), or nothing is set to dial with.
    pub async fn call(&self, person: &Person, id: &str, nth: u32, way: Way) -> Result<Dial> {
        let _ = (person, id, nth, way);
        Err(StoreError::Closed.into())
    }

    /// Says how an attempt ended, once; a note may go with it.
    ///
    /// # Errors
    /// Somebody said so before, the request is not held, or the time asked for is no calling time.
    pub async fn outcome(&self, person: &Person, id: &str, nth: u32, outcome: Outcome, note: &str) -> Result<Request> {
        let _ = (person, id, nth, outcome, note);
        Err(StoreError::Closed.into())
    }

    /// Gives an open request to somebody else, whoever has it.
    pub async fn assign(&self, by: &Person, id: &str, to: &str) -> Result<Request> {
        let _ = (by, id, to);
        Err(StoreError::Closed.into())
    }

    /// Changes how urgent an open request is.
    pub async fn raise(&self, by: &Person, id: &str, to: Priority) -> Result<Request> {
        let _ = (by, id, to);
        Err(StoreError::Closed.into())
    }

    /// Closes an open request without its being done, whoever has it.
    pub async fn close(&self, by: &Person, id: &str, why: &str) -> Result<Request> {
        let _ = (by, id, why);
        Err(StoreError::Closed.into())
    }

    /// Forgives the failed guesses at an account, so that its owner can verify by phone again; gives
    /// how many there were. Written into the request's history.
    pub async fn unlock(&self, by: &Person, id: &str) -> Result<u64> {
        let _ = (by, id);
        Err(StoreError::Closed.into())
    }

    /// What supervisors look at.
    pub async fn overview(&self, filter: &Filter) -> Result<Overview> {
        let _ = filter;
        Err(StoreError::Closed.into())
    }

    /// Records a request that came another way than by phone; limits and number policy count as ever.
    pub async fn create(&self, by: &Person, new: &NewCase) -> Result<Request> {
        let _ = (by, new);
        Err(StoreError::Closed.into())
    }

    /// A request with its history.
    pub async fn request(&self, id: &str) -> Result<Request> {
        let _ = id;
        Err(StoreError::Closed.into())
    }

    /// What changes from now on, on this server or another.
    pub fn watch(&self) -> broadcast::Receiver<Change> {
        self.inner.changes.subscribe()
    }

    /// What changed since a moment, in ms, the oldest first; for whoever lost the connection.
    pub async fn changes_since(&self, at: i64) -> Result<Vec<Change>> {
        let _ = at;
        Err(StoreError::Closed.into())
    }

    /// Whether customers can be dialled from here at all.
    pub fn dials(&self) -> bool {
        self.inner.api.is_some()
    }

    /// The answerer beside it.
    pub fn answerer(&self) -> &Answerer {
        &self.inner.answerer
    }
}
