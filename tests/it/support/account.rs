//! A provider's interface: what it is asked, and what it answers.

use hotline::outside::start_tls;
use hotline::provider::{Api, ApiSettings, Order, OrderError, Provider};
use hotline::words::{Phone, Secret};
use serde_json::Value;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// An interface that answers everything the same.
pub struct Interface {
    pub api: Api,
    server: MockServer,
}

/// What it was asked last.
#[derive(Debug, PartialEq)]
pub struct Asked {
    /// Method and path.
    pub line: String,
    pub authorization: String,
    /// The body as JSON; null where it is none.
    pub json: Value,
}

impl Interface {
    /// Of an account, whose messages are from a sender.
    pub async fn of(provider: Provider, sender: &str, answer: ResponseTemplate) -> Interface {
        start_tls();
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(answer).mount(&server).await;
        let settings = ApiSettings {
            provider,
            base: server.uri(),
            account: "ACCOUNT".to_owned(),
            user: "user".to_owned(),
            password: Secret::new("password"),
            sender: Some(sender.to_owned()),
            application: Some("an-application".to_owned()),
            inbound: None,
            private_key: None,
        };
        Interface { api: Api::new(settings).unwrap(), server }
    }

    /// The latest request.
    pub async fn asked(&self) -> Asked {
        let all = self.server.received_requests().await.unwrap();
        let last = all.last().expect("a request");
        let authorization = last.headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
        Asked {
            line: format!("{} {}", last.method, last.url.path()),
            authorization: authorization.unwrap_or_default(),
            json: serde_json::from_slice(&last.body).unwrap_or_default(),
        }
    }

    /// How often it was asked.
    pub async fn times(&self) -> usize {
        self.server.received_requests().await.unwrap().len()
    }

    /// Sends a message.
    pub async fn message(&self) -> Result<String, hotline::provider::ApiError> {
        let to = Phone::parse("+85261239500", None).unwrap();
        self.api.send_message(&to, &Secret::new("您好"), "a-token").await
    }

    /// Rings somebody.
    pub async fn call(&self, to: &hotline::call::voice::Desk) -> Result<String, OrderError> {
        let (answer_url, status_url) = ("https://ivr.example.com/answered", "https://ivr.example.com/status");
        let order = Order { to, from: "+85230000001", answer_url, status_url, ring: 25, token: "a-token" };
        self.api.call(&order).await
    }
}

/// `user:password` as a header.
pub const BASIC: &str = "Basic dXNlcjpwYXNzd29yZA==";
