//! The kinds of steps: one function a kind.

use super::block::{Steps, go};
use super::fields::{Fields, Reader, near};
use crate::flow::expr::Expr;
use crate::flow::model::{Go, Kind, MenuOption, OptionForm, RequestStep, Ring};
use crate::flow::source::{Is, Node};
use crate::flow::value::{Typing, Value};
use crate::words::{Currency, Level, Reference};
use std::collections::BTreeSet;

/// Every kind, as its key is written.
pub const KINDS: [&str; 16] = [
    "say", "menu", "ask", "verify", "lookup", "act", "when", "hours", "notices", "language", "request", "status",
    "set", "call", "return", "hangup",
];

/// Reads what a step does: its kind is the one key that names one.
pub fn kind(reader: &mut Reader, steps: &Steps, node: &Node, fields: &mut Fields) -> Option<Kind> {
    let found: Vec<&'static str> = KINDS.into_iter().filter(|k| node.get(k).is_some()).collect();
    let [name] = found[..] else {
        let what = match found[..] {
            [] => "this step has no kind".to_owned(),
            _ => format!("this step is of {} kinds at once: {}", found.len(), found.join(", ")),
        };
        let keys = node.pairs().iter().map(|(key, _)| key.text.as_str());
        let hint = keys.filter_map(|key| near(key, KINDS.into_iter())).next();
        reader.problem(
            node.at,
            "kind",
            what,
            hint.unwrap_or_else(|| format!("a step has exactly one of: {}", KINDS.join(", "))),
        );
        return None;
    };
    let value = fields.take(name)?;
    let mut at = Reading { reader, steps, fields };
    match name {
        "say" => at.say(value),
        "menu" => at.menu(value),
        "ask" => at.ask(value),
        "verify" => at.verify(value),
        "lookup" => at.lookup(value),
        "act" => at.act(value),
        "when" => at.when(value),
        "hours" => at.hours(value),
        "notices" => at.notices(value),
        "language" => at.language(value),
        "request" => at.request(value),
        "status" => at.status(value),
        "set" => at.set(value),
        "call" => at.call(value),
        "return" => at.give_back(value),
        _ => Some(Kind::HangUp { texts: at.reader.texts(value, at.steps.scope.languages) }),
    }
}

/// A step being read.
struct Reading<'r, 'f, 'n, 's> {
    reader: &'r mut Reader,
    steps: &'r Steps<'s>,
    fields: &'f mut Fields<'n>,
}

impl Reading<'_, '_, '_, '_> {
    /// A target that must be there; 0 stands in when it is not, and a problem is noted.
    fn go(&mut self, field: &'static str) -> Go {
        let node = self.fields.need(self.reader, field, "the name of the step that comes next");
        node.map_or(0, |n| go(self.reader, n, &self.steps.index))
    }

    fn go_or(&mut self, field: &'static str, default: Go) -> Go {
        self.fields.take(field).map_or(default, |n| go(self.reader, n, &self.steps.index))
    }

    fn say(&mut self, value: &Node) -> Option<Kind> {
        let texts = self.reader.texts(value, self.steps.scope.languages);
        let barge_in = self.fields.take("barge-in").and_then(|n| self.reader.flag(n)).unwrap_or(true);
        Some(Kind::Say { texts, barge_in, then: self.go("then") })
    }

    fn menu(&mut self, value: &Node) -> Option<Kind> {
        if value.items().is_empty() {
            self.reader.expected(value, "a list of options like `- { key: 1, go: refund, for: { en-US: a refund } }`");
        }
        let mut keys = BTreeSet::new();
        let mut options = Vec::new();
        for item in value.items() {
            let Some(option) = self.option(item) else { continue };
            if !keys.insert(option.key) {
                let what = format!("key {} stands twice in this menu", option.key);
                self.reader.problem(item.at, "key", what, "give each option a key of its own");
            }
            options.push(option);
        }
        let prompt = self.fields.take("prompt").map(|n| self.reader.texts(n, self.steps.scope.languages));
        Some(Kind::Menu { prompt, options, otherwise: self.go("otherwise") })
    }

    fn option(&mut self, node: &Node) -> Option<MenuOption> {
        let reader = &mut *self.reader;
        let mut fields = Fields::of(reader, node, "an option like `{ key: 1, go: refund, for: { en-US: a refund } }`");
        let key = fields.need(reader, "key", "1 to 8");
        let key = key.and_then(|n| {
            if matches!(n.text(), Some("0" | "9" | "*" | "#")) {
                let what = format!("key {} works everywhere and cannot be an option", n.text().unwrap_or_default());
                reader.problem(n.at, "key", what, "0 is a person, * repeat, # back, 9 slower: use 1 to 8");
                return None;
            }
            reader.number(n, 1, 8)
        });
        let go_on = fields.need(reader, "go", "the step this option leads to");
        let go_on = go_on.map(|n| go(reader, n, &self.steps.index));
        let (says, label) = match (fields.take("for"), fields.take("to")) {
            (Some(label), None) => (OptionForm::For, Some(label)),
            (None, Some(label)) => (OptionForm::To, Some(label)),
            (found, _) => {
                let what =
                    if found.is_some() { "an option has either `for:` or `to:`" } else { "the option has no label" };
                reader.problem(
                    node.at,
                    "missing-field",
                    what,
                    "`for:` names a matter (a refund), `to:` an action (hear it again)",
                );
                (OptionForm::For, found)
            }
        };
        let label = label.map(|n| reader.texts(n, self.steps.scope.languages));
        fields.done(reader);
        Some(MenuOption { key: u8::try_from(key?).ok()?, label: label?, says, go: go_on? })
    }

    fn ask(&mut self, value: &Node) -> Option<Kind> {
        let into = self.variable(value);
        let typing =
            self.fields.need(self.reader, "as", "what is typed: account, transaction, date, phone, { digits: … }, …");
        let typing = typing.and_then(|n| typing_of(self.reader, n));
        let prompt = self.fields.need(self.reader, "prompt", "the question, per language");
        let prompt = prompt.map(|n| self.reader.texts(n, self.steps.scope.languages));
        let (then, otherwise) = (self.go("then"), self.go("otherwise"));
        Some(Kind::Ask { into: into?, typing: typing?, prompt: prompt?, then, otherwise })
    }

    fn verify(&mut self, value: &Node) -> Option<Kind> {
        let level = self.reader.number(value, 1, 2).and_then(|n| Level::try_from(u8::try_from(n).ok()?).ok());
        let (then, failed) = (self.go("then"), self.go("failed"));
        Some(Kind::Verify { level: level?, then, failed })
    }

    fn lookup(&mut self, value: &Node) -> Option<Kind> {
        let (source, with) = self.source(value, false)?;
        let into = self.fields.need(self.reader, "into", "the variable that takes the answer");
        let into = into.and_then(|n| self.variable(n));
        let (then, missing, failed) = (self.go("then"), self.go("missing"), self.go("failed"));
        Some(Kind::Lookup { source, with, into: into?, then, missing, failed })
    }

    fn act(&mut self, value: &Node) -> Option<Kind> {
        let (source, with) = self.source(value, true)?;
        let (then, failed) = (self.go("then"), self.go("failed"));
        let pending = self.go_or("pending", then);
        Some(Kind::Act { source, with, then, pending, failed })
    }

    fn source(&mut self, value: &Node, acts: bool) -> Option<(String, Vec<(String, Expr)>)> {
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
            let (what, hint) = if acts { ("is only read", "use `lookup:`") } else { ("does something", "use `act:`") };
            self.reader.problem(value.at, "source", format!("`{name}` {what}"), hint);
        }
        let takes: Vec<(&str, bool)> = source.takes.iter().map(|(name, _)| (name.as_str(), false)).collect();
        Some((name.to_owned(), self.arguments(value, with, &takes)))
    }

    /// Arguments by name, in the order they are taken; each must be there and no other.
    fn arguments(&mut self, at: &Node, with: Option<&Node>, takes: &[(&str, bool)]) -> Vec<(String, Expr)> {
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
    fn word(&mut self, node: &Node) -> Option<Expr> {
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

    fn when(&mut self, value: &Node) -> Option<Kind> {
        if value.items().is_empty() {
            self.reader.expected(value, "a list of conditions like `- { if: payment.state == 'done', go: say-done }`");
        }
        let mut cases = Vec::new();
        for item in value.items() {
            let mut fields = Fields::of(self.reader, item, "a condition like `{ if: …, go: … }`");
            let condition = fields.need(self.reader, "if", "the condition").and_then(|n| self.reader.expr(n));
            let target =
                fields.need(self.reader, "go", "where it leads").map(|n| go(self.reader, n, &self.steps.index));
            fields.done(self.reader);
            cases.extend(condition.zip(target));
        }
        Some(Kind::When { cases, otherwise: self.go("else") })
    }

    fn hours(&mut self, value: &Node) -> Option<Kind> {
        let name = self.reader.text(value, "the name of a calendar")?;
        let calendars = &self.steps.scope.shared.calendars;
        if !calendars.contains_key(name) {
            let hint = near(name, calendars.keys().map(String::as_str))
                .unwrap_or_else(|| "declare it in calendars.yaml".into());
            self.reader.problem(value.at, "unknown-calendar", format!("there is no calendar `{name}`"), hint);
        }
        Some(Kind::Hours { calendar: name.to_owned(), open: self.go("open"), closed: self.go("closed") })
    }

    fn notices(&mut self, value: &Node) -> Option<Kind> {
        if value.text() != Some("active") {
            self.reader.expected(value, "`active`");
        }
        Some(Kind::Notices { then: self.go("then") })
    }

    fn language(&mut self, value: &Node) -> Option<Kind> {
        if !matches!(value.text(), Some("once" | "ask")) {
            self.reader.expected(value, "`once` (remembered for the number) or `ask`");
        }
        Some(Kind::Language { once: value.text() == Some("once"), then: self.go("then") })
    }

    fn request(&mut self, value: &Node) -> Option<Kind> {
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
    fn note(&mut self) -> Vec<(String, Expr)> {
        let Some(node) = self.fields.take("note") else { return Vec::new() };
        if !matches!(node.is, Is::List(_)) {
            self.reader.expected(node, "a list of variables like [payment_number, payment.reason]");
        }
        let noted = |n: &Node| Some((n.text().unwrap_or_default().to_owned(), self.reader.expr(n)?));
        node.items().iter().filter_map(noted).collect()
    }

    fn status(&mut self, value: &Node) -> Option<Kind> {
        let reference = self.reader.expr(value);
        let into = self.fields.need(self.reader, "into", "the variable that takes the state");
        let into = into.and_then(|n| self.variable(n));
        let (then, missing) = (self.go("then"), self.go("missing"));
        let refused = self.go_or("refused", missing);
        Some(Kind::Status { reference: reference?, into: into?, then, missing, refused })
    }

    fn set(&mut self, value: &Node) -> Option<Kind> {
        if value.pairs().is_empty() {
            self.reader.expected(value, "variables and their values like `{ tries: tries + 1 }`");
        }
        let mut values = Vec::new();
        for (key, node) in value.pairs() {
            values.extend(self.reader.expr(node).map(|expr| (key.text.clone(), expr)));
        }
        Some(Kind::Set { values, then: self.go("then") })
    }

    fn call(&mut self, value: &Node) -> Option<Kind> {
        let with = self.fields.take("with");
        let note = self.note();
        let into = self.fields.take("into").and_then(|n| self.variable(n));
        let then = self.go("then");
        let name = self.reader.text(value, "the name of a sub-flow")?;
        let block =
            self.steps.scope.signatures.iter().position(|s| s.name == name).filter(|_| self.steps.uses.contains(&name));
        let Some(block) = block else {
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

    fn give_back(&mut self, value: &Node) -> Option<Kind> {
        if self.steps.scope.main {
            self.reader.problem(
                value.at,
                "kind",
                "`return` ends a sub-flow; this is the hotline itself",
                "end the call with `hangup:`",
            );
        }
        if !matches!(value.is, Is::Map(_)) {
            self.reader.expected(value, "the results like `{ reference: filed.reference }`, or `{}`");
        }
        let mut values = Vec::new();
        for (key, node) in value.pairs() {
            values.extend(self.reader.expr(node).map(|expr| (key.text.clone(), expr)));
        }
        Some(Kind::Return { values })
    }

    /// The name of a variable that is given a value here.
    fn variable(&mut self, node: &Node) -> Option<String> {
        let name = self.reader.text(node, "the name of a variable")?;
        let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if !name.chars().all(valid) || ["caller", "line", "now"].contains(&name) {
            let what = format!("`{name}` cannot be the name of a variable");
            self.reader.problem(
                node.at,
                "name",
                what,
                "use lower-case letters, digits and `_`; caller, line and now are taken",
            );
            return None;
        }
        Some(name.to_owned())
    }
}

fn typing_of(reader: &mut Reader, node: &Node) -> Option<Typing> {
    if let Some(word) = node.text() {
        let reference = u8::try_from(Reference::DIGITS).ok()?;
        return match word {
            "account" => Some(Typing::Digits { from: 6, to: 20 }),
            "transaction" => Some(Typing::Digits { from: 6, to: 32 }),
            "reference" => Some(Typing::Digits { from: reference, to: reference }),
            "free" => Some(Typing::Digits { from: 1, to: 32 }),
            "date" => Some(Typing::Date),
            "phone" => Some(Typing::Phone),
            _ => {
                let words = ["account", "transaction", "reference", "free", "date", "phone"];
                let hint = near(word, words.into_iter()).unwrap_or_else(|| {
                    format!("there are {}, {{ digits: … }}, {{ number: … }}, {{ amount: CNY }}", words.join(", "))
                });
                reader.problem(node.at, "typing", format!("`{word}` is not something one can type"), hint);
                None
            }
        };
    }
    let mut fields = Fields::of(reader, node, "account, transaction, date, phone, { digits: { from: 8, to: 20 } }, …");
    let (digits, number, amount) = (fields.take("digits"), fields.take("number"), fields.take("amount"));
    fields.done(reader);
    match (digits, number, amount) {
        (Some(node), None, None) => {
            let (from, to) = range(reader, node, 1, 40)?;
            Some(Typing::Digits { from: u8::try_from(from).ok()?, to: u8::try_from(to).ok()? })
        }
        (None, Some(node), None) => range(reader, node, 0, 1_000_000_000).map(|(from, to)| Typing::Number { from, to }),
        (None, None, Some(node)) => {
            let currency = node.text().and_then(Currency::parse);
            if currency.is_none() {
                reader.expected(node, "CNY, HKD, JPY or USD");
            }
            currency.map(Typing::Amount)
        }
        _ => {
            reader.expected(node, "one of { digits: … }, { number: … }, { amount: CNY }");
            None
        }
    }
}

fn range(reader: &mut Reader, node: &Node, least: i64, most: i64) -> Option<(i64, i64)> {
    let mut fields = Fields::of(reader, node, "`{ from: 1, to: 5 }`");
    let from = fields.need(reader, "from", "the least").and_then(|n| reader.number(n, least, most));
    let to = fields.need(reader, "to", "the most").and_then(|n| reader.number(n, least, most));
    fields.done(reader);
    let range = from.zip(to)?;
    if range.0 > range.1 {
        reader.problem(node.at, "shape", "`from` is larger than `to`", "swap the two");
    }
    Some(range)
}
