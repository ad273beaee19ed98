//! What differs between two versions of a hotline, as a list that can be told in words and applied:
//! applied to the old files it gives the new ones, but for comments, layout and quotes. Knows
//! nothing of calls and of what a difference does to them.

mod apply;
mod blocks;
mod compare;
mod lines;
mod merge;
pub(super) mod pair;
mod steps;
#[cfg(test)]
mod tests;
mod told;
mod touches;

pub use apply::apply;
pub use lines::{Apart, How, Hunk, Line, apart, text_diff};
pub use merge::merge;
pub use told::{as_told, nothing_told, told};
pub use touches::{Touch, protected, touches};

use super::edit::value::value;
use super::source::{self, Node, Problem};
use compare::Comparing;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The files of a version as data, by name.
pub type Trees = BTreeMap<String, Value>;

/// One difference.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Change {
    /// The file, below the flows folder.
    pub file: String,
    /// The step it is in, by its new name; by its old one where it is gone.
    pub step: Option<String>,
    /// Where to look at it in the new file, counted from 1; 1 where the file is gone.
    pub line: usize,
    /// Where it is in the tree, at the time it is applied.
    pub path: Vec<Part>,
    /// What is different there.
    pub edit: Edit,
    /// What the words for it need to know besides.
    pub about: About,
}

/// A step down a tree.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(untagged)]
pub enum Part {
    /// The value under this key.
    Key(String),
    /// The item at this place, counted from 0.
    At(usize),
}

/// What is done to a tree.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edit {
    /// A field has another value, is new or is gone. A kind of a step that changed is a `set` of the
    /// whole step.
    Set {
        /// What stood there.
        old: Option<Value>,
        /// What stands there.
        new: Option<Value>,
    },
    /// An item of a list is new.
    Inserted(Value),
    /// An item of a list is gone.
    Removed(Value),
    /// An item of a list stands elsewhere than before.
    Moved {
        /// Where it stood.
        from: usize,
    },
    /// The keys of a map stand in another order where that means something.
    Ordered(Vec<String>),
    /// A step is new.
    StepAdded {
        /// The one it stands behind.
        after: Option<String>,
        /// What it says.
        value: Value,
    },
    /// A step is gone.
    StepRemoved(Value),
    /// A step stands elsewhere than before.
    StepMoved {
        /// The one it stands behind now.
        after: Option<String>,
    },
    /// A step has another name, and all that refers to it follows.
    StepRenamed {
        /// Its old name.
        from: String,
    },
}

/// What the words for a change need to know besides.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct About {
    /// The kind of the step.
    pub kind: Option<String>,
    /// What callers know the step by: the label of an option that leads to it, by language.
    pub title: Map<String, Value>,
    /// The option or condition it is in, as it stands now; as it stood where it is gone.
    pub item: Option<Value>,
    /// The identification that now comes in between where a target changed, or no longer does.
    pub proof: Option<Proof>,
}

/// Callers are identified on the way to where a target led before, or no longer are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Proof {
    /// The level, 1 to 3.
    pub level: u8,
    /// Whether it is new; else it is gone.
    pub added: bool,
    /// How the hotline proves level 2.
    pub by_code: bool,
    /// The same, for questions only the customer can answer.
    pub by_knowledge: bool,
}

/// What differs between the files of two versions. Of two that differ in comments or layout alone
/// nothing: see [`nothing_told`].
///
/// # Errors
/// When one of the files cannot be read.
pub fn changes(old: &[(String, String)], new: &[(String, String)]) -> Result<Vec<Change>, Problem> {
    let parsed = |files: &[(String, String)]| -> Result<BTreeMap<String, Option<Node>>, Problem> {
        files.iter().map(|(name, text)| Ok((name.clone(), read(name, text)?))).collect()
    };
    let (was, is) = (parsed(old)?, parsed(new)?);
    let mut found = Vec::new();
    for name in in_order_of(old, new) {
        let tree =
            |side: &BTreeMap<String, Option<Node>>| side.get(name).map(|node| node.as_ref().map_or(Value::Null, value));
        let (before, after) = (tree(&was), tree(&is));
        let root = is.get(name).and_then(Option::as_ref);
        match (&before, &after) {
            (Some(before), Some(after)) => found.extend(Comparing::new(name, root, before, after).all(before, after)),
            _ => found.push(Change {
                file: name.to_owned(),
                step: None,
                line: 1,
                path: Vec::new(),
                edit: Edit::Set { old: before, new: after },
                about: About::default(),
            }),
        }
    }
    Ok(found)
}

/// The files of a version as data.
///
/// # Errors
/// When one of them cannot be read.
pub fn trees(files: &[(String, String)]) -> Result<Trees, Problem> {
    files.iter().map(|(name, text)| Ok((name.clone(), read(name, text)?.as_ref().map_or(Value::Null, value)))).collect()
}

/// A file's tree; nothing of one that holds only comments, as a file of stories may.
fn read(name: &str, text: &str) -> Result<Option<Node>, Problem> {
    let idle = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    if text.lines().all(idle) {
        return Ok(None);
    }
    source::parse(&Arc::from(name), text).map(Some)
}

/// The names of all files: the new ones in their order, then those that are gone.
fn in_order_of<'n>(old: &'n [(String, String)], new: &'n [(String, String)]) -> Vec<&'n str> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in new.iter().chain(old) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names
}
