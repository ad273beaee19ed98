//! A hotline whose sources are asked over HTTP, and the service that answers it.

use super::server::{Home, Server};
use super::twilio::{Call, Twiml};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// What opens the wallet.
pub const KEY: &str = "Bearer the-key-of-the-wallet";
/// What is said when the wallet has no answer.
pub const AWAY: &str = "We cannot look that up now.";

const HOTLINE: &str = "\
flow: digital-wallet
title: { en-US: Wallet }
languages: [en-US]
uses: [call-me-back]
hours: wallet-support
countries: [HK]
start: main
person: agent
denied: agent
steps:
  main:
    menu:
      - { key: 1, go: number, for: { en-US: a payment } }
      - { key: 2, go: freeze, for: { en-US: a stolen phone } }
      - { key: 3, go: elsewhere, for: { en-US: another house } }
    otherwise: agent
  number:
    ask: number
    as: transaction
    prompt: { en-US: \"Please enter the number, then press the pound key.\" }
    then: look
    otherwise: agent
  look:
    lookup: outside-payment
    with: { account: \"'1000/1001'\", number: number }
    into: payment
    then: tell
    missing: unknown
    failed: away
  tell:
    say: { en-US: \"Your payment of {payment.amount|money} to {payment.merchant} is {payment.state}.\" }
    then: main
  unknown:
    say: { en-US: There is no such payment. }
    then: main
  away:
    say: { en-US: We cannot look that up now. }
    then: main
  freeze:
    act: outside-freeze
    with: { account: \"'10001001'\", reason: \"'stolen'\" }
    then: frozen
    pending: soon
    failed: not-frozen
  frozen:
    say: { en-US: Your account is frozen. }
    then: main
  soon:
    say: { en-US: Your account will be frozen. }
    then: main
  not-frozen:
    say: { en-US: We could not freeze it. }
    then: main
  elsewhere:
    lookup: outside-inner
    with: {}
    into: inner
    then: main
    missing: unknown
    failed: away
  agent:
    call: call-me-back
    with: { kind: callback, topic: wallet, priority: normal }
    then: goodbye
  goodbye:
    hangup: { en-US: Goodbye. }
";

const SOURCES: &str = "
outside-payment:
  takes: { account: text, number: text }
  gives: { state: text, amount: money, at: date, merchant: text }
  level: 0
  budget: 3s
  from:
    http: wallet
    path: /v1/accounts/{account}/payments/{number}
    query: { lang: \"'en US'\", number: number }

outside-freeze:
  act: yes
  takes: { account: text, reason: text }
  level: 0
  budget: 3s
  from: { http: wallet, path: \"/v1/accounts/{account}/freeze\", retry: yes }

outside-inner:
  takes: {}
  gives: {}
  level: 0
  budget: 3s
  from: { http: inner, path: /secret }
";

/// A wallet under `/api`, and the home of a hotline that asks it.
pub struct Outside {
    pub wallet: MockServer,
    pub home: Home,
}

impl Outside {
    /// With these lines more in `hotline.toml`, which begin inside of the wallet's table.
    pub async fn with(settings: &str) -> Outside {
        let wallet = MockServer::start().await;
        let home = Home::new().with_own_flows().set("WALLET_KEY", KEY);
        let sources = std::fs::read_to_string(home.path("flows/sources.yaml")).unwrap();
        home.write("flows/sources.yaml", &(sources + SOURCES));
        home.write("flows/digital-wallet.yaml", HOTLINE);
        let table = format!("[hosts.wallet]\nurl = \"{}/api\"\nprivate = true\n", wallet.uri());
        let headers = "headers = { Authorization = \"env:WALLET_KEY\", User-Agent = \"hotline of the wallet\" }\n";
        let inner =
            if settings.contains("[hosts.inner]") { "" } else { "[hosts.inner]\nurl = \"https://inner.invalid\"\n" };
        home.write("hotline.toml", &format!("{table}{headers}{settings}\n{inner}"));
        Outside { wallet, home }
    }

    /// The wallet answers for a payment.
    pub async fn payment(&self, number: &str, answer: ResponseTemplate) {
        let path = path(format!("/api/v1/accounts/1000%2F1001/payments/{number}"));
        Mock::given(method("GET")).and(path).respond_with(answer).mount(&self.wallet).await;
    }

    /// The wallet answers orders to freeze.
    pub async fn freeze(&self, answer: ResponseTemplate, times: u64) {
        let path = path("/api/v1/accounts/10001001/freeze");
        Mock::given(method("POST")).and(path).respond_with(answer).up_to_n_times(times).mount(&self.wallet).await;
    }

    /// What the wallet was asked so far.
    pub async fn asked(&self) -> Vec<Request> {
        self.wallet.received_requests().await.expect("requests are recorded")
    }

    /// How often the wallet was asked.
    pub async fn count(&self) -> usize {
        self.asked().await.len()
    }
}

/// A payment as the wallet tells it, with fields changed.
pub fn payment(changed: &[(&str, Value)]) -> ResponseTemplate {
    let mut body = json!({
        "state": "done", "amount": "128.50 CNY", "at": "2026-02-28", "merchant": "Star River", "more": [1, 2]
    });
    for (name, value) in changed {
        body[*name] = value.clone();
    }
    ResponseTemplate::new(200).set_body_json(body)
}

/// Asks for a payment in the main menu, and hears all until the next wait.
pub async fn ask<'c>(call: &'c mut Call, server: &Server, number: &str) -> &'c Twiml {
    call.press_all(server, &["1", &format!("{number}#")]).await
}

/// The metric of a source's outcomes.
pub async fn went(server: &Server, source: &str, outcome: &str) -> Option<f64> {
    server.metric(&format!(r#"hotline_sources_total{{source="{source}",outcome="{outcome}"}}"#)).await
}
