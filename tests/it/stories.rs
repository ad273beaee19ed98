//! The stories under `flows/`, played on `step` alone and through the real router.

mod mending;
mod reading;
mod router;

use crate::support::flows::shipped;
use hotline::flow::Flow;
use hotline::play::{self, Failure, Report};
use std::collections::BTreeSet;
use std::sync::Arc;

fn reports() -> Vec<Report> {
    let (files, flows) = shipped();
    let reports = play::folder(&files, &flows);
    let names = |flows: Vec<&Arc<Flow>>| flows.iter().map(|flow| flow.name.clone()).collect::<BTreeSet<_>>();
    let played = names(reports.iter().filter(|report| !report.played.is_empty()).map(|report| &report.flow).collect());
    assert_eq!(played, names(flows.iter().collect()), "every hotline has stories");
    reports
}

fn list<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_story_goes_as_it_is_written() {
    for report in reports() {
        assert!(report.problems.is_empty(), "{}", list(&report.problems));
        let failures: Vec<&Failure> = report.played.iter().filter_map(|(_, played)| played.failure.as_ref()).collect();
        let (all, failed) = (report.played.len(), failures.len());
        assert!(failures.is_empty(), "{failed} of {all} stories of {}:\n{}", report.flow.name, list(failures));
    }
}

#[test]
fn the_stories_reach_every_step_and_every_choice() {
    for report in reports() {
        let unreached = report.coverage.unreached(&report.flow);
        let (all, reached) = report.coverage.count(&report.flow);
        assert!(unreached.is_empty(), "{}: {reached} of {all} are reached\n{}", report.flow.name, list(unreached));
    }
}
