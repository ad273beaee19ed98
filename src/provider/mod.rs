//! Floor 3: providers translate on both sides of `step`: webhook to event, voice to document. One
//! file or folder per dialect. Knows nothing of the store, of flows' insides or of how an answer is found.
//!
//! `Webhook` → [`Provider::verify`] → [`Verified`] → [`Provider::parse`] → [`Heard`]: what was not
//! verified cannot be parsed, because only `verify` makes a `Verified`.

mod api;
mod ask;
mod bandwidth;
mod basic;
mod console;
mod dialect;
mod form;
mod freeswitch;
mod jambonz;
mod json;
mod leg;
mod order;
mod parties;
mod phone;
mod place;
mod plivo;
mod probe;
mod recent;
mod sign;
mod sound;
mod speech;
mod twiml;
mod voicexml;
mod vonage;
mod xml;

use api::Interface;
pub use api::{Api, ApiError, ApiSettings, Apis};
pub use console::{CONSOLES, Console};
pub use leg::{LegKey, LegPlace, Stage};
pub use order::{Order, OrderError};
pub use phone::PhoneKey;
pub use place::{Place, PlaceKey};
pub use probe::{Probe, ProbeKey, Seen};
pub use sign::is_public_key;
pub use sound::Sound;
pub use vonage::is_private_key;

use crate::call::event::{Began, CallStatus, DialEnd, Recording};
use crate::words::{Lang, Secret};

/// A telephony side we can speak with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Provider {
    /// Twilio: TwiML.
    Twilio,
    /// Somleng: TwiML, on one's own machines.
    Somleng,
    /// SignalWire: cXML.
    SignalWire,
    /// Telnyx: TeXML.
    Telnyx,
    /// Plivo: Plivo XML.
    Plivo,
    /// Bandwidth: BXML.
    Bandwidth,
    /// FreeSWITCH, by mod_httapi.
    FreeSwitch,
    /// Any voice browser: VoiceXML.
    VoiceXml,
    /// Vonage: NCCO.
    Vonage,
    /// jambonz: JSON verbs.
    Jambonz,
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

/// What requests are proved with.
pub struct Keys<'a> {
    /// The secrets, several while one is being replaced; none: nobody is believed.
    pub secrets: &'a [Secret],
    /// The moment, in seconds since 1970: what is signed with its time is believed for a while only.
    pub now: i64,
    /// What is borne knowingly.
    pub risks: Risks,
}

/// Risks that a deployment takes in so many words. None by default.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Risks {
    /// Whoever reaches us is believed. Only where nobody else does: on the loopback interface.
    pub anybody_here: bool,
    /// A query that no signature covers is believed (Vonage, answer by GET).
    pub unsigned_query: bool,
    /// A signature that covers the address and no field is believed (Plivo V2).
    pub unsigned_fields: bool,
}

/// What a provider can do, and so what a flow can do there.
pub struct Abilities {
    /// Languages it has voices for; in any other it says recordings alone.
    pub speaks: &'static [Lang],
    /// Puts calls through, to a number or a SIP address.
    pub transfer: bool,
    /// Takes messages down.
    pub record: bool,
    /// Keys pressed before a document is heard to its end count for the next one as well.
    pub type_ahead: bool,
    /// Tells `#` pressed before any other key from silence, where `#` ends what is typed.
    pub lone_hash: bool,
    /// Sends text messages, through its interface.
    pub sms: bool,
}

/// A request whose sender is proved. Holds what was read of it on the way, unprintable, so that
/// nothing is read twice.
pub struct Verified(Proved);

/// What each dialect keeps of a proved request.
enum Proved {
    /// Of a provider that sends a form, a query or JSON.
    Fields(form::Fields),
    /// Of Vonage.
    Vonage(vonage::Request),
    /// Of our own phones.
    Phone(phone::Request),
    /// Of a provider that uploads what it took down: its form, and what is known of the sound.
    Upload(form::Fields, Sound),
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
    /// A message was taken down until its caller hung up, of which nothing else tells.
    LastWords(Recording),
}

/// Why a request is refused. Never says what was in it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Refused {
    /// User and password are missing, or not ours: 401, asking for them.
    #[error("user and password are missing or not the right ones")]
    Credentials,
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
#[derive(Clone, PartialEq, Eq, Debug, Default)]
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
    /// What is answered where nobody hears anything any more; none: nothing, which is answer enough.
    pub fn quiet(self) -> Option<Document> {
        match self {
            // Whatever is not 200 and a document is an error to it.
            Provider::FreeSwitch => Some(freeswitch::quiet()),
            Provider::VoiceXml => Some(voicexml::quiet()),
            // Another status than 200 has it tell the same at its address for failures.
            Provider::Telnyx => Some(self.stored("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>".to_owned())),
            _ => None,
        }
    }

    /// A document as it goes out, to whoever asked for `target`.
    pub fn sent(self, document: Document, target: &str) -> Document {
        match self {
            Provider::VoiceXml => voicexml::sent(document, target),
            _ => document,
        }
    }

    /// What goes along in the query of a call's addresses, question mark included, where a provider's own
    /// requests do not name the call.
    pub fn carried(self, provider_call: &str) -> String {
        match self {
            Provider::VoiceXml => voicexml::carried(provider_call),
            _ => String::new(),
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

/// What a dialect says of a request proved for another one.
const ELSEWHERE: Refused = Refused::Malformed("it was proved for another provider");
