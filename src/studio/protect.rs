//! What of a change needs a second pair of eyes: how callers are verified, where they are put through
//! to, which numbers are rung. Two versions are compared by what they do, not by their texts, so that
//! moving a step or mending a comment asks nobody.

use crate::flow::model::{Kind, RequestStep, Ring, TransferStep};
use crate::flow::{Block, Flow};
use crate::words::Level;
use std::collections::BTreeSet;

/// A part of a flow that is protected.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Protected {
    /// How callers prove who they are, and what they must have proved.
    Verification,
    /// Where callers are put through to.
    Transfers,
    /// Which numbers are rung.
    Numbers,
}

impl Protected {
    /// All of them.
    pub const ALL: [Protected; 3] = [Protected::Verification, Protected::Transfers, Protected::Numbers];

    /// The word rows and addresses have.
    pub fn word(self) -> &'static str {
        match self {
            Protected::Verification => "verification",
            Protected::Transfers => "transfers",
            Protected::Numbers => "numbers",
        }
    }

    /// Those that words parted by spaces name.
    pub(super) fn parse(words: &str) -> Vec<Protected> {
        Protected::ALL.into_iter().filter(|part| words.split(' ').any(|word| word == part.word())).collect()
    }
}

/// What a flow does, in sentences that two versions share when they do the same.
type Facts = fn(&Flow) -> BTreeSet<String>;

/// What of the protected differs between two versions.
pub(super) fn changed(old: &Flow, new: &Flow) -> BTreeSet<Protected> {
    let facets = [
        (Protected::Verification, verification as Facts),
        (Protected::Transfers, transfers),
        (Protected::Numbers, numbers),
    ];
    facets.into_iter().filter(|(_, of)| of(old) != of(new)).map(|(part, _)| part).collect()
}

fn verification(flow: &Flow) -> BTreeSet<String> {
    let mut facts = BTreeSet::from([format!("{:?}, else {}", flow.identity, main_step(flow, flow.denied))]);
    facts.extend(flow.sources.iter().map(|(name, source)| {
        format!("source {name} needs {} and may act for less: {}", source.level, source.protective)
    }));
    each_step(flow, |block, step, at| {
        if step.needs > Level::L0 {
            facts.insert(format!("{at} needs {}", step.needs));
        }
        if let Kind::Verify { level, then, failed } = &step.kind {
            facts.insert(format!("{at} proves {level}, then {}, else {}", name(block, *then), name(block, *failed)));
        }
    });
    facts
}

fn transfers(flow: &Flow) -> BTreeSet<String> {
    let mut facts = BTreeSet::from([format!("a person is {}", main_step(flow, flow.person))]);
    facts.extend(flow.desks.iter().map(|(skill, desk)| format!("desk {skill}: {desk:?}")));
    each_step(flow, |block, step, at| {
        if let Kind::Transfer(transfer) = &step.kind {
            let TransferStep { skill, into: _, now, answered, busy, no_answer, failed, long_wait } = &**transfer;
            let ends = [answered, busy, no_answer, failed].map(|go| name(block, *go));
            let long = long_wait.map(|go| name(block, go));
            facts.insert(format!("{at} rings {skill:?}, at once: {now}, {ends:?}, {long:?}"));
        }
    });
    facts
}

fn numbers(flow: &Flow) -> BTreeSet<String> {
    let mut facts = BTreeSet::from([format!("{:?}", flow.countries)]);
    each_step(flow, |_, step, at| {
        if let Kind::Request(request) = &step.kind {
            let RequestStep { number, .. } = &**request;
            facts.insert(match number {
                Ring::Nobody => format!("{at} has nobody rung"),
                number => format!("{at} has rung {number:?}"),
            });
        }
    });
    facts
}

fn each_step(flow: &Flow, mut look: impl FnMut(&Block, &crate::flow::Step, String)) {
    for block in &flow.blocks {
        for step in &block.steps {
            look(block, step, format!("{}/{}", block.name, step.name));
        }
    }
}

fn main_step(flow: &Flow, step: usize) -> &str {
    flow.blocks.first().map_or("", |block| name(block, step))
}

fn name(block: &Block, step: usize) -> &str {
    block.steps.get(step).map_or("", |step| &step.name)
}
