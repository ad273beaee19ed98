//! What is asked of the desk and what it tells beside the ledger's own shapes: outcomes, numbers,
//! requests from other channels.

use crate::call::effect::Priority;
use crate::store::Held;
use crate::words::{Lang, Level, Phone};
use jiff::Timestamp;
use serde::Serialize;

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
    /// Done today in time.
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
