//! Which changes touch what a second person may have to approve: how callers prove who they are,
//! where they are put through to, and whom the line rings or texts.

use super::compare::kind;
use super::{Change, Edit, Part};
use serde::Serialize;
use serde_json::Value;

/// What a change touches.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Touch {
    /// How callers prove who they are, and what needs it.
    Verification,
    /// Where callers are put through to.
    Transfers,
    /// Numbers that are rung or texted.
    Numbers,
}

/// Whether one of these changes touches something protected.
pub fn protected(changes: &[Change]) -> bool {
    changes.iter().any(|change| touches(change).is_some())
}

/// What a change touches, if anything.
pub fn touches(change: &Change) -> Option<Touch> {
    let keys: Vec<&str> =
        change.path.iter().filter_map(|part| if let Part::Key(key) = part { Some(&key[..]) } else { None }).collect();
    match (change.file.as_str(), &keys[..]) {
        ("sources.yaml", _) => Some(Touch::Verification),
        ("calendars.yaml" | "common/phrases.yaml", _) => None,
        (file, _) if file.ends_with(".stories.yaml") || file.starts_with("demo/") => None,
        (_, []) => whole(&change.edit),
        (_, ["identity" | "denied", ..]) => Some(Touch::Verification),
        (_, ["desks" | "person", ..]) => Some(Touch::Transfers),
        (_, ["countries", ..]) => Some(Touch::Numbers),
        (_, ["steps", _]) => step(&change.edit),
        (_, ["steps", _, field, ..]) => field_of(change, field),
        _ => None,
    }
}

/// A file that is new or gone touches what its steps do.
fn whole(edit: &Edit) -> Option<Touch> {
    let Edit::Set { old, new } = edit else { return None };
    let steps = [old, new].into_iter().flatten().filter_map(|tree| tree.get("steps")?.as_object()).flatten();
    steps.filter_map(|(_, step)| of_step(step)).min()
}

/// A step that is new, gone, or of another kind. One that has another name or place is what it was.
fn step(edit: &Edit) -> Option<Touch> {
    match edit {
        Edit::StepAdded { value, .. } | Edit::StepRemoved(value) => of_step(value),
        Edit::Set { old, new } => [old, new].into_iter().flatten().filter_map(of_step).min(),
        _ => None,
    }
}

fn of_step(step: &Value) -> Option<Touch> {
    match kind(step) {
        Some("verify") => Some(Touch::Verification),
        _ if step.get("needs").is_some() => Some(Touch::Verification),
        Some("transfer") => Some(Touch::Transfers),
        Some("request" | "sms") => Some(Touch::Numbers),
        _ => None,
    }
}

fn field_of(change: &Change, field: &str) -> Option<Touch> {
    match (change.about.kind.as_deref(), field) {
        (_, "needs") | (Some("verify"), _) => Some(Touch::Verification),
        _ if change.about.proof.is_some() => Some(Touch::Verification),
        (Some("transfer"), _) => Some(Touch::Transfers),
        (Some("request"), "number" | "account") | (Some("sms"), "to") => Some(Touch::Numbers),
        _ => None,
    }
}
