//! Tries everything on a flow: every key, silence and answer of the world at every state of a call,
//! through the real `step`, within bounds. Tells what it reached and what is wrong, each with the
//! shortest way there. States that nothing to come can tell apart are one.
//!
//! One language is gone through in full, each step is then said once in the others. Time stands
//! still but for two things: each calendar is tried open and closed, each verification runs out.

mod acts;
mod after;
mod graph;
mod judge;
mod moments;
mod reads;
mod sameness;
mod tell;
mod values;
mod walk;

use crate::flow::Flow;
use crate::flow::source::{At, Problem};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// How far is gone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Bounds {
    /// States at most.
    pub states: usize,
    /// Events at most.
    pub transitions: usize,
    /// Documents a caller who does nothing may hear before the call must have ended.
    pub patience: usize,
}

impl Default for Bounds {
    /// Enough for a hotline of some hundred steps.
    fn default() -> Bounds {
        Bounds { states: 200_000, transitions: 2_000_000, patience: 30 }
    }
}

/// What an exploration saw.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Explored {
    /// The flow.
    pub flow: String,
    /// Everything was tried; no bound was hit.
    pub complete: bool,
    /// The bounds that were hit: `states`, `transitions`.
    pub bounds: Vec<&'static str>,
    /// Steps reached, and how many there are.
    pub steps: (usize, usize),
    /// Choices pressed, and how many there are.
    pub choices: (usize, usize),
    /// Different states.
    pub states: usize,
    /// Events tried.
    pub transitions: usize,
    /// The most events that a state is away from the beginning.
    pub deepest: usize,
    /// The places reached, as a call names them: `main`, `call-me-back/number`.
    pub visited: BTreeSet<String>,
    /// What is wrong, by file and line.
    pub findings: Vec<Finding>,
}

/// Something wrong, and how to come to it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct Finding {
    /// The file, below the flows folder.
    pub file: String,
    /// The line of the step, counted from 1.
    pub line: usize,
    /// A short fixed name of the kind of finding.
    pub code: &'static str,
    /// The step, as a call names it.
    pub step: String,
    /// What is wrong.
    pub what: String,
    /// What the caller does and the world answers, in order, from the beginning.
    pub keys: Vec<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding { file, line, code, what, keys, .. } = self;
        write!(f, "{file}:{line}: {what} [{code}]")?;
        if keys.is_empty() { Ok(()) } else { write!(f, "\n    by {}", keys.join(", ")) }
    }
}

/// As everything else that is wrong with a flow is told.
impl From<Finding> for Problem {
    fn from(finding: Finding) -> Problem {
        let Finding { file, line, code, what, keys, .. } = finding;
        let hint = "a call was led there by the keys below: change where one of the steps on the way goes on";
        let found = Problem::new(Arc::from(file), At { line, column: 3 }, code, what, hint);
        Problem { keys: Some(keys.into_boxed_slice()), ..found }
    }
}

/// Explores a flow.
pub fn explore(flow: &Flow, bounds: Bounds) -> Explored {
    let mut walk = walk::Walk::new(flow, bounds);
    walk.all();
    after::silence(&mut walk);
    after::persons(&mut walk);
    after::unvisited(&mut walk);
    walk.explored()
}
