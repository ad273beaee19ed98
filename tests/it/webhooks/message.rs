//! A message whose caller hangs up: its sound and the end of the call come in either order.

use crate::support::server::{Home, Server};
use crate::support::twilio::{Call, PUBLIC, Webhook};
use hotline::store::Store;
use serde_json::Value;

/// A call that has just been asked to speak, and the callback that will bring what is said.
async fn speaking(server: &Server, number: &str) -> (Call, Webhook) {
    let mut call = Call::from(number);
    let inbound = call.webhook(&format!("{PUBLIC}/voice/twilio?flow=paypay"), &[("CallStatus", "ringing")]);
    call.go(server, inbound).await;
    call.press_all(server, &["3", "5", "4", "3", "5"]).await;
    let asked = server.send(&call.typed("1")).await;
    call.hears(&asked);
    assert!(call.heard.verbs.contains(&"Record".to_owned()), "{:?}", call.heard);
    let address = call.heard.redirect.clone().expect("where a message comes to");
    let sound = [
        ("CallStatus", "completed"),
        ("RecordingSid", "RE00000000000000000000000000000001"),
        ("RecordingUrl", "https://api.twilio.com/recordings/RE1"),
        ("RecordingDuration", "12"),
        ("Digits", "hangup"),
    ];
    let brings = call.webhook(&address, &sound);
    (call, brings)
}

#[tokio::test]
async fn what_was_said_before_hanging_up_is_kept_whichever_is_told_first() {
    let home = Home::new();
    let server = home.start();
    for (number, sound_first) in [("+14155550126", true), ("+14155550127", false)] {
        let (call, brings) = speaking(&server, number).await;
        let over = call.status("completed");
        let order = if sound_first { [&brings, &over] } else { [&over, &brings] };
        for webhook in order {
            let answer = server.send(webhook).await;
            assert!([200, 204].contains(&answer.status), "{answer:?}");
        }
        let store = Store::open(&home.database(), "test").await.unwrap();
        let id = store.find_call("twilio", &call.sid).await.unwrap().expect("the call");
        assert!(store.open_call(&id).await.unwrap().unwrap().ended_at.is_some(), "the call is over");
    }
    let told = home.run(&["export", "requests"]);
    let told: Vec<Value> = serde_json::from_slice(&told.stdout).unwrap();
    let kept = |request: &&Value| request["collected"]["message"].is_string() && request["topic"] == "service";
    assert_eq!(told.iter().filter(kept).count(), 2, "{told:?}");
}
