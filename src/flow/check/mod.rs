//! What is proved of a flow before any call, and what is warned of: names and types, verification
//! levels on every way, what is set on every way, every step reachable, no loop that a silent caller
//! could go round for ever, a person near everywhere, no secret in an `ask`, menus one can follow,
//! what is around the flow. And its numbers. Knows no clock and no provider: they are handed in.

mod around;
mod counters;
mod edges;
mod levels;
mod marks;
mod menus;
mod names;
mod numbers;
mod paths;
mod person;
mod reached;
mod report;
mod routes;
mod seconds;
mod secrets;
mod tokens;
mod types;
mod unset;
mod ways;

use super::model::{Flow, Kind, TransferStep};
use super::read::near;
use super::source::{Node, Problem};
pub use around::{Ability, Around, no_voice};
pub use numbers::{InLanguage, Numbers};
use report::{Report, Said, Spot};
pub use seconds::words_take;
use std::collections::BTreeMap;

/// A warning that a flow's author has answered in writing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waived {
    /// The warning.
    pub problem: Problem,
    /// Why it is so.
    pub why: String,
}

/// What a check gives beside problems.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Checked {
    /// Warnings answered in writing.
    pub waived: Vec<Waived>,
    /// The flow's numbers; none where it is too broken to count.
    pub numbers: Option<Numbers>,
}

/// Checks a flow whose steps refer to each other correctly, and sets the level each step needs.
/// `problems` are those of reading it.
pub fn check(
    flow: &mut Flow,
    trees: &BTreeMap<&str, Node>,
    files: &[String],
    around: &Around,
    problems: &mut Vec<Problem>,
) -> Checked {
    // Targets that were not found stand for the first step: nothing can be said of ways through it then.
    let whole = problems.is_empty();
    let mut report = Report { trees, files, problems };
    marks::check(&mut report);
    if paths::sub_flow_cycle(flow, &mut report) {
        return Checked::default();
    }
    let variables = names::check(flow, &mut report);
    let needs = levels::needs(flow, &variables);
    for (block, needs) in flow.blocks.iter_mut().zip(needs) {
        for (step, level) in block.steps.iter_mut().zip(needs) {
            step.needs = step.needs.max(level);
        }
    }
    if !flow.hours.is_empty() && !flow.calendars.contains_key(&flow.hours) {
        let what = format!("there is no calendar `{}`", flow.hours);
        let hint = near(&flow.hours, flow.calendars.keys().map(String::as_str));
        let said = Said::block("unknown-calendar", what, hint.unwrap_or("declare it in calendars.yaml".into()));
        report.note(flow, Spot::Top(0, "hours"), said);
    }
    if !whole {
        return Checked::default();
    }
    paths::check(flow, &mut report);
    let ways = ways::Ways::new(flow);
    let seconds = seconds::Seconds::new(flow, &variables);
    reached::check(&ways, &mut report);
    unset::check(&ways, &variables, &mut report);
    person::check(&ways, &seconds, &mut report);
    secrets::check(&ways, &mut report);
    around::check(flow, around, &mut report);
    let waived = menus::check(&ways, &seconds, &mut report);
    let numbers = around.turns.map(|_| numbers::count(&ways, &seconds, around));
    Checked { waived, numbers }
}

/// Every step a step can lead to.
pub fn targets(kind: &Kind) -> Vec<usize> {
    match kind {
        Kind::Say { then, .. }
        | Kind::Notices { then }
        | Kind::Language { then, .. }
        | Kind::Set { then, .. }
        | Kind::Call { then, .. } => vec![*then],
        Kind::Menu { options, otherwise, .. } => options.iter().map(|o| o.go).chain([*otherwise]).collect(),
        Kind::Ask { then, otherwise, .. } => vec![*then, *otherwise],
        Kind::Verify { then, failed, .. } => vec![*then, *failed],
        Kind::Lookup { then, missing, failed, .. } => vec![*then, *missing, *failed],
        Kind::Act { then, pending, failed, .. } => vec![*then, *pending, *failed],
        Kind::When { cases, otherwise } => cases.iter().map(|(_, go)| *go).chain([*otherwise]).collect(),
        Kind::Hours { open, closed, .. } => vec![*open, *closed],
        Kind::Request(request) => vec![request.then, request.refused],
        Kind::Status { then, missing, refused, .. } => vec![*then, *missing, *refused],
        Kind::Change { then, refused, .. } => vec![*then, *refused],
        Kind::Transfer(transfer) => {
            let TransferStep { answered, busy, no_answer, failed, long_wait, .. } = &**transfer;
            [*answered, *busy, *no_answer, *failed].into_iter().chain(*long_wait).collect()
        }
        Kind::Record { then, empty, .. } => vec![*then, *empty],
        Kind::Sms { then, failed, .. } => vec![*then, *failed],
        Kind::Score { then, otherwise, .. } => vec![*then, *otherwise],
        Kind::Return { .. } | Kind::HangUp { .. } => Vec::new(),
    }
}
