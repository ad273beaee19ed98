//! While a lookup is slow: the shipped `charge` source holds its answer back for two seconds.

use crate::support::replay::replay;
use crate::support::server::Home;
use crate::support::twilio::Call;
use hotline::store::Store;
use std::sync::Arc;

/// To the point where the PIN starts the lookup.
const TO_THE_PIN: [&str; 6] = ["3", "2", "1", "20260228009901#", "10001001#", "270496#"];

#[tokio::test]
async fn a_slow_lookup_is_bridged_by_a_filler_done_once_and_picked_up_by_the_next_turn() {
    let home = Home::new();
    let server = Arc::new(home.start());
    let mut call = Call::from("+85261230040");
    call.dial(&server).await;
    call.press_all(&server, &TO_THE_PIN[..5]).await;
    let pin = call.typed(TO_THE_PIN[5]);
    // The same webhook again and again while the lookup runs.
    let again: Vec<_> = (0..4)
        .map(|_| {
            let (server, pin) = (server.clone(), pin.clone());
            tokio::spawn(async move { server.send(&pin).await })
        })
        .collect();
    let filler = server.send(&pin).await;
    for same in again {
        assert_eq!(same.await.unwrap(), filler);
    }
    let twiml = call.hears(&filler);
    assert_eq!(
        (twiml.verbs.as_slice(), twiml.words.as_str()),
        (&["Say".into(), "Redirect".into()][..], "One moment, please.")
    );
    let next = call.redirected();
    let found = server.send(&next).await;
    call.hears(&found);
    call.follow(&server).await.says("星河游戏 charged six hundred forty-eight yuan");
    assert_eq!(server.send(&pin).await, filler, "its own bytes, also later");
    assert_eq!(server.send(&next).await, found);

    let store = Store::open(&home.database(), "test").await.unwrap();
    let turns = store.turns(&call.id()).await.unwrap();
    let verified = turns.iter().filter(|turn| turn.answers.contains("verified")).count();
    let looked_up = turns.iter().filter(|turn| turn.answers.contains("lookup")).count();
    assert_eq!((verified, looked_up), (1, 1), "each done once");
    assert_eq!(replay(&store, &call.id(), &call.sid).await, turns.len(), "played again it is the same call");
    assert_eq!(server.metric(r#"hotline_verifications_total{outcome="verified"}"#).await, Some(1.0));
}

#[tokio::test]
async fn a_lookup_whose_server_is_gone_is_begun_anew_by_the_next_turn() {
    let home = Home::new();
    let server = home.start();
    let mut call = Call::from("+85261230041");
    call.dial(&server).await;
    call.press_all(&server, &TO_THE_PIN[..5]).await;
    let answer = server.send(&call.typed(TO_THE_PIN[5])).await;
    call.hears(&answer).says("One moment, please.");
    server.kill();
    let server = home.start();
    let next = call.redirected();
    call.go(&server, next).await.says("星河游戏 charged");
}

#[tokio::test]
async fn a_caller_who_hangs_up_during_a_lookup_is_gone() {
    let home = Home::new();
    let server = Arc::new(home.start());
    let mut call = Call::from("+85261230042");
    call.dial(&server).await;
    call.press_all(&server, &TO_THE_PIN[..5]).await;
    let (running, pin) = (server.clone(), call.typed(TO_THE_PIN[5]));
    let turn = tokio::spawn(async move { running.send(&pin).await });
    assert_eq!(server.send(&call.status("completed")).await.status, 204);
    let answer = turn.await.unwrap();
    assert_eq!(answer.status, 200);
    let store = Store::open(&home.database(), "test").await.unwrap();
    let open = store.open_call(&call.id()).await.unwrap().unwrap();
    assert!(open.ended_at.is_some(), "{open:?}");
    // Whichever was first, the way on is a goodbye.
    call.hears(&answer);
    if call.heard.redirect.is_some() {
        call.go(&server, call.redirected()).await;
    }
    assert!(call.heard.hangs_up(), "{:?}", call.heard);
}
