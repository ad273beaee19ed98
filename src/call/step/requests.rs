//! What a `request` step records, made from what the call knows.

use super::Walk;
use crate::call::effect::{NewRequest, Priority, RingAt};
use crate::flow::model::{RequestStep, Ring};
use crate::flow::value::Value;
use crate::words::{Level, Phone};
use jiff::tz::TimeZone;

impl Walk<'_> {
    /// The request of a step; none when there is no number to ring or it may not be called.
    pub(super) fn new_request(&mut self, request: &RequestStep) -> Option<NewRequest> {
        self.note(&request.note);
        let ring = self.ring_at(&request.number)?;
        let number = if let RingAt::Number(phone) = &ring { Some(phone) } else { None };
        let zones = self.callers_zones(number.or(self.state.from()));
        let word = |value: Value| value.plain();
        let topic = word(self.eval(&request.topic));
        let priority = Priority::named(&word(self.eval(&request.priority))).unwrap_or(Priority::Normal);
        let window = match request.window.as_ref().map(|expr| self.eval(expr)) {
            Some(Value::Window(window)) => Some(window),
            _ => None,
        };
        let due = self.flow.due(&zones, self.now, priority as usize)?;
        let due = window.map_or(due, |window| window.to);
        let verified = self.state.verified(self.now);
        Some(NewRequest {
            kind: word(self.eval(&request.kind)),
            skill: request.skill.as_ref().map_or_else(|| topic.clone(), |skill| word(self.eval(skill))),
            topic,
            priority,
            lang: self.state.lang,
            ring,
            account: verified.filter(|v| v.level >= Level::L2).map(|v| v.account.clone()),
            from: self.state.from().cloned(),
            level: self.state.level(self.now),
            verified_at: verified.map(|v| v.at),
            collected: self.state.collected.clone(),
            window,
            due,
            test: self.state.began.test,
        })
    }

    /// Whether a request is to ring a number that is not the caller's, and nobody knows who asks.
    pub(super) fn rings_elsewhere(&self, request: &RequestStep) -> bool {
        let Ring::Number(expr) = &request.number else { return false };
        let own = self.state.from().cloned().map(Value::Phone);
        let number = self.eval(expr);
        self.state.level(self.now) < Level::L2 && number != Value::None && Some(number) != own
    }

    fn ring_at(&self, ring: &Ring) -> Option<RingAt> {
        match ring {
            Ring::Nobody => Some(RingAt::Nobody),
            Ring::Registered(account) => match self.eval(account) {
                Value::None => None,
                account => Some(RingAt::Registered(account.plain())),
            },
            Ring::Number(expr) => match self.eval(expr) {
                Value::Phone(phone) => {
                    phone.may_ring(&self.flow.countries, self.state.fiction).ok().map(|()| RingAt::Number(phone))
                }
                _ => None,
            },
        }
    }

    /// The time zones somebody may be rung in: those of the number's country, else the line's own.
    pub(super) fn callers_zones(&self, phone: Option<&Phone>) -> Vec<TimeZone> {
        self.flow.zones_of(phone)
    }
}
