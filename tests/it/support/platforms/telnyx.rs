//! Telnyx: Twilio's names, signed with a key pair over moment and body, and silence of which nobody says
//! which way it goes.

use super::Platform;
use super::twilio::{Call, Manner, Silence};
use crate::support::twiml::Grammar;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::Ed25519KeyPair;

/// The public half of the key pair, as the portal shows it.
pub const PUBLIC_KEY: &str = "6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=";
/// What the pair is made of.
const SEED: [u8; 32] = [7; 32];

const GRAMMAR: Grammar = Grammar {
    elements: &[
        ("", "Response", &[]),
        ("Response", "Say", &["voice", "loop"]),
        ("Response", "Play", &["loop", "digits", "mediaStorage"]),
        ("Response", "Pause", &["length"]),
        ("Response", "Redirect", &["method"]),
        ("Response", "Hangup", &[]),
        (
            "Response",
            "Gather",
            &[
                "input",
                "action",
                "method",
                "timeout",
                "finishOnKey",
                "numDigits",
                "minDigits",
                "maxDigits",
                "validDigits",
                "invalidDigitsAction",
            ],
        ),
        ("Gather", "Say", &["voice", "loop"]),
        ("Gather", "Play", &["loop"]),
        ("Response", "Dial", &["action", "method", "callerId", "timeout", "timeLimit", "hangupOnStar"]),
        ("Dial", "Number", &[]),
        ("Dial", "Sip", &[]),
        (
            "Response",
            "Record",
            &["action", "method", "finishOnKey", "timeout", "maxLength", "playBeep", "trim", "channels"],
        ),
    ],
    ranges: &[
        ("Gather", "timeout", 1, 120),
        ("Gather", "minDigits", 1, 128),
        ("Gather", "numDigits", 1, 128),
        ("Dial", "timeout", 5, 120),
        ("Pause", "length", 1, 180),
    ],
    words: 3000,
};

const TELNYX: Manner = Manner {
    name: "telnyx",
    grammar: &GRAMMAR,
    account: "f5586561-8ff0-4291-a51b-c7dfe4139ff9",
    call: |number| format!("v3:9X2vxPDFY2RHSJ1EdMS0RHRksMTg7ldNxdjWbVr9zBjbGjGsSe-{number:08x}_aiQ"),
    withheld: "anonymous",
    writes: str::to_owned,
    // Neither a status nor a direction is among what a wait tells.
    always: &[],
    names_key: false,
    silence: Silence::Unknown,
    recording: |call| vec![("RecordingSid", format!("35094891-{:x}", call.len())), ("RecordingUrl", URL.to_owned())],
    tells_empty: true,
    sign: |_, _, body, at| {
        let pair = Ed25519KeyPair::from_seed_unchecked(&SEED).unwrap();
        let signature = pair.sign(format!("{at}|{body}").as_bytes());
        let signature = STANDARD.encode(signature.as_ref());
        vec![("telnyx-timestamp", at.to_string()), ("telnyx-signature-ed25519", signature)]
    },
};

const URL: &str = "https://recording.example/a-recording";

/// See [`super::New`].
pub fn call(number: usize, from: &str, at: i64) -> Box<dyn Platform> {
    Box::new(Call::new(&TELNYX, number, from, at))
}
