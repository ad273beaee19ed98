//! The complete example at the end of the reference for admins: it is loaded, checked and played as
//! it stands there, beside what is shipped.

use crate::support::flows::files;
use hotline::flow::read::{Files, KINDS, load_one};
use hotline::flow::source;
use hotline::play;
use std::collections::BTreeSet;
use std::sync::Arc;

const REFERENCE: &str = include_str!("../../flows/README.md");
const FLOW: &str = "tram-card.yaml";
/// What is shipped and the example builds on.
const SHIPPED: [&str; 4] = ["common/phrases.yaml", "common/call-me-back.yaml", "calendars.yaml", "sources.yaml"];

/// The files of the example by their names, which stand in their first lines.
fn example() -> Vec<(&'static str, &'static str)> {
    let (_, example) = REFERENCE.split_once("\n## A hotline with everything\n").unwrap();
    let blocks = example.split("```yaml\n# ").skip(1).map(|rest| rest.split_once("\n```").unwrap().0);
    blocks.map(|block| block.split_once('\n').unwrap()).collect()
}

/// What an admin's folder holds after writing it off.
fn folder() -> Files {
    let mut folder = files();
    folder.retain(|name, _| SHIPPED.contains(&name.as_str()));
    for (name, text) in example() {
        match name.strip_prefix("added to ") {
            Some(name) => folder.get_mut(name).unwrap().push_str(&format!("\n{text}\n")),
            None => assert_eq!(folder.insert(name.to_owned(), text.to_owned()), None, "{name}"),
        }
    }
    folder
}

#[test]
fn the_example_is_right_and_its_stories_reach_all_of_it() {
    let folder = folder();
    let flow = load_one(&folder, FLOW).unwrap_or_else(|problems| panic!("{problems:?}"));
    let [report] = &play::folder(&folder, &[Arc::new(flow)])[..] else { panic!("it has stories") };
    assert_eq!(report.problems, []);
    let failures: Vec<String> =
        report.played.iter().filter_map(|(_, played)| Some(played.failure.as_ref()?.to_string())).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(report.played.len() > 15, "{} stories", report.played.len());
    let unreached = report.coverage.unreached(&report.flow);
    let own: Vec<&String> = unreached.iter().filter(|what| !what.contains(" call-me-back/")).collect();
    assert_eq!(own, [""; 0]);
}

#[test]
fn every_kind_of_step_is_in_the_example() {
    let folder = folder();
    let used = |kind: &&str| {
        let own = example();
        own.iter().filter(|(name, _)| name.starts_with("tram-card.yaml") || name.starts_with("common/")).any(
            |(name, _)| {
                let tree = source::parse(&Arc::from(*name), &folder[*name]).unwrap();
                let steps = tree.get("steps").unwrap();
                steps.pairs().iter().any(|(_, step)| step.get(kind).is_some())
            },
        )
    };
    let missing: BTreeSet<&str> = KINDS.into_iter().filter(|kind| !used(kind)).collect();
    assert_eq!(missing, BTreeSet::new());
}
