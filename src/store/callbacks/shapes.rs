//! What is asked of the callback ledger and what it tells: filters, parts of the list, attempts,
//! changes.

use crate::call::effect::{Priority, RequestState};
use crate::store::{Person, StoreError};
use crate::words::Lang;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Which requests. Empty lists mean all.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filter {
    /// Customers' languages.
    pub langs: Vec<Lang>,
    /// Agents' skills.
    pub skills: Vec<String>,
    /// What it is about.
    pub topic: Option<String>,
    /// The line, by its flow's name.
    pub line: Option<String>,
    /// Only those whose promise is broken.
    pub overdue: bool,
    /// Requests of trial calls too.
    pub trials: bool,
}

impl Filter {
    /// What a person is there for.
    pub fn of(person: &Person, trials: bool) -> Filter {
        Filter { langs: person.languages.clone(), skills: person.skills.clone(), trials, ..Filter::default() }
    }
}

/// A part of the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Section {
    /// Nobody has it, and it may be rung now.
    Waiting,
    /// Nobody has it, and it is not to be rung before its time.
    Later,
    /// Somebody has it; by name only that person's.
    Held(Option<String>),
    /// Done or closed since this moment.
    Finished(Timestamp),
    /// In whatever state.
    All,
}

/// Which part of a section.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Page {
    /// How many are passed over.
    pub skip: u32,
    /// The most that are given.
    pub limit: u32,
}

/// How the customer is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// The agent's phone rings, then the customer's.
    Bridge,
    /// The agent dials.
    Hand,
    /// Nothing is dialled: the request is from a trial call.
    Trial,
}

impl Way {
    /// The word rows and programs write.
    pub fn word(self) -> &'static str {
        match self {
            Way::Bridge => "bridge",
            Way::Hand => "hand",
            Way::Trial => "trial",
        }
    }

    pub(super) fn of(word: &str) -> Result<Way, StoreError> {
        let found = [Way::Bridge, Way::Hand, Way::Trial].into_iter().find(|way| way.word() == word);
        found.ok_or_else(|| StoreError::Damaged(format!("`{word}` as the way of an attempt")))
    }
}

/// Where an attempt is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DialState {
    /// The provider is asked to ring the agent.
    Ordered,
    /// The agent's phone rings, or is asked to press 1.
    Agent,
    /// The customer's phone rings.
    Customer,
    /// They talk.
    Talking,
    /// Over.
    Over,
    /// It never came about.
    Failed,
}

impl DialState {
    /// Every state, in the order they come.
    pub const ALL: [DialState; 6] = [
        DialState::Ordered,
        DialState::Agent,
        DialState::Customer,
        DialState::Talking,
        DialState::Over,
        DialState::Failed,
    ];

    /// The word rows and programs write.
    pub fn word(self) -> &'static str {
        match self {
            DialState::Ordered => "ordered",
            DialState::Agent => "agent",
            DialState::Customer => "customer",
            DialState::Talking => "talking",
            DialState::Over => "over",
            DialState::Failed => "failed",
        }
    }

    pub(super) fn of(word: &str) -> Result<DialState, StoreError> {
        let found = DialState::ALL.into_iter().find(|state| state.word() == word);
        found.ok_or_else(|| StoreError::Damaged(format!("`{word}` as the state of an attempt")))
    }

    /// Whether nothing can follow.
    pub fn is_over(self) -> bool {
        matches!(self, DialState::Over | DialState::Failed)
    }
}

/// An attempt to reach a customer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Dial {
    /// Counts from 1.
    pub nth: u32,
    /// Who made it.
    pub person: String,
    /// How.
    pub way: Way,
    /// Where it is.
    pub state: DialState,
    /// Why it failed.
    pub note: Option<String>,
    /// How long was talked, in seconds, where the provider told.
    pub talked: Option<u32>,
    /// How it ended, in the word of an outcome; or, of a bridged attempt, what the provider told:
    /// `no-answer`, `busy`.
    pub outcome: Option<String>,
    /// When it was begun.
    pub at: Timestamp,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
}

/// A request changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Change {
    /// The request.
    pub id: String,
    /// What the customer quotes.
    pub reference: String,
    /// Where it stands now.
    pub state: RequestState,
    /// How urgent it is now.
    pub priority: Priority,
    /// Who has it.
    pub holder: Option<String>,
    /// Counts its changes.
    pub version: i64,
    /// It has just been recorded.
    pub new: bool,
    /// From a trial call.
    pub test: bool,
    /// When, in ms: where to go on from.
    pub at: i64,
}

/// Somebody works on a request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Held {
    /// Who.
    pub person: String,
    /// The request.
    pub id: String,
    /// What the customer quotes.
    pub reference: String,
    /// What it is about.
    pub topic: String,
    /// Since when.
    pub since: Timestamp,
    /// Until when, unless they go on.
    pub until: Timestamp,
}
