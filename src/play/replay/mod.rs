//! Plays recorded calls on another version of their flow: what the caller meant then is done again
//! wherever it is now, what the world answered then is answered again where the same is asked, and
//! what went another way is told. On the version a call was on nothing ever differs.
//!
//! What nobody can know stays unknown: an option that is gone, data that was not asked then.

mod again;
mod meant;
mod names;
mod then;

use meant::Question;
pub use names::Pair;

use crate::call::effect::{Answer, Effect};
use crate::call::event::{Began, Kept};
use crate::call::state::{Ending, State};
use crate::call::step::Trace;
use crate::call::voice::Spoken;
use crate::flow::Flow;
use crate::flow::model::MenuOption;
use crate::words::Lang;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A call as it is kept, as far as it is played again.
#[derive(Clone, PartialEq, Debug)]
pub struct Recorded {
    /// How it began.
    pub began: Began,
    /// Languages nobody could speak where it came in.
    pub mute: Vec<Lang>,
    /// Numbers of fiction could be rung in it.
    pub fiction: bool,
    /// Everything that happened, its beginning first.
    pub rows: Vec<Row>,
}

/// One thing that happened to a call.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// What.
    pub event: Kept,
    /// What the world answered on the way; none where it took too long.
    pub answers: Vec<Option<Answer>>,
    /// What was noted.
    pub trail: Vec<Trace>,
    /// When.
    pub at: Timestamp,
}

/// How a call went on the other version.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Went {
    /// Through the same steps to the same end.
    Same,
    /// Through other steps to the same end.
    Elsewhere,
    /// To another end.
    EndsOtherwise {
        /// How it ended then.
        then: End,
        /// How it ends now.
        now: End,
    },
    /// The caller wants an option that is not there any more.
    OptionGone {
        /// The option's key then.
        key: String,
        /// Its words, in the language of the call.
        words: String,
    },
    /// Something is asked that was not asked then.
    NeedsData(Needed),
    /// It cannot be played again.
    Cannot(Why),
}

/// Where and how a call ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct End {
    /// The last step it was at, as a call names it: `main`, `call-me-back/number`.
    pub step: String,
    /// How; none while it is open.
    pub ending: Option<Ending>,
}

/// What was not asked then.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Needed {
    /// A choice in a menu.
    Choice,
    /// A language.
    Language,
    /// Something typed: the name it goes by.
    Typed(String),
    /// A score.
    Score,
    /// A spoken message.
    Message,
    /// An account.
    Account,
    /// What proves an account: PIN, code, or knowledge.
    Proof,
    /// How a verification ends.
    Verification,
    /// Whether the caller goes on where an earlier call broke off.
    Resume,
    /// Whether the desk of this skill picks up.
    Desk(String),
    /// How long one waits for the desk of this skill.
    Wait(String),
    /// What this source answers.
    Source(String),
    /// What becomes of a request about this.
    Request(String),
    /// What is known of an earlier request.
    Reference,
    /// What becomes of a text message.
    Texting,
}

/// Why a call cannot be played again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// This server cannot read the version it was on: it is in an older language.
    Flow,
    /// This server cannot read what is kept of it.
    Record,
    /// This server takes the same call another way than the one before did.
    Server,
}

/// How a call went, and from where on differently.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Difference {
    /// How it went.
    pub went: Went,
    /// The step, in the old version's names, where it first went another way; where an option is gone or
    /// something is missing, the step in the new version's names. None when nothing differs.
    pub step: Option<String>,
    /// The step it came to there instead, in the new version's names, if any.
    pub now: Option<String>,
}

impl Difference {
    /// A call that cannot be played again.
    pub fn cannot(why: Why) -> Difference {
        Difference { went: Went::Cannot(why), step: None, now: None }
    }
}

/// Plays one call of `old` on `new`. Many calls are played faster by one [`Pair`].
pub fn replay(old: &Flow, new: &Flow, recorded: &Recorded) -> Difference {
    Pair::new(old, new).replay(recorded)
}

impl Recorded {
    /// A call from what is kept of it, row by row: event, answers, state and trail, as JSON, and the
    /// moment in ms. None when this server does not understand it.
    pub fn read<'r>(rows: impl IntoIterator<Item = (&'r str, &'r str, &'r str, &'r str, i64)>) -> Option<Recorded> {
        /// What of the first state follows from nothing else.
        #[derive(Deserialize)]
        struct Beginning {
            #[serde(default)]
            mute: Vec<Lang>,
            #[serde(default)]
            fiction: bool,
        }
        let (mut read, mut first) = (Vec::new(), None);
        for (event, answers, state, trail, at) in rows {
            if first.is_none() {
                first = Some(serde_json::from_str::<Beginning>(state).ok()?);
            }
            read.push(Row {
                event: serde_json::from_str(event).ok()?,
                answers: serde_json::from_str(answers).ok()?,
                trail: serde_json::from_str(trail).ok()?,
                at: Timestamp::from_millisecond(at).ok()?,
            });
        }
        let Some(Row { event: Kept::Began(began) | Kept::Closed(began, _), .. }) = read.first() else { return None };
        let Beginning { mute, fiction } = first?;
        Some(Recorded { began: began.clone(), mute, fiction, rows: read })
    }
}

impl Pair<'_> {
    /// Plays a call of the old version on the new one.
    pub fn replay(&self, recorded: &Recorded) -> Difference {
        let then = match then::then(self, recorded) {
            Ok(then) => then,
            Err(why) => return Difference::cannot(why),
        };
        let now = again::again(self, recorded, &then);
        let there = then.steps.iter().map(|step| self.place(step).unwrap_or(step));
        let first = there.zip(&now.steps).position(|(then, now)| then != now);
        let shorter = then.steps.len().min(now.steps.len());
        let first = first.or((then.steps.len() != now.steps.len()).then_some(shorter));
        let (step, other) = match first {
            Some(at) => (then.steps.get(at).or(then.steps.last()).cloned(), now.steps.get(at).cloned()),
            None => (None, None),
        };
        if let Some((place, stopped)) = now.stopped {
            return Difference { went: stopped, step: Some(place), now: other };
        }
        let same_end =
            now.end.ending == then.end.ending && now.end.step == *self.place(&then.end.step).unwrap_or(&then.end.step);
        match (first, same_end) {
            (None, true) => Difference { went: Went::Same, step: None, now: None },
            (Some(_), true) => Difference { went: Went::Elsewhere, step, now: other },
            (_, false) => {
                let step = step.or_else(|| Some(then.end.step.clone()));
                Difference { went: Went::EndsOtherwise { then: then.end, now: now.end }, step, now: other }
            }
        }
    }
}

impl Pair<'_> {
    /// Whether a call of the old version and one of the new wait for the same.
    pub(super) fn waits_alike(&self, then: &State, now: &State) -> bool {
        let asked = Question::of(self.old, then, |place| self.place(place).cloned());
        asked != Question::Gone && asked == Question::of(self.new, now, |place| Some(place.to_owned()))
    }

    /// What is pressed on the new version for what was pressed on the old one; none: it is not there any more.
    pub(super) fn keys_now(&self, then: &State, keys: &str, now: &State) -> Option<String> {
        meant::keys_now(self, then, keys, now)
    }

    /// The option of a menu of the new version that one of the old version is, in a language; each with its block.
    pub(super) fn option_now<'n>(
        &self,
        old: (usize, &MenuOption),
        new: (usize, &'n [MenuOption]),
        lang: Lang,
    ) -> Option<&'n MenuOption> {
        meant::option_now(self, old, new, lang)
    }
}

/// What is missing where the world has no answer from then.
fn needed(effect: &Effect) -> Needed {
    match effect {
        Effect::Verify { .. } | Effect::Challenge { .. } => Needed::Verification,
        Effect::Lookup { source, .. } | Effect::Act { source, .. } => Needed::Source(source.clone()),
        Effect::FileRequest(new) => Needed::Request(new.topic.clone()),
        Effect::RequestStatus { .. } | Effect::ChangeRequest { .. } => Needed::Reference,
        Effect::Queue { skill } | Effect::PickedUp { skill, .. } => Needed::Wait(skill.clone()),
        Effect::Send { .. } => Needed::Texting,
        Effect::KeepRecording(_) => Needed::Message,
        Effect::Score { .. } => Needed::Score,
        Effect::Preference | Effect::Remember(_) => Needed::Language,
        Effect::Notices => Needed::Source("notices".to_owned()),
    }
}

/// What came of one event of a call.
#[derive(Clone, PartialEq, Debug)]
pub struct Came {
    /// What was asked of the world, and what came back in time.
    pub asked: Vec<(Effect, Option<Answer>)>,
    /// What the caller heard.
    pub said: Vec<Spoken>,
}

/// What came of each event of a call, for whoever tells it.
///
/// # Errors
/// Why it cannot be told.
pub fn came(flow: &Flow, recorded: &Recorded) -> Result<Vec<Came>, Why> {
    let then = then::then(&Pair::new(flow, flow), recorded)?;
    let of = |(at, answer): (usize, Option<Answer>)| Some((then.asked.get(at)?.effect.clone(), answer));
    let came = |reaction: then::Reaction| Came {
        asked: reaction.asks.into_iter().filter_map(of).collect(),
        said: reaction.said,
    };
    Ok(then.reactions.into_iter().map(came).collect())
}
