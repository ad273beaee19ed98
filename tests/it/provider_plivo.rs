//! Plivo's callbacks: who sent them and what they tell.

mod documents;
mod interface;

use crate::support::recorded::{Request, sample, vectors};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use hotline::call::event::{Began, CallStatus, DialEnd};
use hotline::provider::{Door, Heard, Keys, Provider, Refused, Risks, Said, Webhook};
use hotline::words::{Phone, Secret};
use proptest::prelude::*;
use sha2::Sha256;
use std::collections::BTreeMap;

const TOKEN: &str = "a-token-of-the-account";
const CALL: &str = "d0a87a1a-b0e9-4ab2-ac07-c22ee87cd04a";
const NONCE: &str = "31627761595286130198";
const ADDRESS: &str = "https://ivr.example.com/base/voice/plivo";

/// A signature over text that a test wrote down by hand.
fn mac(token: &str, text: &str) -> String {
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(token.as_bytes()).unwrap();
    STANDARD.encode(mac.chain_update(text).finalize().into_bytes())
}

fn encode(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// A form without a query, signed by the rule: the address, a question mark, sorted fields, the nonce.
fn signed(fields: &[(&str, &str)]) -> Request {
    let mut sorted = fields.to_vec();
    sorted.sort();
    let pairs: String = sorted.iter().map(|(name, value)| format!("{name}{value}")).collect();
    let mark = if fields.is_empty() { "" } else { "?" };
    let headers = [
        ("content-type", "application/x-www-form-urlencoded".to_owned()),
        ("x-plivo-signature-v3", mac(TOKEN, &format!("{ADDRESS}{mark}{pairs}.{NONCE}"))),
        ("x-plivo-signature-v3-nonce", NONCE.to_owned()),
    ];
    Request {
        method: "POST".into(),
        public_url: "https://ivr.example.com/base".into(),
        target: "/voice/plivo".into(),
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        body: encode(fields),
        now: None,
        secret: TOKEN.into(),
    }
}

fn hear(fields: &[(&str, &str)], door: Door) -> Result<Heard, Refused> {
    let fields: Vec<_> = [("CallUUID", CALL)].iter().chain(fields).copied().collect();
    signed(&fields).hear(Provider::Plivo, door)
}

fn turn(fields: &[(&str, &str)]) -> Said {
    hear(fields, Door::Turn).unwrap().said
}

fn verify(request: &Request, secrets: &[&str]) -> Option<Refused> {
    let secrets: Vec<String> = secrets.iter().map(|secret| (*secret).to_owned()).collect();
    request.verify(Provider::Plivo, &secrets, Risks::default()).err()
}

#[test]
fn every_example_signature_is_judged_as_it_should_be() {
    let vectors = vectors(Provider::Plivo);
    assert_eq!(vectors.len(), 23);
    for vector in vectors.iter().filter(|vector| !vector.either_ok) {
        let older = vector.scheme == "v2";
        let borne = Risks { unsigned_fields: true, ..Risks::default() };
        let judged = |risks| vector.request.verify(Provider::Plivo, &vector.secrets, risks).is_ok();
        assert_eq!(judged(borne), vector.valid, "{}: {}", vector.name, vector.why);
        assert_eq!(judged(Risks::default()), vector.valid && !older, "{}: {}", vector.name, vector.why);
    }
}

#[test]
fn every_recorded_callback_is_heard() {
    let heard = |name: &str, door| {
        let request = sample(&format!("plivo-{name}"));
        assert_eq!(verify(&request, &["another"]), Some(Refused::Signature));
        let heard = request.hear(Provider::Plivo, door).unwrap();
        assert_eq!(heard.provider_call, CALL);
        heard.said
    };
    let Said::Inbound(began) = heard("inbound-call", Door::Inbound) else { panic!("a call begins") };
    let from = Phone::parse("+14155550123", None);
    assert_eq!(began, Began { dialled: "+85230000001".into(), from, test: false, lang: None });
    assert!(matches!(heard("gather-digits", Door::Turn), Said::Digits(keys) if keys.reveal() == "2"));
    assert!(matches!(heard("gather-timeout", Door::Turn), Said::Nothing));
    assert!(matches!(heard("gather-speech", Door::Turn), Said::Nothing), "speech was not asked for");
    assert!(matches!(heard("dial-no-answer", Door::Turn), Said::Dialled { end: DialEnd::NoAnswer, talked: 0 }));
    assert!(matches!(heard("recording-done", Door::Turn), Said::Recorded(r) if r.id == "8c2f" && r.seconds == 17));
    assert!(matches!(heard("call-completed", Door::Status), Said::Status(CallStatus::Completed)));
    assert!(matches!(heard("call-completed", Door::Turn), Said::Status(CallStatus::Completed)));
}

#[test]
fn the_main_accounts_signature_and_any_of_several_count() {
    let request = signed(&[("CallUUID", CALL)]);
    let right = request.headers["x-plivo-signature-v3"].clone();
    let with = |v3: Option<&str>, main: Option<&str>| {
        let mut request = request.clone();
        request.headers.remove("x-plivo-signature-v3");
        let headers = [("x-plivo-signature-v3", v3), ("x-plivo-signature-ma-v3", main)];
        request.headers.extend(headers.into_iter().filter_map(|(name, v)| Some((name.to_owned(), v?.to_owned()))));
        verify(&request, &["an older token", TOKEN])
    };
    let wrong = mac("another", "text");
    assert_eq!(with(None, Some(&right)), None);
    assert_eq!(with(Some(&wrong), Some(&right)), None);
    assert_eq!(with(Some(&format!("{wrong}, {right}")), None), None);
    for (v3, main) in [(None, None), (Some(&*wrong), Some(&*wrong)), (Some(""), None), (Some(",,"), None)] {
        assert_eq!(with(v3, main), Some(Refused::Signature), "{v3:?} {main:?}");
    }
    let many = format!("{}{right}", format!("{wrong},").repeat(1000));
    assert_eq!(with(Some(&many), None), Some(Refused::Signature), "nobody has so many tokens");
}

#[test]
fn no_secret_and_an_empty_secret_accept_nobody() {
    let mut request = signed(&[("CallUUID", CALL)]);
    assert_eq!((verify(&request, &[TOKEN]), verify(&request, &[])), (None, Some(Refused::Signature)));
    let forged = mac("", &format!("{ADDRESS}?CallUUID{CALL}.{NONCE}"));
    request.headers.insert("x-plivo-signature-v3".into(), forged);
    assert_eq!(verify(&request, &["", TOKEN]), Some(Refused::Signature));
}

#[test]
fn the_older_signature_counts_only_where_that_is_borne_and_never_beside_a_newer_one() {
    let mut request = signed(&[("CallUUID", CALL)]);
    request.headers.remove("x-plivo-signature-v3");
    request.headers.insert("x-plivo-signature-v2".into(), mac(TOKEN, &format!("{ADDRESS}{NONCE}")));
    request.headers.insert("x-plivo-signature-v2-nonce".into(), NONCE.into());
    let borne = |request: &Request| {
        let risks = Risks { unsigned_fields: true, ..Risks::default() };
        request.verify(Provider::Plivo, &[TOKEN.to_owned()], risks).err()
    };
    assert_eq!((borne(&request), verify(&request, &[TOKEN])), (None, Some(Refused::Signature)));
    request.headers.insert("x-plivo-signature-v3".into(), mac("another", "text"));
    assert_eq!(borne(&request), Some(Refused::Signature));
}

#[test]
fn a_request_by_get_has_its_fields_in_the_query() {
    let query = [("CallUUID", CALL), ("From", "14155550123"), ("To", "85230000001"), ("flow", "main")];
    let text: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut request = signed(&[]);
    request.method = "GET".into();
    request.target = format!("/voice/plivo?{}", encode(&query));
    request.headers.insert("x-plivo-signature-v3".into(), mac(TOKEN, &format!("{ADDRESS}?{}.{NONCE}", text.join("&"))));
    let heard = request.hear(Provider::Plivo, Door::Inbound).unwrap();
    assert!(matches!(heard.said, Said::Inbound(began) if began.dialled == "+85230000001"));
    request.target.push_str("&Digits=1");
    assert_eq!(verify(&request, &[TOKEN]), Some(Refused::Signature));
}

#[test]
fn the_terminator_alone_is_a_key_and_silence_has_no_digits() {
    assert!(matches!(turn(&[("Digits", "12")]), Said::Digits(keys) if keys.reveal() == "12"));
    for kind in [[("Digits", ""), ("Event", "Redirect")], [("Digits", ""), ("InputType", "dtmf")]] {
        assert!(matches!(turn(&kind), Said::Digits(keys) if keys.reveal() == "#"), "{kind:?}");
    }
    assert!(matches!(turn(&[("Digits", ""), ("InputType", "speech")]), Said::Nothing));
    assert!(matches!(turn(&[("CallStatus", "in-progress")]), Said::Nothing));
    assert!(matches!(turn(&[("Digits", "12"), ("CallStatus", "completed")]), Said::Status(CallStatus::Completed)));
}

#[test]
fn a_message_in_which_nobody_spoke_is_none_and_one_of_unknown_length_is_kept() {
    let message = |seconds| turn(&[("RecordingID", "8c2f"), ("RecordingDuration", seconds), ("Digits", "#")]);
    assert!(matches!(message("0"), Said::Nothing));
    assert!(matches!(message("-1"), Said::Recorded(recording) if recording.seconds == 0));
    assert!(matches!(message("7"), Said::Recorded(recording) if recording.seconds == 7));
}

#[test]
fn every_end_of_a_transfer_has_its_place() {
    let all = [
        (DialEnd::Answered, ["completed"].as_slice()),
        (DialEnd::Busy, &["busy"]),
        (DialEnd::NoAnswer, &["no-answer", "timeout", "cancel"]),
        (DialEnd::Failed, &["failed", "on-holiday"]),
    ];
    for (expected, words) in all {
        for word in words {
            let said = turn(&[("DialStatus", word), ("CallStatus", "in-progress")]);
            assert!(matches!(said, Said::Dialled { end, talked: 0 } if end == expected), "{word}");
        }
    }
    let over = [("DialStatus", "completed"), ("DialBLegDuration", "9"), ("CallStatus", "completed")];
    assert!(matches!(turn(&over), Said::Status(CallStatus::Completed)), "the caller is gone");
    let leg = hear(&over, Door::Leg).unwrap().said;
    assert!(matches!(leg, Said::Dialled { end: DialEnd::Answered, talked: 9 }), "how the customer's leg ended counts");
}

#[test]
fn an_ordered_call_goes_by_its_order_and_tells_when_the_other_phone_is_answered() {
    let order = "9834029e-58b6-11e1-b8b7-a5bd0e4e126f";
    for door in [Door::Leg, Door::Status] {
        let heard = hear(&[("RequestUUID", order), ("CallStatus", "in-progress")], door).unwrap();
        assert_eq!(heard.provider_call, order);
    }
    let told = |action| hear(&[("DialAction", action), ("CallStatus", "in-progress")], Door::Status).unwrap().said;
    assert!(matches!(told("answer"), Said::Status(CallStatus::InProgress)));
    assert!(matches!(told("hangup"), Said::Status(CallStatus::Completed)));
}

#[test]
fn every_status_has_its_place_and_an_unknown_one_is_refused() {
    let all = [
        (CallStatus::Ringing, ["ringing"].as_slice()),
        (CallStatus::InProgress, &["in-progress"]),
        (CallStatus::Completed, &["completed"]),
        (CallStatus::Failed, &["busy", "failed", "timeout", "no-answer"]),
    ];
    for (expected, words) in all {
        for word in words {
            let heard = hear(&[("CallStatus", word)], Door::Status).unwrap().said;
            assert!(matches!(heard, Said::Status(status) if status == expected), "{word}");
        }
    }
    assert!(matches!(hear(&[("CallStatus", "on-holiday")], Door::Status), Err(Refused::Malformed(_))));
}

#[test]
fn what_is_not_of_this_providers_form_is_malformed() {
    let malformed = |request: &Request, door| {
        let heard = request.hear(Provider::Plivo, door);
        matches!(heard, Err(Refused::Malformed(_)))
    };
    assert!(malformed(&signed(&[("To", "85230000001")]), Door::Inbound), "no id");
    assert!(malformed(&signed(&[("CallUUID", CALL)]), Door::Inbound), "nothing dialled");
    let mut json = signed(&[]);
    json.headers.insert("content-type".into(), "application/json".into());
    json.body = format!("{{\"CallUUID\": \"{CALL}\"}}");
    assert!(malformed(&json, Door::Turn), "what is no form would not be signed");
    let mut chinese = signed(&[("CallUUID", CALL)]);
    chinese.body = "CallUUID=%B1%B1%BE%A9".into();
    assert!(malformed(&chinese, Door::Turn), "GBK");
    for (digits, more) in [("1 2", "1 2"), ("一", "一"), ("1", "2"), (&"1".repeat(65), "")] {
        let twice = signed(&[("CallUUID", CALL), ("Digits", digits), ("Digits", more)]);
        assert!(malformed(&twice, Door::Turn), "{digits} {more}");
    }
    let fields: Vec<(&str, &str)> = vec![("n", "1"); 300];
    assert!(malformed(&signed(&fields), Door::Turn), "too many fields");
}

#[test]
fn two_hundred_fields_repeated_and_blank_ones_are_read_and_the_same_request_tells_the_same_again() {
    let mut fields = vec![("X-PH-Note", "b"), ("X-PH-Note", "a"), ("X-PH-Note", "b"), ("blank", ""), ("Digits", "4")];
    fields.extend(vec![("n", "1"); 200]);
    for _ in 0..2 {
        assert!(matches!(turn(&fields), Said::Digits(keys) if keys.reveal() == "4"));
    }
}

proptest! {
    #[test]
    fn whatever_is_signed_is_accepted_and_read_back_exactly(
        fields in prop::collection::vec(("[a-z]{0,6}", "\\PC{0,12}"), 0..40),
        to in "[a-z]\\PC{0,39}",
    ) {
        let mut all: Vec<(&str, &str)> = vec![("CallUUID", CALL), ("To", &to)];
        all.extend(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        match signed(&all).hear(Provider::Plivo, Door::Inbound).unwrap().said {
            Said::Inbound(began) => prop_assert_eq!(began.dialled, to),
            _ => prop_assert!(false, "the inbound address tells of a call"),
        }
    }

    #[test]
    fn nothing_unsigned_is_accepted_and_nothing_panics(
        body in prop::collection::vec(any::<u8>(), 0..300),
        get in any::<bool>(),
        query in "\\PC{0,60}",
        url in "\\PC{0,30}",
        claimed in prop::option::of("\\PC{0,50}|[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{43}=,[A-Za-z0-9+/]{43}="),
        older in any::<bool>(),
        form in any::<bool>(),
    ) {
        let target = format!("/voice/plivo?{query}");
        let kind = if form { "application/x-www-form-urlencoded" } else { "text/plain" };
        let mut headers = BTreeMap::from([("content-type", kind)]);
        for name in ["x-plivo-signature-v3-nonce", "x-plivo-signature-v2-nonce"] {
            headers.insert(name, NONCE);
        }
        headers.extend(claimed.as_deref().map(|v| (if older { "x-plivo-signature-v2" } else { "x-plivo-signature-v3" }, v)));
        let method = if get { "GET" } else { "POST" };
        let header = |name: &str| headers.get(name).copied();
        let webhook = Webhook { method, public_url: &url, target: &target, header: &header, body: &body };
        let secrets = [Secret::new(TOKEN)];
        let keys = Keys { secrets: &secrets, now: 0, risks: Risks { unsigned_fields: true, ..Risks::default() } };
        prop_assert!(Provider::Plivo.verify(&webhook, &keys).is_err());
    }

    #[test]
    fn whatever_a_signed_request_holds_nothing_panics(
        fields in prop::collection::vec(
            ("CallUUID|To|From|Digits|CallStatus|DialStatus|DialAction|Recording(ID|Duration)|RequestUUID", "\\PC{0,20}"),
            0..12,
        ),
    ) {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        for door in [Door::Inbound, Door::Turn, Door::Leg, Door::Status] {
            if let Err(why) = signed(&fields).hear(Provider::Plivo, door) {
                prop_assert!(matches!(why, Refused::Malformed(_)));
            }
        }
    }
}
