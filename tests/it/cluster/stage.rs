//! The stage: three servers behind a balancer, a PostgreSQL pair behind another, calls that keep coming,
//! an agent with a request in hand; and at the end what was told is compared with what is kept.

use super::balancer::{Balancer, free_address};
use super::callers::{Front, Over};
use super::pair::Pair;
use crate::support::server::{Home, Server, eventually};
use crate::support::twilio::Call;
use hotline::call::effect::{NewRequest, Priority, RequestState, RingAt};
use hotline::store::{Person, Store};
use hotline::words::{Lang, Level, Phone, Reference, Role, clock};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

pub struct Stage {
    pub front: Front,
    pub pair: Pair,
    homes: [Home; 3],
    servers: [Option<Server>; 3],
    _balancer: Balancer,
    crowd: Vec<JoinHandle<Vec<Over>>>,
    turned: mpsc::UnboundedReceiver<()>,
    enough: Arc<AtomicBool>,
}

/// What became of all of it.
#[derive(Debug, Default)]
pub struct Sum {
    pub answered: usize,
    pub found: usize,
    pub calls: usize,
    /// Calls that met a failure and went on to their end.
    pub continued: usize,
    pub apologies: u32,
    pub lost: Vec<String>,
    pub doubled: Vec<String>,
}

impl Stage {
    /// Sets all of it up, with so many callers of whom each calls again when a call is over.
    pub async fn set(callers: usize) -> Stage {
        let pair = Pair::start().await;
        let (front, database) = (free_address(), free_address());
        let listens = [free_address(), free_address(), free_address()];
        let mut addresses = vec![("FRONT", front.clone()), ("DATABASE", database.clone())];
        addresses.extend(["SERVER_ONE", "SERVER_TWO", "SERVER_THREE"].into_iter().zip(listens.clone()));
        addresses.extend(["POSTGRESQL_ONE", "POSTGRESQL_TWO"].into_iter().zip(pair.addresses().clone()));
        let balancer = Balancer::start(&addresses);
        let url = format!("postgres://hotline@{database}/hotline");
        eventually("the database is reached", async || PgConnection::connect(&url).await.ok()).await;
        let homes = listens.map(|listen| Home::new().set("HOTLINE_LISTEN", &listen).set("HOTLINE_DATABASE_URL", &url));
        // All at once: they migrate one after another, once.
        let servers = std::thread::scope(|scope| {
            let starting = homes.each_ref().map(|home| scope.spawn(|| home.start()));
            starting.map(|server| Some(server.join().expect("it started")))
        });
        let front = Front::new(&front);
        front.is_ready(true).await;
        let (tell, turned) = mpsc::unbounded_channel();
        let enough = Arc::new(AtomicBool::new(false));
        let crowd = (0..callers).map(|_| tokio::spawn(caller(front.clone(), tell.clone(), enough.clone())));
        let crowd = crowd.collect();
        Stage { front, pair, homes, servers, _balancer: balancer, crowd, turned, enough }
    }

    /// Waits until so many turns more were answered.
    pub async fn turns(&mut self, count: usize) {
        for _ in 0..count {
            self.turned.recv().await.expect("calls go on");
        }
    }

    /// Takes a server down in the middle of whatever it does.
    pub fn kill(&mut self, server: usize) {
        self.servers[server].take().expect("it runs").kill();
    }

    /// Starts it again, and waits until it is ready: one that starts while there is no database ends.
    pub async fn start(&mut self, server: usize) {
        let started = self.homes[server].start();
        eventually("it is ready", async || (started.get("/readyz").await.status == 200).then_some(())).await;
        self.servers[server] = Some(started);
    }

    /// An agent who has just taken a request; gives what shows that it is theirs.
    pub async fn agent(&self) -> Agent {
        let store = Store::open(&self.pair.url(), "an agent").await.expect("the database opens");
        let now = clock::now();
        store.add_person(&Person::new("mei", Role::Agent), now.as_millisecond()).await.expect("a person");
        let token = store.new_token("mei", "a test", now.as_millisecond()).await.expect("a token").expect("the person");
        let new = NewRequest {
            kind: "callback".to_owned(),
            topic: "a-lease".to_owned(),
            priority: Priority::High,
            skill: "payments".to_owned(),
            lang: Lang::EnUs,
            ring: RingAt::Nobody,
            account: None,
            from: None,
            level: Level::L0,
            verified_at: None,
            collected: Vec::new(),
            window: None,
            due: now,
            test: true,
        };
        let (reference, phone) = (Reference::of(99_000_001), Phone::parse("+85261230001", None));
        let at = now.as_millisecond();
        store
            .put_demo_request(&reference, "digital-wallet", &new, phone, RequestState::Open, at)
            .await
            .expect("a request");
        store.close().await;
        let agent = Agent { front: self.front.clone(), token: token.1.reveal().to_owned() };
        let taken = agent.post("/requests/next", json!({ "trials": true, "topic": "a-lease" })).await;
        assert_eq!(taken["holder"], "mei", "{taken}");
        agent
    }

    /// Lets the calls that run come to their end, and compares what was told with what is kept.
    pub async fn end(mut self) -> Sum {
        self.enough.store(true, Ordering::Relaxed);
        let mut sum = Sum::default();
        let store = Store::open(&self.pair.url(), "the end").await.expect("the database opens");
        let mut references = BTreeSet::new();
        for caller in std::mem::take(&mut self.crowd) {
            for over in caller.await.expect("a caller") {
                sum.add(&store, &self.front, &over).await;
                references.extend(over.reference);
            }
        }
        let requests = store.export_requests(None, 100_000).await.expect("the requests");
        for reference in references {
            match requests.iter().filter(|request| request.reference.as_str() == reference).count() {
                1 => {}
                0 => sum.lost.push(format!("the request {reference}")),
                _ => sum.doubled.push(format!("the request {reference}")),
            }
        }
        let mut connection = PgConnection::connect(&self.pair.url()).await.expect("the primary answers");
        let twice = "SELECT call_id || ' ' || turn FROM turns WHERE document IS NOT NULL
            GROUP BY call_id, turn HAVING count(*) > 1";
        let twice: Vec<String> = sqlx::query_scalar(twice).fetch_all(&mut connection).await.expect("the turns");
        sum.doubled.extend(twice.into_iter().map(|turn| format!("the turn {turn}")));
        sum
    }
}

/// Calls, and calls again.
async fn caller(front: Front, turned: mpsc::UnboundedSender<()>, enough: Arc<AtomicBool>) -> Vec<Over> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let mut calls = Vec::new();
    while !enough.load(Ordering::Relaxed) {
        let number = format!("+8526125{:04}", NUMBER.fetch_add(1, Ordering::Relaxed) % 10_000);
        calls.push(Over::of(front.clone(), Call::from(&number), turned.clone()).await);
    }
    calls
}

impl Sum {
    async fn add(&mut self, store: &Store, front: &Front, over: &Over) {
        self.calls += 1;
        self.answered += over.told.len();
        self.apologies += over.apologies;
        match &over.cut {
            Some(why) => self.lost.push(format!("the call {}: {why}", over.call.sid)),
            None if over.apologies + over.retries > 0 => self.continued += 1,
            None => {}
        }
        let id = store.find_call("twilio", &over.call.sid).await.expect("the calls");
        // Whichever server is asked again, it says the same.
        if let Some(told) = over.told.get(self.calls % over.told.len().max(1)) {
            let again = front.send(&told.webhook).await.map(|answer| answer.body);
            if again.as_ref() != Ok(&told.body) {
                self.doubled.push(format!("turn {} of {}: told again as {again:?}", told.turn, over.call.sid));
            }
        }
        for told in &over.told {
            let kept = match &id {
                Some(id) => store.document(id, told.turn).await.expect("the turns"),
                None => None,
            };
            if kept.as_ref() == Some(&told.body) {
                self.found += 1;
            } else {
                self.lost.push(format!("turn {} of {}: told {}, kept {kept:?}", told.turn, over.call.sid, told.body));
            }
        }
    }

    /// What a person wants to see.
    pub fn print(&self) {
        println!("turns answered   {}", self.answered);
        println!("turns found      {}", self.found);
        println!("calls            {}", self.calls);
        println!("calls continued  {}", self.continued);
        println!("apologies        {}", self.apologies);
        println!("lost             {}", self.lost.len());
        println!("doubled          {}", self.doubled.len());
    }
}

/// An agent's program.
pub struct Agent {
    front: Front,
    token: String,
}

impl Agent {
    async fn post(&self, path: &str, body: Value) -> Value {
        let request = self.front.request("POST", &format!("/api/v1{path}")).bearer_auth(&self.token).json(&body);
        request.send().await.expect("an answer").json().await.expect("JSON")
    }

    /// Whether the request is in hand still, and only this one.
    pub async fn holds_it(&self) -> bool {
        let request = self.front.request("GET", "/api/v1/requests?trials=true&section=all&topic=a-lease");
        let told = request.bearer_auth(&self.token).send().await.expect("an answer");
        let list: Value = told.json().await.expect("JSON");
        list["requests"].as_array().is_some_and(|r| r.len() == 1 && r[0]["holder"] == "mei")
    }
}
