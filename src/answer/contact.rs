//! Messages, recordings, desks and scores: what a turn leaves for others to do or to read, each one
//! conditional write under the effect's key. Whoever works the outbox off is woken; what it needs to
//! know of a call is here too.

use super::Answerer;
use crate::call::State;
use crate::call::effect::{Answer, Recipient, SendAnswer};
use crate::call::event::Recording;
use crate::flow::Flow;
use crate::store::{EffectKey, MessageLimits, NewMessage, NotSent, OutboxKind, PickUp, Put, Score, StoreError};
use crate::words::Phone;
use crate::words::phone::Class;
use std::sync::Arc;
use tokio::sync::Notify;
use tracing::{info, warn};

/// Whether and how much is texted.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Texting {
    /// There is a provider to send with.
    pub on: bool,
    /// How much.
    pub limits: MessageLimits,
}

type Result<T> = std::result::Result<T, StoreError>;

impl Answerer {
    /// Whether and how much is texted.
    pub fn texting(&self) -> &Texting {
        &self.inner.settings.texting
    }

    /// Sends what a flow says to the caller or to the verified account's registered number.
    pub(super) async fn send(
        &self,
        flow: &Flow,
        state: &State,
        to: &Recipient,
        text: &str,
        key: &EffectKey,
        at: i64,
    ) -> Result<SendAnswer> {
        let number = match to {
            Recipient::Caller => state.from().cloned(),
            Recipient::Registered(account) => self.registered(account).await?,
        };
        self.post(flow, state, number, OutboxKind::Sms, text, key, at).await
    }

    /// The number registered for an account.
    pub(super) async fn registered(&self, account: &str) -> Result<Option<Phone>> {
        let customer = self.customer(account).await?;
        Ok(customer.and_then(|customer| customer.number).and_then(|number| Phone::parse(&number, None)))
    }

    /// Puts a message into the outbox: words, or the id of the challenge whose code is made when it is
    /// sent. `number` is the calling or a registered one, never one that was typed. Accepted means that
    /// it lies there, that sending is on, and that the provider takes messages as far as is known. To
    /// trials and to numbers of fiction nothing is ever sent; there accepted means that it would be.
    #[expect(clippy::too_many_arguments, reason = "each says something else about the one message")]
    pub(super) async fn post(
        &self,
        flow: &Flow,
        state: &State,
        number: Option<Phone>,
        kind: OutboxKind,
        body: &str,
        key: &EffectKey,
        at: i64,
    ) -> Result<SendAnswer> {
        let texting = &self.inner.settings.texting;
        let (to, test) = self.recipient(flow, number.as_ref(), state.began.test);
        let (key, line, body) = (key.clone(), flow.name.clone(), body.to_owned());
        let new = NewMessage { key, kind, line, to, body, test, at };
        let put = self.inner.store.put_message(&new, &texting.limits).await?;
        self.inner.meters.posted(kind, &put);
        Ok(match put {
            Put::Accepted(_) => {
                self.inner.posted.notify_one();
                SendAnswer::Accepted
            }
            Put::Refused(why) => {
                warn!(kind = kind.word(), why = why.word(), "a message is not sent");
                SendAnswer::Refused
            }
        })
    }

    /// Whether a number is texted, or why not; and whether nothing is really sent, because it is for a
    /// trial or the number is one of fiction.
    pub(super) fn recipient(
        &self,
        flow: &Flow,
        number: Option<&Phone>,
        trial: bool,
    ) -> (std::result::Result<String, NotSent>, bool) {
        let Some(number) = number else { return (Err(NotSent::NoNumber), trial) };
        let test = trial || number.class() == Class::Fiction;
        let to = match number.may_text(&flow.countries, trial || self.inner.settings.fiction) {
            Ok(()) if self.inner.settings.texting.on || test => Ok(number.as_str().to_owned()),
            Ok(()) => Err(NotSent::Off),
            Err(why) => {
                info!(%why, "a number is not texted");
                Err(NotSent::Number)
            }
        };
        (to, test)
    }

    /// Whoever works the outbox off is told through this when something was put in.
    pub fn posted(&self) -> Arc<Notify> {
        self.inner.posted.clone()
    }

    /// Keeps what a caller recorded; its sound is fetched later. A trial has none.
    pub(super) async fn keep_recording(
        &self,
        flow: &Flow,
        state: &State,
        recording: &Recording,
        key: &EffectKey,
        at: i64,
    ) -> Result<Option<String>> {
        let test = state.began.test || recording.id.is_empty();
        let id = self.inner.store.put_recording(key, &flow.name, recording, test, at).await?;
        self.inner.posted.notify_one();
        Ok(Some(id))
    }

    /// How long one waits for a desk, in seconds, as far as anybody knows.
    pub(super) async fn expected_wait(&self, skill: &str, state: &State, at: i64) -> Result<Option<u32>> {
        self.inner.store.expected_wait(skill, state.began.test, at).await
    }

    /// An agent took the call.
    pub(super) async fn picked_up(
        &self,
        flow: &Flow,
        state: &State,
        skill: &str,
        (waited, talked): (u32, u32),
        key: &EffectKey,
        at: i64,
    ) -> Result<Answer> {
        let (of, nth) = (key.call.as_str(), (key.turn, key.seq));
        let pick_up = PickUp { of, nth, skill, line: &flow.name, waited, test: state.began.test, at };
        self.inner.store.picked_up(&pick_up).await?;
        self.served(state, skill, talked, at).await?;
        Ok(Answer::PickedUp)
    }

    /// Keeps what the caller thought of it.
    pub(super) async fn score(
        &self,
        flow: &Flow,
        state: &State,
        category: &str,
        score: u8,
        key: &EffectKey,
        at: i64,
    ) -> Result<Answer> {
        let kept = Score {
            call: key.call.as_str().to_owned(),
            line: flow.name.clone(),
            category: category.to_owned(),
            score: score.into(),
            test: state.began.test,
            at,
        };
        if self.inner.store.put_score(key, &kept).await? && !kept.test {
            self.inner.meters.scored(&flow.name, score);
        }
        Ok(Answer::Scored)
    }
}
