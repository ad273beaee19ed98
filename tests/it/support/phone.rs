//! A telephone at Twilio: posts signed webhooks over HTTP and does what the documents say. The
//! signature is made by the published rule, with no code of ours.

use super::twiml::{self, Dial, Gather, Record, Verb};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use hotline::call::event::DialEnd;
use hotline::play::{DIALLED, Input, Waits};
use sha1::Sha1;
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// Where providers believe the server to be.
pub const PUBLIC: &str = "https://ivr.example.com/hotline";
/// What the account's webhooks are signed with.
pub const TOKEN: &str = "2bf1a3c4d5e6f708192a3b4c5d6e7f80";
const ACCOUNT: &str = "AC00000000000000000000000000000001";
/// More documents in a row than a caller would listen to without being asked anything.
const IN_A_ROW: usize = 20;

/// One call through the router.
pub struct RouterSide {
    http: reqwest::Client,
    server: SocketAddr,
    call_sid: String,
    from: String,
    /// What the line waits for; none before the call and after it.
    waits: Option<Wait>,
    /// The latest address a document gave out.
    place: String,
    /// The latest request, and what it was answered with.
    last: (String, Vec<(String, String)>, String),
}

/// What a document waits for, and the address behind it for when that asks nobody.
enum Wait {
    Keys(Gather),
    Desk(Dial),
    Message(Record, String),
}

impl RouterSide {
    /// A telephone that can ring the server. `from` is empty when the number is withheld.
    pub fn new(server: SocketAddr, from: &str, number: usize) -> RouterSide {
        hotline::outside::start_tls();
        RouterSide {
            http: reqwest::Client::new(),
            server,
            call_sid: format!("CA{number:032x}"),
            from: if from.is_empty() { "anonymous".to_owned() } else { from.to_owned() },
            waits: None,
            place: String::new(),
            last: Default::default(),
        }
    }

    /// Rings the line and gives everything said until it waits.
    pub async fn ring(&mut self, flow: &str) -> String {
        let inbound = format!("{PUBLIC}/voice/twilio?flow={flow}");
        self.listen(inbound, &[("CallStatus", "ringing")]).await
    }

    /// What the line waits for.
    pub fn waits(&self) -> Waits {
        match self.waits {
            Some(Wait::Keys(_)) => Waits::Keys,
            Some(Wait::Desk(_)) => Waits::Desk,
            Some(Wait::Message(..)) => Waits::Message,
            None => Waits::Nothing,
        }
    }

    /// Our id of the call, as it stands in the addresses given out.
    pub fn call(&self) -> &str {
        let rest = self.place.split_once("/c/").map_or("", |(_, rest)| rest);
        rest.split('/').next().unwrap_or_default()
    }

    /// Does what the caller does, and gives everything said until the line waits again.
    pub async fn does(&mut self, input: &Input) -> String {
        let wait = self.waits.take().expect("a caller can only do something while the line is open");
        match (input, wait) {
            (Input::Keys(keys), Wait::Keys(gather)) => {
                let (digits, finished) = gather.takes(keys.reveal());
                let fields = [("Digits", digits.as_str()), ("FinishedOnKey", finished), ("msg", "Gather End")];
                self.listen(gather.action, &fields).await
            }
            (Input::Silence, Wait::Keys(gather)) => {
                assert!(gather.action_on_empty_result, "silence would fall through to the next verb");
                self.listen(gather.action, &[("Digits", "")]).await
            }
            (Input::Desk(end), Wait::Desk(dial)) => {
                let (status, bridged) = match end {
                    DialEnd::Answered => ("completed", "true"),
                    DialEnd::Busy => ("busy", "false"),
                    DialEnd::NoAnswer => ("no-answer", "false"),
                    DialEnd::Failed => ("failed", "false"),
                };
                let mut fields = vec![("DialCallStatus", status), ("DialBridged", bridged)];
                fields.push(("DialCallSid", "CA00000000000000000000000000000002"));
                if *end == DialEnd::Answered {
                    fields.push(("DialCallDuration", "0"));
                }
                self.listen(dial.action, &fields).await
            }
            (Input::Speech(seconds), Wait::Message(record, _)) => {
                let seconds = record.max_length.min(*seconds).to_string();
                let sid = format!("RE{}", self.call_sid.trim_start_matches("CA"));
                let url = format!("https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Recordings/{sid}");
                let fields = [("RecordingSid", &*sid), ("RecordingUrl", &*url), ("RecordingDuration", &*seconds)];
                self.listen(record.action, &[&fields[..], &[("Digits", "#")]].concat()).await
            }
            // An empty message asks nobody: the call goes on behind the verb.
            (Input::Silence, Wait::Message(_, behind)) => self.listen(behind, &[]).await,
            (Input::HangUp, _) => {
                let status = format!("{PUBLIC}/voice/twilio/status");
                let response = self.post(&status, &[("CallStatus", "completed"), ("CallDuration", "42")]).await;
                assert!(response.is_empty(), "a status is answered with nothing to say");
                String::new()
            }
            _ => panic!("the caller does what the line does not wait for"),
        }
    }

    async fn listen(&mut self, address: String, fields: &[(&str, &str)]) -> String {
        let mut words = String::new();
        let mut document = self.post(&address, fields).await;
        for _ in 0..IN_A_ROW {
            match self.carry_out(&document, &mut words) {
                Some(next) => document = self.post(&next, &[]).await,
                None => return words,
            }
        }
        panic!("nothing but redirects; heard so far: {words}")
    }

    /// Verb by verb, to the first that waits, goes elsewhere or ends. Gives the address to go to.
    fn carry_out(&mut self, document: &str, words: &mut String) -> Option<String> {
        let mut message: Option<Record> = None;
        for verb in twiml::read(document) {
            match verb {
                Verb::Say(said) => {
                    words.push_str(&said);
                    words.push(' ');
                }
                Verb::Gather(gather) => {
                    words.push_str(&gather.says);
                    self.place.clone_from(&gather.action);
                    self.waits = Some(Wait::Keys(gather));
                    return None;
                }
                Verb::Dial(dial) => {
                    assert!(!dial.to.is_empty() && dial.timeout >= 5, "somebody is given the time to answer: {dial:?}");
                    self.place.clone_from(&dial.action);
                    self.waits = Some(Wait::Desk(dial));
                    return None;
                }
                Verb::Record(record) => {
                    assert!(record.play_beep, "the caller hears when to speak");
                    self.place.clone_from(&record.action);
                    message = Some(record);
                }
                Verb::Redirect(address) => {
                    if let Some(record) = message.take() {
                        self.waits = Some(Wait::Message(record, address));
                        return None;
                    }
                    self.place.clone_from(&address);
                    return Some(address);
                }
                Verb::Hangup => return None,
            }
        }
        panic!("the document neither waits nor goes on nor hangs up in so many words:\n{document}")
    }

    /// Sends the latest request so many times more, all at once; each is answered as it was.
    pub async fn repeats_itself(&self, times: usize) {
        let (address, fields, document) = &self.last;
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let again: Vec<_> = (0..times).map(|_| tokio::spawn(read(self.request(address, &fields)))).collect();
        for same in again {
            assert_eq!(same.await.unwrap(), *document);
        }
    }

    async fn post(&mut self, address: &str, fields: &[(&str, &str)]) -> String {
        let document = read(self.request(address, fields)).await;
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.last = (address.to_owned(), fields, document.clone());
        document
    }

    fn request(&self, address: &str, fields: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let path = address.strip_prefix(PUBLIC).unwrap_or_else(|| panic!("{address} is not where we are"));
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
        let request = self.http.post(format!("http://{}{path}", self.server)).form(&form);
        request.header("x-twilio-signature", signature(address, &form))
    }
}

async fn read(request: reqwest::RequestBuilder) -> String {
    let response = request.send().await.unwrap();
    let (status, address) = (response.status(), response.url().clone());
    let text = response.text().await.unwrap();
    assert!(status.is_success(), "{status} from {address}: {text}");
    text
}

impl Gather {
    /// What of the keys pressed becomes digits, and the key that ended it.
    fn takes(&self, keys: &str) -> (String, &'static str) {
        let data = match self.finish_on_key {
            Some(finish) => keys.split(finish).next().unwrap_or_default(),
            None => keys,
        };
        let most = self.num_digits.unwrap_or(usize::MAX);
        assert!(data.len() <= most, "`{data}` is pressed where {most} keys are taken");
        (data.to_owned(), if data.len() < keys.len() { "#" } else { "" })
    }
}

/// The published rule: the address, then name and value of every field in the order of their names.
fn signature(address: &str, form: &BTreeMap<&str, &str>) -> String {
    let text: String = form.iter().fold(address.to_owned(), |text, (name, value)| text + &**name + &**value);
    let mac = <Hmac<Sha1> as KeyInit>::new_from_slice(TOKEN.as_bytes()).unwrap().chain_update(text);
    STANDARD.encode(mac.finalize().into_bytes())
}
