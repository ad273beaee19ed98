//! Keeps webhooks: the row of their call moves on by one, a row of the event is appended, and nobody is
//! answered before both are on the disk. Whatever waits goes in together.

use sqlx::postgres::{PgPool, PgPoolOptions};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::{Mutex, oneshot};

/// Webhooks that are kept together at most.
const TOGETHER: usize = 512;
/// Connections of PostgreSQL that write: while one waits for the disk the other gathers.
const WRITERS: usize = 2;

/// What is kept of a webhook.
pub struct Webhook {
    pub call: String,
    pub from: String,
    pub digits: String,
}

type Waiting = (Webhook, oneshot::Sender<i64>);

/// Hands webhooks on to what writes them.
pub struct Keeper {
    writer: Sender<Waiting>,
}

impl Keeper {
    /// Keeps a webhook; gives which one of its call it is, from 1, and nothing when it could not be kept.
    pub async fn keep(&self, webhook: Webhook) -> Option<i64> {
        let (tell, told) = oneshot::channel();
        self.writer.send((webhook, tell)).await.ok()?;
        told.await.ok()
    }
}

/// One thread that commits.
pub fn sqlite(file: &str) -> rusqlite::Result<Keeper> {
    let db = rusqlite::Connection::open(file)?;
    db.execute_batch(
        "PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        CREATE TABLE calls (call TEXT PRIMARY KEY, phone TEXT NOT NULL, turn INTEGER NOT NULL, at REAL NOT NULL)
            WITHOUT ROWID;
        CREATE TABLE events (id INTEGER PRIMARY KEY, call TEXT NOT NULL, digits TEXT NOT NULL, at REAL NOT NULL);",
    )?;
    let (writer, mut waiting) = channel(4096);
    std::thread::spawn(move || {
        if let Err(error) = commits(&db, &mut waiting) {
            eprintln!("SQLite: {error}");
        }
    });
    Ok(Keeper { writer })
}

fn commits(db: &rusqlite::Connection, waiting: &mut Receiver<Waiting>) -> rusqlite::Result<()> {
    let mut call = db.prepare(
        "INSERT INTO calls VALUES (?1, ?2, 1, unixepoch('subsec'))
        ON CONFLICT (call) DO UPDATE SET turn = turn + 1, at = excluded.at RETURNING turn",
    )?;
    let mut event = db.prepare("INSERT INTO events (call, digits, at) VALUES (?1, ?2, unixepoch('subsec'))")?;
    let (mut batch, mut turns) = (Vec::with_capacity(TOGETHER), Vec::with_capacity(TOGETHER));
    while waiting.blocking_recv_many(&mut batch, TOGETHER) > 0 {
        db.execute_batch("BEGIN IMMEDIATE")?;
        for (webhook, _) in &batch {
            turns.push(call.query_row((&webhook.call, &webhook.from), |row| row.get(0))?);
            event.execute((&webhook.call, &webhook.digits))?;
        }
        db.execute_batch("COMMIT")?;
        for ((_, tell), turn) in batch.drain(..).zip(turns.drain(..)) {
            // Who hung up meanwhile waits for no answer.
            tell.send(turn).ok();
        }
    }
    Ok(())
}

/// Tasks that send a statement each for all that waits.
pub async fn postgres(url: &str) -> sqlx::Result<Keeper> {
    let pool = PgPoolOptions::new().max_connections(WRITERS as u32).test_before_acquire(false).connect(url).await?;
    let calls = "CREATE TABLE calls (call text PRIMARY KEY, phone text NOT NULL, turn bigint NOT NULL, at timestamptz NOT NULL)";
    let events = "CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, call text NOT NULL,
        digits text NOT NULL, at timestamptz NOT NULL)";
    sqlx::query(calls).execute(&pool).await?;
    sqlx::query(events).execute(&pool).await?;
    let (writer, waiting) = channel(4096);
    let waiting = Arc::new(Mutex::new(waiting));
    for _ in 0..WRITERS {
        tokio::spawn(statements(pool.clone(), waiting.clone()));
    }
    Ok(Keeper { writer })
}

async fn statements(pool: PgPool, waiting: Arc<Mutex<Receiver<Waiting>>>) {
    let mut batch = Vec::with_capacity(TOGETHER);
    while waiting.lock().await.recv_many(&mut batch, TOGETHER).await > 0 {
        // In one order, so that no two statements wait for each other.
        batch.sort_unstable_by(|(a, _), (b, _)| a.call.cmp(&b.call));
        match statement(&pool, &batch).await {
            Ok(turns) => {
                for (webhook, tell) in batch.drain(..) {
                    if let Some(turn) = turns.get(&webhook.call) {
                        tell.send(*turn).ok();
                    }
                }
            }
            Err(error) => {
                eprintln!("PostgreSQL: {error}");
                batch.clear();
            }
        }
    }
}

async fn statement(pool: &PgPool, batch: &[Waiting]) -> sqlx::Result<HashMap<String, i64>> {
    let column = |of: fn(&Webhook) -> &str| batch.iter().map(|(webhook, _)| of(webhook)).collect::<Vec<&str>>();
    let sql = "WITH new AS (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS t (call, phone, digits)),
            event AS (INSERT INTO events (call, digits, at) SELECT call, digits, now() FROM new)
        INSERT INTO calls SELECT call, phone, 1, now() FROM new
        ON CONFLICT (call) DO UPDATE SET turn = calls.turn + 1, at = now() RETURNING call, turn";
    let query = sqlx::query_as::<_, (String, i64)>(sql);
    let query = query.bind(column(|w| &w.call)).bind(column(|w| &w.from)).bind(column(|w| &w.digits));
    Ok(query.fetch_all(pool).await?.into_iter().collect())
}
