//! A host that fails again and again is left alone for a while, so that callers do not wait for
//! nothing and the host can come to itself. Then one question is let through as a trial.

use crate::words::clock::tick;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tracing::{info, warn};

/// Failures in a row after which a host is left alone.
const FAILURES: u32 = 5;

/// Watches over the questions to one host.
pub struct Breaker {
    host: String,
    rest: Duration,
    state: Mutex<State>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// Asked as usual; so many failed in a row.
    Closed(u32),
    /// Left alone since then.
    Open(Instant),
    /// One question is out to see whether it answers again.
    Trying,
}

/// Leave to ask once. Whoever drops it without an answer had none: that is a failure too.
pub struct Permit<'b> {
    breaker: &'b Breaker,
    trial: bool,
    settled: bool,
}

impl Breaker {
    /// For a host that is left alone for `rest` when it fails too often.
    pub fn new(host: &str, rest: Duration) -> Breaker {
        Breaker { host: host.to_owned(), rest, state: Mutex::new(State::Closed(0)) }
    }

    /// Leave to ask now; none while the host is left alone.
    pub fn ask(&self, now: Instant) -> Option<Permit<'_>> {
        let mut state = self.state();
        let trial = match *state {
            State::Closed(_) => false,
            State::Open(since) if now.saturating_duration_since(since) >= self.rest => true,
            State::Open(_) | State::Trying => return None,
        };
        if trial {
            *state = State::Trying;
        }
        Some(Permit { breaker: self, trial, settled: false })
    }

    /// Whether the host is left alone, or tried for the first time again.
    pub fn is_open(&self) -> bool {
        !matches!(*self.state(), State::Closed(_))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settle(&self, trial: bool, good: bool, now: Instant) {
        let mut state = self.state();
        let next = match (*state, good) {
            (State::Closed(_), true) => State::Closed(0),
            (State::Closed(failures), false) if failures + 1 < FAILURES => State::Closed(failures + 1),
            (State::Closed(_), false) => State::Open(now),
            (State::Trying, true) if trial => State::Closed(0),
            (State::Trying, false) if trial => State::Open(now),
            // Asked before it was left alone: what it says is old.
            (other, _) => other,
        };
        let (was, is) = (std::mem::replace(&mut *state, next), next);
        drop(state);
        match (was, is) {
            (State::Closed(_), State::Open(_)) => {
                warn!(host = %self.host, failures = FAILURES, rest = ?self.rest, "a host fails and is left alone");
            }
            (State::Trying, State::Open(_)) => warn!(host = %self.host, rest = ?self.rest, "the host still fails"),
            (State::Trying, State::Closed(_)) => info!(host = %self.host, "the host answers again"),
            _ => {}
        }
    }
}

impl Permit<'_> {
    /// Tells how it went: `good` when the host answered, whatever the answer.
    pub fn settle(mut self, good: bool, now: Instant) {
        self.settled = true;
        self.breaker.settle(self.trial, good, now);
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if !self.settled {
            self.breaker.settle(self.trial, false, tick());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REST: Duration = Duration::from_secs(10);

    fn ask(breaker: &Breaker, good: bool, now: Instant) {
        breaker.ask(now).expect("leave to ask").settle(good, now);
    }

    /// A host that has just failed once too often.
    fn open(now: Instant) -> Breaker {
        let breaker = Breaker::new("wallet", REST);
        (0..FAILURES).for_each(|_| ask(&breaker, false, now));
        assert!(breaker.is_open());
        breaker
    }

    #[test]
    fn a_host_that_answers_now_and_then_is_asked_for_ever() {
        let (breaker, now) = (Breaker::new("wallet", REST), tick());
        for _ in 0..3 {
            (1..FAILURES).for_each(|_| ask(&breaker, false, now));
            ask(&breaker, true, now);
        }
        assert!(!breaker.is_open());
    }

    #[test]
    fn a_host_that_fails_is_left_alone_and_then_tried_by_one_question() {
        let now = tick();
        let breaker = open(now);
        assert!(breaker.ask(now + REST - Duration::from_millis(1)).is_none(), "it rests");
        let trial = breaker.ask(now + REST).expect("the trial");
        assert!(breaker.ask(now + REST).is_none(), "one at a time");
        trial.settle(false, now + REST);
        assert!(breaker.ask(now + REST + REST / 2).is_none(), "it rests anew");
        ask(&breaker, true, now + REST + REST);
        assert!(!breaker.is_open());
        (1..FAILURES).for_each(|_| ask(&breaker, false, now));
        assert!(!breaker.is_open(), "old failures are forgotten");
    }

    #[test]
    fn what_was_asked_before_the_rest_neither_ends_nor_lengthens_it() {
        let now = tick();
        let breaker = Breaker::new("wallet", REST);
        let (early, other) = (breaker.ask(now).expect("leave"), breaker.ask(now).expect("leave"));
        (0..FAILURES).for_each(|_| ask(&breaker, false, now));
        early.settle(true, now);
        assert!(breaker.ask(now).is_none(), "it rests all the same");
        other.settle(false, now + REST / 2);
        assert!(breaker.ask(now + REST).is_some());
    }

    #[test]
    fn a_question_that_is_given_up_is_a_failure_and_never_blocks_the_trial() {
        let now = tick();
        let breaker = Breaker::new("wallet", Duration::ZERO);
        (0..FAILURES).for_each(|_| drop(breaker.ask(now)));
        assert!(breaker.is_open());
        drop(breaker.ask(tick()).expect("the trial"));
        assert!(breaker.ask(tick()).is_some(), "the next trial");
    }
}
