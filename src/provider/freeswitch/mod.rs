//! FreeSWITCH's dialect (mod_httapi): a form or a query in, one `xml/freeswitch-httapi` document out. Knows
//! nothing of calls beyond what one request tells.
//!
//! A self-hosted switch is set up by its owner. What these documents need there:
//! - the dialplan answers first (`<answer>` of this dialect would leave it), then
//!   `httapi` with `{url=https://HOST/voice/freeswitch,method=post,httapi_profile=PROFILE}`;
//! - the profile has `gateway-credentials` (user and password, sent as Basic) and a `timeout`; its
//!   `permissions` are `set-params`, and for transfers `set-vars`, `get-vars`, `dial` with `full-originate`
//!   and `set-cid-number`; a message is uploaded within the `timeout`, which is long enough for it; numbers are rung through `sofia/gateway/${default_gateway}`;
//! - words are spoken by an engine it has. A line's voice is written `ENGINE:VOICE`; without an engine it
//!   is `tts_commandline`, whose command gets the voice, and without a voice that is the language's tag.

mod render;

use super::dialect::Dialect;
use super::form::Fields;
use super::{
    Abilities, Document, Door, ELSEWHERE, Heard, Keys, Proved, Refused, Said, Sound, Verified, Webhook, basic, parties,
};
use crate::call::event::{Began, CallStatus, DialEnd};
use crate::words::{Lang, Secret};

/// The media type of a document; nothing else is taken.
const CONTENT_TYPE: &str = "text/xml";

/// The parameter that holds keys.
const KEYS: &str = "hotline_keys";
/// The variable that tells how ringing ended, and its parameter.
const RUNG: &str = "originate_disposition";
/// The part a message is uploaded in.
const MESSAGE: &str = "hotline_message";
/// The parameter that holds how many seconds of silence end a message.
const SILENCE: &str = "hotline_silence";

/// FreeSWITCH.
pub const DIALECT: Dialect = Dialect {
    name: "freeswitch",
    content_type: CONTENT_TYPE,
    verify,
    parse,
    render: render::render,
    // Keys pressed between two documents wait in the channel and count for the next one.
    can: Abilities { speaks: &Lang::ALL, transfer: true, record: true, type_ahead: true, lone_hash: true, sms: false },
    secret: "credentials",
    uploads: Some(MESSAGE),
    interface: None,
};

/// The cookie is empty or the session's id again: nothing is read of it. A profile's `method` is sent as
/// it is written there, often in lower case.
fn verify(webhook: &Webhook, keys: &Keys) -> Result<Verified, Refused> {
    basic::prove(webhook, keys)?;
    let fields = Fields::of_webhook(webhook)?;
    Ok(Verified(Proved::Fields(fields)))
}

fn parse(verified: Verified, at: Door) -> Result<Heard, Refused> {
    let (fields, sound) = match verified {
        Verified(Proved::Fields(fields)) => (fields, None),
        Verified(Proved::Upload(fields, sound)) => (fields, Some(sound)),
        _ => return Err(ELSEWHERE),
    };
    // By GET parameters of ours that a query had before stand in front of those of the same name.
    let id = fields.only("session_id")?.or(fields.only("Caller-Unique-ID")?);
    let provider_call = parties::call_id(id)?;
    // Told wherever the call was when it ended, and the last that is heard of it.
    let over = fields.get("exiting") == Some("true");
    let message = sound.filter(|sound| is_spoken(*sound, &fields)).map(Sound::recording);
    let said = match at {
        Door::Turn if let Some(message) = message => match over {
            true => Said::LastWords(message),
            false => Said::Recorded(message),
        },
        Door::Turn if sound.is_some() && !over => Said::Nothing,
        _ if over => Said::Status(CallStatus::Completed),
        Door::Inbound => Said::Inbound(began(&fields)?),
        Door::Turn | Door::Leg => turn(&fields)?,
        Door::Status => return Err(Refused::Malformed("`exiting` is missing")),
    };
    Ok(Heard { provider_call, said })
}

fn began(fields: &Fields) -> Result<Began, Refused> {
    let dialled = parties::dialled(fields.get("Caller-Destination-Number"))?;
    let withheld = fields.get("Caller-Privacy-Hide-Number") == Some("true");
    let from = fields.get("Caller-Caller-ID-Number").filter(|_| !withheld);
    Ok(Began { dialled, from: parties::caller(from), test: false, lang: None })
}

fn turn(fields: &Fields) -> Result<Said, Refused> {
    if let Some(how) = fields.only(RUNG)? {
        return Ok(Said::Dialled { end: dial_end(how), talked: 0 });
    }
    let keys = fields.only(KEYS)?.unwrap_or_default();
    match (keys, fields.get("input_type")) {
        (_, Some("invalid")) | ("", None) => Ok(Said::Nothing),
        // The terminator is cut off: it was the only key.
        ("", Some(_)) => Ok(Said::Digits(Secret::new("#"))),
        (keys, _) if parties::are_keys(keys) => Ok(Said::Digits(Secret::new(keys))),
        _ => Err(Refused::Malformed("what was pressed are no keys")),
    }
}

/// How far a recording of silence alone may be from the silence that ended it, in ms.
const NEAR: u64 = 100;

/// Whether a recording is of somebody who spoke: also where nobody does there is one, of the silence that
/// ended it. A shorter one was ended by a key or by hanging up.
fn is_spoken(sound: Sound, fields: &Fields) -> bool {
    let silence = fields.get(SILENCE).and_then(|told| told.parse::<u64>().ok()).unwrap_or_default();
    sound.is_heard() && silence.saturating_mul(1000).abs_diff(sound.millis) > NEAR
}

fn dial_end(how: &str) -> DialEnd {
    match how {
        "SUCCESS" => DialEnd::Answered,
        "USER_BUSY" | "CALL_REJECTED" => DialEnd::Busy,
        "NO_ANSWER" | "NO_USER_RESPONSE" | "ALLOTTED_TIMEOUT" | "ORIGINATOR_CANCEL" => DialEnd::NoAnswer,
        _ => DialEnd::Failed,
    }
}

/// What a call that is over is answered with. A document without work would be one that went wrong.
pub fn quiet() -> Document {
    let text = r#"<document type="xml/freeswitch-httapi"><work><break/></work></document>"#;
    Document { content_type: CONTENT_TYPE, text: text.to_owned() }
}
