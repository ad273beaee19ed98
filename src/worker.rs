//! Floor 4: what has to be done without anybody calling. Ends calls of which nothing was heard for
//! long: their provider never told us that they are over.

use crate::answer::Answerer;
use crate::call::event::CallStatus;
use crate::call::state::Ending;
use crate::words::clock;
use jiff::SignedDuration;
use std::time::Duration;
use tracing::Instrument;

/// A call of which nothing is heard for this long is over.
const SILENT: SignedDuration = SignedDuration::from_hours(2);
/// How often one looks.
const EVERY: Duration = Duration::from_secs(60);
/// How many are ended in one go.
const AT_ONCE: u32 = 200;

/// Works until it is dropped.
pub async fn run(answerer: Answerer) {
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

/// Ends the calls of which nothing was heard since `before`, in ms; gives how many.
pub async fn end_silent_calls(answerer: &Answerer, before: i64) -> Result<usize, crate::answer::Failure> {
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
