//! Plivo: forms signed with a nonce, Plivo XML. Silence calls nobody; numbers have no plus.

use super::tree::{self, Known, Node, known};
use super::{Carried, Desk, Keys, Message, PUBLIC, Platform, Request, Then};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use hotline::call::event::DialEnd;
use hotline::play::DIALLED;
use sha2::Sha256;

/// What the account's webhooks are signed with.
pub const TOKEN: &str = "ODc2NTQzMjEwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1";

/// A document must be smaller, in bytes.
const MOST: usize = 100_000;
/// A sentence may be so long, in characters, markup included.
const LONGEST: usize = 3000;

const SPOKEN: &str = "break emphasis lang p phoneme prosody s say-as sub w";

/// The language, as it is documented.
#[rustfmt::skip]
const VERBS: &[Known] = &[
    known("Response", "", "Speak Play GetDigits GetInput Dial Record Redirect Hangup Wait PreAnswer Conference \
        MultiPartyCall Message DTMF Stream", false),
    known("Speak", "voice language loop", SPOKEN, true),
    known("Play", "loop", "", true),
    known("GetDigits", "action method numDigits timeout digitTimeout finishOnKey retries redirect playBeep \
        validDigits invalidDigitsSound log", "Speak Play", false),
    known("Dial", "action method timeout timeLimit callerId callerName hangupOnStar redirect callbackUrl \
        callbackMethod confirmSound confirmKey confirmTimeout dialMusic digitsMatch sipHeaders", "Number User", false),
    known("Number", "sendDigits sendOnPreanswer sendDigitsMode", "", true),
    known("User", "sipHeaders sipAuthUsername sipAuthPassword", "", true),
    known("Record", "action method fileFormat redirect timeout maxLength playBeep finishOnKey recordSession \
        startOnDialAnswer callbackUrl callbackMethod", "", false),
    known("Redirect", "method", "", true),
    known("Hangup", "reason schedule", "", false),
    known("Wait", "length silence minSilence beep", "", false),
    known("break", "strength time", "", false),
    known("prosody", "volume rate pitch", SPOKEN, true),
];

struct Plivo {
    call_uuid: String,
    from: String,
    /// The application asks by GET what to do with a call.
    gets: bool,
    nonce: u64,
}

/// See [`super::New`].
pub fn call(number: usize, from: &str, _at: i64) -> Box<dyn Platform> {
    let from = if from.is_empty() { "anonymous" } else { from.trim_start_matches('+') }.to_owned();
    let call_uuid = format!("{number:08x}-b0e9-4ab2-ac07-c22ee87cd04a");
    Box::new(Plivo { call_uuid, from, gets: number % 2 == 1, nonce: 31_627_761_595_286_130 })
}

impl Platform for Plivo {
    fn takes(&self) -> &'static str {
        "application/xml"
    }

    fn rings(&mut self, url: &str) -> Request {
        let method = if self.gets { "GET" } else { "POST" };
        self.ask(method, url, &[("CallStatus", "ringing"), ("Event", "StartApp"), ("RouteType", "")])
    }

    fn comes_back(&mut self, url: &str) -> Request {
        self.ask("POST", url, &[("Event", "Redirect")])
    }

    fn keys(&mut self, wait: &Keys, digits: &str, _finished: bool) -> Request {
        self.ask("POST", &wait.action, &[("Event", "Redirect"), ("InputType", "dtmf"), ("Digits", digits)])
    }

    fn silence(&mut self, wait: &Keys) -> Request {
        // The action is not asked: the next element runs.
        self.comes_back(wait.behind.as_deref().expect("somewhere to go on"))
    }

    fn desk(&mut self, wait: &Desk, end: DialEnd) -> Request {
        let (status, cause) = match end {
            DialEnd::Answered => ("completed", "NORMAL_CLEARING"),
            DialEnd::Busy => ("busy", "USER_BUSY"),
            DialEnd::NoAnswer => ("no-answer", "NO_ANSWER"),
            DialEnd::Failed => ("failed", "UNALLOCATED_NUMBER"),
        };
        let own = self.call_uuid.clone();
        let other = if end == DialEnd::Answered { "e0a87a1a-b0e9-4ab2-ac07-c22ee87cd04b" } else { "" };
        let fields = [
            ("Event", "Redirect"),
            ("DialStatus", status),
            ("DialRingStatus", "true"),
            ("DialHangupCause", cause),
            ("DialALegUUID", &*own),
            ("DialBLegUUID", other),
        ];
        self.ask("POST", &wait.action, &fields)
    }

    fn message(&mut self, wait: &Message, seconds: Option<u32>) -> Request {
        let Some(seconds) = seconds else {
            return self.comes_back(wait.behind.as_deref().expect("somewhere to go on"));
        };
        let id = format!("8c2f{}", &self.call_uuid[..8]);
        let url = format!("https://media.plivo.com/v1/Account/MAXX/Recording/{id}.wav");
        let (length, precise) = (seconds.to_string(), format!("{seconds}320"));
        let fields = [
            ("Event", "Record"),
            ("RecordUrl", &*url),
            ("RecordingID", &*id),
            ("RecordingDuration", &*length),
            ("RecordingDurationMs", &*precise),
            ("Digits", "#"),
        ];
        self.ask("POST", &wait.action, &fields)
    }

    fn hangs_up(&mut self) -> Request {
        let fields = [
            ("CallStatus", "completed"),
            ("Event", "Hangup"),
            ("HangupCause", "NORMAL_CLEARING"),
            ("Duration", "42"),
            ("BillDuration", "60"),
            ("TotalCost", "0.0085"),
        ];
        self.ask("POST", &format!("{PUBLIC}/voice/plivo/status"), &fields)
    }

    fn carries_out(&mut self, document: &str) -> Carried {
        assert!(document.len() < MOST, "the document has {} bytes", document.len());
        let mut words = String::new();
        // What goes on by itself when nothing comes of it.
        let mut waits: Option<Then> = None;
        for verb in tree::read(document, VERBS).inside {
            match verb.name.as_str() {
                "Speak" | "Play" if waits.is_none() => words.push_str(&heard(&verb)),
                "Wait" if waits.is_none() => drop(verb.number("length", 1, 1..=600)),
                "GetDigits" => {
                    verb.inside.iter().for_each(|said| words.push_str(&heard(said)));
                    waits = Some(Then::Keys(keys(&verb)));
                }
                "Record" => waits = Some(Then::Message(message(&verb))),
                "Dial" => return Carried { words, then: Then::Desk(desk(&verb)) },
                "Hangup" => return Carried { words, then: Then::Ends },
                "Redirect" => {
                    assert_eq!(verb.or("method", "POST"), "POST");
                    let behind = verb.text.trim().to_owned();
                    let then = match waits {
                        Some(Then::Keys(keys)) => Then::Keys(Keys { behind: Some(behind), ..keys }),
                        Some(Then::Message(message)) => Then::Message(Message { behind: Some(behind), ..message }),
                        _ => Then::Goes(behind),
                    };
                    return Carried { words, then };
                }
                other => panic!("<{other}> is not played here, or not here:\n{document}"),
            }
        }
        panic!("the call ends without a word where the document does:\n{document}")
    }
}

/// What is heard of words or a recording.
fn heard(verb: &Node) -> String {
    verb.number("loop", 1, 1..=1);
    if verb.name == "Play" {
        assert!(verb.text.trim().starts_with("https://"), "{verb:?}");
        return String::new();
    }
    let voice = verb.or("voice", "WOMAN");
    let markup: usize = verb.inside.iter().map(markup).sum();
    assert!(voice.starts_with("Polly.") || (["WOMAN", "MAN"].contains(&voice) && markup == 0), "{verb:?}");
    assert!(verb.text.chars().count() + markup <= LONGEST, "a sentence is too long");
    format!("{} ", verb.text)
}

/// Characters that the tags of an element take at most.
fn markup(node: &Node) -> usize {
    let attributes: usize = node.attributes.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
    let tags = if node.name == "break" { node.name.len() + 3 } else { 2 * node.name.len() + 5 };
    tags + attributes + node.inside.iter().map(markup).sum::<usize>()
}

fn keys(verb: &Node) -> Keys {
    assert_eq!((verb.or("method", "POST"), verb.flag("redirect", true)), ("POST", true), "its answer is carried out");
    assert_eq!(verb.number("retries", 1, 1..=99), 1, "what is said is said once");
    assert_eq!(verb.or("validDigits", "1234567890*#"), "1234567890*#", "every key counts");
    assert!(!verb.flag("playBeep", false));
    verb.flag("log", true);
    verb.number("timeout", 5, 1..=600);
    verb.number("digitTimeout", 2, 1..=600);
    let finish = match verb.or("finishOnKey", "#") {
        "" | "none" => None,
        one => {
            assert!(one.len() == 1 && "0123456789*#".contains(one), "finishOnKey=`{one}`");
            one.chars().next()
        }
    };
    let most = Some(verb.number("numDigits", 99, 1..=99) as usize);
    Keys { action: verb.must("action"), most, finish, behind: None }
}

fn desk(verb: &Node) -> Desk {
    assert_eq!((verb.or("method", "POST"), verb.flag("redirect", true)), ("POST", true), "its answer is carried out");
    let [rung] = &verb.inside[..] else { panic!("one is rung: {verb:?}") };
    let to = rung.text.trim().to_owned();
    match rung.name.as_str() {
        "Number" => assert!(to.bytes().all(|b| b.is_ascii_digit()), "a number has no plus: {to}"),
        _ => assert!(to.starts_with("sip:"), "{to}"),
    }
    assert!(verb.or("callerId", "").bytes().all(|b| b.is_ascii_digit()), "{verb:?}");
    Desk { action: verb.must("action"), to, ring: verb.number("timeout", 120, 1..=600) }
}

fn message(verb: &Node) -> Message {
    assert_eq!((verb.or("method", "POST"), verb.flag("redirect", true)), ("POST", true), "its answer is carried out");
    assert!(["mp3", "wav"].contains(&verb.or("fileFormat", "mp3")), "{verb:?}");
    verb.number("timeout", 15, 1..=600);
    let (longest, beep) = (verb.number("maxLength", 60, 1..=3600), verb.flag("playBeep", true));
    Message { action: verb.must("action"), behind: None, longest, beep }
}

impl Plivo {
    fn ask(&mut self, method: &'static str, url: &str, fields: &[(&str, &str)]) -> Request {
        let usual = [
            ("CallUUID", self.call_uuid.as_str()),
            ("From", &self.from),
            ("To", DIALLED.trim_start_matches('+')),
            ("Direction", "inbound"),
            ("BillRate", "0.0085"),
            ("SessionStart", "2025-11-22 00:00:00.000000"),
        ];
        let mut form: Vec<(&str, &str)> = usual.iter().chain(fields).copied().collect();
        if !form.iter().any(|(name, _)| *name == "CallStatus") {
            form.push(("CallStatus", "in-progress"));
        }
        self.nonce += 1;
        let nonce = self.nonce.to_string();
        let encoded = form_urlencoded::Serializer::new(String::new()).extend_pairs(&form).finish();
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let mut asked: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let form = form.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let (url, body, signed) = if method == "GET" {
            asked.extend(form);
            let url = format!(
                "{address}?{}",
                [query, &encoded].into_iter().filter(|q| !q.is_empty()).collect::<Vec<_>>().join("&")
            );
            (url, String::new(), signed(address, &asked, None))
        } else {
            (url.to_owned(), encoded, signed(address, &asked, Some(form.collect())))
        };
        let mut headers = vec![
            ("x-plivo-signature-v3", format!("bm90IHRoaXMgb25l,{}", signature(&signed, &nonce))),
            ("x-plivo-signature-v3-nonce", nonce),
        ];
        if method == "POST" {
            headers.push(("content-type", "application/x-www-form-urlencoded".to_owned()));
        }
        Request { method, url, headers, body: body.into_bytes() }
    }
}

/// The published rule: the address, a question mark, the query's fields sorted; then a form's fields
/// sorted, behind a full stop where there is a query.
fn signed(address: &str, query: &[(String, String)], form: Option<Vec<(String, String)>>) -> String {
    let (mut query, mut form) = (query.to_vec(), form.unwrap_or_default());
    query.sort();
    form.sort();
    let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let form: String = form.iter().map(|(name, value)| format!("{name}{value}")).collect();
    match (query.is_empty(), form.is_empty()) {
        (true, true) => address.to_owned(),
        (false, true) => format!("{address}?{}", query.join("&")),
        (true, false) => format!("{address}?{form}"),
        (false, false) => format!("{address}?{}.{form}", query.join("&")),
    }
}

fn signature(text: &str, nonce: &str) -> String {
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(TOKEN.as_bytes()).unwrap();
    STANDARD.encode(mac.chain_update(format!("{text}.{nonce}")).finalize().into_bytes())
}
