//! Programs are told of requests: in the form of Standard Webhooks, which is proved here by the
//! published rule with no code of ours, at moments the test chooses and through the running program.

use crate::bridge::{agent, filed};
use crate::support::bank::Bank;
use crate::support::database::Database;
use crate::support::server::{Home, eventually};
use crate::support::twilio::Call;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use hotline::outside::{Hook, HookAddress, HookKey, Hooks};
use hotline::store::{Objects, ObjectsAt, OutboxEntry};
use hotline::words::{Lang, Secret, clock};
use hotline::worker::{PAUSES, Post};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::BTreeSet;
use std::time::Duration;
use tempfile::TempDir;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const NEW: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OLD: &str = "whsec_b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQtb2xk";
const NUMBER: &str = "+85261239500";

/// Whether a message carries a signature by a secret: id, timestamp and body, parted by full stops.
fn is_signed(message: &Request, secret: &str) -> bool {
    let header = |name: &str| message.headers[name].to_str().unwrap();
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&key).unwrap();
    let mac = mac.chain_update(format!("{}.{}.", header("webhook-id"), header("webhook-timestamp")));
    let signature = STANDARD.encode(mac.chain_update(&message.body).finalize().into_bytes());
    header("webhook-signature").split(' ').any(|own| own == format!("v1,{signature}"))
}

fn body(message: &Request) -> Value {
    serde_json::from_slice(&message.body).unwrap()
}

/// Programs, and who tells them; nobody is there to text with.
struct Worker {
    bank: Bank,
    program: MockServer,
    post: Post,
    _folder: TempDir,
}

impl Worker {
    async fn new(names: &[&str], secrets: &[&str]) -> Worker {
        let (bank, program) = (Bank::on(Database::sqlite()).await, MockServer::start().await);
        bank.store().sync_hooks(names).await.unwrap();
        let key = |secret: &&str| HookKey::parse(&Secret::new(*secret)).unwrap();
        let hook = |name: &&str| Hook {
            name: (*name).to_owned(),
            to: HookAddress::parse(&format!("{}/{name}?of=hotline", program.uri())).unwrap(),
            keys: secrets.iter().map(key).collect(),
        };
        let hooks = Hooks::new(names.iter().map(hook).collect()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let objects = Objects::open(ObjectsAt::Folder(folder.path().to_owned())).unwrap();
        let post = Post {
            answerer: bank.answerer.clone(),
            apis: hotline::provider::Apis::default(),
            hooks,
            objects,
            delete_at_provider: false,
        };
        let worker = Worker { bank, program, post, _folder: folder };
        worker.answers(ResponseTemplate::new(204)).await;
        worker
    }

    async fn answers(&self, answer: ResponseTemplate) {
        self.program.reset().await;
        Mock::given(any()).respond_with(answer).mount(&self.program).await;
    }

    fn now(&self) -> Timestamp {
        self.bank.answerer.now()
    }

    async fn filed(&self) -> String {
        filed(self.bank.store(), "code-line", NUMBER, self.now()).await
    }

    async fn pass(&self, after: i64) -> usize {
        let at = Timestamp::from_millisecond(self.now().as_millisecond() + after).unwrap();
        self.post.pass(at).await.unwrap()
    }

    /// What was told since the program answers as it does.
    async fn told(&self) -> Vec<Request> {
        self.program.received_requests().await.unwrap()
    }

    async fn outbox(&self) -> Vec<OutboxEntry> {
        self.bank.store().outbox(None, 100).await.unwrap()
    }
}

#[tokio::test]
async fn a_program_is_told_what_happens_to_a_request_and_no_number() {
    let worker = Worker::new(&["crm"], &[NEW]).await;
    let (id, mei) = (worker.filed().await, agent(Lang::EnUs));
    let filed_at = worker.now();
    worker.bank.pass(jiff::SignedDuration::from_secs(7));
    worker.bank.desk.take(&mei, &id).await.unwrap();
    worker.bank.desk.close(&mei, &id, "a duplicate").await.unwrap();
    assert_eq!(worker.pass(0).await, 3);
    let told = worker.told().await;
    let reference = worker.bank.store().request(&id).await.unwrap().unwrap().reference;
    let mut types = BTreeSet::new();
    for message in &told {
        assert!(is_signed(message, NEW) && !is_signed(message, OLD));
        assert_eq!((message.url.path(), message.url.query()), ("/crm", Some("of=hotline")));
        assert_eq!(message.headers["content-type"], "application/json");
        let text = std::str::from_utf8(&message.body).unwrap();
        assert!(!text.contains("duplicate"), "nor what was written: {text}");
        assert!(!text.contains(&NUMBER[4..]) && !text.contains("HKD"), "neither number nor what was said: {text}");
        let body = body(message);
        let kind = body["type"].as_str().unwrap().to_owned();
        let at = if kind == "request.created" { filed_at } else { worker.now() };
        assert_eq!(body["timestamp"], json!(at), "{kind}");
        assert_eq!((&body["data"]["id"], &body["data"]["reference"]), (&json!(id), &json!(reference)));
        types.insert(kind);
    }
    let all = ["request.claimed", "request.created", "request.finished"];
    assert_eq!(types, all.map(str::to_owned).into());
    let data = body(&told[0])["data"].as_object().unwrap().clone();
    let fields: BTreeSet<&str> = data.keys().map(String::as_str).collect();
    let expected = [
        "id",
        "reference",
        "kind",
        "topic",
        "line",
        "language",
        "skill",
        "priority",
        "level",
        "state",
        "due",
        "holder",
        "reason",
        "test",
    ];
    assert_eq!(fields, expected.into());
    assert_eq!((&data["priority"], &data["level"], &data["language"]), (&json!("normal"), &json!(0), &json!("en-US")));
    assert_eq!(
        (&data["state"], &data["reason"]),
        (&json!("closed"), &json!("closed")),
        "what a supervisor wrote is theirs"
    );
    let ids: BTreeSet<_> = told.iter().map(|message| message.headers["webhook-id"].to_str().unwrap()).collect();
    assert_eq!(ids.len(), 3, "each has an id of its own");
    assert!(worker.outbox().await.is_empty() && worker.pass(0).await == 0);
}

#[tokio::test]
async fn while_a_secret_is_being_replaced_both_prove_a_message() {
    let worker = Worker::new(&["crm"], &[NEW, OLD]).await;
    worker.filed().await;
    assert_eq!(worker.pass(0).await, 1);
    let told = worker.told().await;
    assert!(is_signed(&told[0], NEW) && is_signed(&told[0], OLD));
    assert!(!is_signed(&told[0], "whsec_dGhpcmQtdGhpcmQtdGhpcmQtdGhpcmQtdGhpcmQ="));
}

#[tokio::test]
async fn what_was_not_taken_is_told_again_as_the_same_message_then_parked() {
    let worker = Worker::new(&["crm"], &[NEW]).await;
    let id = worker.filed().await;
    let mut at = 0;
    let mut ids = BTreeSet::new();
    for (answer, pause) in [500, 404, 302, 429, 503].into_iter().zip(PAUSES) {
        let elsewhere = ResponseTemplate::new(answer).insert_header("location", "http://127.0.0.1:9/stolen");
        worker.answers(elsewhere).await;
        assert_eq!(worker.pass(at).await, 1);
        let told = worker.told().await;
        assert!(told.len() == 1 && is_signed(&told[0], NEW), "redirects are not followed");
        ids.insert(told[0].headers["webhook-id"].to_str().unwrap().to_owned());
        assert_eq!(worker.outbox().await[0].note, Some(format!("crm answered {answer}")));
        at += pause;
        assert_eq!(worker.pass(at - 1).await, 0, "not before {pause} ms");
    }
    worker.answers(ResponseTemplate::new(200)).await;
    assert_eq!(worker.pass(at).await, 1);
    ids.insert(worker.told().await[0].headers["webhook-id"].to_str().unwrap().to_owned());
    assert_eq!(ids.len(), 1, "known again by its id");
    assert!(worker.outbox().await.is_empty());

    worker.answers(ResponseTemplate::new(500)).await;
    worker.bank.desk.take(&agent(Lang::EnUs), &id).await.unwrap();
    let mut at = 0;
    for pause in PAUSES.into_iter().chain([0]) {
        assert_eq!(worker.pass(at).await, 1);
        at += pause;
    }
    assert_eq!((worker.outbox().await[0].state.as_str(), worker.pass(at * 2).await), ("parked", 0));
}

#[tokio::test]
async fn a_program_that_says_it_is_gone_is_told_nothing_again_until_somebody_looks() {
    let worker = Worker::new(&["crm"], &[NEW]).await;
    worker.answers(ResponseTemplate::new(410)).await;
    worker.filed().await;
    assert_eq!(worker.pass(0).await, 1);
    let parked = &worker.outbox().await[0];
    let note = "crm answered 410: it is not there any more";
    assert_eq!(
        (parked.kind.as_str(), parked.state.as_str(), parked.note.as_deref()),
        ("webhook", "parked", Some(note))
    );
    worker.answers(ResponseTemplate::new(200)).await;
    assert!(worker.bank.store().retry_outbox(&parked.id, worker.now().as_millisecond()).await.unwrap());
    assert_eq!((worker.pass(0).await, worker.told().await.len()), (1, 1));
}

#[tokio::test]
async fn a_program_that_hangs_keeps_no_other_from_being_told_and_is_told_later() {
    let worker = Worker::new(&["crm", "wall"], &[NEW]).await;
    worker.program.reset().await;
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_secs(60));
    Mock::given(wiremock::matchers::path("/crm")).respond_with(slow).mount(&worker.program).await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).mount(&worker.program).await;
    worker.filed().await;
    assert_eq!(worker.pass(0).await, 2, "a row for each");
    let left = worker.outbox().await;
    assert_eq!((left.len(), left[0].note.as_deref()), (1, Some("crm did not answer in time")));
    let told = worker.told().await;
    let ids: BTreeSet<_> = told.iter().map(|message| message.headers["webhook-id"].to_str().unwrap()).collect();
    assert_eq!((told.len(), ids.len()), (2, 2));
}

#[tokio::test]
async fn without_a_provider_messages_wait_and_programs_are_told() {
    let worker = Worker::new(&["crm"], &[NEW]).await;
    let recording = hotline::call::event::Recording { id: "RE1".to_owned(), url: None, seconds: 3 };
    let key = crate::support::rows::effect(3);
    let at = worker.now().as_millisecond();
    worker.bank.store().put_recording(&key, "code-line", &recording, false, at).await.unwrap();
    worker.filed().await;
    assert_eq!(worker.pass(0).await, 1);
    let left = worker.outbox().await;
    assert_eq!((left.len(), left[0].kind.as_str(), left[0].tries), (1, "recording", 0));

    // Whoever is named no more is told no more.
    let post = Post { hooks: Hooks::default(), ..worker.post.clone() };
    filed(worker.bank.store(), "code-line", "+85261239501", worker.now()).await;
    assert_eq!(post.pass(worker.now()).await.unwrap(), 1);
    assert_eq!(worker.outbox().await.len(), 1, "only the recording");
    assert_eq!(worker.told().await.len(), 1);
}

#[tokio::test]
async fn the_running_program_tells_of_a_request_within_seconds_and_needs_no_provider_to_send_with() {
    let program = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).mount(&program).await;
    let home = Home::new().set("CRM", NEW);
    home.write("hotline.toml", &format!("[webhooks.crm]\nurl = \"{}/in\"\nsecret = \"env:CRM\"\n", program.uri()));
    let server = home.start();
    let mut call = Call::from(NUMBER);
    call.dial(&server).await;
    call.press_all(&server, &["3", "0", "1", "1", "2", "2"]).await;
    let told =
        eventually("the program is told", async || program.received_requests().await.unwrap().into_iter().next()).await;
    assert!(is_signed(&told, NEW));
    let at: i64 = told.headers["webhook-timestamp"].to_str().unwrap().parse().unwrap();
    assert!((clock::now().as_second() - at).abs() < 300, "the moment it was sent");
    assert_eq!((&body(&told)["type"], &body(&told)["data"]["state"]), (&json!("request.created"), &json!("open")));
    let done = r#"hotline_outbox_tries_total{kind="webhook",outcome="done"}"#;
    eventually("it is counted", async || server.metric(done).await.filter(|n| *n == 1.0)).await;
    assert!(!home.log().contains(&NEW[6..]) && !home.log().contains(&program.uri()));
}
