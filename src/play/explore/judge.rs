//! What is wrong with one turn of a call, whatever led to it.

use super::acts::Act;
use super::graph::check_of;
use super::values;
use crate::call::effect::{Effect, Recipient};
use crate::call::event::Now;
use crate::call::state::{Ending, Phase, Stage, State};
use crate::call::step::Trace;
use crate::call::voice::Next;
use crate::call::{Outcome, Turn};
use crate::flow::model::{Flow, Kind};
use crate::words::Level;
use std::collections::HashMap;

/// Something wrong: a code, the place, a sentence.
pub struct Wrong {
    /// A short fixed name of the kind.
    pub code: &'static str,
    /// Block and step.
    pub at: Option<(usize, usize)>,
    /// What is wrong.
    pub what: String,
}

/// Judges turns.
pub struct Judge<'f> {
    flow: &'f Flow,
    /// Places as trails name them.
    places: HashMap<String, (usize, usize)>,
    marks: Vec<(Level, String)>,
}

impl<'f> Judge<'f> {
    /// For the calls of a flow.
    pub fn new(flow: &'f Flow, now: Now) -> Judge<'f> {
        let mut places = HashMap::new();
        for (b, block) in flow.blocks.iter().enumerate() {
            for (s, step) in block.steps.iter().enumerate() {
                let place = if b == 0 { step.name.clone() } else { format!("{}/{}", block.name, step.name) };
                places.insert(place, (b, s));
            }
        }
        let levels = flow.sources.values().map(|source| source.level).chain([Level::L2]).collect();
        Judge { flow, places, marks: values::marks(&levels, now) }
    }

    /// The block and step of a place as trails name it.
    pub fn place(&self, place: &str) -> Option<(usize, usize)> {
        self.places.get(place).copied()
    }

    /// Everything wrong with a turn at a moment.
    pub fn judge(&self, before: &State, act: &Act, turn: &Turn, now: Now) -> Vec<Wrong> {
        let mut wrongs = Vec::new();
        let mut at = self.place(&before.place());
        let mut level = before.level(now);
        // Who was verified and is no more is asked again in the middle of a call; that is no mistake.
        let mut expired = matches!(act, Act::Expires) || before.verified.is_some() && level == Level::L0;
        let mut asked = expired
            || matches!(&before.phase, Phase::Waiting(wait) if check_of(&wait.stage).is_some())
            || matches!(&before.phase, Phase::Looking(looking) if looking.check.is_some());
        for trace in &turn.trail {
            let mut wrong = |code, what: String| wrongs.push(Wrong { code, at, what });
            match trace {
                Trace::Verified(reached) => (level, expired) = (*reached, false),
                Trace::Step(place) => {
                    at = self.place(place);
                    let step = at.and_then(|(b, s)| self.flow.blocks.get(b)?.steps.get(s));
                    let Some(step) = step else { continue };
                    if step.needs > level && !expired && !matches!(step.kind, Kind::Verify { .. }) {
                        asked = true;
                        let what = format!(
                            "a caller verified to level {level} comes to `{}`, which needs level {}",
                            step.name, step.needs
                        );
                        wrongs.push(Wrong { code: "below-level", at, what });
                    }
                }
                Trace::Unset(name) if name.is_empty() => wrong("unset", "something not known is spoken".into()),
                Trace::Unset(name) => wrong("unset", format!("`{name}` is spoken and not set on this way")),
                Trace::Wordless => {
                    wrong("no-words", format!("a text says nothing in {}", turn.state.lang));
                }
                Trace::Fault(name) => wrong("fault", fault(name)),
                _ => {}
            }
        }
        self.net(turn, asked, at, &mut wrongs);
        self.words(turn, level, at, &mut wrongs);
        self.sent(turn, level, at, &mut wrongs);
        wrongs
    }

    /// A verification begun by no `verify` step, for a number that is not the caller's own.
    fn net(&self, turn: &Turn, asked: bool, at: Option<(usize, usize)>, wrongs: &mut Vec<Wrong>) {
        if let (Phase::Waiting(wait), false) = (&turn.state.phase, asked)
            && let Stage::Account(check) = &wait.stage
            && check.detour
        {
            let what = format!("a caller is asked who is calling in the middle of `{}`", turn.state.place());
            wrongs.push(Wrong { code: "below-level", at, what });
        }
    }

    /// What is asked of the world, and written to a number that may be forged.
    fn sent(&self, turn: &Turn, level: Level, at: Option<(usize, usize)>, wrongs: &mut Vec<Wrong>) {
        let Outcome::Ask(effect, _) = &turn.outcome else { return };
        let what = match effect {
            Effect::Send { to: Recipient::Caller, text }
                if self.marks.iter().any(|(_, words)| text.contains(words)) =>
            {
                "what needs proof is written to the number that calls".to_owned()
            }
            Effect::Lookup { source, .. } | Effect::Act { source, .. } => {
                let needs = self.flow.sources.get(source).map(|source| source.level).unwrap_or_default();
                if needs <= level {
                    return;
                }
                format!("`{source}` needs level {needs} and is asked for a caller verified to level {level}")
            }
            _ => return,
        };
        wrongs.push(Wrong { code: "leak", at, what });
    }

    /// What is heard.
    fn words(&self, turn: &Turn, level: Level, at: Option<(usize, usize)>, wrongs: &mut Vec<Wrong>) {
        let Outcome::Say(voice) = &turn.outcome else { return };
        let mut wrong = |code, what: String| wrongs.push(Wrong { code, at, what });
        if voice.says.iter().all(|said| said.words.trim().is_empty()) {
            wrong("silent", "the caller hears nothing".into());
        }
        for (mark, words) in &self.marks {
            if *mark > level && voice.says.iter().any(|said| said.words.contains(words)) {
                let what = format!("what needs level {mark} is heard by a caller verified to level {level}");
                wrong("leak", what);
                break;
            }
        }
        if voice.next == Next::HangUp && turn.state.ending() != Some(Ending::Goodbye) {
            wrong("no-goodbye", "the call ends without a goodbye".into());
        }
    }
}

/// A fault in words.
fn fault(name: &str) -> String {
    match name {
        "steps-a-turn" => "the call goes round without saying or asking anything".into(),
        "denied-needs-level" => "where a failed verification leads needs a verification itself".into(),
        "frames" => "sub-flows call each other too deeply".into(),
        "return-outside" => "`return` is outside of a sub-flow".into(),
        other => format!("the call meets the internal fault `{other}`"),
    }
}
