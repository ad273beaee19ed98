//! Random calls, recorded as a server records them, are played again: on their own version nothing ever
//! differs, and on any other version something is told of every call.

use super::caller::{Act, Caller, answer_to};
use super::lines::flows;
use super::{acts, config};
use hotline::call::event::{Kept, Recording};
use hotline::call::state::Phase;
use hotline::flow::Flow;
use hotline::flow::read::{Files, load_one};
use hotline::play::replay::{Pair, Recorded, Row, Went};
use hotline::words::Secret;
use proptest::prelude::*;
use std::sync::Arc;

/// A caller of whom everything is kept.
struct Tape {
    caller: Caller,
    rows: Vec<Row>,
}

impl Tape {
    fn new(flow: &Arc<Flow>, withheld: bool) -> Tape {
        let caller = Caller::new(flow.clone(), withheld);
        let mut tape = Tape { rows: Vec::new(), caller };
        let began = Kept::Began(tape.caller.state.began.clone());
        tape.keep(began);
        tape
    }

    /// The world owes an answer before anything else can happen.
    fn is_mid_turn(&self) -> bool {
        matches!(self.caller.state.phase, Phase::Looking(_)) && !self.caller.is_told_to_come_back()
    }

    fn does(&mut self, act: &Act) {
        let act = if let Act::Sensible = act { self.caller.sensible() } else { act.clone() };
        let kept = match (&act, self.is_mid_turn()) {
            (Act::Answer(_) | Act::Slow, true) => return self.answers(&act),
            (Act::Answer(_) | Act::Slow, false) | (_, true) => return,
            (Act::Pass(_), false) => return self.caller.does(&act),
            (Act::Keys(keys), false) => self.caller.state.keep(&Secret::new(keys.as_str())),
            (Act::Dialled(end), false) => Kept::Dialled(*end, 60),
            (Act::Recorded(seconds), false) => {
                Kept::Recorded(Recording { id: "RE1".into(), url: None, seconds: *seconds })
            }
            (Act::Status { last: true }, false) => Kept::Status(hotline::call::event::CallStatus::Completed),
            (Act::Status { last: false }, false) => return,
            (Act::Silence | Act::Sensible, false) => Kept::Silence,
        };
        self.caller.does(&act);
        self.keep(kept);
    }

    fn answers(&mut self, act: &Act) {
        let answer = match (&self.caller.state.phase, act) {
            (Phase::Looking(looking), Act::Answer(reply)) => {
                Some(answer_to(&self.caller.flow, &looking.effect, *reply, self.caller.now))
            }
            _ => None,
        };
        self.caller.does(act);
        let row = self.rows.last_mut().unwrap();
        row.answers.push(answer);
        row.trail.extend(self.caller.trail.clone());
    }

    fn keep(&mut self, event: Kept) {
        let (trail, at) = (self.caller.trail.clone(), self.caller.now);
        self.rows.push(Row { event, answers: Vec::new(), trail, at });
    }

    fn recorded(mut self) -> Recorded {
        while self.is_mid_turn() {
            self.does(&Act::Answer(super::caller::Reply::Good(0)));
        }
        let Kept::Began(began) = self.rows[0].event.clone() else { unreachable!() };
        // What is kept is written out and read back.
        let kept: Vec<(String, String, String, i64)> = self
            .rows
            .iter()
            .map(|row| {
                let json = (
                    serde_json::to_string(&row.event),
                    serde_json::to_string(&row.answers),
                    serde_json::to_string(&row.trail),
                );
                (json.0.unwrap(), json.1.unwrap(), json.2.unwrap(), row.at.as_millisecond())
            })
            .collect();
        let state = serde_json::to_string(&self.caller.state).unwrap();
        let read = Recorded::read(
            kept.iter().map(|(event, answers, trail, at)| (&**event, &**answers, &*state, &**trail, *at)),
        );
        let read = read.expect("a call is read back");
        assert_eq!((&read.rows, &read.began), (&self.rows, &began));
        read
    }
}

fn call(flow: &Arc<Flow>, withheld: bool, acts: &[Act]) -> Recorded {
    let mut tape = Tape::new(flow, withheld);
    for act in acts {
        if tape.caller.state.ending().is_some() {
            break;
        }
        tape.does(act);
    }
    tape.recorded()
}

/// The same hotline with one option of one menu on another key, or a step less known by its name.
fn another(flow: &Flow, at: usize) -> Option<Flow> {
    let files: Files = flow.files.iter().cloned().collect();
    let (main, text) = &flow.files[0];
    let keys: Vec<_> = text.match_indices("key: ").collect();
    let (place, _) = keys.get(at % keys.len().max(1))?;
    let mut changed = text.clone();
    changed.replace_range(place + 5..place + 6, "8");
    let mut files = files;
    files.insert(main.clone(), changed);
    load_one(&files, main).ok()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_call_played_on_its_own_version_goes_the_same_way(
        flow in 0..flows().len(), withheld: bool, acts in acts(),
    ) {
        let flow = &flows()[flow];
        let recorded = call(flow, withheld, &acts);
        let difference = Pair::new(flow, flow).replay(&recorded);
        prop_assert_eq!((difference.went, difference.step, difference.now), (Went::Same, None, None));
    }

    #[test]
    fn a_call_finds_its_options_on_other_keys(
        flow in 0..flows().len(), withheld: bool, acts in acts(), at in 0..60usize,
    ) {
        let flow = &flows()[flow];
        let Some(other) = another(flow, at) else { return Ok(()) };
        let recorded = call(flow, withheld, &acts);
        let there = Pair::new(flow, &other).replay(&recorded);
        // Somebody who pressed 8 for nothing meets an option there now; nobody else sees a difference.
        let pressed = recorded.rows.iter().any(|row| matches!(&row.event, Kept::Digits(keys) if keys == "8"));
        prop_assert!(pressed || there.went == Went::Same, "{:?}", there);
    }

    #[test]
    fn a_call_played_on_another_hotline_is_told_of_and_ends(
        flow in 0..flows().len(), other in 0..flows().len(), withheld: bool, acts in acts(),
    ) {
        let recorded = call(&flows()[flow], withheld, &acts);
        let difference = Pair::new(&flows()[flow], &flows()[other]).replay(&recorded);
        prop_assert!(!matches!(difference.went, Went::Cannot(_)));
        prop_assert_eq!(difference.went == Went::Same, difference.step.is_none());
    }
}
