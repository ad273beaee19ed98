//! `hotline test`: plays the stories of flows, shows where one went another way, and lists what no
//! story reaches.

use super::check::{Format, counted, tell, told, wanted};
use super::folder::{self, Folder};
use crate::flow::Flow;
use crate::flow::read::{Files, load_one};
use crate::flow::source::Problem;
use crate::play::{self, Failure, Report};
use crate::words::columns::{columns, wrap};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

/// The columns of each side when a story went another way.
const SIDE: usize = 46;

/// Plays the stories of a folder's flows, all or those named; false when one went another way or
/// could not be played.
///
/// # Errors
/// There is no such folder or no such flow, or nobody takes what is printed.
pub fn run(folder: &Path, names: &[String], format: Format, out: &mut impl Write) -> anyhow::Result<bool> {
    let Folder { files, problems: mut unread, .. } = folder::read(folder)?;
    let wanted = wanted(folder, names, &files, &unread)?;
    unread.retain(|problem| {
        let flow = problem.file.strip_suffix(".stories.yaml").map(|stem| format!("{stem}.yaml"));
        wanted.contains(flow.as_deref().unwrap_or(&problem.file))
    });
    let mut problems = unread;
    let mut flows = Vec::new();
    for name in wanted.iter().filter(|name| files.contains_key(*name)) {
        match load_one(&files, name) {
            Ok(flow) => flows.push(Arc::new(flow)),
            Err(found) => problems.extend(found),
        }
    }
    problems.sort();
    problems.dedup();
    let without = |flow: &&Arc<Flow>| !files.contains_key(&play::file_of(flow));
    let without: Vec<&str> = flows.iter().filter(without).map(|flow| flow.name.as_str()).collect();
    let all = Played { reports: play::folder(&files, &flows), without, problems };
    match format {
        Format::Json => writeln!(out, "{:#}", all.json())?,
        Format::Text => all.print(folder, &files, out)?,
    }
    Ok(all.went_well())
}

/// Everything that was played, and what could not be.
struct Played<'f> {
    reports: Vec<Report>,
    /// The flows that have no stories.
    without: Vec<&'f str>,
    /// What is wrong in the flows.
    problems: Vec<Problem>,
}

impl Played<'_> {
    fn went_well(&self) -> bool {
        let well = |report: &Report| report.problems.is_empty() && failures(report).next().is_none();
        self.problems.is_empty() && self.reports.iter().all(well)
    }

    fn print(&self, folder: &Path, files: &Files, out: &mut impl Write) -> io::Result<()> {
        for problem in self.reports.iter().flat_map(|report| &report.problems).chain(&self.problems) {
            let text = files.get(&*problem.file);
            tell(folder, problem, text.and_then(|text| text.lines().nth(problem.line.saturating_sub(1))), out)?;
        }
        for failure in self.reports.iter().flat_map(failures) {
            side_by_side(folder, failure, out)?;
        }
        for report in &self.reports {
            let (all, reached) = report.coverage.count(&report.flow);
            let stories = counted(report.played.len(), "story", "stories");
            writeln!(out, "{}: {stories}, {reached} of {all} steps and choices reached", report.flow.name)?;
            for unreached in report.coverage.unreached(&report.flow) {
                writeln!(out, "    no story reaches {unreached}")?;
            }
        }
        for name in &self.without {
            writeln!(out, "{name}: no stories; write them in {name}.stories.yaml")?;
        }
        self.summary(out)
    }

    fn summary(&self, out: &mut impl Write) -> io::Result<()> {
        let stories: usize = self.reports.iter().map(|report| report.played.len()).sum();
        let flows = counted(self.reports.len(), "flow", "flows");
        write!(out, "{} of {flows} played", counted(stories, "story", "stories"))?;
        let failed = self.reports.iter().flat_map(failures).count();
        let problems = self.problems.len() + self.reports.iter().map(|report| report.problems.len()).sum::<usize>();
        match (failed, problems) {
            (0, 0) => writeln!(out, ", all as written"),
            (failed, 0) => writeln!(out, ", {failed} not as written"),
            (failed, problems) => {
                let problems = counted(problems, "problem", "problems");
                writeln!(out, ", {failed} not as written, and {problems} in the files")
            }
        }
    }

    fn json(&self) -> Value {
        let flow = |report: &Report| {
            let (all, reached) = report.coverage.count(&report.flow);
            json!({
                "flow": report.flow.name,
                "stories": report.played.len(),
                "failures": failures(report).map(failure_json).collect::<Vec<_>>(),
                "problems": report.problems.iter().map(told).collect::<Vec<_>>(),
                "steps_and_choices": all,
                "reached": reached,
                "unreached": report.coverage.unreached(&report.flow),
            })
        };
        json!({
            "ok": self.went_well(),
            "flows": self.reports.iter().map(flow).collect::<Vec<_>>(),
            "without_stories": self.without,
            "problems": self.problems.iter().map(told).collect::<Vec<_>>(),
        })
    }
}

fn failures(report: &Report) -> impl Iterator<Item = &Failure> {
    report.played.iter().filter_map(|(_, played)| played.failure.as_ref())
}

fn failure_json(failure: &Failure) -> Value {
    let Failure { story, file, line, expected, heard } = failure;
    json!({ "story": story, "file": file, "line": line, "expected": expected, "heard": heard })
}

/// Place and story, below it what should have been on the left and what was on the right.
fn side_by_side(folder: &Path, failure: &Failure, out: &mut impl Write) -> io::Result<()> {
    let Failure { story, file, line, expected, heard } = failure;
    writeln!(out, "{}:{line}: {story}", folder.join(file).display())?;
    let side = |title: &str, text: &str| [vec![title.to_owned()], wrap(text, SIDE)].concat();
    let (left, right) = (side("EXPECTED", expected), side("HEARD", heard));
    for row in 0..left.len().max(right.len()) {
        let cell = |side: &[String]| side.get(row).cloned().unwrap_or_default();
        let (left, right) = (cell(&left), cell(&right));
        let gap = " ".repeat(SIDE.saturating_sub(columns(&left)));
        writeln!(out, "{}", format!("    {left}{gap} | {right}").trim_end())?;
    }
    writeln!(out)
}
