//! What is proved of a flow before any call: names and types, verification levels of what is spoken
//! or sent, every step reachable, no loop that a silent caller could go round for ever.

mod counters;
mod levels;
mod names;
mod paths;
mod types;

use super::expr::Expr;
use super::model::{Flow, Kind, TransferStep};
use super::read::near;
use super::source::{At, Is, Node, Problem};
use super::text::{self, Say};
use crate::words::Lang;
use std::collections::BTreeMap;
use std::sync::Arc;
use types::Misfit;

/// Checks a flow whose steps refer to each other correctly, and sets the level each step needs.
pub fn check(flow: &mut Flow, trees: &BTreeMap<&str, Node>, files: &[String], problems: &mut Vec<Problem>) {
    // Targets that were not found stand for the first step: nothing can be said of ways through it then.
    let whole = problems.is_empty();
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
    if !flow.hours.is_empty() && !flow.calendars.contains_key(&flow.hours) {
        let what = format!("there is no calendar `{}`", flow.hours);
        let hint = near(&flow.hours, flow.calendars.keys().map(String::as_str));
        report.at_top(0, "unknown-calendar", "hours", what, hint.unwrap_or("declare it in calendars.yaml".into()));
    }
    if whole {
        paths::check(flow, &mut report);
    }
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

    /// A problem of an expression of a step: points at the text it was read from, in the language it is spoken in.
    fn at_expr(&mut self, flow: &Flow, place: (usize, usize), expr: &Expr, lang: Option<Lang>, misfit: Misfit) {
        let step = flow.blocks.get(place.0).and_then(|b| b.steps.get(place.1));
        let node = step.and_then(|s| self.tree(place.0)?.get("steps")?.get(&s.name));
        let read = |text: &str| match lang {
            None => Expr::parse(text.strip_prefix('=').unwrap_or(text)).is_ok_and(|own| own == *expr),
            Some(_) => {
                text::parse(text).is_ok_and(|own| own.iter().any(|say| matches!(say, Say::Hole(e, _) if e == expr)))
            }
        };
        let at = node.and_then(|node| find_scalar(node, lang, &read));
        let at = at.unwrap_or(At { line: step.map_or(1, |s| s.lines.0), column: 3 });
        self.push(place.0, at, misfit.code, misfit.what, misfit.hint);
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

/// The first text that is as wanted, passing over those of other languages.
fn find_scalar(node: &Node, lang: Option<Lang>, wanted: &dyn Fn(&str) -> bool) -> Option<At> {
    let other = |key: &str| lang.is_some_and(|lang| Lang::parse(key).is_some_and(|own| own != lang));
    match &node.is {
        Is::Scalar { text, .. } => wanted(text).then_some(node.at),
        Is::List(items) => items.iter().find_map(|n| find_scalar(n, lang, wanted)),
        Is::Map(pairs) => {
            pairs.iter().filter(|(key, _)| !other(&key.text)).find_map(|(_, n)| find_scalar(n, lang, wanted))
        }
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
        Kind::Transfer(transfer) => {
            let TransferStep { answered, busy, no_answer, failed, long_wait, .. } = &**transfer;
            [*answered, *busy, *no_answer, *failed].into_iter().chain(*long_wait).collect()
        }
        Kind::Record { then, empty, .. } => vec![*then, *empty],
        Kind::Sms { then, failed, .. } => vec![*then, *failed],
        Kind::Score { then, otherwise, .. } => vec![*then, *otherwise],
        Kind::Return { .. } | Kind::HangUp { .. } => Vec::new(),
    }
}
