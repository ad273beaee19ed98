//! Vonage: JSON with a signed token beside it, NCCO. A wait always asks its address; a document in the
//! answer takes the place of the one that runs, and without one that goes on; its end ends the call. What
//! is told of a recording comes by itself, sooner or later, and no document is heard in answer to it.

use super::object::{Holds, check, list, number, object, text};
use super::{Carried, Desk, Keys, Message, PUBLIC, Platform, Request, Then, ssml};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use hotline::call::event::DialEnd;
use hotline::play::DIALLED;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::VecDeque;

/// What the account's webhooks are signed with.
pub const SECRET: &str = "Kd83hsPq0cVbn2xTz7LmWe5RyUaJ1fGo";

type Action = Map<String, Value>;

struct Vonage {
    id: String,
    from: String,
    at: i64,
    /// Every other call is told of things late, and no document is heard in answer to how a transfer ended.
    is_late: bool,
    /// Silence ends a recording after so many seconds.
    silence: u32,
    /// What is told of its own accord, one after the other.
    coming: VecDeque<Told>,
    /// What is told now.
    telling: Option<Told>,
    /// Whether a document in answer to what was told last is heard.
    hears: bool,
    /// What stands behind the action that waits.
    rest: Vec<Action>,
}

/// Something that is told, and whether a document in answer is heard.
struct Told {
    url: String,
    body: Value,
    hears: bool,
}

/// See [`super::New`].
pub fn call(number: usize, from: &str, at: i64) -> Box<dyn Platform> {
    let from = if from.is_empty() { "anonymous" } else { from.trim_start_matches('+') }.to_owned();
    let id = format!("aaaaaaaa-bbbb-cccc-dddd-{number:012x}");
    let (coming, rest) = (VecDeque::new(), Vec::new());
    let is_late = number % 2 == 1;
    Box::new(Vonage { id, from, at, is_late, silence: 0, coming, telling: None, hears: true, rest })
}

impl Platform for Vonage {
    fn takes(&self) -> &'static str {
        "application/json"
    }

    fn rings(&mut self, url: &str) -> Request {
        // With the answer method set to POST; by GET nothing of it would be signed.
        self.post(url, json!({}))
    }

    fn comes_back(&mut self, url: &str) -> Request {
        let Some(told) = self.telling.take() else { return self.pressed(url, "", true) };
        self.hears = told.hears;
        self.signed(&told.url, &told.body)
    }

    fn keys(&mut self, wait: &Keys, digits: &str, finished: bool) -> Request {
        let timed_out = !finished && wait.most.is_none_or(|most| digits.len() < most);
        self.pressed(&wait.action, digits, timed_out)
    }

    fn silence(&mut self, wait: &Keys) -> Request {
        self.pressed(&wait.action, "", true)
    }

    fn desk(&mut self, wait: &Desk, end: DialEnd) -> Request {
        let ends = match end {
            DialEnd::Answered => json!({ "status": "completed", "duration": "0", "rate": "0.00450000" }),
            DialEnd::Busy => json!({ "status": "busy" }),
            DialEnd::NoAnswer => json!({ "status": "unanswered", "detail": "timeout" }),
            DialEnd::Failed => json!({ "status": "failed", "detail": "cannot_route" }),
        };
        let before = if end == DialEnd::Answered { &["started", "ringing", "answered"][..] } else { &["started"] };
        for mut told in before.iter().map(|status| json!({ "status": status })).chain([ends]) {
            told["direction"] = "outbound".into();
            told["uuid"] = "aaaaaaaa-bbbb-cccc-dddd-ffffffffffff".into();
            let body = self.told(told);
            self.coming.push_back(Told { url: wait.action.clone(), body, hears: !self.is_late });
        }
        self.telling = self.coming.pop_front();
        self.comes_back(&wait.action)
    }

    fn message(&mut self, wait: &Message, seconds: Option<u32>) -> Request {
        let end = jiff::Timestamp::from_second(self.at).unwrap();
        let lasted = seconds.map_or(self.silence, |seconds| seconds + self.silence);
        let start = end - jiff::SignedDuration::from_secs(lasted.into());
        let body = json!({
            "start_time": start.to_string(),
            "end_time": end.to_string(),
            "recording_url": format!("https://api.nexmo.com/v1/files/{}", self.id),
            "recording_uuid": "cccccccc-bbbb-cccc-dddd-0123456789ab",
            "size": 12222,
            "conversation_uuid": self.conversation(),
            "timestamp": end.to_string(),
        });
        self.coming.push_back(Told { url: wait.action.clone(), body, hears: false });
        if self.is_late {
            let behind = address(&self.rest.remove(0));
            return self.pressed(&behind, "", true);
        }
        self.telling = self.coming.pop_front();
        self.comes_back(&wait.action)
    }

    fn hangs_up(&mut self) -> Request {
        let told = json!({ "status": "completed", "direction": "inbound", "duration": "42", "price": "0.00015000" });
        self.post(&format!("{PUBLIC}/voice/vonage/status"), told)
    }

    fn carries_out(&mut self, document: &str) -> Carried {
        if std::mem::replace(&mut self.hears, true) && !document.is_empty() {
            self.coming.clear();
            return self.runs(list(document));
        }
        self.telling = self.coming.pop_front();
        match &self.telling {
            Some(told) => Carried { words: String::new(), then: Then::Goes(told.url.clone()) },
            None => {
                let rest = std::mem::take(&mut self.rest);
                self.runs(rest)
            }
        }
    }
}

const SAID: [(&str, Holds); 4] =
    [("action", Holds::Text), ("level", Holds::Number(0, 0)), ("loop", Holds::Number(1, 1)), ("bargeIn", Holds::Flag)];
const EVENT: [(&str, Holds); 2] = [("eventUrl!", Holds::Address), ("eventMethod", Holds::Word(&["POST"]))];

fn talk(action: &Action) -> String {
    let languages = Holds::Word(&["cmn-CN", "yue-CN", "ja-JP", "en-US"]);
    let own = [("text!", Holds::Text), ("language!", languages), ("style", Holds::Number(0, 11))];
    check("talk", action, &[&SAID[..], &own, &[("premium", Holds::Flag)]].concat());
    let said = text(action, "text");
    assert!(ssml::length(&said) <= 1500, "too long for one talk: {said}");
    assert!(!said.is_empty(), "something is said");
    let plain = text(action, "language") == "yue-CN";
    assert!(!plain || !said.contains('<'), "this voice knows no markup: {said}");
    ssml::words(&said, &[("prosody", "rate"), ("break", "time")])
}

fn input(action: &Action) -> Then {
    let own = [("action", Holds::Text), ("type!", Holds::Else), ("dtmf", Holds::Else)];
    check("input", action, &[&own[..], &EVENT].concat());
    assert_eq!(action["type"], json!(["dtmf"]), "speech is not played here");
    let dtmf = object(action["dtmf"].clone());
    let (most, time) = (("maxDigits", Holds::Number(1, 20)), ("timeOut", Holds::Number(0, 10)));
    check("dtmf", &dtmf, &[most, time, ("submitOnHash", Holds::Flag)]);
    if number(&dtmf, "timeOut").unwrap_or(3) <= 1 {
        // It is over before anybody has found a key.
        return Then::Goes(address(action));
    }
    let most = number(&dtmf, "maxDigits").unwrap_or(4) as usize;
    let finish = (dtmf.get("submitOnHash") == Some(&json!(true))).then_some('#');
    Then::Keys(Keys { action: address(action), most: Some(most), finish, behind: None })
}

fn connect(action: &Action) -> Desk {
    let own = [
        ("action", Holds::Text),
        ("endpoint!", Holds::Else),
        ("from", Holds::Text),
        ("timeout", Holds::Number(1, 7200)),
        ("limit", Holds::Number(1, 7200)),
        ("eventType!", Holds::Word(&["synchronous"])),
    ];
    check("connect", action, &[&own[..], &EVENT].concat());
    let endpoints = action["endpoint"].as_array().expect("endpoints");
    assert_eq!(endpoints.len(), 1, "one at most");
    let endpoint = object(endpoints[0].clone());
    let digits = |number: &str| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    assert!(!action.contains_key("from") || digits(&text(action, "from")), "numbers have no plus: {action:?}");
    let to = match text(&endpoint, "type").as_str() {
        "phone" => {
            check("endpoint", &endpoint, &[("type", Holds::Text), ("number!", Holds::Text)]);
            let number = text(&endpoint, "number");
            assert!(digits(&number), "numbers have no plus: {number}");
            format!("+{number}")
        }
        "sip" => {
            check("endpoint", &endpoint, &[("type", Holds::Text), ("uri!", Holds::Text)]);
            text(&endpoint, "uri")
        }
        other => panic!("there is no endpoint of type `{other}`"),
    };
    Desk { action: address(action), to, ring: number(action, "timeout").unwrap_or(60) }
}

fn record(action: &Action) -> Message {
    let own = [
        ("action", Holds::Text),
        ("format!", Holds::Word(&["wav"])),
        ("endOnSilence", Holds::Number(3, 10)),
        ("endOnKey", Holds::Word(&["#"])),
        ("timeOut", Holds::Number(3, 7200)),
        ("beepStart", Holds::Flag),
    ];
    check("record", action, &[&own[..], &EVENT].concat());
    let beep = action.get("beepStart") == Some(&json!(true));
    let longest = number(action, "timeOut").unwrap_or(7200);
    Message { action: address(action), behind: None, longest, beep }
}

fn address(action: &Action) -> String {
    action["eventUrl"][0].as_str().expect("an address").to_owned()
}

impl Vonage {
    fn runs(&mut self, actions: Vec<Action>) -> Carried {
        let (mut words, mut cut_short) = (String::new(), false);
        for (at, action) in actions.iter().enumerate() {
            let what = text(action, "action");
            // What keys cut short is followed by somebody who takes them.
            assert!(!cut_short || ["talk", "stream", "input"].contains(&&*what), "no input follows: {actions:?}");
            cut_short |= action.get("bargeIn") == Some(&json!(true));
            let then = match what.as_str() {
                "talk" => {
                    words.push_str(&talk(action));
                    words.push(' ');
                    continue;
                }
                "stream" => {
                    check("stream", action, &[&SAID[..], &[("streamUrl!", Holds::Address)]].concat());
                    continue;
                }
                "wait" => {
                    check("wait", action, &[("action", Holds::Text), ("timeout!", Holds::Number(1, 7200))]);
                    continue;
                }
                "input" => input(action),
                "connect" => Then::Desk(connect(action)),
                "record" => {
                    self.silence = number(action, "endOnSilence").expect("silence ends it");
                    Then::Message(record(action))
                }
                other => panic!("there is no action `{other}`"),
            };
            self.rest = actions[at + 1..].to_vec();
            return Carried { words, then };
        }
        assert!(!cut_short, "no input follows: {actions:?}");
        Carried { words, then: Then::Ends }
    }

    fn conversation(&self) -> String {
        format!("CON-{}", self.id)
    }

    fn pressed(&self, url: &str, digits: &str, timed_out: bool) -> Request {
        let dtmf = json!({ "digits": digits, "timed_out": timed_out });
        self.post(url, json!({ "dtmf": dtmf, "speech": { "results": [] } }))
    }

    fn post(&self, url: &str, told: Value) -> Request {
        self.signed(url, &self.told(told))
    }

    /// What is told of the call, whatever it is.
    fn told(&self, more: Value) -> Value {
        let mut body = json!({
            "from": self.from,
            "to": DIALLED.trim_start_matches('+'),
            "uuid": self.id,
            "conversation_uuid": self.conversation(),
            "timestamp": "2026-01-01T12:00:00.000Z",
        });
        body.as_object_mut().unwrap().extend(object(more));
        body
    }

    fn signed(&self, url: &str, body: &Value) -> Request {
        let body = body.to_string();
        let kind = ("content-type", "application/json".to_owned());
        let headers = vec![kind, ("authorization", format!("Bearer {}", token(&claims(self.at, &body))))];
        Request { method: "POST", url: url.to_owned(), headers, body: body.into_bytes() }
    }
}

/// What a token says of a body.
pub fn claims(at: i64, body: &str) -> Value {
    let hash: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
    json!({ "iat": at, "jti": "c5ba8f24", "iss": "Vonage", "payload_hash": hash, "api_key": "a1b2c3d4" })
}

/// The published rule (RFC 7519 with HS256).
pub fn token(claims: &Value) -> String {
    let write = |part: &str| URL_SAFE_NO_PAD.encode(part);
    let signed = format!("{}.{}", write(r#"{"alg":"HS256","typ":"JWT"}"#), write(&claims.to_string()));
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(SECRET.as_bytes()).unwrap().chain_update(&signed);
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}
