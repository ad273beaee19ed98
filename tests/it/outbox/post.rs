//! Working the outbox off at moments the test chooses: pauses, parking, and what an operator does.

use super::ACCOUNT;
use crate::support::rows::{DAY, START, begin, effect};
use crate::support::server::Home;
use hotline::answer::{Answerer, Bounds, Flows, Lines, Settings, Texting};
use hotline::outside::{Hooks, Outside, start_tls};
use hotline::provider::{ApiSettings, Apis, Provider};
use hotline::store::*;
use hotline::words::pins::PinKeys;
use hotline::words::{Secret, clock};
use hotline::worker::{PAUSES, Post};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use wiremock::matchers::{any, header_regex, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A worker on the database of a folder in which commands run too.
struct Worker {
    home: Home,
    provider: MockServer,
    post: Post,
}

impl Worker {
    async fn new() -> Worker {
        start_tls();
        let (home, provider) = (Home::new(), MockServer::start().await);
        assert!(home.run(&["migrate"]).status.success());
        let store = Store::open(&home.database(), "worker").await.unwrap();
        let pepper = Secret::new("the pepper of a test, long enough");
        let settings = Settings {
            public_url: String::new(),
            lines: Lines::default(),
            inbound: HashMap::new(),
            pins: PinKeys::new(&pepper, None),
            pepper,
            limits: Limits::default(),
            request_limits: RequestLimits::default(),
            texting: Texting::default(),
            fiction: false,
            patience: hotline::answer::PATIENCE,
            outside: Outside::default(),
            bounds: Bounds::default(),
            clock: Arc::new(clock::now),
        };
        let answerer = Answerer::new(settings, store, Flows::default());
        let (user, sender) = (ACCOUNT.to_owned(), Some("MG00000000000000000000000000000001".to_owned()));
        let password = Secret::new("token");
        let api = ApiSettings {
            provider: Provider::Twilio,
            base: provider.uri(),
            account: ACCOUNT.to_owned(),
            user,
            password,
            sender,
            application: None,
            inbound: None,
            private_key: None,
        };
        let objects = Objects::open(ObjectsAt::Folder(home.path("recordings"))).unwrap();
        let (apis, hooks) = (Apis::new(vec![api]).unwrap(), Hooks::default());
        let post = Post { answerer, apis, hooks, objects, delete_at_provider: false };
        Worker { home, provider, post }
    }

    async fn answers(&self, answer: ResponseTemplate) {
        self.provider.reset().await;
        Mock::given(any()).respond_with(answer).mount(&self.provider).await;
    }

    /// Puts a message in; gives its id.
    async fn put(&self, kind: OutboxKind, number: &str) -> String {
        let (line, body, to) = ("wallet".to_owned(), "Hello".to_owned(), Ok(number.to_owned()));
        let new = NewMessage { key: effect(2), kind, line, to, body, test: false, at: START };
        match self.store().put_message(&new, &MessageLimits::default()).await.unwrap() {
            Put::Accepted(id) => id,
            Put::Refused(why) => panic!("{why:?}"),
        }
    }

    fn store(&self) -> &Store {
        self.post.answerer.store()
    }

    async fn pass(&self, at: i64) -> usize {
        self.post.pass(Timestamp::from_millisecond(at).unwrap()).await.unwrap()
    }

    /// The ids of the messages the provider was asked to send since it answers as it does.
    async fn tokens(&self) -> Vec<String> {
        let asked = self.provider.received_requests().await.unwrap();
        asked.iter().map(|r| r.headers["i-twilio-idempotency-token"].to_str().unwrap().to_owned()).collect()
    }

    /// What `hotline outbox` lists.
    fn listed(&self) -> Value {
        serde_json::from_slice(&self.home.run(&["outbox", "--format", "json"]).stdout).unwrap()
    }
}

#[tokio::test]
async fn a_provider_that_is_down_is_tried_with_growing_pauses_then_the_message_is_parked() {
    let worker = Worker::new().await;
    worker.answers(ResponseTemplate::new(503)).await;
    let id = worker.put(OutboxKind::Sms, "+85261239600").await;
    assert_eq!(worker.pass(START - 1).await, 0);
    let mut at = START;
    for pause in PAUSES {
        assert_eq!(worker.pass(at).await, 1);
        at += pause;
        assert_eq!(worker.pass(at - 1).await, 0, "not before {pause} ms");
    }
    let listed = worker.listed();
    assert_eq!((&listed[0]["state"], &listed[0]["tries"]), (&json!("waiting"), &json!(PAUSES.len())), "{listed}");
    assert_eq!(worker.pass(at).await, 1);
    assert_eq!(worker.pass(START + 100 * DAY).await, 0, "it waits for a person now");
    assert_eq!(worker.tokens().await, vec![id.clone(); PAUSES.len() + 1], "always the same message");
    let listed = worker.listed();
    assert_eq!((&listed[0]["id"], &listed[0]["state"]), (&json!(id), &json!("parked")), "{listed}");
    assert_eq!(listed[0]["why"], "the provider answered 503");
    let text = String::from_utf8(worker.home.run(&["outbox"]).stdout).unwrap();
    assert!(
        text.contains(&format!(
            "{id}  parked   sms            6  2027-01-15 08:00  wallet, +852 **** 9600, the provider answered 503"
        )),
        "{text}"
    );

    let unknown = worker.home.run(&["outbox", "--retry", "nothing"]);
    assert_eq!(unknown.status.code(), Some(1), "{unknown:?}");
    worker.answers(ResponseTemplate::new(201)).await;
    assert!(worker.home.run(&["outbox", "--retry", &id]).status.success());
    assert_eq!(worker.pass(clock::now().as_millisecond()).await, 1);
    assert_eq!(worker.tokens().await, std::slice::from_ref(&id));
    assert_eq!(worker.listed(), json!([]));
    assert_eq!(worker.home.run(&["outbox", "--drop", &id]).status.code(), Some(1), "what is gone is gone");
}

#[tokio::test]
async fn what_is_refused_for_good_is_parked_at_once_and_what_is_not_is_tried_again() {
    let worker = Worker::new().await;
    let refused =
        ResponseTemplate::new(400).set_body_json(json!({ "code": 21610, "message": "+85261239610 said stop" }));
    let cases = [(refused, "parked", "the provider answered 400, error 21610")];
    let later = [(401, "the provider answered 401"), (429, "the provider answered 429")];
    let later = later.map(|(status, why)| (ResponseTemplate::new(status), "waiting", why));
    let moved = ResponseTemplate::new(307).insert_header("location", "https://elsewhere.example/");
    let away = [(moved, "waiting", "the provider answered 307")];
    for (n, (answer, state, why)) in cases.into_iter().chain(later).chain(away).enumerate() {
        worker.answers(answer).await;
        let id = worker.put(OutboxKind::Sms, &format!("+8526123961{n}")).await;
        assert_eq!(worker.pass(START).await, 1, "{why}");
        let listed = worker.listed();
        assert_eq!((&listed[0]["state"], &listed[0]["why"]), (&json!(state), &json!(why)), "{listed}");
        let dropped = worker.home.run(&["outbox", "--drop", &id]);
        assert_eq!(String::from_utf8(dropped.stdout).unwrap(), format!("{id} is given up\n"));
    }
    assert_eq!(worker.listed(), json!([]));
}

#[tokio::test]
async fn a_code_that_is_not_wanted_any_more_is_not_sent() {
    let worker = Worker::new().await;
    worker.answers(ResponseTemplate::new(201)).await;
    worker.put(OutboxKind::Code, "+85261239620").await;
    assert_eq!(worker.pass(START).await, 1);
    assert_eq!((worker.tokens().await, worker.listed()), (Vec::new(), json!([])));
}

#[tokio::test]
async fn two_servers_on_one_outbox_send_each_message_once() {
    let worker = Worker::new().await;
    worker.answers(ResponseTemplate::new(201)).await;
    let mut ids = BTreeSet::new();
    for n in 0..40 {
        ids.insert(worker.put(OutboxKind::Sms, &format!("+852612397{n:02}")).await);
    }
    let mut servers = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let post = worker.post.clone();
        servers
            .spawn(async move { while post.pass(Timestamp::from_millisecond(START).unwrap()).await.unwrap() > 0 {} });
    }
    servers.join_all().await;
    let sent = worker.tokens().await;
    assert_eq!((sent.len(), sent.into_iter().collect::<BTreeSet<_>>()), (40, ids));
}

#[tokio::test]
async fn a_recording_that_is_not_there_yet_is_asked_for_again_and_one_that_is_no_sound_is_parked() {
    let worker = Worker::new().await;
    let recording = |id: &str| hotline::call::event::Recording { id: id.to_owned(), url: None, seconds: 3 };
    let put = async |id: &str| {
        let key = effect(3);
        worker.store().commit(begin(&key.call, id, 1)).await.unwrap();
        worker.store().put_recording(&key, "wallet", &recording(id), false, START).await.unwrap()
    };
    let id = put("RE1").await;
    worker.answers(ResponseTemplate::new(404)).await;
    assert_eq!(worker.pass(START).await, 1);
    assert_eq!(worker.listed()[0]["state"], "waiting");
    worker.answers(ResponseTemplate::new(200).set_body_raw("sound", "audio/wav")).await;
    assert_eq!(worker.pass(START + PAUSES[0]).await, 1);
    assert_eq!(worker.store().recording_object(&id).await.unwrap(), Some(format!("{id}.wav")));
    let sound = worker.post.objects.get(&format!("{id}.wav")).await.unwrap();
    assert_eq!(sound.as_deref(), Some(&b"sound"[..]));

    let large = vec![0; 21 * 1024 * 1024];
    let large = ResponseTemplate::new(200).set_body_raw(large, "audio/wav");
    let page = ResponseTemplate::new(200).set_body_raw("<html>", "text/html");
    for (answer, why) in [(page, "what came back is no WAV"), (large, "what came back is more than 20971520 bytes")] {
        worker.answers(answer).await;
        put("RE2").await;
        assert_eq!(worker.pass(START).await, 1);
        let listed = worker.listed();
        assert!(listed.as_array().unwrap().iter().any(|row| row["why"] == why && row["state"] == "parked"), "{listed}");
    }
    // An id that would lead elsewhere is not asked for at all.
    worker.answers(ResponseTemplate::new(200)).await;
    put("../Messages").await;
    assert_eq!(worker.pass(START).await, 1);
    assert!(worker.provider.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_bucket_takes_gives_and_forgets_objects_under_its_prefix() {
    start_tls();
    let s3 = MockServer::start().await;
    let object = || path("/bucket/calls/a.wav");
    let signed = || header_regex("authorization", "^AWS4-HMAC-SHA256 Credential=name/");
    let put = ResponseTemplate::new(200).insert_header("etag", "\"1\"");
    Mock::given(method("PUT")).and(object()).and(signed()).respond_with(put).expect(1).mount(&s3).await;
    let found = ResponseTemplate::new(200).insert_header("etag", "\"1\"");
    let found =
        found.insert_header("last-modified", "Fri, 15 Jan 2027 08:00:00 GMT").set_body_raw("sound", "audio/wav");
    Mock::given(method("GET")).and(object()).and(signed()).respond_with(found).mount(&s3).await;
    Mock::given(method("DELETE")).and(object()).and(signed()).respond_with(ResponseTemplate::new(204)).mount(&s3).await;
    let bucket = Bucket {
        name: "bucket".to_owned(),
        prefix: "calls".to_owned(),
        endpoint: Some(s3.uri()),
        region: "us-east-1".to_owned(),
        access_key: Secret::new("name"),
        secret_key: Secret::new("key"),
    };
    let objects = Objects::open(ObjectsAt::Bucket(bucket)).unwrap();
    objects.put("a.wav", b"sound".to_vec()).await.unwrap();
    assert_eq!(objects.get("a.wav").await.unwrap().as_deref(), Some(&b"sound"[..]));
    objects.delete("a.wav").await.unwrap();
    assert_eq!(objects.get("b.wav").await.unwrap(), None, "there is no such object");
    let told = objects.delete("b.wav").await.unwrap_err().to_string();
    assert!(told.starts_with("recordings cannot be deleted: "), "whatever is not there, it may lie elsewhere: {told}");
    let asked = s3.received_requests().await.unwrap();
    let asked: Vec<_> = asked.iter().map(|r| (r.method.as_str(), r.url.path())).collect();
    let (a, b) = ("/bucket/calls/a.wav", "/bucket/calls/b.wav");
    assert_eq!(asked, [("PUT", a), ("GET", a), ("DELETE", a), ("GET", b), ("DELETE", b)]);
}
