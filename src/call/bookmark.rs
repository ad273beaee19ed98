//! Where a caller was whose call broke off, so that a new call soon after can go on there: a place
//! in the menus, with nothing in it that was typed, looked up or proved.

use super::state::State;
use crate::flow::expr::Expr;
use crate::flow::model::{Block, Kind};
use crate::flow::{Flow, Value};
use crate::words::Lang;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A place in the menus of a hotline.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Bookmark {
    /// The version of the flow: another one may not have this place.
    pub digest: String,
    /// The menu, a step of the hotline itself.
    pub menu: String,
    /// The menus that `#` leads back through.
    pub back: Vec<String>,
    /// The language that was spoken.
    pub lang: Lang,
    /// What the flow set by itself on the way.
    pub vars: BTreeMap<String, Value>,
}

impl Bookmark {
    /// The place of a call that broke off; none when there is nothing to go back to, or when it knew
    /// more than a stranger at the same telephone may be led to.
    pub fn of(flow: &Flow, state: &State) -> Option<Bookmark> {
        let (main, frame) = (flow.blocks.first()?, state.frames.first()?);
        if state.verified.is_some() || !frame.vars.keys().all(|name| is_the_flows_own(main, name)) {
            return None;
        }
        let is_menu = |name: &str| {
            let step = main.index.get(name).and_then(|s| main.steps.get(*s));
            step.is_some_and(|step| matches!(step.kind, Kind::Menu { .. }) && u8::from(step.needs) == 0)
        };
        let mut back = frame.back.clone();
        let here = Some(frame.at.clone()).filter(|at| state.frames.len() == 1 && is_menu(at));
        let menu = here.or_else(|| back.pop()).filter(|menu| is_menu(menu))?;
        // The first menu is where every call comes to.
        if back.is_empty() {
            return None;
        }
        Some(Bookmark { digest: flow.digest.to_string(), menu, back, lang: state.lang, vars: frame.vars.clone() })
    }

    /// Whether the place is still there.
    pub fn fits(&self, flow: &Flow) -> bool {
        *self.digest == *flow.digest && flow.languages.contains(&self.lang)
    }
}

/// Whether a variable only ever holds what the flow's author wrote.
fn is_the_flows_own(main: &Block, name: &str) -> bool {
    let mut written = false;
    for step in &main.steps {
        match &step.kind {
            Kind::Set { values, .. } => {
                for (_, value) in values.iter().filter(|(own, _)| own == name) {
                    written = true;
                    if !matches!(value, Expr::Literal(_)) {
                        return false;
                    }
                }
            }
            kind if kind.into() == Some(name) => return false,
            _ => {}
        }
    }
    written
}
