//! Who is believed: what each provider's webhooks are proved with, and our own probes of the way to us.

use super::{Answerer, Inner};
use crate::provider::{Keys, ProbeKey, Provider, Refused, Risks, Sound, Verified, Webhook};
use crate::words::Secret;

/// How a provider's webhooks are proved.
#[derive(Clone, Default)]
pub struct Inbound {
    /// The secrets, several while one is being replaced.
    pub secrets: Vec<Secret>,
    /// What is borne knowingly.
    pub risks: Risks,
}

impl From<Secret> for Inbound {
    fn from(secret: Secret) -> Inbound {
        Inbound { secrets: vec![secret], risks: Risks::default() }
    }
}

impl Answerer {
    /// Whether a request to the address for that is our own.
    pub fn is_own_probe(&self, provider: Provider, at: i64, mac: &str) -> bool {
        let now = (self.inner.settings.clock)().as_second();
        ProbeKey::derive(&self.inner.settings.pepper).proves(provider, at, mac, now)
    }
}

impl Inner {
    /// Proves who sent a webhook, perhaps with a sound.
    pub(super) fn verify(
        &self,
        provider: Provider,
        webhook: &Webhook<'_>,
        sound: Option<Sound>,
    ) -> Result<Verified, Refused> {
        let now = (self.settings.clock)().as_second();
        if provider == Provider::Phone {
            let secrets = self.phones.counting(self.now_ms());
            return provider.verify(webhook, &Keys { secrets: &secrets, now, risks: Risks::default() });
        }
        let inbound = self.settings.inbound.get(&provider);
        let secrets = inbound.map(|inbound| inbound.secrets.as_slice()).unwrap_or_default();
        let risks = inbound.map(|inbound| inbound.risks).unwrap_or_default();
        // Of a provider that is off nothing is even read.
        if secrets.is_empty() && !risks.anybody_here {
            return Err(if provider.proves_by_credentials() { Refused::Credentials } else { Refused::Signature });
        }
        let keys = Keys { secrets, now, risks };
        match sound {
            Some(sound) => provider.verify_upload(webhook, &keys, sound),
            None => provider.verify(webhook, &keys),
        }
    }
}
