//! Another server than ours, which answers what the test says: one that asks to hold, and those that
//! answer what the provider would not take.

use super::{count, side};
use crate::support::server::Home;
use serde_json::Value;
use wiremock::matchers::{body_string_contains, header, header_exists, method, path, query_param};
use wiremock::{Mock, MockBuilder, MockServer, ResponseTemplate};

/// Calls it once; gives the exit code and the report.
fn call(server: &MockServer, keys: &str, more: &[&str]) -> (Option<i32>, Value) {
    let address = server.uri();
    let to = ["call", "x", "--calls", "1", "--keys", keys, "--path", "/in", "--format", "json", "--server", &address];
    let home = Home::new().set("HOTLINE_FLOWS", "none").set("HOTLINE_PUBLIC_URL", "");
    let output = home.run(&[&to, more].concat());
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", side(&output)));
    (output.status.code(), report)
}

fn at(target: &str) -> MockBuilder {
    Mock::given(method("POST")).and(path(target))
}

fn document(verbs: &str) -> ResponseTemplate {
    let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>{verbs}</Response>");
    ResponseTemplate::new(200).set_body_raw(text, "text/xml; charset=utf-8")
}

/// Waits for a key, which goes to the action.
fn prompt(words: &str, action: &str) -> ResponseTemplate {
    document(&format!("<Gather action=\"{action}\" numDigits=\"1\"><Say>{words}</Say></Gather>"))
}

fn hold(address: &str) -> ResponseTemplate {
    document(&format!("<Say>Please hold.</Say><Pause length=\"0\"/><Redirect>{address}</Redirect>"))
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_asked_to_hold_comes_again_and_presses_again_what_is_asked_again() {
    let server = MockServer::start().await;
    at("/in").and(query_param("again", "1")).respond_with(prompt("One?", "/one")).with_priority(1).mount(&server).await;
    at("/in").respond_with(hold("/in?again=1")).with_priority(2).expect(1).mount(&server).await;
    // The key is lost at the first turn: the prompt comes again. At the second it was taken all the same.
    at("/one")
        .and(query_param("again", "1"))
        .respond_with(prompt("Sorry. One?", "/one?n=2"))
        .with_priority(1)
        .mount(&server)
        .await;
    at("/one")
        .and(query_param("n", "2"))
        .and(body_string_contains("Digits=1"))
        .respond_with(prompt("Two?", "two"))
        .with_priority(2)
        .expect(1)
        .mount(&server)
        .await;
    at("/one")
        .and(body_string_contains("Digits=1"))
        .respond_with(hold("/one?again=1"))
        .with_priority(3)
        .mount(&server)
        .await;
    at("/two")
        .and(query_param("again", "1"))
        .respond_with(prompt("Three?", "/three"))
        .with_priority(1)
        .mount(&server)
        .await;
    at("/two")
        .and(body_string_contains("Digits=2"))
        .respond_with(hold("?again=1"))
        .with_priority(2)
        .mount(&server)
        .await;
    at("/three").and(body_string_contains("Digits=3")).respond_with(document("<Hangup/>")).mount(&server).await;
    let (code, report) = call(&server, "1,2,3", &[]);
    assert_eq!((code, count(&report, "held"), count(&report, "webhooks")), (Some(0), 3, 8), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_look_like_the_providers() {
    let server = MockServer::start().await;
    let from_twilio = at("/in")
        .and(header("user-agent", "TwilioProxy/1.1"))
        .and(header_exists("x-twilio-signature"))
        .and(header_exists("i-twilio-idempotency-token"));
    from_twilio.respond_with(document("<Gather finishOnKey=\"#\" action=\"/end\"/>")).mount(&server).await;
    at("/end").respond_with(document("")).mount(&server).await;
    let (code, report) = call(&server, "12#", &["--doubled", "100", "--to", "+85200000007"]);
    assert_eq!((code, count(&report, "doubled"), count(&report, "statuses")), (Some(0), 2, 0), "{report}");
    let requests = server.received_requests().await.unwrap();
    let token = |nth: usize| requests[nth].headers["i-twilio-idempotency-token"].to_str().unwrap().to_owned();
    assert!(token(0) == token(1) && token(2) == token(3) && token(1) != token(2));
    let body = String::from_utf8(requests[2].body.clone()).unwrap();
    let fields: Vec<&str> = body.split('&').map(|field| field.split('=').next().unwrap()).collect();
    assert!(fields.len() == 28 && fields.is_sorted(), "{fields:?}");
    for field in ["Digits=12", "FinishedOnKey=%23", "msg=Gather+End", "To=%2B85200000007", "CallStatus=in-progress"] {
        assert!(body.split('&').any(|own| own == field), "{field} in {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_would_not_take_is_an_error_of_its_kind() {
    let plain = |text: &str| ResponseTemplate::new(200).set_body_raw(text.to_owned(), "text/plain");
    let elsewhere = document("<Redirect>http://elsewhere.example/in</Redirect>");
    for (answer, what, told) in [
        (ResponseTemplate::new(500), "status", "500 where 200 is due"),
        (plain("<Response/>"), "content-type", "`text/plain` where text/xml is due"),
        (document("<Say>a"), "document", "it is no XML"),
        (document("<Sing/>"), "document", "Twilio knows no verb <Sing>"),
        (elsewhere, "address", "`http://elsewhere.example/in` does not lead to http://127.0.0.1"),
        (document("<Dial>+85200000000</Dial>"), "verb", "the line goes on with <Dial>"),
        (document("<Hangup/>"), "early-end", "the line hung up after 0 of 1 groups of keys"),
        (document("<Redirect>/in</Redirect>"), "stuck", "40 documents in a row waited for no keys"),
        (document("<Pause length=\"0\"/><Redirect>/in?again=1</Redirect>"), "stuck", "40 documents"),
    ] {
        let server = MockServer::start().await;
        at("/in").respond_with(answer).mount(&server).await;
        let (code, report) = call(&server, "1", &[]);
        assert_eq!((code, count(&report, "errors")), (Some(1), 1), "{report}");
        let sample = &report["error_samples"][0];
        assert!(sample["what"] == what && sample["sample"].as_str().unwrap().starts_with(told), "{report}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_answers_to_one_webhook_and_a_forged_one_that_is_taken_are_told() {
    let server = MockServer::start().await;
    at("/in").respond_with(prompt("One?", "/one")).up_to_n_times(1).with_priority(1).mount(&server).await;
    at("/in").respond_with(prompt("Other?", "/one")).with_priority(2).mount(&server).await;
    at("/one").respond_with(document("<Hangup/>")).mount(&server).await;
    let (code, report) = call(&server, "1", &["--doubled", "100"]);
    assert_eq!((code, count(&report, "doubled_differ"), count(&report, "errors")), (Some(1), 1, 0), "{report}");
    assert!(report["error_samples"][0]["sample"].as_str().unwrap().contains("Other?"), "{report}");
    let (code, report) = call(&server, "1", &["--forged", "100"]);
    assert_eq!((code, count(&report, "forged"), count(&report, "forged_taken")), (Some(1), 2, 2), "{report}");
}
