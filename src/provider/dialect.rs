//! Which dialect each provider speaks: the one table that names them all.

use super::bandwidth;
use super::freeswitch;
use super::jambonz;
use super::phone;
use super::plivo;
use super::twiml::{signalwire, somleng, telnyx, twilio};
use super::voicexml;
use super::vonage;
use super::{
    Abilities, Document, Door, ELSEWHERE, Heard, Interface, Keys, Proved, Provider, Refused, Rendering, Sound,
    Verified, Webhook,
};
use crate::call::voice::Voice;
use crate::words::Phone;
use std::fmt;

/// All there is to know of how one provider speaks.
pub(super) struct Dialect {
    /// The provider's name in addresses, settings, logs and rows.
    pub name: &'static str,
    /// The media type of its documents.
    pub content_type: &'static str,
    /// What of `Provider::verify` is its own.
    pub verify: fn(&Webhook<'_>, &Keys<'_>) -> Result<Verified, Refused>,
    /// What of `Provider::parse` is its own.
    pub parse: fn(Verified, Door) -> Result<Heard, Refused>,
    /// What of `Provider::render` is its own.
    pub render: fn(&Voice, &Rendering<'_>) -> Document,
    /// What it can and cannot do.
    pub can: Abilities,
    /// What its settings call the secret its webhooks are proved with, as `auth_token`.
    pub secret: &'static str,
    /// The part of a `multipart/form-data` in which it uploads what it took down; none: it uploads nothing.
    pub uploads: Option<&'static str>,
    /// How it is asked to do something; none: it cannot be.
    pub interface: Option<Interface>,
}

impl Provider {
    /// Every provider, and our own phones.
    pub const ALL: &[Provider] = &[
        Provider::Twilio,
        Provider::Somleng,
        Provider::SignalWire,
        Provider::Telnyx,
        Provider::Plivo,
        Provider::Bandwidth,
        Provider::FreeSwitch,
        Provider::VoiceXml,
        Provider::Vonage,
        Provider::Jambonz,
        Provider::Phone,
    ];

    fn dialect(self) -> &'static Dialect {
        match self {
            Provider::Twilio => &twilio::DIALECT,
            Provider::Somleng => &somleng::DIALECT,
            Provider::SignalWire => &signalwire::DIALECT,
            Provider::Telnyx => &telnyx::DIALECT,
            Provider::Plivo => &plivo::DIALECT,
            Provider::Bandwidth => &bandwidth::DIALECT,
            Provider::FreeSwitch => &freeswitch::DIALECT,
            Provider::VoiceXml => &voicexml::DIALECT,
            Provider::Vonage => &vonage::DIALECT,
            Provider::Jambonz => &jambonz::DIALECT,
            Provider::Phone => &phone::DIALECT,
        }
    }

    /// Its name in addresses, settings, logs and rows.
    pub fn name(self) -> &'static str {
        self.dialect().name
    }

    /// The provider of a name.
    pub fn named(name: &str) -> Option<Provider> {
        Provider::ALL.iter().copied().find(|p| p.name() == name)
    }

    /// What it can do, and what it cannot.
    pub fn can(self) -> &'static Abilities {
        &self.dialect().can
    }

    /// What its settings call the secret its webhooks are proved with, as `auth_token`.
    pub fn secret(self) -> &'static str {
        self.dialect().secret
    }

    /// Whether its webhooks are proved by something we have too: else nobody but the provider can sign.
    pub fn can_be_signed_for(self) -> bool {
        self.secret() != "public_key"
    }

    /// Whether that is a user and a password, and nothing is signed.
    pub fn proves_by_credentials(self) -> bool {
        self.secret() == "credentials"
    }

    /// The address of its interface; empty where each customer has one of their own, none where there is no
    /// interface.
    pub fn api_base(self) -> Option<&'static str> {
        self.interface().map(|interface| interface.base)
    }

    /// The part of a `multipart/form-data` in which it uploads what it took down, to the address of the
    /// turn; none: it uploads nothing.
    pub fn uploads(self) -> Option<&'static str> {
        self.dialect().uploads
    }

    /// Whether the messages it takes down come to us or can be fetched; else they stay with it.
    pub fn hands_over_recordings(self) -> bool {
        self.uploads().is_some() || self.interface().is_some_and(|interface| interface.recording.is_some())
    }

    /// How it is asked to do something; none: it cannot be.
    pub(super) fn interface(self) -> Option<&'static Interface> {
        self.dialect().interface.as_ref()
    }

    /// Proves who sent it, in constant time, with any of several secrets so that they can be rotated.
    pub fn verify(self, webhook: &Webhook, keys: &Keys) -> Result<Verified, Refused> {
        (self.dialect().verify)(webhook, keys)
    }

    /// The same of an upload: `webhook` is its fields as a form, and `sound` what came beside them.
    pub fn verify_upload(self, webhook: &Webhook, keys: &Keys, sound: Sound) -> Result<Verified, Refused> {
        match (self.uploads(), self.verify(webhook, keys)?) {
            (Some(_), Verified(Proved::Fields(fields))) => Ok(Verified(Proved::Upload(fields, sound))),
            _ => Err(ELSEWHERE),
        }
    }

    /// What it tells, by the door it came to. A field that is not of this provider's form is
    /// [`Refused::Malformed`]; fields nobody asks for are passed over.
    pub fn parse(self, verified: Verified, at: Door) -> Result<Heard, Refused> {
        (self.dialect().parse)(verified, at)
    }

    /// The voice as this provider's document.
    pub fn render(self, voice: &Voice, with: &Rendering) -> Document {
        (self.dialect().render)(voice, with)
    }

    /// A document that was kept: the same bytes again.
    pub fn stored(self, text: String) -> Document {
        Document { content_type: self.dialect().content_type, text }
    }

    /// A document with a text message beside it, which only our own phones can show.
    pub fn with_text(self, document: Document, to: &Phone, words: &str) -> Document {
        match self {
            Provider::Phone => phone::with_text(document, to, words),
            _ => document,
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
