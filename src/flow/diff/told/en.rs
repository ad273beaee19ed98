//! Changes told in English.

use super::{Of, Proof, Says, Subject};
use crate::words::Lang;

pub(super) fn sentence(subject: &Subject<'_>, of: &Of, says: &Says<'_>) -> String {
    format!("{}: {}.", head(subject), body(of, says))
}

fn head(subject: &Subject<'_>) -> String {
    match subject {
        Subject::Step { title: Some(title), name } => format!("{} ({name})", capital(title)),
        Subject::Step { title: None, name } => format!("Step {name}"),
        Subject::Flow(None) => "Hotline".to_owned(),
        Subject::Flow(Some(sub)) => format!("Sub-flow {sub}"),
        Subject::Calendar(name) => format!("Calendar {name}"),
        Subject::Source(name) => format!("Source {name}"),
        Subject::Phrase(name) => format!("Phrase {name}"),
        Subject::Story(name) => format!("Story {name}"),
        Subject::File(file) => format!("File {file}"),
    }
}

fn body(of: &Of, says: &Says<'_>) -> String {
    let part = part(of);
    match says {
        Says::New if matches!(of, Of::Whole) => "is new".to_owned(),
        Says::Gone if matches!(of, Of::Whole) => "was removed".to_owned(),
        Says::StepNew(kind) => format!("is a new step ({kind})"),
        Says::StepGone(kind) => format!("was removed ({kind})"),
        Says::StepRenamed(from) => format!("was called {from} before"),
        Says::StepMoved(Some(after)) => format!("stands behind {after} now"),
        Says::StepMoved(None) => "stands first now".to_owned(),
        Says::Kind(from, to) => format!("was of the kind “{from}” and is of the kind “{to}” now"),
        Says::Text(lang, old, new) => {
            let text = match of {
                Of::Whole => format!("{} text", language(*lang)),
                _ => format!("{} text of {part}", language(*lang)),
            };
            changed(&text, old.as_deref(), new.as_deref())
        }
        Says::Recorded(langs, was, is) => {
            let langs = langs.iter().map(|lang| language(*lang)).collect::<Vec<_>>().join(", ");
            match (was, is) {
                (false, _) => format!("a recording is heard now ({langs})"),
                (true, true) => format!("another recording is heard now ({langs})"),
                (true, false) => format!("the words are spoken by the voice again, without a recording ({langs})"),
            }
        }
        Says::Goes(old, new, None) => goes(of, &part, old.as_deref(), new.as_deref()),
        Says::Goes(old, new, Some(proof)) => {
            let (old, new) = (old.as_deref().unwrap_or_default(), new.as_deref().unwrap_or_default());
            let on = match of {
                Of::Field(_) | Of::Whole => "going on to".to_owned(),
                _ => format!("{part} goes on to"),
            };
            match proof.added {
                true => format!("now asks for {} before {on} {old} (by way of {new})", asks(proof)),
                false => format!("no longer asks for {} before {on} {new} (by way of {old} before)", asks(proof)),
            }
        }
        Says::Renumbered(from, to) => match of {
            Of::Option { label, .. } => format!("option {from} became option {to} (“{label}”)"),
            _ => format!("option {from} became option {to}"),
        },
        Says::New => format!("{part} is new"),
        Says::NewTo(go) => format!("{part} is new and leads to {go}"),
        Says::Gone => format!("{part} was removed"),
        Says::Moved(to) => format!("{part} stands in place {to} now"),
        Says::Needs(0, to) => format!("callers must be identified to level {to} now"),
        Says::Needs(from, 0) => format!("callers need not be identified any more (level {from} before)"),
        Says::Needs(from, to) => format!("callers must be identified to level {to} now, not {from}"),
        Says::Value(old, new) => changed(&part, old.as_deref(), new.as_deref()),
        Says::Order => format!("the order of {part} changed"),
    }
}

fn goes(of: &Of, part: &str, old: Option<&str>, new: Option<&str>) -> String {
    match (of, old, new) {
        (Of::Field(_), ..) => changed(part, old, new),
        (_, Some(old), Some(new)) => format!("{part} leads to {new} now, not to {old}"),
        (_, None, Some(new)) => format!("{part} leads to {new} now"),
        (_, old, None) => format!("{part} no longer leads to {}", old.unwrap_or("anything")),
    }
}

fn asks(proof: &Proof) -> &'static str {
    match (proof.level, proof.by_code, proof.by_knowledge) {
        (1, ..) => "the account",
        (2, true, _) => "a one-time code",
        (2, _, true) => "what only the customer knows",
        (2, ..) => "the PIN",
        _ => "the PIN and a one-time code",
    }
}

fn changed(what: &str, old: Option<&str>, new: Option<&str>) -> String {
    match (old, new) {
        (Some(old), Some(new)) => format!("{what} changed from “{old}” to “{new}”"),
        (None, Some(new)) => format!("{what} is new: “{new}”"),
        (old, None) => format!("{what} was removed (“{}”)", old.unwrap_or_default()),
    }
}

fn part(of: &Of) -> String {
    match of {
        Of::Field(label) => format!("“{label}”"),
        Of::Option { key, label } if key.is_empty() => format!("an entry (“{label}”)"),
        Of::Option { key, label } => format!("option {key} (“{label}”)"),
        Of::Case(condition) => format!("the condition “{condition}”"),
        Of::Entry { field, name } => format!("“{field}”, {name},"),
        Of::Whole => "it".to_owned(),
    }
}

fn language(lang: Lang) -> &'static str {
    match lang {
        Lang::ZhCn => "Mandarin",
        Lang::ZhHk => "Cantonese",
        Lang::JaJp => "Japanese",
        Lang::EnUs => "English",
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
