//! Taking back: an earlier version is in service again, with what changed together with the version it
//! takes the place of. What was seen is what is changed, else nothing is.

use super::draft::stories_file;
use super::publish::{between, fresh_id, text_digest, words};
use super::{Studio, StudioError, Version, VersionState};
use crate::store::{Back, NewRelease, Publication, Start, StoreError};
use std::collections::BTreeSet;

/// A version to take back to, and what whoever does so saw.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RollBack<'a> {
    /// The release to take back to.
    pub to: &'a str,
    /// The digest of what was live.
    pub live: &'a str,
    /// The release that was on trial; none: none was.
    pub trial: Option<&'a str>,
    /// Releases of other flows that came with what was live and are live: each is taken back to what it
    /// took the place of. Only where `to` is what the live one took the place of.
    pub with: &'a [&'a str],
    /// Why, in the admin's words.
    pub note: &'a str,
}

impl Studio {
    /// Makes an earlier version live again, at once, with the stories that counted then; the trial that was
    /// seen is stopped with it. What was in service just before nobody has to approve: callers had it until
    /// now. What is older waits for a second admin like any other version, where approval is asked for and
    /// protected parts differ.
    ///
    /// # Errors
    /// It was never live, is what is live, something else is live or on trial than was seen, or the store
    /// fails.
    pub async fn roll_back(&self, flow: &str, back: RollBack<'_>, who: &str) -> Result<Version, StudioError> {
        let to = self.release(back.to).await?;
        if to.flow != flow {
            return Err(StudioError::UnknownVersion(back.to.to_owned()));
        }
        if to.state != VersionState::Past {
            return Err(StudioError::NotNow(to.state));
        }
        if to.digest == back.live {
            return Err(StudioError::NotNow(VersionState::Live));
        }
        let versions = self.versions(flow).await?;
        let live = versions.into_iter().find(|other| other.state == VersionState::Live);
        let live = live.filter(|live| live.digest == back.live).ok_or(StudioError::NotAsSeen)?;
        let just_before = live.base.as_ref() == Some(&to.digest);
        let mut ways = vec![Way { flow: flow.to_owned(), from: live.digest.clone(), to: to.digest }];
        if !back.with.is_empty() {
            let others = if just_before { self.came_with(&live.id).await? } else { Vec::new() };
            ways.extend(back.with.iter().map(|id| way_of(&others, id)).collect::<Result<Vec<_>, _>>()?);
        }
        let (mut releases, mut protected) = (Vec::with_capacity(ways.len()), BTreeSet::new());
        for way in ways {
            let flows = self.inner.answerer.flows();
            let (old, new) =
                (flows.version(&way.from, self.store()).await?, flows.version(&way.to, self.store()).await?);
            protected.extend(between(old.as_deref(), new.as_deref()));
            let files = self.version_files(&way.to).await?;
            let files = serde_json::to_string(&files).map_err(|e| StoreError::Damaged(e.to_string()))?;
            releases.push(NewRelease { id: fresh_id(), flow: way.flow, digest: way.to, files, base: way.from });
        }
        let held = self.inner.settings.approvals && !protected.is_empty() && !just_before;
        if held && back.trial.is_some() {
            return Err(StudioError::OnTrial(flow.to_owned()));
        }
        let folder = self.inner.answerer.flows().folder();
        let disk = |release: &NewRelease| folder.get(&stories_file(&release.flow)).map(|text| text_digest(text));
        let publication = Publication {
            who: who.to_owned(),
            note: back.note.to_owned(),
            at: self.now(),
            start: Start::Now,
            protected: words(&protected),
            held,
            back: Some(Back { trial: back.trial.map(str::to_owned), disks: releases.iter().map(disk).collect() }),
            releases,
            draft: None,
            stories: Vec::new(),
        };
        match self.put(publication).await {
            Err(StudioError::Published { .. } | StudioError::OnTrial(_)) => Err(StudioError::NotAsSeen),
            done => done,
        }
    }
}

/// A flow's way back, by digests.
struct Way {
    flow: String,
    from: String,
    to: String,
}

/// The way back of another flow's release, which has to be what it was seen to be.
fn way_of(others: &[Version], id: &str) -> Result<Way, StudioError> {
    let other = others.iter().find(|other| other.id == id && other.state == VersionState::Live);
    let other = other.ok_or(StudioError::NotAsSeen)?;
    let to = other.base.clone().ok_or(StudioError::NotAsSeen)?;
    Ok(Way { flow: other.flow.clone(), from: other.digest.clone(), to })
}
