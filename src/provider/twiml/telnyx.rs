//! Telnyx's TeXML. Signed with a key pair, over the body alone. Does not know here: what it sends when
//! nobody presses a key (both ways are prepared), markup in words, whether it tells that a rung number
//! answers, and how the sound of a recording is fetched (its addresses live for ten minutes).

use super::{CONTENT_TYPE, Tongue, callback, render, rest, signature};
use crate::provider::api::{ApiError, ApiSettings, Ask, Asked, Auth, Body, Interface, Message, Method, checked};
use crate::provider::dialect::Dialect;
use crate::provider::{Abilities, Document, Keys, Order, OrderError, Proved, Refused, Rendering, Verified, Webhook};
use crate::words::Lang;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::{Value, json};

/// Telnyx.
pub const DIALECT: Dialect = Dialect {
    name: "telnyx",
    content_type: CONTENT_TYPE,
    verify,
    parse: callback::parse,
    render,
    can: Abilities { speaks: &Lang::ALL, transfer: true, record: true, type_ahead: false, lone_hash: false, sms: true },
    secret: "public_key",
    uploads: None,
    interface: Some(Interface {
        base: "https://api.telnyx.com",
        message: Some(message),
        call: Some(call),
        hang_up: Some(hang_up),
        legs: None,
        recording: None,
        delete_recording: None,
        id,
        fault,
    }),
};

const TONGUE: Tongue = Tongue {
    // What its speech synthesis takes at once.
    longest: 3000,
    spoken_by,
    ssml: false,
    barge_in: false,
    pause: true,
    tells: false,
    longest_wait: 120,
    ring: 5..=120,
    gather: &[("input", "dtmf"), ("minDigits", "1"), ("validDigits", "0123456789*#")],
    dial: &[],
    record: &[("trim", "trim-silence"), ("channels", "single")],
};

/// How far its clock and ours may be apart, in seconds.
const APART: u64 = 300;

/// The address is not signed. Ours carry all they say in their path, under a mac that binds them to the
/// call that is named in the signed body; whoever puts another address to a signed body is refused. Two
/// things stand in queries. By `?flow=`, where calls come in, whoever got hold of a signed body could have
/// that call's first document come from another line in service, which is what anybody can dial. By
/// `?again=`, how often a caller was asked to hold, they could make that caller wait once more or less.
///
/// By `GET` nothing of what it tells would be signed.
fn verify(webhook: &Webhook, keys: &Keys) -> Result<Verified, Refused> {
    if webhook.method == "GET" {
        return Err(Refused::Malformed("what comes by GET is not signed; have the application send POST"));
    }
    let named = |name: &str| (webhook.header)(name).ok_or(Refused::Signature);
    let (signature, at) = (named("telnyx-signature-ed25519")?, named("telnyx-timestamp")?);
    let signature = signature::base64(signature).ok_or(Refused::Signature)?;
    let digits = at.bytes().all(|b| b.is_ascii_digit());
    let moment: i64 = at.parse().ok().filter(|_| digits).ok_or(Refused::Signature)?;
    if keys.now.abs_diff(moment) > APART {
        return Err(Refused::Signature);
    }
    let signed = [at.as_bytes(), b"|", webhook.body].concat();
    let proves = |key: Vec<u8>| UnparsedPublicKey::new(&ED25519, key).verify(&signed, &signature).is_ok();
    let mut public = keys.secrets.iter().filter_map(|key| STANDARD.decode(key.reveal().trim()).ok());
    if !public.any(proves) {
        return Err(Refused::Signature);
    }
    callback::fields(webhook).map(|fields| Verified(Proved::Fields(fields)))
}

/// Documents are templates to it: two braces in a row would begin a field of its own.
fn render(voice: &crate::call::Voice, with: &Rendering) -> Document {
    let document = render::render(voice, with, &TONGUE);
    Document { text: document.text.replace("{{", "&#123;&#123;"), ..document }
}

fn message(to: &ApiSettings, message: &Message) -> Asked {
    let body = json!({ "from": message.from, "to": message.to.as_str(), "text": message.text.reveal() });
    let token = Some(("Idempotency-Key", message.token.to_owned()));
    Ok(Ask { token, ..post(to, "messages", body) })
}

fn call(to: &ApiSettings, order: &Order) -> Asked {
    let unset = || ApiError::Refused("calls need the id of a TeXML application; set `application`".to_owned());
    let application = to.application.as_ref().ok_or_else(unset)?;
    let body = json!({
        "ApplicationSid": application,
        "To": rest::rung(order),
        "From": order.from,
        "Url": order.answer_url,
        "UrlMethod": "POST",
        "StatusCallback": order.status_url,
        "StatusCallbackMethod": "POST",
        "StatusCallbackEvent": "completed",
        "Timeout": order.ring.clamp(*TONGUE.ring.start(), *TONGUE.ring.end()),
    });
    Ok(post(to, &format!("texml/Accounts/{}/Calls", to.account), body))
}

fn hang_up(to: &ApiSettings, call: &str) -> Asked {
    let what = format!("texml/Accounts/{}/Calls/{}", to.account, checked(call, "call")?);
    Ok(post(to, &what, json!({ "Status": "completed" })))
}

fn post(to: &ApiSettings, what: &str, body: Value) -> Ask {
    let (url, auth) = (format!("{}/v2/{what}", to.base), Auth::Bearer(to.password.clone()));
    Ask { method: Method::POST, url, auth, token: None, body: Body::Json(body) }
}

/// Of a message its id, of a call its `CallSid`.
fn id(answer: &Value) -> Option<String> {
    let ids = [&answer["data"]["id"], &answer["call_sid"], &answer["data"]["call_sid"], &answer["sid"]];
    ids.into_iter().find_map(Value::as_str).map(str::to_owned)
}

fn fault(answer: &Value) -> (Option<String>, Option<OrderError>) {
    (answer["errors"][0]["code"].as_str().map(str::to_owned), None)
}

/// The voice says the language.
fn spoken_by(lang: Lang) -> (&'static str, Option<&'static str>) {
    let voice = match lang {
        Lang::ZhCn => "Polly.Zhiyu-Neural",
        Lang::ZhHk => "Azure.zh-HK-HiuMaanNeural",
        Lang::JaJp => "Polly.Kazuha-Neural",
        Lang::EnUs => "Polly.Joanna-Neural",
    };
    (voice, None)
}
