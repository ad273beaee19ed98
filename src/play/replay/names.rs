//! Two versions of a flow beside each other: which step of the one is which of the other. Steps of
//! the same name are the same; of the others those are that say or do just the same, or that alone
//! are left over.

use crate::flow::model::{Block, Flow, Kind, Step};
use std::collections::HashMap;
use std::mem::discriminant;

/// Two versions of a flow.
pub struct Pair<'f> {
    /// The one calls were on.
    pub(in crate::play) old: &'f Flow,
    /// The one they are played on.
    pub(in crate::play) new: &'f Flow,
    /// What steps of the old one are called in the new one.
    places: HashMap<String, String>,
}

impl<'f> Pair<'f> {
    /// Finds for each step of `old` the one in `new`.
    pub fn new(old: &'f Flow, new: &'f Flow) -> Pair<'f> {
        let mut places = HashMap::new();
        for (at, block) in old.blocks.iter().enumerate() {
            // The line's own steps stay its own, whatever it is called.
            let other =
                if at == 0 { new.blocks.first() } else { new.blocks[1..].iter().find(|b| b.name == block.name) };
            let Some(other) = other else { continue };
            for (then, now) in same_steps(block, other) {
                places.insert(place_of(at, block, then), place_of(at, other, now));
            }
        }
        Pair { old, new, places }
    }

    /// What a step of the old version is called in the new one; none when it is not there.
    pub fn place(&self, old: &str) -> Option<&String> {
        self.places.get(old)
    }
}

/// A place as a call names it.
pub(super) fn place_of(at: usize, block: &Block, step: &Step) -> String {
    if at == 0 { step.name.clone() } else { format!("{}/{}", block.name, step.name) }
}

fn same_steps<'s>(old: &'s Block, new: &'s Block) -> Vec<(&'s Step, &'s Step)> {
    let named = |block: &'s Block, name: &str| block.index.get(name).and_then(|at| block.steps.get(*at));
    let mut same: Vec<_> = old.steps.iter().filter_map(|step| Some((step, named(new, &step.name)?))).collect();
    let mut left: Vec<&Step> = old.steps.iter().filter(|step| !new.index.contains_key(&step.name)).collect();
    let mut come: Vec<&Step> = new.steps.iter().filter(|step| !old.index.contains_key(&step.name)).collect();
    let only = |steps: &[&'s Step], like: &str| {
        let mut found = steps.iter().filter(|step| likeness(&step.kind).is_some_and(|own| own == like));
        found.next().copied().filter(|_| found.next().is_none())
    };
    let alike: Vec<(&Step, &Step)> = left
        .iter()
        .filter_map(|step| {
            let like = likeness(&step.kind)?;
            Some((only(&left, &like)?, only(&come, &like)?))
        })
        .collect();
    left.retain(|step| alike.iter().all(|(then, _)| then.name != step.name));
    come.retain(|step| alike.iter().all(|(_, now)| now.name != step.name));
    same.extend(alike);
    if let ([then], [now]) = (&left[..], &come[..])
        && discriminant(&then.kind) == discriminant(&now.kind)
    {
        same.push((then, now));
    }
    same
}

/// What a step says or does, without where it leads; none for kinds that are often alike.
fn likeness(kind: &Kind) -> Option<String> {
    Some(match kind {
        Kind::Say { texts, .. } => format!("say {texts:?}"),
        Kind::Menu { prompt, options, .. } => {
            let labels: Vec<_> = options.iter().map(|option| &option.label).collect();
            format!("menu {prompt:?} {labels:?}")
        }
        Kind::Ask { into, prompt, .. } => format!("ask {into} {prompt:?}"),
        Kind::Lookup { source, into, .. } => format!("lookup {source} {into}"),
        Kind::Act { source, .. } => format!("act {source}"),
        Kind::Hours { calendar, .. } => format!("hours {calendar}"),
        Kind::Language { .. } => "language".to_owned(),
        Kind::Request(request) => format!("request {:?} {:?}", request.kind, request.topic),
        Kind::Record { into, prompt, .. } => format!("record {into} {prompt:?}"),
        Kind::Sms { texts, .. } => format!("sms {texts:?}"),
        Kind::Score { category, prompt, .. } => format!("score {category:?} {prompt:?}"),
        Kind::HangUp { texts } => format!("hangup {texts:?}"),
        Kind::Verify { .. }
        | Kind::When { .. }
        | Kind::Notices { .. }
        | Kind::Change { .. }
        | Kind::Status { .. }
        | Kind::Set { .. }
        | Kind::Call { .. }
        | Kind::Return { .. }
        | Kind::Transfer(_) => return None,
    })
}
