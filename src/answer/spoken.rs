//! Documents that need no call: apologies, an unknown number, a call nobody knows.

use super::Inner;
use crate::call::step::phrase;
use crate::call::voice::{Next, Pace, Spoken, Voice};
use crate::provider::{Document, Provider, Rendering};
use crate::words::Lang;

impl Inner {
    /// The database is away or too slow: sorry, and once more at the same address; after a few times
    /// goodbye, so that nobody holds the line for ever.
    pub(super) fn busy(&self, provider: Provider, lang: Lang, target: &str) -> Document {
        match again(target) {
            Some(target) => {
                let address = format!("{}{target}", self.settings.public_url);
                self.plain(provider, &[lang], "busy", Next::Continue, &address)
            }
            None => self.goodbye(provider, lang),
        }
    }

    /// More comes than the machine holds, and this is a new call: it holds, and comes again a little
    /// later each time.
    pub(super) fn hold_call(&self, provider: Provider, lang: Lang, target: &str) -> Document {
        self.hold(provider, lang, target, CALL_HOLDS)
    }

    /// More comes than the machine holds, and this call was there before: it holds for a moment.
    pub(super) fn hold_turn(&self, provider: Provider, lang: Lang, target: &str) -> Document {
        self.hold(provider, lang, target, TURN_HOLDS)
    }

    fn hold(&self, provider: Provider, lang: Lang, target: &str, seconds: [u8; AGAIN as usize]) -> Document {
        let quiet = seconds.get(times(target) as usize);
        match (quiet, again(target)) {
            (Some(seconds), Some(target)) => {
                let address = format!("{}{target}", self.settings.public_url);
                self.plain(provider, &[lang], "hold", Next::Later(*seconds), &address)
            }
            _ => self.goodbye(provider, lang),
        }
    }

    /// What is stored of this call cannot be read, now or later: very sorry, and goodbye.
    pub(super) fn goodbye(&self, provider: Provider, lang: Lang) -> Document {
        self.plain(provider, &[lang], "fault.goodbye", Next::HangUp, "")
    }

    /// A call we know nothing of: it is begun anew at the inbound address.
    pub(super) fn start_over(&self, provider: Provider, provider_call: &str, lang: Lang) -> Document {
        let inbound = format!("{}/voice/{provider}{}", self.settings.public_url, provider.carried(provider_call));
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
        let say = |lang: &Lang| Spoken {
            lang: *lang,
            pace: Pace::Normal,
            words: phrase(&self.phrases, name, *lang, &[]),
            audio: None,
        };
        let (lines, says) = (self.lines(), langs.iter().map(say).collect());
        let voice = Voice { lang: langs.first().copied().unwrap_or(Lang::EnUs), says, slow: false, next };
        provider.render(
            &voice,
            &Rendering { next: address, voices: lines.usual(provider), audio: "", beside: None, told: None },
        )
    }
}

/// How often a caller is asked to wait for another try.
const AGAIN: u32 = 6;
const MARK: &str = "again=";
/// How long a new call holds before it comes again, in seconds: longer each time, so that those who
/// came first are not kept out by those who come.
const CALL_HOLDS: [u8; AGAIN as usize] = [2, 3, 5, 8, 10, 12];
/// And a call that was there before.
const TURN_HOLDS: [u8; AGAIN as usize] = [1, 1, 2, 2, 3, 4];

/// How often the provider was asked to come again to an address already.
pub(super) fn times(target: &str) -> u32 {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    query.split('&').find_map(|pair| pair.strip_prefix(MARK)?.parse().ok()).unwrap_or_default()
}

/// The address to come to again, counted; none when it was often enough.
fn again(target: &str) -> Option<String> {
    let times = times(target) + 1;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let kept: String = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with(MARK))
        .map(|pair| format!("{pair}&"))
        .collect();
    (times <= AGAIN).then(|| format!("{path}?{kept}{MARK}{times}"))
}

impl super::Answerer {
    /// A new call while the server is being stopped: it is asked to come again, and finds another
    /// server, or this one started anew. Its sender is proved like any other's.
    pub fn turn_away(&self, provider: Provider, webhook: &crate::provider::Webhook<'_>) -> super::Reply {
        match self.inner.verify(provider, webhook, None) {
            Ok(_) => super::Reply::Document(self.inner.busy(provider, Lang::ALL[0], webhook.target)),
            Err(why) => super::Reply::Refused(why),
        }
    }
}
