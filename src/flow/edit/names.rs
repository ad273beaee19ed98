//! What can be named in a hotline's files: for an editor that completes while one writes. Files that
//! cannot be read offer what looks like steps.

use super::outline;
use crate::flow::read::{is_hotline, is_shared};
use crate::flow::schema::{KINDS, Shape, form, kind_of};
use crate::flow::source::{self, Node};
use crate::words::Lang;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What is known without any step.
const KNOWN: [&str; 6] = ["caller.account", "caller.level", "caller.name", "caller.number", "line.number", "now"];

/// The names of a hotline's files.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Names {
    /// The steps of each file, in its order.
    pub steps: BTreeMap<String, Vec<String>>,
    /// Sub-flows.
    pub sub_flows: BTreeSet<String>,
    /// Kinds of steps.
    pub kinds: Vec<&'static str>,
    /// Fields of steps, of whatever kind.
    pub fields: BTreeSet<&'static str>,
    /// What each file gives values to, takes, and always knows.
    pub variables: BTreeMap<String, BTreeSet<String>>,
    /// Calendars.
    pub calendars: BTreeSet<String>,
    /// Sources that are asked.
    pub lookups: BTreeSet<String>,
    /// Sources that do something.
    pub acts: BTreeSet<String>,
    /// The skills that have a desk.
    pub skills: BTreeSet<String>,
    /// Languages.
    pub languages: [&'static str; 4],
}

/// What can be named in these files.
pub fn names(files: &[(String, String)]) -> Names {
    let kinds: Vec<&'static str> = KINDS.iter().map(|kind| kind.name).collect();
    let fields = kinds.iter().flat_map(|kind| form(kind)).map(|field| field.name).collect();
    let mut names = Names { kinds, fields, languages: Lang::ALL.map(Lang::tag), ..Names::default() };
    for (file, text) in files {
        let tree = source::parse(&Arc::from(file.as_str()), text).ok();
        match (file.as_str(), &tree) {
            ("calendars.yaml", Some(tree)) => names.calendars.extend(keys(tree)),
            ("sources.yaml", Some(tree)) => {
                for (key, source) in tree.pairs() {
                    let acts = source.get("act").and_then(Node::text).is_some_and(|act| act == "yes" || act == "true");
                    if acts { &mut names.acts } else { &mut names.lookups }.insert(key.text.clone());
                }
            }
            _ if is_hotline(file) || (file.starts_with("common/") && !is_shared(file)) => {
                names.sub_flows.extend(file.strip_prefix("common/").map(|sub| sub.trim_end_matches(".yaml").into()));
                names.steps.insert(file.clone(), outline(text).into_iter().map(|step| step.name).collect());
                if let Some(tree) = &tree {
                    names.variables.insert(file.clone(), variables(tree));
                    names.skills.extend(tree.get("desks").map(keys).into_iter().flatten());
                }
            }
            _ => {}
        }
    }
    names
}

fn keys(node: &Node) -> impl Iterator<Item = String> {
    node.pairs().iter().map(|(key, _)| key.text.clone())
}

/// What a file's steps give values to, and what is always known.
fn variables(tree: &Node) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = KNOWN.into_iter().map(str::to_owned).collect();
    found.extend(tree.get("takes").map(keys).into_iter().flatten());
    for (_, step) in tree.get("steps").map(Node::pairs).unwrap_or_default() {
        let kind = kind_of(step.pairs().iter().map(|(key, _)| key.text.as_str())).unwrap_or_default();
        for field in form(kind) {
            match (field.shape, step.get(field.name)) {
                (Shape::Variable, Some(node)) => found.extend(node.text().map(str::to_owned)),
                (Shape::Values, Some(node)) if field.name == "set" => found.extend(keys(node)),
                _ => {}
            }
        }
    }
    found
}
