//! `hotline export flows`: what was published in the studio, written back as files, byte for byte.
//! Nothing that somebody changed on disk is lost: such a file is left as it is and told.

use super::check::counted;
use super::folder::problem;
use crate::answer::version_files;
use crate::store::{LiveRow, ReleaseState, Store, StoriesRow};
use crate::studio::text_digest;
use crate::words::clock;
use anyhow::Context;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Component, Path};

/// How it is told.
pub use super::check::Format;

/// What is wanted.
#[derive(clap::Args)]
pub struct Wanted {
    /// Where the files are written; the flows folder of the settings when none is named.
    pub folder: Option<std::path::PathBuf>,
    /// Write also files that were changed on disk meanwhile.
    #[arg(long)]
    pub force: bool,
    /// Where flows have a shared file with different words, write this flow's.
    #[arg(long, value_name = "FLOW")]
    pub take: Vec<String>,
    /// How it is told.
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}

/// What became of a file.
enum Outcome {
    Written,
    /// It is so already.
    Same,
    /// Somebody changed it on disk, or it is none of ours.
    Changed,
    /// These flows have it with different words.
    Differs(Vec<String>),
}

impl Outcome {
    fn word(&self) -> &'static str {
        match self {
            Outcome::Written => "written",
            Outcome::Same => "same",
            Outcome::Changed => "changed-on-disk",
            Outcome::Differs(_) => "differs",
        }
    }

    fn is_there(&self) -> bool {
        matches!(self, Outcome::Written | Outcome::Same)
    }

    /// Why it was not written, and the mend.
    fn why(&self) -> Option<String> {
        match self {
            Outcome::Written | Outcome::Same => None,
            Outcome::Changed => {
                Some("it was changed on disk: take the change in, or write over it with --force".to_owned())
            }
            Outcome::Differs(flows) => {
                Some(format!("it says something else in {}: choose with --take FLOW", flows.join(" and in ")))
            }
        }
    }
}

/// A live flow with its files.
struct Live {
    row: LiveRow,
    files: Vec<(String, String)>,
}

/// Writes the files of all live versions into the folder, `usual` being that of the settings; false
/// when one of them was left as it is.
///
/// # Errors
/// The database or the folder fails, or nobody takes what is printed.
pub async fn flows(store: &Store, usual: &Path, wanted: &Wanted, out: &mut impl Write) -> anyhow::Result<bool> {
    let folder = wanted.folder.as_deref().unwrap_or(usual);
    let own = folder == usual;
    let mut live = Vec::new();
    for row in store.live().await? {
        let files = version_files(&row.digest, store).await?.unwrap_or_default();
        live.push(Live { row, files });
    }
    let known = known(store, &live, own).await?;
    let stories = store.stories().await?;
    let mut outcomes = BTreeMap::new();
    for (file, texts) in by_file(&live) {
        let outcome = match chosen(&texts, &wanted.take) {
            Some(text) => put(folder, file, text, wanted.force, |old| known.contains(&(file.to_owned(), old.into())))?,
            None => Outcome::Differs(texts.into_iter().map(|(flow, _)| flow.to_owned()).collect()),
        };
        outcomes.insert(file.to_owned(), outcome);
    }
    for StoriesRow { flow, text, disk } in stories.iter().filter(|row| live.iter().any(|l| l.row.name == row.flow)) {
        let file = format!("{flow}.stories.yaml");
        let replaced = |old: &str| disk.as_deref() == Some(&text_digest(old));
        outcomes.insert(file.clone(), put(folder, &file, text, wanted.force, replaced)?);
    }
    if own {
        remember(store, &live, &outcomes).await?;
    }
    tell(folder, &outcomes, wanted.format, out)?;
    Ok(outcomes.values().all(Outcome::is_there))
}

/// Who has which words in each file.
fn by_file(live: &[Live]) -> BTreeMap<&str, Vec<(&str, &str)>> {
    let mut files: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for flow in live {
        for (file, text) in &flow.files {
            files.entry(file).or_default().push((&flow.row.name, text));
        }
    }
    files
}

/// The words that all have, else those of a flow that was named.
fn chosen<'t>(texts: &[(&str, &'t str)], take: &[String]) -> Option<&'t str> {
    let (_, first) = texts.first()?;
    if texts.iter().all(|(_, text)| text == first) {
        return Some(first);
    }
    texts.iter().find(|(flow, _)| take.iter().any(|taken| taken == flow)).map(|(_, text)| *text)
}

/// Files with the words they may be written over: in the flows' own folder those that were last read
/// from it and are not waiting to be looked at, elsewhere all that were ever published.
async fn known(store: &Store, live: &[Live], own: bool) -> anyhow::Result<BTreeSet<(String, String)>> {
    let read: BTreeMap<String, String> = store.on_disk().await?.into_iter().collect();
    let mut known = BTreeSet::new();
    for Live { row, .. } in live {
        let rows = store.releases(&row.name).await?;
        let beside = |digest: &str| rows.iter().any(|r| r.digest == digest && r.state == ReleaseState::Beside);
        let last = read.get(&row.name).filter(|digest| !beside(digest)).cloned();
        let published = rows.iter().filter(|r| !own && r.state == ReleaseState::Out).map(|r| r.digest.clone());
        let digests: BTreeSet<String> = last.into_iter().chain(published).collect();
        for digest in digests {
            known.extend(version_files(&digest, store).await?.unwrap_or_default());
        }
    }
    Ok(known)
}

/// Writes a file unless something else is there than may be written over. It is whole at every moment.
fn put(folder: &Path, file: &str, text: &str, force: bool, known: impl Fn(&str) -> bool) -> anyhow::Result<Outcome> {
    anyhow::ensure!(
        Path::new(file).components().all(|part| matches!(part, Component::Normal(_))),
        "{}",
        problem(file, "this is no place for a file".to_owned(), "")
    );
    let path = folder.join(file);
    let cannot = || format!("cannot write {}", path.display());
    match std::fs::read(&path) {
        Ok(old) if old == text.as_bytes() => return Ok(Outcome::Same),
        Ok(old) if !force && !std::str::from_utf8(&old).is_ok_and(known) => return Ok(Outcome::Changed),
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(cannot),
    }
    let parent = path.parent().unwrap_or(folder);
    std::fs::create_dir_all(parent).with_context(cannot)?;
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let beside = parent.join(format!(".{name}.new"));
    std::fs::write(&beside, text).with_context(cannot)?;
    std::fs::rename(&beside, &path).with_context(cannot)?;
    Ok(Outcome::Written)
}

/// A flow whose files all lie there as it is live was last read so: a server that starts finds nothing
/// changed.
async fn remember(store: &Store, live: &[Live], outcomes: &BTreeMap<String, Outcome>) -> anyhow::Result<()> {
    let there = |file: &str| outcomes.get(file).is_some_and(Outcome::is_there);
    let shared = by_file(live);
    for Live { row, files } in live {
        let own = |file: &str, text: &str| shared[file].iter().all(|(_, other)| *other == text);
        if files.iter().all(|(file, text)| there(file) && own(file, text)) {
            let json = serde_json::to_string(files)?;
            store.take_from_disk(&row.name, &row.digest, &json, clock::now().as_millisecond()).await?;
        }
    }
    Ok(())
}

fn tell(
    folder: &Path,
    outcomes: &BTreeMap<String, Outcome>,
    format: Format,
    out: &mut impl Write,
) -> std::io::Result<()> {
    if matches!(format, Format::Json) {
        let file = |(file, outcome): (&String, &Outcome)| json!({ "file": file, "outcome": outcome.word(), "why": outcome.why() });
        let files: Vec<_> = outcomes.iter().map(file).collect();
        return writeln!(out, "{:#}", json!({ "folder": folder.display().to_string(), "files": files }));
    }
    for (file, outcome) in outcomes {
        let path = folder.join(file);
        match outcome {
            Outcome::Same => {}
            Outcome::Written => writeln!(out, "{}: written", path.display())?,
            _ => writeln!(out, "{}: not written; {}", path.display(), outcome.why().unwrap_or_default())?,
        }
    }
    let count = |wanted: &str| outcomes.values().filter(|outcome| outcome.word() == wanted).count();
    let (written, same) = (count("written"), count("same"));
    let left = outcomes.len() - written - same;
    write!(out, "{} written, {same} as they are", counted(written, "file", "files"))?;
    if left > 0 { writeln!(out, ", {left} not written") } else { writeln!(out) }
}
