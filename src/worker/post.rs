//! Works the outbox off: sends messages, fetches recordings, tells programs. Tries with growing pauses; what is
//! refused for good, or failed too often, is parked, where an operator sees it.

use super::hooks::{self, Wanted};
use crate::answer::Answerer;
use crate::call::event::Now;
use crate::outside::{Hooks, Told};
use crate::provider::{ApiError, Apis};
use crate::store::{AfterTry, Claimed, Objects, ObjectsError, OutboxKind, Sending, Store, StoreError};
use crate::words::{Phone, Secret, clock};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::{Instrument, info, info_span, warn};

/// The pauses after a try that failed, in ms; after the last one it is tried once more, then parked.
pub const PAUSES: [i64; 5] = [5_000, 30_000, 120_000, 600_000, 3_600_000];
/// How long a claimed row is one server's, in ms: longer than any try takes.
const LEASE: i64 = 120_000;
/// How many rows are tried at once.
const AT_ONCE: u32 = 16;
/// The longest one waits without looking: another server may be gone with a row.
const LOOK: Duration = Duration::from_secs(15);
/// The pause after the database failed.
const BREATH: Duration = Duration::from_secs(1);
/// Recordings deleted in one go.
const SWEPT: u32 = 50;

/// Works the outbox off.
#[derive(Clone)]
pub struct Post {
    /// Whose outbox.
    pub answerer: Answerer,
    /// The providers' interfaces; none: what needs one waits.
    pub apis: Apis,
    /// Who is told of requests.
    pub hooks: Hooks,
    /// Where recordings lie.
    pub objects: Objects,
    /// Recordings go from the provider once they are here.
    pub delete_at_provider: bool,
}

/// What is said of a row that needs a provider where there is none.
const NO_API: &str = "nothing is set to send with";

/// How a try ended.
enum Tried {
    /// What is to be remembered of it.
    Done(String),
    /// It may go later.
    Later(String),
    /// Trying again changes nothing.
    Refused(String),
    /// Nobody wants it any more.
    Unwanted(&'static str),
}

/// What leaves a recording's sound where it was.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The place of recordings failed.
    #[error(transparent)]
    Objects(#[from] ObjectsError),
}

impl Post {
    /// Works until `stop` says so, at once when something is put in. What was claimed is finished.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let posted = self.answerer.posted();
        while !*stop.borrow() {
            let pause = match self.pass(clock::now()).await {
                Ok(0) => self.until_due().await,
                Ok(_) => continue,
                Err(error) => {
                    warn!(%error, "the outbox cannot be read; tried again in a second");
                    BREATH
                }
            };
            tokio::select! {
                () = posted.notified() => {}
                () = tokio::time::sleep(pause) => {}
                // Whoever could say stop is gone: that is a stop too.
                _ = stop.wait_for(|stop| *stop) => break,
            }
        }
    }

    /// Tries everything that is due at `now`, each once; gives how many that were.
    ///
    /// # Errors
    /// The database failed. What was sent by then is claimed, and told as sent when it is tried again.
    pub async fn pass(&self, now: Now) -> Result<usize, StoreError> {
        let claimed = self.answerer.store().claim_outbox(self.sending(), now.as_millisecond(), LEASE, AT_ONCE).await?;
        let count = claimed.len();
        let mut tries = JoinSet::new();
        for row in claimed {
            let (this, span) = (self.clone(), info_span!("post", id = row.id, kind = row.kind.word()));
            tries.spawn(async move { this.attempt(row, now.as_millisecond()).await }.instrument(span));
        }
        let mut failed = None;
        while let Some(ended) = tries.join_next().await {
            match ended {
                Ok(Ok(())) => {}
                Ok(Err(error)) => failed = Some(error),
                Err(error) => warn!(%error, "a try broke off; its lease ends by itself"),
            }
        }
        failed.map_or(Ok(count), Err)
    }

    fn sending(&self) -> Sending {
        if !self.apis.is_empty() { Sending::All } else { Sending::Webhooks }
    }

    async fn until_due(&self) -> Duration {
        let due = self.answerer.store().outbox_due(self.sending()).await.ok().flatten();
        let Some(due) = due else { return LOOK };
        let wait = due.saturating_sub(clock::now().as_millisecond());
        Duration::from_millis(u64::try_from(wait).unwrap_or_default()).min(LOOK)
    }

    async fn attempt(&self, row: Claimed, at: i64) -> Result<(), StoreError> {
        let store = self.answerer.store();
        let tried = match row.kind {
            OutboxKind::Sms => self.message(&row, Secret::new(row.body.clone())).await?,
            OutboxKind::Code => match self.answerer.code_text(&row.body).await? {
                Some(text) => self.message(&row, text).await?,
                None => Tried::Unwanted("the code is not wanted any more"),
            },
            OutboxKind::Recording => self.recording(&row.body).await?,
            OutboxKind::Webhook => self.tell(&row).await?,
        };
        let (next, why, outcome) = match tried {
            Tried::Done(note) => {
                store.outbox_done(&row.id, &note, at).await?;
                self.answerer.meters().tried(row.kind, "done");
                info!(tries = row.tries, "gone");
                return Ok(());
            }
            Tried::Later(why) => match pause_after(row.tries) {
                Some(pause) => (AfterTry::Again(at + pause), why, "failed"),
                None => (AfterTry::Park, why, "parked"),
            },
            Tried::Refused(why) => (AfterTry::Park, why, "parked"),
            Tried::Unwanted(why) => (AfterTry::Drop, why.to_owned(), "dropped"),
        };
        store.outbox_failed(&row, &why, next, at).await?;
        self.answerer.meters().tried(row.kind, outcome);
        match next {
            AfterTry::Park => warn!(why, tries = row.tries, "parked: see `hotline outbox`"),
            _ => info!(why, tries = row.tries, outcome, "not gone"),
        }
        Ok(())
    }

    async fn message(&self, row: &Claimed, text: Secret) -> Result<Tried, StoreError> {
        let Some(number) = row.number.as_deref().and_then(|number| Phone::parse(number, None)) else {
            return Ok(Tried::Refused("there is no number to send it to".to_owned()));
        };
        let came_by = self.answerer.store().came_by(&row.call).await?;
        let Some(api) = self.apis.sending(came_by.as_deref()) else { return Ok(Tried::Later(NO_API.to_owned())) };
        Ok(api.send_message(&number, &text, &row.id).await.map_or_else(Tried::from, Tried::Done))
    }

    /// Tells a program what happened to a request.
    async fn tell(&self, row: &Claimed) -> Result<Tried, StoreError> {
        let message = match hooks::message(self.answerer.store(), &row.body).await? {
            Wanted::Message(message) => message,
            Wanted::Forgotten => return Ok(Tried::Unwanted("the request it tells of is forgotten")),
            Wanted::Unreadable => return Ok(Tried::Refused("what it tells cannot be read".to_owned())),
        };
        let at = clock::now().as_second();
        Ok(match self.hooks.tell(&message.hook, &row.id, at, &message.body).await {
            Told::Taken(status) => Tried::Done(format!("{} answered {status}", message.hook)),
            Told::Later(why) => Tried::Later(why),
            Told::Gone => Tried::Refused(format!("{} answered 410: it is not there any more", message.hook)),
            Told::Unknown => Tried::Unwanted("the settings name no such program any more"),
        })
    }

    /// Fetches the sound of one of our recordings and puts it where recordings lie.
    async fn recording(&self, id: &str) -> Result<Tried, StoreError> {
        const GONE: &str = "the call it belongs to is forgotten";
        let store = self.answerer.store();
        let Some(wanted) = store.wanted_recording(id).await? else {
            return Ok(Tried::Unwanted(GONE));
        };
        let Some(api) = self.apis.of(&wanted.provider) else { return Ok(Tried::Later(NO_API.to_owned())) };
        let (theirs, object) = (&wanted.provider_recording, format!("{id}.wav"));
        if !wanted.kept {
            let sound = match api.fetch_recording(theirs).await {
                Ok(sound) => sound,
                Err(error) => return Ok(error.into()),
            };
            if !store.recording_goes_to(id, &object).await? {
                return Ok(Tried::Unwanted(GONE));
            }
            if let Err(error) = self.objects.put(&object, sound).await {
                return Ok(Tried::Later(error.to_string()));
            }
            if !store.recording_kept(id).await? {
                // Forgotten meanwhile, perhaps before it lay there.
                let deleted = self.objects.delete(&object).await;
                return Ok(deleted.map_or_else(|e| Tried::Refused(e.to_string()), |()| Tried::Unwanted(GONE)));
            }
        }
        // Only when it is safe here: of what is deleted there no try can fetch it again.
        if self.delete_at_provider
            && let Err(error) = api.delete_recording(theirs).await
        {
            return Ok(Tried::Later(format!("it is here, and not deleted there: {error}")));
        }
        Ok(Tried::Done(object))
    }
}

impl From<ApiError> for Tried {
    fn from(error: ApiError) -> Tried {
        match error {
            ApiError::Refused(why) => Tried::Refused(why),
            ApiError::Later(why) => Tried::Later(why),
        }
    }
}

/// The pause after so many tries, in ms; none after the last.
fn pause_after(tries: i64) -> Option<i64> {
    PAUSES.get(usize::try_from(tries - 1).ok()?).copied()
}

/// Deletes the sound of recordings that are to go, then their rows; gives how many.
///
/// # Errors
/// The database or the place of recordings fails; what is left goes the next time.
pub async fn sweep(store: &Store, objects: &Objects) -> Result<u64, SweepError> {
    let mut swept = 0;
    loop {
        let leaving = store.leaving_recordings(SWEPT).await?;
        if leaving.is_empty() {
            return Ok(swept);
        }
        for (id, object) in leaving {
            if let Some(object) = object {
                objects.delete(&object).await?;
            }
            store.forget_recording(&id).await?;
            swept += 1;
        }
    }
}
