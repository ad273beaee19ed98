//! The caller of a story, whatever the line is made of: is told what is heard and says what to do
//! next, or how it went. Judges by the words alone, as a caller does.

use super::story::{Does, Line, Story};
use super::{CODE, KNOWLEDGE, PIN, WRONG_CODE, WRONG_KNOWLEDGE, WRONG_PIN};
use crate::call::event::DialEnd;
use crate::call::step::phrase;
use crate::flow::model::Phrases;
use crate::words::{Lang, Secret};
use std::fmt;

/// What the line said since the caller last did something.
pub struct Heard {
    /// All of it, in order.
    pub words: String,
    /// What the line waits for now.
    pub waits: Waits,
}

/// What a line waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Waits {
    /// Keys.
    Keys,
    /// A desk that rings.
    Desk,
    /// A message, after the beep.
    Message,
    /// Nothing: it has hung up.
    Nothing,
}

/// What the caller does.
pub enum Input {
    /// Presses keys, one after the other. A `#` at the end ends typing where the line says so;
    /// whoever plays the story translates.
    Keys(Secret),
    /// Presses nothing until the line gives up waiting, or says nothing where a message is taken down.
    Silence,
    /// Nothing: it is the desk that does something.
    Desk(DialEnd),
    /// Speaks for so many seconds.
    Speech(u32),
    /// Ends the call; nothing is heard after it.
    HangUp,
}

/// How the story goes on.
pub enum Move {
    /// Do this and tell what is heard then. Behind [`Input::HangUp`] the caller's part is over.
    Do(Input),
    /// Everything went as it should.
    Done,
    /// Something did not.
    Failed(Box<Failure>),
}

/// Where a story went another way, both sides beside each other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// The story.
    pub story: String,
    /// Its file.
    pub file: String,
    /// The line that was not fulfilled.
    pub line: usize,
    /// What should have been.
    pub expected: String,
    /// What was.
    pub heard: String,
}

impl Failure {
    /// A failure of a story at a line.
    pub fn new(story: &Story, line: usize, expected: impl Into<String>, heard: impl Into<String>) -> Failure {
        let (expected, heard) = (expected.into(), heard.into());
        Failure { story: story.title.clone(), file: story.file.to_string(), line, expected, heard }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { story, file, line, expected, heard } = self;
        write!(f, "{file}:{line}: {story}\n    expected: {expected}\n    but:      {heard}")
    }
}

/// A story being played.
pub struct Player<'s> {
    story: &'s Story,
    /// The lines not done yet.
    rest: &'s [Line],
    /// What the line says when it asks for something secret, in each language, and what is right and
    /// wrong then.
    asks: Vec<(String, [&'static str; 2])>,
    /// A verification under way.
    verifying: Option<Verifying>,
}

/// A caller who verifies, or fails to.
struct Verifying {
    right: bool,
    line: usize,
    /// What was typed so far.
    typed: Vec<&'static str>,
}

/// What the line asks for in these words, what is right and what is wrong.
const SECRETS: [(&str, [&str; 2]); 3] = [
    ("verify.pin", [PIN, WRONG_PIN]),
    ("verify.code", [CODE, WRONG_CODE]),
    ("verify.knowledge", [KNOWLEDGE, WRONG_KNOWLEDGE]),
];

impl<'s> Player<'s> {
    /// A caller about to dial.
    pub fn new(story: &'s Story, phrases: &Phrases) -> Player<'s> {
        let asks = |name: &str, lang: &Lang| heard_as(&phrase(phrases, name, *lang, &[]));
        let each = SECRETS.iter().flat_map(|(name, typed)| Lang::ALL.iter().map(|lang| (asks(name, lang), *typed)));
        Player {
            story,
            rest: &story.call,
            asks: each.filter(|(words, _)| !words.is_empty()).collect(),
            verifying: None,
        }
    }

    /// Tells the caller what is heard.
    pub fn hears(&mut self, heard: &Heard) -> Move {
        let words = heard_as(&heard.words);
        if let Some(verifying) = self.verifying.take() {
            let (right, line, typed) = (verifying.right, verifying.line, verifying.typed.len());
            if let Some(types) = self.types_secret(verifying, &words, heard) {
                return types;
            }
            if !right && typed == 0 {
                return self.failed(line, "the line asks for the PIN, a code or birth date and document", heard);
            }
        }
        while let Some((Line { line, does }, rest)) = self.rest.split_first() {
            self.rest = rest;
            let line = *line;
            match does {
                Does::Hears(text) if !words.contains(&heard_as(text)) => {
                    return self.failed(line, &format!("“{text}” is heard"), heard);
                }
                Does::HearsNot(text) if words.contains(&heard_as(text)) => {
                    return self.failed(line, &format!("“{text}” is not heard"), heard);
                }
                Does::Hears(_) | Does::HearsNot(_) => {}
                Does::IsLetGo if heard.waits == Waits::Nothing => return Move::Done,
                Does::IsLetGo => return self.failed(line, "the line says goodbye and hangs up", heard),
                _ if heard.waits == Waits::Nothing => return self.failed(line, "the line is still open", heard),
                Does::HangsUp => return Move::Do(Input::HangUp),
                does => return self.acts(does, line, &words, heard),
            }
        }
        Move::Done
    }

    /// The line that is being done; 0 before the first.
    pub(super) fn doing(&self) -> usize {
        let done = self.story.call.len() - self.rest.len();
        done.checked_sub(1).and_then(|at| self.story.call.get(at)).map_or(0, |line| line.line)
    }

    /// What is done must be what the line waits for.
    fn acts(&mut self, does: &Does, line: usize, words: &str, heard: &Heard) -> Move {
        match (does, heard.waits) {
            (Does::Presses(keys), Waits::Keys) => Move::Do(Input::Keys(Secret::new(keys.as_str()))),
            (Does::Verifies, Waits::Keys) => self.verifies(true, line, words, heard),
            (Does::FailsToVerify, Waits::Keys) => self.verifies(false, line, words, heard),
            (Does::StaysSilent, Waits::Keys) | (Does::SaysNothing, Waits::Message) => Move::Do(Input::Silence),
            (Does::Desk(end), Waits::Desk) => Move::Do(Input::Desk(*end)),
            (Does::Speaks(seconds), Waits::Message) => Move::Do(Input::Speech(*seconds)),
            (Does::Desk(_), _) => self.failed(line, "a desk rings", heard),
            (Does::Speaks(_) | Does::SaysNothing, _) => self.failed(line, "a message is taken down", heard),
            _ => self.failed(line, "the line waits for keys", heard),
        }
    }

    /// Types the account, or at once what the line asks for of an account that it knows.
    fn verifies(&mut self, right: bool, line: usize, words: &str, heard: &Heard) -> Move {
        let verifying = |typed| Verifying { right, line, typed };
        self.types_secret(verifying(Vec::new()), words, heard).unwrap_or_else(|| {
            self.verifying = Some(verifying(Vec::new()));
            Move::Do(Input::Keys(Secret::new(format!("{}#", self.story.account))))
        })
    }

    /// Types what the line asks for, each thing once. Who fails, fails at the first.
    fn types_secret(&mut self, mut verifying: Verifying, words: &str, heard: &Heard) -> Option<Move> {
        let asked = self.asks.iter().find(|(asks, _)| heard.waits == Waits::Keys && words.contains(asks));
        let [right, wrong] = asked.map(|(_, typed)| *typed)?;
        let typed = if verifying.right { right } else { wrong };
        if verifying.typed.contains(&typed) || (!verifying.right && !verifying.typed.is_empty()) {
            return None;
        }
        verifying.typed.push(typed);
        self.verifying = Some(verifying);
        Some(Move::Do(Input::Keys(Secret::new(format!("{typed}#")))))
    }

    fn failed(&self, line: usize, expected: &str, heard: &Heard) -> Move {
        let words = heard.words.trim();
        let but = match heard.waits {
            Waits::Keys => format!("“{words}”"),
            Waits::Desk => format!(
                "“{words}”, and a desk rings (`desk answers`, `desk is busy`, `nobody answers` or `desk cannot be reached`)"
            ),
            Waits::Message => format!("“{words}”, and a message is taken down (`speaks: 12s` or `says nothing`)"),
            Waits::Nothing => format!("“{words}”, and the line hangs up"),
        };
        Move::Failed(Box::new(Failure::new(self.story, line, expected, but)))
    }
}

/// Words as an ear takes them: without spaces, punctuation and the pauses a provider puts there.
pub(super) fn heard_as(words: &str) -> String {
    words.chars().filter(|c| c.is_alphanumeric()).collect()
}
