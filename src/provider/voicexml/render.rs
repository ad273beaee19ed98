//! A voice as a document of VoiceXML. Everything that has a default is written out.
//!
//! A browser plays what it has to say when it waits for something, and not when it goes to the next
//! document. So every turn waits: for keys, for a transfer, or for nobody while the words are said.

use super::dialog::{document, empty, form, holds, property, submit, tell, upload};
use super::{HAPPENED, KEYS, KEYS_AND_HASH, MESSAGE, RUNG, TALKED, grammar};
use crate::call::Voice;
use crate::call::voice::{Desk, Gather, Next, Record, Transfer};
use crate::provider::speech::{Element, Xml, elements, ssml};
use crate::provider::{Document, Rendering};
use std::io;

/// Most characters of one prompt. The standard knows no limit; browsers' voices do.
const LONGEST: usize = 4096;
/// The shortest wait, for one that is over when the words are said.
const AT_ONCE: &str = "100ms";

/// See [`crate::provider::Provider::render`].
pub fn render(voice: &Voice, with: &Rendering) -> Document {
    document(voice.lang, |xml| {
        if !with.next.is_empty() {
            gone(xml, with.next)?;
        }
        match &voice.next {
            Next::Gather(gather) => keys(xml, gather, voice, with),
            Next::Transfer(transfer) => ring(xml, transfer, voice, with),
            Next::Record(message) => record(xml, message, voice, with),
            Next::Continue => quiet(xml, AT_ONCE, voice, with, |xml| go_on(xml, with.next)),
            Next::Later(seconds) => {
                quiet(xml, &format!("{}s", seconds.max(&1)), voice, with, |xml| go_on(xml, with.next))
            }
            Next::HangUp => quiet(xml, AT_ONCE, voice, with, |xml| empty(xml, "disconnect", &[])),
        }
    })
}

/// Whoever hangs up is told of at the status address; so are those we hang up on.
fn gone(xml: &mut Xml, next: &str) -> io::Result<()> {
    let Some((base, rest)) = next.split_once(OURS) else { return Ok(()) };
    let query = rest.split_once('?').map_or("", |(_, query)| query);
    let call = query.split('&').find(|pair| pair.starts_with("call="));
    let Some(call) = call else { return Ok(()) };
    let status = format!("{base}{OURS}/status?{call}");
    holds(xml, "catch", &[("event", "connection.disconnect")], |xml| tell(xml, &status, "gone"))
}

/// Where our addresses are told from what is before them.
const OURS: &str = "/voice/voicexml";

/// Waits for keys while everything is said. That a secret is typed cannot be told: the standard has no word
/// for it, and the browser's own settings keep keys out of its logs.
fn keys(xml: &mut Xml, gather: &Gather, voice: &Voice, with: &Rendering) -> io::Result<()> {
    let (first, between) = (format!("{}s", gather.first.max(1)), format!("{}s", gather.between.max(1)));
    waits(xml, &first, &between, gather.barge_in)?;
    let field = if gather.hash_ends { KEYS_AND_HASH } else { KEYS };
    form(xml, |xml| {
        holds(xml, "field", &[("name", field), ("modal", "true")], |xml| {
            grammar::write(xml, gather)?;
            prompts(xml, gather.barge_in, voice, with)?;
            // Counting how often somebody said nothing is ours: the browser never asks by itself.
            holds(xml, "noinput", &[], |xml| tell(xml, with.next, "silence"))?;
            holds(xml, "nomatch", &[], |xml| tell(xml, with.next, "silence"))?;
            holds(xml, "filled", &[], |xml| submit(xml, with.next, field))
        })
    })
}

/// Says everything, waits so long, and goes on whatever was pressed.
fn quiet(
    xml: &mut Xml,
    wait: &str,
    voice: &Voice,
    with: &Rendering,
    then: impl Fn(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    waits(xml, wait, AT_ONCE, false)?;
    form(xml, |xml| {
        holds(xml, "field", &[("name", "pause"), ("modal", "true")], |xml| {
            grammar::any(xml)?;
            prompts(xml, false, voice, with)?;
            ["noinput", "nomatch", "filled"].into_iter().try_for_each(|event| holds(xml, event, &[], &then))
        })
    })
}

/// At the address of new calls, what the call is has to be said once more.
fn go_on(xml: &mut Xml, next: &str) -> io::Result<()> {
    match next.contains("/voice/voicexml/c/") {
        true => tell(xml, next, "silence"),
        false => submit(xml, next, "session.connection.remote.uri session.connection.local.uri"),
    }
}

fn waits(xml: &mut Xml, first: &str, between: &str, barge_in: bool) -> io::Result<()> {
    property(xml, "inputmodes", "dtmf")?;
    property(xml, "timeout", first)?;
    property(xml, "interdigittimeout", between)?;
    property(xml, "termtimeout", "0s")?;
    property(xml, "termchar", "")?;
    property(xml, "bargein", if barge_in { "true" } else { "false" })
}

/// A desk rings. How it ended is told as the standard names it.
fn ring(xml: &mut Xml, transfer: &Transfer, voice: &Voice, with: &Rendering) -> io::Result<()> {
    let dest = match &transfer.to {
        Desk::Number(phone) => format!("tel:{}", phone.as_str()),
        Desk::Sip(address) if address.starts_with("sip") => address.clone(),
        Desk::Sip(address) => format!("sip:{address}"),
    };
    let ring = format!("{}s", transfer.ring.max(1));
    let rung = [
        ("name", RUNG),
        ("dest", dest.as_str()),
        ("type", "bridge"),
        ("connecttimeout", ring.as_str()),
        ("maxtime", "0s"),
    ];
    property(xml, "bargein", "false")?;
    form(xml, |xml| {
        holds(xml, "transfer", &rung, |xml| {
            prompts(xml, false, voice, with)?;
            let faults = [("event", "error.connection error.unsupported.transfer error.unsupported.uri")];
            holds(xml, "catch", &faults, |xml| tell(xml, with.next, "failed"))?;
            holds(xml, "filled", &[], |xml| {
                empty(xml, "var", &[("name", TALKED), ("expr", &format!("{RUNG}$.duration || 0"))])?;
                submit(xml, with.next, &format!("{RUNG} {TALKED}"))
            })
        })
    })
}

/// A message is taken down after a beep, until silence or any key. What somebody said who then hung up is
/// told as well.
fn record(xml: &mut Xml, message: &Record, voice: &Voice, with: &Rendering) -> io::Result<()> {
    let (limit, silence) = (format!("{}s", message.limit.max(1)), format!("{}s", message.silence.max(1)));
    let attributes = [
        ("name", MESSAGE),
        ("beep", "true"),
        ("maxtime", limit.as_str()),
        ("finalsilence", silence.as_str()),
        ("dtmfterm", "true"),
        ("modal", "true"),
        ("type", "audio/x-wav"),
    ];
    property(xml, "inputmodes", "dtmf")?;
    property(xml, "timeout", &silence)?;
    property(xml, "bargein", "false")?;
    form(xml, |xml| {
        holds(xml, "record", &attributes, |xml| {
            prompts(xml, false, voice, with)?;
            holds(xml, "noinput", &[], |xml| tell(xml, with.next, "silence"))?;
            holds(xml, "catch", &[("event", "connection.disconnect")], |xml| {
                empty(xml, "var", &[("name", HAPPENED), ("expr", "'gone'")])?;
                upload(xml, with.next, &format!("{MESSAGE} {HAPPENED}"))
            })?;
            holds(xml, "filled", &[], |xml| upload(xml, with.next, MESSAGE))
        })
    })
}

/// Everything a voice says, each language in a prompt of its own.
fn prompts(xml: &mut Xml, barge_in: bool, voice: &Voice, with: &Rendering) -> io::Result<()> {
    let barge_in = ("bargein", if barge_in { "true" } else { "false" });
    for element in elements(voice, LONGEST) {
        match element {
            Element::Audio(file) => {
                let address = format!("{}/{file}", with.audio);
                holds(xml, "prompt", &[barge_in], |xml| empty(xml, "audio", &[("src", &address)]))?;
            }
            Element::Words { lang, pieces } => {
                let named = with.voices.0[lang as usize].as_deref();
                holds(xml, "prompt", &[barge_in, ("xml:lang", lang.tag())], |xml| {
                    named_or_not(xml, named, |xml| match voice.slow {
                        true => holds(xml, "prosody", &[("rate", "-20%")], |xml| ssml(xml, &pieces, false)),
                        false => ssml(xml, &pieces, false),
                    })
                })?;
            }
        }
    }
    Ok(())
}

/// The browser has a voice for each language it speaks; another one only where the line's settings say so.
fn named_or_not(xml: &mut Xml, named: Option<&str>, words: impl FnOnce(&mut Xml) -> io::Result<()>) -> io::Result<()> {
    match named {
        Some(name) => holds(xml, "voice", &[("name", name)], words),
        None => words(xml),
    }
}
