//! The only place where a call changes: `(flow, state, event, now) -> Turn`. No I/O, no clock, no
//! dice, no log, and it cannot fail: what is wrong inside a flow becomes a spoken apology, the way
//! to a person, and a line in the trail.

mod contact;
mod identity;
mod keys;
mod remembered;
mod requests;
mod speak;
mod world;

use super::effect::Effect;
use super::event::{CallStatus, DialEnd, Event, Now};
use super::state::{Ending, Frame, Phase, Stage, State, Wait};
use super::voice::{Next, Pace, Spoken, Voice};
use crate::flow::model::{Flow, Kind, Step};
use crate::flow::value::Value;
use crate::words::{Lang, Level, Secret};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use speak::{option_words, phrase, phrase_text};

/// What keeps every call finite. Hitting one ends it politely, with the name in the trail.
pub mod limits {
    /// Steps walked in one turn without waiting.
    pub const STEPS_A_TURN: usize = 64;
    /// Documents of one call.
    pub const TURNS: u32 = 120;
    /// Effects of one turn.
    pub const EFFECTS_A_TURN: u8 = 4;
    /// Sub-flows inside each other.
    pub const FRAMES: usize = 16;
    /// Times a caller is asked for patience before an answer counts as failed.
    pub const FILLERS: u8 = 8;
    /// Menus `#` can go back through.
    pub const BACK: usize = 8;
    /// Wrong secrets in one call.
    pub const WRONG_SECRETS: u8 = 3;
}

/// What one step gives.
pub struct Turn {
    /// The call afterwards.
    pub state: State,
    /// What is to be done.
    pub outcome: Outcome,
    /// What happened, in order.
    pub trail: Vec<Trace>,
}

/// What is to be done after a step.
pub enum Outcome {
    /// Say this: a document.
    Say(Voice),
    /// Find this out or do it, then step again with the answer. The secret, if any, is what the
    /// caller typed; it is nowhere else.
    Ask(Effect, Option<Secret>),
    /// Nothing is said: the call is not on the line any more.
    Nothing,
}

/// One thing that happened in a turn.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trace {
    /// A step was entered.
    Step(String),
    /// A key of a menu was pressed.
    Key(String),
    /// Nothing was pressed.
    Silent,
    /// What was pressed means nothing here.
    Wrong,
    /// A universal key was pressed.
    Universal(Universal),
    /// A level was reached.
    Verified(Level),
    /// A verification failed: `wrong`, `limited`, `unavailable`, `needed`.
    NotVerified(String),
    /// A request was recorded, or added to.
    Filed {
        /// Its reference.
        reference: String,
        /// It was open already.
        added: bool,
    },
    /// A desk was rung; of which skill.
    Rings(String),
    /// How that ended.
    Rang(DialEnd),
    /// Something not known was to be said: its name. Nothing was said in its place.
    Unset(String),
    /// A text was to be said that has no words in the call's language.
    Wordless,
    /// A bound was hit or a flow is wrong; which.
    Fault(String),
    /// The call ended.
    Ended(Ending),
}

/// A key that works everywhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Universal {
    /// `0`: a person.
    Person,
    /// `*`: say it again.
    Repeat,
    /// `#`: back.
    Back,
    /// `9`: slower, with more time.
    Slower,
}

/// Moves a call on by one event.
pub fn step(flow: &Flow, state: State, event: Event, now: Now) -> Turn {
    let mut walk = Walk { flow, now, state, says: Vec::new(), firm: false, denials: 0, trail: Vec::new() };
    let mut outcome = walk.take(event);
    if let Outcome::Say(voice) = &mut outcome {
        walk.state.turn += 1;
        walk.state.effects = 0;
        if walk.state.gone && walk.state.ending().is_none() {
            walk.state.phase = Phase::Ended(Ending::HungUp);
            voice.next = Next::HangUp;
        }
    }
    if let Some(ending) = walk.state.ending() {
        walk.trail.push(Trace::Ended(ending));
    }
    Turn { state: walk.state, outcome, trail: walk.trail }
}

/// A step being taken.
struct Walk<'f> {
    flow: &'f Flow,
    now: Now,
    state: State,
    /// What is said in this turn so far.
    says: Vec<Spoken>,
    /// Something of it may not be cut short.
    firm: bool,
    /// Verifications that failed in this turn.
    denials: u8,
    trail: Vec<Trace>,
}

impl<'f> Walk<'f> {
    fn take(&mut self, event: Event) -> Outcome {
        match (self.state.phase.clone(), event) {
            (Phase::Waiting(wait), Event::Status(status)) if status.is_final() && self.takes_message(&wait) => {
                self.state.gone = true;
                Outcome::Nothing
            }
            (_, Event::Status(status)) => {
                self.state.end(status, if status == CallStatus::Failed { Ending::Fault } else { Ending::HungUp });
                Outcome::Nothing
            }
            (Phase::Ended(_), _) => self.say_ended(),
            // Here and nowhere else, so that no way through a call goes round it.
            _ if self.state.turn >= limits::TURNS => self.end_with("too-long", Ending::TooLong),
            (_, Event::Began(_)) => self.begin(),
            (_, Event::Closed(words)) => self.turn_away(words),
            (Phase::Waiting(wait), Event::Digits(digits)) => self.digits(wait, &digits),
            (Phase::Waiting(wait), Event::Dialled { end, talked }) => self.dialled(wait, end, talked),
            (Phase::Waiting(wait), Event::Recorded(recording)) => self.recorded(wait, recording),
            // What became of the desk is lost: whoever was talked with, the caller is alone now.
            (Phase::Waiting(wait @ Wait { stage: Stage::Ringing { .. }, .. }), Event::Again) => {
                self.dialled(wait, DialEnd::Failed, 0)
            }
            (Phase::Waiting(wait), Event::Again) => self.repeat(wait),
            (Phase::Waiting(wait), Event::Silence) => self.silence(wait),
            (Phase::Waiting(wait), Event::Answered(_) | Event::Slow) => self.wait_again(wait),
            (Phase::Looking(looking), Event::Answered(answer)) => self.answered(looking, answer),
            (Phase::Looking(looking), Event::Slow) => self.slow(looking),
            (Phase::Looking(looking), _) => Outcome::Ask(looking.effect, None),
        }
    }

    /// A caller whose language is remembered is greeted in it, slowly where that was asked for, and led
    /// back to where a call broke off: so it is asked for before anything is said.
    fn begin(&mut self) -> Outcome {
        if self.state.from().is_some() {
            return self.ask(Effect::Preference, None);
        }
        self.run()
    }

    /// Says why nobody answers, and goodbye.
    fn turn_away(&mut self, words: Vec<(Lang, String)>) -> Outcome {
        for (lang, words) in words {
            self.say_words(lang, Pace::Normal, words);
        }
        self.hang_up(Ending::Closed)
    }

    /// Walks from the current step until something is waited for.
    fn run(&mut self) -> Outcome {
        for _ in 0..limits::STEPS_A_TURN {
            let Some((block, step)) = self.here() else { return self.fault("no-such-step") };
            self.trail.push(Trace::Step(self.state.place()));
            if let Some(level) = self.lacks() {
                return self.begin_check(level, true);
            }
            match self.enter(block, step) {
                Onward::Go(target) => self.go(block, target),
                Onward::Same => {}
                Onward::Stop(outcome) => return outcome,
            }
        }
        self.fault("steps-a-turn")
    }

    fn enter(&mut self, block: usize, step: &'f Step) -> Onward {
        match &step.kind {
            Kind::Say { texts, barge_in, then } => {
                self.say_of(step, texts);
                self.firm |= !barge_in;
                Onward::Go(*then)
            }
            Kind::Menu { .. } | Kind::Ask { .. } | Kind::Record { .. } | Kind::Score { .. } => {
                Onward::Stop(self.wait(Stage::Step))
            }
            Kind::Verify { level, then, .. } if self.state.level(self.now) >= *level => Onward::Go(*then),
            Kind::Verify { level, .. } => Onward::Stop(self.begin_check(*level, false)),
            Kind::When { cases, otherwise } => {
                let case = cases.iter().find(|(condition, _)| self.eval(condition).is_true());
                Onward::Go(case.map_or(*otherwise, |(_, target)| *target))
            }
            Kind::Hours { calendar, open, closed } => {
                let is_open = self.flow.calendars.get(calendar).is_some_and(|c| c.is_open(self.now));
                Onward::Go(if is_open { *open } else { *closed })
            }
            Kind::Set { values, then } => {
                for (name, expr) in values {
                    let value = self.eval(expr);
                    self.set(name, value);
                }
                Onward::Go(*then)
            }
            Kind::Call { block: sub, with, note, .. } => self.enter_sub_flow(*sub, with, note),
            Kind::Transfer(transfer) => self.enter_transfer(transfer),
            Kind::Sms { texts, registered, failed, .. } => self.enter_sms(texts, *registered, *failed),
            Kind::Return { values } => self.leave_sub_flow(block, values),
            Kind::HangUp { texts } => {
                self.say_of(step, texts);
                Onward::Stop(self.hang_up(Ending::Goodbye))
            }
            _ => self.reach_out(&step.kind),
        }
    }

    fn enter_sub_flow(
        &mut self,
        sub: usize,
        with: &[(String, crate::flow::expr::Expr)],
        note: &[(String, crate::flow::expr::Expr)],
    ) -> Onward {
        let Some(block) = self.flow.blocks.get(sub).filter(|_| self.state.frames.len() < limits::FRAMES) else {
            return Onward::Stop(self.fault("frames"));
        };
        self.note(note);
        let vars = with.iter().map(|(name, expr)| (name.clone(), self.eval(expr))).collect();
        let at = block.steps.get(block.start).map(|s| s.name.clone()).unwrap_or_default();
        self.state.frames.push(Frame { block: block.name.clone(), at, vars, back: Vec::new() });
        Onward::Same
    }

    fn leave_sub_flow(&mut self, block: usize, values: &[(String, crate::flow::expr::Expr)]) -> Onward {
        let gives = self.flow.blocks.get(block).map(|b| &b.gives);
        let mut results: BTreeMap<String, Value> =
            gives.into_iter().flat_map(|g| g.keys()).map(|n| (n.clone(), Value::None)).collect();
        results.extend(values.iter().map(|(name, expr)| (name.clone(), self.eval(expr))));
        if self.state.frames.len() < 2 {
            return Onward::Stop(self.fault("return-outside"));
        }
        self.state.frames.pop();
        match self.here() {
            Some((outer, Step { kind: Kind::Call { into, then, .. }, .. })) => {
                if let Some(into) = into {
                    self.set(into, Value::Record(results));
                }
                self.go(outer, *then);
                Onward::Same
            }
            _ => Onward::Stop(self.fault("return-outside")),
        }
    }

    /// The level that the step the call is at needs and its caller has not proved, or no longer.
    fn lacks(&self) -> Option<Level> {
        let (_, step) = self.here()?;
        let lacks = step.needs > self.state.level(self.now) && !matches!(step.kind, Kind::Verify { .. });
        lacks.then_some(step.needs)
    }

    /// The step the call is at.
    fn here(&self) -> Option<(usize, &'f Step)> {
        let frame = self.state.frames.last()?;
        let (block, step) = self.flow.find(&frame.block, &frame.at)?;
        Some((block, self.flow.blocks.get(block)?.steps.get(step)?))
    }

    /// Moves to a step of the same block.
    fn go(&mut self, block: usize, target: usize) {
        let name = self.flow.blocks.get(block).and_then(|b| b.steps.get(target)).map(|s| s.name.clone());
        if let Some(frame) = self.state.frames.last_mut() {
            frame.at = name.unwrap_or_default();
        }
    }

    /// Leaves every sub-flow and moves to a step of the hotline itself.
    fn go_to_main(&mut self, target: usize) -> Outcome {
        self.state.frames.truncate(1);
        self.go(0, target);
        self.run()
    }

    /// Goes on from the current step.
    fn go_on(&mut self, target: usize) -> Outcome {
        if let Some((block, _)) = self.here() {
            self.go(block, target);
        }
        self.run()
    }

    /// Waits for keys at a stage, after all that was said.
    fn wait(&mut self, stage: Stage) -> Outcome {
        self.says_to_keep();
        self.says.clone_from(&self.state.said);
        self.wait_again(Wait { stage, silent: 0, wrong: 0 })
    }

    /// Keeps what was said so far with the call, and whom it was said to.
    fn says_to_keep(&mut self) {
        self.state.said = std::mem::take(&mut self.says);
        self.state.said_at = self.state.level(self.now);
    }

    /// What was kept, unless it was said to a verified caller and the verification has run out.
    fn kept_says(&self) -> &[Spoken] {
        if self.state.said_at > self.state.level(self.now) { &[] } else { &self.state.said }
    }

    /// Speaks the prompt of a wait after what is said already, and waits.
    fn wait_again(&mut self, wait: Wait) -> Outcome {
        if let (Stage::Step, Some(level)) = (&wait.stage, self.lacks()) {
            return self.begin_check(level, true);
        }
        let gather = self.prompt(&wait);
        let next = self.hands_over(&wait).unwrap_or(Next::Gather(gather));
        self.state.phase = Phase::Waiting(wait);
        self.speak(next)
    }

    fn speak(&mut self, next: Next) -> Outcome {
        Outcome::Say(Voice { lang: self.state.lang, says: std::mem::take(&mut self.says), slow: self.state.slow, next })
    }

    fn hang_up(&mut self, ending: Ending) -> Outcome {
        self.state.phase = Phase::Ended(ending);
        self.state.said.clear();
        self.speak(Next::HangUp)
    }

    fn end_with(&mut self, phrase: &str, ending: Ending) -> Outcome {
        self.say_phrase(phrase, &[]);
        self.hang_up(ending)
    }

    fn say_ended(&mut self) -> Outcome {
        self.say_phrase("ended", &[]);
        self.speak(Next::HangUp)
    }

    /// Something in the flow or its bounds is wrong: apologise and lead to a person; the second
    /// time say goodbye.
    fn fault(&mut self, name: &str) -> Outcome {
        self.trail.push(Trace::Fault(name.to_owned()));
        self.state.faults += 1;
        if self.state.faults > 1 {
            return self.end_with("fault.goodbye", Ending::Fault);
        }
        self.says.clear();
        self.say_phrase("fault", &[]);
        self.go_to_main(self.flow.person)
    }
}

/// What entering a step leads to.
enum Onward {
    /// To a step of the same block.
    Go(usize),
    /// The position was set already.
    Same,
    /// The turn is over.
    Stop(Outcome),
}
