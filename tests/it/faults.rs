//! When the database is locked, full or away: callers hear an apology that offers to try again, and
//! all goes on by itself once it is back.

use crate::support::database::embedded;
use crate::support::postgres::Cluster;
use crate::support::server::{Home, Server, eventually};
use crate::support::twilio::{Call, Twiml};
use hotline::store::Store;

#[tokio::test]
async fn a_locked_sqlite_makes_callers_wait_and_loses_nothing() {
    let home = Home::new();
    let server = home.start();
    let file = home.database();
    let lock = async || {
        let connection = embedded(&file);
        connection.execute_batch("BEGIN EXCLUSIVE").unwrap();
        connection
    };
    let unlock = async |connection: rusqlite::Connection| connection.close().unwrap();
    callers_hear_an_apology(&home, &server, lock, unlock).await;
}

#[tokio::test]
async fn a_full_disk_makes_callers_wait_and_loses_nothing() {
    let home = Home::new();
    let server = home.start();
    let fill = async || server.limit_files(Some(1));
    let make_room = async |()| server.limit_files(None);
    callers_hear_an_apology(&home, &server, fill, make_room).await;
}

#[tokio::test]
async fn a_postgresql_that_is_away_makes_callers_wait_and_loses_nothing() {
    let mut cluster = Cluster::start();
    let home = Home::new().set("HOTLINE_DATABASE_URL", &cluster.fresh_database().await);
    let server = home.start();
    let stop = async || {
        cluster.tell("stop");
        cluster
    };
    let start = async |mut cluster: Cluster| {
        cluster.tell("start");
        cluster
    };
    callers_hear_an_apology(&home, &server, stop, start).await;
}

const BUSY: &str = "Sorry, the system is busy. Please hold on while we try again.";

/// One caller is about to file a request, one calls, one hangs up; then the database fails, and
/// then it is over.
async fn callers_hear_an_apology<T, U>(
    home: &Home,
    server: &Server,
    fails: impl AsyncFnOnce() -> T,
    is_over: impl AsyncFnOnce(T) -> U,
) {
    let (mut filing, mut new, mut leaving) =
        (Call::from("+85261230101"), Call::from("+85261230102"), Call::from("+85261230103"));
    leaving.dial(server).await;
    filing.dial(server).await;
    filing.press_all(server, &["3", "0", "1"]).await.says("be called on the number you are calling from");
    let address = filing.heard.action().to_owned();
    let before = versions(home, &filing).await;
    assert_eq!(server.get("/readyz").await.status, 200);

    let failing = fails().await;
    let answer = server.send(&filing.typed("1")).await;
    let heard = filing.hears(&answer);
    assert_eq!((heard.words.as_str(), heard.redirect.clone()), (BUSY, Some(format!("{address}?again=1"))));
    assert_eq!(heard.verbs, ["Say", "Redirect"]);
    // It is tried again, as the document said, and still does not work.
    let answer = server.send(&filing.redirected()).await;
    let heard = filing.hears(&answer);
    assert_eq!((heard.words.as_str(), heard.redirect.clone()), (BUSY, Some(format!("{address}?again=2"))));
    // Nobody is asked to hold the line for ever.
    let answer = server.send(&filing.webhook(&format!("{address}?again=6"), &[])).await;
    let bye = Twiml::read(&answer.body);
    bye.says("Please call again a little later. Goodbye.");
    assert!(bye.hangs_up());
    let answer = server.send(&new.inbound()).await;
    new.hears(&answer).says("抱歉，系统正忙。");
    assert_eq!(new.redirected().url, format!("{}&again=1", new.inbound().url));
    assert_eq!(server.send(&leaving.status("completed")).await.status, 204);
    let ready = server.get("/readyz").await;
    assert_eq!((ready.status, ready.body.as_str()), (503, "the database does not take writes: see the log\n"));
    assert_eq!(server.get("/healthz").await.status, 200);
    // What was answered before needs no database while it is remembered, and is refused all the same.
    assert_eq!(server.send(&new.inbound().signed("another token")).await.status, 403);

    let _lives = is_over(failing).await;
    eventually("the server is ready again", async || (server.get("/readyz").await.status == 200).then_some(())).await;
    assert_eq!(versions(home, &filing).await, before, "nothing half-written");
    // The key is lost, and nobody is blamed for it.
    let again = filing.go(server, filing.redirected()).await;
    again.says("be called on the number you are calling from");
    assert!(!again.words.contains("I did not get any keys."), "{}", again.words);
    filing.press(server, "1").await.says("That is recorded.");
    let requests = store(home).await.export_requests(None, 500).await.unwrap();
    let asked: Vec<_> = requests.iter().filter(|r| r.call == filing.id().as_str()).map(|r| r.asked).collect();
    assert_eq!(asked, [1], "filed once");
    new.go(server, new.redirected()).await.says("您好");
    assert_eq!(versions(home, &new).await, 1);
    new.press(server, "3").await.says("For a failed payment");
    leaving.press(server, "3").await;
    assert!(server.metric(r#"hotline_webhooks_total{provider="twilio",outcome="apology"}"#).await >= Some(3.0));
}

async fn store(home: &Home) -> Store {
    Store::open(&home.database(), "test").await.unwrap()
}

/// How many events a call has; each in its place, with what was said.
async fn versions(home: &Home, call: &Call) -> usize {
    let turns = store(home).await.turns(&call.id()).await.unwrap();
    let numbers: Vec<u32> = turns.iter().map(|turn| turn.version).collect();
    assert!(numbers.iter().copied().eq(1..=turns.len() as u32), "{numbers:?}");
    assert!(turns.iter().all(|turn| turn.document.is_some()));
    turns.len()
}
