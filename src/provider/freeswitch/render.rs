//! A voice as a document of mod_httapi. Everything that has a default is written out.
//!
//! Tags follow each other whatever a key did, so only the last may take keys: pieces that need another
//! voice or a recording come before it, are heard to their end, and keys pressed meanwhile wait for it.
//! The first tag names the address of what comes next, so that it holds wherever the caller hangs up.

use super::{CONTENT_TYPE, KEYS, MESSAGE, RUNG, SILENCE};
use crate::call::Voice;
use crate::call::voice::{Desk, Gather, Next, Record, Transfer};
use crate::provider::speech::{Element, Xml, elements, plain};
use crate::provider::{Document, Rendering};
use crate::words::Lang;
use quick_xml::Writer;
use quick_xml::events::BytesText;
use std::io;

/// Most characters one tag speaks: so many that no menu is cut in two.
const LONGEST: usize = 16 * 1024;

/// See [`crate::provider::Provider::render`].
pub fn render(voice: &Voice, with: &Rendering) -> Document {
    // Writing to memory does not fail; if it ever did, an empty document goes back to the dialplan.
    let text = document(voice, with).map(|xml| String::from_utf8_lossy(&xml).into_owned());
    Document { content_type: CONTENT_TYPE, text: text.unwrap_or_default() }
}

fn document(voice: &Voice, with: &Rendering) -> io::Result<Vec<u8>> {
    let mut xml = Writer::new(Vec::with_capacity(2048));
    let document = xml.create_element("document").with_attribute(("type", "xml/freeswitch-httapi"));
    document.write_inner_content(|xml| {
        if let Next::Transfer(_) = &voice.next {
            go_on_after_ringing(xml)?;
        }
        if let Next::Record(message) = &voice.next {
            tell_silence(xml, message)?;
        }
        xml.create_element("work").write_inner_content(|xml| work(xml, voice, with)).map(drop)
    })?;
    Ok(xml.into_inner())
}

fn work(xml: &mut Xml, voice: &Voice, with: &Rendering) -> io::Result<()> {
    if !with.next.is_empty() {
        let next = address(with.next);
        xml.create_element("continue").with_attribute(("action", next.as_str())).write_empty()?;
    }
    let said = tags(voice, with);
    match &voice.next {
        Next::Gather(gather) => {
            let (last, before) = match said.split_last() {
                Some((last, before)) if gather.barge_in => (Some(last), before),
                _ => (None, said.as_slice()),
            };
            before.iter().try_for_each(|tag| tag.write(xml, None))?;
            match last {
                Some(tag) => tag.write(xml, Some(gather)),
                None => Tag::pause(waiting(gather)).write(xml, Some(gather)),
            }
        }
        Next::Continue => said.iter().try_for_each(|tag| tag.write(xml, None)),
        Next::Later(seconds) => {
            said.iter().try_for_each(|tag| tag.write(xml, None))?;
            Tag::pause(u32::from(*seconds).max(1) * 1000).write(xml, None)
        }
        Next::Transfer(transfer) => {
            said.iter().try_for_each(|tag| tag.write(xml, None))?;
            dial(xml, transfer)
        }
        Next::Record(message) => {
            said.iter().try_for_each(|tag| tag.write(xml, None))?;
            record(xml, message)
        }
        Next::HangUp => {
            said.iter().try_for_each(|tag| tag.write(xml, None))?;
            let hangup = xml.create_element("hangup").with_attribute(("cause", "NORMAL_CLEARING"));
            hangup.write_empty().map(drop)
        }
    }
}

/// Something said or waited, as a tag.
struct Tag {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
}

impl Tag {
    fn pause(milliseconds: u32) -> Tag {
        Tag { name: "pause", attributes: vec![("milliseconds", milliseconds.to_string())] }
    }

    /// Writes it; with a gather it takes keys, while it lasts and after it.
    fn write(&self, xml: &mut Xml, takes: Option<&Gather>) -> io::Result<()> {
        let own = self.attributes.iter().map(|(name, value)| (*name, value.as_str()));
        let element = xml.create_element(self.name).with_attributes(own);
        let Some(gather) = takes else { return element.write_empty().map(drop) };
        let between = (u32::from(gather.between.max(1)) * 1000).to_string();
        let wait = waiting(gather).to_string();
        // That a secret is typed cannot be told here: the switch's own log level keeps keys out of its logs.
        let mut element = element.with_attributes([("name", KEYS), ("digit-timeout", &between), ("loops", "0")]);
        if self.name != "pause" {
            element = element.with_attribute(("input-timeout", wait.as_str()));
        }
        if ends_with_hash(gather) {
            element = element.with_attribute(("terminators", "#"));
        }
        element.write_inner_content(|xml| binds(xml, gather)).map(drop)
    }
}

/// The keys that are taken. A single pattern is over as soon as it fits: that is for one key. With a second
/// one, which never fits, the first is over when no key follows in time, or with the terminator; so
/// nothing that was typed is lost.
fn binds(xml: &mut Xml, gather: &Gather) -> io::Result<()> {
    let patterns: &[&str] = match gather.most {
        Some(0 | 1) => &["~^[0-9*#]$"],
        _ => &["~^[0-9*#]*$", "~^none$"],
    };
    for pattern in patterns {
        xml.create_element("bind").write_text_content(BytesText::new(pattern))?;
    }
    Ok(())
}

fn ends_with_hash(gather: &Gather) -> bool {
    gather.hash_ends && gather.most.is_none_or(|most| most > 1)
}

/// How long keys are waited for after the words, in ms. There is one clock for all of it, which keys do
/// not stop: whoever types several has time for them too.
fn waiting(gather: &Gather) -> u32 {
    let keys = u32::from(gather.most.unwrap_or(MANY).max(1)) - 1;
    u32::from(gather.first.max(1)) * 1000 + keys * u32::from(gather.between.max(1)) * 500
}

/// How many keys are expected where no number is said.
const MANY: u8 = 10;

/// Everything a voice says.
fn tags(voice: &Voice, with: &Rendering) -> Vec<Tag> {
    let mut tags: Vec<Tag> = Vec::new();
    for element in elements(voice, LONGEST) {
        tags.push(match element {
            Element::Audio(file) => {
                let file = format!("{}/{file}", with.audio);
                Tag { name: "playback", attributes: vec![("file", file)] }
            }
            Element::Words { lang, pieces } => {
                let (engine, own_voice) = spoken_by(lang);
                let named = with.voices.0[lang as usize].as_deref().unwrap_or(own_voice);
                let (engine, named) = named.split_once(':').unwrap_or((engine, named));
                // As an attribute, because variables of the switch are put into the text of a tag.
                let said = [("engine", engine.to_owned()), ("voice", named.to_owned()), ("text", plain(&pieces))];
                Tag { name: "speak", attributes: said.into() }
            }
        });
    }
    tags
}

/// Engine and voice names. The engine that runs a command is there for any language; the command is the
/// owner's, and gets the language's tag as its voice.
fn spoken_by(lang: Lang) -> (&'static str, &'static str) {
    ("tts_commandline", lang.tag())
}

/// Without these the switch hangs up where nobody answers.
fn go_on_after_ringing(xml: &mut Xml) -> io::Result<()> {
    let variables = xml.create_element("variables");
    let written = variables.write_inner_content(|xml| {
        xml.create_element("continue_on_fail").write_text_content(BytesText::new("true"))?;
        xml.create_element("hangup_after_bridge").write_text_content(BytesText::new("false")).map(drop)
    });
    written.map(drop)
}

/// A desk rings. An originate string is waited for, where a number alone would leave this dialect; how
/// it ended is asked of the switch, and comes with the next request.
fn dial(xml: &mut Xml, transfer: &Transfer) -> io::Result<()> {
    let ring = transfer.ring.max(1);
    let to = match &transfer.to {
        Desk::Number(phone) => format!("[leg_timeout={ring}]sofia/gateway/${{default_gateway}}/{}", phone.as_str()),
        Desk::Sip(address) => {
            let bare = address.strip_prefix("sips:").or(address.strip_prefix("sip:")).unwrap_or(address);
            format!("[leg_timeout={ring}]sofia/external/{bare}")
        }
    };
    let mut element = xml.create_element("dial");
    if transfer.caller_id.starts_with('+') {
        element = element.with_attribute(("caller-id-number", transfer.caller_id.as_str()));
    }
    element.write_text_content(BytesText::new(&to))?;
    let asked = xml.create_element("getVariable").with_attributes([("name", RUNG), ("permanent", "false")]);
    asked.write_empty().map(drop)
}

/// The switch sends it along with every request from now on.
fn tell_silence(xml: &mut Xml, message: &Record) -> io::Result<()> {
    let silence = message.silence.max(1).to_string();
    let written = xml
        .create_element("params")
        .write_inner_content(|xml| xml.create_element(SILENCE).write_text_content(BytesText::new(&silence)).map(drop));
    written.map(drop)
}

/// A message is taken down after a beep, until silence or any key, and comes with the next request.
fn record(xml: &mut Xml, message: &Record) -> io::Result<()> {
    let (limit, silence) = (message.limit.max(1).to_string(), message.silence.max(1).to_string());
    let element = xml.create_element("record").with_attributes([
        ("file", "message.wav"),
        ("name", MESSAGE),
        ("beep-file", "tone_stream://%(400,0,640)"),
        ("limit", limit.as_str()),
        ("silence-hits", silence.as_str()),
        ("threshold", "200"),
    ]);
    let any = "~^[0-9*#]$";
    let ended = |xml: &mut Xml| xml.create_element("bind").write_text_content(BytesText::new(any)).map(drop);
    element.write_inner_content(ended).map(drop)
}

/// The address without what a GET added to its query: the switch adds all of it again.
fn address(next: &str) -> String {
    let Some((path, query)) = next.split_once('?') else { return next.to_owned() };
    let ours = |pair: &&str| pair.starts_with("again=") || pair.starts_with("flow=");
    let kept: Vec<&str> = query.split('&').filter(ours).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}
