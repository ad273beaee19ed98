//! How calls move on and end, and what a running call keeps while the world around it changes.

use crate::support::server::{Home, Server};
use crate::support::twilio::Call;
use hotline::store::Store;

/// How a call stands in the store: its version, and whether it is over.
async fn stands(home: &Home, call: &Call) -> (u32, bool) {
    let store = Store::open(&home.database(), "test").await.unwrap();
    let id = store.find_call("twilio", &call.sid).await.unwrap().expect("the call");
    let call = store.open_call(&id).await.unwrap().unwrap();
    (call.version, call.ended_at.is_some())
}

async fn tell(server: &Server, call: &Call, status: &str) {
    let answer = server.send(&call.status(status)).await;
    assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{status}");
}

#[tokio::test]
async fn status_callbacks_in_any_order_end_a_call_once_and_never_bring_it_back() {
    let home = Home::new();
    let server = home.start();
    let mut call = Call::from("+85261230050");
    // Before the call itself: nothing is known, nothing is kept.
    for status in ["initiated", "completed", "ringing"] {
        tell(&server, &call, status).await;
    }
    call.dial(&server).await;
    for status in ["ringing", "in-progress", "initiated", "answered"] {
        tell(&server, &call, status).await;
    }
    assert_eq!(stands(&home, &call).await, (1, false));
    call.press(&server, "3").await.says("For a failed payment");
    let (turn, heard) = (call.typed("1"), server.send(&call.typed("1")).await);
    for status in ["completed", "in-progress", "ringing", "completed", "failed", "busy", "no-answer", "canceled"] {
        tell(&server, &call, status).await;
    }
    assert_eq!(stands(&home, &call).await, (4, true), "one version for the end");
    assert_eq!(server.send(&turn).await, heard, "what was said stays said");
    call.hears(&heard);
    let over = server.send(&call.typed("20260301004711#")).await;
    let twiml = call.hears(&over);
    assert_eq!((twiml.words.as_str(), twiml.hangs_up()), ("This call has ended. Goodbye.", true));
    assert_eq!(stands(&home, &call).await, (4, true));
    assert_eq!(server.metric(r#"hotline_endings_total{ending="hung-up"}"#).await, Some(1.0));
    assert_eq!(server.metric("hotline_open_calls").await, Some(0.0));
}

#[tokio::test]
async fn a_caller_may_hang_up_at_any_time() {
    let home = Home::new();
    let server = home.start();
    let keys = ["3", "1", "20260301004715#", "10001001#", "270496#", "1", "1", "1", "2"];
    for after in 0..=keys.len() {
        let mut call = Call::from("+85261230051");
        call.dial(&server).await;
        // The first to choose a language is not asked again.
        let keys =
            if after == 0 { &keys[..0] } else { &keys[usize::from(!call.heard.words.contains("廣東話"))..after] };
        call.press_all(&server, keys).await;
        tell(&server, &call, "completed").await;
        assert!(stands(&home, &call).await.1, "after {after}");
    }
    assert_eq!(server.metric("hotline_open_calls").await, Some(0.0));
}

#[tokio::test]
async fn a_wait_that_ends_because_the_caller_hung_up_ends_the_call() {
    let home = Home::new();
    let server = home.start();
    let mut call = Call::from("+85261230052");
    call.dial(&server).await;
    let answer = server.send(&call.silent().with("CallStatus", "completed")).await;
    assert_eq!(answer.status, 204);
    assert_eq!(stands(&home, &call).await, (2, true));
}

#[tokio::test]
async fn a_call_goes_on_with_its_own_version_when_its_flow_is_changed_or_gone_after_a_restart() {
    let home = Home::new().with_own_flows();
    let server = home.start();
    let mut old = Call::from("+85261230053");
    old.dial(&server).await;
    old.press(&server, "3").await;
    server.kill();

    let flow = home.path("flows/digital-wallet.yaml");
    let text = std::fs::read_to_string(&flow).unwrap();
    let renewed = text.replace("Hello, this is digital wallet support.", "Hello from the new version.");
    let renewed = renewed.replace("enter the payment's transaction number", "enter the number of the payment");
    assert_ne!(renewed, text);
    std::fs::write(&flow, renewed).unwrap();
    let server = home.start();
    let mut new = Call::from("+85261230053");
    new.dial(&server).await.says("Hello from the new version.");
    old.press(&server, "1").await.says("enter the payment's transaction number");
    new.press(&server, "1").await.says("enter the number of the payment");
    server.kill();

    // Gone altogether; another flow keeps the server in service.
    let other = "flow: other\ntitle: { en-US: Other }\nlanguages: [en-US]\nhours: always\ncountries: [HK]\n\
        uses: [call-me-back]\nstart: bye\nperson: agent\ndenied: bye\n\
        steps:\n  agent:\n    call: call-me-back\n    \
        with: { kind: callback, topic: other, priority: normal }\n    then: bye\n  bye:\n    hangup: { en-US: Nobody is here. Goodbye. }\n";
    for gone in ["digital-wallet", "paypay", "upay", "dingpay"] {
        std::fs::remove_file(home.path(&format!("flows/{gone}.yaml"))).unwrap();
    }
    std::fs::write(home.path("flows/other.yaml"), other).unwrap();
    let server = home.start();
    old.press(&server, "20260301004711#").await.says("we first check who is calling");
    new.press(&server, "20260301004711#").await.says("we first check who is calling");
    let mut late = Call::from("+85261230054");
    late.dial(&server).await.says("The number you called is not in service.");
}

#[tokio::test]
async fn a_flow_with_a_mistake_stays_on_its_last_good_version() {
    let home = Home::new().with_own_flows();
    home.start().kill();
    let flow = home.path("flows/digital-wallet.yaml");
    let text = std::fs::read_to_string(&flow).unwrap();
    std::fs::write(&flow, text.replacen("then: choose-language", "then: choose-langauge", 1)).unwrap();
    let server = home.start();
    let mut call = Call::from("+85261230055");
    call.dial(&server).await.says("您好");
    call.press(&server, "3").await.says("For a failed payment");
    home.logs("choose-langauge").await;
}
