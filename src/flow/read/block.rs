//! The head of a flow file and its steps.

use super::Signature;
use super::fields::{Fields, Reader, near};
use super::world::Shared;
use super::{audio, contact, kinds};
use crate::flow::model::{Block, Desk, Identity, Param, Step};
use crate::flow::source::{Is, Node};
use crate::flow::text::Texts;
use crate::flow::value::Type;
use crate::words::phone::Country;
use crate::words::{Lang, Level};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// The longest flow.
const MAX_STEPS: usize = 5_000;

/// What stands at the top of a hotline's file.
pub struct Head {
    pub name: String,
    pub title: Texts,
    pub languages: Vec<Lang>,
    pub hours: String,
    pub countries: Vec<Country>,
    pub promises: [Duration; 4],
    pub desks: BTreeMap<String, Desk>,
    pub identity: Identity,
}

/// Reads the top of a hotline's file.
pub fn head(reader: &mut Reader, tree: &Node, file: &str) -> Head {
    let mut fields = Fields::of(reader, tree, "a flow: `flow: name`, `start: …`, `steps: …`");
    named(reader, &mut fields, "the name of the hotline, like that of the file", file);
    let languages = fields.need(reader, "languages", "a list like [zh-CN, en-US]; the first is the default");
    let languages = languages.map(|n| self::languages(reader, n)).unwrap_or_default();
    let title = fields.need(reader, "title", "what the line is called, per language");
    let title = title.map(|n| reader.texts(n, &languages)).unwrap_or_default();
    let hours = fields.need(reader, "hours", "the agents' calendar from calendars.yaml");
    let hours = hours.and_then(|n| reader.text(n, "the name of a calendar"));
    let countries = fields.need(reader, "countries", "whose numbers may be called back, like [CN, HK]");
    let countries = countries.map(|n| self::countries(reader, n)).unwrap_or_default();
    let promises = fields.take("promises").map_or(DEFAULT_PROMISES, |n| self::promises(reader, n));
    let desks = contact::desks(reader, &mut fields);
    let identity = contact::identity(reader, &mut fields);
    uses(reader, &mut fields);
    for other in ["start", "person", "denied", "steps"] {
        fields.take(other);
    }
    fields.done(reader);
    Head {
        name: stem(file).to_owned(),
        title,
        languages,
        hours: hours.unwrap_or_default().to_owned(),
        countries,
        promises,
        desks,
        identity,
    }
}

/// The name of a flow: that of its file.
fn stem(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.strip_suffix(".yaml").unwrap_or(name)
}

/// `flow:`, which says the file's own name so that a copy under another one is noticed.
fn named(reader: &mut Reader, fields: &mut Fields, what_for: &str, file: &str) {
    let Some(node) = fields.need(reader, "flow", what_for) else { return };
    if let Some(name) = reader.text(node, "a name").filter(|name| *name != stem(file)) {
        let what = format!("`flow: {name}` stands in the file {file}");
        reader.problem(node.at, "name", what, format!("write `flow: {}`, or give the file the other name", stem(file)));
    }
}

/// `uses:`, a list of sub-flows.
fn uses(reader: &mut Reader, fields: &mut Fields) {
    let Some(node) = fields.take("uses") else { return };
    if !matches!(node.is, Is::List(_)) {
        reader.expected(node, "a list of sub-flows like [call-me-back]");
    }
    for item in node.items().iter().filter(|item| item.text().is_none()) {
        reader.expected(item, "the name of a sub-flow");
    }
}

const DEFAULT_PROMISES: [Duration; 4] = [
    Duration::from_secs(15 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(4 * 3600),
    Duration::from_secs(24 * 3600),
];

fn promises(reader: &mut Reader, node: &Node) -> [Duration; 4] {
    let mut fields = Fields::of(reader, node, "`urgent: 15m`, `high: 30m`, `normal: 4h`, `low: 24h`");
    let mut promises = DEFAULT_PROMISES;
    for (slot, name) in promises.iter_mut().zip(["urgent", "high", "normal", "low"]) {
        if let Some(promise) = fields.take(name).and_then(|n| reader.duration(n)) {
            *slot = promise;
        }
    }
    fields.done(reader);
    promises
}

fn languages(reader: &mut Reader, node: &Node) -> Vec<Lang> {
    if node.items().is_empty() {
        reader.expected(node, "a list of languages like [zh-CN, en-US]");
    }
    let read = |n: &Node| n.text().and_then(Lang::parse);
    for item in node.items().iter().filter(|n| read(n).is_none()) {
        let hint = near(item.text().unwrap_or_default(), Lang::ALL.iter().map(|l| l.tag()));
        reader.expected_with(item, "zh-CN, zh-HK, ja-JP or en-US", hint.unwrap_or_default());
    }
    node.items().iter().filter_map(read).collect()
}

fn countries(reader: &mut Reader, node: &Node) -> Vec<Country> {
    if node.items().is_empty() {
        reader.expected(node, "a list of countries like [CN, HK]");
    }
    let read = |n: &Node| n.text().and_then(Country::parse);
    for item in node.items().iter().filter(|n| read(n).is_none()) {
        reader.expected(item, "a country by its two letters, like CN");
    }
    node.items().iter().filter_map(read).collect()
}

/// Reads what a flow offers to those that call it.
pub fn signature(reader: &mut Reader, tree: &Node, file: &str) -> Signature {
    for field in ["takes", "gives"] {
        if let Some(node) = tree.get(field).filter(|n| !matches!(n.is, Is::Map(_))) {
            reader.expected(node, "names with their types like `{ topic: word, account: text }`");
        }
    }
    let mut takes = Vec::new();
    for (key, node) in tree.get("takes").map(Node::pairs).unwrap_or_default() {
        if let Some(holds) = named_type(reader, node) {
            takes.push((key.text.clone(), Param { holds, literal: node.text() == Some("word") }));
        }
    }
    let mut gives = BTreeMap::new();
    for (key, node) in tree.get("gives").map(Node::pairs).unwrap_or_default() {
        gives.extend(named_type(reader, node).map(|holds| (key.text.clone(), holds)));
    }
    Signature { name: stem(file).to_owned(), takes, gives }
}

/// A type by its word.
pub fn named_type(reader: &mut Reader, node: &Node) -> Option<Type> {
    let named = node.text().and_then(Type::named);
    if named.is_none() {
        let names = Type::NAMES.split([',', ' ']).filter(|name| name.len() > 2);
        reader.expected_with(node, Type::NAMES, near(node.text().unwrap_or_default(), names).unwrap_or_default());
    }
    named
}

/// What the steps of a block may refer to.
pub struct Scope<'a> {
    /// The languages of the hotline: every text must be there in each.
    pub languages: &'a [Lang],
    /// The hotline's own and its sub-flows', in the order of the blocks.
    pub signatures: &'a [Signature],
    /// Calendars, sources, phrases.
    pub shared: &'a Shared,
    /// Whether this is the hotline itself.
    pub main: bool,
}

/// The steps of a block while they are read.
pub struct Steps<'a> {
    pub scope: &'a Scope<'a>,
    /// Index by name.
    pub index: HashMap<String, usize>,
    /// Sub-flows this file says it uses.
    pub uses: Vec<&'a str>,
}

/// Reads the steps of a flow file.
pub fn read(reader: &mut Reader, tree: &Node, scope: &Scope, at: usize, file: &str) -> Option<Block> {
    let signature = scope.signatures.get(at)?;
    if !scope.main {
        sub_flow_head(reader, tree, scope, file);
    }
    let steps = tree.get("steps").filter(|n| !n.pairs().is_empty());
    let Some(steps) = steps else {
        reader.problem(
            tree.at,
            "missing-field",
            "`steps:` is missing or empty",
            "add `steps:` with at least the one named by `start:`",
        );
        return None;
    };
    if steps.pairs().len() > MAX_STEPS {
        let what = format!("the flow has {} steps; at most {MAX_STEPS} are read", steps.pairs().len());
        reader.problem(steps.at, "too-long", what, "move parts of it to sub-flows");
        return None;
    }
    let index = index(steps);
    let start = target(reader, tree, "start", &index);
    let uses = tree.get("uses").map(Node::items).unwrap_or_default().iter().filter_map(Node::text).collect();
    let context = Steps { scope, index, uses };
    let read: Vec<Option<Step>> = steps.pairs().iter().map(|(key, node)| step(reader, &context, key, node)).collect();
    Some(Block {
        name: signature.name.clone(),
        start,
        steps: read.into_iter().collect::<Option<_>>()?,
        index: context.index,
        takes: signature.takes.clone(),
        gives: signature.gives.clone(),
    })
}

/// Where each step stands, by name.
pub fn index(steps: &Node) -> HashMap<String, usize> {
    steps.pairs().iter().enumerate().map(|(i, (key, _))| (key.text.clone(), i)).collect()
}

fn sub_flow_head(reader: &mut Reader, tree: &Node, scope: &Scope, file: &str) {
    let mut fields = Fields::of(reader, tree, "a sub-flow: `flow: name`, `start: …`, `steps: …`");
    named(reader, &mut fields, "the name of the sub-flow, like that of the file", file);
    let own = fields.need(reader, "languages", "the languages its texts are written in");
    if let Some(node) = own {
        let own = languages(reader, node);
        for lang in scope.languages.iter().filter(|l| !own.contains(l)) {
            let what = format!("the hotline that uses this sub-flow speaks {lang}, which is not in this list");
            reader.problem(node.at, "missing-text", what, format!("add {lang} here and its texts below"));
        }
    }
    uses(reader, &mut fields);
    for other in ["takes", "gives", "start", "steps"] {
        fields.take(other);
    }
    fields.done(reader);
}

/// A step of a block named at the top of its file.
pub fn target(reader: &mut Reader, tree: &Node, field: &'static str, index: &HashMap<String, usize>) -> usize {
    let Some(node) = tree.get(field) else {
        let hint = format!("add `{field}:` with the name of a step");
        reader.problem(tree.at, "missing-field", format!("`{field}:` is missing"), hint);
        return 0;
    };
    go(reader, node, index)
}

/// A target: the name of a step of the same file.
pub fn go(reader: &mut Reader, node: &Node, index: &HashMap<String, usize>) -> usize {
    let Some(name) = reader.text(node, "the name of a step") else { return 0 };
    if let Some(at) = index.get(name) {
        return *at;
    }
    let mut names: Vec<&str> = index.keys().map(String::as_str).collect();
    names.sort_unstable();
    let hint = near(name, names.into_iter())
        .unwrap_or_else(|| "targets are steps of the same file; sub-flows are entered with `call:`".into());
    reader.problem(node.at, "unknown-step", format!("there is no step `{name}`"), hint);
    0
}

fn step(reader: &mut Reader, context: &Steps, key: &crate::flow::source::Key, node: &Node) -> Option<Step> {
    if !matches!(node.is, Is::Map(_)) {
        let hint = "below the name, two spaces further in, write its kind and where it goes on";
        reader.expected_with(node, "a step", hint);
        return None;
    }
    let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !key.text.chars().all(valid) {
        let what = format!("`{}` is not a good name for a step", key.text);
        reader.problem(key.at, "name", what, "use lower-case letters, digits and hyphens");
    }
    let mut fields = Fields::of(reader, node, "a step");
    let needs = fields
        .take("needs")
        .and_then(|n| reader.number(n, 0, 3))
        .and_then(|n| Level::try_from(u8::try_from(n).ok()?).ok());
    let kind = kinds::kind(reader, context, node, &mut fields);
    let audio = kind.as_ref().map(|kind| audio::read(reader, kind, &mut fields)).unwrap_or_default();
    if kind.is_some() {
        fields.done(reader);
    }
    Some(Step {
        name: key.text.clone(),
        lines: (key.at.line, node.last_line),
        needs: needs.unwrap_or_default(),
        kind: kind?,
        audio,
    })
}
