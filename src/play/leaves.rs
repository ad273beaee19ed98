//! What a story leaves behind besides requests: the text messages sent and the scores given, beside
//! those that should be.

use crate::call::effect::Recipient;
use crate::flow::read::{Fields, Reader};
use crate::flow::source::{Is, Node};
use std::fmt;

/// A text message as far as stories speak of it, from whatever sent it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sent {
    /// To whom.
    pub to: SentTo,
    /// What it says, as it is read.
    pub says: String,
}

/// To whom a text message goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SentTo {
    /// The calling number.
    Caller,
    /// The number registered for the account.
    Registered,
}

/// What a story says of one text message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExpectedText {
    to: Option<SentTo>,
    says: Option<String>,
}

impl From<&Recipient> for SentTo {
    fn from(to: &Recipient) -> SentTo {
        match to {
            Recipient::Caller => SentTo::Caller,
            Recipient::Registered(_) => SentTo::Registered,
        }
    }
}

impl ExpectedText {
    /// What is not said may be anything. Unlike words that are heard, what is read is taken as it stands.
    fn fits(&self, is: &Sent) -> bool {
        self.to.is_none_or(|to| to == is.to) && self.says.as_ref().is_none_or(|piece| is.says.contains(piece))
    }
}

/// Reads the part `sends`.
pub(super) fn sends(reader: &mut Reader, node: &Node) -> Vec<ExpectedText> {
    if node.items().is_empty() {
        let hint = "leave `sends:` out where nothing is sent";
        reader.expected_with(node, "a list of the text messages that are sent", hint);
    }
    let text = |node: &Node| {
        let mut fields = Fields::of(reader, node, "a text message, like { to: caller, says: a piece of it }");
        let to = fields.take("to").and_then(|n| {
            let to = match n.text() {
                Some("caller") => Some(SentTo::Caller),
                Some("registered") => Some(SentTo::Registered),
                _ => None,
            };
            if to.is_none() {
                reader.expected(n, "caller or registered");
            }
            to
        });
        let says = fields.take("says").and_then(|n| reader.text(n, "a piece of what it says"));
        let says = says.map(str::to_owned);
        fields.done(reader);
        ExpectedText { to, says }
    };
    node.items().iter().map(text).collect()
}

/// Reads the part `scores`.
pub(super) fn scores(reader: &mut Reader, node: &Node) -> Vec<(String, u8)> {
    if !matches!(node.is, Is::Map(_)) {
        reader.expected(node, "categories with their scores, like { service: 4 }");
    }
    let score = |reader: &mut Reader, node: &Node| reader.number(node, 1, 5).and_then(|n| u8::try_from(n).ok());
    node.pairs().iter().filter_map(|(key, node)| Some((key.text.clone(), score(reader, node)?))).collect()
}

/// Compares what a story says with what was sent, in order. `Err` has both sides, readable.
pub fn compare_sent(expected: &[ExpectedText], sent: &[Sent]) -> Result<(), (String, String)> {
    let fits = expected.len() == sent.len() && expected.iter().zip(sent).all(|(e, s)| e.fits(s));
    if fits { Ok(()) } else { Err((list(expected, "nothing is sent"), list(sent, "nothing is sent"))) }
}

/// Compares what a story says with the scores given, whatever their order. `Err` has both sides, readable.
pub fn compare_scores(expected: &[(String, u8)], given: &[(String, u8)]) -> Result<(), (String, String)> {
    let sorted = |scores: &[(String, u8)]| {
        let mut scores = scores.to_vec();
        scores.sort();
        scores
    };
    let line = |scores: &[(String, u8)]| match scores {
        [] => "no score is given".to_owned(),
        scores => scores.iter().map(|(name, score)| format!("{name}: {score}")).collect::<Vec<_>>().join(", "),
    };
    if sorted(expected) == sorted(given) { Ok(()) } else { Err((line(expected), line(given))) }
}

fn list<T: fmt::Display>(items: &[T], none: &str) -> String {
    match items {
        [] => none.to_owned(),
        items => items.iter().map(|item| format!("{{ {item} }}")).collect::<Vec<_>>().join(" and "),
    }
}

impl fmt::Display for SentTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SentTo::Caller => "caller",
            SentTo::Registered => "registered",
        })
    }
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "to: {}, says: {}", self.to, self.says)
    }
}

impl fmt::Display for ExpectedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let to = self.to.map(|to| format!("to: {to}"));
        let says = self.says.as_ref().map(|says| format!("says: {says}"));
        f.write_str(&to.into_iter().chain(says).collect::<Vec<_>>().join(", "))
    }
}
