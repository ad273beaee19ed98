//! Webhooks that come twice, late, or all at once.

use crate::support::server::{Answer, Home, Server};
use crate::support::twilio::{Call, Webhook};
use hotline::store::Store;
use std::sync::Arc;

/// Sends the same webhook so many times at once.
async fn at_once(server: &Arc<Server>, webhook: &Webhook, times: usize) -> Vec<Answer> {
    let tasks: Vec<_> = (0..times)
        .map(|_| {
            let (server, webhook) = (server.clone(), webhook.clone());
            tokio::spawn(async move { server.send(&webhook).await })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

fn all_the_same(answers: &[Answer]) -> Answer {
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    answers[0].clone()
}

#[tokio::test]
async fn a_webhook_that_comes_again_gets_the_same_bytes_and_moves_nothing() {
    let home = Home::new();
    let server = home.start();
    let mut call = Call::from("+85261230030");
    let mut log: Vec<(Webhook, Answer)> = Vec::new();
    let mut webhook = call.inbound();
    // To the reference number, every webhook sent twice.
    for keys in ["3", "0", "1", "1", "2", "2"] {
        let answer = server.send(&webhook).await;
        assert_eq!(server.send(&webhook).await, answer);
        call.hears(&answer);
        log.push((webhook, answer));
        webhook = call.typed(keys);
    }
    let answer = server.send(&webhook).await;
    assert!(call.hears(&answer).hangs_up());
    log.push((webhook, answer));
    // Late, in any order, after the call is over, and whatever else is pressed in it.
    for (webhook, answer) in log.iter().rev() {
        assert_eq!(server.send(webhook).await, *answer);
        assert_eq!(server.send(&webhook.clone().with("Digits", "4")).await, *answer);
    }
    // And after a restart.
    drop(server);
    let server = home.start();
    for (webhook, answer) in &log {
        assert_eq!(server.send(webhook).await, *answer);
    }
    let store = Store::open(&home.database(), "test").await.unwrap();
    let id = store.find_call("twilio", &call.sid).await.unwrap().unwrap();
    let turns = store.turns(&id).await.unwrap();
    assert_eq!(turns.len(), log.len(), "one version for each webhook");
    let stored: Vec<&str> = turns.iter().map(|turn| turn.document.as_deref().unwrap()).collect();
    let heard: Vec<&str> = log.iter().map(|(_, answer)| answer.body.as_str()).collect();
    assert_eq!(stored, heard);
    assert_eq!(filed_by(&store, &call).await, 1);
}

#[tokio::test]
async fn a_first_webhook_that_comes_again_is_answered_as_it_was_when_its_line_is_gone() {
    let home = Home::new().with_own_flows();
    let server = home.start();
    let webhook = Call::to("upay", "+85261230033").inbound();
    let answer = server.send(&webhook).await;
    drop(server);
    std::fs::remove_file(home.path("flows/upay.yaml")).unwrap();
    std::fs::remove_file(home.path("flows/upay.stories.yaml")).unwrap();
    let server = home.start();
    assert_eq!(server.send(&webhook).await, answer);
    let other = server.send(&Call::to("upay", "+85261230034").inbound()).await;
    assert_ne!(other, answer, "no new call begins on it");
}

#[tokio::test]
async fn twenty_of_the_same_webhook_at_once_are_one() {
    let home = Home::new();
    let server = Arc::new(home.start());
    let mut call = Call::from("+85261230031");
    let mut webhook = call.inbound();
    for keys in ["3", "0", "1", "1", "2"] {
        let answer = all_the_same(&at_once(&server, &webhook, 20).await);
        call.hears(&answer);
        webhook = call.typed(keys);
    }
    let store = Store::open(&home.database(), "test").await.unwrap();
    let id = store.find_call("twilio", &call.sid).await.unwrap().unwrap();
    assert_eq!(store.turns(&id).await.unwrap().len(), 5);
    assert_eq!(filed_by(&store, &call).await, 1);
    assert_eq!(server.metric(r#"hotline_calls_total{flow="digital-wallet"}"#).await, Some(1.0));
}

#[tokio::test]
async fn of_different_keys_for_the_same_turn_the_first_counts_for_all() {
    let home = Home::new();
    let server = Arc::new(home.start());
    let mut call = Call::from("+85261230032");
    call.dial(&server).await;
    call.press(&server, "3").await;
    let tasks: Vec<_> = (1..=5)
        .map(|key| {
            let (server, webhook) = (server.clone(), call.typed(&key.to_string()));
            tokio::spawn(async move { server.send(&webhook).await })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    all_the_same(&answers);
    let store = Store::open(&home.database(), "test").await.unwrap();
    assert_eq!(store.turns(&call.id()).await.unwrap().len(), 3);
}

/// How many requests were filed in a call, the asking again of each counted too.
async fn filed_by(store: &Store, call: &Call) -> i64 {
    let id = store.find_call("twilio", &call.sid).await.unwrap().unwrap();
    let requests = store.export_requests(None, 500).await.unwrap();
    requests.iter().filter(|request| request.call == id.as_str()).map(|request| request.asked).sum()
}
