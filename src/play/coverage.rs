//! What stories reach of a flow: steps entered and choices pressed.

use crate::call::State;
use crate::call::step::Trace;
use crate::flow::model::{Flow, Kind};
use std::collections::BTreeSet;

/// Steps and choices reached.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Coverage {
    /// Places as a call names them: `main`, `call-me-back/number`.
    steps: BTreeSet<String>,
    /// A menu's place and the key.
    options: BTreeSet<(String, String)>,
}

impl Coverage {
    /// Takes in what happened in one step of a call that was at `before`.
    pub fn note(&mut self, before: &State, trail: &[Trace]) {
        for trace in trail {
            match trace {
                Trace::Step(place) => drop(self.steps.insert(place.clone())),
                // A key can only be the first thing that happens: it is pressed where the call was.
                Trace::Key(key) => drop(self.options.insert((before.place(), key.clone()))),
                _ => {}
            }
        }
    }

    /// Takes in what another call reached.
    pub fn add(&mut self, other: &Coverage) {
        self.steps.extend(other.steps.iter().cloned());
        self.options.extend(other.options.iter().cloned());
    }

    /// What of a flow and its sub-flows is not reached, each in words.
    pub fn unreached(&self, flow: &Flow) -> Vec<String> {
        let mut unreached = Vec::new();
        for (at, block) in flow.blocks.iter().enumerate() {
            for step in &block.steps {
                let place = if at == 0 { step.name.clone() } else { format!("{}/{}", block.name, step.name) };
                if !self.steps.contains(&place) {
                    unreached.push(format!("step {place}"));
                    continue;
                }
                let pressed = |key: &String| self.options.contains(&(place.clone(), key.clone()));
                let keys = keys(flow, &step.kind).into_iter().filter(|key| !pressed(key));
                unreached.extend(keys.map(|key| format!("key {key} in step {place}")));
            }
        }
        unreached
    }

    /// Steps and choices of a flow, and how many of them are reached.
    pub fn count(&self, flow: &Flow) -> (usize, usize) {
        let steps = flow.blocks.iter().flat_map(|block| &block.steps);
        let all: usize = steps.map(|step| 1 + keys(flow, &step.kind).len()).sum();
        let not: usize = self.unreached(flow).len();
        (all, all.saturating_sub(not))
    }
}

/// The keys a step offers.
fn keys(flow: &Flow, kind: &Kind) -> Vec<String> {
    match kind {
        Kind::Menu { options, .. } => options.iter().map(|option| option.key.to_string()).collect(),
        Kind::Language { .. } => (1..=flow.languages.len()).map(|key| key.to_string()).collect(),
        _ => Vec::new(),
    }
}
