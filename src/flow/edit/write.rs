//! Data as YAML, in the manner of the flows that are shipped: a text for each language below the
//! other, what belongs together in one line. What is written is read back as it was.

use crate::flow::schema::{Field, Shape};
use serde_json::Value;
use std::collections::BTreeMap;

/// How much further in each level stands.
pub const STEP: usize = 2;
/// Values that would make a longer line stand below each other.
const WIDE: usize = 120;

/// Where a scalar stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// Between `{ }` or `[ ]`.
    pub inside: bool,
    /// Numbers and flags are meant as such.
    pub bare: bool,
}

impl Place {
    fn inside(self) -> Place {
        Place { inside: true, ..self }
    }
}

/// A word or text as it can stand in a file.
pub fn scalar(text: &str, place: Place) -> String {
    if is_plain(text, place) { text.to_owned() } else { quoted(text) }
}

fn is_plain(text: &str, place: Place) -> bool {
    let first = |c: char| !"-?:,[]{}#&*!|>'\"%@`~ ".contains(c);
    let fits = text.starts_with(first) && !text.ends_with([' ', ':']) && !text.chars().any(is_unseen);
    // A text with these goes in quotes though YAML would not always ask for it: nobody has to know when.
    let clear = !text.contains(": ") && !text.contains(" #") && (place.bare || !text.contains([':', '{', '}', '#']));
    let inside = !place.inside || !text.contains([',', '[', ']', '{', '}', ':', '"']);
    fits && clear && inside && text != "null" && (place.bare || !looks_otherwise(text))
}

/// What some programs take for a number, a flag, a day or nothing.
fn looks_otherwise(text: &str) -> bool {
    let word = text.to_ascii_lowercase();
    let flags = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    let digits = |c: char| c.is_ascii_digit() || "+-._:eExXoO".contains(c);
    let number = text.starts_with(|c: char| c.is_ascii_digit() || c == '.' || c == '+') && text.chars().all(digits);
    flags.contains(&word.as_str()) || number || text.parse::<f64>().is_ok() || text.starts_with("0x")
}

/// Line ends, and what nobody sees or YAML does not take as it is.
fn is_unseen(c: char) -> bool {
    c.is_control() || matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// A text in double quotes, whether it needs them or not.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if is_unseen(c) => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A value in one line.
pub fn inline(value: &Value, place: Place) -> String {
    inline_of(value, place, &BTreeMap::new())
}

/// The same where fields of a map say which of them are bare.
fn inline_of(value: &Value, place: Place, bare: &BTreeMap<&str, bool>) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::String(text) => scalar(text, place),
        Value::Bool(_) | Value::Number(_) => inline(&super::value::as_written(value), Place { bare: true, ..place }),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| inline(item, place.inside())).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Object(map) => {
            let pairs: Vec<String> = map.iter().map(|(key, value)| pair(key, value, place, bare)).collect();
            format!("{{ {} }}", pairs.join(", "))
        }
    }
}

fn pair(key: &str, value: &Value, place: Place, bare: &BTreeMap<&str, bool>) -> String {
    let place = Place { bare: bare.get(key).copied().unwrap_or(place.bare), ..place }.inside();
    format!("{}: {}", name(key), inline(value, place))
}

/// A key.
pub fn name(key: &str) -> String {
    scalar(key, Place { inside: true, bare: false })
}

/// Which fields of the maps in a list are bare.
fn bare_fields(shape: Option<Shape>) -> BTreeMap<&'static str, bool> {
    let of = |fields: &'static [Field]| fields.iter().map(|field| (field.name, field.shape.is_bare())).collect();
    match shape {
        Some(Shape::List(fields) | Shape::Options(fields, _)) => of(fields),
        _ => BTreeMap::new(),
    }
}

/// The items of a list, each one line without its `- `; maps of the same length stand in columns.
pub fn items(items: &[Value], shape: Option<Shape>) -> Vec<String> {
    let place = Place { inside: true, bare: shape.is_some_and(Shape::is_bare) };
    let bare = bare_fields(shape);
    let maps: Option<Vec<_>> = items.iter().map(|item| item.as_object().filter(|map| !map.is_empty())).collect();
    let Some(maps) = maps.filter(|maps| maps.windows(2).all(|two| two[0].len() == two[1].len())) else {
        return items.iter().map(|item| inline_of(item, Place { inside: false, ..place }, &bare)).collect();
    };
    let rows: Vec<Vec<String>> =
        maps.iter().map(|map| map.iter().map(|(key, value)| pair(key, value, place, &bare)).collect()).collect();
    let columns = rows.first().map_or(0, Vec::len);
    let wide = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns).map(wide).collect();
    rows.iter()
        .map(|row| {
            let (last, before) = row.split_last().map_or((String::new(), &row[..]), |(l, b)| (l.clone(), b));
            let before = before.iter().zip(&widths);
            let before: String =
                before.map(|(cell, width)| format!("{:width$} ", format!("{cell},"), width = width + 1)).collect();
            format!("{{ {before}{last} }}")
        })
        .collect()
}

/// A field of a map that stands so far in, as lines without their ends.
pub fn field(key: &str, value: &Value, indent: usize, shape: Option<Shape>) -> Vec<String> {
    let margin = " ".repeat(indent);
    let head = format!("{margin}{}:", name(key));
    let place = Place { inside: false, bare: shape.is_some_and(Shape::is_bare) };
    match (value, shape) {
        (Value::Null, _) => vec![head],
        (Value::Array(list), Some(Shape::List(_) | Shape::Options(..))) if !list.is_empty() => {
            let items = items(list, shape).into_iter().map(|item| format!("{margin}{}- {item}", " ".repeat(STEP)));
            [head].into_iter().chain(items).collect()
        }
        (Value::Object(texts), Some(Shape::Texts)) if !texts.is_empty() => {
            let texts = texts.iter().flat_map(|(lang, text)| field(lang, text, indent + STEP, None));
            [head].into_iter().chain(texts).collect()
        }
        (Value::String(text), _) if !place.bare && is_block(text) => {
            let lines = text.split('\n').map(|line| match line {
                "" => String::new(),
                line => format!("{margin}{}{line}", " ".repeat(STEP)),
            });
            [format!("{head} |-")].into_iter().chain(lines).collect()
        }
        (Value::Object(map), _) => {
            let one = format!("{head} {}", inline(value, place));
            match one.chars().count() > WIDE && map.len() > 1 {
                true => {
                    let below = map.iter().flat_map(|(key, value)| field(key, value, indent + STEP, shape));
                    [head].into_iter().chain(below).collect()
                }
                false => vec![one],
            }
        }
        _ => vec![format!("{head} {}", inline(value, place))],
    }
}

/// Whether several lines are better read one below the other, and come back as they were.
fn is_block(text: &str) -> bool {
    let mut lines = text.split('\n');
    let first = lines.next().is_some_and(|line| !line.is_empty() && !line.starts_with(' '));
    let seen = |line: &str| !line.chars().any(is_unseen) && !line.ends_with(' ');
    let last = text.rsplit('\n').next().is_some_and(|line| !line.is_empty());
    text.contains('\n') && first && last && text.split('\n').all(seen)
}

/// A step as lines without their ends: its name two in, its fields four.
pub fn step(step: &str, value: &Value, indent: usize) -> Vec<String> {
    let head = format!("{}{}:", " ".repeat(indent), name(step));
    match value.as_object().filter(|map| !map.is_empty()) {
        Some(_) => [head].into_iter().chain(body(value, indent + STEP)).collect(),
        None => vec![format!("{head} {}", inline(value, Place { inside: false, bare: false }))],
    }
}

/// The fields of a step, in the order of its value.
pub fn body(value: &Value, indent: usize) -> Vec<String> {
    use crate::flow::schema::{kind_of, shape_at};
    let Some(map) = value.as_object() else { return Vec::new() };
    let kind = kind_of(map.keys().map(String::as_str)).unwrap_or_default();
    map.iter().flat_map(|(key, value)| field(key, value, indent, shape_at(kind, key))).collect()
}
