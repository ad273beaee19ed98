//! What is asked of the desk and what it tells: filters, sections, attempts, outcomes, numbers.

use crate::call::effect::{Priority, RequestState};
use crate::store::Person;
use crate::words::{Lang, Level, Phone};
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
    /// How it ended, in an [`Outcome`]'s word; or, of a bridged attempt, what the provider told:
    /// `no-answer`, `busy`.
    pub outcome: Option<String>,
    /// When it was begun.
    pub at: Timestamp,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
}

/// How an attempt ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Agent and customer talk; whether it is solved is said later.
    Reached,
    /// Nobody answered.
    NoAnswer,
    /// Engaged.
    Busy,
    /// Somebody else answers there.
    WrongNumber,
    /// The customer wants to be rung then.
    Later(Timestamp),
    /// It is done.
    Solved,
    /// They have talked, and it goes on: the request goes back.
    NotSolved,
}

impl Outcome {
    /// The word rows and programs write.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Reached => "reached",
            Outcome::NoAnswer => "no-answer",
            Outcome::Busy => "busy",
            Outcome::WrongNumber => "wrong-number",
            Outcome::Later(_) => "later",
            Outcome::Solved => "solved",
            Outcome::NotSolved => "not-solved",
        }
    }
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

/// What supervisors look at. Today begins at midnight in the filter's time, see [`super::Desk::overview`].
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Overview {
    /// Waiting and ready.
    pub waiting: u64,
    /// Open or held past their promise.
    pub overdue: u64,
    /// Not to be rung yet.
    pub later: u64,
    /// Since when the oldest waiting one waits.
    pub oldest: Option<Timestamp>,
    /// Who works on what.
    pub held: Vec<Held>,
    /// Finished today in time.
    pub kept: u64,
    /// Finished today after the time promised, and open ones past it.
    pub missed: u64,
    /// Filed today by topic: how many, and how many of them are still open.
    pub topics: Vec<(String, u64, u64)>,
    /// The same by language.
    pub languages: Vec<(Lang, u64, u64)>,
    /// Finished today by person.
    pub people: Vec<(String, u64)>,
}

/// A request from another channel.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewCase {
    /// The line it belongs to, by its flow's name: its countries, hours and promises count.
    pub line: String,
    /// `callback`, `dispute` and so on.
    pub kind: String,
    /// What it is about.
    pub topic: String,
    /// How urgent.
    pub priority: Priority,
    /// Which agents; none: those of the topic.
    pub skill: Option<String>,
    /// The customer's language, one of the line's.
    pub lang: Lang,
    /// The number to ring.
    pub number: Option<Phone>,
    /// The account, where the other channel has verified it.
    pub account: Option<String>,
    /// How far the other channel has verified the customer.
    pub level: Level,
    /// What is known, by name.
    pub collected: Vec<(String, String)>,
}
