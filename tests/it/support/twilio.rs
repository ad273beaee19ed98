//! The other end of the line: signs webhooks by the published rule, with no code of ours, reads
//! TwiML, and does what it says as Twilio would.

use super::server::{Answer, Server};
use super::twiml;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use hotline::words::CallId;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use sha1::Sha1;
use std::collections::{BTreeMap, BTreeSet};

/// The address we are configured to be called at.
pub const PUBLIC: &str = "https://calls.example.com";
/// What webhooks are signed with.
pub const TOKEN: &str = "the-token-of-the-account";
/// Documents in a row that only talk, at most.
const CONTINUES: usize = 12;

/// A webhook, ready to be sent as often as one likes.
#[derive(Clone, Debug)]
pub struct Webhook {
    pub url: String,
    pub fields: Vec<(String, String)>,
    pub signature: Option<String>,
}

impl Webhook {
    /// Signed with the usual token.
    pub fn new(url: &str, fields: Vec<(String, String)>) -> Webhook {
        Webhook { url: url.to_owned(), fields, signature: None }.signed(TOKEN)
    }

    /// Signed with another token.
    pub fn signed(mut self, token: &str) -> Webhook {
        self.signature = Some(signature(token, &self.url, &self.fields));
        self
    }

    /// To another address, signed for it.
    pub fn to(self, url: &str) -> Webhook {
        Webhook::new(url, self.fields)
    }

    /// With one field more or another value of it.
    pub fn with(mut self, name: &str, value: &str) -> Webhook {
        self.fields.retain(|(own, _)| own != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self.signed(TOKEN)
    }

    /// The form.
    pub fn body(&self) -> String {
        let escaped = |text: &str| text.bytes().map(escape).collect::<String>();
        let pairs = self.fields.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
        pairs.collect::<Vec<_>>().join("&")
    }
}

fn escape(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

/// The address, then name and value of every field, names sorted, the values of one name as a set.
fn signature(token: &str, url: &str, fields: &[(String, String)]) -> String {
    let mut sets: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, value) in fields {
        sets.entry(name).or_default().insert(value);
    }
    let mut text = url.to_owned();
    for (name, values) in sets {
        values.iter().for_each(|value| text.push_str(&format!("{name}{value}")));
    }
    let mac = <Hmac<Sha1> as KeyInit>::new_from_slice(token.as_bytes()).unwrap().chain_update(text);
    STANDARD.encode(mac.finalize().into_bytes())
}

/// A document as Twilio reads it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Twiml {
    /// The verbs in the response, in order.
    pub verbs: Vec<String>,
    /// All that is said, whatever its language.
    pub words: String,
    /// The languages it is said in, in order.
    pub languages: Vec<String>,
    /// The attributes of the gather, if keys are waited for.
    pub gather: Option<BTreeMap<String, String>>,
    /// Where it goes on by itself.
    pub redirect: Option<String>,
    /// The recordings that are played.
    pub plays: Vec<String>,
}

impl Twiml {
    /// Reads a document. What Twilio would not take fails the test.
    pub fn read(text: &str) -> Twiml {
        twiml::read(text);
        let (mut document, mut open) = (Twiml::default(), Vec::new());
        let mut reader = Reader::from_str(text);
        loop {
            match reader.read_event().unwrap_or_else(|error| panic!("{error}: {text}")) {
                Event::Start(tag) => {
                    document.enter(&tag, open.len());
                    open.push(name(&tag));
                }
                Event::Empty(tag) => document.enter(&tag, open.len()),
                Event::End(_) => drop(open.pop()),
                Event::Text(words) => document.hear(&words.xml10_content(), &open),
                Event::GeneralRef(reference) => {
                    let named = quick_xml::escape::resolve_predefined_entity(&reference);
                    let character = reference.resolve_char_ref().unwrap().map(String::from);
                    document.hear(&character.or(named.map(str::to_owned)).expect("a known entity"), &open);
                }
                Event::Eof => break,
                _ => {}
            }
        }
        document
    }

    fn enter(&mut self, tag: &BytesStart, depth: usize) {
        if depth == 1 {
            self.verbs.push(name(tag));
        }
        let value = |v: &quick_xml::events::attributes::Attribute| {
            v.normalized_value(XmlVersion::Implicit1_0).unwrap().into_owned()
        };
        let attributes = tag.attributes().map(|a| a.unwrap());
        let attributes: BTreeMap<String, String> = attributes.map(|a| (a.key.as_ref().to_owned(), value(&a))).collect();
        match name(tag).as_str() {
            "Gather" => self.gather = Some(attributes),
            "Say" => self.languages.push(attributes["language"].clone()),
            "Play" => self.plays.push(String::new()),
            "Redirect" => self.redirect = Some(String::new()),
            _ => {}
        }
    }

    fn hear(&mut self, words: &str, open: &[String]) {
        if open.iter().any(|tag| tag == "Say") {
            self.words.push_str(words);
        } else if let (Some("Play"), Some(played)) = (open.last().map(String::as_str), self.plays.last_mut()) {
            played.push_str(words);
        } else if let (Some("Redirect"), Some(redirect)) = (open.last().map(String::as_str), &mut self.redirect) {
            redirect.push_str(words);
        }
    }

    /// Whether the line lets the caller go.
    pub fn hangs_up(&self) -> bool {
        self.verbs.iter().any(|verb| verb == "Hangup")
    }

    /// The address that keys go to.
    pub fn action(&self) -> &str {
        &self.gather.as_ref().unwrap_or_else(|| panic!("no keys are waited for: {self:?}"))["action"]
    }

    /// What is said must hold these words.
    pub fn says(&self, words: &str) {
        assert!(self.words.contains(words), "`{words}` is not said: {self:?}");
    }
}

fn name(tag: &BytesStart) -> String {
    tag.name().as_ref().to_owned()
}

/// A call as its caller and Twilio have it.
#[derive(Clone, Debug)]
pub struct Call {
    pub sid: String,
    from: String,
    inbound: String,
    /// What was heard last, every document since the last key together.
    pub heard: Twiml,
}

impl Call {
    /// From a number to the digital wallet's line.
    pub fn from(number: &str) -> Call {
        Call::to("digital-wallet", number)
    }

    /// To a line, from a number.
    pub fn to(line: &str, number: &str) -> Call {
        let sid = format!("CA{}", CallId::fresh());
        let inbound = format!("{PUBLIC}/voice/twilio?flow={line}");
        Call { sid, from: number.to_owned(), inbound, heard: Twiml::default() }
    }

    /// From nobody knows where.
    pub fn withheld() -> Call {
        Call::from("anonymous")
    }

    /// A webhook of this call.
    pub fn webhook(&self, url: &str, more: &[(&str, &str)]) -> Webhook {
        let fields = [("CallSid", self.sid.as_str()), ("From", &self.from), ("To", "+85230000001")];
        let usual = [("AccountSid", "AC00000000000000000000000000000001"), ("Direction", "inbound"), ("ToCity", "")];
        let all = fields.iter().chain(&usual).chain(more);
        Webhook::new(url, all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    /// It comes in.
    pub fn inbound(&self) -> Webhook {
        self.webhook(&self.inbound, &[("CallStatus", "ringing")])
    }

    /// The keys Twilio makes of what is pressed now: it stops at the number of digits or at the
    /// finishing key, which it takes away.
    pub fn typed(&self, keys: &str) -> Webhook {
        let gather = self.heard.gather.as_ref().unwrap_or_else(|| panic!("no keys are waited for: {self:?}"));
        let finish = gather["finishOnKey"].as_str();
        if let Some(most) = gather.get("numDigits") {
            assert_eq!(keys.len().to_string(), *most, "the wait takes so many keys");
        }
        let digits = if finish.is_empty() { keys } else { keys.strip_suffix(finish).unwrap_or(keys) };
        let finished = if digits == keys { "" } else { finish };
        let fields = [("Digits", digits), ("FinishedOnKey", finished), ("msg", "Gather End"), IN_PROGRESS];
        self.webhook(self.heard.action(), &fields)
    }

    /// No key came in time.
    pub fn silent(&self) -> Webhook {
        self.webhook(self.heard.action(), &[("Digits", ""), IN_PROGRESS])
    }

    /// The document said where to go on.
    pub fn redirected(&self) -> Webhook {
        let address = self.heard.redirect.as_deref().unwrap_or_else(|| panic!("no way on: {self:?}"));
        self.webhook(address, &[IN_PROGRESS])
    }

    /// The call moved on.
    pub fn status(&self, status: &str) -> Webhook {
        self.webhook(&format!("{PUBLIC}/voice/twilio/status"), &[("CallStatus", status), ("CallDuration", "42")])
    }

    /// Takes an answer as what is heard.
    pub fn hears(&mut self, answer: &Answer) -> &Twiml {
        assert_eq!((answer.status, answer.kind.as_str()), (200, "text/xml"), "{answer:?}");
        self.heard = Twiml::read(&answer.body);
        &self.heard
    }

    /// Calls, and hears until a key is wanted.
    pub async fn dial(&mut self, server: &Server) -> &Twiml {
        self.go(server, self.inbound()).await
    }

    /// Presses keys, and hears until the next are wanted.
    pub async fn press(&mut self, server: &Server, keys: &str) -> &Twiml {
        self.go(server, self.typed(keys)).await
    }

    /// Presses keys, group by group.
    pub async fn press_all(&mut self, server: &Server, groups: &[&str]) -> &Twiml {
        for keys in groups {
            self.press(server, keys).await;
        }
        &self.heard
    }

    /// Sends a webhook and goes on as the documents say.
    pub async fn go(&mut self, server: &Server, webhook: Webhook) -> &Twiml {
        let answer = server.send(&webhook).await;
        self.hears(&answer);
        self.follow(server).await
    }

    /// Goes on as the documents say until a key is wanted or the line hangs up.
    pub async fn follow(&mut self, server: &Server) -> &Twiml {
        let mut words = self.heard.words.clone();
        for _ in 0..CONTINUES {
            if self.heard.gather.is_some() || self.heard.hangs_up() {
                self.heard.words = words;
                return &self.heard;
            }
            let answer = server.send(&self.redirected()).await;
            self.hears(&answer);
            words.push_str(&self.heard.words);
        }
        panic!("the line talks and talks: {self:?}");
    }

    /// Our id of the call, from an address a document gave out.
    pub fn id(&self) -> CallId {
        let parts: Vec<&str> = self.heard.redirect.as_deref().expect("an address").rsplit('/').collect();
        CallId::parse(parts[3]).expect("a call's id")
    }
}

const IN_PROGRESS: (&str, &str) = ("CallStatus", "in-progress");
