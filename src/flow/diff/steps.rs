//! The steps of a file: which are new, gone, elsewhere, or the same under another name.

use super::compare::{Comparing, kind};
use super::{Edit, Part, Proof, pair};
use crate::flow::schema::targets;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The fields at the top of a file that name a step.
const TOP: [&str; 3] = ["start", "person", "denied"];

impl Comparing<'_> {
    /// Finds the steps that have another name, and gives the old tree with their new names in it.
    pub fn renamed(&mut self, old: &Value, new: &Value) -> Value {
        let names = |tree: &Value| -> Vec<String> { map(&tree["steps"]).keys().cloned().collect() };
        let (was, is) = (names(old), names(new));
        let (had, has): (BTreeSet<&String>, BTreeSet<&String>) = (was.iter().collect(), is.iter().collect());
        let gone: Vec<&String> = was.iter().filter(|name| !has.contains(name)).collect();
        let come: Vec<&String> = is.iter().filter(|name| !had.contains(name)).collect();
        let unnamed: BTreeSet<&str> = gone.iter().chain(&come).map(|name| name.as_str()).collect();
        let content = |tree: &Value, name: &str| {
            let mut step = map(&tree["steps"]).get(name).cloned().unwrap_or_default();
            each_target(&mut step, &mut |target| {
                if unnamed.contains(target.as_str()) {
                    *target = "?".to_owned();
                }
            });
            sorted(&step).to_string()
        };
        let mut by_content: BTreeMap<String, Vec<&String>> = BTreeMap::new();
        for name in gone.into_iter().rev() {
            by_content.entry(content(old, name)).or_default().push(name);
        }
        let mut names = HashMap::new();
        for name in come {
            let Some(from) = by_content.get_mut(&content(new, name)).and_then(Vec::pop) else { continue };
            names.insert(from.clone(), name.clone());
            let path = [Part::Key("steps".to_owned()), Part::Key(name.clone())];
            self.step = Some((name.clone(), kind(&new["steps"][name])));
            self.tell(&path, Edit::StepRenamed { from: from.clone() }, None);
            self.step = None;
        }
        let mut tree = old.clone();
        rename(&mut tree, &names);
        tree
    }

    /// Steps by name, then what is different in each.
    pub fn steps(&mut self, old: &Value, new: &Value) {
        let (old, new) = (map(old), map(new));
        let path = |name: &str| vec![Part::Key("steps".to_owned()), Part::Key(name.to_owned())];
        for (name, step) in old.iter().filter(|(name, _)| !new.contains_key(*name)) {
            self.step = Some((name.clone(), kind(step)));
            self.tell(&path(name), Edit::StepRemoved(step.clone()), None);
        }
        let places: BTreeMap<&String, usize> = old.keys().enumerate().map(|(at, name)| (name, at)).collect();
        let kept: Vec<usize> = new.keys().filter_map(|name| places.get(name).copied()).collect();
        let mut stays = pair::in_order(&kept).into_iter();
        let mut after: Option<String> = None;
        for (name, step) in new {
            self.step = Some((name.clone(), kind(step)));
            if !old.contains_key(name) {
                let edit = Edit::StepAdded { after: after.clone(), value: step.clone() };
                self.tell(&path(name), edit, None);
            } else if stays.next() == Some(false) {
                self.tell(&path(name), Edit::StepMoved { after: after.clone() }, None);
            }
            after = Some(name.clone());
        }
        for (name, step) in new {
            let Some(was) = old.get(name) else { continue };
            self.step = Some((name.clone(), kind(step)));
            match kind(was) == kind(step) {
                true => self.values(&mut path(name), was, step),
                false => self.tell(&path(name), Edit::Set { old: Some(was.clone()), new: Some(step.clone()) }, None),
            }
        }
        self.step = None;
    }

    /// Whether a target that changed goes by way of an identification now, or no longer does.
    pub fn proof(&self, path: &[Part], edit: &Edit) -> Option<Proof> {
        let Edit::Set { old: Some(Value::String(was)), new: Some(Value::String(is)) } = edit else { return None };
        let [_, _, Part::Key(_), ..] = path else { return None };
        let by_way = |tree: &Value, first: &str, then: &str| {
            let step = tree.get("steps")?.get(first)?;
            let leads = step.get("then")? == then;
            step.get("verify")?.as_str()?.parse::<u8>().ok().filter(|_| leads)
        };
        let added = by_way(self.new, is, was).map(|level| (level, true));
        let (level, added) = added.or_else(|| by_way(self.old, was, is).map(|level| (level, false)))?;
        let tree = if added { self.new } else { self.old };
        let by = |word: &str| tree.get("identity").is_some_and(|identity| identity == word);
        Some(Proof { level, added, by_code: by("code"), by_knowledge: by("knowledge") })
    }
}

/// A map; of anything else an empty one.
fn map(value: &Value) -> &Map<String, Value> {
    static NONE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    value.as_object().unwrap_or(&NONE)
}

/// Gives steps of a file other names, with all that refers to them.
pub fn rename(tree: &mut Value, names: &HashMap<String, String>) {
    let mut renamed = |target: &mut String| {
        if let Some(to) = names.get(target) {
            target.clone_from(to);
        }
    };
    for field in TOP {
        if let Some(Value::String(target)) = tree.get_mut(field) {
            renamed(target);
        }
    }
    let Some(steps) = tree.get_mut("steps").and_then(Value::as_object_mut) else { return };
    *steps = std::mem::take(steps)
        .into_iter()
        .map(|(mut name, mut step)| {
            renamed(&mut name);
            each_target(&mut step, &mut renamed);
            (name, step)
        })
        .collect();
}

/// The steps that options lead to, each with the label of the option.
pub fn labels(tree: &Value) -> impl Iterator<Item = (&str, &Map<String, Value>)> {
    let steps = tree.get("steps").map(map).into_iter().flat_map(Map::values);
    let options = steps.filter_map(|step| step.get("menu")?.as_array()).flatten();
    options.filter_map(|option| Some((option.get("go")?.as_str()?, pair::label(option)?.as_object()?)))
}

/// Every name of another step in a step.
fn each_target(step: &mut Value, with: &mut dyn FnMut(&mut String)) {
    for (field, inner) in targets(kind(step).unwrap_or_default()) {
        let nodes: Vec<&mut Value> = match (step.get_mut(field), inner) {
            (Some(node), None) => vec![node],
            (Some(Value::Array(items)), Some(inner)) => {
                items.iter_mut().filter_map(|item| item.get_mut(inner)).collect()
            }
            _ => Vec::new(),
        };
        for node in nodes {
            if let Value::String(target) = node {
                with(target);
            }
        }
    }
}

/// The same with the fields of the step in one order, whatever that of the file.
fn sorted(step: &Value) -> Value {
    let Some(map) = step.as_object() else { return step.clone() };
    let mut fields: Vec<(&String, Value)> =
        map.iter().map(|(key, value)| (key, if key == "set" { value.clone() } else { deeply_sorted(value) })).collect();
    fields.sort_by_key(|(key, _)| *key);
    fields.into_iter().map(|(key, value)| (key.clone(), value)).collect()
}

fn deeply_sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut pairs: Vec<(&String, Value)> = map.iter().map(|(key, value)| (key, deeply_sorted(value))).collect();
            pairs.sort_by_key(|(key, _)| *key);
            pairs.into_iter().map(|(key, value)| (key.clone(), value)).collect()
        }
        Value::Array(items) => items.iter().map(deeply_sorted).collect(),
        _ => value.clone(),
    }
}
