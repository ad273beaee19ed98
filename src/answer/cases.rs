//! What is done for a customer outside any call: recording a request that came another way, writing to
//! somebody whom nobody reached. Both by the limits and the number policy that hold in calls.

use super::Answerer;
use crate::call::effect::{FileAnswer, NewRequest};
use crate::flow::Flow;
use crate::store::{EffectKey, NewMessage, NotSent, OutboxKind, Put, Request, StoreError};
use crate::words::phone::Class;
use crate::words::{CallId, Phone};
use tracing::{info, warn};

impl Answerer {
    /// Records a request that came another way than by phone; `who` is what histories call whoever wrote
    /// it down.
    pub async fn file_case(&self, flow: &Flow, new: &NewRequest, who: &str) -> Result<FileAnswer, StoreError> {
        let key = EffectKey { call: CallId::fresh(), turn: 1, seq: 0 };
        self.file(flow, new, &key, who, self.inner.now_ms()).await
    }

    /// Writes to the customer of a request after attempt `nth`, once; whether it lies in the outbox.
    /// Nothing is sent where texting is off, to trials, to numbers of fiction, and to what is no mobile.
    pub async fn text_customer(
        &self,
        flow: &Flow,
        request: &Request,
        nth: u32,
        text: &str,
    ) -> Result<bool, StoreError> {
        let (texting, at) = (&self.inner.settings.texting, self.inner.now_ms());
        let Some(call) = CallId::parse(&request.id) else { return Ok(false) };
        let number = request.number.as_deref().and_then(|number| Phone::parse(number, None));
        let fiction = number.as_ref().is_some_and(|number| number.class() == Class::Fiction);
        let test = request.test || fiction;
        let allowed = request.test || self.inner.settings.fiction;
        let to = match &number {
            None => Err(NotSent::NoNumber),
            Some(number) => match number.may_text(&flow.countries, allowed) {
                Ok(()) if texting.on || test => Ok(number.as_str().to_owned()),
                Ok(()) => Err(NotSent::Off),
                Err(why) => {
                    info!(%why, "a number is not texted");
                    Err(NotSent::Number)
                }
            },
        };
        let key = EffectKey { call, turn: nth, seq: 0 };
        let (kind, line, body) = (OutboxKind::Sms, flow.name.clone(), text.to_owned());
        let new = NewMessage { key, kind, line, to, body, test, at };
        let put = self.inner.store.put_message(&new, &texting.limits).await?;
        self.inner.meters.posted(kind, &put);
        let accepted = matches!(put, Put::Accepted(_));
        match accepted {
            true => self.inner.posted.notify_one(),
            false => warn!(request = %request.id, "a customer nobody reached is not texted"),
        }
        Ok(accepted)
    }
}
