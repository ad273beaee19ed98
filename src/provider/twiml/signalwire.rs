//! SignalWire's cXML. Forms are signed as Twilio signs them, under another name; JSON is signed as it
//! stands.

use super::rest::{self, Rest};
use super::{CONTENT_TYPE, Tongue, callback, render, signature};
use crate::provider::api::Interface;
use crate::provider::dialect::Dialect;
use crate::provider::form::Fields;
use crate::provider::{Abilities, Keys, Proved, Refused, Verified, Webhook};
use crate::words::Lang;
use callback::Content;
use sha1::Sha1;

/// SignalWire.
pub const DIALECT: Dialect = Dialect {
    name: "signalwire",
    content_type: CONTENT_TYPE,
    verify,
    parse: callback::parse,
    render: |voice, with| render::render(voice, with, &TONGUE),
    can: Abilities { speaks: &Lang::ALL, transfer: true, record: true, type_ahead: false, lone_hash: false, sms: true },
    secret: "signing_key",
    uploads: None,
    interface: Some(Interface {
        // Every customer has a host: `https://SPACE.signalwire.com`.
        base: "",
        message: Some(|to, message| Ok(rest::message(&REST, to, message))),
        call: Some(|to, order| Ok(rest::call(&REST, to, order))),
        hang_up: Some(|to, call| rest::hang_up(&REST, to, call)),
        legs: None,
        recording: Some(|to, id| rest::sound(&REST, to, id)),
        delete_recording: Some(|to, id| rest::delete(&REST, to, id)),
        id: rest::id,
        fault: rest::fault,
    }),
};

const TONGUE: Tongue = Tongue {
    longest: 4096,
    spoken_by,
    ssml: true,
    barge_in: false,
    pause: true,
    tells: true,
    longest_wait: u8::MAX,
    ring: 5..=u8::MAX,
    gather: &[("input", "dtmf"), ("actionOnEmptyResult", "true")],
    dial: &[("answerOnBridge", "false")],
    record: &[("trim", "trim-silence")],
};

const REST: Rest = Rest { root: "/api/laml/2010-04-01", token: None, services: None };

fn verify(webhook: &Webhook, keys: &Keys) -> Result<Verified, Refused> {
    let named = |name: &str| (webhook.header)(name);
    let signature = named("x-signalwire-signature").or_else(|| named("x-twilio-signature"));
    let signature = signature.ok_or(Refused::Signature)?;
    let fields = match Content::read(webhook)? {
        Content::Query(fields) => signed(signature, webhook, &[], keys).then_some(fields),
        Content::Form(fields) => signed(signature, webhook, &fields.sorted(), keys).then_some(fields),
        Content::Json => {
            let whole = hex(signature)
                .is_some_and(|claimed| signature::fits::<Sha1>(&claimed, webhook, &[webhook.body], keys.secrets));
            // What proves nothing either way is not taken apart.
            if !whole && signature::base64(signature).is_none() {
                return Err(Refused::Signature);
            }
            let fields = Fields::of_json(webhook.body)?;
            (whole || (is_flat(&fields) && signed(signature, webhook, &fields.sorted(), keys))).then_some(fields)
        }
    };
    fields.map(|fields| Verified(Proved::Fields(fields))).ok_or(Refused::Signature)
}

fn signed(signature: &str, webhook: &Webhook, fields: &[&str], keys: &Keys) -> bool {
    let fields: Vec<&[u8]> = fields.iter().map(|field| field.as_bytes()).collect();
    signature::base64(signature)
        .is_some_and(|claimed| signature::fits::<Sha1>(&claimed, webhook, &fields, keys.secrets))
}

/// Field by field only a flat object is signed: of what lies deeper the names would not be covered.
fn is_flat(fields: &Fields) -> bool {
    fields.pairs().all(|(name, _)| !name.contains('.'))
}

/// Lower-case hex; another spelling is none of theirs.
fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'a'..=b'f' => Some(b - b'a' + 10),
        _ => None,
    };
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

fn spoken_by(lang: Lang) -> (&'static str, Option<&'static str>) {
    match lang {
        Lang::ZhCn => ("Polly.Zhiyu", Some("cmn-CN")),
        Lang::ZhHk => ("gcloud.yue-HK-Standard-A", Some("yue-HK")),
        Lang::JaJp => ("Polly.Kazuha-Neural", Some("ja-JP")),
        Lang::EnUs => ("Polly.Joanna-Neural", Some("en-US")),
    }
}
