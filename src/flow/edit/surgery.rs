//! A step given other values: the lines of what stays the same are taken over as they are, comments
//! go with the lines they stand in.

use super::doc::{Doc, Entry};
use super::value::{keeps_order, value};
use super::write::{self, Place, STEP};
use crate::flow::diff::pair;
use crate::flow::schema::{Shape, form, kind_of, shape_at};
use crate::flow::source::Is;
use serde_json::{Map, Value};
use std::ops::Range;

/// What a map is the value of, which says how what is new in it is written.
#[derive(Clone, Copy)]
struct Around {
    /// The kind of the step, where the map is one.
    kind: Option<&'static str>,
    /// What stands in the map, where it is that of a field.
    shape: Option<Shape>,
}

/// The lines below the name of a step when it says `new`.
pub fn step(doc: &Doc<'_>, entry: &Entry<'_>, new: &Map<String, Value>) -> Vec<String> {
    let below = entry.own.start + 1..entry.own.end;
    match doc.entries(entry.node, below.clone()) {
        Some(fields) => {
            let kind = kind_of(new.keys().map(String::as_str));
            map(doc, &fields, new, Around { kind: Some(kind.unwrap_or_default()), shape: None })
        }
        None => {
            let margin = entry.key.map_or(0, |key| key.at.column - 1);
            fresh(doc, write::body(&Value::Object(new.clone()), margin + STEP))
        }
    }
}

/// The lines of a map whose pairs stand below each other.
fn map(doc: &Doc<'_>, fields: &[Entry<'_>], new: &Map<String, Value>, around: Around) -> Vec<String> {
    let margin = fields.first().and_then(|field| field.key).map_or(0, |key| key.at.column - 1);
    let mut parts: Vec<(String, Vec<String>)> = Vec::new();
    let mut orphans: Vec<String> = Vec::new();
    for field in fields {
        let Some(key) = field.key else { continue };
        let mut lines = std::mem::take(&mut orphans);
        lines.extend(copied(doc, field.above.clone()));
        match new.get(&key.text) {
            Some(value) => {
                lines.extend(changed(doc, field, &key.text, value, margin, around));
                parts.push((key.text.clone(), lines));
            }
            None => orphans = lines,
        }
    }
    let old: Vec<String> = fields.iter().filter_map(|field| Some(field.key?.text.clone())).collect();
    for (key, value) in new.iter().filter(|(key, _)| !old.contains(key)) {
        let lines = fresh(doc, write::field(key, value, margin, shape_of(around, key)));
        let at = place_of(&parts, key, around);
        parts.insert(at, (key.clone(), lines));
    }
    parts.into_iter().flat_map(|(_, lines)| lines).chain(orphans).collect()
}

/// Where a new field goes: behind the last of those that come before it in the language.
fn place_of(parts: &[(String, Vec<String>)], key: &str, around: Around) -> usize {
    let Some(kind) = around.kind else { return parts.len() };
    let rank = |name: &str| form(kind).iter().position(|field| field.name == name);
    let Some(own) = rank(key) else { return parts.len() };
    parts.iter().rposition(|(name, _)| rank(name).is_some_and(|other| other < own)).map_or(0, |at| at + 1)
}

/// What stands in a field; in a map of values, each of them.
fn shape_of(around: Around, key: &str) -> Option<Shape> {
    match around.kind {
        Some(kind) => shape_at(kind, key),
        None => around.shape.filter(|shape| shape.is_bare()),
    }
}

/// The lines of a field that is there before and after.
fn changed(doc: &Doc<'_>, field: &Entry<'_>, key: &str, new: &Value, margin: usize, around: Around) -> Vec<String> {
    let old = value(field.node);
    // The values of `set:` are worked out one after the other.
    let in_order = match (&old, new) {
        (Value::Object(old), Value::Object(new)) if around.kind.is_some() && key == "set" => keeps_order(old, new),
        _ => true,
    };
    if old == *new && in_order {
        return copied(doc, field.own.clone());
    }
    let shape = shape_of(around, key);
    if let Some(inner) = doc.entries(field.node, field.own.start + 1..field.own.end) {
        let head = copied(doc, field.own.start..field.own.start + 1);
        match new {
            Value::Object(new) if !new.is_empty() && in_order => {
                let inner = map(doc, &inner, new, Around { kind: None, shape });
                return head.into_iter().chain(inner).collect();
            }
            Value::Array(new) if !new.is_empty() && !matches!(field.node.is, Is::Map(_)) => {
                return head.into_iter().chain(list(doc, &inner, new, shape)).collect();
            }
            _ => {}
        }
    }
    let one_line = field.own.len() == 1 && !matches!(field.node.is, Is::Scalar { .. });
    let same_sort = matches!((&field.node.is, new), (Is::Map(_), Value::Object(_)) | (Is::List(_), Value::Array(_)));
    let lines = if one_line && same_sort {
        let place = Place { inside: false, bare: shape.is_some_and(Shape::is_bare) };
        vec![format!("{}{}: {}", " ".repeat(margin), write::name(key), write::inline(new, place))]
    } else {
        write::field(key, new, margin, shape)
    };
    fresh(doc, with_comment(lines, doc.comment(field.node, &field.own)))
}

/// The comment goes behind the first line, in the column it stood in where that is free.
pub fn with_comment(mut lines: Vec<String>, comment: Option<(usize, &str)>) -> Vec<String> {
    if let (Some((column, comment)), Some(first)) = (comment, lines.first_mut())
        && !first.ends_with("|-")
    {
        let gap = (column - 1).saturating_sub(first.chars().count()).max(2);
        first.push_str(&format!("{}{comment}", " ".repeat(gap)));
    }
    lines
}

/// The lines of a list whose items stand below each other. Where they stood in columns they do so again.
fn list(doc: &Doc<'_>, old: &[Entry<'_>], new: &[Value], shape: Option<Shape>) -> Vec<String> {
    let was: Vec<Value> = old.iter().map(|item| value(item.node)).collect();
    let margin = old.first().map_or(0, |item| doc.line(item.own.start).find('-').unwrap_or(0));
    let head = format!("{}- ", " ".repeat(margin));
    let before = write::items(&was, shape);
    let in_columns = old.iter().zip(&before).all(|(item, text)| {
        let own = doc.line(item.own.start);
        let bare = doc.comment(item.node, &item.own).map_or(own, |(column, _)| until(own, column));
        item.own.len() == 1 && bare.trim_end() == format!("{head}{text}")
    });
    let after = write::items(new, shape);
    let pairs = pair::items(&was, new);
    let mut lines = Vec::new();
    let mut used = vec![false; old.len()];
    for ((item, text), from) in new.iter().zip(after).zip(pairs) {
        let from = from.and_then(|at| Some((at, old.get(at)?)));
        if let Some((at, from)) = from {
            used[at] = true;
            lines.extend(copied(doc, from.above.clone()));
        }
        match from {
            Some((at, from)) if was.get(at) == Some(item) && !in_columns => lines.extend(copied(doc, from.own.clone())),
            _ => {
                let alone = || write::items(std::slice::from_ref(item), shape).concat();
                let text = format!("{head}{}", if in_columns { text } else { alone() });
                let comment = from.and_then(|(_, from)| doc.comment(from.node, &from.own));
                lines.extend(fresh(doc, with_comment(vec![text], comment)));
            }
        }
    }
    let left = old.iter().zip(used).filter(|(_, used)| !used);
    lines.extend(left.flat_map(|(item, _)| copied(doc, item.above.clone())));
    lines
}

fn until(line: &str, column: usize) -> &str {
    line.char_indices().nth(column - 1).map_or(line, |(byte, _)| &line[..byte])
}

/// Lines as they stand, with their ends.
fn copied(doc: &Doc<'_>, lines: Range<usize>) -> Vec<String> {
    lines.map(|line| doc.lines[line].to_owned()).collect()
}

/// Lines that are new, with the end that lines of this file have.
fn fresh(doc: &Doc<'_>, lines: Vec<String>) -> Vec<String> {
    lines.into_iter().map(|line| line + doc.end).collect()
}
