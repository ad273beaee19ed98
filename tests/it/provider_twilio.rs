//! Twilio's callbacks: who sent them and what they tell.

mod documents;

use crate::support::hostile::Forms;
use crate::support::platforms::twilio;
use crate::support::recorded;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use hotline::call::event::{Began, CallStatus};
use hotline::provider::{Door, Heard, Keys, Provider, Refused, Risks, Said, Verified, Webhook};
use hotline::words::{Phone, Secret};
use proptest::prelude::*;
use serde::Deserialize;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// A request as a test or a file under `tests/data` has it.
#[derive(Deserialize, Clone)]
struct Request {
    method: String,
    public_url: String,
    target: String,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Request {
    fn verify(&self, secrets: &[&str]) -> Result<Verified, Refused> {
        let secrets: Vec<Secret> = secrets.iter().map(|secret| Secret::new(*secret)).collect();
        let webhook = Webhook {
            method: &self.method,
            public_url: &self.public_url,
            target: &self.target,
            header: &|name| self.headers.get(name).map(String::as_str),
            body: self.body.as_bytes(),
        };
        Provider::Twilio.verify(&webhook, &Keys { secrets: &secrets, now: 0, risks: Risks::default() })
    }

    fn hear(&self, door: Door) -> Result<Heard, Refused> {
        Provider::Twilio.parse(self.verify(&[TOKEN])?, door)
    }
}

const TOKEN: &str = "a-token-of-the-account";
const CALL: &str = "CA00000000000000000000000000000001";

/// The published rule, written down once more on its own: the address, then name and value of every
/// form field, names sorted, the values of one name as a sorted set.
fn signature(url: &str, fields: &[(&str, &str)]) -> String {
    let mut sets: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, value) in fields {
        sets.entry(name).or_default().insert(value);
    }
    let mut text = url.to_owned();
    for (name, values) in sets {
        values.iter().for_each(|value| text.push_str(&format!("{name}{value}")));
    }
    let mac = <Hmac<Sha1> as KeyInit>::new_from_slice(TOKEN.as_bytes()).unwrap().chain_update(text);
    STANDARD.encode(mac.finalize().into_bytes())
}

fn encode(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        let plain = |b: u8| b.is_ascii_alphanumeric();
        text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
    };
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
    pairs.join("&")
}

fn signed(fields: &[(&str, &str)]) -> Request {
    let (public_url, target) = ("https://ivr.example.com/base", "/voice/twilio?flow=main");
    let form = ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned());
    let mac = ("x-twilio-signature".to_owned(), signature(&format!("{public_url}{target}"), fields));
    Request {
        method: "POST".into(),
        public_url: public_url.into(),
        target: target.into(),
        headers: BTreeMap::from([form, mac]),
        body: encode(fields),
    }
}

fn turn(fields: &[(&str, &str)]) -> Said {
    let fields: Vec<_> = [("CallSid", CALL)].iter().chain(fields).copied().collect();
    signed(&fields).hear(Door::Turn).unwrap().said
}

fn began(fields: &[(&str, &str)]) -> Began {
    let fields: Vec<_> = [("CallSid", CALL)].iter().chain(fields).copied().collect();
    match signed(&fields).hear(Door::Inbound).unwrap().said {
        Said::Inbound(began) => began,
        _ => panic!("the inbound address tells of a call"),
    }
}

fn sample(file: &str, door: Door) -> Heard {
    let json: serde_json::Value = serde_json::from_str(file).unwrap();
    let secret = json["secret"].as_str().unwrap().to_owned();
    let request: Request = serde_json::from_value(json).unwrap();
    assert_eq!(request.verify(&["another"]).err(), Some(Refused::Signature));
    Provider::Twilio.parse(request.verify(&[&secret]).unwrap(), door).unwrap()
}

#[test]
fn every_example_signature_is_judged_as_it_should_be() {
    assert_eq!(recorded::judge(Provider::Twilio), 35);
}

#[test]
fn json_whose_digest_is_signed_with_the_address_tells_what_a_form_tells() {
    let body = format!(r#"{{"CallSid": "{CALL}", "Digits": "12", "Confidence": 0.5, "Deep": {{"er": []}}}}"#);
    let digest: String = Sha256::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect();
    let mut request = signed(&[]);
    request.target = format!("/voice/twilio?bodySHA256={digest}");
    request.headers.insert("content-type".into(), "application/json".into());
    let mac = signature(&format!("{}{}", request.public_url, request.target), &[]);
    request.headers.insert("x-twilio-signature".into(), mac);
    request.body = body;
    let heard = request.hear(Door::Turn).unwrap();
    assert_eq!(heard.provider_call, CALL);
    assert!(matches!(heard.said, Said::Digits(digits) if digits.reveal() == "12"));
    request.body = request.body.replace("12", "13");
    assert_eq!(request.hear(Door::Turn).err(), Some(Refused::Signature));
}

#[test]
fn a_new_call_is_heard_from_its_sample() {
    let heard = sample(include_str!("../data/twilio-inbound-call.json"), Door::Inbound);
    assert_eq!(heard.provider_call, CALL);
    let Said::Inbound(began) = heard.said else { panic!("a call begins") };
    let from = Phone::parse("+14155550123", None);
    assert!(from.is_some());
    assert_eq!(began, Began { dialled: "+85230000001".into(), from, test: false, lang: None });
}

#[test]
fn digits_silence_and_the_end_are_heard_from_their_samples() {
    let digits = sample(include_str!("../data/twilio-gather-digits.json"), Door::Turn).said;
    assert!(matches!(digits, Said::Digits(digits) if digits.reveal() == "2"));
    let silence = sample(include_str!("../data/twilio-gather-timeout.json"), Door::Turn).said;
    assert!(matches!(silence, Said::Nothing));
    let end = sample(include_str!("../data/twilio-call-completed.json"), Door::Status).said;
    assert!(matches!(end, Said::Status(CallStatus::Completed)));
}

#[test]
fn a_turn_without_digits_is_silence_whether_they_are_empty_or_absent() {
    assert!(matches!(turn(&[]), Said::Nothing));
    assert!(matches!(turn(&[("Digits", ""), ("CallStatus", "in-progress")]), Said::Nothing));
    assert!(matches!(turn(&[("Digits", "*0")]), Said::Digits(digits) if digits.reveal() == "*0"));
}

#[test]
fn the_terminator_alone_is_a_key_where_the_provider_names_it() {
    let alone = turn(&[("Digits", ""), ("FinishedOnKey", "#")]);
    assert!(matches!(alone, Said::Digits(digits) if digits.reveal() == "#"));
    let after = turn(&[("Digits", "12"), ("FinishedOnKey", "#")]);
    assert!(matches!(after, Said::Digits(digits) if digits.reveal() == "12"));
    assert!(matches!(turn(&[("Digits", ""), ("FinishedOnKey", "timeout")]), Said::Nothing));
}

#[test]
fn a_caller_who_hung_up_while_waiting_ends_the_call() {
    let said = turn(&[("Digits", "12"), ("CallStatus", "completed")]);
    assert!(matches!(said, Said::Status(CallStatus::Completed)));
}

#[test]
fn every_status_has_its_place_and_an_unknown_one_is_refused() {
    let status = |word| match signed(&[("CallSid", CALL), ("CallStatus", word)]).hear(Door::Status) {
        Ok(Heard { said: Said::Status(status), .. }) => Some(status),
        _ => None,
    };
    let all = [
        (CallStatus::Ringing, ["queued", "initiated", "ringing"].as_slice()),
        (CallStatus::InProgress, &["in-progress", "answered"]),
        (CallStatus::Completed, &["completed"]),
        (CallStatus::Failed, &["busy", "failed", "no-answer", "canceled"]),
    ];
    for (expected, words) in all {
        words.iter().for_each(|word| assert_eq!(status(word), Some(expected), "{word}"));
    }
    assert_eq!(status("on-holiday"), None);
    assert!(matches!(signed(&[("CallSid", CALL)]).hear(Door::Status), Err(Refused::Malformed(_))));
}

#[test]
fn a_withheld_caller_or_one_without_a_telephone_number_has_none() {
    for from in ["anonymous", "Restricted", "client:alice", "sip:alice@example.com", "", "+266696687", "+7378742833"] {
        assert_eq!(began(&[("To", "+85230000001"), ("From", from)]).from, None, "{from}");
    }
    assert_eq!(began(&[("To", "+85230000001")]).from, None);
    assert_eq!(began(&[("To", "sip:pay@example.com")]).dialled, "sip:pay@example.com");
}

#[test]
fn a_callback_without_a_proper_call_id_or_number_is_malformed() {
    let long = "C".repeat(97);
    for id in ["", "CA 1", "CA/1", "号", &long] {
        let heard = signed(&[("CallSid", id), ("To", "+85230000001")]).hear(Door::Inbound);
        assert!(matches!(heard, Err(Refused::Malformed(_))), "{id}");
    }
    assert!(matches!(signed(&[("To", "1")]).hear(Door::Turn), Err(Refused::Malformed(_))));
    let long = "9".repeat(257);
    for to in ["", "1\u{0}2", &long] {
        let heard = signed(&[("CallSid", CALL), ("To", to)]).hear(Door::Inbound);
        assert!(matches!(heard, Err(Refused::Malformed(_))), "{to}");
    }
    let uuid = "b6b6b6b6-0000-4000-8000-000000000001";
    assert_eq!(signed(&[("CallSid", uuid)]).hear(Door::Turn).unwrap().provider_call, uuid);
}

#[test]
fn what_is_bent_or_malformed_is_refused() {
    let sign = |body: &str| {
        let header = |url: &str, form: &_| vec![("x-twilio-signature", twilio::signature(TOKEN, url, form))];
        recorded::form("/voice/twilio?flow=main", body, TOKEN, header)
    };
    let forms = Forms { provider: Provider::Twilio, sign, headers: &["x-twilio-signature"] };
    forms.refuse_what_is_bent();
    forms.refuse_what_is_malformed();
    forms.survive_whatever_is_signed();
}

#[test]
fn no_secret_and_an_empty_secret_accept_nobody() {
    let request = signed(&[("CallSid", CALL)]);
    assert!(request.verify(&[TOKEN]).is_ok());
    assert_eq!(request.verify(&[]).err(), Some(Refused::Signature));
    let mut forged = request.clone();
    let mac = <Hmac<Sha1> as KeyInit>::new_from_slice(b"").unwrap();
    let mac = mac.chain_update(format!("{}{}CallSid{CALL}", request.public_url, request.target));
    forged.headers.insert("x-twilio-signature".into(), STANDARD.encode(mac.finalize().into_bytes()));
    assert_eq!(forged.verify(&["", TOKEN]).err(), Some(Refused::Signature));
}

#[test]
fn an_unclear_algorithm_is_refused_rather_than_guessed() {
    let with = |settings: &str| {
        let mut request = signed(&[("CallSid", CALL)]);
        request.headers.insert("x-twilio-webhooks-signature-settings".into(), settings.into());
        request.verify(&[TOKEN]).is_ok()
    };
    assert!(with("key=k, algorithm=hmac_sha1"));
    for settings in ["", "key=k", "algorithm=HMAC_MD5", "algorithm=HMAC_SHA256", "algorithm=HMAC_SHA1,algorithm=x"] {
        assert!(!with(settings), "{settings}");
    }
}

#[test]
fn json_whose_digest_is_not_in_the_address_is_refused() {
    let mut request = signed(&[]);
    request.headers.insert("content-type".into(), "application/json; charset=utf-8".into());
    request.body = format!(r#"{{"CallSid":"{CALL}"}}"#);
    assert_eq!(request.verify(&[TOKEN]).err(), Some(Refused::Signature));
}

proptest! {
    #[test]
    fn whatever_is_signed_is_accepted_and_read_back_exactly(
        fields in prop::collection::vec(("[A-Za-z]{0,6}", "\\PC{0,12}"), 0..40),
        to in "\\PC{1,40}",
        at in any::<prop::sample::Index>(),
    ) {
        let mut fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).filter(|(name, _)| *name != "To").collect();
        fields.insert(at.index(fields.len() + 1), ("To", &to));
        fields.insert(0, ("CallSid", CALL));
        match signed(&fields).hear(Door::Inbound).unwrap().said {
            Said::Inbound(began) => prop_assert_eq!(began.dialled, to),
            _ => prop_assert!(false, "the inbound address tells of a call"),
        }
    }

    #[test]
    fn a_form_changed_anywhere_is_refused(
        fields in prop::collection::vec(("[a-z]{1,6}", "[a-z0-9]{1,12}"), 1..10),
        at in any::<prop::sample::Index>(),
    ) {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut request = signed(&fields);
        let at = at.index(request.body.len());
        // Another letter; a border moved between name and value would leave the signed text as it is.
        let changed = if request.body.as_bytes()[at] == b'Z' { "Y" } else { "Z" };
        request.body.replace_range(at..=at, changed);
        prop_assert_eq!(request.verify(&[TOKEN]).err(), Some(Refused::Signature));
    }

    #[test]
    fn nothing_unsigned_is_accepted_and_nothing_panics(
        body in prop::collection::vec(any::<u8>(), 0..300),
        get in any::<bool>(),
        query in "\\PC{0,60}",
        url in "\\PC{0,30}",
        claimed in prop::option::of("\\PC{0,50}|[A-Za-z0-9+/]{27}=|[A-Za-z0-9+/]{43}="),
        settings in prop::option::of("\\PC{0,30}|algorithm=HMAC_SHA256"),
        kind in prop::option::of("\\PC{0,30}|application/json"),
    ) {
        let target = format!("/voice/twilio?{query}");
        let header = |name: &str| match name {
            "x-twilio-signature" => claimed.as_deref(),
            "x-twilio-webhooks-signature-settings" => settings.as_deref(),
            "content-type" => kind.as_deref(),
            _ => None,
        };
        let method = if get { "GET" } else { "POST" };
        let webhook = Webhook { method, public_url: &url, target: &target, header: &header, body: &body };
        let secrets = [Secret::new(TOKEN)];
        let keys = Keys { secrets: &secrets, now: 0, risks: Risks::default() };
        prop_assert!(Provider::Twilio.verify(&webhook, &keys).is_err());
    }
}
