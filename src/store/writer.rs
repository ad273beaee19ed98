//! The one task through which every turn is stored: it takes all that wait into one durable
//! transaction, because a commit costs the same for one turn as for a hundred. Each webhook still
//! stands or falls alone.

use super::batch;
use super::engine::{Engine, Tx};
use super::turns::{Committed, TurnRow};
use super::{Result, StoreError};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc, oneshot};

/// Turns in one transaction at most: more brings nothing, and the first waits for the last.
const MOST: usize = 256;

/// Turns waiting at most; who comes then waits before the queue.
const QUEUE: usize = 1024;

/// How long one transaction may take before its webhooks, who have a few seconds, are told.
const WITHIN: Duration = Duration::from_secs(5);

/// The way to the writer.
#[derive(Clone)]
pub(super) struct Writer(mpsc::Sender<Waiting>);

struct Waiting {
    row: TurnRow,
    tell: oneshot::Sender<Result<Committed>>,
}

impl Writer {
    /// Starts as many tasks as the engine can use: SQLite has one writer, PostgreSQL is busy with one
    /// batch while the next comes together. They end when the last way to them is gone.
    pub fn start(engine: Engine) -> Writer {
        let (sender, queue) = mpsc::channel(QUEUE);
        let queue = Arc::new(Mutex::new(queue));
        let tasks = if matches!(engine, Engine::Sqlite { .. }) { 1 } else { 2 };
        for _ in 0..tasks {
            tokio::spawn(work(engine.clone(), queue.clone()));
        }
        Writer(sender)
    }

    /// Hands a turn in and waits until it is stored or stale.
    pub async fn commit(&self, row: TurnRow) -> Result<Committed> {
        let (tell, told) = oneshot::channel();
        self.0.send(Waiting { row, tell }).await.map_err(|_| StoreError::Closed)?;
        told.await.map_err(|_| StoreError::Closed)?
    }

    /// Whether the task is there.
    pub fn alive(&self) -> Result<()> {
        if self.0.is_closed() { Err(StoreError::Closed) } else { Ok(()) }
    }
}

async fn work(engine: Engine, queue: Arc<Mutex<mpsc::Receiver<Waiting>>>) {
    let mut waiting = Vec::with_capacity(MOST);
    loop {
        let begun = {
            let mut queue = queue.lock().await;
            if queue.recv_many(&mut waiting, MOST).await == 0 {
                return;
            }
            // Whoever comes until it is our turn shares it. Where it cannot be had the rows are tried
            // without, and told why.
            let begun = tokio::time::timeout(WITHIN, engine.begin()).await.ok().and_then(Result::ok);
            while waiting.len() < MOST
                && let Ok(another) = queue.try_recv()
            {
                waiting.push(another);
            }
            begun
        };
        // A webhook that gave up will be repeated by its provider; its turn is not stored unheard.
        waiting.retain(|w| !w.tell.is_closed());
        // In the same order everywhere, so that two servers never wait for each other's rows.
        waiting.sort_by(|a, b| order(&a.row).cmp(&order(&b.row)));
        let (rows, tells): (Vec<_>, Vec<_>) = waiting.drain(..).map(|w| (w.row, w.tell)).unzip();
        if rows.is_empty() {
            continue;
        }
        for (result, tell) in store(&engine, begun, &rows).await.into_iter().zip(tells) {
            // The webhook may have given up meanwhile: its repetition finds the stored document.
            drop(tell.send(result));
        }
    }
}

/// By the key they race for.
fn order(row: &TurnRow) -> (&str, u32) {
    (row.call.as_str(), row.version)
}

/// Stores all together, or one by one when one of them spoils it for the others.
async fn store(engine: &Engine, begun: Option<Tx>, rows: &[TurnRow]) -> Vec<Result<Committed>> {
    match timely(engine, begun, rows).await {
        Ok(committed) => committed.into_iter().map(Ok).collect(),
        Err(error) if rows.len() > 1 && error.is_about_a_row() => {
            let mut results: Vec<Result<Committed>> = Vec::with_capacity(rows.len());
            for row in rows {
                // Once the database itself is away the rest need not wait for it one by one.
                let away = results.last().and_then(|r| r.as_ref().err()).filter(|e| !e.is_about_a_row()).cloned();
                results.push(match away {
                    Some(error) => Err(error),
                    None => timely(engine, None, std::slice::from_ref(row)).await.map(|c| c[0]),
                });
            }
            results
        }
        Err(error) => rows.iter().map(|_| Err(error.clone())).collect(),
    }
}

/// One transaction within its time. When the connection broke it is tried once more on a new one:
/// if the first did arrive after all, the rows are found to be ours by their `entry`.
async fn timely(engine: &Engine, begun: Option<Tx>, rows: &[TurnRow]) -> Result<Vec<Committed>> {
    let twice = async {
        match batch::store(engine, begun, rows).await {
            Err(error) if error.is_broken_connection() => batch::store(engine, None, rows).await,
            result => result,
        }
    };
    tokio::time::timeout(WITHIN, twice).await.unwrap_or(Err(StoreError::Slow))
}
