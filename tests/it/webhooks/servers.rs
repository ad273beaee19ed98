//! Several servers on one PostgreSQL: any of them takes the next turn of a call.

use crate::support::postgres::fresh_database;
use crate::support::server::{Answer, Home, Server, eventually};
use crate::support::twilio::{Call, Webhook};
use hotline::store::Store;
use sqlx::{Connection, PgConnection};
use std::sync::Arc;

async fn two_servers() -> (Home, [Arc<Server>; 2]) {
    let home = Home::new().set("HOTLINE_DATABASE_URL", &fresh_database().await);
    let servers = [home.start(), home.start()].map(Arc::new);
    (home, servers)
}

#[tokio::test]
async fn a_call_goes_on_at_whichever_server_its_next_webhook_comes_to() {
    let (_home, servers) = two_servers().await;
    let mut call = Call::from("+85261230070");
    let mut log: Vec<(Webhook, Answer)> = Vec::new();
    let mut webhook = call.inbound();
    // One server takes one turn, the other the next two, and so on: what each remembers of the call
    // is always behind by then.
    for (turn, keys) in ["3", "5", "4", "1", "0", "1", "1", "2", "2"].into_iter().enumerate() {
        let answer = servers[usize::from(turn % 3 > 0)].send(&webhook).await;
        call.hears(&answer);
        log.push((webhook, answer));
        webhook = call.typed(keys);
    }
    let answer = servers[0].send(&webhook).await;
    call.hears(&answer).says("Goodbye.");
    for (webhook, answer) in &log {
        for server in &servers {
            assert_eq!(server.send(webhook).await, *answer);
        }
    }
}

#[tokio::test]
async fn the_same_webhook_at_both_servers_at_once_is_one_turn() {
    let (home, servers) = two_servers().await;
    let mut call = Call::from("+85261230071");
    let mut webhook = call.inbound();
    for keys in ["3", "0", "1", "1", "2"] {
        let tasks: Vec<_> = (0..20)
            .map(|n| {
                let (server, webhook) = (servers[n % 2].clone(), webhook.clone());
                tokio::spawn(async move { server.send(&webhook).await })
            })
            .collect();
        let mut answers = Vec::new();
        for task in tasks {
            answers.push(task.await.unwrap());
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
        call.hears(&answers[0]);
        webhook = call.typed(keys);
    }
    let store = Store::open(&home.database(), "test").await.unwrap();
    assert_eq!(store.turns(&call.id()).await.unwrap().len(), 5);
    let requests = store.export_requests(None, 500).await.unwrap();
    let asked: Vec<i64> = requests.iter().filter(|r| r.call == call.id().as_str()).map(|r| r.asked).collect();
    assert_eq!(asked, [1]);
}

#[tokio::test]
async fn a_call_that_ended_at_one_server_has_ended_at_the_other() {
    let (_home, servers) = two_servers().await;
    let mut call = Call::from("+85261230072");
    call.dial(&servers[0]).await;
    call.press(&servers[0], "3").await;
    assert_eq!(servers[1].send(&call.status("completed")).await.status, 204);
    call.press(&servers[0], "1").await.says("This call has ended. Goodbye.");
}

#[tokio::test]
async fn a_pin_that_one_server_still_compares_is_waited_for_by_the_other() {
    let (home, servers) = two_servers().await;
    let mut call = Call::from("+85261230073");
    call.dial(&servers[0]).await;
    call.press_all(&servers[0], &["3", "3", "10001006#"]).await.says("phone PIN");
    let lock = lock_customers(&home).await;
    let answer = servers[0].send(&call.typed("748205#")).await;
    call.hears(&answer).says("One moment, please.");
    let (other, next) = (servers[1].clone(), call.redirected());
    let waiting = tokio::spawn(async move { other.send(&next).await });
    // By the time it has told this a few times, it has asked for the guess as well.
    for _ in 0..10 {
        servers[1].get("/metrics").await;
    }
    lock.close().await.unwrap();
    let answer = waiting.await.unwrap();
    call.hears(&answer);
    call.follow(&servers[1]).await.says("Your account is fine.");
    let wrong = r#"hotline_verifications_total{outcome="unavailable"}"#;
    assert_eq!((servers[0].metric(wrong).await, servers[1].metric(wrong).await), (None, None));
}

#[tokio::test]
async fn a_pin_whose_server_was_killed_while_it_was_compared_is_compared_by_another_and_charged_once() {
    let (home, servers) = two_servers().await;
    let mut call = Call::from("+85261230074");
    call.dial(&servers[0]).await;
    call.press_all(&servers[0], &["3", "3", "10001006#"]).await.says("phone PIN");
    let lock = lock_customers(&home).await;
    let (killed, pin) = (servers[0].clone(), call.typed("748205#"));
    let sent = pin.clone();
    let sending = tokio::spawn(async move { killed.try_send(&sent).await.ok() });
    let mut database = PgConnection::connect(&home.database()).await.unwrap();
    let mut attempts = async || {
        let count = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM attempts WHERE charged_account");
        count.fetch_one(&mut database).await.unwrap()
    };
    eventually("the guess is charged", async || (attempts().await == 1).then_some(())).await;
    servers[0].kill();
    lock.close().await.unwrap();
    assert_eq!(sending.await.unwrap(), None, "it was killed before it answered");
    call.go(&servers[1], pin).await.says("Your account is fine.");
    assert_eq!(attempts().await, 0, "a success is given back");
}

#[tokio::test]
async fn a_pin_that_is_gone_with_its_server_is_typed_once_more() {
    let (home, servers) = two_servers().await;
    let mut call = Call::from("+85261230075");
    call.dial(&servers[0]).await;
    call.press_all(&servers[0], &["3", "3", "10001006#"]).await.says("phone PIN");
    let lock = lock_customers(&home).await;
    let answer = servers[0].send(&call.typed("748205#")).await;
    call.hears(&answer).says("One moment, please.");
    servers[0].kill();
    lock.close().await.unwrap();
    call.follow(&servers[1]).await.says("phone PIN");
    call.press(&servers[1], "748205#").await.says("Your account is fine.");
}

/// From now on guesses can be charged, but no customer can be read.
async fn lock_customers(home: &Home) -> PgConnection {
    let mut lock = PgConnection::connect(&home.database()).await.unwrap();
    sqlx::query("BEGIN").execute(&mut lock).await.unwrap();
    sqlx::query("LOCK TABLE customers IN ACCESS EXCLUSIVE MODE").execute(&mut lock).await.unwrap();
    lock
}
