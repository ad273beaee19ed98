//! Asking a service outside, without a call around it: whatever an argument holds, it fills its own
//! place and no other, and it never chooses whom we speak with.

use hotline::call::effect::{ActAnswer, LookupAnswer};
use hotline::flow::Value;
use hotline::flow::model::{Origin, Source};
use hotline::flow::read::load;
use hotline::outside::{Asked, Base, Host, Outside, Went};
use hotline::words::Secret;
use proptest::prelude::*;
use std::time::Duration;
use wiremock::matchers::{any, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

const SOURCES: &str = "
look:
  takes: { key: text, other: text }
  gives: {}
  level: 0
  budget: 3s
  from: { http: wallet, path: \"/v1/{key}/end\", query: { other: other, lang: \"'ja&en'\" }, retry: yes }
search:
  takes: { key: text, count: number, sure: flag, other: text }
  gives: {}
  level: 0
  budget: 3s
  from: { http: wallet, method: POST, path: /v1/search }
order:
  act: yes
  takes: { key: text }
  level: 0
  budget: 3s
  from: { http: wallet, path: /v1/orders/ }
";

/// A source of the sources above.
fn source(name: &str) -> Source {
    let mut files = crate::support::flows::files();
    files.get_mut("sources.yaml").unwrap().push_str(SOURCES);
    let loaded = load(&files);
    assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    loaded.flows[0].sources[name].clone()
}

fn wallet(url: &str) -> Outside {
    let base = Base::parse(url, true).unwrap();
    let (connect_timeout, rest) = (Duration::from_secs(10), Duration::from_secs(10));
    let headers = vec![("X-Key".to_owned(), Secret::new("k"))];
    Outside::new(vec![Host { name: "wallet".into(), base, headers, private: true, connect_timeout, rest }]).unwrap()
}

async fn look_up(outside: &Outside, source: &Source, with: &[(&str, Value)]) -> Asked<LookupAnswer> {
    let Origin::Http(http) = &source.from else { panic!("{source:?}") };
    let with: Vec<(String, Value)> = with.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    outside.look_up(source, http, &with).await
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A service that finds nothing, whatever it is asked.
async fn nothing_there() -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(404)).mount(&server).await;
    server
}

#[tokio::test]
async fn what_would_lead_elsewhere_is_never_asked_and_everything_else_stays_in_its_place() {
    let server = nothing_there().await;
    let (outside, source) = (wallet(&format!("{}/base/", server.uri())), source("look"));
    for key in ["", ".", "..", "a\nb", "a\0", "\u{7f}", &"7".repeat(257)] {
        let asked = look_up(&outside, &source, &[("key", text(key)), ("other", text("1"))]).await;
        assert_eq!(asked, Asked { answer: LookupAnswer::Missing, went: Went::Unaskable }, "{key:?}");
    }
    let unset = look_up(&outside, &source, &[("key", Value::None), ("other", text("1"))]).await;
    assert_eq!(unset.went, Went::Unaskable);
    assert!(server.received_requests().await.unwrap().is_empty());

    let kept = [
        ("10001001", "10001001"),
        ("a/b", "a%2Fb"),
        ("../admin", "..%2Fadmin"),
        ("..\\admin", "..%5Cadmin"),
        ("%2e%2e", "%252e%252e"),
        ("a?b=c#d", "a%3Fb%3Dc%23d"),
        ("@evil.example", "%40evil.example"),
        ("a b+c;d:e", "a%20b%2Bc%3Bd%3Ae"),
        ("付款", "%E4%BB%98%E6%AC%BE"),
    ];
    for (key, escaped) in kept {
        let asked = look_up(&outside, &source, &[("key", text(key)), ("other", text(key))]).await;
        assert_eq!(asked, Asked { answer: LookupAnswer::Missing, went: Went::Missing }, "{key}");
        let requests = server.received_requests().await.unwrap();
        let url = &requests.last().unwrap().url;
        assert_eq!(url.path(), format!("/base/v1/{escaped}/end"));
        assert_eq!(url.query(), Some(format!("other={escaped}&lang=ja%26en").as_str()));
    }
    let unset = look_up(&outside, &source, &[("key", text("1")), ("other", Value::None)]).await;
    assert_eq!(unset.went, Went::Missing);
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests.last().unwrap().url.query(), Some("lang=ja%26en"), "what is not set is not asked about");
}

#[test]
fn no_argument_whatever_leaves_its_segment() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(nothing_there());
    let (outside, source) = (wallet(&server.uri()), source("look"));
    let config = ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(key in "(\\PC|[./%?#\\\\@:]|\\.\\.|%2[ef]){0,12}")| {
        let with = [("key", text(&key)), ("other", text(&key))];
        let asked = runtime.block_on(look_up(&outside, &source, &with));
        if asked.went == Went::Unaskable {
            prop_assert!(key.is_empty() || key == "." || key == ".." || key.contains(char::is_control));
            return Ok(());
        }
        prop_assert_eq!(asked.went, Went::Missing);
        let request = runtime.block_on(server.received_requests()).unwrap().pop().unwrap();
        let segments: Vec<&str> = request.url.path_segments().unwrap().collect();
        prop_assert_eq!((segments.len(), segments[0], segments[2]), (3, "v1", "end"));
        prop_assert_eq!(unescaped(segments[1]), key.clone());
        let pairs: Vec<(String, String)> = request.url.query_pairs().into_owned().collect();
        prop_assert_eq!(pairs, [("other".to_owned(), key), ("lang".to_owned(), "ja&en".to_owned())]);
    });
}

/// Undoes the escaping, as a server does.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        let hex = (*first == b'%').then(|| u8::from_str_radix(std::str::from_utf8(&more[..2]).unwrap(), 16).unwrap());
        bytes.push(hex.unwrap_or(*first));
        rest = if hex.is_some() { &more[2..] } else { more };
    }
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn arguments_that_are_posted_keep_their_types() {
    let server = MockServer::start().await;
    let empty = ResponseTemplate::new(200).set_body_raw("{}", "Application/HAL+JSON; charset=utf-8");
    Mock::given(method("POST")).respond_with(empty).mount(&server).await;
    let outside = wallet(&server.uri());
    let with = [("key", text("007")), ("count", Value::Number(7)), ("sure", Value::Flag(true)), ("other", Value::None)];
    let asked = look_up(&outside, &source("search"), &with).await;
    assert_eq!(asked.went, Went::Found, "another kind of JSON is JSON");
    let request = server.received_requests().await.unwrap().pop().unwrap();
    let body: serde_json::Value = request.body_json().unwrap();
    assert_eq!(body, serde_json::json!({ "key": "007", "count": 7, "sure": true, "other": null }));
    assert_eq!((request.url.path(), &request.headers["x-key"]), ("/v1/search", &"k".parse().unwrap()));
}

#[tokio::test]
async fn a_question_that_may_be_asked_again_is_asked_again_once_when_the_service_breaks_down() {
    let server = MockServer::start().await;
    let with = [("key", text("1")), ("other", text("1"))];
    Mock::given(any()).respond_with(ResponseTemplate::new(502)).up_to_n_times(1).mount(&server).await;
    Mock::given(any()).respond_with(ResponseTemplate::new(404)).up_to_n_times(1).mount(&server).await;
    Mock::given(any()).respond_with(ResponseTemplate::new(429)).up_to_n_times(1).mount(&server).await;
    Mock::given(any()).respond_with(ResponseTemplate::new(500)).mount(&server).await;
    let (outside, source) = (wallet(&server.uri()), source("look"));
    for (went, asked) in [(Went::Missing, 2), (Went::Refused, 3), (Went::Broken, 5)] {
        assert_eq!(look_up(&outside, &source, &with).await.went, went);
        assert_eq!(server.received_requests().await.unwrap().len(), asked, "{went:?}");
    }
}

#[tokio::test]
async fn whom_nobody_declared_and_who_is_not_there_is_told_apart() {
    let source = source("order");
    let Origin::Http(http) = &source.from else { panic!("{source:?}") };
    let with = [("key".to_owned(), text("1"))];
    let asked = Outside::default().act(&source, http, &with, "k").await;
    assert_eq!(asked, Asked { answer: ActAnswer::Failed, went: Went::Unknown });
    // A port on which nobody listens any more.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let outside = wallet(&format!("http://{gone}"));
    assert_eq!(outside.act(&source, http, &with, "k").await.went, Went::Unreachable);
}
