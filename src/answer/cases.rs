//! What is done for a customer outside any call: recording a request that came another way, writing to
//! somebody whom nobody reached. Both by the limits and the number policy that hold in calls.

use super::Answerer;
use crate::call::effect::{FileAnswer, NewRequest};
use crate::flow::Flow;
use crate::store::{EffectKey, FiledBy, MessageLimits, NewMessage, OutboxKind, Put, Request, StoreError};
use crate::words::{CallId, Phone};
use tracing::warn;

impl Answerer {
    /// Records a request that came another way than by phone.
    pub async fn file_case(&self, flow: &Flow, new: &NewRequest, by: FiledBy<'_>) -> Result<FileAnswer, StoreError> {
        let key = EffectKey { call: CallId::fresh(), turn: 1, seq: 0 };
        self.file(flow, new, &key, by, self.inner.now_ms()).await
    }

    /// What is written to the customer of a request after attempt `nth`, and within which limits. Nothing
    /// is sent where texting is off, to trials, to numbers of fiction, and to what is no mobile.
    pub fn message_to(
        &self,
        flow: &Flow,
        request: &Request,
        nth: u32,
        text: &str,
    ) -> Option<(NewMessage, &MessageLimits)> {
        let (texting, at) = (&self.inner.settings.texting, self.inner.now_ms());
        let call = CallId::parse(&request.id)?;
        let number = request.number.as_deref().and_then(|number| Phone::parse(number, None));
        let (to, test) = self.recipient(flow, number.as_ref(), request.test);
        let key = EffectKey { call, turn: nth, seq: 0 };
        let (kind, line, body) = (OutboxKind::Sms, flow.name.clone(), text.to_owned());
        Some((NewMessage { key, kind, line, to, body, test, at }, &texting.limits))
    }

    /// A message was put into the outbox, or was not: it is counted, and whoever sends is woken.
    pub fn was_put(&self, put: &Put) {
        self.inner.meters.posted(OutboxKind::Sms, put);
        match put {
            Put::Accepted(_) => self.inner.posted.notify_one(),
            Put::Refused(why) => warn!(why = why.word(), "a customer nobody reached is not texted"),
        }
    }
}
