//! What a variable can hold, and its types.

use crate::words::{Currency, Level, Money, Phone};
use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A value a call knows. Stored in the call's state, so it never holds a secret.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Value {
    /// Not set.
    #[default]
    None,
    /// Yes or no.
    Flag(bool),
    /// A whole number: a count, a score.
    Number(i64),
    /// Words, or digits that name something (an account, a transaction).
    Text(String),
    /// An amount with its currency.
    Money(Money),
    /// A day.
    Date(civil::Date),
    /// A moment, spoken in the line's time zone.
    Moment(Timestamp),
    /// A telephone number.
    Phone(Phone),
    /// A span of time in which somebody will be rung.
    Window(Window),
    /// Named fields: the answer of a lookup, of a request, of a sub-flow.
    Record(BTreeMap<String, Value>),
}

/// From when to when somebody will be rung.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Window {
    /// Not before.
    pub from: Timestamp,
    /// Not after.
    pub to: Timestamp,
}

/// The type of a variable, known before any call.
#[derive(Clone, PartialEq, Debug)]
pub enum Type {
    /// Yes or no.
    Flag,
    /// A whole number.
    Number,
    /// Words or naming digits.
    Text,
    /// An amount.
    Money,
    /// A day.
    Date,
    /// A moment.
    Moment,
    /// A telephone number.
    Phone,
    /// A callback window.
    Window,
    /// Named fields with their types.
    Record(BTreeMap<String, Type>),
}

impl Type {
    /// The word admins write for a type in `takes:`, `gives:` and `sources.yaml`.
    pub fn named(word: &str) -> Option<Type> {
        Some(match word {
            "flag" => Type::Flag,
            "number" => Type::Number,
            "text" | "word" => Type::Text,
            "money" => Type::Money,
            "date" => Type::Date,
            "moment" => Type::Moment,
            "phone" => Type::Phone,
            "window" => Type::Window,
            _ => return None,
        })
    }

    /// The names `named` knows, for error messages.
    pub const NAMES: &'static str = "text, word, number, flag, money, date, moment, phone or window";

    /// Reads a source's JSON (or a story's YAML) text form of a value of this type. `None` when the
    /// text does not fit the type.
    pub fn read(&self, json: &serde_json::Value) -> Option<Value> {
        use serde_json::Value as Json;
        Some(match (self, json) {
            (_, Json::Null) => Value::None,
            (Type::Flag, Json::Bool(b)) => Value::Flag(*b),
            (Type::Number, Json::Number(n)) => Value::Number(n.as_i64()?),
            (Type::Number, Json::String(s)) => Value::Number(s.parse().ok()?),
            (Type::Text, Json::String(s)) => Value::Text(s.clone()),
            (Type::Text, Json::Number(n)) => Value::Text(n.to_string()),
            (Type::Money, Json::String(s)) => Value::Money(Money::parse(s)?),
            (Type::Date, Json::String(s)) => Value::Date(s.parse().ok()?),
            (Type::Moment, Json::String(s)) => Value::Moment(s.parse().ok()?),
            (Type::Phone, Json::String(s)) => Value::Phone(Phone::parse(s, None)?),
            (Type::Record(fields), Json::Object(map)) => {
                let read = |(name, kind): (&String, &Type)| {
                    let json = map.get(name).unwrap_or(&Json::Null);
                    Some((name.clone(), kind.read(json)?))
                };
                Value::Record(fields.iter().map(read).collect::<Option<_>>()?)
            }
            _ => return None,
        })
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Type::Flag => "flag",
            Type::Number => "number",
            Type::Text => "text",
            Type::Money => "money",
            Type::Date => "date",
            Type::Moment => "moment",
            Type::Phone => "phone",
            Type::Window => "window",
            Type::Record(_) => "record",
        })
    }
}

impl Value {
    /// The field of a record; of anything else, and where there is no such field, `None`.
    pub fn field(&self, name: &str) -> &Value {
        match self {
            Value::Record(fields) => fields.get(name).unwrap_or(&Value::None),
            _ => &Value::None,
        }
    }

    /// As programs and agents read it: an amount as `128.50 CNY`, a moment as RFC 3339.
    pub fn plain(&self) -> String {
        match self {
            Value::None => String::new(),
            Value::Flag(b) => b.to_string(),
            Value::Number(n) => n.to_string(),
            Value::Text(s) => s.clone(),
            Value::Money(m) => m.to_string(),
            Value::Date(d) => d.to_string(),
            Value::Moment(t) => t.to_string(),
            Value::Phone(p) => p.as_str().to_owned(),
            Value::Window(w) => format!("{}/{}", w.from, w.to),
            Value::Record(fields) => {
                let pairs: Vec<String> = fields.iter().map(|(k, v)| format!("{k}={}", v.plain())).collect();
                pairs.join(", ")
            }
        }
    }
}

/// How a caller types the answer to an `ask`.
#[derive(Clone, PartialEq, Debug)]
pub enum Typing {
    /// Digits that name something; how many.
    Digits {
        /// At least.
        from: u8,
        /// At most.
        to: u8,
    },
    /// A whole number between two.
    Number {
        /// At least.
        from: i64,
        /// At most.
        to: i64,
    },
    /// Whole units of a currency.
    Amount(Currency),
    /// Eight digits: year, month, day.
    Date,
    /// A telephone number one may ring, as dialled from the line's country.
    Phone,
}

impl Typing {
    /// The type of the variable that takes the answer.
    pub fn gives(&self) -> Type {
        match self {
            Typing::Digits { .. } => Type::Text,
            Typing::Number { .. } => Type::Number,
            Typing::Amount(_) => Type::Money,
            Typing::Date => Type::Date,
            Typing::Phone => Type::Phone,
        }
    }
}

/// A variable as the analysis of names sees it.
#[derive(Clone, PartialEq, Debug)]
pub struct Variable {
    /// What it holds.
    pub holds: Type,
    /// The level a caller must have before it is spoken, sent or acted on: that of its source.
    pub level: Level,
}
