//! jambonz's callbacks: who sent them and what they tell.

mod documents;
mod interface;

use crate::support::platforms::jambonz::{SECRET, signature};
use crate::support::recorded::{Request, sample, vectors};
use hotline::call::event::{Began, CallStatus, DialEnd};
use hotline::provider::{Door, Heard, Keys, Provider, Refused, Risks, Said, Verified, Webhook};
use hotline::words::Secret;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const JAMBONZ: Provider = Provider::Jambonz;
const AT: i64 = 1_763_769_600;
const CALL: &str = "8d7f2a5e-1111-4222-8333-444455556666";

fn request(body: &str, header: &str) -> Request {
    let kind = ("content-type".to_owned(), "application/json".to_owned());
    let headers = BTreeMap::from([kind, ("jambonz-signature".to_owned(), header.to_owned())]);
    Request {
        method: "POST".to_owned(),
        public_url: "https://ivr.example.com/base".to_owned(),
        target: "/voice/jambonz?flow=main".to_owned(),
        headers,
        body: body.to_owned(),
        now: Some(AT),
        secret: SECRET.to_owned(),
    }
}

fn signed(body: &str) -> Request {
    request(body, &signature(AT, body))
}

/// What a callback of our call tells at a door, with these fields beside its id.
fn tells(door: Door, fields: Value) -> Result<Said, Refused> {
    let mut body = json!({ "call_sid": CALL, "call_status": "in-progress" });
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    signed(&body.to_string()).hear(JAMBONZ, door).map(|heard| heard.said)
}

fn is_believed(request: &Request, secrets: &[&str]) -> bool {
    let secrets: Vec<String> = secrets.iter().map(|secret| (*secret).to_owned()).collect();
    request.verify(JAMBONZ, &secrets, Risks::default()).is_ok()
}

#[test]
fn every_example_signature_is_judged_as_it_should_be() {
    let vectors = vectors(JAMBONZ);
    assert_eq!(vectors.len(), 12);
    for vector in vectors.iter().filter(|vector| !vector.either_ok) {
        let accepted = vector.request.verify(JAMBONZ, &vector.secrets, Risks::default()).is_ok();
        assert_eq!(accepted, vector.valid, "{}: {}", vector.name, vector.why);
    }
}

#[test]
fn each_sample_tells_what_it_was_recorded_for() {
    let hear = |name: &str, door| sample(&format!("jambonz-{name}")).hear(JAMBONZ, door).unwrap();
    let Heard { provider_call, said: Said::Inbound(began) } = hear("inbound-call", Door::Inbound) else {
        panic!("a call begins")
    };
    assert_eq!(provider_call, CALL);
    // This carrier sends numbers without their plus, and other carriers national ones.
    assert_eq!(began, Began { dialled: "85230000001".into(), from: None, test: false, lang: None });
    let digits = hear("gather-digits", Door::Turn).said;
    assert!(matches!(digits, Said::Digits(digits) if digits.reveal() == "0276"));
    assert!(matches!(hear("gather-timeout", Door::Turn).said, Said::Nothing));
    assert!(matches!(hear("gather-speech", Door::Turn).said, Said::Nothing), "speech is never asked for");
    let end = Said::Dialled { end: DialEnd::NoAnswer, talked: 0 };
    assert!(
        matches!((hear("dial-no-answer", Door::Turn).said, end), (Said::Dialled { end: a, .. }, Said::Dialled { end: b, .. }) if a == b)
    );
    assert!(matches!(hear("call-completed", Door::Status).said, Said::Status(CallStatus::Completed)));
    assert!(matches!(hear("call-completed", Door::Turn).said, Said::Status(CallStatus::Completed)));
    assert!(matches!(hear("recording-done", Door::Turn).said, Said::Nothing), "nothing is taken down here");
}

#[test]
fn the_terminator_alone_is_a_key_and_silence_is_none() {
    let turn = |fields| tells(Door::Turn, fields).unwrap();
    let alone = turn(json!({ "reason": "dtmfDetected", "digits": "" }));
    assert!(matches!(alone, Said::Digits(keys) if keys.reveal() == "#"));
    assert!(
        matches!(turn(json!({ "reason": "dtmfDetected", "digits": "*0" })), Said::Digits(keys) if keys.reveal() == "*0")
    );
    for silence in [
        json!({ "reason": "timeout" }),
        json!({ "reason": "timeout", "digits": "" }),
        json!({ "reason": "error" }),
        json!({}),
    ] {
        assert!(matches!(turn(silence.clone()), Said::Nothing), "{silence}");
    }
}

#[test]
fn how_a_transfer_ended_is_heard_by_either_name() {
    for (word, expected) in [
        ("completed", DialEnd::Answered),
        ("busy", DialEnd::Busy),
        ("no-answer", DialEnd::NoAnswer),
        ("failed", DialEnd::Failed),
        ("unheard-of", DialEnd::Failed),
    ] {
        for name in ["dial_call_status", "dial_status"] {
            let said = tells(Door::Turn, json!({ name: word })).unwrap();
            assert!(matches!(said, Said::Dialled { end, .. } if end == expected), "{name} {word}");
        }
    }
    // The caller has hung up: for a caller that is the end, for an agent how the customer's phone ended.
    let gone = json!({ "dial_call_status": "completed", "call_status": "completed" });
    assert!(matches!(tells(Door::Turn, gone.clone()), Ok(Said::Status(CallStatus::Completed))));
    assert!(matches!(tells(Door::Leg, gone), Ok(Said::Dialled { end: DialEnd::Answered, .. })));
}

#[test]
fn every_status_has_its_place_and_an_unknown_one_is_refused() {
    let all = [
        (CallStatus::Ringing, ["queued", "trying", "ringing", "early-media"].as_slice()),
        (CallStatus::InProgress, &["in-progress"]),
        (CallStatus::Completed, &["completed"]),
        (CallStatus::Failed, &["busy", "failed", "no-answer"]),
    ];
    for (expected, words) in all {
        for word in words {
            let told = tells(Door::Status, json!({ "call_status": word }));
            assert!(matches!(told, Ok(Said::Status(status)) if status == expected), "{word}");
        }
    }
    for none in [json!({ "call_status": "on-holiday" }), json!({ "call_status": null })] {
        assert!(matches!(tells(Door::Status, none), Err(Refused::Malformed(_))));
    }
}

#[test]
fn callers_have_a_number_where_it_says_of_which_country() {
    let began = |to: Value, from: Value| match tells(Door::Inbound, json!({ "to": to, "from": from })) {
        Ok(Said::Inbound(began)) => Ok((began.dialled, began.from.map(|from| from.as_str().to_owned()))),
        Ok(_) => panic!("the inbound address tells of a call"),
        Err(why) => Err(why),
    };
    let heard = began("+85230000001".into(), "+85291234567".into());
    assert_eq!(heard, Ok(("+85230000001".into(), Some("+85291234567".into()))));
    let none = [
        "anonymous",
        "Restricted",
        "sip:alice@example.com",
        "",
        "266696687",
        "+7378742833",
        "1001",
        "091234567",
        "13800138000",
    ];
    for from in none.map(Value::from).into_iter().chain([Value::Null]) {
        assert_eq!(began("10086".into(), from.clone()), Ok(("10086".into(), None)), "{from}");
    }
    assert_eq!(began("sip:pay@example.com".into(), "1".into()).unwrap().0, "sip:pay@example.com");
    for to in [Value::Null, "".into(), "1\u{0}2".into(), "9".repeat(257).into(), json!(["1"])] {
        assert!(matches!(began(to.clone(), "1".into()), Err(Refused::Malformed(_))), "{to}");
    }
}

#[test]
fn a_callback_without_a_proper_call_id_is_malformed() {
    for id in [Value::Null, "".into(), "a b".into(), "a/b".into(), "号".into(), "a".repeat(129).into(), json!({})] {
        let heard = signed(&json!({ "call_sid": id, "to": "1" }).to_string()).hear(JAMBONZ, Door::Inbound);
        assert!(matches!(heard, Err(Refused::Malformed(_))), "{id}");
    }
}

#[test]
fn what_is_signed_but_is_none_of_its_bodies_is_malformed() {
    let fields = |n: usize| (0..n).map(|n| format!("\"f{n}\":1")).collect::<Vec<_>>().join(",");
    let bodies = ["", "null", "[]", "{", "call_sid=1&digits=2", "{}{}"].map(str::to_owned);
    for body in bodies.into_iter().chain([format!("{{{}}}", fields(300))]) {
        assert!(matches!(signed(&body).hear(JAMBONZ, Door::Turn), Err(Refused::Malformed(_))), "{body}");
    }
    let many = format!("{{\"call_sid\":\"a\",{}}}", fields(200));
    assert!(signed(&many).hear(JAMBONZ, Door::Turn).is_ok());
    // Of a field that comes twice the first counts.
    let twice = signed(&format!(r#"{{"call_sid":"{CALL}","digits":"1","digits":"2"}}"#)).hear(JAMBONZ, Door::Turn);
    assert!(matches!(twice, Ok(Heard { said: Said::Digits(keys), .. }) if keys.reveal() == "1"));
}

#[test]
fn only_what_was_signed_lately_by_one_of_our_secrets_counts() {
    let body = json!({ "call_sid": CALL }).to_string();
    let good = signed(&body);
    assert!(is_believed(&good, &[SECRET]) && is_believed(&good, &["old", SECRET]));
    assert!(!is_believed(&good, &[]) && !is_believed(&good, &["", "old"]));
    let at = |age: i64| Request { now: Some(AT + age), ..good.clone() };
    let believed = [-61, -60, 0, 300, 301].map(|age| is_believed(&at(age), &[SECRET]));
    assert_eq!(believed, [false, true, true, true, false]);
    // Cut off, or as a form, or with another moment.
    let header = &good.headers["jambonz-signature"];
    let (moment, mac) = header.split_once(',').unwrap();
    let t1 = format!("t={}", AT + 1);
    for header in [
        "",
        moment,
        mac,
        &header[..40],
        &format!("{t1},{mac}"),
        &format!("{moment},{t1},{mac}"),
        &header.to_uppercase(),
        "t=,v1=",
    ] {
        assert!(!is_believed(&request(&body, header), &[SECRET]), "{header}");
    }
    assert!(is_believed(&request(&body, &format!("{moment}, v1=00, v0=zz, {mac}")), &[SECRET]));
    let cut = Request { body: body[..body.len() - 1].to_owned(), ..good.clone() };
    let doubled = Request { body: format!("{body}{body}"), ..good.clone() };
    assert!(!is_believed(&cut, &[SECRET]) && !is_believed(&doubled, &[SECRET]));
    // An empty secret is nobody's.
    let mac = <hmac::Hmac<sha2::Sha256> as hmac::KeyInit>::new_from_slice(b"").unwrap();
    let mac = hmac::Mac::finalize(hmac::Mac::chain_update(mac, format!("{AT}.{body}"))).into_bytes();
    let mac: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(!is_believed(&request(&body, &format!("t={AT},v1={mac}")), &["", SECRET]));
}

fn verify(body: &[u8], header: Option<&str>) -> Result<Verified, Refused> {
    let header = |name: &str| header.filter(|_| name == "jambonz-signature");
    let public_url = "https://ivr.example.com";
    let webhook = Webhook { method: "POST", public_url, target: "/voice/jambonz", header: &header, body };
    let secrets = [Secret::new(SECRET)];
    JAMBONZ.verify(&webhook, &Keys { secrets: &secrets, now: AT, risks: Risks::default() })
}

#[test]
fn text_that_is_not_utf_8_is_malformed() {
    // "退款" as GBK, signed as it stands.
    let body = [b"{\"call_sid\":\"a\",\"digits\":\"".as_slice(), b"\xcd\xcb\xbf\xee\"}"].concat();
    let mac = <hmac::Hmac<sha2::Sha256> as hmac::KeyInit>::new_from_slice(SECRET.as_bytes()).unwrap();
    let mac = hmac::Mac::chain_update(hmac::Mac::chain_update(mac, format!("{AT}.")), &body);
    let mac: String = hmac::Mac::finalize(mac).into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(matches!(verify(&body, Some(&format!("t={AT},v1={mac}"))), Err(Refused::Malformed(_))));
}

proptest! {
    #[test]
    fn whatever_is_signed_is_read_back_exactly_and_changed_anywhere_refused(
        digits in "[0-9*#A-D]{1,40}",
        at in any::<prop::sample::Index>(),
    ) {
        let body = json!({ "call_sid": CALL, "digits": digits }).to_string();
        let good = signed(&body);
        let heard = good.hear(JAMBONZ, Door::Turn).unwrap();
        prop_assert!(matches!(heard.said, Said::Digits(heard) if heard.reveal() == digits));
        let mut bytes = body.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1;
        prop_assert_eq!(verify(&bytes, good.headers.get("jambonz-signature").map(String::as_str)).err(), Some(Refused::Signature));
    }

    #[test]
    fn nothing_unsigned_is_accepted_and_nothing_panics(
        body in prop::collection::vec(any::<u8>(), 0..300),
        header in prop::option::of("\\PC{0,80}|t=1763769600,v1=[0-9a-f]{64}|t=-?[0-9]{1,25},v1=(,v1)*"),
    ) {
        prop_assert!(verify(&body, header.as_deref()).is_err());
    }

    #[test]
    fn whatever_a_signed_body_holds_nothing_panics(body in "[\\PC]{0,200}|\\{(\"[a-z_]{1,9}\":[0-9\"{}\\[\\],a-z.]{0,20},?){0,6}\\}") {
        for door in [Door::Inbound, Door::Turn, Door::Leg, Door::Status] {
            let heard = signed(&body).hear(JAMBONZ, door);
            prop_assert!(!matches!(heard, Err(Refused::Signature)));
        }
    }
}
