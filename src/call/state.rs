//! A call between two turns: a value that is written out after each turn and read back before the
//! next, by this server or another.

use super::Proof;
use super::bookmark::Bookmark;
use super::effect::Effect;
use super::event::{Began, CallStatus, Kept, Now};
use super::voice::Spoken;
use crate::flow::model::Desk;
use crate::flow::{Flow, Value};
use crate::words::{Lang, Level, Phone, Secret};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How long a verification counts.
const VERIFIED_FOR: SignedDuration = SignedDuration::from_mins(10);

/// Where a call is, what it knows, how far its caller is verified, what it waits for.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct State {
    /// The number of the next document; documents are counted from 0.
    pub turn: u32,
    /// How many effects this turn has asked for.
    #[serde(default, skip_serializing_if = "is_default")]
    pub effects: u8,
    /// The language spoken.
    pub lang: Lang,
    /// Languages that nobody can speak where the call came in: they are not offered.
    #[serde(default, skip_serializing_if = "is_default")]
    pub mute: Vec<Lang>,
    /// The caller asked for slower speech and more time.
    #[serde(default, skip_serializing_if = "is_default")]
    pub slow: bool,
    /// How the call began.
    pub began: Began,
    /// Numbers of fiction may be asked to be rung: in trial calls, and where the server says so.
    #[serde(default, skip_serializing_if = "is_default")]
    pub fiction: bool,
    /// Who the caller is, when proved.
    #[serde(default, skip_serializing_if = "is_default")]
    pub verified: Option<Verified>,
    /// Wrong secrets in this call.
    #[serde(default, skip_serializing_if = "is_default")]
    pub wrong_secrets: u8,
    /// Whether the calling number was compared with an account's already.
    #[serde(default, skip_serializing_if = "is_default")]
    pub number_tried: bool,
    /// Internal faults in this call.
    #[serde(default, skip_serializing_if = "is_default")]
    pub faults: u8,
    /// The flow and the sub-flows it is in, innermost last; never empty.
    pub frames: Vec<Frame>,
    /// The caller hung up while a message was taken down: it is kept when it comes, and then the call
    /// is over.
    #[serde(default, skip_serializing_if = "is_default")]
    pub gone: bool,
    /// It could go on where an earlier call broke off.
    #[serde(default, skip_serializing_if = "is_default")]
    pub resumed: bool,
    /// What it is doing.
    pub phase: Phase,
    /// What was said before the prompt since the last answer: `*` says it again.
    #[serde(default, skip_serializing_if = "is_default")]
    pub said: Vec<Spoken>,
    /// How far the caller was verified when it was said: it is for nobody who has proved less.
    #[serde(default, skip_serializing_if = "is_default")]
    pub said_at: Level,
    /// What the caller typed and what was found, by name, for the agent to read.
    #[serde(default, skip_serializing_if = "is_default")]
    pub collected: Vec<(String, String)>,
}

/// A caller whose identity was proved.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Verified {
    /// The account, as registered.
    pub account: String,
    /// What the customer is called.
    pub name: String,
    /// How far.
    pub level: Level,
    /// With what; at level 3 with what came last.
    #[serde(default)]
    pub by: Proof,
    /// When; it counts for ten minutes and never in another call. At level 3 the second proof counts
    /// for both: it was given while the first one counted.
    pub at: Timestamp,
}

/// A flow or sub-flow being walked.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Frame {
    /// Name of the block.
    pub block: String,
    /// Name of the step; in an outer frame the `call` step that is being run.
    pub at: String,
    /// The variables set so far.
    #[serde(default, skip_serializing_if = "is_default")]
    pub vars: BTreeMap<String, Value>,
    /// Menus answered, for `#`; the last one answered is last.
    #[serde(default, skip_serializing_if = "is_default")]
    pub back: Vec<String>,
}

/// What a call is doing.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Waiting for keys.
    Waiting(Wait),
    /// Waiting for the world.
    Looking(Looking),
    /// Over.
    Ended(Ending),
}

/// A wait for keys.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Wait {
    /// What is asked.
    pub stage: Stage,
    /// No-input so far in this wait.
    #[serde(default, skip_serializing_if = "is_default")]
    pub silent: u8,
    /// No-match so far in this wait.
    #[serde(default, skip_serializing_if = "is_default")]
    pub wrong: u8,
}

/// What a wait asks for.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// What the step itself asks: a menu, an `ask`, the language.
    Step,
    /// The account, for a verification.
    Account(Check),
    /// The PIN of the account typed.
    Pin {
        /// The account as typed.
        account: String,
        /// What for.
        check: Check,
    },
    /// The one-time code sent for the account typed.
    Code {
        /// The account as typed.
        account: String,
        /// The challenge it answers.
        challenge: String,
        /// What for.
        check: Check,
    },
    /// Birth date and identity document of the account typed, as one entry.
    Knowledge {
        /// The account as typed.
        account: String,
        /// What for.
        check: Check,
    },
    /// Whether to go on where an earlier call broke off.
    Resume(Box<Bookmark>),
    /// Nothing: a desk rings, and the caller hears how it ends.
    Ringing {
        /// Whose desk.
        skill: String,
        /// Where it is.
        to: Desk,
        /// Since when it rings.
        since: Timestamp,
    },
}

/// A verification under way.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Check {
    /// The level to reach.
    pub level: Level,
    /// It was not the flow's `verify` step that began it but a step that needs the level: then the
    /// call comes back to that step.
    pub detour: bool,
}

/// A wait for the world.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Looking {
    /// What was asked.
    pub effect: Effect,
    /// The verification it belongs to, if it is one.
    pub check: Option<Check>,
    /// The wait that goes on when it is answered, where nothing else depends on the answer.
    #[serde(default, skip_serializing_if = "is_default")]
    pub wait: Option<Wait>,
    /// The turn it was asked in.
    pub turn: u32,
    /// Which effect of that turn it is, counted from 0.
    pub seq: u8,
    /// How often the caller was asked for patience.
    pub fillers: u8,
}

/// How a call ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// We said goodbye and hung up.
    Goodbye,
    /// The caller hung up, or the connection broke.
    HungUp,
    /// It took more turns than a call may.
    TooLong,
    /// An internal fault that could not be got over.
    Fault,
    /// Nothing was heard of it for two hours.
    Silent,
    /// The line was closed when it came in.
    Closed,
}

impl Ending {
    /// The word rows and metrics write.
    pub fn word(self) -> &'static str {
        match self {
            Ending::Goodbye => "goodbye",
            Ending::HungUp => "hung-up",
            Ending::TooLong => "too-long",
            Ending::Fault => "fault",
            Ending::Silent => "silent",
            Ending::Closed => "closed",
        }
    }
}

impl State {
    /// A call before its first step.
    pub fn new(flow: &Flow, began: Began) -> State {
        let offered = |lang: &Lang| flow.languages.contains(lang);
        let lang = began.lang.filter(offered).or(flow.languages.first().copied()).unwrap_or(Lang::EnUs);
        let (block, at) = flow.blocks.first().map_or((String::new(), String::new()), |b| {
            (b.name.clone(), b.steps.get(b.start).map(|s| s.name.clone()).unwrap_or_default())
        });
        State {
            turn: 0,
            effects: 0,
            lang,
            mute: Vec::new(),
            slow: false,
            fiction: began.test,
            began,
            verified: None,
            wrong_secrets: 0,
            number_tried: false,
            faults: 0,
            frames: vec![Frame { block, at, vars: BTreeMap::new(), back: Vec::new() }],
            gone: false,
            resumed: false,
            phase: Phase::Waiting(Wait { stage: Stage::Step, silent: 0, wrong: 0 }),
            said: Vec::new(),
            said_at: Level::L0,
            collected: Vec::new(),
        }
    }

    /// The same call where some languages cannot be spoken. When that is all of them, the words go out
    /// all the same: a wrong voice is better than none.
    pub fn without(mut self, flow: &Flow, mute: Vec<Lang>) -> State {
        if let Some(spoken) = flow.languages.iter().find(|lang| !mute.contains(lang)) {
            self.lang = if mute.contains(&self.lang) { *spoken } else { self.lang };
            self.began.lang = self.began.lang.filter(|lang| !mute.contains(lang));
            self.mute = mute;
        }
        self
    }

    /// Whether callers can have this language here.
    pub fn offers(&self, flow: &Flow, lang: Lang) -> bool {
        flow.languages.contains(&lang) && !self.mute.contains(&lang)
    }

    /// The caller's number, unless withheld.
    pub fn from(&self) -> Option<&Phone> {
        self.began.from.as_ref()
    }

    /// The verification, while it counts.
    pub fn verified(&self, now: Now) -> Option<&Verified> {
        self.verified.as_ref().filter(|v| now.duration_since(v.at) < VERIFIED_FOR)
    }

    /// How far the caller is verified now.
    pub fn level(&self, now: Now) -> Level {
        self.verified(now).map(|v| v.level).unwrap_or_default()
    }

    /// How the call ended, if it has.
    pub fn ending(&self) -> Option<Ending> {
        match self.phase {
            Phase::Ended(ending) => Some(ending),
            _ => None,
        }
    }

    /// Where the call is, for logs and pages: `main`, `call-me-back/confirm`.
    pub fn place(&self) -> String {
        match &self.frames[..] {
            [] => String::new(),
            [main] => main.at.clone(),
            [.., inner] => format!("{}/{}", inner.block, inner.at),
        }
    }

    /// Digits as they may be kept: in full only where the call waits for something that is no
    /// secret; else only how many.
    pub fn keep(&self, digits: &Secret) -> Kept {
        match &self.phase {
            Phase::Waiting(Wait { stage: Stage::Step | Stage::Account(_) | Stage::Resume(_), .. }) => {
                Kept::Digits(digits.reveal().to_owned())
            }
            _ => Kept::Secret(digits.count()),
        }
    }

    /// Ends the call from outside. Returns whether that changed anything: a status moves a call
    /// forward only.
    pub fn end(&mut self, status: CallStatus, ending: Ending) -> bool {
        let moves = status.is_final() && self.ending().is_none();
        if moves {
            self.phase = Phase::Ended(ending);
        }
        moves
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
