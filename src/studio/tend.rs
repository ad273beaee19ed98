//! What the studio does without anybody asking: hears what other servers published, lets out what is
//! due, and stops trials that go wrong. Any number of servers may do this at once: each deed is one
//! conditional write.

use super::{Judged, Studio, StudioError, VersionState};
use crate::store::{Ends, LiveRow, Published, ReleaseState, StoreError};
use std::time::Duration;
use tokio::time::MissedTickBehavior;

/// How many calls of a trial must have ended before it is judged.
pub const ENOUGH: i64 = 30;

/// How often one looks what is live: a small table.
const EVERY: Duration = Duration::from_secs(1);

/// How often trials are judged, in looks: their calls are counted.
const JUDGED: u32 = 5;

impl Studio {
    /// Works until it is dropped.
    pub async fn run(self) {
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut looks, mut failed) = (0_u32, false);
        loop {
            tick.tick().await;
            let done = self.tend(looks % JUDGED == 0).await;
            if let Err(error) = &done
                && !failed
            {
                tracing::warn!(%error, "what is published cannot be looked at; tried again in {EVERY:?}");
            }
            failed = done.is_err();
            looks = looks.wrapping_add(1);
        }
    }

    /// Looks once.
    ///
    /// # Errors
    /// The store fails.
    pub async fn tend(&self, judge: bool) -> Result<(), StudioError> {
        self.inner.answerer.flows().refresh(self.store()).await?;
        for id in self.store().due_releases(self.now()).await? {
            self.let_out_due(&id).await?;
        }
        if judge {
            for row in self.store().live().await?.iter().filter(|row| row.trial.is_some()) {
                self.judge(row).await?;
            }
        }
        Ok(())
    }

    async fn let_out_due(&self, id: &str) -> Result<(), StudioError> {
        let at = self.now();
        match self.store().let_out(id, ReleaseState::Scheduled, None, None, at).await? {
            Published::Done => {
                tracing::info!(release = id, "a scheduled version is in service for new calls");
                self.take_in().await;
            }
            Published::Elsewhere(flow) => {
                tracing::warn!(release = id, flow, "a scheduled version stays out: another was published meanwhile");
                let ends = Ends { who: None, why: None, counted: None, at };
                self.store().end_release(id, ReleaseState::Scheduled, ReleaseState::Failed, ends).await?;
            }
            // Another server was first, or somebody withdrew it.
            Published::NotThere | Published::DraftChanged => {}
        }
        Ok(())
    }

    /// How the calls of a trial ended beside those of the live version; none when nothing is on trial.
    ///
    /// # Errors
    /// The store fails.
    pub async fn judged(&self, flow: &str) -> Result<Option<Judged>, StudioError> {
        match self.live_row(flow).await? {
            Some(row) => self.count(&row).await,
            None => Ok(None),
        }
    }

    async fn count(&self, row: &LiveRow) -> Result<Option<Judged>, StudioError> {
        let (Some(trial), Some(id)) = (&row.trial, &row.trial_release) else { return Ok(None) };
        let version = self.release(id).await?;
        let Some(since) = version.out_at.filter(|_| version.state == VersionState::Trial) else { return Ok(None) };
        let on_trial = self.store().endings(trial, since).await?;
        let mut live = self.store().endings(&row.digest, since).await?;
        if live.ended < ENOUGH {
            // Too few to compare with: nearly all calls are on trial, or it has just begun.
            live = self.store().endings(&row.digest, 0).await?;
        }
        Ok(Some(Judged::new(on_trial, live)))
    }

    async fn judge(&self, row: &LiveRow) -> Result<(), StudioError> {
        let (Some(id), Some(judged)) = (&row.trial_release, self.count(row).await?) else { return Ok(()) };
        let margin = self.release(id).await?.share.map_or(0, |share| i64::from(share.margin));
        if judged.trial_ended < ENOUGH || !judged.is_worse_by(margin) {
            return Ok(());
        }
        let counted = serde_json::to_string(&judged).map_err(|e| StoreError::Damaged(e.to_string()))?;
        let ends = Ends { who: None, why: None, counted: Some(&counted), at: self.now() };
        if self.store().end_release(id, ReleaseState::Trial, ReleaseState::Stopped, ends).await? {
            tracing::warn!(flow = row.name, ?judged, margin, "a trial was stopped: its calls go wrong more often");
            self.take_in().await;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Endings;

    fn judged(trial: (i64, i64), live: (i64, i64)) -> Judged {
        let endings = |(ended, wrong)| Endings { ended, wrong };
        Judged::new(endings(trial), endings(live))
    }

    #[test]
    fn a_trial_is_worse_only_by_more_than_its_margin() {
        assert!(!judged((40, 12), (1000, 200)).is_worse_by(10), "30 of a hundred are ten more than 20, not more");
        assert!(judged((40, 13), (1000, 200)).is_worse_by(10));
        assert!(judged((30, 1), (1000, 0)).is_worse_by(0));
        assert!(!judged((30, 0), (1000, 0)).is_worse_by(0));
        assert!(!judged((30, 30), (0, 0)).is_worse_by(0), "there is nothing to compare with");
    }
}
