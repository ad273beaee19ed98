//! A call goes on: find it, step it, perform what is asked, render, commit.

use super::calls::Open;
use super::{Answerer, Failure, Reply, Upload};
use crate::call::effect::{Answer, Choice, Effect};
use crate::call::event::{Event, Kept, Now};
use crate::call::state::{Phase, State};
use crate::call::step::Trace;
use crate::call::{Outcome, step};
use crate::flow::Flow;
use crate::provider::{Beside, Document, Place, Provider, Rendering, Said};
use crate::store::{BeginRow, Committed, EffectKey, StoreError, TurnRow};
use crate::words::{CallId, Lang, Phone};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tracing::{debug, info};

/// How often a webhook is tried when others of its call are first.
pub const TRIES: usize = 3;

/// What a webhook has got so far: it is kept when the webhook has to be tried again, so that nothing
/// is asked twice.
pub struct Got<'a> {
    pub provider: Provider,
    pub provider_call: &'a str,
    pub call: &'a CallId,
    /// Answers by their key.
    pub answers: Vec<(EffectKey, Effect, Option<Answer>)>,
    /// When patience ends.
    pub until: Instant,
    /// What the caller chose and wants remembered: kept with the turn.
    pub remember: Vec<(Phone, Choice)>,
    /// The message that came with it.
    pub upload: Option<Upload>,
}

impl<'a> Got<'a> {
    pub fn new(provider: Provider, provider_call: &'a str, call: &'a CallId, patience: Duration) -> Got<'a> {
        Got {
            provider,
            provider_call,
            call,
            answers: Vec::new(),
            until: Instant::now() + patience,
            remember: Vec::new(),
            upload: None,
        }
    }
}

/// A call moved on as far as this webhook moves it.
pub struct Moved {
    pub state: State,
    pub outcome: Outcome,
    pub trail: Vec<Trace>,
    /// The answers used, in order; none where one was too slow.
    pub answers: Vec<Option<Answer>>,
    /// The caller came to where a person is asked for.
    pub person: bool,
    /// The moment all of it was stepped at.
    pub at: Now,
}

impl Answerer {
    /// Answers a webhook on an address one of our documents gave out; `again` when it comes back
    /// because an apology asked it to, `upload` when a message came with it.
    pub(super) async fn turn(
        &self,
        provider: Provider,
        provider_call: &str,
        place: Place,
        said: Said,
        again: bool,
        upload: Option<Upload>,
    ) -> Result<Reply, Failure> {
        let inner = &self.inner;
        let slot = inner.calls.slot(&place.call);
        let mut slot = slot.lock().await;
        let mut got = Got::new(provider, provider_call, &place.call, inner.settings.patience);
        got.upload = upload;
        for _ in 0..TRIES {
            let remembered = slot.is_some();
            if !remembered {
                *slot = self.read(&place.call).await?;
            }
            let Some(open) = slot.as_ref() else {
                info!("an address of a call we do not know");
                return Ok(Reply::Document(inner.start_over(provider, provider_call, place.lang)));
            };
            if place.turn < open.turn {
                return self.answered_before(provider, provider_call, open, &place).await;
            }
            if place.turn > open.turn && remembered {
                // The turns in between were another server's.
                *slot = None;
                continue;
            }
            if place.turn > open.turn {
                return Ok(Reply::Document(inner.start_over(provider, provider_call, place.lang)));
            }
            let state = open.state()?;
            if state.ending().is_some() {
                return Ok(Reply::Document(inner.ended(provider, state.lang)));
            }
            let (event, kept) = heard(&said, again, &state);
            let (flow, version) = (open.flow.clone(), open.version + 1);
            let moved = self.advance(&flow, state, event, &mut got).await?;
            let document = self.document(&flow, &moved, &got);
            let row = self.row(&moved, &got, version, kept, document.as_ref(), None);
            let open = Open::new(flow.clone(), &moved.state, &row.state, version);
            if self.commit(row).await? == Committed::Stored {
                let ending = moved.state.ending();
                debug!(step = %moved.state.place(), turn = moved.state.turn, "answered");
                if ending.is_some() {
                    inner.meters.ended(ending);
                    self.bookmark(&flow, &moved.state).await;
                    info!(ending = ending.map(|e| e.word()), "a call ended");
                }
                let Some(document) = document else {
                    *slot = None;
                    return Ok(Reply::Quiet);
                };
                let beside = self.with_texts(provider, &moved.state, document.clone()).await;
                *slot = Some(open);
                return Ok(Reply::Document(beside));
            }
            *slot = None;
        }
        Err(Failure::Contended)
    }

    /// A turn that was answered gets its document again, byte for byte.
    async fn answered_before(
        &self,
        provider: Provider,
        provider_call: &str,
        open: &Open,
        place: &Place,
    ) -> Result<Reply, Failure> {
        self.inner.meters.repeated(provider);
        match self.inner.store.document(&place.call, place.turn).await? {
            Some(text) if place.turn + 1 == open.turn => {
                let document = provider.stored(text);
                Ok(Reply::Document(self.with_texts(provider, &open.state()?, document).await))
            }
            Some(text) => Ok(Reply::Document(provider.stored(text))),
            None => Ok(Reply::Document(self.inner.start_over(provider, provider_call, place.lang))),
        }
    }

    /// Reads a call from the store; none when there is no such call.
    pub(super) async fn read(&self, call: &CallId) -> Result<Option<Open>, Failure> {
        let Some(row) = self.inner.store.open_call(call).await? else { return Ok(None) };
        let state: State =
            serde_json::from_str(&row.state).map_err(|e| Failure::Damaged { what: "state", why: e.to_string() })?;
        let flow = self.inner.flows.version(&row.digest, &self.inner.store).await?;
        let flow =
            flow.ok_or_else(|| Failure::Damaged { what: "flow", why: format!("version {} is not there", row.digest) })?;
        Ok(Some(Open::new(flow, &state, &row.state, row.version)))
    }

    /// Steps until there is something to say, performing what is asked for in between.
    pub(super) async fn advance(
        &self,
        flow: &Arc<Flow>,
        state: State,
        event: Event,
        got: &mut Got<'_>,
    ) -> Result<Moved, Failure> {
        let now = self.inner.now();
        let (mut state, mut event) = (state, event);
        let (mut trail, mut answers) = (Vec::new(), Vec::new());
        loop {
            let timer = self.inner.meters.step_timer();
            let mut turn = step(flow, state, event, now);
            timer.stop();
            trail.append(&mut turn.trail);
            let (Outcome::Ask(effect, secret), Phase::Looking(looking)) = (&turn.outcome, &turn.state.phase) else {
                let person = asks_for_person(flow, &trail);
                return Ok(Moved { state: turn.state, outcome: turn.outcome, trail, answers, person, at: now });
            };
            let key = EffectKey { call: got.call.clone(), turn: looking.turn, seq: looking.seq };
            let known =
                got.answers.iter().find(|(k, e, _)| *k == key && e == effect).map(|(.., answer)| answer.clone());
            let answer = match known {
                Some(answer) => answer,
                None if let Effect::Remember(choice) = effect => {
                    got.remember.extend(turn.state.began.remembered_for().map(|number| (number.clone(), *choice)));
                    got.answers.push((key, effect.clone(), Some(Answer::Remembered)));
                    Some(Answer::Remembered)
                }
                None if let (Effect::KeepRecording(new), Some(upload)) = (effect, got.upload.as_ref()) => {
                    let keep = self.keep_upload(flow, &turn.state, new, upload, &key, now.as_millisecond());
                    let answer = Some(Answer::Recording(Box::pin(keep).await?));
                    got.answers.push((key, effect.clone(), answer.clone()));
                    answer
                }
                None => {
                    let perform = self.perform(flow, &turn.state, effect, secret.clone(), &key, got.until, now);
                    let answer = Box::pin(perform).await?;
                    got.answers.push((key, effect.clone(), answer.clone()));
                    answer
                }
            };
            answers.push(answer.clone());
            event = answer.map_or(Event::Slow, Event::Answered);
            state = turn.state;
        }
    }

    /// What the caller hears, in the provider's tongue; none when nobody is on the line.
    pub(super) fn document(&self, flow: &Flow, moved: &Moved, got: &Got<'_>) -> Option<Document> {
        let Outcome::Say(voice) = &moved.outcome else { return None };
        let inner = &self.inner;
        let lines = inner.lines();
        let voices = lines.voices(&moved.state.began.dialled, got.provider);
        let next = self.address(got.provider, got.provider_call, got.call, moved.state.turn, voice.lang);
        let audio = format!("{}/audio", inner.settings.public_url);
        let rendering = Rendering { next: &next, voices, audio: &audio, beside: None, told: None };
        if got.provider != Provider::Phone {
            return Some(got.provider.render(voice, &rendering));
        }
        // Our own phones show what the same turn would be elsewhere, and where the call is.
        let twiml = Provider::Twilio.render(voice, &rendering).text;
        let beside = Beside {
            call: got.call.as_str(),
            turn: moved.state.turn.saturating_sub(1),
            step: &moved.state.place(),
            level: moved.state.level(inner.now()),
            flow: &flow.name,
            elsewhere: &twiml,
        };
        Some(got.provider.render(voice, &Rendering { beside: Some(&beside), ..rendering }))
    }

    fn address(&self, provider: Provider, provider_call: &str, call: &CallId, turn: u32, lang: Lang) -> String {
        let place = Place { call: call.clone(), turn, lang };
        format!("{}{}", self.inner.settings.public_url, self.inner.places.path(provider, provider_call, &place))
    }

    /// The row that keeps all of it.
    pub(super) fn row(
        &self,
        moved: &Moved,
        got: &Got<'_>,
        version: u32,
        kept: Kept,
        document: Option<&Document>,
        begins: Option<BeginRow>,
    ) -> TurnRow {
        let mut entry = [0; 8];
        // Without chance two racing webhooks could not be told apart; then the row counts as lost.
        let entry = getrandom::fill(&mut entry).map_or(0, |()| i64::from_ne_bytes(entry));
        TurnRow {
            call: got.call.clone(),
            version,
            turn: document.map(|_| moved.state.turn.saturating_sub(1)),
            entry,
            event: json(&kept),
            answers: json(&moved.answers),
            state: json(&moved.state),
            trail: json(&moved.trail),
            document: document.map(|d| d.text.clone()),
            at: moved.at.as_millisecond(),
            begins,
            ends: moved.state.ending().map(|ending| ending.word().to_owned()),
            person: moved.person,
            remember: got.remember.clone(),
        }
    }

    pub(super) async fn commit(&self, row: TurnRow) -> Result<Committed, StoreError> {
        let timer = self.inner.meters.commit_timer();
        let committed = self.inner.store.commit(row).await;
        timer.stop();
        committed
    }
}

/// By `0` or by an option that leads to the same step.
fn asks_for_person(flow: &Flow, trail: &[Trace]) -> bool {
    let person = flow.blocks.first().and_then(|main| main.steps.get(flow.person)).map(|step| step.name.as_str());
    trail.iter().any(|trace| matches!(trace, Trace::Step(place) if Some(place.as_str()) == person))
}

/// What a provider said, as the call takes it and as it is kept. `again`: it comes back because an
/// apology asked it to, so that silence is nobody's fault.
fn heard(said: &Said, again: bool, state: &State) -> (Event, Kept) {
    match said {
        Said::Nothing if again => (Event::Again, Kept::Again),
        Said::Digits(digits) => (Event::Digits(digits.clone()), state.keep(digits)),
        Said::Nothing | Said::Inbound(_) => (Event::Silence, Kept::Silence),
        Said::Dialled { end, talked } => (Event::Dialled { end: *end, talked: *talked }, Kept::Dialled(*end, *talked)),
        Said::Recorded(recording) | Said::LastWords(recording) => {
            (Event::Recorded(recording.clone()), Kept::Recorded(recording.clone()))
        }
        Said::Status(status) => (Event::Status(*status), Kept::Status(*status)),
    }
}

/// Values of ours always can be written; if one could not, the row would say so.
fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|e| format!("\"unwritable: {e}\""))
}
