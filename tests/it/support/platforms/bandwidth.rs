//! Bandwidth: JSON with a user and a password, BXML. Silence is told like keys, as none; verbs behind one that
//! waits are passed over.

use super::tree::{self, Known, Node, known};
use super::{Carried, Desk, Keys, Message, PUBLIC, Platform, Request, Then, VOICES};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hotline::call::event::DialEnd;
use hotline::play::DIALLED;
use serde_json::{Value, json};

/// What the application's webhooks come with.
pub const CREDENTIALS: &str = "hotline:s3cr3t:with a colon";

/// The largest document, in bytes.
const MOST: usize = 64 * 1024;

const SPOKEN: &str = "break emphasis lang p phoneme prosody s say-as sub w";

/// The language, as it is documented.
#[rustfmt::skip]
const VERBS: &[Known] = &[
    known("Response", "", "SpeakSentence PlayAudio Gather Transfer Record StartRecording StopRecording PauseRecording \
        ResumeRecording Redirect Pause Ring Hangup Bridge Conference Forward Tag SendDtmf StartGather StopGather", false),
    known("SpeakSentence", "voice gender locale", SPOKEN, true),
    known("PlayAudio", "username password", "", true),
    known("Gather", "gatherUrl gatherMethod gatherFallbackUrl gatherFallbackMethod username password fallbackUsername \
        fallbackPassword tag terminatingDigits maxDigits interDigitTimeout firstDigitTimeout repeatCount",
        "PlayAudio SpeakSentence", false),
    known("Transfer", "transferCallerId transferCallerDisplayName callTimeout transferCompleteUrl transferCompleteMethod \
        transferCompleteFallbackUrl transferCompleteFallbackMethod username password tag diversionTreatment \
        diversionReason", "PhoneNumber SipUri", false),
    known("PhoneNumber", "transferAnswerUrl transferAnswerMethod transferDisconnectUrl transferDisconnectMethod \
        username password tag", "", true),
    known("SipUri", "transferAnswerUrl transferAnswerMethod transferDisconnectUrl transferDisconnectMethod uui \
        username password tag", "", true),
    known("Record", "recordCompleteUrl recordCompleteMethod recordCompleteFallbackUrl recordCompleteFallbackMethod \
        recordingAvailableUrl recordingAvailableMethod username password tag terminatingDigits maxDuration \
        silenceTimeout fileFormat transcribe", "", false),
    known("Redirect", "redirectUrl redirectMethod redirectFallbackUrl redirectFallbackMethod username password tag", "",
        false),
    known("Pause", "duration", "", false),
    known("Hangup", "", "", false),
    known("SendDtmf", "toneDuration toneInterval", "", true),
    known("break", "strength time", "", false),
    known("prosody", "volume rate pitch", SPOKEN, true),
];

struct Bandwidth {
    call_id: String,
    from: String,
    /// The application asks by GET what to do with a call.
    gets: bool,
}

/// See [`super::New`].
pub fn call(number: usize, from: &str, _at: i64) -> Box<dyn Platform> {
    let withheld = ["Restricted", "Anonymous", "Private", "Unavailable"][number % 4];
    let from = if from.is_empty() { withheld } else { from }.to_owned();
    let call_id = format!("c-{number:08x}-1a31c52e-b38f-4198-93c1-51633ec68f8d");
    Box::new(Bandwidth { call_id, from, gets: number % 2 == 1 })
}

impl Platform for Bandwidth {
    fn takes(&self) -> &'static str {
        "application/xml"
    }

    fn rings(&mut self, url: &str) -> Request {
        if !self.gets {
            return self.post(url, "initiate", &json!({}));
        }
        let event = self.event("initiate", &json!({}));
        let pairs = event.as_object().unwrap().iter().map(|(name, value)| (name, value.as_str().unwrap()));
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let url = format!("{url}{}{query}", if url.contains('?') { '&' } else { '?' });
        Request { method: "GET", url, headers: vec![authorization()], body: Vec::new() }
    }

    fn comes_back(&mut self, url: &str) -> Request {
        self.post(url, "redirect", &json!({}))
    }

    fn keys(&mut self, wait: &Keys, digits: &str, finished: bool) -> Request {
        let terminating = if finished { "#" } else { "" };
        self.post(&wait.action, "gather", &json!({ "digits": digits, "terminatingDigit": terminating }))
    }

    fn silence(&mut self, wait: &Keys) -> Request {
        self.keys(wait, "", false)
    }

    fn desk(&mut self, wait: &Desk, end: DialEnd) -> Request {
        let (cause, message) = match end {
            DialEnd::Answered => ("hangup", None),
            DialEnd::Busy => ("busy", Some("Callee is busy")),
            DialEnd::NoAnswer => ("timeout", Some("Callee did not answer")),
            DialEnd::Failed => ("error", Some("An error occurred")),
        };
        let told =
            json!({ "transferTo": wait.to, "transferCallerId": DIALLED, "cause": cause, "errorMessage": message });
        self.post(&wait.action, "transferComplete", &told)
    }

    fn message(&mut self, wait: &Message, seconds: Option<u32>) -> Request {
        // It is told in any case; where nobody spoke it is cut down to nothing.
        let duration = format!("PT{}S", seconds.map_or("0".to_owned(), |seconds| format!("{seconds}.056")));
        let recording = "r-115da407-e3d9-4ea7-889f-5f4ad7386a80";
        let url = format!("https://voice.bandwidth.com/api/v2/accounts/5/calls/c/recordings/{recording}/media");
        let told = json!({
            "recordingId": recording, "mediaUrl": url, "duration": duration, "fileFormat": "wav", "channels": 1,
        });
        self.post(&wait.action, "recordComplete", &told)
    }

    fn hangs_up(&mut self) -> Request {
        let told = json!({ "cause": "hangup", "errorMessage": null, "errorId": null });
        self.post(&format!("{PUBLIC}/voice/bandwidth/status"), "disconnect", &told)
    }

    fn carries_out(&mut self, document: &str) -> Carried {
        assert!(document.len() <= MOST, "the document has {} bytes", document.len());
        let (mut words, mut beep) = (String::new(), false);
        for verb in tree::read(document, VERBS).inside {
            let then = match verb.name.as_str() {
                "SpeakSentence" | "PlayAudio" => {
                    words.push_str(&heard(&verb));
                    continue;
                }
                "Pause" => {
                    verb.number("duration", 1, 1..=86_400);
                    continue;
                }
                "SendDtmf" => {
                    verb.number("toneDuration", 200, 50..=5000);
                    beep = true;
                    continue;
                }
                "Gather" => {
                    verb.inside.iter().for_each(|said| words.push_str(&heard(said)));
                    Then::Keys(keys(&verb))
                }
                "Transfer" => Then::Desk(desk(&verb)),
                "Record" => Then::Message(Message { beep, ..message(&verb) }),
                "Redirect" => {
                    assert_eq!(verb.or("redirectMethod", "POST"), "POST");
                    Then::Goes(verb.must("redirectUrl"))
                }
                "Hangup" => Then::Ends,
                other => panic!("<{other}> is not played here:\n{document}"),
            };
            return Carried { words, then };
        }
        panic!("the call ends without a word where the document does:\n{document}")
    }
}

/// What is heard of words or a recording.
fn heard(verb: &Node) -> String {
    if verb.name == "PlayAudio" {
        assert!(verb.text.trim().starts_with("https://"), "{verb:?}");
        return String::new();
    }
    let voice = verb.must("voice");
    let own = ["zhiyu", "masako", "kenji", "julie", "kate", "susan", "dave"];
    assert!(own.contains(&&*voice) || VOICES.contains(&&*voice), "{voice}");
    format!("{} ", verb.text)
}

fn keys(verb: &Node) -> Keys {
    assert_eq!(verb.or("gatherMethod", "POST"), "POST");
    let repeats = verb.number("repeatCount", 1, 1..=20) as usize;
    assert!(repeats * verb.inside.len() <= 20, "so much is not said inside a wait");
    assert_eq!(repeats, 1, "what is said is said once");
    verb.number("firstDigitTimeout", 5, 0..=60);
    verb.number("interDigitTimeout", 5, 1..=60);
    let most = Some(verb.number("maxDigits", 50, 1..=50) as usize);
    let terminating = verb.or("terminatingDigits", "");
    assert!(terminating.len() <= 1 && "0123456789*#".contains(terminating), "{terminating}");
    Keys { action: verb.must("gatherUrl"), most, finish: terminating.chars().next(), behind: None }
}

fn desk(verb: &Node) -> Desk {
    assert_eq!(verb.or("transferCompleteMethod", "POST"), "POST");
    assert!((1..=8).contains(&verb.inside.len()), "one to eight are rung: {verb:?}");
    let to = verb.inside[0].text.trim().to_owned();
    let shape = if verb.inside[0].name == "PhoneNumber" { "+" } else { "sip:" };
    assert!(to.starts_with(shape), "{to}");
    assert!(["", "+"].contains(&&verb.or("transferCallerId", "")[..verb.or("transferCallerId", "").len().min(1)]));
    Desk { action: verb.must("transferCompleteUrl"), to, ring: verb.number("callTimeout", 30, 1..=300) }
}

fn message(verb: &Node) -> Message {
    assert_eq!(verb.or("recordCompleteMethod", "POST"), "POST");
    assert!(["wav", "mp3"].contains(&verb.or("fileFormat", "wav")), "{verb:?}");
    verb.flag("transcribe", false);
    let longest = verb.number("maxDuration", 60, 1..=10_800);
    verb.number("silenceTimeout", 0, 0..=10_800);
    Message { action: verb.must("recordCompleteUrl"), behind: None, longest, beep: false }
}

fn authorization() -> (&'static str, String) {
    ("authorization", format!("Basic {}", STANDARD.encode(CREDENTIALS)))
}

impl Bandwidth {
    fn event(&self, kind: &str, told: &Value) -> Value {
        let mut event = json!({
            "eventType": kind,
            "eventTime": "2025-11-22T00:00:00.000Z",
            "accountId": "55555555",
            "applicationId": "7fc9698a-b04a-468b-9e8f-91238c0d0086",
            "from": self.from,
            "to": DIALLED,
            "direction": "inbound",
            "callId": self.call_id,
            "callUrl": format!("https://voice.bandwidth.com/api/v2/accounts/55555555/calls/{}", self.call_id),
            "startTime": "2025-11-21T23:59:58.234Z",
        });
        event.as_object_mut().unwrap().extend(told.as_object().unwrap().clone());
        if kind != "initiate" {
            event["answerTime"] = "2025-11-22T00:00:00.432Z".into();
        }
        event
    }

    fn post(&self, url: &str, kind: &str, told: &Value) -> Request {
        let headers = vec![("content-type", "application/json; charset=utf-8".to_owned()), authorization()];
        Request { method: "POST", url: url.to_owned(), headers, body: self.event(kind, told).to_string().into_bytes() }
    }
}
