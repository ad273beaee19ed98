//! Names and types: every name is known, every value fits where it goes.

use super::Report;
use crate::flow::expr::{Expr, Function, Op};
use crate::flow::model::{Flow, Kind, PRIORITIES, REQUEST_KINDS, RequestStep, Ring};
use crate::flow::text::{How, Texts};
use crate::flow::value::{Type, Value};
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
        Kind::Call { block: sub, into: Some(into), .. } => {
            flow.blocks.get(*sub).map(|b| (into.clone(), Type::Record(b.gives.clone()))).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// The type of an expression; the error says what does not fit.
fn infer(expr: &Expr, variables: &BTreeMap<String, Type>) -> Result<Type, String> {
    match expr {
        Expr::Literal(value) => literal(value).ok_or_else(|| "this value has no type".into()),
        Expr::Name(path) => name_type(path, variables),
        Expr::Function(Function::Known, inner) => infer(inner, variables).map(|_| Type::Flag),
        Expr::Function(Function::Window, inner) => want(inner, &Type::Number, variables).map(|()| Type::Window),
        Expr::Not(inner) => want(inner, &Type::Flag, variables).map(|()| Type::Flag),
        Expr::Two(left, op, right) => {
            let (a, b) = (infer(left, variables)?, infer(right, variables)?);
            match op {
                Op::And | Op::Or if a == Type::Flag && b == Type::Flag => Ok(Type::Flag),
                Op::And | Op::Or => Err(format!("`and` and `or` join conditions, not a {a} and a {b}")),
                Op::Plus | Op::Minus if a == Type::Number && b == Type::Number => Ok(Type::Number),
                Op::Plus | Op::Minus => Err(format!("only numbers are added, not a {a} and a {b}")),
                Op::Equal | Op::Unequal if a == b && !matches!(a, Type::Record(_)) => Ok(Type::Flag),
                _ if a == b && matches!(a, Type::Number | Type::Date | Type::Moment | Type::Money) => Ok(Type::Flag),
                _ => Err(format!("a {a} and a {b} cannot be compared like this")),
            }
        }
    }
}

fn want(expr: &Expr, wanted: &Type, variables: &BTreeMap<String, Type>) -> Result<(), String> {
    let found = infer(expr, variables)?;
    if found == *wanted { Ok(()) } else { Err(format!("expected a {wanted}, found a {found}")) }
}

fn literal(value: &Value) -> Option<Type> {
    match value {
        Value::Flag(_) => Some(Type::Flag),
        Value::Number(_) => Some(Type::Number),
        Value::Text(_) => Some(Type::Text),
        _ => None,
    }
}

fn name_type(path: &[String], variables: &BTreeMap<String, Type>) -> Result<Type, String> {
    let words: Vec<&str> = path.iter().map(String::as_str).collect();
    match words[..] {
        ["caller", "number"] => return Ok(Type::Phone),
        ["caller", "account" | "name"] | ["line", "number"] => return Ok(Type::Text),
        ["caller", "level"] => return Ok(Type::Number),
        ["now"] => return Ok(Type::Moment),
        ["caller", field] => {
            return Err(format!(
                "there is no `caller.{field}`; there are caller.number, caller.account, caller.name, caller.level"
            ));
        }
        _ => {}
    }
    let Some((first, rest)) = words.split_first() else { return Err("an empty name".into()) };
    let Some(mut holds) = variables.get(*first) else {
        let hint = crate::flow::read::near(first, variables.keys().map(String::as_str)).unwrap_or_default();
        return Err(format!(
            "there is no variable `{first}`; {}",
            if hint.is_empty() { "no step of this file sets it" } else { &hint }
        ));
    };
    for field in rest {
        let Type::Record(fields) = holds else {
            return Err(format!("`{first}` is a {holds} and has no field `{field}`"));
        };
        holds = fields.get(*field).ok_or_else(|| {
            let names: Vec<&str> = fields.keys().map(String::as_str).collect();
            format!("`{first}` has no field `{field}`; it has {}", names.join(", "))
        })?;
    }
    Ok(holds.clone())
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
            Kind::Ask { prompt, .. } => self.texts(prompt),
            Kind::Lookup { source, with, .. } | Kind::Act { source, with, .. } => {
                let takes = self.flow.sources.get(source).map(|s| s.takes.clone()).unwrap_or_default();
                self.arguments(with, &takes);
            }
            Kind::When { cases, .. } => cases.iter().for_each(|(expr, _)| self.expr(expr, Some(&Type::Flag))),
            Kind::Request(request) => self.request(request),
            Kind::Status { reference, .. } => self.expr(reference, Some(&Type::Text)),
            Kind::Set { values, .. } => values.iter().for_each(|(_, expr)| self.expr(expr, None)),
            Kind::Call { block, with, note, .. } => {
                let takes = self.flow.blocks.get(*block).map(|b| b.takes.clone()).unwrap_or_default();
                self.arguments(with, &takes.into_iter().map(|(n, p)| (n, p.holds)).collect::<Vec<_>>());
                note.iter().for_each(|(_, expr)| self.expr(expr, None));
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
        if let (Expr::Literal(Value::Text(word)), Some(among)) = (expr, among)
            && !among.contains(&word.as_str())
        {
            self.problem("word", word, format!("`{word}` is not a {noun}"), format!("there are {}", among.join(", ")));
        }
        self.expr(expr, Some(&Type::Text));
    }

    fn arguments(&mut self, with: &[(String, Expr)], takes: &[(String, Type)]) {
        for (name, expr) in with {
            let wanted = takes.iter().find(|(n, _)| n == name).map(|(_, t)| t);
            self.expr(expr, wanted);
        }
    }

    fn texts(&mut self, texts: &Texts) {
        for (expr, how) in texts.holes() {
            match infer(expr, self.variables) {
                Err(what) => self.problem("name", &first_name(expr), what, NAMES_HINT),
                Ok(holds) if !speaks(how, &holds) => {
                    let what = format!("a {holds} cannot be spoken as {}", format!("{how:?}").to_lowercase());
                    self.problem("type", &first_name(expr), what, way_to_speak(&holds));
                }
                Ok(_) => {}
            }
        }
    }

    fn expr(&mut self, expr: &Expr, wanted: Option<&Type>) {
        let found = infer(expr, self.variables);
        match (found, wanted) {
            (Err(what), _) => self.problem("name", &first_name(expr), what, NAMES_HINT),
            (Ok(found), Some(wanted)) if found != *wanted => {
                self.problem("type", &first_name(expr), format!("expected a {wanted}, found a {found}"), "");
            }
            _ => {}
        }
    }

    fn problem(&mut self, code: &'static str, near: &str, what: String, hint: impl Into<String>) {
        self.report.at_step(self.flow, self.place, code, near, what, hint);
    }
}

const NAMES_HINT: &str = "a variable is set by `ask`, `into:`, `set` or `takes:`";

fn first_name(expr: &Expr) -> String {
    let mut first = String::new();
    expr.each_name(&mut |path| {
        if first.is_empty() {
            first = path.join(".");
        }
    });
    first
}

fn speaks(how: How, holds: &Type) -> bool {
    match how {
        How::Plain => !matches!(holds, Type::Record(_) | Type::Flag),
        How::Digits => matches!(holds, Type::Text | Type::Number | Type::Phone),
        How::Money => *holds == Type::Money,
        How::Date => matches!(holds, Type::Date | Type::Moment),
        How::Time => *holds == Type::Moment,
        How::Phone => *holds == Type::Phone,
        How::Count => *holds == Type::Number,
        How::Window => *holds == Type::Window,
    }
}

fn way_to_speak(holds: &Type) -> &'static str {
    match holds {
        Type::Money => "write {…|money}",
        Type::Date => "write {…|date}",
        Type::Moment => "write {…|time} or {…|date}",
        Type::Phone => "write {…|phone}",
        Type::Window => "write {…|window}",
        Type::Number => "write {…|count} or {…|digits}",
        Type::Text => "write {…|plain} or {…|digits}",
        Type::Flag => "branch on it with `when:` instead",
        Type::Record(_) => "name one of its fields: {payment.amount|money}",
    }
}
