//! Reads TwiML the way a platform's documentation says it is carried out, to the point where the
//! caller does something. Written from that documentation, not from what we render: a word, verb,
//! attribute or value that is not in it fails the test.

use super::xml::character;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::collections::BTreeMap;

/// What a platform takes, as its documentation has it.
pub struct Grammar {
    /// What may stand in which element, with which attributes.
    pub elements: &'static [(&'static str, &'static str, &'static [&'static str])],
    /// The smallest and the largest number an attribute may be.
    pub ranges: &'static [(&'static str, &'static str, u32, u32)],
    /// Most characters of words in an element.
    pub words: usize,
}

/// Most bytes of a document.
const LARGEST: usize = 64 * 1024;

const SSML: [(&str, &str, &[&str]); 4] = [
    ("Say", "prosody", &["rate", "pitch", "volume"]),
    ("prosody", "prosody", &["rate", "pitch", "volume"]),
    ("Say", "break", &["time", "strength"]),
    ("prosody", "break", &["time", "strength"]),
];

/// Twilio's own.
pub const TWILIO: Grammar = Grammar {
    elements: &[
        ("", "Response", &[]),
        ("Response", "Say", &["voice", "language", "loop"]),
        ("Response", "Play", &["loop", "digits"]),
        ("Response", "Pause", &["length"]),
        ("Response", "Redirect", &["method"]),
        ("Response", "Hangup", &[]),
        (
            "Response",
            "Gather",
            &["input", "action", "method", "timeout", "finishOnKey", "numDigits", "actionOnEmptyResult", "bargeIn"],
        ),
        ("Gather", "Say", &["voice", "language", "loop"]),
        ("Gather", "Play", &["loop", "digits"]),
        ("Gather", "Pause", &["length"]),
        ("Response", "Dial", &["action", "method", "timeout", "answerOnBridge", "callerId"]),
        ("Dial", "Number", &["statusCallback", "statusCallbackMethod", "statusCallbackEvent"]),
        ("Dial", "Sip", &["statusCallback", "statusCallbackMethod", "statusCallbackEvent"]),
        ("Response", "Record", &["action", "method", "timeout", "maxLength", "finishOnKey", "playBeep", "trim"]),
        SSML[0],
        SSML[1],
        SSML[2],
        SSML[3],
    ],
    ranges: &[("Dial", "timeout", 1, 600)],
    words: 4096,
};

/// What a document does, verb after verb.
#[derive(Debug, PartialEq, Eq)]
pub enum Verb {
    /// Says words in a language.
    Say(String),
    /// Waits for keys while it says words.
    Gather(Gather),
    /// Rings somebody and connects the caller; goes on at the action when that is over.
    Dial(Dial),
    /// Takes a message down.
    Record(Record),
    /// Fetches the next document.
    Redirect(String),
    /// Ends the call.
    Hangup,
}

/// `<Gather>` with the defaults filled in.
#[derive(Debug, PartialEq, Eq)]
pub struct Gather {
    pub says: String,
    pub action: String,
    /// Ends after so many keys.
    pub num_digits: Option<usize>,
    /// Ends it and is not among the digits; none when it was given as empty.
    pub finish_on_key: Option<char>,
    /// Whether the action is asked although no key came.
    pub action_on_empty_result: bool,
    /// Seconds until it gives up.
    pub timeout: u32,
}

/// `<Dial>`.
#[derive(Debug, PartialEq, Eq)]
pub struct Dial {
    pub action: String,
    /// Telephone number or SIP address.
    pub to: String,
    /// Seconds it rings.
    pub timeout: u32,
}

/// `<Record>` with the defaults filled in.
#[derive(Debug, PartialEq, Eq)]
pub struct Record {
    pub action: String,
    /// Seconds of the longest message.
    pub max_length: u32,
    pub play_beep: bool,
}

/// A verb whose end has not come yet.
#[derive(Default)]
struct Begun {
    gather: Option<Gather>,
    dial: Option<Dial>,
    record: Option<Record>,
}

/// The document's verbs in order, as Twilio reads it.
pub fn read(text: &str) -> Vec<Verb> {
    read_as(&TWILIO, text)
}

/// The document's verbs in order.
pub fn read_as(grammar: &Grammar, text: &str) -> Vec<Verb> {
    assert!(text.len() <= LARGEST, "{} bytes", text.len());
    let mut reader = Reader::from_str(text);
    let mut open: Vec<String> = Vec::new();
    let mut verbs: Vec<Verb> = Vec::new();
    let mut begun = Begun::default();
    let mut words = String::new();
    let mut closed = false;
    loop {
        let event = reader.read_event().unwrap_or_else(|e| panic!("this is no XML: {e}\n{text}"));
        match event {
            Event::Eof => break,
            Event::Decl(_) => assert!(open.is_empty() && !closed, "the declaration comes first"),
            Event::Start(tag) | Event::Empty(tag) if closed => panic!("<{}> after the document", name(&tag)),
            Event::Start(tag) => {
                let tag = begin(grammar, &tag, &open, &mut begun);
                open.push(tag);
            }
            Event::Empty(tag) => {
                let tag = begin(grammar, &tag, &open, &mut begun);
                end(&tag, &mut words, &mut begun, &mut verbs);
                closed = open.is_empty();
            }
            Event::End(_) => {
                let tag = open.pop().expect("the parser pairs tags");
                assert!(tag != "Say" || words.chars().count() <= grammar.words, "too long: {words}");
                end(&tag, &mut words, &mut begun, &mut verbs);
                closed = open.is_empty();
            }
            Event::Text(piece) => say(&piece, &open, &mut words),
            Event::GeneralRef(entity) => say(&character(&entity), &open, &mut words),
            other => panic!("{other:?} has no place in TwiML"),
        }
    }
    assert!(closed, "the document is whole:\n{text}");
    verbs
}

/// Checks that a tag may stand where it stands, with these attributes.
fn begin(grammar: &Grammar, tag: &BytesStart<'_>, open: &[String], begun: &mut Begun) -> String {
    let name = name(tag);
    let inside = open.last().map_or("", String::as_str);
    let own = grammar.elements.iter().find(|(within, own, _)| *within == inside && *own == name);
    let (.., known) = own.unwrap_or_else(|| panic!("<{name}> has no place in <{inside}>"));
    let attributes: BTreeMap<String, String> = tag
        .attributes()
        .map(|attribute| {
            let attribute = attribute.unwrap();
            let name = attribute.key.as_ref().to_owned();
            (name, attribute.normalized_value(XmlVersion::Implicit1_0).unwrap().into_owned())
        })
        .collect();
    for attribute in attributes.keys() {
        assert!(known.contains(&attribute.as_str()), "<{name}> has no attribute {attribute}");
    }
    for (_, attribute, least, most) in grammar.ranges.iter().filter(|(element, ..)| *element == name) {
        let number = attributes.get(*attribute).map(|value| value.parse::<u32>().unwrap());
        assert!(number.is_none_or(|n| (*least..=*most).contains(&n)), "<{name}> {attribute}={number:?}");
    }
    let method = attributes.get("method").map_or("POST", String::as_str);
    assert_eq!(method, "POST", "only POST is played here");
    let get = |name: &str| attributes.get(name).cloned();
    match name.as_str() {
        "Gather" => begun.gather = Some(Gather::of(&attributes)),
        "Dial" => {
            begun.dial = Some(Dial {
                action: get("action").expect("without an action the call ends behind the verb"),
                to: String::new(),
                timeout: get("timeout").map_or(30, |t| t.parse().unwrap()),
            });
        }
        "Record" => {
            begun.record = Some(Record {
                action: get("action").expect("without an action the document itself would be asked again"),
                max_length: get("maxLength").map_or(3600, |t| t.parse().unwrap()),
                play_beep: get("playBeep").is_none_or(|beep| beep == "true"),
            });
        }
        _ => {}
    }
    name
}

impl Gather {
    /// Whether it calls nobody when no key comes, so that it is over without a word.
    pub fn is_pause(&self) -> bool {
        !self.action_on_empty_result
    }

    fn of(attributes: &BTreeMap<String, String>) -> Gather {
        let get = |name: &str| attributes.get(name).map(String::as_str);
        let input = get("input").unwrap_or("dtmf");
        assert_eq!(input, "dtmf", "speech is not played here");
        let finish = get("finishOnKey").unwrap_or("#");
        assert!(finish.is_empty() || (finish.len() == 1 && "0123456789*#".contains(finish)), "finishOnKey=`{finish}`");
        let flag = |name: &str, default: bool| match get(name) {
            None => default,
            Some("true") => true,
            Some("false") => false,
            Some(other) => panic!("{name}=`{other}`"),
        };
        flag("bargeIn", true);
        assert!(get("validDigits").is_none_or(|keys| "0123456789*#".chars().all(|key| keys.contains(key))));
        Gather {
            says: String::new(),
            action: get("action").expect("without an action the document itself would be asked again").to_owned(),
            num_digits: get("numDigits").map(|n| n.parse().unwrap()),
            finish_on_key: finish.chars().next(),
            action_on_empty_result: flag("actionOnEmptyResult", false),
            timeout: get("timeout").map_or(5, |t| t.parse().unwrap()),
        }
    }
}

/// Words count inside `<Say>`, an address inside `<Redirect>`, `<Number>` and `<Sip>`; anywhere else only white space may be.
fn say(piece: &str, open: &[String], words: &mut String) {
    match open.iter().any(|tag| ["Say", "Play", "Redirect", "Number", "Sip"].contains(&tag.as_str())) {
        true => words.push_str(piece),
        false => assert!(piece.trim().is_empty(), "`{piece}` stands outside of any verb"),
    }
}

fn end(tag: &str, words: &mut String, begun: &mut Begun, verbs: &mut Vec<Verb>) {
    match (tag, begun.gather.as_mut()) {
        ("Say", Some(gather)) => {
            gather.says.push_str(&std::mem::take(words));
            gather.says.push(' ');
        }
        ("Say", None) => verbs.push(Verb::Say(std::mem::take(words))),
        // What a recording says is nobody's to read.
        ("Play", _) => words.clear(),
        ("Gather", _) => verbs.extend(begun.gather.take().map(Verb::Gather)),
        ("Number" | "Sip", _) => {
            if let Some(dial) = &mut begun.dial {
                dial.to = std::mem::take(words).trim().to_owned();
            }
        }
        ("Dial", _) => verbs.extend(begun.dial.take().map(Verb::Dial)),
        ("Record", _) => verbs.extend(begun.record.take().map(Verb::Record)),
        ("Redirect", _) => verbs.push(Verb::Redirect(std::mem::take(words).trim().to_owned())),
        ("Hangup", _) => verbs.push(Verb::Hangup),
        _ => {}
    }
}

fn name(tag: &BytesStart<'_>) -> String {
    tag.name().as_ref().to_owned()
}
