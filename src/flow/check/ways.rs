//! Every way a call can go, as a graph: a node is a step with the level its caller has proved there,
//! an edge what leads on and which keys that takes. Sub-flows are walked once for each level they
//! are entered with and stand in their callers' graph as one edge for each level they return with.
//! Knows the fewest keys to every node; knows nothing of variables or seconds.

use super::edges::{By, Edge, edges};
use crate::flow::model::{Flow, Kind};
use crate::words::Level;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Levels a caller can have.
pub const LEVELS: usize = 4;
/// Nothing leads there.
pub const FAR: u32 = u32::MAX;

/// A step with the level proved there: `step * LEVELS + level`.
pub type Node = usize;

/// A node of a step.
pub fn node(step: usize, level: Level) -> Node {
    step * LEVELS + level as usize
}

/// The step of a node.
pub fn step_of(node: Node) -> usize {
    node / LEVELS
}

/// The level of a node.
pub fn level_of(node: Node) -> Level {
    [Level::L0, Level::L1, Level::L2, Level::L3][node % LEVELS]
}

/// A block entered with a level: `block * LEVELS + level`.
pub type Context = usize;

/// The block of a context.
pub fn block_of(context: Context) -> usize {
    context / LEVELS
}

/// Keys to every node, and the edge that comes there with the fewest.
#[derive(Clone, Default)]
pub struct Walked {
    /// Keys from the block's first step; [`FAR`] where nothing leads.
    pub keys: Vec<u32>,
    /// The node before and how it leads on.
    pub from: Vec<Option<(Node, By)>>,
}

/// What callers of a context need to know of it: keys and the node, by level.
#[derive(Clone, Default)]
pub struct Summary {
    /// The nearest `return` with each level.
    pub returns: [Option<(u32, Node)>; LEVELS],
    /// The nearest wait for keys with each level, in it or in a sub-flow it calls.
    pub waits: [Option<(u32, Node)>; LEVELS],
    /// The nearest step that needs a level, in it or in a sub-flow it calls.
    pub needs: Option<(u32, Node)>,
}

/// How a context is come to: keys from the beginning of the call, and where it is called from.
pub type Entered = (u32, Option<(Context, Node)>);

/// All ways through a flow.
pub struct Ways<'f> {
    /// The flow.
    pub flow: &'f Flow,
    /// Blocks, each before those it calls.
    pub order: Vec<usize>,
    /// By context.
    pub walked: Vec<Walked>,
    /// By context.
    pub summaries: Vec<Summary>,
    /// By context: keys from the beginning of the call, and where it is called from.
    pub entered: Vec<Option<Entered>>,
}

impl<'f> Ways<'f> {
    /// Walks all of a flow whose sub-flows do not call each other in a circle.
    pub fn new(flow: &'f Flow) -> Ways<'f> {
        let contexts = flow.blocks.len() * LEVELS;
        let mut ways = Ways {
            flow,
            order: callers_first(flow),
            walked: vec![Walked::default(); contexts],
            summaries: vec![Summary::default(); contexts],
            entered: vec![None; contexts],
        };
        for block in ways.order.clone().into_iter().rev() {
            // A call begins with nothing proved; sub-flows are entered with any level.
            let entries = if block == 0 { 1 } else { LEVELS };
            for context in (block * LEVELS..).take(entries) {
                ways.walked[context] = ways.walk(context, &|_, _| true);
                ways.summaries[context] = ways.summarize(context);
            }
        }
        ways.enter();
        ways
    }

    /// The contexts a call can be in, callers first.
    pub fn contexts(&self) -> impl Iterator<Item = Context> {
        let all = self.order.iter().flat_map(|block| (block * LEVELS..).take(LEVELS));
        all.filter(|context| self.entered[*context].is_some())
    }

    /// The nodes of a context a call can be at.
    pub fn nodes(&self, context: Context) -> impl Iterator<Item = Node> {
        let keys = &self.walked[context].keys;
        (0..keys.len()).filter(|node| keys[*node] != FAR)
    }

    /// The node a context begins with.
    pub fn start(&self, context: Context) -> Node {
        self.flow.blocks[block_of(context)].start * LEVELS + context % LEVELS
    }

    /// The level a caller has while at a node: at the latest here the one the step needs is proved.
    pub fn level(&self, block: usize, at: Node) -> Level {
        let step = &self.flow.blocks[block].steps[step_of(at)];
        match step.kind {
            Kind::Verify { .. } => level_of(at),
            _ => level_of(at).max(step.needs),
        }
    }

    /// The context a `call` step at a node enters.
    pub fn called(&self, block: usize, at: Node) -> Option<Context> {
        match self.flow.blocks[block].steps[step_of(at)].kind {
            Kind::Call { block: sub, .. } => Some(sub * LEVELS + self.level(block, at) as usize),
            _ => None,
        }
    }

    /// The fewest keys to every node of a context, over the edges that are allowed.
    pub fn walk(&self, context: Context, allowed: &dyn Fn(Node, &Edge) -> bool) -> Walked {
        let block = block_of(context);
        let count = self.flow.blocks[block].steps.len() * LEVELS;
        let mut walked = Walked { keys: vec![FAR; count], from: vec![None; count] };
        let start = self.start(context);
        walked.keys[start] = 0;
        let mut todo = BinaryHeap::from([Reverse((0, start))]);
        while let Some(Reverse((keys, at))) = todo.pop() {
            if keys > walked.keys[at] {
                continue;
            }
            for edge in edges(self, block, at) {
                let keys = keys + edge.keys;
                if keys < walked.keys[edge.to] && allowed(at, &edge) {
                    walked.keys[edge.to] = keys;
                    walked.from[edge.to] = Some((at, edge.by));
                    todo.push(Reverse((keys, edge.to)));
                }
            }
        }
        walked
    }

    fn summarize(&self, context: Context) -> Summary {
        let block = block_of(context);
        let mut summary = Summary::default();
        let nearer = |slot: &mut Option<(u32, Node)>, keys: u32, at: Node| {
            if slot.is_none_or(|(known, _)| keys < known) {
                *slot = Some((keys, at));
            }
        };
        for at in self.nodes(context) {
            let keys = self.walked[context].keys[at];
            let step = &self.flow.blocks[block].steps[step_of(at)];
            let level = self.level(block, at);
            if matches!(step.kind, Kind::Return { .. }) {
                nearer(&mut summary.returns[level as usize], keys, at);
            }
            if waits(&step.kind, level) {
                nearer(&mut summary.waits[level as usize], keys, at);
            }
            if step.needs > Level::L0 {
                nearer(&mut summary.needs, keys, at);
            }
            if let Some(called) = self.called(block, at) {
                let called = &self.summaries[called];
                for (slot, inner) in summary.waits.iter_mut().zip(&called.waits) {
                    inner.iter().for_each(|(more, _)| nearer(slot, keys + more, at));
                }
                called.needs.iter().for_each(|(more, _)| nearer(&mut summary.needs, keys + more, at));
            }
        }
        summary
    }

    /// Finds the shortest way into every context, callers first.
    fn enter(&mut self) {
        self.entered[0] = Some((0, None));
        for block in self.order.clone() {
            for context in block * LEVELS..(block + 1) * LEVELS {
                let Some((before, _)) = self.entered[context] else { continue };
                let calls: Vec<(Context, u32, Node)> = self
                    .nodes(context)
                    .filter_map(|at| Some((self.called(block, at)?, before + self.walked[context].keys[at], at)))
                    .collect();
                for (called, keys, at) in calls {
                    if self.entered[called].is_none_or(|(known, _)| keys < known) {
                        self.entered[called] = Some((keys, Some((context, at))));
                    }
                }
            }
        }
    }
}

/// Whether a caller of a level is asked for keys at a step, so that `0` is heard there.
pub fn waits(kind: &Kind, level: Level) -> bool {
    match kind {
        Kind::Menu { .. } | Kind::Ask { .. } | Kind::Score { .. } | Kind::Language { .. } => true,
        Kind::Verify { level: wanted, .. } => level < *wanted,
        _ => false,
    }
}

/// Blocks in an order in which each stands before those it calls.
pub fn callers_first(flow: &Flow) -> Vec<usize> {
    let calls: Vec<Vec<usize>> = flow
        .blocks
        .iter()
        .map(|block| {
            let called = |kind: &Kind| if let Kind::Call { block, .. } = kind { Some(*block) } else { None };
            let mut called: Vec<usize> = block.steps.iter().filter_map(|step| called(&step.kind)).collect();
            called.sort_unstable();
            called.dedup();
            called
        })
        .collect();
    let mut seen = vec![false; calls.len()];
    let mut finished = Vec::new();
    for root in 0..calls.len() {
        let mut stack = vec![(root, 0)];
        while let Some((block, next)) = stack.pop() {
            if next == 0 && std::mem::replace(&mut seen[block], true) {
                continue;
            }
            match calls[block].get(next) {
                Some(called) => stack.extend([(block, next + 1), (*called, 0)]),
                None => finished.push(block),
            }
        }
    }
    finished.reverse();
    finished
}
