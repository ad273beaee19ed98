//! Everything read from or done in the world. `step` asks for one, `answer` performs it and steps
//! again with what came back.

use super::bookmark::Bookmark;
use super::event::Recording;
use super::{Challenge, Proof};
use crate::flow::Value;
use crate::flow::value::Window;
use crate::words::{Lang, Level, Phone, Reference};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One thing wanted from the world. Holds no secret: what a caller typed as one travels beside it
/// (see [`super::step::Outcome`]), so that an effect that takes long can be kept in the call's state.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Compare what was typed with what is registered, after charging an attempt.
    Verify {
        /// The account as typed, existing or not.
        account: String,
        /// The level reached when it is right.
        level: Level,
        /// With what; the calling number proves level 1 and nothing is typed.
        #[serde(default)]
        by: Proof,
    },
    /// See to it that a one-time code is on its way to the number registered for an account.
    Challenge {
        /// The account as typed, existing or not.
        account: String,
        /// One that is on its way already is sent once more, unless that was just done.
        resend: bool,
    },
    /// Read from a source.
    Lookup {
        /// Name of the source.
        source: String,
        /// Arguments in the source's order.
        with: Vec<(String, Value)>,
    },
    /// Do something at the wallet, once per call and turn.
    Act {
        /// Name of the source.
        source: String,
        /// Arguments in the source's order.
        with: Vec<(String, Value)>,
    },
    /// Record a request.
    FileRequest(Box<NewRequest>),
    /// Look a request up by its reference.
    RequestStatus {
        /// As typed; not yet known to be well formed.
        typed: String,
    },
    /// The notices active now.
    Notices,
    /// What is remembered for the calling number.
    Preference,
    /// Remember what a caller chose, for the calling number.
    Remember(Choice),
    /// How long one waits for the desk of a skill.
    Queue {
        /// Which agents.
        skill: String,
    },
    /// An agent of a skill took a transferred call.
    PickedUp {
        /// Which agents.
        skill: String,
        /// How long the desk rang, in seconds.
        waited: u32,
    },
    /// Send a text message, once.
    Send {
        /// To whom.
        to: Recipient,
        /// What it says.
        text: String,
    },
    /// Keep what the caller recorded: fetched from the provider later.
    KeepRecording(Recording),
    /// Keep a score.
    Score {
        /// What is judged.
        category: String,
        /// 1 to 5, 5 is best.
        score: u8,
    },
}

/// What a caller chose for this and later calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// The language spoken.
    Lang(Lang),
    /// Slower speech with more time, or not.
    Slow(bool),
}

/// What is remembered for a number.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Preference {
    /// The language chosen.
    pub lang: Option<Lang>,
    /// Slower speech with more time.
    pub slow: bool,
    /// Where a call broke off a few minutes ago.
    pub bookmark: Option<Bookmark>,
}

/// Who gets a text message. Never a number somebody typed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recipient {
    /// The calling number.
    Caller,
    /// The number registered for this account, which is verified.
    Registered(String),
}

/// What came back.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// To [`Effect::Verify`].
    Verify(VerifyAnswer),
    /// To [`Effect::Challenge`]: none when none could be made.
    Challenge(Option<Challenge>),
    /// To [`Effect::Lookup`].
    Lookup(LookupAnswer),
    /// To [`Effect::Act`].
    Act(ActAnswer),
    /// To [`Effect::FileRequest`].
    FileRequest(FileAnswer),
    /// To [`Effect::RequestStatus`].
    RequestStatus(StatusAnswer),
    /// To [`Effect::Notices`]: the texts, per language.
    Notices(Vec<BTreeMap<Lang, String>>),
    /// To [`Effect::Preference`].
    Preference(Preference),
    /// To [`Effect::Remember`].
    Remembered,
    /// To [`Effect::Queue`]: the expected wait in seconds, from the last hour's pick-ups; none when
    /// there were none.
    Queue(Option<u32>),
    /// To [`Effect::PickedUp`].
    PickedUp,
    /// To [`Effect::Send`].
    Sent(SendAnswer),
    /// To [`Effect::KeepRecording`]: the id agents find it under; none when it could not be kept.
    Recording(Option<String>),
    /// To [`Effect::Score`].
    Scored,
}

impl Answer {
    /// What stands in for an answer that never came.
    pub fn failed_for(effect: &Effect) -> Answer {
        match effect {
            Effect::Verify { .. } => Answer::Verify(VerifyAnswer::Unavailable),
            Effect::Challenge { .. } => Answer::Challenge(None),
            Effect::Lookup { .. } => Answer::Lookup(LookupAnswer::Failed),
            Effect::Act { .. } => Answer::Act(ActAnswer::Failed),
            Effect::FileRequest(_) => Answer::FileRequest(FileAnswer::Unavailable),
            Effect::RequestStatus { .. } => Answer::RequestStatus(StatusAnswer::Unavailable),
            Effect::Notices => Answer::Notices(Vec::new()),
            Effect::Preference => Answer::Preference(Preference::default()),
            Effect::Remember(_) => Answer::Remembered,
            Effect::Queue { .. } => Answer::Queue(None),
            Effect::PickedUp { .. } => Answer::PickedUp,
            Effect::Send { .. } => Answer::Sent(SendAnswer::Refused),
            Effect::KeepRecording(_) => Answer::Recording(None),
            Effect::Score { .. } => Answer::Scored,
        }
    }
}

/// Whether a message is sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SendAnswer {
    /// It lies in the outbox, and there is somebody who takes it from there.
    Accepted,
    /// No number, not one that may be texted, too many, or sending is off.
    Refused,
}

/// How a verification ended.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerifyAnswer {
    /// The level is reached.
    Verified {
        /// The account, as registered.
        account: String,
        /// The level reached.
        level: Level,
        /// What the customer is called, per their own record.
        name: String,
    },
    /// Account or secret is wrong; which one is never said.
    Wrong,
    /// No more attempts: for this call, account or number.
    Limited,
    /// What was typed is gone, because its server is; nothing is charged, and it is typed once more.
    Lost,
    /// The check could not be made; nothing was charged.
    Unavailable,
}

/// How a lookup ended.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LookupAnswer {
    /// A record with the fields the source declares.
    Found(Value),
    /// There is no such thing.
    Missing,
    /// No answer in time, or rubbish.
    Failed,
}

/// How an act ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActAnswer {
    /// Done.
    Done,
    /// Accepted, will be done.
    Pending,
    /// Not done.
    Failed,
}

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
