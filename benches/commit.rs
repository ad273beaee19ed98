//! What it costs to keep a turn durably: one webhook alone, and 32 at once that share commits.
//! SQLite writes to a file in the temporary folder, so run it where that is a real disk. PostgreSQL is
//! measured where its programs are installed, without the disk: what is seen there is the way to it.

#![expect(clippy::expect_used, reason = "what cannot be measured stops the measurement")]

#[path = "../tests/it/support/postgres.rs"]
mod postgres;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hotline::store::{BeginRow, Committed, Store, TurnRow};
use hotline::words::CallId;
use std::time::Duration;
use tokio::runtime::Runtime;

/// As large as a turn of the digital wallet is in the middle of a call.
const STATE: usize = 1100;
const DOCUMENT: usize = 1600;

fn row(call: &CallId, version: u32) -> TurnRow {
    let begins = (version == 1).then(|| BeginRow {
        provider: "twilio".into(),
        provider_call: call.as_str().into(),
        line: "digital-wallet".into(),
        digest: "d".repeat(64),
        dialled: "+85230000000".into(),
        caller: Some("+8613800138000".into()),
        test: false,
    });
    TurnRow {
        call: call.clone(),
        version,
        turn: Some(version - 1),
        entry: i64::from(version),
        event: r#"{"digits":"1"}"#.into(),
        answers: "[]".into(),
        state: "s".repeat(STATE),
        trail: r#"[{"key":"1"},{"step":"payment"},{"step":"payment-number"}]"#.into(),
        document: Some("d".repeat(DOCUMENT)),
        at: 1_772_416_800_000 + i64::from(version),
        begins,
        ends: None,
        person: false,
        remember: Vec::new(),
    }
}

/// A call that gets one turn after the other.
struct Line {
    call: CallId,
    version: u32,
}

impl Line {
    fn new() -> Line {
        Line { call: CallId::fresh(), version: 0 }
    }

    async fn commit(&mut self, store: &Store) {
        self.version += 1;
        let committed = store.commit(row(&self.call, self.version)).await.expect("the database takes it");
        assert_eq!(committed, Committed::Stored);
    }
}

/// `tasks` calls, each committing one turn.
async fn together(store: &Store, lines: Vec<Line>) -> Vec<Line> {
    let tasks: Vec<_> = lines
        .into_iter()
        .map(|mut line| {
            let store = store.clone();
            tokio::spawn(async move {
                line.commit(&store).await;
                line
            })
        })
        .collect();
    let mut lines = Vec::with_capacity(tasks.len());
    for task in tasks {
        lines.push(task.await.expect("no task panics"));
    }
    lines
}

fn on(c: &mut Criterion, name: &str, runtime: &Runtime, url: &str) {
    let store = runtime.block_on(async {
        let store = Store::open(url, "bench").await.expect("the database opens");
        store.migrate().await.expect("the tables are made");
        store
    });
    let mut group = c.benchmark_group(format!("commit/{name}"));
    group.measurement_time(Duration::from_secs(5));
    for tasks in [1, 32] {
        group.throughput(Throughput::Elements(tasks));
        let mut lines: Option<Vec<Line>> = Some((0..tasks).map(|_| Line::new()).collect());
        group.bench_function(format!("{tasks} at once"), |b| {
            b.iter(|| lines = lines.take().map(|lines| runtime.block_on(together(&store, lines))));
        });
    }
    group.finish();
    runtime.block_on(store.close());
}

fn commits(c: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a temporary folder");
    on(c, "SQLite", &runtime, &format!("sqlite:{}", folder.path().join("hotline.db").display()));
    if postgres::programs().is_some() {
        let url = runtime.block_on(postgres::fresh_database());
        on(c, "PostgreSQL", &runtime, &url);
    }
}

criterion_group!(benches, commits);
criterion_main!(benches);
