//! Floor 4: the route of one webhook. Verifies and parses it with its provider, finds or begins its
//! call, steps it, performs what `step` asks for, renders, commits, and only then lets the caller
//! hear. Knows nothing of HTTP, sockets or SQL.

mod begin;
mod calls;
mod cases;
mod codes;
mod contact;
mod crowd;
mod earlier;
mod effects;
mod flows;
mod identity;
mod inbound;
mod legs;
mod lines;
mod meters;
mod route;
mod sources;
mod spoken;
mod turn;
mod upload;

pub use contact::Texting;
pub use crowd::Bounds;
pub use effects::Performing;
pub use flows::{Flows, Trial, files_of, version_files};
pub use inbound::Inbound;
pub use lines::{Line, Lines, Stands, read_voices, write_voices};
pub use meters::Meters;
pub use upload::Upload;

use crate::call::event::Now;
use crate::flow::model::Phrases;
use crate::outside::Outside;
use crate::provider::{Document, Door, Heard, LegKey, PhoneKey, Place, PlaceKey, Provider, Refused, Webhook};
use crate::store::{Limits, RequestLimits, Store, StoreError};
use crate::words::Secret;
use crate::words::clock::tick;
use crate::words::codes::CodeKey;
use crate::words::pins::PinKeys;
use calls::OpenCalls;
use crowd::Crowd;
use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use std::time::Duration;
use tokio::sync::Notify;
use tracing::{Instrument, field, info_span, warn};

/// How long a caller hears nothing at most while something is looked up.
pub const PATIENCE: Duration = Duration::from_millis(1500);

/// The longest a webhook may take on any provider: the most impatient hang up after five seconds.
const WEBHOOK: Duration = Duration::from_secs(4);

/// Everything an answerer needs to be told.
pub struct Settings {
    /// The address providers call us at: scheme, host, path prefix, no slash at the end.
    pub public_url: String,
    /// Which number is which flow, as the settings say; admins make others in the studio.
    pub lines: Lines,
    /// How each provider's webhooks are proved; one that is not here is off. Our own phones have a secret
    /// that follows from the pepper.
    pub inbound: HashMap<Provider, Inbound>,
    /// The deployment's pepper.
    pub pepper: Secret,
    /// How PINs are compared.
    pub pins: PinKeys,
    /// How many guesses are borne.
    pub limits: Limits,
    /// How many requests are taken.
    pub request_limits: RequestLimits,
    /// Whether and how much is texted.
    pub texting: Texting,
    /// Demo numbers, which nobody can dial, may be asked to be rung.
    pub fiction: bool,
    /// What all effects of a turn may take together before the caller is asked for patience; usually
    /// [`PATIENCE`].
    pub patience: Duration,
    /// The services outside that sources may ask.
    pub outside: Outside,
    /// When callers are asked to hold, because more comes than the machine holds.
    pub bounds: Bounds,
    /// What moment it is; tests hand in their own.
    pub clock: Arc<dyn Fn() -> Now + Send + Sync>,
}

/// Answers webhooks. Share it: every method takes `&self`.
#[derive(Clone)]
pub struct Answerer {
    inner: Arc<Inner>,
}

struct Inner {
    settings: Settings,
    store: Store,
    flows: Flows,
    lines: RwLock<Arc<Lines>>,
    refused: inbound::LastRefused,
    places: PlaceKey,
    legs: LegKey,
    phones: PhoneKey,
    codes: CodeKey,
    phrases: Phrases,
    calls: OpenCalls,
    crowd: Crowd,
    performing: Performing,
    meters: Meters,
    likes: identity::Likes,
    /// Wakes whoever works the outbox off.
    posted: Arc<Notify>,
}

/// Which of our addresses a webhook came to.
pub enum Knock {
    /// The inbound address, perhaps with `?flow=NAME&version=DIGEST`.
    Inbound {
        /// The flow asked for by name.
        flow: Option<String>,
        /// The version asked for, live or not; our own phones alone may.
        version: Option<String>,
    },
    /// An address one of our documents gave out.
    Turn {
        /// Which turn of which call.
        place: Place,
        /// The mac at its end.
        mac: String,
    },
    /// The status address.
    Status,
}

/// What a webhook is answered with.
#[derive(Debug)]
pub enum Reply {
    /// Words.
    Document(Document),
    /// Nothing to say: a status was taken.
    Quiet,
    /// Nothing was believed and nothing stored.
    Refused(Refused),
}

/// Why no ordinary answer could be found. The caller hears words all the same.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The database is away, locked or full.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored state or flow cannot be read by this version.
    #[error("a stored {what} of this call cannot be read: {why}")]
    Damaged {
        /// What.
        what: &'static str,
        /// The reader's words.
        why: String,
    },
    /// Other webhooks of the same call were first, three times.
    #[error("the call was moved on by others three times while this webhook was answered")]
    Contended,
}

impl Answerer {
    /// An answerer over a store, with the flows in service.
    pub fn new(settings: Settings, store: Store, flows: Flows) -> Answerer {
        let (places, codes) = (PlaceKey::derive(&settings.pepper), CodeKey::derive(&settings.pepper));
        let (legs, phones) = (LegKey::derive(&settings.pepper), PhoneKey::derive(&settings.pepper));
        let phrases = crate::flow::read::shipped_phrases();
        let (calls, performing, meters) = (OpenCalls::new(), Performing::new(), Meters::new());
        settings.outside.hosts().iter().for_each(|host| meters.rests(host, false));
        let (posted, crowd) = (Arc::default(), Crowd::new(settings.bounds));
        let (likes, store) = (identity::Likes::default(), store.sealed(&settings.pepper));
        let inner = Inner {
            lines: RwLock::new(Arc::new(settings.lines.clone())),
            settings,
            store,
            flows,
            refused: inbound::LastRefused::default(),
            places,
            legs,
            phones,
            codes,
            phrases,
            calls,
            crowd,
            performing,
            meters,
            likes,
            posted,
        };
        Answerer { inner: Arc::new(inner) }
    }

    /// Answers one webhook. Never fails: after its sender is proved, there are always words. Proves
    /// the sender at once; what it gives back answers.
    pub fn answer(
        &self,
        provider: Provider,
        webhook: &Webhook<'_>,
        knock: Knock,
    ) -> impl Future<Output = Reply> + Send + use<> {
        self.answer_with(provider, webhook, knock, None)
    }

    /// The same, perhaps with the message that came with it.
    fn answer_with(
        &self,
        provider: Provider,
        webhook: &Webhook<'_>,
        knock: Knock,
        upload: Option<Upload>,
    ) -> impl Future<Output = Reply> + Send + use<> {
        // Every line that is logged on the way carries the call.
        let span = info_span!("webhook", %provider, call = field::Empty, provider_call = field::Empty);
        let since = tick();
        let heard = self.hear(provider, webhook, &knock, upload.as_ref());
        let target = webhook.target.to_owned();
        let this = self.clone();
        // On the heap from the start: what is this large is not copied from layer to layer.
        let answering = Box::pin(async move {
            let reply = match heard {
                Ok(heard) => this.route(provider, heard, knock, &target, upload).await,
                Err(refused) => this.refuse(provider, refused),
            };
            this.inner.meters.answered(provider, &reply);
            this.inner.meters.took(provider, since.elapsed());
            reply
        });
        answering.instrument(span)
    }

    /// Proves the sender and reads what was sent.
    fn hear(
        &self,
        provider: Provider,
        webhook: &Webhook<'_>,
        knock: &Knock,
        upload: Option<&Upload>,
    ) -> Result<Heard, Refused> {
        let door = match knock {
            Knock::Inbound { .. } => Door::Inbound,
            Knock::Turn { .. } => Door::Turn,
            Knock::Status => Door::Status,
        };
        let verified = self.inner.verify(provider, webhook, upload.map(|upload| upload.sound))?;
        let heard = provider.parse(verified, door)?;
        if let Knock::Turn { place, mac } = knock
            && !self.inner.places.proves(provider, &heard.provider_call, place, mac)
        {
            return Err(Refused::Address);
        }
        Ok(heard)
    }

    pub(super) fn refuse(&self, provider: Provider, refused: Refused) -> Reply {
        self.inner.meters.refused(provider, &refused);
        self.inner.remember_refused(provider, &refused);
        warn!(why = %refused, "webhook refused");
        Reply::Refused(refused)
    }

    /// Writes down for the metrics how many webhooks are being answered.
    pub fn count_inside(&self) {
        self.inner.meters.inside(self.inner.crowd.inside());
    }

    /// Whether the database takes writes: what `/readyz` tells.
    pub async fn ready(&self) -> Result<(), StoreError> {
        self.inner.store.ready(self.inner.now_ms()).await
    }

    /// The moment it is.
    pub fn now(&self) -> Now {
        self.inner.now()
    }

    /// Numbers of fiction are taken down here: this is a demo.
    pub fn takes_fiction(&self) -> bool {
        self.inner.settings.fiction
    }

    /// How many guesses are borne.
    pub fn limits(&self) -> &Limits {
        &self.inner.settings.limits
    }

    /// What our own phones that are given out now show.
    pub fn phone_token(&self) -> Secret {
        self.inner.phones.token(self.inner.now_ms())
    }

    /// The flows in service.
    pub fn flows(&self) -> &Flows {
        &self.inner.flows
    }

    /// What is counted.
    pub fn meters(&self) -> &Meters {
        &self.inner.meters
    }

    /// The services outside that sources may ask.
    pub fn outside(&self) -> &Outside {
        &self.inner.settings.outside
    }

    /// The store, for those who keep house.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }
}

impl Inner {
    /// The moment it is, no finer than it is kept with a turn, so that the turn can be played again.
    fn now(&self) -> Now {
        let now = (self.settings.clock)();
        Now::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    fn now_ms(&self) -> i64 {
        self.now().as_millisecond()
    }
}
