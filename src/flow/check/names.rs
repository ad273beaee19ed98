//! Names and types: every name is known, every value fits where it goes.

use super::report::{Report, Said, Spot};
use super::types::{Misfit, infer, speaks, want, way_to_speak};
use crate::flow::expr::Expr;
use crate::flow::model::{Flow, Kind, PRIORITIES, REQUEST_KINDS, RequestStep, Ring};
use crate::flow::read::near;
use crate::flow::text::Texts;
use crate::flow::value::{Type, Value};
use crate::words::Lang;
use std::collections::BTreeMap;

/// The variables of each block with their types.
pub type Variables = Vec<BTreeMap<String, Type>>;

/// Works out what every variable holds and checks every expression against it.
pub fn check(flow: &Flow, report: &mut Report) -> Variables {
    let mut variables: Variables =
        flow.blocks.iter().map(|b| b.takes.iter().map(|(n, p)| (n.clone(), p.holds.clone())).collect()).collect();
    // `set` may take from a variable that is set further down: a few rounds settle every chain.
    for _ in 0..8 {
        let before = variables.clone();
        for (b, step) in flow.blocks.iter().enumerate().flat_map(|(b, block)| block.steps.iter().map(move |s| (b, s))) {
            for (name, holds) in sets(flow, b, &step.kind, &variables) {
                variables[b].entry(name).or_insert(holds);
            }
        }
        if before == variables {
            break;
        }
    }
    for (b, block) in flow.blocks.iter().enumerate() {
        for (s, step) in block.steps.iter().enumerate() {
            let mut at = Checking { flow, report, variables: &variables[b], place: (b, s) };
            at.kind(&step.kind);
            for (name, holds) in sets(flow, b, &step.kind, &variables) {
                at.one_type(&name, &holds);
            }
        }
    }
    variables
}

/// What a step gives values to.
fn sets(flow: &Flow, block: usize, kind: &Kind, variables: &Variables) -> Vec<(String, Type)> {
    let record =
        |fields: &[(&str, Type)]| Type::Record(fields.iter().map(|(n, t)| ((*n).to_owned(), t.clone())).collect());
    match kind {
        Kind::Ask { into, typing, .. } => vec![(into.clone(), typing.gives())],
        Kind::Lookup { source, into, .. } => {
            flow.sources.get(source).map(|s| (into.clone(), Type::Record(s.gives.clone()))).into_iter().collect()
        }
        Kind::Status { into, .. } => {
            vec![(into.clone(), record(&[("state", Type::Text), ("due", Type::Moment), ("overdue", Type::Flag)]))]
        }
        Kind::Request(request) => {
            vec![(
                request.into.clone(),
                record(&[("reference", Type::Text), ("due", Type::Moment), ("added", Type::Flag)]),
            )]
        }
        Kind::Set { values, .. } => values
            .iter()
            .filter_map(|(name, expr)| Some((name.clone(), infer(expr, &variables[block]).ok()?)))
            .collect(),
        Kind::Record { into, .. } => vec![(into.clone(), Type::Text)],
        Kind::Score { into, .. } => vec![(into.clone(), Type::Number)],
        Kind::Transfer(transfer) => {
            transfer.into.iter().map(|into| (into.clone(), record(&[("minutes", Type::Number)]))).collect()
        }
        Kind::Call { block: sub, into: Some(into), .. } => {
            flow.blocks.get(*sub).map(|b| (into.clone(), Type::Record(b.gives.clone()))).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// A step whose expressions are being checked.
struct Checking<'a, 'r> {
    flow: &'a Flow,
    report: &'a mut Report<'r>,
    variables: &'a BTreeMap<String, Type>,
    place: (usize, usize),
}

impl Checking<'_, '_> {
    fn kind(&mut self, kind: &Kind) {
        match kind {
            Kind::Say { texts, .. } | Kind::HangUp { texts } => self.texts(texts),
            Kind::Menu { prompt, options, .. } => {
                prompt.iter().chain(options.iter().map(|o| &o.label)).for_each(|t| self.texts(t));
            }
            Kind::Ask { prompt, .. } | Kind::Record { prompt, .. } => self.texts(prompt),
            Kind::Sms { texts, .. } => self.texts(texts),
            Kind::Score { prompt, category, .. } => {
                self.texts(prompt);
                self.word(category, None, "word");
            }
            Kind::Transfer(transfer) => self.word(&transfer.skill, None, "word"),
            Kind::Lookup { source, with, .. } | Kind::Act { source, with, .. } => {
                let takes = self.flow.sources.get(source).map(|s| s.takes.clone()).unwrap_or_default();
                self.arguments(with, &takes);
            }
            Kind::When { cases, .. } => cases.iter().for_each(|(expr, _)| self.expr(expr, Some(&Type::Flag))),
            Kind::Request(request) => self.request(request),
            Kind::Status { reference, .. } => self.expr(reference, Some(&Type::Text)),
            Kind::Change { reference, window, .. } => {
                self.expr(reference, Some(&Type::Text));
                window.iter().for_each(|window| self.expr(window, Some(&Type::Window)));
            }
            Kind::Set { values, .. } => values.iter().for_each(|(_, expr)| self.expr(expr, None)),
            Kind::Call { block, with, note, .. } => {
                let takes = self.flow.blocks.get(*block).map(|b| b.takes.clone()).unwrap_or_default();
                self.arguments(with, &takes.into_iter().map(|(n, p)| (n, p.holds)).collect::<Vec<_>>());
                note.iter().for_each(|(_, expr)| self.expr(expr, None));
                for (name, expr) in with {
                    if let Some((among, noun)) = words_of(self.flow, *block, name) {
                        self.among(expr, among, noun);
                    }
                }
            }
            Kind::Return { values } => {
                let gives = self.flow.blocks.get(self.place.0).map(|b| b.gives.clone()).unwrap_or_default();
                for (name, expr) in values {
                    match gives.get(name) {
                        Some(holds) => self.expr(expr, Some(holds)),
                        None => self.problem(
                            "argument",
                            name,
                            format!("this sub-flow gives no `{name}`"),
                            "declare it under `gives:`",
                        ),
                    }
                }
            }
            Kind::Verify { .. } | Kind::Hours { .. } | Kind::Notices { .. } | Kind::Language { .. } => {}
        }
    }

    fn one_type(&mut self, name: &str, holds: &Type) {
        if let Some(known) = self.variables.get(name).filter(|known| *known != holds) {
            let what = format!("`{name}` holds a {known} elsewhere and would hold a {holds} here");
            self.problem("type", name, what, "give one of the two another name");
        }
    }

    fn request(&mut self, request: &RequestStep) {
        let RequestStep { kind, topic, priority, skill, number, window, note, .. } = request;
        self.word(kind, Some(&REQUEST_KINDS), "kind of request");
        self.word(priority, Some(&PRIORITIES), "priority");
        [Some(topic), skill.as_ref()].into_iter().flatten().for_each(|word| self.word(word, None, "word"));
        match number {
            Ring::Nobody => {}
            Ring::Number(expr) => self.expr(expr, Some(&Type::Phone)),
            Ring::Registered(expr) => self.expr(expr, Some(&Type::Text)),
        }
        window.iter().for_each(|expr| self.expr(expr, Some(&Type::Window)));
        note.iter().for_each(|(_, expr)| self.expr(expr, None));
    }

    fn word(&mut self, expr: &Expr, among: Option<&[&str]>, noun: &str) {
        if let Some(among) = among {
            self.among(expr, among, noun);
        }
        self.expr(expr, Some(&Type::Text));
    }

    fn among(&mut self, expr: &Expr, among: &[&str], noun: &str) {
        if let Expr::Literal(Value::Text(word)) = expr
            && !among.contains(&word.as_str())
        {
            let hint = near(word, among.iter().copied()).unwrap_or_else(|| format!("there are {}", among.join(", ")));
            self.problem("word", word, format!("`{word}` is not a {noun}"), hint);
        }
    }

    fn arguments(&mut self, with: &[(String, Expr)], takes: &[(String, Type)]) {
        for (name, expr) in with {
            let wanted = takes.iter().find(|(n, _)| n == name).map(|(_, t)| t);
            self.expr(expr, wanted);
        }
    }

    fn texts(&mut self, texts: &Texts) {
        for (lang, expr, how) in texts.holes_by_language() {
            let misfit = match infer(expr, self.variables) {
                Err(misfit) => misfit,
                Ok(holds) if !speaks(how, &holds) => {
                    let what = format!("a {holds} cannot be spoken as {}", format!("{how:?}").to_lowercase());
                    Misfit { code: "type", what, hint: way_to_speak(&holds).into() }
                }
                Ok(_) => continue,
            };
            self.misfit(misfit, expr, Some(lang));
        }
    }

    fn expr(&mut self, expr: &Expr, wanted: Option<&Type>) {
        let result = match wanted {
            Some(wanted) => want(expr, wanted, self.variables),
            None => infer(expr, self.variables).map(|_| ()),
        };
        if let Err(misfit) = result {
            self.misfit(misfit, expr, None);
        }
    }

    fn misfit(&mut self, misfit: Misfit, expr: &Expr, lang: Option<Lang>) {
        let spot = Spot::Expr(self.place.0, self.place.1, expr, lang);
        self.report.note(self.flow, spot, Said::block(misfit.code, misfit.what, misfit.hint));
    }

    fn problem(&mut self, code: &'static str, near: &str, what: String, hint: impl Into<String>) {
        self.report.at_step(self.flow, self.place, code, near, what, hint);
    }
}

/// The words an argument of a sub-flow may be, where it ends up as a request's kind or priority:
/// a misspelt priority must not become a normal one in silence.
fn words_of(flow: &Flow, block: usize, argument: &str) -> Option<(&'static [&'static str], &'static str)> {
    let is_it = |expr: &Expr| matches!(expr, Expr::Name(path) if path[..] == [argument.to_owned()]);
    flow.blocks.get(block)?.steps.iter().find_map(|step| match &step.kind {
        Kind::Request(request) if is_it(&request.kind) => Some((&REQUEST_KINDS[..], "kind of request")),
        Kind::Request(request) if is_it(&request.priority) => Some((&PRIORITIES[..], "priority")),
        Kind::Call { block, with, .. } => {
            with.iter().filter(|(_, expr)| is_it(expr)).find_map(|(name, _)| words_of(flow, *block, name))
        }
        _ => None,
    })
}
