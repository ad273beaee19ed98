//! Ringing agent and customer through the line's provider. The agent's phone rings first and the agent
//! presses 1, which a mailbox cannot; then the customer's rings, once for an attempt, by the one write
//! that says so. Knows nothing of what a provider's interface looks like.

use super::leg::{Facts, Says, Wanted, hear, note};
use super::said::{self, heard_by};
use super::{Desk, DeskError, Result, TRIES};
use crate::answer::Reply;
use crate::call::effect::RequestState;
use crate::call::voice::{Desk as Rung, Next, Transfer, Voice};
use crate::provider::{Api, Document, Door, Heard, LegPlace, Order, OrderError, Provider, Refused};
use crate::provider::{Rendering, Stage, Webhook};
use crate::store::{DialRow, DialState, Person, Request, StoreError};
use crate::words::Phone;
use crate::words::phone::{Class, NotCallable};
use std::time::Duration;
use tracing::{Instrument, Span, error, field, info, info_span, warn};

/// How long the agent's and the customer's phones ring, in seconds.
const RING: u8 = 25;
/// How long whoever pressed the button waits to hear of a refusal; the order goes on without them.
const PATIENCE: Duration = Duration::from_secs(3);
/// The longest a webhook may take on any provider.
const WEBHOOK: Duration = Duration::from_secs(4);
/// Everything an order needs.
struct Route {
    api: Api,
    place: LegPlace,
    /// The agent's phone.
    to: Rung,
    /// The line's number.
    from: String,
}

/// Why an attempt could not be ordered, as its note.
fn why_not(error: &DeskError) -> &'static str {
    match error {
        DeskError::NoPhone => "no-phone: you have no phone number set; set it on your page",
        DeskError::NotCallable(_) => "agent-number: your phone's number is none that is rung; look at it on your page",
        DeskError::NoLine => "no-line: no number of the line is known that could be shown; tell an admin",
        DeskError::Off => "off: nothing is set to dial with; dial by hand",
        _ => "fault: something of ours failed; try again",
    }
}

impl Desk {
    /// Has the provider ring the agent of an attempt that was just ordered. What comes of it stands on
    /// the attempt: the order goes on when whoever asked for it is gone, and is never repeated by itself.
    ///
    /// # Errors
    /// It cannot be ordered; the attempt has failed.
    pub(super) async fn ring(&self, person: &Person, request: &Request, ordered: &DialRow) -> Result<()> {
        let nth = ordered.dial.nth;
        let route = match self.route(person, request, nth).await {
            Ok(route) => route,
            Err(error) => {
                self.fail(&request.id, nth, why_not(&error)).await?;
                return Err(error);
            }
        };
        let span = info_span!("order", request = request.id, nth);
        let this = self.clone();
        let ordering = tokio::spawn(async move { this.order(&route).await }.instrument(span));
        if let Ok(Err(error)) = tokio::time::timeout(PATIENCE, ordering).await {
            error!(%error, "an order broke off; its attempt ends by itself");
        }
        Ok(())
    }

    async fn route(&self, person: &Person, request: &Request, nth: u32) -> Result<Route> {
        let came_by = self.store().came_by(&request.call).await?;
        let api = self.inner.apis.ringing(came_by.as_deref()).cloned().ok_or(DeskError::Off)?;
        let to = phone_of(person)?;
        let from = self.line_number(request).await?.ok_or(DeskError::NoLine)?;
        let (request, stage, lang) = (request.id.clone(), Stage::Answered, heard_by(person));
        Ok(Route { api, place: LegPlace { request, nth, stage, lang }, to, from })
    }

    /// The number shown to agent and customer: the one the customer dialled, else the line's.
    async fn line_number(&self, request: &Request) -> Result<Option<String>> {
        let number = |text: &str| Phone::parse(text, None).map(|phone| phone.as_str().to_owned());
        let dialled = self.store().dialled(&request.call).await?;
        let of_line = || {
            let lines = self.answerer().lines();
            let line = lines.0.iter().find(|line| line.flow == request.line);
            line.and_then(|line| number(&line.number))
        };
        Ok(dialled.as_deref().and_then(number).or_else(of_line))
    }

    async fn order(&self, route: &Route) {
        let Route { api, place, to, from } = route;
        let (provider, nth) = (api.provider(), place.nth);
        let (answer_url, status_url) =
            (self.url(provider, "", place), self.url(provider, "", &place.at(Stage::Status)));
        let token = format!("{}-{nth}", place.request);
        let order = Order { to, from, answer_url: &answer_url, status_url: &status_url, ring: RING, token: &token };
        let kept = match api.call(&order).await {
            Ok(leg) => {
                info!(leg, "the agent's phone rings");
                let (from, at) = ([DialState::Ordered], self.now_ms());
                let store = self.store();
                store.move_dial(&place.request, nth, &from, DialState::Agent, Some(&leg), at).await.map(drop)
            }
            Err(why) => {
                warn!(%why, "the agent's phone is not rung");
                self.not_made(place, &why).await
            }
        };
        // The attempt then stays ordered: an agent who answers moves it on, else it ends by itself.
        if let Err(error) = kept {
            error!(%error, "how an order went could not be kept");
        }
        self.changed();
    }

    /// An order that was not taken, or of which that is not known: then a leg that is answered all the
    /// same may have come first, and goes on.
    async fn not_made(&self, place: &LegPlace, why: &OrderError) -> std::result::Result<(), StoreError> {
        let row = self.store().dial(&place.request, place.nth).await?;
        match row.is_some_and(|row| row.dial.state == DialState::Ordered) {
            true => self.fail(&place.request, place.nth, &why.to_string()).await,
            false => Ok(()),
        }
    }

    async fn fail(&self, request: &str, nth: u32, why: &str) -> std::result::Result<(), StoreError> {
        let (store, at) = (self.store(), self.now_ms());
        let until = self.lease_from(at);
        store.end_dial(request, nth, DialState::Failed, Some(why), None, None, at, until).await?;
        self.changed();
        Ok(())
    }

    /// Answers a webhook of the leg to an agent's phone. Never fails: after its sender is proved, there
    /// are always words. Proves the sender at once; what it gives back answers.
    pub fn leg(
        &self,
        provider: Provider,
        webhook: &Webhook<'_>,
        place: LegPlace,
        mac: &str,
    ) -> impl Future<Output = Reply> + Send + use<> {
        let (request, nth, stage) = (&place.request, place.nth, place.stage.word());
        let span = info_span!("leg", %provider, request, nth, stage, provider_call = field::Empty);
        let door = if is_told(place.stage) { Door::Status } else { Door::Leg };
        let ours = |heard: &Heard| self.answerer().legs().proves(provider, &heard.provider_call, &place, mac);
        let heard = self.answerer().prove(provider, webhook, door);
        let heard = heard.and_then(|heard| if ours(&heard) { Ok(heard) } else { Err(Refused::Address) });
        let this = self.clone();
        let answering = async move {
            let reply = match heard {
                Ok(heard) => this.leg_in_time(provider, &heard, &place).await,
                Err(why) => Reply::Refused(why),
            };
            this.answerer().replied(provider, reply)
        };
        answering.instrument(span)
    }

    async fn leg_in_time(&self, provider: Provider, heard: &Heard, place: &LegPlace) -> Reply {
        Span::current().record("provider_call", field::display(&heard.provider_call));
        match tokio::time::timeout(WEBHOOK, self.hear_leg(provider, heard, place)).await {
            Ok(Ok(reply)) => return reply,
            Ok(Err(failure)) => error!(%failure, "no ordinary answer; the agent hears an apology"),
            Err(_) => error!("no answer in {WEBHOOK:?}; the agent hears an apology"),
        }
        if is_told(place.stage) {
            return Reply::Quiet;
        }
        self.answerer().apologised(provider);
        Reply::Document(self.document(provider, &heard.provider_call, place, &said::fault(place.lang), place.stage))
    }

    async fn hear_leg(&self, provider: Provider, heard: &Heard, place: &LegPlace) -> Result<Reply> {
        let (store, leg) = (self.store(), heard.provider_call.as_str());
        for _ in 0..TRIES {
            let request = store.request(&place.request).await?.ok_or(DeskError::Missing)?;
            let row = store.dial(&place.request, place.nth).await?.ok_or(DeskError::NoAttempt { next: 1 })?;
            let note = row.dial.note.as_deref();
            let facts = Facts { state: row.dial.state, leg: row.provider_call.as_deref(), note };
            let (wanted, says) = hear(facts, place.stage, leg, &heard.said);
            let Some(says) = self.carry_out(wanted, says, &request, &row, leg).await? else { continue };
            if wanted != Wanted::Nothing {
                info!(?wanted, "an attempt moved");
                self.changed();
            }
            // Where one address is told of everything, a document would take the place of the one that runs.
            if is_told(place.stage) || says == Says::Quiet {
                return Ok(Reply::Quiet);
            }
            let calling = if says == Says::Calling { self.calling(&request, &row).await? } else { None };
            let voice = said::voice(says, place.lang, &request.reference, calling);
            let next = match says {
                Says::Ask => Stage::First,
                Says::AskAgain => Stage::Second,
                _ => Stage::Over,
            };
            return Ok(Reply::Document(self.document(provider, leg, place, &voice, next)));
        }
        Err(DeskError::Contended)
    }

    /// Writes what is wanted; gives what the agent hears, or nothing when somebody else moved the attempt
    /// meanwhile and one has to look again.
    async fn carry_out(
        &self,
        wanted: Wanted,
        says: Says,
        request: &Request,
        row: &DialRow,
        leg: &str,
    ) -> Result<Option<Says>> {
        let (store, nth, state, at) = (self.store(), row.dial.nth, row.dial.state, self.now_ms());
        let go = |to| store.move_dial(&request.id, nth, std::slice::from_ref(&state), to, Some(leg), at);
        let done = match wanted {
            Wanted::Nothing => true,
            Wanted::Answered => go(DialState::Agent).await?,
            Wanted::Talking => store.move_dial(&request.id, nth, &[state], DialState::Talking, None, at).await?,
            Wanted::Ring => match self.may_be_rung(request, row).await {
                Ok(_) => go(DialState::Customer).await?,
                Err(DeskError::Store(error)) => return Err(error.into()),
                Err(why) => {
                    info!(%why, "the customer is not rung");
                    let (to, why, until) = (DialState::Failed, Some(note::NOT_ALLOWED), self.lease_from(at));
                    let ended = store.end_dial(&request.id, nth, to, why, None, None, at, until).await?;
                    return Ok(ended.then_some(Says::NotNow));
                }
            },
            Wanted::End { state, note, talked, hint } => {
                let until = self.lease_from(at);
                match row.dial.state.is_over() {
                    // The agent's phone was told to be done with first: what is told now is added.
                    true => store.dial_told(&request.id, nth, talked, hint, at).await?,
                    false => store.end_dial(&request.id, nth, state, note, talked, hint, at, until).await?,
                }
            }
        };
        Ok(done.then_some(says))
    }

    /// The number of an attempt, if it may be rung at this moment: the one it was made for, by who has
    /// the request.
    async fn may_be_rung(&self, request: &Request, row: &DialRow) -> Result<Phone> {
        if request.state != RequestState::Claimed || request.holder.as_deref() != Some(row.dial.person.as_str()) {
            return Err(DeskError::NotHeld);
        }
        let number = row.number.as_deref().and_then(|number| Phone::parse(number, None)).ok_or(DeskError::NoNumber)?;
        self.callable_now(request, &number)?;
        Ok(number)
    }

    /// How the customer is rung.
    async fn calling(&self, request: &Request, row: &DialRow) -> Result<Option<Next>> {
        let number = row.number.as_deref().and_then(|number| Phone::parse(number, None));
        let shown = self.line_number(request).await?;
        let to = |number: Phone| Rung::Number(number);
        Ok(number
            .zip(shown)
            .map(|(number, caller_id)| Next::Transfer(Transfer { to: to(number), caller_id, ring: RING })))
    }

    fn document(&self, provider: Provider, leg: &str, place: &LegPlace, voice: &Voice, next: Stage) -> Document {
        let (next, told) =
            (self.url(provider, leg, &place.at(next)), self.url(provider, leg, &place.at(Stage::Customer)));
        let lines = self.answerer().lines();
        let with = Rendering { next: &next, voices: lines.usual(provider), audio: "", beside: None, told: Some(&told) };
        provider.render(voice, &with)
    }

    fn url(&self, provider: Provider, leg: &str, place: &LegPlace) -> String {
        format!("{}{}", self.answerer().public_url(), self.answerer().legs().path(provider, leg, place))
    }
}

/// Whether a stage is only told, and nobody hears an answer.
fn is_told(stage: Stage) -> bool {
    matches!(stage, Stage::Customer | Stage::Status)
}

/// Where an agent's phone rings. Premium numbers and the like are rung for nobody.
fn phone_of(person: &Person) -> Result<Rung> {
    let phone = person.phone.as_deref().map(str::trim).filter(|phone| !phone.is_empty()).ok_or(DeskError::NoPhone)?;
    if phone.starts_with("sip:") || phone.starts_with("sips:") {
        return Ok(Rung::Sip(phone.to_owned()));
    }
    let phone = Phone::parse(phone, None).ok_or(DeskError::NoPhone)?;
    match phone.class() {
        Class::Ordinary => Ok(Rung::Number(phone)),
        class => Err(DeskError::NotCallable(NotCallable::Class(class))),
    }
}
