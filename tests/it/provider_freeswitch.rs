//! FreeSWITCH's requests: who sent them and what they tell; and its documents.

use crate::support::platforms::freeswitch as switch;
use crate::support::recorded::{Request, sample, vectors};
use crate::support::voices::{self, MENU, document, in_all_languages, spoken, voice};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hotline::call::Voice;
use hotline::call::event::{CallStatus, DialEnd};
use hotline::call::voice::{Gather, Next, Pace};
use hotline::provider::{Door, Heard, Keys, Provider, Refused, Risks, Said, Voices, Webhook};
use hotline::words::{Lang, Phone, Secret};
use insta::assert_snapshot;
use proptest::prelude::*;
use std::collections::BTreeMap;

const FS: Provider = Provider::FreeSwitch;
const NEXT: &str = "https://ivr.example.com/voice/freeswitch/c/0197/3/en-US/mac";
const UUID: &str = "session_id=d75e54a0-3b6d-4030-8dbd-1d9580e2021c";
const ANYBODY: Risks = Risks { anybody_here: true, unsigned_query: false, unsigned_fields: false };

fn form(body: &str) -> Request {
    let headers = BTreeMap::from([
        ("authorization".to_owned(), format!("Basic {}", STANDARD.encode(switch::CREDENTIALS))),
        ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
    ]);
    let (public_url, target) = ("https://ivr.example.com".to_owned(), "/voice/freeswitch".to_owned());
    let (method, body, secret) = ("POST".to_owned(), body.to_owned(), switch::CREDENTIALS.to_owned());
    Request { method, public_url, target, headers, body, now: None, secret }
}

fn turn(fields: &str) -> Result<Said, Refused> {
    form(&format!("{UUID}&{fields}")).hear(FS, Door::Turn).map(|heard| heard.said)
}

fn digits(said: Result<Said, Refused>) -> String {
    match said {
        Ok(Said::Digits(digits)) => digits.reveal().to_owned(),
        Ok(Said::Nothing) => "nothing".to_owned(),
        _ => "something else".to_owned(),
    }
}

/// A capture whose keys came under the name that its own document gave them.
fn captured(name: &str, keys: &str, door: Door) -> Heard {
    let mut request = sample(name);
    let ours = |text: &str| text.replace(&format!("&{keys}="), "&hotline_keys=");
    (request.body, request.target) = (ours(&request.body), ours(&request.target));
    FS.parse(request.verify(FS, &[], ANYBODY).unwrap(), door).unwrap()
}

#[test]
fn every_example_of_credentials_is_judged_as_it_should_be() {
    let vectors = vectors(FS);
    assert_eq!(vectors.len(), 5);
    for vector in vectors.iter().filter(|vector| !vector.either_ok) {
        let accepted = vector.request.verify(FS, &vector.secrets, Risks::default()).is_ok();
        assert_eq!(accepted, vector.valid, "{}: {}", vector.name, vector.why);
    }
}

#[test]
fn a_new_call_is_heard_from_every_capture_of_one() {
    for name in ["start", "early-start", "get-start", "extended-start"] {
        let heard = captured(&format!("freeswitch-{name}"), "choice", Door::Inbound);
        assert_eq!(heard.provider_call.len(), 36, "{name}");
        let Said::Inbound(began) = heard.said else { panic!("{name} is a call") };
        assert_eq!(began.from, Phone::parse("+15550100", None), "{name}");
        assert!(!began.dialled.is_empty() && !began.test);
    }
    for name in ["inbound-call", "inbound-call-post"] {
        let heard = sample(&format!("freeswitch-documented-{name}")).hear(FS, Door::Inbound).unwrap();
        let Said::Inbound(began) = heard.said else { panic!("{name} is a call") };
        // An extension of the switch is no telephone number.
        assert_eq!((began.dialled.as_str(), began.from), ("9000", None));
    }
}

#[test]
fn keys_and_silence_are_heard_from_every_capture() {
    let heard = |name: &str, keys| digits(Ok(captured(&format!("freeswitch-{name}"), keys, Door::Turn).said));
    assert_eq!(heard("digit", "choice"), "2");
    assert_eq!(heard("get-digit", "choice"), "1");
    assert_eq!(heard("digits-hash", "account"), "1234");
    assert_eq!(heard("documented-gather-digits", "menu_choice"), "2");
    for name in ["noinput", "noinput-error-file", "nomatch-error-file", "documented-gather-timeout"] {
        assert_eq!(heard(name, "choice"), "nothing", "{name}");
    }
    // Of a dial that was not asked about nothing is told.
    assert_eq!(heard("documented-dial-no-answer", "choice"), "nothing");
}

#[test]
fn the_end_is_heard_at_every_door() {
    for name in ["caller-hangup", "early-cancel", "end-after-server-hangup", "documented-call-completed"] {
        for door in [Door::Inbound, Door::Turn, Door::Leg, Door::Status] {
            let said = captured(&format!("freeswitch-{name}"), "choice", door).said;
            assert!(matches!(said, Said::Status(CallStatus::Completed)), "{name}");
        }
    }
    let early = form(UUID).hear(FS, Door::Status);
    assert!(matches!(early, Err(Refused::Malformed(_))), "nothing but the end is told there");
}

#[test]
fn the_terminator_alone_is_a_key_and_a_timeout_is_none() {
    assert_eq!(digits(turn("hotline_keys=&input_type=dtmf")), "#");
    assert_eq!(digits(turn("input_type=dtmf")), "#");
    assert_eq!(digits(turn("hotline_keys=%23&input_type=dtmf")), "#");
    assert_eq!(digits(turn("hotline_keys=12%2A&input_type=dtmf")), "12*");
    assert_eq!(digits(turn("hotline_keys=invalid&input_type=invalid")), "nothing");
    assert_eq!(digits(turn("menu=root")), "nothing");
}

#[test]
fn how_ringing_ended_is_what_the_switch_says_of_it() {
    let all = [
        ("SUCCESS", DialEnd::Answered),
        ("USER_BUSY", DialEnd::Busy),
        ("CALL_REJECTED", DialEnd::Busy),
        ("NO_ANSWER", DialEnd::NoAnswer),
        ("ALLOTTED_TIMEOUT", DialEnd::NoAnswer),
        ("DESTINATION_OUT_OF_ORDER", DialEnd::Failed),
        ("something new", DialEnd::Failed),
    ];
    for (how, expected) in all {
        let told = turn(&format!("originate_disposition={}", how.replace(' ', "%20")));
        assert!(matches!(told, Ok(Said::Dialled { end, talked: 0 }) if end == expected), "{how}");
    }
}

#[test]
fn a_withheld_number_is_none_and_so_is_one_of_a_country_nobody_names() {
    let from = |fields: &str| {
        let body = format!("{UUID}&Caller-Destination-Number=85230000001&{fields}");
        match form(&body).hear(FS, Door::Inbound).map(|heard| heard.said) {
            Ok(Said::Inbound(began)) => (began.dialled, began.from.map(|from| from.as_str().to_owned())),
            _ => panic!("a call begins"),
        }
    };
    let dialled = "85230000001".to_owned();
    let known = "Caller-Caller-ID-Number=%2B85261239500&Caller-Privacy-Hide-Number";
    assert_eq!(from(&format!("{known}=false")), (dialled.clone(), Some("+85261239500".to_owned())));
    assert_eq!(from(&format!("{known}=true")), (dialled.clone(), None));
    for number in ["anonymous", "0000000000", "1001", "", "2125550123", "sip%3Aa%40example.com", "266696687"] {
        assert_eq!(from(&format!("Caller-Caller-ID-Number={number}")), (dialled.clone(), None), "{number}");
    }
}

#[test]
fn what_the_switch_does_not_send_is_malformed() {
    let long = format!("hotline_keys={}", "1".repeat(65));
    let many = "a=1&".repeat(300);
    for fields in ["hotline_keys=1&hotline_keys=2", "hotline_keys=a", "hotline_keys=%C4%E3", "a=%", &long, &many] {
        assert!(matches!(turn(fields), Err(Refused::Malformed(_))), "{fields}");
    }
    for body in ["", "session_id=", "session_id=a%2Fb", "session_id=a&session_id=b"] {
        assert!(matches!(form(body).hear(FS, Door::Turn), Err(Refused::Malformed(_))), "{body}");
    }
    let mut json = form(UUID);
    json.headers.insert("content-type".to_owned(), "application/json".to_owned());
    assert!(matches!(json.hear(FS, Door::Turn), Err(Refused::Malformed(_))));
    // The same request again is the same again: there is no time in it.
    assert_eq!(digits(turn("hotline_keys=1&hotline_keys=1")), "1");
}

#[test]
fn a_method_in_lower_case_and_any_cookie_change_nothing() {
    let mut request = form(&format!("{UUID}&hotline_keys=7&input_type=dtmf"));
    for cookie in ["", "HTTAPI_SESSION_ID=d75e54a0"] {
        request.method = "post".to_owned();
        request.headers.insert("cookie".to_owned(), cookie.to_owned());
        assert_eq!(digits(request.hear(FS, Door::Turn).map(|heard| heard.said)), "7");
    }
}

#[test]
fn no_secret_and_a_secret_without_a_password_accept_nobody() {
    let request = form(UUID);
    for secrets in [vec![], vec![String::new()], vec!["switch".to_owned()]] {
        assert_eq!(request.verify(FS, &secrets, Risks::default()).err(), Some(Refused::Credentials));
    }
    let both = ["old:one".to_owned(), switch::CREDENTIALS.to_owned()];
    assert!(request.verify(FS, &both, Risks::default()).is_ok(), "while one is being replaced");
    let mut unproved = request;
    unproved.headers.remove("authorization");
    assert_eq!(unproved.verify(FS, &both, Risks::default()).err(), Some(Refused::Credentials));
    assert!(unproved.verify(FS, &[], ANYBODY).is_ok());
}

#[test]
fn every_document_is_as_it_was_looked_at() {
    for (name, next) in voices::endings() {
        assert_snapshot!(name, in_all_languages(FS, &next, NEXT));
    }
}

#[test]
fn only_the_last_tag_takes_keys_where_words_need_several_voices() {
    let mut menu = voice(Lang::ZhHk, &Next::Gather(MENU));
    menu.says.push(spoken(Lang::EnUs, Pace::Option, "For <English> & more, press \"three\"."));
    let mut recorded = spoken(Lang::ZhHk, Pace::Normal, "早晨");
    recorded.audio = Some("morning.wav".into());
    menu.says.insert(0, recorded);
    let voices = Voices([None, Some("azure:zh-HK-HiuMaanNeural".to_owned()), None, Some("slt".to_owned())]);
    assert_snapshot!("several-voices", document(FS, &menu, NEXT, &voices).replace("><", ">\n<"));
}

#[test]
fn a_wait_in_which_nothing_is_said_is_a_pause_that_takes_keys() {
    let silent = Voice { says: Vec::new(), ..voice(Lang::EnUs, &Next::Gather(Gather { most: Some(3), ..MENU })) };
    assert_snapshot!("silent", document(FS, &silent, NEXT, &Voices::default()).replace("><", ">\n<"));
}

#[test]
fn what_a_get_added_to_an_address_does_not_go_along_for_ever() {
    let next = format!("{NEXT}?session_id=1&hotline_keys=5&again=2&url=https%3A//a%3Fagain%3D1");
    let text = document(FS, &voice(Lang::EnUs, &Next::Continue), &next, &Voices::default());
    assert!(text.contains(&format!("<continue action=\"{NEXT}?again=2\"/>")), "{text}");
}

proptest! {
    #[test]
    fn nothing_unproved_is_accepted_and_nothing_panics(
        body in prop::collection::vec(any::<u8>(), 0..300),
        get in any::<bool>(),
        query in "\\PC{0,60}",
        claimed in prop::option::of("\\PC{0,50}|Basic [A-Za-z0-9+/]{27}="),
        kind in prop::option::of("\\PC{0,30}|application/x-www-form-urlencoded"),
    ) {
        let target = format!("/voice/freeswitch?{query}");
        let header = |name: &str| match name {
            "authorization" => claimed.as_deref(),
            "content-type" => kind.as_deref(),
            _ => None,
        };
        let method = if get { "GET" } else { "post" };
        let webhook = Webhook { method, public_url: "https://a.b", target: &target, header: &header, body: &body };
        let secrets = [Secret::new(switch::CREDENTIALS)];
        let keys = Keys { secrets: &secrets, now: 0, risks: Risks::default() };
        prop_assert_eq!(FS.verify(&webhook, &keys).err(), Some(Refused::Credentials));
        let anybody = Keys { risks: ANYBODY, ..keys };
        for door in [Door::Inbound, Door::Turn, Door::Status] {
            let heard = FS.verify(&webhook, &anybody).and_then(|verified| FS.parse(verified, door));
            prop_assert!(heard.is_err() || heard.is_ok_and(|heard| !heard.provider_call.is_empty()));
        }
    }

    #[test]
    fn every_document_says_the_words_and_is_what_the_switch_takes(
        words in "[ -~\u{0}-\u{1f}，、。中文ひ😀]{1,60}",
        times in 1..200_usize,
        slow in any::<bool>(),
    ) {
        let mut menu = voice(Lang::EnUs, &Next::Gather(MENU));
        menu.says = vec![spoken(Lang::EnUs, Pace::Normal, &words.repeat(times)), spoken(Lang::JaJp, Pace::Option, "一")];
        menu.slow = slow;
        let text = document(FS, &menu, NEXT, &Voices::default());
        let carried = switch::call(0, "+85261239500", 0).carries_out(&text);
        let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect::<String>();
        prop_assert_eq!(letters(&carried.words), letters(&words.repeat(times)) + "一");
    }
}
