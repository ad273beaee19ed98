//! Signs our own request to ourselves as a provider would sign its webhook, so that what proves webhooks can
//! be tried on what arrives. Knows nothing of how signatures are proved: where the two disagree, it shows.

use super::Provider;
use super::form::Fields;
use crate::words::Secret;
use crate::words::mac::{hex, keyed};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::digest::Digest;
use hmac::{EagerHash, Mac};
use serde_json::json;
use sha1::Sha1;
use sha2::Sha256;

/// What is to be signed.
pub(super) struct ToSign<'a> {
    /// The public address, and path and query behind it, as the provider calls them.
    pub public_url: &'a str,
    pub target: &'a str,
    pub body: &'a str,
    /// The moment, in seconds.
    pub at: i64,
}

/// What a provider would prove it with, by header; none where only the provider can.
pub(super) fn signed(provider: Provider, of: &ToSign<'_>, secret: &Secret) -> Option<Vec<(&'static str, String)>> {
    let key = secret.reveal().as_bytes();
    Some(match provider {
        Provider::Twilio | Provider::Somleng => vec![("x-twilio-signature", of.address_and_fields(key)?)],
        Provider::SignalWire => vec![("x-signalwire-signature", of.address_and_fields(key)?)],
        Provider::Plivo => {
            let nonce = of.at.to_string();
            let signature = of.address_fields_and_nonce(key, &nonce)?;
            vec![("x-plivo-signature-v3", signature), ("x-plivo-signature-v3-nonce", nonce)]
        }
        Provider::Bandwidth | Provider::FreeSwitch | Provider::VoiceXml => {
            vec![("authorization", format!("Basic {}", STANDARD.encode(key)))]
        }
        Provider::Vonage => vec![("authorization", format!("Bearer {}", of.token(key)))],
        Provider::Jambonz => {
            let at = of.at.to_string();
            let mac = digest::<Sha256>(key, &[&at, ".", of.body]);
            vec![("jambonz-signature", format!("t={at},v1={}", hex(&mac)))]
        }
        Provider::Telnyx | Provider::Phone => return None,
    })
}

impl ToSign<'_> {
    fn address_and_fields(&self, key: &[u8]) -> Option<String> {
        let fields = Fields::decode(self.body.as_bytes()).ok()?;
        let parts = [&[self.public_url, self.target][..], &fields.sorted()].concat();
        Some(STANDARD.encode(digest::<Sha1>(key, &parts)))
    }

    /// The fields of the query and of the form, sorted each, with a full stop between, and the nonce.
    fn address_fields_and_nonce(&self, key: &[u8], nonce: &str) -> Option<String> {
        let (path, query) = self.target.split_once('?')?;
        let sorted = |raw: &str| {
            let fields = Fields::decode(raw.as_bytes()).ok()?;
            let mut pairs: Vec<(String, String)> =
                fields.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            pairs.sort();
            Some(pairs)
        };
        let query: Vec<String> = sorted(query)?.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let body: String = sorted(self.body)?.into_iter().map(|(name, value)| name + &value).collect();
        let whole = format!("{}{path}?{}.{body}.{nonce}", self.public_url, query.join("&"));
        Some(STANDARD.encode(digest::<Sha256>(key, &[&whole])))
    }

    fn token(&self, key: &[u8]) -> String {
        let payload = hex(&Sha256::digest(self.body.as_bytes()));
        let claims = json!({ "iat": self.at, "jti": self.at.to_string(), "iss": "Vonage", "payload_hash": payload });
        let write = |part: serde_json::Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", write(json!({ "alg": "HS256", "typ": "JWT" })), write(claims));
        let mac = URL_SAFE_NO_PAD.encode(digest::<Sha256>(key, &[&signed]));
        format!("{signed}.{mac}")
    }
}

fn digest<D: EagerHash + Digest>(key: &[u8], parts: &[&str]) -> Vec<u8> {
    let mut mac = keyed::<D>(key);
    parts.iter().for_each(|part| mac.update(part.as_bytes()));
    mac.finalize().into_bytes().to_vec()
}

/// Whether a text is a public key of Ed25519, as Telnyx' console shows it.
pub fn is_public_key(text: &str) -> bool {
    STANDARD.decode(text.trim()).is_ok_and(|key| key.len() == 32)
}
