//! Bandwidth's dialect: JSON with a user and a password in, BXML out. Knows nothing of calls beyond what
//! one callback tells.
//!
//! Nothing is signed, so that whoever knows user and password could be Bandwidth. Not known: whether those
//! of the application also come with what a verb calls for (they are taken to: no document holds a password,
//! because documents are kept); whether an answer without verbs is taken where whoever a transfer rings
//! answers (so nobody is told of that). A secret that is typed cannot be kept out of the provider's logs.

mod render;
mod rest;

use super::dialect::Dialect;
use super::form::Fields;
use super::{Abilities, Door, ELSEWHERE, Heard, Keys, Proved, Refused, Said, Verified, Webhook, basic, parties, plain};
use crate::call::event::{Began, CallStatus, DialEnd, Recording};
use crate::words::{Lang, Secret};

/// The media type of a document.
const CONTENT_TYPE: &str = "application/xml";

/// Bandwidth. Messages would go by an application of another kind than calls.
pub const DIALECT: Dialect = Dialect {
    name: "bandwidth",
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
        sms: false,
    },
    secret: "credentials",
    uploads: None,
    interface: Some(rest::INTERFACE),
};

fn verify(webhook: &Webhook, keys: &Keys) -> Result<Verified, Refused> {
    basic::prove(webhook, keys)?;
    let fields = if webhook.method == "GET" { Fields::of_query(webhook.target)? } else { json(webhook)? };
    Ok(Verified(Proved::Fields(fields)))
}

fn json(webhook: &Webhook) -> Result<Fields, Refused> {
    const JSON: &str = "application/json";
    let kind = (webhook.header)("content-type").unwrap_or_default();
    if !kind.get(..JSON.len()).is_some_and(|kind| kind.eq_ignore_ascii_case(JSON)) {
        return Err(Refused::Malformed("the body is not announced as JSON"));
    }
    Fields::of_json(webhook.body)
}

fn parse(verified: Verified, at: Door) -> Result<Heard, Refused> {
    let Verified(Proved::Fields(fields)) = verified else { return Err(ELSEWHERE) };
    READ.iter().try_for_each(|name| fields.only(name).map(drop))?;
    let provider_call = parties::call_id(fields.get("callId"))?;
    let event = fields.get("eventType").unwrap_or_default();
    let said = match at {
        // The end of a call may be told at any address.
        _ if event == "disconnect" => Said::Status(over(&fields)),
        // A call may also be sent back here by a redirect.
        Door::Inbound => {
            let (dialled, from) = (parties::dialled(fields.get("to"))?, parties::caller(fields.get("from")));
            Said::Inbound(Began { dialled, from, test: false, lang: None })
        }
        Door::Turn | Door::Leg => turn(event, &fields)?,
        Door::Status => Said::Status(match event {
            "initiate" => CallStatus::Ringing,
            "answer" => CallStatus::InProgress,
            _ => return Err(Refused::Malformed("`eventType` tells nothing of how the call moves")),
        }),
    };
    Ok(Heard { provider_call, said })
}

/// The fields that are read.
const READ: [&str; 12] = [
    "answerTime",
    "callId",
    "cause",
    "digits",
    "duration",
    "eventType",
    "from",
    "mediaUrl",
    "recordingId",
    "status",
    "terminatingDigit",
    "to",
];

fn turn(event: &str, fields: &Fields) -> Result<Said, Refused> {
    Ok(match event {
        "gather" => match (fields.get("digits").unwrap_or_default(), fields.get("terminatingDigit")) {
            ("", Some("#")) => Said::Digits(Secret::new("#")),
            ("", _) => Said::Nothing,
            (digits, _) if parties::are_keys(digits) => Said::Digits(Secret::new(digits)),
            _ => return Err(Refused::Malformed("`digits` are no keys")),
        },
        "answer" | "initiate" | "redirect" => Said::Nothing,
        // How long they talked is not told.
        "transferComplete" => Said::Dialled { end: dial_end(fields), talked: 0 },
        "recordComplete" | "recordingAvailable" => recording(fields).map_or(Said::Nothing, Said::Recorded),
        _ => return Err(Refused::Malformed("`eventType` is none awaited here")),
    })
}

fn dial_end(fields: &Fields) -> DialEnd {
    match fields.get("cause").unwrap_or_default() {
        "hangup" => DialEnd::Answered,
        "busy" => DialEnd::Busy,
        "timeout" | "cancel" | "rejected" => DialEnd::NoAnswer,
        _ => DialEnd::Failed,
    }
}

/// How a call ended: one that nobody answered has no time of an answer.
fn over(fields: &Fields) -> CallStatus {
    let answered = fields.get("answerTime").is_some_and(|time| !time.is_empty());
    if answered || fields.get("cause") == Some("hangup") { CallStatus::Completed } else { CallStatus::Failed }
}

/// A message of no length, or one that failed, is none. It is found by its call and its own id.
fn recording(fields: &Fields) -> Option<Recording> {
    let (call, own) = (fields.get("callId")?, fields.get("recordingId").filter(|id| plain(id))?);
    let seconds = fields.get("duration").map_or(Some(0.0), seconds)?;
    let failed = fields.get("status") == Some("error") || (fields.get("duration").is_some() && seconds <= 0.0);
    let url = fields.get("mediaUrl").filter(|url| plain(url)).map(str::to_owned);
    let known = fields.get("duration").is_some();
    // What is shorter than a second is one all the same.
    let seconds = if known { seconds.max(1.0) as u32 } else { 0 };
    (!failed).then(|| Recording { id: format!("{call}/{own}"), url, seconds })
}

/// Seconds of a duration as ISO 8601 writes it, `PT1M20.056S`; none where it is not one of at most hours.
fn seconds(duration: &str) -> Option<f64> {
    let (mut total, mut number) = (0.0, String::new());
    for c in duration.strip_prefix("PT")?.chars() {
        let unit = match c {
            '0'..='9' | '.' if number.len() < 12 => {
                number.push(c);
                continue;
            }
            'H' => 3600.0,
            'M' => 60.0,
            'S' => 1.0,
            _ => return None,
        };
        total += std::mem::take(&mut number).parse::<f64>().ok()? * unit;
    }
    number.is_empty().then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_iso_8601_writes_them() {
        for (duration, expected) in
            [("PT20.056S", 20.056), ("PT1M3S", 63.0), ("PT1H0M2.5S", 3602.5), ("PT0S", 0.0), ("PT2M", 120.0)]
        {
            assert_eq!(seconds(duration), Some(expected), "{duration}");
        }
        for duration in ["", "20", "P1D", "PT20", "PTS", "PT1.2.3S", "PT-1S", "PT9999999999999S", "PT1é"] {
            assert_eq!(seconds(duration), None, "{duration}");
        }
    }
}
