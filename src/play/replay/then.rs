//! A call as it went, stepped once more on its own version: what it waited for each time, what was
//! asked of the world and what came back.

use super::meant::{Meant, Question};
use super::names::Pair;
use super::{End, Recorded, Why};
use crate::call::effect::{Answer, Effect};
use crate::call::event::{Event, Kept};
use crate::call::state::{Phase, State};
use crate::call::step::Trace;
use crate::call::voice::Spoken;
use crate::call::{Outcome, step};
use jiff::Timestamp;

/// A call as it went.
pub struct Then {
    /// What happened, in order.
    pub reactions: Vec<Reaction>,
    /// What was asked of the world, in order.
    pub asked: Vec<Asked>,
    /// The steps entered, in order.
    pub steps: Vec<String>,
    /// Where and how it ended.
    pub end: End,
}

/// Something that happened.
pub struct Reaction {
    /// What was waited for.
    pub question: Question,
    /// What was meant.
    pub meant: Meant,
    /// When.
    pub at: Timestamp,
    /// What was asked of the world on the way: which of [`Then::asked`], and what came back in time.
    pub asks: Vec<(usize, Option<Answer>)>,
    /// What the caller heard then.
    pub said: Vec<Spoken>,
}

/// Something asked of the world.
pub struct Asked {
    /// What.
    pub effect: Effect,
    /// What came back in the end; none when the call was over before.
    pub answer: Option<Answer>,
}

/// Steps a call once more as it went.
pub fn then(pair: &Pair<'_>, recorded: &Recorded) -> Result<Then, Why> {
    let mut state = State::new(pair.old, recorded.began.clone()).without(pair.old, recorded.mute.clone());
    state.fiction = recorded.fiction;
    let mut then = Then {
        reactions: Vec::with_capacity(recorded.rows.len()),
        asked: Vec::new(),
        steps: Vec::new(),
        end: End { step: String::new(), ending: None },
    };
    for row in &recorded.rows {
        let question = Question::of(pair.old, &state, |place| pair.place(place).cloned());
        let meant = Meant::of(pair.old, &state, row);
        let mut reaction = Reaction { question, meant, at: row.at, asks: Vec::new(), said: Vec::new() };
        let (mut trail, mut answers) = (Vec::new(), row.answers.iter());
        let waited = matches!(state.phase, Phase::Looking(_));
        // On its own version everything has the key it had.
        let mut event = happened(&row.event).or_else(|| as_keys(&reaction.meant)).ok_or(Why::Record)?;
        loop {
            let turn = step(pair.old, state, event, row.at);
            trail.extend(turn.trail);
            state = turn.state;
            let effect = match turn.outcome {
                Outcome::Ask(effect, _) => effect,
                Outcome::Say(voice) => {
                    reaction.said = voice.says;
                    break;
                }
                Outcome::Nothing => break,
            };
            let answer = answers.next().ok_or(Why::Server)?;
            reaction.asks.push((then.ask(effect, answer.as_ref()), answer.clone()));
            event = answer.clone().map_or(Event::Slow, Event::Answered);
        }
        if answers.next().is_some() || trail != row.trail {
            return Err(Why::Server);
        }
        if waited && !matches!(state.phase, Phase::Looking(_)) && !matches!(row.event, Kept::Status(_)) {
            then.gave_up();
        }
        then.steps.extend(trail.into_iter().filter_map(|trace| match trace {
            Trace::Step(place) => Some(place),
            _ => None,
        }));
        then.reactions.push(reaction);
    }
    then.end = End { step: then.steps.last().cloned().unwrap_or_default(), ending: state.ending() };
    Ok(then)
}

impl Then {
    /// Takes in what was asked; what was asked before and not answered in time is asked on.
    fn ask(&mut self, effect: Effect, answer: Option<&Answer>) -> usize {
        match self.asked.last_mut() {
            Some(last) if last.answer.is_none() && last.effect == effect => last.answer = answer.cloned(),
            _ => self.asked.push(Asked { effect, answer: answer.cloned() }),
        }
        self.asked.len() - 1
    }

    /// The answer that never came was taken for a failure.
    fn gave_up(&mut self) {
        if let Some(last) = self.asked.last_mut().filter(|last| last.answer.is_none()) {
            last.answer = Some(Answer::failed_for(&last.effect));
        }
    }
}

/// The event as it came; none where only the number of keys is kept.
fn happened(kept: &Kept) -> Option<Event> {
    Some(match kept {
        Kept::Began(began) => Event::Began(began.clone()),
        Kept::Closed(_, words) => Event::Closed(words.clone()),
        Kept::Digits(keys) => Event::Digits(crate::words::Secret::new(keys.as_str())),
        Kept::Secret(_) => return None,
        Kept::Silence => Event::Silence,
        Kept::Again => Event::Again,
        Kept::Status(status) => Event::Status(*status),
        Kept::Dialled(end, talked) => Event::Dialled { end: *end, talked: *talked },
        Kept::Recorded(recording) => Event::Recorded(recording.clone()),
    })
}

fn as_keys(meant: &Meant) -> Option<Event> {
    match meant {
        Meant::Keys(keys) => Some(Event::Digits(crate::words::Secret::new(keys.as_str()))),
        _ => None,
    }
}
