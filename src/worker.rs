//! Floor 4: what has to be done without anybody calling. Ends calls of which nothing was heard for
//! long: their provider never told us that they are over. Lets go of calls and requests that were
//! kept long enough. Works the outbox off. Rolls up what callers did.

mod hooks;
mod post;
mod prompts;
mod tally;

pub use post::{PAUSES, Post, SweepError, sweep};
pub use prompts::drop_unplayed;
pub use tally::{marked, tally};

use crate::answer::{Answerer, Failure};
use crate::call::event::CallStatus;
use crate::call::state::Ending;
use crate::store::{Objects, Store, StoreError};
use crate::words::clock;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;
use tracing::Instrument;

/// A call of which nothing is heard for this long is over.
const SILENT: SignedDuration = SignedDuration::from_hours(2);
/// How often one looks.
const EVERY: Duration = Duration::from_secs(60);
/// How often one looks for lines that admins changed: what they do shows within two seconds.
const LINES: Duration = Duration::from_secs(1);
/// How many are ended in one go.
const AT_ONCE: u32 = 200;

/// How often one lets go of what is old, in looks.
const AGING: u32 = 60;
/// Calls let go of in one unit of work: a few milliseconds, for which every caller waits.
const AGED: u32 = 25;
/// How long what people sign in by is kept after it ended: longer than any of it counts.
const SIGNED_IN: Duration = Duration::from_hours(48);
/// How long a version is kept that was only tried, after it last was: a trial takes minutes.
const TRIED: Duration = Duration::from_hours(48);
/// A pause between two units of work, so that callers come first.
const BREATH: Duration = Duration::from_millis(100);
/// Units of work in one go: what is left then is for the next.
const UNITS: u32 = 2000;

/// How long what is over is kept; none: for ever.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kept {
    /// A call and its turns, after it ended.
    pub calls: Option<Duration>,
    /// A request that is done or closed, after it last changed.
    pub requests: Option<Duration>,
}

/// What was let go of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Aged {
    /// Calls, with everything kept of them.
    pub calls: u64,
    /// Requests, with their histories.
    pub requests: u64,
}

/// Works until it is dropped. What has to be posted is worked off apart, by [`Post::run`], because it
/// finishes what it has begun.
pub async fn run(answerer: Answerer, kept: Kept, objects: Objects) {
    tokio::join!(
        keep_lines(answerer.clone()),
        end_calls(answerer.clone()),
        tally::run(answerer.store().clone()),
        let_go(answerer.store().clone(), kept, objects)
    );
}

/// Takes in what admins change of lines, on whichever server they do.
async fn keep_lines(answerer: Answerer) {
    let mut tick = tokio::time::interval(LINES);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut lost = false;
    loop {
        tick.tick().await;
        match answerer.take_lines().await {
            Ok(changed) => {
                lost = false;
                if changed {
                    tracing::info!("lines made in the studio were taken in");
                }
            }
            Err(error) => {
                if !lost {
                    tracing::warn!(%error, "lines made in the studio cannot be looked at; they stay as they are");
                }
                lost = true;
            }
        }
    }
}

async fn end_calls(answerer: Answerer) {
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let before = clock::now().saturating_sub(SILENT).map_or(0, |before| before.as_millisecond());
        if let Err(error) = end_silent_calls(&answerer, before).await {
            tracing::warn!(%error, "silent calls could not be ended; tried again in a minute");
        }
    }
}

async fn let_go(store: Store, kept: Kept, objects: Objects) {
    let mut tick = tokio::time::interval(EVERY * AGING);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        match age(&store, kept, clock::now()).await {
            Ok(Aged { calls: 0, requests: 0 }) => {}
            Ok(Aged { calls, requests }) => tracing::info!(calls, requests, "let go of what was kept long enough"),
            Err(error) => tracing::warn!(%error, "what is old could not be let go of; tried again in an hour"),
        }
        match sweep(&store, &objects).await {
            Ok(0) => {}
            Ok(recordings) => tracing::info!(recordings, "recordings deleted with their calls"),
            Err(error) => tracing::warn!(%error, "recordings could not be deleted; tried again in an hour"),
        }
        match drop_unplayed(&store, &objects, clock::now()).await {
            Ok(0) => {}
            Ok(prompts) => tracing::info!(prompts, "uploaded recordings deleted that no hotline plays"),
            Err(error) => tracing::warn!(%error, "uploaded recordings could not be deleted; tried again in an hour"),
        }
    }
}

/// Ends the calls of which nothing was heard since `before`, in ms; gives how many.
pub async fn end_silent_calls(answerer: &Answerer, before: i64) -> Result<usize, Failure> {
    let silent = answerer.store().silent_calls(before, AT_ONCE).await?;
    let mut ended = 0;
    for call in &silent {
        let span = tracing::info_span!("silent", %call);
        // One that cannot be ended keeps no other from it.
        match answerer.end(call, CallStatus::Completed, Some(Ending::Silent)).instrument(span).await {
            Ok(()) => ended += 1,
            Err(error) => tracing::warn!(%error, %call, "a silent call could not be ended"),
        }
    }
    Ok(ended)
}

/// Lets go of everything that was kept long enough at `now`, a little at a time.
pub async fn age(store: &Store, kept: Kept, now: Timestamp) -> Result<Aged, StoreError> {
    let before = |kept: Duration| now.saturating_sub(kept).map_or(0, |before| before.as_millisecond());
    let mut aged = Aged::default();
    all(store, Old::SignIns, before(SIGNED_IN)).await?;
    all(store, Old::Versions, before(TRIED)).await?;
    if let Some(before) = kept.calls.map(before) {
        aged.calls = all(store, Old::Calls, before).await?;
        all(store, Old::Subjects, before).await?;
    }
    if let Some(before) = kept.requests.map(before) {
        aged.requests = all(store, Old::Requests, before).await?;
    }
    Ok(aged)
}

enum Old {
    Calls,
    /// What limits are counted under.
    Subjects,
    Requests,
    /// What people signed in by, and what their programs were answered.
    SignIns,
    /// Of drafts that were tried.
    Versions,
}

/// Unit after unit until one finds less than it may; gives how many there were.
async fn all(store: &Store, what: Old, before: i64) -> Result<u64, StoreError> {
    let mut all = 0;
    for _ in 0..UNITS {
        let found = match what {
            Old::Calls => store.age_calls(before, AGED).await?,
            Old::Subjects => store.age_subjects(before, AGED).await?,
            Old::Requests => store.age_requests(before, AGED).await?,
            Old::SignIns => store.age_sign_ins(before, AGED).await?,
            Old::Versions => store.age_versions(before, AGED).await?,
        };
        all += found;
        if found < u64::from(AGED) {
            break;
        }
        tokio::time::sleep(BREATH).await;
    }
    Ok(all)
}
