//! Requests as providers sent them, and what their own libraries say of whether they prove anything:
//! `tests/data/NAME-vectors.json` and `tests/data/samples/`.

use hotline::provider::{Door, Heard, Keys, Provider, Refused, Risks, Verified, Webhook};
use hotline::words::Secret;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
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

/// Judges everything recorded of a provider as its own libraries do; gives how much there is.
pub fn judge(provider: Provider) -> usize {
    let vectors = vectors(provider);
    for vector in vectors.iter().filter(|vector| !vector.either_ok) {
        let judged = vector.request.verify(provider, &vector.secrets, Risks::default());
        assert_eq!(judged.is_ok(), vector.valid, "{}: {}", vector.name, vector.why);
    }
    vectors.len()
}

/// One callback, by the name of its file.
pub fn sample(name: &str) -> Request {
    serde_json::from_str(&read(&format!("samples/{name}.json"))).unwrap()
}

/// A form posted to a target of ours, with the headers that `sign` makes of the address and the fields:
/// the values of one name stand as they are signed, in order and with the name between them.
pub fn form(
    target: &str,
    body: &str,
    secret: &str,
    sign: impl FnOnce(&str, &BTreeMap<String, String>) -> Vec<(&'static str, String)>,
) -> Request {
    let public_url = "https://ivr.example.com/base".to_owned();
    let mut fields: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(body.as_bytes()).into_owned().collect::<BTreeSet<_>>() {
        fields.entry(name.clone()).and_modify(|own| *own += &format!("{name}{value}")).or_insert(value);
    }
    let headers = sign(&format!("{public_url}{target}"), &fields);
    let kind = ("content-type", "application/x-www-form-urlencoded".to_owned());
    let headers = headers.into_iter().chain([kind]).map(|(name, value)| (name.to_owned(), value)).collect();
    let (method, target, body, secret) = ("POST".to_owned(), target.to_owned(), body.to_owned(), secret.to_owned());
    Request { method, public_url, target, headers, body, now: None, secret }
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
