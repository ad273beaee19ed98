//! Twilio itself.

use super::rest::{self, Rest};
use super::{CONTENT_TYPE, Tongue, callback, render, signature};
use crate::provider::Abilities;
use crate::provider::api::Interface;
use crate::provider::dialect::Dialect;
use crate::words::Lang;

/// Twilio.
pub const DIALECT: Dialect = Dialect {
    name: "twilio",
    content_type: CONTENT_TYPE,
    verify: signature::verify,
    parse: callback::parse,
    render: |voice, with| render::render(voice, with, &TONGUE),
    can: Abilities { speaks: &Lang::ALL, transfer: true, record: true, type_ahead: false, lone_hash: true, sms: true },
    secret: "auth_token",
    uploads: None,
    interface: Some(Interface {
        base: "https://api.twilio.com",
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
    barge_in: true,
    pause: true,
    tells: true,
    longest_wait: u8::MAX,
    ring: 1..=u8::MAX,
    gather: &[("input", "dtmf"), ("actionOnEmptyResult", "true")],
    dial: &[("answerOnBridge", "false")],
    record: &[("trim", "trim-silence")],
};

const REST: Rest = Rest { root: "/2010-04-01", token: Some("I-Twilio-Idempotency-Token"), services: Some("MG") };

/// Cantonese and Mandarin have names here that are no BCP 47 tags.
fn spoken_by(lang: Lang) -> (&'static str, Option<&'static str>) {
    match lang {
        Lang::ZhCn => ("Polly.Zhiyu-Neural", Some("cmn-CN")),
        Lang::ZhHk => ("Polly.Hiujin-Neural", Some("yue-HK")),
        Lang::JaJp => ("Polly.Kazuha-Neural", Some("ja-JP")),
        Lang::EnUs => ("Polly.Joanna-Neural", Some("en-US")),
    }
}
