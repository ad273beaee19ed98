//! One-time codes: seeing to it that one is on its way, the words it travels in, and where a
//! developer sees it who tries a line. Neither code nor words are kept anywhere: they are made again
//! when they are needed. What is said and done is the same whether there is such an account or not.

use super::Answerer;
use crate::call::state::{Phase, Stage, Wait};
use crate::call::step::{phrase, phrase_text};
use crate::call::{Challenge, State};
use crate::flow::Flow;
use crate::flow::value::Value;
use crate::provider::{Document, Provider};
use crate::store::{Customer, EffectKey, OutboxKind, StoreError, WantedCode};
use crate::words::{Lang, Phone, Secret};
use tracing::warn;

impl Answerer {
    /// A code is on its way to the number registered for an account, if it has one.
    pub(super) async fn challenge(
        &self,
        flow: &Flow,
        state: &State,
        account: &str,
        resend: bool,
        key: &EffectKey,
        at: i64,
    ) -> Result<Challenge, StoreError> {
        let test = state.began.test;
        let wanted = WantedCode { account, line: &flow.name, lang: state.lang, key, test, resend, at };
        let challenge = self.inner.store.challenge(&wanted).await?;
        if challenge.sends {
            // Whether it could be put in is not told: that would say whether there is such an account.
            let number = self.code_number(account).await?;
            self.post(flow, state, number, OutboxKind::Code, &challenge.id, key, at).await?;
        }
        Ok(Challenge { id: challenge.id, fresh: challenge.fresh })
    }

    /// Where an account's codes go.
    async fn code_number(&self, account: &str) -> Result<Option<Phone>, StoreError> {
        let customer = self.customer(account).await?;
        Ok(customer.and_then(|customer| customer.number).and_then(|number| Phone::parse(&number, None)))
    }

    /// The words of a message with a one-time code, made when it is sent and forgotten at once; none
    /// when the code is not wanted any more.
    pub async fn code_text(&self, challenge: &str) -> Result<Option<Secret>, StoreError> {
        let Some(sent) = self.inner.store.sent_challenge(challenge, self.inner.now_ms()).await? else {
            return Ok(None);
        };
        let live = self.inner.flows.live();
        let flow = live.iter().find(|flow| flow.name == sent.line);
        let lang = sent.lang.unwrap_or(Lang::ALL[0]);
        let phrases = flow.map_or(&self.inner.phrases, |flow| &flow.phrases);
        let line = flow.and_then(|flow| flow.title.get(lang)).map(phrase_text).unwrap_or_default();
        let code = self.inner.codes.code(challenge).reveal().to_owned();
        let holes = [("code", Value::Text(code)), ("line", Value::Text(line))];
        Ok(Some(Secret::new(phrase(phrases, "verify.code-text", lang, &holes))))
    }

    /// The customer of an account. Demo customers, whose secrets everybody may read, are nobody
    /// outside the demo.
    pub(super) async fn customer(&self, account: &str) -> Result<Option<Customer>, StoreError> {
        let customer = self.inner.store.customer(account).await?;
        Ok(customer.filter(|c| !c.demo || self.inner.settings.fiction))
    }

    /// A document for one of our own phones, with the text message its caller would get: in trial
    /// calls of the demo's customers only, and only beside the document, never in what is stored.
    pub(super) async fn with_texts(&self, provider: Provider, state: &State, document: Document) -> Document {
        let Phase::Waiting(Wait { stage: Stage::Code { account, challenge, .. }, .. }) = &state.phase else {
            return document;
        };
        if provider != Provider::Phone || !state.began.test || !self.inner.settings.fiction {
            return document;
        }
        match self.demo_text(account, challenge).await {
            Ok(Some((number, text))) => provider.with_text(document, &number, text.reveal()),
            Ok(None) => document,
            Err(error) => {
                warn!(%error, "a text message cannot be shown");
                document
            }
        }
    }

    /// The message with a demo customer's code, and to whom it goes.
    async fn demo_text(&self, account: &str, challenge: &str) -> Result<Option<(Phone, Secret)>, StoreError> {
        if !self.customer(account).await?.is_some_and(|customer| customer.demo) {
            return Ok(None);
        }
        Ok(self.code_number(account).await?.zip(self.code_text(challenge).await?))
    }
}
