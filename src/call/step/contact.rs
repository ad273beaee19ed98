//! People and messages: putting through to a desk, taking a message down, texting, scores.

use super::{Onward, Outcome, Trace, Walk};
use crate::call::effect::{Effect, Recipient, SendAnswer};
use crate::call::event::{DialEnd, Recording};
use crate::call::state::{Stage, Wait};
use crate::call::voice::{Next, Record, Transfer};
use crate::flow::model::{Desk, GENERAL_DESK, Kind, Step, TransferStep};
use crate::flow::text::Texts;
use crate::flow::value::Value;
use std::collections::BTreeMap;

/// How long a desk rings, in seconds: long enough to be picked up, short enough to go on.
const RING: u8 = 25;
/// The same for callers who want to hold, however long the wait is.
const HOLD: u8 = 240;
/// A wait above this is long: a callback is offered first. In seconds.
const LONG_WAIT: u32 = 120;
/// This many seconds of silence end a message.
const SILENCE: u8 = 4;

impl<'f> Walk<'f> {
    /// Enters a `transfer`: first how long the wait is, unless it does not matter.
    pub(super) fn enter_transfer(&mut self, transfer: &'f TransferStep) -> Onward {
        if transfer.now && transfer.into.is_none() {
            return self.ring(transfer);
        }
        let skill = self.eval(&transfer.skill).plain();
        Onward::Stop(self.ask(Effect::Queue { skill }, None))
    }

    /// The wait is known, as far as anybody knows.
    pub(super) fn queued(&mut self, transfer: &'f TransferStep, wait: Option<u32>) -> Outcome {
        let seconds = wait.unwrap_or_default();
        if let Some(into) = &transfer.into {
            let minutes = Value::Number(seconds.div_ceil(60).into());
            self.set(into, Value::Record(BTreeMap::from([("minutes".to_owned(), minutes)])));
        }
        match transfer.long_wait.filter(|_| seconds > LONG_WAIT && !transfer.now) {
            Some(long) => self.go_on(long),
            None => match self.ring(transfer) {
                Onward::Stop(outcome) => outcome,
                Onward::Go(target) => self.go_on(target),
                Onward::Same => self.run(),
            },
        }
    }

    fn ring(&mut self, transfer: &TransferStep) -> Onward {
        let skill = self.eval(&transfer.skill).plain();
        let desks = &self.flow.desks;
        let Some(to) = desks.get(&skill).or_else(|| desks.get(GENERAL_DESK)).filter(|desk| self.may_ring(desk)) else {
            return Onward::Go(transfer.failed);
        };
        self.forget_the_way_back();
        self.trail.push(Trace::Rings(skill.clone()));
        Onward::Stop(self.wait(Stage::Ringing { skill, to: to.clone(), since: self.now }))
    }

    /// Numbers of fiction are rung in trial calls only, where nothing rings.
    fn may_ring(&self, desk: &Desk) -> bool {
        match desk {
            Desk::Number(phone) => phone.may_ring(&self.flow.countries, self.state.fiction).is_ok(),
            Desk::Sip(_) => true,
        }
    }

    /// The transfer is over.
    pub(super) fn dialled(&mut self, wait: Wait, end: DialEnd, talked: u32) -> Outcome {
        let Stage::Ringing { skill, since, .. } = wait.stage else { return self.wait_again(wait) };
        self.trail.push(Trace::Rang(end));
        if end != DialEnd::Answered {
            return self.after_transfer(end);
        }
        let passed = u32::try_from(self.now.duration_since(since).as_secs()).unwrap_or_default();
        self.ask(Effect::PickedUp { skill, waited: passed.saturating_sub(talked), talked }, None)
    }

    /// Goes on behind a `transfer`.
    pub(super) fn after_transfer(&mut self, end: DialEnd) -> Outcome {
        let Some((_, Step { kind: Kind::Transfer(transfer), .. })) = self.here() else {
            return self.fault("no-transfer-here");
        };
        self.go_on(match end {
            DialEnd::Answered => transfer.answered,
            DialEnd::Busy => transfer.busy,
            DialEnd::NoAnswer => transfer.no_answer,
            DialEnd::Failed => transfer.failed,
        })
    }

    /// A message was taken down.
    pub(super) fn recorded(&mut self, wait: Wait, recording: Recording) -> Outcome {
        match self.here() {
            Some((_, Step { kind: Kind::Record { .. }, .. })) if wait.stage == Stage::Step => {
                self.ask(Effect::KeepRecording(recording), None)
            }
            _ => self.wait_again(wait),
        }
    }

    /// The message is kept, or it could not be.
    pub(super) fn kept_recording(&mut self, id: Option<String>) -> Outcome {
        let Some((_, Step { kind: Kind::Record { into, then, empty, .. }, .. })) = self.here() else {
            return self.fault("no-record-here");
        };
        let Some(id) = id else { return self.go_on(*empty) };
        self.collect(into, id.clone());
        self.set(into, Value::Text(id));
        self.go_on(*then)
    }

    /// Enters an `sms`.
    pub(super) fn enter_sms(&mut self, texts: &Texts, registered: bool, failed: usize) -> Onward {
        let to = match (registered, self.state.verified(self.now)) {
            (true, Some(verified)) => Recipient::Registered(verified.account.clone()),
            (false, _) if self.state.from().is_some() => Recipient::Caller,
            _ => return Onward::Go(failed),
        };
        let text = self.written(texts);
        Onward::Stop(self.ask(Effect::Send { to, text }, None))
    }

    /// The message is on its way, or never will be.
    pub(super) fn sent(&mut self, answer: SendAnswer) -> Outcome {
        match self.here() {
            Some((_, Step { kind: Kind::Sms { then, failed, .. }, .. })) => {
                self.go_on(if answer == SendAnswer::Accepted { *then } else { *failed })
            }
            _ => self.fault("no-sms-here"),
        }
    }

    /// A key of a `score`; none when it is not one of its keys.
    pub(super) fn scored(&mut self, typed: &str) -> Option<Outcome> {
        let Some((_, Step { kind: Kind::Score { into, category, .. }, .. })) = self.here() else { return None };
        let score = typed.parse().ok().filter(|score| (1..=5u8).contains(score))?;
        self.trail.push(Trace::Key(typed.to_owned()));
        self.set(into, Value::Number(score.into()));
        self.collect(into, score.to_string());
        let category = self.eval(category).plain();
        Some(self.ask(Effect::Score { category, score }, None))
    }

    /// Whether a message is being taken down.
    pub(super) fn takes_message(&self, wait: &Wait) -> bool {
        wait.stage == Stage::Step && matches!(self.here(), Some((_, Step { kind: Kind::Record { .. }, .. })))
    }

    /// How a wait that takes no keys ends the turn: a desk rings, or a message is taken down.
    pub(super) fn hands_over(&self, wait: &Wait) -> Option<Next> {
        if let Stage::Ringing { to, .. } = &wait.stage {
            let caller_id = self.state.began.dialled.clone();
            let holds = matches!(self.here(), Some((_, Step { kind: Kind::Transfer(transfer), .. })) if transfer.now);
            let ring = if holds { HOLD } else { RING };
            return Some(Next::Transfer(Transfer { to: to.clone(), caller_id, ring }));
        }
        match self.here() {
            Some((_, Step { kind: Kind::Record { limit, .. }, .. })) if wait.stage == Stage::Step => {
                let limit = u16::try_from(limit.as_secs()).unwrap_or(u16::MAX);
                Some(Next::Record(Record { limit, silence: SILENCE }))
            }
            _ => None,
        }
    }
}
