//! A voice as TwiML. Everything that has a default is written out, so that nobody needs to know the
//! defaults, and others that speak this dialect with other defaults do the same.

use super::say;
use super::{CONTENT_TYPE, Tongue};
use crate::call::Voice;
use crate::call::voice::{Desk, Gather, Next, Record, Transfer};
use crate::provider::speech;
use crate::provider::xml::{self, Xml};
use crate::provider::{Document, Rendering};
use quick_xml::events::BytesText;
use std::io;

/// See [`crate::provider::Provider::render`].
pub fn render(voice: &Voice, with: &Rendering, own: &Tongue) -> Document {
    xml::response(CONTENT_TYPE, |xml| {
        if let Next::Gather(gather) = &voice.next {
            wait(xml, gather, voice, with, own)?;
            return redirect(xml, with);
        }
        say::all(xml, voice, with, own)?;
        match &voice.next {
            Next::Gather(_) | Next::Continue => redirect(xml, with),
            Next::Later(seconds) => {
                quiet(xml, (*seconds).clamp(1, LONGEST_PAUSE), with, own)?;
                redirect(xml, with)
            }
            Next::Transfer(transfer) => dial(xml, transfer, with, own),
            Next::Record(message) => {
                record(xml, message, with, own)?;
                redirect(xml, with)
            }
            Next::HangUp => xml::empty(xml, "Hangup", &[]),
        }
    })
}

/// The wait, with what is said inside it so that keys are heard while it is said. Where keys always cut
/// the words short, words that are to be heard to their end come before it.
///
/// There is one `timeout` for the first key and those after it. It is the time until the first: a
/// shorter one would let go callers who are still looking for their card. That a secret is typed
/// cannot be told here; the account's own settings keep digits out of the provider's logs.
fn wait(xml: &mut Xml, gather: &Gather, voice: &Voice, with: &Rendering, own: &Tongue) -> io::Result<()> {
    let inside = own.barge_in || gather.barge_in;
    if !inside {
        say::all(xml, voice, with, own)?;
    }
    let timeout = gather.first.clamp(1, own.longest_wait).to_string();
    let most = gather.most.map(|most| most.max(1).to_string());
    let element = xml
        .create_element("Gather")
        .with_attributes([
            ("action", with.next),
            ("method", "POST"),
            ("timeout", timeout.as_str()),
            ("finishOnKey", if gather.hash_ends { "#" } else { "" }),
        ])
        .with_attributes(own.gather.iter().copied())
        .with_attributes(own.barge_in.then_some(("bargeIn", if gather.barge_in { "true" } else { "false" })))
        .with_attributes(most.as_deref().map(|most| ("numDigits", most)));
    if inside && speech::anything(voice) {
        element.write_inner_content(|xml| say::all(xml, voice, with, own)).map(drop)
    } else {
        element.write_empty().map(drop)
    }
}

/// The longest that one is quiet, in seconds.
const LONGEST_PAUSE: u8 = 180;
/// Stands in an address that takes no keys.
const QUIET: &str = "quiet=1";
/// More keys than anybody presses while the line is quiet.
const KEYS_IN_QUIET: &str = "20";

/// Quiet for so many seconds. Without a pause it is a wait in which nothing is said: silence goes on
/// behind it, and keys go to an address that takes none of them, so that what is pressed meanwhile is
/// no answer to anything. The redirect behind takes the last second by itself there.
fn quiet(xml: &mut Xml, seconds: u8, with: &Rendering, own: &Tongue) -> io::Result<()> {
    if own.pause {
        return xml::empty(xml, "Pause", &[("length", &seconds.to_string())]);
    }
    let timeout = (seconds - 1).to_string();
    let between = if with.next.contains('?') { '&' } else { '?' };
    let action = if is_quiet(with.next) { with.next.to_owned() } else { format!("{}{between}{QUIET}", with.next) };
    let attributes = [
        ("action", action.as_str()),
        ("method", "POST"),
        ("timeout", &timeout),
        ("finishOnKey", ""),
        ("actionOnEmptyResult", "false"),
        ("numDigits", KEYS_IN_QUIET),
    ];
    if seconds > 1 { xml::empty(xml, "Gather", &attributes) } else { Ok(()) }
}

/// Whether an address takes no keys.
pub fn is_quiet(address: &str) -> bool {
    address.split_once('?').is_some_and(|(_, query)| query.split('&').any(|pair| pair == QUIET))
}

/// A desk rings. How it ends comes to the address of the next turn, and the call goes on there.
fn dial(xml: &mut Xml, transfer: &Transfer, with: &Rendering, own: &Tongue) -> io::Result<()> {
    let ring = transfer.ring.clamp(*own.ring.start(), *own.ring.end()).to_string();
    // Only a number can be shown; a line that is reached by a SIP address leaves it to the provider.
    let digits = transfer.caller_id.strip_prefix('+').unwrap_or(&transfer.caller_id);
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let element = xml
        .create_element("Dial")
        .with_attributes([("action", with.next), ("method", "POST"), ("timeout", ring.as_str())])
        .with_attributes(own.dial.iter().copied())
        .with_attributes(is_number.then_some(("callerId", transfer.caller_id.as_str())));
    let (name, to) = match &transfer.to {
        Desk::Number(phone) => ("Number", phone.as_str()),
        Desk::Sip(address) => ("Sip", address.as_str()),
    };
    element
        .write_inner_content(|xml| {
            let told = with.told.filter(|_| own.tells).map(|told| {
                [("statusCallback", told), ("statusCallbackMethod", "POST"), ("statusCallbackEvent", "answered")]
            });
            let rung = xml.create_element(name).with_attributes(told.into_iter().flatten());
            rung.write_text_content(BytesText::new(to)).map(drop)
        })
        .map(drop)
}

/// A message is taken down after a beep. Where an empty one calls nobody the call goes on behind it.
fn record(xml: &mut Xml, message: &Record, with: &Rendering, own: &Tongue) -> io::Result<()> {
    let (limit, silence) = (message.limit.max(1).to_string(), message.silence.max(1).to_string());
    let element = xml.create_element("Record").with_attributes([
        ("action", with.next),
        ("method", "POST"),
        ("timeout", silence.as_str()),
        ("maxLength", limit.as_str()),
        ("finishOnKey", "#"),
        ("playBeep", "true"),
    ]);
    element.with_attributes(own.record.iter().copied()).write_empty().map(drop)
}

/// After a wait it is the second way to hear of silence, where an empty result calls nobody.
fn redirect(xml: &mut Xml, with: &Rendering) -> io::Result<()> {
    xml::holding(xml, "Redirect", &[("method", "POST")], with.next)
}
