//! A person or a callback within two keys and twenty seconds from everywhere. Key 0 leads to one
//! step from every wait, so the way from there is what is looked at: the caller presses as soon as
//! keys are taken and chooses the best option; everything else goes as badly as it can.

use super::edges::possible;
use super::report::{Report, Said, Spot};
use super::routes::{Route, nearest};
use super::seconds::{Millis, Seconds, told};
use super::ways::{Ways, node, step_of, waits};
use crate::flow::model::{Flow, Kind, Ring};
use crate::words::{Lang, Level};
use std::collections::HashMap;

/// Keys until a person or a callback, key 0 among them.
pub const KEYS: u32 = 2;
/// Seconds until then.
pub const WITHIN: Millis = 20_000;
/// How long a line's notices take at most.
const NOTICES: Millis = 8_000;
/// Steps walked without waiting: a call that walks more says that it is lost.
const STEPS_A_TURN: usize = 64;
/// Steps looked at altogether; who needs more is not two keys away.
const LOOKED_AT: usize = 20_000;

/// What is between key 0 and a person in a language.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reached {
    /// Keys pressed, the 0 among them.
    pub keys: u32,
    /// How long it takes.
    pub takes: Millis,
}

/// The longest it takes from any wait in a language; `None`: not with that few keys.
pub fn reached(ways: &Ways, seconds: &Seconds, lang: Lang) -> Option<Reached> {
    levels(ways).into_iter().map(|level| from_key_0(ways, seconds, lang, level)).try_fold(
        Reached { keys: 0, takes: 0 },
        |worst, own| {
            let own = own?;
            Some(Reached { keys: worst.keys.max(own.keys), takes: worst.takes.max(own.takes) })
        },
    )
}

/// Notes the languages in which it takes too long, and where it takes too many keys.
pub fn check(ways: &Ways, seconds: &Seconds, report: &mut Report) {
    let flow = ways.flow;
    let mut slow: Option<(Millis, Lang)> = None;
    for lang in &flow.languages {
        match reached(ways, seconds, *lang) {
            None => {
                let what = format!(
                    "key 0 leads to `{}`, and from there no person rings and no callback is asked for within {KEYS} keys",
                    flow.blocks[0].steps[flow.person].name
                );
                let hint =
                    "lead `person:` to a `transfer`, or to a sub-flow that records a callback, like `call-me-back`";
                let said = Said::block("person", what, hint).shown(to_person(ways).as_ref());
                return report.note(flow, Spot::Top(0, "person"), said);
            }
            Some(own) if own.takes > WITHIN && slow.is_none_or(|(other, _)| own.takes > other) => {
                slow = Some((own.takes, *lang));
            }
            Some(_) => {}
        }
    }
    if let Some((takes, lang)) = slow {
        let what = format!(
            "key 0 leads to `{}`, and from there it takes {} s until a person rings or a callback is asked for (in {lang}; at most {} s)",
            flow.blocks[0].steps[flow.person].name,
            told(takes),
            WITHIN / 1000
        );
        let hint = "say less on the way, or say it after the question";
        let said = Said::block("person", what, hint).shown(to_person(ways).as_ref());
        report.note(flow, Spot::Top(0, "person"), said);
    }
}

/// The shortest way to the step behind key 0 that is by that key.
fn to_person(ways: &Ways) -> Option<Route> {
    let waits = levels(ways).into_iter().map(|level| (0, node(ways.flow.person, level)));
    nearest(ways, waits)
}

/// The levels with which key 0 can be pressed.
fn levels(ways: &Ways) -> Vec<Level> {
    let mut levels = Vec::new();
    for context in ways.contexts() {
        let block = context / super::ways::LEVELS;
        for at in ways.nodes(context) {
            let level = ways.level(block, at);
            if waits(&ways.flow.blocks[block].steps[step_of(at)].kind, level) && !levels.contains(&level) {
                levels.push(level);
            }
        }
    }
    // A flow that asks for nothing is left at its person step all the same.
    if levels.is_empty() { vec![Level::L0] } else { levels }
}

fn from_key_0(ways: &Ways, seconds: &Seconds, lang: Lang, level: Level) -> Option<Reached> {
    let mut looking = Looking {
        ways,
        seconds,
        lang,
        asks: ways.flow.blocks.iter().map(records_a_ring).collect(),
        known: HashMap::new(),
        looked_at: 0,
    };
    let said = seconds.phrase("person", lang);
    (1..=KEYS).find_map(|keys| {
        looking.known.clear();
        let onward = looking.from(&[], 0, ways.flow.person, level, keys - 1, 0).after(said);
        onward.turn().map(|takes| Reached { keys, takes })
    })
}

/// Whether a block's own steps record a request that rings somebody.
fn records_a_ring(block: &crate::flow::Block) -> bool {
    block.steps.iter().any(|step| rings(&step.kind))
}

fn rings(kind: &Kind) -> bool {
    matches!(kind, Kind::Request(request) if !matches!(request.number, Ring::Nobody))
}

/// How long it takes from a step at worst. Words before a wait are heard whole when the wait is the
/// question that is sought, and cut short by a key when it is another one.
#[derive(Clone, Copy)]
struct Onward {
    /// Some way never comes there.
    never: bool,
    /// Ways on which all that was said in this turn is heard.
    heard: Option<Millis>,
    /// Ways on which a key cuts it short: how long it takes after the key, and with all that is said
    /// before.
    cut: Option<(Millis, Millis)>,
}

impl Onward {
    const NEVER: Onward = Onward { never: true, heard: None, cut: None };
    const HERE: Onward = Onward { never: false, heard: Some(0), cut: None };

    /// The worse of two.
    fn or(self, other: Onward) -> Onward {
        let cut = match (self.cut, other.cut) {
            (Some(a), Some(b)) => Some((a.0.max(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        Onward { never: self.never || other.never, heard: self.heard.max(other.heard), cut }
    }

    /// With words before it that a key cuts short.
    fn after(self, said: Millis) -> Onward {
        Onward { heard: self.heard.map(|t| t + said), cut: self.cut.map(|(t, all)| (t, all + said)), ..self }
    }

    /// With words before it that no key cuts short: all of the turn is heard then.
    fn after_firm(self, said: Millis) -> Onward {
        let all = self.cut.map(|(_, all)| all);
        Onward { heard: self.heard.max(all).map(|t| t + said), cut: None, ..self }
    }

    /// How long it takes from the beginning of a turn.
    fn turn(self) -> Option<Millis> {
        if self.never { None } else { self.heard.max(self.cut.map(|(t, _)| t)) }
    }
}

/// Where a way is: the calls it is in, block and step, level, keys left.
type Place = (Vec<(usize, usize)>, usize, usize, Level, u32);

struct Looking<'a> {
    ways: &'a Ways<'a>,
    seconds: &'a Seconds<'a>,
    lang: Lang,
    /// By block: whether its questions are those for a callback.
    asks: Vec<bool>,
    known: HashMap<Place, Onward>,
    looked_at: usize,
}

impl Looking<'_> {
    fn flow(&self) -> &Flow {
        self.ways.flow
    }

    /// From a step on, `depth` steps into the turn.
    fn from(&mut self, calls: &[(usize, usize)], b: usize, s: usize, level: Level, keys: u32, depth: usize) -> Onward {
        let place = (calls.to_vec(), b, s, level, keys);
        if let Some(known) = self.known.get(&place) {
            return *known;
        }
        self.looked_at += 1;
        if depth > STEPS_A_TURN || self.looked_at > LOOKED_AT {
            return Onward::NEVER;
        }
        // A way that comes round to where it is never ends.
        self.known.insert(place.clone(), Onward::NEVER);
        let onward = self.step(calls, b, s, level, keys, depth);
        self.known.insert(place, onward);
        onward
    }

    fn step(&mut self, calls: &[(usize, usize)], b: usize, s: usize, level: Level, keys: u32, depth: usize) -> Onward {
        let ways = self.ways;
        let step = &ways.flow.blocks[b].steps[s];
        let said = self.seconds.step(b, &step.kind, self.lang);
        let level = if matches!(step.kind, Kind::Verify { .. }) { level } else { level.max(step.needs) };
        let question = self.is_question(b, s, level);
        match &step.kind {
            _ if question || rings(&step.kind) => Onward::HERE,
            Kind::Transfer(_) => Onward::HERE.after(said),
            Kind::Say { barge_in, then, .. } => {
                let rest = self.from(calls, b, *then, level, keys, depth + 1);
                if *barge_in { rest.after(said) } else { rest.after_firm(said) }
            }
            // Nobody is sure to prove who they are, and a message is no key.
            Kind::Verify { level: wanted, then, .. } if level >= *wanted => {
                self.from(calls, b, *then, level, keys, depth + 1)
            }
            Kind::Verify { .. } | Kind::HangUp { .. } | Kind::Record { .. } => Onward::NEVER,
            kind if waits(kind, level) => self.wait(calls, b, kind, level, keys, said),
            Kind::Call { block, .. } => {
                let inner: Vec<_> = calls.iter().copied().chain([(b, s)]).collect();
                let start = self.flow().blocks[*block].start;
                self.from(&inner, *block, start, level, keys, depth + 1)
            }
            Kind::Return { .. } => match calls.split_last() {
                Some(((b, s), outer)) => match ways.flow.blocks[*b].steps[*s].kind {
                    Kind::Call { then, .. } => self.from(outer, *b, then, level, keys, depth + 1),
                    _ => Onward::NEVER,
                },
                None => Onward::NEVER,
            },
            kind => {
                let waited = match kind {
                    Kind::Notices { .. } => NOTICES,
                    Kind::Lookup { source, .. } | Kind::Act { source, .. } => {
                        let budget = ways.flow.sources.get(source).map(|source| source.budget);
                        budget.map_or(0, |budget| Millis::try_from(budget.as_millis()).unwrap_or(WITHIN))
                    }
                    _ => 0,
                };
                let ends = match kind {
                    Kind::When { cases, otherwise } => possible(cases, *otherwise, level),
                    kind => super::targets(kind),
                };
                let each = ends.into_iter().map(|go| self.from(calls, b, go, level, keys, depth + 1));
                let worst = each.collect::<Vec<_>>().into_iter().reduce(Onward::or).unwrap_or(Onward::NEVER);
                if matches!(kind, Kind::Notices { .. }) { worst.after(waited) } else { worst.after_firm_wait(waited) }
            }
        }
    }

    /// A wait for something else: the caller presses what leads on best.
    fn wait(
        &mut self,
        calls: &[(usize, usize)],
        b: usize,
        kind: &Kind,
        level: Level,
        keys: u32,
        said: Millis,
    ) -> Onward {
        let Some(left) = keys.checked_sub(1) else { return Onward::NEVER };
        let ends: Vec<usize> = match kind {
            Kind::Menu { options, .. } => options.iter().map(|option| option.go).collect(),
            kind => super::targets(kind).into_iter().take(1).collect(),
        };
        let best = ends.into_iter().filter_map(|go| self.from(calls, b, go, level, left, 0).turn()).min();
        match best {
            Some(takes) => Onward { never: false, heard: None, cut: Some((takes, takes + said)) },
            None => Onward::NEVER,
        }
    }

    /// Whether a wait asks about a callback: any in a sub-flow that records one, and in the hotline
    /// itself one whose keys lead to it without another question.
    fn is_question(&self, b: usize, s: usize, level: Level) -> bool {
        let steps = &self.flow().blocks[b].steps;
        if !waits(&steps[s].kind, level) || matches!(steps[s].kind, Kind::Verify { .. }) {
            return false;
        }
        if b > 0 {
            return self.asks[b];
        }
        if !self.asks[0] {
            return false;
        }
        let mut todo = super::targets(&steps[s].kind);
        let mut seen = todo.clone();
        while let Some(next) = todo.pop() {
            let kind = &steps[next].kind;
            if rings(kind) {
                return true;
            }
            if matches!(kind, Kind::Set { .. } | Kind::When { .. } | Kind::Say { .. } | Kind::Hours { .. }) {
                let new: Vec<usize> = super::targets(kind).into_iter().filter(|to| !seen.contains(to)).collect();
                seen.extend(&new);
                todo.extend(new);
            }
        }
        false
    }
}

impl Onward {
    /// With a wait for the world before it, which no key makes shorter.
    fn after_firm_wait(self, waited: Millis) -> Onward {
        let cut = self.cut.map(|(t, all)| (t + waited, all + waited));
        Onward { heard: self.heard.map(|t| t + waited), cut, ..self }
    }
}
