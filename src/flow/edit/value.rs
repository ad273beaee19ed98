//! A tree of a file as plain data: what a form edits and what two versions are compared by. Texts
//! stay texts whatever they look like, so that nothing is lost between quotes and no quotes.

use crate::flow::source::{Is, Node};
use serde_json::{Map, Value};

/// A node as data, in the order of the file: every word a text, nothing `null`.
pub fn value(node: &Node) -> Value {
    match &node.is {
        Is::Map(pairs) => pairs.iter().map(|(key, node)| (key.text.clone(), value(node))).collect(),
        Is::List(items) => items.iter().map(value).collect(),
        Is::Scalar { text, quoted } => match text.as_str() {
            "" | "null" | "~" if !quoted => Value::Null,
            _ => Value::String(text.clone()),
        },
    }
}

/// The same data as a file would give it back: numbers and flags are words there.
pub fn as_written(value: &Value) -> Value {
    match value {
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::Number(number) => number.to_string().into(),
        Value::Array(items) => items.iter().map(as_written).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), as_written(value))).collect(),
        Value::Null | Value::String(_) => value.clone(),
    }
}

/// Whether two steps say the same. The order of a map means nothing but in `set:`, whose values are
/// worked out one after the other.
pub fn same(a: &Value, b: &Value) -> bool {
    let order = |step: &Value| step.get("set").and_then(Value::as_object).map(|map| map.keys().cloned().collect());
    let (first, second): (Option<Vec<String>>, Option<Vec<String>>) = (order(a), order(b));
    a == b && first == second
}

/// Whether a map has its keys in the order that comes of the old one when those that are new are put
/// behind those that stay.
pub fn keeps_order(old: &Map<String, Value>, new: &Map<String, Value>) -> bool {
    let kept = old.keys().filter(|key| new.contains_key(*key));
    let added = new.keys().filter(|key| !old.contains_key(*key));
    kept.chain(added).eq(new.keys())
}

/// Letters of a value one needs to know it again.
const MOST: usize = 60;
/// Letters of it from the beginning in which one sees where two differ, and letters before that place.
const SEEN: usize = 40;
const BEFORE: usize = 16;

/// A value in one line, as much of it as one needs to know it again.
pub fn inline_short(value: &Value) -> String {
    short(&in_line(value))
}

/// Two values that differ, each in one line, from where one sees that they do.
pub fn inline_apart(old: &Value, new: &Value) -> (String, String) {
    let (was, is) = (in_line(old), in_line(new));
    if seen_apart(&was, &is) {
        return (short(&was), short(&is));
    }
    // A list begins with the first item that differs; one of both is left where all the others are gone.
    let items = old.as_array().zip(new.as_array());
    let same = items.map_or(0, |(old, new)| {
        let same = old.iter().zip(new).take_while(|(old, new)| old == new).count();
        same.min(old.len().saturating_sub(1)).min(new.len().saturating_sub(1))
    });
    let (was, is) = match items.filter(|_| same > 0) {
        Some((old, new)) => (in_line(&old[same..].into()), in_line(&new[same..].into())),
        None => (was, is),
    };
    let from = if seen_apart(&was, &is) { 0 } else { a_little_before(&was, apart(&was, &is)) };
    let cut = if same > 0 || from > 0 { "…" } else { "" };
    let rest = |text: &str| {
        let rest: String = text.chars().skip(from).collect();
        format!("{cut}{}", short(&rest))
    };
    (rest(&was), rest(&is))
}

/// How many letters two texts begin with that are the same.
fn apart(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count()
}

/// Where to begin so that a place is seen with what stands before it: with a word, and not inside of braces.
fn a_little_before(text: &str, place: usize) -> usize {
    let letters: Vec<char> = text.chars().take(place).collect();
    let from = place.saturating_sub(BEFORE);
    let open = letters[..from].iter().rposition(|letter| *letter == '{');
    let open = open.filter(|open| from - open < SEEN && !letters[*open..from].contains(&'}'));
    let word = letters[from..].iter().position(|letter| *letter == ' ').map(|at| from + at + 1);
    open.or(word).unwrap_or(from)
}

/// Whether their beginnings, or both as a whole, say how two texts differ.
fn seen_apart(a: &str, b: &str) -> bool {
    let fits = |text: &str| text.chars().nth(MOST).is_none();
    fits(a) && fits(b) || apart(a, b) <= SEEN
}

fn in_line(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.replace('\n', " "),
        other => super::write::inline(other, super::write::Place { inside: false, bare: true }),
    };
    // The outer brackets are for files.
    let inner = match value {
        Value::Array(_) => text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')),
        Value::Object(_) => text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')),
        _ => None,
    };
    inner.unwrap_or(&text).trim().to_owned()
}

fn short(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
        None => text.to_owned(),
    }
}
