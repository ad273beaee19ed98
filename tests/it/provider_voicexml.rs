//! Voice browsers' requests: who sent them and what they tell; and VoiceXML.

use crate::support::platforms::voicexml as browser;
use crate::support::recorded::Request;
use crate::support::voices::{self, MENU, document, in_all_languages, spoken, voice};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hotline::call::Voice;
use hotline::call::event::{CallStatus, DialEnd};
use hotline::call::voice::{Next, Pace};
use hotline::provider::{Door, Keys, Provider, Refused, Risks, Said, Voices, Webhook};
use hotline::words::{Lang, Phone, Secret};
use insta::assert_snapshot;
use proptest::prelude::*;
use std::collections::BTreeMap;

const VX: Provider = Provider::VoiceXml;
const NEXT: &str = "https://ivr.example.com/voice/voicexml/c/0197/3/en-US/mac?call=a84b4c76e66710@pc33";
const ANYBODY: Risks = Risks { anybody_here: true, unsigned_query: false, unsigned_fields: false };

/// A form from a browser with user and password.
fn form(query: &str, body: &str) -> Request {
    let headers = BTreeMap::from([
        ("authorization".to_owned(), format!("Basic {}", STANDARD.encode(browser::CREDENTIALS))),
        ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
    ]);
    let (public_url, target) = ("https://ivr.example.com".to_owned(), format!("/voice/voicexml?{query}"));
    let (method, body, secret) = ("POST".to_owned(), body.to_owned(), browser::CREDENTIALS.to_owned());
    Request { method, public_url, target, headers, body, now: None, secret }
}

fn turn(fields: &str) -> Result<Said, Refused> {
    form("call=a1", fields).hear(VX, Door::Turn).map(|heard| heard.said)
}

fn digits(said: Result<Said, Refused>) -> String {
    match said {
        Ok(Said::Digits(digits)) => digits.reveal().to_owned(),
        Ok(Said::Nothing) => "nothing".to_owned(),
        _ => "something else".to_owned(),
    }
}

fn began(query: &str, body: &str) -> (String, String, Option<Phone>) {
    let heard = form(query, body).hear(VX, Door::Inbound).unwrap();
    let Said::Inbound(began) = heard.said else { panic!("a call begins") };
    (heard.provider_call, began.dialled, began.from)
}

#[test]
fn a_call_is_known_by_whatever_names_a_browser_has_for_it() {
    let phone = Phone::parse("+85261239500", None);
    let expected = ("a84b@pc33".to_owned(), "+85230000001".to_owned(), phone);
    assert_eq!(began("call=a84b@pc33&from=%2B85261239500&to=%2B85230000001", ""), expected);
    let session = "session.sessionid=a84b%40pc33&session.connection.remote.uri=tel%3A%2B85261239500\
        &session.connection.local.uri=sip%3A%2B85230000001%40gw%3Buser%3Dphone";
    assert_eq!(began("", session), expected);
    // What the admin maps goes before what the browser calls it, and what is not known is not taken.
    assert_eq!(began("call=a84b@pc33&from=undefined", &session.replace("a84b", "other")), expected);
}

#[test]
fn a_number_is_one_only_where_its_address_says_so() {
    let from = |uri: &str| began(&format!("call=a&to=1&from={}", uri.replace('+', "%2B")), "").2;
    assert!(from("tel:+85261239500").is_some());
    assert_eq!(from("85261239500"), None, "of some country");
    assert!(from("sip:+85261239500@gw;user=phone").is_some());
    for uri in
        ["sip:+85261239500@gw", "sip:alice@example.com", "anonymous", "sip:anonymous@anonymous.invalid", "", "tel:"]
    {
        assert_eq!(from(uri), None, "{uri}");
    }
    assert_eq!(began("call=a&to=sip:pay@example.com", "").1, "sip:pay@example.com");
    assert_eq!(began("call=a&to=sip:%2B85230000001@10.0.0.1", "").1, "+85230000001", "what is dialled is a line's");
}

#[test]
fn keys_come_with_spaces_or_without_and_hash_is_a_key_or_the_end() {
    assert_eq!(digits(turn("keys=1+2+3")), "123");
    assert_eq!(digits(turn("keys=123%23")), "123#");
    assert_eq!(digits(turn("keys_and_hash=1+2+%23")), "12");
    assert_eq!(digits(turn("keys_and_hash=123%23")), "123");
    assert_eq!(digits(turn("keys_and_hash=%23")), "#");
    assert_eq!(digits(turn("keys_and_hash=123")), "123");
    assert_eq!(digits(turn("keys=")), "nothing");
    assert_eq!(digits(turn("happened=silence")), "nothing");
    assert_eq!(digits(turn("")), "nothing");
}

#[test]
fn how_a_transfer_ended_is_what_the_standard_calls_it() {
    let all = [
        ("rung=far_end_disconnect&talked=12.7", DialEnd::Answered, 12),
        ("rung=near_end_disconnect&talked=3", DialEnd::Answered, 3),
        ("rung=maxtime_disconnect&talked=nonsense", DialEnd::Answered, 0),
        ("rung=busy&talked=0", DialEnd::Busy, 0),
        ("rung=network_busy", DialEnd::Busy, 0),
        ("rung=noanswer&talked=-1", DialEnd::NoAnswer, 0),
        ("rung=unknown&talked=1e99", DialEnd::Failed, 1_000_000),
        ("happened=failed", DialEnd::Failed, 0),
    ];
    for (fields, expected, seconds) in all {
        let told = turn(fields);
        let fits = matches!(told, Ok(Said::Dialled { end, talked }) if end == expected && talked == seconds);
        assert!(fits, "{fields}");
    }
}

#[test]
fn a_caller_who_is_gone_is_told_of_at_every_door() {
    for door in [Door::Inbound, Door::Turn, Door::Status] {
        let said = form("call=a1", "happened=gone").hear(VX, door).map(|heard| heard.said);
        assert!(matches!(said, Ok(Said::Status(CallStatus::Completed))));
    }
}

#[test]
fn what_no_browser_sends_is_malformed() {
    let long = format!("keys={}", "1+".repeat(90));
    let many = "a=1&".repeat(300);
    for fields in ["keys=1&keys=2", "keys=one", "keys=%C4%E3", "keys=%", "call=b2", &long, &many] {
        assert!(matches!(turn(fields), Err(Refused::Malformed(_))), "{fields}");
    }
    for query in ["", "call=", "call=a/b", "call=a@b@c", "call=undefined", "call=%E5%8F%B7"] {
        assert!(matches!(form(query, "").hear(VX, Door::Turn), Err(Refused::Malformed(_))), "{query}");
    }
    let mut json = form("call=a1", "{}");
    json.headers.insert("content-type".to_owned(), "application/json".to_owned());
    assert!(matches!(json.hear(VX, Door::Turn), Err(Refused::Malformed(_))));
}

#[test]
fn a_browser_is_proved_by_user_and_password_or_by_the_password_in_the_address() {
    let secrets = ["old:one".to_owned(), browser::CREDENTIALS.to_owned(), "empty:".to_owned(), "none".to_owned()];
    let mut request = form("call=a1", "");
    let judged = |request: &Request| request.verify(VX, &secrets, Risks::default()).err();
    assert_eq!(judged(&request), None);
    request.headers.remove("authorization");
    assert_eq!(judged(&request), Some(Refused::Credentials));
    let password = browser::CREDENTIALS.split_once(':').unwrap().1;
    for (token, believed) in
        [(password, true), ("one", true), ("", false), ("none", false), (browser::CREDENTIALS, false), ("5b0c", false)]
    {
        request.target = format!("/voice/voicexml?token={token}&call=a1");
        assert_eq!(judged(&request).is_none(), believed, "{token}");
    }
    request.target = format!("/voice/voicexml?token={password}");
    assert_eq!(request.verify(VX, &[], Risks::default()).err(), Some(Refused::Credentials));
    request.target = "/voice/voicexml?token=wrong".to_owned();
    assert!(request.verify(VX, &[], ANYBODY).is_ok());
}

#[test]
fn a_token_goes_out_in_every_address_and_is_in_none_that_is_kept() {
    let rendered = document(VX, &voice(Lang::EnUs, &Next::Gather(MENU)), NEXT, &Voices::default());
    assert!(!rendered.contains("token"), "{rendered}");
    let addresses = rendered.matches("?call=").count();
    assert_eq!(addresses, 4, "of silence, of no match, of keys, of the end");
    let sent = |text: &str, target: &str| VX.sent(VX.stored(text.to_owned()), target).text;
    assert_eq!(sent(&rendered, "/voice/voicexml?call=a1"), rendered);
    let out = sent(&rendered, "/voice/voicexml?flow=a&token=5b0c&call=a1");
    assert_eq!(out.matches("?token=5b0c&amp;call=").count(), addresses);
    assert_eq!(sent(&rendered, "/voice/voicexml?token=\"><script>"), rendered, "no such token is ever ours");
    let out = sent(&rendered, "/voice/voicexml?token=ab/cd=");
    assert_eq!(out.matches("?token=ab%2Fcd%3D&amp;call=").count(), addresses);
    // One that comes again by its own address has it already.
    let again = rendered.replace("?call=", "?token=5b0c&amp;call=");
    assert_eq!(sent(&again, "/voice/voicexml/c?token=5b0c&call=a1"), again);
}

#[test]
fn every_document_is_as_it_was_looked_at() {
    for (name, next) in voices::endings() {
        assert_snapshot!(name, in_all_languages(VX, &next, NEXT));
    }
}

#[test]
fn a_voice_a_recording_and_slower_words_are_said_as_the_standard_has_them() {
    let mut menu = voice(Lang::ZhHk, &Next::Gather(MENU));
    menu.says.push(spoken(Lang::EnUs, Pace::Option, "For <English> & more, press \"three\"."));
    menu.says[0].audio = Some("morning.wav".into());
    menu.slow = true;
    let voices = Voices([None, Some("Hiujin".to_owned()), None, None]);
    assert_snapshot!("voices", document(VX, &menu, NEXT, &voices).replace("><", ">\n<"));
}

#[test]
fn a_call_nobody_knows_tells_once_more_what_it_is() {
    let inbound = "https://ivr.example.com/voice/voicexml?call=a1";
    let text = document(VX, &voice(Lang::EnUs, &Next::Continue), inbound, &Voices::default());
    assert!(text.contains("namelist=\"session.connection.remote.uri session.connection.local.uri\""), "{text}");
    let bye = document(VX, &voice(Lang::EnUs, &Next::HangUp), "", &Voices::default());
    assert!(!bye.contains("<submit"), "{bye}");
}

#[test]
fn a_call_that_is_over_is_answered_with_a_document_of_its_own() {
    let quiet = VX.quiet().unwrap();
    assert_eq!(quiet.content_type, "application/voicexml+xml");
    crate::support::vxml::read(&quiet.text);
}

proptest! {
    #[test]
    fn nothing_unproved_is_accepted_and_nothing_panics(
        body in prop::collection::vec(any::<u8>(), 0..300),
        get in any::<bool>(),
        query in "\\PC{0,60}|token=[0-9a-f]{12}",
        claimed in prop::option::of("\\PC{0,50}|Basic [A-Za-z0-9+/]{27}="),
        kind in prop::option::of("\\PC{0,30}|application/x-www-form-urlencoded"),
    ) {
        let target = format!("/voice/voicexml?{query}");
        let header = |name: &str| match name {
            "authorization" => claimed.as_deref(),
            "content-type" => kind.as_deref(),
            _ => None,
        };
        let method = if get { "GET" } else { "POST" };
        let webhook = Webhook { method, public_url: "https://a.b", target: &target, header: &header, body: &body };
        let secrets = [Secret::new(browser::CREDENTIALS)];
        let keys = Keys { secrets: &secrets, now: 0, risks: Risks::default() };
        prop_assert!(VX.verify(&webhook, &keys).is_err());
        let anybody = Keys { risks: ANYBODY, ..keys };
        for door in [Door::Inbound, Door::Turn, Door::Status] {
            let heard = VX.verify(&webhook, &anybody).and_then(|verified| VX.parse(verified, door));
            prop_assert!(heard.is_err() || heard.is_ok_and(|heard| !heard.provider_call.is_empty()));
        }
    }

    #[test]
    fn every_document_says_the_words_and_is_by_the_standard(
        words in "[ -~\u{0}-\u{1f}，、。中文ひ😀]{1,60}",
        times in 1..100_usize,
        slow in any::<bool>(),
        pace in 0..3_usize,
    ) {
        let pace = [Pace::Normal, Pace::Spelled, Pace::Option][pace];
        let says = vec![spoken(Lang::EnUs, pace, &words.repeat(times)), spoken(Lang::JaJp, Pace::Option, "一")];
        let menu = Voice { says, slow, ..voice(Lang::EnUs, &Next::Gather(MENU)) };
        let turn = crate::support::vxml::read(&document(VX, &menu, NEXT, &Voices::default()));
        let letters = |text: &str| -> String {
            text.chars().filter(|c| !c.is_whitespace() && !c.is_control() && !",，、".contains(*c)).collect()
        };
        prop_assert_eq!(letters(&turn.words), letters(&words.repeat(times)) + "一");
    }
}
