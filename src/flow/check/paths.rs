//! Ways through a flow: every step can be reached, nothing goes round for ever.

use super::edges::possible;
use super::report::Report;
use super::{counters, targets};
use crate::flow::model::{Flow, Kind};
use crate::words::Level;
use std::collections::BTreeSet;

/// Whether sub-flows call each other in a circle; noted where the circle closes.
pub fn sub_flow_cycle(flow: &Flow, report: &mut Report) -> bool {
    let calls = |b: usize| -> Vec<(usize, usize)> {
        let steps = flow.blocks[b].steps.iter().enumerate();
        steps
            .filter_map(|(s, step)| if let Kind::Call { block, .. } = step.kind { Some((s, block)) } else { None })
            .collect()
    };
    let mut done = vec![false; flow.blocks.len()];
    for root in 0..flow.blocks.len() {
        // Each frame: block, its calls, how many of them were followed.
        let mut stack = vec![(root, calls(root), 0)];
        while let Some((block, followed, next)) = stack.last_mut() {
            let block = *block;
            let Some(&(step, sub)) = followed.get(*next) else {
                done[block] = true;
                stack.pop();
                continue;
            };
            *next += 1;
            if let Some(first) = stack.iter().position(|(b, ..)| *b == sub) {
                let round = stack[first..].iter().map(|(b, ..)| *b).chain([sub]);
                let names: Vec<&str> = round.map(|b| flow.blocks[b].name.as_str()).collect();
                let what = format!("`{}` is called while it is running: {}", flow.blocks[sub].name, names.join(" → "));
                report.at_step(flow, (block, step), "sub-flow-cycle", "call", what, "let one of them return instead");
                return true;
            }
            if !done[sub] {
                stack.push((sub, calls(sub), 0));
            }
        }
    }
    false
}

/// Notes steps nothing leads to, and loops a silent caller could not leave.
pub fn check(flow: &Flow, report: &mut Report) {
    for (b, block) in flow.blocks.iter().enumerate() {
        let roots = if b == 0 { vec![block.start, flow.person, flow.denied] } else { vec![block.start] };
        let reached = reach(roots, |s| targets(&block.steps[s].kind));
        for (s, step) in block.steps.iter().enumerate().filter(|(s, _)| !reached.contains(s)) {
            let what = format!("no path leads to the step `{}`", step.name);
            report.at_step(flow, (b, s), "unreachable", "", what, "lead an option or a `then:` to it, or delete it");
        }
    }
    // Silence proves nothing, so a silent caller stays at the level reached before.
    let mut rounds = BTreeSet::new();
    for level in [Level::L0, Level::L1, Level::L2, Level::L3] {
        let silence = Silence::new(flow, level);
        for (b, block) in flow.blocks.iter().enumerate() {
            let all: BTreeSet<usize> = (0..block.steps.len()).collect();
            let endless = counters::endless(block, &all, &|s| silence.edges(b, s));
            rounds.extend(endless.into_iter().map(|round| (b, round)));
        }
    }
    for (b, round) in rounds {
        let names: Vec<&str> = round.iter().map(|m| flow.blocks[b].steps[*m].name.as_str()).collect();
        let what = format!("a caller who presses nothing goes round for ever: {}", names.join(" → "));
        let hint = "lead `otherwise:` of one of them to a goodbye, or count with `set: { tries: tries + 1 }` and leave with `when: tries >= 3`";
        report.at_step(flow, (b, round[0]), "loop", "", what, hint);
    }
}

/// Where a caller goes who presses nothing and has proved a level.
struct Silence<'f> {
    flow: &'f Flow,
    level: Level,
    /// For each block: whether it comes to its `return`, and whether to a step above the level.
    blocks: Vec<(bool, bool)>,
}

impl Silence<'_> {
    fn new(flow: &Flow, level: Level) -> Silence<'_> {
        let mut silence = Silence { flow, level, blocks: vec![(false, false); flow.blocks.len()] };
        // Calls do not go in circles, so as many rounds as there are blocks settle it.
        for _ in 0..flow.blocks.len() {
            for (b, block) in flow.blocks.iter().enumerate() {
                let reached = reach(vec![block.start], |s| silence.edges(b, s));
                let returns = reached.iter().any(|s| matches!(block.steps[*s].kind, Kind::Return { .. }));
                silence.blocks[b] = (returns, reached.iter().any(|s| silence.is_denied(b, *s)));
            }
        }
        silence
    }

    /// Whether the step needs more than is proved: its caller is asked who is calling, stays silent,
    /// and comes to the hotline's `denied` step.
    fn is_denied(&self, b: usize, s: usize) -> bool {
        let step = &self.flow.blocks[b].steps[s];
        let inside = match &step.kind {
            Kind::Call { block, .. } => self.blocks.get(*block).is_some_and(|(_, denied)| *denied),
            Kind::Verify { .. } => return false,
            _ => false,
        };
        inside || step.needs > self.level
    }

    fn edges(&self, b: usize, s: usize) -> Vec<usize> {
        let step = &self.flow.blocks[b].steps[s];
        let denied = (b == 0 && self.is_denied(b, s)).then_some(self.flow.denied);
        let onward = match &step.kind {
            Kind::Verify { level, then, failed } => vec![if self.level >= *level { *then } else { *failed }],
            _ if step.needs > self.level => Vec::new(),
            Kind::Menu { otherwise, .. } | Kind::Ask { otherwise, .. } | Kind::Score { otherwise, .. } => {
                vec![*otherwise]
            }
            Kind::Record { empty, .. } => vec![*empty],
            Kind::When { cases, otherwise } => possible(cases, *otherwise, self.level),
            Kind::Call { block, .. } if !self.blocks.get(*block).is_some_and(|(returns, _)| *returns) => Vec::new(),
            kind => targets(kind),
        };
        onward.into_iter().chain(denied).collect()
    }
}

fn reach(roots: Vec<usize>, next: impl Fn(usize) -> Vec<usize>) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut todo = roots;
    while let Some(s) = todo.pop() {
        if reached.insert(s) {
            todo.extend(next(s));
        }
    }
    reached
}
