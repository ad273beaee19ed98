//! jambonz's dialect: signed JSON in, verbs out. Knows nothing of calls beyond what one callback tells.
//!
//! It is asked by POST alone: its server sends no fields by GET.

mod render;
mod rest;

use super::dialect::Dialect;
use super::form::Fields;
use super::{Abilities, Door, ELSEWHERE, Heard, Keys, Proved, Refused, Said, Verified, Webhook};
use super::{parties, recent};
use crate::call::event::{Began, CallStatus, DialEnd};
use crate::words::mac::{hex, keyed};
use crate::words::{Lang, Secret};
use hmac::Mac;
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// The media type of a document.
const CONTENT_TYPE: &str = "application/json";

/// jambonz. There is no verb that records, and its interface sends no messages.
pub const DIALECT: Dialect = Dialect {
    name: "jambonz",
    content_type: CONTENT_TYPE,
    verify,
    parse,
    render: render::render,
    can: Abilities {
        speaks: &Lang::ALL,
        transfer: true,
        record: false,
        type_ahead: false,
        lone_hash: true,
        sms: false,
    },
    secret: "webhook_secret",
    uploads: None,
    interface: Some(rest::INTERFACE),
};

/// `Jambonz-Signature: t=SECONDS,v1=HEX`, perhaps with several `v1`: each is an HMAC of the moment, a
/// full stop and the body. Neither the address nor its query is signed.
fn verify(webhook: &Webhook, keys: &Keys) -> Result<Verified, Refused> {
    let header = (webhook.header)("jambonz-signature").ok_or(Refused::Signature)?;
    let pairs = || header.split(',').filter_map(|pair| pair.trim().split_once('='));
    let mut moments = pairs().filter(|(name, _)| *name == "t").map(|(_, moment)| moment);
    let (Some(moment), None) = (moments.next(), moments.next()) else { return Err(Refused::Signature) };
    let signed: i64 = moment.parse().map_err(|_| Refused::Signature)?;
    if !recent::is_recent(signed, keys.now) {
        return Err(Refused::Signature);
    }
    // An empty secret is a setting gone wrong, and everybody could sign with it.
    let ours = keys.secrets.iter().filter(|secret| !secret.reveal().is_empty()).any(|secret| {
        let mac = keyed::<Sha256>(secret.reveal().as_bytes());
        let mac = mac.chain_update(moment).chain_update(".").chain_update(webhook.body);
        let mac = hex(&mac.finalize().into_bytes());
        let mut claimed = pairs().filter(|(name, _)| *name == "v1");
        claimed.any(|(_, claimed)| mac.as_bytes().ct_eq(claimed.as_bytes()).into())
    });
    if !ours {
        return Err(Refused::Signature);
    }
    Fields::of_json(webhook.body).map(|fields| Verified(Proved::Fields(fields)))
}

fn parse(verified: Verified, at: Door) -> Result<Heard, Refused> {
    let Verified(Proved::Fields(fields)) = verified else { return Err(ELSEWHERE) };
    let provider_call = parties::call_id(fields.get("call_sid"))?;
    let said = match at {
        Door::Inbound => {
            let (dialled, from) = (parties::dialled(fields.get("to"))?, parties::caller(fields.get("from")));
            Said::Inbound(Began { dialled, from, test: false, lang: None })
        }
        Door::Turn | Door::Leg => turn(&fields, at),
        Door::Status => Said::Status(status(&fields).ok_or(Refused::Malformed("`call_status` is none we know"))?),
    };
    Ok(Heard { provider_call, said })
}

/// A caller who hung up meanwhile is told of here too; how a customer's phone ended counts also when the
/// agent has hung up.
fn turn(fields: &Fields, at: Door) -> Said {
    let over = status(fields).filter(|status| status.is_final());
    match (dial_end(fields), over) {
        // How long they talked is not told.
        (Some(end), over) if over.is_none() || at == Door::Leg => Said::Dialled { end, talked: 0 },
        (_, Some(over)) => Said::Status(over),
        _ => keys(fields),
    }
}

fn keys(fields: &Fields) -> Said {
    let pressed = fields.get("reason") == Some("dtmfDetected");
    match fields.get("digits") {
        Some(digits) if !digits.is_empty() && parties::are_keys(digits) => Said::Digits(Secret::new(digits)),
        // The terminator pressed before any digit.
        Some(_) if pressed => Said::Digits(Secret::new("#")),
        _ => Said::Nothing,
    }
}

/// Its documentation has another name for it than its server.
fn dial_end(fields: &Fields) -> Option<DialEnd> {
    Some(match fields.get("dial_call_status").or_else(|| fields.get("dial_status"))? {
        "completed" | "answered" | "in-progress" => DialEnd::Answered,
        "busy" => DialEnd::Busy,
        "no-answer" => DialEnd::NoAnswer,
        _ => DialEnd::Failed,
    })
}

fn status(fields: &Fields) -> Option<CallStatus> {
    Some(match fields.get("call_status")? {
        "queued" | "trying" | "ringing" | "early-media" => CallStatus::Ringing,
        "in-progress" => CallStatus::InProgress,
        "completed" => CallStatus::Completed,
        "busy" | "failed" | "no-answer" => CallStatus::Failed,
        _ => return None,
    })
}
