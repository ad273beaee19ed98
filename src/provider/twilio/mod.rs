//! Twilio's dialect: signed forms in, TwiML out. Knows nothing of calls beyond what one callback tells.

mod render;
mod rest;
mod say;
mod signature;

use super::dialect::Dialect;
use super::form::Fields;
use super::{Abilities, Door, ELSEWHERE, Heard, Keys, Proved, Refused, Said, Verified, Webhook, plain};
use crate::call::event::{Began, CallStatus, DialEnd, Recording};
use crate::words::{Lang, Phone, Secret};

/// The media type of a document.
const CONTENT_TYPE: &str = "text/xml";

/// Twilio.
pub const DIALECT: Dialect = Dialect {
    name: "twilio",
    content_type: CONTENT_TYPE,
    verify,
    parse,
    render: render::render,
    can: Abilities { speaks: &Lang::ALL, transfer: true, record: true, type_ahead: false, sms: true },
    secret: "auth_token",
    interface: Some(rest::INTERFACE),
};

fn verify(webhook: &Webhook, keys: &Keys) -> Result<Verified, Refused> {
    signature::prove(webhook, keys.secrets).map(|fields| Verified(Proved::Fields(fields)))
}

fn parse(verified: Verified, at: Door) -> Result<Heard, Refused> {
    let Verified(Proved::Fields(fields)) = verified else { return Err(ELSEWHERE) };
    let provider_call = provider_call(&fields)?;
    let said = match at {
        Door::Inbound => Said::Inbound(began(&fields)?),
        Door::Turn => turn(&fields),
        Door::Leg => leg(&fields),
        Door::Status => Said::Status(status(&fields).ok_or(Refused::Malformed("`CallStatus` is none we know"))?),
    };
    Ok(Heard { provider_call, said })
}

/// The provider's id is text to us, not a form of its own: others that speak this dialect have UUIDs.
fn provider_call(fields: &Fields) -> Result<String, Refused> {
    let id = fields.get("CallSid").ok_or(Refused::Malformed("`CallSid` is missing"))?;
    let fine = |b: u8| b.is_ascii_alphanumeric() || b"._:-".contains(&b);
    if id.is_empty() || id.len() > 64 || !id.bytes().all(fine) {
        return Err(Refused::Malformed("`CallSid` is no id"));
    }
    Ok(id.to_owned())
}

fn began(fields: &Fields) -> Result<Began, Refused> {
    let dialled = fields.get("To").filter(|to| plain(to)).ok_or(Refused::Malformed("`To` is no number"))?;
    let from = fields.get("From").filter(|from| !WITHHELD.contains(from)).and_then(|from| Phone::parse(from, None));
    Ok(Began { dialled: dialled.to_owned(), from, test: false, lang: None })
}

/// What stands for a caller whose number is withheld and yet looks like a number: the keys of
/// ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE.
const WITHHELD: [&str; 5] = ["+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"];

/// A caller who hung up meanwhile is told of here too: the wait ends with the call.
fn turn(fields: &Fields) -> Said {
    // A caller who hangs up after speaking has left the message all the same.
    if let Some(recording) = recording(fields) {
        return Said::Recorded(recording);
    }
    if let Some(end) = dial_end(fields).filter(|_| !over(fields)) {
        return Said::Dialled { end, talked: talked(fields) };
    }
    if let Some(over) = status(fields).filter(|status| status.is_final()) {
        return Said::Status(over);
    }
    match fields.get("Digits") {
        Some(digits) if !digits.is_empty() => Said::Digits(Secret::new(digits)),
        // The terminator pressed before any digit. Where it is not named this cannot be told from silence.
        _ if fields.get("FinishedOnKey") == Some("#") => Said::Digits(Secret::new("#")),
        _ => Said::Nothing,
    }
}

/// The leg to an agent's phone: how the customer's ended counts also when the agent has hung up.
fn leg(fields: &Fields) -> Said {
    match dial_end(fields) {
        Some(end) => Said::Dialled { end, talked: talked(fields) },
        None => turn(fields),
    }
}

fn talked(fields: &Fields) -> u32 {
    fields.get("DialCallDuration").and_then(|s| s.parse().ok()).unwrap_or_default()
}

fn over(fields: &Fields) -> bool {
    status(fields).is_some_and(CallStatus::is_final)
}

fn dial_end(fields: &Fields) -> Option<DialEnd> {
    Some(match fields.get("DialCallStatus")? {
        "completed" | "answered" => DialEnd::Answered,
        "busy" => DialEnd::Busy,
        "no-answer" | "canceled" => DialEnd::NoAnswer,
        _ => DialEnd::Failed,
    })
}

fn recording(fields: &Fields) -> Option<Recording> {
    let id = fields.get("RecordingSid").filter(|id| plain(id))?.to_owned();
    let url = fields.get("RecordingUrl").filter(|url| plain(url)).map(str::to_owned);
    let seconds = fields.get("RecordingDuration").and_then(|s| s.parse().ok()).unwrap_or_default();
    Some(Recording { id, url, seconds })
}

fn status(fields: &Fields) -> Option<CallStatus> {
    Some(match fields.get("CallStatus")? {
        "queued" | "initiated" | "ringing" => CallStatus::Ringing,
        "in-progress" | "answered" => CallStatus::InProgress,
        "completed" => CallStatus::Completed,
        "busy" | "failed" | "no-answer" | "canceled" => CallStatus::Failed,
        _ => return None,
    })
}
