//! The provider's signature: HMAC-SHA1 over the address and the sorted fields of the form.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::InvalidLength;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use std::borrow::Cow;

/// Fields of a form, sorted.
pub type Fields<'b> = Vec<(Cow<'b, str>, Cow<'b, str>)>;

/// Proves who sent a webhook.
pub struct Prover {
    key: Hmac<Sha1>,
    public_url: String,
}

impl Prover {
    /// With the account's token, for the address that is signed.
    pub fn new(token: &str, public_url: &str) -> Result<Prover, InvalidLength> {
        Ok(Prover { key: <Hmac<Sha1> as KeyInit>::new_from_slice(token.as_bytes())?, public_url: public_url.into() })
    }

    /// The fields of a form whose signature fits.
    pub fn proved<'b>(&self, target: &str, body: &'b [u8], signature: &[u8]) -> Option<Fields<'b>> {
        let mut fields: Fields<'b> = form_urlencoded::parse(body).collect();
        fields.sort_unstable();
        let mut mac = self.key.clone();
        mac.update(self.public_url.as_bytes());
        mac.update(target.as_bytes());
        for (name, value) in &fields {
            mac.update(name.as_bytes());
            mac.update(value.as_bytes());
        }
        let mut given = [0; 24];
        let length = STANDARD.decode_slice(signature, &mut given).ok()?;
        mac.verify_slice(&given[..length]).ok()?;
        Some(fields)
    }
}
