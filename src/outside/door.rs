//! A host of the settings: its address, what is sent to it every time, and the connections to it.

use super::breaker::Breaker;
use super::network::{Private, PublicOnly, is_public};
use super::request::Request;
use super::{Fault, Went};
use crate::words::Secret;
use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use reqwest::{Client, Url, redirect, retry};
use std::error::Error;
use std::net::IpAddr;
use std::time::Duration;
use tokio::sync::Semaphore;

/// How long an idle connection is kept: shorter than services do, so that an order seldom meets one
/// that is just being closed.
const IDLE: Duration = Duration::from_secs(15);

/// How many ask one host at once. A host that hangs holds so many and no more, whoever else asks others;
/// at a tenth of a second an answer that is still 640 questions a second.
const ASKING: usize = 64;

/// Headers that are ours to set: another value would make the request another one.
const OURS: [&str; 9] = [
    "accept",
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "idempotency-key",
    "transfer-encoding",
    "upgrade",
];

/// A host as the settings declare it. Holds secrets, so it cannot be printed.
#[derive(Clone)]
pub struct Host {
    /// What flows call it.
    pub name: String,
    /// Its address, with the path all its paths begin with.
    pub base: Base,
    /// Headers of every request.
    pub headers: Vec<(String, Secret)>,
    /// Its addresses may be private ones.
    pub private: bool,
    /// The longest it may take to connect.
    pub connect_timeout: Duration,
    /// How long it is left alone after it failed too often.
    pub rest: Duration,
}

/// Scheme, host, port and the path all paths begin with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Base(Url);

/// Why a host's settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OutsideError {
    /// A header cannot be sent.
    #[error("the host `{host}`: the header `{header}` cannot be sent; leave it out, or look at its name and value")]
    Header {
        /// Of which host.
        host: String,
        /// Which one; its value is not repeated.
        header: String,
    },
    /// No connections can be made at all.
    #[error("the host `{host}`: no connection can be made ready: {source}")]
    Client {
        /// To which host.
        host: String,
        /// What the library says.
        source: reqwest::Error,
    },
}

impl Base {
    /// Reads an address. `private`: it may be one of a private network, and then speak without TLS.
    ///
    /// # Errors
    /// What is wrong with it, and the mend; both follow the name of the setting.
    pub fn parse(text: &str, private: bool) -> Result<Base, (String, &'static str)> {
        const MEND: &str =
            "write it as `https://wallet.example.com/api`, with nothing after the host but a port and a path";
        let refused = |what: &str| Err((what.to_owned(), MEND));
        let Ok(url) = Url::parse(text) else { return refused("is no address") };
        match url.scheme() {
            "https" => {}
            "http" if private => {}
            "http" => {
                let mend = "begin it with `https://`, or set `private = true` for a host of your own network";
                return Err(("sends everything readable by anybody on the way".to_owned(), mend));
            }
            _ => return refused("does not begin with `https://`"),
        }
        if !url.username().is_empty() || url.password().is_some() {
            let mend = "send it as a header: `headers = { Authorization = \"env:NAME\" }`";
            return Err(("holds a user's name or password".to_owned(), mend));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return refused("has a query or fragment");
        }
        let Some(host) = url.host_str().filter(|host| !host.is_empty()) else { return refused("names no host") };
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        if literal.is_ok_and(|address| !private && !is_public(address)) {
            let mend = "if it is a host of your own network, set `private = true` for it";
            return Err(("is an address of a private network".to_owned(), mend));
        }
        Ok(Base(url))
    }

    /// An address below this one. `path` begins with `/` and is escaped; so is `query`.
    pub(super) fn below(&self, path: &str, query: &str) -> Option<Url> {
        let mut url = self.0.clone();
        let path = format!("{}{path}", self.0.path().trim_end_matches('/'));
        url.set_path(&path);
        if !query.is_empty() {
            url.set_query(Some(query));
        }
        // Whatever the library makes of it: it must be what was meant, to the letter.
        let same = url.path() == path && url.origin() == self.0.origin();
        same.then_some(url)
    }
}

impl Host {
    /// Whether a header may be set for a host.
    pub fn may_send(header: &str) -> bool {
        let name = HeaderName::from_bytes(header.as_bytes());
        name.is_ok_and(|name| !OURS.contains(&name.as_str()))
    }
}

/// A host with its connections.
pub struct Door {
    pub base: Base,
    pub breaker: Breaker,
    /// Places for those who ask.
    pub asking: Semaphore,
    client: Client,
}

impl Door {
    pub fn new(host: Host) -> Result<Door, OutsideError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static("hotline"));
        for (name, value) in &host.headers {
            let wrong = || OutsideError::Header { host: host.name.clone(), header: name.clone() };
            let key =
                HeaderName::from_bytes(name.as_bytes()).ok().filter(|_| Host::may_send(name)).ok_or_else(wrong)?;
            let mut value = HeaderValue::from_str(value.reveal()).map_err(|_| wrong())?;
            value.set_sensitive(true);
            headers.insert(key, value);
        }
        let client = Client::builder()
            .default_headers(headers)
            .connect_timeout(host.connect_timeout)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .pool_idle_timeout(IDLE)
            .no_proxy();
        let client = if host.private { client } else { client.dns_resolver(PublicOnly) };
        let client = client.build().map_err(|source| OutsideError::Client { host: host.name.clone(), source })?;
        Ok(Door {
            base: host.base,
            breaker: Breaker::new(&host.name, host.rest),
            asking: Semaphore::new(ASKING),
            client,
        })
    }

    /// Sends a request and waits for the head of the answer.
    pub(super) async fn send(&self, request: &Request) -> Result<reqwest::Response, Fault> {
        let method = if request.body.is_some() { reqwest::Method::POST } else { reqwest::Method::GET };
        let mut sent = self.client.request(method, request.url.clone());
        if let Some(body) = &request.body {
            sent = sent.json(body);
        }
        if let Some(key) = &request.key {
            sent = sent.header("idempotency-key", key);
        }
        sent.send().await.map_err(unreachable)
    }
}

/// What a connection's end says. The address stays out of the log: it holds what was typed.
pub(super) fn unreachable(error: reqwest::Error) -> Fault {
    let error = error.without_url();
    let mut source: Option<&dyn Error> = Some(&error);
    let mut told = Vec::new();
    while let Some(cause) = source {
        if let Some(private) = cause.downcast_ref::<Private>() {
            return Fault::new(Went::Unreachable, private.to_string());
        }
        told.push(cause.to_string());
        source = cause.source();
    }
    Fault::new(Went::Unreachable, told.join(": "))
}
