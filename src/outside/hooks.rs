//! Programs that are told of requests, in the form of Standard Webhooks: signed, with an id by which a
//! repeated message is known again. Where they are and what messages are signed with stands in the
//! settings. Knows nothing of what is told.

use super::OutsideError;
use crate::words::Secret;
use crate::words::mac::keyed;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::Mac;
use reqwest::{Client, StatusCode, Url, redirect, retry};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;
use zeroize::Zeroizing;

/// The longest a message may take until it is taken.
const WITHIN: Duration = Duration::from_secs(10);
/// The longest a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// What a secret begins with.
const PREFIX: &str = "whsec_";
/// How many bytes a secret may have.
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;

/// A program that is told, as the settings declare it. Holds secrets, so it cannot be printed.
#[derive(Clone)]
pub struct Hook {
    /// What the settings call it.
    pub name: String,
    /// Where it is.
    pub to: HookAddress,
    /// What messages are signed with: with all, so that one can be replaced.
    pub keys: Vec<HookKey>,
}

/// Where a program listens: over TLS, or on this machine. Holds what an address may hold, so it cannot
/// be printed.
#[derive(Clone)]
pub struct HookAddress(Url);

/// A secret's bytes.
#[derive(Clone)]
pub struct HookKey(Zeroizing<Vec<u8>>);

/// All that are told.
#[derive(Clone, Default)]
pub struct Hooks {
    hooks: BTreeMap<String, (Hook, Client)>,
}

/// How telling went.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Told {
    /// It was taken, with this status.
    Taken(u16),
    /// It was not taken, or nobody knows; it may be later.
    Later(String),
    /// It says that it is not there any more.
    Gone,
    /// The settings name no such program.
    Unknown,
}

impl HookAddress {
    /// Reads an address.
    ///
    /// # Errors
    /// What is wrong with it, and the mend; both follow the name of the setting.
    pub fn parse(text: &str) -> Result<HookAddress, (&'static str, &'static str)> {
        const MEND: &str = "write it as `https://example.com/hooks/hotline`";
        let Ok(url) = Url::parse(text) else { return Err(("is no address", MEND)) };
        let host = url.host_str().unwrap_or_default();
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let own = host == "localhost" || literal.is_ok_and(|address| address.is_loopback());
        match url.scheme() {
            _ if host.is_empty() => Err(("names no host", MEND)),
            "https" | "http" if !url.username().is_empty() || url.password().is_some() => {
                Err(("holds a user's name or password", "leave it out: messages are signed with `secret`"))
            }
            "https" | "http" if url.fragment().is_some() => Err(("has a fragment", MEND)),
            "https" => Ok(HookAddress(url)),
            "http" if own => Ok(HookAddress(url)),
            "http" => Err(("sends everything readable by anybody on the way", "begin it with `https://`")),
            _ => Err(("does not begin with `https://`", MEND)),
        }
    }
}

impl HookKey {
    /// Reads a secret, `whsec_` and base64.
    ///
    /// # Errors
    /// What is wrong with it, and the mend; neither repeats it.
    pub fn parse(secret: &Secret) -> Result<HookKey, (&'static str, &'static str)> {
        const MEND: &str = "make one with `echo whsec_$(openssl rand -base64 32)`";
        let Some(encoded) = secret.reveal().strip_prefix(PREFIX) else {
            return Err(("does not begin with `whsec_`", MEND));
        };
        let Ok(bytes) = STANDARD.decode(encoded).map(Zeroizing::new) else {
            return Err(("has no base64 after `whsec_`", MEND));
        };
        if !LENGTHS.contains(&bytes.len()) {
            return Err(("does not hold 24 to 64 bytes", MEND));
        }
        Ok(HookKey(bytes))
    }
}

impl Hooks {
    /// The programs, each with its connections. Nobody is told anything yet.
    ///
    /// # Errors
    /// No connections can be made at all.
    pub fn new(hooks: Vec<Hook>) -> Result<Hooks, OutsideError> {
        super::start_tls();
        let ready = |hook: Hook| {
            let client = Client::builder()
                .connect_timeout(CONNECT)
                .timeout(WITHIN)
                .redirect(redirect::Policy::none())
                .retry(retry::never())
                .referer(false)
                .user_agent("hotline");
            // Nobody is asked on the way to oneself.
            let client = if hook.to.0.scheme() == "http" { client.no_proxy() } else { client.https_only(true) };
            let client = client.build();
            let client = client.map_err(|source| OutsideError::Client { host: hook.name.clone(), source })?;
            Ok((hook.name.clone(), (hook, client)))
        };
        Ok(Hooks { hooks: hooks.into_iter().map(ready).collect::<Result<_, OutsideError>>()? })
    }

    /// Their names.
    pub fn names(&self) -> Vec<String> {
        self.hooks.keys().cloned().collect()
    }

    /// Whether nobody is told.
    pub fn is_empty(&self) -> bool {
        self.hooks.is_empty()
    }

    /// Tells one a message, as it is known by `id` however often it is tried. `at` is the moment of this
    /// try, in seconds.
    pub async fn tell(&self, name: &str, id: &str, at: i64, body: &str) -> Told {
        let Some((hook, client)) = self.hooks.get(name) else { return Told::Unknown };
        let request = client
            .post(hook.to.0.clone())
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", at)
            .header("webhook-signature", signatures(&hook.keys, id, at, body))
            .body(body.to_owned());
        match request.send().await {
            Ok(answer) if answer.status().is_success() => Told::Taken(answer.status().as_u16()),
            Ok(answer) if answer.status() == StatusCode::GONE => Told::Gone,
            Ok(answer) => Told::Later(format!("{name} answered {}", answer.status().as_u16())),
            Err(error) if error.is_timeout() => Told::Later(format!("{name} did not answer in time")),
            Err(error) if error.is_connect() => Told::Later(format!("{name} cannot be reached")),
            Err(_) => Told::Later(format!("the connection with {name} broke off")),
        }
    }
}

/// A signature by every key, parted by spaces.
fn signatures(keys: &[HookKey], id: &str, at: i64, body: &str) -> String {
    let sign = |key: &HookKey| {
        let mac = keyed::<Sha256>(&key.0).chain_update(format!("{id}.{at}.")).chain_update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    };
    keys.iter().map(sign).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example in the published libraries' own tests.
    #[test]
    fn the_published_example_is_signed_as_published() {
        let key = HookKey::parse(&Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).ok().unwrap();
        let signed = signatures(&[key], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_has_its_prefix_and_between_24_and_64_bytes() {
        let secret = |bytes: usize| Secret::new(format!("whsec_{}", STANDARD.encode(vec![7; bytes])));
        for (bytes, fine) in [(23, false), (24, true), (64, true), (65, false)] {
            assert_eq!(HookKey::parse(&secret(bytes)).is_ok(), fine, "{bytes}");
        }
        for wrong in ["", "whsec_", "whsec_?", &STANDARD.encode([7; 32])] {
            assert!(HookKey::parse(&Secret::new(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_address_is_https_or_on_this_machine() {
        for fine in [
            "https://a.example/x?y=1",
            "https://10.0.0.1/",
            "http://127.0.0.1:9/x",
            "http://[::1]/",
            "http://localhost/",
        ] {
            assert!(HookAddress::parse(fine).is_ok(), "{fine}");
        }
        for wrong in [
            "",
            "a.example",
            "ftp://a.example",
            "http://a.example",
            "http://127.0.0.1.example/",
            "https://u:p@a.example",
            "https://a.example/#x",
        ] {
            assert!(HookAddress::parse(wrong).is_err(), "{wrong}");
        }
    }
}
