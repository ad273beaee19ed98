//! What can happen to a call.

use super::effect::Answer;
use crate::words::phone::Class;
use crate::words::{Lang, Phone, Secret};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that happened. A closed set: whatever a provider sends becomes one of these.
pub enum Event {
    /// The call came in.
    Began(Began),
    /// The call came in on a line that is closed at this moment: what it hears, in the languages whoever
    /// calls may know.
    Closed(Vec<(Lang, String)>),
    /// Keys were pressed. Unprintable always: whether they were a secret only the call knows.
    Digits(Secret),
    /// The wait ended without a key, or the provider came back as a document told it to. An event of
    /// its own, never empty digits.
    Silence,
    /// The provider came back because an apology asked it to: whatever was pressed is lost, and the
    /// caller is not to be blamed for silence.
    Again,
    /// The transfer is over.
    Dialled {
        /// How.
        end: DialEnd,
        /// How long caller and agent have talked, in seconds.
        talked: u32,
    },
    /// A message was taken down.
    Recorded(Recording),
    /// The effect that was asked for is answered.
    Answered(Answer),
    /// The effect that was asked for takes longer than a caller should hear nothing.
    Slow,
    /// The call moved on at the provider.
    Status(CallStatus),
}

/// How a call begins.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Began {
    /// The number that was dialled, as the provider wrote it.
    pub dialled: String,
    /// The caller's number; none when withheld or not a telephone number.
    pub from: Option<Phone>,
    /// A trial call: its requests are never dialled.
    pub test: bool,
    /// A language to begin in instead of the line's default.
    pub lang: Option<Lang>,
}

impl Began {
    /// The number for which something of this call is remembered. A trial may claim any number, and what its
    /// real caller hears must not come of it; a number of fiction is no real caller's.
    pub fn remembered_for(&self) -> Option<&Phone> {
        self.from.as_ref().filter(|number| !self.test || number.class() == Class::Fiction)
    }
}

/// How a transfer ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DialEnd {
    /// Caller and agent have talked.
    Answered,
    /// The desk was engaged.
    Busy,
    /// Nobody took the call.
    NoAnswer,
    /// The desk could not be rung.
    Failed,
}

/// A message as the provider keeps it, until it is fetched.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Recording {
    /// The provider's name of it.
    pub id: String,
    /// Where it can be fetched; none where the provider's interface is asked by the id.
    pub url: Option<String>,
    /// How long it is, in seconds.
    pub seconds: u32,
}

/// Where a call is at its provider. Only ever moves forward.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallStatus {
    /// Not answered yet.
    Ringing,
    /// Being talked on.
    InProgress,
    /// Over: hung up by either side.
    Completed,
    /// Over: it never came about.
    Failed,
}

impl CallStatus {
    /// Whether nothing can follow.
    pub fn is_final(self) -> bool {
        self >= CallStatus::Completed
    }
}

/// An event as it is kept with its turn: of digits typed as a secret only how many.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kept {
    /// See [`Event::Began`].
    Began(Began),
    /// See [`Event::Closed`]: how it began, and what was said.
    Closed(Began, Vec<(Lang, String)>),
    /// Keys that were no secret.
    Digits(String),
    /// How many keys of a secret.
    Secret(usize),
    /// See [`Event::Silence`].
    Silence,
    /// See [`Event::Again`].
    Again,
    /// See [`Event::Status`].
    Status(CallStatus),
    /// See [`Event::Dialled`].
    Dialled(DialEnd, u32),
    /// See [`Event::Recorded`].
    Recorded(Recording),
}

/// The moment a step is taken at, handed in.
pub type Now = Timestamp;
