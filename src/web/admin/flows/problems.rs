//! What the check says, as the pages show it: by step and field, in the reader's language, with a short
//! title before.

use super::words;
use crate::flow::edit::{StepAt, outline};
use crate::flow::source::{self, Node, Problem};
use crate::flow::told::Told;
use crate::words::Lang;
use serde::Serialize;
use std::sync::Arc;

/// Something wrong.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Fault {
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) code: &'static str,
    /// In the reader's language.
    pub(super) title: String,
    pub(super) what: Told,
    /// How to mend it; may be empty.
    pub(super) hint: Told,
    /// It keeps the draft from being published.
    pub(super) blocks: bool,
    pub(super) keys: Option<String>,
    /// The step it is in: `main`, `call-me-back/confirm`.
    pub(super) place: Option<String>,
    /// The field of the step it is in: names and numbers with dots, `menu.0.go`.
    pub(super) field: String,
}

/// Problems of a hotline made of these files.
pub(super) fn faults(files: &[(String, String)], problems: &[Problem], lang: Lang) -> Vec<Fault> {
    let w = words::of(lang);
    let mut parsed: Vec<(&str, Option<Node>, Vec<StepAt>)> = Vec::new();
    let mut found = Vec::new();
    for problem in problems {
        let text = files.iter().find(|(file, _)| **file == *problem.file).map(|(_, text)| text.as_str());
        let known = parsed.iter().any(|(file, ..)| *file == &*problem.file);
        if let (false, Some(text)) = (known, text) {
            parsed.push((&problem.file, source::parse(&Arc::from(&*problem.file), text).ok(), outline(text)));
        }
        let own = parsed.iter().find(|(file, ..)| *file == &*problem.file);
        let tree = own.and_then(|(_, tree, _)| tree.as_ref());
        let step = own.and_then(|(.., steps)| step_at(steps, problem.line));
        let main = files.first().is_some_and(|(file, _)| **file == *problem.file);
        let place = step.as_ref().map(|step| match problem.file.strip_prefix("common/") {
            Some(block) if !main => format!("{}/{step}", block.trim_end_matches(".yaml")),
            _ => step.clone(),
        });
        let field = step.and_then(|step| {
            let node = tree?.get("steps")?.get(&step)?;
            Some(path_to(node, problem.line, problem.column).join("."))
        });
        let title = w.codes.iter().find(|(code, _)| *code == problem.code).map(|(_, words)| (*words).to_owned());
        found.push(Fault {
            file: problem.file.to_string(),
            line: problem.line,
            column: problem.column,
            code: problem.code,
            title: title.unwrap_or_else(|| problem.code.to_owned()),
            what: Told::of(lang, &problem.what),
            hint: Told::of(lang, &problem.hint),
            blocks: problem.blocks(),
            keys: problem.keys.as_ref().map(|keys| keys.join(", ")).filter(|keys| !keys.is_empty()),
            place,
            field: field.unwrap_or_default(),
        });
    }
    found
}

/// Place, what is wrong and how to mend it, for those who see no text beside it.
pub(super) fn told_at(lang: Lang, problem: &Problem) -> (String, Told, Told) {
    let place = format!("{}:{}:{}", problem.file, problem.line, problem.column);
    (place, Told::of(lang, &problem.what), Told::of(lang, &problem.hint))
}

/// The step a line of a file is in.
fn step_at(steps: &[StepAt], line: usize) -> Option<String> {
    steps.iter().find(|step| step.first <= line && line <= step.last).map(|step| step.name.clone())
}

/// The names that lead to what stands at a place in a step.
fn path_to(node: &Node, line: usize, column: usize) -> Vec<String> {
    let before = |at: source::At| (at.line, at.column) <= (line, column);
    let mut path = Vec::new();
    let mut node = node;
    loop {
        let pair = node.pairs().iter().rfind(|(key, value)| before(key.at) && line <= value.last_line.max(key.at.line));
        if let Some((key, value)) = pair {
            path.push(key.text.clone());
            node = value;
            continue;
        }
        let item = node.items().iter().enumerate().rfind(|(_, item)| before(item.at) && line <= item.last_line);
        let Some((at, item)) = item else { return path };
        path.push(at.to_string());
        node = item;
    }
}

impl Fault {
    /// Whether it stands beside a field with this name: in it, or anywhere below it.
    pub(super) fn is_at(&self, field: &str) -> bool {
        self.field == field || self.field.strip_prefix(field).is_some_and(|rest| rest.starts_with('.'))
    }
}
