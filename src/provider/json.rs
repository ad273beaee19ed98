//! Fields of a JSON body, read once into the memory that [`Fields`] wipe. Knows nothing of what the
//! fields mean.
//!
//! An object is taken apart: `{"dtmf": {"digits": "1"}, "to": ["a", "b"]}` are the fields `dtmf.digits`,
//! `to.0` and `to.1`. Numbers and truths are their text, `null` is no field.

use super::Refused;
use super::form::{Fields, Gathering};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Deeper objects are none of a provider's, nor names so long.
const DEEPEST: usize = 8;
const LONGEST_NAME: usize = 512;

impl Fields {
    /// Takes a JSON object apart. What is none, has too many fields or lies too deep, is malformed.
    pub fn of_json(raw: &[u8]) -> Result<Fields, Refused> {
        let mut gathering = Gathering::new(raw.len());
        let mut reader = serde_json::Deserializer::from_slice(raw);
        let read = Node { into: &mut gathering, name: "", deep: 0 }.deserialize(&mut reader);
        if read.and_then(|()| reader.end()).is_err() {
            return Err(Refused::Malformed("the body is not the JSON this provider sends"));
        }
        Ok(gathering.fields())
    }
}

/// A value somewhere in the body, by the name of its place.
struct Node<'a> {
    into: &'a mut Gathering,
    name: &'a str,
    deep: usize,
}

impl Node<'_> {
    fn keep<E: Error>(self, value: &str) -> Result<(), E> {
        // The body itself is an object.
        if self.deep == 0 || !self.into.add(self.name, value) {
            return Err(E::custom("too much"));
        }
        Ok(())
    }

    fn inside<E: Error>(&mut self, part: &str) -> Result<(String, usize), E> {
        if self.deep == DEEPEST || self.name.len() + part.len() > LONGEST_NAME || !self.into.look() {
            return Err(E::custom("too deep, too long or too many"));
        }
        let name = if self.name.is_empty() { part.to_owned() } else { format!("{}.{part}", self.name) };
        Ok((name, self.deep + 1))
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("what a provider sends")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.keep(text)
    }

    fn visit_bool<E: Error>(self, yes: bool) -> Result<(), E> {
        self.keep(if yes { "true" } else { "false" })
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.keep(&number.to_string())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.keep(&number.to_string())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.keep(&number.to_string())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        if self.deep == 0 { Err(E::custom("nothing")) } else { Ok(()) }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let (name, deep) = self.inside(&key)?;
            map.next_value_seed(Node { into: self.into, name: &name, deep })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        if self.deep == 0 {
            return Err(A::Error::custom("a list"));
        }
        for at in 0_usize.. {
            let (name, deep) = self.inside(&at.to_string())?;
            if list.next_element_seed(Node { into: self.into, name: &name, deep })?.is_none() {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::form::{MOST_FIELDS, MOST_LOOKS};
    #[test]
    fn an_object_is_taken_apart() {
        let raw =
            r#"{"dtmf": {"digits": "1", "timed_out": false}, "to": ["a", {"b": 2}], "none": null, "n": -1, "e": ""}"#;
        let fields = Fields::of_json(raw.as_bytes()).unwrap();
        let of = |name: &str| fields.get(name);
        assert_eq!((of("dtmf.digits"), of("dtmf.timed_out"), of("to.0")), (Some("1"), Some("false"), Some("a")));
        assert_eq!((of("to.1.b"), of("none"), of("n"), of("e")), (Some("2"), None, Some("-1"), Some("")));
    }

    #[test]
    fn what_is_no_object_or_too_much_of_one_is_refused() {
        let many = format!("[{}]", vec!["1"; MOST_FIELDS + 1].join(","));
        let nothings = format!("{{\"a\": [{}]}}", vec!["[]"; MOST_LOOKS].join(","));
        let long = format!("{{\"{}\": 1}}", "a".repeat(LONGEST_NAME + 1));
        let (many, deep) = (format!("{{\"a\": {many}}}"), format!("{}1{}", "{\"a\":".repeat(9), "}".repeat(9)));
        for raw in
            ["", "1", "\"a\"", "[]", "null", "{", "{} {}", "{\"a\": \"\\ud800\"}", &many, &deep, &nothings, &long]
        {
            assert!(matches!(Fields::of_json(raw.as_bytes()), Err(Refused::Malformed(_))), "{raw}");
        }
        assert!(Fields::of_json(b"{\"a\": \"\xff\"}").is_err(), "not UTF-8");
    }
}
