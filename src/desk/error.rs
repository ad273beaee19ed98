//! Why the desk did not do what it was asked. Each says what is the case now, so that whoever asked
//! can go on.

use crate::call::effect::RequestState;
use crate::store::StoreError;
use crate::words::phone::NotCallable;
use jiff::Timestamp;

/// Why the desk did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// There is none.
    #[error("there is no such request")]
    Missing,
    /// There is no such recording, or its sound is not here.
    #[error("there is no such recording here")]
    NoRecording,
    /// Somebody else has it.
    #[error("{holder} has this request; ask them, or take another one")]
    HeldBy {
        /// Their name.
        holder: String,
        /// Until when, unless they go on.
        until: Timestamp,
    },
    /// Nobody has it: the lease has ended.
    #[error("nobody has this request; take it first")]
    NotHeld,
    /// It is finished.
    #[error("this request is {} already", .state.word())]
    Over {
        /// How.
        state: RequestState,
        /// By whom, as the history says.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// The outcome of this attempt was said before; it stands.
    #[error("attempt {nth} was `{outcome}` already; that stands")]
    AlreadySaid {
        /// Which attempt.
        nth: u32,
        /// What stands.
        outcome: String,
    },
    /// There is no such attempt; the next one has this number.
    #[error("there is no such attempt; the next one is {next}")]
    NoAttempt {
        /// The next one's number.
        next: u32,
    },
    /// The customer was not rung in this attempt, or not yet.
    #[error("the customer was not rung in attempt {nth}, so there is nothing to say of it; call (again) first")]
    NotRung {
        /// Which.
        nth: u32,
    },
    /// An attempt is going on; it has to be over first.
    #[error("attempt {nth} is going on; say how it ended first")]
    Running {
        /// Which.
        nth: u32,
    },
    /// The call is not hung up from here.
    #[error("the call cannot be hung up from here: {0}; hang up your phone")]
    NotHungUp(String),
    /// There is no number to ring.
    #[error("there is no number to ring")]
    NoNumber,
    /// The number may not be rung.
    #[error(transparent)]
    NotCallable(#[from] NotCallable),
    /// It is not the time to ring this person.
    #[error("this customer may not be rung at this time")]
    NotNow {
        /// When next.
        next: Option<Timestamp>,
    },
    /// It is from a trial call: nobody is dialled.
    #[error("this request is from a trial call, which nobody is dialled for; choose the way `trial`")]
    Trial,
    /// It is from no trial call.
    #[error("this request is from a customer; choose the way `bridge` or `hand`")]
    NoTrial,
    /// Nothing is set to dial with.
    #[error("nothing is set to dial with; dial by hand, or set account and api_key of the provider")]
    Off,
    /// The agent has no phone to ring.
    #[error("you have no phone number set, so no phone can ring; set it on your page, or dial by hand")]
    NoPhone,
    /// No number of the line is known to be shown.
    #[error("no number of the line is known that could be shown; configure the line, or dial by hand")]
    NoLine,
    /// The line is out of service.
    #[error("the line `{0}` is out of service, so nobody knows whom it may ring and when; put its flow back")]
    NoSuchLine(String),
    /// Too much happened at once to this request.
    #[error("this request is being changed by others at this moment; try again")]
    Contended,
    /// There is nobody of that name who could take it.
    #[error("there is nobody called `{0}` who takes requests")]
    NoPerson(String),
    /// Too many requests for this customer.
    #[error("there are too many requests for this customer already")]
    TooMany,
    /// A field is wrong.
    #[error("`{field}` {why}")]
    Field {
        /// Its name.
        field: &'static str,
        /// What is wrong, and the mend.
        why: String,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
