//! Saying how an attempt ended, and what becomes of the request by that.

use super::attempt::{flow_of, number_of};
use super::{Desk, DeskError, Dial, DialState, Outcome, Result, TRIES, Way, message, not_theirs, rules, written};
use crate::call::effect::RequestState;
use crate::store::{Person, Request, Said};

impl Desk {
    /// Says how an attempt ended, once; a note may go with it. After [`Outcome::Reached`] one more is
    /// said: whether it is solved, or what else came of it.
    ///
    /// # Errors
    /// Somebody said so before, the request is not held, or the time asked for is no calling time.
    pub async fn outcome(&self, person: &Person, id: &str, nth: u32, outcome: Outcome, note: &str) -> Result<Request> {
        let note = written("note", note)?;
        for _ in 0..TRIES {
            let request = self.request(id).await?;
            // What was said first is told even to those who have lost the request by it.
            let dial = self.store().dial(id, nth).await?;
            let said = dial.as_ref().filter(|dial| dial.stands_against(outcome.word()));
            if let Some(outcome) = said.and_then(|dial| dial.dial.outcome.clone()) {
                return Err(DeskError::AlreadySaid { nth, outcome });
            }
            if request.holder.as_deref() != Some(&person.name) {
                return Err(not_theirs(&request));
            }
            match &dial {
                Some(dial) if nth < request.attempts && dial.said_by.is_none() => {
                    return Err(DeskError::NoAttempt { next: request.attempts + 1 });
                }
                Some(dial) if !was_rung(&dial.dial) => return Err(DeskError::NotRung { nth }),
                Some(_) => {}
                None => return Err(DeskError::NoAttempt { next: request.attempts + 1 }),
            }
            let (at, flow) = (self.now(), flow_of(self.answerer(), &request.line).ok());
            let zones = flow.as_ref().map(|flow| flow.zones_of(number_of(&request).as_ref())).unwrap_or_default();
            let after = rules::after(outcome, &request, flow.as_deref(), &zones, at)?;
            let (at, word) = (at.as_millisecond(), outcome.word());
            let until = self.lease_from(at);
            let gives_up = after.state == RequestState::Closed && outcome != Outcome::WrongNumber;
            let text = flow.as_ref().filter(|_| gives_up).and_then(|flow| {
                let text = message::not_reached(flow, request.lang, &request.reference);
                self.answerer().message_to(flow, &request, nth, &text)
            });
            let farewell = text.as_ref().map(|(text, limits)| (text, *limits));
            let said = self.store().say_outcome(&request, nth, &person.name, word, &note, &after, farewell, at, until);
            match said.await? {
                Said::Now(request, put) => {
                    self.changed();
                    put.iter().for_each(|put| self.answerer().was_put(put));
                    return Ok(*request);
                }
                // Somebody was quicker, or wrote a note meanwhile: looked at again.
                Said::Before(_) | Said::No => {}
            }
        }
        Err(DeskError::Contended)
    }

    /// Finishes a request that needs no call, or none any more; a note may say how.
    ///
    /// # Errors
    /// It is not held, or an attempt goes on.
    pub async fn done(&self, person: &Person, id: &str, note: &str) -> Result<Request> {
        let note = written("note", note)?;
        for _ in 0..TRIES {
            let request = self.request(id).await?;
            if request.holder.as_deref() != Some(&person.name) {
                return Err(not_theirs(&request));
            }
            if let Some(running) = self.store().dials(id).await?.iter().find(|dial| dial.is_owed_by(&person.name)) {
                return Err(DeskError::Running { nth: running.dial.nth });
            }
            if let Some(request) = self.store().finish(&request, &person.name, &note, self.now_ms()).await? {
                self.changed();
                return Ok(request);
            }
        }
        Err(DeskError::Contended)
    }

    /// Forgives the failed guesses at an account, so that its owner can verify by phone again; gives
    /// how many there were. Written into the request's history.
    pub async fn unlock(&self, by: &Person, id: &str) -> Result<u64> {
        let request = self.request(id).await?;
        let account = account_of(&request).ok_or_else(|| DeskError::Field {
            field: "account",
            why: "is not known of this request, so there is none to unlock".to_owned(),
        })?;
        let forgiven = self.store().unlock_for(id, account, &by.name, self.now_ms()).await?;
        self.changed();
        forgiven.ok_or(DeskError::Missing)
    }
}

/// The account a request is about: verified, or as it was typed.
pub(super) fn account_of(request: &Request) -> Option<&str> {
    request.account.as_deref().or_else(|| request.customer.strip_prefix("r:"))
}

/// Whether the customer's phone rang in an attempt, as far as anybody knows: in those where only the
/// agent's own did, nothing can be said of the customer.
fn was_rung(dial: &Dial) -> bool {
    dial.way != Way::Bridge || !matches!(dial.state, DialState::Ordered | DialState::Agent | DialState::Failed)
}
