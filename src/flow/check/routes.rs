//! A way through a flow in words: the steps passed and the keys pressed.

use super::edges::{By, SILENCES};
use super::ways::{Context, FAR, Node, Walked, Ways, block_of, step_of};
use crate::flow::model::{Identity, Kind};
use crate::flow::value::Typing;
use crate::words::Level;

/// Names told of a long way, at its beginning and at its end.
const TOLD: (usize, usize) = (2, 4);

/// A way from the beginning of a call.
#[derive(Clone, Default, Debug)]
pub struct Route {
    /// Block and step of every step passed, the last one is where it leads.
    pub steps: Vec<(usize, usize)>,
    /// What the caller does, one entry for each turn.
    pub keys: Vec<String>,
}

impl Route {
    /// The steps by name, the middle of a long way left out.
    pub fn told(&self, ways: &Ways) -> String {
        let name = |(block, step): &(usize, usize)| {
            let block = &ways.flow.blocks[*block];
            let name = &block.steps[*step].name;
            if block.name == ways.flow.name { name.clone() } else { format!("{}/{name}", block.name) }
        };
        let names: Vec<String> = self.steps.iter().map(name).collect();
        if names.len() <= TOLD.0 + TOLD.1 + 1 {
            return names.join(" → ");
        }
        let (begin, end) = (names[..TOLD.0].join(" → "), names[names.len() - TOLD.1..].join(" → "));
        format!("{begin} → … → {end}")
    }
}

/// The shortest way to a node; `walked` is a walk of its context, of all edges or of some.
pub fn route(ways: &Ways, context: Context, walked: &Walked, to: Node) -> Route {
    let mut route = Route::default();
    before(ways, context, &mut route);
    inside(ways, context, walked, to, &mut route);
    route.steps.push((block_of(context), step_of(to)));
    route
}

/// The way to a node of a context with the fewest keys among several.
pub fn nearest(ways: &Ways, nodes: impl Iterator<Item = (Context, Node)>) -> Option<Route> {
    let keys = |(context, at): (Context, Node)| {
        let own = ways.walked[context].keys[at];
        let (before, _) = ways.entered[context]?;
        (own != FAR).then(|| (before + own, context, at))
    };
    let (_, context, at) = nodes.filter_map(keys).min()?;
    Some(route(ways, context, &ways.walked[context], at))
}

/// The way to the beginning of a context.
fn before(ways: &Ways, context: Context, route: &mut Route) {
    if let Some((_, Some((caller, at)))) = ways.entered[context] {
        before(ways, caller, route);
        inside(ways, caller, &ways.walked[caller], at, route);
        route.steps.push((block_of(caller), step_of(at)));
    }
}

/// The way inside a context, without its last step.
fn inside(ways: &Ways, context: Context, walked: &Walked, to: Node, route: &mut Route) {
    let mut back = Vec::new();
    let mut at = to;
    while let Some((from, by)) = walked.from[at] {
        back.push((from, by));
        at = from;
    }
    for (from, by) in back.into_iter().rev() {
        route.steps.push((block_of(context), step_of(from)));
        press(ways, block_of(context), from, by, route);
    }
}

/// What is pressed to go on from a node.
fn press(ways: &Ways, block: usize, at: Node, by: By, route: &mut Route) {
    let called = ways.called(block, at);
    match (by, called) {
        (By::Through(level), Some(called)) => {
            if let Some((_, last)) = ways.summaries[called].returns[level as usize] {
                inside(ways, called, &ways.walked[called], last, route);
                route.steps.push((block_of(called), step_of(last)));
            }
        }
        (By::Person(level), Some(called)) => {
            if let Some((_, wait)) = ways.summaries[called].waits[level as usize] {
                inside(ways, called, &ways.walked[called], wait, route);
                route.steps.push((block_of(called), step_of(wait)));
                press(ways, block_of(called), wait, by, route);
            }
        }
        (By::Denied, Some(called)) => {
            if let Some((_, needing)) = ways.summaries[called].needs {
                inside(ways, called, &ways.walked[called], needing, route);
                route.steps.push((block_of(called), step_of(needing)));
                press(ways, block_of(called), needing, by, route);
            }
        }
        _ => {
            let kind = &ways.flow.blocks[block].steps[step_of(at)].kind;
            route.keys.extend(keys(kind, by, ways.flow.identity));
        }
    }
}

/// The keys of an edge at a step.
fn keys(kind: &Kind, by: By, identity: Identity) -> Vec<String> {
    let silent = |times: u32| vec!["-".to_owned(); times as usize];
    match by {
        By::On | By::Through(_) => Vec::new(),
        By::Key(key) => vec![key.to_string()],
        By::Typed => vec![typed(kind)],
        By::Speaks => vec!["<message>".into()],
        By::Silent(times) => silent(times),
        By::Denied => silent(SILENCES),
        By::Person(_) => vec![person_key(kind).into()],
        By::Proves(level) => {
            let proof: &[&str] = match identity {
                _ if level <= Level::L1 => &[],
                _ if level == Level::L3 => &["<PIN>#", "<code>#"],
                Identity::Pin => &["<PIN>#"],
                Identity::Code => &["<code>#"],
                Identity::Knowledge => &["<birth date>#", "<document>#"],
            };
            std::iter::once("<account>#").chain(proof.iter().copied()).map(str::to_owned).collect()
        }
    }
}

/// The key for a person: where digits are data it begins with a star.
pub fn person_key(kind: &Kind) -> &'static str {
    if matches!(kind, Kind::Ask { .. } | Kind::Verify { .. }) { "*0" } else { "0" }
}

/// Something an `ask` takes.
fn typed(kind: &Kind) -> String {
    let Kind::Ask { typing, .. } = kind else { return String::new() };
    let digits = match typing {
        Typing::Digits { from, .. } => (1..=*from).map(|n| char::from(b'0' + n % 10)).collect(),
        Typing::Number { from, .. } => from.to_string(),
        Typing::Amount(_) => "100".into(),
        Typing::Date => "20260115".into(),
        Typing::Phone => "<number>".into(),
    };
    format!("{digits}#")
}
