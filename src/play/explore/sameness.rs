//! When two states of a call are the same to all that can follow: places, levels, counters, and of
//! the variables what conditions will still ask. What was said, collected and typed is left out.

use super::graph::check_of;
use super::reads::{Live, Read, Test};
use super::values::told_to;
use crate::call::State;
use crate::call::effect::Effect;
use crate::call::event::Now;
use crate::call::state::{Ending, Frame, Phase, Stage};
use crate::flow::Value;
use crate::flow::model::{Flow, Kind};
use crate::words::Phone;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::mem::discriminant;

/// What is asked of one variable or field.
struct Asked {
    name: String,
    path: Vec<String>,
    tests: Vec<Test>,
    /// One below and one above all numbers it is compared with.
    numbers: Option<(i64, i64)>,
}

/// Tells states apart.
pub struct Sameness {
    places: HashMap<String, HashMap<String, (usize, usize)>>,
    here: Vec<Vec<Vec<Asked>>>,
    behind: Vec<Vec<Vec<Asked>>>,
    /// Steps of the hotline from which the language may be asked for.
    languages: BTreeSet<usize>,
}

impl Sameness {
    /// For the calls of a flow.
    pub fn of(flow: &Flow, live: &Live) -> Sameness {
        let all = |of: &dyn Fn(usize, usize) -> Vec<Asked>| {
            let blocks = flow.blocks.iter().enumerate();
            blocks.map(|(b, block)| (0..block.steps.len()).map(|s| of(b, s)).collect()).collect()
        };
        Sameness {
            places: flow
                .blocks
                .iter()
                .enumerate()
                .map(|(b, block)| {
                    (block.name.clone(), block.index.iter().map(|(name, s)| (name.clone(), (b, *s))).collect())
                })
                .collect(),
            here: all(&|b, s| asked(live.here(b, s))),
            behind: all(&|b, s| asked(live.behind(b, s))),
            languages: asks_language(flow),
        }
    }

    /// Where a frame is.
    pub fn place(&self, frame: &Frame) -> Option<(usize, usize)> {
        self.places.get(&frame.block)?.get(&frame.at).copied()
    }

    /// A number that states share only when they are the same.
    pub fn number(&self, state: &State, now: Now) -> u64 {
        let mut hash = DefaultHasher::new();
        state.faults.hash(&mut hash);
        if let Some(ending) = state.ending() {
            (ending == Ending::Goodbye).hash(&mut hash);
            return hash.finish();
        }
        let guessing = phase(&state.phase, state.effects, &mut hash);
        // Whose verification has run out is like anybody, until asked again who they are.
        let by = state.verified.as_ref().filter(|_| guessing).map(|verified| discriminant(&verified.by));
        (by, guessing && state.number_tried).hash(&mut hash);
        (state.level(now), state.from().is_some()).hash(&mut hash);
        // How many wrong guesses matters while guessing; elsewhere only whether there is one left.
        let wrong = state.wrong_secrets;
        let enough = crate::call::step::limits::WRONG_SECRETS;
        (if guessing || wrong >= enough { wrong } else { 0 }).hash(&mut hash);
        for (at, frame) in state.frames.iter().enumerate() {
            let Some((block, step)) = self.place(frame) else { continue };
            let last = at + 1 == state.frames.len();
            (block, step).hash(&mut hash);
            if at == 0 && self.languages.contains(&step) {
                state.began.lang.is_some().hash(&mut hash);
            }
            let asked = if last { &self.here[block][step] } else { &self.behind[block][step] };
            asked.iter().for_each(|asked| asked.note(frame, state.from(), now, &mut hash));
        }
        hash.finish()
    }
}

/// The phase; whether a secret is being guessed.
fn phase(phase: &Phase, effects: u8, hash: &mut DefaultHasher) -> bool {
    match phase {
        Phase::Waiting(wait) => {
            discriminant(&wait.stage).hash(hash);
            (wait.silent, wait.wrong).hash(hash);
            if let Stage::Resume(bookmark) = &wait.stage {
                bookmark.menu.hash(hash);
            }
            let check = check_of(&wait.stage);
            check.map(|check| (check.level, check.detour)).hash(hash);
            check.is_some()
        }
        Phase::Looking(looking) => {
            discriminant(&looking.effect).hash(hash);
            (effects, looking.seq, looking.fillers).hash(hash);
            looking.check.map(|check| (check.level, check.detour)).hash(hash);
            if let Some(wait) = &looking.wait {
                (discriminant(&wait.stage), wait.silent, wait.wrong).hash(hash);
            }
            if let Effect::Verify { level, .. } = looking.effect {
                level.hash(hash);
            }
            looking.check.is_some()
        }
        Phase::Ended(_) => false,
    }
}

fn asked(reads: &BTreeSet<Read>) -> Vec<Asked> {
    let mut all: BTreeMap<(&String, &Vec<String>), Vec<Test>> = BTreeMap::new();
    for read in reads {
        all.entry((&read.name, &read.path)).or_default().push(read.test.clone());
    }
    let numbers = |tests: &[Test]| {
        let compared = tests.iter().filter_map(|test| if let Test::Number(n) = test { Some(*n) } else { None });
        let (low, high) = compared.fold((i64::MAX, i64::MIN), |(low, high), n| (low.min(n), high.max(n)));
        (low <= high).then(|| (low.saturating_sub(1), high.saturating_add(1)))
    };
    all.into_iter()
        .map(|((name, path), tests)| Asked { name: name.clone(), path: path.clone(), numbers: numbers(&tests), tests })
        .collect()
}

impl Asked {
    fn note(&self, frame: &Frame, from: Option<&Phone>, now: Now, hash: &mut DefaultHasher) {
        let value = frame.vars.get(&self.name).unwrap_or(&Value::None);
        let value = self.path.iter().fold(value, |value, field| value.field(field));
        for test in &self.tests {
            match test {
                Test::Known => (*value != Value::None).hash(hash),
                Test::Word(word) => matches!(value, Value::Text(text) if text == word).hash(hash),
                Test::Number(_) => {}
                Test::Spoken => (*value != Value::None, told_to(value)).hash(hash),
                Test::Rung => {
                    let phone = if let Value::Phone(phone) = value { Some(phone) } else { None };
                    (phone.is_some(), phone == from).hash(hash);
                }
                Test::Now => match value {
                    Value::Moment(moment) => moment.cmp(&now).hash(hash),
                    other => discriminant(other).hash(hash),
                },
                Test::Exact => match value {
                    Value::Flag(flag) => flag.hash(hash),
                    Value::Number(n) => n.hash(hash),
                    Value::Phone(phone) => phone.hash(hash),
                    // Moments are all told from the one we ask at.
                    Value::Moment(moment) => moment.cmp(&now).hash(hash),
                    other => other.plain().hash(hash),
                },
            }
        }
        if let Some((low, high)) = self.numbers {
            match value {
                Value::Number(n) => (*n).clamp(low, high).hash(hash),
                other => discriminant(other).hash(hash),
            }
        }
    }
}

/// The steps of the hotline that can lead to its `language: once`.
fn asks_language(flow: &Flow) -> BTreeSet<usize> {
    let Some(main) = flow.blocks.first() else { return BTreeSet::new() };
    let once = |kind: &Kind| matches!(kind, Kind::Language { once: true, .. });
    let mut found: BTreeSet<usize> = (0..main.steps.len()).filter(|s| once(&main.steps[*s].kind)).collect();
    loop {
        let before = found.len();
        for (s, step) in main.steps.iter().enumerate() {
            if crate::flow::check::targets(&step.kind).iter().any(|target| found.contains(target)) {
                found.insert(s);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}
