//! SignalWire: Twilio's forms under another signature's name, UUIDs, and a message that always calls back.

use super::Platform;
use super::twilio::{Call, Manner, Silence, signature};
use crate::support::twiml::Grammar;

/// The project's signing key.
pub const KEY: &str = "PSK_5b1d0c9e8f7a6b5c4d3e2f1a";

const GRAMMAR: Grammar = Grammar {
    elements: &[
        ("", "Response", &[]),
        ("Response", "Say", &["voice", "language", "loop"]),
        ("Response", "Play", &["loop"]),
        ("Response", "Pause", &["length"]),
        ("Response", "Redirect", &["method"]),
        ("Response", "Hangup", &[]),
        (
            "Response",
            "Gather",
            &["input", "action", "method", "timeout", "finishOnKey", "numDigits", "actionOnEmptyResult"],
        ),
        ("Gather", "Say", &["voice", "language", "loop"]),
        ("Gather", "Play", &["loop"]),
        ("Gather", "Pause", &["length"]),
        ("Response", "Dial", &["action", "method", "timeout", "answerOnBridge", "callerId", "callerName"]),
        ("Dial", "Number", &["statusCallback", "statusCallbackMethod", "statusCallbackEvent"]),
        ("Dial", "Sip", &["statusCallback", "statusCallbackMethod", "statusCallbackEvent"]),
        ("Response", "Record", &["action", "method", "timeout", "maxLength", "finishOnKey", "playBeep", "trim"]),
        ("Say", "prosody", &["rate", "pitch", "volume"]),
        ("prosody", "prosody", &["rate", "pitch", "volume"]),
        ("Say", "break", &["time", "strength"]),
        ("prosody", "break", &["time", "strength"]),
    ],
    ranges: &[("Dial", "timeout", 5, 600), ("Record", "maxLength", 1, 3600)],
    words: 4096,
};

const PROJECT: &str = "b3877c40-da60-4998-90ad-b792e98472af";

const SIGNALWIRE: Manner = Manner {
    name: "signalwire",
    grammar: &GRAMMAR,
    account: PROJECT,
    call: |number| format!("b3877c40-da60-4998-90ad-{number:012x}"),
    withheld: "+266696687",
    writes: str::to_owned,
    always: &[("ApiVersion", "2010-04-01"), ("CallStatus", "in-progress"), ("Direction", "inbound")],
    names_key: false,
    silence: Silence::Asks(None),
    recording: |call| {
        let url = "https://example.signalwire.com/api/laml/2010-04-01/Accounts";
        vec![("RecordingUrl", format!("{url}/{PROJECT}/Recordings/{call}"))]
    },
    tells_empty: true,
    sign: |url, form, _, _| vec![("x-signalwire-signature", signature(KEY, url, form))],
};

/// See [`super::New`].
pub fn call(number: usize, from: &str, at: i64) -> Box<dyn Platform> {
    Box::new(Call::new(&SIGNALWIRE, number, from, at))
}
