//! Vonage's callbacks: what they tell.

mod documents;
mod interface;
mod token;

use crate::support::platforms::vonage::{SECRET, claims, token};
use crate::support::recorded::{Request, sample};
use hotline::call::event::{Began, CallStatus, DialEnd, Recording};
use hotline::provider::{Door, Heard, Provider, Refused, Risks, Said};
use hotline::words::Phone;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const VONAGE: Provider = Provider::Vonage;
const AT: i64 = 1_763_769_600;
const CALL: &str = "CON-aaaaaaaa-bbbb-cccc-dddd-0123456789ab";

/// A request with a token.
fn request(body: &str, token: &str) -> Request {
    let kind = ("content-type".to_owned(), "application/json".to_owned());
    let headers = BTreeMap::from([kind, ("authorization".to_owned(), format!("Bearer {token}"))]);
    Request {
        method: "POST".to_owned(),
        public_url: "https://ivr.example.com/base".to_owned(),
        target: "/voice/vonage?flow=main".to_owned(),
        headers,
        body: body.to_owned(),
        now: Some(AT),
        secret: SECRET.to_owned(),
    }
}

fn signed(body: &str) -> Request {
    request(body, &token(&claims(AT, body)))
}

/// What a callback of our call tells at a door, with these fields beside its id, at an address with a query.
fn tells_at(door: Door, query: &str, fields: Value) -> Result<Said, Refused> {
    let mut body = json!({ "conversation_uuid": CALL, "uuid": "aaaaaaaa" });
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let target = format!("/voice/vonage/c/1/2/en-US/mac{query}");
    let request = Request { target, ..signed(&body.to_string()) };
    request.hear(VONAGE, door).map(|heard| heard.said)
}

fn tells(door: Door, fields: Value) -> Result<Said, Refused> {
    tells_at(door, "", fields)
}

fn turn(fields: Value) -> Said {
    tells(Door::Turn, fields).unwrap()
}

#[test]
fn each_sample_tells_what_it_was_recorded_for() {
    let hear = |name: &str, door| sample(&format!("vonage-{name}")).hear(VONAGE, door).unwrap();
    let by_query = sample("vonage-inbound-call");
    let refused = by_query.hear(VONAGE, Door::Inbound).err();
    assert!(
        matches!(refused, Some(Refused::Malformed(why)) if why.contains("set the method of the answer URL to POST"))
    );
    let risks = Risks { unsigned_query: true, ..Risks::default() };
    let secrets = std::slice::from_ref(&by_query.secret);
    let borne = VONAGE.parse(by_query.verify(VONAGE, secrets, risks).unwrap(), Door::Inbound).unwrap();
    for heard in [hear("inbound-call-post", Door::Inbound), borne] {
        assert_eq!(heard.provider_call, CALL);
        let Said::Inbound(began) = heard.said else { panic!("a call begins") };
        let from = Phone::parse("+442079460000", None);
        assert!(from.is_some());
        assert_eq!(began, Began { dialled: "+447700900000".into(), from, test: false, lang: None });
    }
    let digits = hear("gather-digits", Door::Turn).said;
    assert!(matches!(digits, Said::Digits(digits) if digits.reveal() == "2"));
    assert!(matches!(hear("gather-timeout", Door::Turn).said, Said::Nothing));
    assert!(matches!(hear("gather-speech", Door::Turn).said, Said::Nothing), "speech is never asked for");
    let end = hear("dial-no-answer", Door::Turn).said;
    assert!(matches!(end, Said::Dialled { end: DialEnd::NoAnswer, talked: 0 }));
    for door in [Door::Status, Door::Turn] {
        assert!(matches!(hear("call-completed", door).said, Said::Status(CallStatus::Completed)));
    }
    let Said::Recorded(recording) = hear("recording-done", Door::Turn).said else { panic!("a message") };
    let (file, address) = ("bbbbbbbb-aaaa-cccc-dddd-0123456789ab", "https://api.nexmo.com/v1/files/");
    let url = Some(format!("{address}{file}"));
    assert_eq!(recording, Recording { id: file.to_owned(), url, seconds: 60 }, "the file's own id");
}

#[test]
fn keys_the_terminator_alone_and_silence_are_told_apart() {
    let dtmf = |digits: Value, timed_out| {
        turn(json!({ "dtmf": { "digits": digits, "timed_out": timed_out }, "speech": { "results": [] } }))
    };
    let pressed = |said| matches!(said, Said::Digits(keys) if keys.reveal() == "12");
    assert!(pressed(dtmf("12".into(), false)) && pressed(dtmf("12".into(), true)), "keys count however the wait ended");
    for none in [Value::Null, "".into()] {
        let alone = dtmf(none.clone(), false);
        assert!(matches!(alone, Said::Digits(keys) if keys.reveal() == "#"), "ended before its time");
        assert!(matches!(dtmf(none, true), Said::Nothing));
    }
    for nothing in [json!({}), json!({ "dtmf": {} }), json!({ "dtmf": null }), json!({ "speech": { "results": [] } })] {
        assert!(matches!(turn(nothing.clone()), Said::Nothing), "{nothing}");
    }
}

#[test]
fn how_the_leg_that_was_rung_goes_on_is_told_and_its_end_is_the_end_of_the_transfer() {
    let leg = |status: &str| json!({ "status": status, "direction": "outbound", "uuid": "another", "duration": "95" });
    for (word, expected) in [
        ("completed", DialEnd::Answered),
        ("busy", DialEnd::Busy),
        ("unanswered", DialEnd::NoAnswer),
        ("timeout", DialEnd::NoAnswer),
        ("cancelled", DialEnd::NoAnswer),
        ("rejected", DialEnd::Failed),
        ("failed", DialEnd::Failed),
    ] {
        for door in [Door::Turn, Door::Leg] {
            let said = tells(door, leg(word)).unwrap();
            assert!(matches!(said, Said::Dialled { end, talked: 95 } if end == expected), "{word}");
        }
    }
    for (word, expected) in
        [("started", CallStatus::Ringing), ("ringing", CallStatus::Ringing), ("answered", CallStatus::InProgress)]
    {
        for door in [Door::Turn, Door::Leg] {
            assert!(matches!(tells(door, leg(word)), Ok(Said::Status(status)) if status == expected), "{word}");
        }
    }
    let own = json!({ "status": "completed", "direction": "inbound" });
    assert!(matches!(turn(own), Said::Status(CallStatus::Completed)), "the caller hung up");
}

#[test]
fn an_address_behind_a_verb_asks_again_and_at_last_goes_on_without() {
    let ask = |query: &str, digits: &str| {
        tells_at(Door::Turn, query, json!({ "dtmf": { "digits": digits, "timed_out": digits.is_empty() } })).unwrap()
    };
    for digits in ["", "5"] {
        assert!(matches!(ask("?behind=soon", digits), Said::Status(status) if !status.is_final()));
        assert!(matches!(ask("?behind=last", digits), Said::Nothing));
        assert!(matches!(ask("?again=2&behind=last", digits), Said::Nothing));
    }
    assert!(matches!(tells_at(Door::Turn, "?behind=%", json!({})), Err(Refused::Malformed(_))));
}

#[test]
fn a_recording_as_long_as_the_silence_that_ended_it_is_none() {
    let recording = |query: &str, start: &str, end: &str| {
        let url = "https://api-us-1.nexmo.com/v1/files/f-1";
        tells_at(Door::Turn, query, json!({ "recording_url": url, "start_time": start, "end_time": end })).unwrap()
    };
    let seconds = |said| match said {
        Said::Recorded(recording) => Some(recording.seconds),
        Said::Nothing => None,
        _ => panic!("a message or none"),
    };
    let second = |s: u32| format!("2020-01-01T12:00:{s:02}Z");
    assert_eq!(seconds(recording("?silence=4", &second(0), &second(4))), None);
    assert_eq!(seconds(recording("?silence=4", &second(0), &second(9))), Some(9));
    assert_eq!(seconds(recording("?silence=x", &second(0), &second(4))), Some(4));
    // A length that is not told is no reason to lose a message.
    assert_eq!(seconds(recording("?silence=4", "yesterday", &second(4))), Some(u32::MAX));
    assert_eq!(seconds(recording("?silence=4", &second(9), &second(4))), Some(u32::MAX));
    for url in ["https://elsewhere.example/", "https://e.example/../x y", "https://e.example/a?b", "\u{7}"] {
        let said = turn(json!({ "recording_url": url }));
        assert!(matches!(said, Said::Nothing), "{url} names no file");
    }
}

#[test]
fn every_status_has_its_place_and_an_unknown_one_is_refused() {
    let all = [
        (CallStatus::Ringing, ["started", "ringing"].as_slice()),
        (CallStatus::InProgress, &["answered", "human", "machine", "transfer", "disconnected"]),
        (CallStatus::Completed, &["completed"]),
        (CallStatus::Failed, &["busy", "cancelled", "unanswered", "rejected", "failed", "timeout"]),
    ];
    for (expected, words) in all {
        for word in words {
            let told = tells(Door::Status, json!({ "status": word, "direction": "outbound" }));
            assert!(matches!(told, Ok(Said::Status(status)) if status == expected), "{word}");
        }
    }
    for none in [json!({ "status": "on-holiday" }), json!({ "reason": "an error" })] {
        assert!(matches!(tells(Door::Status, none), Err(Refused::Malformed(_))));
    }
}

#[test]
fn callers_have_a_number_where_theirs_is_one() {
    let began = |fields: Value| match tells(Door::Inbound, fields) {
        Ok(Said::Inbound(began)) => Ok((began.dialled, began.from.map(|from| from.as_str().to_owned()))),
        Ok(_) => panic!("the inbound address tells of a call"),
        Err(why) => Err(why),
    };
    let heard = began(json!({ "to": "85230000001", "from": "85291234567" }));
    assert_eq!(heard, Ok(("+85230000001".into(), Some("+85291234567".into()))));
    for from in [json!("anonymous"), json!("Unknown"), json!("266696687"), json!("sip:a@b"), json!(""), Value::Null] {
        assert_eq!(began(json!({ "to": "10086", "from": from })), Ok(("10086".into(), None)), "{from}");
    }
    for to in [Value::Null, json!(""), json!("1\u{0}2"), json!("9".repeat(257))] {
        assert!(matches!(began(json!({ "to": to })), Err(Refused::Malformed(_))), "{to}");
    }
}

#[test]
fn a_callback_without_a_proper_call_id_is_malformed() {
    for id in [Value::Null, "".into(), "a b".into(), "a/b".into(), "号".into(), "a".repeat(129).into()] {
        let heard = signed(&json!({ "conversation_uuid": id, "to": "1" }).to_string()).hear(VONAGE, Door::Inbound);
        assert!(matches!(heard, Err(Refused::Malformed(_))), "{id}");
    }
    assert!(matches!(signed("").hear(VONAGE, Door::Turn), Err(Refused::Malformed(_))));
}

#[test]
fn what_is_signed_but_is_none_of_its_bodies_is_malformed() {
    let fields = |n: usize| (0..n).map(|n| format!("\"f{n}\":1")).collect::<Vec<_>>().join(",");
    let bodies = ["null", "[]", "{", "conversation_uuid=1", "{}{}"].map(str::to_owned);
    for body in bodies.into_iter().chain([format!("{{{}}}", fields(300))]) {
        assert!(matches!(signed(&body).hear(VONAGE, Door::Turn), Err(Refused::Malformed(_))), "{body}");
    }
    let many = format!("{{\"conversation_uuid\":\"a\",{}}}", fields(200));
    assert!(signed(&many).hear(VONAGE, Door::Turn).is_ok());
    // Of a field that comes twice the first counts.
    let twice = format!(r#"{{"conversation_uuid":"{CALL}","dtmf":{{"digits":"1"}},"dtmf":{{"digits":"2"}}}}"#);
    let twice = signed(&twice).hear(VONAGE, Door::Turn);
    assert!(matches!(twice, Ok(Heard { said: Said::Digits(keys), .. }) if keys.reveal() == "1"));
}

proptest! {
    #[test]
    fn whatever_is_signed_is_read_back_exactly(digits in "\\PC{1,40}") {
        let said = turn(json!({ "dtmf": { "digits": digits } }));
        prop_assert!(matches!(said, Said::Digits(heard) if heard.reveal() == digits));
    }

    #[test]
    fn whatever_a_signed_body_holds_nothing_panics(body in "[\\PC]{0,200}|\\{(\"[a-z_]{1,9}\":[0-9\"{}\\[\\],a-z.]{0,20},?){0,6}\\}") {
        for door in [Door::Inbound, Door::Turn, Door::Leg, Door::Status] {
            prop_assert!(!matches!(signed(&body).hear(VONAGE, door), Err(Refused::Signature)));
        }
    }
}
