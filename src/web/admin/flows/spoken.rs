//! What callers will hear of a step, by the engine that speaks to them: the frames of menus, the names
//! of keys, the order of what is said. Values that only a call knows are shown by their names.

use super::fields::plain;
use crate::call::step::option_words;
use crate::flow::chart::written;
use crate::flow::model::{OptionForm, Phrases};
use crate::flow::text::{self, Say};
use crate::words::Lang;
use serde::Serialize;
use serde_json::Value;

/// What is said in a language.
#[derive(Serialize)]
pub(super) struct Spoken {
    pub(super) lang: &'static str,
    pub(super) language: &'static str,
    pub(super) pieces: Vec<Piece>,
}

/// A piece of it, as the phone pages take it.
#[derive(Serialize)]
pub(super) struct Piece {
    pub(super) lang: &'static str,
    pub(super) pace: &'static str,
    pub(super) words: String,
}

/// Everything a step says, in these languages.
pub(super) fn spoken(phrases: &Phrases, value: &Value, languages: &[(Lang, &'static str)]) -> Vec<Spoken> {
    let one = |(lang, name): &(Lang, &'static str)| {
        let pieces: Vec<Piece> = pieces(phrases, value, *lang);
        (!pieces.is_empty()).then(|| Spoken { lang: lang.tag(), language: name, pieces })
    };
    languages.iter().filter_map(one).collect()
}

fn pieces(phrases: &Phrases, value: &Value, lang: Lang) -> Vec<Piece> {
    let own = ["say", "hangup", "sms", "prompt"].into_iter().filter_map(|name| value.get(name)?.get(lang.tag()));
    let own = own.map(|text| filled(&plain(text))).filter(|words| !words.trim().is_empty());
    let mut pieces: Vec<Piece> = own.map(|words| Piece { lang: lang.tag(), pace: "normal", words }).collect();
    for option in value.get("menu").and_then(Value::as_array).into_iter().flatten() {
        let label = |name: &str| Some(filled(&plain(option.get(name)?.get(lang.tag())?)));
        let (form, label) = match (label("for"), label("to")) {
            (Some(label), _) => (OptionForm::For, label),
            (_, Some(label)) => (OptionForm::To, label),
            _ => continue,
        };
        let key = option.get("key").map(plain).and_then(|key| key.parse().ok()).unwrap_or_default();
        let words = option_words(phrases, form, label, key, lang);
        if !words.trim().is_empty() {
            pieces.push(Piece { lang: lang.tag(), pace: "option", words });
        }
    }
    pieces
}

/// A text with the names of what is filled in; one that cannot be read yet as it stands.
fn filled(words: &str) -> String {
    let Ok(text) = text::parse(words) else { return words.to_owned() };
    let piece = |say: &Say| match say {
        Say::Words(words) => words.clone(),
        Say::Hole(hole, _) => format!("‹{}›", written(hole)),
    };
    text.iter().map(piece).collect()
}
