//! Vonage's dialect: signed JSON in, NCCO out. Knows nothing of calls beyond what one callback tells.
//!
//! A call is known by its `conversation_uuid`: the one id that every callback carries. `uuid` is that of
//! one leg, and a recording comes without it.

mod render;
mod rest;
mod token;

pub use token::is_private_key;

use super::dialect::Dialect;
use super::form::Fields;
use super::{Abilities, Door, ELSEWHERE, Heard, Keys, Proved, Refused, Said, Verified, Webhook, parties, plain};
use crate::call::event::{Began, CallStatus, DialEnd, Recording};
use crate::words::mac::hex;
use crate::words::{Lang, Secret};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The media type of a document.
const CONTENT_TYPE: &str = "application/json";

/// The token is good, and says nothing of the query.
const UNCOVERED: Refused = Refused::Malformed(
    "its token does not cover what comes by GET; set the method of the answer URL to POST, or take the risk with `unsigned_query`",
);

/// Vonage.
pub const DIALECT: Dialect = Dialect {
    name: "vonage",
    content_type: CONTENT_TYPE,
    verify,
    parse,
    render: render::render,
    can: Abilities { speaks: &Lang::ALL, transfer: true, record: true, type_ahead: false, lone_hash: true, sms: true },
    secret: "signature_secret",
    uploads: None,
    interface: Some(rest::INTERFACE),
};

/// A proved request.
pub struct Request {
    fields: Fields,
    /// What the query of our address says. It is not signed, and nothing of weight is in it.
    marks: Fields,
}

/// `Authorization: Bearer TOKEN`. The token is signed, and holds the digest of what came with it.
fn verify(webhook: &Webhook, keys: &Keys) -> Result<Verified, Refused> {
    let header = (webhook.header)("authorization").ok_or(Refused::Signature)?;
    let (scheme, token) = header.split_once(' ').ok_or(Refused::Signature)?;
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(Refused::Signature);
    }
    let claims = token::proved(token.trim(), keys).ok_or(Refused::Signature)?;
    let query = webhook.target.split_once('?').map_or("", |(_, query)| query);
    let by_query = webhook.method == "GET";
    let sent = if by_query { query.as_bytes() } else { webhook.body };
    let covers = |sent: &[u8]| match &claims.payload_hash {
        Some(claimed) => hex(&Sha256::digest(sent)).as_bytes().ct_eq(claimed.as_bytes()).into(),
        None => sent.is_empty(),
    };
    // A query is not known to be covered by what is signed: usually it is the empty body that is.
    let borne = by_query && keys.risks.unsigned_query && (claims.payload_hash.is_none() || covers(b""));
    if !covers(sent) && !borne {
        return Err(if by_query { UNCOVERED } else { Refused::Signature });
    }
    let marks = Fields::of_query(webhook.target)?;
    let fields = match (by_query, webhook.body) {
        (true, _) => Fields::of_query(webhook.target)?,
        (false, []) => Fields::none(),
        (false, body) => Fields::of_json(body)?,
    };
    Ok(Verified(Proved::Vonage(Request { fields, marks })))
}

fn parse(verified: Verified, at: Door) -> Result<Heard, Refused> {
    let Verified(Proved::Vonage(request)) = verified else { return Err(ELSEWHERE) };
    let fields = &request.fields;
    let provider_call = parties::call_id(fields.get("conversation_uuid"))?;
    let said = match at {
        Door::Inbound => {
            let plus = |name| fields.get(name).map(parties::with_plus);
            let (dialled, from) = (parties::dialled(plus("to").as_deref())?, parties::caller(plus("from").as_deref()));
            Said::Inbound(Began { dialled, from, test: false, lang: None })
        }
        Door::Turn | Door::Leg => turn(&request, at),
        Door::Status => Said::Status(status(fields).ok_or(Refused::Malformed("`status` is none we know"))?),
    };
    Ok(Heard { provider_call, said })
}

/// What an address is told that is asked while a recording, or how a transfer ended, is on its way by
/// another request: `BEHIND=soon` is asked again, `BEHIND=last` goes on without. See the documents.
const BEHIND: &str = "behind";
/// The silence that ended a recording, in seconds, as our address says.
const SILENCE: &str = "silence";

fn turn(request: &Request, at: Door) -> Said {
    let fields = &request.fields;
    if let Some(recording) = recording(fields) {
        // Even if nobody speaks there is a recording, of that silence.
        let silence = request.marks.get(SILENCE).and_then(|seconds| seconds.parse().ok()).unwrap_or(0);
        return if recording.seconds <= silence { Said::Nothing } else { Said::Recorded(recording) };
    }
    if let Some(status) = status(fields) {
        // The caller's own leg tells the address of the application, and agents' legs that of their order:
        // what comes here is of the leg that was rung.
        return match dial_end(fields).filter(|_| at == Door::Leg || fields.get("direction") != Some("inbound")) {
            Some(end) => Said::Dialled { end, talked: talked(fields) },
            None => Said::Status(status),
        };
    }
    match request.marks.get(BEHIND) {
        // Nothing new: the document goes on.
        Some("soon") => Said::Status(CallStatus::Ringing),
        Some(_) => Said::Nothing,
        None => keys(fields),
    }
}

fn keys(fields: &Fields) -> Said {
    let over = fields.get("dtmf.timed_out") == Some("true");
    let dtmf = fields.get("dtmf.timed_out").is_some() || fields.get("dtmf.digits").is_some();
    let speech = fields.get("speech.results.0.text").is_some();
    match fields.get("dtmf.digits") {
        Some(digits) if !digits.is_empty() => Said::Digits(Secret::new(digits)),
        // It ended before its time without a key: the terminator was pressed before any other.
        _ if dtmf && !over && !speech => Said::Digits(Secret::new("#")),
        _ => Said::Nothing,
    }
}

/// How the leg that was rung ended; none: it has not.
fn dial_end(fields: &Fields) -> Option<DialEnd> {
    Some(match fields.get("status")? {
        "completed" => DialEnd::Answered,
        "busy" => DialEnd::Busy,
        // When nobody answers both of the first are told.
        "unanswered" | "timeout" | "cancelled" => DialEnd::NoAnswer,
        "rejected" | "failed" => DialEnd::Failed,
        _ => return None,
    })
}

fn talked(fields: &Fields) -> u32 {
    fields.get("duration").and_then(|seconds| seconds.parse().ok()).unwrap_or_default()
}

fn recording(fields: &Fields) -> Option<Recording> {
    let url = fields.get("recording_url").filter(|url| plain(url))?;
    // The file has another id than the recording, and it is the file that can be asked for.
    let file = url.rsplit('/').next().filter(|id| is_file(id))?;
    let moment = |name: &str| fields.get(name)?.parse::<Timestamp>().ok();
    let lasted = moment("start_time").zip(moment("end_time")).map(|(start, end)| end.duration_since(start).as_secs());
    let seconds = lasted.and_then(|seconds| seconds.try_into().ok()).unwrap_or(u32::MAX);
    Some(Recording { id: file.to_owned(), url: Some(url.to_owned()), seconds })
}

/// Whether it may be the id of a file.
fn is_file(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn status(fields: &Fields) -> Option<CallStatus> {
    Some(match fields.get("status")? {
        "started" | "ringing" => CallStatus::Ringing,
        "answered" | "human" | "machine" | "transfer" | "disconnected" => CallStatus::InProgress,
        "completed" => CallStatus::Completed,
        "busy" | "cancelled" | "unanswered" | "rejected" | "failed" | "timeout" => CallStatus::Failed,
        _ => return None,
    })
}
