//! Everything an agent wants to know before calling.

use crate::call::step::Universal;
use crate::store::{Dial, Request};
use crate::words::Level;
use jiff::Timestamp;

/// Everything an agent wants to know before calling.
#[derive(Clone, PartialEq, Debug)]
pub struct Card {
    /// The request, with its history. Its numbers are whole: pages show them masked.
    pub request: Request,
    /// What the customer is called, where the account was verified.
    pub name: Option<String>,
    /// The number to ring, masked.
    pub masked: Option<String>,
    /// The customer's time zone, by its IANA name; the line's where it is not known.
    pub zone: String,
    /// The attempts, the oldest first.
    pub dials: Vec<Dial>,
    /// The customer's calls, the newest first: those the request was asked for in, and others from the
    /// same number.
    pub calls: Vec<CardCall>,
    /// Other open requests of the same customer.
    pub related: Vec<Request>,
    /// Finished ones, the newest first.
    pub earlier: Vec<Request>,
    /// How often somebody guessed wrong at the account lately.
    pub guesses: u64,
}

/// A call of the customer.
#[derive(Clone, PartialEq, Debug)]
pub struct CardCall {
    /// Our id.
    pub id: String,
    /// The line, by its flow's name.
    pub line: String,
    /// When it began.
    pub at: Timestamp,
    /// How it ended; none: it is going on.
    pub ending: Option<String>,
    /// The request was asked for, or asked for again, in it.
    pub asked: bool,
    /// What the caller did, in order.
    pub path: Vec<PathStep>,
    /// Messages left in it.
    pub recordings: Vec<CardRecording>,
}

/// Something a caller did on the way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PathStep {
    /// Chose this in a menu, in its words.
    Chosen(String),
    /// Pressed a key that works everywhere: asked for a person, went back, wanted it slower.
    Pressed(Universal),
    /// Was verified to this level.
    Verified(Level),
    /// Tried to be verified, and was not.
    NotVerified,
}

/// A message the customer left.
#[derive(Clone, PartialEq, Debug)]
pub struct CardRecording {
    /// Our id.
    pub id: String,
    /// How long it is.
    pub seconds: u32,
    /// Its sound is here and can be played.
    pub here: bool,
}
