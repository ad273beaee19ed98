//! What a callback tells, by Twilio's names of fields. Knows nothing of who signed it.

use crate::call::event::{Began, CallStatus, DialEnd, Recording};
use crate::provider::form::Fields;
use crate::provider::{Door, ELSEWHERE, Heard, Proved, Refused, Said, Verified, Webhook, parties, plain};
use crate::words::Secret;

/// What came, by where its fields are.
pub enum Content {
    /// In the query, which is a part of the address.
    Query(Fields),
    /// In the body.
    Form(Fields),
    /// In the body, as JSON, not read yet.
    Json,
}

impl Content {
    /// Looks where the fields are, and reads those of a form or a query.
    pub fn read(webhook: &Webhook) -> Result<Content, Refused> {
        if webhook.method == "GET" {
            return Fields::of_query(webhook.target).map(Content::Query);
        }
        let kind = (webhook.header)("content-type").unwrap_or(FORM);
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if kind.eq_ignore_ascii_case(JSON) {
            return Ok(Content::Json);
        }
        if !kind.eq_ignore_ascii_case(FORM) {
            return Err(Refused::Malformed("the body is neither a form nor JSON"));
        }
        Fields::decode(webhook.body).map(Content::Form)
    }
}

/// The fields, wherever they are.
pub fn fields(webhook: &Webhook) -> Result<Fields, Refused> {
    match Content::read(webhook)? {
        Content::Query(fields) | Content::Form(fields) => Ok(fields),
        Content::Json => Fields::of_json(webhook.body),
    }
}

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// See [`crate::provider::Provider::parse`].
pub fn parse(verified: Verified, at: Door) -> Result<Heard, Refused> {
    read(verified, at, false)
}

/// The same of a provider that may write international numbers without their plus.
pub fn parse_plusless(verified: Verified, at: Door) -> Result<Heard, Refused> {
    read(verified, at, true)
}

fn read(verified: Verified, at: Door, plusless: bool) -> Result<Heard, Refused> {
    let Verified(Proved::Fields(fields)) = verified else { return Err(ELSEWHERE) };
    // The order of two is not signed, so that neither counts.
    if READ.iter().any(|name| fields.pairs().filter(|(own, _)| own == name).count() > 1) {
        return Err(Refused::Malformed("a field is there twice"));
    }
    let provider_call = parties::call_id(fields.get("CallSid"))?;
    let said = match at {
        Door::Inbound => Said::Inbound(began(&fields, plusless)?),
        Door::Turn => turn(&fields)?,
        Door::Leg => leg(&fields)?,
        Door::Status => Said::Status(status(&fields).ok_or(Refused::Malformed("`CallStatus` is none we know"))?),
    };
    Ok(Heard { provider_call, said })
}

/// The fields that are read.
const READ: [&str; 11] = [
    "CallSid",
    "CallStatus",
    "DialCallDuration",
    "DialCallStatus",
    "Digits",
    "FinishedOnKey",
    "From",
    "RecordingDuration",
    "RecordingSid",
    "RecordingUrl",
    "To",
];

fn began(fields: &Fields, plusless: bool) -> Result<Began, Refused> {
    let number = |name| fields.get(name).map(|it| if plusless { parties::with_plus(it) } else { it.into() });
    let (dialled, from) = (parties::dialled(number("To").as_deref())?, parties::caller(number("From").as_deref()));
    Ok(Began { dialled, from, test: false, lang: None })
}

/// A caller who hung up meanwhile is told of here too: the wait ends with the call.
fn turn(fields: &Fields) -> Result<Said, Refused> {
    let (over, end) = (status(fields).filter(|status| status.is_final()), dial_end(fields));
    let message = if end.is_none() { recording(fields) } else { None };
    Ok(match (message, end, over) {
        // A caller who hangs up after speaking has left the message all the same.
        (Some(Message::Spoken(recording)), ..) => Said::Recorded(recording),
        (_, Some(end), None) => Said::Dialled { end, talked: talked(fields) },
        (_, _, Some(over)) => Said::Status(over),
        // The key that ended an empty message is no answer to anything.
        (Some(Message::Empty), None, None) => Said::Nothing,
        (None, None, None) => keys(fields)?,
    })
}

/// The leg to an agent's phone: how the customer's ended counts also when the agent has hung up.
fn leg(fields: &Fields) -> Result<Said, Refused> {
    match dial_end(fields) {
        Some(end) => Ok(Said::Dialled { end, talked: talked(fields) }),
        None => turn(fields),
    }
}

/// More keys than any wait takes.
const MOST_KEYS: usize = 128;

fn keys(fields: &Fields) -> Result<Said, Refused> {
    let digits = fields.get("Digits").unwrap_or_default();
    let key = |b: u8| b.is_ascii_digit() || b == b'*' || b == b'#' || (b'A'..=b'D').contains(&b);
    if digits.len() > MOST_KEYS || !digits.bytes().all(key) {
        return Err(Refused::Malformed("`Digits` are no keys"));
    }
    Ok(match digits {
        // The terminator pressed before any digit. Where it is not named this cannot be told from silence.
        "" if fields.get("FinishedOnKey") == Some("#") => Said::Digits(Secret::new("#")),
        "" => Said::Nothing,
        digits => Said::Digits(Secret::new(digits)),
    })
}

fn talked(fields: &Fields) -> u32 {
    fields.get("DialCallDuration").and_then(|s| s.parse().ok()).unwrap_or_default()
}

fn dial_end(fields: &Fields) -> Option<DialEnd> {
    Some(match fields.get("DialCallStatus")? {
        "completed" | "answered" => DialEnd::Answered,
        "busy" => DialEnd::Busy,
        "no-answer" | "canceled" => DialEnd::NoAnswer,
        _ => DialEnd::Failed,
    })
}

/// What was taken down.
enum Message {
    /// Something was said.
    Spoken(Recording),
    /// Nobody spoke. Some tell of that, others go on behind the verb.
    Empty,
}

/// Not all name the recording; then its id is the end of its address.
fn recording(fields: &Fields) -> Option<Message> {
    let url = fields.get("RecordingUrl").filter(|url| plain(url)).map(str::to_owned);
    let sid = fields.get("RecordingSid").filter(|id| plain(id));
    let last = || url.as_deref().and_then(|url| url.trim_end_matches('/').rsplit('/').next());
    let id = sid.or_else(last).filter(|id| !id.is_empty())?.to_owned();
    let seconds = fields.get("RecordingDuration").and_then(|s| s.parse().ok());
    Some(match seconds {
        Some(0) => Message::Empty,
        seconds => Message::Spoken(Recording { id, url, seconds: seconds.unwrap_or_default() }),
    })
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
