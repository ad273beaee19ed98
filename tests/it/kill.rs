//! The server is killed in the middle of many calls, again and again. Every turn that was answered
//! is still there, byte for byte; none is done twice; and the next webhook of a call goes on.

use crate::support::postgres::fresh_database;
use crate::support::server::{Answer, Home, Server};
use crate::support::twilio::{Call, Webhook};
use hotline::store::{Request, Store};
use std::sync::Arc;
use tokio::sync::{mpsc, watch};

const PIN: &str = "270496#";
/// Calls at once.
const CALLS: usize = 12;
/// What half of them press: to a request, verified; and the others, as anybody.
const VERIFIED: [&str; 10] = ["3", "1", "20260301004715#", "10001001#", PIN, "1", "1", "1", "2", "2"];
const ANYBODY: [&str; 6] = ["3", "0", "1", "1", "2", "2"];

#[tokio::test]
async fn a_killed_server_on_sqlite_goes_on_where_it_stood() {
    goes_on(Home::new()).await;
}

#[tokio::test]
async fn a_killed_server_on_postgresql_goes_on_where_it_stood() {
    goes_on(Home::new().set("HOTLINE_DATABASE_URL", &fresh_database().await)).await;
}

async fn goes_on(home: Home) {
    let rounds = if std::env::var_os("HOTLINE_LONG").is_some() { 40 } else { 2 };
    for round in 0..rounds {
        kill_in_the_middle(&home, round).await;
    }
}

/// One crowd of calls, from the first webhook to the last, with kills in between.
async fn kill_in_the_middle(home: &Home, round: usize) {
    let (current, servers) = watch::channel(Arc::new(home.start()));
    let (tell, mut answered) = mpsc::unbounded_channel();
    let crowd = (0..CALLS).map(|n| {
        let call = Call::from(&format!("+8526125{:04}", round * CALLS + n));
        let keys: &[&str] = if n % 2 == 0 { &VERIFIED } else { &ANYBODY };
        tokio::spawn(caller(call, keys, servers.clone(), tell.clone()))
    });
    let crowd: Vec<_> = crowd.collect();
    drop(tell);
    // Each time after some answers more, while the next are on their way.
    loop {
        for _ in 0..random(40) {
            answered.recv().await;
        }
        if answered.is_closed() && answered.is_empty() {
            break;
        }
        current.borrow().kill();
        current.send_replace(Arc::new(home.start()));
    }
    let server = current.borrow().clone();
    let store = Store::open(&home.database(), "test").await.unwrap();
    let requests = store.export_requests(None, 10_000).await.unwrap();
    for caller in crowd {
        let (call, log) = caller.await.unwrap();
        check(&server, &store, &requests, &call, &log).await;
    }
    assert_eq!(store.open_calls().await.unwrap(), 0);
}

/// Calls and presses the keys; whatever is not answered is sent again to the next server.
async fn caller(
    mut call: Call,
    keys: &[&str],
    mut servers: watch::Receiver<Arc<Server>>,
    tell: mpsc::UnboundedSender<()>,
) -> (Call, Vec<(Webhook, Answer)>) {
    let mut log = Vec::new();
    let mut keys = keys.iter();
    let mut webhook = call.inbound();
    loop {
        let server = servers.borrow_and_update().clone();
        let Ok(answer) = server.try_send(&webhook).await else {
            servers.changed().await.expect("another server");
            continue;
        };
        call.hears(&answer);
        log.push((webhook, answer));
        tell.send(()).expect("the test waits");
        webhook = match &call.heard.gather {
            // A PIN whose server was killed before it was compared is gone with it, and asked for again.
            Some(_) if call.heard.words.contains("phone PIN") && keys.as_slice().first() != Some(&PIN) => {
                call.typed(PIN)
            }
            Some(_) => call.typed(keys.next().unwrap_or_else(|| panic!("more is asked: {call:?}"))),
            None if call.heard.hangs_up() => return (call, log),
            None => call.redirected(),
        };
    }
}

async fn check(server: &Server, store: &Store, requests: &[Request], call: &Call, log: &[(Webhook, Answer)]) {
    for (webhook, answer) in log {
        assert_eq!(server.send(webhook).await, *answer, "the same bytes as before the kill");
    }
    let id = store.find_call("twilio", &call.sid).await.unwrap().unwrap();
    let turns = store.turns(&id).await.unwrap();
    let stored: Vec<&str> = turns.iter().map(|turn| turn.document.as_deref().unwrap()).collect();
    let heard: Vec<&str> = log.iter().map(|(_, answer)| answer.body.as_str()).collect();
    assert_eq!(stored, heard, "what was answered, in its order, and nothing else");
    let mine: Vec<&Request> = requests.iter().filter(|request| filed_in(request, id.as_str()) > 0).collect();
    assert_eq!(mine.len(), 1, "{mine:?}");
    assert_eq!(filed_in(mine[0], id.as_str()), 1, "asked for once: {:?}", mine[0]);
}

/// How often a request was asked for in a call.
fn filed_in(request: &Request, call: &str) -> usize {
    request.history.iter().filter(|event| event.detail["call"] == call).count()
}

/// A number below `n`.
fn random(n: u64) -> u64 {
    getrandom::u64().unwrap() % n
}
