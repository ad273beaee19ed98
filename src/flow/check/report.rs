//! Where problems go: finds the place of a problem in the files, and keeps each once.

use super::routes::Route;
use crate::flow::expr::Expr;
use crate::flow::model::Flow;
use crate::flow::source::{At, Is, Node, Problem, Severity};
use crate::flow::text::{self, Say};
use crate::words::Lang;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is said of a problem.
pub struct Said {
    code: &'static str,
    what: String,
    hint: String,
    severity: Severity,
    keys: Option<Vec<String>>,
}

impl Said {
    /// A problem that blocks.
    pub fn block(code: &'static str, what: impl Into<String>, hint: impl Into<String>) -> Said {
        Said { code, what: what.into(), hint: hint.into(), severity: Severity::Block, keys: None }
    }

    /// One that only warns.
    pub fn warn(code: &'static str, what: impl Into<String>, hint: impl Into<String>) -> Said {
        Said { severity: Severity::Warn, ..Said::block(code, what, hint) }
    }

    /// With the keys of a way that shows it.
    pub fn shown(self, route: Option<&Route>) -> Said {
        Said { keys: route.map(|route| route.keys.clone()), ..self }
    }
}

/// What a problem points at.
#[derive(Clone, Copy)]
pub enum Spot<'a> {
    /// The name of a step.
    Step(usize, usize),
    /// The first text or key in a step that holds this.
    Holding(usize, usize, &'a str),
    /// What an expression of a step was read from, in the language it is spoken in.
    Expr(usize, usize, &'a Expr, Option<Lang>),
    /// A field at the top of a block's file.
    Top(usize, &'a str),
    /// A field in a block's file, by the names that lead to it.
    Under(usize, &'a [&'a str]),
    /// A field in a shared file, by the names that lead to it.
    Shared(&'a str, &'a [&'a str]),
}

/// Where problems go, with the files to point into.
pub struct Report<'a> {
    /// Parsed files by name.
    pub trees: &'a BTreeMap<&'a str, Node>,
    /// The file of each block.
    pub files: &'a [String],
    /// What was found.
    pub problems: &'a mut Vec<Problem>,
}

impl Report<'_> {
    /// Notes a problem.
    pub fn note(&mut self, flow: &Flow, spot: Spot, said: Said) {
        let problem = self.problem(flow, spot, said);
        self.problems.push(problem);
    }

    /// A problem at its place, not noted yet.
    pub fn problem(&self, flow: &Flow, spot: Spot, said: Said) -> Problem {
        let (file, at) = self.place(flow, spot);
        let Said { code, what, hint, severity, keys } = said;
        Problem { severity, keys: keys.map(Vec::into_boxed_slice), ..Problem::new(file, at, code, what, hint) }
    }

    /// A problem of a step that blocks; points at the first text in it that holds `near`.
    pub fn at_step(
        &mut self,
        flow: &Flow,
        (block, step): (usize, usize),
        code: &'static str,
        near: &str,
        what: String,
        hint: impl Into<String>,
    ) {
        let spot = if near.is_empty() { Spot::Step(block, step) } else { Spot::Holding(block, step, near) };
        self.note(flow, spot, Said::block(code, what, hint));
    }

    /// The file and the place in it.
    fn place(&self, flow: &Flow, spot: Spot) -> (Arc<str>, At) {
        let step_at = |b: usize, s: usize| flow.blocks.get(b).and_then(|block| block.steps.get(s));
        let name_of = |b: usize, s: usize| At { line: step_at(b, s).map_or(1, |step| step.lines.0), column: 3 };
        let node = |b: usize, s: usize| self.tree(b)?.get("steps")?.get(&step_at(b, s)?.name);
        let (block, found) = match spot {
            Spot::Shared(file, path) => return (Arc::from(file), under(self.trees.get(file), path)),
            Spot::Step(b, s) => (b, name_of(b, s)),
            Spot::Holding(b, s, near) => (b, node(b, s).and_then(|n| find(n, near)).unwrap_or(name_of(b, s))),
            Spot::Expr(b, s, expr, lang) => {
                let at = node(b, s).and_then(|n| find_scalar(n, lang, &|text| reads(text, expr, lang)));
                (b, at.unwrap_or(name_of(b, s)))
            }
            Spot::Top(b, field) => {
                (b, self.tree(b).and_then(|t| t.get(field)).map_or(At { line: 1, column: 1 }, |n| n.at))
            }
            Spot::Under(b, path) => (b, under(self.tree(b), path)),
        };
        (Arc::from(self.files.get(block).map_or("", String::as_str)), found)
    }

    fn tree(&self, block: usize) -> Option<&Node> {
        self.trees.get(self.files.get(block)?.as_str())
    }
}

/// The place that names lead to, as far as they are there.
fn under(tree: Option<&Node>, path: &[&str]) -> At {
    let mut at = tree;
    for field in path {
        at = at.and_then(|node| node.get(field)).or(at);
    }
    at.map_or(At { line: 1, column: 1 }, |node| node.at)
}

/// Whether an expression was read from a text: alone, or as a hole of what is said in a language.
fn reads(text: &str, expr: &Expr, lang: Option<Lang>) -> bool {
    match lang {
        None => Expr::parse(text.strip_prefix('=').unwrap_or(text)).is_ok_and(|own| own == *expr),
        Some(_) => text::parse(text).is_ok_and(|own| own.iter().any(|say| matches!(say, Say::Hole(e, _) if e == expr))),
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
