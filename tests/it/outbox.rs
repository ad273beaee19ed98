//! What calls leave to be sent and fetched, through the running program and a provider that answers,
//! hangs and refuses.

mod post;

use crate::support::server::{Home, Server, eventually};
use crate::support::twilio::{Call, PUBLIC};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const ACCOUNT: &str = "AC00000000000000000000000000000001";
const CALLER: &str = "+85261239500";
const FLOW: &str = r#"
flow: contact
title: { en-US: Contact }
languages: [en-US]
uses: [call-me-back]
hours: always
countries: [HK]
start: what
person: back
denied: back
desks: { general: "+85225550100" }
steps:
  what:
    menu:
      - { key: 1, go: text, to: { en-US: get a link } }
      - { key: 2, go: note, to: { en-US: leave a message } }
      - { key: 3, go: judge, to: { en-US: judge us } }
      - { key: 4, go: desk, to: { en-US: talk to us } }
    otherwise: back
  text:
    sms: { en-US: "Read https://pay.example/help & more." }
    then: sent
    failed: not-sent
  sent: { say: { en-US: It is on its way. }, then: what }
  not-sent: { say: { en-US: Nothing is sent. }, then: what }
  note:
    record: message
    prompt: { en-US: Speak after the tone. }
    then: kept
    empty: what
  kept: { say: { en-US: Thank you. }, then: what }
  judge:
    score: stars
    category: service
    prompt: { en-US: How was it? }
    then: kept
    otherwise: what
  desk:
    transfer: general
    into: wait
    answered: kept
    busy: what
    no-answer: what
    failed: what
    long-wait: long
  long: { say: { en-US: It takes long. }, then: what }
  back:
    call: call-me-back
    with: { kind: callback, topic: shop, priority: low }
    then: bye
  bye: { hangup: { en-US: Bye. } }
"#;

/// A provider that takes what it is sent, and a server that sends.
struct Stage {
    provider: MockServer,
    home: Home,
}

impl Stage {
    async fn new() -> Stage {
        let provider = MockServer::start().await;
        let home = Home::new().with_own_flows();
        home.write("flows/contact.yaml", FLOW);
        let home = home
            .set("HOTLINE_TWILIO_ACCOUNT", ACCOUNT)
            .set("HOTLINE_TWILIO_API_KEY", "SK1:the secret of the key")
            .set("HOTLINE_TWILIO_API_BASE", &provider.uri())
            .set("HOTLINE_TWILIO_SENDER", "+85230000002");
        Stage { provider, home }
    }

    /// Messages sent from now on are answered so.
    async fn takes_messages(&self, answer: ResponseTemplate, times: Option<u64>) {
        let mock = Mock::given(method("POST")).and(path(format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json")));
        let mock = mock.and(header("authorization", "Basic U0sxOnRoZSBzZWNyZXQgb2YgdGhlIGtleQ==")).respond_with(answer);
        match times {
            Some(times) => mock.up_to_n_times(times).mount(&self.provider).await,
            None => mock.mount(&self.provider).await,
        }
    }

    /// What it was asked, once that is so much.
    async fn asked(&self, times: usize) -> Vec<Request> {
        eventually(&format!("the provider is asked {times} times"), async || {
            let asked = self.provider.received_requests().await.unwrap();
            (asked.len() >= times).then_some(asked)
        })
        .await
    }
}

fn taken() -> ResponseTemplate {
    ResponseTemplate::new(201).set_body_json(serde_json::json!({ "sid": "SM1", "status": "queued" }))
}

fn token(request: &Request) -> &str {
    request.headers["i-twilio-idempotency-token"].to_str().unwrap()
}

async fn dial(server: &Server, number: &str) -> Call {
    let mut call = Call::from(number);
    let inbound = call.inbound().to(&format!("{PUBLIC}/voice/twilio?flow=contact"));
    call.go(server, inbound).await;
    call
}

#[tokio::test]
async fn a_message_is_sent_once_however_often_its_webhook_comes() {
    let stage = Stage::new().await;
    stage.takes_messages(taken(), None).await;
    let server = Arc::new(stage.home.start());
    let mut call = dial(&server, CALLER).await;
    let press = call.typed("1");
    let mut all = JoinSet::new();
    for _ in 0..20 {
        let (server, press) = (server.clone(), press.clone());
        all.spawn(async move { server.send(&press).await });
    }
    let mut answers = all.join_all().await;
    answers.dedup();
    assert_eq!(answers.len(), 1, "each hears the same");
    call.hears(&answers[0]).says("It is on its way.");
    let asked = stage.asked(1).await;
    let form: BTreeMap<String, String> = url_form(&asked[0].body);
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let text = pair("Body", "Read https://pay.example/help & more.");
    assert_eq!(form, BTreeMap::from([text, pair("From", "+85230000002"), pair("To", CALLER)]));
    eventually("it is told as gone", async || {
        server.metric(r#"hotline_outbox_tries_total{kind="sms",outcome="done"}"#).await.filter(|n| *n == 1.0)
    })
    .await;

    // A second one within a minute; abroad; a fixed line; nobody; and nobody real.
    call.follow(&server).await;
    call.press(&server, "1").await.says("Nothing is sent.");
    for number in ["+819012345678", "+85221234567", "anonymous"] {
        dial(&server, number).await.press(&server, "1").await.says("Nothing is sent.");
    }
    dial(&server, "+85200001234").await.press(&server, "1").await.says("It is on its way.");
    for outcome in ["minute", "number"] {
        let line = format!(r#"hotline_messages_total{{kind="sms",outcome="{outcome}"}}"#);
        assert!(server.metric(&line).await.is_some(), "{outcome}");
    }
    // Another number's is the next that goes: nothing else was sent before it.
    dial(&server, "+85261239501").await.press(&server, "1").await.says("It is on its way.");
    let asked = stage.asked(2).await;
    assert_eq!(url_form(&asked[1].body)["To"], "+85261239501");
    assert_ne!(token(&asked[0]), token(&asked[1]));
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_is_sent_again_as_the_same_one() {
    let stage = Stage::new().await;
    stage.takes_messages(taken().set_delay(Duration::from_secs(30)), Some(1)).await;
    stage.takes_messages(taken(), None).await;
    let server = stage.home.start();
    dial(&server, CALLER).await.press(&server, "1").await.says("It is on its way.");
    stage.asked(1).await;
    server.kill();
    let server = stage.home.start();
    let asked = stage.asked(2).await;
    assert_eq!((token(&asked[0]), &asked[0].body), (token(&asked[1]), &asked[1].body));
    eventually("nothing waits any more", async || {
        server.metric(r#"hotline_outbox{kind="sms",state="waiting"}"#).await.filter(|n| *n == 0.0)
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_stopped_finishes_what_it_is_sending() {
    let stage = Stage::new().await;
    stage.takes_messages(taken().set_delay(Duration::from_secs(3)), None).await;
    let server = stage.home.start();
    dial(&server, CALLER).await.press(&server, "1").await.says("It is on its way.");
    stage.asked(1).await;
    server.terminate();
    assert_eq!(server.ended().await.code(), Some(0), "{}", stage.home.log());
    let listed = String::from_utf8(stage.home.run(&["outbox"]).stdout).unwrap();
    assert_eq!(listed, "Nothing waits and nothing is parked.\n");
}

#[tokio::test]
async fn where_nothing_is_set_to_send_with_the_caller_is_told_and_the_start_says_so() {
    let home = Home::new().with_own_flows();
    home.write("flows/contact.yaml", FLOW);
    let server = home.start();
    home.logs("texting is off, and recordings stay at the provider").await;
    dial(&server, CALLER).await.press(&server, "1").await.says("Nothing is sent.");
    let off = server.metric(r#"hotline_messages_total{kind="sms",outcome="off"}"#).await;
    assert_eq!(off, Some(1.0));
}

#[tokio::test]
async fn a_recording_is_fetched_from_the_settings_address_and_erased_with_its_caller() {
    let Stage { provider, home } = Stage::new().await;
    let stage = Stage { home: home.set("HOTLINE_RECORDINGS_DELETE_AT_PROVIDER", "true"), provider };
    let elsewhere = MockServer::start().await;
    let id = "RE0000000000000000000000000000000a";
    let at = |form: &str| path(format!("/2010-04-01/Accounts/{ACCOUNT}/Recordings/{id}.{form}"));
    let sound = ResponseTemplate::new(200).set_body_raw(b"RIFF some sound".to_vec(), "audio/x-wav");
    Mock::given(method("GET")).and(at("wav")).respond_with(sound).mount(&stage.provider).await;
    let gone = ResponseTemplate::new(204);
    Mock::given(method("DELETE")).and(at("json")).respond_with(gone).mount(&stage.provider).await;
    let server = stage.home.start();
    let mut call = dial(&server, CALLER).await;
    let answer = server.send(&call.typed("2")).await;
    let action = attribute(&answer.body, "<Record action=");
    let url = format!("{}/stolen", elsewhere.uri());
    let told = [("RecordingSid", id), ("RecordingUrl", url.as_str()), ("RecordingDuration", "4")];
    let recorded = call.webhook(action, &told);
    for _ in 0..3 {
        call.hears(&server.send(&recorded).await).says("Thank you.");
    }
    let asked = stage.asked(2).await;
    let methods: Vec<_> = asked.iter().map(|request| request.method.as_str()).collect();
    assert_eq!(methods, ["GET", "DELETE"], "fetched once, then deleted there");
    assert!(elsewhere.received_requests().await.unwrap().is_empty(), "an address in a webhook is never asked");
    let folder = stage.home.path(".hotline/recordings");
    let files = || -> Vec<_> { folder.read_dir().unwrap().map(|file| file.unwrap().path()).collect() };
    assert_eq!(std::fs::read(&files()[0]).unwrap(), b"RIFF some sound");
    let kept = files()[0].file_stem().unwrap().to_str().unwrap().to_owned();
    assert_eq!(kept.len(), 32, "{kept}");

    assert_eq!(server.send(&call.status("completed")).await.status, 204);
    let done = stage.home.run(&["erase", CALLER, "--format", "json"]);
    let told: Value = serde_json::from_slice(&done.stdout).unwrap_or_else(|_| panic!("{done:?}"));
    assert_eq!(told["recordings"], 1, "{told}");
    assert_eq!(files(), Vec::<std::path::PathBuf>::new());
}

#[tokio::test]
async fn a_score_is_kept_once_and_a_wait_is_what_the_last_ones_waited() {
    let stage = Stage::new().await;
    let server = stage.home.start();
    let mut call = dial(&server, CALLER).await;
    call.press(&server, "3").await;
    let press = call.typed("4");
    let first = server.send(&press).await;
    assert_eq!(server.send(&press).await, first);
    call.hears(&first).says("Thank you.");
    let csv = String::from_utf8(stage.home.run(&["export", "scores"]).stdout).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "at,line,category,score,call,trial");
    assert!(lines.len() == 2 && lines[1].contains(",contact,service,4,") && lines[1].ends_with(",false"), "{csv}");
    let json = stage.home.run(&["export", "scores", "--format", "json"]).stdout;
    let json: Value = serde_json::from_slice(&json).unwrap();
    assert_eq!((&json[0]["score"], &json[0]["category"]), (&4.into(), &"service".into()));
    assert_eq!(server.metric(r#"hotline_scores_total{flow="contact",score="4"}"#).await, Some(1.0));

    // Somebody takes the call, which is over at once; others have waited for five minutes. Whoever
    // calls after them hears of it instead of ringing.
    let mut call = dial(&server, CALLER).await;
    let rings = server.send(&call.typed("4")).await;
    let action = attribute(&rings.body, "<Dial action=");
    let over = call.webhook(action, &[("DialCallStatus", "completed"), ("DialCallDuration", "0")]);
    for _ in 0..3 {
        call.hears(&server.send(&over).await).says("Thank you.");
    }
    let store = hotline::store::Store::open(&stage.home.database(), "test").await.unwrap();
    let at = hotline::words::clock::now().as_millisecond();
    assert!(store.expected_wait("general", false, at).await.unwrap().is_some_and(|wait| wait < 60));
    for of in ["another", "yet another"] {
        let (skill, line) = ("general", "contact");
        let other = hotline::store::PickUp { of, nth: (1, 0), skill, line, waited: 300, test: false, at };
        store.picked_up(&other).await.unwrap();
    }
    dial(&server, CALLER).await.press(&server, "4").await.says("It takes long.");
}

/// A flow cannot name another number: not one that was typed, not one that was found.
#[test]
fn a_message_to_a_number_somebody_typed_cannot_be_written() {
    let mut files = crate::support::flows::files();
    for to in ["to: typed", "to: \"= typed\"", "to: \"+85261239999\"", "number: typed"] {
        let flow = FLOW.replacen("    failed: not-sent", &format!("    failed: not-sent\n    {to}"), 1);
        files.insert("contact.yaml".to_owned(), flow);
        let loaded = hotline::flow::read::load(&files);
        assert!(!loaded.flows.iter().any(|flow| flow.name == "contact"), "{to}");
        assert!(loaded.problems.iter().any(|problem| problem.to_string().contains("contact.yaml:")), "{to}");
    }
    files.insert("contact.yaml".to_owned(), FLOW.to_owned());
    assert!(hotline::flow::read::load(&files).flows.iter().any(|flow| flow.name == "contact"));
}

/// The value of an attribute of a document.
fn attribute<'a>(document: &'a str, before: &str) -> &'a str {
    let found = document.split(before).nth(1).and_then(|rest| rest.split('"').nth(1));
    found.unwrap_or_else(|| panic!("no `{before}`: {document}"))
}

/// A form as it was sent.
fn url_form(body: &[u8]) -> BTreeMap<String, String> {
    let text = std::str::from_utf8(body).unwrap();
    let unescaped = |text: &str| {
        let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
        while let [first, tail @ ..] = rest {
            let hex = |at: usize| char::from(tail[at]).to_digit(16).unwrap() as u8;
            match first {
                b'%' => bytes.push(hex(0) * 16 + hex(1)),
                b'+' => bytes.push(b' '),
                other => bytes.push(*other),
            }
            rest = if *first == b'%' { &tail[2..] } else { tail };
        }
        String::from_utf8(bytes).unwrap()
    };
    text.split('&').filter_map(|pair| pair.split_once('=')).map(|(n, v)| (unescaped(n), unescaped(v))).collect()
}
