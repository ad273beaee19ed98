//! A voice as BXML. Everything that has a default is written out, so that nobody needs to know the
//! defaults. A document stays far below the 64 KB that are read of one.
//!
//! What waits calls for the next document in any case, also in silence: verbs behind it are passed over,
//! and so there are none.

use super::CONTENT_TYPE;
use crate::call::Voice;
use crate::call::voice::{Desk, Gather, Next, Record, Transfer};
use crate::provider::speech::{Element, elements, ssml};
use crate::provider::xml::{self, Xml};
use crate::provider::{Document, Rendering};
use crate::words::Lang;
use quick_xml::writer::ElementWriter;
use std::io;

/// Most characters of one sentence, markup included. No bound is known; those of others that speak with
/// the same voices do for it.
const LONGEST: usize = 3000;
/// Most verbs inside a wait.
const INSIDE: usize = 20;
/// Most keys and most seconds of one wait.
const KEYS: u8 = 50;
const SECONDS: u8 = 60;

/// See [`crate::provider::Provider::render`].
pub fn render(voice: &Voice, with: &Rendering) -> Document {
    xml::response(CONTENT_TYPE, |xml| {
        let says = elements(voice, LONGEST);
        // What must be heard to its end is said before the wait, and what does not fit into it.
        let inside = match &voice.next {
            Next::Gather(gather) if gather.barge_in => says.len().min(INSIDE),
            _ => 0,
        };
        let (before, inside) = says.split_at(says.len() - inside);
        let say = |xml: &mut Xml, some: &[Element]| some.iter().try_for_each(|one| say(xml, one, voice.slow, with));
        say(xml, before)?;
        match &voice.next {
            Next::Gather(gather) if inside.is_empty() => wait(xml, gather, with).write_empty().map(drop),
            Next::Gather(gather) => wait(xml, gather, with).write_inner_content(|xml| say(xml, inside)).map(drop),
            Next::Continue => redirect(xml, with),
            Next::Later(seconds) => {
                xml::empty(xml, "Pause", &[("duration", &*seconds.max(&1).to_string())])?;
                redirect(xml, with)
            }
            Next::Transfer(desk) => transfer(xml, desk, with),
            Next::Record(message) => record(xml, message, with),
            Next::HangUp => xml::empty(xml, "Hangup", &[]),
        }
    })
}

/// The wait. What is said inside it is cut short by the first key.
fn wait<'a>(xml: &'a mut Xml, gather: &Gather, with: &Rendering) -> ElementWriter<'a, Vec<u8>> {
    let (first, between) = (gather.first.clamp(1, SECONDS).to_string(), gather.between.clamp(1, SECONDS).to_string());
    let most = gather.most.unwrap_or(KEYS).clamp(1, KEYS).to_string();
    xml.create_element("Gather").with_attributes([
        ("gatherUrl", with.next),
        ("gatherMethod", "POST"),
        ("terminatingDigits", if gather.hash_ends { "#" } else { "" }),
        ("maxDigits", most.as_str()),
        ("firstDigitTimeout", first.as_str()),
        ("interDigitTimeout", between.as_str()),
        ("repeatCount", "1"),
    ])
}

fn say(xml: &mut Xml, element: &Element, slow: bool, with: &Rendering) -> io::Result<()> {
    match element {
        Element::Audio(file) => xml::holding(xml, "PlayAudio", &[], &format!("{}/{file}", with.audio)),
        Element::Words { lang, pieces } => {
            let name = with.voices.0[*lang as usize].as_deref().unwrap_or(spoken_by(*lang));
            let sentence = xml.create_element("SpeakSentence").with_attribute(("voice", name));
            sentence.write_inner_content(|xml| ssml(xml, pieces, slow)).map(drop)
        }
    }
}

/// The voices by default. There is no Cantonese one: what is written in it is read as Mandarin, which beats
/// silence; a line that speaks it has recordings.
fn spoken_by(lang: Lang) -> &'static str {
    match lang {
        Lang::ZhCn | Lang::ZhHk => "zhiyu",
        Lang::JaJp => "masako",
        Lang::EnUs => "julie",
    }
}

/// A desk rings. How it ends comes to the address of the next turn, and the call goes on there.
fn transfer(xml: &mut Xml, desk: &Transfer, with: &Rendering) -> io::Result<()> {
    let ring = desk.ring.max(1).to_string();
    let mut transfer = xml.create_element("Transfer").with_attributes([
        ("transferCompleteUrl", with.next),
        ("transferCompleteMethod", "POST"),
        ("callTimeout", ring.as_str()),
        ("diversionTreatment", "none"),
    ]);
    // Only a number can be shown; a line that is reached by a SIP address leaves it to the provider.
    if desk.caller_id.starts_with('+') {
        transfer = transfer.with_attribute(("transferCallerId", desk.caller_id.as_str()));
    }
    transfer
        .write_inner_content(|xml| match &desk.to {
            Desk::Number(phone) => xml::holding(xml, "PhoneNumber", &[], phone.as_str()),
            Desk::Sip(address) => xml::holding(xml, "SipUri", &[], address),
        })
        .map(drop)
}

/// A message is taken down, as WAV. There is no beep of its own: a tone that no telephone has a key for stands
/// for it. The end of a caller who hangs up while speaking is only told at the second address.
fn record(xml: &mut Xml, message: &Record, with: &Rendering) -> io::Result<()> {
    xml::holding(xml, "SendDtmf", &[("toneDuration", "400")], "D")?;
    let (limit, silence) = (message.limit.clamp(1, 10_800).to_string(), message.silence.max(1).to_string());
    let attributes = [
        ("recordCompleteUrl", with.next),
        ("recordCompleteMethod", "POST"),
        ("recordingAvailableUrl", with.next),
        ("recordingAvailableMethod", "POST"),
        ("terminatingDigits", "#"),
        ("maxDuration", limit.as_str()),
        ("silenceTimeout", silence.as_str()),
        ("fileFormat", "wav"),
        ("transcribe", "false"),
    ];
    xml::empty(xml, "Record", &attributes)
}

fn redirect(xml: &mut Xml, with: &Rendering) -> io::Result<()> {
    xml::empty(xml, "Redirect", &[("redirectUrl", with.next), ("redirectMethod", "POST")])
}
