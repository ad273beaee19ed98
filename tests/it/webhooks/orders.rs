//! What a service outside is told to do, against the running program: once, whatever comes again.

use crate::support::database::embedded;
use crate::support::outside::{Outside, went};
use crate::support::server::eventually;
use crate::support::twilio::Call;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use wiremock::{Request, ResponseTemplate};

fn key(request: &Request) -> &str {
    request.headers["idempotency-key"].to_str().unwrap()
}

#[tokio::test]
async fn an_order_is_sent_once_with_its_arguments_and_a_key_of_its_own() {
    let outside = Outside::with("").await;
    outside.freeze(ResponseTemplate::new(200), 1).await;
    outside.freeze(ResponseTemplate::new(202), 1).await;
    outside.freeze(ResponseTemplate::new(409), 1).await;
    let server = Arc::new(outside.home.start());
    let mut call = Call::from("+85261230110");
    call.dial(&server).await;
    let freeze = call.typed("2");
    let again: Vec<_> = (0..4)
        .map(|_| {
            let (server, freeze) = (server.clone(), freeze.clone());
            tokio::spawn(async move { server.send(&freeze).await })
        })
        .collect();
    call.go(&server, freeze.clone()).await.says("Your account is frozen.");
    for again in again {
        assert_eq!(again.await.unwrap(), server.send(&freeze).await);
    }
    assert_eq!(outside.count().await, 1, "the same webhook orders once");
    call.press(&server, "2").await.says("Your account will be frozen.");
    call.press(&server, "2").await.says("We could not freeze it.");
    call.press(&server, "2").await.says("We could not freeze it.");
    let asked = outside.asked().await;
    let keys: BTreeSet<&str> = asked.iter().map(key).collect();
    assert_eq!((asked.len(), keys.len()), (4, 4), "a refusal is not asked again: {keys:?}");
    let body: serde_json::Value = asked[0].body_json().unwrap();
    assert_eq!(body, serde_json::json!({ "account": "10001001", "reason": "stolen" }));
    for (outcome, count) in [("done", 1.0), ("pending", 1.0), ("refused", 2.0)] {
        assert_eq!(went(&server, "outside-freeze", outcome).await, Some(count), "{outcome}");
    }
}

#[tokio::test]
async fn an_order_that_meets_an_error_goes_out_once_more_under_the_same_key() {
    let outside = Outside::with("").await;
    outside.freeze(ResponseTemplate::new(500), 1).await;
    outside.freeze(ResponseTemplate::new(201), 1).await;
    outside.freeze(ResponseTemplate::new(500), 2).await;
    let server = outside.home.start();
    let mut call = Call::from("+85261230111");
    call.dial(&server).await;
    call.press(&server, "2").await.says("Your account is frozen.");
    call.press(&server, "2").await.says("We could not freeze it.");
    let asked = outside.asked().await;
    let keys: Vec<&str> = asked.iter().map(key).collect();
    assert_eq!(keys.len(), 4);
    assert!(keys[0] == keys[1] && keys[2] == keys[3] && keys[1] != keys[2], "{keys:?}");
}

#[tokio::test]
async fn an_order_that_was_decided_is_never_sent_again_although_its_turn_could_not_be_stored() {
    let outside = Outside::with("").await;
    outside.freeze(ResponseTemplate::new(200), 10).await;
    let server = outside.home.start();
    let mut call = Call::from("+85261230112");
    call.dial(&server).await;
    let database = embedded(&outside.home.database());
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON turns BEGIN SELECT RAISE(ABORT, 'no'); END";
    database.execute_batch(refuse).unwrap();
    let freeze = call.typed("2");
    let answer = server.send(&freeze).await;
    call.hears(&answer).says("the system is busy");
    assert_eq!(outside.count().await, 1, "the wallet has done it");
    database.execute_batch("DROP TRIGGER refuse").unwrap();
    // By another server, and with whatever key the telephone network repeats.
    server.kill();
    let server = outside.home.start();
    call.go(&server, freeze).await.says("Your account is frozen.");
    assert_eq!(outside.count().await, 1);
}

#[tokio::test]
async fn an_order_whose_server_is_gone_goes_out_again_under_its_key() {
    let outside = Outside::with("").await;
    outside.freeze(ResponseTemplate::new(200).set_delay(Duration::from_secs(600)), 1).await;
    outside.freeze(ResponseTemplate::new(200), 1).await;
    let server = Arc::new(outside.home.start());
    let mut call = Call::from("+85261230113");
    call.dial(&server).await;
    let freeze = call.typed("2");
    let (running, sent) = (server.clone(), freeze.clone());
    let lost = tokio::spawn(async move { running.try_send(&sent).await });
    eventually("the wallet is asked", async || (outside.count().await == 1).then_some(())).await;
    server.kill();
    assert!(lost.await.unwrap().is_err(), "the server is gone before it answers");
    let server = outside.home.start();
    call.go(&server, freeze).await.says("Your account is frozen.");
    let asked = outside.asked().await;
    assert_eq!((asked.len(), key(&asked[0])), (2, key(&asked[1])), "the wallet knows it again");
}
