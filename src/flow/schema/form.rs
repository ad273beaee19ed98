//! The table of the language as a form needs it: the fields of a kind in the order they are asked
//! and written, what sort of input each is, and where in a step the names of other steps stand.

use super::Shape;
use super::language::{AUDIO, CURRENCIES, Field, KINDS, KindOf, NEEDS, TYPES, TYPINGS};
use crate::flow::model::PRIORITIES;
use crate::flow::read::SPEAKS;
use crate::words::Lang;
use serde_json::{Value, json};
use std::sync::LazyLock;

static FORMS: LazyLock<Vec<(&'static str, Vec<Field>)>> =
    LazyLock::new(|| KINDS.iter().map(|kind| (kind.name, fields(kind))).collect());

/// What a form asks for a step of this kind, in the order in which it is written: what stands behind
/// the kind first. Of a word that is no kind nothing.
pub fn form(kind: &str) -> &'static [Field] {
    FORMS.iter().find(|(name, _)| *name == kind).map_or(&[], |(_, fields)| fields)
}

/// The same for a script: name, input, whether it is required, the line of documentation, and what
/// belongs to the input (`choices`, `from` and `to`, `fields`).
pub fn form_json(kind: &str) -> Value {
    form(kind).iter().map(Field::to_json).collect()
}

/// The kind of a step: the one of its keys that names one.
pub fn kind_of<'k>(mut keys: impl Iterator<Item = &'k str>) -> Option<&'static str> {
    keys.find_map(|key| KINDS.iter().map(|kind| kind.name).find(|name| *name == key))
}

/// What stands in a field of a step of this kind.
pub fn shape_at(kind: &str, field: &str) -> Option<Shape> {
    form(kind).iter().find(|known| known.name == field).map(|known| known.shape)
}

/// The fields of a step of this kind that name a step, and those that are lists with such fields.
pub fn targets(kind: &str) -> impl Iterator<Item = (&'static str, Option<&'static str>)> {
    form(kind).iter().flat_map(|field| -> Vec<(&'static str, Option<&'static str>)> {
        match field.shape {
            Shape::Target => vec![(field.name, None)],
            Shape::List(inner) | Shape::Options(inner, _) => {
                let named = inner.iter().filter(|inner| matches!(inner.shape, Shape::Target));
                named.map(|inner| (field.name, Some(inner.name))).collect()
            }
            _ => Vec::new(),
        }
    })
}

/// What a step needs stands before where it goes on; its recordings stand below its words.
fn fields(kind: &KindOf) -> Vec<Field> {
    let own = Field { name: kind.name, shape: kind.value, required: true, tells: kind.tells };
    let audio = SPEAKS.contains(&kind.name).then_some(AUDIO);
    let first_target = kind.fields.iter().position(|field| matches!(field.shape, Shape::Target));
    let (before, after) = kind.fields.split_at(first_target.unwrap_or(kind.fields.len()));
    let (before, after) = (before.iter().copied(), after.iter().copied());
    [own].into_iter().chain(audio).chain(before).chain([NEEDS]).chain(after).collect()
}

impl Field {
    /// For a script.
    pub fn to_json(&self) -> Value {
        let mut told = json!({
            "name": self.name, "input": self.shape.input(), "required": self.required, "tells": self.tells,
        });
        match self.shape {
            Shape::OneOf(words) | Shape::OneOfOrValue(words) => told["choices"] = json!(words),
            Shape::Digit(from, to) => (told["from"], told["to"]) = (from.into(), to.into()),
            Shape::Types => told["choices"] = json!(TYPES),
            Shape::Typing => (told["choices"], told["currencies"]) = (json!(TYPINGS), json!(CURRENCIES)),
            Shape::Languages | Shape::Texts | Shape::Audio => told["choices"] = json!(Lang::ALL.map(Lang::tag)),
            Shape::Promises => told["choices"] = json!(PRIORITIES),
            Shape::List(fields) => told["fields"] = fields.iter().map(Field::to_json).collect(),
            Shape::Options(fields, either) => {
                told["fields"] = fields.iter().map(Field::to_json).collect();
                told["either"] = json!(either);
            }
            _ => {}
        }
        told
    }
}

impl Shape {
    /// What sort of input it is, in one word.
    pub fn input(self) -> &'static str {
        match self {
            Shape::Word => "word",
            Shape::WordOrValue => "word-or-value",
            Shape::OneOfOrValue(_) => "choice-or-value",
            Shape::OneOf(_) => "choice",
            Shape::Target => "target",
            Shape::Variable => "variable",
            Shape::Expression => "expression",
            Shape::Texts => "texts",
            Shape::Digit(..) => "number",
            Shape::Flag => "flag",
            Shape::Duration => "duration",
            Shape::Values => "values",
            Shape::Arguments => "arguments",
            Shape::Notes => "expressions",
            Shape::Words => "words",
            Shape::Languages => "languages",
            Shape::Countries => "countries",
            Shape::Types => "types",
            Shape::Typing => "typing",
            Shape::Promises => "promises",
            Shape::Desks => "desks",
            Shape::List(_) => "list",
            Shape::Options(..) => "options",
            Shape::Audio => "audio",
            Shape::Steps => "steps",
        }
    }

    /// Whether a number or a flag stands in it as it is, without quotes.
    pub fn is_bare(self) -> bool {
        use Shape::{Arguments, Digit, Duration, Expression, Flag, Notes, Promises, Typing, Values, Variable};
        matches!(
            self,
            Arguments | Digit(..) | Duration | Expression | Flag | Notes | Promises | Typing | Values | Variable
        )
    }
}
