//! The world: steps that read or do something outside, and what comes back.

use super::{Onward, Outcome, Trace, Walk, limits};
use crate::call::effect::{
    ActAnswer, Answer, ChangeAnswer, Choice, Effect, FileAnswer, LookupAnswer, RequestChange, StatusAnswer,
};
use crate::call::event::DialEnd;
use crate::call::state::{Check, Looking, Phase};
use crate::call::voice::{Next, Pace};
use crate::flow::expr::Expr;
use crate::flow::model::{Kind, RequestStep, Step};
use crate::flow::value::Value;
use crate::words::{Lang, Level, Secret};
use std::collections::BTreeMap;

impl<'f> Walk<'f> {
    /// Enters a step that needs the world.
    pub(super) fn reach_out(&mut self, kind: &'f Kind) -> Onward {
        let effect = match kind {
            Kind::Lookup { source, with, .. } => Effect::Lookup { source: source.clone(), with: self.values(with) },
            Kind::Act { source, with, .. } => Effect::Act { source: source.clone(), with: self.values(with) },
            Kind::Notices { .. } => Effect::Notices,
            Kind::Status { reference, .. } => Effect::RequestStatus { typed: self.eval(reference).plain() },
            Kind::Change { reference, window, refused, .. } => {
                let change = match window.as_ref().map(|window| self.eval(window)) {
                    None => RequestChange::Cancel,
                    Some(Value::Window(window)) => RequestChange::Window(window),
                    // Where agents' hours and the caller's day never meet there is no such window.
                    Some(_) => return Onward::Go(*refused),
                };
                let verified = self.state.verified(self.now).filter(|v| v.level >= Level::L2);
                let account = verified.map(|v| v.account.clone());
                Effect::ChangeRequest { typed: self.eval(reference).plain(), change, account }
            }
            // A number that is not the caller's own counts only from a caller who is known.
            Kind::Request(request) if self.rings_elsewhere(request) => {
                return Onward::Stop(self.begin_check(Level::L2, true));
            }
            Kind::Request(request) => match self.new_request(request) {
                Some(new) => Effect::FileRequest(Box::new(new)),
                None => return Onward::Go(request.refused),
            },
            Kind::Language { once: true, then } => {
                if self.state.began.lang.is_some() {
                    return Onward::Go(*then);
                }
                if self.state.from().is_none() {
                    return Onward::Stop(self.wait(super::Stage::Step));
                }
                Effect::Preference
            }
            Kind::Language { once: false, .. } => return Onward::Stop(self.wait(super::Stage::Step)),
            _ => return Onward::Stop(self.fault("no-such-kind")),
        };
        Onward::Stop(self.ask(effect, None))
    }

    fn values(&self, with: &[(String, Expr)]) -> Vec<(String, Value)> {
        with.iter().map(|(name, expr)| (name.clone(), self.eval(expr))).collect()
    }

    /// Asks the world for something.
    pub(super) fn ask(&mut self, effect: Effect, secret: Option<Secret>) -> Outcome {
        self.look(effect, secret, None)
    }

    /// The same for a verification under way.
    pub(super) fn ask_checked(&mut self, effect: Effect, secret: Option<Secret>, check: Check) -> Outcome {
        self.look(effect, secret, Some(check))
    }

    fn look(&mut self, effect: Effect, secret: Option<Secret>, check: Option<Check>) -> Outcome {
        let seq = self.state.effects;
        if seq >= limits::EFFECTS_A_TURN {
            // More than a turn may do: breathe with a document of its own, then go on. The effect keeps
            // this turn's number, under which no other is asked for any more.
            let (turn, wait) = (self.state.turn, None);
            self.state.phase = Phase::Looking(Looking { effect, check, wait, turn, seq, fillers: 0 });
            self.state.said.clear();
            self.say_phrase("moment", &[]);
            return self.speak(Next::Continue);
        }
        self.state.effects += 1;
        let (turn, wait) = (self.state.turn, None);
        self.state.phase = Phase::Looking(Looking { effect: effect.clone(), check, wait, turn, seq, fillers: 0 });
        // What was said so far waits in the state until the answer is there, or a filler takes it along.
        self.says_to_keep();
        Outcome::Ask(effect, secret)
    }

    /// The answer takes longer: the caller hears what there is to say and a word of patience.
    pub(super) fn slow(&mut self, mut looking: Looking) -> Outcome {
        // Who has hung up is told nothing while it lasts: what was begun for them goes on without it.
        if self.state.gone || looking.fillers >= limits::FILLERS {
            let answer = Answer::failed_for(&looking.effect);
            return self.answered(looking, answer);
        }
        self.says = self.kept_says().to_vec();
        self.state.said.clear();
        self.say_phrase("moment", &[]);
        looking.fillers += 1;
        self.state.phase = Phase::Looking(looking);
        self.speak(Next::Continue)
    }

    /// The world answered.
    pub(super) fn answered(&mut self, looking: Looking, answer: Answer) -> Outcome {
        self.says = self.kept_says().to_vec();
        self.state.said.clear();
        let kind = self.here().map(|(_, step)| step).map(|Step { kind, .. }| kind);
        match (looking.effect, answer, kind) {
            (Effect::Verify { account, level, by }, Answer::Verify(answer), _) => match looking.check {
                Some(check) => self.verify_answered(account, level, by, check, answer),
                None => self.fault("no-verify-here"),
            },
            (Effect::Challenge { account, resend }, Answer::Challenge(challenge), _) => match looking.check {
                Some(check) => self.challenged(account, resend, check, challenge),
                None => self.fault("no-verify-here"),
            },
            (Effect::Lookup { .. }, Answer::Lookup(answer), Some(Kind::Lookup { into, then, missing, failed, .. })) => {
                match answer {
                    LookupAnswer::Found(value) => {
                        self.set(into, value);
                        self.go_on(*then)
                    }
                    LookupAnswer::Missing => self.go_on(*missing),
                    LookupAnswer::Failed => self.go_on(*failed),
                }
            }
            (Effect::Act { .. }, Answer::Act(answer), Some(Kind::Act { then, pending, failed, .. })) => {
                self.go_on(match answer {
                    ActAnswer::Done => *then,
                    ActAnswer::Pending => *pending,
                    ActAnswer::Failed => *failed,
                })
            }
            (Effect::FileRequest(_), Answer::FileRequest(answer), Some(Kind::Request(request))) => {
                self.filed(request, answer)
            }
            (
                Effect::RequestStatus { .. },
                Answer::RequestStatus(answer),
                Some(Kind::Status { into, then, missing, refused, .. }),
            ) => {
                self.known(into, &answer);
                self.go_on(match answer {
                    StatusAnswer::Known { .. } => *then,
                    StatusAnswer::Missing => *missing,
                    StatusAnswer::Limited | StatusAnswer::Unavailable => *refused,
                })
            }
            (Effect::ChangeRequest { .. }, Answer::ChangeRequest(answer), Some(Kind::Change { then, refused, .. })) => {
                self.go_on(if answer == ChangeAnswer::Changed { *then } else { *refused })
            }
            (Effect::Notices, Answer::Notices(notices), Some(Kind::Notices { then })) => {
                self.say_notices(notices);
                self.go_on(*then)
            }
            (Effect::Preference, Answer::Preference(preference), _) => self.preferred(preference),
            (Effect::Remember(Choice::Slow(_)), Answer::Remembered, _) => match looking.wait {
                Some(wait) => {
                    self.says_to_keep();
                    self.says.clone_from(&self.state.said);
                    self.wait_again(wait)
                }
                None => self.fault("no-wait-here"),
            },
            (Effect::Queue { .. }, Answer::Queue(wait), Some(Kind::Transfer(transfer))) => self.queued(transfer, wait),
            (Effect::PickedUp { .. }, Answer::PickedUp, _) => self.after_transfer(DialEnd::Answered),
            (Effect::KeepRecording(_), Answer::Recording(id), _) => self.kept_recording(id),
            (Effect::Send { .. }, Answer::Sent(answer), _) => self.sent(answer),
            (Effect::Score { .. }, Answer::Scored, Some(Kind::Score { then, .. })) => self.go_on(*then),
            (Effect::Remember(_), Answer::Remembered, Some(Kind::Language { .. })) => self.after_language(),
            _ => self.fault("answer-to-nothing"),
        }
    }

    /// Sets what is known of an earlier request, where something is.
    fn known(&mut self, into: &str, answer: &StatusAnswer) {
        if let StatusAnswer::Known { state, due, overdue } = answer {
            let fields = [
                ("state", Value::Text(state.word().into())),
                ("due", Value::Moment(*due)),
                ("overdue", Value::Flag(*overdue)),
            ];
            self.set(into, record(fields));
        }
    }

    fn filed(&mut self, request: &'f RequestStep, answer: FileAnswer) -> Outcome {
        match answer {
            FileAnswer::Filed { reference, due, added } => {
                self.trail.push(Trace::Filed { reference: reference.to_string(), added });
                let fields = [
                    ("reference", Value::Text(reference.to_string())),
                    ("due", Value::Moment(due)),
                    ("added", Value::Flag(added)),
                ];
                self.set(&request.into, record(fields));
                self.state.collected.clear();
                self.forget_the_way_back();
                self.go_on(request.then)
            }
            FileAnswer::TooMany | FileAnswer::NotCallable | FileAnswer::Unavailable => self.go_on(request.refused),
        }
    }

    fn say_notices(&mut self, notices: Vec<BTreeMap<Lang, String>>) {
        let lang = self.state.lang;
        for mut notice in notices {
            if let Some(words) = notice.remove(&lang) {
                self.say_words(lang, Pace::Normal, words);
            }
        }
    }
}

fn record<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Record(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
