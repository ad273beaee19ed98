//! A service outside that answers, hangs, fails and lies, against the running program: whatever it
//! does, the caller hears words in time, and nothing is done twice.

use crate::support::outside::{AWAY, KEY, Outside, ask, payment, went};
use crate::support::replay::replay;
use crate::support::server::eventually;
use crate::support::twilio::Call;
use hotline::store::Store;
use serde_json::json;
use std::time::Duration;
use wiremock::matchers::{any, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

#[tokio::test]
async fn what_the_wallet_says_is_spoken_and_what_it_does_not_know_is_said_to_be_missing() {
    let outside = Outside::with("").await;
    outside.payment("20260228", payment(&[])).await;
    let server = outside.home.start();
    let mut call = Call::from("+85261230100");
    call.dial(&server).await;
    let found = "Your payment of one hundred twenty-eight yuan and fifty fen to Star River is done.";
    ask(&mut call, &server, "20260228").await.says(found);
    ask(&mut call, &server, "777777").await.says("There is no such payment.");
    let asked = outside.asked().await;
    assert_eq!(asked[0].url.query(), Some("lang=en%20US&number=20260228"));
    assert_eq!(asked[0].url.path(), "/api/v1/accounts/1000%2F1001/payments/20260228");
    let header = |name: &str| asked[0].headers.get(name).map(|value| value.to_str().unwrap());
    assert_eq!((header("authorization"), header("user-agent")), (Some(KEY), Some("hotline of the wallet")));
    assert_eq!(header("idempotency-key"), None, "a question is no order");
    assert_eq!(went(&server, "outside-payment", "found").await, Some(1.0));
    assert_eq!(went(&server, "outside-payment", "missing").await, Some(1.0));
    let timed = server.metric(r#"hotline_source_seconds_count{source="outside-payment"}"#).await;
    assert_eq!(timed, Some(2.0));
    assert_eq!(server.metric(r#"hotline_host_resting{host="wallet"}"#).await, Some(0.0));
}

#[tokio::test]
async fn whatever_the_wallet_answers_in_place_of_a_payment_the_caller_hears_words() {
    let outside = Outside::with("").await;
    let other = MockServer::start().await;
    Mock::given(any()).respond_with(payment(&[])).mount(&other).await;
    let redirect = ResponseTemplate::new(302).insert_header("location", format!("{}/x", other.uri()));
    let text = |kind: &str, body: &str| ResponseTemplate::new(200).set_body_raw(body.to_owned(), kind);
    let large = format!("{{\"state\": \"{}\"}}", "x".repeat(10 << 20));
    let ill = [
        ("an error of the wallet", ResponseTemplate::new(500), "broken"),
        ("a refusal", ResponseTemplate::new(403), "refused"),
        ("a redirect elsewhere", redirect, "refused"),
        ("no JSON", text("application/json", "<html>all is well</html>"), "unreadable"),
        ("half of it", text("application/json", "{\"state\": \"do"), "unreadable"),
        ("a list", text("application/json", "[]"), "unreadable"),
        ("another kind", text("text/html", "{}"), "unreadable"),
        ("nothing", ResponseTemplate::new(204), "unreadable"),
        ("ten megabytes", text("application/json", &large), "unreadable"),
        ("a field less", text("application/json", "{\"state\": \"done\"}"), "unreadable"),
        ("money that is a word", payment(&[("amount", json!("much"))]), "unreadable"),
        ("a day that is none", payment(&[("at", json!("2026-02-30"))]), "unreadable"),
        ("a text that is a list", payment(&[("merchant", json!(["Star"]))]), "unreadable"),
        ("a text without end", payment(&[("merchant", json!("star ".repeat(200)))]), "unreadable"),
        ("a text with a bell", payment(&[("merchant", json!("star\u{7}"))]), "unreadable"),
    ];
    for (at, (_, answer, _)) in ill.iter().enumerate() {
        outside.payment(&format!("{:06}", at), answer.clone()).await;
    }
    let server = outside.home.start();
    let mut call = Call::from("+85261230101");
    call.dial(&server).await;
    for (at, (what, _, outcome)) in ill.iter().enumerate() {
        let before = went(&server, "outside-payment", outcome).await.unwrap_or_default();
        let heard = ask(&mut call, &server, &format!("{at:06}")).await;
        assert!(heard.words.contains(AWAY) && heard.gather.is_some(), "{what}: {heard:?}");
        assert_eq!(went(&server, "outside-payment", outcome).await, Some(before + 1.0), "{what}");
    }
    assert_eq!(outside.count().await, ill.len(), "nothing is asked twice where it is not declared");
    assert!(other.received_requests().await.unwrap().is_empty(), "no redirect is followed");
    let log = outside.home.log();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("no answer from outside")).collect();
    assert_eq!(lines.len(), ill.len(), "{log}");
    assert!(lines.iter().all(|line| line.contains("call=") && line.contains("host=wallet")), "{lines:#?}");
    for value in ["1000/1001", "1000%2F1001", "000003", "much", KEY] {
        assert!(!lines.iter().any(|line| line.contains(value)), "{value} is not logged: {lines:#?}");
    }
}

#[tokio::test]
async fn a_wallet_that_hangs_is_bridged_by_a_filler_and_then_given_up() {
    let outside = Outside::with("").await;
    outside.payment("20260228", payment(&[]).set_delay(Duration::from_secs(600))).await;
    let server = outside.home.start();
    let mut call = Call::from("+85261230102");
    call.dial(&server).await;
    call.press(&server, "1").await;
    let answer = server.send(&call.typed("20260228#")).await;
    call.hears(&answer).says("One moment, please.");
    call.follow(&server).await.says(AWAY);
    assert_eq!((went(&server, "outside-payment", "late").await, outside.count().await), (Some(1.0), 1));
}

#[tokio::test]
async fn an_answer_that_takes_two_seconds_is_picked_up_by_the_next_turn_and_the_call_can_be_played_again() {
    let outside = Outside::with("").await;
    outside.payment("20260228", payment(&[]).set_delay(Duration::from_secs(2))).await;
    outside.freeze(ResponseTemplate::new(202), 1).await;
    let server = outside.home.start();
    let mut call = Call::from("+85261230103");
    call.dial(&server).await;
    call.press(&server, "1").await;
    let slow = call.typed("20260228#");
    let answer = server.send(&slow).await;
    call.hears(&answer).says("One moment, please.");
    assert!(call.heard.redirect.is_some(), "the line comes back by itself");
    let id = call.id();
    call.follow(&server).await.says("to Star River is done.");
    assert_eq!(server.send(&slow).await, answer, "asked again it says the same");
    assert_eq!(outside.count().await, 1, "the wallet was asked once");
    call.press(&server, "2").await.says("Your account will be frozen.");
    assert_eq!(server.send(&call.status("completed")).await.status, 204);
    // The wallet is gone: what it said is kept with the turns.
    outside.wallet.reset().await;
    let store = Store::open(&outside.home.database(), "test").await.unwrap();
    assert!(replay(&store, &id, &call.sid).await >= 6);
    assert_eq!(outside.count().await, 0);
}

#[tokio::test]
async fn a_host_that_fails_is_left_alone_until_it_answers_again() {
    let outside = Outside::with("rest = \"1s\"").await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(503)).mount(&outside.wallet).await;
    let server = outside.home.start();
    let resting = async || server.metric(r#"hotline_host_resting{host="wallet"}"#).await;
    let mut call = Call::from("+85261230104");
    call.dial(&server).await;
    for at in 0..5 {
        assert_eq!(resting().await, Some(0.0), "after {at} failures");
        ask(&mut call, &server, "20260228").await.says(AWAY);
    }
    assert_eq!(resting().await, Some(1.0));
    outside.home.logs("a host fails and is left alone").await;
    // It answers again, but nobody knows: who asks meanwhile hears at once that there is no answer.
    outside.wallet.reset().await;
    outside.payment("20260228", payment(&[])).await;
    eventually("the host is asked again", async || {
        let mut patient = Call::from("+85261230105");
        patient.dial(&server).await;
        let heard = ask(&mut patient, &server, "20260228").await;
        let found = heard.words.contains("to Star River is done.");
        assert!(found || heard.words.contains(AWAY), "{heard:?}");
        found.then_some(())
    })
    .await;
    assert_eq!((resting().await, outside.count().await), (Some(0.0), 1));
    outside.home.logs("the host answers again").await;
}

#[tokio::test]
async fn an_address_of_a_private_network_is_refused_after_its_name_was_found() {
    let inside = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    inside.set_nonblocking(true).unwrap();
    let port = inside.local_addr().unwrap().port();
    let outside = Outside::with(&format!("[hosts.inner]\nurl = \"https://localhost:{port}\"")).await;
    let server = outside.home.start();
    let mut call = Call::from("+85261230106");
    call.dial(&server).await;
    call.press(&server, "3").await.says(AWAY);
    assert_eq!(went(&server, "outside-inner", "unreachable").await, Some(1.0));
    let knocked = inside.accept().expect_err("nobody knocked");
    assert_eq!(knocked.kind(), std::io::ErrorKind::WouldBlock);
    outside.home.logs("the host's address is private").await;
}

#[tokio::test]
async fn a_source_that_comes_to_ask_a_host_nobody_declared_is_refused_and_the_old_one_stays() {
    let outside = Outside::with("").await;
    outside.payment("20260228", payment(&[])).await;
    let server = outside.home.start();
    let file = outside.home.path("flows/sources.yaml");
    let sources = std::fs::read_to_string(&file).unwrap();
    outside.home.write("flows/sources.yaml", &sources.replace("http: inner", "http: bank"));
    server.hang_up();
    eventually("the mistake is told", async || {
        let ready = server.get("/readyz").await;
        ready.body.contains("the settings name no host `bank`").then_some(())
    })
    .await;
    let mut call = Call::from("+85261230107");
    call.dial(&server).await;
    ask(&mut call, &server, "20260228").await.says("to Star River is done.");
}
