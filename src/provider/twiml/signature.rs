//! Who sent it: `X-Twilio-Signature`, and what others sign in the same way under another name. Knows
//! nothing of what the fields mean.
//!
//! Signed is the whole address as the provider called it, then for a form every different pair of
//! name and value, sorted, without anything between them.

use super::callback::Content;
use crate::provider::form::Fields;
use crate::provider::{Keys, Proved, Refused, Verified, Webhook};
use crate::words::Secret;
use crate::words::mac::keyed;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::{Digest, OutputSizeUser};
use hmac::{EagerHash, Hmac, Mac};
use sha1::Sha1;
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// See [`crate::provider::Provider::verify`].
pub fn verify(webhook: &Webhook, keys: &Keys) -> Result<Verified, Refused> {
    prove(webhook, keys.secrets).map(|fields| Verified(Proved::Fields(fields)))
}

/// Proves a request and hands over its fields.
pub fn prove(webhook: &Webhook, secrets: &[Secret]) -> Result<Fields, Refused> {
    let signature = (webhook.header)("x-twilio-signature").ok_or(Refused::Signature)?;
    let algorithm = algorithm((webhook.header)("x-twilio-webhooks-signature-settings"))?;
    let content = Content::read(webhook)?;
    let signed = match &content {
        Content::Form(fields) => fields.sorted(),
        // The signature covers only the digest in the address, so the digest must cover the body.
        Content::Json if !digested(webhook) => return Err(Refused::Signature),
        Content::Json | Content::Query(_) => Vec::new(),
    };
    let signed: Vec<&[u8]> = signed.into_iter().map(str::as_bytes).collect();
    let claimed = base64(signature).ok_or(Refused::Signature)?;
    let fits = match algorithm {
        Algorithm::Sha1 => fits::<Sha1>(&claimed, webhook, &signed, secrets),
        Algorithm::Sha256 => fits::<Sha256>(&claimed, webhook, &signed, secrets),
    };
    match content {
        _ if !fits => Err(Refused::Signature),
        Content::Form(fields) | Content::Query(fields) => Ok(fields),
        Content::Json => Fields::of_json(webhook.body),
    }
}

/// Whether the query's `bodySHA256` is that of the body.
fn digested(webhook: &Webhook) -> bool {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let query = webhook.target.split_once('?').map_or("", |(_, query)| query);
    let mut named = query.split('&').filter_map(|field| field.strip_prefix("bodySHA256="));
    let (Some(claimed), None) = (named.next(), named.next()) else { return false };
    let digest = Sha256::digest(webhook.body).into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let hex: Vec<u8> = digest.map(|nibble| HEX[usize::from(nibble)]).collect();
    hex.ct_eq(claimed.as_bytes()).into()
}

enum Algorithm {
    /// With the account's token: the usual.
    Sha1,
    /// With a key shared for webhooks only.
    Sha256,
}

/// Which algorithm the settings header names, as in `key=ID,algorithm=HMAC_SHA256`. One that is not
/// known, or two, is refused rather than taken for the usual one.
fn algorithm(settings: Option<&str>) -> Result<Algorithm, Refused> {
    let Some(settings) = settings else { return Ok(Algorithm::Sha1) };
    let pairs = settings.split(',').filter_map(|pair| pair.split_once('='));
    let mut named = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("algorithm"));
    match (named.next(), named.next()) {
        (Some((_, name)), None) if name.trim().eq_ignore_ascii_case("HMAC_SHA1") => Ok(Algorithm::Sha1),
        (Some((_, name)), None) if name.trim().eq_ignore_ascii_case("HMAC_SHA256") => Ok(Algorithm::Sha256),
        _ => Err(Refused::Signature),
    }
}

/// Longest signature there is, in characters.
const LONGEST: usize = 128;

/// The bytes of a signature.
pub fn base64(signature: &str) -> Option<Vec<u8>> {
    if signature.len() > LONGEST { None } else { STANDARD.decode(signature).ok() }
}

/// Whether one of the secrets made the signature, over the address with or without its port and what is
/// signed behind it. Only which secret and which form of the address it was shows in the time it takes.
pub fn fits<D: EagerHash + Digest>(claimed: &[u8], webhook: &Webhook, signed: &[&[u8]], secrets: &[Secret]) -> bool {
    if claimed.len() != <Hmac<D> as OutputSizeUser>::output_size() {
        return false;
    }
    let address = Address::of(webhook.public_url);
    // An empty secret is a setting gone wrong, and everybody could sign with it.
    secrets.iter().filter(|secret| !secret.reveal().is_empty()).any(|secret| {
        let mac = keyed::<D>(secret.reveal().as_bytes()).chain_update(address.before);
        address.ports().into_iter().any(|port| {
            let mut mac = mac.clone();
            [port, address.after, webhook.target].iter().for_each(|part| mac.update(part.as_bytes()));
            signed.iter().for_each(|part| mac.update(part));
            mac.verify_slice(claimed).is_ok()
        })
    })
}

/// An address taken apart around its port, because the signer is not consistent about it: it may
/// drop a port that is there, and add the standard one where none is.
struct Address<'a> {
    before: &'a str,
    port: &'a str,
    after: &'a str,
}

impl<'a> Address<'a> {
    fn of(url: &'a str) -> Address<'a> {
        let host = url.find("://").map_or(0, |at| at + 3);
        let end = url[host..].find(['/', '?']).map_or(url.len(), |at| host + at);
        // A colon also stands in `user:password@` and inside the brackets of an IPv6 address.
        let name = url[host..end].rfind(['@', ']']).map_or(host, |at| host + at + 1);
        let port = url[name..end].rfind(':').map_or(end, |at| name + at);
        Address { before: &url[..port], port: &url[port..end], after: &url[end..] }
    }

    /// The ports it may have been signed with, colon included, the likelier first.
    fn ports(&self) -> [&'a str; 2] {
        match self.before.split_once("://") {
            _ if !self.port.is_empty() => [self.port, ""],
            Some((scheme, _)) if scheme.eq_ignore_ascii_case("http") => ["", ":80"],
            _ => ["", ":443"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_tried_with_and_without_its_port() {
        let forms = |url: &str| {
            let address = Address::of(url);
            address.ports().map(|port| format!("{}{port}{}", address.before, address.after))
        };
        assert_eq!(forms("https://a.b"), ["https://a.b", "https://a.b:443"]);
        assert_eq!(forms("http://a.b/base"), ["http://a.b/base", "http://a.b:80/base"]);
        assert_eq!(forms("https://a.b:8443/x:1"), ["https://a.b:8443/x:1", "https://a.b/x:1"]);
        assert_eq!(forms("https://u:p@a.b/x"), ["https://u:p@a.b/x", "https://u:p@a.b:443/x"]);
        assert_eq!(forms("https://u:p@a.b:8443"), ["https://u:p@a.b:8443", "https://u:p@a.b"]);
        assert_eq!(forms("http://[::1]/x"), ["http://[::1]/x", "http://[::1]:80/x"]);
        assert_eq!(forms("http://[::1]:8080/x"), ["http://[::1]:8080/x", "http://[::1]/x"]);
    }
}
