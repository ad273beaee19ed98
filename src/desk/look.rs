//! Looking: the list, the card, the numbers of the day.

use super::attempt::{flow_of, number_of};
use super::finish::account_of;
use super::path::path;
use super::{
    Card, CardCall, CardRecording, Change, Desk, DeskError, Filter, Overview, Page, PathStep, Result, Section,
};
use crate::call::step::Trace;
use crate::store::{CallRow, Person, Request};
use crate::words::{Lang, Phone};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Earlier calls from the number: how many, and how far back in ms.
const CALLS: u32 = 5;
const CALLS_SINCE: i64 = 30 * 24 * 3_600_000;
/// Other requests of the customer: at most so many open and so many finished.
const OTHERS: u32 = 20;
/// Whom an overview lists at most.
const HELD: u32 = 500;
/// What is told to whoever comes back, at most.
const CHANGES: u32 = 2000;
/// Others may have written with an earlier clock, or finish later than they began, in ms.
pub(super) const OVERLAP: i64 = 10_000;

impl Desk {
    /// A page of a section, in the order requests are to be taken: urgent ones before all others, then
    /// overdue ones, then by priority, promise and age. What is finished: the newest first.
    pub async fn list(&self, filter: &Filter, section: &Section, page: Page) -> Result<Vec<Request>> {
        Ok(self.store().list(filter, section, page, self.now_ms()).await?)
    }

    /// How many there are in a section, and how many of them are overdue.
    pub async fn count(&self, filter: &Filter, section: &Section) -> Result<(u64, u64)> {
        Ok(self.store().count(filter, section, self.now_ms()).await?)
    }

    /// Everything an agent wants to know before calling. Words of menus are in `lang` where the flow
    /// speaks it.
    pub async fn card(&self, id: &str, lang: Lang) -> Result<Card> {
        let (store, request) = (self.store(), self.request(id).await?);
        let at = self.now_ms();
        let name = match &request.account {
            Some(account) => store.customer(account).await?.map(|customer| customer.name),
            None => None,
        };
        let number = number_of(&request);
        let line = flow_of(self.answerer(), &request.line).ok();
        let zone = match (&number, &line) {
            (Some(number), _) if number.calling_zones().is_some() => {
                number.calling_zones().and_then(|zones| zones.first()).map(|zone| (*zone).to_owned())
            }
            (_, Some(flow)) => flow.zone().iana_name().map(str::to_owned),
            _ => None,
        };
        let dials = store.dials(id).await?.into_iter().map(|dial| dial.dial).collect();
        let mut calls = Vec::new();
        for call in store.calls_of_request(&request, at - CALLS_SINCE, CALLS).await? {
            calls.push(self.call_of_card(call, lang).await?);
        }
        let (related, earlier) = store.others_of_customer(&request, OTHERS).await?;
        let guesses = match account_of(&request) {
            Some(account) => store.charged_guesses(account, at - self.answerer().limits().account_window).await?,
            None => 0,
        };
        Ok(Card {
            name: name.filter(|name| !name.is_empty()),
            masked: number.as_ref().map(Phone::masked),
            zone: zone.unwrap_or_else(|| "UTC".to_owned()),
            dials,
            calls,
            related,
            earlier,
            guesses,
            request,
        })
    }

    async fn call_of_card(&self, call: CallRow, lang: Lang) -> Result<CardCall> {
        let flow = self.answerer().flows().version(&call.digest, self.store()).await?;
        let mut trail: Vec<Trace> = Vec::new();
        for turn in self.store().trails(&call.id).await? {
            // What an earlier server noted otherwise is no reason to show nothing.
            trail.extend(serde_json::from_str::<Vec<Trace>>(&turn).unwrap_or_default());
        }
        let path: Vec<PathStep> = path(flow.as_deref(), &trail, lang);
        let recordings = self.store().recordings_of_call(&call.id).await?.into_iter();
        let recordings = recordings.map(|r| CardRecording { id: r.id, seconds: r.seconds, here: r.kept }).collect();
        let CallRow { id, line, at, ending, asked, .. } = call;
        Ok(CardCall { id, line, at, ending, asked, path, recordings })
    }

    /// Where the sound of a recording that belongs to a request lies in the object store; written into
    /// the history as played.
    pub async fn played(&self, person: &Person, id: &str, recording: &str) -> Result<String> {
        let (store, request, at) = (self.store(), self.request(id).await?, self.now_ms());
        if !store.is_recording_of(&request, at - CALLS_SINCE, recording).await? {
            return Err(DeskError::NoRecording);
        }
        let object = store.recording_object(recording).await?.ok_or(DeskError::NoRecording)?;
        let detail = serde_json::json!({ "recording": recording });
        store.add_entry(id, &person.name, false, "played", &detail, at, self.lease_from(at)).await?;
        self.changed();
        Ok(object)
    }

    /// What supervisors look at; today began at midnight in `zone`.
    pub async fn overview(&self, filter: &Filter, zone: &TimeZone) -> Result<Overview> {
        let (store, now) = (self.store(), self.now());
        let midnight = now.to_zoned(zone.clone()).start_of_day().map_or_else(
            |_| now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(now),
            |midnight| midnight.timestamp(),
        );
        let today = store.today(filter, midnight.as_millisecond(), now.as_millisecond()).await?;
        let (waiting, _) = store.count(filter, &Section::Waiting, now.as_millisecond()).await?;
        let (later, _) = store.count(filter, &Section::Later, now.as_millisecond()).await?;
        let lang = |(tag, all, open): (String, u64, u64)| Some((Lang::parse(&tag)?, all, open));
        Ok(Overview {
            waiting,
            overdue: today.overdue,
            later,
            oldest: today.oldest.and_then(|at| Timestamp::from_millisecond(at).ok()),
            held: store.held(filter.trials, HELD).await?,
            kept: today.kept,
            missed: today.late + today.overdue,
            topics: today.topics,
            languages: today.languages.into_iter().filter_map(lang).collect(),
            people: today.people,
        })
    }

    /// What changed since a moment, in ms, the oldest first; for whoever lost the connection. What was
    /// told shortly before may come again: [`Change::version`] tells.
    pub async fn changes_since(&self, at: i64) -> Result<Vec<Change>> {
        Ok(self.store().changes(at - OVERLAP, CHANGES).await?)
    }
}
