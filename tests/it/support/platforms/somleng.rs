//! Somleng: Twilio's names and signature, few verbs, UUIDs, and numbers without a plus.

use super::Platform;
use super::twilio::{Call, Manner, Silence, signature};
use crate::support::twiml::Grammar;

/// What the account's webhooks are signed with.
pub const TOKEN: &str = "somleng-auth-token-0f1e2d3c4b5a69788796";

/// What the switch carries out; anything else ends the document with an error.
const GRAMMAR: Grammar = Grammar {
    elements: &[
        ("", "Response", &[]),
        ("Response", "Say", &["voice", "language", "loop"]),
        ("Response", "Play", &["loop"]),
        ("Response", "Redirect", &["method"]),
        ("Response", "Hangup", &[]),
        ("Response", "Gather", &["action", "method", "timeout", "finishOnKey", "numDigits", "actionOnEmptyResult"]),
        ("Gather", "Say", &["voice", "language", "loop"]),
        ("Gather", "Play", &["loop"]),
        ("Response", "Dial", &["action", "method", "callerId", "timeout"]),
        ("Dial", "Number", &[]),
        ("Dial", "Sip", &[]),
        ("Response", "Record", &["action", "method", "timeout", "maxLength", "finishOnKey", "playBeep"]),
    ],
    ranges: &[("Gather", "timeout", 1, 600), ("Dial", "timeout", 1, 600)],
    words: 3000,
};

const SOMLENG: Manner = Manner {
    name: "somleng",
    grammar: &GRAMMAR,
    account: "a1a1a1a1-0000-4000-8000-000000000001",
    call: |number| format!("b6b6b6b6-0000-4000-8000-{number:012x}"),
    withheld: "anonymous",
    writes: |number| number.trim_start_matches('+').to_owned(),
    always: &[("ApiVersion", "2010-04-01"), ("CallStatus", "in-progress"), ("Direction", "inbound")],
    names_key: false,
    silence: Silence::Asks(None),
    // The action is told the address alone.
    recording: |call| {
        let accounts = "https://api.somleng.example/2010-04-01/Accounts/a1a1a1a1-0000-4000-8000-000000000001";
        vec![("RecordingUrl", format!("{accounts}/Calls/{call}/Recordings/5c5c5c5c-{}", &call[9..]))]
    },
    tells_empty: true,
    sign: |url, form, _, _| vec![("x-twilio-signature", signature(TOKEN, url, form))],
};

/// See [`super::New`].
pub fn call(number: usize, from: &str, at: i64) -> Box<dyn Platform> {
    Box::new(Call::new(&SOMLENG, number, from, at))
}
