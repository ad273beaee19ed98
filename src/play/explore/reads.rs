//! What a call's variables are read for, and where it still matters: two calls that differ only in
//! what nobody will ask again are the same call. Names of a flow are followed backwards from the
//! conditions, holes and numbers that read them, through `set`, arguments and results.
//!
//! The way back that `#` takes is not followed: a menu one comes back to was heard before.

use crate::flow::expr::{Expr, Function, Op};
use crate::flow::model::{Flow, GENERAL_DESK, Kind, Ring};
use crate::flow::text::Texts;
use crate::flow::value::Value;
use std::collections::BTreeSet;

/// What is asked of a value.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Test {
    /// Whether it is there.
    Known,
    /// Whether it is this word.
    Word(String),
    /// How it stands to this number.
    Number(i64),
    /// All of it.
    Exact,
    /// How it stands to this moment.
    Now,
    /// Whether there is something to say, and for whom.
    Spoken,
    /// Whether it is a number to ring, and the caller's own.
    Rung,
}

/// One thing asked of a variable or a field of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Read {
    /// The variable.
    pub name: String,
    /// The field, from the outside in.
    pub path: Vec<String>,
    /// What is asked.
    pub test: Test,
}

type Reads = BTreeSet<Read>;

/// What is still read of each step's variables.
pub struct Live {
    /// By block and step: when the call is there.
    here: Vec<Vec<Reads>>,
    /// By block and step: while a sub-flow called there runs.
    behind: Vec<Vec<Reads>>,
}

impl Live {
    /// Follows every read of a flow back to where it is decided.
    pub fn of(flow: &Flow) -> Live {
        let none = || flow.blocks.iter().map(|block| vec![Reads::new(); block.steps.len()]).collect();
        let mut live = Live { here: none(), behind: none() };
        // Sets only grow and there are finitely many reads: this ends.
        while live.grow(flow) {}
        live
    }

    /// What is read of the innermost frame's variables from a step on.
    pub fn here(&self, block: usize, step: usize) -> &BTreeSet<Read> {
        &self.here[block][step]
    }

    /// What will be read of an outer frame's variables once its sub-flow returns or is left.
    pub fn behind(&self, block: usize, step: usize) -> &BTreeSet<Read> {
        &self.behind[block][step]
    }

    fn grow(&mut self, flow: &Flow) -> bool {
        let mut grown = false;
        for (b, block) in flow.blocks.iter().enumerate().rev() {
            for (s, step) in block.steps.iter().enumerate().rev() {
                let mut reads = own(flow, &step.kind);
                for target in crate::flow::check::targets(&step.kind) {
                    let kills = overwrites(&step.kind, target);
                    let later = self.here[b][target].iter().filter(|read| kills != Some(&read.name));
                    match &step.kind {
                        Kind::Set { values, .. } => later.for_each(|read| set(values, read, &mut reads)),
                        _ => reads.extend(later.cloned()),
                    }
                }
                if let Kind::Return { values } = &step.kind {
                    self.results(flow, b, values, &mut reads);
                }
                if b == 0 {
                    // `0` and a verification denied lead there from everywhere.
                    for target in [flow.person, flow.denied] {
                        reads.extend(self.here[0][target].iter().cloned());
                    }
                }
                if let Kind::Call { block: sub, with, .. } = &step.kind {
                    grown |= self.behind[b][s].len() < reads.len();
                    self.behind[b][s].clone_from(&reads);
                    let start = &self.here[*sub][flow.blocks[*sub].start];
                    reads.extend(given(with, start));
                }
                grown |= self.here[b][s].len() < reads.len();
                self.here[b][s] = reads;
            }
        }
        grown
    }

    /// What callers of a block read of its results, asked of what it returns.
    fn results(&self, flow: &Flow, b: usize, values: &[(String, Expr)], reads: &mut Reads) {
        for (outer, block) in flow.blocks.iter().enumerate() {
            for step in &block.steps {
                let Kind::Call { block: sub, into: Some(into), then, .. } = &step.kind else { continue };
                for read in self.here[outer][*then].iter().filter(|read| *sub == b && read.name == *into) {
                    let Some((field, rest)) = read.path.split_first() else { continue };
                    let value = values.iter().find(|(name, _)| name == field);
                    value.iter().for_each(|(_, expr)| carry(expr, rest, &read.test, reads));
                }
            }
        }
    }
}

/// What a step itself reads.
fn own(flow: &Flow, kind: &Kind) -> Reads {
    let mut reads = Reads::new();
    match kind {
        Kind::Say { texts, .. } | Kind::HangUp { texts } | Kind::Sms { texts, .. } => spoken(texts, &mut reads),
        Kind::Menu { prompt, options, .. } => {
            prompt.iter().chain(options.iter().map(|o| &o.label)).for_each(|texts| spoken(texts, &mut reads));
        }
        Kind::Ask { prompt, .. } | Kind::Record { prompt, .. } | Kind::Score { prompt, .. } => {
            spoken(prompt, &mut reads)
        }
        Kind::When { cases, .. } => cases.iter().for_each(|(expr, _)| condition(expr, &mut reads)),
        Kind::Request(request) => match &request.number {
            Ring::Number(expr) => carry(expr, &[], &Test::Rung, &mut reads),
            Ring::Registered(expr) => carry(expr, &[], &Test::Known, &mut reads),
            Ring::Nobody => {}
        },
        // Which desk rings changes nothing; that there is one does.
        Kind::Transfer(transfer) if !flow.desks.contains_key(GENERAL_DESK) => {
            for desk in flow.desks.keys() {
                carry(&transfer.skill, &[], &Test::Word(desk.clone()), &mut reads);
            }
        }
        _ => {}
    }
    reads
}

fn spoken(texts: &Texts, reads: &mut Reads) {
    texts.holes().for_each(|(expr, _)| carry(expr, &[], &Test::Spoken, reads));
}

fn condition(expr: &Expr, reads: &mut Reads) {
    let name_and = |one: &Expr, other: &Expr| match (one, other) {
        (Expr::Name(_), Expr::Literal(Value::Text(word))) => Some(Test::Word(word.clone())),
        (Expr::Name(_), Expr::Literal(Value::Number(n))) => Some(Test::Number(*n)),
        (Expr::Name(_), Expr::Name(now)) if now[..] == ["now"] => Some(Test::Now),
        _ => None,
    };
    match expr {
        Expr::Two(left, Op::And | Op::Or, right) => {
            condition(left, reads);
            condition(right, reads);
        }
        Expr::Two(left, _, right) => match (name_and(left, right), name_and(right, left)) {
            (Some(test), _) => carry(left, &[], &test, reads),
            (_, Some(test)) => carry(right, &[], &test, reads),
            _ => [left, right].into_iter().for_each(|side| carry(side, &[], &Test::Exact, reads)),
        },
        Expr::Not(inner) => condition(inner, reads),
        Expr::Function(Function::Known, inner) => carry(inner, &[], &Test::Known, reads),
        Expr::Function(Function::Window, _) | Expr::Literal(_) => {}
        Expr::Name(_) => carry(expr, &[], &Test::Exact, reads),
    }
}

/// What is asked of an expression's value, asked of its names.
fn carry(expr: &Expr, path: &[String], test: &Test, reads: &mut Reads) {
    match expr {
        Expr::Name(name) => match name.split_first() {
            Some((first, _)) if ["caller", "line", "now"].contains(&first.as_str()) => {}
            Some((first, rest)) => {
                let path = rest.iter().chain(path).cloned().collect();
                reads.insert(Read { name: first.clone(), path, test: test.clone() });
            }
            None => {}
        },
        Expr::Two(left, Op::Plus | Op::Minus, right) => {
            carry(left, path, test, reads);
            carry(right, path, test, reads);
        }
        other => other.each_name(&mut |name| carry(&Expr::Name(name.to_vec()), &[], &Test::Exact, reads)),
    }
}

/// The variable that has a new value on the way to a target. Where nothing was found or recorded it
/// keeps what it held.
fn overwrites(kind: &Kind, target: usize) -> Option<&String> {
    let (into, then, others): (&String, usize, &[usize]) = match kind {
        Kind::Ask { into, then, otherwise, .. } | Kind::Score { into, then, otherwise, .. } => {
            (into, *then, &[*otherwise])
        }
        Kind::Record { into, then, empty, .. } => (into, *then, &[*empty]),
        Kind::Lookup { into, then, missing, failed, .. } => (into, *then, &[*missing, *failed]),
        Kind::Status { into, then, missing, refused, .. } => (into, *then, &[*missing, *refused]),
        Kind::Request(request) => (&request.into, request.then, &[request.refused]),
        Kind::Call { into: Some(into), then, .. } => (into, *then, &[]),
        _ => return None,
    };
    (target == then && !others.contains(&target)).then_some(into)
}

/// What is read behind a `set`, asked before it.
fn set(values: &[(String, Expr)], read: &Read, reads: &mut Reads) {
    match values.iter().find(|(name, _)| *name == read.name) {
        Some((_, expr)) => carry(expr, &read.path, &read.test, reads),
        None => drop(reads.insert(read.clone())),
    }
}

/// What a sub-flow reads of its arguments, asked of the values given.
fn given(with: &[(String, Expr)], start: &Reads) -> Reads {
    let mut reads = Reads::new();
    for (name, expr) in with {
        for read in start.iter().filter(|read| read.name == *name) {
            carry(expr, &read.path, &read.test, &mut reads);
        }
    }
    reads
}
