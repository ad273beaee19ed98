//! Telnyx' callbacks, documents and interface.

use crate::support::documents;
use crate::support::hostile::Forms;
use crate::support::interface::Stage;
use crate::support::recorded::{self, Request, sample};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hotline::call::Voice;
use hotline::call::event::{CallStatus, DialEnd};
use hotline::call::voice::{Next, Pace, Spoken};
use hotline::provider::{Door, Provider, Refused, Risks, Said};
use hotline::words::{Lang, Phone};
use insta::assert_snapshot;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

const TELNYX: Provider = Provider::Telnyx;
const HEADERS: &[&str] = &["telnyx-signature-ed25519", "telnyx-timestamp"];
const FORMS: Forms = Forms { provider: TELNYX, sign: |body| signed(body, NOW), headers: HEADERS };
const NOW: i64 = 1_763_769_600;

/// A form sent at a moment, heard now.
fn signed(body: &str, at: i64) -> Request {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap();
    let public = STANDARD.encode(pair.public_key().as_ref());
    let signature = STANDARD.encode(pair.sign(format!("{at}|{body}").as_bytes()).as_ref());
    let headers = vec![("telnyx-signature-ed25519", signature), ("telnyx-timestamp", at.to_string())];
    Request { now: Some(NOW), ..recorded::form("/voice/telnyx?flow=main", body, &public, |_, _| headers) }
}

#[test]
fn every_example_signature_is_judged_as_it_should_be() {
    assert_eq!(recorded::judge(TELNYX), 16);
}

#[test]
fn what_was_recorded_is_heard() {
    let heard = |name: &str, door| sample(&format!("telnyx-{name}")).hear(TELNYX, door).unwrap();
    let inbound = heard("inbound-call", Door::Inbound);
    assert_eq!(inbound.provider_call, "v3:9X2vxPDFY2RHSJ1EdMS0RHRksMTg7ldNxdjWbVr9zBjbGjGsSe-aiQ");
    let Said::Inbound(began) = inbound.said else { panic!("a call begins") };
    assert_eq!((began.dialled.as_str(), began.from), ("+13129457420", Phone::parse("+35319605860", None)));
    assert!(matches!(heard("gather-digits", Door::Turn).said, Said::Digits(digits) if digits.reveal() == "1"));
    assert!(matches!(heard("gather-timeout", Door::Turn).said, Said::Nothing));
    let desk = heard("dial-no-answer", Door::Turn).said;
    assert!(matches!(desk, Said::Dialled { end: DialEnd::NoAnswer, talked: 0 }));
    let Said::Recorded(recording) = heard("recording-done", Door::Turn).said else { panic!("a message") };
    assert_eq!((recording.id.as_str(), recording.seconds), ("35094891-3290-4142-b2c2-b2eda57534cf", 5));
    assert!(matches!(heard("call-completed", Door::Status).said, Said::Status(CallStatus::Completed)));
}

#[test]
fn what_is_older_or_newer_than_five_minutes_is_refused() {
    let body = "CallSid=v3:1&Digits=1";
    let judged = |at: i64| signed(body, at).hear(TELNYX, Door::Turn).err();
    assert_eq!((judged(NOW - 300), judged(NOW + 300)), (None, None));
    for at in [NOW - 301, NOW + 301, 0, -NOW, i64::MAX, i64::MIN] {
        assert_eq!(judged(at), Some(Refused::Signature), "{at}");
    }
    let mut odd = signed(body, NOW);
    odd.headers.insert("telnyx-timestamp".to_owned(), format!("+{NOW}"));
    assert_eq!(odd.hear(TELNYX, Door::Turn).err(), Some(Refused::Signature));
}

#[test]
fn a_query_is_nothing_that_is_signed_and_is_not_believed() {
    let mut request = signed("", NOW);
    request.method = "GET".to_owned();
    request.target = "/voice/telnyx?CallSid=v3:1&To=%2B85230000001".to_owned();
    assert!(matches!(request.verify(TELNYX, &[request.secret.clone()], Risks::default()), Err(Refused::Malformed(_))));
}

#[test]
fn a_key_that_is_none_proves_nothing() {
    let request = signed("CallSid=1", NOW);
    let zero = STANDARD.encode([0; 32]);
    for key in ["", "not base64", "AAAA", &zero, &request.secret[..20]] {
        let judged = request.verify(TELNYX, &[key.to_owned()], Risks::default());
        assert_eq!(judged.err(), Some(Refused::Signature), "{key}");
    }
}

#[test]
fn what_is_bent_or_malformed_is_refused() {
    FORMS.refuse_what_is_bent();
    FORMS.refuse_what_is_malformed();
}

#[test]
fn nothing_unsigned_is_believed_and_nothing_signed_breaks_anything() {
    FORMS.believe_nothing_unsigned();
    FORMS.survive_whatever_is_signed();
}

#[test]
fn documents_of_every_kind_are_these() {
    for (name, text) in documents::of(TELNYX) {
        assert_snapshot!(name, text);
    }
}

#[test]
fn braces_begin_no_field_of_a_template() {
    let words = "Dear {{#each To}} {x}".to_owned();
    let says = vec![Spoken { lang: Lang::EnUs, pace: Pace::Normal, words, audio: None }];
    let text = documents::lines(TELNYX, &Voice { lang: Lang::EnUs, says, slow: false, next: Next::HangUp });
    assert!(text.contains("Dear &#123;&#123;#each To}} {x}"), "{text}");
}

#[tokio::test]
async fn its_interface_is_asked_as_documented() {
    let stage = Stage::start(TELNYX).await;
    stage.answers(200, json!({ "data": { "id": "40385f64" } })).await;
    assert_eq!(stage.text().await.as_deref(), Ok("40385f64"));
    let [text] = &stage.asked().await[..] else { panic!("one request") };
    let bearer = Some("Bearer PASSWORD");
    assert_eq!((text.line(), text.auth.as_deref()), ("POST /v2/messages", bearer));
    let body: Value = serde_json::from_str(&text.body).unwrap();
    assert_eq!(body, json!({ "from": "+85230000001", "to": "+85261239500", "text": "Hello" }));
    assert_eq!(text.header("idempotency-key"), Some("TOKEN"));
    stage.answers(200, json!({ "call_sid": "v3:1", "status": "queued" })).await;
    assert_eq!(stage.ring().await.as_deref(), Ok("v3:1"));
    let [call] = &stage.asked().await[..] else { panic!("one request") };
    assert_eq!((call.line(), call.auth.as_deref()), ("POST /v2/texml/Accounts/ACCOUNT/Calls", bearer));
    let body: Value = serde_json::from_str(&call.body).unwrap();
    let asked = json!({
        "ApplicationSid": "APPLICATION", "To": "+85261239500", "From": "+85230000001", "Timeout": 25,
        "Url": "https://a.example/answer", "UrlMethod": "POST",
        "StatusCallback": "https://a.example/status", "StatusCallbackMethod": "POST",
        "StatusCallbackEvent": "completed",
    });
    assert_eq!(body, asked);
    stage.answers(422, json!({ "errors": [{ "code": "10015", "title": "Bad Request" }] })).await;
    assert_eq!(stage.ring().await.unwrap_err().to_string(), "refused: the provider answered 422, error 10015");
    assert_eq!(stage.text().await.unwrap_err().to_string(), "the provider answered 422, error 10015");
}
