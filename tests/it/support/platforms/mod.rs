//! The other end of the line: each telephony platform as its documentation describes it. It proves its
//! requests by the published rule, reads documents by the published verbs, and knows nothing of how
//! ours are made.

pub mod bandwidth;
pub mod freeswitch;
pub mod jambonz;
pub mod object;
pub mod plivo;
pub mod signalwire;
pub mod somleng;
pub mod ssml;
pub mod telnyx;
pub mod tree;
pub mod twilio;
pub mod voicexml;
pub mod vonage;

use hotline::call::event::DialEnd;
use hotline::provider::Provider;
use hotline::words::Secret;

/// Where providers believe the server to be.
pub const PUBLIC: &str = "https://ivr.example.com/hotline";

/// One call at a platform.
pub trait Platform: Send + Sync {
    /// The media type its documents must have.
    fn takes(&self) -> &'static str;
    /// A call comes in at this address.
    fn rings(&mut self, url: &str) -> Request;
    /// It comes to an address because a document said so.
    fn comes_back(&mut self, url: &str) -> Request;
    /// The wait is over: these keys were pressed, and whether the terminator ended it.
    fn keys(&mut self, wait: &Keys, digits: &str, finished: bool) -> Request;
    /// The wait is over without a key.
    fn silence(&mut self, wait: &Keys) -> Request;
    /// A transfer is over.
    fn desk(&mut self, wait: &Desk, end: DialEnd) -> Request;
    /// A message of so many seconds was taken down; none: nobody spoke.
    fn message(&mut self, wait: &Message, seconds: Option<u32>) -> Request;
    /// The caller hangs up, and the status address is told.
    fn hangs_up(&mut self) -> Request;
    /// Reads a document to the first verb that waits, goes elsewhere or ends. Whatever the platform
    /// would not take fails the test.
    fn carries_out(&mut self, document: &str) -> Carried;
}

/// A request to the server.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: &'static str,
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

/// What a caller heard of a document, and how it went on.
pub struct Carried {
    pub words: String,
    pub then: Then,
}

/// How a document goes on.
pub enum Then {
    Keys(Keys),
    Desk(Desk),
    Message(Message),
    /// The address of the next document.
    Goes(String),
    Ends,
}

/// Keys are waited for.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    /// Where they are sent.
    pub action: String,
    /// The wait is over after so many.
    pub most: Option<usize>,
    /// It is over with this key, which is not among them.
    pub finish: Option<char>,
    /// Where it goes on when nobody pressed one; none: at the action.
    pub behind: Option<String>,
}

/// Somebody else is rung.
#[derive(Clone, Debug, Default)]
pub struct Desk {
    pub action: String,
    /// Telephone number or SIP address.
    pub to: String,
    /// Seconds it rings.
    pub ring: u32,
}

/// A message is taken down.
#[derive(Clone, Debug, Default)]
pub struct Message {
    pub action: String,
    /// Where it goes on when nobody spoke; none: at the action.
    pub behind: Option<String>,
    /// Seconds of the longest.
    pub longest: u32,
    /// The caller hears when to speak.
    pub beep: bool,
}

/// A sound of so many ms as a telephone's: 8000 samples of 16 bits a second.
pub fn wav(millis: u32) -> Vec<u8> {
    let length = millis * 16;
    let head: [&[u8]; 4] = [b"RIFF", &(36 + length).to_le_bytes(), b"WAVEfmt ", &16_u32.to_le_bytes()];
    let mut wav = head.concat();
    wav.extend([1, 0, 1, 0]);
    wav.extend(8000_u32.to_le_bytes());
    wav.extend(16_000_u32.to_le_bytes());
    wav.extend([2, 0, 16, 0]);
    wav.extend(b"data");
    wav.extend(length.to_le_bytes());
    wav.extend((0..length).map(|at| u8::try_from(at % 251).unwrap()));
    wav
}

/// Where a part ends and the next begins.
pub const BOUNDARY: &str = "------------------------d74496d66958873e";

/// A `multipart/form-data` of fields, and of one file behind them: the name of its part, and the sound.
pub fn multipart(fields: &[(&str, &str)], file: (&str, &[u8])) -> Vec<u8> {
    let part = |name: &str, more: &str| {
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n").into_bytes()
    };
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend([&part(name, ""), value.as_bytes(), b"\r\n"].concat());
    }
    let sound = part(file.0, "; filename=\"message.wav\"\r\nContent-Type: audio/x-wav");
    body.extend([&sound, file.1, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat());
    body
}

/// A call of a platform: its number among the calls, who calls (empty: withheld), and the moment in
/// seconds.
pub type New = fn(usize, &str, i64) -> Box<dyn Platform>;

/// Voices that a line may name of its own, by language.
pub const VOICES: [&str; 4] =
    ["Polly.Zhiyu-Neural", "Polly.Hiujin-Neural", "Polly.Kazuha-Neural", "Polly.Joanna-Neural"];

/// Every platform, and what its webhooks are proved with: the secret as the settings have it.
pub const PLATFORMS: &[(Provider, &str, New)] = &[
    (Provider::Twilio, twilio::TOKEN, twilio::call),
    (Provider::Somleng, somleng::TOKEN, somleng::call),
    (Provider::SignalWire, signalwire::KEY, signalwire::call),
    (Provider::Telnyx, telnyx::PUBLIC_KEY, telnyx::call),
    (Provider::Plivo, plivo::TOKEN, plivo::call),
    (Provider::Bandwidth, bandwidth::CREDENTIALS, bandwidth::call),
    (Provider::FreeSwitch, freeswitch::CREDENTIALS, freeswitch::call),
    (Provider::VoiceXml, voicexml::CREDENTIALS, voicexml::call),
    (Provider::Vonage, vonage::SECRET, vonage::call),
    (Provider::Jambonz, jambonz::SECRET, jambonz::call),
];

/// The platform of a provider.
pub fn platform(provider: Provider) -> (Secret, New) {
    let found = PLATFORMS.iter().find(|(own, ..)| *own == provider);
    let (_, secret, new) = found.unwrap_or_else(|| panic!("there is no platform of {provider}"));
    (Secret::new(*secret), *new)
}

impl Keys {
    /// What of the keys pressed becomes digits, and whether the terminator ended it.
    pub fn takes(&self, keys: &str) -> (String, bool) {
        let data = match self.finish {
            Some(finish) => keys.split(finish).next().unwrap_or_default(),
            None => keys,
        };
        let most = self.most.unwrap_or(usize::MAX);
        assert!(data.len() <= most, "`{data}` is pressed where {most} keys are taken");
        (data.to_owned(), data.len() < keys.len())
    }
}
