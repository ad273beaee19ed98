//! Earlier requests of somebody who calls again: moved, cancelled, or closed because an agent has
//! served the customer meanwhile.

use super::Answerer;
use crate::call::State;
use crate::call::effect::{ChangeAnswer, RequestChange};
use crate::call::event::Now;
use crate::call::state::{Phase, Stage, Wait};
use crate::flow::Flow;
use crate::store::{Asker, Attempt, Claim, EffectKey, Guess, StoreError};
use crate::words::{Level, Phone, Reference};
use tracing::warn;

/// Whoever talked with an agent for this long, in seconds, was served; less is a wrong desk.
const SERVED: u32 = 60;
/// A desk rings no longer than this, in seconds: a caller who hangs up after it had an agent.
const RINGS_AT_MOST: u32 = 240;

impl Answerer {
    /// Changes or cancels the request of a reference for its customer: verified, or calling from the
    /// number it was asked from. A reference that leads nowhere is charged like a guess at a secret.
    #[expect(clippy::too_many_arguments, reason = "each says something else about the one change")]
    pub(super) async fn change_request(
        &self,
        flow: &Flow,
        typed: &str,
        change: RequestChange,
        account: Option<&str>,
        state: &State,
        key: &EffectKey,
        at: i64,
    ) -> Result<ChangeAnswer, StoreError> {
        let (store, from) = (&self.inner.store, state.from());
        let caller = from.map(|phone| phone.as_str().to_owned());
        let guess = Guess::Reference;
        let attempt = Attempt { key: key.clone(), guess, account: None, caller, line: flow.name.clone(), at };
        match store.claim_attempt(&attempt, &self.inner.settings.limits).await? {
            Claim::Limited { alarm } => {
                self.alarm(alarm, &flow.name);
                Ok(ChangeAnswer::Refused)
            }
            Claim::Settled(kept) => Ok(serde_json::from_str(&kept).unwrap_or(ChangeAnswer::Unavailable)),
            Claim::Busy => Ok(ChangeAnswer::Unavailable),
            Claim::Compare => {
                let asker = Asker { account, number: from.map(Phone::as_str), test: state.began.test };
                let changed = match Reference::parse(typed) {
                    Some(reference) => store.change_request(key, &flow.name, &reference, asker, change, at).await?,
                    None => false,
                };
                let answer = if changed { ChangeAnswer::Changed } else { ChangeAnswer::Refused };
                let kept = serde_json::to_string(&answer).unwrap_or_default();
                store.settle_attempt(key, &kept, changed, at).await?;
                Ok(answer)
            }
        }
    }

    /// An agent has talked with the caller: what this customer has open with the same agents is done.
    pub(super) async fn served(&self, state: &State, skill: &str, talked: u32, at: i64) -> Result<(), StoreError> {
        if talked < SERVED {
            return Ok(());
        }
        let account = state.verified.as_ref().filter(|v| v.level >= Level::L2).map(|v| format!("a:{}", v.account));
        let number = state.from().map(|phone| format!("n:{}", phone.as_str()));
        let customers: Vec<String> = account.into_iter().chain(number).collect();
        self.inner.store.close_served(&customers, skill, state.began.test, at).await?;
        Ok(())
    }

    /// The same for a caller who hung up while a desk was rung: after longer than any desk rings there
    /// was somebody to talk with. How long exactly nobody says.
    pub(super) async fn served_before_hanging_up(&self, state: &State, now: Now) {
        let Phase::Waiting(Wait { stage: Stage::Ringing { skill, since, .. }, .. }) = &state.phase else { return };
        let passed = u32::try_from(now.duration_since(*since).as_secs()).unwrap_or_default();
        let talked = passed.saturating_sub(RINGS_AT_MOST);
        if let Err(error) = self.served(state, skill, talked, now.as_millisecond()).await {
            warn!(%error, "what the customer has open could not be closed; an agent will see it");
        }
    }
}
