//! What happens at the desk by itself: leases that end, attempts of which nothing more is heard, and
//! telling whoever watches of what changed on this server or another.

use super::look::OVERLAP;
use super::{Change, Desk, Result};
use crate::store::DialState;
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::watch;

/// How often one looks.
const EVERY: Duration = Duration::from_secs(1);
/// How often what is overdue is counted, in looks.
const COUNTED: u32 = 10;
/// An attempt that nobody at the provider has taken by then has failed, in ms.
const ORDERED: i64 = 60_000;
/// The longest phones ring in it and the agent is asked to press 1, in ms.
const RINGS: i64 = 240_000;
/// The longest an attempt goes on, in ms.
const RUNNING: i64 = 2 * 3_600_000;
/// How many are ended in one go.
const AT_ONCE: u32 = 200;
/// How many changes are read in one go.
const READ: u32 = 1000;

/// What one look did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Kept {
    /// Requests that went back because their lease had ended.
    pub returned: u64,
    /// Attempts of which nothing was heard for too long, ended.
    pub ended: u64,
}

/// What whoever watches was told already.
struct Told {
    /// From which moment on there may be something new, in ms.
    since: i64,
    /// The version of each request that was told since then, and when it changed.
    versions: HashMap<String, (i64, i64)>,
}

impl Desk {
    /// Works until `stop` changes or is dropped.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut told = Told { since: self.now_ms(), versions: HashMap::new() };
        let mut looks = 0u32;
        loop {
            tokio::select! {
                _ = tick.tick() => {
                    if let Err(error) = self.keep().await {
                        tracing::warn!(%error, "ended leases could not be looked for; tried again in a second");
                    }
                    if looks.is_multiple_of(COUNTED) && let Ok(overdue) = self.store().overdue(self.now_ms()).await {
                        self.answerer().meters().overdue(overdue);
                    }
                    looks = looks.wrapping_add(1);
                }
                () = self.inner.changed.notified() => {}
                _ = stop.changed() => return,
            }
            if let Err(error) = self.tell(&mut told).await {
                tracing::warn!(%error, "what changed could not be read; tried again in a second");
            }
        }
    }

    /// Looks once: puts requests back whose lease has ended, and ends attempts of which nothing was heard
    /// for too long.
    pub async fn keep(&self) -> Result<Kept> {
        let at = self.now_ms();
        let mut kept = Kept::default();
        for stale in self.store().stale_dials(at - ORDERED, at - RINGS, at - RUNNING, AT_ONCE).await? {
            let (to, note) = match stale.dial.state {
                DialState::Ordered => (DialState::Failed, "the provider was not asked, or did not answer"),
                DialState::Agent => (DialState::Failed, "nothing was heard of the agent's phone any more"),
                DialState::Customer => (DialState::Over, "nothing was heard of the customer's phone any more"),
                _ => (DialState::Over, "nothing was heard of it for two hours"),
            };
            let (nth, until) = (stale.dial.nth, self.lease_from(at));
            let ended = self.store().end_dial(&stale.request, nth, to, Some(note), None, None, at, until).await?;
            kept.ended += u64::from(ended);
        }
        kept.returned = self.returned(None, at).await?;
        if kept.ended > 0 {
            self.changed();
        }
        Ok(kept)
    }

    /// Puts back what leases have ended of: of one request or of all; gives how many.
    pub(super) async fn returned(&self, id: Option<&str>, at: i64) -> Result<u64> {
        let returned = self.store().return_leases(id, at, AT_ONCE).await?;
        if returned > 0 {
            self.answerer().meters().leases_returned(returned);
            self.changed();
        }
        Ok(returned)
    }

    /// Tells whoever watches of what they were not told yet.
    async fn tell(&self, told: &mut Told) -> Result<()> {
        let (mut from, now) = (told.since - OVERLAP, self.now_ms());
        loop {
            let changes = self.store().changes(from, READ).await?;
            let (full, last) = (changes.len() == READ as usize, changes.last().map(|change| change.at));
            for change in changes {
                // A clock that is ahead, another server's or ours before it was set back, hides nothing.
                told.since = told.since.max(change.at).min(now);
                if told.versions.get(&change.id).is_none_or(|(version, _)| *version < change.version) {
                    told.versions.insert(change.id.clone(), (change.version, change.at));
                    self.broadcast(change);
                }
            }
            match last.filter(|last| full && last - 1 > from) {
                Some(last) => from = last - 1,
                None => break,
            }
        }
        let before = told.since - OVERLAP;
        told.versions.retain(|_, (_, at)| *at > before);
        Ok(())
    }

    fn broadcast(&self, change: Change) {
        if self.inner.changes.send(change).is_err() {
            // Nobody watches.
        }
    }
}
