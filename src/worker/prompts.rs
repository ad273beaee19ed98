//! Recordings that were uploaded for a draft and never taken up, or replaced: nothing plays them.

use super::SweepError;
use crate::store::{Objects, Store};
use jiff::Timestamp;
use std::time::Duration;

/// How long a recording is kept after it was uploaded, whether anything plays it or not.
const UPLOADED: Duration = Duration::from_hours(24 * 30);
/// How far the clocks of two servers are apart at most, and more.
const ASIDE: Duration = Duration::from_hours(1);

/// Deletes the recordings uploaded 30 days before `now` and earlier that no version of a hotline and no draft
/// plays; gives how many.
///
/// # Errors
/// The database fails, or the place of the objects.
pub async fn drop_unplayed(store: &Store, objects: &Objects, now: Timestamp) -> Result<u64, SweepError> {
    let at = |ago: Duration| now.saturating_sub(ago).map_or(0, |at| at.as_millisecond());
    let (before, since) = (at(UPLOADED), at(ASIDE));
    let mut dropped = 0;
    for prompt in store.unplayed_prompts(before).await? {
        let sound = objects.get(&prompt.object).await?;
        if !store.forget_prompt(&prompt.name, before, since).await? {
            continue;
        }
        let Some(sound) = sound else { continue };
        if let Err(error) = objects.delete(&prompt.object).await {
            // Tried again the next time.
            store.put_prompt(&prompt).await?;
            return Err(error.into());
        }
        // Somebody uploaded the same sound again meanwhile, and has put it there before it was deleted.
        if store.prompt(&prompt.name).await?.is_some() {
            objects.put(&prompt.object, sound).await?;
        } else {
            dropped += 1;
        }
    }
    Ok(dropped)
}
