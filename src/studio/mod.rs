//! Floor 4: the admins' studio. Drafts of flows, what a draft would do, publishing it at once, at a
//! moment or to some of the calls first, and taking it back. What callers hear changes here and where
//! files are read, and every change leaves a version. Knows nothing of HTTP and pages.

mod audio;
mod back;
mod draft;
mod examine;
mod files;
mod over;
mod protect;
mod publish;
pub mod replay;
mod stories;
mod tend;
mod versions;

pub use audio::{UPLOADED, missing_audio};
pub use back::{Before, RollBack};
pub use draft::Draft;
pub use examine::{Examined, Told, abilities};
pub use files::OnDisk;
pub use protect::Protected;
pub use publish::{Publish, When, text_digest};
pub use stories::Adapted;
pub use tend::ENOUGH;
pub use versions::{Judged, Share, Version, VersionState};

use crate::answer::Answerer;
use crate::flow::Flow;
use crate::provider::Provider;
use crate::store::{Store, StoreError};
use examine::Examination;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What the studio is told.
#[derive(Clone, Debug, Default)]
pub struct StudioSettings {
    /// A release that touches verification, transfers or numbers waits for a second admin.
    pub approvals: bool,
    /// The folder recordings are played from; none: whether they are there is not looked at.
    pub audio: Option<PathBuf>,
    /// The providers calls come by: a draft is held against what they can do.
    pub providers: Vec<Provider>,
}

/// The studio. Clones share it.
#[derive(Clone)]
pub struct Studio {
    inner: Arc<Inner>,
}

struct Inner {
    answerer: Answerer,
    settings: StudioSettings,
    examination: Examination,
    /// Replays at work: one.
    replays: Arc<Semaphore>,
}

/// Why something was not done. In every case all is as it was.
#[derive(Debug, thiserror::Error)]
pub enum StudioError {
    /// No flow of this name is in service.
    #[error("no flow `{0}` is in service")]
    UnknownFlow(String),
    /// A flow is not made of such a file.
    #[error("`{0}` is no file of this flow: it has its own, the shared ones, and sub-flows as common/NAME.yaml")]
    UnknownFile(String),
    /// There is no such version.
    #[error("there is no version {0}")]
    UnknownVersion(String),
    /// It is more than a file or a draft may have.
    #[error("the text has more than {0} bytes; move shared parts to sub-flows in common/")]
    TooLarge(usize),
    /// Somebody else saved since this draft was seen.
    #[error("the draft was changed meanwhile{}", by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default())]
    Changed {
        /// Who.
        by: Option<String>,
        /// What is there now.
        draft: Box<Draft>,
    },
    /// The draft changes nothing.
    #[error("there is nothing to publish: the draft changes nothing")]
    Nothing,
    /// No file of the flow uses what was written there.
    #[error("nothing uses `{0}`: it would not be part of the version; name it under `uses:` or take it out")]
    Unused(String),
    /// Something has problems that block it, or stories that go another way.
    #[error("it cannot be published: it has problems, or its stories go another way")]
    Refused(Arc<Examined>),
    /// Another version was published since.
    #[error("another version was published meanwhile, by {by}; look at what changed, and bring the draft over it")]
    Published {
        /// By whom.
        by: String,
    },
    /// A version of this flow is on trial.
    #[error("a version of `{0}` is on trial: stop it or give it to everybody first")]
    OnTrial(String),
    /// A share is out of its bounds.
    #[error("a share is 1 to 99 of a hundred new calls, and the margin at most 100 percentage points")]
    Share,
    /// The moment is over.
    #[error("that moment is over: choose one that is to come, or publish at once")]
    Over,
    /// Who wrote it cannot be the second to look at it.
    #[error("another admin has to approve this: whoever published it cannot")]
    Own,
    /// The release is not where it would have to be for this.
    #[error("this version is {} by now", .0.word())]
    NotNow(VersionState),
    /// Something else is live or on trial than whoever rolls back saw.
    #[error("something else is in service or on trial by now: look at the versions again")]
    NotAsSeen,
    /// The draft holds something already, which would be overwritten.
    #[error("there is a draft: publish it or discard it first")]
    Drafted,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something of this server's own failed.
    #[error("the studio could not do this: {0}")]
    Broken(String),
}

impl Studio {
    /// The studio of the flows that an answerer has in service.
    pub fn new(answerer: Answerer, settings: StudioSettings) -> Studio {
        let (examination, replays) = (Examination::default(), Arc::new(Semaphore::new(1)));
        Studio { inner: Arc::new(Inner { answerer, settings, examination, replays }) }
    }

    /// Whether protected changes wait for a second admin.
    pub fn asks_for_approval(&self) -> bool {
        self.inner.settings.approvals
    }

    fn live(&self, flow: &str) -> Result<Arc<Flow>, StudioError> {
        let live = self.inner.answerer.flows().live_one(flow);
        live.ok_or_else(|| StudioError::UnknownFlow(flow.to_owned()))
    }

    fn store(&self) -> &Store {
        self.inner.answerer.store()
    }

    fn now(&self) -> i64 {
        self.inner.answerer.now().as_millisecond()
    }
}
