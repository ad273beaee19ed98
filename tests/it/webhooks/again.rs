//! A customer who calls again: moves what is open, cancels it, or is served by an agent. Nobody else
//! changes it.

use crate::support::server::{Home, Server};
use crate::support::twilio::{Call, PUBLIC};
use serde_json::{Value, json};

const FLOW: &str = r#"
flow: again
title: { en-US: Again }
languages: [en-US]
uses: [call-me-back, follow-up]
hours: always
countries: [HK]
identity: pin
start: what
person: ask
denied: bye
desks: { general: "+85225550100" }
steps:
  what:
    menu:
      - { key: 1, go: ask, to: { en-US: be called }}
      - { key: 2, go: earlier, to: { en-US: hear of a request } }
      - { key: 3, go: desk, to: { en-US: talk to us } }
    otherwise: bye
  ask:
    call: call-me-back
    with: { kind: callback, topic: general, priority: normal }
    then: bye
  earlier: { call: follow-up, then: what }
  desk: { transfer: general, now: yes, answered: what, busy: what, no-answer: what, failed: what }
  bye: { hangup: { en-US: Bye. } }
"#;

/// The line, in a home with the demo's customers.
fn home() -> Home {
    let home = Home::new().with_own_flows();
    home.write("flows/again.yaml", FLOW);
    home
}

async fn dial(server: &Server, number: &str) -> Call {
    let mut call = Call::from(number);
    let inbound = call.webhook(&format!("{PUBLIC}/voice/twilio?flow=again"), &[("CallStatus", "ringing")]);
    call.go(server, inbound).await;
    call
}

/// What is on record for a caller's number.
fn on_record(home: &Home, number: &str) -> Value {
    let all: Vec<Value> = serde_json::from_slice(&home.run(&["export", "requests"]).stdout).unwrap();
    let mut own = all.into_iter().filter(|request| request["caller"] == number);
    let request = own.next().unwrap_or_else(|| panic!("no request of {number}"));
    assert!(own.next().is_none(), "one request of {number}");
    request
}

/// Asks to be called back as soon as possible; gives the reference, and ends the call.
async fn asked(home: &Home, server: &Server, number: &str) -> String {
    let mut call = dial(server, number).await;
    call.press_all(server, &["1", "1", "1"]).await.says("Your reference is");
    server.send(&call.status("completed")).await;
    on_record(home, number)["reference"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn whoever_asked_moves_it_and_cancels_it_from_the_same_number() {
    let home = home();
    let server = home.start();
    let number = "+85261239610";
    let reference = asked(&home, &server, number).await;
    let mut call = dial(&server, number).await;
    call.press_all(&server, &["2", &format!("{reference}#")]).await.says("change when we call");
    call.press(&server, "1").await.says("When shall we call?");
    let chosen = call.typed("2");
    let moved = server.send(&chosen).await;
    call.hears(&moved).says("That is changed.");
    for _ in 0..3 {
        assert_eq!(server.send(&chosen).await, moved, "a repeated webhook changes nothing");
    }
    let request = on_record(&home, number);
    assert_eq!((&request["state"], request["window"]["to"].as_str()), (&json!("open"), request["due"].as_str()));
    assert_eq!(request["ready_at"], request["window"]["from"]);
    let told: Vec<_> = request["history"].as_array().unwrap().iter().map(|entry| entry["what"].clone()).collect();
    assert_eq!(told, ["filed", "changed"]);

    call.press_all(&server, &["2", &format!("{reference}#"), "2"]).await.says("confirm that we should cancel it");
    call.press(&server, "1").await.says("Your request is cancelled");
    let request = on_record(&home, number);
    assert_eq!((&request["state"], &request["reason"]), (&json!("closed"), &json!("cancelled")));
    // There is nothing to change any more.
    let told = call.press_all(&server, &["2", &format!("{reference}#")]).await;
    assert!(!told.words.contains("change when we call"), "{}", told.words);
}

#[tokio::test]
async fn another_number_changes_nothing_until_it_is_verified_as_the_same_customer() {
    let home = home();
    let server = home.start();
    let number = "+85261239611";
    let reference = format!("{}#", asked(&home, &server, number).await);
    let mut other = dial(&server, "+85261239612").await;
    other.press_all(&server, &["2", &reference, "2", "1"]).await.says("account number");
    other.press_all(&server, &["10001001#", "270496#"]).await.says("we cannot change this request by phone");
    let request = on_record(&home, number);
    assert_eq!((&request["state"], request["history"].as_array().unwrap().len()), (&json!("open"), 1));

    // Asked for by a verified customer, it is changed from whatever number the same customer calls.
    let number = "+85261239613";
    let mut call = dial(&server, number).await;
    let to_other = ["1", "1", "2", "10001001#", "270496#", "61239614#", "1"];
    call.press_all(&server, &to_other).await.says("Your reference is");
    server.send(&call.status("completed")).await;
    let reference = format!("{}#", on_record(&home, number)["reference"].as_str().unwrap());
    let mut again = dial(&server, "+85261239615").await;
    again.press_all(&server, &["2", &reference, "2", "1", "10001001#", "270496#"]).await.says("is cancelled");
    assert_eq!(on_record(&home, number)["state"], "closed");
}

#[tokio::test]
async fn talking_with_an_agent_closes_what_was_open_and_a_wrong_desk_does_not() {
    let home = home();
    let server = home.start();
    for (number, seconds, state) in [("+85261239616", "61", "done"), ("+85261239617", "20", "open")] {
        asked(&home, &server, number).await;
        let mut call = dial(&server, number).await;
        let rings = server.send(&call.typed("3")).await;
        let (_, rest) = rings.body.split_once("<Dial action=\"").unwrap_or_else(|| panic!("{rings:?}"));
        let over = rest.split('"').next().unwrap().to_owned();
        let over = call.webhook(&over, &[("DialCallStatus", "completed"), ("DialCallDuration", seconds)]);
        call.hears(&server.send(&over).await);
        let request = on_record(&home, number);
        assert_eq!(request["state"], state, "after {seconds} s");
        let served = request["reason"] == "served";
        assert_eq!(served, state == "done", "{request}");
    }
}
