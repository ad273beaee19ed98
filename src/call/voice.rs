//! What a caller hears in one turn, whatever the provider: the one document model.

pub use crate::flow::model::Desk;
use crate::words::Lang;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One turn's document before a provider says it in its own tongue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Voice {
    /// The language of the turn: what the caller hears when something fails later, too.
    pub lang: Lang,
    /// What is said, in order. With a gather it is said inside it, so that keys are heard.
    pub says: Vec<Spoken>,
    /// Slower speech for callers who asked for more time.
    pub slow: bool,
    /// How the turn ends.
    pub next: Next,
}

/// One thing said.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Spoken {
    /// The language it is said in: the language menu says each option in its own.
    #[serde(rename = "l")]
    pub lang: Lang,
    /// How it is said.
    #[serde(rename = "p", default, skip_serializing_if = "Pace::is_normal")]
    pub pace: Pace,
    /// Exactly the words a caller hears, values spelled; never markup.
    #[serde(rename = "w")]
    pub words: String,
    /// A recording of just these words, heard instead: the name of a file.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub audio: Option<Arc<str>>,
}

/// How a piece is said. A provider adds pauses and pace, never words.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Pace {
    /// A sentence.
    #[default]
    #[serde(rename = "s")]
    Normal,
    /// Spelled out, groups separated by a comma: said slowly with a pause at each comma.
    #[serde(rename = "d")]
    Spelled,
    /// An option of a menu: a short pause follows, so that the ear finds the border.
    #[serde(rename = "o")]
    Option,
}

impl Pace {
    fn is_normal(&self) -> bool {
        *self == Pace::Normal
    }
}

/// How a turn ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Next {
    /// Waits for keys.
    Gather(Gather),
    /// Comes back at once: an answer from outside is still awaited.
    Continue,
    /// Comes back after so many seconds of quiet.
    Later(u8),
    /// Rings a desk and puts the caller through.
    Transfer(Transfer),
    /// Takes a message down after a beep.
    Record(Record),
    /// Ends the call.
    HangUp,
}

/// A desk to be rung.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transfer {
    /// Where.
    pub to: Desk,
    /// The number shown to the desk: the line's.
    pub caller_id: String,
    /// How long it rings, in seconds.
    pub ring: u8,
}

/// A message to be taken down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Record {
    /// The longest message, in seconds.
    pub limit: u16,
    /// Ends it after this many seconds of silence.
    pub silence: u8,
}

/// What keys are waited for. Every provider writes all of it out, because their defaults differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Gather {
    /// Ends after this many keys; none: only the terminator or silence ends it.
    pub most: Option<u8>,
    /// `#` ends it and is not part of the answer. Without it `#` is a key like any other.
    pub hash_ends: bool,
    /// Seconds until the first key.
    pub first: u8,
    /// Seconds between keys.
    pub between: u8,
    /// Keys cut the words short.
    pub barge_in: bool,
    /// A secret is typed: the provider is told not to keep it where it can be told.
    pub secret: bool,
}
