//! The way through all states, those first that take the fewest keys.

use super::acts::{Act, Spot, Way};
use super::judge::{Judge, Wrong};
use super::reads::Live;
use super::sameness::Sameness;
use super::{Bounds, Explored, Finding, values};
use crate::call::effect::{Effect, RingAt};
use crate::call::event::{Began, Now};
use crate::call::state::{Phase, Stage, State};
use crate::call::step::Trace;
use crate::call::{Event, Turn, step};
use crate::flow::model::{Flow, Kind, Ring};
use crate::play::DIALLED;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

/// A Monday morning in Asia: where calendars are looked at from.
const MONDAY: Timestamp = Timestamp::constant(1_772_416_800, 0);
/// How long a verification has run out when it has.
const EXPIRED: SignedDuration = SignedDuration::from_mins(11);
/// Documents a caller hears who presses nothing at a question until the call goes on.
const PATIENCE: u8 = 3;
/// How far a moment is looked for at which a calendar is open or closed, in hours.
const HOURS: i64 = 24 * 14;

/// A state, and how it was come to.
pub struct Node {
    /// The call; taken when everything was tried on it.
    state: Option<Box<State>>,
    /// The state before and what happened there.
    from: Option<(u32, String)>,
    /// Keys to it.
    far: usize,
    /// Events to it.
    deep: usize,
    /// Block and step.
    pub at: (usize, usize),
    /// What can happen, and where it leads.
    pub edges: Vec<Edge>,
    /// Keys are waited for, and none was wrong or missing yet.
    pub asked: bool,
    /// Everything was tried here.
    pub tried: bool,
    /// Waits inside of what arranges a callback, or has arranged one.
    pub callback: bool,
    /// The call is over.
    pub ended: bool,
}

/// One thing that can happen at a state.
#[derive(Clone, Copy)]
pub struct Edge {
    /// What sort of thing.
    pub way: Way,
    /// A desk rings on the way.
    pub rings: bool,
    /// Documents heard on the way, when nobody does anything.
    pub documents: u8,
    /// The state it leads to.
    pub to: u32,
}

/// What is known of a flow and its calls so far.
pub struct Walk<'f> {
    pub(super) flow: &'f Flow,
    pub(super) bounds: Bounds,
    pub(super) nodes: Vec<Node>,
    live: Live,
    same: Sameness,
    judge: Judge<'f>,
    known: HashMap<u64, u32>,
    queue: VecDeque<u32>,
    /// Stages of waits that were tried in full.
    tried: HashSet<(usize, usize, u8, u8, u8)>,
    pub(super) visited: BTreeSet<(usize, usize)>,
    pressed: BTreeSet<(usize, usize, String)>,
    found: BTreeMap<(&'static str, Option<(usize, usize)>, String), Finding>,
    /// When each calendar asked is open, and when closed.
    moments: HashMap<String, [Option<Timestamp>; 2]>,
    now: Now,
    rings: Vec<bool>,
    transitions: usize,
    pub(super) hit: BTreeSet<&'static str>,
}

impl<'f> Walk<'f> {
    /// A walk that has not begun.
    pub fn new(flow: &'f Flow, bounds: Bounds) -> Walk<'f> {
        let live = Live::of(flow);
        let moments = moments(flow);
        // Open where it can be: by day there is more to hear.
        let now = moments.get(&flow.hours).or(moments.values().next()).and_then(|m| m[0]).unwrap_or(MONDAY);
        let rings = |kind: &Kind| matches!(kind, Kind::Request(request) if !matches!(request.number, Ring::Nobody));
        Walk {
            flow,
            bounds,
            nodes: Vec::new(),
            same: Sameness::of(flow, &live),
            live,
            judge: Judge::new(flow, now),
            known: HashMap::new(),
            queue: VecDeque::new(),
            tried: HashSet::new(),
            visited: BTreeSet::new(),
            pressed: BTreeSet::new(),
            found: BTreeMap::new(),
            moments,
            now,
            rings: flow.blocks.iter().map(|block| block.steps.iter().any(|step| rings(&step.kind))).collect(),
            transitions: 0,
            hit: BTreeSet::new(),
        }
    }

    /// Tries everything, from both beginnings: with the caller's number and without.
    pub fn all(&mut self) {
        for from in [values::caller(self.flow), None] {
            let what = if from.is_some() { "a call" } else { "a call without a number" };
            let began = Began { dialled: DIALLED.to_owned(), from, test: false, lang: None };
            let mut state = State::new(self.flow, began.clone());
            state.fiction = true;
            let turn = step(self.flow, state.clone(), Event::Began(began), self.now);
            self.take(None, what, &state, &Act::Slow, turn, self.now);
        }
        while let Some(next) = self.queue.pop_front() {
            if self.nodes.len() >= self.bounds.states {
                self.hit.insert("states");
            }
            if self.transitions >= self.bounds.transitions {
                self.hit.insert("transitions");
            }
            if !self.hit.is_empty() {
                break;
            }
            self.expand(next);
        }
    }

    fn expand(&mut self, node: u32) {
        let place = &mut self.nodes[node as usize];
        let Some(state) = place.state.take() else { return };
        place.tried = true;
        let at = place.at;
        let flow = self.flow;
        let Some(here) = flow.blocks.get(at.0).and_then(|block| block.steps.get(at.1)) else { return };
        let (stage, silent, wrong) = stage(&state);
        let fresh = self.tried.insert((at.0, at.1, stage, silent, wrong));
        let spot = Spot { flow, live: &self.live, at, step: here, now: self.now, fresh };
        let acts = spot.acts(&state);
        let menu = matches!(&state.phase, Phase::Waiting(wait) if spot.is_menu(&wait.stage));
        for act in acts {
            let way = act.way(menu);
            let label = act.show(matches!(pin(&state), Some(())), !menu);
            if let Act::Expires = act {
                let mut later = (*state).clone();
                later.verified.iter_mut().for_each(|verified| verified.at = self.now - EXPIRED);
                let to = self.insert(Some(node), label, way, later);
                self.edge(node, Edge { way, rings: false, documents: 0, to });
                continue;
            }
            if let Act::GivesUp = act {
                self.gives_up(node, &label, &state);
                continue;
            }
            self.tries(Some(node), way, &label, &state, &act);
        }
    }

    /// A caller who presses nothing until the call goes on by itself.
    fn gives_up(&mut self, node: u32, label: &str, state: &State) {
        let mut state = state.clone();
        for _ in 1..PATIENCE {
            let turn = step(self.flow, state.clone(), Event::Silence, self.now);
            let again = matches!(&turn.state.phase, Phase::Waiting(wait) if wait.silent > 0);
            if !again {
                break;
            }
            self.transitions += 1;
            state = turn.state;
        }
        self.tries(Some(node), Way::Silence, label, &state, &Act::GivesUp);
    }

    /// Something happens, and once more for each calendar asked on the way that may be the other.
    fn tries(&mut self, from: Option<u32>, way: Way, label: &str, state: &State, act: &Act) {
        let turn = step(self.flow, state.clone(), act.event(), self.now);
        let calendars = self.calendars(&turn.trail);
        self.take(from.map(|node| (node, way)), label, state, act, turn, self.now);
        for (open, moment) in calendars {
            let other = shifted(state, moment.duration_since(self.now));
            let turn = step(self.flow, other.clone(), act.event(), moment);
            let label = format!("{label} when it is {}", if open { "open" } else { "closed" });
            self.take(from.map(|node| (node, way)), &label, &other, act, turn, moment);
        }
    }

    fn edge(&mut self, node: u32, edge: Edge) {
        let edges = &mut self.nodes[node as usize].edges;
        if !edges.iter().any(|own| own.to == edge.to && own.way == edge.way && own.rings == edge.rings) {
            edges.push(edge);
        }
    }

    /// The other moments at which the calendars asked on the way answer differently.
    fn calendars(&self, trail: &[Trace]) -> Vec<(bool, Timestamp)> {
        let mut others = Vec::new();
        for trace in trail {
            let Trace::Step(place) = trace else { continue };
            let Some((b, s)) = self.judge.place(place) else { continue };
            let Kind::Hours { calendar, .. } = &self.flow.blocks[b].steps[s].kind else { continue };
            let is_open = self.flow.calendars.get(calendar).is_some_and(|calendar| calendar.is_open(self.now));
            let moment = self.moments.get(calendar).and_then(|moments| moments[usize::from(is_open)]);
            others.extend(moment.map(|moment| (!is_open, moment)));
        }
        others.dedup();
        others
    }

    /// Takes a turn in: what was reached, what is wrong with it, where it leads.
    fn take(&mut self, from: Option<(u32, Way)>, label: &str, before: &State, act: &Act, turn: Turn, now: Now) {
        self.transitions += 1;
        for wrong in self.judge.judge(before, act, &turn, now) {
            self.note(wrong, from.map(|(node, _)| node), label);
        }
        let mut new = false;
        for trace in &turn.trail {
            match trace {
                Trace::Step(place) => new |= self.judge.place(place).is_some_and(|at| self.visited.insert(at)),
                Trace::Key(key) => {
                    if let Some((b, s)) = self.judge.place(&before.place()) {
                        self.pressed.insert((b, s, key.clone()));
                    }
                }
                _ => {}
            }
        }
        if new {
            self.in_other_languages(from.map(|(node, _)| node), label, before, act, now);
        }
        let rings = turn.trail.iter().any(|trace| matches!(trace, Trace::Rings(_)));
        let (mut after, way) = (turn.state, from.map_or(Way::World, |(_, way)| way));
        if let Some(verified) = &mut after.verified {
            let counts = now.duration_since(verified.at) < EXPIRED - SignedDuration::from_mins(1);
            verified.at = if counts { self.now } else { self.now - EXPIRED };
        }
        after.turn = 0;
        after.collected.clear();
        let to = self.insert(from.map(|(node, _)| node), label.to_owned(), way, after);
        if let Some((node, way)) = from {
            let documents = match act {
                Act::GivesUp => PATIENCE,
                Act::Silence => 1,
                _ => 0,
            };
            self.edge(node, Edge { way, rings, documents, to });
        }
    }

    /// The same turn in the other languages, where it is the first to come to a step.
    fn in_other_languages(&mut self, from: Option<u32>, label: &str, before: &State, act: &Act, now: Now) {
        let choosing = self
            .judge
            .place(&before.place())
            .is_some_and(|(b, s)| matches!(self.flow.blocks[b].steps[s].kind, Kind::Language { .. }));
        let others: Vec<_> = self.flow.languages.iter().copied().filter(|lang| *lang != before.lang).collect();
        for lang in others {
            let mut state = before.clone();
            state.lang = lang;
            let act = act.in_language(self.flow, lang, choosing);
            let event = if from.is_none() { Event::Began(before.began.clone()) } else { act.event() };
            let turn = step(self.flow, state.clone(), event, now);
            for wrong in self.judge.judge(&state, &act, &turn, now) {
                self.note(wrong, from, label);
            }
        }
    }

    /// The state's number; a new one is kept to be tried.
    fn insert(&mut self, from: Option<u32>, label: String, way: Way, state: State) -> u32 {
        let number = self.same.number(&state, self.now);
        let (far, deep) = from.map_or((0, 0), |node| {
            let node = &self.nodes[node as usize];
            (node.far + usize::from(way != Way::World), node.deep + 1)
        });
        if let Some(known) = self.known.get(&number) {
            let node = &mut self.nodes[*known as usize];
            if far < node.far && node.state.is_some() {
                (node.far, node.deep, node.from) = (far, deep, from.map(|from| (from, label)));
                self.queue.push_front(*known);
            }
            return *known;
        }
        let id = self.nodes.len() as u32;
        let at = state.frames.last().and_then(|frame| self.same.place(frame)).unwrap_or_default();
        let waiting = match &state.phase {
            Phase::Waiting(wait) => Some((!matches!(wait.stage, Stage::Ringing { .. }), wait.silent + wait.wrong)),
            _ => None,
        };
        let ended = state.ending().is_some();
        self.known.insert(number, id);
        let edges = Vec::new();
        self.nodes.push(Node {
            callback: match &state.phase {
                Phase::Waiting(wait) if matches!(wait.stage, Stage::Ringing { .. }) => false,
                Phase::Waiting(_) => self.rings.get(at.0).is_some_and(|rings| *rings),
                Phase::Looking(looking) => {
                    matches!(&looking.effect, Effect::FileRequest(new) if new.ring != RingAt::Nobody)
                }
                Phase::Ended(_) => false,
            },
            asked: matches!(waiting, Some((true, 0))),
            state: Some(Box::new(state)),
            from: from.map(|from| (from, label)),
            far,
            deep,
            at,
            edges,
            tried: false,
            ended,
        });
        if way == Way::World {
            self.queue.push_front(id)
        } else {
            self.queue.push_back(id)
        }
        id
    }

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
        while let Some((from, label)) = next.and_then(|node| self.nodes[node as usize].from.as_ref()) {
            way.push(label.clone());
            next = Some(*from);
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

/// Kind of phase and counters.
fn stage(state: &State) -> (u8, u8, u8) {
    match &state.phase {
        Phase::Waiting(wait) => {
            let stage = match wait.stage {
                Stage::Step => 0,
                Stage::Account(_) => 1,
                Stage::Pin { .. } => 2,
                Stage::Ringing { .. } => 3,
            };
            (stage, wait.silent, wait.wrong)
        }
        Phase::Looking(looking) => (if looking.check.is_some() { 4 } else { 5 }, looking.fillers, 0),
        Phase::Ended(_) => (6, 0, 0),
    }
}

fn pin(state: &State) -> Option<()> {
    matches!(&state.phase, Phase::Waiting(wait) if matches!(wait.stage, Stage::Pin { .. })).then_some(())
}

/// The same call at another moment: what has run out has, what counts does.
fn shifted(state: &State, by: SignedDuration) -> State {
    let mut state = state.clone();
    if let Some(verified) = &mut state.verified {
        verified.at = verified.at.checked_add(by).unwrap_or(verified.at);
    }
    state
}

/// When the calendars that steps ask are open, and when closed.
fn moments(flow: &Flow) -> HashMap<String, [Option<Timestamp>; 2]> {
    let asked = flow.blocks.iter().flat_map(|block| &block.steps).filter_map(|step| match &step.kind {
        Kind::Hours { calendar, .. } => Some(calendar),
        _ => None,
    });
    let mut moments = HashMap::new();
    for name in asked.chain([&flow.hours]) {
        let Some(calendar) = flow.calendars.get(name) else { continue };
        let all = || (0..HOURS).filter_map(|hour| MONDAY.checked_add(SignedDuration::from_hours(hour)).ok());
        let when = |open: bool| all().find(|at| calendar.is_open(*at) == open);
        moments.entry(name.clone()).or_insert_with(|| [when(true), when(false)]);
    }
    moments
}
