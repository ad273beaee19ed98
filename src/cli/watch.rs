//! Takes in changed flow files while the server runs. It looks at the folder every second instead of
//! asking the system to be told: that also works on network mounts and mounted volumes, where nobody
//! is told, and whichever way an editor saves. A change is taken once two looks see the same, so that
//! no file is read in the middle of being written; SIGHUP takes what is there at once.

use super::folder::{self, Marks};
use crate::answer::Answerer;
use crate::flow::source::Problem;
use crate::words::clock;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::signal::unix::Signal;
use tokio::time::MissedTickBehavior;

/// How often one looks. Looking costs a question to the file system for each file.
const EVERY: Duration = Duration::from_secs(1);

/// Watches until it is dropped. `marks` is how the files looked that are in service.
pub async fn run(folder: PathBuf, marks: Marks, answerer: Answerer, mut hangup: Signal) {
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut settling = Settling { taken: Some(marks), seen: None };
    let mut lost = false;
    loop {
        let asked = tokio::select! {
            _ = tick.tick() => false,
            Some(()) = hangup.recv() => true,
        };
        if let Err(error) = look(&folder, &answerer, &mut settling, asked).await {
            // When the folder is back, what is in it is taken anew.
            settling = Settling::default();
            if asked || !lost {
                answerer.flows().refuse(vec![about(&folder, format!("{error:#}"))]);
            }
            lost = true;
        } else {
            lost = false;
        }
    }
}

/// What was seen of the files.
#[derive(Default)]
struct Settling {
    /// How they looked when they were taken; none: they are to be taken whatever they look like.
    taken: Option<Marks>,
    /// How they looked last time, when that was different.
    seen: Option<Marks>,
}

impl Settling {
    /// Whether the files are to be taken now: they changed, and then nobody wrote for a look.
    fn look(&mut self, marks: Marks) -> bool {
        if self.taken.as_ref() == Some(&marks) {
            self.seen = None;
            return false;
        }
        let settled = self.seen.as_ref() == Some(&marks);
        self.seen = Some(marks);
        settled
    }
}

/// Looks once, and takes what changed. `asked`: somebody says that the files are whole.
///
/// # Errors
/// The folder cannot be read.
async fn look(folder: &Path, answerer: &Answerer, settling: &mut Settling, asked: bool) -> anyhow::Result<()> {
    let marks = apart(folder, folder::marks).await?;
    if !settling.look(marks) && !asked {
        return Ok(());
    }
    let found = apart(folder, folder::read).await?;
    let after = apart(folder, folder::marks).await?;
    if found.marks != after {
        tracing::debug!("flow files change while they are read; looked at again in {EVERY:?}");
        return Ok(());
    }
    // Checking a large flow takes long enough to keep calls waiting.
    let hosts = answerer.outside().hosts();
    let load = move || {
        let mut loaded = found.load();
        loaded.check_hosts(&found.files, &hosts);
        (loaded, found.files)
    };
    let (mut loaded, files) = tokio::task::spawn_blocking(load).await?;
    let (flows, problems) = (answerer.flows(), loaded.problems.len());
    let stays = |name: &String| flows.live().iter().any(|flow| flow.name == *name);
    if loaded.flows.is_empty() && !loaded.refused.iter().any(stays) {
        // A mount that is away looks like an empty folder.
        loaded.problems.push(about(folder, "no flow would be left in service".to_owned()));
        flows.refuse(loaded.problems);
        *settling = Settling { taken: Some(after), seen: None };
        return Ok(());
    }
    flows.keep_folder(files);
    match flows.install(loaded, answerer.store(), clock::now().as_millisecond()).await {
        Ok(changed) => {
            tracing::info!(changed = changed.join(", "), problems, asked, "flow files were read");
            *settling = Settling { taken: Some(after), seen: None };
        }
        Err(error) => tracing::warn!(%error, "changed flows cannot be kept now; tried again in {EVERY:?}"),
    }
    Ok(())
}

/// A problem with the folder as a whole.
fn about(folder: &Path, what: String) -> Problem {
    folder::problem(&folder.display().to_string(), what, "what is in service stays")
}

/// Does something with the folder where it holds up no call: a network mount may not answer for long.
async fn apart<T: Send + 'static>(folder: &Path, act: fn(&Path) -> anyhow::Result<T>) -> anyhow::Result<T> {
    let folder = folder.to_owned();
    tokio::task::spawn_blocking(move || act(&folder)).await?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_being_written_is_not_taken_before_it_stays_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("wallet.yaml");
        let marks = || folder::marks(folder.path()).unwrap();
        std::fs::write(&file, "flow: wallet").unwrap();
        let mut settling = Settling { taken: Some(marks()), seen: None };
        assert!(!settling.look(marks()), "nothing changed");
        for text in ["flow: wallet\nsteps:\n", "flow: wallet\nsteps:\n  a:\n"] {
            std::fs::write(&file, text).unwrap();
            assert!(!settling.look(marks()), "it just changed");
        }
        assert!(settling.look(marks()), "nobody wrote for a look");
        assert!(settling.look(marks()), "until it is taken");
        settling.taken = Some(marks());
        assert!(!settling.look(marks()));
        std::fs::rename(&file, folder.path().join("other.yaml")).unwrap();
        assert!(!settling.look(marks()));
        std::fs::rename(folder.path().join("other.yaml"), &file).unwrap();
        assert!(!settling.look(marks()), "it settles again");
    }

    #[test]
    fn an_older_file_of_the_same_size_moved_into_place_is_another_look() {
        let folder = tempfile::tempdir().unwrap();
        let (file, other) = (folder.path().join("wallet.yaml"), folder.path().join("kept.txt"));
        std::fs::write(&other, "a").unwrap();
        std::fs::write(&file, "b").unwrap();
        let modified = file.metadata().unwrap().modified().unwrap();
        std::fs::File::options().write(true).open(&other).unwrap().set_modified(modified).unwrap();
        let before = folder::marks(folder.path()).unwrap();
        std::fs::rename(&other, &file).unwrap();
        assert_ne!(folder::marks(folder.path()).unwrap(), before);
    }
}
