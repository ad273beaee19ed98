//! The end of what `hotline check` prints: warnings that were answered, numbers, how it went; and all
//! of it for programs.

use super::{Findings, counted, told};
use crate::flow::check::{InLanguage, Numbers, Waived};
use crate::flow::source::Problem;
use crate::play::Explored;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

/// What comes after the problems.
pub fn end(folder: &Path, findings: &Findings, flows: usize, out: &mut impl Write) -> std::io::Result<()> {
    for Waived { problem, why } in &findings.waived {
        let place = folder.join(&*problem.file);
        writeln!(out, "{}:{}: waived: {} [{}]", place.display(), problem.line, problem.what, problem.code)?;
        writeln!(out, "     = {why}")?;
        writeln!(out)?;
    }
    for numbers in &findings.numbers {
        self::numbers(numbers, out)?;
        findings.explored.iter().filter(|explored| explored.flow == numbers.flow).try_for_each(|e| tried(e, out))?;
    }
    summary(flows, &findings.problems, out)
}

fn numbers(numbers: &Numbers, out: &mut impl Write) -> std::io::Result<()> {
    let Numbers { flow, steps, depth, turns, languages } = numbers;
    let deep = counted(*depth as usize, "menu", "menus");
    writeln!(out, "{flow}: {steps} steps, at most {deep} in a row before an answer")?;
    for InLanguage { lang, person, menu, document, call } in languages {
        let mut told = Vec::new();
        told.extend(person.map(|(keys, takes)| {
            format!("a person or a callback after {} and {}", counted(keys as usize, "key", "keys"), seconds(takes))
        }));
        told.extend(menu.as_ref().map(|(step, options, takes)| {
            format!("longest menu `{step}`, {} in {}", counted(*options, "option", "options"), seconds(*takes))
        }));
        told.push(format!("longest speech {}", seconds(*document)));
        told.extend(turns.zip(*call).map(|(turns, call)| {
            format!("a call of at most {turns} turns, {} min if each were the longest", call.div_ceil(60_000))
        }));
        writeln!(out, "    {lang}  {}", told.join("; "))?;
    }
    Ok(())
}

/// What trying every key came to.
fn tried(explored: &Explored, out: &mut impl Write) -> std::io::Result<()> {
    let Explored { steps, choices, states, transitions, deepest, bounds, .. } = explored;
    let whole = match bounds[..] {
        [] => "all of them".to_owned(),
        _ => format!("stopped at the bound of {}", bounds.join(" and ")),
    };
    writeln!(
        out,
        "    tried every key: {transitions} events in {states} states, {whole}; {} of {} steps, {} of {} choices; \
         {deepest} events deep",
        steps.0, steps.1, choices.0, choices.1,
    )
}

/// Seconds, rounded up to tenths.
fn seconds(millis: u64) -> String {
    let tenths = millis.div_ceil(100);
    format!("{}.{} s", tenths / 10, tenths % 10)
}

fn summary(flows: usize, problems: &[Problem], out: &mut impl Write) -> std::io::Result<()> {
    let flows = counted(flows, "flow", "flows");
    let of = |blocks: bool| problems.iter().filter(move |problem| problem.blocks() == blocks);
    let files = |blocks: bool| of(blocks).map(|problem| &*problem.file).collect::<BTreeSet<&str>>().len();
    let mut told = match of(true).count() {
        0 => "no problems".to_owned(),
        n => format!("{} in {}", counted(n, "problem", "problems"), counted(files(true), "file", "files")),
    };
    match of(false).count() {
        0 => {}
        n => told.push_str(&format!(
            ", {} in {}",
            counted(n, "warning", "warnings"),
            counted(files(false), "file", "files")
        )),
    }
    writeln!(out, "{flows} checked, {told}")
}

/// All of it for programs.
pub fn json(findings: &Findings) -> Value {
    let Findings { good, problems, waived, numbers, explored } = findings;
    let waived = waived.iter().map(|Waived { problem, why }| {
        let mut waived = told(problem);
        waived["waiver"] = why.as_str().into();
        waived
    });
    json!({
        "ok": !problems.iter().any(Problem::blocks),
        "flows": good,
        "problems": problems.iter().map(told).collect::<Vec<_>>(),
        "waived": waived.collect::<Vec<_>>(),
        "explored": explored,
        "numbers": numbers.iter().map(numbers_json).collect::<Vec<_>>(),
    })
}

fn numbers_json(numbers: &Numbers) -> Value {
    let Numbers { flow, steps, depth, turns, languages } = numbers;
    let seconds = |millis: u64| millis.div_ceil(100) as f64 / 10.0;
    let language = |InLanguage { lang, person, menu, document, call }: &InLanguage| {
        json!({
            "language": lang,
            "person": person.map(|(keys, takes)| json!({ "keys": keys, "seconds": seconds(takes) })),
            "longest_menu": menu.as_ref().map(|(step, options, takes)| {
                json!({ "step": step, "options": options, "seconds": seconds(*takes) })
            }),
            "longest_speech_seconds": seconds(*document),
            "longest_call_seconds": call.map(seconds),
        })
    };
    json!({
        "flow": flow, "steps": steps, "menus_in_a_row": depth, "turns": turns,
        "languages": languages.iter().map(language).collect::<Vec<_>>(),
    })
}
