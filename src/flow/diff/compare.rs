//! Two trees of a file side by side.

use super::{About, Change, Edit, Part, pair, steps};
use crate::flow::edit::value::keeps_order;
use crate::flow::schema::{Shape, kind_of, shape_at};
use crate::flow::source::Node;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// The comparing of a file.
pub struct Comparing<'t> {
    pub file: &'t str,
    /// The new tree with its places.
    pub root: Option<&'t Node>,
    pub old: &'t Value,
    pub new: &'t Value,
    pub found: Vec<Change>,
    /// The step that is looked at, with its kind.
    pub step: Option<(String, Option<&'static str>)>,
    /// What callers know steps by: the label of the first option that leads to each.
    titles: HashMap<&'t str, &'t Map<String, Value>>,
    /// Where the new tree has its steps.
    places: HashMap<&'t str, (usize, &'t Node)>,
}

impl<'t> Comparing<'t> {
    pub fn new(file: &'t str, root: Option<&'t Node>, old: &'t Value, new: &'t Value) -> Comparing<'t> {
        let mut titles = HashMap::new();
        for (step, label) in steps::labels(new).chain(steps::labels(old)) {
            titles.entry(step).or_insert(label);
        }
        let steps = root.and_then(|root| root.get("steps")).map(Node::pairs).unwrap_or_default();
        let places = steps.iter().map(|(key, node)| (key.text.as_str(), (key.at.line, node))).collect();
        Comparing { file, root, old, new, found: Vec::new(), step: None, titles, places }
    }

    /// Every difference, in the order in which they can be applied.
    pub fn all(mut self, old: &Value, new: &Value) -> Vec<Change> {
        let steps = |tree: &Value| tree.get("steps").is_some_and(Value::is_object);
        if steps(old) && steps(new) {
            let old = self.renamed(old, new);
            let rest = |tree: &Value| {
                let mut tree = tree.clone();
                tree.as_object_mut().and_then(|map| map.shift_remove("steps"));
                tree
            };
            self.values(&mut Vec::new(), &rest(&old), &rest(new));
            self.steps(&old["steps"], &new["steps"]);
        } else {
            self.values(&mut Vec::new(), old, new);
        }
        self.found
    }

    /// Two values in the same place.
    pub fn values(&mut self, path: &mut Vec<Part>, old: &Value, new: &Value) {
        match (old, new) {
            (Value::Object(old), Value::Object(new)) if self.goes_down(path) => self.maps(path, old, new),
            (Value::Array(old), Value::Array(new)) if in_items(old, new) => self.lists(path, old, new),
            (old, new) if old == new => {}
            (old, new) => self.set(path, Some(old), Some(new)),
        }
    }

    /// What is typed is told as one thing.
    fn goes_down(&self, path: &[Part]) -> bool {
        let kind = self.step.as_ref().and_then(|(_, kind)| *kind);
        match (path, kind) {
            ([_, _, Part::Key(field), ..], Some(kind)) => !matches!(shape_at(kind, field), Some(Shape::Typing)),
            _ => true,
        }
    }

    fn maps(&mut self, path: &mut Vec<Part>, old: &Map<String, Value>, new: &Map<String, Value>) {
        let gone: Vec<&String> = old.keys().filter(|key| !new.contains_key(*key)).collect();
        for key in new.keys().chain(gone) {
            path.push(Part::Key(key.clone()));
            match (old.get(key), new.get(key)) {
                (Some(old), Some(new)) => self.values(path, old, new),
                (old, new) => self.set(path, old, new),
            }
            path.pop();
        }
        // The values of `set:` are worked out one after the other; new ones are put behind the others first.
        let is_set = matches!(&path[..], [_, _, Part::Key(field)] if self.step.is_some() && field == "set");
        if is_set && !keeps_order(old, new) {
            self.tell(path, Edit::Ordered(new.keys().cloned().collect()), None);
        }
    }

    fn set(&mut self, path: &[Part], old: Option<&Value>, new: Option<&Value>) {
        self.tell(path, Edit::Set { old: old.cloned(), new: new.cloned() }, None);
    }

    fn lists(&mut self, path: &mut Vec<Part>, old: &[Value], new: &[Value]) {
        let pairs = pair::items(old, new);
        // The list as it becomes: which item of the old or of the new stands where.
        let mut now: Vec<Item> = (0..old.len()).map(Item::Old).collect();
        for at in (0..old.len()).rev().filter(|at| !pairs.contains(&Some(*at))) {
            now.remove(at);
            self.item(path, at, Edit::Removed(old[at].clone()), &old[at]);
        }
        let kept: Vec<usize> = pairs.iter().filter_map(|from| *from).collect();
        let mut stays = pair::in_order(&kept).into_iter();
        let mut before: Option<Item> = None;
        for (at, item) in new.iter().enumerate() {
            let place =
                |now: &[Item]| before.map_or(0, |before| 1 + now.iter().position(|i| *i == before).unwrap_or(0));
            let own = pairs[at].map_or(Item::New(at), Item::Old);
            match pairs[at] {
                None => {
                    let to = place(&now);
                    now.insert(to, own);
                    self.item(path, to, Edit::Inserted(item.clone()), item);
                }
                Some(_) if stays.next() == Some(false) => {
                    let from = now.iter().position(|item| *item == own).unwrap_or_default();
                    now.remove(from);
                    let to = place(&now);
                    now.insert(to, own);
                    self.item(path, to, Edit::Moved { from }, item);
                }
                Some(_) => {}
            }
            before = Some(own);
        }
        for (at, from) in pairs.iter().enumerate().filter_map(|(at, from)| Some((at, (*from)?))) {
            path.push(Part::At(at));
            self.values(path, &old[from], &new[at]);
            path.pop();
        }
    }

    fn item(&mut self, path: &mut Vec<Part>, at: usize, edit: Edit, item: &Value) {
        path.push(Part::At(at));
        self.tell(path, edit, Some(item));
        path.pop();
    }

    /// Notes a difference, with what its words need.
    pub fn tell(&mut self, path: &[Part], edit: Edit, item: Option<&Value>) {
        let own = |tree: &Value| match path {
            [_, _, Part::Key(field), Part::At(at), ..] => {
                tree.get("steps")?.get(&self.step.as_ref()?.0)?.get(field)?.get(at).cloned()
            }
            // A change inside of a story is told with the name of the story.
            [Part::At(at), ..] => tree.get(at)?.get("story").map(|story| json!({ "story": story })),
            _ => None,
        };
        let item = item.cloned().or_else(|| own(self.new));
        let (step, kind) = self.step.clone().map_or((None, None), |(step, kind)| (Some(step), kind));
        let title = step.as_deref().and_then(|step| self.titles.get(step)).copied().cloned().unwrap_or_default();
        let proof = self.proof(path, &edit);
        let about = About { kind: kind.map(str::to_owned), title, item, proof };
        let line = self.line(path, &edit);
        self.found.push(Change { file: self.file.to_owned(), step, line, path: path.to_vec(), edit, about });
    }

    /// Where to look: the place itself, or what it was in.
    fn line(&self, path: &[Part], edit: &Edit) -> usize {
        let gone = matches!(edit, Edit::Removed(_));
        let path = if gone { &path[..path.len().saturating_sub(1)] } else { path };
        let Some(root) = self.root else { return 1 };
        let (mut line, mut node) = (root.at.line, root);
        let mut rest = path;
        if let [Part::Key(steps), Part::Key(name), inner @ ..] = path
            && steps == "steps"
            && let Some(place) = self.places.get(name.as_str())
        {
            ((line, node), rest) = (*place, inner);
        }
        for part in rest {
            let found = match part {
                Part::Key(name) => {
                    node.pairs().iter().find(|(key, _)| key.text == *name).map(|(key, node)| (key.at.line, node))
                }
                Part::At(at) => node.items().get(*at).map(|node| (node.at.line, node)),
            };
            let Some((at, next)) = found else { break };
            (line, node) = (at, next);
        }
        line
    }
}

/// An item of a list that is being changed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Item {
    Old(usize),
    New(usize),
}

/// Whether two lists are compared item by item: lists of words are told as a whole.
fn in_items(old: &[Value], new: &[Value]) -> bool {
    let maps = |list: &[Value]| list.iter().all(|item| item.is_object() || item.is_array());
    maps(old) && maps(new) && old.len() <= pair::MAX_ITEMS && new.len() <= pair::MAX_ITEMS
}

/// The kind of a step.
pub fn kind(step: &Value) -> Option<&'static str> {
    kind_of(step.as_object()?.keys().map(String::as_str))
}
