//! Our own phones: what they send and what they are told.

use hotline::call::Voice;
use hotline::call::event::{Began, CallStatus};
use hotline::call::voice::{Gather, Next, Pace, Spoken};
use hotline::provider::{
    Door, Heard, Keys, PhoneKey, Provider, Refused, Rendering, Risks, Said, Verified, Voices, Webhook,
};
use hotline::words::{Lang, Phone, Secret};
use proptest::prelude::*;
use serde_json::{Value, json};

const TOKEN: &str = "a-token-for-this-page";

fn verify(authorization: Option<&str>, body: &[u8], secrets: &[&str]) -> Result<Verified, Refused> {
    let secrets: Vec<Secret> = secrets.iter().map(|secret| Secret::new(*secret)).collect();
    let header = |name: &str| if name == "authorization" { authorization } else { None };
    let (public_url, target) = ("http://127.0.0.1:8080", "/voice/phone");
    let webhook = Webhook { method: "POST", public_url, target, header: &header, body };
    Provider::Phone.verify(&webhook, &Keys { secrets: &secrets, now: 0, risks: Risks::default() })
}

fn hear(body: &str, door: Door) -> Result<Heard, Refused> {
    let verified = verify(Some("Bearer a-token-for-this-page"), body.as_bytes(), &[TOKEN])?;
    Provider::Phone.parse(verified, door)
}

fn malformed(body: &str, door: Door) -> bool {
    matches!(hear(body, door), Err(Refused::Malformed(_)))
}

#[test]
fn a_phone_is_known_by_any_of_the_tokens_and_by_nothing_else() {
    let body = br#"{"call":"1"}"#;
    assert!(verify(Some("Bearer a-token-for-this-page"), body, &["old", TOKEN]).is_ok());
    assert!(verify(Some("bearer old"), body, &["old", TOKEN]).is_ok());
    let others = ["Bearer a-token-for-this-pagf", "Bearer a-token", "Basic old", "old", "Bearer", "Bearer ", ""];
    for header in others.into_iter().map(Some).chain([None]) {
        assert_eq!(verify(header, body, &["old", TOKEN, ""]).err(), Some(Refused::Signature), "{header:?}");
    }
    assert_eq!(verify(Some("Bearer old"), body, &[]).err(), Some(Refused::Signature));
}

#[test]
fn a_call_from_our_own_phone_is_always_a_trial() {
    let body = r#"{"call":"a-1","dialled":"+85230000001","from":"+85291234567","lang":"zh-HK","test":false}"#;
    let heard = hear(body, Door::Inbound).unwrap();
    assert_eq!(heard.provider_call, "a-1");
    let Said::Inbound(began) = heard.said else { panic!("a call begins") };
    let from = Phone::parse("+85291234567", None);
    assert!(from.is_some());
    assert_eq!(began, Began { dialled: "+85230000001".into(), from, test: true, lang: Some(Lang::ZhHk) });
}

#[test]
fn a_withheld_number_and_an_open_language_are_null_or_left_out() {
    for body in [r#"{"call":"1","dialled":"pay"}"#, r#"{"call":"1","dialled":"pay","from":null,"lang":null}"#] {
        let Said::Inbound(began) = hear(body, Door::Inbound).unwrap().said else { panic!("a call begins") };
        assert_eq!(began, Began { dialled: "pay".into(), from: None, test: true, lang: None });
    }
}

#[test]
fn keys_silence_and_coming_back_are_heard() {
    let said = |body| hear(body, Door::Turn).unwrap().said;
    assert!(matches!(said(r#"{"call":"1","digits":"*0#"}"#), Said::Digits(digits) if digits.reveal() == "*0#"));
    for body in [r#"{"call":"1","silence":true}"#, r#"{"call":"1"}"#, r#"{"call":"1","digits":""}"#] {
        assert!(matches!(said(body), Said::Nothing), "{body}");
    }
}

#[test]
fn hanging_up_is_heard_at_either_door() {
    for door in [Door::Turn, Door::Status] {
        let heard = hear(r#"{"call":"1","status":"completed"}"#, door).unwrap();
        assert!(matches!(heard.said, Said::Status(CallStatus::Completed)));
    }
}

#[test]
fn what_no_phone_of_ours_sends_is_malformed() {
    let long = format!(r#"{{"call":"{}","dialled":"1"}}"#, "a".repeat(65));
    for body in ["", "{", "[]", "{}", r#"{"call":7}"#, r#"{"call":""}"#, r#"{"call":"a_b","dialled":"1"}"#, &long] {
        assert!(malformed(body, Door::Inbound), "{body}");
    }
    assert!(malformed(r#"{"call":"1"}"#, Door::Inbound));
    assert!(malformed(r#"{"call":"1","dialled":""}"#, Door::Inbound));
    assert!(malformed(r#"{"call":"1","dialled":"1","lang":"fr-FR"}"#, Door::Inbound));
    assert!(malformed(r#"{"call":"1","digits":"12a"}"#, Door::Turn));
    assert!(malformed(r#"{"call":"1","digits":12}"#, Door::Turn));
    assert!(malformed(r#"{"call":"1"}"#, Door::Status));
    assert!(malformed(r#"{"call":"1","status":"gone"}"#, Door::Status));
}

#[test]
fn a_request_proved_for_a_phone_is_not_another_providers() {
    let verified = verify(Some("Bearer a-token-for-this-page"), br#"{"call":"1"}"#, &[TOKEN]).unwrap();
    assert!(matches!(Provider::Twilio.parse(verified, Door::Turn), Err(Refused::Malformed(_))));
}

#[test]
fn a_phone_is_told_words_and_timers_as_they_are() {
    let says = vec![
        Spoken { lang: Lang::ZhHk, pace: Pace::Normal, words: "你嘅編號係「<&\">」".into(), audio: None },
        Spoken { lang: Lang::ZhHk, pace: Pace::Spelled, words: "一二，三四".into(), audio: None },
        Spoken { lang: Lang::EnUs, pace: Pace::Option, words: "For English, press one.".into(), audio: None },
    ];
    let gather = Gather { most: None, hash_ends: true, first: 10, between: 3, barge_in: true, secret: true };
    let told = |next| {
        let voice = Voice { lang: Lang::ZhHk, says: says.clone(), slow: true, next };
        let with = Rendering {
            next: "http://127.0.0.1:8080/voice/phone/c/1",
            voices: &Voices::default(),
            audio: "https://hotline.example/audio",
            beside: None,
            told: None,
        };
        let document = Provider::Phone.render(&voice, &with);
        assert_eq!(document.content_type, "application/json");
        serde_json::from_str::<Value>(&document.text).unwrap()
    };
    let expected = json!({
        "lang": "zh-HK",
        "slow": true,
        "says": [
            { "lang": "zh-HK", "pace": "normal", "words": "你嘅編號係「<&\">」" },
            { "lang": "zh-HK", "pace": "spelled", "words": "一二，三四" },
            { "lang": "en-US", "pace": "option", "words": "For English, press one." },
        ],
        "next": { "gather": {
            "most": null, "hash_ends": true, "first": 10, "between": 3, "barge_in": true, "secret": true,
            "action": "http://127.0.0.1:8080/voice/phone/c/1",
        } },
    });
    assert_eq!(told(Next::Gather(gather)), expected);
    assert_eq!(told(Next::Continue)["next"]["continue"], "http://127.0.0.1:8080/voice/phone/c/1");
    assert_eq!(told(Next::HangUp)["next"], "hangup");
}

#[test]
fn a_phone_given_out_counts_that_day_and_the_next_on_every_server_of_the_deployment() {
    const HOUR: i64 = 3_600_000;
    let key = |pepper: &str| PhoneKey::derive(&Secret::new(pepper));
    let given = key("the pepper of a test").token(1_772_323_200_000 + 20 * HOUR);
    let counts = |pepper: &str, hours: i64| {
        let counting = key(pepper).counting(1_772_323_200_000 + hours * HOUR);
        counting.iter().any(|token| token.same(given.reveal().as_bytes()))
    };
    for hours in [0, 20, 24, 47] {
        assert!(counts("the pepper of a test", hours), "{hours} hours into the day");
    }
    assert!(!counts("the pepper of a test", 48), "two midnights later");
    assert!(!counts("another pepper of a test", 20));
    // A server whose clock is a minute behind takes what one gave out a minute after midnight.
    let new = key("the pepper of a test").token(1_772_323_200_000);
    let behind = key("the pepper of a test").counting(1_772_323_200_000 - HOUR / 60);
    assert!(behind.iter().any(|token| token.same(new.reveal().as_bytes())));
}

proptest! {
    #[test]
    fn no_body_makes_a_phone_panic_or_a_stranger_a_phone(
        body in prop::collection::vec(any::<u8>(), 0..200),
        json in r#"\{("(call|dialled|from|lang|digits|status)":("\PC{0,9}"|null|1|\[\]),){0,5}"call":"[a-z0-9-]{1,9}"\}"#,
        token in "\\PC{0,30}",
    ) {
        for body in [body.as_slice(), json.as_bytes()] {
            prop_assert_eq!(verify(Some(&format!("Bearer {token}")), body, &[TOKEN]).err(), Some(Refused::Signature));
            for door in [Door::Inbound, Door::Turn, Door::Status] {
                if let Ok(verified) = verify(Some("Bearer a-token-for-this-page"), body, &[TOKEN])
                    && let Ok(heard) = Provider::Phone.parse(verified, door)
                {
                    prop_assert!((1..=64).contains(&heard.provider_call.len()));
                }
            }
        }
    }
}
