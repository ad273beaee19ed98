//! Verification by PIN, one-time code or knowledge. A guess is charged in one conditional write that holds
//! the limits, and nobody hears how it ended before that is kept: so a hundred calls at once get no more
//! guesses than one.

use super::effects::Task;
use crate::call::Proof;
use crate::call::effect::VerifyAnswer;
use crate::store::{Attempt, Claim, Customer, Guess, Store, StoreError};
use crate::words::pins::{self, Kind};
use crate::words::{Level, Secret};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tracing::warn;

/// How many slow hashes are computed at once: a flood of guesses leaves a core to everybody else.
static SLOW_HASHES: Semaphore = Semaphore::const_new(1);

/// How long may be read for a comparison that is done before its guess is charged.
const AT_ONCE: Duration = Duration::from_millis(100);

/// How often one looks whether another webhook's comparison is done.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// And how often at most: longer than a webhook lives.
const LOOKS: usize = 100;

impl Task {
    pub(super) async fn verify(&self, account: &str, level: Level, by: &Proof) -> Result<VerifyAnswer, StoreError> {
        let answer = match by {
            Proof::Number => self.by_number(account).await?,
            _ => self.by_secret(account, level, by).await?,
        };
        self.answerer.inner.meters.verified(&answer);
        Ok(answer)
    }

    /// Level 1: the calling number is the registered one. It proves little and reveals nothing.
    async fn by_number(&self, account: &str) -> Result<VerifyAnswer, StoreError> {
        let customer = self.customer(account).await?;
        let ours =
            |c: &Customer| c.number.as_deref() == self.from.as_ref().map(|phone| phone.as_str()) && c.number.is_some();
        Ok(match customer.filter(ours) {
            Some(c) => VerifyAnswer::Verified { account: c.account, level: Level::L1, name: c.name },
            None => VerifyAnswer::Wrong,
        })
    }

    /// Account and a secret. The secret is gone where this server was restarted, or another one has
    /// it: then what is settled counts, and what never will be is taken back.
    async fn by_secret(&self, account: &str, level: Level, by: &Proof) -> Result<VerifyAnswer, StoreError> {
        let inner = &self.answerer.inner;
        if let Some(answer) = self.at_once(account, level, by).await? {
            return Ok(answer);
        }
        for _ in 0..LOOKS {
            match inner.store.claim_attempt(&self.attempt(account, by), &inner.settings.limits).await? {
                Claim::Compare => match &self.secret {
                    Some(typed) => return self.compare(account, level, by, typed).await,
                    None => {
                        inner.store.void_attempt(&self.key).await?;
                        return Ok(VerifyAnswer::Lost);
                    }
                },
                Claim::Limited { alarm } => {
                    self.answerer.alarm(alarm, &self.flow.name);
                    return Ok(VerifyAnswer::Limited);
                }
                Claim::Settled(kept) => return Ok(serde_json::from_str(&kept).unwrap_or(VerifyAnswer::Unavailable)),
                Claim::Busy => tokio::time::sleep(LOOK_AGAIN).await,
            }
        }
        Ok(VerifyAnswer::Unavailable)
    }

    /// Where comparing takes a millionth of a second it is done first, and the guess is charged, bounded
    /// and settled in one unit of work: nothing is told before that is kept. None: it is to be done step
    /// by step.
    async fn at_once(&self, account: &str, level: Level, by: &Proof) -> Result<Option<VerifyAnswer>, StoreError> {
        let (inner, now) = (&self.answerer.inner, self.now.as_millisecond());
        let (Proof::Pin, Some(typed)) = (by, &self.secret) else { return Ok(None) };
        let reading = async {
            let like = inner.likes.pin(&inner.store, now).await?;
            let keyed = like.is_some_and(|like| Kind::parse(like.reveal()) == Some(Kind::Keyed));
            Ok::<_, StoreError>(if keyed { Some(self.customer(account).await?) } else { None })
        };
        // Where reading takes long, others must see that this guess is being compared.
        let Ok(read) = tokio::time::timeout(AT_ONCE, reading).await else { return Ok(None) };
        let Some(customer) = read? else { return Ok(None) };
        let verifier = customer.as_ref().and_then(|c| c.pin.as_ref().map(Secret::reveal));
        if verifier.is_some_and(|verifier| Kind::parse(verifier) != Some(Kind::Keyed)) {
            return Ok(None);
        }
        let right = inner.settings.pins.check(account, typed, verifier, Kind::Keyed);
        let answer = match customer {
            Some(c) if right => VerifyAnswer::Verified { account: c.account, level, name: c.name },
            _ => VerifyAnswer::Wrong,
        };
        let right = matches!(answer, VerifyAnswer::Verified { .. });
        let kept = serde_json::to_string(&answer).unwrap_or_default();
        let attempt = self.attempt(account, by);
        Ok(match inner.store.settle_at_once(&attempt, &inner.settings.limits, &kept, right).await? {
            Some(Claim::Limited { alarm }) => {
                self.answerer.alarm(alarm, &self.flow.name);
                Some(VerifyAnswer::Limited)
            }
            Some(_) => Some(answer),
            None => None,
        })
    }

    fn attempt(&self, account: &str, by: &Proof) -> Attempt {
        Attempt {
            key: self.key.clone(),
            guess: match by {
                Proof::Number | Proof::Pin => Guess::Pin,
                Proof::Code { .. } => Guess::Code,
                Proof::Knowledge => Guess::Knowledge,
            },
            account: Some(account.to_owned()),
            caller: self.from.as_ref().map(|phone| phone.as_str().to_owned()),
            line: self.flow.name.clone(),
            // Not the turn's moment: while one waits, a guess whose server is gone becomes free.
            at: self.answerer.inner.now_ms(),
        }
    }

    /// Compares, with the same work whether there is such an account or not, and keeps how it ended.
    async fn compare(
        &self,
        account: &str,
        level: Level,
        by: &Proof,
        typed: &Secret,
    ) -> Result<VerifyAnswer, StoreError> {
        let inner = &self.answerer.inner;
        let customer = self.customer(account).await?;
        let right = match by {
            Proof::Code { challenge } => inner.codes.fits(challenge, typed),
            Proof::Knowledge => {
                let verifier = customer.as_ref().and_then(|c| c.knowledge.clone());
                // Asked for every account, or the asking would tell.
                let like = inner.likes.knowledge(&inner.store, self.now.as_millisecond()).await?;
                self.is_right(&pins::knowledge_of(account), typed, verifier, like).await
            }
            Proof::Number | Proof::Pin => {
                let verifier = customer.as_ref().and_then(|c| c.pin.clone());
                let like = inner.likes.pin(&inner.store, self.now.as_millisecond()).await?;
                self.is_right(account, typed, verifier, like).await
            }
        };
        let (right, verified) = match customer {
            Some(c) => (right, VerifyAnswer::Verified { account: c.account, level, name: c.name }),
            None => (false, VerifyAnswer::Wrong),
        };
        let kept = |answer: &VerifyAnswer| serde_json::to_string(answer).unwrap_or_default();
        let (if_right, if_wrong) = (kept(&verified), kept(&VerifyAnswer::Wrong));
        let (store, at) = (&inner.store, self.now.as_millisecond());
        let settled = match by {
            Proof::Code { challenge } => {
                store.settle_code(&self.key, challenge, right, (&if_right, &if_wrong), at).await?
            }
            _ => {
                let outcome = if right { &if_right } else { &if_wrong };
                store.settle_attempt(&self.key, outcome, right, at).await?.then_some(right)
            }
        };
        Ok(match settled {
            Some(true) => verified,
            Some(false) => VerifyAnswer::Wrong,
            None => {
                // Somebody took this attempt over, believing us gone: theirs is the answer.
                warn!("a verification was taken over while it was compared");
                VerifyAnswer::Unavailable
            }
        })
    }

    async fn customer(&self, account: &str) -> Result<Option<Customer>, StoreError> {
        self.answerer.customer(account).await
    }

    /// Whether the secret is right, after the work of the kind of `like` at least: an account with a
    /// quicker verifier takes as long as one that is not there.
    async fn is_right(&self, account: &str, pin: &Secret, verifier: Option<Secret>, like: Option<Secret>) -> bool {
        let like = like.and_then(|text| Kind::parse(text.reveal())).unwrap_or(Kind::USUAL);
        let pins = self.answerer.inner.settings.pins.clone();
        let (account, pin) = (account.to_owned(), pin.clone());
        let own = verifier.as_ref().and_then(|text| Kind::parse(text.reveal()));
        let check = move || {
            if own == Some(Kind::Keyed) && like != Kind::Keyed {
                std::hint::black_box(pins.check(&account, &pin, None, like));
            }
            pins.check(&account, &pin, verifier.as_ref().map(Secret::reveal), like)
        };
        if like == Kind::Keyed && own.is_none_or(|own| own == Kind::Keyed) {
            return check();
        }
        let Ok(_place) = SLOW_HASHES.acquire().await else { return false };
        tokio::task::spawn_blocking(check).await.unwrap_or_default()
    }
}

/// How long an import may take to be noticed, in ms.
const NOTICED: i64 = 2_000;

/// What verifiers are like, the dearest of each kind: looked up now and then, not for every guess.
#[derive(Default)]
pub(super) struct Likes {
    pins: Mutex<Option<(i64, Option<Secret>)>>,
    knowledge: Mutex<Option<(i64, Option<Secret>)>>,
}

impl Likes {
    async fn pin(&self, store: &Store, now: i64) -> Result<Option<Secret>, StoreError> {
        match known(&self.pins, now) {
            Some(like) => Ok(like),
            None => Ok(keep(&self.pins, now, store.any_pin().await?)),
        }
    }

    async fn knowledge(&self, store: &Store, now: i64) -> Result<Option<Secret>, StoreError> {
        match known(&self.knowledge, now) {
            Some(like) => Ok(like),
            None => Ok(keep(&self.knowledge, now, store.any_knowledge().await?)),
        }
    }
}

fn known(kept: &Mutex<Option<(i64, Option<Secret>)>>, now: i64) -> Option<Option<Secret>> {
    let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    kept.as_ref().filter(|(at, _)| (0..NOTICED).contains(&(now - at))).map(|(_, like)| like.clone())
}

fn keep(kept: &Mutex<Option<(i64, Option<Secret>)>>, now: i64, like: Option<Secret>) -> Option<Secret> {
    *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, like.clone()));
    like
}
