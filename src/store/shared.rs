//! SQLite has one writer at a time, and flushing one unit of work costs what flushing fifty does. So
//! units that come while another is at work join its transaction, one after another, each behind a
//! savepoint of its own. Whoever finds nobody waiting has all of them committed, and each is told only
//! then. A unit that is given up is rolled back alone. Knows nothing of what units do.
//!
//! Statements run where they are asked for: they take microseconds, and another thread takes longer to
//! wake. Only the flush has a thread of its own.

use super::{Result, StoreError, sqlite};
use rusqlite::{Connection, ErrorCode};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

/// Units in one transaction at most: the first of them waits for the last.
const MOST: usize = 64;

/// How often one looks whether another process let go of the file.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

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
    file: PathBuf,
    /// Opened anew after it failed.
    connection: Option<Connection>,
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
    /// What taking it back takes.
    undo: Undo,
}

/// How a unit is taken back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Undo {
    /// The whole transaction is its own.
    All,
    /// The transaction is others' too: to its savepoint.
    Savepoint,
    /// The same, and a single statement, which SQLite takes back by itself when it fails.
    Nothing,
}

impl Shared {
    /// Opens the connection. `patience` is how long a unit waits for its turn.
    pub fn open(file: PathBuf, patience: Duration) -> rusqlite::Result<Shared> {
        let connection = Some(sqlite::writer(&file)?);
        let group = Group { file, connection, open: false, whole: Vec::new(), closed: false };
        Ok(Shared { group: Arc::new(Mutex::new(group)), waiting: Arc::default(), patience })
    }

    /// Begins a unit. The lock of the file is taken with it: one asked for later, after reading, fails
    /// as soon as another process wrote in between.
    pub async fn begin(&self) -> Result<Unit> {
        let mut unit = self.begin_one().await?;
        if unit.undo == Undo::Nothing {
            unit.group()?.execute("SAVEPOINT unit")?;
            unit.undo = Undo::Savepoint;
        }
        Ok(unit)
    }

    /// Begins a unit of a single statement.
    pub async fn begin_one(&self) -> Result<Unit> {
        let group = self.enter().await?;
        let undo = if group.open { Undo::Nothing } else { Undo::All };
        let mut unit = Unit { shared: self.clone(), group: Some(group), undo };
        if undo == Undo::Nothing {
            return Ok(unit);
        }
        let begun = tokio::time::timeout(self.patience, unit.group()?.begin());
        begun.await.map_err(|_| StoreError::Slow)??;
        Ok(unit)
    }

    /// Does what cannot be part of a transaction, on the connection that writes.
    pub async fn alone<T>(&self, work: fn(&mut Connection) -> Result<T>) -> Result<T> {
        let mut group = self.enter().await?;
        group.commit();
        work(group.connect()?)
    }

    /// Waits for whoever is at work, and closes the connection.
    pub async fn close(&self) {
        let mut group = self.group.lock().await;
        group.commit();
        group.closed = true;
        group.connection = None;
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
            match Handle::try_current() {
                Ok(runtime) => drop(runtime.spawn_blocking(move || group.commit())),
                // What is dropped while the server ends.
                Err(_) => group.commit(),
            }
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
        // Somebody may have left the commit to us; while the server ends, they are told that it does.
        let shared = self.shared.clone();
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                let group = shared.group.clone().lock_owned().await;
                shared.leave(group);
            });
        }
    }
}

impl Unit {
    fn group(&mut self) -> Result<&mut Group> {
        self.group.as_deref_mut().ok_or(StoreError::Closed)
    }

    /// What its statements are run on.
    pub fn connection(&mut self) -> Result<&Connection> {
        self.group()?.connection.as_ref().ok_or(StoreError::Closed)
    }

    /// Waits until it is durable, with whoever else is.
    pub async fn commit(mut self) -> Result<()> {
        if self.undo == Undo::Savepoint {
            self.group()?.execute("RELEASE unit")?;
        }
        self.wait().await
    }

    /// Takes its own work back, and waits until what it saw of the others' is durable.
    pub async fn undo(mut self) -> Result<()> {
        let undo = self.undo;
        self.group()?.give_up(undo)?;
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
        if let Err(error) = group.give_up(self.undo) {
            tracing::warn!(%error, "the database gave a transaction up");
        }
        self.shared.leave(group);
    }
}

impl Group {
    fn connect(&mut self) -> Result<&mut Connection> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => sqlite::writer(&self.file)?,
        };
        Ok(self.connection.insert(connection))
    }

    /// Opens a transaction; while another process has the file it is waited for without a thread.
    async fn begin(&mut self) -> Result<()> {
        loop {
            match self.connect()?.execute_batch("BEGIN IMMEDIATE") {
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                    tokio::time::sleep(LOOK_AGAIN).await;
                }
                begun => break begun?,
            }
        }
        self.open = true;
        Ok(())
    }

    fn execute(&mut self, sql: &'static str) -> Result<()> {
        let connection = self.connection.as_ref().ok_or(StoreError::Closed)?;
        connection.prepare_cached(sql)?.execute([])?;
        Ok(())
    }

    /// Makes durable what is whole, and tells.
    fn commit(&mut self) {
        if !self.open {
            return;
        }
        match self.execute("COMMIT") {
            Ok(()) => self.end(Ok(())),
            Err(error) => {
                // Nothing of it counts; what comes next gets a new connection.
                self.connection = None;
                self.end(Err(error));
            }
        }
    }

    /// Takes back the unit that is under way.
    fn give_up(&mut self, undo: Undo) -> Result<()> {
        if !self.open {
            return Ok(());
        }
        if self.connection.as_ref().is_none_or(Connection::is_autocommit) {
            // SQLite took the whole transaction back by itself, as it does when the disk is full.
            self.end(Err(StoreError::TakenBack));
            return if undo == Undo::All { Ok(()) } else { Err(StoreError::TakenBack) };
        }
        let statements: &[&'static str] = match undo {
            Undo::All => &["ROLLBACK"],
            Undo::Savepoint => &["ROLLBACK TO unit", "RELEASE unit"],
            Undo::Nothing => &[],
        };
        for sql in statements {
            if let Err(error) = self.execute(sql) {
                self.connection = None;
                self.end(Err(error.clone()));
                return Err(error);
            }
        }
        self.open = undo != Undo::All;
        Ok(())
    }

    fn end(&mut self, ended: Result<()>) {
        self.open = false;
        for tell in self.whole.drain(..) {
            // Whoever gave up meanwhile finds it stored when it comes again.
            drop(tell.send(ended.clone()));
        }
    }
}
