//! The states of a call and what leads from one to another.

use super::acts::Way;
use crate::call::state::{Check, Phase, Stage, State};

/// A state, and how it was come to.
pub struct Node {
    /// The call; taken when everything was tried on it.
    pub state: Option<Box<State>>,
    /// The state before and what happened there.
    pub from: (Option<u32>, String),
    /// Keys to it.
    pub far: usize,
    /// Events to it.
    pub deep: usize,
    /// Block and step.
    pub at: (usize, usize),
    /// What can happen, and where it leads.
    pub edges: Vec<Edge>,
    /// Keys are waited for, and none was wrong or missing yet.
    pub asked: bool,
    /// Everything was tried here.
    pub tried: bool,
    /// Waits inside of what arranges a callback, or has arranged one.
    pub callback: bool,
    /// The call is over.
    pub ended: bool,
}

/// One thing that can happen at a state.
#[derive(Clone, Copy)]
pub struct Edge {
    /// What sort of thing.
    pub way: Way,
    /// A desk rings on the way.
    pub rings: bool,
    /// Documents heard on the way, when nobody does anything.
    pub documents: u8,
    /// The state it leads to.
    pub to: u32,
}

/// Kind of phase and counters.
pub fn stage(state: &State) -> (u8, u8, u8) {
    match &state.phase {
        Phase::Waiting(wait) => {
            let stage = match wait.stage {
                Stage::Step => 0,
                Stage::Account(_) => 1,
                Stage::Pin { .. } => 2,
                Stage::Ringing { .. } => 3,
                Stage::Resume(_) => 4,
                Stage::Code { .. } => 8,
                Stage::Knowledge { .. } => 9,
            };
            (stage, wait.silent, wait.wrong)
        }
        Phase::Looking(looking) => (if looking.check.is_some() { 5 } else { 6 }, looking.fillers, 0),
        Phase::Ended(_) => (7, 0, 0),
    }
}

/// The verification that a stage belongs to.
pub fn check_of(stage: &Stage) -> Option<Check> {
    match stage {
        Stage::Account(check)
        | Stage::Pin { check, .. }
        | Stage::Code { check, .. }
        | Stage::Knowledge { check, .. } => Some(*check),
        Stage::Step | Stage::Resume(_) | Stage::Ringing { .. } => None,
    }
}

/// Whether a secret is typed next.
pub fn is_secret(state: &State) -> bool {
    matches!(&state.phase, Phase::Waiting(wait) if !matches!(wait.stage, Stage::Account(_)) && check_of(&wait.stage).is_some())
}
