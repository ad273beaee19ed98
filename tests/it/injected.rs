//! Faults put into the shipped flows: whatever the explorer can show of one, loading refuses before.
//! `HOTLINE_LONG=1` tries many more. `HOTLINE_FAULT=N` tries one by its seed and tells of it.

pub mod dice;
mod faults;
mod text;

use crate::support::flows::files;
use faults::{Fault, KINDS, make};
use hotline::flow::read::{Files, is_hotline, load, load_one};
use hotline::play::{Bounds, explore};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

/// What became of a fault.
enum Fate {
    /// Loading refuses it, by the first code.
    Caught(&'static str),
    /// Nothing that can happen shows it.
    Harmless,
    /// The explorer shows what loading let pass.
    Missed(String),
}

fn long() -> bool {
    std::env::var_os("HOTLINE_LONG").is_some_and(|set| set == "1")
}

/// The hotlines made of a file, the smallest first.
fn hotlines_of(files: &Files, file: &str) -> Vec<String> {
    let sub = file.strip_prefix("common/").and_then(|name| name.strip_suffix(".yaml"));
    let uses = |text: &str| match sub {
        Some(sub) => text.lines().any(|line| line.starts_with("uses:") && line.contains(sub)),
        None => true,
    };
    let mut users: Vec<_> = files.iter().filter(|(name, text)| is_hotline(name) && uses(text)).collect();
    users.retain(|(name, _)| !is_hotline(file) || *name == file);
    users.sort_by_key(|(_, text)| text.len());
    users.into_iter().map(|(name, _)| name.clone()).collect()
}

fn fate(files: &Files, fault: &Fault) -> Fate {
    let mut broken = files.clone();
    broken.insert(fault.file.clone(), fault.text.clone());
    let mut flows = Vec::new();
    for hotline in hotlines_of(files, &fault.file) {
        match load_one(&broken, &hotline) {
            Ok(flow) => flows.push(flow),
            Err(problems) => return Fate::Caught(problems.first().map_or("", |problem| problem.code)),
        }
    }
    let transitions = if long() { 20_000 } else { 4_000 };
    let explored = flows.first().map(|flow| explore(flow, Bounds { transitions, ..Bounds::default() }));
    match explored.iter().flat_map(|explored| &explored.findings).next() {
        Some(finding) => Fate::Missed(finding.to_string()),
        None => Fate::Harmless,
    }
}

/// Tries the faults of these seeds on as many threads as there are processors.
fn try_all(files: &Files, seeds: u64) -> (BTreeMap<(&'static str, &'static str), u64>, Vec<String>) {
    let next = AtomicU64::new(0);
    let worker = || {
        let (mut counts, mut missed) = (BTreeMap::new(), Vec::new());
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds {
                return (counts, missed);
            }
            let Some(fault) = make(files, seed) else { continue };
            let became = match fate(files, &fault) {
                Fate::Caught(code) => code,
                Fate::Harmless => {
                    println!("harmless: {fault}");
                    "(harmless)"
                }
                Fate::Missed(finding) => {
                    missed.push(format!("{fault}\n    {finding}"));
                    "(missed)"
                }
            };
            *counts.entry((fault.kind, became)).or_default() += 1;
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let results: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let (mut counts, mut missed) = (BTreeMap::new(), Vec::new());
    for (own, found) in results {
        own.into_iter().for_each(|(key, n): (_, u64)| *counts.entry(key).or_default() += n);
        missed.extend(found);
    }
    (counts, missed)
}

#[test]
fn whatever_a_fault_in_a_flow_can_lead_to_is_refused_before_any_call() {
    let files = files();
    if let Some(seed) = std::env::var("HOTLINE_FAULT").ok().and_then(|seed| seed.parse().ok()) {
        let fault = make(&files, seed).expect("there is a fault of this seed");
        match fate(&files, &fault) {
            Fate::Caught(code) => println!("{fault}\n    caught: {code}"),
            Fate::Harmless => println!("{fault}\n    harmless"),
            Fate::Missed(finding) => panic!("{fault}\n    {finding}"),
        }
        return;
    }
    let (counts, missed) = try_all(&files, if long() { 1_200 } else { 60 });
    let told: Vec<String> = counts.iter().map(|((kind, became), n)| format!("{n:5} {kind}: {became}")).collect();
    println!("{}", told.join("\n"));
    let all: u64 = counts.values().sum();
    assert!(missed.is_empty(), "{} of {all} missed:\n{}\n{}", missed.len(), missed.join("\n"), told.join("\n"));
    assert!(all >= if long() { 1_000 } else { 45 }, "only {all} faults could be made\n{}", told.join("\n"));
    if long() {
        let kinds: Vec<&str> = KINDS.iter().map(|(kind, _)| *kind).collect();
        let unseen: Vec<_> = kinds.iter().filter(|kind| !counts.keys().any(|(own, _)| own == *kind)).collect();
        assert!(unseen.is_empty(), "never made: {unseen:?}");
    }
}

#[test]
fn untouched_flows_are_refused_for_nothing() {
    let problems: Vec<String> = load(&files()).problems.iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn a_fault_is_the_same_for_the_same_seed() {
    let files = files();
    for seed in 0..20 {
        let text = |fault: Option<Fault>| fault.map(|fault| (fault.file, fault.text));
        assert_eq!(text(make(&files, seed)), text(make(&files, seed)));
    }
}
