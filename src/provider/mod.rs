//! Floor 3: providers translate on both sides of `step`: webhook to event, voice to document. One
//! file per dialect. Knows nothing of the store, of flows' insides or of how an answer is found.
//!
//! `Webhook` → [`Provider::verify`] → [`Verified`] → [`Provider::parse`] → [`Heard`]: what was not
//! verified cannot be parsed, because only `verify` makes a `Verified`.

mod form;
mod leg;
mod order;
mod phone;
mod place;
mod twilio;

pub use leg::{LegKey, LegPlace, Stage};
pub use order::{Order, OrderError};
pub use phone::PhoneKey;
pub use place::{Place, PlaceKey};
pub use twilio::{Api, ApiError, ApiSettings};

use crate::call::event::{Began, CallStatus, DialEnd, Recording};
use crate::call::voice::Voice;
use crate::words::{Phone, Secret};
use std::fmt;

/// A telephony side we can speak with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Provider {
    /// Twilio: TwiML.
    Twilio,
    /// Our own phones, in the browser and the terminal: JSON.
    Phone,
}

/// A request as it came in, before anything about it is believed.
pub struct Webhook<'a> {
    /// `GET` or `POST`.
    pub method: &'a str,
    /// The configured public address, scheme to path prefix, no slash at the end; never guessed from headers.
    pub public_url: &'a str,
    /// Path and query exactly as they were asked for.
    pub target: &'a str,
    /// A header's value by lower-case name.
    pub header: &'a dyn Fn(&str) -> Option<&'a str>,
    /// The raw body.
    pub body: &'a [u8],
}

/// A request whose sender is proved. Holds what was read of it on the way, unprintable, so that
/// nothing is read twice.
pub struct Verified(Proved);

/// What each dialect keeps of a proved request.
enum Proved {
    /// Of a provider that sends forms.
    Form(form::Fields),
    /// Of our own phones.
    Phone(phone::Request),
}

/// What a provider said.
pub struct Heard {
    /// The provider's own id of the call.
    pub provider_call: String,
    /// What happened.
    pub said: Said,
}

/// What a provider's callback tells, before it is known which turn it belongs to.
pub enum Said {
    /// A new call, or the same inbound webhook again.
    Inbound(Began),
    /// Keys after a gather.
    Digits(Secret),
    /// A gather without keys, or a redirect.
    Nothing,
    /// A status callback.
    Status(CallStatus),
    /// A transfer is over.
    Dialled {
        /// How it ended.
        end: DialEnd,
        /// How long caller and agent have talked, in seconds.
        talked: u32,
    },
    /// A message was taken down.
    Recorded(Recording),
}

/// Why a request is refused. Never says what was in it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Refused {
    /// No signature, or not ours: 403.
    #[error(
        "the signature is missing or does not fit; is the public address the one the provider calls, and the secret the right one?"
    )]
    Signature,
    /// The address is none that we gave out, or belongs to another call: 403.
    #[error("this address is none that we gave out for this call")]
    Address,
    /// The body is not what this provider sends: 400.
    #[error("the request is not of the form this provider sends: {0}")]
    Malformed(&'static str),
}

/// What a dialect needs to say a document.
pub struct Rendering<'a> {
    /// The address the provider calls with what comes next, absolute.
    pub next: &'a str,
    /// The voice names configured for the line, else the dialect's own.
    pub voices: &'a Voices,
    /// The address recordings are below, absolute, no slash at the end.
    pub audio: &'a str,
    /// What our own phones show beside the words; other dialects have no use for it.
    pub beside: Option<&'a Beside<'a>>,
    /// The address that is told when whoever a transfer rings answers, absolute; none: nobody is told.
    pub told: Option<&'a str>,
}

/// What our own phones show beside the words.
pub struct Beside<'a> {
    /// Our id of the call.
    pub call: &'a str,
    /// The number of the document.
    pub turn: u32,
    /// The step the call waits in.
    pub step: &'a str,
    /// How far the caller is verified.
    pub level: crate::words::Level,
    /// The line.
    pub flow: &'a str,
    /// The same turn as another provider would get it.
    pub elsewhere: &'a str,
}

/// Voice names by language, as configured: `lang as usize` indexes it.
#[derive(Clone, Debug, Default)]
pub struct Voices(pub [Option<String>; 4]);

/// A document ready to be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    /// Its media type.
    pub content_type: &'static str,
    /// Its text.
    pub text: String,
}

impl Provider {
    /// Every provider.
    pub const ALL: [Provider; 2] = [Provider::Twilio, Provider::Phone];

    /// Its name in addresses, settings, logs and rows.
    pub fn name(self) -> &'static str {
        match self {
            Provider::Twilio => "twilio",
            Provider::Phone => "phone",
        }
    }

    /// The provider of a name.
    pub fn named(name: &str) -> Option<Provider> {
        Provider::ALL.into_iter().find(|p| p.name() == name)
    }

    /// Proves who sent it, in constant time, with any of several secrets so that they can be rotated.
    pub fn verify(self, webhook: &Webhook, secrets: &[Secret]) -> Result<Verified, Refused> {
        match self {
            Provider::Twilio => twilio::verify(webhook, secrets),
            Provider::Phone => phone::verify(webhook, secrets),
        }
    }

    /// What it tells, by the door it came to. A field that is not of this provider's form is
    /// [`Refused::Malformed`]; fields nobody asks for are passed over.
    pub fn parse(self, verified: Verified, at: Door) -> Result<Heard, Refused> {
        match self {
            Provider::Twilio => twilio::parse(verified, at),
            Provider::Phone => phone::parse(verified, at),
        }
    }

    /// A document that was kept: the same bytes again.
    pub fn stored(self, text: String) -> Document {
        let content_type = match self {
            Provider::Twilio => twilio::CONTENT_TYPE,
            Provider::Phone => phone::CONTENT_TYPE,
        };
        Document { content_type, text }
    }

    /// A document with a text message beside it, which only our own phones can show.
    pub fn with_text(self, document: Document, to: &Phone, words: &str) -> Document {
        match self {
            Provider::Phone => phone::with_text(document, to, words),
            _ => document,
        }
    }

    /// The voice as this provider's document.
    pub fn render(self, voice: &Voice, with: &Rendering) -> Document {
        match self {
            Provider::Twilio => twilio::render(voice, with),
            Provider::Phone => phone::render(voice, with),
        }
    }
}

/// Which of our addresses a request came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Door {
    /// Where new calls come in.
    Inbound,
    /// An address one of our documents gave out.
    Turn,
    /// An address of the leg to an agent's phone.
    Leg,
    /// Where a provider tells how calls move.
    Status,
}

/// Longest text taken over from a provider as it stands: a SIP address at most.
const LONGEST: usize = 256;

/// Text that may be kept and logged: not empty, not overlong, nothing invisible in it.
fn plain(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST && !text.contains(char::is_control)
}

/// What both dialects say of a request proved for the other one.
const ELSEWHERE: Refused = Refused::Malformed("it was proved for another provider");

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
