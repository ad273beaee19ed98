//! The same through the program as it is shipped, which is killed in between: whatever was heard once
//! is heard again.

use super::stage::{Leg, agent, api, filed, form, taken, takes_orders};
use crate::support::flows::files;
use crate::support::server::{Home, PEPPER, Server};
use crate::support::twilio::{PUBLIC, TOKEN};
use crate::support::world::{WORLD, awake, with_world};
use hotline::answer::{Answerer, Bounds, Flows, Lines, Settings, Texting};
use hotline::desk::{Desk, Way};
use hotline::flow::read::load;
use hotline::outside::Outside;
use hotline::store::{DialState, Limits, RequestLimits, Store};
use hotline::words::pins::PinKeys;
use hotline::words::{Lang, Secret, clock};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use tokio::task::JoinSet;
use wiremock::MockServer;

/// The desk of another server on the same database.
async fn desk_beside(home: &Home, provider: &MockServer) -> Desk {
    let store = Store::open(&home.database(), "beside").await.unwrap();
    let mut files = files();
    files.insert("world.yaml".to_owned(), WORLD.to_owned());
    let flows = Flows::default();
    flows.install(load(&files), &store, clock::now().as_millisecond()).await.unwrap();
    let pepper = Secret::new(PEPPER);
    let settings = Settings {
        public_url: PUBLIC.to_owned(),
        lines: Lines::default(),
        inbound: HashMap::new(),
        pins: PinKeys::new(&pepper, None),
        pepper,
        limits: Limits::default(),
        request_limits: RequestLimits::default(),
        texting: Texting::default(),
        fiction: false,
        patience: hotline::answer::PATIENCE,
        outside: Outside::default(),
        bounds: Bounds::default(),
        clock: Arc::new(clock::now),
    };
    Desk::new(Answerer::new(settings, store, flows), api(provider).into())
}

#[tokio::test]
async fn a_server_that_is_killed_at_every_step_says_the_same_and_rings_the_customer_once() {
    let provider = MockServer::start().await;
    takes_orders(&provider, taken("CA1")).await;
    let (home, number) = (with_world(), awake());
    let mut server = home.start();
    let desk = desk_beside(&home, &provider).await;
    let (store, mei) = (desk.answerer().store().clone(), agent(Lang::EnUs));
    let id = filed(&store, "world", number, clock::now()).await;
    desk.take(&mei, &id).await.unwrap();
    desk.call(&mei, &id, 1, Way::Bridge).await.unwrap();
    let order = form(&provider.received_requests().await.unwrap()[0]);
    let mut leg = Leg { sid: "CA1".to_owned(), order, request: id.clone(), action: String::new() };

    type Next = fn(&Leg) -> crate::support::twilio::Webhook;
    let steps: [(Next, DialState); 3] = [
        (Leg::answered, DialState::Agent),
        (|leg| leg.presses("1"), DialState::Customer),
        (|leg| leg.dial_over("no-answer", "0"), DialState::Over),
    ];
    for (webhook, state) in steps {
        let webhook = webhook(&leg).signed(TOKEN);
        let said = server.send(&webhook).await;
        server.kill();
        server = home.start();
        assert_eq!(server.send(&webhook).await, said, "the same words after a kill");
        leg.hears(&said);
        assert_eq!(store.dial(&id, 1).await.unwrap().unwrap().dial.state, state);
    }
    let dial = store.dial(&id, 1).await.unwrap().unwrap().dial;
    assert_eq!(dial.outcome.as_deref(), Some("no-answer"));
    let log = home.log();
    assert!(!log.contains(number) && !log.contains(super::AGENT), "no number is logged");
}

#[tokio::test]
async fn keys_that_come_twenty_times_while_the_server_is_killed_ring_the_customer_once() {
    let provider = MockServer::start().await;
    takes_orders(&provider, taken("CA1")).await;
    let (home, number) = (with_world(), awake());
    let server = Arc::new(home.start());
    let desk = desk_beside(&home, &provider).await;
    let (store, mei) = (desk.answerer().store().clone(), agent(Lang::EnUs));
    let id = filed(&store, "world", number, clock::now()).await;
    desk.take(&mei, &id).await.unwrap();
    desk.call(&mei, &id, 1, Way::Bridge).await.unwrap();
    let order = form(&provider.received_requests().await.unwrap()[0]);
    let mut leg = Leg { sid: "CA1".to_owned(), order, request: id.clone(), action: String::new() };
    leg.hears(&server.send(&leg.answered().signed(TOKEN)).await);
    let press = leg.presses("1").signed(TOKEN);
    let crowd = |server: &Arc<Server>| {
        let mut crowd = JoinSet::new();
        for _ in 0..20 {
            let (server, press) = (server.clone(), press.clone());
            crowd.spawn(async move { server.try_send(&press).await });
        }
        crowd
    };
    let mut first = crowd(&server);
    let one = first.join_next().await.unwrap().unwrap().unwrap();
    server.kill();
    let mut heard = BTreeSet::from([one.body]);
    // Those that were on their way heard nothing, or the same.
    heard.extend(first.join_all().await.into_iter().filter_map(Result::ok).map(|answer| answer.body));
    let server = Arc::new(home.start());
    heard.extend(crowd(&server).join_all().await.into_iter().map(|answer| answer.unwrap().body));
    assert_eq!(heard.len(), 1, "one document, carried out once: {heard:?}");
    assert!(heard.first().unwrap().contains(number));
    assert_eq!(store.dial(&id, 1).await.unwrap().unwrap().dial.state, DialState::Customer);
}
