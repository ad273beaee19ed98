//! Twilio, and what those have in common who follow it: signed forms, TwiML. What is a follower's own
//! stands in its [`Manner`].

use super::{Carried, Desk, Keys, Message, PUBLIC, Platform, Request, Then};
use crate::support::twiml::{self, Grammar, Verb};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use hotline::call::event::DialEnd;
use hotline::play::DIALLED;
use sha1::Sha1;
use std::collections::BTreeMap;

/// What the account's webhooks are signed with.
pub const TOKEN: &str = "2bf1a3c4d5e6f708192a3b4c5d6e7f80";

/// How a platform does what all of them do.
pub struct Manner {
    /// Its name in our addresses.
    pub name: &'static str,
    pub grammar: &'static Grammar,
    pub account: &'static str,
    /// The id of the call of a number.
    pub call: fn(usize) -> String,
    /// What stands for a number that is withheld.
    pub withheld: &'static str,
    /// How it writes numbers.
    pub writes: fn(&str) -> String,
    /// What is told on every request beside the numbers and the ids.
    pub always: &'static [(&'static str, &'static str)],
    /// The key that ended a wait is named.
    pub names_key: bool,
    /// What a wait does when nobody presses a key.
    pub silence: Silence,
    /// The fields of a recording, by its id, for `action`; and whether an empty one is told of.
    pub recording: fn(&str) -> Vec<(&'static str, String)>,
    pub tells_empty: bool,
    /// How it proves a form.
    pub sign: Sign,
}

/// The headers that prove a form: by its address, fields, body and the moment in seconds.
pub type Sign = fn(&str, &BTreeMap<String, String>, &str, i64) -> Vec<(&'static str, String)>;

/// What a wait does when nobody presses a key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// Asks its action where `actionOnEmptyResult` says so, with these digits.
    Asks(Option<&'static str>),
    /// Nobody knows: every other call asks the action, and the others go on behind the wait.
    Unknown,
}

const TWILIO: Manner = Manner {
    name: "twilio",
    grammar: &twiml::TWILIO,
    account: "AC00000000000000000000000000000001",
    call: |number| format!("CA{number:032x}"),
    withheld: "anonymous",
    writes: str::to_owned,
    always: &[("ApiVersion", "2010-04-01"), ("CallStatus", "in-progress"), ("Direction", "inbound")],
    names_key: true,
    silence: Silence::Asks(Some("")),
    recording: |call| {
        let sid = format!("RE{}", call.trim_start_matches("CA"));
        let account = "AC00000000000000000000000000000001";
        let url = format!("https://api.twilio.com/2010-04-01/Accounts/{account}/Recordings/{sid}");
        vec![("RecordingSid", sid), ("RecordingUrl", url)]
    },
    tells_empty: false,
    sign: |url, form, _, _| vec![("x-twilio-signature", signature(TOKEN, url, form))],
};

/// See [`super::New`].
pub fn call(number: usize, from: &str, at: i64) -> Box<dyn Platform> {
    Box::new(Call::new(&TWILIO, number, from, at))
}

/// A call at a platform of this family.
pub struct Call {
    manner: &'static Manner,
    sid: String,
    from: String,
    at: i64,
    /// This call is one of those that ask the action in silence, where that is not known.
    asks: bool,
}

impl Call {
    pub fn new(manner: &'static Manner, number: usize, from: &str, at: i64) -> Call {
        let from = if from.is_empty() { manner.withheld.to_owned() } else { (manner.writes)(from) };
        Call { manner, sid: (manner.call)(number), from, at, asks: number.count_ones().is_multiple_of(2) }
    }

    fn post(&self, url: &str, fields: &[(&str, &str)]) -> Request {
        let to = (self.manner.writes)(DIALLED);
        let usual = [("AccountSid", self.manner.account), ("CallSid", &self.sid), ("From", &self.from), ("To", &to)];
        let all = usual.iter().chain(self.manner.always).chain(fields);
        let form: BTreeMap<String, String> =
            all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&form).finish();
        let mut headers = (self.manner.sign)(url, &form, &body, self.at);
        headers.push(("content-type", "application/x-www-form-urlencoded; charset=UTF-8".to_owned()));
        Request { method: "POST", url: url.to_owned(), headers, body: body.into_bytes() }
    }
}

impl Platform for Call {
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
        if self.manner.names_key {
            let finished = if finished { "#" } else { "" };
            return self.post(&wait.action, &[("Digits", digits), ("FinishedOnKey", finished), ("msg", "Gather End")]);
        }
        // The terminator alone is the same as nothing there: whoever wants to go back presses star before it.
        let digits = if digits.is_empty() && finished { "*" } else { digits };
        self.post(&wait.action, &[("Digits", digits)])
    }

    fn silence(&mut self, wait: &Keys) -> Request {
        match (&wait.behind, self.manner.silence) {
            (Some(behind), _) => self.post(behind, &[]),
            (None, Silence::Asks(None)) => self.post(&wait.action, &[]),
            (None, Silence::Asks(Some(digits))) => self.post(&wait.action, &[("Digits", digits)]),
            (None, Silence::Unknown) => self.post(&wait.action, &[("Digits", "")]),
        }
    }

    fn desk(&mut self, wait: &Desk, end: DialEnd) -> Request {
        let (status, bridged) = match end {
            DialEnd::Answered => ("completed", "true"),
            DialEnd::Busy => ("busy", "false"),
            DialEnd::NoAnswer => ("no-answer", "false"),
            DialEnd::Failed => ("failed", "false"),
        };
        let other = (self.manner.call)(2);
        let mut fields = vec![("DialCallStatus", status), ("DialBridged", bridged), ("DialCallSid", &other)];
        if end == DialEnd::Answered {
            fields.push(("DialCallDuration", "0"));
        }
        self.post(&wait.action, &fields)
    }

    fn message(&mut self, wait: &Message, seconds: Option<u32>) -> Request {
        if seconds.is_none() && !self.manner.tells_empty {
            // An empty message asks nobody: the call goes on behind the verb.
            return self.post(wait.behind.as_deref().expect("somewhere to go on"), &[]);
        }
        let (recording, seconds) = ((self.manner.recording)(&self.sid), seconds.unwrap_or_default().to_string());
        let mut fields: Vec<(&str, &str)> = recording.iter().map(|(name, value)| (*name, value.as_str())).collect();
        fields.extend([("RecordingDuration", seconds.as_str()), ("Digits", "#")]);
        self.post(&wait.action, &fields)
    }

    fn hangs_up(&mut self) -> Request {
        let status = format!("{PUBLIC}/voice/{}/status", self.manner.name);
        self.post(&status, &[("CallStatus", "completed"), ("CallDuration", "42")])
    }

    fn carries_out(&mut self, document: &str) -> Carried {
        let mut words = String::new();
        let mut verbs = twiml::read_as(self.manner.grammar, document).into_iter().peekable();
        while let Some(verb) = verbs.next() {
            let behind = match verbs.peek() {
                Some(Verb::Redirect(address)) => Some(address.clone()),
                _ => None,
            };
            let then = match verb {
                Verb::Say(said) => {
                    words.push_str(&said);
                    words.push(' ');
                    continue;
                }
                // Nothing is said and nobody is told: it is a pause, and goes on behind.
                Verb::Gather(gather) if gather.says.is_empty() && gather.is_pause() => continue,
                Verb::Gather(gather) => {
                    let asks = match self.manner.silence {
                        Silence::Asks(_) => gather.action_on_empty_result,
                        Silence::Unknown => self.asks,
                    };
                    let behind = if asks { None } else { Some(behind.expect("silence would end the call")) };
                    words.push_str(&gather.says);
                    let (most, finish) = (gather.num_digits, gather.finish_on_key);
                    Then::Keys(Keys { action: gather.action, most, finish, behind })
                }
                Verb::Dial(dial) => Then::Desk(Desk { action: dial.action, to: dial.to, ring: dial.timeout }),
                Verb::Record(record) => {
                    let (action, longest, beep) = (record.action, record.max_length, record.play_beep);
                    Then::Message(Message { action, behind, longest, beep })
                }
                Verb::Redirect(address) => Then::Goes(address),
                Verb::Hangup => Then::Ends,
            };
            return Carried { words, then };
        }
        panic!("the document neither waits nor goes on nor hangs up in so many words:\n{document}")
    }
}

/// The published rule: the address, then name and value of every field in the order of their names.
pub fn signature(token: &str, url: &str, form: &BTreeMap<String, String>) -> String {
    let text: String = form.iter().fold(url.to_owned(), |text, (name, value)| text + name.as_str() + value.as_str());
    let mac = <Hmac<Sha1> as KeyInit>::new_from_slice(token.as_bytes()).unwrap().chain_update(text);
    STANDARD.encode(mac.finalize().into_bytes())
}
