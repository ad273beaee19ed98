//! Numbers of a flow: how far away a person is, how long menus and calls are.

use super::around::Around;
use super::person::{self, Reached};
use super::seconds::{Millis, Seconds};
use super::ways::{Ways, waits};
use super::{menus, targets};
use crate::flow::model::{Flow, Kind};
use crate::words::{Lang, Level};

/// Until the first key is pressed, and no longer.
const FIRST_KEY: Millis = 10_000;

/// What can be counted of a flow.
#[derive(Clone, PartialEq, Debug)]
pub struct Numbers {
    /// The flow.
    pub flow: String,
    /// Steps, those of its sub-flows among them.
    pub steps: usize,
    /// The most menus in a row before any answer.
    pub depth: u32,
    /// Documents a call has at most, when that is known.
    pub turns: Option<u32>,
    /// What depends on the language.
    pub languages: Vec<InLanguage>,
}

/// What can be counted of a flow in a language. Times are estimates, in thousandths of a second.
#[derive(Clone, PartialEq, Debug)]
pub struct InLanguage {
    /// The language.
    pub lang: Lang,
    /// Keys and time from any wait to a person or a callback.
    pub person: Option<(u32, Millis)>,
    /// The menu that takes longest: its step, its options, how long it takes.
    pub menu: Option<(String, usize, Millis)>,
    /// The longest that is said between two waits.
    pub document: Millis,
    /// The longest possible call: every document the longest, and no key before its time is up.
    pub call: Option<Millis>,
}

/// Counts.
pub fn count(ways: &Ways, seconds: &Seconds, around: &Around) -> Numbers {
    let flow = ways.flow;
    let language = |lang: &Lang| {
        let document = longest_document(flow, seconds, *lang);
        InLanguage {
            lang: *lang,
            person: person::reached(ways, seconds, *lang).map(|Reached { keys, takes }| (keys, takes)),
            menu: menus::longest(flow, seconds, *lang),
            document,
            call: around.turns.map(|turns| Millis::from(turns) * (document + FIRST_KEY)),
        }
    };
    Numbers {
        flow: flow.name.clone(),
        steps: flow.blocks.iter().map(|block| block.steps.len()).sum(),
        depth: menus::deepest(flow),
        turns: around.turns,
        languages: flow.languages.iter().map(language).collect(),
    }
}

/// The longest that is said without a wait, each step once: a round of steps that wait for nothing
/// is let through only with a counter.
fn longest_document(flow: &Flow, seconds: &Seconds, lang: Lang) -> Millis {
    let mut longest = 0;
    // What a sub-flow says before its first wait, called blocks first, so that each is known in time.
    let mut begins: Vec<Option<Millis>> = vec![None; flow.blocks.len()];
    let order = super::ways::callers_first(flow);
    for b in order.into_iter().rev() {
        let steps = &flow.blocks[b].steps;
        let takes: Vec<Millis> = steps
            .iter()
            .map(|step| {
                let inner =
                    if let Kind::Call { block, .. } = step.kind { begins[block].unwrap_or_default() } else { 0 };
                seconds.step(b, &step.kind, lang) + inner
            })
            .collect();
        let ends = |s: usize| matches!(steps[s].kind, Kind::Record { .. }) || waits(&steps[s].kind, Level::L0);
        let mut known: Vec<Option<Millis>> = vec![None; steps.len()];
        for root in 0..steps.len() {
            // Depth first without recursion: a step is known when all behind it are.
            let mut stack = vec![(root, false)];
            while let Some((s, done)) = stack.pop() {
                let next = if ends(s) { Vec::new() } else { targets(&steps[s].kind) };
                if done {
                    let rest = next.iter().filter_map(|to| known[*to]).max().unwrap_or_default();
                    known[s] = Some(takes[s] + rest);
                } else if known[s].is_none() {
                    known[s] = Some(0);
                    stack.push((s, true));
                    stack.extend(next.into_iter().filter(|to| known[*to].is_none()).map(|to| (to, false)));
                }
            }
        }
        begins[b] = known[flow.blocks[b].start];
        longest = longest.max(known.iter().flatten().copied().max().unwrap_or_default());
    }
    longest
}
