//! Flow files with mistakes: each is reported where it stands, in words that help to mend it, all
//! of a file together; and a file with a mistake takes no other with it.

mod expressions;
mod http;
mod paths;
mod shared;
mod steps;
mod yaml;

use crate::support::flows::files;
use crate::support::told::in_every_language;
use hotline::flow::read::{Files, Loaded, load};

/// The top of a hotline; its steps begin in line 11.
const TOP: &str = "\
flow: test
title: { en-US: Test }
languages: [en-US]
uses: [call-me-back]
hours: always
countries: [HK]
start: hello
person: agent
denied: bye
steps:
";

/// The last steps that every hotline here has.
const BYE: &str = "
  agent:
    call: call-me-back
    with: { kind: callback, topic: shop, priority: low }
    then: bye
  bye:
    hangup: { en-US: Bye. }
";

/// The shipped files, without their hotlines.
fn shared_files() -> Files {
    let mut files = crate::support::flows::files();
    files.retain(|name, _| !hotline::flow::read::is_hotline(name));
    files
}

/// Loads a file beside the shipped ones; beside a good hotline when it is none itself.
fn load_with(name: &str, text: &str) -> Loaded {
    let mut files = shared_files();
    files.insert(
        "test.yaml".into(),
        hotline_of(
            "  hello:\n    call: call-me-back\n    with: { kind: callback, topic: shop, priority: low }\n    then: bye",
        ),
    );
    files.insert(name.into(), text.into());
    told(load(&files))
}

/// What was loaded, each problem of which is told in every language.
#[track_caller]
fn told(loaded: Loaded) -> Loaded {
    in_every_language(loaded.problems.iter().chain(&loaded.warnings));
    loaded
}

/// A hotline with these steps and a goodbye.
fn hotline_of(steps: &str) -> String {
    format!("{TOP}{}{BYE}", steps.trim_start_matches('\n').trim_end())
}

/// What is said of a file: each problem as it is printed.
fn said_of(name: &str, text: &str) -> Vec<String> {
    load_with(name, text).problems.iter().map(ToString::to_string).collect()
}

/// What is said of a hotline with these steps.
fn said_of_steps(steps: &str) -> Vec<String> {
    said_of("test.yaml", &hotline_of(steps))
}

/// Holds what is said of a hotline with these steps: each problem in one line, then its hint.
#[track_caller]
fn check(steps: &str, expected: &[&str]) {
    assert_eq!(said_of_steps(steps).join("\n"), expected.join("\n"));
}

/// The places and codes of what is said, where the words do not matter.
#[track_caller]
fn check_codes(steps: &str, expected: &[(usize, usize, &str)]) {
    let loaded = load_with("test.yaml", &hotline_of(steps));
    let found: Vec<(usize, usize, &str)> = loaded.problems.iter().map(|p| (p.line, p.column, p.code)).collect();
    assert_eq!(found, expected);
    assert!(loaded.flows.is_empty(), "a flow with a problem is not there");
}

#[test]
fn the_shipped_flows_load_without_a_problem() {
    let loaded = load(&files());
    assert_eq!(loaded.problems, []);
    let hotlines = files().keys().filter(|name| hotline::flow::read::is_hotline(name)).count();
    assert_eq!(loaded.flows.len(), hotlines);
    assert!(hotlines > 0);
}

#[test]
fn the_example_in_the_reference_loads_beside_them() {
    let reference = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/flows/README.md")).unwrap();
    let (_, after) = reference.split_once("```yaml\n").unwrap();
    let (example, _) = after.split_once("```").unwrap();
    let mut files = shared_files();
    files.insert("opening-hours.yaml".into(), example.into());
    let loaded = load(&files);
    assert_eq!(loaded.problems, []);
    assert_eq!(loaded.flows[0].name, "opening-hours");
}

#[test]
fn a_file_with_three_mistakes_gives_three_problems() {
    let steps = "
  hello:
    say: { en-US: Hi. }
    then: goodby
  what:
    ask: number
    as: digit
    prompt: { zh-CN: 请输入。 }
    then: bye
    otherwise: bye";
    check_codes(steps, &[(13, 11, "unknown-step"), (16, 9, "typing"), (17, 13, "missing-text")]);
}

#[test]
fn mistakes_of_reading_and_of_meaning_are_told_together() {
    let steps = "
  hello:
    ask: tries
    as: { number: { from: 1, to: 5 } }
    prompt: { en-US: How often? }
    then: many
    otherwise: by
  many:
    when:
      - { if: tries == 'many', go: bye }
    else: bye";
    check_codes(steps, &[(16, 16, "unknown-step"), (19, 15, "type")]);
}

#[test]
fn a_broken_hotline_leaves_another_good_one_loaded() {
    let mut files = crate::support::flows::files();
    files.insert("broken.yaml".into(), "flow: broken\n".into());
    let loaded = load(&files);
    assert!(loaded.flows.iter().any(|flow| flow.name == "digital-wallet"));
    assert!(loaded.flows.iter().all(|flow| flow.name != "broken"));
    assert!(loaded.problems.iter().all(|problem| &*problem.file == "broken.yaml"));
    assert!(!loaded.problems.is_empty());
}

#[test]
fn the_same_files_are_the_same_version_and_other_words_another() {
    let first = load(&files()).flows[0].digest.clone();
    assert_eq!(first, load(&files()).flows[0].digest);
    let mut files = crate::support::flows::files();
    let sub_flow = files.get_mut("common/call-me-back.yaml").unwrap();
    *sub_flow = sub_flow.replace("We can call you back.", "We could call you back.");
    assert_ne!(first, load(&files).flows[0].digest);
}

#[test]
fn a_version_is_made_again_from_the_files_it_keeps() {
    let flow = load(&files()).flows[0].clone();
    let again = hotline::flow::read::load_one(&flow.files.iter().cloned().collect(), "digital-wallet.yaml").unwrap();
    assert_eq!(again.digest, flow.digest);
}
