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

/// A value in one line, as much of it as one needs to know it again.
pub fn inline_short(value: &Value) -> String {
    const MOST: usize = 60;
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
    let text = inner.unwrap_or(&text).trim();
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
        None => text.to_owned(),
    }
}
