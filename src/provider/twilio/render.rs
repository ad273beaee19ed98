//! A voice as TwiML. Everything that has a default is written out, so that nobody needs to know the
//! defaults, and others that speak this dialect with other defaults do the same.

use super::CONTENT_TYPE;
use super::say;
use crate::call::Voice;
use crate::call::voice::{Desk, Gather, Next, Record, Transfer};
use crate::provider::speech::{self, Xml};
use crate::provider::{Document, Rendering};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io;

/// See [`crate::provider::Provider::render`].
pub fn render(voice: &Voice, with: &Rendering) -> Document {
    // Writing to memory does not fail; if it ever did, no document is what the provider's own
    // fallback address is for.
    let text = response(voice, with).map(|xml| String::from_utf8_lossy(&xml).into_owned());
    Document { content_type: CONTENT_TYPE, text: text.unwrap_or_default() }
}

fn response(voice: &Voice, with: &Rendering) -> io::Result<Vec<u8>> {
    let mut xml = Writer::new(Vec::with_capacity(2048));
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.create_element("Response").write_inner_content(|xml| match &voice.next {
        Next::Gather(gather) => {
            wait(xml, gather, voice, with)?;
            redirect(xml, with)
        }
        Next::Continue => {
            say::all(xml, voice, with)?;
            redirect(xml, with)
        }
        Next::Later(seconds) => {
            say::all(xml, voice, with)?;
            let seconds = seconds.max(&1).to_string();
            xml.create_element("Pause").with_attribute(("length", seconds.as_str())).write_empty()?;
            redirect(xml, with)
        }
        Next::Transfer(transfer) => {
            say::all(xml, voice, with)?;
            dial(xml, transfer, with)
        }
        Next::Record(message) => {
            say::all(xml, voice, with)?;
            record(xml, message, with)?;
            redirect(xml, with)
        }
        Next::HangUp => {
            say::all(xml, voice, with)?;
            xml.create_element("Hangup").write_empty().map(drop)
        }
    })?;
    Ok(xml.into_inner())
}

/// The wait, with what is said inside it so that keys are heard while it is said.
///
/// There is one `timeout` for the first key and those after it. It is the time until the first: a
/// shorter one would let go callers who are still looking for their card. That a secret is typed
/// cannot be told here; the account's own settings keep digits out of the provider's logs.
fn wait(xml: &mut Xml, gather: &Gather, voice: &Voice, with: &Rendering) -> io::Result<()> {
    let timeout = gather.first.max(1).to_string();
    let most = gather.most.map(|most| most.max(1).to_string());
    let mut element = xml.create_element("Gather").with_attributes([
        ("input", "dtmf"),
        ("action", with.next),
        ("method", "POST"),
        ("timeout", timeout.as_str()),
        ("finishOnKey", if gather.hash_ends { "#" } else { "" }),
        ("actionOnEmptyResult", "true"),
        ("bargeIn", if gather.barge_in { "true" } else { "false" }),
    ]);
    if let Some(most) = &most {
        element = element.with_attribute(("numDigits", most.as_str()));
    }
    if speech::anything(voice) {
        element.write_inner_content(|xml| say::all(xml, voice, with)).map(drop)
    } else {
        element.write_empty().map(drop)
    }
}

/// A desk rings. How it ends comes to the address of the next turn, and the call goes on there.
fn dial(xml: &mut Xml, transfer: &Transfer, with: &Rendering) -> io::Result<()> {
    let ring = transfer.ring.max(1).to_string();
    let mut element = xml.create_element("Dial").with_attributes([
        ("action", with.next),
        ("method", "POST"),
        ("timeout", ring.as_str()),
        ("answerOnBridge", "false"),
    ]);
    // Only a number can be shown; a line that is reached by a SIP address leaves it to the provider.
    if transfer.caller_id.starts_with('+') {
        element = element.with_attribute(("callerId", transfer.caller_id.as_str()));
    }
    let (name, to) = match &transfer.to {
        Desk::Number(phone) => ("Number", phone.as_str()),
        Desk::Sip(address) => ("Sip", address.as_str()),
    };
    element
        .write_inner_content(|xml| {
            let mut rung = xml.create_element(name);
            if let Some(told) = with.told {
                let told =
                    [("statusCallback", told), ("statusCallbackMethod", "POST"), ("statusCallbackEvent", "answered")];
                rung = rung.with_attributes(told);
            }
            rung.write_text_content(BytesText::new(to)).map(drop)
        })
        .map(drop)
}

/// A message is taken down after a beep. An empty one calls nobody: then the call goes on behind it.
fn record(xml: &mut Xml, message: &Record, with: &Rendering) -> io::Result<()> {
    let (limit, silence) = (message.limit.max(1).to_string(), message.silence.max(1).to_string());
    let element = xml.create_element("Record").with_attributes([
        ("action", with.next),
        ("method", "POST"),
        ("timeout", silence.as_str()),
        ("maxLength", limit.as_str()),
        ("finishOnKey", "#"),
        ("playBeep", "true"),
        ("trim", "trim-silence"),
    ]);
    element.write_empty().map(drop)
}

/// After a wait it is the second way to hear of silence, where an empty result calls nobody.
fn redirect(xml: &mut Xml, with: &Rendering) -> io::Result<()> {
    let address = BytesText::new(with.next);
    xml.create_element("Redirect").with_attribute(("method", "POST")).write_text_content(address).map(drop)
}
