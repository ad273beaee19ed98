//! Publishing a draft, and what can become of it: approved, given to everybody, stopped.
//! Calls that run keep the version they began on, whatever is done here.

use super::draft::flow_of_stories;
use super::protect::{self, Protected};
use super::versions::version;
use super::{Draft, Examined, Studio, StudioError, Version, VersionState};
use crate::answer::files_of;
use crate::flow::Flow;
use crate::store::{Ends, FROM_FILES, NewRelease, NewStories, Publication, Published, ReleaseState, Start, StoriesRow};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How a draft is to be published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Publish {
    /// Why, in the admin's words.
    pub note: String,
    /// When it goes out, and to whom.
    pub when: When,
}

/// When a version goes out, and to whom.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// At once, to all new calls.
    Now,
    /// At this moment, in ms, to all new calls.
    At(i64),
    /// At once, to some of the new calls; stopped by itself when they go wrong.
    Share {
        /// How many of a hundred, 1 to 99.
        percent: u8,
        /// How many more of a hundred calls may go wrong than of the others.
        margin: u8,
    },
}

impl Studio {
    /// Publishes a draft, with every other flow that shares a file it changes. `rev` is the draft's as
    /// it was seen. Where protected parts change and approval is asked for, it waits for a second admin.
    ///
    /// # Errors
    /// The draft was changed since, is written over what is not live any more, changes nothing, or has
    /// something that blocks it.
    pub async fn publish(&self, flow: &str, rev: i64, publish: Publish, who: &str) -> Result<Version, StudioError> {
        let start = self.start(publish.when)?;
        let draft = self.seen(flow, rev).await?;
        if draft.is_empty() {
            return Err(StudioError::Nothing);
        }
        let live = self.live_row(flow).await?.ok_or_else(|| StudioError::UnknownFlow(flow.to_owned()))?;
        if live.digest != draft.base {
            return Err(self.elsewhere(flow).await?);
        }
        if let Some(file) = self.other_stories(&draft).await? {
            return Err(self.published_since(flow, &file).await?);
        }
        let examined = self.examine(&draft).await?;
        if let Some(unused) = examined.unused.first() {
            return Err(StudioError::Unused(unused.clone()));
        }
        let Some(new) = examined.flow.clone().filter(|_| !examined.blocks()) else {
            return Err(StudioError::Refused(examined));
        };
        let stories = self.stories_of(&draft, &examined);
        let protected = self.protected(&draft, &examined).await?;
        let mut releases = vec![self.new_release(&new, &draft.base)?];
        for touched in &examined.touched {
            releases.push(self.new_release(&touched.new, &touched.old.digest)?);
        }
        let held = self.inner.settings.approvals && !protected.is_empty();
        let publication = Publication {
            releases,
            who: who.to_owned(),
            note: publish.note,
            at: self.now(),
            start,
            protected: words(&protected),
            held,
            back: None,
            draft: Some(rev),
            stories,
        };
        self.put(publication).await
    }

    /// Gives a release the approval it waits for.
    ///
    /// # Errors
    /// Whoever published it cannot, it does not wait any more, or another version was published since.
    pub async fn approve(&self, id: &str, who: &str) -> Result<Version, StudioError> {
        let version = self.release(id).await?;
        if version.who == who {
            return Err(StudioError::Own);
        }
        let told = self.store().let_out(id, ReleaseState::Waiting, Some(who), None, self.now()).await?;
        self.told(told, id).await
    }

    /// Takes back a release that waits, or passes over one that came with files.
    ///
    /// # Errors
    /// It does not wait any more, or the store fails.
    pub async fn withdraw(&self, id: &str, who: &str) -> Result<Version, StudioError> {
        let from = match self.release(id).await?.state {
            VersionState::Waiting => ReleaseState::Waiting,
            VersionState::Scheduled => ReleaseState::Scheduled,
            VersionState::Beside => ReleaseState::Beside,
            other => return Err(StudioError::NotNow(other)),
        };
        self.end(id, from, ReleaseState::Withdrawn, who).await
    }

    /// Gives what is on trial to all new calls.
    ///
    /// # Errors
    /// It is not on trial any more, or what is live changed since the trial began.
    pub async fn promote(&self, id: &str, who: &str) -> Result<Version, StudioError> {
        let told = self.store().promote(id, who, self.now()).await?;
        self.told(told, id).await
    }

    /// Ends a trial: new calls get what is live again.
    ///
    /// # Errors
    /// It is not on trial any more, or the store fails.
    pub async fn stop(&self, id: &str, who: &str) -> Result<Version, StudioError> {
        self.end(id, ReleaseState::Trial, ReleaseState::Stopped, who).await
    }

    /// What waited when a release went out, and never goes out because of it: in its own flow first.
    ///
    /// # Errors
    /// There is no such release, or the store fails.
    pub async fn overtaken(&self, id: &str) -> Result<Vec<Version>, StudioError> {
        let flow = self.release(id).await?.flow;
        let rows = self.store().overtaken(id).await?;
        let mut all = rows.into_iter().map(|row| version(row, None)).collect::<Result<Vec<_>, _>>()?;
        all.sort_by_key(|version| version.flow != flow);
        Ok(all)
    }

    pub(super) async fn put(&self, publication: Publication) -> Result<Version, StudioError> {
        let told = self.store().publish(&publication).await?;
        let first = publication.releases.first();
        let (id, flow) = first.map_or(("", ""), |first| (&first.id, &first.flow));
        if told == Published::DraftChanged {
            let draft = self.draft(flow).await?;
            return Err(StudioError::Changed { by: draft.by.clone(), draft: Box::new(draft) });
        }
        self.told(told, id).await
    }

    /// What came of it. What went out is heard here at once, and by other servers soon.
    pub(super) async fn told(&self, told: Published, id: &str) -> Result<Version, StudioError> {
        match told {
            Published::Done => {
                self.take_in().await;
                self.release(id).await
            }
            Published::Elsewhere(flow) => Err(self.elsewhere(&flow).await?),
            Published::NotThere | Published::DraftChanged => Err(StudioError::NotNow(self.release(id).await?.state)),
        }
    }

    /// Takes in what was just published. It is out whether this succeeds or not: else the next look does it.
    pub(super) async fn take_in(&self) {
        if let Err(error) = self.inner.answerer.flows().refresh(self.store()).await {
            tracing::warn!(%error, "what was published is taken in with the next look");
        }
    }

    async fn end(&self, id: &str, from: ReleaseState, to: ReleaseState, who: &str) -> Result<Version, StudioError> {
        let ends = Ends { who: Some(who), why: None, counted: None, at: self.now() };
        let done = self.store().end_release(id, from, to, ends).await?;
        self.told(if done { Published::Done } else { Published::NotThere }, id).await
    }

    /// Why a text does not stand over what counts any more: its stories changed on disk, or somebody published.
    pub(super) async fn published_since(&self, flow: &str, file: &str) -> Result<StudioError, StudioError> {
        let stories = match flow_of_stories(file) {
            Some(flow) => self.stories(flow).await?,
            None => None,
        };
        if stories.is_some() && stories.as_ref() == self.inner.answerer.flows().folder().get(file) {
            return Ok(StudioError::Published { by: FROM_FILES.to_owned() });
        }
        self.published(flow_of_stories(file).unwrap_or(flow)).await
    }

    async fn published(&self, flow: &str) -> Result<StudioError, StudioError> {
        let live = self.versions(flow).await?.into_iter().find(|version| version.state == VersionState::Live);
        Ok(StudioError::Published { by: live.map_or_else(String::new, |version| version.who) })
    }

    /// Why a version could not go out.
    async fn elsewhere(&self, flow: &str) -> Result<StudioError, StudioError> {
        let Some(live) = self.live_row(flow).await? else { return Ok(StudioError::UnknownFlow(flow.to_owned())) };
        if live.trial.is_some() {
            return Ok(StudioError::OnTrial(flow.to_owned()));
        }
        self.published(flow).await
    }

    fn start(&self, when: When) -> Result<Start, StudioError> {
        match when {
            When::Now => Ok(Start::Now),
            When::At(at) if at > self.now() => Ok(Start::At(at)),
            When::At(_) => Err(StudioError::Over),
            When::Share { percent: percent @ 1..=99, margin: margin @ 0..=100 } => Ok(Start::Share { percent, margin }),
            When::Share { .. } => Err(StudioError::Share),
        }
    }

    /// The stories to be kept with a draft, each with the file on disk it stands for.
    fn stories_of(&self, draft: &Draft, examined: &Examined) -> Vec<NewStories> {
        let folder = self.inner.answerer.flows().folder();
        let kept = |(file, text): (&String, &String)| {
            let flow = flow_of_stories(file)?.to_owned();
            let disk = folder.get(file).map(|text| text_digest(text));
            let with = flow == draft.flow || examined.touches.contains(&flow);
            let over = draft.over_stories.get(file).cloned().flatten();
            with.then(|| NewStories { row: StoriesRow { flow, text: text.clone(), disk }, over })
        };
        draft.changed.iter().filter_map(kept).collect()
    }

    /// What of the protected a draft changes, in its own flow and in those it touches.
    ///
    /// # Errors
    /// The store fails.
    pub async fn protected(&self, draft: &Draft, examined: &Examined) -> Result<BTreeSet<Protected>, StudioError> {
        let base = self.inner.answerer.flows().version(&draft.base, self.store()).await?;
        let mut all = between(base.as_deref(), examined.flow.as_deref());
        for touched in &examined.touched {
            all.extend(protect::changed(&touched.old, &touched.new));
        }
        Ok(all)
    }

    fn new_release(&self, flow: &Arc<Flow>, base: &str) -> Result<NewRelease, StudioError> {
        Ok(NewRelease {
            id: fresh_id(),
            flow: flow.name.clone(),
            digest: flow.digest.to_string(),
            files: files_of(flow)?,
            base: base.to_owned(),
        })
    }
}

/// What of the protected differs; what cannot be compared any more is looked at by two.
pub(super) fn between(old: Option<&Flow>, new: Option<&Flow>) -> BTreeSet<Protected> {
    match (old, new) {
        (Some(old), Some(new)) => protect::changed(old, new).into_iter().collect(),
        _ => Protected::ALL.into_iter().collect(),
    }
}

pub(super) fn words(protected: &BTreeSet<Protected>) -> String {
    protected.iter().map(|part| part.word()).collect::<Vec<_>>().join(" ")
}

pub(super) fn fresh_id() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

/// A text by its SHA-256, in hex.
pub fn text_digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
