//! Who sent it: `X-Twilio-Signature`. Knows nothing of what the fields mean.
//!
//! Signed is the whole address as the provider called it, then for a form every different pair of
//! name and value, sorted, without anything between them.

use crate::provider::form::Fields;
use crate::provider::{Refused, Webhook};
use crate::words::Secret;
use crate::words::mac::keyed;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::{Digest, OutputSizeUser};
use hmac::{EagerHash, Hmac, Mac};
use sha1::Sha1;
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Proves a request and hands over its fields.
pub fn prove(webhook: &Webhook, secrets: &[Secret]) -> Result<Fields, Refused> {
    let signature = (webhook.header)("x-twilio-signature").ok_or(Refused::Signature)?;
    let algorithm = algorithm((webhook.header)("x-twilio-webhooks-signature-settings"))?;
    let content = Content::read(webhook)?;
    let signed = content.signed().map(Fields::sorted).unwrap_or_default();
    let fits = match algorithm {
        Algorithm::Sha1 => fits::<Sha1>(signature, webhook, &signed, secrets),
        Algorithm::Sha256 => fits::<Sha256>(signature, webhook, &signed, secrets),
    };
    if fits { Ok(content.into_fields()) } else { Err(Refused::Signature) }
}

/// What is signed beside the address, and where the fields are.
enum Content {
    /// In the query, which is a part of the address.
    Query(Fields),
    /// In the body, signed one by one.
    Form(Fields),
    /// Nowhere; the query held the digest of the body.
    Digested,
}

impl Content {
    fn read(webhook: &Webhook) -> Result<Content, Refused> {
        let query = webhook.target.split_once('?').map_or("", |(_, query)| query);
        if webhook.method == "GET" {
            return Fields::decode(query.as_bytes()).map(Content::Query);
        }
        let json = |kind: &str| kind.get(..JSON.len()).is_some_and(|kind| kind.eq_ignore_ascii_case(JSON));
        if (webhook.header)("content-type").is_some_and(json) {
            // The signature covers only the digest in the address, so the digest must cover the body.
            return if digested(query, webhook.body) { Ok(Content::Digested) } else { Err(Refused::Signature) };
        }
        Fields::decode(webhook.body).map(Content::Form)
    }

    fn signed(&self) -> Option<&Fields> {
        match self {
            Content::Form(fields) => Some(fields),
            Content::Query(_) | Content::Digested => None,
        }
    }

    fn into_fields(self) -> Fields {
        match self {
            Content::Form(fields) | Content::Query(fields) => fields,
            Content::Digested => Fields::none(),
        }
    }
}

const JSON: &str = "application/json";

/// Whether the query's `bodySHA256` is that of the body.
fn digested(query: &str, body: &[u8]) -> bool {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut named = query.split('&').filter_map(|field| field.strip_prefix("bodySHA256="));
    let (Some(claimed), None) = (named.next(), named.next()) else { return false };
    let digest = Sha256::digest(body).into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
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

/// Whether one of the secrets made the signature, over the address with or without its port. Only
/// which secret and which form of the address it was shows in the time it takes.
fn fits<D: EagerHash + Digest>(signature: &str, webhook: &Webhook, signed: &[&str], secrets: &[Secret]) -> bool {
    let mut buffer = [0; 48];
    let claimed = match STANDARD.decode_slice(signature, &mut buffer) {
        Ok(length) if length == <Hmac<D> as OutputSizeUser>::output_size() => &buffer[..length],
        _ => return false,
    };
    let address = Address::of(webhook.public_url);
    // An empty secret is a setting gone wrong, and everybody could sign with it.
    secrets.iter().filter(|secret| !secret.reveal().is_empty()).any(|secret| {
        let mac = keyed::<D>(secret.reveal().as_bytes()).chain_update(address.before);
        address.ports().into_iter().any(|port| {
            let mut mac = mac.clone();
            for part in [port, address.after, webhook.target].iter().chain(signed) {
                mac.update(part.as_bytes());
            }
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
