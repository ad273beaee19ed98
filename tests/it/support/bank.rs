//! A line of each kind of identity, at a server whose clock the test moves, with customers whose
//! phones the test can look at.

use super::codes;
use super::database::Database;
use super::flows::files;
use super::phone::{PUBLIC, RouterSide, TOKEN};
use super::platforms::twilio;
use hotline::answer::{Answerer, Bounds, Flows, Lines, Settings, Texting};
use hotline::desk::Desk;
use hotline::flow::read::load;
use hotline::outside::Outside;
use hotline::play::{Input, KNOWLEDGE, PIN};
use hotline::provider::{Api, Apis, Provider};
use hotline::store::{Customer, Limits, RequestLimits, Store};
use hotline::studio::{Studio, StudioSettings};
use hotline::web::{Web, router};
use hotline::words::Secret;
use hotline::words::pins::{PinKeys, knowledge_of};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};

/// Accounts that are there; none of them is a number anybody has.
pub const ADA: (&str, &str) = ("10001001", "+85261230001");
pub const BEN: (&str, &str) = ("10001002", "+85261230002");
/// Has a PIN, and no number to send a code to.
pub const CAM: &str = "10001003";
/// Nobody's.
pub const NOBODY: &str = "10009999";

/// `1` verifies to level 2 and `2` to level 3.
const LINE: &str = "\
flow: NAME
title: { en-US: Test Bank }
languages: [en-US]
identity: KIND
hours: always
countries: [HK, CN]
uses: [call-me-back]
start: top
person: agent
denied: denied
steps:
  top:
    menu:
      - { key: 1, go: who, to: { en-US: verify } }
      - { key: 2, go: both, to: { en-US: move money } }
    otherwise: bye
  who: { verify: 2, then: in, failed: denied }
  in:
    menu: [{ key: 2, go: both, to: { en-US: move money } }]
    prompt: { en-US: 'You are known, {caller.name}.' }
    otherwise: bye
  both: { verify: 3, then: moves, failed: denied }
  moves:
    needs: 3
    menu: [{ key: 1, go: top, to: { en-US: go back } }]
    prompt: { en-US: 'The money of {caller.name} moves.' }
    otherwise: bye
  denied:
    menu: [{ key: 1, go: top, to: { en-US: try again } }]
    prompt: { en-US: You are not known. }
    otherwise: bye
  agent: { call: call-me-back, with: { kind: callback, topic: general, priority: normal }, then: bye }
  bye: { hangup: { en-US: Bye. } }
";

/// The files of `code-line`, `pin-line` and `knowledge-line`, by name.
pub fn lines() -> impl Iterator<Item = (String, String)> {
    ["code", "pin", "knowledge"].into_iter().map(|kind| {
        let name = format!("{kind}-line");
        (format!("{name}.yaml"), LINE.replace("NAME", &name).replace("KIND", kind))
    })
}

/// A server and its world.
pub struct Bank {
    pub answerer: Answerer,
    pub desk: Desk,
    pub server: SocketAddr,
    now: Arc<AtomicI64>,
    calls: AtomicUsize,
    _database: Database,
}

impl Bank {
    /// Lines `code-line`, `pin-line` and `knowledge-line`, on one of the engines.
    pub async fn on(database: Database) -> Bank {
        Bank::dialling(database, None).await
    }

    /// With a provider to dial with.
    pub async fn dialling(database: Database, api: Option<Api>) -> Bank {
        let store = database.open("bank").await;
        let now = "2026-03-02T02:00:00Z".parse::<Timestamp>().unwrap().as_millisecond();
        let pepper = Secret::new("the pepper of a test, long enough");
        let pins = PinKeys::new(&pepper, None);
        customers(&store, &pins, now).await;
        let mut files = files();
        files.extend(lines());
        let flows = Flows::default();
        let loaded = load(&files);
        assert_eq!(loaded.problems, []);
        flows.install(loaded, &store, now).await.unwrap();
        let now = Arc::new(AtomicI64::new(now));
        let clock = now.clone();
        let settings = Settings {
            public_url: PUBLIC.to_owned(),
            lines: Lines::default(),
            inbound: HashMap::from([(Provider::Twilio, Secret::new(TOKEN).into())]),
            pepper,
            pins,
            limits: Limits::default(),
            request_limits: RequestLimits::default(),
            texting: Texting { on: true, ..Texting::default() },
            fiction: false,
            patience: hotline::answer::PATIENCE,
            outside: Outside::default(),
            bounds: Bounds::default(),
            clock: Arc::new(move || Timestamp::from_millisecond(clock.load(Ordering::SeqCst)).unwrap()),
        };
        let answerer = Answerer::new(settings, store, flows);
        let draining = Arc::new(AtomicBool::new(false));
        let audio = std::path::Path::new("flows/audio").into();
        let desk = Desk::new(answerer.clone(), api.map(Apis::from).unwrap_or_default());
        let (public_url, proxies, sounds, uploads) =
            (PUBLIC.into(), [].into(), super::sounds(), std::env::temp_dir().into());
        let (answering, beside) = (answerer.clone(), desk.clone());
        let studio = Studio::new(answerer.clone(), StudioSettings::default());
        let web = Web {
            answerer: answering,
            desk: beside,
            studio,
            public_url,
            phone: None,
            draining,
            audio,
            proxies,
            sounds,
            uploads,
            reach: Default::default(),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router(web)).await.unwrap() });
        Bank { answerer, desk, server, now, calls: AtomicUsize::new(0), _database: database }
    }

    pub fn store(&self) -> &Store {
        self.answerer.store()
    }

    /// Time passes.
    pub fn pass(&self, time: SignedDuration) {
        self.now.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// Rings a line from a number of its own.
    pub async fn ring(&self, line: &str) -> Caller<'_> {
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        let platform = twilio::call(number, &format!("+8526124{number:04}"), 0);
        let mut side = RouterSide::new(self.server, Provider::Twilio, platform);
        let heard = side.ring(line).await;
        Caller { bank: self, side, heard }
    }

    /// How many codes were put into the outbox for a number.
    pub async fn codes_sent_to(&self, number: &str) -> usize {
        let waiting = self.store().outbox(None, 1000).await.unwrap();
        waiting.iter().filter(|entry| entry.kind == "code" && entry.number.as_deref() == Some(number)).count()
    }
}

async fn customers(store: &Store, pins: &PinKeys, at: i64) {
    let customer = |account: &str, name: &str, number: Option<&str>| Customer {
        pin: Some(Secret::new(pins.make_keyed(account, &Secret::new(PIN)))),
        knowledge: Some(Secret::new(pins.make_keyed(&knowledge_of(account), &Secret::new(KNOWLEDGE)))),
        account: account.to_owned(),
        name: name.to_owned(),
        number: number.map(str::to_owned),
        language: None,
        state: "active".to_owned(),
        fields: BTreeMap::new(),
        demo: false,
    };
    let all = [customer(ADA.0, "Ada", Some(ADA.1)), customer(BEN.0, "Ben", Some(BEN.1)), customer(CAM, "Cam", None)];
    store.import_customers(&all, at).await.unwrap();
}

/// Somebody on the line.
pub struct Caller<'b> {
    bank: &'b Bank,
    pub side: RouterSide,
    /// What was heard last.
    pub heard: String,
}

impl Caller<'_> {
    pub async fn press(&mut self, keys: &str) -> &str {
        self.heard = self.side.does(&Input::Keys(Secret::new(keys))).await;
        &self.heard
    }

    pub async fn press_all(&mut self, keys: &[&str]) -> &str {
        for keys in keys {
            self.press(keys).await;
        }
        &self.heard
    }

    pub fn hears(&self, words: &str) {
        assert!(self.heard.contains(words), "`{words}` is not heard: {}", self.heard);
    }

    /// The challenge whose code is waited for.
    pub async fn challenge(&self) -> String {
        codes::challenge(&self.bank.answerer, self.side.call()).await
    }

    /// What the text message says.
    pub async fn text(&self) -> Option<String> {
        codes::text(&self.bank.answerer, &self.challenge().await).await
    }

    /// The code in it, and the key that ends typing.
    pub async fn code(&self) -> String {
        format!("{}#", codes::code_in(&self.text().await.expect("a message")))
    }
}
