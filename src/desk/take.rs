//! Who has a request: taking, going on, giving back, giving to somebody else.

use super::{Desk, DeskError, Filter, Result, TRIES, not_theirs, said, written};
use crate::call::effect::{Priority, RequestState};
use crate::store::{Person, Request};
use jiff::Timestamp;

impl Desk {
    /// Takes the first request that waits and is ready, under a lease; none when none is.
    pub async fn take_next(&self, person: &Person, filter: &Filter) -> Result<Option<Request>> {
        let at = self.now_ms();
        let taken = self.store().take_next(filter, &person.name, at, self.lease_from(at)).await?;
        Ok(taken.map(|request| self.told(request)))
    }

    /// Takes this one. Whoever has it already only gets its lease extended.
    ///
    /// # Errors
    /// Somebody else has it, or it is finished.
    pub async fn take(&self, person: &Person, id: &str) -> Result<Request> {
        for _ in 0..TRIES {
            let at = self.now_ms();
            // A lease that has ended holds nobody up until somebody looks for ended leases.
            self.returned(Some(id), at).await?;
            if let Some(taken) = self.store().take(id, &person.name, at, self.lease_from(at)).await? {
                return Ok(self.told(taken));
            }
            let request = self.request(id).await?;
            if request.holder.as_deref() == Some(&person.name) {
                if self.store().extend_lease(id, &person.name, self.lease_from(at)).await? {
                    return self.request(id).await;
                }
            } else if request.state != RequestState::Open {
                return Err(not_theirs(&request));
            }
        }
        Err(DeskError::Contended)
    }

    /// Goes on working on it: the lease ends two minutes from now; gives that moment.
    pub async fn extend(&self, person: &Person, id: &str) -> Result<Timestamp> {
        let until = self.lease_from(self.now_ms());
        match self.store().extend_lease(id, &person.name, until).await? {
            true => Ok(Timestamp::from_millisecond(until).unwrap_or(Timestamp::MAX)),
            false => Err(self.why_not(id).await),
        }
    }

    /// Puts it back, perhaps saying why.
    pub async fn release(&self, person: &Person, id: &str, why: &str) -> Result<Request> {
        let why = written("why", why)?;
        match self.store().release(id, &person.name, &why, self.now_ms()).await? {
            Some(request) => Ok(self.told(request)),
            None => Err(self.why_not(id).await),
        }
    }

    /// Gives an open request to somebody else, whoever has it.
    pub async fn assign(&self, by: &Person, id: &str, to: &str) -> Result<Request> {
        let at = self.now_ms();
        if let Some(request) = self.store().assign(id, &by.name, to, at, self.lease_from(at)).await? {
            return Ok(self.told(request));
        }
        let request = self.request(id).await?;
        Err(match request.state {
            RequestState::Open | RequestState::Claimed => DeskError::NoPerson(to.to_owned()),
            RequestState::Done | RequestState::Closed => not_theirs(&request),
        })
    }

    /// Adds a note to the history; anybody may, also to a finished one.
    pub async fn note(&self, person: &Person, id: &str, text: &str) -> Result<Request> {
        let detail = serde_json::json!({ "text": said("note", text)? });
        let at = self.now_ms();
        let noted = self.store().add_entry(id, &person.name, false, "note", &detail, at, self.lease_from(at)).await?;
        noted.map(|request| self.told(request)).ok_or(DeskError::Missing)
    }

    /// Changes how urgent an open request is.
    pub async fn raise(&self, by: &Person, id: &str, to: Priority) -> Result<Request> {
        match self.store().set_priority(id, &by.name, to, self.now_ms()).await? {
            Some(request) => Ok(self.told(request)),
            None => Err(self.why_not(id).await),
        }
    }

    /// Closes an open request without its being done, whoever has it.
    pub async fn close(&self, by: &Person, id: &str, why: &str) -> Result<Request> {
        let why = said("why", why)?;
        match self.store().close_request(id, &by.name, &why, self.now_ms()).await? {
            Some(request) => Ok(self.told(request)),
            None => Err(self.why_not(id).await),
        }
    }
}
