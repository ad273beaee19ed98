//! The schema of the language: every shipped flow fits it, and what it refuses, loading refuses.

use crate::support::flows::{files, shipped};
use crate::support::json_schema::Schema;
use crate::support::program::run;
use hotline::flow::Flow;
use hotline::flow::read::{Files, load_one};
use hotline::flow::schema::{KINDS, schema};
use hotline::flow::source::{self, Node};
use hotline::words::Currency;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The shipped hotlines and sub-flows with their trees.
fn flow_files() -> Vec<(String, Node)> {
    let is_flow = |name: &&String| {
        let shared = ["calendars.yaml", "sources.yaml", "common/phrases.yaml"].contains(&name.as_str());
        !shared && !name.ends_with(".stories.yaml") && !name.starts_with("demo/")
    };
    let files = files();
    let flows: Vec<&String> = files.keys().filter(is_flow).collect();
    assert!(flows.len() >= 4, "{flows:?}");
    let tree = |name: &String| source::parse(&Arc::from(name.as_str()), &files[name]).unwrap();
    flows.into_iter().map(|name| (name.clone(), tree(name))).collect()
}

/// As YAML readers of editors see it: whole numbers without quotes are numbers.
fn as_editors_read(node: &Node) -> Value {
    match &node.is {
        source::Is::Map(pairs) => pairs.iter().map(|(key, node)| (key.text.clone(), as_editors_read(node))).collect(),
        source::Is::List(items) => items.iter().map(as_editors_read).collect(),
        source::Is::Scalar { text, quoted: false } => text.parse::<i64>().map_or_else(|_| node.to_json(), Value::from),
        source::Is::Scalar { .. } => node.to_json(),
    }
}

#[test]
fn every_shipped_flow_fits_the_schema() {
    let schema = Schema(schema());
    for (name, tree) in flow_files() {
        for read in [tree.to_json(), as_editors_read(&tree)] {
            assert_eq!(schema.refuses(&read), Vec::<String>::new(), "{name}");
        }
    }
}

#[test]
fn every_example_of_the_reference_fits_the_schema() {
    let reference = include_str!("../../flows/README.md");
    let parse = |text: &str| source::parse(&Arc::from("README.md"), text).unwrap().to_json();
    let hotline = reference.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(Schema(schema()).refuses(&parse(hotline)), Vec::<String>::new());
    let step = Schema(json!({ "$ref": "#/$defs/step", "$defs": schema()["$defs"] }));
    let steps = reference.split("\n## Steps\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let mut shown = BTreeSet::new();
    for example in steps.split("```\n").skip(1).step_by(2) {
        for (name, example) in parse(example).as_object().unwrap() {
            assert_eq!(step.refuses(example), Vec::<String>::new(), "{name}");
            shown.extend(KINDS.iter().map(|kind| kind.name).filter(|kind| example.get(kind).is_some()));
        }
    }
    assert_eq!(shown, KINDS.iter().map(|kind| kind.name).collect(), "each kind has an example");
}

#[test]
fn every_kind_and_every_word_of_the_language_is_in_it() {
    let known: BTreeSet<&str> = hotline::flow::read::KINDS.into_iter().collect();
    assert_eq!(KINDS.iter().map(|kind| kind.name).collect::<BTreeSet<_>>(), known);
    let whole = schema();
    for kind in KINDS {
        let step = &whole["$defs"][format!("step-{}", kind.name)];
        for (name, field) in step["properties"].as_object().unwrap() {
            assert!(!field["description"].as_str().unwrap().is_empty(), "{}: {name}", kind.name);
        }
    }
    let text = whole.to_string();
    for word in hotline::flow::value::Type::NAMES.split([',', ' ']).filter(|word| !["", "or"].contains(word)) {
        assert!(text.contains(&format!("\"{word}\"")), "{word}");
    }
    let currencies = whole.pointer("/$defs/typing/anyOf/3/properties/amount/enum").unwrap().as_array().unwrap();
    assert!(currencies.iter().all(|code| Currency::parse(code.as_str().unwrap()).is_some()));
}

/// A place in a flow file that stands for all like it: names of steps become their kinds,
/// and one language stands for all.
fn likeness(path: &[String], tree: &Value) -> String {
    let mut like: Vec<&str> = path.iter().map(String::as_str).collect();
    if let ["steps", name, ..] = like[..] {
        let step = tree["steps"][name].as_object().unwrap();
        like[1] = KINDS.iter().map(|kind| kind.name).find(|kind| step.contains_key(*kind)).unwrap();
    }
    for part in &mut like {
        if part.parse::<usize>().is_ok() || hotline::words::Lang::parse(part).is_some() {
            *part = "*";
        }
    }
    like.join("/")
}

/// Every place of a value, the whole first.
fn places(value: &Value, path: &[String], found: &mut Vec<Vec<String>>) {
    found.push(path.to_vec());
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(i, value)| (i.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (name, value) in inner {
        places(value, &[path, &[name]].concat(), found);
    }
}

fn at<'v>(value: &'v mut Value, path: &[String]) -> &'v mut Value {
    path.iter().fold(value, |value, part| match value {
        Value::Array(items) => &mut items[part.parse::<usize>().unwrap()],
        value => value.get_mut(part).unwrap(),
    })
}

/// The file with something wrong at a place: another type, one field less, one more, another name.
fn spoiled(tree: &Value, path: &[String]) -> Vec<Value> {
    let mut all: Vec<Value> =
        [json!(null), json!(""), json!(77), json!("zz zz"), json!([]), json!({}), json!({ "zz": "zz" })]
            .into_iter()
            .map(|other| {
                let mut spoiled = tree.clone();
                *at(&mut spoiled, path) = other;
                spoiled
            })
            .collect();
    let Some((name, above)) = path.split_last() else { return all };
    let with_fields = |change: &dyn Fn(&mut serde_json::Map<String, Value>)| {
        let mut spoiled = tree.clone();
        at(&mut spoiled, above).as_object_mut().map(change)?;
        Some(spoiled)
    };
    all.extend(with_fields(&|fields| drop(fields.remove(name))));
    all.extend(with_fields(&|fields| drop(fields.insert(format!("{name}z"), json!("zz")))));
    all.extend(with_fields(&|fields| {
        let value = fields.remove(name).unwrap();
        fields.insert(name.to_uppercase(), value);
    }));
    all
}

/// For each hotline and sub-flow, a hotline that is made of it, the shortest of them.
fn hotlines_by_part() -> BTreeMap<String, String> {
    let (files, mut flows) = shipped();
    flows.sort_by_key(|flow| std::cmp::Reverse(files[&format!("{}.yaml", flow.name)].len()));
    let parts = |flow: &Arc<Flow>| {
        let main = format!("{}.yaml", flow.name);
        flow.files.iter().map(|(part, _)| (part.clone(), main.clone())).collect::<Vec<_>>()
    };
    flows.iter().flat_map(parts).collect()
}

fn loads(files: &Files, hotline: &str) -> bool {
    load_one(files, hotline).is_ok()
}

#[test]
fn what_the_schema_refuses_loading_refuses_too() {
    let schema = Schema(schema());
    let long = std::env::var_os("HOTLINE_LONG").is_some();
    let mut seen = BTreeSet::new();
    let (mut refused, mut passed) = (0, Vec::new());
    let used = hotlines_by_part();
    for (name, tree) in flow_files() {
        let tree = tree.to_json();
        let mut folder = files();
        folder.insert(name.clone(), tree.to_string());
        let Some(main) = used.get(&name) else { continue };
        assert!(loads(&folder, main), "{name} is right as it is");
        let mut all = Vec::new();
        places(&tree, &[], &mut all);
        let like = |path: &Vec<String>| (name.starts_with("common/"), likeness(path, &tree));
        for path in all.iter().filter(|path| seen.insert(like(path)) || long) {
            let all = spoiled(&tree, path);
            for spoiled in all.iter().filter(|spoiled| !schema.refuses(spoiled).is_empty()) {
                refused += 1;
                // Each load reads the whole hotline: the short form takes every fifth.
                if !long && refused % 5 != 0 {
                    continue;
                }
                folder.insert(name.clone(), spoiled.to_string());
                if loads(&folder, main) {
                    passed.push(format!("{name} {}", path.join("/")));
                }
            }
        }
    }
    assert!(refused > 1000, "{refused} files are refused");
    assert!(passed.is_empty(), "{} of {refused} load all the same:\n{}", passed.len(), passed.join("\n"));
}

#[test]
fn the_command_prints_it() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = run(folder.path(), &["schema"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert_eq!(serde_json::from_str::<Value>(&out).unwrap(), schema());
}
