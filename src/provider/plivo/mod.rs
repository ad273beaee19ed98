//! Plivo's dialect: signed forms in, Plivo XML out. Knows nothing of calls beyond what one callback tells.
//!
//! Not known, because its documentation does not say it: whether `#` pressed alone calls back (it is
//! taken for a key where it does), and what becomes of a message in which nobody spoke.

mod render;
mod rest;
mod signature;

use super::dialect::Dialect;
use super::form::Fields;
use super::{Abilities, Door, ELSEWHERE, Heard, Keys, Proved, Refused, Said, Verified, Webhook, parties, plain};
use crate::call::event::{Began, CallStatus, DialEnd, Recording};
use crate::words::{Lang, Secret};

/// The media type of a document.
const CONTENT_TYPE: &str = "application/xml";

/// Plivo.
pub const DIALECT: Dialect = Dialect {
    name: "plivo",
    content_type: CONTENT_TYPE,
    verify,
    parse,
    render: render::render,
    can: Abilities {
        speaks: &[Lang::ZhCn, Lang::JaJp, Lang::EnUs],
        transfer: true,
        record: true,
        type_ahead: false,
        lone_hash: true,
        sms: true,
    },
    secret: "auth_token",
    uploads: None,
    interface: Some(rest::INTERFACE),
};

fn verify(webhook: &Webhook, keys: &Keys) -> Result<Verified, Refused> {
    signature::prove(webhook, keys).map(|fields| Verified(Proved::Fields(fields)))
}

fn parse(verified: Verified, at: Door) -> Result<Heard, Refused> {
    let Verified(Proved::Fields(fields)) = verified else { return Err(ELSEWHERE) };
    // The order of two is not signed, so that neither counts.
    READ.iter().try_for_each(|name| fields.only(name).map(drop))?;
    // A call that was ordered is told of under the order's id from the first moment on.
    let ordered = matches!(at, Door::Leg | Door::Status).then(|| fields.get("RequestUUID")).flatten();
    let provider_call = parties::call_id(ordered.filter(|id| !id.is_empty()).or(fields.get("CallUUID")))?;
    let said = match at {
        Door::Inbound => {
            let plus = |name| fields.get(name).map(parties::with_plus);
            let (dialled, from) = (parties::dialled(plus("To").as_deref())?, parties::caller(plus("From").as_deref()));
            Said::Inbound(Began { dialled, from, test: false, lang: None })
        }
        Door::Turn => turn(&fields)?,
        Door::Leg => dialled(&fields).map_or_else(|| turn(&fields), Ok)?,
        Door::Status => Said::Status(moved(&fields).ok_or(Refused::Malformed("`CallStatus` is none we know"))?),
    };
    Ok(Heard { provider_call, said })
}

/// The fields that are read.
const READ: [&str; 13] = [
    "CallStatus",
    "CallUUID",
    "DialAction",
    "DialBLegDuration",
    "DialStatus",
    "Digits",
    "From",
    "InputType",
    "RecordUrl",
    "RecordingDuration",
    "RecordingID",
    "RequestUUID",
    "To",
];

/// A caller who hung up meanwhile is told of here too: the wait ends with the call.
fn turn(fields: &Fields) -> Result<Said, Refused> {
    // A caller who hangs up after speaking has left the message all the same.
    if let Some(recording) = recording(fields) {
        return Ok(Said::Recorded(recording));
    }
    let over = status(fields).filter(|status| status.is_final());
    Ok(match (dialled(fields), over) {
        (_, Some(over)) => Said::Status(over),
        (Some(dialled), None) => dialled,
        (None, None) if fields.get("RecordingID").is_some() => Said::Nothing,
        (None, None) => digits(fields)?,
    })
}

/// Silence calls nobody: it comes through the redirect behind the wait, without this field. So where it is
/// there and empty, the terminator was pressed before any digit.
fn digits(fields: &Fields) -> Result<Said, Refused> {
    Ok(match fields.get("Digits") {
        Some("") if fields.get("InputType").is_none_or(|kind| kind == "dtmf") => Said::Digits(Secret::new("#")),
        Some("") | None => Said::Nothing,
        Some(digits) if parties::are_keys(digits) => Said::Digits(Secret::new(digits)),
        Some(_) => return Err(Refused::Malformed("`Digits` are no keys")),
    })
}

fn dialled(fields: &Fields) -> Option<Said> {
    let end = match fields.get("DialStatus")? {
        "completed" => DialEnd::Answered,
        "busy" => DialEnd::Busy,
        "no-answer" | "timeout" | "cancel" => DialEnd::NoAnswer,
        _ => DialEnd::Failed,
    };
    let talked = fields.get("DialBLegDuration").and_then(|s| s.parse().ok()).unwrap_or_default();
    Some(Said::Dialled { end, talked })
}

/// A message of no length is none.
fn recording(fields: &Fields) -> Option<Recording> {
    let id = fields.get("RecordingID").filter(|id| plain(id))?.to_owned();
    let url = fields.get("RecordUrl").filter(|url| plain(url)).map(str::to_owned);
    let seconds = fields.get("RecordingDuration").and_then(|s| s.parse::<i64>().ok());
    // Less than nothing stands for not known yet.
    (seconds != Some(0)).then(|| Recording { id, url, seconds: seconds.and_then(|s| s.try_into().ok()).unwrap_or(0) })
}

/// How a call moved on; of one that was put through, how whoever it was put through to did.
fn moved(fields: &Fields) -> Option<CallStatus> {
    match fields.get("DialAction") {
        Some("answer" | "connected" | "digits") => Some(CallStatus::InProgress),
        Some("hangup") => Some(CallStatus::Completed),
        _ => status(fields),
    }
}

fn status(fields: &Fields) -> Option<CallStatus> {
    Some(match fields.get("CallStatus")? {
        "ringing" => CallStatus::Ringing,
        "in-progress" => CallStatus::InProgress,
        "completed" => CallStatus::Completed,
        "busy" | "failed" | "timeout" | "no-answer" | "cancel" => CallStatus::Failed,
        _ => return None,
    })
}
