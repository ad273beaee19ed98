//! Steps that reach people: desks that ring, messages taken down, text messages, scores.

use super::block::go;
use super::fields::{Fields, Reader};
use super::kinds::Reading;
use crate::flow::model::{Desk, Identity, Kind, TransferStep};
use crate::flow::source::{Is, Node};
use crate::words::Phone;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a message may be, in seconds: shortest and longest limit, and the usual one.
const MESSAGE: (u64, u64, u64) = (5, 300, 60);

impl Reading<'_, '_, '_, '_> {
    pub(super) fn transfer(&mut self, value: &Node) -> Option<Kind> {
        let skill = self.word(value);
        let into = self.fields.take("into").and_then(|n| self.variable(n));
        let now = self.fields.take("now").and_then(|n| self.reader.flag(n)).unwrap_or_default();
        let (answered, busy) = (self.go("answered"), self.go("busy"));
        let (no_answer, failed) = (self.go("no-answer"), self.go("failed"));
        let long_wait = self.fields.take("long-wait");
        if let Some(node) = long_wait.filter(|_| now) {
            let hint = "leave out one of the two: `now: yes` rings however long the wait is";
            self.reader.problem(node.at, "shape", "`long-wait:` is never taken with `now: yes`", hint);
        }
        let long_wait = long_wait.map(|n| go(self.reader, n, &self.steps.index));
        let step = TransferStep { skill: skill?, into, now, answered, busy, no_answer, failed, long_wait };
        Some(Kind::Transfer(Box::new(step)))
    }

    pub(super) fn record(&mut self, value: &Node) -> Option<Kind> {
        let into = self.variable(value);
        let prompt = self.fields.need(self.reader, "prompt", "what to say, and what is done with the recording");
        let prompt = prompt.map(|n| self.reader.texts(n, self.steps.scope.languages));
        let mut limit = Duration::from_secs(MESSAGE.2);
        if let Some(node) = self.fields.take("limit") {
            let fits = |limit: &Duration| (MESSAGE.0..=MESSAGE.1).contains(&limit.as_secs());
            match self.reader.duration(node) {
                Some(own) if fits(&own) => limit = own,
                Some(_) => self.reader.expected(node, "a limit from 5s to 5m"),
                None => {}
            }
        }
        let (then, empty) = (self.go("then"), self.go("empty"));
        Some(Kind::Record { into: into?, prompt: prompt?, limit, then, empty })
    }

    pub(super) fn sms(&mut self, value: &Node) -> Option<Kind> {
        let texts = self.reader.texts(value, self.steps.scope.languages);
        let to = self.fields.take("to");
        if let Some(node) = to.filter(|n| n.text() != Some("registered")) {
            let hint = "leave `to:` out for the calling number; a number that was typed is never texted";
            self.reader.expected_with(node, "`registered`", hint);
        }
        let (then, failed) = (self.go("then"), self.go("failed"));
        Some(Kind::Sms { texts, registered: to.is_some(), then, failed })
    }

    pub(super) fn score(&mut self, value: &Node) -> Option<Kind> {
        let into = self.variable(value);
        let prompt = self.fields.need(self.reader, "prompt", "the question, per language");
        let prompt = prompt.map(|n| self.reader.texts(n, self.steps.scope.languages));
        let category = self.fields.need(self.reader, "category", "what is judged, in one word");
        let category = category.and_then(|n| self.word(n));
        let (then, otherwise) = (self.go("then"), self.go("otherwise"));
        Some(Kind::Score { into: into?, prompt: prompt?, category: category?, then, otherwise })
    }
}

/// The desks at the top of a hotline.
pub fn desks(reader: &mut Reader, fields: &mut Fields) -> BTreeMap<String, Desk> {
    let Some(node) = fields.take("desks") else { return BTreeMap::new() };
    if !matches!(node.is, Is::Map(_)) {
        reader.expected(
            node,
            "skills with their desks like `{ general: \"+861012345678\", payment: \"sip:pay@desk.example\" }`",
        );
    }
    node.pairs().iter().filter_map(|(skill, node)| Some((skill.text.clone(), desk(reader, node)?))).collect()
}

fn desk(reader: &mut Reader, node: &Node) -> Option<Desk> {
    let text = node.text().unwrap_or_default();
    let found = match text.strip_prefix("sip:").or(text.strip_prefix("sips:")) {
        Some(address) => is_sip(address).then(|| Desk::Sip(text.to_owned())),
        None => text.starts_with('+').then(|| Phone::parse(text, None)).flatten().map(Desk::Number),
    };
    if found.is_none() {
        let hint = "write a telephone number with its country code in quotes, or a SIP address with `sip:`";
        reader.expected_with(node, "a number like \"+861012345678\" or an address like \"sip:pay@desk.example\"", hint);
    }
    found
}

/// `name@host[:port][;parameters]`, of letters that need no quoting anywhere.
fn is_sip(address: &str) -> bool {
    let fine = |c: char| c.is_ascii_alphanumeric() || "-_.+:;=~*".contains(c);
    address.len() <= 200
        && address.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty()
                && host.starts_with(|c: char| c.is_ascii_alphanumeric())
                && (name.chars().chain(host.chars())).all(fine)
        })
}

/// How level 2 is proved: `identity:` at the top of a hotline.
pub fn identity(reader: &mut Reader, fields: &mut Fields) -> Identity {
    let Some(node) = fields.take("identity") else { return Identity::Pin };
    match node.text() {
        Some("pin") => Identity::Pin,
        Some("code") => Identity::Code,
        Some("knowledge") => Identity::Knowledge,
        _ => {
            reader.expected(node, "pin, code (by text message) or knowledge (birth date and identity document)");
            Identity::Pin
        }
    }
}
