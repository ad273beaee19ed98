//! Texts with holes: what is said, per language.

use super::expr::Expr;
use crate::words::Lang;

/// What is said, in every language it is written in; indexed by `Lang as usize`.
#[derive(Clone, Debug, Default)]
pub struct Texts(pub [Option<Text>; 4]);

/// One language's words, with holes.
pub type Text = Vec<Say>;

/// A piece of a text.
#[derive(Clone, PartialEq, Debug)]
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

    /// The words `named` knows, for error messages.
    pub const NAMES: &'static str = "plain, digits, money, date, time, phone, count or window";
}

impl Texts {
    /// The words in a language.
    pub fn get(&self, lang: Lang) -> Option<&Text> {
        self.0.get(lang as usize)?.as_ref()
    }

    /// Every hole in every language.
    pub fn holes(&self) -> impl Iterator<Item = (&Expr, How)> {
        self.holes_by_language().map(|(_, expr, how)| (expr, how))
    }

    /// The same, with the language each is spoken in.
    pub fn holes_by_language(&self) -> impl Iterator<Item = (Lang, &Expr, How)> {
        let texts = Lang::ALL.into_iter().filter_map(|lang| Some((lang, self.get(lang)?)));
        texts.flat_map(|(lang, text)| {
            text.iter().filter_map(move |say| match say {
                Say::Hole(expr, how) => Some((lang, expr, *how)),
                Say::Words(_) => None,
            })
        })
    }
}

/// Reads a text with holes; `{{` and `}}` are braces. The error says what is wrong with which hole.
pub fn parse(text: &str) -> Result<Text, String> {
    let mut said = Vec::new();
    let mut words = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        words.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            words.push_str(brace);
            rest = after;
            continue;
        }
        if brace == "}" {
            return Err("a `}` without its `{`; for a brace that is spoken write `}}`".into());
        }
        let end = rest.find('}').ok_or("a `{` is not closed; for a brace that is spoken write `{{`")?;
        if !words.is_empty() {
            said.push(Say::Words(std::mem::take(&mut words)));
        }
        said.push(hole(&rest[..end])?);
        rest = &rest[end + 1..];
    }
    words.push_str(rest);
    if !words.is_empty() {
        said.push(Say::Words(words));
    }
    Ok(said)
}

fn hole(inside: &str) -> Result<Say, String> {
    let (expr, how) = match inside.rsplit_once('|') {
        Some((expr, how)) => (expr, how.trim()),
        None => (inside, "plain"),
    };
    let how = How::named(how)
        .ok_or_else(|| format!("`{{{inside}}}`: there is no way to speak called `{how}`; there are {}", How::NAMES))?;
    let expr = Expr::parse(expr).map_err(|e| format!("`{{{inside}}}`: {e}"))?;
    Ok(Say::Hole(expr, how))
}
