//! Everything read from or done in the world. `step` asks for one, `answer` performs it and steps
//! again with what came back.

mod requests;

pub use requests::{ChangeAnswer, FileAnswer, NewRequest, Priority, RequestChange, RequestState, RingAt, StatusAnswer};

use super::bookmark::Bookmark;
use super::event::Recording;
use super::{Challenge, Proof};
use crate::flow::Value;
use crate::words::{Lang, Level};
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
    /// Change or cancel an earlier request.
    ChangeRequest {
        /// Its reference as typed; not yet known to be well formed.
        typed: String,
        /// What is to become of it.
        change: RequestChange,
        /// The account of whoever asks, when verified.
        account: Option<String>,
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
        /// How long caller and agent have talked, in seconds.
        #[serde(default)]
        talked: u32,
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
    /// To [`Effect::ChangeRequest`].
    ChangeRequest(ChangeAnswer),
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
            Effect::ChangeRequest { .. } => Answer::ChangeRequest(ChangeAnswer::Unavailable),
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
