//! A voice as Plivo XML. Everything that has a default is written out, so that nobody needs to know the
//! defaults. A document stays far below the 100 KB that are read of one.

use super::CONTENT_TYPE;
use crate::call::Voice;
use crate::call::voice::{Desk, Gather, Next, Record, Transfer};
use crate::provider::parties::without_plus;
use crate::provider::speech::{Element, anything, elements, plain, ssml};
use crate::provider::xml::{self, Xml};
use crate::provider::{Document, Rendering};
use crate::words::Lang;
use quick_xml::events::BytesText;
use std::io;

/// Most characters an element may hold. Markup is counted in, to be on the safe side.
const LONGEST: usize = 3000;

/// See [`crate::provider::Provider::render`].
pub fn render(voice: &Voice, with: &Rendering) -> Document {
    xml::response(CONTENT_TYPE, |xml| {
        if let Next::Gather(gather) = &voice.next {
            return wait(xml, gather, voice, with).and_then(|()| redirect(xml, with));
        }
        say(xml, voice, with)?;
        match &voice.next {
            Next::Gather(_) | Next::Continue => redirect(xml, with),
            Next::Later(seconds) => {
                xml::empty(xml, "Wait", &[("length", &*seconds.max(&1).to_string())])?;
                redirect(xml, with)
            }
            Next::Transfer(transfer) => dial(xml, transfer, with),
            Next::Record(message) => {
                record(xml, message, with)?;
                redirect(xml, with)
            }
            Next::HangUp => xml::empty(xml, "Hangup", &[]),
        }
    })
}

/// The wait. What is said inside it is cut short by the first key; what must be heard to its end is said
/// before. Silence calls nobody: it goes on behind the wait.
fn wait(xml: &mut Xml, gather: &Gather, voice: &Voice, with: &Rendering) -> io::Result<()> {
    let inside = gather.barge_in && anything(voice);
    if !inside {
        say(xml, voice, with)?;
    }
    let (first, between) = (gather.first.max(1).to_string(), gather.between.max(1).to_string());
    let most = gather.most.map_or(MOST_KEYS, |most| most.max(1)).to_string();
    let wait = xml.create_element("GetDigits").with_attributes([
        ("action", with.next),
        ("method", "POST"),
        ("timeout", first.as_str()),
        ("digitTimeout", between.as_str()),
        ("finishOnKey", if gather.hash_ends { "#" } else { "none" }),
        ("numDigits", most.as_str()),
        ("validDigits", "1234567890*#"),
        ("retries", "1"),
        ("redirect", "true"),
        ("playBeep", "false"),
        ("log", if gather.secret { "false" } else { "true" }),
    ]);
    match inside {
        true => wait.write_inner_content(|xml| say(xml, voice, with)).map(drop),
        false => wait.write_empty().map(drop),
    }
}

/// The keys that are waited for where none says how many: the provider's own bound.
const MOST_KEYS: u8 = 99;

/// Everything a voice says.
fn say(xml: &mut Xml, voice: &Voice, with: &Rendering) -> io::Result<()> {
    for element in elements(voice, LONGEST) {
        match element {
            Element::Audio(file) => {
                xml::holding(xml, "Play", &[("loop", "1")], &format!("{}/{file}", with.audio))?;
            }
            Element::Words { lang, pieces } => {
                let name = with.voices.0[lang as usize].as_deref().unwrap_or(spoken_by(lang));
                let speak = xml.create_element("Speak").with_attribute(("voice", name));
                // Only these take markup, and each of them knows its language.
                if name.starts_with("Polly.") {
                    speak.with_attribute(("loop", "1")).write_inner_content(|xml| ssml(xml, &pieces, voice.slow))?;
                } else {
                    let speak = speak.with_attributes([("language", lang.tag()), ("loop", "1")]);
                    speak.write_text_content(BytesText::new(&plain(&pieces)))?;
                }
            }
        }
    }
    Ok(())
}

/// The voices by default. No Cantonese one is known here: what is written in it is read as Mandarin,
/// which beats silence; a line that speaks it names a voice of its own or has recordings.
fn spoken_by(lang: Lang) -> &'static str {
    match lang {
        Lang::ZhCn | Lang::ZhHk => "Polly.Zhiyu",
        Lang::JaJp => "Polly.Mizuki",
        Lang::EnUs => "Polly.Joanna",
    }
}

/// A desk rings. How it ends comes to the address of the next turn, and the call goes on there.
fn dial(xml: &mut Xml, transfer: &Transfer, with: &Rendering) -> io::Result<()> {
    let ring = transfer.ring.max(1).to_string();
    let mut dial = xml.create_element("Dial").with_attributes([
        ("action", with.next),
        ("method", "POST"),
        ("redirect", "true"),
        ("timeout", ring.as_str()),
        ("timeLimit", "14400"),
        ("hangupOnStar", "false"),
        ("dialMusic", "real"),
    ]);
    // Only a number can be shown; a line that is reached by a SIP address leaves it to the provider.
    if transfer.caller_id.starts_with('+') {
        dial = dial.with_attribute(("callerId", without_plus(&transfer.caller_id)));
    }
    if let Some(told) = with.told {
        dial = dial.with_attributes([("callbackUrl", told), ("callbackMethod", "POST")]);
    }
    dial.write_inner_content(|xml| match &transfer.to {
        Desk::Number(phone) => xml::holding(xml, "Number", &[], without_plus(phone.as_str())),
        Desk::Sip(address) => xml::holding(xml, "User", &[], address),
    })
    .map(drop)
}

/// A message is taken down after a beep, as the WAV that is fetched later. Where an empty one calls nobody
/// the call goes on behind it.
fn record(xml: &mut Xml, message: &Record, with: &Rendering) -> io::Result<()> {
    let (limit, silence) = (message.limit.max(1).to_string(), message.silence.max(1).to_string());
    let attributes = [
        ("action", with.next),
        ("method", "POST"),
        ("redirect", "true"),
        ("fileFormat", "wav"),
        ("timeout", silence.as_str()),
        ("maxLength", limit.as_str()),
        ("finishOnKey", "#"),
        ("playBeep", "true"),
    ];
    xml::empty(xml, "Record", &attributes)
}

fn redirect(xml: &mut Xml, with: &Rendering) -> io::Result<()> {
    xml::holding(xml, "Redirect", &[("method", "POST")], with.next)
}
