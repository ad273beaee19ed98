//! `hotline check`: every problem of the flows, as a good compiler tells them.

use super::folder::{self, Folder};
use crate::flow::read::{Files, is_hotline, load, load_one, near, unknown_hosts};
use crate::flow::source::Problem;
use crate::words::columns::columns_of;
use anyhow::bail;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

/// How problems are told.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs: one object.
    Json,
}

/// Checks the flows of a folder, all or those named; false when there is a problem. `hosts` are those
/// that sources may ask; where no settings name any, none is missed.
///
/// # Errors
/// There is no such folder or no such flow, or nobody takes what is printed.
pub fn run(
    folder: &Path,
    hosts: Option<&[String]>,
    names: &[String],
    format: Format,
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    let Folder { files, mut problems, .. } = folder::read(folder)?;
    let wanted = wanted(folder, names, &files, &problems)?;
    let mut good = BTreeSet::new();
    if names.is_empty() {
        let loaded = load(&files);
        good.extend(loaded.flows.iter().map(|flow| flow.name.to_string()));
        problems.extend(loaded.problems);
    } else {
        problems.retain(|problem| !is_hotline(&problem.file) || wanted.contains(&*problem.file));
        for name in wanted.iter().filter(|name| files.contains_key(*name)) {
            match load_one(&files, name) {
                Ok(flow) => good.extend([flow.name.to_string()]),
                Err(found) => problems.extend(found),
            }
        }
    }
    if let Some(hosts) = hosts {
        let unknown = unknown_hosts(&files, hosts);
        // They share the file that says whom to ask.
        good.retain(|_| unknown.is_empty());
        problems.extend(unknown);
    }
    problems.sort();
    problems.dedup();
    match format {
        Format::Json => json(&good, &problems, out)?,
        Format::Text => {
            for problem in &problems {
                let text = files.get(&*problem.file);
                let line = text.and_then(|text| text.lines().nth(problem.line.saturating_sub(1)));
                tell(folder, problem, line, out)?;
            }
            summary(wanted.len(), &problems, out)?;
        }
    }
    Ok(problems.is_empty())
}

/// The files of the flows asked for, by name, as the file they are in or that of their stories; all
/// when none is.
///
/// # Errors
/// There is no such flow, or no flow at all.
pub(super) fn wanted(
    folder: &Path,
    names: &[String],
    files: &Files,
    unread: &[Problem],
) -> anyhow::Result<BTreeSet<String>> {
    let all = files.keys().map(String::as_str).chain(unread.iter().map(|problem| &*problem.file));
    let all: BTreeSet<&str> = all.filter(|name| is_hotline(name)).collect();
    if all.is_empty() {
        bail!("{} holds no flows; `flows` in the settings names the folder", folder.display());
    }
    if names.is_empty() {
        return Ok(all.into_iter().map(str::to_owned).collect());
    }
    let file = |name: &String| {
        let path = Path::new(name);
        let stem = path.strip_prefix(folder).unwrap_or(path).to_string_lossy();
        let stem = stem.strip_suffix(".stories.yaml").or(stem.strip_suffix(".yaml")).unwrap_or(&stem);
        let file = format!("{stem}.yaml");
        if all.contains(&*file) {
            return Ok(file);
        }
        let known = all.iter().filter_map(|name| name.strip_suffix(".yaml"));
        let hint =
            near(stem, known.clone()).unwrap_or_else(|| format!("there are {}", known.collect::<Vec<_>>().join(", ")));
        bail!("there is no flow `{stem}` in {}; {hint}", folder.display())
    };
    names.iter().map(file).collect()
}

/// Place, problem, the line it is on with a caret, and the mend.
pub(super) fn tell(folder: &Path, problem: &Problem, line: Option<&str>, out: &mut impl Write) -> std::io::Result<()> {
    let Problem { file, line: number, column, code, what, hint } = problem;
    writeln!(out, "{}:{number}:{column}: {what} [{code}]", folder.join(&**file).display())?;
    if let Some(line) = line.filter(|line| !line.trim().is_empty()) {
        let margin = number.to_string().len().max(4);
        let before: String = line.chars().take(column.saturating_sub(1)).map(blank).collect();
        writeln!(out, "{number:>margin$} | {line}")?;
        writeln!(out, "{:>margin$} | {before}^", "")?;
    }
    for line in hint.lines() {
        writeln!(out, "     = {line}")?;
    }
    writeln!(out)
}

/// What takes as much room in a terminal as a letter and shows nothing.
fn blank(c: char) -> &'static str {
    match (c, columns_of(c)) {
        ('\t', _) => "\t",
        (_, 2) => "  ",
        _ => " ",
    }
}

fn summary(flows: usize, problems: &[Problem], out: &mut impl Write) -> std::io::Result<()> {
    let flows = counted(flows, "flow", "flows");
    match problems.len() {
        0 => writeln!(out, "{flows} checked, no problems"),
        n => {
            let files: BTreeSet<&str> = problems.iter().map(|p| &*p.file).collect();
            writeln!(
                out,
                "{flows} checked, {} in {}",
                counted(n, "problem", "problems"),
                counted(files.len(), "file", "files")
            )
        }
    }
}

/// A number of things in words.
pub(super) fn counted(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

fn json(good: &BTreeSet<String>, problems: &[Problem], out: &mut impl Write) -> anyhow::Result<()> {
    let told: Vec<_> = problems.iter().map(told).collect();
    let all = serde_json::json!({ "ok": problems.is_empty(), "flows": good, "problems": told });
    Ok(writeln!(out, "{all:#}")?)
}

/// A problem for programs.
pub(super) fn told(problem: &Problem) -> serde_json::Value {
    let Problem { file, line, column, code, what, hint } = problem;
    serde_json::json!({ "file": file, "line": line, "column": column, "code": code, "what": what, "hint": hint })
}
