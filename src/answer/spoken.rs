//! Documents that need no call: apologies, an unknown number, a call nobody knows.

use super::Inner;
use crate::call::step::phrase;
use crate::call::voice::{Next, Pace, Spoken, Voice};
use crate::provider::{Document, Provider, Rendering, Voices};
use crate::words::Lang;

impl Inner {
    /// The database is away or too slow: sorry, and once more at the same address.
    pub(super) fn busy(&self, provider: Provider, lang: Lang, again: &str) -> Document {
        self.plain(provider, &[lang], "busy", Next::Continue, again)
    }

    /// A call we know nothing of: it is begun anew at the inbound address.
    pub(super) fn start_over(&self, provider: Provider, lang: Lang) -> Document {
        let inbound = format!("{}/voice/{provider}", self.settings.public_url);
        self.plain(provider, &[lang], "start-over", Next::Continue, &inbound)
    }

    /// Nobody answers at this number. Whoever dialled it may speak any language.
    pub(super) fn not_in_service(&self, provider: Provider) -> Document {
        self.plain(provider, &Lang::ALL, "not-in-service", Next::HangUp, "")
    }

    /// A call that is over already.
    pub(super) fn ended(&self, provider: Provider, lang: Lang) -> Document {
        self.plain(provider, &[lang], "ended", Next::HangUp, "")
    }

    fn plain(&self, provider: Provider, langs: &[Lang], name: &str, next: Next, address: &str) -> Document {
        let say =
            |lang: &Lang| Spoken { lang: *lang, pace: Pace::Normal, words: phrase(&self.phrases, name, *lang, &[]) };
        let says = langs.iter().map(say).collect();
        let voice = Voice { lang: langs.first().copied().unwrap_or(Lang::EnUs), says, slow: false, next };
        provider.render(&voice, &Rendering { next: address, voices: &Voices::default(), beside: None })
    }
}

impl super::Answerer {
    /// A new call while the server is being stopped: it is asked to come again, and finds another
    /// server, or this one started anew. Its sender is proved like any other's.
    pub fn turn_away(&self, provider: Provider, webhook: &crate::provider::Webhook<'_>) -> super::Reply {
        let none = Vec::new();
        let secrets = self.inner.settings.secrets.get(&provider).unwrap_or(&none);
        match provider.verify(webhook, secrets) {
            Ok(_) => {
                let again = format!("{}{}", self.inner.settings.public_url, webhook.target);
                super::Reply::Document(self.inner.busy(provider, Lang::ALL[0], &again))
            }
            Err(why) => super::Reply::Refused(why),
        }
    }
}
