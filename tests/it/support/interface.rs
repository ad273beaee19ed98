//! A provider's interface that writes down what it is asked, and whoever asks it.

use hotline::call::voice::Desk;
use hotline::outside::start_tls;
use hotline::provider::{Api, ApiSettings, Order, Provider};
use hotline::words::Secret;
use serde_json::Value;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A provider's interface.
pub struct Asked(MockServer);

impl Asked {
    pub async fn new() -> Asked {
        start_tls();
        Asked(MockServer::start().await)
    }

    /// Answers so from now on.
    pub async fn answers(&self, status: u16, body: Value) {
        self.answers_with(ResponseTemplate::new(status).set_body_json(body)).await;
    }

    /// The same, whatever it is.
    pub async fn answers_with(&self, answer: ResponseTemplate) {
        self.0.reset().await;
        Mock::given(any()).respond_with(answer).mount(&self.0).await;
    }

    /// What was asked last: method and path, who asked, and the body if it is JSON.
    pub async fn last(&self) -> (String, String, Value) {
        let asked = self.0.received_requests().await.unwrap().pop().expect("something is asked");
        let authorization = asked.headers["authorization"].to_str().unwrap().to_owned();
        let query = asked.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let line = format!("{} {}{query}", asked.method, asked.url.path());
        (line, authorization, serde_json::from_slice(&asked.body).unwrap_or_default())
    }

    /// How often it was asked since it answers as it does.
    pub async fn times(&self) -> usize {
        self.0.received_requests().await.unwrap().len()
    }
}

/// Who asks.
pub fn api(asked: &Asked, provider: Provider, key: Option<&str>) -> Api {
    let settings = ApiSettings {
        provider,
        base: asked.0.uri(),
        account: "the-account".to_owned(),
        user: "the-user".to_owned(),
        password: Secret::new("the-password"),
        sender: Some("+85230000001".to_owned()),
        application: Some("the-application".to_owned()),
        private_key: key.map(Secret::new),
    };
    Api::new(settings).unwrap()
}

/// An order to ring somebody.
pub fn order(to: &Desk) -> Order<'_> {
    Order {
        to,
        from: "+85230000001",
        answer_url: "https://ivr.example.com/answered",
        status_url: "https://ivr.example.com/status",
        ring: 25,
        token: "the-token",
    }
}
