//! What is proved of a flow before any call: names and types, verification levels of what is spoken
//! or sent, every step reachable, no loop that a silent caller could go round for ever.

mod levels;
mod names;
mod paths;

use super::model::{Flow, Kind};
use super::source::{At, Is, Node, Problem};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Checks a flow whose steps refer to each other correctly, and sets the level each step needs.
pub fn check(flow: &mut Flow, trees: &BTreeMap<&str, Node>, files: &[String], problems: &mut Vec<Problem>) {
    let mut report = Report { trees, files, problems };
    if paths::sub_flow_cycle(flow, &mut report) {
        return;
    }
    let variables = names::check(flow, &mut report);
    let needs = levels::needs(flow, &variables);
    for (block, needs) in flow.blocks.iter_mut().zip(needs) {
        for (step, level) in block.steps.iter_mut().zip(needs) {
            step.needs = step.needs.max(level);
        }
    }
    if !flow.calendars.contains_key(&flow.hours) {
        let what = format!("there is no calendar `{}`", flow.hours);
        report.at_top(0, "unknown-calendar", "hours", what, "declare it in calendars.yaml");
    }
    paths::check(flow, &mut report);
}

/// Where problems go, with the files to point into.
pub(super) struct Report<'a> {
    trees: &'a BTreeMap<&'a str, Node>,
    files: &'a [String],
    problems: &'a mut Vec<Problem>,
}

impl Report<'_> {
    /// A problem of a step; points at the first text in it that holds `near`.
    fn at_step(
        &mut self,
        flow: &Flow,
        (block, step): (usize, usize),
        code: &'static str,
        near: &str,
        what: String,
        hint: impl Into<String>,
    ) {
        let place = flow.blocks.get(block).and_then(|b| b.steps.get(step));
        let node = place.and_then(|s| self.tree(block)?.get("steps")?.get(&s.name));
        let fallback = At { line: place.map_or(1, |s| s.lines.0), column: 3 };
        let at = node.filter(|_| !near.is_empty()).and_then(|n| find(n, near)).unwrap_or(fallback);
        self.push(block, at, code, what, hint.into());
    }

    /// A problem of a field at the top of a block's file.
    fn at_top(&mut self, block: usize, code: &'static str, field: &str, what: String, hint: impl Into<String>) {
        let at = self.tree(block).and_then(|t| t.get(field)).map_or(At { line: 1, column: 1 }, |n| n.at);
        self.push(block, at, code, what, hint.into());
    }

    fn tree(&self, block: usize) -> Option<&Node> {
        self.trees.get(self.files.get(block)?.as_str())
    }

    fn push(&mut self, block: usize, at: At, code: &'static str, what: String, hint: String) {
        let file = Arc::from(self.files.get(block).map_or("", String::as_str));
        self.problems.push(Problem { file, line: at.line, column: at.column, code, what, hint });
    }
}

fn find(node: &Node, text: &str) -> Option<At> {
    match &node.is {
        Is::Scalar { text: own, .. } => own.contains(text).then_some(node.at),
        Is::List(items) => items.iter().find_map(|n| find(n, text)),
        Is::Map(pairs) => pairs.iter().find_map(|(key, n)| if key.text == text { Some(key.at) } else { find(n, text) }),
    }
}

/// Where a step can lead by itself: without the caller pressing a key that means something there.
pub(super) fn silent_targets(kind: &Kind) -> Vec<usize> {
    match kind {
        Kind::Menu { otherwise, .. } | Kind::Ask { otherwise, .. } => vec![*otherwise],
        Kind::Language { once: false, .. } => Vec::new(),
        _ => targets(kind),
    }
}

/// Every step a step can lead to.
pub fn targets(kind: &Kind) -> Vec<usize> {
    match kind {
        Kind::Say { then, .. }
        | Kind::Notices { then }
        | Kind::Language { then, .. }
        | Kind::Set { then, .. }
        | Kind::Call { then, .. } => vec![*then],
        Kind::Menu { options, otherwise, .. } => options.iter().map(|o| o.go).chain([*otherwise]).collect(),
        Kind::Ask { then, otherwise, .. } => vec![*then, *otherwise],
        Kind::Verify { then, failed, .. } => vec![*then, *failed],
        Kind::Lookup { then, missing, failed, .. } => vec![*then, *missing, *failed],
        Kind::Act { then, pending, failed, .. } => vec![*then, *pending, *failed],
        Kind::When { cases, otherwise } => cases.iter().map(|(_, go)| *go).chain([*otherwise]).collect(),
        Kind::Hours { open, closed, .. } => vec![*open, *closed],
        Kind::Request(request) => vec![request.then, request.refused],
        Kind::Status { then, missing, refused, .. } => vec![*then, *missing, *refused],
        Kind::Return { .. } | Kind::HangUp { .. } => Vec::new(),
    }
}
