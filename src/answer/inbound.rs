//! Who is believed: what each provider's webhooks are proved with, and our own probes of the way to us.

use super::{Answerer, Inner};
use crate::provider::{Keys, Probe, ProbeKey, Provider, Refused, Risks, Sound, Verified, Webhook};
use crate::words::Secret;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

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

/// The latest webhook of each provider that this server refused: when, in ms, and why.
pub(super) type LastRefused = Mutex<HashMap<Provider, (i64, String)>>;

impl Answerer {
    /// The providers whose webhooks are believed.
    pub fn on(&self) -> Vec<Provider> {
        Provider::ALL.iter().copied().filter(|provider| self.inner.settings.inbound.contains_key(provider)).collect()
    }

    /// The latest webhook of a provider that this server refused: when, in ms, and why.
    pub fn last_refused(&self, provider: Provider) -> Option<(i64, String)> {
        self.inner.refused.lock().unwrap_or_else(PoisonError::into_inner).get(&provider).cloned()
    }

    /// Whether a request to the address for that is our own.
    pub fn is_own_probe(&self, provider: Provider, at: i64, mac: &str) -> bool {
        let now = (self.inner.settings.clock)().as_second();
        ProbeKey::derive(&self.inner.settings.pepper).proves(provider, at, mac, now)
    }

    /// What only we can say of such a request.
    pub fn tells_probe(&self, provider: Provider, at: i64) -> String {
        ProbeKey::derive(&self.inner.settings.pepper).told_by(provider, at)
    }

    /// Why such a request would be refused as a webhook, if it would. Nothing of it is counted.
    pub fn judges(&self, provider: Provider, webhook: &Webhook<'_>) -> Option<String> {
        Probe::judged(self.inner.verify(provider, webhook, None).map(drop))
    }
}

impl Inner {
    pub(super) fn remember_refused(&self, provider: Provider, refused: &Refused) {
        let told = (self.now_ms(), refused.to_string());
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).insert(provider, told);
    }

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
