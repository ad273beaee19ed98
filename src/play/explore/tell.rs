//! What was seen, for people: each finding with the way to it, and how much was reached.

use super::judge::Wrong;
use super::walk::Walk;
use super::{Explored, Finding};
use crate::flow::model::Kind;

impl Walk<'_> {
    /// Keeps what is wrong, once for each step.
    pub(super) fn note(&mut self, wrong: Wrong, node: Option<u32>, label: &str) {
        let Wrong { code, at, what } = wrong;
        let key = (code, at, what);
        if self.found.contains_key(&key) {
            return;
        }
        let (b, s) = at.unwrap_or_default();
        let block = &self.flow.blocks[b];
        let step = block.steps.get(s);
        let name = step.map(|step| step.name.as_str()).unwrap_or_default();
        let mut keys = self.way_to(node);
        keys.extend((!label.is_empty()).then(|| label.to_owned()));
        let finding = Finding {
            file: if b == 0 { format!("{}.yaml", block.name) } else { format!("common/{}.yaml", block.name) },
            line: step.map_or(1, |step| step.lines.0),
            code,
            step: if b == 0 { name.to_owned() } else { format!("{}/{name}", block.name) },
            what: key.2.clone(),
            keys,
        };
        self.found.insert(key, finding);
    }

    /// What happened on the way to a state.
    fn way_to(&self, node: Option<u32>) -> Vec<String> {
        let mut way = Vec::new();
        let mut next = node;
        while let Some(node) = next {
            let (from, label) = &self.nodes[node as usize].from;
            way.push(label.clone());
            next = *from;
        }
        way.reverse();
        way
    }

    /// What was seen.
    pub fn explored(self) -> Explored {
        let mut findings: Vec<Finding> = self.found.into_values().collect();
        findings.sort();
        let steps = || self.flow.blocks.iter().flat_map(|block| &block.steps);
        let name = |(b, s): &(usize, usize)| {
            let block = &self.flow.blocks[*b];
            let name = &block.steps[*s].name;
            if *b == 0 { name.clone() } else { format!("{}/{name}", block.name) }
        };
        let choices = steps().map(|step| match &step.kind {
            Kind::Menu { options, .. } => options.len(),
            Kind::Language { .. } => self.flow.languages.len(),
            Kind::Score { .. } => 5,
            _ => 0,
        });
        Explored {
            flow: self.flow.name.clone(),
            complete: self.hit.is_empty(),
            bounds: self.hit.into_iter().collect(),
            steps: (self.visited.len(), steps().count()),
            choices: (self.pressed.len(), choices.sum()),
            states: self.nodes.len(),
            transitions: self.transitions,
            deepest: self.nodes.iter().map(|node| node.deep).max().unwrap_or_default(),
            visited: self.visited.iter().map(name).collect(),
            findings,
        }
    }
}
