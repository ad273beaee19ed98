//! A server in which what a story gives is the real world: rows in a fresh database, tables behind
//! the sources, requests filed before. Its clock stands at the story's moment.

use super::codes;
use super::database::Database;
use super::platforms::{PLATFORMS, PUBLIC, VOICES};
use hotline::answer::{Answerer, Bounds, Flows, Line, Lines, Settings, Stands, Texting};
use hotline::call::effect::Choice;
use hotline::call::effect::{NewRequest, Priority, RequestState, RingAt};
use hotline::flow::read::{Files, Loaded, is_hotline, load};
use hotline::flow::{Flow, Value};
use hotline::outside::Outside;
use hotline::play::{CODE, Canned, CannedRequest, CannedStatus, DIALLED, Does, KNOWLEDGE, PIN, Played, Story};
use hotline::provider::{Provider, Voices};
use hotline::store::{
    Attempt, Claim, Customer, EffectKey, Guess, Limits, MessageLimits, NewNotice, PickUp, Record, RequestLimits, Store,
};
use hotline::web::{Web, router};
use hotline::words::pins::{PinKeys, knowledge_of};
use hotline::words::{CallId, Lang, Level, Phone, Reference, Secret};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

/// The number registered for the account, where the story does not need it to be the calling one.
const REGISTERED: &str = "+861000009999";

/// A server for one story.
pub struct Given {
    pub store: Store,
    pub server: SocketAddr,
    /// The number registered for the account.
    pub registered: Phone,
    /// Requests that were there before the call and have nothing to do with it.
    pub before: Vec<Reference>,
    answerer: Answerer,
    pub database: Database,
    serving: tokio::task::JoinHandle<()>,
}

/// The server is gone with its story: there are thousands of them in one process.
impl Drop for Given {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Given {
    /// Starts a server in the world of a story; `pure` is the same story played without a server.
    pub async fn start(files: &Files, flow: &Flow, story: &Story, pure: &Played) -> Given {
        let database = Database::sqlite();
        let store = database.open("story").await;
        let pepper = Secret::new("the pepper of a test, long enough");
        let pins = PinKeys::new(&pepper, None);
        let at = story.at.as_millisecond();
        let flows = Flows::default();
        flows.install(with_sources(files, flow, story), &store, at).await.unwrap();
        let calling = story.from.clone().filter(|_| pure.by_number);
        let registered = calling.or_else(|| Phone::parse(REGISTERED, None)).unwrap();
        let mut seeds = Seeds { store: &store, flow, story, registered: &registered, at, before: Vec::new() };
        seeds.customer(&pins).await;
        seeds.records().await;
        seeds.notices_and_language().await;
        seeds.requests(pure).await;
        seeds.status().await;
        seeds.waits(pure).await;
        let before = seeds.before;
        let moment = story.at;
        let settings = Settings {
            public_url: PUBLIC.to_owned(),
            lines: Lines(vec![line(flow)]),
            inbound: PLATFORMS.iter().map(|(provider, secret, _)| (*provider, Secret::new(*secret).into())).collect(),
            pepper,
            pins,
            limits: Limits::default(),
            request_limits: RequestLimits::default(),
            texting: texting(story),
            fiction: true,
            patience: std::time::Duration::from_secs(60),
            outside: Outside::default(),
            bounds: Bounds::default(),
            clock: Arc::new(move || moment),
        };
        let answerer = Answerer::new(settings, store.clone(), flows);
        let draining = Arc::new(AtomicBool::new(false));
        let web = Web {
            answerer: answerer.clone(),
            desk: hotline::desk::Desk::new(answerer.clone(), hotline::provider::Apis::default()),
            studio: hotline::studio::Studio::new(answerer.clone(), Default::default()),
            public_url: PUBLIC.into(),
            phone: None,
            draining,
            audio: std::path::Path::new("flows/audio").into(),
            sounds: super::sounds(),
            uploads: std::env::temp_dir().into(),
            proxies: [].into(),
            reach: Default::default(),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = listener.local_addr().unwrap();
        let serving = tokio::spawn(async move { axum::serve(listener, router(web)).await.unwrap() });
        Given { store, server, registered, before, answerer, database, serving }
    }

    /// Keys as this world's caller presses them: the code of stories is the one that was texted.
    pub async fn typed(&self, call: &str, keys: Secret) -> Secret {
        if keys.reveal().strip_suffix('#') != Some(CODE) {
            return keys;
        }
        let text = codes::text(&self.answerer, &codes::challenge(&self.answerer, call).await).await;
        Secret::new(format!("{}#", codes::code_in(&text.expect("a text message"))))
    }
}

/// The line that is dialled. Where a platform has no voice for a language the line names one, so that every
/// story can be heard everywhere.
fn line(flow: &Flow) -> Line {
    let voices = |provider: Provider| {
        let named = |lang: &Lang| !provider.can().speaks.contains(lang);
        Voices(Lang::ALL.map(|lang| named(&lang).then(|| VOICES[lang as usize].to_owned())))
    };
    let voices = PLATFORMS.iter().map(|(provider, ..)| (*provider, voices(*provider))).collect();
    Line { number: DIALLED.to_owned(), flow: flow.name.clone(), voices, stands: Stands::Settings("a test".to_owned()) }
}

/// Whether texts are sent. In a story no time passes, so that what is sent within a minute is counted by none.
fn texting(story: &Story) -> Texting {
    let most = if story.given.sms.is_none() { 100 } else { 0 };
    Texting { on: true, limits: MessageLimits { per_number_minute: most, ..MessageLimits::default() } }
}

/// The flow with every source behind a table of its own, `given_NAME`. One that fails answers too late.
fn with_sources(files: &Files, flow: &Flow, story: &Story) -> Loaded {
    let mut sources = String::new();
    for (name, source) in &flow.sources {
        let late = story.given.sources.get(name) == Some(&Canned::Failed) && !source.acts();
        let (after, budget) = if late { (", after: 10s", "5ms") } else { ("", "3s") };
        let takes: Vec<String> = source.takes.iter().map(|(name, kind)| format!("{name}: {kind}")).collect();
        let gives: Vec<String> = source.gives.iter().map(|(name, kind)| format!("{name}: {kind}")).collect();
        let (act, sets) = if source.acts() { ("  act: yes\n", ", sets: { state: frozen }") } else { ("", "") };
        sources.push_str(&format!(
            "{name}:\n{act}  takes: {{ {} }}\n  gives: {{ {} }}\n  level: {}\n  protective: {}\n  budget: {budget}\n  \
             from: {{ table: given_{name}{sets}{after} }}\n",
            takes.join(", "),
            gives.join(", "),
            source.level,
            source.protective,
        ));
    }
    // Many stories have the same sources, and each is played on every platform.
    static READ: Mutex<BTreeMap<(String, String), Arc<Flow>>> = Mutex::new(BTreeMap::new());
    let key = (flow.digest.to_string(), sources);
    let known = READ.lock().unwrap().get(&key).cloned();
    let flow = known.unwrap_or_else(|| {
        let mut files = files.clone();
        files.retain(|name, _| !is_hotline(name) || *name == format!("{}.yaml", flow.name));
        files.insert("sources.yaml".to_owned(), key.1.clone());
        let loaded = load(&files);
        let problems: Vec<String> = loaded.problems.iter().map(ToString::to_string).collect();
        assert!(problems.is_empty(), "{}", problems.join("\n"));
        READ.lock().unwrap().entry(key).or_insert(loaded.flows[0].clone()).clone()
    });
    Loaded { flows: vec![flow], ..Loaded::default() }
}

struct Seeds<'a> {
    store: &'a Store,
    flow: &'a Flow,
    story: &'a Story,
    registered: &'a Phone,
    at: i64,
    before: Vec<Reference>,
}

impl Seeds<'_> {
    async fn customer(&self, pins: &PinKeys) {
        let account = self.story.account.clone();
        let customer = Customer {
            pin: Some(Secret::new(pins.make_keyed(&account, &Secret::new(PIN)))),
            knowledge: Some(Secret::new(pins.make_keyed(&knowledge_of(&account), &Secret::new(KNOWLEDGE)))),
            account,
            name: "李明".to_owned(),
            number: Some(self.registered.as_str().to_owned()),
            language: None,
            state: "active".to_owned(),
            fields: BTreeMap::new(),
            demo: false,
        };
        self.store.import_customers(&[customer], self.at).await.unwrap();
    }

    /// One row that answers whatever is asked; none where there is nothing to be found or done.
    async fn records(&self) {
        for (name, source) in &self.flow.sources {
            let fields = match (self.story.given.sources.get(name), source.acts()) {
                (Some(Canned::Found(Value::Record(fields))), _) => {
                    fields.iter().map(|(name, value)| (name.clone(), value.plain())).collect()
                }
                (None | Some(Canned::Done), true) => BTreeMap::from([("state".to_owned(), "active".to_owned())]),
                _ => continue,
            };
            let record = Record { key: "*".to_owned(), fields };
            self.store.put_records(&format!("given_{name}"), &[record]).await.unwrap();
        }
    }

    async fn notices_and_language(&self) {
        for (n, texts) in self.story.given.notices.iter().flatten().enumerate() {
            let (id, line) = (format!("given-{n}"), Some(self.flow.name.clone()));
            let notice =
                NewNotice { id, line, texts: texts.clone(), from: self.at, until: None, closes: false, on: true };
            self.store.add_notice(&notice, None, self.at).await.unwrap();
        }
        if let (Some(number), Some(lang)) = (&self.story.from, self.story.language) {
            self.store.remember(number, Choice::Lang(lang), self.at).await.unwrap();
        }
    }

    async fn requests(&mut self, pure: &Played) {
        match self.story.given.request {
            None => {}
            Some(CannedRequest::Added) => {
                let first = pure.requests.first().expect("a story in which something is added to records something");
                let open = NewRequest { priority: Priority::Low, collected: Vec::new(), ..first.clone() };
                let number = match &open.ring {
                    RingAt::Number(phone) => Some(phone.clone()),
                    RingAt::Registered(_) => Some(self.registered.clone()),
                    RingAt::Nobody => None,
                };
                self.put(Reference::of(8_000_000), &open, number, RequestState::Open).await;
            }
            Some(CannedRequest::Refused) => {
                for (new, number) in self.used_up() {
                    let reference = Reference::of(8_000_000 + u32::try_from(self.before.len()).unwrap());
                    self.put(reference.clone(), &new, number, RequestState::Done).await;
                    self.before.push(reference);
                }
            }
        }
    }

    /// Everything that may be asked for in a day, whoever asks and whatever number is rung.
    fn used_up(&self) -> Vec<(NewRequest, Option<Phone>)> {
        let mut all = Vec::new();
        for number in self.story.from.iter().chain([self.registered]) {
            for (n, priority) in (0..RequestLimits::default().per_number_day)
                .flat_map(|n| [(n, Priority::Normal), (n, Priority::Urgent)])
            {
                let ring = RingAt::Number(number.clone());
                let asked = NewRequest { priority, ..self.some_request(&format!("before-{n}"), ring) };
                let ring = RingAt::Registered(format!("before-{n}"));
                let typed = NewRequest { ring, from: self.story.from.clone(), ..asked.clone() };
                let account = Some(format!("before-{n}"));
                let verified = NewRequest { account, level: Level::L2, ..asked.clone() };
                all.extend([asked, typed, verified].map(|new| (new, Some(number.clone()))));
            }
        }
        all
    }

    /// What is known of the reference that the caller types.
    async fn status(&mut self) {
        match self.story.given.status {
            None | Some(CannedStatus::Missing) => {}
            Some(CannedStatus::Known { state, due, .. }) => {
                let typed = |does: &Does| match does {
                    Does::Presses(keys) => Reference::parse(keys.strip_suffix('#')?),
                    _ => None,
                };
                let typed = self.story.call.iter().find_map(|line| typed(&line.does));
                let reference = typed.unwrap_or_else(|| {
                    panic!("{}:{}: a story that is given a status types a reference", self.story.file, self.story.line)
                });
                // It is the caller's own, unless the story says that this caller may not change it.
                let from = self.story.from.clone().filter(|_| self.story.given.change.is_none());
                let new = NewRequest { due, from, ..self.some_request("earlier", RingAt::Nobody) };
                self.put(reference.clone(), &new, None, state).await;
                self.before.push(reference);
            }
            Some(CannedStatus::Refused) => {
                let caller = self.story.from.as_ref().map(|number| number.as_str().to_owned());
                for _ in 0..100 {
                    let key = EffectKey { call: CallId::fresh(), turn: 0, seq: 0 };
                    let (caller, line) = (caller.clone(), self.flow.name.clone());
                    let guess = Guess::Reference;
                    let attempt = Attempt { key: key.clone(), guess, account: None, caller, line, at: self.at };
                    match self.store.claim_attempt(&attempt, &Limits::default()).await.unwrap() {
                        Claim::Limited { .. } => return,
                        _ => drop(self.store.settle_attempt(&key, "\"missing\"", false, self.at).await.unwrap()),
                    }
                }
                panic!("a hundred guesses and no limit");
            }
        }
    }

    /// A call that an agent took after so long, for each desk whose wait is asked for.
    async fn waits(&self, pure: &Played) {
        let Some(waited) = self.story.given.wait else { return };
        for skill in &pure.queues {
            let (of, at) = (format!("before-{skill}"), self.at - 60_000);
            let pick_up = PickUp { of: &of, nth: (1, 0), skill, line: &self.flow.name, waited, test: false, at };
            self.store.picked_up(&pick_up).await.unwrap();
        }
    }

    fn some_request(&self, topic: &str, ring: RingAt) -> NewRequest {
        NewRequest {
            kind: "callback".to_owned(),
            topic: topic.to_owned(),
            priority: Priority::Normal,
            skill: topic.to_owned(),
            lang: self.flow.languages[0],
            ring,
            account: None,
            from: None,
            level: Level::L0,
            verified_at: None,
            collected: Vec::new(),
            window: None,
            due: self.story.at,
            test: false,
        }
    }

    async fn put(&self, reference: Reference, new: &NewRequest, number: Option<Phone>, state: RequestState) {
        let put = self.store.put_demo_request(&reference, &self.flow.name, new, number, state, self.at).await.unwrap();
        assert!(put, "the reference {reference} is free");
    }
}
