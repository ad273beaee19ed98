//! Effects: what `step` asks of the world, performed. What takes longer than a caller should hear
//! nothing goes on by itself; the next turn picks its answer up, on this server or another.

use super::{Answerer, Failure};
use crate::call::State;
use crate::call::effect::{Answer, Effect, FileAnswer, NewRequest, Preference, RingAt, StatusAnswer};
use crate::call::event::Now;
use crate::flow::Flow;
use crate::store::{Attempt, Claim, EffectKey, FiledBy, Guess, StoreError};
use crate::words::{Phone, Reference, Secret};
use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;
use tokio::time::Instant;
use tracing::{Instrument, Span, warn};

type Done = Result<Answer, StoreError>;

/// Effects under way in this process that may outlive the webhook that asked.
pub struct Performing {
    running: Mutex<LruCache<EffectKey, Arc<Running>>>,
}

struct Running {
    done: watch::Receiver<Option<Done>>,
    /// The webhook that asked did not wait: the answer must be kept for the next turn.
    left_behind: AtomicBool,
}

impl Performing {
    /// Nothing under way.
    pub fn new() -> Performing {
        const KEPT: NonZeroUsize = NonZeroUsize::MIN.saturating_add(9_999);
        Performing { running: Mutex::new(LruCache::new(KEPT)) }
    }

    fn find(&self, key: &EffectKey) -> Option<Arc<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn put(&self, key: &EffectKey, running: &Arc<Running>) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).put(key.clone(), running.clone());
    }

    fn forget(&self, key: &EffectKey) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).pop(key);
    }
}

impl Default for Performing {
    fn default() -> Performing {
        Performing::new()
    }
}

/// One effect to be performed, with what it depends on.
#[derive(Clone)]
pub(super) struct Task {
    pub answerer: Answerer,
    pub flow: Arc<Flow>,
    pub from: Option<Phone>,
    pub effect: Effect,
    pub secret: Option<Secret>,
    pub key: EffectKey,
    pub now: Now,
}

impl Answerer {
    /// Performs an effect. No answer means: not before `until`; it goes on by itself.
    #[expect(clippy::too_many_arguments, reason = "each says something else about the one effect")]
    pub(super) async fn perform(
        &self,
        flow: &Arc<Flow>,
        state: &State,
        effect: &Effect,
        secret: Option<Secret>,
        key: &EffectKey,
        until: Instant,
        now: Now,
    ) -> Result<Option<Answer>, Failure> {
        let store = &self.inner.store;
        let at = now.as_millisecond();
        let from = state.from().cloned();
        let answer = match effect {
            Effect::Notices => Answer::Notices(store.notices(&flow.name, at).await?),
            Effect::Preference => match &from {
                Some(number) => Answer::Preference(store.preference(number, at).await?),
                None => Answer::Preference(Preference::default()),
            },
            // Kept with the turn.
            Effect::Remember(_) => Answer::Remembered,
            Effect::Challenge { account, resend } => {
                let sends = self.inner.settings.texting.on || state.began.test || self.inner.settings.fiction;
                // The same for every account, so it tells nothing of any.
                Answer::Challenge(match sends {
                    true => Some(self.challenge(flow, state, account, *resend, key, at).await?),
                    false => None,
                })
            }
            Effect::FileRequest(new) => Answer::FileRequest(self.file(flow, new, key, FiledBy::CALLER, at).await?),
            Effect::RequestStatus { typed } => {
                Answer::RequestStatus(self.request_status(flow, typed, from.as_ref(), key, at).await?)
            }
            Effect::Queue { skill } => Answer::Queue(self.expected_wait(skill, state, at).await?),
            Effect::ChangeRequest { typed, change, account } => Answer::ChangeRequest(
                self.change_request(flow, typed, *change, account.as_deref(), state, key, at).await?,
            ),
            Effect::PickedUp { skill, waited, talked } => {
                self.picked_up(flow, state, skill, (*waited, *talked), key, at).await?
            }
            Effect::Send { to, text } => Answer::Sent(self.send(flow, state, to, text, key, at).await?),
            Effect::KeepRecording(new) => Answer::Recording(self.keep_recording(flow, state, new, key, at).await?),
            Effect::Score { category, score } => self.score(flow, state, category, *score, key, at).await?,
            Effect::Verify { .. } | Effect::Lookup { .. } | Effect::Act { .. } => {
                // Only an effect of an earlier turn can have been answered while nobody waited.
                let key_is_old = key.turn < state.turn;
                let (flow, effect, key) = (flow.clone(), effect.clone(), key.clone());
                let task = Task { answerer: self.clone(), flow, from, effect, secret, key, now };
                return Ok(self.slowly(task, key_is_old, until).await?);
            }
        };
        Ok(Some(answer))
    }

    /// Performs what may take long beside the webhook, and waits until `until` at most.
    async fn slowly(&self, task: Task, may_be_answered: bool, until: Instant) -> Result<Option<Answer>, StoreError> {
        let (performing, key) = (&self.inner.performing, task.key.clone());
        let running = match performing.find(&key) {
            Some(running) => running,
            None => {
                // Another server, or this one before a restart, may have answered it already.
                if may_be_answered && let Some(kept) = self.inner.store.answer(&key).await? {
                    return serde_json::from_str(&kept).map(Some).map_err(|e| StoreError::Damaged(e.to_string()));
                }
                let running = task.start();
                performing.put(&key, &running);
                running
            }
        };
        let _aside = self.inner.crowd.step_aside();
        let mut done = running.done.clone();
        let waited = tokio::time::timeout_at(until, done.wait_for(Option::is_some)).await;
        // First said that nobody waits, then looked once more: whichever way the two meet, the
        // answer is either taken here or kept for later.
        running.left_behind.store(true, Ordering::SeqCst);
        let found = running.done.borrow().clone();
        match (found, waited) {
            (Some(done), _) => {
                performing.forget(&key);
                done.map(Some)
            }
            (None, Ok(Err(_))) => {
                // The task is gone without an answer: it may be started again.
                performing.forget(&key);
                Ok(None)
            }
            (None, _) => Ok(None),
        }
    }

    /// Records a request, written down by `by`.
    pub(super) async fn file(
        &self,
        flow: &Flow,
        new: &NewRequest,
        key: &EffectKey,
        by: FiledBy<'_>,
        at: i64,
    ) -> Result<FileAnswer, StoreError> {
        let store = &self.inner.store;
        let fiction = new.test || self.inner.settings.fiction;
        let resolved = match &new.ring {
            RingAt::Nobody => None,
            RingAt::Number(phone) => match phone.may_ring(&flow.countries, fiction) {
                Ok(()) => Some(phone.clone()),
                Err(why) => {
                    warn!(%why, "a number is not called back");
                    return Ok(FileAnswer::NotCallable);
                }
            },
            // The same words whether there is such an account and number or not: an agent sees the
            // request without a number and closes it.
            RingAt::Registered(account) => {
                let customer = store.customer(account).await?;
                let number = customer.and_then(|c| c.number).and_then(|n| Phone::parse(&n, None));
                number.filter(|phone| phone.may_ring(&flow.countries, fiction).is_ok())
            }
        };
        let limits = &self.inner.settings.request_limits;
        let answer = store.file_request_by(by, key, &flow.name, new, resolved, limits, at).await?;
        self.inner.meters.filed(&answer);
        Ok(answer)
    }

    /// Looks a reference up. Every try is charged like a guess at a secret; a hit is given back.
    async fn request_status(
        &self,
        flow: &Flow,
        typed: &str,
        from: Option<&Phone>,
        key: &EffectKey,
        at: i64,
    ) -> Result<StatusAnswer, StoreError> {
        let store = &self.inner.store;
        let attempt = Attempt {
            key: key.clone(),
            guess: Guess::Reference,
            account: None,
            caller: from.map(|phone| phone.as_str().to_owned()),
            line: flow.name.clone(),
            at,
        };
        match store.claim_attempt(&attempt, &self.inner.settings.limits).await? {
            Claim::Limited { alarm } => {
                self.alarm(alarm, &flow.name);
                Ok(StatusAnswer::Limited)
            }
            Claim::Settled(kept) => Ok(serde_json::from_str(&kept).unwrap_or(StatusAnswer::Unavailable)),
            Claim::Busy => Ok(StatusAnswer::Unavailable),
            Claim::Compare => {
                let request = match Reference::parse(typed) {
                    Some(reference) => store.request_status(&reference).await?.filter(|r| r.line == flow.name),
                    None => None,
                };
                let answer = request.map_or(StatusAnswer::Missing, |request| {
                    let open = !matches!(
                        request.state,
                        crate::call::effect::RequestState::Done | crate::call::effect::RequestState::Closed
                    );
                    StatusAnswer::Known {
                        state: request.state,
                        due: request.due,
                        overdue: open && request.due.as_millisecond() < at,
                    }
                });
                let hit = answer != StatusAnswer::Missing;
                let kept = serde_json::to_string(&answer).unwrap_or_default();
                store.settle_attempt(key, &kept, hit, at).await?;
                Ok(answer)
            }
        }
    }

    pub(super) fn alarm(&self, alarm: bool, line: &str) {
        if alarm {
            self.inner.meters.alarm(line);
            tracing::error!(
                line,
                "withheld callers have used up the line's guesses for this hour: somebody may be trying PINs"
            );
        }
    }
}

impl Task {
    fn start(self) -> Arc<Running> {
        let (send, done) = watch::channel(None);
        let running = Arc::new(Running { done, left_behind: AtomicBool::new(false) });
        let theirs = running.clone();
        let span = Span::current();
        let work = async move {
            let (store, key, now) = (self.answerer.inner.store.clone(), self.key.clone(), self.now);
            let done = self.run().await;
            let kept = done.as_ref().ok().and_then(|answer| serde_json::to_string(answer).ok());
            send.send_replace(Some(done));
            if let (true, Some(kept)) = (theirs.left_behind.load(Ordering::SeqCst), kept)
                && let Err(error) = store.keep_answer(&key, &kept, now.as_millisecond()).await
            {
                warn!(%error, "a late answer could not be kept; it stays in this process");
            }
        };
        tokio::spawn(work.instrument(span));
        running
    }

    async fn run(self) -> Done {
        match &self.effect {
            Effect::Verify { account, level, by } => self.verify(account, *level, by).await.map(Answer::Verify),
            Effect::Lookup { source, with } => self.look_up(source, with).await.map(Answer::Lookup),
            Effect::Act { source, with } => self.act(source, with).await.map(Answer::Act),
            _ => Err(StoreError::Damaged("an effect that is never slow".into())),
        }
    }
}
