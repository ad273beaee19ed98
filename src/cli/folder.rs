//! The flows folder as texts. Reads every `.yaml` file below it, within bounds; a file that cannot
//! be read is a problem of that file and takes down no other.

use crate::flow::Flow;
use crate::flow::read::{Files, Loaded, is_hotline, is_shared, load};
use crate::flow::source::{At, MAX_BYTES, Problem};
use crate::studio::missing_audio;
use anyhow::{Context, bail};
use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

const MAX_FILES: usize = 2000;
const MAX_DEPTH: usize = 4;

/// What a folder holds.
#[derive(Default)]
pub struct Folder {
    /// Texts by name below the folder, with `/` between the parts.
    pub files: Files,
    /// The files that cannot be read.
    pub problems: Vec<Problem>,
    /// How every file looked before it was read.
    pub marks: Marks,
    /// Where it is.
    pub root: PathBuf,
}

/// Where recordings are, in the flows' folder.
pub const AUDIO: &str = "audio";

/// How the files of a folder look from outside, by name: another look, another content.
pub type Marks = BTreeMap<String, Mark>;

/// How a file looks from outside. Saving changes it, whether in place or by renaming a new file, and
/// so does moving an older file of the same size to its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    file: u64,
    bytes: u64,
    written: (i64, i64),
    changed: (i64, i64),
}

/// Reads a folder. Names that begin with a dot are passed over.
///
/// # Errors
/// There is no such folder, or it is not one of flows: too many files, too deep.
pub fn read(folder: &Path) -> anyhow::Result<Folder> {
    let mut found = Folder { marks: marks(folder)?, root: folder.to_owned(), ..Folder::default() };
    for name in found.marks.keys() {
        match text(&folder.join(name)) {
            Ok(text) => {
                found.files.insert(name.clone(), text);
            }
            Err((what, hint)) => found.problems.push(problem(name, what, hint)),
        }
    }
    Ok(found)
}

/// How the files of a folder look, without reading them.
///
/// # Errors
/// As [`read`].
pub fn marks(folder: &Path) -> anyhow::Result<Marks> {
    let mut found = Marks::new();
    walk(folder, "", 0, &mut found)?;
    Ok(found)
}

/// A problem with a file as a whole.
pub fn problem(name: &str, what: String, hint: &str) -> Problem {
    Problem::new(name.into(), At { line: 1, column: 1 }, "unreadable", what, hint)
}

impl Folder {
    /// The flows in it. What cannot be read is refused, and with a shared file every flow made of it:
    /// without the file it would be another flow.
    pub fn load(&self) -> Loaded {
        let mut loaded = load(&self.files);
        if self.problems.iter().any(|problem| is_shared(&problem.file)) {
            loaded.refused.extend(loaded.flows.drain(..).map(|flow| flow.name.clone()));
        }
        let unread = self.problems.iter().filter(|problem| is_hotline(&problem.file));
        loaded.refused.extend(unread.filter_map(|problem| Some(problem.file.strip_suffix(".yaml")?.to_owned())));
        loaded.problems.extend(self.problems.iter().cloned());
        let silent = |flow: &Flow| missing_audio(&self.root.join(AUDIO), flow);
        for flow in loaded.flows.extract_if(.., |flow| !silent(flow).is_empty()) {
            loaded.problems.extend(silent(&flow));
            loaded.refused.push(flow.name.clone());
        }
        loaded
    }
}

fn walk(folder: &Path, prefix: &str, depth: usize, found: &mut Marks) -> anyhow::Result<()> {
    let cannot = || format!("cannot read the flows folder {} (`flows` in the settings names it)", folder.display());
    for entry in folder.read_dir().with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        let Some(name) = path.file_name().and_then(|n| n.to_str()).filter(|n| !n.starts_with('.')) else { continue };
        let name = format!("{prefix}{name}");
        if path.is_dir() {
            if depth == MAX_DEPTH {
                bail!("{} has folders more than {MAX_DEPTH} deep; is it the flows folder?", folder.display());
            }
            walk(&path, &format!("{name}/"), depth + 1, found)?;
        } else if name.ends_with(".yaml") {
            if found.len() == MAX_FILES {
                bail!("{} has more than {MAX_FILES} files; is it the flows folder?", folder.display());
            }
            found.insert(name, Mark::of(&path));
        }
    }
    Ok(())
}

impl Mark {
    /// A file that is just going away or cannot be looked at looks like nothing: reading it tells why.
    fn of(path: &Path) -> Mark {
        let look = |seen: Metadata| Mark {
            file: seen.ino(),
            bytes: seen.size(),
            written: (seen.mtime(), seen.mtime_nsec()),
            changed: (seen.ctime(), seen.ctime_nsec()),
        };
        path.metadata().map_or(Mark { file: 0, bytes: 0, written: (0, 0), changed: (0, 0) }, look)
    }
}

fn text(path: &Path) -> Result<String, (String, &'static str)> {
    let limit = MAX_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes));
    read.map_err(|e| (format!("the file cannot be read: {e}"), "may this user read it?"))?;
    if bytes.len() > MAX_BYTES {
        return Err((format!("the file has more than {MAX_BYTES} bytes"), "move shared parts to sub-flows in common/"));
    }
    String::from_utf8(bytes).map_err(|_| ("the file is not UTF-8".to_owned(), "save it as UTF-8"))
}
