//! A voice as jambonz's verbs. Defaults are written out, so that nobody needs to know them.

use super::CONTENT_TYPE;
use crate::call::Voice;
use crate::call::voice::{Desk, Gather, Next, Transfer};
use crate::provider::speech::{self, Element, elements, ssml_text};
use crate::provider::{Document, Rendering};
use crate::words::Lang;
use serde_json::{Value, json};

/// Most characters of an element, markup included. Above a thousand the server cuts a text itself, and
/// knows less of where.
const LONGEST: usize = 850;

/// See [`crate::provider::Provider::render`].
pub fn render(voice: &Voice, with: &Rendering) -> Document {
    let said = said(voice, with);
    let mut verbs = Vec::with_capacity(4);
    match &voice.next {
        Next::Gather(gather) => wait(&mut verbs, &said, gather, with),
        next => {
            verbs.extend(said.iter().map(verb));
            match next {
                Next::Transfer(transfer) => verbs.push(dial(transfer, with)),
                Next::Later(seconds) => {
                    verbs.push(json!({ "verb": "pause", "length": seconds.max(&1) }));
                    verbs.push(redirect(with));
                }
                Next::HangUp => verbs.push(json!({ "verb": "hangup" })),
                // Nothing can be taken down here: it goes on as if nobody had spoken.
                _ => verbs.push(redirect(with)),
            }
        }
    }
    Document { content_type: CONTENT_TYPE, text: Value::Array(verbs).to_string() }
}

/// One thing said.
enum Said {
    /// The address of a recording.
    Recording(String),
    /// Markup without its root, in a voice.
    Words { by: Speaker, markup: String },
}

/// Who speaks.
#[derive(PartialEq)]
struct Speaker {
    vendor: String,
    voice: String,
    language: &'static str,
}

fn said(voice: &Voice, with: &Rendering) -> Vec<Said> {
    let said = elements(voice, LONGEST).into_iter().map(|element| match element {
        Element::Audio(file) => Said::Recording(format!("{}/{file}", with.audio)),
        Element::Words { lang, pieces } => {
            Said::Words { by: speaker(lang, with), markup: ssml_text(&pieces, voice.slow) }
        }
    });
    said.collect()
}

/// The voice configured for the line, `vendor/name` or a name alone, else the dialect's own.
fn speaker(lang: Lang, with: &Rendering) -> Speaker {
    let (own_voice, language) = spoken_by(lang);
    let name = with.voices.0[lang as usize].as_deref().unwrap_or(own_voice);
    let (vendor, voice) = name.split_once('/').unwrap_or((VENDOR, name));
    let language = if vendor == "microsoft" { lang.tag() } else { language };
    Speaker { vendor: vendor.to_owned(), voice: voice.to_owned(), language }
}

/// Who turns words into sound where the voice does not say so. What an application has of its own is
/// one voice in one language.
const VENDOR: &str = "google";

/// Voice and language names. Microsoft's languages have the names that flows give them.
fn spoken_by(lang: Lang) -> (&'static str, &'static str) {
    match lang {
        Lang::ZhCn => ("cmn-CN-Wavenet-A", "cmn-CN"),
        Lang::ZhHk => ("yue-HK-Standard-A", "yue-HK"),
        Lang::JaJp => ("ja-JP-Wavenet-A", "ja-JP"),
        Lang::EnUs => ("en-US-Wavenet-C", "en-US"),
    }
}

fn synthesizer(by: &Speaker) -> Value {
    json!({ "vendor": by.vendor, "language": by.language, "voice": by.voice })
}

/// One thing said as a verb of its own.
fn verb(said: &Said) -> Value {
    match said {
        Said::Recording(url) => json!({ "verb": "play", "url": url, "loop": 1 }),
        Said::Words { by, markup } => {
            json!({ "verb": "say", "text": format!("<speak>{markup}</speak>"), "loop": 1, "synthesizer": synthesizer(by) })
        }
    }
}

/// The wait, with what is said inside it so that keys are heard while it is said. It always asks the
/// address: nothing stands behind it. That a secret is typed cannot be told.
fn wait(verbs: &mut Vec<Value>, said: &[Said], gather: &Gather, with: &Rendering) {
    let mut wait = json!({
        "verb": "gather",
        "actionHook": with.next,
        "input": ["digits"],
        "minDigits": 1,
        "timeout": gather.first.max(1),
        "interDigitTimeout": gather.between.max(1),
        "bargein": false,
        "dtmfBargein": gather.barge_in,
    });
    if let Some(most) = gather.most {
        wait["numDigits"] = most.max(1).into();
    }
    if gather.hash_ends {
        wait["finishOnKey"] = "#".into();
    }
    let (before, inside) = said.split_at(nested_from(said));
    verbs.extend(before.iter().map(verb));
    match inside {
        [] => {}
        [Said::Recording(url)] => wait["play"] = json!({ "url": url, "loop": 1 }),
        inside => wait["say"] = together(inside),
    }
    verbs.push(wait);
}

/// A wait holds one `say`, and that has one vendor. What other vendors say first is said before it, and
/// not cut short by keys.
fn nested_from(said: &[Said]) -> usize {
    let vendors = said.iter().map(|said| match said {
        Said::Words { by, .. } => Some(by.vendor.as_str()),
        Said::Recording(_) => None,
    });
    let (mut from, mut current) = (0, None);
    for (at, vendor) in vendors.enumerate().filter_map(|(at, vendor)| Some((at, vendor?))) {
        if current.is_some_and(|current| current != vendor) {
            from = at;
        }
        current = Some(vendor);
    }
    from
}

/// All in one `say`: its texts are said one after the other, an address among them is played, and a
/// voice that is not the first one's is named in the markup.
fn together(said: &[Said]) -> Value {
    let first = said.iter().find_map(|said| match said {
        Said::Words { by, .. } => Some(by),
        Said::Recording(_) => None,
    });
    let text = said.iter().map(|said| match said {
        Said::Recording(url) => url.clone(),
        Said::Words { by, markup } if first == Some(by) => format!("<speak>{markup}</speak>"),
        Said::Words { by, markup } => format!("<speak>{}</speak>", speech::in_voice(&by.voice, markup)),
    });
    let mut say = json!({ "text": text.collect::<Vec<String>>(), "loop": 1 });
    if let Some(by) = first {
        say["synthesizer"] = synthesizer(by);
    }
    say
}

/// A desk rings. How it ends comes to the address of the next turn, and the call goes on there. There is
/// no address that is told when it is answered.
fn dial(transfer: &Transfer, with: &Rendering) -> Value {
    let target = match &transfer.to {
        Desk::Number(phone) => json!({ "type": "phone", "number": phone.as_str() }),
        Desk::Sip(address) => json!({ "type": "sip", "sipUri": address }),
    };
    let mut dial = json!({
        "verb": "dial",
        "actionHook": with.next,
        "answerOnBridge": false,
        "timeout": transfer.ring.max(1),
        "target": [target],
    });
    // Only a number can be shown; a line that is reached by a SIP address leaves it to the carrier.
    if transfer.caller_id.starts_with('+') {
        dial["callerId"] = transfer.caller_id.as_str().into();
    }
    dial
}

fn redirect(with: &Rendering) -> Value {
    json!({ "verb": "redirect", "actionHook": with.next })
}
