//! What it costs to try everything on a shipped hotline.

use criterion::{Criterion, criterion_group, criterion_main};
use hotline::cli::folder;
use hotline::play::{Bounds, explore};
use std::hint::black_box;
use std::path::Path;

fn exploring(c: &mut Criterion) {
    let Ok(flows) = folder::read(Path::new("flows")).map(|folder| folder.load().flows) else { return };
    let mut group = c.benchmark_group("explore");
    group.sample_size(10);
    for flow in flows {
        group.bench_function(&flow.name, |b| b.iter(|| explore(black_box(&flow), Bounds::default())));
    }
    group.finish();
}

criterion_group!(benches, exploring);
criterion_main!(benches);
