//! Drafts: texts over a live version, saved as they are typed. A draft belongs to its flow and not to
//! whoever types: who saves says what they saw, and nothing is overwritten unseen.

use super::publish::text_digest;
use super::{Studio, StudioError};
use crate::answer::version_files;
use crate::flow::Flow;
use crate::flow::read::{is_shared, is_sub_flow};
use crate::flow::source::MAX_BYTES;
use crate::store::{DraftRow, StoreError, StoriesRow};
use serde::Serialize;
use std::collections::BTreeMap;

/// What may be changed in one draft altogether.
const MOST: usize = 4 * MAX_BYTES;

/// What is changed of a flow and not published yet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Draft {
    /// The flow.
    pub flow: String,
    /// The version it is written over, by its digest.
    pub base: String,
    /// The changed texts by file; `NAME.stories.yaml` is the flow's stories, and beside it may lie those of other
    /// flows that follow a file they share.
    pub changed: BTreeMap<String, String>,
    /// The stories that counted when the draft began to change them, by file; none: there were none.
    pub over_stories: BTreeMap<String, Option<String>>,
    /// Counts what was done to it; 0: nothing ever was.
    pub rev: i64,
    /// Who did something to it last.
    pub by: Option<String>,
    /// When, in ms.
    pub at: Option<i64>,
}

impl Draft {
    /// Whether nothing is changed.
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty()
    }

    /// The stories of other flows that are changed: flow, file and text.
    pub fn stories_of_others(&self) -> impl Iterator<Item = (&str, &String, &String)> {
        let stories = self.changed.iter().filter_map(|(file, text)| Some((flow_of_stories(file)?, file, text)));
        stories.filter(|(flow, ..)| *flow != self.flow)
    }
}

impl Studio {
    /// The draft of a flow; an empty one where there is none.
    ///
    /// # Errors
    /// There is no such flow in service, or the store fails.
    pub async fn draft(&self, flow: &str) -> Result<Draft, StudioError> {
        let live = self.live(flow)?;
        let (flow, live) = (flow.to_owned(), live.digest.to_string());
        let Some(row) = self.store().draft(&flow).await? else {
            let (changed, over_stories) = Default::default();
            return Ok(Draft { flow, base: live, changed, over_stories, rev: 0, by: None, at: None });
        };
        let damaged = |e| StoreError::Damaged(format!("the draft of {flow}: {e}"));
        let changed: BTreeMap<String, String> = serde_json::from_str(&row.files).map_err(damaged)?;
        let over_stories = serde_json::from_str(&row.over_stories).map_err(damaged)?;
        let base = if changed.is_empty() { live } else { row.base };
        Ok(Draft { flow, base, changed, over_stories, rev: row.rev, by: Some(row.who), at: Some(row.at) })
    }

    /// The flow's files as the draft has them, the main file first. Stories are not among them.
    ///
    /// # Errors
    /// The version it is written over is not kept, or the store fails.
    pub async fn files(&self, draft: &Draft) -> Result<Vec<(String, String)>, StudioError> {
        let mut files = self.version_files(&draft.base).await?;
        for (name, text) in draft.changed.iter().filter(|(name, _)| flow_of_stories(name).is_none()) {
            match files.iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => known.clone_from(text),
                None => files.push((name.clone(), text.clone())),
            }
        }
        Ok(files)
    }

    /// The texts a version was made of, the main file first.
    ///
    /// # Errors
    /// There is no such version, or the store fails.
    pub async fn version_files(&self, digest: &str) -> Result<Vec<(String, String)>, StudioError> {
        if let Some(live) = self.inner.answerer.flows().live().iter().find(|flow| *flow.digest == *digest) {
            return Ok(live.files.clone());
        }
        let files = version_files(digest, self.store()).await?;
        files.ok_or_else(|| StudioError::UnknownVersion(digest.to_owned()))
    }

    /// Saves the text of a file. `rev` is the draft's as it was seen.
    ///
    /// # Errors
    /// Somebody else saved since, there is no such flow or file, it is too large, or the store fails.
    pub async fn save(&self, flow: &str, file: &str, text: &str, rev: i64, who: &str) -> Result<Draft, StudioError> {
        self.save_all(flow, &BTreeMap::from([(file.to_owned(), text.to_owned())]), rev, who).await
    }

    /// Saves the texts of several files, all or none. `rev` is the draft's as it was seen.
    ///
    /// # Errors
    /// As [`Studio::save`].
    pub async fn save_all(
        &self,
        flow: &str,
        texts: &BTreeMap<String, String>,
        rev: i64,
        who: &str,
    ) -> Result<Draft, StudioError> {
        let draft = self.seen(flow, rev).await?;
        self.keep(draft, texts, who).await
    }

    async fn keep(&self, mut draft: Draft, texts: &BTreeMap<String, String>, who: &str) -> Result<Draft, StudioError> {
        for (file, text) in texts {
            if !may_have(&draft.flow, file) {
                return Err(StudioError::UnknownFile(file.to_owned()));
            }
            self.change(&mut draft, file, text).await?;
        }
        self.put_draft(draft, who).await
    }

    /// Saves the text of a file, made of one that was read over this: see [`Studio::base_of`]. An empty draft is
    /// always over what is live: its `rev` says nothing of what was published or taken back since.
    ///
    /// # Errors
    /// As [`Studio::save`], and another version is live since, or other stories count.
    pub async fn save_over(
        &self,
        flow: &str,
        (file, text): (&str, &str),
        (rev, base): (i64, &str),
        who: &str,
    ) -> Result<Draft, StudioError> {
        let draft = self.seen(flow, rev).await?;
        if self.base_of(&draft, file).await? == base {
            return self.keep(draft, &BTreeMap::from([(file.to_owned(), text.to_owned())]), who).await;
        }
        Err(self.published_since(flow, file).await?)
    }

    /// What the text of a file stands over, for whoever saves it to say: the version by its digest, and of stories,
    /// which are no part of one, the digest of their text.
    ///
    /// # Errors
    /// The store fails.
    pub async fn base_of(&self, draft: &Draft, file: &str) -> Result<String, StudioError> {
        let Some(flow) = flow_of_stories(file) else { return Ok(draft.base.clone()) };
        let text = match draft.changed.get(file) {
            Some(text) => Some(text.clone()),
            None => self.stories(flow).await?,
        };
        Ok(text_digest(&text.unwrap_or_default()))
    }

    /// Another text of a file, in a draft that is not saved yet.
    pub(super) async fn change(&self, draft: &mut Draft, file: &str, text: &str) -> Result<(), StudioError> {
        let before = self.text_before(draft, file).await?;
        // Browsers end the lines of what is typed in a form in another way than files do.
        let crlf = before.as_ref().is_some_and(|before| before.contains("\r\n"));
        let text = if crlf { text.to_owned() } else { text.replace("\r\n", "\n") };
        if text.len() > MAX_BYTES {
            return Err(StudioError::TooLarge(MAX_BYTES));
        }
        // A sub-flow is taken out of the draft by clearing it, and so is what was not there before.
        let may_go = before.is_none() || is_sub_flow(file);
        let is_none = may_go && text.trim().is_empty();
        if is_none || before.as_ref() == Some(&text) {
            draft.changed.remove(file);
            // Where no shared file is changed any more, stories of others have nothing to follow.
            let own = [main_file_of(&draft.flow), stories_file(&draft.flow)];
            if !draft.changed.keys().any(|file| flow_of_stories(file).is_none() && !own.contains(file)) {
                draft.changed.retain(|file, _| own.contains(file));
            }
        } else {
            if flow_of_stories(file).is_some() {
                draft.over_stories.entry(file.to_owned()).or_insert(before);
            }
            draft.changed.insert(file.to_owned(), text);
        }
        draft.over_stories.retain(|file, _| draft.changed.contains_key(file));
        if draft.changed.values().map(String::len).sum::<usize>() > MOST {
            return Err(StudioError::TooLarge(MOST));
        }
        Ok(())
    }

    /// Lets go of everything that was changed.
    ///
    /// # Errors
    /// Somebody else saved since, there is no such flow, or the store fails.
    pub async fn discard(&self, flow: &str, rev: i64, who: &str) -> Result<(), StudioError> {
        let mut draft = self.seen(flow, rev).await?;
        draft.changed.clear();
        draft.over_stories.clear();
        self.put_draft(draft, who).await.map(drop)
    }

    /// The stories of a flow: those published here, unless their file changed on disk since; none when
    /// there are none. They are no part of a version: calls are not other ones because of them.
    ///
    /// # Errors
    /// The store fails.
    pub async fn stories(&self, flow: &str) -> Result<Option<String>, StudioError> {
        let published = self.store().stories().await?;
        let folder = self.inner.answerer.flows().folder();
        Ok(stories_of(flow, &published, folder.get(&stories_file(flow))).cloned())
    }

    /// Whether something else counts now than the draft is written over: another version, or other stories.
    ///
    /// # Errors
    /// There is no such flow, or the store fails.
    pub async fn is_stale(&self, draft: &Draft) -> Result<bool, StudioError> {
        if draft.is_empty() {
            return Ok(false);
        }
        Ok(*self.live(&draft.flow)?.digest != *draft.base || self.other_stories(draft).await?.is_some())
    }

    /// A file of stories of which others count than those the draft is written over.
    pub(super) async fn other_stories(&self, draft: &Draft) -> Result<Option<String>, StudioError> {
        for (file, over) in &draft.over_stories {
            if self.stories(flow_of_stories(file).unwrap_or(&draft.flow)).await? != *over {
                return Ok(Some(file.clone()));
            }
        }
        Ok(None)
    }

    /// Stories that were published here and count no more, because their file changed on disk since, and what the
    /// file says; none: they count, or say the same.
    ///
    /// # Errors
    /// The store fails.
    pub async fn stories_beside(&self, flow: &str) -> Result<Option<(String, String)>, StudioError> {
        let published = self.store().stories().await?.into_iter().find(|row| row.flow == flow);
        let counting = self.stories(flow).await?.unwrap_or_default();
        Ok(published.map(|row| row.text).filter(|text| *text != counting).map(|text| (text, counting)))
    }

    /// The draft, if it is still the one that was seen.
    pub(super) async fn seen(&self, flow: &str, rev: i64) -> Result<Draft, StudioError> {
        let draft = self.draft(flow).await?;
        if draft.rev == rev {
            return Ok(draft);
        }
        Err(StudioError::Changed { by: draft.by.clone(), draft: Box::new(draft) })
    }

    pub(super) async fn put_draft(&self, draft: Draft, who: &str) -> Result<Draft, StudioError> {
        let damaged = |e: serde_json::Error| StoreError::Damaged(e.to_string());
        let files = serde_json::to_string(&draft.changed).map_err(damaged)?;
        let over_stories = serde_json::to_string(&draft.over_stories).map_err(damaged)?;
        let (seen, at) = (draft.rev, self.now());
        let row = DraftRow { base: draft.base.clone(), files, over_stories, rev: seen, who: who.to_owned(), at };
        if self.store().save_draft(&draft.flow, &row, seen).await? {
            return Ok(Draft { rev: seen + 1, by: Some(who.to_owned()), at: Some(at), ..draft });
        }
        let draft = self.draft(&draft.flow).await?;
        Err(StudioError::Changed { by: draft.by.clone(), draft: Box::new(draft) })
    }

    /// What a file says where the draft does not change it.
    async fn text_before(&self, draft: &Draft, file: &str) -> Result<Option<String>, StudioError> {
        if let Some(flow) = flow_of_stories(file) {
            return self.stories(flow).await;
        }
        let files = self.version_files(&draft.base).await?;
        Ok(files.into_iter().find(|(name, _)| name == file).map(|(_, text)| text))
    }
}

/// The stories that count, of those published and those on disk.
pub(super) fn stories_of<'a>(flow: &str, published: &'a [StoriesRow], disk: Option<&'a String>) -> Option<&'a String> {
    let own = published.iter().find(|row| row.flow == flow);
    let newer = own.is_some_and(|row| disk.is_some_and(|disk| row.disk.as_ref() != Some(&text_digest(disk))));
    own.filter(|_| !newer).map(|row| &row.text).or(disk)
}

/// The file of a flow's stories.
pub(super) fn stories_file(flow: &str) -> String {
    format!("{flow}.stories.yaml")
}

/// The flow whose stories a file holds; none: it holds none.
pub(super) fn flow_of_stories(file: &str) -> Option<&str> {
    file.strip_suffix(".stories.yaml")
}

/// The flow's own file.
pub(super) fn main_file(flow: &Flow) -> String {
    main_file_of(&flow.name)
}

fn main_file_of(flow: &str) -> String {
    format!("{flow}.yaml")
}

/// Whether a draft of the flow may have this file: names come from outside and become paths.
fn may_have(flow: &str, file: &str) -> bool {
    let letters = |name: &str| {
        !name.is_empty()
            && name.len() <= 64
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
    };
    let sub_flow = file.strip_prefix("common/").and_then(|name| name.strip_suffix(".yaml"));
    file == main_file_of(flow) || file == stories_file(flow) || is_shared(file) || sub_flow.is_some_and(letters)
}
