//! What a block's steps can set and use: a number for each variable, and sets of them.

use super::names::Variables;
use super::ways::Ways;
use crate::flow::expr::{Expr, Function, Op};
use crate::flow::model::{Kind, Ring, Step};
use crate::flow::text::Texts;
use crate::words::Lang;
use std::collections::HashMap;

/// A set of tokens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Set(Vec<u64>);

impl Set {
    /// Adds a token.
    pub fn add(&mut self, token: usize) {
        if let Some(word) = self.0.get_mut(token / 64) {
            *word |= 1 << (token % 64);
        }
    }

    /// Whether a token is in it.
    pub fn has(&self, token: usize) -> bool {
        self.0.get(token / 64).is_some_and(|word| word & (1 << (token % 64)) != 0)
    }

    /// Keeps what is in both; whether that changed it.
    pub fn keep_common(&mut self, other: &Set) -> bool {
        let mut changed = false;
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            changed |= *word & !other != 0;
            *word &= other;
        }
        changed
    }
}

/// A name that is used.
pub struct Use<'f> {
    /// As it is written.
    pub name: String,
    /// The token that must be set; none for what a level makes known.
    pub token: Option<usize>,
    /// The expression it is used in.
    pub expr: &'f Expr,
    /// The language it is spoken in.
    pub lang: Option<Lang>,
}

/// The tokens of a block: its variables, and those results of sub-flows that some `return` leaves out.
pub struct Tokens {
    numbers: HashMap<String, usize>,
    taken: Vec<usize>,
    /// What each step uses.
    used: Vec<Vec<usize>>,
}

impl Tokens {
    /// The number that calls.
    pub const NUMBER: usize = 0;

    /// The tokens of a block.
    pub fn new(ways: &Ways, variables: &Variables, b: usize) -> Tokens {
        let block = &ways.flow.blocks[b];
        let mut numbers = HashMap::from([("caller.number".to_owned(), Tokens::NUMBER)]);
        let mut number = |name: String| {
            let next = numbers.len();
            *numbers.entry(name).or_insert(next)
        };
        variables[b].keys().for_each(|name| {
            number(name.clone());
        });
        for step in &block.steps {
            if let Kind::Call { block: sub, into: Some(into), .. } = &step.kind {
                left_out(ways, *sub).into_iter().for_each(|field| {
                    number(format!("{into}.{field}"));
                });
            }
        }
        let taken = block.takes.iter().filter_map(|(name, _)| numbers.get(name).copied()).collect();
        let mut tokens = Tokens { numbers, taken, used: Vec::new() };
        let used = |step: &Step| tokens.uses(&step.kind).into_iter().filter_map(|used| used.token).collect();
        tokens.used = block.steps.iter().map(used).collect();
        tokens
    }

    /// What is set when the block is entered.
    pub fn taken(&self) -> Set {
        let mut set = Set(vec![0; self.numbers.len().div_ceil(64)]);
        self.taken.iter().for_each(|token| set.add(*token));
        set
    }

    /// What a step uses.
    pub fn used(&self, step: usize) -> &[usize] {
        &self.used[step]
    }

    /// What a step sets on its way to `then`.
    pub fn sets(&self, ways: &Ways, kind: &Kind, gained: &mut Vec<usize>) {
        let mut add = |name: &str| gained.extend(self.numbers.get(name));
        match kind {
            Kind::Ask { into, .. }
            | Kind::Lookup { into, .. }
            | Kind::Status { into, .. }
            | Kind::Record { into, .. }
            | Kind::Score { into, .. } => add(into),
            Kind::Request(request) => add(&request.into),
            Kind::Transfer(transfer) => transfer.into.iter().for_each(|into| add(into)),
            Kind::Set { values, .. } => values.iter().for_each(|(name, _)| add(name)),
            Kind::Call { block, into: Some(into), .. } => {
                add(into);
                let left_out = left_out(ways, *block);
                let given = ways.flow.blocks[*block].gives.keys().filter(|field| !left_out.contains(field));
                given.for_each(|field| add(&format!("{into}.{field}")));
            }
            _ => {}
        }
    }

    /// Names used without being asked for with `known(…)`, in the order they are looked at.
    pub fn uses<'f>(&self, kind: &'f Kind) -> Vec<Use<'f>> {
        let mut using = Using { tokens: self, known: Vec::new(), uses: Vec::new(), lang: None };
        using.kind(kind);
        using.uses
    }

    /// What is known to be set where a condition is true, or where it is false.
    pub fn refine(&self, condition: &Expr, holds: bool, gained: &mut Vec<usize>) {
        match (condition, holds) {
            (Expr::Not(inner), _) => self.refine(inner, !holds, gained),
            (Expr::Two(left, Op::And, right), true) | (Expr::Two(left, Op::Or, right), false) => {
                self.refine(left, holds, gained);
                self.refine(right, holds, gained);
            }
            (Expr::Function(Function::Known, inner), true) => {
                if let Expr::Name(path) = &**inner {
                    gained.extend(self.of(path));
                }
            }
            _ => {}
        }
    }

    /// The tokens that must be set for a name to have a value.
    fn of(&self, path: &[String]) -> Vec<usize> {
        let names = (1..=path.len()).map(|n| path[..n].join("."));
        names.filter_map(|name| self.numbers.get(&name).copied()).collect()
    }
}

/// Results of a sub-flow that one of its `return`s leaves out.
fn left_out<'f>(ways: &Ways<'f>, b: usize) -> Vec<&'f String> {
    let block = &ways.flow.blocks[b];
    let leaves_out = |field: &str| {
        block.steps.iter().any(|step| match &step.kind {
            Kind::Return { values } => values.iter().all(|(name, _)| name != field),
            _ => false,
        })
    };
    block.gives.keys().filter(|field| leaves_out(field)).collect()
}

/// Gathers uses; `known` is what the expression itself has asked for so far.
struct Using<'t, 'f> {
    tokens: &'t Tokens,
    known: Vec<usize>,
    uses: Vec<Use<'f>>,
    lang: Option<Lang>,
}

impl<'f> Using<'_, 'f> {
    fn kind(&mut self, kind: &'f Kind) {
        match kind {
            Kind::Say { texts, .. } | Kind::HangUp { texts } | Kind::Sms { texts, .. } => self.texts(texts),
            Kind::Ask { prompt, .. } | Kind::Record { prompt, .. } => self.texts(prompt),
            Kind::Score { prompt, category, .. } => {
                self.texts(prompt);
                self.whole(category);
            }
            Kind::Menu { prompt, options, .. } => {
                prompt.iter().chain(options.iter().map(|o| &o.label)).for_each(|texts| self.texts(texts));
            }
            Kind::Lookup { with, .. } | Kind::Act { with, .. } | Kind::Call { with, .. } => self.values(with),
            Kind::Return { values } => self.values(values),
            Kind::Set { values, .. } => {
                for (name, expr) in values {
                    self.whole(expr);
                    self.known.extend(self.tokens.numbers.get(name));
                }
            }
            Kind::When { cases, .. } => {
                for (condition, _) in cases {
                    self.whole(condition);
                    self.tokens.refine(condition, false, &mut self.known);
                }
            }
            Kind::Request(request) => {
                let number = match &request.number {
                    Ring::Nobody => None,
                    Ring::Number(expr) | Ring::Registered(expr) => Some(expr),
                };
                let words = [Some(&request.kind), Some(&request.topic), Some(&request.priority)];
                let more = [request.skill.as_ref(), number, request.window.as_ref()];
                words.into_iter().chain(more).flatten().for_each(|expr| self.whole(expr));
            }
            Kind::Status { reference, .. } => self.whole(reference),
            Kind::Change { reference, window, .. } => [reference].into_iter().chain(window).for_each(|e| self.whole(e)),
            Kind::Transfer(transfer) => self.whole(&transfer.skill),
            Kind::Verify { .. } | Kind::Hours { .. } | Kind::Notices { .. } | Kind::Language { .. } => {}
        }
    }

    fn texts(&mut self, texts: &'f Texts) {
        for (lang, expr, _) in texts.holes_by_language() {
            self.lang = Some(lang);
            self.whole(expr);
        }
        self.lang = None;
    }

    fn values(&mut self, values: &'f [(String, Expr)]) {
        values.iter().for_each(|(_, expr)| self.whole(expr));
    }

    fn whole(&mut self, expr: &'f Expr) {
        self.visit(expr, expr);
    }

    fn visit(&mut self, expr: &'f Expr, whole: &'f Expr) {
        match expr {
            Expr::Literal(_) | Expr::Function(Function::Known, _) => {}
            Expr::Function(Function::Window, inner) | Expr::Not(inner) => self.visit(inner, whole),
            Expr::Two(left, op, right) => {
                self.visit(left, whole);
                let known = self.known.len();
                if matches!(op, Op::And | Op::Or) {
                    self.tokens.refine(left, *op == Op::And, &mut self.known);
                }
                self.visit(right, whole);
                self.known.truncate(known);
            }
            Expr::Name(path) => self.name(path, whole),
        }
    }

    fn name(&mut self, path: &[String], whole: &'f Expr) {
        let name = path.join(".");
        if matches!(name.as_str(), "caller.account" | "caller.name") {
            self.uses.push(Use { name, token: None, expr: whole, lang: self.lang });
            return;
        }
        for length in 1..=path.len() {
            let name = path[..length].join(".");
            if let Some(token) = self.tokens.numbers.get(&name).filter(|token| !self.known.contains(token)) {
                self.uses.push(Use { name, token: Some(*token), expr: whole, lang: self.lang });
            }
        }
    }
}
