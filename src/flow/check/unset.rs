//! Set on every way: holes, conditions and arguments use only what every way there has set.

use super::edges::{Edge, OTHER, THEN, edges};
use super::names::Variables;
use super::report::{Report, Said, Spot};
use super::routes::route;
use super::tokens::{Set, Tokens, Use};
use super::ways::{Context, LEVELS, Node, Ways, block_of, level_of, step_of};
use crate::flow::model::Kind;
use crate::words::Level;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Notes uses of what some way has not set, each with the fewest keys of such a way.
pub fn check(ways: &Ways, variables: &Variables, report: &mut Report) {
    let tokens: Vec<Tokens> = (0..ways.flow.blocks.len()).map(|b| Tokens::new(ways, variables, b)).collect();
    // Whether every way into a context knows the number that calls.
    let mut number_known: Vec<Option<bool>> = vec![None; ways.flow.blocks.len() * LEVELS];
    let mut told = BTreeSet::new();
    for context in ways.contexts() {
        let block = block_of(context);
        let flowing = Flowing { ways, tokens: &tokens[block], context, block };
        let before = flowing.solve(number_known[context].unwrap_or_default());
        let mut missing: BTreeMap<(usize, String), Missing> = BTreeMap::new();
        for at in ways.nodes(context) {
            let Some(set) = &before[at] else { continue };
            if let Some(called) = ways.called(block, at) {
                let known = set.has(Tokens::NUMBER);
                number_known[called] = Some(number_known[called].unwrap_or(true) && known);
            }
            for found in flowing.missing(at, set) {
                let place = (step_of(at), found.name.clone());
                let keys = ways.walked[context].keys[at];
                let nearer = missing.get(&place).is_none_or(|other| keys < ways.walked[context].keys[other.at]);
                if nearer {
                    missing.insert(place, Missing { at, found });
                }
            }
        }
        for ((step, name), missing) in missing {
            if told.insert((block, step, name)) {
                flowing.note(missing, report);
            }
        }
    }
}

struct Missing<'f> {
    at: Node,
    found: Use<'f>,
}

/// A context along which what is set flows.
struct Flowing<'a> {
    ways: &'a Ways<'a>,
    tokens: &'a Tokens,
    context: Context,
    block: usize,
}

impl<'a> Flowing<'a> {
    /// What every way to a node has set, from the first step on; what a step uses counts as set
    /// behind it, so that one omission is told once.
    fn solve(&self, number_known: bool) -> Vec<Option<Set>> {
        let mut before: Vec<Option<Set>> = vec![None; self.ways.flow.blocks[self.block].steps.len() * LEVELS];
        let mut first = self.tokens.taken();
        if number_known {
            first.add(Tokens::NUMBER);
        }
        let start = self.ways.start(self.context);
        before[start] = Some(first);
        let mut todo = VecDeque::from([start]);
        let mut waiting = vec![false; before.len()];
        while let Some(at) = todo.pop_front() {
            waiting[at] = false;
            let Some(set) = before[at].clone() else { continue };
            for edge in edges(self.ways, self.block, at) {
                let mut after = set.clone();
                self.gains(at, &edge).into_iter().for_each(|token| after.add(token));
                let changed = match &mut before[edge.to] {
                    Some(known) => known.keep_common(&after),
                    slot => {
                        *slot = Some(after);
                        true
                    }
                };
                if changed && !std::mem::replace(&mut waiting[edge.to], true) {
                    todo.push_back(edge.to);
                }
            }
        }
        before
    }

    /// What is known to be set behind an edge beyond what was set before the step.
    fn gains(&self, at: Node, edge: &Edge) -> Vec<usize> {
        let kind = &self.ways.flow.blocks[self.block].steps[step_of(at)].kind;
        let mut gained: Vec<usize> = Vec::new();
        match kind {
            Kind::When { cases, .. } => {
                let taken = if edge.exit == OTHER { cases.len() } else { edge.exit };
                cases.iter().take(taken).for_each(|(expr, _)| self.tokens.refine(expr, false, &mut gained));
                cases.get(taken).iter().for_each(|(expr, _)| self.tokens.refine(expr, true, &mut gained));
            }
            _ if edge.exit == THEN => self.tokens.sets(self.ways, kind, &mut gained),
            _ => {}
        }
        gained.extend(self.tokens.used(step_of(at)));
        gained
    }

    /// What a step uses although it may be unset.
    fn missing(&self, at: Node, set: &Set) -> Vec<Use<'a>> {
        let step = &self.ways.flow.blocks[self.block].steps[step_of(at)];
        let level = self.ways.level(self.block, at).max(level_of(at));
        let mut uses = self.tokens.uses(&step.kind);
        uses.retain(|used| match used.token {
            Some(token) => !set.has(token),
            None => level == Level::L0,
        });
        // Of a record that is not set, its fields are not told too.
        let whole: Vec<String> = uses.iter().map(|used| format!("{}.", used.name)).collect();
        uses.retain(|used| !whole.iter().any(|record| used.name.starts_with(record)));
        uses
    }

    /// Tells of a use, with a way on which nothing has set what it uses.
    fn note(&self, missing: Missing, report: &mut Report) {
        let Missing { at, found } = missing;
        let Use { name, token, expr, lang } = found;
        let ways = self.ways;
        let without = |from: Node, edge: &Edge| token.is_none_or(|token| !self.gains(from, edge).contains(&token));
        let walked = ways.walk(self.context, &without);
        // With no way that is known to lack it, the shortest is shown.
        let walked = if walked.keys[at] == super::ways::FAR { &ways.walked[self.context] } else { &walked };
        let route = route(ways, self.context, walked, at);
        let way = route.told(ways);
        let (what, hint) = match name.as_str() {
            "caller.number" => (
                format!("`caller.number` is not known of callers who withhold it: {way}"),
                "branch before it: `when: [{ if: known(caller.number), go: … }]`".to_owned(),
            ),
            "caller.account" | "caller.name" => (
                format!("`{name}` is known of verified callers only, and others come here: {way}"),
                "lead the way through `verify:`, or branch with `when: [{ if: caller.level >= 2, go: … }]`".to_owned(),
            ),
            _ => (
                format!("`{name}` is not set on every way here: {way}"),
                format!("set it on that way too, or branch before it: `when: [{{ if: known({name}), go: … }}]`"),
            ),
        };
        let spot = Spot::Expr(self.block, step_of(at), expr, lang);
        report.note(ways.flow, spot, Said::block("unset", what, hint).shown(Some(&route)));
    }
}
