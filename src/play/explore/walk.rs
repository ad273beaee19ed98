//! The way through all states, those first that take the fewest keys.

use super::acts::{Act, Spot, Way};
use super::graph::{Edge, Node, is_secret, stage};
use super::judge::Judge;
use super::moments::{MONDAY, moments, shifted};
use super::reads::Live;
use super::sameness::Sameness;
use super::{Bounds, Finding, values};
use crate::call::bookmark::Bookmark;
use crate::call::effect::{Answer, Effect, Preference, RingAt};
use crate::call::event::{Began, Now};
use crate::call::state::{Phase, Stage, State};
use crate::call::step::Trace;
use crate::call::{Event, Turn, step};
use crate::flow::model::{Flow, Kind, Ring};
use crate::play::DIALLED;
use crate::words::Level;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

/// How long a verification has run out when it has.
const EXPIRED: SignedDuration = SignedDuration::from_mins(11);
/// Documents a caller hears who presses nothing at a question until the call goes on.
const PATIENCE: u8 = 3;
/// Findings are the same when they say the same of a step.
type Same = (&'static str, Option<(usize, usize)>, String);

/// Where everything was pressed: a step, its stage and counters, and whether a verification had run out.
type Tried = ((usize, usize), (u8, u8, u8), bool);

/// What is known of a flow and its calls so far.
pub struct Walk<'f> {
    pub(super) flow: &'f Flow,
    pub(super) bounds: Bounds,
    pub(super) nodes: Vec<Node>,
    pub(super) live: Live,
    same: Sameness,
    judge: Judge<'f>,
    known: HashMap<u64, u32>,
    queue: VecDeque<u32>,
    /// Stages of waits that were tried in full.
    tried: HashSet<Tried>,
    pub(super) visited: BTreeSet<(usize, usize)>,
    pub(super) pressed: BTreeSet<(usize, usize, String)>,
    pub(super) found: BTreeMap<Same, Finding>,
    /// When each calendar asked is open, and when closed.
    moments: HashMap<String, [Option<Timestamp>; 2]>,
    now: Now,
    rings: Vec<bool>,
    /// A call about which is asked what is remembered.
    greeting: Option<(u32, State)>,
    /// Menus from which a call broke off.
    bookmarks: BTreeSet<String>,
    pub(super) transitions: usize,
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
            greeting: None,
            bookmarks: BTreeSet::new(),
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
        let expired = state.verified.is_some() && state.level(self.now) == Level::L0;
        let fresh = self.tried.insert((at, stage(&state), expired));
        let spot = Spot { flow, live: &self.live, at, step: here, now: self.now, fresh };
        let acts = spot.acts(&state);
        let menu = matches!(&state.phase, Phase::Waiting(wait) if spot.is_menu(&wait.stage));
        self.breaks_off(node, &state);
        for act in acts {
            let way = act.way(menu);
            let label = act.show(is_secret(&state), !menu);
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

    /// The call breaks off here, and the next one begins where it was.
    fn breaks_off(&mut self, node: u32, state: &State) {
        match &state.phase {
            Phase::Looking(looking) if looking.effect == Effect::Preference && self.greeting.is_none() => {
                self.greeting = Some((node, state.clone()));
            }
            Phase::Waiting(wait) if wait.stage == Stage::Step && wait.silent + wait.wrong == 0 => {
                let Some(bookmark) = Bookmark::of(self.flow, state) else { return };
                let Some((greeting, began)) = self.greeting.clone() else { return };
                if self.bookmarks.insert(bookmark.menu.clone()) {
                    let lang = Some(bookmark.lang);
                    let known = Preference { lang, slow: false, bookmark: Some(bookmark) };
                    let act = Act::Answer(Answer::Preference(known));
                    self.tries(Some(greeting), Way::World, &act.show(false, false), &began, &act);
                }
            }
            _ => {}
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
            for wrong in self.judge.judge(&state, &Act::Silence, &turn, self.now) {
                self.note(wrong, Some(node), label);
            }
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
        // Where a call broke off is offered at its beginning only.
        after.turn = after.turn.min(1);
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
                (node.far, node.deep, node.from) = (far, deep, (from, label));
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
            from: (from, label),
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
}
