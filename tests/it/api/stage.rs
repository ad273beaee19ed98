//! A server with people and their tokens, and requests to work on.

use crate::support::people::store;
use crate::support::server::{Home, Server};
use hotline::call::effect::{NewRequest, Priority, RequestState, RingAt};
use hotline::store::{Person, Store};
use hotline::words::{Lang, Level, Phone, Reference, Role, clock};
use jiff::SignedDuration;
use reqwest::RequestBuilder;
use serde_json::Value;

/// A line of the shipped flows.
pub const LINE: &str = "digital-wallet";

pub struct Stage {
    pub home: Home,
    pub server: Server,
    pub store: Store,
    /// Tokens of `mei` and `ken`, agents, and of `lin`, a supervisor.
    pub mei: String,
    pub ken: String,
    pub lin: String,
}

/// What came back, with its head.
#[derive(Clone, Debug)]
pub struct Told {
    pub status: u16,
    pub kind: String,
    pub text: String,
    pub head: reqwest::header::HeaderMap,
}

impl Told {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The body of an answer with this status.
    #[track_caller]
    pub fn with(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        if status == 204 { Value::Null } else { self.json() }
    }

    /// The body of a problem with this status and type.
    #[track_caller]
    pub fn problem(&self, status: u16, kind: &str) -> Value {
        let problem = self.with(status);
        assert_eq!(self.kind, "application/problem+json", "{self:?}");
        let kind = if kind.contains(':') { kind.to_owned() } else { format!("urn:hotline:problem:{kind}") };
        assert_eq!(
            (problem["type"].as_str(), problem["status"].as_u64()),
            (Some(&*kind), Some(status.into())),
            "{self:?}"
        );
        assert!(!problem["detail"].as_str().unwrap().is_empty() && !problem["title"].as_str().unwrap().is_empty());
        problem
    }
}

impl Stage {
    pub async fn new() -> Stage {
        Stage::at(Home::new()).await
    }

    pub async fn at(home: Home) -> Stage {
        let server = home.start();
        let store = store(&home).await;
        let at = clock::now().as_millisecond();
        let mut tokens = Vec::new();
        for (name, role) in [("mei", Role::Agent), ("ken", Role::Agent), ("lin", Role::Supervisor)] {
            store.add_person(&Person::new(name, role), at).await.unwrap();
            let (_, token) = store.new_token(name, "a test", at).await.unwrap().unwrap();
            tokens.push(token.reveal().to_owned());
        }
        let [mei, ken, lin] = tokens.try_into().unwrap();
        Stage { home, server, store, mei, ken, lin }
    }

    /// Puts a request of a trial call into the ledger, due so many minutes from now; gives its id.
    pub async fn trial(&self, number: u32, topic: &str, priority: Priority, minutes: i64) -> String {
        let now = clock::now();
        let new = NewRequest {
            kind: "callback".to_owned(),
            topic: topic.to_owned(),
            priority,
            skill: "payments".to_owned(),
            lang: Lang::EnUs,
            ring: RingAt::Nobody,
            account: None,
            from: None,
            level: Level::L0,
            verified_at: None,
            collected: vec![("back".to_owned(), "+85261230001".to_owned())],
            window: None,
            due: now.checked_add(SignedDuration::from_mins(minutes)).unwrap(),
            test: true,
        };
        let (reference, phone) = (Reference::of(number), Phone::parse(&format!("+8526{number:07}"), None));
        let put = self.store.put_demo_request(&reference, LINE, &new, phone, RequestState::Open, now.as_millisecond());
        assert!(put.await.unwrap(), "the reference is free");
        self.store.request_status(&reference).await.unwrap().unwrap().id
    }

    /// A request to an address under `/api/v1`.
    pub fn asking(&self, method: &str, path: &str, token: &str) -> RequestBuilder {
        self.server.request(method, &format!("/api/v1{path}")).bearer_auth(token)
    }

    pub async fn get(&self, token: &str, path: &str) -> Told {
        told(self.asking("GET", path, token)).await
    }

    /// Posts a body; `Null` posts none.
    pub async fn post(&self, token: &str, path: &str, body: Value) -> Told {
        told(with(self.asking("POST", path, token), &body)).await
    }

    /// The same under a key.
    pub async fn post_once(&self, token: &str, key: &str, path: &str, body: &Value) -> Told {
        told(with(self.asking("POST", path, token), body).header("idempotency-key", key)).await
    }
}

fn with(request: RequestBuilder, body: &Value) -> RequestBuilder {
    if body.is_null() { request } else { request.json(body) }
}

/// The answer as it came.
pub async fn told(request: RequestBuilder) -> Told {
    let response = request.send().await.expect("an answer");
    let (status, head) = (response.status().as_u16(), response.headers().clone());
    let kind = head.get("content-type").map(|kind| kind.to_str().unwrap().to_owned()).unwrap_or_default();
    Told { status, kind, head, text: response.text().await.expect("a whole answer") }
}
