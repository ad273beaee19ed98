//! Trees changed at random, and texts that are hard to write.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Texts that a careless writer would not get back as they were.
const HARD: [&str; 73] = [
    "",
    " ",
    "no",
    "yes",
    "null",
    "~",
    "1",
    "08",
    "1.5",
    "1e3",
    "0x1f",
    "true",
    "2026-01-01",
    "12:30",
    "-",
    "- a",
    "?",
    ": ",
    ":",
    "a: b",
    "a:",
    "#",
    "a #b",
    "a#b",
    "{",
    "}",
    "[x]",
    "a, b",
    "*a",
    "&a",
    "!a",
    "|",
    ">",
    "%",
    "@",
    "`",
    "'",
    "\"",
    "'a'",
    "\"a\"",
    "it's",
    "\\",
    "\\n",
    "a\nb",
    "a\n",
    "\na",
    "a\n\nb",
    "a\n  b",
    " a\nb",
    "a \nb",
    "\t",
    "a\tb",
    "\r\n",
    "\u{0}",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{2028}",
    "\u{feff}",
    "\u{fffe}",
    "您好，请按井号键。",
    "「はい」：いいえ",
    "😀 e\u{301}",
    "{payment.amount|money}",
    "= topic",
    "---",
    "...",
    "<<",
    "=",
    "window(1)",
    "a == 'b' and not c",
    " lead",
    "trail ",
];

/// Any text, often one of those.
pub(in crate::flow) fn text() -> impl Strategy<Value = String> {
    let hard = prop::sample::select(HARD.to_vec());
    prop_oneof![4 => hard.prop_map(str::to_owned), 1 => ".{0,20}", 1 => "[a-z]{1,8}", 1 => "[ -~\n]{0,40}"]
}

/// Names of steps, keys and languages that are there perhaps, and others.
fn key() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "then",
        "otherwise",
        "say",
        "menu",
        "set",
        "verify",
        "en-US",
        "ja-JP",
        "needs",
        "with",
        "start",
        "key",
        "go",
        "for",
        "steps",
    ]);
    prop_oneof![2 => known.prop_map(str::to_owned), 1 => "[a-z-]{1,6}", 1 => text()]
}

/// One thing done to a tree: what, where, with what.
#[derive(Clone, Debug)]
pub(in crate::flow) struct Blow {
    sort: u8,
    place: u32,
    at: usize,
    key: String,
    value: Value,
}

pub(in crate::flow) fn blows() -> impl Strategy<Value = Vec<Blow>> {
    let value = prop_oneof![
        6 => text().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => Just(json!({})),
        1 => Just(json!([])),
        1 => (key(), text()).prop_map(|(key, text)| json!({ key: text })),
        1 => prop::collection::vec(text(), 1..3).prop_map(Value::from),
        1 => (text(), text()).prop_map(|(a, b)| json!({ "key": "4", "go": "main", "for": { "en-US": a, "zh-CN": b } })),
    ];
    let blow = (0u8..12, any::<u32>(), 0usize..40, key(), value);
    prop::collection::vec(blow.prop_map(|(sort, place, at, key, value)| Blow { sort, place, at, key, value }), 1..7)
}

/// Does all of them, one after the other.
pub(in crate::flow) fn strike(tree: &mut Value, blows: &[Blow]) {
    for blow in blows {
        let mut places = Vec::new();
        each(tree, &mut Vec::new(), &mut places);
        let path = &places[blow.place as usize % places.len()];
        let node = path.iter().fold(&mut *tree, |node, key| match node {
            Value::Array(items) => &mut items[key.parse::<usize>().unwrap()],
            node => &mut node[key],
        });
        match node {
            Value::Object(map) if !map.is_empty() => in_map(map, blow),
            Value::Array(items) if !items.is_empty() => in_list(items, blow),
            other => *other = blow.value.clone(),
        }
    }
}

fn in_map(map: &mut Map<String, Value>, blow: &Blow) {
    let key = map.keys().nth(blow.at % map.len()).unwrap().clone();
    match blow.sort {
        0 | 1 => drop(map.shift_remove(&key)),
        2 | 3 => drop(map.insert(blow.key.clone(), blow.value.clone())),
        4 | 5 => {
            let value = map.shift_remove(&key).unwrap();
            map.shift_insert(blow.place as usize % (map.len() + 1), key, value);
        }
        6 => {
            *map =
                std::mem::take(map).into_iter().map(|(k, v)| (if k == key { blow.key.clone() } else { k }, v)).collect()
        }
        7 => *map = std::mem::take(map).into_iter().rev().collect(),
        8 => drop(map.insert(blow.key.clone(), map[&key].clone())),
        _ => map[&key] = blow.value.clone(),
    }
}

fn in_list(items: &mut Vec<Value>, blow: &Blow) {
    let (at, to) = (blow.at % items.len(), blow.place as usize % items.len());
    match blow.sort {
        0 | 1 => drop(items.remove(at)),
        2 | 3 => items.insert(at, blow.value.clone()),
        4 | 5 => items.swap(at, to),
        6 => items.rotate_left(at),
        7 => items.reverse(),
        8 => items.insert(to, items[at].clone()),
        _ => items[at] = blow.value.clone(),
    }
}

fn each(value: &Value, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    found.push(path.clone());
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (key, value) in inner {
        path.push(key);
        each(value, path, found);
        path.pop();
    }
}
