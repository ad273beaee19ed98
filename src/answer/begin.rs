//! A call comes in.

use super::calls::Open;
use super::turn::{Got, Moved};
use super::{Answerer, Failure, Reply};
use crate::call::bookmark::Bookmark;
use crate::call::event::{Began, CallStatus, Event, Kept};
use crate::call::state::Ending;
use crate::call::{Outcome, State};
use crate::flow::Flow;
use crate::provider::Provider;
use crate::store::{BeginRow, Committed};
use crate::words::{CallId, Lang};
use std::collections::BTreeMap;
use std::sync::Arc;
use tracing::{Span, error, field, info, warn};

impl Answerer {
    /// The first document of a call; the same one however often the provider asks.
    pub(super) async fn begin(
        &self,
        provider: Provider,
        provider_call: &str,
        (asked, version): (Option<String>, Option<String>),
        began: Began,
    ) -> Result<Reply, Failure> {
        let inner = &self.inner;
        let live = inner.flows.live();
        let lines = inner.lines();
        let name = lines.flow_of(&began.dialled, asked.as_deref(), &live);
        let Some(flow) = name.and_then(|name| live.iter().find(|flow| flow.name == name)).cloned() else {
            // One that was in service when this call began is answered as it was then.
            if let Some(call) = inner.store.find_call(provider.name(), provider_call).await? {
                return self.first_document(provider, &call).await;
            }
            info!("a number that is not in service was dialled");
            return Ok(Reply::Document(inner.not_in_service(provider)));
        };
        let fresh = CallId::fresh();
        // Side by side: nobody waits longer because a line might be closed.
        let named = inner.store.name_call(provider.name(), provider_call, &fresh);
        let (call, closed) = tokio::try_join!(named, inner.store.closed(&flow.name, inner.now_ms()))?;
        if call != fresh && inner.store.dialled(call.as_str()).await?.is_some() {
            return self.first_document(provider, &call).await;
        }
        Span::current().record("call", field::display(&call));
        let version = version.filter(|_| provider == Provider::Phone);
        // Whoever tries a version tries what it says, whether its line is open or not.
        let closed = closed.filter(|_| version.is_none());
        let Some(flow) = self.version_of(&flow, &call, version.as_deref()).await? else {
            info!("a version that is not there was asked for");
            return Ok(Reply::Document(inner.not_in_service(provider)));
        };
        let row = begins(provider, provider_call, &flow, &began);
        let mute = lines.mute(&flow, &began.dialled, provider);
        let mut state = State::new(&flow, began.clone()).without(&flow, mute);
        state.fiction |= inner.settings.fiction;
        let slot = inner.calls.slot(&call);
        let mut slot = slot.lock().await;
        let mut got = Got::new(provider, provider_call, &call, inner.settings.patience);
        let (event, kept) = self.comes_in(&flow, &mut state, began, closed).await?;
        let moved = self.advance(&flow, state, event, &mut got).await?;
        let document = self.document(&flow, &moved, &got);
        let row = self.row(&moved, &got, 1, kept, document.as_ref(), Some(row));
        let open = Open::new(flow.clone(), &moved.state, &row.state, 1);
        match self.commit(row).await? {
            Committed::Stored => {
                info!(flow = %flow.name, "a call began");
                inner.meters.began(&flow.name);
                inner.meters.ended(moved.state.ending());
                let Some(document) = document else { return Ok(Reply::Quiet) };
                *slot = Some(open);
                Ok(Reply::Document(document))
            }
            // Another server was first: its document is the call's.
            Committed::Stale => {
                *slot = None;
                self.first_document(provider, &call).await
            }
        }
    }

    /// What happens to a call that comes in; `closed` are the words of a closed line.
    async fn comes_in(
        &self,
        flow: &Flow,
        state: &mut State,
        began: Began,
        closed: Option<BTreeMap<Lang, String>>,
    ) -> Result<(Event, Kept), Failure> {
        let Some(texts) = closed else { return Ok((Event::Began(began.clone()), Kept::Began(began))) };
        let words = self.words_of_closed(flow, &began, texts).await?;
        if let Some((first, _)) = words.first() {
            state.lang = *first;
        }
        Ok((Event::Closed(words.clone()), Kept::Closed(began, words)))
    }

    /// What a caller hears of a closed line: in the language asked for or remembered, else in every one
    /// of the line's, for nobody has chosen yet.
    async fn words_of_closed(
        &self,
        flow: &Flow,
        began: &Began,
        mut texts: BTreeMap<Lang, String>,
    ) -> Result<Vec<(Lang, String)>, Failure> {
        let remembered = match &began.from {
            Some(number) => self.inner.store.preference(number, self.inner.now_ms()).await?.lang,
            None => None,
        };
        let known = began.lang.or(remembered).filter(|lang| flow.languages.contains(lang));
        if let Some((lang, words)) = known.and_then(|lang| texts.remove_entry(&lang)) {
            return Ok(vec![(lang, words)]);
        }
        let spoken: Vec<_> = flow.languages.iter().filter_map(|lang| texts.remove_entry(lang)).collect();
        // One that was written for other languages is better than silence.
        Ok(if spoken.is_empty() { texts.into_iter().collect() } else { spoken })
    }

    /// The version a call begins on: the one asked for, else as it falls to it.
    async fn version_of(
        &self,
        live: &Arc<Flow>,
        call: &CallId,
        asked: Option<&str>,
    ) -> Result<Option<Arc<Flow>>, Failure> {
        let flows = &self.inner.flows;
        match asked {
            Some(digest) => {
                let version = flows.version(digest, &self.inner.store).await?;
                Ok(version.filter(|flow| flow.name == live.name))
            }
            // Out of service since: this call was in time.
            None => Ok(Some(flows.of_call(&live.name, call).unwrap_or_else(|| live.clone()))),
        }
    }

    async fn first_document(&self, provider: Provider, call: &CallId) -> Result<Reply, Failure> {
        Span::current().record("call", field::display(call));
        match self.inner.store.document(call, 0).await? {
            Some(text) => Ok(Reply::Document(provider.stored(text))),
            None => Err(Failure::Damaged { what: "first document", why: "it is not there".into() }),
        }
    }

    /// A call moved on at its provider. Only ever forward; of a call we do not know nothing is kept.
    pub(super) async fn status(&self, provider: Provider, provider_call: &str, status: CallStatus) -> Reply {
        let taken = tokio::time::timeout(super::WEBHOOK, self.take_status(provider, provider_call, status)).await;
        match taken {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => error!(%failure, "a status could not be kept; the call ends by itself later"),
            Err(_) => error!("a status was not kept in time; the call ends by itself later"),
        }
        Reply::Quiet
    }

    async fn take_status(&self, provider: Provider, provider_call: &str, status: CallStatus) -> Result<(), Failure> {
        if !status.is_final() {
            return Ok(());
        }
        let Some(call) = self.inner.store.find_call(provider.name(), provider_call).await? else { return Ok(()) };
        Span::current().record("call", field::display(&call));
        self.end(&call, status, None).await
    }

    /// Keeps where a call broke off, so that the next one can go on there.
    pub(super) async fn bookmark(&self, flow: &Flow, state: &State) {
        let Some(number) = state.began.remembered_for() else { return };
        let place = (state.ending() == Some(Ending::HungUp)).then(|| Bookmark::of(flow, state)).flatten();
        if place.is_none() && !state.resumed {
            return;
        }
        if let Err(error) = self.inner.store.bookmark(number, place.as_ref(), self.inner.now_ms()).await {
            warn!(%error, "where a call broke off could not be kept; the next one begins at the beginning");
        }
    }

    /// Ends a call from outside: hung up, or not heard of for long (then `ending` says so).
    pub async fn end(&self, call: &CallId, status: CallStatus, ending: Option<Ending>) -> Result<(), Failure> {
        let slot = self.inner.calls.slot(call);
        let mut slot = slot.lock().await;
        for _ in 0..super::turn::TRIES {
            if slot.is_none() {
                *slot = self.read(call).await?;
            }
            let Some(open) = slot.as_ref() else { return Ok(()) };
            let state = open.state()?;
            if state.ending().is_some() {
                return Ok(());
            }
            let mut got = Got::new(Provider::Phone, "", call, self.inner.settings.patience);
            let mut moved: Moved = self.advance(&open.flow, state.clone(), Event::Status(status), &mut got).await?;
            if let Some(ending) = ending {
                moved.state.phase = crate::call::state::Phase::Ended(ending);
            }
            debug_assert!(matches!(moved.outcome, Outcome::Nothing));
            let row = self.row(&moved, &got, open.version + 1, Kept::Status(status), None, None);
            if self.commit(row).await? == Committed::Stored {
                self.inner.meters.ended(moved.state.ending());
                self.bookmark(&open.flow, &moved.state).await;
                self.served_before_hanging_up(&state, moved.at).await;
                info!(ending = moved.state.ending().map(Ending::word), "a call ended");
                *slot = None;
                return Ok(());
            }
            *slot = None;
        }
        Err(Failure::Contended)
    }
}

/// What is known of a call when it begins.
fn begins(provider: Provider, provider_call: &str, flow: &Flow, began: &Began) -> BeginRow {
    BeginRow {
        provider: provider.name().to_owned(),
        provider_call: provider_call.to_owned(),
        line: flow.name.clone(),
        digest: flow.digest.to_string(),
        dialled: began.dialled.clone(),
        caller: began.from.as_ref().map(|phone| phone.as_str().to_owned()),
        test: began.test,
    }
}
