//! `hotline check`: every problem of the flows, as a good compiler tells them, and their numbers.

mod print;

use super::folder::{self, AUDIO, Folder};
use crate::call::step::limits;
use crate::config::FlowsAt;
use crate::flow::check::{Around, Numbers, Waived};
use crate::flow::read::{Examined, Files, each_once, examine, is_hotline, load, load_one, near, unknown_hosts};
use crate::flow::source::Problem;
use crate::play::{Bounds, Explored, explore};
use crate::provider::Provider;
use crate::studio::{abilities, missing_audio};
use crate::words::clock;
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

/// What is to be checked, and against what.
pub struct Wanted<'a> {
    /// The flows; all when none is named.
    pub names: &'a [String],
    /// A folder of how they were before: options that moved are warned of.
    pub against: Option<&'a Path>,
    /// Providers by name that calls are to come by, beside those of the settings.
    pub on: &'a [String],
    /// Only reckon: not every key is tried on the engine.
    pub quick: bool,
}

/// Checks the flows of a folder; false when a problem blocks. Where no settings name hosts that sources
/// may ask, none is missed.
///
/// # Errors
/// There is no such folder or no such flow, or nobody takes what is printed.
pub fn run(
    at: &FlowsAt,
    &Wanted { names, against, on, quick }: &Wanted<'_>,
    format: Format,
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    let (folder, hosts) = (at.folder.as_path(), at.hosts.as_deref());
    let providers = abilities(&callable(&at.providers, on)?, at.providers.is_empty() && on.is_empty());
    let Folder { files, mut problems, .. } = folder::read(folder)?;
    let wanted = wanted(folder, names, &files, &problems)?;
    let before = against.map(folder::read).transpose()?.map(|before| before.files).unwrap_or_default();
    if names.is_empty() {
        problems.extend(load(&files).problems.into_iter().filter(|problem| !is_hotline(&problem.file)));
    } else {
        problems.retain(|problem| !is_hotline(&problem.file) || wanted.contains(&*problem.file));
    }
    let unknown = hosts.map(|hosts| unknown_hosts(&files, hosts)).unwrap_or_default();
    let mut findings = Findings::default();
    for name in wanted.iter().filter(|name| files.contains_key(*name)) {
        let previous = if before.contains_key(name) { load_one(&before, name).ok() } else { None };
        let around = Around {
            now: Some(clock::now()),
            providers: &providers,
            previous: previous.as_ref(),
            turns: Some(limits::TURNS),
        };
        let Examined { flow, problems: found, checked } = examine(&files, name, &around);
        let silent = flow.iter().flat_map(|flow| missing_audio(&folder.join(AUDIO), flow)).collect::<Vec<_>>();
        // Sources are shared, so nobody can be served while one of them asks a stranger.
        let flow = flow.filter(|_| silent.is_empty() && unknown.is_empty());
        problems.extend(found.into_iter().chain(silent));
        if let Some(flow) = flow.as_ref().filter(|_| !quick) {
            let mut explored = explore(flow, Bounds::default());
            problems.extend(explored.findings.drain(..).map(Problem::from));
            findings.explored.push(explored);
        }
        findings.waived.extend(checked.waived);
        findings.numbers.extend(checked.numbers.filter(|_| flow.is_some()));
        findings.good.extend(flow.map(|flow| flow.name));
    }
    problems.extend(unknown);
    findings.problems = each_once(problems);
    findings.waived.sort_by(|a, b| a.problem.cmp(&b.problem));
    findings.waived.dedup_by(|a, b| {
        a.problem.file == b.problem.file && a.problem.line == b.problem.line && a.problem.code == b.problem.code
    });
    match format {
        Format::Json => writeln!(out, "{:#}", print::json(&findings))?,
        Format::Text => {
            for problem in &findings.problems {
                let text = files.get(&*problem.file);
                let line = text.and_then(|text| text.lines().nth(problem.line.saturating_sub(1)));
                tell(folder, problem, line, out)?;
            }
            print::end(folder, &findings, wanted.len(), out)?;
        }
    }
    Ok(!findings.problems.iter().any(Problem::blocks))
}

/// All that was found.
#[derive(Default)]
struct Findings {
    /// The flows without a problem that blocks, by name.
    good: BTreeSet<String>,
    problems: Vec<Problem>,
    waived: Vec<Waived>,
    numbers: Vec<Numbers>,
    /// What trying every key came to, for each good flow.
    explored: Vec<Explored>,
}

/// The providers that calls come by: Twilio, where nobody says so.
fn callable(settings: &[Provider], on: &[String]) -> anyhow::Result<Vec<Provider>> {
    let mut all = settings.to_vec();
    for name in on {
        let known = Provider::ALL.iter().copied().filter(|provider| !provider.secret().is_empty());
        let Some(provider) = known.clone().find(|provider| provider.name() == name) else {
            let names: Vec<&str> = known.map(|provider| provider.name()).collect();
            let hint = near(name, names.iter().copied());
            let hint = hint.unwrap_or_else(|| format!("there are {}", names.join(", ")));
            bail!("there is no provider `{name}`; {hint}");
        };
        if !all.contains(&provider) {
            all.push(provider);
        }
    }
    Ok(if all.is_empty() { vec![Provider::Twilio] } else { all })
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

/// Place, problem, the line it is on with a caret, the mend, and the keys that show it.
pub(super) fn tell(folder: &Path, problem: &Problem, line: Option<&str>, out: &mut impl Write) -> std::io::Result<()> {
    let Problem { line: number, column, hint, .. } = problem;
    writeln!(out, "{}", folder.join(problem.headline()).display())?;
    if let Some(line) = line.filter(|line| !line.trim().is_empty()) {
        let margin = number.to_string().len().max(4);
        let before: String = line.chars().take(column.saturating_sub(1)).map(blank).collect();
        writeln!(out, "{number:>margin$} | {line}")?;
        writeln!(out, "{:>margin$} | {before}^", "")?;
    }
    for line in hint.lines() {
        writeln!(out, "     = {line}")?;
    }
    if let Some(keys) = problem.shown_by() {
        writeln!(out, "     = {keys}")?;
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

/// A number of things in words.
pub(super) fn counted(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

/// A problem for programs.
pub(super) fn told(problem: &Problem) -> serde_json::Value {
    let Problem { file, line, column, code, what, hint, severity, keys } = problem;
    let mut told = serde_json::json!({
        "file": file, "line": line, "column": column, "severity": severity.word(), "code": code, "what": what,
        "hint": hint,
    });
    if let Some(keys) = keys {
        told["keys"] = keys.to_vec().into();
    }
    told
}
