//! What comes back from a form, as the value of a step.

use super::{fields_of, plain};
use crate::flow::schema::{Field, KindOf, Shape};
use crate::words::Lang;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What was filled in, by the names of the inputs.
pub(in crate::web::admin::flows) struct Filled(BTreeMap<String, String>);

impl Filled {
    /// What came back from a form.
    pub(in crate::web::admin::flows) fn of(pairs: &[(String, String)]) -> Filled {
        // A browser sends line ends as CR LF.
        let own =
            |(name, value): &(String, String)| Some((name.strip_prefix("f.")?.to_owned(), value.replace("\r\n", "\n")));
        Filled(pairs.iter().filter_map(own).collect())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    /// The numbers that stand after a name: the rows of a list.
    fn rows(&self, name: &str) -> BTreeSet<usize> {
        let row = |key: &String| key.strip_prefix(name)?.strip_prefix('.')?.split('.').next()?.parse().ok();
        self.0.keys().filter_map(row).collect()
    }

    /// The value of a step of this kind; what the form does not ask for stays as it was.
    pub(in crate::web::admin::flows) fn value(&self, kind: &'static KindOf, before: &Value) -> Value {
        let fields = fields_of(kind);
        let mut value = Map::new();
        for field in &fields {
            if let Some(own) = self.field(field, before.get(field.name)) {
                value.insert(field.name.to_owned(), own);
            }
        }
        for (name, other) in before.as_object().into_iter().flatten() {
            if !fields.iter().any(|field| field.name == name) {
                value.insert(name.clone(), other.clone());
            }
        }
        Value::Object(value)
    }

    fn field(&self, field: &Field, before: Option<&Value>) -> Option<Value> {
        let name = field.name;
        match field.shape {
            Shape::Texts | Shape::Audio => self.texts(name, before),
            Shape::Options(..) => Some(self.options(name, before)),
            Shape::List(_) => Some(self.cases(name, before)),
            Shape::Values | Shape::Arguments => {
                let values = self.pairs(name, before);
                (field.required || !values.is_empty()).then_some(Value::Object(values))
            }
            Shape::Notes | Shape::Words => {
                let text = self.text(name)?;
                let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                Some(Value::Array(lines.map(Value::from).collect()))
            }
            Shape::Typing => self.typing(name, before),
            _ => Some(same(self.text(name)?, before)),
        }
    }

    /// The languages that have words; those the form does not show stay.
    fn texts(&self, name: &str, before: Option<&Value>) -> Option<Value> {
        let mut texts = Map::new();
        for lang in Lang::ALL {
            let old = before.and_then(|before| before.get(lang.tag()));
            let key = format!("{name}.{}", lang.tag());
            let own = match self.0.contains_key(&key) {
                true => self.text(&key).map(|text| same(text, old)),
                false => old.cloned(),
            };
            texts.extend(own.map(|own| (lang.tag().to_owned(), own)));
        }
        // In the order they stood in.
        let order =
            |tag: &String| before.and_then(Value::as_object).and_then(|old| old.keys().position(|own| own == tag));
        let mut texts: Vec<(String, Value)> = texts.into_iter().collect();
        texts.sort_by_key(|(tag, _)| order(tag).unwrap_or(usize::MAX));
        (!texts.is_empty()).then(|| Value::Object(texts.into_iter().collect()))
    }

    fn options(&self, name: &str, before: Option<&Value>) -> Value {
        let row = |at: usize| {
            let old = before.and_then(|before| before.get(at));
            let part =
                |part: &str| Some((part.to_owned(), same(self.text(&format!("{name}.{at}.{part}"))?, old?.get(part))));
            let fresh = |part: &str| Some((part.to_owned(), same(self.text(&format!("{name}.{at}.{part}"))?, None)));
            let get = |name: &str| part(name).or_else(|| fresh(name));
            let says = if self.text(&format!("{name}.{at}.says")) == Some("to") { "to" } else { "for" };
            let label = old.and_then(|old| old.get("for").or_else(|| old.get("to")));
            let label = self.texts(&format!("{name}.{at}.label"), label).unwrap_or_else(|| Value::Object(Map::new()));
            let parts = [get("key"), get("go"), Some((says.to_owned(), label))];
            Value::Object(parts.into_iter().flatten().collect())
        };
        Value::Array(self.rows(name).into_iter().map(row).collect())
    }

    fn cases(&self, name: &str, before: Option<&Value>) -> Value {
        let row = |at: usize| {
            let old = |part: &str| before.and_then(|before| before.get(at)).and_then(|old| old.get(part));
            let part =
                |part: &str| Some((part.to_owned(), same(self.text(&format!("{name}.{at}.{part}"))?, old(part))));
            Value::Object([part("if"), part("go")].into_iter().flatten().collect())
        };
        Value::Array(self.rows(name).into_iter().map(row).collect())
    }

    fn pairs(&self, name: &str, before: Option<&Value>) -> Map<String, Value> {
        let row = |at: usize| {
            let key = self.text(&format!("{name}.{at}.name"))?;
            let value = self.text(&format!("{name}.{at}.value")).unwrap_or_default();
            Some((key.to_owned(), same(value, before.and_then(|before| before.get(key)))))
        };
        self.rows(name).into_iter().filter_map(row).collect()
    }

    fn typing(&self, name: &str, before: Option<&Value>) -> Option<Value> {
        let kind = self.text(&format!("{name}.kind"))?;
        let old = before.and_then(|before| before.get(kind));
        let inside = match kind {
            "digits" | "number" => {
                let bound = |part: &str| {
                    let text = self.text(&format!("{name}.{part}"))?;
                    Some((part.to_owned(), same(text, old.and_then(|old| old.get(part)))))
                };
                Value::Object([bound("from"), bound("to")].into_iter().flatten().collect())
            }
            "amount" => same(self.text(&format!("{name}.currency")).unwrap_or("CNY"), old),
            word => return Some(same(word, before)),
        };
        Some(Value::Object([(kind.to_owned(), inside)].into_iter().collect()))
    }
}

/// What was typed; where it means the same as before, exactly what it was.
fn same(text: &str, before: Option<&Value>) -> Value {
    match before {
        Some(before) if plain(before).trim() == text => before.clone(),
        _ => scalar(text),
    }
}

/// A word as the file would hold it.
fn scalar(text: &str) -> Value {
    match text {
        "yes" => Value::Bool(true),
        "no" => Value::Bool(false),
        text => match text.parse::<u32>() {
            Ok(number) if number.to_string() == text => number.into(),
            _ => text.into(),
        },
    }
}
