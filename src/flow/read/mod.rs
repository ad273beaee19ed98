//! Files into flows. Reads everything it can and gives every problem it met, each with file, line,
//! column and a hint; a flow with a problem is left out, the others load.

mod arguments;
mod audio;
mod block;
mod contact;
mod fields;
mod http;
mod kinds;
mod typing;
mod world;

use super::check::{Around, Checked};
use super::hours::Calendar;
use super::model::{Block, Flow, Param, Phrases};
use super::source::{self, Is, Node, Problem};
use super::text::Texts;
use super::value::Type;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use audio::{SPEAKS, is_recorded};
pub use fields::{Fields, Reader, duration, near};
pub use http::unknown_hosts;
pub use kinds::KINDS;

/// The texts of a flows folder by name below it: `digital-wallet.yaml`, `common/call-me-back.yaml`.
pub type Files = BTreeMap<String, String>;

/// What a folder holds.
#[derive(Default)]
pub struct Loaded {
    /// The flows without a problem.
    pub flows: Vec<Arc<Flow>>,
    /// The names of the flows that are there and have one.
    pub refused: Vec<String>,
    /// Every problem that keeps a flow or a file out, by file and line.
    pub problems: Vec<Problem>,
    /// What is warned of in the flows that are there, by file and line.
    pub warnings: Vec<Problem>,
}

/// A hotline with all that is said of it.
pub struct Examined {
    /// The flow, unless a problem blocks it.
    pub flow: Option<Flow>,
    /// Everything that blocks or is warned of, by file and line.
    pub problems: Vec<Problem>,
    /// Warnings answered in writing, and the flow's numbers.
    pub checked: Checked,
}

impl Loaded {
    /// Holds what was loaded from these files against the hosts that the settings know. A flow that
    /// would ask somebody nobody knows is refused; they share the file that says whom to ask.
    pub fn check_hosts(&mut self, files: &Files, known: &[String]) {
        let problems = unknown_hosts(files, known);
        if !problems.is_empty() {
            self.refused.extend(self.flows.drain(..).map(|flow| flow.name.clone()));
            self.problems.extend(problems);
        }
    }
}

const PHRASES: &str = "common/phrases.yaml";
const SHARED: [&str; 3] = [PHRASES, "calendars.yaml", "sources.yaml"];

/// Loads every hotline of a folder.
pub fn load(files: &Files) -> Loaded {
    let mut loaded = Loaded::default();
    for name in files.keys().filter(|name| is_hotline(name)) {
        let Examined { flow, problems, .. } = examine(files, name, &Around::default());
        let (blocks, warnings): (Vec<_>, Vec<_>) = problems.into_iter().partition(Problem::blocks);
        loaded.problems.extend(blocks);
        loaded.warnings.extend(warnings);
        match flow {
            Some(flow) => loaded.flows.push(Arc::new(flow)),
            None => loaded.refused.push(name.trim_end_matches(".yaml").to_owned()),
        }
    }
    for name in files.keys().filter(|name| is_sub_flow(name)) {
        if let Err(problem) = source::parse(&Arc::from(name.as_str()), &files[name]) {
            loaded.problems.push(problem);
        }
    }
    loaded.problems = each_once(std::mem::take(&mut loaded.problems));
    loaded.warnings = each_once(std::mem::take(&mut loaded.warnings));
    loaded
}

/// In the order of files and lines, and each once: a problem of a sub-flow is that of every hotline
/// that uses it, and is told as the first of them shows it.
pub fn each_once(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort();
    let shared = |problem: &Problem| problem.file.contains('/') && problem.keys.is_some();
    let about = |problem: &Problem| problem.what.split('`').nth(1).map(str::to_owned);
    problems.dedup_by(|next, first| {
        let same_place =
            (&next.file, next.line, next.column, next.code) == (&first.file, first.line, first.column, first.code);
        same_place && (next.what == first.what || (shared(next) && about(next) == about(first)))
    });
    problems
}

/// Loads one hotline from the texts it is made of, `name` being its file.
///
/// # Errors
/// The problems that block it.
pub fn load_one(files: &Files, name: &str) -> Result<Flow, Vec<Problem>> {
    let Examined { flow, mut problems, .. } = examine(files, name, &Around::default());
    problems.retain(Problem::blocks);
    flow.ok_or(problems)
}

/// Loads a hotline that took calls before: it was judged then, perhaps less strictly than a newer
/// server would, and the calls that are on it go on.
///
/// # Errors
/// What this server does not understand of it.
pub fn load_again(files: &Files, name: &str) -> Result<Flow, Vec<Problem>> {
    let (examined, understood) = put_together(files, name, &Around::default());
    understood.ok_or(examined.problems)
}

/// Loads one hotline and tells all that is to be said of it, `name` being its file.
pub fn examine(files: &Files, name: &str, around: &Around) -> Examined {
    let (mut examined, understood) = put_together(files, name, around);
    examined.flow = understood.filter(|_| !examined.problems.iter().any(Problem::blocks));
    examined
}

/// All that is to be said of a hotline, and the hotline itself where it is understood at all.
fn put_together(files: &Files, name: &str, around: &Around) -> (Examined, Option<Flow>) {
    let mut problems = Vec::new();
    let mut trees: BTreeMap<&str, Node> = BTreeMap::new();
    let wanted = wanted(files, name, &mut trees, &mut problems);
    let mut flow = assemble(&trees, &wanted, &mut problems);
    let understood = !problems.iter().any(Problem::blocks);
    let checked = flow.as_mut().map(|flow| super::check::check(flow, &trees, &wanted, around, &mut problems));
    if let Some(flow) = &mut flow {
        let used = wanted.iter().map(String::as_str).chain(SHARED);
        flow.files = used.filter_map(|n| Some((n.to_owned(), files.get(n)?.clone()))).collect();
        flow.digest = digest(&flow.files);
    }
    let examined = Examined { flow: None, problems: each_once(problems), checked: checked.unwrap_or_default() };
    (examined, flow.filter(|_| understood))
}

/// A file directly in the folder that is neither shared data nor stories.
pub fn is_hotline(name: &str) -> bool {
    name.ends_with(".yaml") && !name.contains('/') && !SHARED.contains(&name) && !name.ends_with(".stories.yaml")
}

/// A file that every hotline of the folder is made of.
pub fn is_shared(name: &str) -> bool {
    SHARED.contains(&name)
}

/// A file of steps that hotlines may use.
pub fn is_sub_flow(name: &str) -> bool {
    name.starts_with("common/") && name.ends_with(".yaml") && name != PHRASES
}

/// The calendars of a file, by name; what is wrong with them is for the checks to say.
pub fn read_calendars(text: &str) -> BTreeMap<String, Calendar> {
    let mut reader = Reader::new(SHARED[1]);
    source::parse(&Arc::from(SHARED[1]), text).map(|tree| world::calendars(&mut reader, &tree)).unwrap_or_default()
}

/// The words the core speaks when no flow can be asked: those that are shipped.
pub fn shipped_phrases() -> Phrases {
    let text = include_str!("../../../flows/common/phrases.yaml");
    let mut reader = Reader::new(PHRASES);
    source::parse(&Arc::from(PHRASES), text).map(|tree| world::phrases(&mut reader, &tree)).unwrap_or_default()
}

/// Parses the hotline, everything it uses and the shared files; gives the flow files in the order
/// of their blocks, the hotline first.
fn wanted<'f>(
    files: &'f Files,
    name: &'f str,
    trees: &mut BTreeMap<&'f str, Node>,
    problems: &mut Vec<Problem>,
) -> Vec<String> {
    let mut order: Vec<String> = vec![name.to_owned()];
    let mut todo: Vec<(String, Option<Problem>)> = vec![(name.to_owned(), None)];
    todo.extend(SHARED.iter().filter(|n| files.contains_key(**n)).map(|n| ((*n).to_owned(), None)));
    while let Some((file, absent)) = todo.pop() {
        let Some((key, text)) = files.get_key_value(&file) else {
            problems.extend(absent);
            continue;
        };
        let tree = match source::parse(&Arc::from(key.as_str()), text) {
            Ok(tree) => tree,
            Err(problem) => {
                problems.push(problem);
                continue;
            }
        };
        for used in tree.get("uses").map(Node::items).unwrap_or_default() {
            let Some(sub) = used.text() else { continue };
            let sub_file = format!("common/{sub}.yaml");
            if !order.contains(&sub_file) {
                let mut reader = Reader::new(&file);
                let names = files
                    .keys()
                    .filter(|n| is_sub_flow(n))
                    .filter_map(|n| n.strip_prefix("common/")?.strip_suffix(".yaml"));
                let hint = fields::near(sub, names).unwrap_or_else(|| format!("write it as flows/{sub_file}"));
                reader.problem(used.at, "unknown-sub-flow", format!("there is no sub-flow `{sub}`"), hint);
                order.push(sub_file.clone());
                todo.push((sub_file, reader.problems.pop()));
            }
        }
        trees.insert(key.as_str(), tree);
    }
    order.retain(|file| trees.contains_key(file.as_str()));
    if order.first().is_none_or(|first| first != name) { Vec::new() } else { order }
}

/// What a block offers to those that call it.
pub(super) struct Signature {
    pub name: String,
    pub takes: Vec<(String, Param)>,
    pub gives: BTreeMap<String, Type>,
}

fn assemble(trees: &BTreeMap<&str, Node>, wanted: &[String], problems: &mut Vec<Problem>) -> Option<Flow> {
    let file = wanted.first()?;
    let tree = trees.get(file.as_str())?;
    let mut main = Reader::new(file);
    if !matches!(tree.is, Is::Map(_)) {
        main.expected_with(tree, "a hotline", "begin with `flow: name`, `title: …`, `languages: …`");
        problems.append(&mut main.problems);
        return None;
    }
    let head = block::head(&mut main, tree, file);
    let steps = tree.get("steps").map(block::index).unwrap_or_default();
    let person = block::target(&mut main, tree, "person", &steps);
    let denied = block::target(&mut main, tree, "denied", &steps);
    let mut shared = world::Shared::default();
    for (file, node) in trees {
        let mut reader = Reader::new(file);
        match *file {
            PHRASES => shared.phrases = world::phrases(&mut reader, node),
            "calendars.yaml" => shared.calendars = world::calendars(&mut reader, node),
            "sources.yaml" => shared.sources = world::sources(&mut reader, node),
            _ => {}
        }
        problems.append(&mut reader.problems);
    }
    let signatures: Vec<Signature> = wanted
        .iter()
        .filter_map(|file| {
            let mut reader = Reader::new(file);
            let signature = block::signature(&mut reader, trees.get(file.as_str())?, file);
            problems.append(&mut reader.problems);
            Some(signature)
        })
        .collect();
    let mut blocks: Vec<Block> = Vec::new();
    for (at, file) in wanted.iter().enumerate() {
        let mut reader = if at == 0 { std::mem::replace(&mut main, Reader::new(file)) } else { Reader::new(file) };
        let scope =
            block::Scope { languages: &head.languages, signatures: &signatures, shared: &shared, main: at == 0 };
        let block = block::read(&mut reader, trees.get(file.as_str())?, &scope, at, file);
        problems.append(&mut reader.problems);
        blocks.extend(block);
    }
    // With a block missing, what refers to it would be called wrong though it is not.
    if blocks.len() < wanted.len() {
        return None;
    }
    shared.phrases.0.extend(missing_phrases(&shared.phrases));
    Some(Flow {
        name: head.name,
        digest: Arc::from(""),
        files: Vec::new(),
        title: head.title,
        languages: head.languages,
        person,
        denied,
        hours: head.hours,
        countries: head.countries,
        promises: head.promises,
        desks: head.desks,
        identity: head.identity,
        blocks,
        calendars: shared.calendars,
        sources: shared.sources,
        phrases: shared.phrases,
    })
}

/// Phrases that a folder's own file leaves out are the shipped ones.
fn missing_phrases(own: &Phrases) -> Vec<(String, Texts)> {
    let have: BTreeSet<&String> = own.0.keys().collect();
    shipped_phrases().0.into_iter().filter(|(name, _)| !have.contains(name)).collect()
}

fn digest(files: &[(String, String)]) -> Arc<str> {
    let mut sha = Sha256::new();
    for (name, text) in files {
        for part in [name, text] {
            sha.update((part.len() as u64).to_be_bytes());
            sha.update(part.as_bytes());
        }
    }
    sha.finalize().iter().map(|b| format!("{b:02x}")).collect::<String>().into()
}
