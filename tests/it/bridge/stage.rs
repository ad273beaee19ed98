//! A provider that takes orders, a server that answers it, and the two phones it rings.

use crate::support::bank::Bank;
use crate::support::database::Database;
use crate::support::phone::{PUBLIC, TOKEN};
use crate::support::rows::{begin, phone, wish};
use crate::support::server::{Answer, read};
use crate::support::twilio::Webhook;
use crate::support::twiml::{self, Verb};
use hotline::desk::{Desk, Dial, Way};
use hotline::outside::start_tls;
use hotline::provider::{Api, ApiSettings, Provider};
use hotline::store::{DialRow, DialState, EffectKey, Person, RequestLimits, Store};
use hotline::words::{CallId, Lang, Role, Secret};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, Request as Asked, ResponseTemplate};

pub const ACCOUNT: &str = "AC00000000000000000000000000000001";
/// The agent's phone, the customer's, and the one the customer dialled.
pub const AGENT: &str = "+85261239400";
pub const CUSTOMER: &str = "+85261239500";
pub const LINE: &str = "+85230000000";

/// Everything, in this process, at a clock the test moves.
pub struct Stage {
    pub provider: MockServer,
    pub bank: Bank,
    http: reqwest::Client,
}

/// The provider's interface as it is at a test's provider.
pub fn api(provider: &MockServer) -> Api {
    start_tls();
    let (account, user, password) = (ACCOUNT.to_owned(), "SK1".to_owned(), Secret::new("the secret of the key"));
    let (provider, base) = (Provider::Twilio, provider.uri());
    let (sender, application, inbound, private_key) = (None, None, None, None);
    Api::new(ApiSettings { provider, base, account, user, password, sender, application, inbound, private_key })
        .unwrap()
}

/// Orders are answered so from now on; only those with the right credentials.
pub async fn takes_orders(provider: &MockServer, answer: ResponseTemplate) {
    provider.reset().await;
    let orders = Mock::given(method("POST")).and(path(format!("/2010-04-01/Accounts/{ACCOUNT}/Calls.json")));
    let known = header("authorization", "Basic U0sxOnRoZSBzZWNyZXQgb2YgdGhlIGtleQ==");
    orders.and(known).respond_with(answer).mount(provider).await;
}

/// An order that is taken, as a call of this id.
pub fn taken(sid: &str) -> ResponseTemplate {
    ResponseTemplate::new(201).set_body_json(serde_json::json!({ "sid": sid, "status": "queued" }))
}

/// An agent whose pages are in a language.
pub fn agent(lang: Lang) -> Person {
    Person {
        name: "mei".to_owned(),
        role: Role::Agent,
        languages: Vec::new(),
        skills: Vec::new(),
        phone: Some(AGENT.to_owned()),
        zone: None,
        page_language: Some(lang),
        disabled: false,
    }
}

/// A request of a customer, asked for in a call to [`LINE`]; gives its id.
pub async fn filed(store: &Store, line: &str, number: &str, at: Timestamp) -> String {
    let call = CallId::fresh();
    store.commit(begin(&call, &format!("CA{call}"), 1)).await.unwrap();
    let key = EffectKey { call, turn: 2, seq: 0 };
    let due = at + SignedDuration::from_hours(1);
    let new = hotline::call::effect::NewRequest { due, lang: Lang::EnUs, ..wish(number, "payment") };
    let at = at.as_millisecond();
    store.file_request(&key, line, &new, Some(phone(number)), &RequestLimits::default(), at).await.unwrap();
    store.export_requests(None, 1000).await.unwrap().pop().unwrap().id
}

impl Stage {
    pub async fn new() -> Stage {
        Stage::on(Database::sqlite()).await
    }

    pub async fn on(database: Database) -> Stage {
        let provider = MockServer::start().await;
        takes_orders(&provider, taken("CA1")).await;
        let bank = Bank::dialling(database, Some(api(&provider))).await;
        Stage { provider, bank, http: reqwest::Client::new() }
    }

    pub fn desk(&self) -> &Desk {
        &self.bank.desk
    }

    /// A request that this agent has taken.
    pub async fn claimed(&self, agent: &Person) -> String {
        let id = filed(self.bank.store(), "code-line", CUSTOMER, self.bank.answerer.now()).await;
        self.desk().take(agent, &id).await.unwrap();
        id
    }

    pub async fn call(&self, agent: &Person, id: &str, nth: u32) -> hotline::desk::Result<Dial> {
        self.desk().call(agent, id, nth, Way::Bridge).await
    }

    /// A request whose first attempt is ordered: the leg as the provider has it.
    pub async fn rings(&self) -> Leg {
        self.rings_for(&agent(Lang::EnUs)).await
    }

    pub async fn rings_for(&self, agent: &Person) -> Leg {
        let id = self.claimed(agent).await;
        let dial = self.call(agent, &id, 1).await.unwrap();
        assert_eq!(dial.state, DialState::Agent);
        Leg { sid: "CA1".to_owned(), order: self.orders().await.pop().unwrap(), request: id, action: String::new() }
    }

    /// The forms of the orders so far.
    pub async fn orders(&self) -> Vec<BTreeMap<String, String>> {
        let asked = self.provider.received_requests().await.unwrap();
        asked.iter().map(form).collect()
    }

    pub async fn dial(&self, id: &str) -> DialRow {
        self.bank.store().dial(id, 1).await.unwrap().unwrap()
    }

    /// State and note of the first attempt.
    pub async fn is(&self, id: &str) -> (DialState, Option<String>) {
        let Dial { state, note, .. } = self.dial(id).await.dial;
        (state, note)
    }

    pub async fn send(&self, webhook: &Webhook) -> Answer {
        let target = webhook.url.strip_prefix(PUBLIC).expect("an address on the public address");
        let mut request = self.http.post(format!("http://{}{target}", self.bank.server)).body(webhook.body());
        request = request.header("content-type", "application/x-www-form-urlencoded");
        if let Some(signature) = &webhook.signature {
            request = request.header("x-twilio-signature", signature);
        }
        read(request.send().await.unwrap()).await.unwrap()
    }

    /// Sends a webhook of a leg and goes where its document leads; gives what it does.
    pub async fn hears(&self, webhook: &Webhook, leg: &mut Leg) -> Vec<Verb> {
        leg.hears(&self.send(webhook).await)
    }
}

/// The leg to the agent's phone, as the provider has it.
#[derive(Clone)]
pub struct Leg {
    pub sid: String,
    pub order: BTreeMap<String, String>,
    pub request: String,
    /// Where the last document leads.
    pub action: String,
}

impl Leg {
    /// Another leg of the same order.
    pub fn other(&self, sid: &str) -> Leg {
        Leg { sid: sid.to_owned(), action: String::new(), ..self.clone() }
    }

    pub fn webhook(&self, url: &str, more: &[(&str, &str)]) -> Webhook {
        let usual = [("CallSid", self.sid.as_str()), ("AccountSid", ACCOUNT), ("Direction", "outbound-api")];
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Webhook::new(url, usual.iter().chain(more).map(own).collect()).signed(TOKEN)
    }

    pub fn answered(&self) -> Webhook {
        self.webhook(&self.order["Url"], &[("CallStatus", "in-progress")])
    }

    pub fn presses(&self, keys: &str) -> Webhook {
        self.webhook(&self.action, &[("CallStatus", "in-progress"), ("Digits", keys), ("msg", "Gather End")])
    }

    pub fn dial_over(&self, end: &str, seconds: &str) -> Webhook {
        let talked = [("DialCallStatus", end), ("DialCallDuration", seconds), ("CallStatus", "in-progress")];
        self.webhook(&self.action, &talked)
    }

    pub fn status(&self, status: &str) -> Webhook {
        self.webhook(&self.order["StatusCallback"], &[("CallStatus", status), ("CallDuration", "9")])
    }

    /// Reads a document as the provider does.
    pub fn hears(&mut self, answer: &Answer) -> Vec<Verb> {
        assert_eq!((answer.status, answer.kind.as_str()), (200, "text/xml"), "{answer:?}");
        let verbs = twiml::read(&answer.body);
        for verb in &verbs {
            match verb {
                Verb::Gather(gather) => self.action.clone_from(&gather.action),
                Verb::Dial(dial) => self.action.clone_from(&dial.action),
                _ => {}
            }
        }
        verbs
    }
}

/// All words of a document.
pub fn words(verbs: &[Verb]) -> String {
    let said = verbs.iter().map(|verb| match verb {
        Verb::Say(words) => words.as_str(),
        Verb::Gather(gather) => gather.says.as_str(),
        _ => "",
    });
    said.collect()
}

/// The customer's number, where a document rings it.
pub fn rung(verbs: &[Verb]) -> Option<&str> {
    verbs.iter().find_map(|verb| if let Verb::Dial(dial) = verb { Some(dial.to.as_str()) } else { None })
}

pub fn form(asked: &Asked) -> BTreeMap<String, String> {
    let url = reqwest::Url::parse(&format!("http://form/?{}", std::str::from_utf8(&asked.body).unwrap())).unwrap();
    url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}
