//! The flows folder as texts. Reads every `.yaml` file below it, within bounds; a file that cannot
//! be read is a problem of that file and takes down no other.

use crate::flow::read::Files;
use crate::flow::source::{MAX_BYTES, Problem};
use anyhow::{Context, bail};
use std::fs::File;
use std::io::Read;
use std::path::Path;

const MAX_FILES: usize = 2000;
const MAX_DEPTH: usize = 4;

/// What a folder holds.
#[derive(Default)]
pub struct Folder {
    /// Texts by name below the folder, with `/` between the parts.
    pub files: Files,
    /// The files that cannot be read.
    pub problems: Vec<Problem>,
}

/// Reads a folder. Names that begin with a dot are passed over.
///
/// # Errors
/// There is no such folder, or it is not one of flows: too many files, too deep.
pub fn read(folder: &Path) -> anyhow::Result<Folder> {
    let mut found = Folder::default();
    walk(folder, "", 0, &mut found)?;
    Ok(found)
}

fn walk(folder: &Path, prefix: &str, depth: usize, found: &mut Folder) -> anyhow::Result<()> {
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
            if found.files.len() + found.problems.len() == MAX_FILES {
                bail!("{} has more than {MAX_FILES} files; is it the flows folder?", folder.display());
            }
            match text(&path) {
                Ok(text) => {
                    found.files.insert(name, text);
                }
                Err((what, hint)) => found.problems.push(Problem {
                    file: name.into(),
                    line: 1,
                    column: 1,
                    code: "unreadable",
                    what,
                    hint: hint.to_owned(),
                }),
            }
        }
    }
    Ok(())
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
