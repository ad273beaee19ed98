//! Verification levels: what a step speaks, sends or acts on decides what its caller must have
//! proved, whatever the step itself says.

use super::names::Variables;
use crate::flow::expr::{Expr, Function};
use crate::flow::model::{Flow, Kind, Ring};
use crate::flow::text::Texts;
use crate::flow::value::Typing;
use crate::words::Level;
use std::collections::HashMap;

/// The level each step of each block needs at least.
pub fn needs(flow: &Flow, variables: &Variables) -> Vec<Vec<Level>> {
    let mut levels = Levels::default();
    // Levels only rise and there are four of them, so this ends; the bound is for the reader.
    for _ in 0..=4 * variables.iter().map(|v| v.len() + 1).sum::<usize>() {
        let before = levels.clone();
        for (b, block) in flow.blocks.iter().enumerate() {
            block.steps.iter().for_each(|step| levels.spread(flow, b, &step.kind));
        }
        if before == levels {
            break;
        }
    }
    let step_level = |b: usize, kind: &Kind| levels.of_step(flow, b, kind);
    flow.blocks
        .iter()
        .enumerate()
        .map(|(b, block)| block.steps.iter().map(|s| step_level(b, &s.kind)).collect())
        .collect()
}

/// The level of what each variable holds: that of its source, carried on through `set`, arguments
/// and results.
#[derive(Clone, PartialEq, Default)]
struct Levels {
    variables: HashMap<(usize, String), Level>,
    results: HashMap<usize, Level>,
}

impl Levels {
    fn raise(&mut self, block: usize, name: &str, level: Level) {
        let slot = self.variables.entry((block, name.to_owned())).or_default();
        *slot = level.max(*slot);
    }

    fn spread(&mut self, flow: &Flow, b: usize, kind: &Kind) {
        match kind {
            Kind::Lookup { source, into, .. } => {
                let level = flow.sources.get(source).map(|s| s.level).unwrap_or_default();
                self.raise(b, into, level);
            }
            Kind::Set { values, .. } => {
                for (name, expr) in values {
                    let level = self.of(b, expr);
                    self.raise(b, name, level);
                }
            }
            Kind::Call { block, with, into, .. } => {
                for (name, expr) in with {
                    let level = self.of(b, expr);
                    self.raise(*block, name, level);
                }
                if let Some(into) = into {
                    let level = self.results.get(block).copied().unwrap_or_default();
                    self.raise(b, into, level);
                }
            }
            Kind::Return { values } => {
                let level = values.iter().map(|(_, e)| self.of(b, e)).max().unwrap_or_default();
                let slot = self.results.entry(b).or_default();
                *slot = level.max(*slot);
            }
            _ => {}
        }
    }

    /// The level of an expression. Whether something is known tells nothing about what it is.
    fn of(&self, block: usize, expr: &Expr) -> Level {
        match expr {
            Expr::Function(Function::Known, _) | Expr::Literal(_) => Level::L0,
            Expr::Function(_, inner) | Expr::Not(inner) => self.of(block, inner),
            Expr::Two(left, _, right) => self.of(block, left).max(self.of(block, right)),
            Expr::Name(path) => match (path.first().map(String::as_str), path.get(1).map(String::as_str)) {
                (Some("caller"), Some("account" | "name")) => Level::L2,
                (Some(name), _) => self.variables.get(&(block, name.to_owned())).copied().unwrap_or_default(),
                (None, _) => Level::L0,
            },
        }
    }

    fn of_texts(&self, block: usize, texts: &Texts) -> Level {
        texts.holes().map(|(expr, _)| self.of(block, expr)).max().unwrap_or_default()
    }

    fn of_step(&self, flow: &Flow, b: usize, kind: &Kind) -> Level {
        match kind {
            Kind::Say { texts, .. } | Kind::HangUp { texts } => self.of_texts(b, texts),
            Kind::Menu { prompt, options, .. } => prompt
                .iter()
                .chain(options.iter().map(|o| &o.label))
                .map(|t| self.of_texts(b, t))
                .max()
                .unwrap_or_default(),
            // A number somebody types in is rung only for a caller who is known.
            Kind::Ask { prompt, typing: Typing::Phone, .. } => self.of_texts(b, prompt).max(Level::L2),
            Kind::Ask { prompt, .. } | Kind::Record { prompt, .. } | Kind::Score { prompt, .. } => {
                self.of_texts(b, prompt)
            }
            // The number registered is known only of a caller who is known.
            Kind::Sms { texts, registered: true, .. } => self.of_texts(b, texts).max(Level::L2),
            Kind::Sms { texts, .. } => self.of_texts(b, texts),
            Kind::Lookup { source, with, .. } | Kind::Act { source, with, .. } => {
                let source = flow.sources.get(source);
                let own = source.map(|s| s.level).unwrap_or_default();
                // A protective act makes the account safer: level 1 opens it, whatever names the account.
                if source.is_some_and(|s| s.protective) {
                    return own;
                }
                with.iter().map(|(_, e)| self.of(b, e)).max().unwrap_or_default().max(own)
            }
            Kind::When { cases, .. } => cases.iter().map(|(e, _)| self.of(b, e)).max().unwrap_or_default(),
            Kind::Status { reference, .. } | Kind::Change { reference, .. } => self.of(b, reference),
            Kind::Request(request) => match &request.number {
                Ring::Number(expr) => self.of(b, expr),
                _ => Level::L0,
            },
            _ => Level::L0,
        }
    }
}
