//! A server with bounds of the test's own, on a database that the test can hold up.

use crate::support::database::Database;
use crate::support::flows::files;
use crate::support::server::{Answer, PEPPER, read};
use crate::support::twilio::{Call, PUBLIC, TOKEN, Twiml, Webhook};
use hotline::answer::{Answerer, Bounds, Flows, Lines, PATIENCE, Settings, Texting};
use hotline::desk::Desk;
use hotline::flow::read::load;
use hotline::outside::{Outside, start_tls};
use hotline::provider::Provider;
use hotline::store::{Limits, RequestLimits};
use hotline::web::listen::{Clients, serve};
use hotline::web::{Web, router};
use hotline::words::pins::PinKeys;
use hotline::words::{Secret, clock};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

/// The line, by its file: a menu that leads back to itself, and to a PIN.
pub const LINE: &str = "\
flow: digital-wallet
title: { en-US: Line }
languages: [en-US]
identity: pin
hours: always
countries: [HK]
uses: [call-me-back]
start: top
person: agent
denied: denied
steps:
  top:
    menu:
      - { key: 1, go: more, to: { en-US: hear more } }
      - { key: 2, go: who, to: { en-US: prove who you are } }
    otherwise: bye
  more: { say: { en-US: There is more. }, then: top }
  who: { verify: 2, then: known, failed: denied }
  known: { say: { en-US: You are known. }, then: top }
  denied: { say: { en-US: You are not known. }, then: top }
  agent: { call: call-me-back, with: { kind: callback, topic: general, priority: normal }, then: bye }
  bye: { hangup: { en-US: Bye. } }
";

/// What the menu says.
pub const MENU: &str = "hear more, press";
/// What is said when there are too many.
pub const HOLD: &str = "We are taking many calls right now.";

/// A running server. Share it by cloning.
#[derive(Clone)]
pub struct Stage {
    pub answerer: Answerer,
    server: SocketAddr,
    http: reqwest::Client,
}

impl Stage {
    pub async fn on(database: &Database, bounds: Bounds) -> Stage {
        let store = database.open("stage").await;
        let mut files = files();
        files.insert("digital-wallet.yaml".to_owned(), LINE.to_owned());
        files.retain(|name, _| !name.starts_with("demo/"));
        let (loaded, flows) = (load(&files), Flows::default());
        assert_eq!(loaded.problems, []);
        flows.install(loaded, &store, clock::now().as_millisecond()).await.unwrap();
        let pepper = Secret::new(PEPPER);
        let settings = Settings {
            public_url: PUBLIC.to_owned(),
            lines: Lines::default(),
            inbound: HashMap::from([(Provider::Twilio, Secret::new(TOKEN).into())]),
            pins: PinKeys::new(&pepper, None),
            pepper,
            limits: Limits::default(),
            request_limits: RequestLimits::default(),
            texting: Texting::default(),
            fiction: false,
            patience: PATIENCE,
            outside: Outside::default(),
            bounds,
            clock: Arc::new(clock::now),
        };
        let answerer = Answerer::new(settings, store, flows);
        let web = Web {
            answerer: answerer.clone(),
            desk: Desk::new(answerer.clone(), hotline::provider::Apis::default()),
            studio: hotline::studio::Studio::new(answerer.clone(), Default::default()),
            public_url: PUBLIC.into(),
            phone: None,
            draining: Arc::default(),
            audio: std::path::Path::new("flows/audio").into(),
            sounds: crate::support::sounds(),
            uploads: std::env::temp_dir().into(),
            proxies: [].into(),
            reach: Default::default(),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = listener.local_addr().unwrap();
        tokio::spawn(serve(listener, router(web), Clients::default(), std::future::pending()));
        start_tls();
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
        Stage { answerer, server, http }
    }

    /// Sends a webhook, once.
    pub async fn send(&self, webhook: &Webhook) -> Answer {
        let target = webhook.url.strip_prefix(PUBLIC).unwrap();
        let request = self.http.post(format!("http://{}{target}", self.server)).body(webhook.body());
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let request = request.header("x-twilio-signature", webhook.signature.as_deref().unwrap_or_default());
        read(request.send().await.unwrap()).await.unwrap()
    }

    /// Sends it beside the test.
    pub fn begin_to_send(&self, webhook: Webhook) -> tokio::task::JoinHandle<Answer> {
        let stage = self.clone();
        tokio::spawn(async move { stage.send(&webhook).await })
    }

    /// Sends a webhook of a call, and does as the documents say until keys are wanted or it is over.
    pub async fn go<'c>(&self, call: &'c mut Call, webhook: Webhook) -> &'c Twiml {
        call.hears(&self.send(&webhook).await);
        while call.heard.gather.is_none() && !call.heard.hangs_up() {
            let next = call.redirected();
            call.hears(&self.send(&next).await);
        }
        &call.heard
    }

    /// A call that stands at the menu.
    pub async fn dial(&self, number: &str) -> Call {
        let mut call = Call::from(number);
        let inbound = call.inbound();
        self.go(&mut call, inbound).await.says(MENU);
        call
    }

    /// The value of a line of the metrics; none when there is no such line.
    pub async fn metric(&self, name: &str) -> Option<f64> {
        let page = self.http.get(format!("http://{}/metrics", self.server)).send().await.unwrap().text().await.unwrap();
        let value = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.map(|value| value.parse().expect("a number"))
    }

    /// How many webhooks are being answered.
    pub async fn inside(&self) -> f64 {
        self.metric("hotline_webhooks_in_flight").await.expect("it is counted")
    }

    /// How many of a kind were not let in.
    pub async fn shed(&self, what: &str) -> f64 {
        self.metric(&format!("hotline_shed_total{{what=\"{what}\"}}")).await.expect("it is counted")
    }
}
