//! What steps hand on: arguments of sources and sub-flows, what a request records, notes, names.

use super::fields::near;
use super::kinds::Reading;
use crate::flow::expr::Expr;
use crate::flow::model::{Kind, RequestStep, Ring};
use crate::flow::source::{At, Is, Node};
use crate::flow::value::Value;

impl Reading<'_, '_, '_, '_> {
    pub(super) fn source(&mut self, value: &Node, acts: bool) -> Option<(String, Vec<(String, Expr)>)> {
        let with = self.fields.take("with");
        let name = self.reader.text(value, "the name of a source")?;
        let sources = &self.steps.scope.shared.sources;
        let Some(source) = sources.get(name) else {
            let hint =
                near(name, sources.keys().map(String::as_str)).unwrap_or_else(|| "declare it in sources.yaml".into());
            self.reader.problem(value.at, "unknown-source", format!("there is no source `{name}`"), hint);
            return None;
        };
        if source.acts() != acts {
            let (what, hint) = match acts {
                true => (format!("`{name}` is only read"), "use `lookup:`"),
                false => (format!("`{name}` does something"), "use `act:`"),
            };
            self.reader.problem(value.at, "source", what, hint);
        }
        let takes: Vec<(&str, bool)> = source.takes.iter().map(|(name, _)| (name.as_str(), false)).collect();
        Some((name.to_owned(), self.arguments(value, with, &takes)))
    }

    /// Arguments by name, in the order they are taken; each must be there and no other.
    pub(super) fn arguments(&mut self, at: &Node, with: Option<&Node>, takes: &[(&str, bool)]) -> Vec<(String, Expr)> {
        if let Some(with) = with.filter(|with| !matches!(with.is, Is::Map(_))) {
            self.reader.expected(with, "arguments and their values like `{ account: caller.account }`");
        }
        let given = with.map(Node::pairs).unwrap_or_default();
        for (key, _) in given.iter().filter(|(key, _)| !takes.iter().any(|(name, _)| *name == key.text)) {
            let hint = near(&key.text, takes.iter().map(|(name, _)| *name)).unwrap_or_else(|| "leave it out".into());
            self.reader.problem(key.at, "argument", format!("there is no argument `{}`", key.text), hint);
        }
        let mut read = Vec::new();
        for (name, literal) in takes {
            match given.iter().find(|(key, _)| key.text == *name) {
                Some((_, node)) if *literal => read.extend(self.word(node).map(|e| ((*name).to_owned(), e))),
                Some((_, node)) => read.extend(self.reader.expr(node).map(|e| ((*name).to_owned(), e))),
                None => {
                    let place = with.unwrap_or(at).at;
                    self.reader.problem(
                        place,
                        "argument",
                        format!("the argument `{name}` is missing"),
                        format!("add `{name}: …` to `with:`"),
                    );
                }
            }
        }
        read
    }

    /// A bare word taken as it stands, or `= expression`.
    pub(super) fn word(&mut self, node: &Node) -> Option<Expr> {
        let text = self.reader.text(node, "a word")?;
        match text.strip_prefix('=') {
            Some(expr) => match Expr::parse(expr) {
                Ok(expr) => Some(expr),
                Err(what) => {
                    self.reader.problem(
                        node.at,
                        "expression",
                        format!("`{text}`: {what}"),
                        "a bare word is taken as it stands; `= name` takes a value",
                    );
                    None
                }
            },
            None => Some(Expr::Literal(Value::Text(text.to_owned()))),
        }
    }

    pub(super) fn request(&mut self, value: &Node) -> Option<Kind> {
        let kind = self.word(value);
        let topic = self.fields.need(self.reader, "topic", "what it is about, in one word");
        let topic = topic.and_then(|n| self.word(n));
        let priority = self.fields.need(self.reader, "priority", "urgent, high, normal or low");
        let priority = priority.and_then(|n| self.word(n));
        let skill = self.fields.take("skill").and_then(|n| self.word(n));
        let account = self.fields.take("account").and_then(|n| self.reader.expr(n));
        let number = match self.fields.take("number") {
            None => Some(Ring::Number(Expr::Name(vec!["caller".into(), "number".into()]))),
            Some(n) if n.text() == Some("nobody") => Some(Ring::Nobody),
            Some(n) if n.text() == Some("registered") => {
                if account.is_none() {
                    self.reader.problem(
                        n.at,
                        "missing-field",
                        "`number: registered` needs to know whose",
                        "add `account:` with the account typed",
                    );
                }
                account.map(Ring::Registered)
            }
            Some(n) => self.reader.expr(n).map(Ring::Number),
        };
        let window = self.fields.take("window").and_then(|n| self.reader.expr(n));
        let note = self.note();
        let into = self.fields.need(self.reader, "into", "the variable that takes the reference");
        let into = into.and_then(|n| self.variable(n));
        let (then, refused) = (self.go("then"), self.go("refused"));
        let (kind, topic, priority, number, into) = (kind?, topic?, priority?, number?, into?);
        Some(Kind::Request(Box::new(RequestStep {
            kind,
            topic,
            priority,
            skill,
            number,
            window,
            note,
            into,
            then,
            refused,
        })))
    }

    /// `note: [payment_number, payment.reason]`: each named by its own text.
    pub(super) fn note(&mut self) -> Vec<(String, Expr)> {
        let Some(node) = self.fields.take("note") else { return Vec::new() };
        if !matches!(node.is, Is::List(_)) {
            self.reader.expected(node, "a list of variables like [payment_number, payment.reason]");
        }
        let noted = |n: &Node| Some((n.text().unwrap_or_default().to_owned(), self.reader.expr(n)?));
        node.items().iter().filter_map(noted).collect()
    }

    pub(super) fn call(&mut self, value: &Node) -> Option<Kind> {
        let with = self.fields.take("with");
        let note = self.note();
        let into = self.fields.take("into").and_then(|n| self.variable(n));
        let then = self.go("then");
        let name = self.reader.text(value, "the name of a sub-flow")?;
        let block =
            self.steps.scope.signatures.iter().position(|s| s.name == name).filter(|_| self.steps.uses.contains(&name));
        let Some(block) = block else {
            if self.steps.uses.contains(&name) {
                // That there is no such file was said where `uses:` names it.
                return None;
            }
            let hint = near(name, self.steps.uses.iter().copied())
                .unwrap_or_else(|| format!("add `{name}` to `uses:` at the top"));
            self.reader.problem(
                value.at,
                "unknown-sub-flow",
                format!("the sub-flow `{name}` is not among those this file uses"),
                hint,
            );
            return None;
        };
        let takes: Vec<(&str, bool)> = self.steps.scope.signatures[block]
            .takes
            .iter()
            .map(|(name, param)| (name.as_str(), param.literal))
            .collect();
        let with = self.arguments(value, with, &takes);
        Some(Kind::Call { block, with, note, into, then })
    }

    /// The name of a variable that is given a value here.
    pub(super) fn variable(&mut self, node: &Node) -> Option<String> {
        let name = self.reader.text(node, "the name of a variable")?;
        self.name(node.at, name)
    }

    pub(super) fn name(&mut self, at: At, name: &str) -> Option<String> {
        let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let letter = name.starts_with(|c: char| c.is_ascii_lowercase());
        let taken = ["caller", "line", "now", "and", "or", "not", "true", "false"].contains(&name);
        if letter && !taken && name.chars().all(valid) {
            return Some(name.to_owned());
        }
        let what = format!("`{name}` cannot be the name of a variable");
        let hint = match taken {
            true => "it means something already; take another one",
            false => "use lower-case letters, digits and `_`, and begin with a letter",
        };
        self.reader.problem(at, "name", what, hint);
        None
    }
}
