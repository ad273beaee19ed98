//! The words programs read and write, as lists in the document: each is taken from the code that
//! means it, so that none can be forgotten.

use super::problem::Problem;
use crate::call::effect::{Priority, RequestState};
use crate::desk::{DialState, Way};
use crate::words::{Lang, Role};
use std::borrow::Cow;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// The longest word requests are filtered by.
pub const WORD: usize = 100;
/// The words of an outcome.
pub const OUTCOMES: [&str; 7] = ["reached", "no-answer", "busy", "wrong-number", "later", "solved", "not-solved"];
/// The parts of the list.
pub const SECTIONS: [&str; 6] = ["waiting", "later", "held", "mine", "finished", "all"];
const PRIORITIES: [Priority; 4] = [Priority::Urgent, Priority::High, Priority::Normal, Priority::Low];
const STATES: [RequestState; 4] = [RequestState::Open, RequestState::Claimed, RequestState::Done, RequestState::Closed];
const WAYS: [Way; 3] = [Way::Bridge, Way::Hand, Way::Trial];

/// A schema of words, under a name and with what they are.
macro_rules! words {
    ($($type:ident, $name:literal, $says:literal, $words:expr;)*) => {$(
        #[doc = $says]
        pub struct $type;

        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                let words = ObjectBuilder::new().schema_type(Type::String).description(Some($says));
                words.enum_values(Some($words)).build().into()
            }
        }

        impl ToSchema for $type {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed($name)
            }
        }
    )*};
}

words! {
    LangWord, "Language", "A language customers are served in (BCP 47).", Lang::ALL.map(Lang::tag);
    PriorityWord, "Priority", "How urgent: urgent ones go before all others.", PRIORITIES.map(Priority::word);
    StateWord, "State", "Where a request stands.", STATES.map(RequestState::word);
    WayWord, "Way", "How the customer is called: your phone rings and then theirs (`bridge`), you dial (`hand`), \
        or nobody is dialled, because the request is from a trial call (`trial`).", WAYS.map(Way::word);
    DialStateWord, "AttemptState", "Where an attempt is: ordered, your phone rings, the customer's phone rings, you \
        talk, it is over, it never came about.", DialState::ALL.map(DialState::word);
    OutcomeWord, "Outcome", "How an attempt ended. After `reached` one more is said: whether it is `solved`. `later` \
        needs `at`.", OUTCOMES;
    SectionWord, "Section", "A part of the list: what may be rung now, what not yet, what somebody has, what you \
        have, what is done or closed, everything.", SECTIONS;
    RoleWord, "Role", "What a person may do; a higher role may do everything a lower one may.", Role::ALL.map(Role::word);
}

/// A word requests are filtered by.
pub struct Word;

impl PartialSchema for Word {
    fn schema() -> RefOr<Schema> {
        let word = ObjectBuilder::new().schema_type(Type::String).description(Some("A word without commas."));
        word.min_length(Some(1)).max_length(Some(WORD)).pattern(Some("^[^,\\u0000]+$")).build().into()
    }
}

impl ToSchema for Word {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Word")
    }
}

/// Several of them.
pub fn list(field: &str, items: impl IntoIterator<Item = String>) -> Result<Vec<String>, Problem> {
    let word = |item: String| match item.contains(',') {
        true => Err(Problem::field(field, "must hold words without commas")),
        false => sized(field, item, 1, WORD),
    };
    items.into_iter().map(word).collect()
}

/// The language of a tag in a field.
pub fn lang(field: &str, tag: &str) -> Result<Lang, Problem> {
    one_of(field, tag, &Lang::ALL, Lang::tag)
}

/// The priority of a word in a field.
pub fn priority(field: &str, word: &str) -> Result<Priority, Problem> {
    one_of(field, word, &PRIORITIES, Priority::word)
}

/// The way of a word in a field.
pub fn way(field: &str, word: &str) -> Result<Way, Problem> {
    one_of(field, word, &WAYS, Way::word)
}

/// The one of these that has this word.
fn one_of<T: Copy>(field: &str, word: &str, all: &[T], of: impl Fn(T) -> &'static str) -> Result<T, Problem> {
    let words = || all.iter().map(|one| of(*one)).collect::<Vec<_>>().join(", ");
    let found = all.iter().find(|one| of(**one) == word);
    found.copied().ok_or_else(|| Problem::field(field, &format!("must be one of {}", words())))
}

/// A text of so many characters.
pub fn sized(field: &str, text: String, least: usize, most: usize) -> Result<String, Problem> {
    let count = text.chars().count();
    match (least..=most).contains(&count) {
        true => Ok(text),
        false => Err(Problem::field(field, &format!("must have {least} to {most} characters, and has {count}"))),
    }
}

/// The same where it may be missing.
pub fn maybe_sized(field: &str, text: Option<String>, least: usize, most: usize) -> Result<Option<String>, Problem> {
    text.map(|text| sized(field, text, least, most)).transpose()
}
