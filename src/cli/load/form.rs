//! Webhooks as Twilio makes them: the form, its signature and its headers. Knows nothing of what
//! comes back.

use crate::words::Secret;
use crate::words::mac::keyed;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use hyper::body::Bytes;
use sha1::Sha1;

/// Makes webhooks of one account.
pub struct Signer {
    mac: Hmac<Sha1>,
    public_url: String,
}

/// Whose call it is.
pub struct Who {
    /// The provider's id of the call.
    pub sid: String,
    /// The number that calls.
    pub from: String,
    /// The number that is dialled.
    pub to: String,
}

/// What is told of the call.
#[derive(Clone, Copy)]
pub enum Told<'t> {
    /// It comes in.
    Rings,
    /// A document led here by itself.
    Goes,
    /// Keys were pressed, and the one that ended them and was taken away.
    Pressed(&'t str, Option<char>),
    /// It is over.
    Over,
}

/// A webhook ready to be sent, as often as one likes.
#[derive(Clone)]
pub struct Message {
    /// Path and query, below the public address.
    pub target: String,
    /// The form.
    pub body: Bytes,
    /// What proves the sender.
    pub signature: String,
    /// The same whenever the same webhook is sent again.
    pub token: String,
}

/// What is wrong with a forged webhook.
#[derive(Clone, Copy)]
pub enum Forgery {
    /// The signature is another's.
    Signature,
    /// A field was added after it was signed.
    Body,
}

impl Signer {
    /// Signs with the token of an account, for addresses below the public one.
    pub fn new(token: &Secret, public_url: &str) -> Signer {
        Signer { mac: keyed::<Sha1>(token.reveal().as_bytes()), public_url: public_url.to_owned() }
    }

    /// A webhook to path and query. `id` is 32 digits of hex.
    pub fn message(&self, who: &Who, target: &str, told: Told<'_>, id: &str) -> Message {
        let mut form = String::with_capacity(1024);
        // Signed is the address with every name and value behind it, in the order of names.
        let mut signed = String::with_capacity(1024);
        signed.push_str(&self.public_url);
        signed.push_str(target);
        fields(who, told, &mut |name, value| {
            signed.push_str(name);
            signed.push_str(value);
            if !form.is_empty() {
                form.push('&');
            }
            form.push_str(name);
            form.push('=');
            escape(value, &mut form);
        });
        let mac = self.mac.clone().chain_update(&signed).finalize().into_bytes();
        let token = [&id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]].join("-");
        Message { target: target.to_owned(), body: form.into(), signature: STANDARD.encode(mac), token }
    }
}

impl Message {
    /// The same, so that nobody may believe it.
    pub fn forged(&self, how: Forgery) -> Message {
        let mut forged = self.clone();
        match how {
            Forgery::Signature => {
                let other = if self.signature.starts_with('A') { "B" } else { "A" };
                forged.signature.replace_range(..1, other);
            }
            Forgery::Body => forged.body = [&self.body[..], b"&zone=1"].concat().into(),
        }
        forged
    }
}

/// The fields in the order of their names, byte by byte: this order is signed.
fn fields(who: &Who, told: Told<'_>, put: &mut impl FnMut(&str, &str)) {
    let over = matches!(told, Told::Over);
    put("AccountSid", "AC00000000000000000000000000000001");
    put("ApiVersion", "2010-04-01");
    if over {
        put("CallDuration", "42");
    }
    put("CallSid", &who.sid);
    put(
        "CallStatus",
        match told {
            Told::Rings => "ringing",
            Told::Goes | Told::Pressed(..) => "in-progress",
            Told::Over => "completed",
        },
    );
    if over {
        put("CallbackSource", "call-progress-events");
    }
    party(["Called", "CalledCity", "CalledCountry", "CalledState", "CalledZip"], &who.to, put);
    party(["Caller", "CallerCity", "CallerCountry", "CallerState", "CallerZip"], &who.from, put);
    if let Told::Pressed(digits, _) = told {
        put("Digits", digits);
    }
    put("Direction", "inbound");
    if over {
        put("Duration", "1");
    }
    if let Told::Pressed(_, finish) = told {
        let mut buffer = [0; 4];
        put("FinishedOnKey", finish.map_or("", |key| key.encode_utf8(&mut buffer)));
    }
    party(["From", "FromCity", "FromCountry", "FromState", "FromZip"], &who.from, put);
    if over {
        put("SequenceNumber", "0");
        put("SipResponseCode", "200");
    }
    party(["To", "ToCity", "ToCountry", "ToState", "ToZip"], &who.to, put);
    if let Told::Pressed(..) = told {
        put("msg", "Gather End");
    }
}

/// A number and where it is, which the provider does not know of numbers of fiction.
fn party(names: [&str; 5], number: &str, put: &mut impl FnMut(&str, &str)) {
    put(names[0], number);
    names[1..].iter().for_each(|name| put(name, ""));
}

fn escape(value: &str, form: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let mut rest = value;
    // Most values are plain to their end.
    while let Some(at) = rest.bytes().position(|byte| !plain(byte)) {
        form.push_str(&rest[..at]);
        let c = rest[at..].chars().next().unwrap_or_default();
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            if byte == b' ' {
                form.push('+');
            } else {
                let (high, low) = (HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]);
                form.extend(['%', char::from(high), char::from(low)]);
            }
        }
        rest = &rest[at + c.len_utf8()..];
    }
    form.push_str(rest);
}
