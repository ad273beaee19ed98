//! As much of JSON Schema (2020-12) as our own schemas use; anything else in it is a failure here,
//! so that no rule is passed over.

use regex::Regex;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashMap;

/// A schema to hold values against.
pub struct Schema(pub Value);

thread_local! {
    /// Patterns are few, and making one ready takes longer than all the rest.
    static PATTERNS: RefCell<HashMap<String, Regex>> = RefCell::default();
}

impl Schema {
    /// What is wrong with a value, each with its place; nothing when it fits.
    pub fn refuses(&self, value: &Value) -> Vec<String> {
        let mut wrong = Vec::new();
        self.against(&self.0, value, "", &mut wrong);
        wrong
    }

    /// The same against a schema that stands somewhere in this one, as in a document.
    pub fn refuses_by(&self, schema: &Value, value: &Value) -> Vec<String> {
        let mut wrong = Vec::new();
        self.against(schema, value, "", &mut wrong);
        wrong
    }

    fn fits(&self, schema: &Value, value: &Value) -> bool {
        let mut wrong = Vec::new();
        self.against(schema, value, "", &mut wrong);
        wrong.is_empty()
    }

    fn against(&self, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
        for (rule, says) in schema.as_object().expect("a schema is an object") {
            let holds = match rule.as_str() {
                "$schema" | "$defs" | "title" | "description" | "then" | "else" | "properties" | "example" => true,
                "$ref" => {
                    let place = says.as_str().unwrap().strip_prefix('#').unwrap();
                    let to = self.0.pointer(place).unwrap_or_else(|| panic!("{place} leads nowhere"));
                    self.against(to, value, at, wrong);
                    true
                }
                "if" => {
                    let branch = if self.fits(says, value) { "then" } else { "else" };
                    self.against(&schema[branch], value, at, wrong);
                    true
                }
                "additionalProperties" => {
                    self.properties(schema, says, value, at, wrong);
                    true
                }
                "items" => {
                    for (i, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.against(says, item, &format!("{at}/{i}"), wrong);
                    }
                    true
                }
                "anyOf" => says.as_array().unwrap().iter().any(|s| self.fits(s, value)),
                "oneOf" => says.as_array().unwrap().iter().filter(|s| self.fits(s, value)).count() == 1,
                "not" => !self.fits(says, value),
                rule => plain(rule, says, value).unwrap_or_else(|| panic!("`{rule}` is not known here")),
            };
            if !holds {
                wrong.push(format!("{at}: {rule} {says}"));
            }
        }
    }

    fn properties(&self, schema: &Value, others: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
        for (name, value) in value.as_object().into_iter().flatten() {
            let at = format!("{at}/{name}");
            match (schema["properties"].get(name), others) {
                (Some(own), _) => self.against(own, value, &at, wrong),
                (None, Value::Bool(false)) => wrong.push(format!("{at}: means nothing here")),
                (None, others) => self.against(others, value, &at, wrong),
            }
        }
    }
}

/// The rules that look at one value alone; they hold for what is of another type.
fn plain(rule: &str, says: &Value, value: &Value) -> Option<bool> {
    let is = |name: &Value| match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("no type is called `{other}`"),
    };
    let size = || says.as_u64().unwrap() as usize;
    let matches = |text: &str| {
        let pattern = says.as_str().unwrap();
        PATTERNS.with_borrow_mut(|known| {
            known.entry(pattern.to_owned()).or_insert_with(|| Regex::new(pattern).unwrap()).is_match(text)
        })
    };
    Some(match rule {
        "type" => says.as_array().map_or_else(|| is(says), |names| names.iter().any(is)),
        "enum" => says.as_array().unwrap().contains(value),
        "required" => value
            .as_object()
            .is_none_or(|o| says.as_array().unwrap().iter().all(|n| o.contains_key(n.as_str().unwrap()))),
        "propertyNames" => {
            let [(rule, says)] = says.as_object().unwrap().iter().collect::<Vec<_>>()[..] else { return None };
            value.as_object().into_iter().flatten().all(|(name, _)| plain(rule, says, &name.as_str().into()).unwrap())
        }
        "pattern" => value.as_str().is_none_or(matches),
        "minLength" => value.as_str().is_none_or(|text| text.chars().count() >= size()),
        "maxLength" => value.as_str().is_none_or(|text| text.chars().count() <= size()),
        "format" => match says.as_str().unwrap() {
            "date-time" => value.as_str().is_none_or(|text| text.parse::<jiff::Timestamp>().is_ok()),
            "int32" | "int64" => true,
            other => panic!("no format is called `{other}`"),
        },
        "minItems" => value.as_array().is_none_or(|items| items.len() >= size()),
        "minProperties" => value.as_object().is_none_or(|object| object.len() >= size()),
        "minimum" => value.as_i64().is_none_or(|n| n >= says.as_i64().unwrap()),
        "maximum" => value.as_i64().is_none_or(|n| n <= says.as_i64().unwrap()),
        _ => return None,
    })
}
