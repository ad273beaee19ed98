//! The form of a step: what the language's table asks for becomes inputs, and what comes back becomes
//! the step's value again. Names of inputs are `f.` and the way into the value: `f.menu.0.go`. What the
//! form has no input for is kept as it was.

mod filled;

pub(super) use filled::Filled;

use super::problems::Fault;
use crate::flow::schema::{Field, KINDS, KindOf, Shape};
use crate::words::Lang;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// A field as it is shown.
pub(super) struct Shown {
    /// As flows write it.
    pub(super) name: &'static str,
    /// What it is called, and what it is for.
    pub(super) label: String,
    pub(super) help: String,
    pub(super) required: bool,
    pub(super) input: Input,
    pub(super) faults: Vec<Fault>,
}

/// What is filled in.
pub(super) enum Input {
    /// One line; names to choose from, if there are any.
    Line { value: String, list: &'static str },
    /// One of these.
    Choice { value: String, options: Vec<String> },
    /// The name of a step.
    Target { value: String },
    /// A text in each language: tag, what the language is called, text.
    Texts(Vec<Said>),
    /// A name of a recording in each language.
    Files(Vec<Said>),
    /// The options of a menu.
    Options(Vec<OptionRow>),
    /// Conditions with targets.
    Cases(Vec<CaseRow>),
    /// Names with values, with room for one more.
    Pairs(Vec<(usize, String, String)>),
    /// One a line.
    Lines(String),
    /// What is typed in an `ask`.
    Typing {
        kind: String,
        kinds: Vec<&'static str>,
        from: String,
        to: String,
        currency: String,
        currencies: Vec<&'static str>,
    },
}

/// A text in a language.
#[derive(Clone)]
pub(super) struct Said {
    pub(super) tag: &'static str,
    pub(super) language: &'static str,
    pub(super) text: String,
}

/// An option of a menu.
pub(super) struct OptionRow {
    pub(super) at: usize,
    pub(super) key: String,
    pub(super) go: String,
    /// `for` or `to`.
    pub(super) says: &'static str,
    pub(super) label: Vec<Said>,
    pub(super) faults: Vec<Fault>,
    pub(super) last: bool,
}

/// A condition.
pub(super) struct CaseRow {
    pub(super) at: usize,
    pub(super) condition: String,
    pub(super) go: String,
    pub(super) faults: Vec<Fault>,
    pub(super) last: bool,
}

/// What a form is made for.
pub(super) struct Around<'a> {
    pub(super) lang: Lang,
    pub(super) languages: &'a [(Lang, &'static str)],
    pub(super) faults: &'a [Fault],
}

/// The kinds of typing that are more than a word.
const TYPINGS: [&str; 9] =
    ["account", "transaction", "reference", "free", "date", "phone", "digits", "number", "amount"];
const CURRENCIES: [&str; 4] = ["CNY", "HKD", "JPY", "USD"];

/// The kind of a step's value: the one of the kinds that is among its fields.
pub(super) fn kind_of(value: &Value) -> Option<&'static KindOf> {
    // `hours`, `language` and others are nothing but kinds; `call` and `set` stand beside none.
    KINDS.iter().find(|kind| value.get(kind.name).is_some())
}

/// Every field of a kind, its own first, what is rarely filled in last.
pub(super) fn fields_of(kind: &'static KindOf) -> Vec<Field> {
    let mut fields = crate::flow::edit::form(kind.name).to_vec();
    let place = |field: &Field| match field.name {
        name if name == kind.name => 0,
        "needs" | "audio" | "waiver" => usize::MAX,
        name => 1 + kind.fields.iter().position(|own| own.name == name).unwrap_or(kind.fields.len()),
    };
    fields.sort_by_key(place);
    fields
}

/// The form of a step.
pub(super) fn shown(kind: &'static KindOf, value: &Value, around: &Around<'_>) -> Vec<Shown> {
    let fields = fields_of(kind);
    let field = |field: &Field| {
        let (label, help) = super::names::field_words(kind.name, field.name, around.lang);
        let none = Value::Null;
        let own = value.get(field.name).unwrap_or(&none);
        let at = |fault: &&Fault| fault.is_at(field.name) && !by_row(field.shape, &fault.field);
        Shown {
            name: field.name,
            label,
            help,
            required: field.required,
            input: input(field, own, around),
            faults: around.faults.iter().filter(at).cloned().collect(),
        }
    };
    fields.iter().map(field).collect()
}

/// Whether a fault is told in the row of a list that it is in.
fn by_row(shape: Shape, field: &str) -> bool {
    matches!(shape, Shape::Options(..) | Shape::List(_)) && field.split('.').nth(1).is_some()
}

/// A value as one types it.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

fn said(value: &Value, around: &Around<'_>) -> Vec<Said> {
    let text = |lang: &Lang| value.get(lang.tag()).map(plain).unwrap_or_default();
    around.languages.iter().map(|(lang, name)| Said { tag: lang.tag(), language: name, text: text(lang) }).collect()
}

fn input(field: &Field, value: &Value, around: &Around<'_>) -> Input {
    let line = |list| Input::Line { value: plain(value), list };
    let texts = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    match field.shape {
        Shape::Target => Input::Target { value: plain(value) },
        Shape::Texts => Input::Texts(said(value, around)),
        Shape::Audio => Input::Files(said(value, around)),
        Shape::Flag => Input::Choice { value: plain(value), options: texts(&["yes", "no"]) },
        Shape::Digit(from, to) => {
            Input::Choice { value: plain(value), options: (from..=to).map(|digit| digit.to_string()).collect() }
        }
        Shape::OneOf(words) => Input::Choice { value: plain(value), options: texts(words) },
        Shape::OneOfOrValue(_) => line("words"),
        Shape::Options(..) => Input::Options(options(value, around)),
        Shape::List(_) => Input::Cases(cases(value, around)),
        Shape::Values | Shape::Arguments => Input::Pairs(pairs(value)),
        Shape::Notes | Shape::Words => {
            let items: Vec<String> = value.as_array().into_iter().flatten().map(plain).collect();
            Input::Lines(items.join("\n"))
        }
        Shape::Typing => typing(value),
        _ => match field.name {
            "lookup" | "act" => line("sources"),
            "hours" => line("calendars"),
            "call" => line("sub-flows"),
            _ => line("names"),
        },
    }
}

fn faults_at(around: &Around<'_>, field: &str, at: usize) -> Vec<Fault> {
    let row = format!("{field}.{at}");
    around.faults.iter().filter(|fault| fault.is_at(&row)).cloned().collect()
}

fn options(value: &Value, around: &Around<'_>) -> Vec<OptionRow> {
    let all = value.as_array().cloned().unwrap_or_default();
    let row = |(at, option): (usize, &Value)| {
        let says = if option.get("to").is_some() { "to" } else { "for" };
        let text = |name: &str| option.get(name).map(plain).unwrap_or_default();
        OptionRow {
            at,
            key: text("key"),
            go: text("go"),
            says,
            label: said(option.get(says).unwrap_or(&Value::Null), around),
            faults: faults_at(around, "menu", at),
            last: at + 1 == all.len(),
        }
    };
    all.iter().enumerate().map(row).collect()
}

fn cases(value: &Value, around: &Around<'_>) -> Vec<CaseRow> {
    let all = value.as_array().cloned().unwrap_or_default();
    let row = |(at, case): (usize, &Value)| CaseRow {
        at,
        condition: case.get("if").map(plain).unwrap_or_default(),
        go: case.get("go").map(plain).unwrap_or_default(),
        faults: faults_at(around, "when", at),
        last: at + 1 == all.len(),
    };
    all.iter().enumerate().map(row).collect()
}

fn pairs(value: &Value) -> Vec<(usize, String, String)> {
    let own = value.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), plain(value)));
    let room = (String::new(), String::new());
    own.chain([room]).enumerate().map(|(at, (name, value))| (at, name, value)).collect()
}

fn typing(value: &Value) -> Input {
    let part = |name: &str| value.get(name);
    let kind = ["digits", "number", "amount"].into_iter().find(|name| part(name).is_some());
    let inside = kind.and_then(part).unwrap_or(&Value::Null);
    let bound = |name: &str| inside.get(name).map(plain).unwrap_or_default();
    Input::Typing {
        kind: kind.map_or_else(|| plain(value), str::to_owned),
        kinds: TYPINGS.to_vec(),
        from: bound("from"),
        to: bound("to"),
        currency: plain(inside),
        currencies: CURRENCIES.to_vec(),
    }
}

/// Moves, adds or takes away a row of a list: `up.menu.1`, `down.menu.1`, `remove.menu.1`, `add.menu`.
pub(super) fn rearrange(value: &mut Value, act: &str) {
    let mut parts = act.split('.');
    let (Some(what), Some(list)) = (parts.next(), parts.next()) else { return };
    let at = parts.next().and_then(|at| at.parse::<usize>().ok());
    let Some(rows) = value.get_mut(list).and_then(Value::as_array_mut) else { return };
    let swap = |rows: &mut Vec<Value>, a: usize, b: usize| {
        if a < rows.len() && b < rows.len() {
            rows.swap(a, b);
            // The keys stay where they are: the first option is on the first key.
            if let (Some(first), Some(second)) = (rows[a].get("key").cloned(), rows[b].get("key").cloned()) {
                rows[a]["key"] = second;
                rows[b]["key"] = first;
            }
        }
    };
    match (what, at) {
        ("up", Some(at)) if at > 0 => swap(rows, at, at - 1),
        ("down", Some(at)) => swap(rows, at, at + 1),
        ("remove", Some(at)) if at < rows.len() => {
            rows.remove(at);
        }
        ("add", _) if list == "menu" => {
            let used: BTreeSet<String> = rows.iter().filter_map(|row| row.get("key")).map(plain).collect();
            let free = (1..=8).find(|key: &u32| !used.contains(&key.to_string()));
            let mut row = Map::new();
            row.extend(free.map(|key| ("key".to_owned(), Value::from(key))));
            row.insert("for".to_owned(), Value::Object(Map::new()));
            rows.push(Value::Object(row));
        }
        ("add", _) => rows.push(Value::Object(Map::new())),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
