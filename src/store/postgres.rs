//! The connections to PostgreSQL, and what to do when they lead nowhere any more. Who cuts a connection
//! says so, and the driver opens another; a primary that hangs, or whose machine is gone, says nothing,
//! and one that became a standby refuses to write. Then all connections are given up for new ones.
//! Knows nothing of statements.

use super::{Result, StoreError};
use crate::words::clock::tick;
use sqlx::migrate::Migrator;
use sqlx::pool::PoolOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection, PgPool, Postgres, Transaction};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Connections at most.
const CONNECTIONS: u32 = 10;

/// How long a statement may take: longer than the slowest of ours, so that whoever has nobody waiting
/// does not wait for ever. It is only here that the time is kept: PostgreSQL's own
/// `statement_timeout` would cut the wait for the standby short and call that a commit.
const WITHIN: Duration = Duration::from_secs(30);

/// Nobody got an answer for so long while somebody waited for one: the connections lead nowhere.
const SILENT: Duration = Duration::from_secs(1);

/// How long new connections are given: on a busy machine it takes a while to make ten of them.
const YOUNG: Duration = Duration::from_secs(3);

/// What PostgreSQL shall do for each connection: let go of what a server held whose machine is gone.
const SESSION: &str = "SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;
    SET idle_in_transaction_session_timeout = '30s'";

/// All connections. Clones share them.
#[derive(Clone)]
pub(super) struct Connections(Arc<Inner>);

struct Inner {
    options: PgConnectOptions,
    patience: Duration,
    now: Mutex<Now>,
}

struct Now {
    pool: PgPool,
    /// Since when there is this pool.
    since: Instant,
    /// When anybody last got an answer.
    heard: Instant,
    closed: bool,
}

/// A unit of work on one of them.
pub(super) struct Work {
    tx: Transaction<'static, Postgres>,
    /// Dropped after the connection went back.
    asked: Asked,
}

/// Somebody waits for an answer. Dropped before there was one, it is judged whether any can come.
struct Asked {
    connections: Connections,
    since: Instant,
    answered: bool,
}

impl Connections {
    /// Opens the first. `patience` is how long anyone waits for one.
    pub async fn open(options: PgConnectOptions, patience: Duration) -> std::result::Result<Connections, sqlx::Error> {
        let options = options.disable_statement_logging();
        let (pool, now) = (pool(patience).connect_with(options.clone()).await?, tick());
        let now = Mutex::new(Now { pool, since: now, heard: now, closed: false });
        Ok(Connections(Arc::new(Inner { options, patience, now })))
    }

    /// Brings the tables to this version. It takes as long as it takes; servers that start together do
    /// it one after another.
    pub async fn migrate(&self, migrations: &Migrator) -> Result<()> {
        Ok(migrations.run(&self.pool()).await?)
    }

    /// Begins a unit of work.
    pub async fn begin(&self) -> Result<Work> {
        let pool = self.pool();
        let tx = self.timely(pool.begin()).await?;
        Ok(Work { tx, asked: self.asked() })
    }

    /// Asks one statement of any connection.
    pub async fn ask<T, F>(&self, statement: impl FnOnce(PgPool) -> F) -> Result<T>
    where
        F: Future<Output = std::result::Result<T, sqlx::Error>>,
    {
        self.timely(statement(self.pool())).await
    }

    /// Waits until every connection is back, then closes them.
    pub async fn close(&self) {
        let pool = {
            let mut now = self.now();
            now.closed = true;
            now.pool.clone()
        };
        pool.close().await;
    }

    async fn timely<T>(&self, asking: impl Future<Output = std::result::Result<T, sqlx::Error>>) -> Result<T> {
        let mut asked = self.asked();
        let result = tokio::time::timeout(WITHIN, asking).await.map_err(|_| StoreError::Slow)?;
        match &result {
            Err(sqlx::Error::PoolTimedOut) => return Err(StoreError::Slow),
            // Those who waited for a connection that was given up.
            Err(sqlx::Error::PoolClosed) if !self.now().closed => return Err(StoreError::Slow),
            Err(sqlx::Error::Database(told)) if told.code().is_some_and(|code| code == "25006") => self.renew(),
            Ok(_) | Err(sqlx::Error::Database(_)) => self.now().heard = tick(),
            Err(_) => {}
        }
        asked.answered = true;
        Ok(result?)
    }

    fn asked(&self) -> Asked {
        Asked { connections: self.clone(), since: tick(), answered: false }
    }

    fn pool(&self) -> PgPool {
        self.now().pool.clone()
    }

    fn now(&self) -> std::sync::MutexGuard<'_, Now> {
        self.0.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives up all connections for new ones, unless these are new. The driver waits for as long as
    /// the system does before it believes that nothing comes of a connection, and each counts until then.
    fn renew(&self) {
        let mut now = self.now();
        if now.closed || now.since.elapsed() < YOUNG {
            return;
        }
        let fresh = pool(self.0.patience).connect_lazy_with(self.0.options.clone());
        let old = std::mem::replace(&mut now.pool, fresh);
        now.since = tick();
        tracing::warn!("the connections to the database lead nowhere; they are given up for new ones");
        tokio::spawn(async move { old.close().await });
    }
}

fn pool(patience: Duration) -> PoolOptions<Postgres> {
    let options = PoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(patience);
    options.after_connect(|connection, _| Box::pin(writes(connection)))
}

/// Only a connection on which one can write is taken: behind an address that several share there may be
/// a standby.
async fn writes(connection: &mut PgConnection) -> std::result::Result<(), sqlx::Error> {
    sqlx::raw_sql(SESSION).execute(&mut *connection).await?;
    let (read_only,): (String,) = sqlx::query_as("SHOW transaction_read_only").fetch_one(connection).await?;
    if read_only == "off" { Ok(()) } else { Err(sqlx::Error::Configuration("this database is read-only".into())) }
}

impl Work {
    /// Waits for one statement of it.
    pub async fn ask<T>(
        &mut self,
        statement: impl AsyncFnOnce(&mut PgConnection) -> std::result::Result<T, sqlx::Error>,
    ) -> Result<T> {
        self.asked.connections.timely(statement(&mut self.tx)).await
    }

    /// Takes it back.
    pub async fn undo(mut self) -> Result<()> {
        let undone = self.asked.connections.timely(self.tx.rollback()).await;
        self.asked.answered = true;
        undone
    }

    /// Makes it all so, durably.
    pub async fn commit(mut self) -> Result<()> {
        let committed = self.asked.connections.timely(self.tx.commit()).await;
        self.asked.answered = true;
        committed
    }
}

impl Deref for Work {
    type Target = Transaction<'static, Postgres>;

    fn deref(&self) -> &Self::Target {
        &self.tx
    }
}

impl DerefMut for Work {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.tx
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        let silent = || self.connections.now().heard < self.since && self.since.elapsed() >= SILENT;
        if !self.answered && silent() {
            self.connections.renew();
        }
    }
}
