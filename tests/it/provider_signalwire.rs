//! SignalWire's callbacks, documents and interface.

use crate::support::documents;
use crate::support::hostile::Forms;
use crate::support::interface::{Asked, BASIC, Stage};
use crate::support::platforms::twilio::signature;
use crate::support::recorded::{self, Request, sample};
use hmac::{Hmac, KeyInit, Mac};
use hotline::call::event::{CallStatus, DialEnd};
use hotline::provider::{Door, Provider, Refused, Said};
use hotline::words::Phone;
use insta::assert_snapshot;
use sha1::Sha1;
use std::collections::BTreeMap;

const SIGNALWIRE: Provider = Provider::SignalWire;
const KEY: &str = "PSK_a-key-of-the-project";
const FORMS: Forms = Forms { provider: SIGNALWIRE, sign: signed, headers: &["x-signalwire-signature"] };
const TARGET: &str = "/voice/signalwire?flow=main";

fn signed(body: &str) -> Request {
    recorded::form(TARGET, body, KEY, |url, form| vec![("x-signalwire-signature", signature(KEY, url, form))])
}

/// JSON, signed as it stands: hex over address and body.
fn signed_json(body: &str) -> Request {
    let mut request = signed(body);
    let mac = <Hmac<Sha1> as KeyInit>::new_from_slice(KEY.as_bytes()).unwrap();
    let mac = mac.chain_update(format!("{}{TARGET}{body}", request.public_url)).finalize().into_bytes();
    let hex = mac.iter().map(|byte| format!("{byte:02x}")).collect();
    request.headers.insert("x-signalwire-signature".to_owned(), hex);
    request.headers.insert("content-type".to_owned(), "application/json".to_owned());
    request
}

#[test]
fn every_example_signature_is_judged_as_it_should_be() {
    assert_eq!(recorded::judge(SIGNALWIRE), 13);
}

#[test]
fn what_was_recorded_is_heard() {
    let heard = |name: &str, door| sample(&format!("signalwire-{name}")).hear(SIGNALWIRE, door).unwrap();
    let inbound = heard("inbound-call", Door::Inbound);
    assert_eq!(inbound.provider_call, "b3877c40-da60-4998-90ad-b792e98472ca");
    let Said::Inbound(began) = inbound.said else { panic!("a call begins") };
    assert_eq!((began.dialled.as_str(), began.from), ("+15557654321", Phone::parse("+15551234567", None)));
    assert!(matches!(heard("gather-digits", Door::Turn).said, Said::Digits(digits) if digits.reveal() == "2"));
    assert!(matches!(heard("gather-timeout", Door::Turn).said, Said::Nothing));
    let desk = heard("dial-no-answer", Door::Turn).said;
    assert!(matches!(desk, Said::Dialled { end: DialEnd::NoAnswer, talked: 0 }));
    let Said::Recorded(recording) = heard("recording-done", Door::Turn).said else { panic!("a message") };
    assert_eq!((recording.id.as_str(), recording.seconds), ("b3877c40-da60-4998-90ad-b792e984re01", 17));
    assert!(matches!(heard("call-completed", Door::Status).said, Said::Status(CallStatus::Completed)));
}

#[test]
fn json_is_proved_as_it_stands_or_flat_field_by_field() {
    let flat = r#"{"CallSid": "b3", "Digits": "12"}"#;
    let digits = |request: &Request| match request.hear(SIGNALWIRE, Door::Turn) {
        Ok(heard) => matches!(heard.said, Said::Digits(digits) if digits.reveal() == "12"),
        Err(_) => false,
    };
    assert!(digits(&signed_json(flat)));
    let by_field = |body: &str, fields: &[(&str, &str)]| {
        let mut request = signed_json(body);
        let fields: BTreeMap<String, String> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mac = signature(KEY, &format!("{}{TARGET}", request.public_url), &fields);
        request.headers.insert("x-signalwire-signature".to_owned(), mac);
        request
    };
    assert!(digits(&by_field(flat, &[("CallSid", "b3"), ("Digits", "12")])));
    let deep = r#"{"CallSid": "b3", "a": {"b": "1"}}"#;
    let deep = by_field(deep, &[("CallSid", "b3"), ("a.b", "1")]);
    assert_eq!(deep.hear(SIGNALWIRE, Door::Turn).err(), Some(Refused::Signature));
    let capital = Request { headers: upper(&signed_json(flat)), ..signed_json(flat) };
    assert!(!digits(&capital), "hex is written small");
    for body in ["[1]", "1", "", "{", "{\"CallSid\": \"b3\"} x"] {
        assert!(matches!(signed_json(body).hear(SIGNALWIRE, Door::Turn), Err(Refused::Malformed(_))), "{body}");
    }
}

fn upper(request: &Request) -> BTreeMap<String, String> {
    let mut headers = request.headers.clone();
    headers.get_mut("x-signalwire-signature").unwrap().make_ascii_uppercase();
    headers
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
    for (name, text) in documents::of(SIGNALWIRE) {
        assert_snapshot!(name, text);
    }
}

#[tokio::test]
async fn its_interface_is_asked_as_documented() {
    let stage = Stage::start(SIGNALWIRE).await;
    stage.answers(201, serde_json::json!({ "sid": "b3", "status": "queued" })).await;
    assert_eq!(stage.text().await.as_deref(), Ok("b3"));
    assert_eq!(stage.ring().await.as_deref(), Ok("b3"));
    let root = "/api/laml/2010-04-01/Accounts/ACCOUNT";
    let [text, call] = &stage.asked().await[..] else { panic!("two requests") };
    let basic = Some(BASIC);
    assert_eq!((text.line(), text.auth.as_deref()), (&*format!("POST {root}/Messages.json"), basic));
    assert_eq!(text.body, "To=%2B85261239500&From=%2B85230000001&Body=Hello");
    assert_eq!((call.line(), call.auth.as_deref()), (&*format!("POST {root}/Calls.json"), basic));
    assert_eq!(call.body, Asked::CALL_FORM);
    stage.sounds().await;
    assert_eq!(stage.api.fetch_recording("b3877c40-re01").await.as_deref(), Ok(&b"sound"[..]));
    stage.api.delete_recording("b3877c40-re01").await.unwrap();
    assert!(stage.api.fetch_recording("../Calls").await.is_err());
    let asked: Vec<String> = stage.asked().await.iter().map(|asked| asked.line().to_owned()).collect();
    let recording = format!("{root}/Recordings/b3877c40-re01");
    assert_eq!(asked, [format!("GET {recording}.wav"), format!("DELETE {recording}.json")]);
    stage.answers(401, serde_json::json!({ "code": 20003 })).await;
    assert!(stage.ring().await.unwrap_err().to_string().starts_with("provider-keys: "));
}
