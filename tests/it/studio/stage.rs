//! Servers with two small hotlines that share a sub-flow, and a clock the test moves.

use crate::support::database::Database;
use crate::support::flows::files as shipped;
use crate::support::phone::{PUBLIC, RouterSide, TOKEN};
use crate::support::platforms::twilio;
use hotline::answer::{Answerer, Bounds, Flows, Lines, PATIENCE, Settings, Texting};
use hotline::desk::Desk;
use hotline::flow::read::{Files, load};
use hotline::outside::Outside;
use hotline::play::{Input, Waits};
use hotline::provider::{Apis, Provider};
use hotline::store::{Limits, RequestLimits, Store};
use hotline::studio::{Draft, Publish, RollBack, Studio, StudioError, StudioSettings, Version, VersionState, When};
use hotline::web::{Web, router};
use hotline::words::Secret;
use hotline::words::pins::PinKeys;
use jiff::Timestamp;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

const LINE: &str = "\
# What the NAME says.
flow: NAME
title: { en-US: The NAME }
languages: [en-US]
uses: [call-me-back, ways]
hours: always
countries: [HK]
start: top
person: agent
denied: agent
steps:
  top:
    prompt: { en-US: Welcome to the NAME. }
    menu:
      - { key: 1, go: order, to: { en-US: hear about an order } }
      - { key: 2, go: ways, to: { en-US: hear how to find us } }
    otherwise: bye
  order: { say: { en-US: Your order is on its way. }, then: top }   # the shop's own words
  ways: { call: ways, then: top }
  agent:
    call: call-me-back
    with: { kind: callback, topic: shop, priority: normal }
    then: bye
  bye: { hangup: { en-US: Goodbye from the NAME. } }
";

const WAYS: &str = "\
flow: ways
languages: [en-US]
start: tell
steps:
  tell: { say: { en-US: Take the ferry. }, then: back }
  back: { return: {} }
";

const STORIES: &str = "\
- story: somebody asks about an order
  from: \"+85261230001\"
  at: 2026-03-04 11:00 Asia/Hong_Kong
  call:
    - hears: Welcome to the shop
    - presses: \"1\"
    - hears: Your order is on its way
    - hangs up
  records: nothing
";

/// A second after 1970 that all tests here begin at, in ms.
pub const START: i64 = 1_772_420_400_000;

/// The files of the hotlines `shop` and `bank`, the shop with a story.
pub fn files() -> Files {
    let mut files = shipped();
    files.retain(|name, _| name.starts_with("common/") || name == "calendars.yaml");
    for name in ["shop", "bank"] {
        files.insert(format!("{name}.yaml"), LINE.replace("NAME", name));
    }
    files.insert("common/ways.yaml".to_owned(), WAYS.to_owned());
    files.insert("shop.stories.yaml".to_owned(), STORIES.to_owned());
    files
}

/// One server.
pub struct Stage {
    pub answerer: Answerer,
    pub studio: Studio,
    pub server: SocketAddr,
    now: Arc<AtomicI64>,
    calls: AtomicUsize,
}

impl Stage {
    /// A server on a database of its own.
    pub async fn on(database: &Database) -> Stage {
        Stage::with(database.open("stage").await, false).await
    }

    /// One whose protected changes wait for a second admin.
    pub async fn with_approvals(database: &Database) -> Stage {
        Stage::with(database.open("stage").await, true).await
    }

    /// Another server on the same database.
    pub async fn beside(&self, database: &Database) -> Stage {
        let shared = database.is_shared();
        let store = if shared { database.open("beside").await } else { self.answerer.store().clone() };
        let stage = Stage::with(store, false).await;
        // No call has the id of another server's.
        stage.calls.store(50_000, Ordering::SeqCst);
        stage
    }

    async fn with(store: Store, approvals: bool) -> Stage {
        let pepper = Secret::new("the pepper of a test, long enough");
        let now = Arc::new(AtomicI64::new(START));
        let clock = now.clone();
        let settings = Settings {
            public_url: PUBLIC.to_owned(),
            lines: Lines::default(),
            inbound: HashMap::from([(Provider::Twilio, Secret::new(TOKEN).into())]),
            pins: PinKeys::new(&pepper, None),
            pepper,
            limits: Limits::default(),
            request_limits: RequestLimits::default(),
            texting: Texting::default(),
            fiction: true,
            patience: PATIENCE,
            outside: Outside::default(),
            bounds: Bounds::default(),
            clock: Arc::new(move || Timestamp::from_millisecond(clock.load(Ordering::SeqCst)).unwrap()),
        };
        let answerer = Answerer::new(settings, store, Flows::default());
        let studio = Studio::new(answerer.clone(), StudioSettings { approvals, ..StudioSettings::default() });
        let web = Web {
            answerer: answerer.clone(),
            desk: Desk::new(answerer.clone(), Apis::default()),
            studio: studio.clone(),
            public_url: PUBLIC.into(),
            phone: None,
            uploads: std::env::temp_dir().into(),
            draining: Arc::default(),
            audio: std::path::Path::new("flows/audio").into(),
            sounds: crate::support::sounds(),
            reach: Default::default(),
            proxies: [].into(),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router(web)).await.unwrap() });
        let stage = Stage { answerer, studio, server, now, calls: AtomicUsize::new(0) };
        stage.install(files()).await;
        stage
    }

    /// The files are read, as at the start and whenever they change.
    pub async fn install(&self, files: Files) {
        let loaded = load(&files);
        assert_eq!(loaded.problems, []);
        let flows = self.answerer.flows();
        flows.keep_folder(files);
        flows.install(loaded, self.answerer.store(), self.now.load(Ordering::SeqCst)).await.unwrap();
    }

    /// Time passes, in ms.
    pub fn pass(&self, ms: i64) {
        self.now.fetch_add(ms, Ordering::SeqCst);
    }

    /// Changes words in a file of a flow's draft.
    pub async fn edit(&self, flow: &str, file: &str, from: &str, to: &str) -> Draft {
        let draft = self.studio.draft(flow).await.unwrap();
        let files = self.studio.files(&draft).await.unwrap();
        let text = files.iter().find(|(name, _)| name == file).map(|(_, text)| text).expect("the file");
        assert!(text.contains(from), "`{from}` is in {file}");
        self.studio.save(flow, file, &text.replace(from, to), draft.rev, "ada").await.unwrap()
    }

    /// Publishes what is in the draft.
    pub async fn publish(&self, flow: &str, when: When) -> Version {
        let rev = self.studio.draft(flow).await.unwrap().rev;
        let publish = Publish { note: "for the test".to_owned(), when };
        self.studio.publish(flow, rev, publish, "ada").await.unwrap()
    }

    /// Takes back to a version, as somebody who sees what is live and on trial.
    pub async fn back(&self, flow: &str, to: &str, note: &str, who: &str) -> Result<Version, StudioError> {
        let versions = self.studio.versions(flow).await.unwrap();
        let there = |state: VersionState| versions.iter().find(|version| version.state == state);
        let live = &there(VersionState::Live).unwrap().digest;
        let trial = there(VersionState::Trial).map(|version| &*version.id);
        self.studio.roll_back(flow, RollBack { to, live, trial, with: &[], note }, who).await
    }

    /// The states of a flow's versions, the newest first.
    pub async fn states(&self, flow: &str) -> Vec<VersionState> {
        self.studio.versions(flow).await.unwrap().iter().map(|version| version.state).collect()
    }

    /// Somebody calls.
    pub async fn ring(&self, flow: &str) -> Caller {
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        let platform = twilio::call(number, &format!("+852612{number:05}"), 0);
        let mut side = RouterSide::new(self.server, Provider::Twilio, platform);
        let heard = side.ring(flow).await;
        Caller { side, heard }
    }

    /// What a new call hears first.
    pub async fn hears(&self, flow: &str) -> String {
        let caller = self.ring(flow).await;
        caller.heard.clone()
    }
}

/// Somebody on the line.
pub struct Caller {
    pub side: RouterSide,
    /// What was heard last.
    pub heard: String,
}

impl Caller {
    pub async fn press(&mut self, keys: &str) -> &str {
        self.heard = self.side.does(&Input::Keys(Secret::new(keys))).await;
        &self.heard
    }

    /// Until the line hangs up.
    pub async fn stays_silent(mut self) {
        while self.side.waits() == Waits::Keys {
            self.side.does(&Input::Silence).await;
        }
    }

    pub async fn hang_up(mut self) {
        self.side.does(&Input::HangUp).await;
    }
}
