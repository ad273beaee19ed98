//! What a version would have done to real calls: the newest of them are played again on it, page by page
//! and off the threads that answer callers.

use super::{Studio, StudioError};
use crate::answer::Flows;
use crate::flow::Flow;
use crate::play::replay::{Difference, Pair, Recorded, Went, Why};
use crate::store::{RecordedRow, Store, StoreError};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// How many calls are played again where nobody says how many.
pub const CALLS: u32 = 1_000;
/// The most that are.
pub const MOST: u32 = 10_000;
/// Calls read at once.
const PAGE: u32 = 200;
/// The most calls that a group names.
const NAMED: usize = 200;

/// How real calls of a line would have gone on a version.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Report {
    /// Calls looked at.
    pub calls: u64,
    /// Those that go through the same steps to the same end.
    pub same: u64,
    /// Through other steps to the same end.
    pub elsewhere: u64,
    /// To another end.
    pub otherwise: u64,
    /// That meet an option that is gone.
    pub gone: u64,
    /// That need something that was not asked then.
    pub needs: u64,
    /// That cannot be played again.
    pub cannot: u64,
    /// All that do not go the same way, by how and by step: the most frequent first.
    pub groups: Vec<Group>,
}

/// Calls that go another way alike.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Group {
    /// How they go, and from which step on.
    pub how: Difference,
    /// How many.
    pub calls: u64,
    /// Their ids, the newest first; of many the newest ones.
    pub ids: Vec<String>,
}

impl Studio {
    /// As [`replayed`], one at a time: whoever asks while one is at work waits for it, so that those who
    /// look leave the other cores to those who call.
    ///
    /// # Errors
    /// The store fails.
    pub async fn replayed(&self, line: &str, new: &Arc<Flow>, calls: u32) -> Result<Report, StudioError> {
        let turn = self.inner.replays.clone().acquire_owned().await;
        let turn = turn.map_err(|error| StudioError::Broken(error.to_string()))?;
        let answerer = &self.inner.answerer;
        Ok(run(answerer.flows(), answerer.store(), line, new, calls, &Arc::new(turn)).await?)
    }
}

/// Plays the newest ended calls of a line on a version, trial calls left out; [`MOST`] at most.
pub async fn replayed(
    flows: &Flows,
    store: &Store,
    line: &str,
    new: &Arc<Flow>,
    calls: u32,
) -> Result<Report, StoreError> {
    run(flows, store, line, new, calls, &Arc::new(())).await
}

/// Its turn ends when the last of its work does: also when whoever asked has gone meanwhile.
async fn run<T: Send + Sync + 'static>(
    flows: &Flows,
    store: &Store,
    line: &str,
    new: &Arc<Flow>,
    calls: u32,
    turn: &Arc<T>,
) -> Result<Report, StoreError> {
    let mut left = calls.min(MOST);
    let mut tally = Tally::default();
    let mut behind: Option<String> = None;
    let mut playing = None;
    while left > 0 {
        let ids = store.ended_calls(line, behind.as_deref(), PAGE.min(left)).await?;
        let (Some(newest), Some(oldest)) = (ids.first(), ids.last()) else { break };
        let rows = store.recorded(line, oldest, newest).await?;
        let mut versions: HashMap<String, Option<Arc<Flow>>> = HashMap::new();
        for row in &rows {
            if !versions.contains_key(&row.digest) {
                versions.insert(row.digest.clone(), flows.version(&row.digest, store).await?);
            }
        }
        left -= u32::try_from(ids.len()).unwrap_or(left).min(left);
        let full = ids.len() == PAGE as usize;
        behind = ids.last().cloned();
        // The next page is read while this one is played.
        tally.take(playing.take()).await?;
        let (new, turn) = (new.clone(), turn.clone());
        playing = Some(tokio::task::spawn_blocking(move || {
            let _turn = turn;
            page(&rows, &versions, &new)
        }));
        // Callers come before the next page.
        tokio::task::yield_now().await;
        if !full {
            break;
        }
    }
    tally.take(playing).await?;
    Ok(tally.report())
}

type Page = Vec<(String, Difference)>;

fn page(rows: &[RecordedRow], versions: &HashMap<String, Option<Arc<Flow>>>, new: &Flow) -> Page {
    let pairs: HashMap<&str, Option<Pair<'_>>> =
        versions.iter().map(|(digest, old)| (digest.as_str(), old.as_ref().map(|old| Pair::new(old, new)))).collect();
    let calls = rows.chunk_by(|a, b| a.call == b.call).filter_map(|rows| Some((rows.first()?, rows)));
    let played = calls.map(|(first, rows)| {
        let kept = rows.iter().map(|r| (&*r.event, &*r.answers, &*r.state, &*r.trail, r.at));
        let how = match (pairs.get(first.digest.as_str()), Recorded::read(kept)) {
            (Some(Some(pair)), Some(recorded)) => pair.replay(&recorded),
            (Some(Some(_)), None) => Difference::cannot(Why::Record),
            _ => Difference::cannot(Why::Flow),
        };
        (first.call.clone(), how)
    });
    played.collect()
}

#[derive(Default)]
struct Tally {
    report: Report,
    /// By how they go, written out.
    groups: BTreeMap<String, Group>,
}

impl Tally {
    /// Takes in what was played; one that could not be ended says so.
    async fn take(&mut self, playing: Option<tokio::task::JoinHandle<Page>>) -> Result<(), StoreError> {
        let Some(playing) = playing else { return Ok(()) };
        let page = playing.await.map_err(|e| StoreError::Damaged(format!("calls could not be played again: {e}")))?;
        for (call, how) in page {
            self.add(call, how);
        }
        Ok(())
    }

    fn add(&mut self, call: String, how: Difference) {
        let report = &mut self.report;
        report.calls += 1;
        *match how.went {
            Went::Same => &mut report.same,
            Went::Elsewhere => &mut report.elsewhere,
            Went::EndsOtherwise { .. } => &mut report.otherwise,
            Went::OptionGone { .. } => &mut report.gone,
            Went::NeedsData(_) => &mut report.needs,
            Went::Cannot(_) => &mut report.cannot,
        } += 1;
        if how.went == Went::Same {
            return;
        }
        let key = serde_json::to_string(&how).unwrap_or_default();
        let group = self.groups.entry(key).or_insert_with(|| Group { how, calls: 0, ids: Vec::new() });
        group.calls += 1;
        if group.ids.len() < NAMED {
            group.ids.push(call);
        }
    }

    fn report(self) -> Report {
        let mut groups: Vec<Group> = self.groups.into_values().collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.calls));
        Report { groups, ..self.report }
    }
}
