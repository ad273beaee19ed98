//! The way of a webhook that is proved and read: to its call, within the time providers bear, or past a
//! machine that holds no more.

use super::crowd::{Comes, Inside};
use super::{Answerer, Failure, Knock, Reply, Upload, WEBHOOK, spoken};
use crate::call::event::CallStatus;
use crate::provider::{Heard, Place, Provider, Refused, Said};
use crate::words::Lang;
use tracing::{Span, field, warn};

impl Answerer {
    /// The way of a webhook that is proved and read.
    pub(super) async fn route(
        &self,
        provider: Provider,
        heard: Heard,
        knock: Knock,
        target: &str,
        upload: Option<Upload>,
    ) -> Reply {
        let call = &heard.provider_call;
        Span::current().record("provider_call", field::display(call));
        // Before anything is read or stored, and after the sender is proved: who is not one is refused
        // as ever, and gets nobody else shed.
        let Some(inside) = self.inner.crowd.enter(comes(&knock, &heard.said)) else {
            return self.shed(provider, &knock, &heard.said, target);
        };
        match (knock, heard.said) {
            (Knock::Turn { place, .. }, said) => {
                Span::current().record("call", field::display(&place.call));
                let lang = place.lang;
                let again = spoken::times(target) > 0;
                let turn = Box::pin(self.turns(provider, call, place, said, again, upload));
                self.in_time(provider, lang, target, inside, turn).await
            }
            (Knock::Inbound { flow, version }, Said::Inbound(began)) => {
                let lang = began.lang.unwrap_or(Lang::ALL[0]);
                let begin = Box::pin(self.begin(provider, call, (flow, version), began));
                self.in_time(provider, lang, target, inside, begin).await
            }
            (_, Said::Status(status)) => {
                let reply = self.status(provider, call, status).await;
                inside.served();
                reply
            }
            _ => self.refuse(provider, Refused::Malformed(ELSEWHERE)),
        }
    }

    /// A turn; of a call that is over, and whose last words can only come with its end, both at once.
    async fn turns(
        &self,
        provider: Provider,
        call: &str,
        place: Place,
        said: Said,
        again: bool,
        upload: Option<Upload>,
    ) -> Result<Reply, Failure> {
        let (first, last) = match said {
            Said::LastWords(recording) => (Said::Status(CallStatus::Completed), Said::Recorded(recording)),
            Said::Status(status) if status.is_final() && provider.uploads().is_some() => {
                (Said::Status(status), Said::Nothing)
            }
            said => return self.turn(provider, call, place, said, again, upload).await,
        };
        match self.turn(provider, call, place.clone(), first, again, None).await? {
            Reply::Quiet => self.turn(provider, call, place, last, false, upload).await,
            reply => Ok(reply),
        }
    }

    /// An answer within the time providers bear, else words that offer to try again.
    async fn in_time(
        &self,
        provider: Provider,
        lang: Lang,
        target: &str,
        inside: Inside<'_>,
        answer: impl Future<Output = Result<Reply, Failure>>,
    ) -> Reply {
        match tokio::time::timeout(WEBHOOK, answer).await {
            Ok(Ok(reply)) => {
                inside.served();
                return reply;
            }
            Ok(Err(failure @ Failure::Damaged { .. })) => {
                tracing::error!(%failure, "this call cannot go on; the caller hears an apology and a goodbye");
                self.inner.meters.apologised(provider);
                return Reply::Document(self.inner.goodbye(provider, lang));
            }
            Ok(Err(failure)) => tracing::error!(%failure, "no ordinary answer; the caller hears an apology"),
            Err(_) => tracing::error!("no answer in {WEBHOOK:?}; the caller hears an apology"),
        }
        self.inner.meters.apologised(provider);
        Reply::Document(self.inner.busy(provider, lang, target))
    }

    /// More comes than the machine holds. A caller hears so and comes again by the same address; of what
    /// was pressed nothing is taken, and the prompt is said once more.
    fn shed(&self, provider: Provider, knock: &Knock, said: &Said, target: &str) -> Reply {
        let inner = &self.inner;
        match (knock, said) {
            (_, Said::Status(_)) => {
                inner.meters.shed("status");
                warn!("a status was not taken; the call ends by itself later");
                Reply::Quiet
            }
            (Knock::Turn { place, .. }, _) => {
                inner.meters.shed("turn");
                Reply::Document(inner.hold_turn(provider, place.lang, target))
            }
            (Knock::Inbound { flow, .. }, Said::Inbound(began)) => {
                inner.meters.shed("call");
                let live = inner.flows.live();
                let lines = inner.lines();
                let name = lines.flow_of(&began.dialled, flow.as_deref(), &live);
                let flow = name.and_then(|name| live.iter().find(|flow| flow.name == name));
                let usual = flow.and_then(|flow| flow.languages.first().copied());
                let lang = began.lang.or(usual).unwrap_or(Lang::ALL[0]);
                Reply::Document(inner.hold_call(provider, lang, target))
            }
            _ => self.refuse(provider, Refused::Malformed(ELSEWHERE)),
        }
    }
}

/// Why something is refused that was sent to another address than it belongs to.
const ELSEWHERE: &str = "this does not belong at this address";

/// Who comes with a webhook.
fn comes(knock: &Knock, said: &Said) -> Comes {
    match (knock, said) {
        (_, Said::Status(_) | Said::Dialled { .. } | Said::Recorded(_) | Said::LastWords(_)) => Comes::News,
        (Knock::Inbound { .. }, _) => Comes::Call,
        _ => Comes::Turn,
    }
}
