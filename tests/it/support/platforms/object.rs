//! Objects of a JSON document: a field that no documentation names fails the test.

use serde_json::{Map, Value};

/// The objects of a document that is a list of them.
pub fn list(document: &str) -> Vec<Map<String, Value>> {
    let value: Value = serde_json::from_str(document).unwrap_or_else(|e| panic!("this is no JSON: {e}\n{document}"));
    let Value::Array(list) = value else { panic!("a document is a list: {document}") };
    list.into_iter().map(object).collect()
}

/// An object.
pub fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

/// What a field may hold.
#[derive(Clone, Copy, Debug)]
pub enum Holds {
    Text,
    /// One of these.
    Word(&'static [&'static str]),
    Flag,
    /// A whole number of this range.
    Number(i64, i64),
    /// A list with one address in it.
    Address,
    /// An absolute address.
    Url,
    /// Something that is looked at on its own.
    Else,
}

/// Checks all fields of an object: each is one of these and holds what it may. Those that must be there
/// are named with a `!` behind.
pub fn check(what: &str, object: &Map<String, Value>, known: &[(&str, Holds)]) {
    for (name, value) in object {
        let found = known.iter().find(|(known, _)| known.trim_end_matches('!') == name);
        let (_, holds) = found.unwrap_or_else(|| panic!("`{what}` has no field `{name}`"));
        let url = |value: &Value| value.as_str().is_some_and(|url| url.starts_with("https://"));
        let fits = match holds {
            Holds::Text => value.is_string(),
            Holds::Word(words) => value.as_str().is_some_and(|word| words.contains(&word)),
            Holds::Flag => value.is_boolean(),
            Holds::Number(least, most) => value.as_i64().is_some_and(|number| (*least..=*most).contains(&number)),
            Holds::Address => value.as_array().is_some_and(|list| list.len() == 1 && url(&list[0])),
            Holds::Url => url(value),
            Holds::Else => true,
        };
        assert!(fits, "`{name}` of `{what}` cannot be {value}: {holds:?}");
    }
    for (name, _) in known.iter().filter(|(name, _)| name.ends_with('!')) {
        assert!(object.contains_key(name.trim_end_matches('!')), "`{what}` needs `{name}`: {object:?}");
    }
}

/// A text in an object, empty where it has none.
pub fn text(object: &Map<String, Value>, name: &str) -> String {
    object.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A number in an object.
pub fn number(object: &Map<String, Value>, name: &str) -> Option<u32> {
    object.get(name).and_then(Value::as_u64).and_then(|number| number.try_into().ok())
}
