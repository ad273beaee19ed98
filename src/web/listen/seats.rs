//! Which connections there are, and which of them are idle for how long.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tracing::warn;

/// In place of the order in which connections became idle: it is busy.
const BUSY: u64 = u64::MAX;

/// All places for connections. Share it by cloning.
#[derive(Clone)]
pub struct Seats(Arc<Inner>);

struct Inner {
    most: usize,
    state: Mutex<State>,
    /// Somebody left.
    left: Notify,
}

#[derive(Default)]
struct State {
    taken: usize,
    /// Those that wait for a request, in the order in which they began to.
    idle: BTreeMap<u64, Arc<Leave>>,
    next: u64,
    /// One waits for a place, and all were busy: the first that is not any more is closed.
    waiting: bool,
    /// The log was told that all places are taken, and since then they always were.
    told: bool,
}

/// How a connection is asked to leave.
#[derive(Default)]
struct Leave {
    asked: AtomicBool,
    wake: Notify,
}

/// A connection's place. Free again when it is dropped.
pub(super) struct Seat {
    seats: Seats,
    leave: Arc<Leave>,
    /// Since when it is idle, in the order; or [`BUSY`].
    since: AtomicU64,
}

/// As long as a connection has a request to answer.
pub(super) struct Busy(Arc<Seat>);

impl Seats {
    /// So many places, all free.
    pub fn new(most: usize) -> Seats {
        Seats(Arc::new(Inner { most: most.max(1), state: Mutex::default(), left: Notify::new() }))
    }

    /// How many are taken.
    pub fn taken(&self) -> usize {
        self.state().taken
    }

    /// A place. Where none is free, the connection that is idle for the longest is closed; where all
    /// are busy, it takes until one of them is not.
    pub(super) async fn take(&self) -> Arc<Seat> {
        let mut closed = false;
        loop {
            {
                let mut state = self.state();
                if state.taken < self.0.most {
                    state.taken += 1;
                    state.told &= state.taken == self.0.most;
                    let leave = Arc::<Leave>::default();
                    let since = AtomicU64::new(state.begin_to_idle(leave.clone()));
                    return Arc::new(Seat { seats: self.clone(), leave, since });
                }
                state.tell(self.0.most);
                if !closed {
                    closed = true;
                    state.waiting = !state.close_idle();
                }
            }
            self.0.left.notified().await;
        }
    }

    /// Closes the connection that is idle for the longest.
    pub(super) fn close_idle(&self) {
        if !self.state().close_idle() {
            tracing::debug!("no connection is idle");
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn begin_to_idle(&mut self, leave: Arc<Leave>) -> u64 {
        let since = self.next;
        self.next += 1;
        self.idle.insert(since, leave);
        since
    }

    /// False where all are busy.
    fn close_idle(&mut self) -> bool {
        let Some((_, longest)) = self.idle.pop_first() else { return false };
        longest.asked.store(true, Ordering::Relaxed);
        longest.wake.notify_one();
        true
    }

    fn tell(&mut self, most: usize) {
        if !std::mem::replace(&mut self.told, true) {
            let idle = self.idle.len();
            warn!(most, idle, "all connections are taken: for each new one the one idle for the longest is closed");
        }
    }
}

impl Seat {
    /// A request is there: the connection is not idle until what is given back is dropped.
    pub fn busy(seat: &Arc<Seat>) -> Busy {
        let since = seat.since.swap(BUSY, Ordering::Relaxed);
        seat.seats.state().idle.remove(&since);
        Busy(seat.clone())
    }

    /// Since when it waits for a request, in the order of all; none while it is busy.
    pub fn idle_since(&self) -> Option<u64> {
        Some(self.since.load(Ordering::Relaxed)).filter(|since| *since != BUSY)
    }

    /// Comes back when the connection is to be closed for another one.
    pub async fn is_asked_to_leave(&self) {
        while !self.leave.asked.load(Ordering::Relaxed) {
            self.leave.wake.notified().await;
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let Seat { seats, leave, since } = &*self.0;
        let mut state = seats.state();
        since.store(state.begin_to_idle(leave.clone()), Ordering::Relaxed);
        if std::mem::take(&mut state.waiting) {
            state.waiting = !state.close_idle();
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut state = self.seats.state();
        state.idle.remove(self.since.get_mut());
        state.taken -= 1;
        drop(state);
        self.seats.0.left.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[test]
    fn the_connection_idle_for_the_longest_makes_room_and_a_busy_one_never_does() {
        let seats = Seats::new(3);
        let mut taken: Vec<Arc<Seat>> = (0..3).map(|_| seats.take().now_or_never().expect("a place")).collect();
        let first = Seat::busy(&taken[0]);
        let mut fourth = Box::pin(seats.take());
        assert!(fourth.as_mut().now_or_never().is_none(), "all are taken");
        let asked = |seat: &Seat| seat.is_asked_to_leave().now_or_never().is_some();
        let leaving: Vec<bool> = taken.iter().map(|seat| asked(seat)).collect();
        assert_eq!(leaving, [false, true, false]);
        drop(taken.remove(1));
        let fourth = fourth.now_or_never().expect("its place");
        // Who was busy is idle for less long than who waited all the time.
        drop(first);
        seats.close_idle();
        let leaving: Vec<bool> = taken.iter().map(|seat| asked(seat)).collect();
        assert_eq!((leaving, asked(&fourth)), (vec![false, true], false));
        drop((taken, fourth));
        assert_eq!(seats.taken(), 0);
        assert!(seats.state().idle.is_empty(), "nothing is kept of who is gone");
    }

    #[test]
    fn while_all_are_busy_nobody_is_closed_and_the_next_one_waits() {
        let seats = Seats::new(1);
        let only = seats.take().now_or_never().expect("a place");
        let busy = Seat::busy(&only);
        assert_eq!(only.idle_since(), None);
        let mut next = Box::pin(seats.take());
        assert!(next.as_mut().now_or_never().is_none());
        assert!(only.is_asked_to_leave().now_or_never().is_none(), "it is busy");
        drop(busy);
        only.is_asked_to_leave().now_or_never().expect("it is not any more");
        drop(only);
        next.now_or_never().expect("its place");
    }
}
