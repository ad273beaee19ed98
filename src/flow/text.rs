//! Texts with holes: what is said, per language.

use super::expr::Expr;
use crate::words::Lang;

/// What is said, in every language it is written in; indexed by `Lang as usize`.
#[derive(Clone, Debug, Default)]
pub struct Texts(pub [Option<Text>; 4]);

/// One language's words, with holes.
pub type Text = Vec<Say>;

/// A piece of a text.
#[derive(Clone, Debug)]
pub enum Say {
    /// Said as it stands.
    Words(String),
    /// A value, spelled.
    Hole(Expr, How),
}

/// How a hole is spoken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    /// As it stands.
    Plain,
    /// One digit after another, in groups, slowly: references, accounts.
    Digits,
    /// An amount in words.
    Money,
    /// A day.
    Date,
    /// A time of day, with the day where it is not today.
    Time,
    /// A telephone number, in the groups people use.
    Phone,
    /// A number as a count.
    Count,
    /// A callback window: day and hours.
    Window,
}

impl How {
    /// The word after the bar: `{payment.amount|money}`.
    pub fn named(word: &str) -> Option<How> {
        Some(match word {
            "plain" => How::Plain,
            "digits" => How::Digits,
            "money" => How::Money,
            "date" => How::Date,
            "time" => How::Time,
            "phone" => How::Phone,
            "count" => How::Count,
            "window" => How::Window,
            _ => return None,
        })
    }
}

impl Texts {
    /// The words in a language.
    pub fn get(&self, lang: Lang) -> Option<&Text> {
        self.0.get(lang as usize)?.as_ref()
    }
}
