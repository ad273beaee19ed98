//! A provider's own interface as a test has it: takes what it is asked, and answers as it is told.

use hotline::call::voice::Desk;
use hotline::outside::start_tls;
use hotline::provider::{Api, ApiError, ApiSettings, Order, OrderError, Provider};
use hotline::words::{Phone, Secret};
use serde_json::Value;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// An interface, and ours to it.
pub struct Stage {
    pub api: Api,
    server: MockServer,
}

/// One request that came.
pub struct Asked {
    line: String,
    pub auth: Option<String>,
    pub body: String,
    headers: Vec<(String, String)>,
}

impl Asked {
    /// The call of [`Stage::ring`] as those ask for it whose interface is Twilio's.
    pub const CALL_FORM: &str = "To=%2B85261239500&From=%2B85230000001&Url=https%3A%2F%2Fa.example%2Fanswer&Method=POST\
&StatusCallback=https%3A%2F%2Fa.example%2Fstatus&StatusCallbackMethod=POST&StatusCallbackEvent=completed&Timeout=25";

    /// Method, path and query.
    pub fn line(&self) -> &str {
        &self.line
    }

    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

impl Stage {
    pub async fn start(provider: Provider) -> Stage {
        Stage::with_key(provider, None).await
    }

    /// One that is asked with a private key.
    pub async fn with_key(provider: Provider, key: Option<&str>) -> Stage {
        Stage::with(provider, "+85230000001", key).await
    }

    /// One whose messages are from this sender, and that answers everything so.
    pub async fn of(provider: Provider, sender: &str, answer: ResponseTemplate) -> Stage {
        let stage = Stage::with(provider, sender, None).await;
        stage.answer(answer).await;
        stage
    }

    async fn with(provider: Provider, sender: &str, key: Option<&str>) -> Stage {
        start_tls();
        let server = MockServer::start().await;
        let api = Api::new(ApiSettings {
            provider,
            base: server.uri(),
            account: "ACCOUNT".to_owned(),
            user: "USER".to_owned(),
            password: Secret::new("PASSWORD"),
            sender: Some(sender.to_owned()),
            application: Some("APPLICATION".to_owned()),
            inbound: None,
            private_key: key.map(Secret::new),
        });
        Stage { api: api.unwrap(), server }
    }

    /// Whatever is asked from now on is answered so.
    pub async fn answers(&self, status: u16, body: Value) {
        self.answer(ResponseTemplate::new(status).set_body_json(body)).await;
    }

    /// Whatever is asked from now on is answered with a recording.
    pub async fn sounds(&self) {
        self.answer(ResponseTemplate::new(200).set_body_raw("sound", "audio/wav")).await;
    }

    async fn answer(&self, answer: ResponseTemplate) {
        self.server.reset().await;
        Mock::given(any()).respond_with(answer).mount(&self.server).await;
    }

    /// What was asked since it answers as it does.
    pub async fn asked(&self) -> Vec<Asked> {
        let asked = self.server.received_requests().await.unwrap();
        let read = |request: &wiremock::Request| Asked {
            line: line(request),
            auth: request.headers.get("authorization").map(|value| value.to_str().unwrap().to_owned()),
            body: String::from_utf8(request.body.clone()).unwrap(),
            headers: request.headers.iter().map(|(n, v)| (n.to_string(), v.to_str().unwrap().to_owned())).collect(),
        };
        asked.iter().map(read).collect()
    }

    /// The latest of it.
    pub async fn last(&self) -> Asked {
        self.asked().await.pop().expect("a request")
    }

    /// Sends a message.
    pub async fn text(&self) -> Result<String, ApiError> {
        self.api.send_message(&phone(), &Secret::new("Hello"), "TOKEN").await
    }

    /// Rings a phone.
    pub async fn ring(&self) -> Result<String, OrderError> {
        self.ring_at(&Desk::Number(phone())).await
    }

    /// The same, wherever it is.
    pub async fn ring_at(&self, to: &Desk) -> Result<String, OrderError> {
        let order = Order {
            to,
            from: "+85230000001",
            answer_url: "https://a.example/answer",
            status_url: "https://a.example/status",
            ring: 25,
            token: "TOKEN",
        };
        self.api.call(&order).await
    }
}

/// `USER:PASSWORD` as a header.
pub const BASIC: &str = "Basic VVNFUjpQQVNTV09SRA==";

fn line(request: &wiremock::Request) -> String {
    let asks = request.url.query().map_or_else(String::new, |asks| format!("?{asks}"));
    format!("{} {}{asks}", request.method, request.url.path())
}

fn phone() -> Phone {
    Phone::parse("+85261239500", None).unwrap()
}
