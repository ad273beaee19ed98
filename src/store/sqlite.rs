//! SQLite's connections: one that writes, a few that read what is committed, and the tables' versions.
//! Knows nothing of what is stored.

use super::engine::{Arg, Row};
use super::{Result, StoreError};
use rusqlite::types::{ToSql, ToSqlOutput, Value};
use rusqlite::{CachedStatement, Connection, OpenFlags, OptionalExtension, TransactionBehavior};
use sqlx::migrate::{MigrateError, Migrator};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Connections that read at once. Each may keep a thread waiting for the disk.
const READERS: usize = 3;

/// With the one that writes.
pub const EMBEDDED_CONNECTIONS: usize = READERS + 1;

/// How long a reader waits for SQLite's own short locks.
const BUSY: Duration = Duration::from_secs(3);

/// Above the number of different statements.
const STATEMENTS: usize = 512;

fn open(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    Ok(connection)
}

/// The connection that writes; made when the file is missing. It never waits for another process: that
/// is done without a thread.
pub fn writer(file: &Path) -> rusqlite::Result<Connection> {
    let connection = open(file)?;
    // Kibibytes, negative: what is written again and again need not be read again.
    connection.pragma_update(None, "cache_size", -4000)?;
    connection.busy_timeout(Duration::ZERO)?;
    Ok(connection)
}

/// Connections that read.
#[derive(Clone)]
pub struct Readers(Arc<Pool>);

struct Pool {
    file: PathBuf,
    idle: Mutex<Vec<Connection>>,
    free: Semaphore,
    patience: Duration,
}

impl Readers {
    /// Opens the first; `patience` is how long one waits for a free one.
    pub fn open(file: PathBuf, patience: Duration) -> rusqlite::Result<Readers> {
        let idle = Mutex::new(vec![reader(&file)?]);
        Ok(Readers(Arc::new(Pool { file, idle, free: Semaphore::new(READERS), patience })))
    }

    /// The first row of what is found by a key, which takes microseconds.
    pub async fn first<T: Row>(&self, sql: &'static str, args: Vec<Arg>) -> Result<Option<T>> {
        let (_permit, connection) = self.take().await?;
        let found = first(&connection, sql, &args);
        self.put(connection);
        found
    }

    /// All rows of what may take long, on a thread where nobody else waits.
    pub async fn rows<T: Row>(&self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<T>> {
        let (_permit, connection) = self.take().await?;
        let reading = move || (rows(&connection, sql, &args), connection);
        let (found, connection) = tokio::task::spawn_blocking(reading).await.map_err(|_| StoreError::Closed)?;
        self.put(connection);
        found
    }

    /// Waits until all are back, then closes them.
    pub async fn close(&self) {
        if let Ok(all) = self.0.free.acquire_many(READERS as u32).await {
            self.0.free.close();
            self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
            drop(all);
        }
    }

    async fn take(&self) -> Result<(tokio::sync::SemaphorePermit<'_>, Connection)> {
        let permit = tokio::time::timeout(self.0.patience, self.0.free.acquire()).await;
        let permit = permit.map_err(|_| StoreError::Slow)?.map_err(|_| StoreError::Closed)?;
        let idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Ok((permit, idle.map_or_else(|| reader(&self.0.file), Ok)?))
    }

    fn put(&self, connection: Connection) {
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }
}

fn reader(file: &Path) -> rusqlite::Result<Connection> {
    let connection = open(file)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// A statement with its values. To SQLite `$3` is a name, and the values have their places in the order
/// in which names first stand in the text.
fn prepare<'c>(connection: &'c Connection, sql: &str, args: &[Arg]) -> rusqlite::Result<CachedStatement<'c>> {
    let mut statement = connection.prepare_cached(sql)?;
    for place in 1..=statement.parameter_count() {
        let number = statement.parameter_name(place).and_then(|name| name.get(1..)?.parse::<usize>().ok());
        let value = number.and_then(|number| args.get(number.checked_sub(1)?));
        let given = args.len();
        let value = value.ok_or(rusqlite::Error::InvalidParameterCount(place, given))?;
        statement.raw_bind_parameter(place, value)?;
    }
    Ok(statement)
}

/// Runs a statement; gives the rows it changed.
pub fn run(connection: &Connection, sql: &str, args: &[Arg]) -> Result<u64> {
    Ok(prepare(connection, sql, args)?.raw_execute()? as u64)
}

/// All rows a statement gives.
pub fn rows<T: Row>(connection: &Connection, sql: &str, args: &[Arg]) -> Result<Vec<T>> {
    let mut statement = prepare(connection, sql, args)?;
    let rows = statement.raw_query().mapped(|row| T::sqlite(row));
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The first of them. The statement is run to its end: else an error of it might be missed.
pub fn first<T: Row>(connection: &Connection, sql: &str, args: &[Arg]) -> Result<Option<T>> {
    Ok(rows(connection, sql, args)?.into_iter().next())
}

impl ToSql for Arg {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Arg::Text(Some(text)) => ToSqlOutput::from(text.as_str()),
            Arg::Int(Some(int)) => ToSqlOutput::from(*int),
            Arg::Bool(yes) => ToSqlOutput::from(*yes),
            Arg::Text(None) | Arg::Int(None) => ToSqlOutput::Owned(Value::Null),
        })
    }
}

/// Brings the tables to this version, in the same book of migrations as PostgreSQL's. Tables of a later
/// version are left as they are: one version before they work as well.
pub fn migrate(connection: &mut Connection, migrations: &Migrator) -> Result<()> {
    connection.busy_timeout(BUSY)?;
    let tx = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    tx.execute_batch(
        "CREATE TABLE IF NOT EXISTS _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL,
            installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL,
            checksum BLOB NOT NULL, execution_time BIGINT NOT NULL)",
    )?;
    for migration in migrations.iter() {
        let book = "SELECT checksum FROM _sqlx_migrations WHERE version = ?1";
        let known: Option<Vec<u8>> = tx.query_row(book, [migration.version], |row| row.get(0)).optional()?;
        if let Some(known) = known {
            if known != *migration.checksum {
                return Err(MigrateError::VersionMismatch(migration.version).into());
            }
            continue;
        }
        tx.execute_batch(migration.sql.as_str())?;
        tx.execute(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                VALUES (?1, ?2, TRUE, ?3, 0)",
            rusqlite::params![migration.version, migration.description, migration.checksum],
        )?;
    }
    tx.commit()?;
    connection.busy_timeout(Duration::ZERO)?;
    Ok(())
}
