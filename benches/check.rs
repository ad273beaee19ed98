//! What it costs to read and check a flow: the largest that is shipped, and one of two thousand steps.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what cannot be measured stops the measurement")]

#[path = "../tests/it/support/flows.rs"]
mod flows;
#[path = "../tests/it/support/large.rs"]
mod large;

use criterion::{Criterion, criterion_group, criterion_main};
use hotline::flow::check::Around;
use hotline::flow::read::{Files, examine};
use std::hint::black_box;

/// All problems, warnings and numbers of a hotline.
fn check(files: &Files, name: &str) -> usize {
    let found = examine(files, name, &Around { turns: Some(120), ..Around::default() });
    assert!(found.flow.is_some(), "{:?}", found.problems);
    found.problems.len()
}

fn checks(c: &mut Criterion) {
    let (mut files, flows) = flows::shipped();
    let steps = |flow: &hotline::flow::Flow| flow.blocks.iter().map(|block| block.steps.len()).sum::<usize>();
    let largest = flows.iter().max_by_key(|flow| steps(flow)).unwrap();
    let (count, file) = (steps(largest), format!("{}.yaml", largest.name));
    c.bench_function(&format!("check/the largest shipped, {count} steps"), |b| {
        b.iter(|| check(black_box(&files), &file));
    });
    files.insert("test.yaml".into(), large::hotline(2_000));
    c.bench_function("check/two thousand steps", |b| b.iter(|| check(black_box(&files), "test.yaml")));
}

criterion_group! { name = benches; config = Criterion::default().sample_size(20); targets = checks }
criterion_main!(benches);
