//! The flow language as JSON Schema (2020-12), for editors that complete and check while one
//! writes. Made from the table in `language`; what it refuses, loading refuses too. It knows
//! nothing of what only a whole folder can tell: whether a target, a source or a name is there.

mod form;
mod language;

use crate::flow::model::{PRIORITIES, REQUEST_KINDS};
use crate::words::Lang;
pub use form::{form, form_json, kind_of, shape_at, targets};
pub use language::{FLOW, Field, KINDS, KindOf, SUB_FLOW};
use serde_json::{Map, Value, json};

/// What stands in a field.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A name or a word.
    Word,
    /// The name of a step of the same file.
    Target,
    /// The name of a variable that is given a value.
    Variable,
    /// An expression.
    Expression,
    /// A word taken as it stands, or `= expression`.
    WordOrValue,
    /// One of these, or `= expression`.
    OneOfOrValue(&'static [&'static str]),
    /// One of these.
    OneOf(&'static [&'static str]),
    /// A text for each language.
    Texts,
    /// A whole number of one digit, from and to.
    Digit(u8, u8),
    /// `yes` or `no`.
    Flag,
    /// A time like 15m.
    Duration,
    /// Names with expressions.
    Values,
    /// Arguments: names with words or expressions.
    Arguments,
    /// A list of expressions.
    Notes,
    /// A list of words.
    Words,
    /// Languages.
    Languages,
    /// Countries.
    Countries,
    /// Names with types.
    Types,
    /// What is typed in an `ask`.
    Typing,
    /// A time for each priority.
    Promises,
    /// Telephone numbers or SIP addresses, by skill.
    Desks,
    /// A list of maps with these fields.
    List(&'static [Field]),
    /// The options of a menu: these fields, and one of the two.
    Options(&'static [Field], [&'static str; 2]),
    /// Recordings, by language.
    Audio,
    /// The steps.
    Steps,
}

/// The schema of hotlines and sub-flows.
pub fn schema() -> Value {
    let only_hotlines: Vec<Value> = FLOW
        .iter()
        .filter(|field| !SUB_FLOW.iter().any(|other| other.name == field.name))
        .map(|field| json!({ "required": [field.name] }))
        .collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Hotline",
        "description": "A hotline (NAME.yaml) or a sub-flow (common/NAME.yaml)",
        "type": "object",
        "if": { "anyOf": only_hotlines },
        "then": { "$ref": "#/$defs/hotline" },
        "else": { "$ref": "#/$defs/sub-flow" },
        "$defs": definitions(),
    })
}

fn definitions() -> Value {
    let mut all: Map<String, Value> = Map::new();
    all.insert("hotline".into(), object("A hotline", FLOW));
    all.insert("sub-flow".into(), object("A sub-flow, which hotlines and other sub-flows call", SUB_FLOW));
    let kinds: Vec<Value> = KINDS.iter().map(|kind| json!({ "$ref": format!("#/$defs/step-{}", kind.name) })).collect();
    all.insert("step".into(), json!({ "type": "object", "oneOf": kinds }));
    for kind in KINDS {
        all.insert(format!("step-{}", kind.name), step(kind));
    }
    // A YAML reader makes numbers and flags of some words; as words they are meant.
    let scalar = || json!({ "type": ["string", "number", "boolean"], "minLength": 1 });
    let described = |mut value: Value, words: &str| {
        value["description"] = words.into();
        value
    };
    all.insert("word".into(), scalar());
    all.insert("target".into(), described(scalar(), "The name of a step of this file"));
    all.insert("variable".into(), described(variable(), "A name: lower-case letters, digits and _"));
    all.insert("expression".into(), described(scalar(), "A name like payment.amount, a text like 'done', a condition"));
    let words: Map<String, Value> =
        Lang::ALL.iter().map(|lang| (lang.tag().to_owned(), json!({ "$ref": "#/$defs/word" }))).collect();
    let texts = json!({ "type": "object", "properties": words, "additionalProperties": false, "minProperties": 1 });
    all.insert("texts".into(), described(texts, "What is said, in each language; {name|how} is a hole"));
    let duration = json!({ "type": "string", "pattern": "^[0-9]+(ms|s|m|h|d)$" });
    all.insert("duration".into(), described(duration, "A time like 3s, 15m or 4h"));
    all.insert("typing".into(), typing());
    Value::Object(all)
}

fn variable() -> Value {
    json!({ "type": ["string", "integer", "boolean"], "pattern": "^[a-z0-9_]+$", "not": { "enum": ["caller", "line", "now"] } })
}

/// A map of these fields and no other.
fn object(words: &str, fields: &[Field]) -> Value {
    let properties: Map<String, Value> = fields.iter().map(|field| (field.name.to_owned(), property(field))).collect();
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    json!({
        "description": words, "type": "object", "properties": properties, "required": required,
        "additionalProperties": false,
    })
}

fn step(kind: &KindOf) -> Value {
    object(kind.tells, form(kind.name))
}

fn property(field: &Field) -> Value {
    let mut value = shape(field.shape);
    value["description"] = field.tells.into();
    value
}

fn refer(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn shape(shape: Shape) -> Value {
    let list = |items: Value| json!({ "type": "array", "items": items });
    match shape {
        Shape::Word | Shape::WordOrValue => refer("word"),
        Shape::Target => refer("target"),
        Shape::Variable => refer("variable"),
        Shape::Expression => refer("expression"),
        Shape::Texts => refer("texts"),
        Shape::Duration => refer("duration"),
        Shape::Typing => refer("typing"),
        Shape::OneOf(words) => json!({ "enum": words }),
        Shape::OneOfOrValue(words) => json!({ "anyOf": [{ "enum": words }, { "type": "string", "pattern": "^=" }] }),
        Shape::Digit(from, to) => number(from.into(), to.into(), &format!("^\\+?0*[{from}-{to}]$")),
        Shape::Flag => json!({ "enum": [true, false, "yes", "no", "true", "false"] }),
        Shape::Values => json!({ "type": "object", "additionalProperties": refer("expression") }),
        Shape::Arguments => json!({ "type": "object", "additionalProperties": refer("word") }),
        Shape::Notes => list(refer("expression")),
        Shape::Words => list(refer("word")),
        Shape::Languages => some(list(json!({ "enum": Lang::ALL.map(Lang::tag) }))),
        Shape::Countries => some(list(json!({ "type": "string", "pattern": "^[A-Za-z]{2}$" }))),
        Shape::Types => json!({ "type": "object", "additionalProperties": { "enum": language::TYPES } }),
        Shape::Promises => {
            let times: Map<String, Value> =
                PRIORITIES.iter().map(|name| ((*name).to_owned(), refer("duration"))).collect();
            json!({ "type": "object", "properties": times, "additionalProperties": false })
        }
        Shape::Desks => {
            let desk = json!({ "type": "string", "pattern": "^(\\+|sips?:)" });
            json!({ "type": "object", "additionalProperties": desk })
        }
        Shape::List(fields) => some(list(object("", fields))),
        Shape::Options(fields, either) => {
            let mut option = object("An option", fields);
            option["oneOf"] = either.iter().map(|name| json!({ "required": [name] })).collect();
            some(list(option))
        }
        Shape::Audio => {
            let file = json!({ "type": "string", "pattern": "^[a-z0-9-]+(/[a-z0-9-]+)*\\.(mp3|wav)$" });
            let files: Map<String, Value> =
                Lang::ALL.iter().map(|lang| (lang.tag().to_owned(), file.clone())).collect();
            json!({ "type": "object", "properties": files, "additionalProperties": false })
        }
        Shape::Steps => json!({
            "type": "object", "propertyNames": { "pattern": "^[a-z0-9-]+$" },
            "additionalProperties": refer("step"), "minProperties": 1,
        }),
    }
}

/// A list that is not empty.
fn some(mut list: Value) -> Value {
    list["minItems"] = 1.into();
    list
}

/// A whole number, as a number or in quotes.
fn number(from: i64, to: i64, quoted: &str) -> Value {
    json!({ "anyOf": [
        { "type": "integer", "minimum": from, "maximum": to },
        { "type": "string", "pattern": quoted },
    ] })
}

fn typing() -> Value {
    let whole = |from, to| number(from, to, "^[+-]?[0-9]+$");
    let range = |from, to| {
        json!({
            "type": "object", "properties": { "from": whole(from, to), "to": whole(from, to) },
            "required": ["from", "to"], "additionalProperties": false,
        })
    };
    let one = |name: &str, value: Value| json!({ "type": "object", "properties": { name: value }, "required": [name], "additionalProperties": false });
    json!({
        "description": "What is typed",
        "anyOf": [
            { "enum": language::TYPINGS },
            one("digits", range(1, 40)),
            one("number", range(0, 1_000_000_000)),
            one("amount", json!({ "enum": language::CURRENCIES })),
        ],
    })
}

/// The kinds a request can be of, for the table.
const REQUESTS: &[&str] = &REQUEST_KINDS;
/// How urgent a request can be, for the table.
const URGENT: &[&str] = &PRIORITIES;
