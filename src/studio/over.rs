//! Drafts brought over what is live: what was changed there and what was changed in the draft together, wherever they
//! do not touch the same lines. Where they do, the draft's text stays whole, and whoever brings it over is told before.

use super::draft::{flow_of_stories, stories_file};
use super::{Draft, Studio, StudioError, VersionState};
use crate::flow::diff::merge;

impl Studio {
    /// Brings the draft over what is live now. Texts of which the same lines were changed stay as they were typed:
    /// see [`Studio::clashes`]. For whoever was told that another version was published, and has looked at it.
    ///
    /// # Errors
    /// Somebody else saved since, there is no such flow, or the store fails.
    pub async fn rebase(&self, flow: &str, rev: i64, who: &str) -> Result<Draft, StudioError> {
        let draft = self.seen(flow, rev).await?;
        let (over, _) = self.over(draft).await?;
        self.put_draft(over, who).await
    }

    /// The files of which the draft and what is live have changed the same lines, by their names.
    ///
    /// # Errors
    /// There is no such flow, the version the draft is written over is not kept, or the store fails.
    pub async fn clashes(&self, draft: &Draft) -> Result<Vec<String>, StudioError> {
        Ok(self.over(draft.clone()).await?.1)
    }

    /// Puts what a version changed, with its stories, into the draft, over what is live now. Where the same lines were
    /// changed since, the draft stays over the version that this one was written over, and is to be brought over what
    /// is live by whoever has looked at it. For a version that never came to all callers. The draft must be empty:
    /// nothing in it is overwritten.
    ///
    /// # Errors
    /// Somebody else saved since or the draft holds something, it is live or was, it changes nothing of what
    /// is live, there is no such version, or the store fails.
    pub async fn take_again(&self, flow: &str, id: &str, rev: i64, who: &str) -> Result<Draft, StudioError> {
        let version = self.release(id).await?;
        if version.flow != flow {
            return Err(StudioError::UnknownVersion(id.to_owned()));
        }
        if !matches!(version.state, VersionState::Stopped | VersionState::Failed | VersionState::Withdrawn) {
            return Err(StudioError::NotNow(version.state));
        }
        let mut draft = self.seen(flow, rev).await?;
        if !draft.is_empty() {
            return Err(StudioError::Drafted);
        }
        draft.base = version.base.unwrap_or(draft.base);
        let base = self.version_files(&draft.base).await?;
        let files = self.version_files(&version.digest).await?;
        draft.changed = files.into_iter().filter(|file| !base.contains(file)).collect();
        let brought = self.store().release_stories(id, flow).await?;
        if let Some((text, over)) = brought {
            draft.changed.insert(stories_file(flow), text);
            draft.over_stories.insert(stories_file(flow), over);
        }
        let (over, clashes) = self.over(draft.clone()).await?;
        if over.is_empty() {
            return Err(StudioError::Nothing);
        }
        self.put_draft(if clashes.is_empty() { over } else { draft }, who).await
    }

    /// A draft over what is live, and the files of which the same lines were changed. What is live as it stands in the
    /// draft is no change any more.
    async fn over(&self, draft: Draft) -> Result<(Draft, Vec<String>), StudioError> {
        let live = self.live(&draft.flow)?;
        let (base, stories) = (self.version_files(&draft.base).await?, stories_file(&draft.flow));
        let of = |files: &[(String, String)], name: &str| {
            files.iter().find(|(own, _)| own == name).map(|(_, text)| text.clone())
        };
        let (base_now, (changed, over_stories)) = (live.digest.to_string(), Default::default());
        let mut over = Draft { base: base_now, changed, over_stories, ..draft.clone() };
        let mut clashes = Vec::new();
        // Stories of others follow again, with one click, what comes of it.
        let own = |file: &str| flow_of_stories(file).is_none_or(|flow| flow == draft.flow);
        for (file, text) in draft.changed.into_iter().filter(|(file, _)| own(file)) {
            let (was, is) = if file == stories {
                (draft.over_stories.get(&file).cloned().flatten(), self.stories(&draft.flow).await?)
            } else {
                (of(&base, &file), of(&live.files, &file))
            };
            let both = match (&was, &is) {
                // What is live does without a file that was changed here: that is to be looked at.
                (Some(_), None) if file != stories => None,
                (_, None) => Some(text.clone()),
                (_, Some(is)) if *is == text => Some(text.clone()),
                (Some(was), Some(is)) => {
                    let (was, is, text) = (was.clone(), is.clone(), text.clone());
                    self.beside(move || merge(&was, &is, &text)).await?
                }
                (None, Some(_)) => None,
            };
            if both.is_none() {
                clashes.push(file.clone());
            }
            let both = both.unwrap_or(text);
            if is.as_ref() != Some(&both) {
                if file == stories {
                    over.over_stories.insert(file.clone(), is);
                }
                over.changed.insert(file, both);
            }
        }
        Ok((over, clashes))
    }
}
