//! Bandwidth's callbacks: who sent them and what they tell.

mod documents;
mod interface;

use crate::support::recorded::{Request, sample, vectors};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hotline::call::event::{Began, CallStatus, DialEnd};
use hotline::provider::{Door, Heard, Keys, Provider, Refused, Risks, Said, Webhook};
use hotline::words::{Phone, Secret};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const CREDENTIALS: &str = "hotline:s3cr3t";
const CALL: &str = "c-95ac8d6e-1a31c52e-b38f-4198-93c1-51633ec68f8d";

fn basic(credentials: &str) -> String {
    format!("Basic {}", STANDARD.encode(credentials))
}

/// A body with the right user and password.
fn with_body(body: &str) -> Request {
    let headers = [("content-type", "application/json".to_owned()), ("authorization", basic(CREDENTIALS))];
    Request {
        method: "POST".into(),
        public_url: "https://ivr.example.com/base".into(),
        target: "/voice/bandwidth?flow=main".into(),
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        body: body.to_owned(),
        now: None,
        secret: CREDENTIALS.into(),
    }
}

fn hear(event: &str, told: Value, door: Door) -> Result<Heard, Refused> {
    let mut body = json!({ "eventType": event, "callId": CALL, "from": "+14155550123", "to": "+85230000001" });
    body.as_object_mut().unwrap().extend(told.as_object().unwrap().clone());
    with_body(&body.to_string()).hear(Provider::Bandwidth, door)
}

fn turn(event: &str, told: Value) -> Said {
    hear(event, told, Door::Turn).unwrap().said
}

fn verify(request: &Request, secrets: &[&str]) -> Option<Refused> {
    let secrets: Vec<String> = secrets.iter().map(|secret| (*secret).to_owned()).collect();
    request.verify(Provider::Bandwidth, &secrets, Risks::default()).err()
}

#[test]
fn every_example_is_judged_as_it_should_be() {
    let vectors = vectors(Provider::Bandwidth);
    assert_eq!(vectors.len(), 6);
    for vector in vectors.iter().filter(|vector| !vector.either_ok) {
        let secrets: Vec<&str> = vector.secrets.iter().map(String::as_str).collect();
        let expected = (!vector.valid).then_some(Refused::Credentials);
        assert_eq!(verify(&vector.request, &secrets), expected, "{}: {}", vector.name, vector.why);
    }
}

#[test]
fn every_recorded_callback_is_heard() {
    let heard = |name: &str, door| {
        let request = sample(&format!("bandwidth-{name}"));
        assert_eq!(verify(&request, &["another:one"]), Some(Refused::Credentials));
        let heard = request.hear(Provider::Bandwidth, door).unwrap();
        assert_eq!(heard.provider_call, CALL);
        heard.said
    };
    let Said::Inbound(began) = heard("inbound-call", Door::Inbound) else { panic!("a call begins") };
    let from = Phone::parse("+15551112222", None);
    assert!(from.is_some());
    assert_eq!(began, Began { dialled: "+15553334444".into(), from, test: false, lang: None });
    assert!(matches!(heard("gather-digits", Door::Turn), Said::Digits(keys) if keys.reveal() == "25"));
    assert!(matches!(heard("gather-timeout", Door::Turn), Said::Nothing));
    assert!(matches!(heard("dial-no-answer", Door::Turn), Said::Dialled { end: DialEnd::NoAnswer, .. }));
    let Said::Recorded(recording) = heard("recording-done", Door::Turn) else { panic!("a message") };
    let id = format!("{CALL}/r-115da407-e3d9-4ea7-889f-5f4ad7386a80");
    assert_eq!((recording.id, recording.seconds), (id, 20));
    for door in [Door::Inbound, Door::Turn, Door::Leg, Door::Status] {
        assert!(matches!(heard("call-completed", door), Said::Status(CallStatus::Completed)));
    }
}

#[test]
fn user_and_password_are_asked_for_and_any_of_several_counts() {
    let mut request = with_body("{}");
    assert_eq!(verify(&request, &["an:older one", CREDENTIALS]), None);
    assert_eq!(verify(&request, &[]), Some(Refused::Credentials));
    assert_eq!(verify(&request, &["", "hotline", ":"]), Some(Refused::Credentials));
    for header in ["", "Basic", "Basic ", "Basic !", "Bearer aG90bGluZTpzM2NyM3Q=", &basic("hotline:"), &basic(":")] {
        request.headers.insert("authorization".into(), header.into());
        assert_eq!(verify(&request, &[CREDENTIALS, "", ":s3cr3t"]), Some(Refused::Credentials), "{header}");
    }
    request.headers.remove("authorization");
    assert_eq!(verify(&request, &[CREDENTIALS]), Some(Refused::Credentials), "it is asked for them");
}

#[test]
fn a_request_by_get_has_its_fields_in_the_query() {
    let mut request = with_body("");
    request.method = "GET".into();
    request.headers.remove("content-type");
    let query = [("eventType", "initiate"), ("callId", CALL), ("from", "Anonymous"), ("to", "+85230000001")];
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    request.target = format!("/voice/bandwidth?flow=main&{query}");
    let Said::Inbound(began) = request.hear(Provider::Bandwidth, Door::Inbound).unwrap().said else { panic!() };
    assert_eq!((began.dialled.as_str(), began.from), ("+85230000001", None));
}

#[test]
fn a_withheld_caller_or_one_without_a_telephone_number_has_none() {
    for from in ["Restricted", "Anonymous", "Private", "Unavailable", "sip:alice@example.com", "", "+266696687"] {
        let said = hear("initiate", json!({ "from": from }), Door::Inbound).unwrap().said;
        assert!(matches!(said, Said::Inbound(Began { from: None, .. })), "{from}");
    }
}

#[test]
fn the_terminator_alone_is_a_key_and_silence_is_none() {
    let keys = |digits, ended| turn("gather", json!({ "digits": digits, "terminatingDigit": ended }));
    assert!(matches!(keys("12", "#"), Said::Digits(keys) if keys.reveal() == "12"));
    assert!(matches!(keys("", "#"), Said::Digits(keys) if keys.reveal() == "#"));
    assert!(matches!(keys("12#*", ""), Said::Digits(keys) if keys.reveal() == "12#*"));
    assert!(matches!(keys("", ""), Said::Nothing));
    assert!(matches!(turn("gather", json!({ "digits": null })), Said::Nothing));
    assert!(matches!(turn("redirect", json!({})), Said::Nothing));
    assert!(matches!(hear("answer", json!({}), Door::Leg).unwrap().said, Said::Nothing), "an agent has answered");
}

#[test]
fn every_end_of_a_transfer_has_its_place() {
    let all = [
        (DialEnd::Answered, ["hangup"].as_slice()),
        (DialEnd::Busy, &["busy"]),
        (DialEnd::NoAnswer, &["timeout", "cancel", "rejected"]),
        (DialEnd::Failed, &["callback-error", "invalid-bxml", "error", "unknown", "not known yet"]),
    ];
    for (expected, causes) in all {
        for cause in causes {
            let said = turn("transferComplete", json!({ "cause": cause, "answerTime": "2019-07-31T13:13:40.644Z" }));
            assert!(matches!(said, Said::Dialled { end, talked: 0 } if end == expected), "{cause}");
        }
    }
}

#[test]
fn a_message_in_which_nobody_spoke_or_that_failed_is_none() {
    let message = |event, told: Value| {
        let mut all = json!({ "recordingId": "r-1" });
        all.as_object_mut().unwrap().extend(told.as_object().unwrap().clone());
        match turn(event, all) {
            Said::Recorded(recording) => Some(recording.seconds),
            _ => None,
        }
    };
    assert_eq!(message("recordComplete", json!({ "duration": "PT7.9S" })), Some(7));
    assert_eq!(message("recordComplete", json!({ "duration": "PT0.4S" })), Some(1));
    assert_eq!(message("recordComplete", json!({})), Some(0), "how long it is is not said");
    assert_eq!(message("recordComplete", json!({ "duration": "PT0S" })), None);
    assert_eq!(message("recordComplete", json!({ "duration": "long" })), None);
    assert_eq!(message("recordingAvailable", json!({ "duration": "PT7S", "status": "error" })), None);
    assert!(matches!(turn("recordComplete", json!({ "duration": "PT7S" })), Said::Nothing), "it has no id");
}

#[test]
fn every_way_a_call_moves_has_its_place_and_an_unknown_one_is_refused() {
    let status = |event, told| match hear(event, told, Door::Status) {
        Ok(Heard { said: Said::Status(status), .. }) => Some(status),
        _ => None,
    };
    assert_eq!(status("initiate", json!({})), Some(CallStatus::Ringing));
    assert_eq!(status("answer", json!({})), Some(CallStatus::InProgress));
    assert_eq!(status("disconnect", json!({ "cause": "hangup" })), Some(CallStatus::Completed));
    let answered = json!({ "cause": "error", "answerTime": "2025-11-22T00:00:00.432Z" });
    assert_eq!(status("disconnect", answered), Some(CallStatus::Completed));
    for cause in ["busy", "timeout", "cancel", "rejected", "node-capacity-exceeded"] {
        assert_eq!(status("disconnect", json!({ "cause": cause })), Some(CallStatus::Failed), "{cause}");
    }
    for event in ["", "dtmf", "recordingAvailable", "on-holiday"] {
        assert!(matches!(hear(event, json!({}), Door::Status), Err(Refused::Malformed(_))), "{event}");
    }
    assert!(matches!(hear("dtmf", json!({}), Door::Turn), Err(Refused::Malformed(_))));
}

#[test]
fn what_is_not_of_this_providers_form_is_malformed() {
    let deep = format!("{}1{}", "{\"a\":".repeat(50), "}".repeat(50));
    let many = format!("{{\"callId\": \"{CALL}\", \"a\": [{}]}}", vec!["1"; 300].join(","));
    let bodies = ["", "{", "[]", "null", "a=b", "{\"eventType\": \"gather\"}", "{\"callId\": \"a/b\"}", &deep, &many];
    for body in bodies {
        let heard = with_body(body).hear(Provider::Bandwidth, Door::Turn);
        assert!(matches!(heard, Err(Refused::Malformed(_))), "{body}");
    }
    let nothing_dialled = with_body(&json!({ "eventType": "initiate", "callId": CALL }).to_string());
    assert!(matches!(nothing_dialled.hear(Provider::Bandwidth, Door::Inbound), Err(Refused::Malformed(_))));
    for kind in ["application/x-www-form-urlencoded", "text/plain", ""] {
        let mut request = with_body("{}");
        request.headers.insert("content-type".into(), kind.into());
        assert!(matches!(verify(&request, &[CREDENTIALS]), Some(Refused::Malformed(_))), "{kind}");
    }
    // GBK.
    let header = |name: &str| match name {
        "content-type" => Some("application/json"),
        _ => Some("Basic aG90bGluZTpzM2NyM3Q="),
    };
    let body = b"{\"callId\": \"\xb1\xb1\xbe\xa9\"}";
    let webhook = Webhook { method: "POST", public_url: "", target: "/", header: &header, body };
    let keys = Keys { secrets: &[Secret::new(CREDENTIALS)], now: 0, risks: Risks::default() };
    assert!(matches!(Provider::Bandwidth.verify(&webhook, &keys), Err(Refused::Malformed(_))));
}

#[test]
fn two_hundred_fields_are_read_and_the_same_request_tells_the_same_again() {
    let fields: String = (0..200).map(|n| format!("\"f{n}\": \"\", ")).collect();
    let body = |more: &str| format!("{{{fields}\"eventType\": \"gather\", \"callId\": \"{CALL}\", {more}}}");
    for _ in 0..2 {
        let heard = with_body(&body("\"digits\": \"4\"")).hear(Provider::Bandwidth, Door::Turn).unwrap().said;
        assert!(matches!(heard, Said::Digits(keys) if keys.reveal() == "4"));
    }
    for more in ["\"digits\": \"4\", \"digits\": \"5\"", "\"digits\": \"1 2\"", "\"digits\": \"一\""] {
        let heard = with_body(&body(more)).hear(Provider::Bandwidth, Door::Turn);
        assert!(matches!(heard, Err(Refused::Malformed(_))), "{more}");
    }
}

proptest! {
    #[test]
    fn nothing_unproved_is_accepted_and_nothing_panics(
        body in prop::collection::vec(any::<u8>(), 0..300),
        get in any::<bool>(),
        query in "\\PC{0,60}",
        claimed in prop::option::of("\\PC{0,50}|Basic [A-Za-z0-9+/]{20}|basic \\PC{0,600}"),
        kind in prop::option::of("\\PC{0,30}|application/json"),
    ) {
        let target = format!("/voice/bandwidth?{query}");
        let header = |name: &str| match name {
            "authorization" => claimed.as_deref(),
            "content-type" => kind.as_deref(),
            _ => None,
        };
        let method = if get { "GET" } else { "POST" };
        let webhook = Webhook { method, public_url: "", target: &target, header: &header, body: &body };
        let secrets = [Secret::new(CREDENTIALS)];
        let keys = Keys { secrets: &secrets, now: 0, risks: Risks::default() };
        prop_assert_eq!(Provider::Bandwidth.verify(&webhook, &keys).err(), Some(Refused::Credentials));
    }

    #[test]
    fn whatever_a_proved_request_holds_nothing_panics(
        event in "initiate|answer|gather|redirect|transferComplete|recordComplete|recordingAvailable|disconnect|\\PC{0,9}",
        fields in prop::collection::btree_map(
            "callId|to|from|digits|terminatingDigit|cause|recordingId|duration|status|answerTime|\\PC{0,9}",
            "\\PC{0,20}|PT[0-9.HMS]{0,12}",
            0..12,
        ),
        raw in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut fields: BTreeMap<String, String> = fields;
        fields.insert("eventType".into(), event);
        for body in [serde_json::to_string(&fields).unwrap(), String::from_utf8_lossy(&raw).into_owned()] {
            for door in [Door::Inbound, Door::Turn, Door::Leg, Door::Status] {
                if let Err(why) = with_body(&body).hear(Provider::Bandwidth, door) {
                    prop_assert!(matches!(why, Refused::Malformed(_)));
                }
            }
        }
    }
}
