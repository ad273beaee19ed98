//! A voice browser that keeps to VoiceXML 2.1 and knows nothing beyond it. It fetches a document, carries its
//! form out, and goes where a `<submit>` sends it.

use super::{BOUNDARY, Carried, Desk, Keys, Message, PUBLIC, Platform, Request, Then, multipart, wav};
use crate::support::vxml::{self, Does, Turn};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hotline::call::event::DialEnd;
use hotline::play::DIALLED;
use std::collections::BTreeMap;

/// User and password of the browser.
pub const CREDENTIALS: &str = "browser:5b0c7f1e9d2a";
/// The password alone, where a browser can send no header.
const TOKEN: &str = "5b0c7f1e9d2a";
/// The names by which browsers tell their session's variables.
const NAMES: [[&str; 3]; 2] =
    [["call", "from", "to"], ["session.sessionid", "session.connection.remote.uri", "session.connection.local.uri"]];

struct Browser {
    id: String,
    /// The caller, as SIP writes it.
    remote: String,
    /// It cannot send user and password.
    by_token: bool,
    /// How it names its variables.
    names: [&'static str; 3],
    turn: Turn,
    /// What a document that waits for nobody sends by itself.
    next: Option<Request>,
}

/// See [`super::New`].
pub fn call(number: usize, from: &str, _at: i64) -> Box<dyn Platform> {
    let remote = match from {
        "" => "sip:anonymous@anonymous.invalid".to_owned(),
        from if number.is_multiple_of(3) => format!("tel:{from}"),
        from => format!("sip:{from}@gateway.example.com;user=phone"),
    };
    let (by_token, names) = (number % 2 == 1, NAMES[number / 2 % 2]);
    let id = format!("a84b4c76e66710-{number}@pc33.example.com");
    Box::new(Browser { id, remote, by_token, names, turn: Turn::default(), next: None })
}

impl Platform for Browser {
    fn takes(&self) -> &'static str {
        "application/voicexml+xml"
    }

    fn rings(&mut self, url: &str) -> Request {
        let [id, from, to] = self.names;
        let token = if self.by_token { format!("&token={TOKEN}") } else { String::new() };
        let dialled = format!("tel:{DIALLED}");
        let variables = [(id, self.id.as_str()), (from, &self.remote), (to, &dialled)];
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(variables).finish();
        match id == "call" {
            true => self.request("GET", &format!("{url}{token}&{query}"), String::new()),
            false => self.request("POST", &format!("{url}{token}"), query),
        }
    }

    fn comes_back(&mut self, url: &str) -> Request {
        let next = self.next.take().expect("a submit");
        assert_eq!(next.url, url);
        next
    }

    fn keys(&mut self, _: &Keys, digits: &str, finished: bool) -> Request {
        let typed = format!("{digits}{}", if finished { "#" } else { "" });
        assert!(self.turn.takes(&typed), "{typed} is no match");
        // The words of a grammar may be told with a space between each two.
        let between = if self.by_token { " " } else { "" };
        let typed: Vec<String> = typed.chars().map(String::from).collect();
        let field = self.turn.field.clone();
        self.submits("filled", &[(&field, &typed.join(between))])
    }

    fn silence(&mut self, _: &Keys) -> Request {
        self.submits("noinput", &[])
    }

    fn desk(&mut self, _: &Desk, end: DialEnd) -> Request {
        let field = self.turn.field.clone();
        let told = match end {
            DialEnd::Answered => "far_end_disconnect",
            DialEnd::Busy => "busy",
            DialEnd::NoAnswer => "noanswer",
            DialEnd::Failed => return self.submits("error.connection.noroute", &[]),
        };
        self.submits("filled", &[(&field, told), (&format!("{field}$.duration"), "0")])
    }

    fn message(&mut self, _: &Message, seconds: Option<u32>) -> Request {
        match seconds {
            Some(seconds) => self.uploads("filled", &wav(seconds * 1000)),
            None => self.submits("noinput", &[]),
        }
    }

    /// What was said until then is still there.
    fn hangs_up(&mut self) -> Request {
        match self.turn.kind {
            vxml::Kind::Record { .. } => self.uploads("connection.disconnect.hangup", &wav(2500)),
            _ => self.submits("connection.disconnect.hangup", &[]),
        }
    }

    fn carries_out(&mut self, document: &str) -> Carried {
        self.turn = vxml::read(document);
        let words = self.turn.words.clone();
        let then = match &self.turn.kind {
            vxml::Kind::Leaves => Then::Ends,
            vxml::Kind::Transfer { dest, ring } => {
                let to = dest.strip_prefix("tel:").unwrap_or(dest).to_owned();
                Then::Desk(Desk { action: self.submit_of("filled"), to, ring: *ring })
            }
            vxml::Kind::Record { longest, beep } => {
                let (longest, beep) = (*longest, *beep);
                let (action, behind) = (self.submit_of("filled"), Some(self.submit_of("noinput")));
                Then::Message(Message { action, behind, longest, beep })
            }
            vxml::Kind::Field if self.turn.tells_keys() => {
                let (action, behind) = (self.submit_of("filled"), Some(self.submit_of("noinput")));
                let (most, finish) = (self.turn.most(), self.turn.finish());
                Then::Keys(Keys { action, most, finish, behind })
            }
            // Nobody is asked anything: the words are said, and then nothing was heard.
            vxml::Kind::Field => match self.turn.does("noinput") {
                Does::Disconnects => Then::Ends,
                Does::Submits { .. } => {
                    let request = self.submits("noinput", &[]);
                    let url = request.url.clone();
                    self.next = Some(request);
                    Then::Goes(url)
                }
            },
        };
        Carried { words, then }
    }
}

impl Browser {
    fn submit_of(&self, event: &str) -> String {
        match self.turn.does(event) {
            Does::Submits { next, .. } => next,
            Does::Disconnects => panic!("{event} goes nowhere"),
        }
    }

    /// Sends what a handler sends, its variables worked out.
    fn submits(&mut self, event: &str, known: &[(&str, &str)]) -> Request {
        let Does::Submits { next, variables, parts } = self.turn.does(event) else { panic!("{event} goes nowhere") };
        assert!(!parts);
        let body = self.worked_out(variables, known);
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(body).finish();
        self.request("POST", &next, body)
    }

    /// Sends what a handler sends as parts, the recording among them.
    fn uploads(&mut self, event: &str, sound: &[u8]) -> Request {
        let Does::Submits { next, mut variables, parts } = self.turn.does(event) else { panic!("{event}") };
        assert!(parts, "sound goes in a part");
        let message = self.turn.field.clone();
        let all = variables.len();
        variables.retain(|(name, _)| *name != message);
        assert_eq!(variables.len() + 1, all, "the recording is sent");
        let fields = self.worked_out(variables, &[]);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut request = self.request("POST", &next, String::new());
        request.headers.retain(|(name, _)| *name != "content-type");
        request.headers.push(("content-type", format!("multipart/form-data; boundary={BOUNDARY}")));
        request.body = multipart(&fields, (&message, sound));
        request
    }

    /// Variables with their values.
    fn worked_out(&self, variables: Vec<(String, Option<String>)>, known: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut scope: BTreeMap<String, String> =
            known.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        scope.insert("session.connection.remote.uri".to_owned(), self.remote.clone());
        scope.insert("session.connection.local.uri".to_owned(), format!("tel:{DIALLED}"));
        let told = variables.into_iter().map(|(name, expression)| {
            let expression = expression.as_deref().unwrap_or(&name);
            let literal = expression.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
            let or_zero = expression.strip_suffix(" || 0");
            let value = match (literal, or_zero) {
                (Some(literal), _) => literal.to_owned(),
                (None, Some(name)) => scope.get(name).cloned().unwrap_or_else(|| "0".to_owned()),
                (None, None) => scope.get(expression).unwrap_or_else(|| panic!("`{expression}` is not known")).clone(),
            };
            (name.clone(), value)
        });
        told.collect()
    }

    fn request(&self, method: &'static str, url: &str, body: String) -> Request {
        assert!(url.starts_with(PUBLIC), "{url}");
        let mut headers = Vec::new();
        match self.by_token {
            true => assert!(url.contains(&format!("token={TOKEN}")), "nothing proves the browser at {url}"),
            false => {
                assert!(!url.contains("token="), "{url}");
                headers.push(("authorization", format!("Basic {}", STANDARD.encode(CREDENTIALS))));
            }
        }
        if method == "POST" {
            headers.push(("content-type", "application/x-www-form-urlencoded".to_owned()));
        }
        Request { method, url: url.to_owned(), headers, body: body.into_bytes() }
    }
}
