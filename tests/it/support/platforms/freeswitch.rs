//! FreeSWITCH with mod_httapi: forms and queries with user and password, one document of tags that are
//! run in their order.

use super::{BOUNDARY, Carried, Desk, Keys, Message, Platform, Request, Then, multipart, wav};
use crate::support::xml::{self, Element};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hotline::call::event::DialEnd;
use hotline::play::DIALLED;
use regex::Regex;

/// User and password in the switch's profile.
pub const CREDENTIALS: &str = "switch:7d0a5c1e2b3f";
/// A longer answer is an error: one less than a MiB.
const LONGEST: usize = 1024 * 1024 - 1;
/// Those the switch adds to every request besides.
const ALWAYS: &[(&str, &str)] = &[
    ("hostname", "fs1"),
    ("Caller-Direction", "inbound"),
    ("Caller-Caller-ID-Name", "Test Caller"),
    ("Caller-Network-Addr", "10.0.0.5"),
    ("Caller-Channel-Name", "sofia/external/caller@10.0.0.5"),
    ("Caller-Screen-Bit", "true"),
];

struct FreeSwitch {
    uuid: String,
    from: String,
    /// What the profile's `method` says, as it is written there.
    method: &'static str,
    /// Where the next request goes.
    url: String,
    /// What is asked for with the next request, once.
    once: Vec<String>,
    /// What is asked for with every request.
    always: Vec<(String, String)>,
    /// The name of the keys' parameter.
    keys: String,
    /// The recording under way: its part, and the silence that ends it, in seconds.
    recording: Option<(String, u32)>,
}

/// See [`super::New`].
pub fn call(number: usize, from: &str, _at: i64) -> Box<dyn Platform> {
    let uuid = format!("d75e54a0-3b6d-4030-8dbd-{number:012x}");
    let method = ["post", "GET"][number % 2];
    let (url, once, always, keys) = (String::new(), Vec::new(), Vec::new(), String::new());
    Box::new(FreeSwitch { uuid, from: from.to_owned(), method, url, once, always, keys, recording: None })
}

impl Platform for FreeSwitch {
    fn takes(&self) -> &'static str {
        "text/xml"
    }

    fn rings(&mut self, url: &str) -> Request {
        url.clone_into(&mut self.url);
        self.asks(&[])
    }

    fn comes_back(&mut self, url: &str) -> Request {
        assert_eq!(url, self.url);
        self.asks(&[])
    }

    fn keys(&mut self, _: &Keys, digits: &str, finished: bool) -> Request {
        let name = self.keys.clone();
        match (digits, finished) {
            ("", true) => self.asks(&[("input_type", "dtmf")]),
            _ => self.asks(&[(&name, digits), ("input_type", "dtmf")]),
        }
    }

    /// Nothing is added: the next request is like one after which nobody was asked anything.
    fn silence(&mut self, _: &Keys) -> Request {
        self.asks(&[])
    }

    fn desk(&mut self, _: &Desk, end: DialEnd) -> Request {
        let disposition = match end {
            DialEnd::Answered => "SUCCESS",
            DialEnd::Busy => "USER_BUSY",
            DialEnd::NoAnswer => "NO_ANSWER",
            DialEnd::Failed => "DESTINATION_OUT_OF_ORDER",
        };
        let asked = std::mem::take(&mut self.once);
        let known = asked.iter().filter(|name| *name == "originate_disposition");
        let told: Vec<(&str, &str)> = known.map(|name| (name.as_str(), disposition)).collect();
        assert!(!told.is_empty(), "nobody asked how it went");
        self.asks(&told)
    }

    /// Also where nobody speaks there is a file, of the silence that ended it.
    fn message(&mut self, _: &Message, seconds: Option<u32>) -> Request {
        let (part, silence) = self.recording.take().expect("a recording");
        let sound = wav(seconds.map_or(silence * 1000 + 20, |seconds| seconds * 1000));
        self.uploads(&[], (&part, &sound))
    }

    /// What was said until then goes along.
    fn hangs_up(&mut self) -> Request {
        let exiting = [("exiting", "true")];
        match self.recording.take() {
            Some((part, _)) => self.uploads(&exiting, (&part, &wav(2500))),
            None => self.asks(&exiting),
        }
    }

    fn carries_out(&mut self, document: &str) -> Carried {
        assert!(document.len() <= LONGEST);
        let root = xml::read(document);
        assert_eq!((root.name.as_str(), root.must("type")), ("document", "xml/freeswitch-httapi"));
        check(&root, &["params", "variables", "work"], &["type"]);
        let [work] = root.named("work")[..] else { panic!("one <work>") };
        let variables: Vec<(String, String)> =
            root.named("variables").iter().flat_map(|all| all.elements()).map(|v| (v.name.clone(), v.text())).collect();
        assert!(work.elements().next().is_some(), "without a tag the dialplan goes on");
        let params = root.named("params").into_iter().flat_map(|all| all.elements().cloned().collect::<Vec<_>>());
        self.always.extend(params.map(|param| (param.name.clone(), param.text())));
        let mut words = String::new();
        let mut desk = None;
        let mut tags = work.elements().peekable();
        while let Some(tag) = tags.next() {
            let then = self.runs(tag, &mut words);
            if let Some(Then::Desk(_)) = then {
                let set = |name: &str, value: &str| variables.iter().any(|(n, v)| n == name && v == value);
                assert!(set("continue_on_fail", "true"), "the switch would hang up when nobody answers");
                desk = then;
            } else if let Some(then) = then {
                // Tags behind one that takes keys are run whatever was pressed.
                assert!(tags.peek().is_none(), "nothing can follow <{}>", tag.name);
                return Carried { words, then };
            }
        }
        Carried { words, then: desk.unwrap_or_else(|| Then::Goes(self.url.clone())) }
    }
}

impl FreeSwitch {
    /// Runs one tag.
    fn runs(&mut self, tag: &Element, words: &mut String) -> Option<Then> {
        let known: &[&str] = match tag.name.as_str() {
            "continue" | "break" => &[],
            "playback" => &["file", "name", "error-file", "digit-timeout", "input-timeout", "loops", "terminators"],
            "speak" => &["engine", "voice", "text", "name", "digit-timeout", "input-timeout", "loops", "terminators"],
            "pause" => &["milliseconds", "name", "digit-timeout", "loops", "terminators"],
            "dial" => &["context", "dialplan", "caller-id-name", "caller-id-number"],
            "record" => {
                &["file", "name", "beep-file", "limit", "silence-hits", "threshold", "terminators", "error-file"]
            }
            "getVariable" => &["name", "permanent"],
            "hangup" => &["cause"],
            other => panic!("<{other}> is no tag, or one that leaves the application"),
        };
        check(tag, &["bind"], &[known, &["action", "temp-action"]].concat());
        if let Some(action) = tag.get("action") {
            assert!(!action.starts_with("dial:"), "that would transfer the keys");
            action.clone_into(&mut self.url);
        }
        match tag.name.as_str() {
            "speak" => {
                assert!(!tag.must("engine").is_empty() && !tag.must("voice").is_empty());
                words.push_str(tag.must("text"));
                words.push(' ');
            }
            "playback" => assert!(tag.must("file").starts_with("https://")),
            "pause" => assert!(tag.must("milliseconds").parse::<u32>().unwrap() > 0),
            "dial" => return Some(Then::Desk(self.dials(tag))),
            "getVariable" => self.once.push(tag.must("name").to_owned()),
            "hangup" => return Some(Then::Ends),
            "record" => return Some(Then::Message(self.records(tag))),
            _ => {}
        }
        let binds: Vec<String> = tag.named("bind").iter().map(|bind| bind.text()).collect();
        (!binds.is_empty()).then(|| self.waits(tag, &binds))
    }

    /// A single pattern is over as soon as it fits, several with the terminator or in time.
    fn waits(&mut self, tag: &Element, binds: &[String]) -> Then {
        for timeout in ["digit-timeout", "input-timeout"] {
            assert!(tag.get(timeout).is_none_or(|ms| ms.parse::<u32>().unwrap() > 0), "{timeout}");
        }
        tag.get("name").unwrap_or("dialed_digits").clone_into(&mut self.keys);
        let finish = tag.get("terminators").map(|keys| keys.chars().next().expect("a terminator"));
        let fits =
            |bind: &str, keys: &str| Regex::new(bind.strip_prefix('~').expect("a pattern")).unwrap().is_match(keys);
        let most = match binds {
            [only] => {
                assert!("0123456789*#".chars().all(|key| fits(only, &key.to_string())), "{only} waits for more");
                assert_eq!(finish, None);
                Some(1)
            }
            [first, second] => {
                // A terminator is still there when the pattern is tried.
                for typed in ["1", "123456", "*", "123#", "#"] {
                    assert!(fits(first, typed) && !fits(second, typed), "{typed} is lost");
                }
                None
            }
            _ => panic!("{binds:?}"),
        };
        Then::Keys(Keys { action: self.url.clone(), most, finish, behind: None })
    }

    /// With a pattern for keys any key ends it.
    fn records(&mut self, tag: &Element) -> Message {
        assert!(tag.must("file").ends_with(".wav") && !tag.must("file").contains('/'));
        assert!(!tag.named("bind").is_empty(), "no key would end it");
        let silence = tag.must("silence-hits").parse().unwrap();
        self.recording = Some((tag.get("name").unwrap_or("attached_file").to_owned(), silence));
        let beep = tag.get("beep-file").is_some_and(|beep| beep.starts_with("tone_stream://"));
        Message { action: self.url.clone(), behind: None, longest: tag.must("limit").parse().unwrap(), beep }
    }

    /// A string with a slash is originated and waited for.
    fn dials(&mut self, tag: &Element) -> Desk {
        let said = tag.text();
        let (leg, to) = said.strip_prefix("[leg_timeout=").and_then(|rest| rest.split_once(']')).expect("a leg");
        let gateway = "sofia/gateway/${default_gateway}/";
        let (to, number) = match to.strip_prefix(gateway) {
            Some(number) => (number.to_owned(), true),
            None => (format!("sip:{}", to.strip_prefix("sofia/external/").expect("an endpoint")), false),
        };
        assert!(!number || to.starts_with('+'), "{to}");
        Desk { action: self.url.clone(), to, ring: leg.parse().unwrap() }
    }

    /// What holds for the whole call and what is told once, as parts beside a file.
    fn uploads(&self, once: &[(&str, &str)], file: (&str, &[u8])) -> Request {
        let fields = self.fields(once);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let kind = ("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
        let headers = [self.headers(), vec![kind]].concat();
        Request { method: self.method, url: self.url.clone(), headers, body: multipart(&fields, file) }
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        vec![
            ("authorization", format!("Basic {}", STANDARD.encode(CREDENTIALS))),
            ("user-agent", "mod_httapi/1.0".to_owned()),
            ("cookie", String::new()),
        ]
    }

    /// Everything that holds for the whole call, and what is told once.
    fn fields(&self, once: &[(&str, &str)]) -> Vec<(String, String)> {
        let hidden = if self.from.is_empty() { "true" } else { "false" };
        let from = if self.from.is_empty() { "+85261239500" } else { &self.from };
        let mut fields = vec![("session_id", self.uuid.as_str()), ("url", self.url.as_str())];
        fields.extend(ALWAYS);
        fields.extend([
            ("Caller-Caller-ID-Number", from),
            ("Caller-Destination-Number", DIALLED.trim_start_matches('+')),
            ("Caller-Unique-ID", &self.uuid),
            ("Caller-Privacy-Hide-Number", hidden),
        ]);
        fields.extend(self.always.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        fields.extend(once);
        fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    fn asks(&self, once: &[(&str, &str)]) -> Request {
        let pairs = self.fields(once).into_iter();
        let pairs: Vec<String> = pairs.map(|(name, value)| format!("{}={}", escaped(&name), escaped(&value))).collect();
        let pairs = pairs.join("&");
        let headers = self.headers();
        if self.method == "GET" {
            let mark = if self.url.contains('?') { '&' } else { '?' };
            let url = format!("{}{mark}{pairs}", self.url);
            return Request { method: self.method, url, headers, body: Vec::new() };
        }
        let kind = ("content-type", "application/x-www-form-urlencoded".to_owned());
        let headers = [headers, vec![kind]].concat();
        Request { method: self.method, url: self.url.clone(), headers, body: pairs.into_bytes() }
    }
}

/// Only what is known, and no text where none belongs.
fn check(element: &Element, inside: &[&str], attributes: &[&str]) {
    let name = &element.name;
    for attribute in element.attributes.keys() {
        assert!(attributes.contains(&attribute.as_str()), "<{name}> has no attribute {attribute}");
    }
    for child in element.elements() {
        assert!(inside.contains(&child.name.as_str()), "<{}> has no place in <{name}>", child.name);
    }
    assert!(!element.has_text() || name == "dial", "text has no place in <{name}>");
}

/// As the switch encodes: a slash stays.
fn escaped(text: &str) -> String {
    let stays = |b: u8| b.is_ascii_alphanumeric() || b"-_./,".contains(&b);
    text.bytes().map(|b| if stays(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
