//! What makes a menu hard to use: too many choices, too deep, too long, keys out of order. Only
//! warned of, because a broad clear menu can be the better one: a written waiver silences them.

use super::Waived;
use super::report::{Report, Said, Spot};
use super::routes::nearest;
use super::seconds::{Millis, Seconds, told};
use super::ways::{LEVELS, Ways, block_of};
use crate::flow::model::{Flow, Kind, MenuOption};
use crate::words::Lang;
use std::collections::VecDeque;

/// Options a menu has at most.
const OPTIONS: usize = 5;
/// Menus to any answer.
const DEPTH: u32 = 3;
/// Before the first choice.
const FIRST: Millis = 8_000;
/// A whole menu.
const WHOLE: Millis = 30_000;

/// Warns of menus, and gives the warnings that are waived.
pub fn check(ways: &Ways, seconds: &Seconds, report: &mut Report) -> Vec<Waived> {
    let flow = ways.flow;
    let depths = depths(flow);
    let mut waived = Vec::new();
    for (b, block) in flow.blocks.iter().enumerate() {
        for (s, step) in block.steps.iter().enumerate() {
            let Kind::Menu { options, waiver, .. } = &step.kind else { continue };
            let found = of_menu(flow, seconds, (b, s), options, depths[b][s].map(|depth| depth + 1));
            let spot = Spot::Step(b, s);
            match waiver {
                None if found.is_empty() => {}
                None => {
                    let contexts = ways.contexts().filter(|context| block_of(*context) == b);
                    let nodes = contexts.flat_map(|c| (s * LEVELS..(s + 1) * LEVELS).map(move |at| (c, at)));
                    let route = nearest(ways, nodes);
                    for said in found {
                        report.note(flow, spot, said.shown(route.as_ref()));
                    }
                }
                // A sub-flow's may be meant for the languages of another hotline.
                Some(_) if found.is_empty() && b > 0 => {}
                Some(_) if found.is_empty() => {
                    let what = format!("the menu `{}` has a waiver and needs none", step.name);
                    report.note(flow, Spot::Holding(b, s, "waiver"), Said::warn("waiver", what, "leave `waiver:` out"));
                }
                Some(why) => {
                    waived.extend(
                        found
                            .into_iter()
                            .map(|said| Waived { problem: report.problem(flow, spot, said), why: why.clone() }),
                    );
                }
            }
        }
    }
    waived
}

fn of_menu(
    flow: &Flow,
    seconds: &Seconds,
    (b, s): (usize, usize),
    options: &[MenuOption],
    depth: Option<u32>,
) -> Vec<Said> {
    let step = &flow.blocks[b].steps[s];
    let (name, kind) = (&step.name, &step.kind);
    let mut found = Vec::new();
    let mut warn = |code, what: String, hint: &str| found.push(Said::warn(code, what, hint));
    if options.len() > OPTIONS {
        let what =
            format!("the menu `{name}` has {} options; more than {OPTIONS} are hard to keep in mind", options.len());
        warn("menu-size", what, "lead some of them to a menu of their own, or say why not in `waiver:`");
    }
    if let Some(depth) = depth.filter(|depth| *depth > DEPTH) {
        let what = format!("`{name}` is the {} menu in a row before any answer; {DEPTH} are plenty", ordinal(depth));
        warn("menu-depth", what, "offer its choices further up, or say why not in `waiver:`");
    }
    let slowest = |take: &dyn Fn(Lang) -> Millis| {
        flow.languages.iter().map(|lang| (take(*lang), *lang)).max_by_key(|(takes, _)| *takes)
    };
    let prompt = |lang| match kind {
        Kind::Menu { prompt: Some(prompt), .. } => seconds.text(b, prompt, lang),
        _ => 0,
    };
    if let Some((takes, lang)) = slowest(&prompt).filter(|(takes, _)| *takes > FIRST) {
        let what = format!(
            "the menu `{name}` speaks for {} s before its first choice (in {lang}); callers listen for {} s",
            told(takes),
            FIRST / 1000
        );
        warn("menu-first", what, "shorten `prompt:`, or say it in a step of its own behind the choice");
    }
    if let Some((takes, lang)) = slowest(&|lang| seconds.step(b, kind, lang)).filter(|(takes, _)| *takes > WHOLE) {
        let what = format!(
            "the menu `{name}` takes {} s to say (in {lang}); more than {} s is too long to remember",
            told(takes),
            WHOLE / 1000
        );
        warn("menu-length", what, "shorten its labels, or say why not in `waiver:`");
    }
    let keys: Vec<u8> = options.iter().map(|option| option.key).collect();
    if !keys.iter().copied().eq((1..=8).take(keys.len())) {
        let keys: Vec<String> = keys.iter().map(u8::to_string).collect();
        let what = format!("the menu `{name}` says its keys as {}", keys.join(", "));
        warn("menu-keys", what, "number the options 1, 2, 3 in the order they are said, without gaps");
    }
    found
}

fn ordinal(n: u32) -> String {
    match n {
        1 => "1st".into(),
        2 => "2nd".into(),
        3 => "3rd".into(),
        n => format!("{n}th"),
    }
}

/// The most menus in a row before an answer, over all menus.
pub fn deepest(flow: &Flow) -> u32 {
    let depths = depths(flow);
    let menus = flow.blocks.iter().zip(&depths).flat_map(|(block, depths)| block.steps.iter().zip(depths));
    let menus = menus.filter(|(step, _)| matches!(step.kind, Kind::Menu { .. }));
    menus.filter_map(|(_, depth)| *depth).max().map_or(0, |depth| depth + 1)
}

/// By block and step: the fewest menus answered in a row on a way there, since anything else was
/// said, asked or done. Silence chooses nothing and counts as no way.
fn depths(flow: &Flow) -> Vec<Vec<Option<u32>>> {
    let mut depths: Vec<Vec<Option<u32>>> = flow.blocks.iter().map(|block| vec![None; block.steps.len()]).collect();
    let Some(main) = flow.blocks.first() else { return depths };
    let mut todo: VecDeque<(usize, usize, u32)> = [main.start, flow.person, flow.denied].map(|s| (0, s, 0)).into();
    // Fewer menus come first: a way that adds one is put last, any other first.
    while let Some((b, s, depth)) = todo.pop_front() {
        if depths[b][s].is_some_and(|known| known <= depth) {
            continue;
        }
        depths[b][s] = Some(depth);
        match &flow.blocks[b].steps[s].kind {
            Kind::Menu { options, .. } => todo.extend(options.iter().map(|option| (b, option.go, depth + 1))),
            Kind::Call { block, then, .. } => {
                todo.push_front((*block, flow.blocks[*block].start, depth));
                todo.push_front((b, *then, 0));
            }
            kind @ (Kind::Set { .. } | Kind::When { .. } | Kind::Hours { .. } | Kind::Language { .. }) => {
                super::targets(kind).into_iter().for_each(|go| todo.push_front((b, go, depth)));
            }
            kind => super::targets(kind).into_iter().for_each(|go| todo.push_front((b, go, 0))),
        }
    }
    depths
}

/// The longest menu in a language: its step, options and seconds.
pub fn longest(flow: &Flow, seconds: &Seconds, lang: Lang) -> Option<(String, usize, Millis)> {
    let menus = flow.blocks.iter().enumerate().flat_map(|(b, block)| block.steps.iter().map(move |step| (b, step)));
    let takes = menus.filter_map(|(b, step)| match &step.kind {
        Kind::Menu { options, .. } => Some((step.name.clone(), options.len(), seconds.step(b, &step.kind, lang))),
        _ => None,
    });
    takes.max_by_key(|(_, _, takes)| *takes)
}
