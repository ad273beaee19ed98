//! Requests as `step` knows them: what is to be recorded, where it stands, what becomes of it.

use crate::flow::value::Window;
use crate::words::{Lang, Level, Phone, Reference};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How urgent a request is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// Money missing, account taken over: before all others.
    Urgent = 0,
    /// Before normal.
    High = 1,
    /// The usual.
    Normal = 2,
    /// When there is time.
    Low = 3,
}

impl Priority {
    /// The word flows and exports write.
    pub fn word(self) -> &'static str {
        match self {
            Priority::Urgent => "urgent",
            Priority::High => "high",
            Priority::Normal => "normal",
            Priority::Low => "low",
        }
    }

    /// One step up, as for whoever asks again. Nobody becomes urgent by asking often.
    pub fn raised(self) -> Priority {
        match self {
            Priority::Urgent => Priority::Urgent,
            Priority::High | Priority::Normal => Priority::High,
            Priority::Low => Priority::Normal,
        }
    }

    /// The priority of a word.
    pub fn named(word: &str) -> Option<Priority> {
        [Priority::Urgent, Priority::High, Priority::Normal, Priority::Low].into_iter().find(|p| p.word() == word)
    }
}

/// A request to be recorded.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct NewRequest {
    /// `callback`, `dispute`, `unlock`, `refund`, `reset` or `report`.
    pub kind: String,
    /// What it is about.
    pub topic: String,
    /// How urgent.
    pub priority: Priority,
    /// Which agents.
    pub skill: String,
    /// The caller's language.
    pub lang: Lang,
    /// Where to ring.
    pub ring: RingAt,
    /// The verified account; none below level 2.
    pub account: Option<String>,
    /// The caller's number.
    pub from: Option<Phone>,
    /// How far the caller is verified at this moment.
    pub level: Level,
    /// When that was.
    pub verified_at: Option<Timestamp>,
    /// What the caller typed and what was found, by name, for the agent to read.
    pub collected: Vec<(String, String)>,
    /// The window the caller chose; none: as soon as possible.
    pub window: Option<Window>,
    /// When it should be done at the latest.
    pub due: Timestamp,
    /// From a trial call: never dialled.
    pub test: bool,
}

/// Where a request rings.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RingAt {
    /// No call back.
    Nobody,
    /// This number.
    Number(Phone),
    /// The number registered for this account as typed.
    Registered(String),
}

/// How recording a request ended.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileAnswer {
    /// It is recorded.
    Filed {
        /// What the caller quotes.
        reference: Reference,
        /// When it is due at the latest.
        due: Timestamp,
        /// It was added to a request that was open already.
        added: bool,
    },
    /// Too many requests from this number or for this account.
    TooMany,
    /// The number may not be called.
    NotCallable,
    /// It could not be recorded.
    Unavailable,
}

/// What is known under a reference, as much as a caller at this level may hear.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatusAnswer {
    /// There is such a request.
    Known {
        /// Where it stands.
        state: RequestState,
        /// When it is due.
        due: Timestamp,
        /// The time promised has passed.
        overdue: bool,
    },
    /// There is none; counted as an attempt.
    Missing,
    /// No more guesses.
    Limited,
    /// It could not be looked up.
    Unavailable,
}

/// What is to become of an earlier request.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestChange {
    /// The customer wants to be rung in this window instead.
    Window(Window),
    /// The customer wants nothing any more.
    Cancel,
}

/// How changing an earlier request ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeAnswer {
    /// It is changed.
    Changed,
    /// There is none that this caller may change: another's, finished, or none at all.
    Refused,
    /// It could not be changed.
    Unavailable,
}

/// Where a request stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RequestState {
    /// Waits for an agent.
    Open,
    /// An agent has it.
    Claimed,
    /// Done.
    Done,
    /// Closed without being done; the history says why.
    Closed,
}

impl RequestState {
    /// The word flows, rows and exports write.
    pub fn word(self) -> &'static str {
        match self {
            RequestState::Open => "open",
            RequestState::Claimed => "claimed",
            RequestState::Done => "done",
            RequestState::Closed => "closed",
        }
    }

    /// The state of a word.
    pub fn named(word: &str) -> Option<RequestState> {
        [RequestState::Open, RequestState::Claimed, RequestState::Done, RequestState::Closed]
            .into_iter()
            .find(|s| s.word() == word)
    }
}
