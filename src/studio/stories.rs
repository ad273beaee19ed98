//! Stories that fail because of what a draft changes, and as they are when they follow it.

use super::draft::stories_file;
use super::{Draft, Examined, Studio, StudioError};
use crate::flow::Flow;
use crate::play::{Mended, mend};
use std::sync::Arc;

/// Stories of a flow that can follow a draft's change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Adapted {
    /// Their file.
    pub file: String,
    /// Its text in the draft.
    pub before: String,
    /// The text it would have.
    pub after: Mended,
}

impl Studio {
    /// The stories that fail because of what a draft changes, in its own flow and in those it touches, as they are
    /// after it: one for each file of which anything follows. What a change does to stories is seen against what is in
    /// service: a draft over an older version has to be brought over it first.
    ///
    /// # Errors
    /// There is no such flow, or the store fails.
    pub async fn adapted(&self, draft: &Draft, examined: &Examined) -> Result<Vec<Adapted>, StudioError> {
        let live = self.live(&draft.flow)?;
        let stale = self.is_stale(draft).await?;
        let Some(new) = examined.flow.clone().filter(|_| !stale) else { return Ok(Vec::new()) };
        let touched = examined.touched.iter().map(|touched| (touched.old.clone(), touched.new.clone()));
        let mut cases = Vec::new();
        for (old, new) in std::iter::once((live, new)).chain(touched) {
            let fails = examined.stories.iter().any(|told| told.flow == new.name && told.failure.is_some());
            let Some(known) = self.stories(&new.name).await?.filter(|_| fails) else { continue };
            let file = stories_file(&new.name);
            let before = draft.changed.get(&file).unwrap_or(&known).clone();
            cases.push((old, new, file, before, known));
        }
        let work = move || {
            let follow = |(old, new, file, before, known): (Arc<Flow>, Arc<Flow>, String, String, String)| {
                let after = mend(&old, &new, (&file, &before), &known)?;
                Some(Adapted { file, before, after })
            };
            cases.into_iter().filter_map(follow).collect()
        };
        self.beside(work).await
    }

    /// Takes the stories into the draft as they are after what it changes; gives what was done, nothing where nothing
    /// was to be done. `rev` is the draft's as it was seen.
    ///
    /// # Errors
    /// Somebody else saved since, there is no such flow, they are too large, or the store fails.
    pub async fn adapt(&self, flow: &str, rev: i64, who: &str) -> Result<Vec<Adapted>, StudioError> {
        let mut draft = self.seen(flow, rev).await?;
        let examined = self.examine(&draft).await?;
        let adapted = self.adapted(&draft, &examined).await?;
        for Adapted { file, after, .. } in &adapted {
            self.change(&mut draft, file, &after.text).await?;
        }
        if !adapted.is_empty() {
            self.put_draft(draft, who).await?;
        }
        Ok(adapted)
    }
}
