//! A difference applied: what was told gives the new version from the old.

use super::steps::rename;
use super::{Change, Edit, Part, Trees, trees};
use crate::flow::source::Problem;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// The files of a version with these changes made, as data.
///
/// # Errors
/// When one of the files cannot be read.
pub fn apply(old: &[(String, String)], changes: &[Change]) -> Result<Trees, Problem> {
    let mut all = trees(old)?;
    for change in changes {
        if change.path.is_empty() {
            match &change.edit {
                Edit::Set { new: Some(new), .. } => drop(all.insert(change.file.clone(), new.clone())),
                _ => drop(all.remove(&change.file)),
            }
        } else if let Some(tree) = all.get_mut(&change.file) {
            one(tree, change);
        }
    }
    Ok(all)
}

/// One change of a file. One that does not fit the tree changes nothing.
fn one(tree: &mut Value, change: &Change) -> Option<()> {
    let (last, above) = change.path.split_last()?;
    if let (Edit::StepRenamed { from }, Part::Key(to)) = (&change.edit, last) {
        rename(tree, &HashMap::from([(from.clone(), to.clone())]));
        return Some(());
    }
    if let Edit::Ordered(order) = &change.edit {
        let map = down(tree, &change.path)?.as_object_mut()?;
        *map = order.iter().filter_map(|key| Some((key.clone(), map.get(key)?.clone()))).collect();
        return Some(());
    }
    let parent = down(tree, above)?;
    match (&change.edit, last) {
        (Edit::Set { new: Some(new), .. }, Part::Key(key)) => {
            drop(parent.as_object_mut()?.insert(key.clone(), new.clone()))
        }
        (Edit::Set { new: None, .. } | Edit::StepRemoved(_), Part::Key(key)) => {
            parent.as_object_mut()?.shift_remove(key);
        }
        (Edit::Set { new: Some(new), .. }, Part::At(at)) => *parent.get_mut(at)? = new.clone(),
        (Edit::Inserted(item), Part::At(at)) => {
            let list = parent.as_array_mut().filter(|list| *at <= list.len())?;
            list.insert(*at, item.clone());
        }
        (Edit::Removed(_), Part::At(at)) => drop(parent.as_array_mut().filter(|list| *at < list.len())?.remove(*at)),
        (Edit::Moved { from }, Part::At(at)) => {
            let list = parent.as_array_mut().filter(|list| *at < list.len() && *from < list.len())?;
            let item = list.remove(*from);
            list.insert(*at, item);
        }
        (Edit::StepAdded { after, value }, Part::Key(key)) => {
            behind(parent.as_object_mut()?, after, key, value.clone())
        }
        (Edit::StepMoved { after }, Part::Key(key)) => {
            let map = parent.as_object_mut()?;
            let value = map.shift_remove(key)?;
            behind(map, after, key, value);
        }
        _ => return None,
    }
    Some(())
}

fn behind(map: &mut Map<String, Value>, after: &Option<String>, key: &str, value: Value) {
    let at = after.as_ref().and_then(|after| map.keys().position(|name| name == after)).map_or(0, |at| at + 1);
    map.shift_insert(at, key.to_owned(), value);
}

fn down<'v>(tree: &'v mut Value, path: &[Part]) -> Option<&'v mut Value> {
    path.iter().try_fold(tree, |value, part| match part {
        Part::Key(key) => value.get_mut(key),
        Part::At(at) => value.get_mut(at),
    })
}
