//! Several servers on one PostgreSQL: any of them takes the next turn of a call.

use crate::support::postgres::fresh_database;
use crate::support::server::{Answer, Home, Server};
use crate::support::twilio::{Call, Webhook};
use hotline::store::Store;
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
