//! A flow as the engine walks it: blocks of steps, with everything they refer to beside them, so
//! that a call can keep its version to the end.

mod promise;
mod source;
mod steps;

use super::expr::Expr;
use super::hours::Calendar;
use super::text::Texts;
use super::value::{Type, Typing};
use crate::words::phone::Country;
use crate::words::{Lang, Level};
pub use source::{Origin, Source};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;
pub use steps::*;

/// One hotline, loaded and linked: its own steps, those of its sub-flows, calendars, sources and
/// the words the core speaks. Known by the digest of all their texts.
#[derive(Debug)]
pub struct Flow {
    /// Name, as in `flows/NAME.yaml`.
    pub name: String,
    /// SHA-256 over the texts it was made from, in hex.
    pub digest: Arc<str>,
    /// The texts it was made from, name and content, so that a version can be made again.
    pub files: Vec<(String, String)>,
    /// What the line is called, per language.
    pub title: Texts,
    /// Languages offered; the first is the default.
    pub languages: Vec<Lang>,
    /// Where `0` leads: a step of the main block.
    pub person: usize,
    /// Where a verification that was needed and failed leads: a step of the main block.
    pub denied: usize,
    /// Agents' hours: the name of a calendar.
    pub hours: String,
    /// Whose numbers may be called back, first one is where numbers are dialled from.
    pub countries: Vec<Country>,
    /// How soon an agent calls back, per priority.
    pub promises: [Duration; 4],
    /// Where `transfer` rings, by skill; `general` is for every skill that has no desk of its own.
    pub desks: BTreeMap<String, Desk>,
    /// How level 2 is proved.
    pub identity: Identity,
    /// The line's own steps first, then its sub-flows'.
    pub blocks: Vec<Block>,
    /// All calendars, by name.
    pub calendars: BTreeMap<String, Calendar>,
    /// All sources, by name.
    pub sources: BTreeMap<String, Source>,
    /// What the core itself says.
    pub phrases: Phrases,
}

/// A main flow or a sub-flow.
#[derive(Debug)]
pub struct Block {
    /// Name of the file it came from.
    pub name: String,
    /// Index of the step it begins with.
    pub start: usize,
    /// The steps, in the order of the file.
    pub steps: Vec<Step>,
    /// Index of each step by name.
    pub index: HashMap<String, usize>,
    /// Arguments of a sub-flow, in order.
    pub takes: Vec<(String, Param)>,
    /// Results of a sub-flow.
    pub gives: BTreeMap<String, Type>,
}

/// An argument: its type, and whether a bare word is meant literally.
#[derive(Clone, PartialEq, Debug)]
pub struct Param {
    /// What it holds.
    pub holds: Type,
    /// `topic: payment` means the word "payment", not a variable.
    pub literal: bool,
}

/// One step.
#[derive(Debug)]
pub struct Step {
    /// Its name, unique in the block.
    pub name: String,
    /// Where it stands in the file: first and last line, counted from 1.
    pub lines: (usize, usize),
    /// The level a caller must have to be here: what the step says, or the highest level of what
    /// it speaks, sends or acts on.
    pub needs: Level,
    /// What it does.
    pub kind: Kind,
    /// Recordings heard instead of all its words, per language: names of files in `audio/`, indexed
    /// by `Lang as usize`. The words stay beside them, for phones that show and for checks.
    pub audio: [Option<Arc<str>>; 4],
}

/// A place to go on: index of a step in the same block.
pub type Go = usize;

/// What a step does.
#[derive(Debug)]
pub enum Kind {
    /// Speaks and goes on.
    Say {
        /// The words.
        texts: Texts,
        /// Whether keys cut it short; off only for short legal notices.
        barge_in: bool,
        /// Next.
        then: Go,
    },
    /// Offers options on keys 1 to 8.
    Menu {
        /// Words before the options.
        prompt: Option<Texts>,
        /// The options, in spoken order.
        options: Vec<MenuOption>,
        /// After the tries.
        otherwise: Go,
        /// Why it is as it is, where the check would warn of it.
        waiver: Option<String>,
    },
    /// Takes typed digits into a variable.
    Ask {
        /// The variable.
        into: String,
        /// What is typed.
        typing: Typing,
        /// The question.
        prompt: Texts,
        /// After a good answer.
        then: Go,
        /// After the tries.
        otherwise: Go,
    },
    /// Brings the caller to a level.
    Verify {
        /// The level wanted.
        level: Level,
        /// Reached.
        then: Go,
        /// Not reached.
        failed: Go,
    },
    /// Reads from a source.
    Lookup {
        /// Name of the source.
        source: String,
        /// Arguments.
        with: Vec<(String, Expr)>,
        /// The variable that takes the record.
        into: String,
        /// Found.
        then: Go,
        /// There is no such thing.
        missing: Go,
        /// The source did not answer in time or at all.
        failed: Go,
    },
    /// Does something at the wallet, exactly once.
    Act {
        /// Name of the source.
        source: String,
        /// Arguments.
        with: Vec<(String, Expr)>,
        /// Done.
        then: Go,
        /// Accepted, not done yet.
        pending: Go,
        /// Not done.
        failed: Go,
    },
    /// Branches on conditions.
    When {
        /// Conditions in order; the first true one wins.
        cases: Vec<(Expr, Go)>,
        /// None was true.
        otherwise: Go,
    },
    /// Branches on a calendar.
    Hours {
        /// Name of the calendar.
        calendar: String,
        /// Open now.
        open: Go,
        /// Closed now.
        closed: Go,
    },
    /// Speaks the notices that are active.
    Notices {
        /// Next.
        then: Go,
    },
    /// Changes or cancels an earlier request.
    Change {
        /// Its reference as typed.
        reference: Expr,
        /// The new window; none: it is cancelled.
        window: Option<Expr>,
        /// Changed.
        then: Go,
        /// There is none that this caller may change.
        refused: Go,
    },
    /// Lets the caller choose a language.
    Language {
        /// Ask only when the number has no language yet.
        once: bool,
        /// Next.
        then: Go,
    },
    /// Records something an agent must do.
    Request(Box<RequestStep>),
    /// Looks an earlier request up by its reference.
    Status {
        /// The digits typed.
        reference: Expr,
        /// The variable that takes the record: `state`, `due`, `overdue`, `kind`.
        into: String,
        /// Found.
        then: Go,
        /// No such reference.
        missing: Go,
        /// Too many guesses.
        refused: Go,
    },
    /// Sets variables.
    Set {
        /// Variable and value, in order.
        values: Vec<(String, Expr)>,
        /// Next.
        then: Go,
    },
    /// Runs a sub-flow.
    Call {
        /// Index of its block.
        block: usize,
        /// Arguments.
        with: Vec<(String, Expr)>,
        /// What of this call's an agent should see.
        note: Vec<(String, Expr)>,
        /// The variable that takes its results.
        into: Option<String>,
        /// Next.
        then: Go,
    },
    /// Ends a sub-flow with its results.
    Return {
        /// Result and value.
        values: Vec<(String, Expr)>,
    },
    /// Puts the caller through to the desk of a skill.
    Transfer(Box<TransferStep>),
    /// Takes down a short spoken message.
    Record {
        /// The variable that takes the recording's id.
        into: String,
        /// What to say, and what is done with it.
        prompt: Texts,
        /// The longest message.
        limit: Duration,
        /// Something was said.
        then: Go,
        /// Nothing was said.
        empty: Go,
    },
    /// Sends a text message.
    Sms {
        /// What it says.
        texts: Texts,
        /// To the number registered for the verified account instead of the calling one.
        registered: bool,
        /// It is on its way.
        then: Go,
        /// It cannot be sent: no number, too many, or sending is off.
        failed: Go,
    },
    /// Has the caller judge the service on keys 1 to 5.
    Score {
        /// The variable that takes the score.
        into: String,
        /// The question.
        prompt: Texts,
        /// What is judged; scores are counted by it.
        category: Expr,
        /// A score was given.
        then: Go,
        /// None was.
        otherwise: Go,
    },
    /// Ends the call.
    HangUp {
        /// The goodbye.
        texts: Texts,
    },
}

impl Kind {
    /// The variable a step gives a value to by its `into`.
    pub fn into(&self) -> Option<&str> {
        match self {
            Kind::Ask { into, .. }
            | Kind::Lookup { into, .. }
            | Kind::Status { into, .. }
            | Kind::Record { into, .. }
            | Kind::Score { into, .. } => Some(into),
            Kind::Call { into, .. } => into.as_deref(),
            Kind::Transfer(transfer) => transfer.into.as_deref(),
            Kind::Request(request) => Some(&request.into),
            _ => None,
        }
    }
}

/// What the core itself says, by name: `menu.for`, `no-input.1`, `verify.pin`, ….
#[derive(Debug, Default)]
pub struct Phrases(pub BTreeMap<String, Texts>);

impl Flow {
    /// The step of a block by name.
    pub fn find(&self, block: &str, step: &str) -> Option<(usize, usize)> {
        let block_at = self.blocks.iter().position(|b| b.name == block)?;
        let step_at = *self.blocks.get(block_at)?.index.get(step)?;
        Some((block_at, step_at))
    }
}
