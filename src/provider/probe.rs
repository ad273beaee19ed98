//! A request we make to ourselves as a provider would, on the public address. What arrives of it tells
//! what stands between, and why a provider's signature would not fit. Knows nothing of HTTP.

use super::sign::{ToSign, signed};
use super::{Provider, Refused};
use crate::words::Secret;
use crate::words::mac::keyed;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::collections::BTreeMap;

/// How long a probe counts, in seconds either way: clocks differ.
const COUNTS: i64 = 120;
/// What everything we write into it is.
const MARK: &str = "hotline";
/// A query that is easily changed on the way: escaped in another way than most programs would.
const QUERY: &str = "plus=%2B1%20a&han=%e4%b8%ad&empty=&tilde=~";
/// Headers that a provider proves itself by.
const PROOFS: [(&str, &[&str]); 6] = [
    ("signalwire", &["x-signalwire-signature"]),
    ("telnyx", &["telnyx-signature-ed25519", "telnyx-timestamp"]),
    ("plivo", &["x-plivo-signature-v3", "x-plivo-signature-v3-nonce"]),
    ("jambonz", &["jambonz-signature"]),
    ("twilio", &["x-twilio-signature"]),
    ("somleng", &["x-twilio-signature"]),
];

/// The key that probes are known by, so that nobody else is told what arrives here.
#[derive(Clone)]
pub struct ProbeKey(Hmac<Sha256>);

/// One request.
pub struct Probe {
    provider: Provider,
    at: i64,
    /// Path and query behind the public address.
    pub target: String,
}

/// What arrived.
#[derive(Serialize, Deserialize)]
pub struct Seen {
    /// Shows that it is we who tell.
    #[serde(default)]
    pub told_by: String,
    /// Why it would be refused as a webhook; none: it would be believed.
    #[serde(default)]
    pub refused: Option<String>,
    /// Path and query.
    pub target: String,
    /// Headers by lower-case name, those of a probe alone.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

impl ProbeKey {
    /// A key of its own for probes, from the deployment's pepper.
    pub fn derive(pepper: &Secret) -> ProbeKey {
        let key = keyed::<Sha256>(pepper.reveal().as_bytes()).chain_update(b"hotline probes 1").finalize();
        ProbeKey(keyed(&key.into_bytes()))
    }

    /// A request as a provider would make it at this moment, in seconds.
    pub fn probe(&self, provider: Provider, at: i64) -> Probe {
        let mac = URL_SAFE_NO_PAD.encode(self.mac(provider, at).finalize().into_bytes());
        Probe { provider, at, target: format!("/voice/{provider}/check/{at}/{mac}?{QUERY}") }
    }

    /// Whether it is one of ours, and of now.
    pub fn proves(&self, provider: Provider, at: i64, mac: &str, now: i64) -> bool {
        let Ok(mac) = URL_SAFE_NO_PAD.decode(mac) else { return false };
        at.abs_diff(now) <= COUNTS.unsigned_abs() && self.mac(provider, at).verify_slice(&mac).is_ok()
    }

    /// What only a server with this key can say of a probe.
    pub fn told_by(&self, provider: Provider, at: i64) -> String {
        URL_SAFE_NO_PAD.encode(self.mac(provider, at).chain_update(b"answer").finalize().into_bytes())
    }

    /// Whether it was one with this key that told.
    pub fn is_told_by_us(&self, probe: &Probe, seen: &Seen) -> bool {
        let Ok(mac) = URL_SAFE_NO_PAD.decode(&seen.told_by) else { return false };
        self.mac(probe.provider, probe.at).chain_update(b"answer").verify_slice(&mac).is_ok()
    }

    fn mac(&self, provider: Provider, at: i64) -> Hmac<Sha256> {
        self.0.clone().chain_update(provider.name()).chain_update(at.to_be_bytes())
    }
}

impl Probe {
    /// What it is sent with.
    pub fn headers(&self) -> Vec<(&'static str, &'static str)> {
        let kind = if self.sends_json() { "application/json" } else { "application/x-www-form-urlencoded" };
        let own = PROOFS.iter().find(|(name, _)| *name == self.provider.name());
        let own = own.map_or(&["authorization"][..], |(_, headers)| headers);
        [("content-type", kind)].into_iter().chain(own.iter().map(|header| (*header, MARK))).collect()
    }

    /// What it sends.
    pub fn body(&self) -> &'static str {
        if self.sends_json() { r#"{"a": "+1", "b":"\u4e2d c"}"# } else { "a=%2B1&b=%e4%b8%ad+c" }
    }

    fn sends_json(&self) -> bool {
        ["bandwidth", "vonage", "jambonz"].contains(&self.provider.name())
    }

    /// What it is sent with when it is signed as the provider signs what it posts to this public address; none
    /// where nobody else can.
    pub fn signed(&self, public_url: &str, secret: &Secret) -> Option<Vec<(&'static str, String)>> {
        let of = ToSign { public_url, target: &self.target, body: self.body(), at: self.at };
        let mut headers: Vec<_> = self.headers().iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        for (name, value) in signed(self.provider, &of, secret)? {
            headers.retain(|(own, _)| *own != name);
            headers.push((name, value));
        }
        Some(headers)
    }

    /// What is wrong with a signed one that arrived, with the mend.
    pub fn disbelieved(&self, public_url: &str, seen: &Seen) -> Option<String> {
        let why = seen.refused.as_ref()?;
        let (provider, secret) = (self.provider, self.provider.secret());
        Some(format!(
            "what is proved by the first `{secret}` for {public_url} would be refused: {why}. The server that answers \
             has another secret or another public address than these settings; let both be the same, letter by \
             letter (scheme, host, port, no slash at the end), start the server again, and give {provider} that \
             address and that secret"
        ))
    }

    /// How what arrived would be judged as a webhook, in words.
    pub fn judged(judged: Result<(), Refused>) -> Option<String> {
        judged.err().map(|why| why.to_string())
    }

    /// What of it is to be kept, by lower-case name, for [`Seen`].
    pub fn wants(provider: Provider, header: &str) -> bool {
        Probe { provider, at: 0, target: String::new() }.headers().iter().any(|(own, _)| *own == header)
    }

    /// What arrived otherwise than it was sent, each with the mend.
    pub fn differs(&self, seen: &Seen) -> Vec<String> {
        let mut told = Vec::new();
        let parts = |target: &str| target.split_once('?').map(|(path, query)| (path.to_owned(), query.to_owned()));
        match (parts(&self.target), parts(&seen.target)) {
            (Some((_, query)), Some((_, arrived))) if query != arrived => {
                told.push(format!(
                    "the query arrives changed, as `{arrived}` instead of `{query}`: a proxy writes it anew, and \
                     signatures cover it as it was; have it pass the address on unchanged"
                ));
            }
            (_, None) => told
                .push("the query does not arrive: have the proxy pass on the whole address, query included".to_owned()),
            _ => {}
        }
        for (name, value) in self.headers() {
            match seen.headers.get(name) {
                None => told.push(format!(
                    "the header `{name}` does not arrive, and {} is known by it; have the proxy pass it on",
                    self.provider
                )),
                Some(arrived) if arrived != value => told
                    .push(format!("the header `{name}` arrives as `{arrived}`: have the proxy pass it on unchanged")),
                Some(_) => {}
            }
        }
        if seen.body != self.body() {
            told.push("the body arrives changed: have the proxy pass it on as it is".to_owned());
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_counts_for_its_provider_and_for_two_minutes() {
        let key = ProbeKey::derive(&Secret::new("the pepper of a test"));
        let probe = key.probe(Provider::Twilio, 1000);
        let path = probe.target.split('?').next().unwrap();
        let parts: Vec<&str> = path.split('/').collect();
        let ["", "voice", "twilio", "check", "1000", mac] = parts[..] else { panic!("{path}") };
        assert!(key.proves(Provider::Twilio, 1000, mac, 1000) && key.proves(Provider::Twilio, 1000, mac, 1120));
        assert!(!key.proves(Provider::Twilio, 1000, mac, 1121) && !key.proves(Provider::Twilio, 1001, mac, 1000));
        assert!(!key.proves(Provider::Phone, 1000, mac, 1000));
    }
}
