//! Who sent it: `X-Plivo-Signature-V3`. Knows nothing of what the fields mean.
//!
//! Signed is the address without its query, the query's decoded fields sorted, a form's fields sorted and
//! without anything between them, and a nonce that the header names. That a request was seen before
//! does no harm, because a turn that was answered is answered the same again.

use crate::provider::form::Fields;
use crate::provider::{Keys, Refused, Webhook};
use crate::words::Secret;
use crate::words::mac::keyed;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::Mac;
use sha2::Sha256;

/// The signature of whoever owns the number, which may be a subaccount, and that of the main account.
const V3: [&str; 2] = ["x-plivo-signature-v3", "x-plivo-signature-ma-v3"];
const V3_NONCE: &str = "x-plivo-signature-v3-nonce";
/// The older way covers no field at all.
const V2: [&str; 1] = ["x-plivo-signature-v2"];
const V2_NONCE: &str = "x-plivo-signature-v2-nonce";

/// Most signatures one header may hold: there is one for every token in use.
const MOST: usize = 8;

/// Proves a request and hands over its fields.
pub fn prove(webhook: &Webhook, keys: &Keys) -> Result<Fields, Refused> {
    let query = Fields::of_query(webhook.target)?;
    // What is no form is not read as one, because it would not be signed.
    let none = webhook.method == "GET" || webhook.body.is_empty();
    let body = if none { Fields::none() } else { Fields::of_webhook(webhook)? };
    let path = webhook.target.split_once('?').map_or(webhook.target, |(path, _)| path);
    let older = keys.risks.unsigned_fields && V3.iter().all(|name| (webhook.header)(name).is_none());
    let (headers, nonce) = if older { (&V2[..], V2_NONCE) } else { (&V3[..], V3_NONCE) };
    let nonce = (webhook.header)(nonce).ok_or(Refused::Signature)?;
    let fits = paths(path).any(|path| match older {
        true => fits(webhook, headers, keys.secrets, &[webhook.public_url, path, nonce]),
        false => fits(webhook, headers, keys.secrets, &signed(webhook.public_url, path, &query, &body, nonce)),
    });
    match fits {
        true if webhook.method == "GET" => Ok(query),
        true => Ok(body),
        false => Err(Refused::Signature),
    }
}

/// The path as it may have been signed: of an address that has none a slash is asked for.
fn paths(path: &str) -> impl Iterator<Item = &str> {
    std::iter::once(path).chain((path == "/").then_some(""))
}

/// What is signed, piece by piece. Without a query the form's fields follow a question mark, with one
/// a full stop: so it is in the provider's own libraries, whatever its documentation says.
fn signed<'a>(host: &'a str, path: &'a str, query: &'a Fields, body: &'a Fields, nonce: &'a str) -> Vec<&'a str> {
    let (query, body) = (sorted(query), sorted(body));
    let mut parts = vec![host, path];
    if !query.is_empty() || !body.is_empty() {
        parts.push("?");
    }
    for (at, (name, value)) in query.iter().enumerate() {
        parts.extend([if at > 0 { "&" } else { "" }, name, "=", value]);
    }
    if !query.is_empty() && !body.is_empty() {
        parts.push(".");
    }
    parts.extend(body.iter().flat_map(|(name, value)| [name, value]));
    parts.extend([".", nonce]);
    parts
}

/// By name and then value, the same pair as often as it is there.
fn sorted(fields: &Fields) -> Vec<(&str, &str)> {
    let mut pairs: Vec<_> = fields.pairs().collect();
    pairs.sort_unstable();
    pairs
}

/// Whether one of the secrets made one of the signatures. All are compared, so that the time tells not
/// even which it was.
fn fits(webhook: &Webhook, headers: &[&str], secrets: &[Secret], signed: &[&str]) -> bool {
    let claimed = headers.iter().filter_map(|name| (webhook.header)(name));
    let claimed = claimed.flat_map(|header| header.split(',').take(MOST));
    let claimed: Vec<_> = claimed.filter_map(|one| STANDARD.decode(one.trim()).ok()).collect();
    let mut fits = false;
    // An empty secret is a setting gone wrong, and everybody could sign with it.
    for secret in secrets.iter().filter(|secret| !secret.reveal().is_empty()) {
        let mut mac = keyed::<Sha256>(secret.reveal().as_bytes());
        signed.iter().for_each(|part| mac.update(part.as_bytes()));
        for one in &claimed {
            fits |= mac.clone().verify_slice(one).is_ok();
        }
    }
    fits
}
