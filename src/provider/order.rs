//! A call that a provider is asked to make, whatever its interface looks like.

use crate::call::voice::Desk;

/// A call to be made.
pub struct Order<'a> {
    /// Whose phone rings.
    pub to: &'a Desk,
    /// The number shown, E.164: one of our lines'.
    pub from: &'a str,
    /// Where the provider asks what to say once it is answered, absolute.
    pub answer_url: &'a str,
    /// Where the provider tells that it is over, also when nobody answered, absolute.
    pub status_url: &'a str,
    /// How long it rings, in seconds.
    pub ring: u8,
    /// By which the provider knows a repeated order again, where it can.
    pub token: &'a str,
}

/// Why a call was not made, or that nobody knows. The words are for agents; none says a number, and
/// none a key. What stands before the colon is always the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// Whoever was to be rung cannot be.
    #[error("agent-number: the provider does not ring your phone's number; look at it on your page")]
    To,
    /// The line's number may not be shown.
    #[error("line-number: the provider does not know the line's number as ours; tell an admin")]
    From,
    /// The keys are wrong.
    #[error("provider-keys: the provider does not know us; tell an admin")]
    Keys,
    /// It is asked for too much at this moment.
    #[error("provider-busy: the provider takes no more calls at this moment; try again in a minute")]
    TooMany,
    /// Another reason.
    #[error("refused: {0}")]
    Refused(String),
    /// No connection came about: nothing was made.
    #[error("provider-away: the provider cannot be reached; try again, or dial by hand")]
    Away,
    /// It was asked and did not answer, or not in a way that tells: your phone may ring all the same.
    #[error("unknown: the provider did not say whether it rings you")]
    Unknown,
}
