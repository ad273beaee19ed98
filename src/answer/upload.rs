//! A message that comes with a webhook: proved before it is read, and kept before its caller hears so.

use super::{Answerer, Knock, Reply};
use crate::call::State;
use crate::call::event::Recording;
use crate::flow::Flow;
use crate::provider::{Place, Provider, Refused, Sound, Webhook};
use crate::store::{EffectKey, Objects, ObjectsError, Store, StoreError, Uploading};
use std::fs::File;
use std::time::Duration;
use tracing::error;

/// How long the place of recordings may take: the rest of a webhook's time is for what is kept of the turn.
const KEEPING: Duration = Duration::from_millis(2500);

/// A message as it came, until it is kept.
pub struct Upload {
    /// The sound.
    pub file: File,
    /// What is known of it.
    pub sound: Sound,
    /// Where sounds lie.
    pub objects: Objects,
}

/// What keeps a sound from being kept.
#[derive(Debug, thiserror::Error)]
enum Loss {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Objects(#[from] ObjectsError),
    #[error("the call it belongs to is forgotten")]
    Forgotten,
}

impl Answerer {
    /// Whether what comes to the address of a turn is to be read: `webhook` is all of it but its body, by
    /// which alone sender and address are proved. Else the answer.
    pub fn expects_upload(
        &self,
        provider: Provider,
        webhook: &Webhook<'_>,
        place: &Place,
        mac: &str,
    ) -> impl Future<Output = Result<(), Reply>> + Send + use<> {
        let proved = self.inner.verify(provider, webhook, None).map(drop);
        let (this, place, mac, target) = (self.clone(), place.clone(), mac.to_owned(), webhook.target.to_owned());
        async move {
            if let Err(why) = proved {
                return Err(this.refuse(provider, why));
            }
            let inner = &this.inner;
            match inner.store.at_provider(&place.call).await {
                Ok(Some((name, theirs)))
                    if name == provider.name() && inner.places.proves(provider, &theirs, &place, &mac) =>
                {
                    Ok(())
                }
                Ok(_) => Err(this.refuse(provider, Refused::Address)),
                Err(failure) => {
                    error!(%failure, "a message was not taken; the caller hears an apology");
                    inner.meters.apologised(provider);
                    Err(Reply::Document(inner.busy(provider, place.lang, &target)))
                }
            }
        }
    }

    /// Answers a webhook that a message came with: `webhook` is its fields, as a form.
    pub fn answer_upload(
        &self,
        provider: Provider,
        webhook: &Webhook<'_>,
        (place, mac): (Place, String),
        upload: Upload,
    ) -> impl Future<Output = Reply> + Send + use<> {
        self.answer_with(provider, webhook, Knock::Turn { place, mac }, Some(upload))
    }

    /// Something uploaded is not taken.
    pub fn refuse_upload(&self, provider: Provider, why: &'static str) -> Reply {
        self.refuse(provider, Refused::Malformed(why))
    }

    /// Puts a message where recordings lie; gives our id of it, none where it could not be kept. Of a trial
    /// no sound is kept.
    pub(super) async fn keep_upload(
        &self,
        flow: &Flow,
        state: &State,
        recording: &Recording,
        upload: &Upload,
        key: &EffectKey,
        at: i64,
    ) -> Result<Option<String>, StoreError> {
        if state.began.test {
            return self.keep_recording(flow, state, recording, key, at).await;
        }
        let store = &self.inner.store;
        let (id, object) = match store.upload_recording(key, &flow.name, recording, at).await? {
            Uploading::Awaited { id, object } => (id, object),
            Uploading::Kept(id) => return Ok(Some(id)),
            Uploading::Lost => return Ok(None),
        };
        let _aside = self.inner.crowd.step_aside();
        let file = upload.file.try_clone().map_err(|e| StoreError::Damaged(e.to_string()))?;
        // By itself, so that what comes too late is deleted again.
        let keeping = tokio::spawn(keep(store.clone(), upload.objects.clone(), file, id.clone(), object));
        let lost = match tokio::time::timeout(KEEPING, keeping).await {
            Ok(Ok(Ok(()))) => return Ok(Some(id)),
            Ok(Ok(Err(loss))) => loss.to_string(),
            Ok(Err(broken)) => broken.to_string(),
            Err(_) => format!("it took longer than {KEEPING:?}"),
        };
        // Perhaps just now.
        if !store.lose_recording(&id).await? && store.recording_object(&id).await?.is_some() {
            return Ok(Some(id));
        }
        error!(lost, "a message could not be kept; its caller goes on as one who said nothing");
        Ok(None)
    }
}

async fn keep(store: Store, objects: Objects, file: File, id: String, object: String) -> Result<(), Loss> {
    objects.put_file(&object, &file).await?;
    if store.recording_kept(&id).await? {
        return Ok(());
    }
    objects.delete(&object).await?;
    Err(Loss::Forgotten)
}
