//! A voice as an NCCO. Defaults are written out, so that nobody needs to know them.
//!
//! There is no verb that goes to another address, and the end of a document ends the call. What always
//! asks its address is `input`, with the call's id: so a document that goes on ends with one of a second,
//! whose keys count for nothing. `notify` would ask too, but with a body of ours alone, in which there is
//! no id to prove the address by.
//!
//! How a transfer ended and that a message was taken down are told by requests of their own, and only to
//! the former may be answered with a document. So behind both stand a few such `input`s that ask again:
//! as soon as the other request has been, they are answered with what comes next. Until then they get no
//! document, and the one that runs goes on. The last one goes on without.

use super::{BEHIND, CONTENT_TYPE, SILENCE};
use crate::call::Voice;
use crate::call::voice::{Desk, Gather, Next, Record, Transfer};
use crate::provider::parties::without_plus;
use crate::provider::speech::{Element, elements, plain, ssml_text};
use crate::provider::{Document, Rendering};
use crate::words::Lang;
use serde_json::{Value, json};

/// Most characters an element may hold. Markup is counted in, to be on the safe side.
const LONGEST: usize = 1500;
/// Most keys of one `input`, and its longest time, in seconds.
const MOST_KEYS: u8 = 20;
const LONGEST_WAIT: u8 = 10;
/// The longest transfer, in seconds: as long as it can be.
const LONGEST_TALK: u16 = 7200;
/// How often one asks again, a second each, until a message is there: a file takes a moment.
const FOR_MESSAGE: usize = 8;
/// And how a transfer ended, which is known at once.
const FOR_DESK: usize = 3;

/// See [`crate::provider::Provider::render`].
pub fn render(voice: &Voice, with: &Rendering) -> Document {
    let cut_short = matches!(&voice.next, Next::Gather(gather) if gather.barge_in);
    let mut actions: Vec<Value> = elements(voice, LONGEST)
        .into_iter()
        .map(|element| match element {
            Element::Audio(file) => {
                let url = format!("{}/{file}", with.audio);
                json!({ "action": "stream", "streamUrl": [url], "level": 0, "loop": 1, "bargeIn": cut_short })
            }
            Element::Words { lang, pieces } => {
                let text = if has_markup(lang) {
                    format!("<speak>{}</speak>", ssml_text(&pieces, voice.slow))
                } else {
                    plain(&pieces)
                };
                talk(&text, lang, with, cut_short)
            }
        })
        .collect();
    match &voice.next {
        Next::Gather(gather) => wait(&mut actions, gather, with),
        Next::Continue => actions.push(ask(with, "last")),
        Next::Later(seconds) => {
            if *seconds > 1 {
                actions.push(json!({ "action": "wait", "timeout": seconds - 1 }));
            }
            actions.push(ask(with, "last"));
        }
        Next::Transfer(transfer) => {
            actions.push(connect(transfer, with));
            ask_until(&mut actions, FOR_DESK, with);
        }
        Next::Record(message) => {
            actions.push(record(message, with));
            ask_until(&mut actions, FOR_MESSAGE, with);
        }
        Next::HangUp => {}
    }
    Document { content_type: CONTENT_TYPE, text: Value::Array(actions).to_string() }
}

/// A voice is the number of a style; configured it may be followed by `premium`.
fn talk(text: &str, lang: Lang, with: &Rendering, cut_short: bool) -> Value {
    let (language, own_style) = spoken_by(lang);
    let configured = with.voices.0[lang as usize].as_deref().unwrap_or_default();
    let style = configured.split_whitespace().find_map(|word| word.parse().ok()).unwrap_or(own_style);
    json!({
        "action": "talk",
        "text": text,
        "language": language,
        "style": style,
        "premium": configured.split_whitespace().any(|word| word == "premium"),
        "level": 0,
        "loop": 1,
        "bargeIn": cut_short,
    })
}

/// Language and style. Cantonese and Mandarin have names here that no other provider gives them.
fn spoken_by(lang: Lang) -> (&'static str, u8) {
    match lang {
        Lang::ZhCn => ("cmn-CN", 0),
        Lang::ZhHk => ("yue-CN", 0),
        Lang::JaJp => ("ja-JP", 0),
        Lang::EnUs => ("en-US", 0),
    }
}

/// Whether the voice of a language knows markup; without it there is no other pace, and commas are all
/// the pauses there are.
fn has_markup(lang: Lang) -> bool {
    lang != Lang::ZhHk
}

/// The wait. It always asks the address: nothing stands behind it. There is one time for the first key
/// and between keys, and it is the time until the first, as a shorter one would let go callers who are
/// still looking for their card. That a secret is typed cannot be told.
fn wait(actions: &mut Vec<Value>, gather: &Gather, with: &Rendering) {
    let first = gather.first.max(1);
    // The rest of it is something quiet that a key cuts short.
    for before in (1..).map(|n: u8| n.saturating_mul(LONGEST_WAIT)).take_while(|before| *before < first) {
        let quiet = format!("<speak><break time=\"{}s\"/></speak>", LONGEST_WAIT.min(first - before));
        actions.push(talk(&quiet, Lang::EnUs, with, true));
    }
    let most = gather.most.unwrap_or(MOST_KEYS).clamp(1, MOST_KEYS);
    actions.push(input(with.next, most, first.min(LONGEST_WAIT), gather.hash_ends));
}

fn input(address: &str, most: u8, seconds: u8, hash_ends: bool) -> Value {
    json!({
        "action": "input",
        "type": ["dtmf"],
        "dtmf": { "maxDigits": most, "timeOut": seconds, "submitOnHash": hash_ends },
        "eventUrl": [address],
        "eventMethod": "POST",
    })
}

/// Asks the address for what comes next, within a second.
fn ask(with: &Rendering, how: &str) -> Value {
    input(&marked(with.next, BEHIND, how), 1, 1, false)
}

fn ask_until(actions: &mut Vec<Value>, times: usize, with: &Rendering) {
    actions.extend((1..times).map(|_| ask(with, "soon")));
    actions.push(ask(with, "last"));
}

/// The address with a mark in its query, in place of one it has already.
fn marked(address: &str, name: &str, value: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let other = |pair: &&str| !pair.is_empty() && pair.split('=').next() != Some(name);
    let kept: String = query.split('&').filter(other).map(|pair| format!("{pair}&")).collect();
    format!("{path}?{kept}{name}={value}")
}

/// A desk rings. What its leg tells comes to the address of the next turn, and how it ended is answered
/// with what comes next.
fn connect(transfer: &Transfer, with: &Rendering) -> Value {
    let endpoint = match &transfer.to {
        Desk::Number(phone) => json!({ "type": "phone", "number": without_plus(phone.as_str()) }),
        Desk::Sip(address) => json!({ "type": "sip", "uri": address }),
    };
    let mut connect = json!({
        "action": "connect",
        "endpoint": [endpoint],
        "timeout": transfer.ring.max(1),
        "limit": LONGEST_TALK,
        "eventType": "synchronous",
        "eventUrl": [with.next],
        "eventMethod": "POST",
    });
    // Only a number can be shown; a line that is reached by a SIP address leaves it to the provider.
    if transfer.caller_id.starts_with('+') {
        connect["from"] = without_plus(&transfer.caller_id).into();
    }
    connect
}

/// A message is taken down after a beep. The silence that ends it is told to our own address, because
/// nobody who speaks leaves a recording as long as it.
fn record(message: &Record, with: &Rendering) -> Value {
    let silence = message.silence.clamp(3, 10);
    json!({
        "action": "record",
        "format": "wav",
        "endOnSilence": silence,
        "endOnKey": "#",
        "timeOut": message.limit.clamp(3, 7200),
        "beepStart": true,
        "eventUrl": [marked(with.next, SILENCE, &silence.to_string())],
        "eventMethod": "POST",
    })
}
