//! The family that speaks TwiML: forms in, `<Response>` out. One renderer, one reader of callbacks and
//! one shape of REST for Twilio and for those who follow it; what a member says in its own way, or
//! cannot say, stands in the member's own file. Knows nothing of calls beyond what one callback tells.

mod callback;
mod render;
mod rest;
mod say;
pub mod signalwire;
mod signature;
pub mod somleng;
pub mod telnyx;
pub mod twilio;

use crate::words::Lang;
use std::ops::RangeInclusive;

/// The media type of a document.
const CONTENT_TYPE: &str = "text/xml";

/// What of a document is a member's own.
struct Tongue {
    /// Most characters an element may hold, markup included.
    longest: usize,
    /// Names of voice and language; a member may know the language by the voice.
    spoken_by: fn(Lang) -> (&'static str, Option<&'static str>),
    /// Words may be marked up for pace and pauses; else punctuation is all there is.
    ssml: bool,
    /// A `<Gather>` can be told whether keys cut its words short.
    barge_in: bool,
    /// There is a `<Pause>`.
    pause: bool,
    /// A `<Number>` can be told where to tell that it answers.
    tells: bool,
    /// Longest wait for a key, in seconds.
    longest_wait: u8,
    /// How long a desk may ring, in seconds.
    ring: RangeInclusive<u8>,
    /// What `<Gather>`, `<Dial>` and `<Record>` have beside what all have.
    gather: &'static [(&'static str, &'static str)],
    dial: &'static [(&'static str, &'static str)],
    record: &'static [(&'static str, &'static str)],
}
