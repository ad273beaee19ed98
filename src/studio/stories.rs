//! The stories of a draft that fail because of what it changes, and as they are when they follow it.

use super::draft::stories_file;
use super::{Draft, Examined, Studio, StudioError};
use crate::play::{Mended, mend};

/// Stories of a draft that can follow its change.
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
    /// The stories of a draft's own flow as they are after what it changes; none where none fails because of that.
    /// What a change does to stories is seen against what is in service: a draft over an older version has to be
    /// brought over it first.
    ///
    /// # Errors
    /// There is no such flow, or the store fails.
    pub async fn adapted(&self, draft: &Draft, examined: &Examined) -> Result<Option<Adapted>, StudioError> {
        let live = self.live(&draft.flow)?;
        let fails = examined.stories.iter().any(|told| told.flow == draft.flow && told.failure.is_some());
        let Some(new) = examined.flow.clone().filter(|_| fails && *live.digest == *draft.base) else { return Ok(None) };
        let file = stories_file(&draft.flow);
        let Some(known) = self.stories(&draft.flow).await? else { return Ok(None) };
        let before = draft.changed.get(&file).unwrap_or(&known).clone();
        let work = move || {
            let after = mend(&live, &new, (&file, &before), &known);
            after.map(|after| Adapted { file, before, after })
        };
        self.beside(work).await
    }

    /// Takes the stories into the draft as they are after what it changes; gives what was done. `rev` is the draft's
    /// as it was seen. None where nothing was to be done.
    ///
    /// # Errors
    /// Somebody else saved since, there is no such flow, they are too large, or the store fails.
    pub async fn adapt(&self, flow: &str, rev: i64, who: &str) -> Result<Option<Adapted>, StudioError> {
        let draft = self.seen(flow, rev).await?;
        let examined = self.examine(&draft).await?;
        let Some(adapted) = self.adapted(&draft, &examined).await? else { return Ok(None) };
        self.save(flow, &adapted.file, &adapted.after.text, rev, who).await?;
        Ok(Some(adapted))
    }
}
