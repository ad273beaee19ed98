//! The same caller on another version. As long as the call waits for the same and asks the same of the
//! world, everything comes as it came, event by event. From where it does not, each question gets
//! what the caller answered it with then, whenever that was.

use super::meant::{Question, words_of};
use super::names::Pair;
use super::then::Then;
use super::{End, Recorded, Went, needed};
use crate::call::effect::{Answer, Effect, NewRequest};
use crate::call::event::{CallStatus, Event};
use crate::call::state::State;
use crate::call::step::Trace;
use crate::call::{Outcome, step};
use jiff::Timestamp;

/// How a call went on another version.
pub struct Now {
    /// The steps entered, in order.
    pub steps: Vec<String>,
    /// Where and how it ended.
    pub end: End,
    /// Where and why it could not go on.
    pub stopped: Option<(String, Went)>,
}

/// Where and why a call cannot go on.
type Stop = Box<(String, Went)>;

/// Plays a call on the new version.
pub fn again(pair: &Pair<'_>, recorded: &Recorded, then: &Then) -> Now {
    let mut state = State::new(pair.new, recorded.began.clone()).without(pair.new, recorded.mute.clone());
    state.fiction = recorded.fiction;
    let mut walk = Walk {
        pair,
        then,
        now: Timestamp::UNIX_EPOCH,
        steps: Vec::with_capacity(then.steps.len()),
        reacted: vec![false; then.reactions.len()],
        told: vec![false; then.asked.len()],
        apart: false,
    };
    let (ending, stopped) = match walk.all(state) {
        Ok(state) => (state.ending(), None),
        Err(stop) => (None, Some(*stop)),
    };
    let step = walk.steps.last().cloned().unwrap_or_default();
    Now { end: End { step, ending }, steps: walk.steps, stopped }
}

struct Walk<'w> {
    pair: &'w Pair<'w>,
    then: &'w Then,
    now: Timestamp,
    steps: Vec<String>,
    /// Which of what happened has happened again.
    reacted: Vec<bool>,
    /// Which answers of the world have been given again.
    told: Vec<bool>,
    /// It went another way than then.
    apart: bool,
}

impl Walk<'_> {
    fn all(&mut self, mut state: State) -> Result<State, Stop> {
        for at in 0..self.then.reactions.len() {
            if state.ending().is_some() {
                return Ok(state);
            }
            if self.question(&state) != self.then.reactions[at].question {
                self.apart = true;
            }
            if self.apart {
                break;
            }
            state = self.reacts(state, at)?;
        }
        if !self.apart && self.then.end.ending.is_none() {
            return Ok(state);
        }
        self.apart = true;
        while state.ending().is_none() {
            let question = self.question(&state);
            state = match (&question, self.next(&question)) {
                // More than a turn may ask: the provider comes back by itself.
                (Question::World, _) => self.happens(state, Event::Silence, None)?,
                (_, Some(at)) => self.reacts(state, at)?,
                (_, None) => {
                    let needed = question.needed(self.pair.new, &state);
                    return Err(Box::new((state.place(), Went::NeedsData(needed))));
                }
            };
        }
        Ok(state)
    }

    fn question(&self, state: &State) -> Question {
        Question::of(self.pair.new, state, |place| Some(place.to_owned()))
    }

    /// What was done about this, the first of it that was not done again yet.
    fn next(&self, question: &Question) -> Option<usize> {
        let reactions = self.then.reactions.iter().zip(&self.reacted);
        reactions.into_iter().position(|(reaction, done)| !done && reaction.question == *question)
    }

    /// The caller does what was done then.
    fn reacts(&mut self, state: State, at: usize) -> Result<State, Stop> {
        let reaction = &self.then.reactions[at];
        self.reacted[at] = true;
        self.now = self.now.max(reaction.at);
        let event = reaction.meant.event(self.pair, &state).map_err(|gone| {
            let (key, words) = (gone.key.to_string(), words_of(gone, state.lang));
            Box::new((state.place(), Went::OptionGone { key, words }))
        })?;
        self.happens(state, event, Some(at))
    }

    /// One event, with all that is asked of the world on the way. `then`: which of what happened it is.
    fn happens(&mut self, state: State, event: Event, then: Option<usize>) -> Result<State, Stop> {
        let recorded = then.map_or(&[][..], |at| &self.then.reactions[at].asks);
        let (mut state, mut event, mut recorded) = (state, event, recorded.iter());
        loop {
            let turn = step(self.pair.new, state, event, self.now);
            self.steps.extend(turn.trail.into_iter().filter_map(|trace| match trace {
                Trace::Step(place) => Some(place),
                _ => None,
            }));
            state = turn.state;
            let Outcome::Ask(effect, _) = turn.outcome else { return Ok(state) };
            let same = recorded.next().filter(|(of, _)| !self.apart && alike(&self.then.asked[*of].effect, &effect));
            event = match same {
                Some((of, answer)) => {
                    self.told[*of] = true;
                    answer.as_ref().map_or(Event::Slow, |answer| Event::Answered(self.told_here(answer)))
                }
                None => {
                    self.apart = true;
                    self.answer(&effect).ok_or_else(|| Box::new((state.place(), Went::NeedsData(needed(&effect)))))?
                }
            };
        }
    }

    /// What the world answered then, whenever it was asked.
    fn answer(&mut self, effect: &Effect) -> Option<Event> {
        let alike_at = |told: bool| {
            let mut asked = self.then.asked.iter().zip(&self.told);
            asked.position(|(asked, done)| *done == told && alike(&asked.effect, effect))
        };
        let found = alike_at(false).or_else(|| alike_at(true));
        match (found.map(|at| (at, &self.then.asked[at].answer)), effect) {
            (Some((at, Some(answer))), _) => {
                self.told[at] = true;
                Some(Event::Answered(self.told_here(answer)))
            }
            // Nobody waited for the answer then.
            (Some((_, None)), _) => Some(Event::Status(CallStatus::Completed)),
            // These have a single answer, or one that changes nothing of the way.
            (None, Effect::Remember(_) | Effect::Score { .. } | Effect::PickedUp { .. } | Effect::Notices) => {
                Some(Event::Answered(Answer::failed_for(effect)))
            }
            (None, _) => None,
        }
    }

    /// An answer of then as it is in the new version: where an earlier call broke off has its name there.
    fn told_here(&self, answer: &Answer) -> Answer {
        let Answer::Preference(known) = answer else { return answer.clone() };
        let mut known = known.clone();
        let Pair { old, new, .. } = self.pair;
        known.bookmark = known.bookmark.filter(|bookmark| *bookmark.digest == *old.digest).and_then(|mut bookmark| {
            let there = |place: &String| match old.blocks.first().is_some_and(|main| main.index.contains_key(place)) {
                true => self.pair.place(place).cloned(),
                false => Some(place.clone()),
            };
            bookmark.digest = new.digest.to_string();
            bookmark.menu = there(&bookmark.menu)?;
            bookmark.back = bookmark.back.iter().map(there).collect::<Option<_>>()?;
            Some(bookmark)
        });
        Answer::Preference(known)
    }
}

/// Whether what was answered to the one answers the other. What is asked for must be the same; of what is
/// recorded or sent it is enough that it is the same matter, for the same people.
fn alike(then: &Effect, now: &Effect) -> bool {
    match (then, now) {
        (Effect::FileRequest(then), Effect::FileRequest(now)) => matter(then) == matter(now),
        (Effect::Send { to: then, .. }, Effect::Send { to: now, .. }) => then == now,
        (Effect::PickedUp { skill: then, .. }, Effect::PickedUp { skill: now, .. }) => then == now,
        _ => then == now,
    }
}

fn matter(new: &NewRequest) -> (&str, &str, &crate::call::effect::RingAt, &Option<String>) {
    (&new.kind, &new.topic, &new.ring, &new.account)
}
