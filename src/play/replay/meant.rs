//! What a call waited for, and what its caller meant by what they did there: an option, not its key.

use super::names::{Pair, place_of};
use super::{Needed, Row};
use crate::call::effect::Answer;
use crate::call::event::{Began, CallStatus, DialEnd, Event, Kept, Recording};
use crate::call::state::{Phase, Stage, State, Wait};
use crate::call::step::{Trace, Universal};
use crate::flow::model::{Block, Flow, Kind, MenuOption, Step};
use crate::flow::text::Say;
use crate::words::{Lang, Secret};
use std::mem::{Discriminant, discriminant};

/// What a call waits for, in the new version's names.
#[derive(Clone, PartialEq, Debug)]
pub enum Question {
    /// What a step itself asks, and of which kind it is.
    Step(String, Discriminant<Kind>),
    /// A step that is not there any more.
    Gone,
    /// An account.
    Account,
    /// A PIN.
    Pin,
    /// A one-time code.
    Code,
    /// Birth date and document.
    Knowledge,
    /// Whether to go on where a call broke off.
    Resume,
    /// A desk that rings, of this skill.
    Desk(String),
    /// An answer of the world, while the caller hears a word of patience.
    World,
    /// Nothing any more.
    Nothing,
}

/// What somebody did, or what happened.
#[derive(Clone, PartialEq, Debug)]
pub enum Meant {
    /// The call came in.
    Began(Began),
    /// The call came in on a line that was closed.
    Closed(Vec<(Lang, String)>),
    /// This option of the old version: its block, its step, which one.
    Option(usize, usize, usize),
    /// This language.
    Language(Lang),
    /// These keys. Of a secret there are as many as there were.
    Keys(String),
    /// No key.
    Silence,
    /// The provider came back after an apology.
    Again,
    /// A desk was rung.
    Dialled(DialEnd, u32),
    /// A message was taken down.
    Recorded(Recording),
    /// The call moved on at the provider.
    Status(CallStatus),
}

/// The step a call is at.
pub fn here<'f>(flow: &'f Flow, state: &State) -> Option<(usize, usize, &'f Step)> {
    let frame = state.frames.last()?;
    let (block, step) = flow.find(&frame.block, &frame.at)?;
    Some((block, step, flow.blocks.get(block)?.steps.get(step)?))
}

impl Question {
    /// What a call on a version waits for. `place` tells what its step is called in the new version.
    pub fn of(flow: &Flow, state: &State, place: impl Fn(&str) -> Option<String>) -> Question {
        let stage = match &state.phase {
            Phase::Waiting(Wait { stage, .. }) => stage,
            Phase::Looking(_) => return Question::World,
            Phase::Ended(_) => return Question::Nothing,
        };
        match stage {
            Stage::Step => match (place(&state.place()), here(flow, state)) {
                (Some(place), Some((.., step))) => Question::Step(place, discriminant(&step.kind)),
                _ => Question::Gone,
            },
            Stage::Account(_) => Question::Account,
            Stage::Pin { .. } => Question::Pin,
            Stage::Code { .. } => Question::Code,
            Stage::Knowledge { .. } => Question::Knowledge,
            Stage::Resume(_) => Question::Resume,
            Stage::Ringing { skill, .. } => Question::Desk(skill.clone()),
        }
    }

    /// What is missing where nobody answered this.
    pub fn needed(&self, flow: &Flow, state: &State) -> Needed {
        match self {
            Question::Step(..) | Question::Gone => match here(flow, state).map(|(.., step)| &step.kind) {
                Some(Kind::Ask { into, .. }) => Needed::Typed(into.clone()),
                Some(Kind::Language { .. }) => Needed::Language,
                Some(Kind::Score { .. }) => Needed::Score,
                Some(Kind::Record { .. }) => Needed::Message,
                _ => Needed::Choice,
            },
            Question::Account => Needed::Account,
            Question::Pin | Question::Code | Question::Knowledge => Needed::Proof,
            Question::Resume => Needed::Resume,
            Question::Desk(skill) => Needed::Desk(skill.clone()),
            Question::World | Question::Nothing => Needed::Verification,
        }
    }
}

impl Meant {
    /// What is kept of an event, as it was meant by a caller whose call was in this state.
    pub fn of(flow: &Flow, before: &State, row: &Row) -> Meant {
        match &row.event {
            Kept::Began(began) => Meant::Began(began.clone()),
            Kept::Closed(_, words) => Meant::Closed(words.clone()),
            Kept::Digits(keys) => chosen(flow, before, keys).unwrap_or_else(|| Meant::Keys(keys.clone())),
            Kept::Secret(count) => Meant::Keys(secret(before, row, *count)),
            Kept::Silence => Meant::Silence,
            Kept::Again => Meant::Again,
            Kept::Status(status) => Meant::Status(*status),
            Kept::Dialled(end, talked) => Meant::Dialled(*end, *talked),
            Kept::Recorded(recording) => Meant::Recorded(recording.clone()),
        }
    }

    /// The event it is to a call of the new version. `Err` has the option that is not there.
    pub fn event<'o>(&self, pair: &Pair<'o>, state: &State) -> Result<Event, &'o MenuOption> {
        let keys = |key: usize| Event::Digits(Secret::new(key.to_string()));
        Ok(match self {
            Meant::Began(began) => Event::Began(began.clone()),
            Meant::Closed(words) => Event::Closed(words.clone()),
            Meant::Option(block, step, nth) => {
                let option = option(pair.old, *block, *step, *nth);
                match option.map(|option| (option, key_of(pair, (*block, option), state))) {
                    Some((_, Some(key))) => keys(key.into()),
                    Some((option, None)) => return Err(option),
                    None => Event::Silence,
                }
            }
            Meant::Language(lang) => {
                let nth = pair.new.languages.iter().position(|own| own == lang);
                // Without the language a caller presses what is there for nobody.
                keys(nth.map_or(pair.new.languages.len(), |nth| nth) + 1)
            }
            Meant::Keys(keys) => Event::Digits(Secret::new(keys.as_str())),
            Meant::Silence => Event::Silence,
            Meant::Again => Event::Again,
            Meant::Dialled(end, talked) => Event::Dialled { end: *end, talked: *talked },
            Meant::Recorded(recording) => Event::Recorded(recording.clone()),
            Meant::Status(status) => Event::Status(*status),
        })
    }
}

fn option(flow: &Flow, block: usize, step: usize, nth: usize) -> Option<&MenuOption> {
    match &flow.blocks.get(block)?.steps.get(step)?.kind {
        Kind::Menu { options, .. } => options.get(nth),
        _ => None,
    }
}

/// The option or language that keys were pressed for.
fn chosen(flow: &Flow, state: &State, keys: &str) -> Option<Meant> {
    let Phase::Waiting(Wait { stage: Stage::Step, .. }) = state.phase else { return None };
    let (block, at, step) = here(flow, state)?;
    match &step.kind {
        Kind::Menu { options, .. } => {
            let nth = options.iter().position(|option| keys == option.key.to_string())?;
            Some(Meant::Option(block, at, nth))
        }
        Kind::Language { .. } => {
            let nth = keys.parse::<usize>().ok()?.checked_sub(1)?;
            let lang = *flow.languages.get(nth)?;
            // Pressed as `01` it is the same language, and pressed so again.
            (state.offers(flow, lang) && keys == (nth + 1).to_string()).then_some(Meant::Language(lang))
        }
        _ => None,
    }
}

/// Keys that stand in for a secret: as many, and meaning the same. Whether they were right the world says.
fn secret(before: &State, row: &Row, count: usize) -> String {
    let resent = || {
        let code = matches!(&before.phase, Phase::Waiting(Wait { stage: Stage::Code { .. }, .. }));
        code && count == 2 && matches!(row.answers.first(), Some(Some(Answer::Challenge(_))))
    };
    match row.trail.first() {
        Some(Trace::Universal(Universal::Person)) => "*0".to_owned(),
        Some(Trace::Universal(Universal::Repeat)) => "**".to_owned(),
        Some(Trace::Universal(Universal::Back)) => "#".to_owned(),
        Some(Trace::Universal(Universal::Slower)) => "*9".to_owned(),
        // A star makes it nothing that is ever compared.
        Some(Trace::Wrong) if count > 2 => format!("{}*", "0".repeat(count - 1)),
        _ if resent() => "*1".to_owned(),
        _ => "0".repeat(count),
    }
}

/// What is pressed on the new version for what was pressed on the old one; none: it is not there any more.
pub fn keys_now(pair: &Pair<'_>, then: &State, keys: &str, now: &State) -> Option<String> {
    let Some(meant) = chosen(pair.old, then, keys) else { return Some(keys.to_owned()) };
    if matches!(&meant, Meant::Language(lang) if !pair.new.languages.contains(lang)) {
        return None;
    }
    match meant.event(pair, now) {
        Ok(Event::Digits(keys)) => Some(keys.reveal().to_owned()),
        _ => None,
    }
}

/// The key that an option of the old version has in the menu the new one waits at.
fn key_of(pair: &Pair<'_>, old: (usize, &MenuOption), state: &State) -> Option<u8> {
    let (block, _, Step { kind: Kind::Menu { options, .. }, .. }) = here(pair.new, state)? else { return None };
    option_now(pair, old, (block, options), state.lang).map(|option| option.key)
}

/// Which option of a menu of the new version one of the old version is, each with its block: the one with the same
/// words, else the one that leads to the same step. Of several the one on the same key.
pub fn option_now<'n>(
    pair: &Pair<'_>,
    (block, old): (usize, &MenuOption),
    (new_block, options): (usize, &'n [MenuOption]),
    lang: Lang,
) -> Option<&'n MenuOption> {
    let target = |flow: &Flow, at: usize, go: usize| {
        let block: &Block = flow.blocks.get(at)?;
        Some(place_of(at, block, block.steps.get(go)?))
    };
    let led = target(pair.old, block, old.go).and_then(|place| pair.place(&place).cloned());
    let words = |option: &MenuOption, lang| {
        option.label.get(lang).filter(|_| option.label.get(lang) == old.label.get(lang)).is_some()
    };
    let ranked = options.iter().map(|option| {
        let leads = led.is_some() && target(pair.new, new_block, option.go) == led;
        let spoken = words(option, lang);
        let written = Lang::ALL.into_iter().any(|lang| words(option, lang));
        ((spoken, leads, written, option.key == old.key), option)
    });
    let best = ranked.filter(|((spoken, leads, written, _), _)| *spoken || *leads || *written);
    best.max_by_key(|(rank, _)| *rank).map(|(_, option)| option)
}

/// The words of an option, without what would be filled in.
pub fn words_of(option: &MenuOption, lang: Lang) -> String {
    let text = option.label.get(lang).or_else(|| option.label.0.iter().flatten().next());
    let words = text.into_iter().flatten().map(|say| if let Say::Words(words) = say { words.as_str() } else { "…" });
    words.collect::<String>().trim().to_owned()
}
