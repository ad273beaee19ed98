//! What the checker says of small flows: each kind of problem in its exact words, with the keys that
//! show it, and beside it the flow that is right.

mod around;
mod levels;
mod marks;
mod menus;
mod numbers;
mod person;
mod secrets;
mod unset;

use crate::support::flows::files;
use crate::support::told::in_every_language;
use hotline::flow::check::Around;
use hotline::flow::read::{Examined, Files, examine, is_hotline};

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
denied: agent
steps:
";

/// The last steps of every hotline here.
const END: &str = "
  agent:
    call: call-me-back
    with: { kind: callback, topic: shop, priority: low }
    then: bye
  bye:
    hangup: { en-US: Bye. }
";

/// A hotline with these steps, a way to a callback and a goodbye.
fn hotline_of(steps: &str) -> String {
    format!("{TOP}{}{END}", steps.trim_matches('\n').trim_end())
}

/// A hotline beside the shipped sub-flows, and others.
fn with(hotline: &str, more: &[(&str, &str)]) -> Files {
    let mut files = files();
    files.retain(|name, _| !is_hotline(name));
    files.insert("test.yaml".into(), hotline.into());
    files.extend(more.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
    files
}

fn examined(files: &Files, around: &Around) -> Examined {
    let examined = examine(files, "test.yaml", around);
    in_every_language(examined.problems.iter().chain(examined.checked.waived.iter().map(|waived| &waived.problem)));
    examined
}

/// What is said of a hotline and its own sub-flows, as it is printed.
fn said_of(files: &Files) -> Vec<String> {
    let shipped = |file: &str| file != "test.yaml" && crate::support::flows::files().contains_key(file);
    let problems = examined(files, &Around::default()).problems;
    problems.iter().filter(|problem| !shipped(&problem.file)).map(ToString::to_string).collect()
}

/// Holds what is said of a hotline with these steps.
#[track_caller]
fn check(steps: &str, expected: &[&str]) {
    check_files(&with(&hotline_of(steps), &[]), expected);
}

#[track_caller]
fn check_files(files: &Files, expected: &[&str]) {
    assert_eq!(said_of(files).join("\n"), expected.join("\n"));
}

#[test]
fn the_shipped_hotlines_have_no_problem_and_every_warning_is_answered() {
    let files = files();
    for name in files.keys().filter(|name| is_hotline(name)) {
        let found = examine(&files, name, &Around { turns: Some(120), ..Around::default() });
        let problems: Vec<String> = found.problems.iter().map(ToString::to_string).collect();
        assert_eq!(problems.join("\n"), "");
        assert!(found.flow.is_some());
        assert!(found.checked.waived.iter().all(|waived| waived.why.len() > 20), "a waiver says why");
    }
}
