//! What agents' legs need of the route of a webhook: their addresses are given out and answered by
//! the desk, and proved and counted like all others here.

use super::{Answerer, Inner, Reply};
use crate::provider::{Door, Heard, Keys, LegKey, Provider, Refused, Risks, Verified, Webhook};
use tracing::warn;

impl Answerer {
    /// Proves who sent a webhook to an address that somebody else answers, and reads it.
    ///
    /// # Errors
    /// Nothing of it is believed; [`Answerer::replied`] counts and logs that.
    pub fn prove(&self, provider: Provider, webhook: &Webhook<'_>, door: Door) -> Result<Heard, Refused> {
        self.inner.verify(provider, webhook).and_then(|verified| provider.parse(verified, door))
    }

    /// Counts how a webhook was answered, and logs a refusal.
    pub fn replied(&self, provider: Provider, reply: Reply) -> Reply {
        if let Reply::Refused(why) = &reply {
            self.inner.meters.refused(provider, why);
            warn!(%why, "webhook refused");
        }
        self.inner.meters.answered(provider, &reply);
        reply
    }

    /// Counts that somebody heard an apology.
    pub fn apologised(&self, provider: Provider) {
        self.inner.meters.apologised(provider);
    }

    /// The key of the addresses of agents' legs.
    pub fn legs(&self) -> &LegKey {
        &self.inner.legs
    }

    /// The address providers call us at, no slash at the end.
    pub fn public_url(&self) -> &str {
        &self.inner.settings.public_url
    }
}

impl Inner {
    /// Proves who sent a webhook.
    pub(super) fn verify(&self, provider: Provider, webhook: &Webhook<'_>) -> Result<Verified, Refused> {
        let now = (self.settings.clock)().as_second();
        if provider == Provider::Phone {
            let secrets = self.phones.counting(self.now_ms());
            return provider.verify(webhook, &Keys { secrets: &secrets, now, risks: Risks::default() });
        }
        let inbound = self.settings.inbound.get(&provider);
        let secrets = inbound.map(|inbound| inbound.secrets.as_slice()).unwrap_or_default();
        let risks = inbound.map(|inbound| inbound.risks).unwrap_or_default();
        provider.verify(webhook, &Keys { secrets, now, risks })
    }
}
