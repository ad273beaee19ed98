//! Files and studio agree. A file that changes on disk becomes live, unless the studio published since
//! the files were last read: then it is kept beside what is live, to be looked at, and nothing is lost.

use super::{Studio, StudioError, Version, VersionState};
use crate::store::ReleaseState;

/// A version that came with files and is not live, because what is live came from the studio.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OnDisk {
    /// The release it is: [`Studio::take_files`] makes it live, [`Studio::withdraw`] passes it over.
    pub id: String,
    /// The version.
    pub digest: String,
    /// Its texts, the main file first.
    pub files: Vec<(String, String)>,
}

impl Studio {
    /// What lies on disk and waits to be looked at; none: files and studio agree, or the studio is ahead.
    ///
    /// # Errors
    /// The store fails.
    pub async fn on_disk(&self, flow: &str) -> Result<Option<OnDisk>, StudioError> {
        let read = self.store().on_disk().await?.into_iter().find(|(name, _)| name == flow);
        let Some((_, digest)) = read else { return Ok(None) };
        let versions = self.versions(flow).await?;
        let beside = |version: &&Version| version.state == VersionState::Beside && version.digest == digest;
        let Some(version) = versions.iter().find(beside) else { return Ok(None) };
        let files = self.version_files(&digest).await?;
        Ok(Some(OnDisk { id: version.id.clone(), digest, files }))
    }

    /// Makes live what came with files. `seen` is the digest of what was live when the admin looked.
    ///
    /// # Errors
    /// Something else is live by now, it does not wait any more, or the store fails.
    pub async fn take_files(&self, id: &str, seen: &str, who: &str) -> Result<Version, StudioError> {
        let told = self.store().let_out(id, ReleaseState::Beside, Some(who), Some(seen), self.now()).await?;
        self.told(told, id).await
    }
}
