//! Which texts were changed of those that a call spoke, as they were and as they are.

use crate::call::step::option_words;
use crate::flow::model::{Flow, Kind, MenuOption, Step};
use crate::flow::text::{Say, Text, Texts};
use crate::play::pure::Scene;
use crate::play::replay::Pair;
use crate::words::Lang;

/// What stands where a text has a hole.
pub const HOLE: char = '\u{0}';

/// A text before and after, with [`HOLE`] for each hole.
pub type Changed = (String, String);

/// A step, in its version and block.
type Here<'f> = (&'f Flow, usize, &'f Step);

/// The texts of the steps that both came through, and of the core's phrases, that are not what they were.
pub fn changed(pair: &Pair<'_>, then: &Scene, now: &Scene) -> Vec<Changed> {
    let mut found = Vec::new();
    let (was, is) = (&pair.old.phrases.0, &pair.new.phrases.0);
    // The frame of an option is told with the option.
    for (name, old) in was.iter().filter(|(name, _)| !name.starts_with("menu.")) {
        let Some(new) = is.get(name) else { continue };
        found.extend(Lang::ALL.into_iter().filter_map(|lang| Some((whole(old.get(lang)?), whole(new.get(lang)?)))));
    }
    let both = then.steps.iter().filter_map(|old| Some((old, pair.place(old).filter(|new| now.steps.contains(new))?)));
    for (old, new) in both.filter(|_| then.lang == now.lang) {
        if let (Some(old), Some(new)) = (at(pair.old, old), at(pair.new, new)) {
            of_step(pair, old, new, now.lang, &mut found);
        }
    }
    found.retain(|(old, new)| old != new);
    found
}

/// The step at a place, as calls name it.
fn at<'f>(flow: &'f Flow, place: &str) -> Option<Here<'f>> {
    let (block, step) = match place.split_once('/') {
        Some((block, step)) => (flow.blocks.iter().skip(1).position(|own| own.name == block)? + 1, step),
        None => (0, place),
    };
    let own = flow.blocks.get(block)?;
    Some((flow, block, own.steps.get(*own.index.get(step)?)?))
}

fn of_step(pair: &Pair<'_>, old: Here<'_>, new: Here<'_>, lang: Lang, found: &mut Vec<Changed>) {
    let mut both = |old: &Texts, new: &Texts| {
        found.extend(old.get(lang).zip(new.get(lang)).map(|(old, new)| (whole(old), whole(new))));
    };
    match (&old.2.kind, &new.2.kind) {
        (Kind::Say { texts: was, .. }, Kind::Say { texts: is, .. })
        | (Kind::HangUp { texts: was }, Kind::HangUp { texts: is })
        | (Kind::Ask { prompt: was, .. }, Kind::Ask { prompt: is, .. })
        | (Kind::Record { prompt: was, .. }, Kind::Record { prompt: is, .. })
        | (Kind::Score { prompt: was, .. }, Kind::Score { prompt: is, .. }) => both(was, is),
        (Kind::Menu { prompt: was, options, .. }, Kind::Menu { prompt: is, options: others, .. }) => {
            if let (Some(was), Some(is)) = (was, is) {
                both(was, is);
            }
            found.extend(options.iter().filter_map(|option| {
                let now = pair.option_now((old.1, option), (new.1, others), lang)?;
                Some((spoken(old.0, option, lang)?, spoken(new.0, now, lang)?))
            }));
        }
        _ => {}
    }
}

/// An option as it is said, with its key.
fn spoken(flow: &Flow, option: &MenuOption, lang: Lang) -> Option<String> {
    Some(option_words(&flow.phrases, option.says, whole(option.label.get(lang)?), option.key, lang))
}

fn whole(text: &Text) -> String {
    let piece = |say: &Say| match say {
        Say::Words(words) => words.clone(),
        Say::Hole(..) => HOLE.to_string(),
    };
    text.iter().map(piece).collect()
}
