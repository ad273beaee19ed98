//! Taking back: an earlier version is in service again, with what changed together with the version it
//! takes the place of. What was seen is what is changed, else nothing is.

use super::draft::{stories_file, stories_of};
use super::publish::{between, fresh_id, text_digest, words};
use super::{Studio, StudioError, Version, VersionState};
use crate::store::{Back, Counting, NewRelease, Publication, Start, StoreError};
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
    /// Releases of other flows that came with what was live and are live ([`Before::with`]): each is taken back to
    /// what it took the place of. Only where `to` is what callers had just before.
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
        let live = versions.iter().find(|other| other.state == VersionState::Live);
        let live = live.filter(|live| live.digest == back.live).ok_or(StudioError::NotAsSeen)?;
        let before = self.before(&versions).await?;
        let just_before = before.digest.as_ref() == Some(&to.digest);
        let others = if just_before { before.with } else { Vec::new() };
        let mut ways = vec![Way { flow: flow.to_owned(), from: live.digest.clone(), to: to.digest }];
        ways.extend(back.with.iter().map(|id| way_of(&others, id)).collect::<Result<Vec<_>, _>>()?);
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
        let mut counting = Vec::with_capacity(releases.len());
        for release in &releases {
            counting.push(self.counting(&release.flow).await?);
        }
        let publication = Publication {
            who: who.to_owned(),
            note: back.note.to_owned(),
            at: self.now(),
            start: Start::Now,
            protected: words(&protected),
            held,
            back: Some(Back { trial: back.trial.map(str::to_owned), counting }),
            releases,
            draft: None,
            stories: Vec::new(),
        };
        match self.put(publication).await {
            Err(StudioError::Published { .. } | StudioError::OnTrial(_)) => Err(StudioError::NotAsSeen),
            done => done,
        }
    }

    /// What callers had before the version in service, and where else its change is. Stories that were published
    /// alone changed nothing for callers.
    ///
    /// # Errors
    /// The store fails.
    pub async fn before(&self, versions: &[Version]) -> Result<Before, StudioError> {
        let Some(brought) = brought(versions) else { return Ok(Before::default()) };
        let mut before = Before { digest: brought.base.clone(), ..Before::default() };
        let others = self.came_with(&brought.id).await?;
        // The shared files that it changed, as they were before.
        let was: Vec<(String, String)> = match &brought.base {
            Some(base) if !others.is_empty() => {
                let new = self.version_files(&brought.digest).await?;
                let stays = |file: &(String, String)| new.contains(file);
                self.version_files(base).await?.into_iter().filter(|file| !stays(file)).collect()
            }
            _ => Vec::new(),
        };
        for other in others {
            let theirs = self.versions(&other.flow).await?;
            if self::brought(&theirs).is_some_and(|live| live.id == other.id) && other.base.is_some() {
                match theirs.iter().any(|version| version.state == VersionState::Trial) {
                    true => before.tried.push(other.flow),
                    false => before.with.push(other),
                }
            } else if let Some(live) = theirs.iter().find(|version| version.state == VersionState::Live) {
                let files = self.version_files(&live.digest).await?;
                let has_other =
                    |(name, text): &(String, String)| was.iter().any(|(own, was)| own == name && was != text);
                before.keep.extend(files.iter().any(has_other).then_some(other.flow));
            }
        }
        Ok(before)
    }

    /// The stories of a flow that count, for others to take their place. A file that somebody changed on disk and
    /// nobody published goes on counting: it is in no version, and would be lost.
    async fn counting(&self, flow: &str) -> Result<Counting, StudioError> {
        let published = self.store().stories().await?;
        let folder = self.inner.answerer.flows().folder();
        let file = folder.get(&stories_file(flow));
        let text = stories_of(flow, &published, file).cloned();
        let own = published.into_iter().find(|row| row.flow == flow);
        let disk = file.map(|text| text_digest(text));
        let is_known = own.as_ref().is_some_and(|own| own.disk == disk || Some(&own.text) == file);
        let (published, stood_for) = own.map(|own| (own.text, own.disk)).unzip();
        let disk = if file.is_none() || is_known { disk } else { stood_for.flatten() };
        Ok(Counting { published, text, disk })
    }
}

/// What callers had before the version in service, and where else its change is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Before {
    /// The version they had just before, by its digest; none: there was none.
    pub digest: Option<String>,
    /// Releases of other flows that came with what is in service and are so there: they can go back with it.
    pub with: Vec<Version>,
    /// Such flows, by name, where a version is on trial: they cannot go back until it ends.
    pub tried: Vec<String>,
    /// Flows, by name, that got the change and have it still, in a version that was published since: they cannot go
    /// back with it.
    pub keep: Vec<String>,
}

/// The release with which callers got what is in service.
fn brought(versions: &[Version]) -> Option<&Version> {
    let mut found = versions.iter().find(|version| version.state == VersionState::Live)?;
    while found.base.as_ref() == Some(&found.digest) {
        let earlier = |other: &&Version| {
            other.state == VersionState::Past && other.digest == found.digest && other.number < found.number
        };
        let Some(earlier) = versions.iter().filter(earlier).max_by_key(|other| other.number) else { break };
        found = earlier;
    }
    Some(found)
}

/// A flow's way back, by digests.
struct Way {
    flow: String,
    from: String,
    to: String,
}

/// The way back of another flow's release, which has to be what it was seen to be.
fn way_of(others: &[Version], id: &str) -> Result<Way, StudioError> {
    let other = others.iter().find(|other| other.id == id).ok_or(StudioError::NotAsSeen)?;
    let to = other.base.clone().ok_or(StudioError::NotAsSeen)?;
    Ok(Way { flow: other.flow.clone(), from: other.digest.clone(), to })
}
