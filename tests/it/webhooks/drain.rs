//! A server that is asked to stop.

use crate::support::server::{Home, eventually};
use crate::support::twilio::Call;
use std::sync::Arc;

#[tokio::test]
async fn a_server_that_is_stopped_turns_new_calls_away_and_finishes_the_running_turn() {
    let home = Home::new();
    let server = Arc::new(home.start());
    let mut call = Call::from("+85261230060");
    call.dial(&server).await;
    call.press_all(&server, &["3", "2", "1", "20260228009901#", "10001001#"]).await;
    // A turn whose lookup takes longer than it takes to stop.
    let (running, pin) = (server.clone(), call.typed("270496#"));
    let turn = tokio::spawn(async move { running.send(&pin).await });
    eventually("the turn runs", async || {
        let verified = server.metric(r#"hotline_verifications_total{outcome="verified"}"#).await;
        verified.filter(|count| *count > 0.0)
    })
    .await;
    server.terminate();
    eventually("readiness turns red", async || {
        let ready = server.get("/readyz").await;
        (ready.status == 503 && ready.body.contains("stopping")).then_some(())
    })
    .await;
    let late = Call::from("+85261230061").inbound();
    let mut turned_away = Call::from("+85261230061");
    let answer = server.send(&late).await;
    let twiml = turned_away.hears(&answer);
    twiml.says("请稍等，我们再试一次");
    let again = format!("{}&again=1", late.url);
    assert_eq!(twiml.redirect.as_deref(), Some(again.as_str()), "it comes again and finds another server");
    assert_eq!(server.send(&late.clone().signed("another token")).await.status, 403);

    let answer = turn.await.unwrap();
    call.hears(&answer).says("One moment, please.");
    assert_eq!(server.ended().await.code(), Some(0), "{}", home.log());
    home.logs("stopped").await;

    // What comes after it goes on where it stood.
    let server = home.start();
    call.follow(&server).await.says("星河游戏 charged");
    assert_eq!(server.send(&late).await.status, 200);
}
