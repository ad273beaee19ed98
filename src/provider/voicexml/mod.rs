//! VoiceXML 2.1, for any voice browser that keeps to the W3C's standard: a form or a query in, one dialog
//! out. Knows nothing of calls beyond what one request tells.
//!
//! The browser's first request names the call, by these parameters, in the query or the form:
//! - its id: `call`, else `session.sessionid`, `session.callid` or `session.connection.callid`. Ids have
//!   no standard name, so that whoever sets the browser up maps its own to `call`; ids of SIP will do;
//! - who calls: `from`, else `session.connection.remote.uri` or `session.callerid`;
//! - what was dialled: `to`, else `session.connection.local.uri` or `session.calledid`.
//!
//! A browser that sends none of them is given a document of one `<submit>` with these variables as its
//! first one. The id then goes along in the query of every address that documents give out.
//!
//! Who sends it is proved by user and password (Basic), or, where a browser can send none, by the password
//! as `token` in the query of the first address: `https://HOST/voice/voicexml?token=PASSWORD`. It is put
//! into every address of what such a browser is answered, and never kept. Telephony goes on as the
//! browser is set up: nothing shows another number to whom a transfer rings.

mod dialog;
mod grammar;
mod render;

use super::dialect::Dialect;
use super::form::Fields;
use super::{
    Abilities, Document, Door, ELSEWHERE, Heard, Keys, Proved, Refused, Said, Sound, Verified, Webhook, basic, parties,
};
use crate::call::event::{Began, CallStatus, DialEnd};
use crate::words::{Lang, Secret};

/// The media type of a document (RFC 4267).
const CONTENT_TYPE: &str = "application/voicexml+xml";

const CALL: [&str; 4] = ["call", "session.sessionid", "session.callid", "session.connection.callid"];
const FROM: [&str; 3] = ["from", "session.connection.remote.uri", "session.callerid"];
const TO: [&str; 3] = ["to", "session.connection.local.uri", "session.calledid"];

/// The field of keys among which `#` is one like any other.
const KEYS: &str = "keys";
/// The field of keys that `#` ends; it is still there.
const KEYS_AND_HASH: &str = "keys_and_hash";
/// What happened where no field says it: `silence`, `failed` or `gone`.
const HAPPENED: &str = "happened";
/// How a transfer ended, and how long it was, in seconds.
const RUNG: &str = "rung";
const TALKED: &str = "talked";
/// A message, uploaded.
const MESSAGE: &str = "message";

/// VoiceXML.
pub const DIALECT: Dialect = Dialect {
    name: "voicexml",
    content_type: CONTENT_TYPE,
    verify,
    parse,
    render: render::render,
    can: Abilities { speaks: &Lang::ALL, transfer: true, record: true, type_ahead: true, lone_hash: true, sms: false },
    secret: "credentials",
    uploads: Some(MESSAGE),
    interface: None,
};

fn verify(webhook: &Webhook, keys: &Keys) -> Result<Verified, Refused> {
    let query = Fields::of_query(webhook.target)?;
    match query.get("token") {
        Some(token) if !keys.risks.anybody_here => prove(token, keys)?,
        _ => basic::prove(webhook, keys)?,
    }
    let fields = match webhook.method {
        "GET" => query,
        _ => query.and(Fields::of_webhook(webhook)?)?,
    };
    Ok(Verified(Proved::Fields(fields)))
}

/// A token is the password of a `user:password`. All are compared, so that the time tells not even which
/// it was.
fn prove(token: &str, keys: &Keys) -> Result<(), Refused> {
    let passwords = keys.secrets.iter().filter_map(|secret| secret.reveal().split_once(':'));
    let passwords = passwords.map(|(_, password)| password).filter(|password| !password.is_empty());
    let fits = passwords.fold(false, |fits, password| fits | Secret::new(password).same(token.as_bytes()));
    if fits { Ok(()) } else { Err(Refused::Credentials) }
}

fn parse(verified: Verified, at: Door) -> Result<Heard, Refused> {
    let (fields, sound) = match verified {
        Verified(Proved::Fields(fields)) => (fields, None),
        Verified(Proved::Upload(fields, sound)) => (fields, Some(sound)),
        _ => return Err(ELSEWHERE),
    };
    // SIP's ids have an `@` in them.
    let id = first(&fields, &CALL)?;
    parties::call_id(id.map(|id| id.replacen('@', ".", 1)).as_deref())?;
    let provider_call = id.unwrap_or_default().to_owned();
    let message = sound.filter(|sound| sound.is_heard()).map(Sound::recording);
    let said = match (fields.only(HAPPENED)?, at) {
        (Some("gone"), Door::Turn) if let Some(message) = message => Said::LastWords(message),
        (_, Door::Turn) if let Some(message) = message => Said::Recorded(message),
        (Some("gone"), _) | (_, Door::Status) => Said::Status(CallStatus::Completed),
        (_, Door::Inbound) => Said::Inbound(began(&fields)?),
        (_, Door::Turn | Door::Leg) => turn(&fields)?,
    };
    Ok(Heard { provider_call, said })
}

fn first<'a>(fields: &'a Fields, names: &[&str]) -> Result<Option<&'a str>, Refused> {
    for name in names {
        // Some send what they do not know as it is written in their own language.
        match fields.only(name)? {
            None | Some("" | "undefined" | "null") => {}
            told => return Ok(told),
        }
    }
    Ok(None)
}

fn began(fields: &Fields) -> Result<Began, Refused> {
    let dialled = parties::dialled(first(fields, &TO)?.map(|to| user(to).unwrap_or_else(|| number(to))))?;
    let from = parties::caller(first(fields, &FROM)?.map(number));
    Ok(Began { dialled, from, test: false, lang: None })
}

/// The number in front of an address, where it can be nothing else: what is dialled need not say that it
/// is a telephone's.
fn user(uri: &str) -> Option<&str> {
    let rest = uri.strip_prefix("sip:").or(uri.strip_prefix("sips:"))?;
    let (user, _) = rest.split_once('@')?;
    let digits = user.strip_prefix('+')?;
    digits.bytes().all(|b| b.is_ascii_digit()).then_some(user)
}

/// The number of an address that says it is one (RFC 3966, and `user=phone` of RFC 3261).
fn number(uri: &str) -> &str {
    let (address, parameters) = uri.split_once(';').unwrap_or((uri, ""));
    if let Some(number) = address.strip_prefix("tel:") {
        return number;
    }
    let user = address.strip_prefix("sip:").or(address.strip_prefix("sips:")).and_then(|rest| rest.split_once('@'));
    match user {
        Some((user, _)) if parameters.split(';').any(|parameter| parameter == "user=phone") => user,
        _ => uri,
    }
}

fn turn(fields: &Fields) -> Result<Said, Refused> {
    if let Some(how) = fields.only(RUNG)? {
        let seconds = fields.only(TALKED)?.and_then(|told| told.parse::<f64>().ok()).unwrap_or_default();
        return Ok(Said::Dialled { end: dial_end(how), talked: seconds.clamp(0.0, 1e6) as u32 });
    }
    if let Some(keys) = fields.only(KEYS_AND_HASH)? {
        let keys = keys.trim();
        return pressed(keys.strip_suffix('#').map(str::trim).filter(|before| !before.is_empty()).unwrap_or(keys));
    }
    match (fields.only(KEYS)?, fields.only(HAPPENED)?) {
        (Some(keys), _) => pressed(keys),
        (None, Some("failed")) => Ok(Said::Dialled { end: DialEnd::Failed, talked: 0 }),
        (None, _) => Ok(Said::Nothing),
    }
}

/// Keys are words of their grammar, and come with a space between each other, or without.
fn pressed(keys: &str) -> Result<Said, Refused> {
    if keys.len() > LONGEST {
        return Err(Refused::Malformed("what was pressed are too many keys"));
    }
    // Copied once, into memory that is never moved.
    let mut typed = String::with_capacity(keys.len());
    typed.extend(keys.chars().filter(|c| !c.is_whitespace()));
    let typed = Secret::new(typed);
    match parties::are_keys(typed.reveal()) {
        _ if typed.reveal().is_empty() => Ok(Said::Nothing),
        true => Ok(Said::Digits(typed)),
        false => Err(Refused::Malformed("what was pressed are no keys")),
    }
}

const LONGEST: usize = 160;

fn dial_end(how: &str) -> DialEnd {
    match how {
        "busy" | "network_busy" => DialEnd::Busy,
        "noanswer" => DialEnd::NoAnswer,
        "far_end_disconnect" | "near_end_disconnect" | "network_disconnect" | "maxtime_disconnect" => DialEnd::Answered,
        _ => DialEnd::Failed,
    }
}

/// What goes along in the query of every address of a call.
pub fn carried(provider_call: &str) -> String {
    format!("?call={provider_call}")
}

/// A document as it goes out: to a browser that proves itself by the address, with its token in every
/// address of ours.
pub fn sent(document: Document, target: &str) -> Document {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let Some(token) = query.split('&').find_map(|pair| pair.strip_prefix("token=")) else { return document };
    // As it came, but for what would mean something else in an address or a document.
    let fine = |b: u8| b.is_ascii_alphanumeric() || b"%._~-+".contains(&b);
    if !token.bytes().all(|b| fine(b) || b"/=!$'()*,;:@?".contains(&b)) {
        return document;
    }
    let written = |b: u8| if fine(b) { char::from(b).to_string() } else { format!("%{b:02X}") };
    let token: String = token.bytes().map(written).collect();
    let text = document.text.replace("?call=", &format!("?token={token}&amp;call="));
    Document { text, ..document }
}

/// What a call that is over is answered with.
pub fn quiet() -> Document {
    dialog::document(Lang::EnUs, |xml| {
        dialog::form(xml, |xml| dialog::holds(xml, "block", &[], |xml| dialog::empty(xml, "exit", &[])))
    })
}
