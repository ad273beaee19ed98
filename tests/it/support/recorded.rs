//! Requests as providers sent them, and what their own libraries say of whether they prove anything:
//! `tests/data/NAME-vectors.json` and `tests/data/samples/`.

use hotline::provider::{Door, Heard, Keys, Provider, Refused, Risks, Verified, Webhook};
use hotline::words::Secret;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// A request, as it came in.
#[derive(Deserialize, Clone, Debug)]
pub struct Request {
    pub method: String,
    /// Scheme and host.
    pub public_url: String,
    /// Path and query.
    pub target: String,
    /// By lower-case names.
    pub headers: BTreeMap<String, String>,
    pub body: String,
    /// When it came, in seconds since 1970, where that is signed.
    #[serde(default)]
    pub now: Option<i64>,
    /// What it was signed with.
    #[serde(default)]
    pub secret: String,
}

/// A request, and whether it proves its sender.
#[derive(Deserialize)]
pub struct Vector {
    pub name: String,
    pub why: String,
    pub secrets: Vec<String>,
    #[serde(flatten)]
    pub request: Request,
    pub valid: bool,
    /// Both answers are good.
    #[serde(default)]
    pub either_ok: bool,
    /// Which of the provider's ways to sign it is, where there are several.
    #[serde(default)]
    pub scheme: String,
}

/// Everything recorded of a provider.
pub fn vectors(provider: Provider) -> Vec<Vector> {
    serde_json::from_str(&read(&format!("{provider}-vectors.json"))).unwrap()
}

/// One callback, by the name of its file.
pub fn sample(name: &str) -> Request {
    serde_json::from_str(&read(&format!("samples/{name}.json"))).unwrap()
}

fn read(file: &str) -> String {
    let path = Path::new("tests/data").join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

impl Request {
    /// Whether the provider's rules believe it.
    pub fn verify(&self, provider: Provider, secrets: &[String], risks: Risks) -> Result<Verified, Refused> {
        let secrets: Vec<Secret> = secrets.iter().map(Secret::new).collect();
        let webhook = Webhook {
            method: &self.method,
            public_url: &self.public_url,
            target: &self.target,
            header: &|name| self.headers.get(name).map(String::as_str),
            body: self.body.as_bytes(),
        };
        provider.verify(&webhook, &Keys { secrets: &secrets, now: self.now.unwrap_or_default(), risks })
    }

    /// What it tells at a door, proved by the secret it was recorded with.
    pub fn hear(&self, provider: Provider, door: Door) -> Result<Heard, Refused> {
        let secrets = std::slice::from_ref(&self.secret);
        provider.parse(self.verify(provider, secrets, Risks::default())?, door)
    }
}
