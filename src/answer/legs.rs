//! What agents' legs need of the route of a webhook: their addresses are given out and answered by
//! the desk, and proved and counted like all others here.

use super::{Answerer, Reply};
use crate::provider::{Door, Heard, LegKey, Provider, Refused, Webhook};
use tracing::warn;

impl Answerer {
    /// Proves who sent a webhook to an address that somebody else answers, and reads it.
    ///
    /// # Errors
    /// Nothing of it is believed; [`Answerer::replied`] counts and logs that.
    pub fn prove(&self, provider: Provider, webhook: &Webhook<'_>, door: Door) -> Result<Heard, Refused> {
        self.inner.verify(provider, webhook, None).and_then(|verified| provider.parse(verified, door))
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
