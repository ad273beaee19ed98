//! The dialect of our own phones, in the browser and the terminal: JSON both ways, and a token that
//! the server gave to the phone. Knows nothing of pages or terminals.
//!
//! A phone sends, each with the id it chose for the call:
//! - a call: `{"call": "…", "dialled": "…", "from": "+85291234567", "lang": "zh-HK"}`, the last two or null;
//! - a turn: `{"call": "…", "digits": "1"}`, `{"call": "…", "silence": true}`, or only the call after `continue`,
//!   which is sent `after` so many seconds where the document says so;
//! - the end of a transfer: `{"call": "…", "dialled_end": "answered"}`, `busy`, `no-answer` or `failed`;
//! - a message: `{"call": "…", "recorded": 7}`, in seconds;
//! - a change: `{"call": "…", "status": "completed"}`, also in place of a turn.

use super::dialect::Dialect;
use super::{
    Abilities, Document, Door, ELSEWHERE, Heard, Keys, Proved, Refused, Rendering, Said, Verified, Webhook, plain,
};
use crate::call::event::{Began, CallStatus, DialEnd, Recording};
use crate::call::voice::{Desk, Next, Pace, Spoken, Voice};
use crate::words::mac::keyed;
use crate::words::{Lang, Phone, Secret};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use sha2::Sha256;

/// The media type of a document.
const CONTENT_TYPE: &str = "application/json";

/// Our own phones.
pub const DIALECT: Dialect = Dialect {
    name: "phone",
    content_type: CONTENT_TYPE,
    verify,
    parse,
    render,
    can: Abilities { speaks: &Lang::ALL, transfer: true, record: true, type_ahead: false, lone_hash: true, sms: false },
    secret: "",
    uploads: None,
    interface: None,
};

/// What a phone sends, at whichever door. A phone says `silence` for its own record; it means the
/// same as neither digits nor status.
#[derive(Deserialize)]
pub struct Request {
    call: String,
    dialled: Option<String>,
    from: Option<String>,
    lang: Option<String>,
    #[serde(default, deserialize_with = "secret")]
    digits: Option<Secret>,
    status: Option<CallStatus>,
    dialled_end: Option<DialEnd>,
    recorded: Option<u32>,
}

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// The key our own phones' tokens are made under: derived from the pepper, so that a phone one server
/// gave out may call any other.
#[derive(Clone)]
pub struct PhoneKey(Hmac<Sha256>);

impl PhoneKey {
    /// A key of its own for phones, from the deployment's pepper.
    pub fn derive(pepper: &Secret) -> PhoneKey {
        let key = keyed::<Sha256>(pepper.reveal().as_bytes()).chain_update(b"hotline phones 1").finalize();
        PhoneKey(keyed(&key.into_bytes()))
    }

    /// What a phone given out at this moment, in ms, shows.
    pub fn token(&self, at: i64) -> Secret {
        self.of_day(at.div_euclid(DAY))
    }

    /// What counts at this moment, in ms: the token of that day and of the one before. A day begins five
    /// minutes early here, because clocks differ.
    pub fn counting(&self, at: i64) -> Vec<Secret> {
        let day = (at + 5 * MINUTE).div_euclid(DAY);
        vec![self.of_day(day), self.of_day(day - 1)]
    }

    fn of_day(&self, day: i64) -> Secret {
        let mac = self.0.clone().chain_update(day.to_be_bytes()).finalize().into_bytes();
        Secret::new(mac.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    }
}

/// The token comes as `authorization: Bearer TOKEN`.
fn verify(webhook: &Webhook, keys: &Keys) -> Result<Verified, Refused> {
    let header = (webhook.header)("authorization").ok_or(Refused::Signature)?;
    let (scheme, token) = header.split_once(' ').ok_or(Refused::Signature)?;
    let ours = |secret: &Secret| !secret.reveal().is_empty() && secret.same(token.trim().as_bytes());
    if !scheme.eq_ignore_ascii_case("Bearer") || !keys.secrets.iter().any(ours) {
        return Err(Refused::Signature);
    }
    let request = serde_json::from_slice(webhook.body);
    let request = request.map_err(|_| Refused::Malformed("the body is not the JSON a phone sends"))?;
    Ok(Verified(Proved::Phone(request)))
}

fn parse(verified: Verified, at: Door) -> Result<Heard, Refused> {
    let Verified(Proved::Phone(request)) = verified else { return Err(ELSEWHERE) };
    let fine = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    let id = &request.call;
    if id.is_empty() || id.len() > 64 || !id.bytes().all(fine) {
        return Err(Refused::Malformed("`call` is no id; use 1 to 64 letters, digits and hyphens"));
    }
    let provider_call = id.clone();
    let said = match (at, request.status) {
        (Door::Inbound, _) => Said::Inbound(began(&request)?),
        (Door::Turn | Door::Leg | Door::Status, Some(status)) => Said::Status(status),
        (Door::Turn | Door::Leg, None) => match (request.dialled_end, request.recorded) {
            (Some(end), _) => Said::Dialled { end, talked: 0 },
            // Nothing was said to anybody: there are seconds and no sound.
            (None, Some(seconds)) => Said::Recorded(Recording { id: String::new(), url: None, seconds }),
            (None, None) => turn(request.digits)?,
        },
        (Door::Status, None) => return Err(Refused::Malformed("`status` is missing")),
    };
    Ok(Heard { provider_call, said })
}

fn render(voice: &Voice, with: &Rendering) -> Document {
    let next = match &voice.next {
        Next::Gather(gather) => json!({ "gather": {
            "most": gather.most,
            "hash_ends": gather.hash_ends,
            "first": gather.first,
            "between": gather.between,
            "barge_in": gather.barge_in,
            "secret": gather.secret,
            "action": with.next,
        } }),
        Next::Transfer(transfer) => json!({ "transfer": {
            "to": match &transfer.to {
                Desk::Number(phone) => phone.as_str(),
                Desk::Sip(address) => address,
            },
            "ring": transfer.ring,
            "action": with.next,
        } }),
        Next::Record(record) => json!({ "record": { "limit": record.limit, "action": with.next } }),
        Next::Continue => json!({ "continue": with.next }),
        Next::Later(seconds) => json!({ "continue": with.next, "after": seconds }),
        Next::HangUp => json!("hangup"),
    };
    let says: Vec<Value> = voice.says.iter().map(|spoken| said(spoken, with.audio)).collect();
    let mut document = json!({ "lang": voice.lang.tag(), "slow": voice.slow, "says": says, "next": next });
    if let Some(beside) = with.beside {
        document["call"] = beside.call.into();
        document["turn"] = beside.turn.into();
        document["flow"] = beside.flow.into();
        document["step"] = beside.step.into();
        document["level"] = u8::from(beside.level).into();
        document["twiml"] = beside.elsewhere.into();
    }
    Document { content_type: CONTENT_TYPE, text: document.to_string() }
}

/// See `Provider::with_text`. `texts` are what would lie on the caller's own phone.
pub fn with_text(document: Document, to: &Phone, words: &str) -> Document {
    let Ok(Value::Object(mut fields)) = serde_json::from_str(&document.text) else { return document };
    fields.insert("texts".into(), json!([{ "to": to.as_str(), "words": words }]));
    Document { text: Value::Object(fields).to_string(), ..document }
}

fn said(spoken: &Spoken, audio: &str) -> Value {
    let pace = match spoken.pace {
        Pace::Normal => "normal",
        Pace::Spelled => "spelled",
        Pace::Option => "option",
    };
    let mut said = json!({ "lang": spoken.lang.tag(), "pace": pace, "words": spoken.words });
    if let Some(file) = &spoken.audio {
        said["audio"] = format!("{audio}/{file}").into();
    }
    said
}

/// Calls from our own phones are trial calls, always: whoever holds one can claim any number.
fn began(request: &Request) -> Result<Began, Refused> {
    let dialled = request.dialled.as_ref().filter(|dialled| plain(dialled));
    let dialled = dialled.cloned().ok_or(Refused::Malformed("`dialled` is no number"))?;
    let from = request.from.as_deref().and_then(|from| Phone::parse(from, None));
    let lang = match request.lang.as_deref() {
        Some(tag) => Some(Lang::parse(tag).ok_or(Refused::Malformed("`lang` is no language we speak"))?),
        None => None,
    };
    Ok(Began { dialled, from, test: true, lang })
}

fn turn(digits: Option<Secret>) -> Result<Said, Refused> {
    let Some(digits) = digits.filter(|digits| !digits.reveal().is_empty()) else { return Ok(Said::Nothing) };
    let key = |b: u8| b.is_ascii_digit() || b == b'*' || b == b'#';
    if digits.reveal().len() > 64 || !digits.reveal().bytes().all(key) {
        return Err(Refused::Malformed("`digits` are no keys; use 0 to 9, * and #"));
    }
    Ok(Said::Digits(digits))
}

/// Digits never stand in a plain text of ours.
fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Secret>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(Secret::new))
}
