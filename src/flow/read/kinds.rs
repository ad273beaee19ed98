//! The kinds of steps: one function a kind.

use super::block::{Steps, go};
use super::fields::{Fields, Reader, near};
use super::typing::typing;
use crate::flow::model::{Go, Kind, MenuOption, OptionForm};
use crate::flow::source::{Is, Node};
use crate::words::Level;
use std::collections::BTreeSet;

/// Every kind, as its key is written.
pub const KINDS: [&str; 21] = [
    "say", "menu", "ask", "verify", "lookup", "act", "when", "hours", "notices", "language", "request", "status",
    "change", "set", "call", "return", "transfer", "record", "sms", "score", "hangup",
];

/// Reads what a step does: its kind is the one key that names one.
pub fn kind(reader: &mut Reader, steps: &Steps, node: &Node, fields: &mut Fields) -> Option<Kind> {
    let found: Vec<&'static str> = KINDS.into_iter().filter(|k| node.get(k).is_some()).collect();
    let [name] = found[..] else {
        let (what, hint) = match found[..] {
            [] => ("this step has no kind".to_owned(), misspelt(node)),
            _ => {
                let what = format!("this step is of {} kinds at once: {}", found.len(), found.join(", "));
                (what, "keep one of them, and make a step of its own for each other".to_owned())
            }
        };
        reader.problem(node.at, "kind", what, hint);
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
        "change" => at.change(value),
        "set" => at.set(value),
        "call" => at.call(value),
        "return" => at.give_back(value),
        "transfer" => at.transfer(value),
        "record" => at.record(value),
        "sms" => at.sms(value),
        "score" => at.score(value),
        _ => Some(Kind::HangUp { texts: at.reader.texts(value, at.steps.scope.languages) }),
    }
}

/// Which kind was probably meant by a step that has none: fields that other kinds have are no sign.
fn misspelt(node: &Node) -> String {
    const FIELDS: [&str; 19] = [
        "then",
        "otherwise",
        "failed",
        "missing",
        "refused",
        "pending",
        "else",
        "open",
        "closed",
        "needs",
        "with",
        "into",
        "as",
        "prompt",
        "note",
        "number",
        "topic",
        "priority",
        "window",
    ];
    let keys = node.pairs().iter().map(|(key, _)| key.text.as_str()).filter(|key| !FIELDS.contains(key));
    let kind = keys.filter_map(|key| near(key, KINDS.into_iter())).next();
    kind.unwrap_or_else(|| format!("a step has exactly one of: {}", KINDS.join(", ")))
}

/// A step being read.
pub(super) struct Reading<'r, 'f, 'n, 's> {
    pub(super) reader: &'r mut Reader,
    pub(super) steps: &'r Steps<'s>,
    pub(super) fields: &'f mut Fields<'n>,
}

impl Reading<'_, '_, '_, '_> {
    /// A target that must be there; 0 stands in when it is not, and a problem is noted.
    pub(super) fn go(&mut self, field: &'static str) -> Go {
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
        let waiver = self.fields.take("waiver");
        let waiver = waiver.and_then(|n| self.reader.text(n, "why this menu is as it is")).map(str::to_owned);
        Some(Kind::Menu { prompt, options, otherwise: self.go("otherwise"), waiver })
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
        let typed =
            self.fields.need(self.reader, "as", "what is typed: account, transaction, date, phone, { digits: … }, …");
        let typed = typed.and_then(|n| typing(self.reader, n));
        let prompt = self.fields.need(self.reader, "prompt", "the question, per language");
        let prompt = prompt.map(|n| self.reader.texts(n, self.steps.scope.languages));
        let (then, otherwise) = (self.go("then"), self.go("otherwise"));
        Some(Kind::Ask { into: into?, typing: typed?, prompt: prompt?, then, otherwise })
    }

    fn verify(&mut self, value: &Node) -> Option<Kind> {
        let level = match value.text() {
            Some("1") => Some(Level::L1),
            Some("2") => Some(Level::L2),
            Some("3") => Some(Level::L3),
            _ => {
                let hint = "1 is the number that calls, 2 what `identity:` says, 3 the phone PIN and a one-time code";
                self.reader.expected_with(value, "level 1, 2 or 3", hint);
                None
            }
        };
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

    fn status(&mut self, value: &Node) -> Option<Kind> {
        let reference = self.reader.expr(value);
        let into = self.fields.need(self.reader, "into", "the variable that takes the state");
        let into = into.and_then(|n| self.variable(n));
        let (then, missing) = (self.go("then"), self.go("missing"));
        let refused = self.go_or("refused", missing);
        Some(Kind::Status { reference: reference?, into: into?, then, missing, refused })
    }

    fn change(&mut self, value: &Node) -> Option<Kind> {
        let reference = self.reader.expr(value);
        let window = self.fields.take("window");
        let cancel = self.fields.take("cancel").and_then(|node| self.reader.flag(node)).unwrap_or_default();
        if window.is_some() == cancel {
            let what = "a `change` says either `window:` with the new time, or `cancel: yes`";
            self.reader.problem(value.at, "change", what, "write one of the two");
        }
        let window = window.map(|node| self.reader.expr(node));
        let (then, refused) = (self.go("then"), self.go("refused"));
        let window = match window {
            Some(None) => return None,
            Some(read) => read,
            None => None,
        };
        Some(Kind::Change { reference: reference?, window, then, refused })
    }

    fn set(&mut self, value: &Node) -> Option<Kind> {
        if value.pairs().is_empty() {
            self.reader.expected(value, "variables and their values like `{ tries: tries + 1 }`");
        }
        let mut values = Vec::new();
        for (key, node) in value.pairs() {
            let name = self.name(key.at, &key.text);
            values.extend(name.zip(self.reader.expr(node)));
        }
        let then = self.go("then");
        // A name whose value could not be read must not be called unknown further down.
        let read = !values.is_empty() && values.len() == value.pairs().len();
        read.then_some(Kind::Set { values, then })
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
            self.reader.expected(value, "results and their values like `{ reference: filed.reference }`, or `{}`");
        }
        let mut values = Vec::new();
        for (key, node) in value.pairs() {
            values.extend(self.reader.expr(node).map(|expr| (key.text.clone(), expr)));
        }
        Some(Kind::Return { values })
    }
}
