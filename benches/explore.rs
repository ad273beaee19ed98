//! What it costs to try everything on a shipped hotline.

#[path = "../tests/it/support/flows.rs"]
mod flows;

use criterion::{Criterion, criterion_group, criterion_main};
use hotline::play::{Bounds, explore};
use std::hint::black_box;

fn exploring(c: &mut Criterion) {
    let (_, flows) = flows::shipped();
    let mut group = c.benchmark_group("explore");
    group.sample_size(10);
    for flow in flows {
        group.bench_function(&flow.name, |b| b.iter(|| explore(black_box(&flow), Bounds::default())));
    }
    group.finish();
}

criterion_group!(benches, exploring);
criterion_main!(benches);
