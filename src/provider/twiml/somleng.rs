//! Somleng, which one runs oneself. Signs as Twilio does; has no pause, no markup in words, no queue and
//! nobody it tells when a rung number answers. Its recordings stay where it keeps them: how their sound
//! is fetched is not known here.

use super::rest::{self, Rest};
use super::{CONTENT_TYPE, Tongue, callback, render, signature};
use crate::provider::api::Interface;
use crate::provider::dialect::Dialect;
use crate::provider::{Abilities, Keys, Proved, Refused, Verified, Webhook};
use crate::words::Lang;

/// Somleng.
pub const DIALECT: Dialect = Dialect {
    name: "somleng",
    content_type: CONTENT_TYPE,
    verify,
    parse: callback::parse_plusless,
    render: |voice, with| render::render(voice, with, &TONGUE),
    can: Abilities { speaks: &Lang::ALL, transfer: true, record: true, type_ahead: false, lone_hash: false, sms: true },
    secret: "auth_token",
    uploads: None,
    interface: Some(Interface {
        base: "",
        message: Some(|to, message| Ok(rest::message(&REST, to, message))),
        call: Some(|to, order| Ok(rest::call(&REST, to, order))),
        hang_up: Some(|to, call| rest::hang_up(&REST, to, call)),
        legs: None,
        recording: None,
        delete_recording: None,
        id: rest::id,
        fault: rest::fault,
    }),
};

const TONGUE: Tongue = Tongue {
    // What its speech synthesis takes at once.
    longest: 3000,
    spoken_by,
    ssml: false,
    barge_in: false,
    pause: false,
    tells: false,
    longest_wait: u8::MAX,
    ring: 1..=u8::MAX,
    gather: &[("actionOnEmptyResult", "true")],
    dial: &[],
    record: &[],
};

const REST: Rest = Rest { root: "/2010-04-01", token: None, services: None };

/// Keys pressed while it is to be quiet tell nothing. See `render::quiet`.
fn verify(webhook: &Webhook, keys: &Keys) -> Result<Verified, Refused> {
    let fields = signature::prove(webhook, keys.secrets)?;
    let fields = if render::is_quiet(webhook.target) { fields.without("Digits") } else { fields };
    Ok(Verified(Proved::Fields(fields)))
}

/// Voices by the names it lists them under; the language follows from them and is written all the same.
fn spoken_by(lang: Lang) -> (&'static str, Option<&'static str>) {
    match lang {
        Lang::ZhCn => ("Polly.Zhiyu-Neural", Some("cmn-CN")),
        Lang::ZhHk => ("Polly.Hiujin-Neural", Some("yue-CN")),
        Lang::JaJp => ("Polly.Kazuha-Neural", Some("ja-JP")),
        Lang::EnUs => ("Polly.Joanna-Neural", Some("en-US")),
    }
}
