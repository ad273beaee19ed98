//! jambonz: signed JSON, verbs. A wait always asks its hook, also when nobody pressed a key.

use super::object::{Holds, check, list, number, object, text};
use super::{Carried, Desk, Keys, Message, PUBLIC, Platform, Request, Then, ssml};
use hmac::{Hmac, KeyInit, Mac};
use hotline::call::event::DialEnd;
use hotline::play::DIALLED;
use serde_json::{Map, Value, json};
use sha2::Sha256;

/// What the account's hooks are signed with.
pub const SECRET: &str = "wh_secret_of_the_account";

struct Jambonz {
    call_sid: String,
    from: String,
    at: i64,
}

/// See [`super::New`].
pub fn call(number: usize, from: &str, at: i64) -> Box<dyn Platform> {
    let from = if from.is_empty() { "anonymous" } else { from }.to_owned();
    Box::new(Jambonz { call_sid: format!("8d7f2a5e-1111-4222-8333-{number:012x}"), from, at })
}

impl Platform for Jambonz {
    fn takes(&self) -> &'static str {
        "application/json"
    }

    fn rings(&mut self, url: &str) -> Request {
        let headers = json!({ "from": "<sip:caller@carrier.example>", "X-Account-Sid": "0e06" });
        let sip = json!({ "headers": headers, "method": "INVITE", "uri": "sip:line@hotline.example" });
        self.post(url, "trying", json!({ "sip": sip }))
    }

    fn comes_back(&mut self, url: &str) -> Request {
        self.post(url, "in-progress", json!({}))
    }

    fn keys(&mut self, wait: &Keys, digits: &str, _finished: bool) -> Request {
        self.post(&wait.action, "in-progress", json!({ "reason": "dtmfDetected", "digits": digits }))
    }

    fn silence(&mut self, wait: &Keys) -> Request {
        self.post(&wait.action, "in-progress", json!({ "reason": "timeout" }))
    }

    fn desk(&mut self, wait: &Desk, end: DialEnd) -> Request {
        let (status, sip) = match end {
            DialEnd::Answered => ("completed", 200),
            DialEnd::Busy => ("busy", 486),
            DialEnd::NoAnswer => ("no-answer", 487),
            DialEnd::Failed => ("failed", 503),
        };
        let sid = "8d7f2a5e-1111-4222-8333-444455557777";
        let told = json!({ "dial_call_sid": sid, "dial_call_status": status, "dial_sip_status": sip });
        self.post(&wait.action, "in-progress", told)
    }

    fn message(&mut self, _wait: &Message, _seconds: Option<u32>) -> Request {
        panic!("no verb takes a message down")
    }

    fn hangs_up(&mut self) -> Request {
        let told = json!({ "duration": 42, "call_termination_by": "caller" });
        self.post(&format!("{PUBLIC}/voice/jambonz/status"), "completed", told)
    }

    fn carries_out(&mut self, document: &str) -> Carried {
        let mut words = String::new();
        for verb in list(document) {
            let then = match text(&verb, "verb").as_str() {
                "say" => {
                    words.push_str(&said(&verb));
                    continue;
                }
                "play" => {
                    check("play", &verb, PLAY);
                    continue;
                }
                "pause" => {
                    check("pause", &verb, &[("verb", Holds::Text), ("length!", Holds::Number(1, 3600))]);
                    continue;
                }
                "gather" => {
                    let (said, keys) = gather(&verb);
                    words.push_str(&said);
                    Then::Keys(keys)
                }
                "dial" => Then::Desk(dial(&verb)),
                "redirect" => {
                    check("redirect", &verb, &[("verb", Holds::Text), ("actionHook!", Holds::Url)]);
                    Then::Goes(text(&verb, "actionHook"))
                }
                "hangup" => {
                    check("hangup", &verb, &[("verb", Holds::Text)]);
                    Then::Ends
                }
                other => panic!("there is no verb `{other}`"),
            };
            return Carried { words, then };
        }
        panic!("the document neither waits nor goes on nor hangs up in so many words:\n{document}")
    }
}

const PLAY: &[(&str, Holds)] = &[("verb", Holds::Text), ("url!", Holds::Url), ("loop", Holds::Number(1, 1))];

/// The words of a `say`, of which each text may be the address of a recording.
fn said(say: &Map<String, Value>) -> String {
    let fields = [("verb", Holds::Text), ("text!", Holds::Else), ("loop", Holds::Number(1, 1))];
    check("say", say, &[&fields[..], &[("synthesizer!", Holds::Else)]].concat());
    let voice = object(say["synthesizer"].clone());
    let texts = [("vendor!", Holds::Text), ("language!", Holds::Text), ("voice!", Holds::Text)];
    check("synthesizer", &voice, &texts);
    let texts = match &say["text"] {
        Value::Array(texts) => texts.clone(),
        text => vec![text.clone()],
    };
    assert!(!texts.is_empty(), "something is said");
    let mut words = String::new();
    for text in texts {
        let text = text.as_str().expect("a text");
        assert!(text.encode_utf16().count() <= 1000, "the server would cut it anywhere: {text}");
        if !text.starts_with("https://") {
            words.push_str(&ssml::words(text, &[("prosody", "rate"), ("break", "time"), ("voice", "name")]));
            words.push(' ');
        }
    }
    words
}

fn gather(verb: &Map<String, Value>) -> (String, Keys) {
    let fields = [
        ("verb", Holds::Text),
        ("actionHook!", Holds::Url),
        ("input!", Holds::Else),
        ("numDigits", Holds::Number(1, 128)),
        ("minDigits!", Holds::Number(1, 1)),
        ("finishOnKey", Holds::Word(&["#", "*"])),
        // Without it the first key would never end the wait; without that one, silence would not.
        ("interDigitTimeout!", Holds::Number(1, 60)),
        ("timeout!", Holds::Number(1, 60)),
        ("bargein", Holds::Flag),
        ("dtmfBargein!", Holds::Flag),
        ("say", Holds::Else),
        ("play", Holds::Else),
    ];
    check("gather", verb, &fields);
    assert_eq!(verb["input"], json!(["digits"]), "speech is not played here");
    assert!(!(verb.contains_key("say") && verb.contains_key("play")), "only one of both is heard");
    let words = verb.get("say").map(|say| said(&object(say.clone()))).unwrap_or_default();
    if let Some(play) = verb.get("play") {
        check("play", &object(play.clone()), PLAY);
    }
    let (most, finish) = (number(verb, "numDigits"), text(verb, "finishOnKey"));
    let (action, most) = (text(verb, "actionHook"), most.map(|most| most as usize));
    (words, Keys { action, most, finish: finish.chars().next(), behind: None })
}

fn dial(verb: &Map<String, Value>) -> Desk {
    let fields = [
        ("verb", Holds::Text),
        ("actionHook!", Holds::Url),
        ("callerId", Holds::Text),
        ("answerOnBridge", Holds::Flag),
        ("timeout", Holds::Number(1, 600)),
        ("target!", Holds::Else),
    ];
    check("dial", verb, &fields);
    let targets = verb["target"].as_array().expect("targets");
    assert_eq!(targets.len(), 1, "one desk rings");
    let target = object(targets[0].clone());
    let to = match text(&target, "type").as_str() {
        "phone" => {
            check("target", &target, &[("type", Holds::Text), ("number!", Holds::Text)]);
            text(&target, "number")
        }
        "sip" => {
            check("target", &target, &[("type", Holds::Text), ("sipUri!", Holds::Text)]);
            text(&target, "sipUri")
        }
        other => panic!("there is no target of type `{other}`"),
    };
    Desk { action: text(verb, "actionHook"), to, ring: number(verb, "timeout").unwrap_or(60) }
}

impl Jambonz {
    fn post(&self, url: &str, status: &str, told: Value) -> Request {
        let mut body = json!({
            "call_sid": self.call_sid,
            "direction": "inbound",
            "from": self.from,
            "to": DIALLED.trim_start_matches('+'),
            "call_id": "abc@10.0.0.1",
            "sip_status": if status == "trying" { 100 } else { 200 },
            "call_status": status,
            "account_sid": "0e0681b0-d49f-4fb8-b973-b5a3c6758de1",
            "application_sid": "0e0681b0-aaaa-4fb8-b973-b5a3c6758de1",
        });
        body.as_object_mut().unwrap().extend(object(told));
        let body = body.to_string();
        let headers =
            vec![("content-type", "application/json".to_owned()), ("jambonz-signature", signature(self.at, &body))];
        Request { method: "POST", url: url.to_owned(), headers, body: body.into_bytes() }
    }
}

/// The published rule: the moment, a full stop, the body.
pub fn signature(at: i64, body: &str) -> String {
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(SECRET.as_bytes()).unwrap();
    let mac = mac.chain_update(format!("{at}.{body}")).finalize().into_bytes();
    let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={at},v1={hex}")
}
