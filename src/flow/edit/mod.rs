//! Changes to the text of a flow's file that leave everything else in it as it is, byte for byte: a
//! form edits a step, a name changes with all that refers to it. Knows nothing of drafts and pages;
//! whether what is written is right is for the checks to say.

mod days;
mod doc;
mod errors;
mod names;
mod scalars;
mod steps;
mod surgery;
#[cfg(test)]
pub(super) mod tests;
mod texts;
pub(super) mod value;
pub mod words;
pub(super) mod write;

pub use crate::flow::schema::{form, form_json};
pub use days::{CalendarText, DayText, are_hours, calendars, set_day, set_list};
pub use errors::EditError;
pub use names::{Names, names};
pub use scalars::set_scalars;
pub use steps::{Reference, add_step, delete_step, move_step, references, rename_step};
pub use texts::{NewWords, TextAt, set_texts, texts};

use crate::flow::schema::kind_of;
use doc::Doc;
use serde::Serialize;
use serde_json::Value;

/// A step as it stands in a text.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct StepAt {
    /// Its name.
    pub name: String,
    /// Its kind; nothing where none of its fields names one.
    pub kind: Option<&'static str>,
    /// The line of its name, counted from 1.
    pub first: usize,
    /// Its last line.
    pub last: usize,
}

/// The steps of a text, in its order. Of a text that cannot be read what looks like steps.
pub fn outline(text: &str) -> Vec<StepAt> {
    let read = || -> Result<Vec<StepAt>, EditError> {
        let doc = Doc::read(text)?;
        let steps = doc.steps()?;
        let told = steps.iter().filter_map(|entry| {
            let kind = kind_of(entry.node.pairs().iter().map(|(key, _)| key.text.as_str()));
            Some(StepAt { name: entry.key?.text.clone(), kind, first: entry.own.start + 1, last: entry.own.end })
        });
        Ok(told.collect())
    };
    read().unwrap_or_else(|_| guessed(text))
}

/// By the margins alone: names stand as far in as the first line below `steps:`.
fn guessed(text: &str) -> Vec<StepAt> {
    let mut steps: Vec<StepAt> = Vec::new();
    let mut margin = None;
    let below = text.lines().enumerate().skip_while(|(_, line)| !line.starts_with("steps:")).skip(1);
    for (at, line) in below.filter(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with('#')) {
        let indent = line.len() - line.trim_start().len();
        if indent == 0 {
            break;
        }
        let key = line.trim_start().split(':').next().unwrap_or_default().trim();
        if indent == *margin.get_or_insert(indent) && line.contains(':') {
            steps.push(StepAt { name: key.trim_matches('"').to_owned(), kind: None, first: at + 1, last: at + 1 });
        } else if let Some(step) = steps.last_mut() {
            step.last = at + 1;
            step.kind = step.kind.or_else(|| kind_of([key].into_iter()));
        }
    }
    steps
}

/// What a step says, as ordered data in which every word is a text: what a form edits.
pub fn step(text: &str, name: &str) -> Option<Value> {
    let doc = Doc::read(text).ok()?;
    let node = doc.root.get("steps")?.get(name)?;
    Some(value::value(node))
}

/// The text with a step that says `new`. Lines of what stays the same stay as they are, with their
/// comments; a text that says it already is given back.
///
/// # Errors
/// When the text cannot be read or has no such step, or when `new` is no step.
pub fn set_step(text: &str, name: &str, new: &Value) -> Result<String, EditError> {
    let doc = Doc::read(text)?;
    let entry = doc.step(name)?;
    let new = value::as_written(new);
    let fields = new.as_object().filter(|fields| !fields.is_empty()).ok_or(EditError::NotAStep)?;
    if value::same(&value::value(entry.node), &new) {
        return Ok(text.to_owned());
    }
    let margin = entry.key.map_or(0, |key| key.at.column - 1);
    let below = doc.entries(entry.node, entry.own.start + 1..entry.own.end).is_some();
    let name_alone = || vec![format!("{}{}:", " ".repeat(margin), write::name(name))];
    let head = match below {
        true => doc.lines[entry.own.start].to_owned(),
        false => surgery::with_comment(name_alone(), doc.comment(entry.node, &entry.own)).concat() + doc.end,
    };
    let careful = [head].into_iter().chain(surgery::step(&doc, &entry, fields)).collect();
    let edited = doc.with(entry.own.clone(), careful);
    if holds(text, &edited, name, Some(&new)).is_ok() {
        return Ok(edited);
    }
    let plain = write::step(name, &new, margin).into_iter().map(|line| line + doc.end).collect();
    let edited = doc.with(entry.own.clone(), plain);
    holds(text, &edited, name, Some(&new))?;
    Ok(edited)
}

/// Whether the step says this now, or is gone, and everything else what it said before.
fn holds(before: &str, after: &str, name: &str, says: Option<&Value>) -> Result<(), EditError> {
    let unwritable = |what: String| EditError::Unwritable(what);
    let read = |text: &str| Doc::read(text).map(|doc| value::value(&doc.root));
    let (mut old, mut new) = (read(before)?, read(after).map_err(|error| unwritable(error.to_string()))?);
    let take = |tree: &mut Value| {
        let steps = tree.get_mut("steps").and_then(Value::as_object_mut);
        steps.and_then(|steps| steps.shift_remove(name))
    };
    take(&mut old);
    let step = take(&mut new);
    let said = match (&step, says) {
        (Some(step), Some(says)) => value::same(step, says),
        (step, says) => step.is_none() && says.is_none(),
    };
    let rest = |tree: &Value| tree.get("steps").and_then(Value::as_object).is_none_or(serde_json::Map::is_empty);
    if said && (old == new || rest(&old) && rest(&new)) { Ok(()) } else { Err(unwritable(format!("`{name}`"))) }
}
