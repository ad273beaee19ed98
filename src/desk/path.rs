//! The way of a caller through the menus, in the menus' own words.

use super::PathStep;
use crate::call::step::{Trace, Universal};
use crate::flow::Flow;
use crate::flow::model::{Kind, MenuOption};
use crate::flow::text::{Say, Texts};
use crate::words::Lang;

/// What a caller did on a version of a flow, from what `step` noted. Words are in `lang`, else in the
/// flow's first language; what would be filled in when it is said is left out.
pub(super) fn path(flow: Option<&Flow>, trail: &[Trace], lang: Lang) -> Vec<PathStep> {
    let mut path = Vec::new();
    let mut place = "";
    for trace in trail {
        match trace {
            Trace::Step(step) => place = step,
            Trace::Key(key) => {
                let chosen = flow.and_then(|flow| words(flow, option(flow, place, key)?, lang));
                path.extend(chosen.map(PathStep::Chosen));
            }
            // What was said once more tells nothing of what somebody wants.
            Trace::Universal(Universal::Repeat) => {}
            Trace::Universal(key) => path.push(PathStep::Pressed(*key)),
            Trace::Verified(level) => path.push(PathStep::Verified(*level)),
            Trace::NotVerified(why) if why != "needed" => path.push(PathStep::NotVerified),
            _ => {}
        }
    }
    path
}

/// The option of a key in the menu at a place: a step of the line's own, or `sub-flow/step`.
fn option<'f>(flow: &'f Flow, place: &str, key: &str) -> Option<&'f MenuOption> {
    let (block, step) = match place.split_once('/') {
        Some((block, step)) => (flow.blocks.iter().find(|b| b.name == block)?, step),
        None => (flow.blocks.first()?, place),
    };
    let step = block.steps.get(*block.index.get(step)?)?;
    let Kind::Menu { options, .. } = &step.kind else { return None };
    options.iter().find(|option| key.parse() == Ok(option.key))
}

fn words(flow: &Flow, option: &MenuOption, lang: Lang) -> Option<String> {
    let plain = |label: &Texts, lang| {
        let said = label.get(lang)?.iter();
        let words: String =
            said.filter_map(|say| if let Say::Words(words) = say { Some(&**words) } else { None }).collect();
        Some(words.trim().to_owned()).filter(|words| !words.is_empty())
    };
    plain(&option.label, lang).or_else(|| plain(&option.label, *flow.languages.first()?))
}
