//! Twilio: signed forms, TwiML.

use super::{Carried, Desk, Keys, Message, PUBLIC, Platform, Request, Then};
use crate::support::twiml::{self, Verb};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use hotline::call::event::DialEnd;
use hotline::play::DIALLED;
use sha1::Sha1;
use std::collections::BTreeMap;

/// What the account's webhooks are signed with.
pub const TOKEN: &str = "2bf1a3c4d5e6f708192a3b4c5d6e7f80";
const ACCOUNT: &str = "AC00000000000000000000000000000001";

struct Twilio {
    call_sid: String,
    from: String,
}

/// See [`super::New`].
pub fn call(number: usize, from: &str, _at: i64) -> Box<dyn Platform> {
    let from = if from.is_empty() { "anonymous" } else { from }.to_owned();
    Box::new(Twilio { call_sid: format!("CA{number:032x}"), from })
}

impl Platform for Twilio {
    fn takes(&self) -> &'static str {
        "text/xml"
    }

    fn rings(&mut self, url: &str) -> Request {
        self.post(url, &[("CallStatus", "ringing")])
    }

    fn comes_back(&mut self, url: &str) -> Request {
        self.post(url, &[])
    }

    fn keys(&mut self, wait: &Keys, digits: &str, finished: bool) -> Request {
        let finished = if finished { "#" } else { "" };
        self.post(&wait.action, &[("Digits", digits), ("FinishedOnKey", finished), ("msg", "Gather End")])
    }

    fn silence(&mut self, wait: &Keys) -> Request {
        self.post(&wait.action, &[("Digits", "")])
    }

    fn desk(&mut self, wait: &Desk, end: DialEnd) -> Request {
        let (status, bridged) = match end {
            DialEnd::Answered => ("completed", "true"),
            DialEnd::Busy => ("busy", "false"),
            DialEnd::NoAnswer => ("no-answer", "false"),
            DialEnd::Failed => ("failed", "false"),
        };
        let mut fields = vec![("DialCallStatus", status), ("DialBridged", bridged)];
        fields.push(("DialCallSid", "CA00000000000000000000000000000002"));
        if end == DialEnd::Answered {
            fields.push(("DialCallDuration", "0"));
        }
        self.post(&wait.action, &fields)
    }

    fn message(&mut self, wait: &Message, seconds: Option<u32>) -> Request {
        let Some(seconds) = seconds.map(|seconds| seconds.to_string()) else {
            // An empty message asks nobody: the call goes on behind the verb.
            return self.post(wait.behind.as_deref().expect("somewhere to go on"), &[]);
        };
        let sid = format!("RE{}", self.call_sid.trim_start_matches("CA"));
        let url = format!("https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Recordings/{sid}");
        let fields = [("RecordingSid", &*sid), ("RecordingUrl", &*url), ("RecordingDuration", &*seconds)];
        self.post(&wait.action, &[&fields[..], &[("Digits", "#")]].concat())
    }

    fn hangs_up(&mut self) -> Request {
        let status = format!("{PUBLIC}/voice/twilio/status");
        self.post(&status, &[("CallStatus", "completed"), ("CallDuration", "42")])
    }

    fn carries_out(&mut self, document: &str) -> Carried {
        let mut words = String::new();
        let mut message: Option<Message> = None;
        for verb in twiml::read(document) {
            let then = match verb {
                Verb::Say(said) => {
                    words.push_str(&said);
                    words.push(' ');
                    continue;
                }
                Verb::Gather(gather) => {
                    assert!(gather.action_on_empty_result, "silence would fall through to the next verb");
                    words.push_str(&gather.says);
                    let (most, finish) = (gather.num_digits, gather.finish_on_key);
                    Then::Keys(Keys { action: gather.action, most, finish, behind: None })
                }
                Verb::Dial(dial) => Then::Desk(Desk { action: dial.action, to: dial.to, ring: dial.timeout }),
                Verb::Record(record) => {
                    let (action, longest, beep) = (record.action, record.max_length, record.play_beep);
                    message = Some(Message { action, behind: None, longest, beep });
                    continue;
                }
                Verb::Redirect(address) => match message.take() {
                    Some(message) => Then::Message(Message { behind: Some(address), ..message }),
                    None => Then::Goes(address),
                },
                Verb::Hangup => Then::Ends,
            };
            return Carried { words, then };
        }
        panic!("the document neither waits nor goes on nor hangs up in so many words:\n{document}")
    }
}

impl Twilio {
    fn post(&self, url: &str, fields: &[(&str, &str)]) -> Request {
        let mut form: BTreeMap<&str, &str> = BTreeMap::from([
            ("AccountSid", ACCOUNT),
            ("ApiVersion", "2010-04-01"),
            ("CallSid", self.call_sid.as_str()),
            ("CallStatus", "in-progress"),
            ("Direction", "inbound"),
            ("From", self.from.as_str()),
            ("To", DIALLED),
        ]);
        form.extend(fields.iter().copied());
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&form).finish();
        let kind = "application/x-www-form-urlencoded; charset=UTF-8".to_owned();
        let headers = vec![("content-type", kind), ("x-twilio-signature", signature(url, &form))];
        Request { method: "POST", url: url.to_owned(), headers, body: body.into_bytes() }
    }
}

/// The published rule: the address, then name and value of every field in the order of their names.
fn signature(url: &str, form: &BTreeMap<&str, &str>) -> String {
    let text: String = form.iter().fold(url.to_owned(), |text, (name, value)| text + *name + *value);
    let mac = <Hmac<Sha1> as KeyInit>::new_from_slice(TOKEN.as_bytes()).unwrap().chain_update(text);
    STANDARD.encode(mac.finalize().into_bytes())
}
