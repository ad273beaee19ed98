//! Connections that are open and lead nowhere, that break at the worst moment, and that lead to a
//! database one cannot write to.

use super::relay::Relay;
use crate::support::postgres::{Cluster, fresh_database};
use crate::support::rows::{begin, turn};
use crate::support::server::{Home, eventually};
use crate::support::twilio::Call;
use hotline::store::{Committed, Store};
use hotline::words::CallId;
use sqlx::{Connection, PgConnection};

/// More at once than there are connections.
const CROWD: usize = 30;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_went_silent_are_given_up_and_nobody_waits_for_them() {
    let (relay, url) = Relay::before(&fresh_database().await).await;
    let home = Home::new().set("HOTLINE_DATABASE_URL", &url);
    let server = home.start();
    let mut calls = Vec::new();
    for n in 0..CROWD {
        let mut call = Call::from(&format!("+8526123{n:04}"));
        call.dial(&server).await;
        call.press(&server, "3").await.says("For a failed payment, press one.");
        calls.push(call);
    }
    relay.go_silent();
    let keys: Vec<_> = calls.iter().map(|call| call.typed("1")).collect();
    let answers = futures_util::future::join_all(keys.iter().map(|keys| server.send(keys)));
    for (call, answer) in calls.iter_mut().zip(answers.await) {
        call.hears(&answer).says("Please hold on while we try again.");
    }
    assert_eq!(server.get("/readyz").await.status, 503);
    relay.serve();
    eventually("it is ready", async || (server.get("/readyz").await.status == 200).then_some(())).await;
    for call in &mut calls {
        call.follow(&server).await.says("For a failed payment, press one.");
        call.press(&server, "1").await.says("the payment's transaction number");
    }
}

#[tokio::test]
async fn a_turn_whose_commit_was_answered_to_nobody_is_found_to_be_ours() {
    let (relay, url) = Relay::before(&fresh_database().await).await;
    let store = Store::open(&url, "boot-1").await.unwrap();
    store.migrate().await.unwrap();
    let call = CallId::fresh();
    relay.lose_an_answer();
    assert_eq!(store.commit(begin(&call, "CA1", 1)).await.unwrap(), Committed::Stored);
    assert!(!relay.is_losing(), "the answer was lost");
    relay.lose_an_answer();
    assert_eq!(store.commit(turn(&call, 2, 2)).await.unwrap(), Committed::Stored);
    assert!(!relay.is_losing(), "the answer was lost");
    assert_eq!(store.commit(turn(&call, 2, 3)).await.unwrap(), Committed::Stale, "another webhook's");
    assert_eq!(store.turns(&call).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_database_that_became_a_standby_is_left() {
    let cluster = Cluster::start();
    let url = cluster.fresh_database().await;
    let home = Home::new().set("HOTLINE_DATABASE_URL", &url);
    let server = home.start();
    let mut call = Call::from("+85261230081");
    call.dial(&server).await;
    call.press(&server, "3").await.says("For a failed payment, press one.");
    let mut own = PgConnection::connect(&url).await.unwrap();
    let others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let before: Vec<i32> = sqlx::query_scalar(others).fetch_all(&mut own).await.unwrap();
    assert!(!before.is_empty(), "the server's connections");
    for change in ["ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()"] {
        sqlx::query(change).execute(&mut own).await.unwrap();
    }
    eventually("readiness is red", async || (server.get("/readyz").await.status == 503).then_some(())).await;
    let answer = server.send(&call.typed("1")).await;
    call.hears(&answer).says("Please hold on while we try again.");
    eventually("none of the connections is kept", async || {
        assert_eq!(server.get("/readyz").await.status, 503);
        let now: Vec<i32> = sqlx::query_scalar(others).fetch_all(&mut own).await.unwrap();
        before.iter().all(|pid| !now.contains(pid)).then_some(())
    })
    .await;
    for change in ["ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()"] {
        sqlx::query(change).execute(&mut own).await.unwrap();
    }
    eventually("it is ready", async || (server.get("/readyz").await.status == 200).then_some(())).await;
    call.follow(&server).await.says("For a failed payment, press one.");
}
