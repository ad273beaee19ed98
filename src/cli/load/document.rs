//! Reads a TwiML document as Twilio would: one `Response`, verbs that are known, where the call goes
//! on. Knows nothing of calls.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::time::Duration;

/// What a document does with the call.
#[derive(Debug, PartialEq, Eq)]
pub struct Document {
    /// All that is said.
    pub words: String,
    /// The pauses before it goes on; none where it has none.
    pub pause: Option<Duration>,
    /// How it goes on.
    pub next: Next,
}

/// How a call goes on behind a document.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// It waits for keys.
    Gather(Gather),
    /// Another document is fetched.
    Redirect(String),
    /// The call is over.
    HangUp,
    /// Something else is done with the caller, by the verb of this name.
    Other(&'static str),
}

/// A wait for keys.
#[derive(Debug, PartialEq, Eq)]
pub struct Gather {
    /// Where keys are sent; empty is where the document came from.
    pub action: String,
    /// How many keys end it.
    pub most: Option<usize>,
    /// The key that ends it and is taken away.
    pub finish: Option<char>,
}

/// What may stand in a response.
const VERBS: [&str; 22] = [
    "Say", "Play", "Pause", "Gather", "Redirect", "Hangup", "Reject", "Dial", "Record", "Enqueue", "Leave", "Refer",
    "Connect", "Start", "Stop", "Pay", "Prompt", "Queue", "Sms", "Message", "Siprec", "Echo",
];
/// What only says something; the call goes on with the next verb.
const PASSING: [&str; 8] = ["Say", "Play", "Pause", "Start", "Stop", "Sms", "Message", "Siprec"];
const DIALLED: [&str; 9] =
    ["Number", "Sip", "Client", "Conference", "Queue", "Sim", "Application", "WhatsApp", "Identity"];
/// What holds an address, a number or words, beside what is dialled.
const WORDED: [&str; 6] = ["Play", "Dial", "Enqueue", "Task", "Sms", "Message"];
/// The parts of SSML that may stand in what is said.
const SPOKEN: [&str; 10] = ["break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"];

/// The longest pause that is waited for, in seconds.
const LONGEST: u64 = 60;

/// Reads it.
///
/// # Errors
/// Why Twilio would not take it.
pub fn read(text: &str) -> Result<Document, String> {
    let mut reading = Reading::default();
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().map_err(|error| format!("it is no XML: {error}"))? {
            Event::Start(tag) => reading.open(&tag)?,
            Event::Empty(tag) => {
                reading.open(&tag)?;
                reading.close();
            }
            Event::End(_) => reading.close(),
            Event::Text(text) => reading.text(&text)?,
            Event::CData(text) => reading.text(&text)?,
            Event::GeneralRef(entity) => {
                let named = quick_xml::escape::resolve_predefined_entity(&entity);
                let character = entity.resolve_char_ref().map_err(|error| format!("it is no XML: {error}"))?;
                match (character, named) {
                    (Some(character), _) => reading.text(character.encode_utf8(&mut [0; 4]))?,
                    (None, Some(named)) => reading.text(named)?,
                    (None, None) => return Err(format!("&{}; is no entity of XML", &*entity)),
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    reading.end()
}

#[derive(Default)]
struct Reading {
    open: Vec<&'static str>,
    closed: bool,
    words: String,
    pause: Option<u64>,
    next: Option<Next>,
    /// The address of the redirect that is open.
    address: String,
}

impl Reading {
    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), String> {
        let name = tag.name();
        let name: &str = name.as_ref();
        if self.closed {
            return Err(format!("<{name}> stands behind the response"));
        }
        let inside = self.open.last().copied().unwrap_or_default();
        let known = fitting(inside).iter().find(|known| **known == name);
        let known = *known.ok_or_else(|| match inside {
            "" => format!("it begins with <{name}> and not with <Response>"),
            "Response" => format!("Twilio knows no verb <{name}>"),
            inside => format!("<{name}> has no place in <{inside}>"),
        })?;
        self.open.push(known);
        // What stands behind a verb that takes the call elsewhere is not reached.
        if self.open.len() == 2 && self.next.is_none() {
            self.verb(known, tag)?;
        }
        Ok(())
    }

    fn verb(&mut self, name: &'static str, tag: &BytesStart<'_>) -> Result<(), String> {
        match name {
            "Gather" => {
                let finish = attribute(tag, "finishOnKey")?.unwrap_or_else(|| "#".to_owned());
                let most = attribute(tag, "numDigits")?;
                let most = most.map(|most| most.parse().map_err(|_| format!("numDigits=\"{most}\" is no number")));
                self.next = Some(Next::Gather(Gather {
                    action: attribute(tag, "action")?.unwrap_or_default(),
                    most: most.transpose()?,
                    finish: finish.chars().next(),
                }));
            }
            "Pause" => {
                let length: Option<u64> = attribute(tag, "length")?.and_then(|length| length.parse().ok());
                self.pause = Some(self.pause.unwrap_or_default() + length.unwrap_or(1).min(LONGEST));
            }
            "Hangup" | "Reject" => self.next = Some(Next::HangUp),
            name if PASSING.contains(&name) || name == "Redirect" => {}
            name => self.next = Some(Next::Other(name)),
        }
        Ok(())
    }

    fn close(&mut self) {
        let closed = self.open.pop();
        if closed == Some("Redirect") && self.next.is_none() {
            self.next = Some(Next::Redirect(self.address.trim().to_owned()));
        }
        self.closed = self.open.is_empty();
    }

    fn text(&mut self, text: &str) -> Result<(), String> {
        let inside = self.open.last().copied().unwrap_or_default();
        if self.open.contains(&"Say") {
            self.words.push_str(text);
        } else if inside == "Redirect" {
            self.address.push_str(text);
        } else if !WORDED.contains(&inside) && !DIALLED.contains(&inside) && !text.trim().is_empty() {
            return Err(format!("`{}` stands outside of any verb", text.trim()));
        }
        Ok(())
    }

    fn end(self) -> Result<Document, String> {
        if !self.closed {
            return Err("it breaks off before the response ends".to_owned());
        }
        // A call whose verbs are used up is over.
        let next = self.next.unwrap_or(Next::HangUp);
        Ok(Document { words: self.words, pause: self.pause.map(Duration::from_secs), next })
    }
}

/// What may stand in an element.
fn fitting(inside: &str) -> &'static [&'static str] {
    match inside {
        "" => &["Response"],
        "Response" => &VERBS,
        "Gather" => &["Say", "Play", "Pause"],
        "Dial" => &DIALLED,
        "Connect" | "Start" => &["Stream", "ConversationRelay", "Siprec", "Recording", "Transcription"],
        "Enqueue" => &["Task"],
        "Say" => &SPOKEN,
        inside if SPOKEN.contains(&inside) => &SPOKEN,
        _ => &[],
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, String> {
    let wrong = |error: &dyn std::fmt::Display| format!("it is no XML: {error}");
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| wrong(&error))?;
        if attribute.key.as_ref() == name {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| wrong(&error))?;
            return Ok(Some(value.into_owned()));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(verbs: &str) -> Result<Next, String> {
        read(&format!("<?xml version=\"1.0\"?><Response>{verbs}</Response>")).map(|document| document.next)
    }

    #[test]
    fn a_call_goes_on_at_the_first_verb_that_takes_it_elsewhere() {
        let gather = "<Gather action=\"/a?b=1&amp;c=2\" numDigits=\"1\" finishOnKey=\"\"><Say>x</Say></Gather>";
        let waits = Gather { action: "/a?b=1&c=2".to_owned(), most: Some(1), finish: None };
        assert_eq!(next(&format!("{gather}<Redirect>/later</Redirect>")), Ok(Next::Gather(waits)));
        assert_eq!(next("<Say>x</Say><Redirect> /a&amp;b </Redirect>"), Ok(Next::Redirect("/a&b".to_owned())));
        assert_eq!(next("<Say>x</Say>"), Ok(Next::HangUp));
        assert_eq!(next("<Hangup/><Redirect>/a</Redirect>"), Ok(Next::HangUp));
        assert_eq!(next("<Dial><Number>+85200000000</Number></Dial>"), Ok(Next::Other("Dial")));
        let held =
            read("<Response><Say>a<break time=\"1s\"/>b</Say><Pause length=\"3\"/><Redirect>/a</Redirect></Response>");
        let held = held.unwrap();
        assert_eq!((held.words.as_str(), held.pause), ("ab", Some(Duration::from_secs(3))));
    }

    #[test]
    fn what_twilio_would_not_take_is_told() {
        for (text, told) in [
            ("<Response><Sing/></Response>", "Twilio knows no verb <Sing>"),
            ("<Response><Gather><Hangup/></Gather></Response>", "<Hangup> has no place in <Gather>"),
            ("<Response/><Response/>", "<Response> stands behind the response"),
            ("<html/>", "it begins with <html> and not with <Response>"),
            ("<Response>hello</Response>", "`hello` stands outside of any verb"),
            ("<Response><Say>hello</Say>", "it breaks off before the response ends"),
            ("<Response><Say>&nbsp;</Say></Response>", "&nbsp; is no entity of XML"),
            ("", "it breaks off before the response ends"),
        ] {
            assert_eq!(read(text), Err(told.to_owned()), "{text}");
        }
        assert!(read("<Response><Say></Response>").unwrap_err().starts_with("it is no XML: "));
    }
}
