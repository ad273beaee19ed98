//! SQLite has one writer at a time, and flushing one unit of work costs what flushing fifty does. So
//! units that come while another is at work join its transaction, one after another, each behind a
//! savepoint of its own. Whoever finds nobody waiting has all of them committed, and each is told only
//! then. A unit that is given up is rolled back alone. Knows nothing of what units do.

use super::{Result, StoreError};
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqlitePoolOptions};
use sqlx::{ConnectOptions, Connection, Executor};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

/// Units in one transaction at most: the first of them waits for the last.
const MOST: usize = 64;

/// The one connection that writes, and who is in its transaction.
#[derive(Clone)]
pub(super) struct Shared {
    group: Arc<Mutex<Group>>,
    /// Units that want to be next.
    waiting: Arc<AtomicUsize>,
    /// How long they wait.
    patience: Duration,
}

struct Group {
    options: SqliteConnectOptions,
    /// Opened anew after it failed.
    connection: Option<SqliteConnection>,
    /// Its transaction is open.
    open: bool,
    /// Units that are in it whole, and wait for the commit.
    whole: Vec<oneshot::Sender<Result<()>>>,
    closed: bool,
}

/// A unit of work under way; no other is meanwhile. Dropped without [`Unit::commit`] it never happened.
pub(super) struct Unit {
    shared: Shared,
    /// None once it left.
    group: Option<OwnedMutexGuard<Group>>,
    /// The transaction is others' too.
    joined: bool,
}

impl Shared {
    /// Opens the connection. `patience` is how long a unit waits for its turn.
    pub async fn open(options: SqliteConnectOptions, patience: Duration) -> std::result::Result<Shared, sqlx::Error> {
        let connection = Some(options.connect().await?);
        let group = Group { options, connection, open: false, whole: Vec::new(), closed: false };
        Ok(Shared { group: Arc::new(Mutex::new(group)), waiting: Arc::default(), patience })
    }

    /// Begins a unit. The lock of the file is taken with it: one asked for later, after reading, fails
    /// as soon as another process wrote in between.
    pub async fn begin(&self) -> Result<Unit> {
        let group = self.enter().await?;
        let joined = group.open;
        let mut unit = Unit { shared: self.clone(), group: Some(group), joined };
        let group = unit.group()?;
        if joined {
            group.execute("SAVEPOINT unit").await?;
        } else {
            group.connect().await?;
            group.execute("BEGIN IMMEDIATE").await?;
            group.open = true;
        }
        Ok(unit)
    }

    /// Brings the tables to this version, on a connection of its own.
    pub async fn migrate(&self, migrations: &Migrator) -> Result<()> {
        let options = self.group.lock().await.options.clone();
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        migrations.run(&pool).await?;
        pool.close().await;
        Ok(())
    }

    /// Writes the log into the file and empties it; false when somebody reading kept it from that.
    pub async fn empty_log(&self) -> Result<bool> {
        let mut group = self.enter().await?;
        group.commit().await;
        let emptying = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(group.connect().await?);
        let (busy, ..): (i64, i64, i64) = emptying.await?;
        Ok(busy == 0)
    }

    /// Waits for whoever is at work, and closes the connection.
    pub async fn close(&self) {
        let mut group = self.group.lock().await;
        group.commit().await;
        group.closed = true;
        if let Some(connection) = group.connection.take()
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "the database was not closed well");
        }
    }

    async fn enter(&self) -> Result<OwnedMutexGuard<Group>> {
        let mut waiting = Waiting::new(self);
        let group = tokio::time::timeout(self.patience, self.group.clone().lock_owned()).await;
        let group = group.map_err(|_| StoreError::Slow)?;
        waiting.is_over();
        if group.closed { Err(StoreError::Closed) } else { Ok(group) }
    }

    /// Has everything committed that is whole, unless somebody is about to join.
    fn leave(&self, mut group: OwnedMutexGuard<Group>) {
        if group.open && (group.whole.len() >= MOST || self.waiting.load(Ordering::SeqCst) == 0) {
            // By itself, because whoever left may be given up in the middle of it.
            tokio::spawn(async move { group.commit().await });
        }
    }
}

/// One that waits for its turn, and is counted.
struct Waiting<'a> {
    shared: &'a Shared,
    over: bool,
}

impl Waiting<'_> {
    fn new(shared: &Shared) -> Waiting<'_> {
        shared.waiting.fetch_add(1, Ordering::SeqCst);
        Waiting { shared, over: false }
    }

    fn is_over(&mut self) {
        self.shared.waiting.fetch_sub(1, Ordering::SeqCst);
        self.over = true;
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        self.is_over();
        // Somebody may have left the commit to us.
        let shared = self.shared.clone();
        tokio::spawn(async move {
            let group = shared.group.clone().lock_owned().await;
            shared.leave(group);
        });
    }
}

impl Unit {
    fn group(&mut self) -> Result<&mut Group> {
        self.group.as_deref_mut().ok_or(StoreError::Closed)
    }

    /// What its statements are run on.
    pub fn connection(&mut self) -> Result<&mut SqliteConnection> {
        self.group()?.connection.as_mut().ok_or(StoreError::Closed)
    }

    /// Waits until it is durable, with whoever else is.
    pub async fn commit(mut self) -> Result<()> {
        if self.joined {
            self.group()?.execute("RELEASE unit").await?;
        }
        self.wait().await
    }

    /// Takes its own work back, and waits until what it saw of the others' is durable.
    pub async fn undo(mut self) -> Result<()> {
        let joined = self.joined;
        self.group()?.give_up(joined).await?;
        self.wait().await
    }

    async fn wait(mut self) -> Result<()> {
        let Some(mut group) = self.group.take() else { return Err(StoreError::Closed) };
        if !group.open {
            return Ok(());
        }
        let (tell, told) = oneshot::channel();
        group.whole.push(tell);
        self.shared.leave(group);
        told.await.map_err(|_| StoreError::Closed)?
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        let Some(mut group) = self.group.take() else { return };
        let (shared, joined) = (self.shared.clone(), self.joined);
        tokio::spawn(async move {
            if let Err(error) = group.give_up(joined).await {
                tracing::warn!(%error, "the database gave a transaction up");
            }
            shared.leave(group);
        });
    }
}

impl Group {
    async fn connect(&mut self) -> Result<&mut SqliteConnection> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        Ok(self.connection.insert(connection))
    }

    async fn execute(&mut self, sql: &'static str) -> Result<()> {
        let connection = self.connection.as_mut().ok_or(StoreError::Closed)?;
        connection.execute(sqlx::query(sql)).await?;
        Ok(())
    }

    /// Makes durable what is whole, and tells.
    async fn commit(&mut self) {
        if !self.open {
            return;
        }
        match self.execute("COMMIT").await {
            Ok(()) => self.end(Ok(())),
            Err(error) => self.fail(error),
        }
    }

    /// Takes back the unit that is under way.
    async fn give_up(&mut self, joined: bool) -> Result<()> {
        let undo: &[&'static str] = if joined { &["ROLLBACK TO unit", "RELEASE unit"] } else { &["ROLLBACK"] };
        for sql in undo {
            if let Err(error) = self.execute(sql).await {
                // SQLite gave the whole transaction up by itself, as it does when the disk is full.
                self.fail(error.clone());
                return Err(error);
            }
        }
        self.open &= joined;
        Ok(())
    }

    /// Nothing of this transaction counts; what comes next gets a new connection.
    fn fail(&mut self, error: StoreError) {
        self.connection = None;
        self.end(Err(error));
    }

    fn end(&mut self, ended: Result<()>) {
        self.open = false;
        for tell in self.whole.drain(..) {
            // Whoever gave up meanwhile finds it stored when it comes again.
            drop(tell.send(ended.clone()));
        }
    }
}
