//! Who is let in when more webhooks come than the machine holds. Decides by what is measured, how many
//! are inside and how fast they leave, and by nothing that would have to be configured for a machine.
//! Knows nothing of calls, documents or stores.
//!
//! A newcomer waits about as long as it takes those before it to leave: their number by their rate
//! (Little's law). Whoever waits for a service outside, for a slow hash or for the end of a caller's
//! patience stands aside: that is no work of this machine, and no sign that it has too much.

use crate::words::clock::tick;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tracing::warn;

/// A rate is believed after this long: before, a burst would look like a machine that stands still.
const EVIDENCE: Duration = Duration::from_millis(100);
/// The rate is that of about so long: the disk may have become slow since.
const WINDOW: Duration = Duration::from_millis(400);
/// How finely it is looked back.
const MARK: Duration = Duration::from_millis(50);
/// How often the log tells of those that were not let in.
const TELL: Duration = Duration::from_secs(1);

/// When newcomers are not let in any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// As long as fewer than this are inside, everybody is let in: a cold start is no crowd.
    pub few: usize,
    /// The longest wait that a new call is let into.
    pub call: Duration,
    /// The longest wait that a turn of a running call is let into.
    pub turn: Duration,
    /// The most inside, whatever they wait for, because each takes memory. New calls leave a quarter
    /// of it to running ones; what tells of something that happened may take a quarter more.
    pub most: usize,
}

impl Default for Bounds {
    fn default() -> Bounds {
        let (call, turn) = (Duration::from_millis(300), Duration::from_millis(700));
        Bounds { few: 32, call, turn, most: 4096 }
    }
}

/// Who comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Comes {
    /// A new call: nothing is lost yet, so it is the first to wait.
    Call,
    /// A turn of a running call: what it asks can be asked again.
    Turn,
    /// Something that happened and is told once: the end of a call or of a transfer, a message left.
    News,
}

/// What is measured when somebody comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Measured {
    /// How many are inside.
    pub inside: usize,
    /// How many of them stand aside.
    pub aside: usize,
    /// How many left lately, served.
    pub served: u64,
    /// How long lately is.
    pub over: Duration,
    /// How long ago the last one was served, as far as it was seen.
    pub still: Duration,
}

impl Bounds {
    /// Whether somebody is let in.
    pub(super) fn let_in(&self, comes: Comes, measured: &Measured) -> bool {
        let quarter = self.most / 4;
        let (most, longest) = match comes {
            Comes::Call => (self.most - quarter, self.call),
            Comes::Turn => (self.most, self.turn),
            Comes::News => (self.most + quarter, Duration::MAX),
        };
        measured.inside < most && self.wait(measured) <= longest
    }

    /// How long a newcomer would wait.
    pub(super) fn wait(&self, measured: &Measured) -> Duration {
        let crowd = measured.inside.saturating_sub(measured.aside);
        if crowd < self.few || measured.over < EVIDENCE {
            return Duration::ZERO;
        }
        // A few more than were served, so that one long breath of the disk does not count as its pace.
        let served = measured.served.saturating_add(self.few as u64).max(1);
        let by_rate = measured.over.as_secs_f64() * crowd as f64 / served as f64;
        Duration::try_from_secs_f64(by_rate).unwrap_or(Duration::MAX).max(measured.still)
    }
}

/// Everybody inside.
pub(super) struct Crowd {
    bounds: Bounds,
    inside: AtomicUsize,
    aside: AtomicUsize,
    served: AtomicU64,
    /// There were many when the last one came, so that the marks below are of this crowd.
    crowded: AtomicBool,
    marks: Mutex<Marks>,
    refused: Mutex<Refusals>,
}

/// How many had been served at which moment, oldest first.
#[derive(Default)]
struct Marks {
    marks: VecDeque<(Instant, u64)>,
    /// When the number was last seen to have changed.
    moved: Option<(Instant, u64)>,
}

/// Those not let in that the log was not told of yet.
#[derive(Default)]
struct Refusals {
    told: Option<Instant>,
    calls: u64,
    turns: u64,
}

impl Crowd {
    pub fn new(bounds: Bounds) -> Crowd {
        Crowd {
            bounds,
            inside: AtomicUsize::new(0),
            aside: AtomicUsize::new(0),
            served: AtomicU64::new(0),
            crowded: AtomicBool::new(false),
            marks: Mutex::default(),
            refused: Mutex::default(),
        }
    }

    /// Lets somebody in, who is inside until what is given back is dropped. None: too many are inside.
    pub fn enter(&self, comes: Comes) -> Option<Inside<'_>> {
        let inside = Inside { crowd: self, before: self.inside.fetch_add(1, Ordering::Relaxed) };
        let measured = self.measure(inside.before);
        if self.bounds.let_in(comes, &measured) {
            return Some(inside);
        }
        self.tell(comes, &measured);
        None
    }

    /// Whoever holds what is given back waits for somebody else than this machine.
    pub fn step_aside(&self) -> Aside<'_> {
        self.aside.fetch_add(1, Ordering::Relaxed);
        Aside(self)
    }

    /// How many are inside.
    pub fn inside(&self) -> usize {
        self.inside.load(Ordering::Relaxed)
    }

    /// What a newcomer finds, with so many inside. While there are few no clock is read.
    fn measure(&self, inside: usize) -> Measured {
        let aside = self.aside.load(Ordering::Relaxed);
        let alone = Measured { inside, aside, served: 0, over: Duration::ZERO, still: Duration::ZERO };
        if inside.saturating_sub(aside) < self.bounds.few {
            if self.crowded.load(Ordering::Relaxed) {
                self.crowded.store(false, Ordering::Relaxed);
            }
            return alone;
        }
        let served = self.served.load(Ordering::Relaxed);
        let mut marks = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        let now = tick();
        if !self.crowded.swap(true, Ordering::Relaxed) {
            *marks = Marks::default();
        }
        let (served, over, still) = marks.look(now, served);
        Measured { served, over, still, ..alone }
    }

    fn tell(&self, comes: Comes, measured: &Measured) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        match comes {
            Comes::Call => refused.calls += 1,
            Comes::Turn | Comes::News => refused.turns += 1,
        }
        let now = tick();
        if refused.told.is_some_and(|told| now.saturating_duration_since(told) < TELL) {
            return;
        }
        let Refusals { calls, turns, .. } = std::mem::take(&mut *refused);
        refused.told = Some(now);
        drop(refused);
        let (inside, wait) = (measured.inside, self.bounds.wait(measured));
        warn!(calls, turns, inside, ?wait, "more comes than this machine holds: callers are asked to hold");
    }
}

impl Marks {
    /// How many were served lately, over how long, and for how long nobody has been.
    fn look(&mut self, now: Instant, served: u64) -> (u64, Duration, Duration) {
        let since = |at: Instant| now.saturating_duration_since(at);
        if self.marks.back().is_none_or(|(at, _)| since(*at) >= MARK) {
            self.marks.push_back((now, served));
        }
        while self.marks.get(1).is_some_and(|(at, _)| since(*at) >= WINDOW) {
            self.marks.pop_front();
        }
        let moved = match self.moved {
            Some(moved) if moved.1 == served => moved,
            _ => *self.moved.insert((now, served)),
        };
        let (at, before) = self.marks.front().copied().unwrap_or((now, served));
        (served.saturating_sub(before), since(at), since(moved.0))
    }
}

/// One that was let in.
pub(super) struct Inside<'c> {
    crowd: &'c Crowd,
    before: usize,
}

impl Inside<'_> {
    /// Leaves with an ordinary answer: an apology is none, and tells nothing of how fast we are.
    pub fn served(self) {
        self.crowd.served.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.crowd.inside.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One that stands aside.
pub(super) struct Aside<'c>(&'c Crowd);

impl Drop for Aside<'_> {
    fn drop(&mut self) {
        self.0.aside.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
