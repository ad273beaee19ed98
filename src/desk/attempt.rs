//! Making an attempt: what has to be so at this very moment for a customer to be rung, and the one
//! row an attempt is.

use super::{Desk, DeskError, Dial, Result, TRIES, Way, not_theirs};
use crate::answer::Answerer;
use crate::flow::Flow;
use crate::provider::Api;
use crate::store::{Begun, DialRow, NewDial, Person, Request};
use crate::words::Phone;
use serde_json::json;
use std::sync::Arc;

impl Desk {
    /// Calls the customer: the agent's phone rings first. `nth` is the attempt's number, one more than
    /// the request has ([`Request::attempts`]): who asks for one that was made gets it as it is.
    /// [`Way::Hand`] dials nothing; the agent does, and is shown the number.
    ///
    /// # Errors
    /// The request is not held, the number may not be rung (now), or nothing is set to dial with.
    pub async fn call(&self, person: &Person, id: &str, nth: u32, way: Way) -> Result<Dial> {
        for _ in 0..TRIES {
            let request = self.request(id).await?;
            if request.holder.as_deref() != Some(&person.name) {
                return Err(not_theirs(&request));
            }
            if nth <= request.attempts {
                let made = self.store().dial(id, nth).await?;
                return made.map(|made| made.dial).ok_or(DeskError::NoAttempt { next: request.attempts + 1 });
            }
            if nth != request.attempts + 1 {
                return Err(DeskError::NoAttempt { next: request.attempts + 1 });
            }
            let number = self.may_call(person, &request, way)?;
            let at = self.now_ms();
            let came_by = if way == Way::Bridge { self.store().came_by(&request.call).await? } else { None };
            let provider = self.inner.apis.ringing(came_by.as_deref()).filter(|_| way == Way::Bridge);
            let new = NewDial {
                request: id,
                nth,
                person: &person.name,
                way,
                number: number.as_ref().map(Phone::as_str),
                provider: provider.map(|api| api.provider().name()),
                at,
                until: self.lease_from(at),
            };
            match self.store().begin_dial(&new).await? {
                Begun::New(request, ordered) => {
                    self.changed();
                    match way {
                        Way::Bridge => self.ring(person, &request, &ordered).await?,
                        Way::Hand => self.shown(person, id).await?,
                        Way::Trial => {}
                    }
                    let now = self.store().dial(id, nth).await?;
                    return Ok(now.unwrap_or(ordered).dial);
                }
                Begun::There(made) => return Ok(made.dial),
                Begun::No => {
                    let dials = self.store().dials(id).await?;
                    if let Some(owed) = dials.iter().find(|dial| dial.is_owed_by(&person.name)) {
                        return Err(DeskError::Running { nth: owed.dial.nth });
                    }
                }
            }
        }
        Err(DeskError::Contended)
    }

    /// Hangs up an attempt that goes on, whoever's phone rings or talks in it. The provider tells when it is
    /// over, as of every other end.
    ///
    /// # Errors
    /// It is not theirs, nothing goes on, or the provider cannot be asked or does not answer.
    pub async fn hang_up(&self, person: &Person, id: &str, nth: u32) -> Result<Dial> {
        let row = self.store().dial(id, nth).await?;
        let row = match row {
            Some(row) if row.dial.person == person.name => row,
            Some(_) => return Err(self.why_not(id).await),
            None => return Err(DeskError::NoAttempt { next: self.request(id).await?.attempts + 1 }),
        };
        if row.dial.state.is_over() {
            return Ok(row.dial);
        }
        let (api, leg) = self.running(&row).ok_or_else(|| DeskError::NotHungUp("nobody can be asked".to_owned()))?;
        api.hang_up(leg).await.map_err(|error| DeskError::NotHungUp(error.to_string()))?;
        tracing::info!(request = id, nth, "an attempt was hung up by who made it");
        Ok(row.dial)
    }

    fn running<'a>(&'a self, row: &'a DialRow) -> Option<(&'a Api, &'a str)> {
        let api = self.inner.apis.of(row.provider.as_deref()?).filter(|api| api.hangs_up())?;
        Some((api, row.provider_call.as_deref()?))
    }

    /// Shows the number of a request one has, under the rules by which it may be rung, because whoever
    /// sees it can; written into the history. During an attempt it is shown whatever the hour.
    pub async fn reveal(&self, person: &Person, id: &str) -> Result<Phone> {
        let request = self.request(id).await?;
        if request.test {
            return Err(DeskError::Trial);
        }
        let number = number_of(&request).ok_or(DeskError::NoNumber)?;
        let dials = self.store().dials(id).await?;
        if !dials.iter().any(|dial| !dial.dial.state.is_over() && dial.dial.person == person.name) {
            self.callable_now(&request, &number)?;
        }
        self.shown(person, id).await?;
        Ok(number)
    }

    async fn shown(&self, person: &Person, id: &str) -> Result<()> {
        let at = self.now_ms();
        let until = self.lease_from(at);
        match self.store().add_entry(id, &person.name, true, "number shown", &json!({}), at, until).await? {
            Some(_) => {
                self.changed();
                Ok(())
            }
            None => Err(self.why_not(id).await),
        }
    }

    /// The number to ring, if this customer may be rung in this way at this moment; none for a trial.
    fn may_call(&self, person: &Person, request: &Request, way: Way) -> Result<Option<Phone>> {
        match (request.test, way) {
            (true, Way::Trial) => return Ok(None),
            (true, _) => return Err(DeskError::Trial),
            (false, Way::Trial) => return Err(DeskError::NoTrial),
            (false, _) => {}
        }
        let number = number_of(request).ok_or(DeskError::NoNumber)?;
        self.callable_now(request, &number)?;
        if way == Way::Bridge {
            if !self.dials() {
                return Err(DeskError::Off);
            }
            if person.phone.is_none() {
                return Err(DeskError::NoPhone);
            }
        }
        Ok(Some(number))
    }

    /// Whether a number may be rung for a request at this moment.
    pub(super) fn callable_now(&self, request: &Request, number: &Phone) -> Result<()> {
        let flow = flow_of(self.answerer(), &request.line)?;
        // Numbers of fiction are nobody's: taken down in a demo, and never rung.
        number.may_ring(&flow.countries, false)?;
        let (zones, now) = (flow.zones_of(Some(number)), self.now());
        match flow.callable(&zones, now) {
            true => Ok(()),
            false => Err(DeskError::NotNow { next: flow.next_callable(&zones, now) }),
        }
    }
}

/// The number to ring.
pub(super) fn number_of(request: &Request) -> Option<Phone> {
    request.number.as_deref().and_then(|number| Phone::parse(number, None))
}

/// The line of a request as it is in service: whom it may ring, and when.
pub(super) fn flow_of(answerer: &Answerer, line: &str) -> Result<Arc<Flow>> {
    let found = answerer.flows().live().into_iter().find(|flow| flow.name == line);
    found.ok_or_else(|| DeskError::NoSuchLine(line.to_owned()))
}
