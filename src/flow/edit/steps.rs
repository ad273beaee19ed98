//! Steps as a whole: adding, moving, deleting one, giving it another name, and who leads to it.

use super::doc::{Doc, Entry};
use super::value::as_written;
use super::{EditError, holds, write};
use crate::flow::schema::{kind_of, targets};
use crate::flow::source::{At, Node};
use serde::Serialize;
use serde_json::Value;
use std::fmt;
use std::ops::Range;

/// A place that names a step.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Reference {
    /// The step it stands in; nothing at the top of the file.
    pub step: Option<String>,
    /// The field, like `then` or `menu`.
    pub field: &'static str,
    /// Its line, counted from 1.
    pub line: usize,
    /// Its column, in characters.
    pub column: usize,
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.step {
            Some(step) => write!(f, "`{step}` (`{}`, line {})", self.field, self.line),
            None => write!(f, "`{}:` in line {}", self.field, self.line),
        }
    }
}

/// The fields at the top of a file that name a step.
const TOP: [&str; 3] = ["start", "person", "denied"];

/// Every place of a text that names this step.
///
/// # Errors
/// When the text cannot be read.
pub fn references(text: &str, name: &str) -> Result<Vec<Reference>, EditError> {
    let doc = Doc::read(text)?;
    let told = named(&doc.root, name).into_iter().map(|(step, field, node)| {
        let At { line, column } = node.at;
        Reference { step: step.map(str::to_owned), field, line, column }
    });
    Ok(told.collect())
}

/// The nodes that name a step, with the step and the field they stand in.
fn named<'n>(root: &'n Node, name: &str) -> Vec<(Option<&'n str>, &'static str, &'n Node)> {
    let mut found = Vec::new();
    let is = |node: &Node| node.text() == Some(name);
    for field in TOP {
        found.extend(root.get(field).filter(|node| is(node)).map(|node| (None, field, node)));
    }
    for (key, step) in root.get("steps").map(Node::pairs).unwrap_or_default() {
        let kind = kind_of(step.pairs().iter().map(|(key, _)| key.text.as_str())).unwrap_or_default();
        for (field, inner) in targets(kind) {
            let Some(node) = step.get(field) else { continue };
            let nodes: Vec<&Node> = match inner {
                None => vec![node],
                Some(inner) => node.items().iter().filter_map(|item| item.get(inner)).collect(),
            };
            found.extend(nodes.into_iter().filter(|node| is(node)).map(|node| (Some(key.text.as_str()), field, node)));
        }
    }
    found
}

/// The text with a new step behind another, or behind all of them.
///
/// # Errors
/// When the text cannot be read, the name is taken or no name, or the value no step.
pub fn add_step(text: &str, after: Option<&str>, name: &str, new: &Value) -> Result<String, EditError> {
    let doc = Doc::read(text)?;
    fits(&doc, name)?;
    let new = as_written(new);
    if new.as_object().is_none_or(serde_json::Map::is_empty) {
        return Err(EditError::NotAStep);
    }
    let steps = doc.steps()?;
    let before = match after {
        Some(after) => doc.step(after)?,
        None => doc.steps()?.pop().ok_or(EditError::NoSteps)?,
    };
    let margin = before.key.map_or(write::STEP, |key| key.at.column - 1);
    // Steps stand apart where they do so already.
    let apart = steps.len() < 2 || steps.iter().skip(1).any(|step| is_apart(&doc, step));
    let gap = apart.then(String::new);
    let lines = gap.into_iter().chain(write::step(name, &new, margin)).map(|line| line + doc.end).collect();
    let edited = doc.with(before.own.end..before.own.end, lines);
    holds(text, &edited, name, Some(&new))?;
    Ok(edited)
}

fn is_apart(doc: &Doc<'_>, step: &Entry<'_>) -> bool {
    step.above.clone().any(|line| doc.line(line).trim().is_empty())
}

/// Whether a step may be called so.
fn fits(doc: &Doc<'_>, name: &str) -> Result<(), EditError> {
    let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || !name.chars().all(valid) || name.starts_with('-') || name == "null" || name.len() > 200 {
        return Err(EditError::Name(name.to_owned()));
    }
    match doc.step(name) {
        Ok(step) => Err(EditError::Exists { name: name.to_owned(), line: step.own.start + 1 }),
        Err(EditError::UnknownStep(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The text in which a step, and everything that names it, has another name.
///
/// # Errors
/// When the text cannot be read, there is no such step, or the new name is taken or no name.
pub fn rename_step(text: &str, old: &str, new: &str) -> Result<String, EditError> {
    let doc = Doc::read(text)?;
    let step = doc.step(old)?;
    if old == new {
        return Ok(text.to_owned());
    }
    fits(&doc, new)?;
    let key = step.key.map(|key| key.at);
    let mut places: Vec<At> = named(&doc.root, old).into_iter().map(|(_, _, node)| node.at).chain(key).collect();
    places.sort_by_key(|at| (at.line, at.column));
    let mut lines: Vec<String> = doc.lines.iter().map(|line| (*line).to_owned()).collect();
    for at in places.into_iter().rev() {
        let from = doc.byte(at);
        let quote = doc.behind(at).chars().next().filter(|c| matches!(c, '"' | '\''));
        let from = from + quote.map_or(0, char::len_utf8);
        let line = &mut lines[at.line - 1];
        // Names have no letters that are written otherwise in quotes; a name that does is left to its owner.
        if !line[from..].starts_with(old) {
            return Err(EditError::Unwritable(format!("`{old}` in line {}", at.line)));
        }
        line.replace_range(from..from + old.len(), new);
    }
    let edited = lines.concat();
    match (Doc::read(&edited)?.step(new), references(&edited, old)?.is_empty()) {
        (Ok(_), true) => Ok(edited),
        _ => Err(EditError::Unwritable(format!("`{new}`"))),
    }
}

/// The text without a step, and without the comment that stands on it.
///
/// # Errors
/// When the text cannot be read, there is no such step, it is the only one, or another leads to it.
pub fn delete_step(text: &str, name: &str) -> Result<String, EditError> {
    let doc = Doc::read(text)?;
    let step = doc.step(name)?;
    let by: Vec<Reference> =
        references(text, name)?.into_iter().filter(|reference| reference.step.as_deref() != Some(name)).collect();
    if !by.is_empty() {
        return Err(EditError::Needed { name: name.to_owned(), by });
    }
    if doc.steps()?.len() < 2 {
        return Err(EditError::Last(name.to_owned()));
    }
    let edited = doc.with(whole(&doc, &step), Vec::new());
    holds(text, &edited, name, None)?;
    Ok(edited)
}

/// A step with the comment right above it and one of the empty lines around.
fn whole(doc: &Doc<'_>, step: &Entry<'_>) -> Range<usize> {
    let is_empty = |line: usize| line < doc.lines.len() && doc.line(line).trim().is_empty();
    let from = step.own.start - comments(doc, step);
    match from > step.above.start && is_empty(from - 1) {
        true => from - 1..step.own.end,
        false if is_empty(step.own.end) => from..step.own.end + 1,
        false => from..step.own.end,
    }
}

/// How many lines of comment stand right above a step.
fn comments(doc: &Doc<'_>, step: &Entry<'_>) -> usize {
    step.above.clone().rev().take_while(|line| doc.line(*line).trim_start().starts_with('#')).count()
}

/// The text with a step behind another, or before all of them.
///
/// # Errors
/// When the text cannot be read or has no such steps.
pub fn move_step(text: &str, name: &str, after: Option<&str>) -> Result<String, EditError> {
    let doc = Doc::read(text)?;
    let step = doc.step(name)?;
    let steps = doc.steps()?;
    let before = steps.iter().take_while(|other| other.own.start < step.own.start).last();
    let before = before.and_then(|before| before.key).map(|key| key.text.as_str());
    if after == Some(name) || after == before {
        return Ok(text.to_owned());
    }
    let mut moved: Vec<String> = whole(&doc, &step).map(|line| doc.lines[line].to_owned()).collect();
    let gap: Vec<String> = moved.extract_if(.., |line| line.trim().is_empty()).take(1).collect();
    let (at, place) = match after {
        Some(after) => (doc.step(after)?.own.end, 0),
        None => (steps.first().map_or(0, |first| first.own.start - comments(&doc, first)), moved.len()),
    };
    moved.splice(place..place, gap);
    let gone = whole(&doc, &step);
    let edited = if at <= gone.start {
        let (head, body, tail) = (&doc.lines[..at], &doc.lines[at..gone.start], &doc.lines[gone.end..]);
        doc.joined([head.concat(), doc.joined(moved), body.concat(), tail.concat()])
    } else {
        let (head, body, tail) = (&doc.lines[..gone.start], &doc.lines[gone.end..at], &doc.lines[at..]);
        doc.joined([head.concat(), doc.joined([body.concat()]), doc.joined(moved), tail.concat()])
    };
    let says = super::step(text, name);
    holds(text, &edited, name, says.as_ref())?;
    Ok(edited)
}
