//! The two database engines behind one small set of calls: run a statement, read rows, hold a
//! transaction. Everything else in the store is written once, in SQL both engines read. Knows
//! nothing of calls, flows or requests.

use super::postgres::{Connections, Work};
use super::{Result, StoreError};
use sqlx::Arguments;
use sqlx::migrate::Migrator;
use sqlx::pool::PoolOptions;
use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteRow, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Encode, FromRow, Sqlite, SqlitePool, Transaction, Type};
use std::sync::LazyLock;
use std::time::Duration;

/// What a later version added to the database is no fault: while servers are brought to it one by one,
/// the others start and work.
static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let mut migrations = sqlx::migrate!("./migrations");
    migrations.set_ignore_missing(true);
    migrations
});

/// How long anyone waits for a connection or for SQLite's lock before it counts as an outage:
/// less than a webhook has.
const PATIENCE: Duration = Duration::from_secs(3);

/// Above the number of different statements, the batch sizes of the writer included.
const STATEMENTS: usize = 1024;

/// An open database.
#[derive(Clone)]
pub(super) enum Engine {
    /// One connection writes, a few read what is committed.
    Sqlite { write: SqlitePool, read: SqlitePool },
    /// Some connections for everything.
    Postgres(Connections),
}

/// A unit of work: dropped without `commit`, it never happened. It begins with its write.
pub(super) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Work),
}

/// A row either engine can give.
pub(super) trait Row: Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> {}
impl<T: Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>> Row for T {}

/// A value for a placeholder, of the three types both engines have.
pub(super) enum Arg {
    Text(Option<String>),
    Int(Option<i64>),
    Bool(bool),
}

/// The values of a statement's placeholders in their order.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::engine::Arg::from($value)),*] };
}
pub(super) use args;

impl Engine {
    /// Opens `sqlite:FILE` (made when missing) or `postgres://…`.
    pub async fn open(url: &str) -> Result<Engine> {
        if let Some(file) = url.strip_prefix("sqlite:") {
            let write = PoolOptions::<Sqlite>::new().max_connections(1).acquire_timeout(PATIENCE);
            // A full disk makes SQLite roll back by itself; the driver, whose own rollback then fails,
            // takes the connection to be inside a transaction for ever. Such a one is replaced.
            let write = write.after_release(|connection, _| {
                Box::pin(async move {
                    connection.ping().await?;
                    Ok(!connection.is_in_transaction())
                })
            });
            let write = write.connect_with(sqlite(file)).await.map_err(|e| StoreError::open(file, e))?;
            let read = PoolOptions::new().max_connections(4).acquire_timeout(PATIENCE);
            let read = read.connect_with(sqlite(file).pragma("query_only", "ON")).await;
            Ok(Engine::Sqlite { write, read: read.map_err(|e| StoreError::open(file, e))? })
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            // The address holds a password, so no error repeats it.
            let options: PgConnectOptions = url.parse().map_err(|e| StoreError::open("PostgreSQL", e))?;
            let connections = Connections::open(options.statement_cache_capacity(STATEMENTS), PATIENCE).await;
            Ok(Engine::Postgres(connections.map_err(|e| StoreError::open("PostgreSQL", e))?))
        } else {
            Err(StoreError::Address)
        }
    }

    /// Brings the tables to this version; does nothing when they are.
    pub async fn migrate(&self) -> Result<()> {
        match self {
            Engine::Sqlite { write, .. } => Ok(MIGRATIONS.run(write).await?),
            Engine::Postgres(connections) => connections.migrate(&MIGRATIONS).await,
        }
    }

    /// Begins a unit of work. SQLite takes its write lock at once: a lock asked for later, after
    /// reading, fails as soon as somebody else wrote in between.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(match self {
            Engine::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Engine::Postgres(connections) => Tx::Postgres(connections.begin().await?),
        })
    }

    /// Runs a single writing statement, a unit of work by itself; gives the rows it changed.
    pub async fn run(&self, sql: &'static str, args: Vec<Arg>) -> Result<u64> {
        Ok(match self {
            Engine::Sqlite { write, .. } => sqlx::query_with(sql, bind::<sqlx::sqlite::SqliteArguments>(args)?)
                .execute(write)
                .await?
                .rows_affected(),
            Engine::Postgres(connections) => {
                let args = bind::<sqlx::postgres::PgArguments>(args)?;
                let run = |pool| async move { sqlx::query_with(sql, args).execute(&pool).await };
                connections.ask(run).await?.rows_affected()
            }
        })
    }

    /// Reads what is committed.
    pub async fn rows<T: Row>(&self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<T>> {
        Ok(match self {
            Engine::Sqlite { read, .. } => {
                sqlx::query_as_with(sql, bind::<sqlx::sqlite::SqliteArguments>(args)?).fetch_all(read).await?
            }
            Engine::Postgres(connections) => {
                let args = bind::<sqlx::postgres::PgArguments>(args)?;
                connections.ask(|pool| async move { sqlx::query_as_with(sql, args).fetch_all(&pool).await }).await?
            }
        })
    }

    /// The first row of [`Engine::rows`].
    pub async fn first<T: Row>(&self, sql: &'static str, args: Vec<Arg>) -> Result<Option<T>> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// Writes SQLite's log into its file and empties it, so that nothing deleted is left there; false
    /// when somebody reading kept it from that. PostgreSQL overwrites what is deleted in its own time.
    pub async fn empty_log(&self) -> Result<Option<bool>> {
        let Engine::Sqlite { write, .. } = self else { return Ok(None) };
        let (busy, ..): (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(write).await?;
        Ok(Some(busy == 0))
    }

    /// Waits until every connection is back, then closes them.
    pub async fn close(&self) {
        match self {
            Engine::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Engine::Postgres(connections) => connections.close().await,
        }
    }
}

impl Tx {
    /// Runs a statement; gives the rows it changed.
    pub async fn run(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<u64> {
        Ok(match self {
            Tx::Sqlite(tx) => {
                let args = bind::<sqlx::sqlite::SqliteArguments>(args)?;
                sqlx::query_with(sql, args).execute(&mut **tx).await?.rows_affected()
            }
            Tx::Postgres(work) => {
                let args = bind::<sqlx::postgres::PgArguments>(args)?;
                work.ask(async move |c| sqlx::query_with(sql, args).execute(c).await).await?.rows_affected()
            }
        })
    }

    /// Reads rows, also those of a `RETURNING`, always to the end: else an error of the statement
    /// might be missed.
    pub async fn rows<T: Row>(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<T>> {
        Ok(match self {
            Tx::Sqlite(tx) => {
                let args = bind::<sqlx::sqlite::SqliteArguments>(args)?;
                sqlx::query_as_with(sql, args).fetch_all(&mut **tx).await?
            }
            Tx::Postgres(work) => {
                let args = bind::<sqlx::postgres::PgArguments>(args)?;
                work.ask(async move |c| sqlx::query_as_with(sql, args).fetch_all(c).await).await?
            }
        })
    }

    /// The first row of [`Tx::rows`].
    pub async fn first<T: Row>(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Option<T>> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// The number a `SELECT count(*)` gives.
    pub async fn count(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<i64> {
        Ok(self.first::<(i64,)>(sql, args).await?.map_or(0, |(n,)| n))
    }

    /// Holds the rows of these subjects until the end, so that what is counted for one of them is
    /// counted by one unit of work at a time. Taken in the order of their keys: two units that want
    /// the same ones never wait for each other.
    pub async fn lock_subjects(&mut self, mut keys: Vec<String>, at: i64) -> Result<()> {
        keys.sort();
        keys.dedup();
        for key in keys {
            let sql = "INSERT INTO subjects (key, at) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET at = excluded.at";
            self.run(sql, args![key, at]).await?;
        }
        Ok(())
    }

    /// Makes it all so, durably.
    pub async fn commit(self) -> Result<()> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await?,
            Tx::Postgres(work) => work.commit().await?,
        }
        Ok(())
    }
}

fn sqlite(file: &str) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .pragma("secure_delete", "ON")
        // Small and often: the default of 1000 pages doubles the slowest commits.
        .pragma("wal_autocheckpoint", "250")
        .statement_cache_capacity(STATEMENTS)
        .disable_statement_logging()
}

/// Puts the values into an engine's own form.
fn bind<A: Arguments>(args: Vec<Arg>) -> Result<A>
where
    Option<String>: for<'q> Encode<'q, A::Database> + Type<A::Database>,
    Option<i64>: for<'q> Encode<'q, A::Database> + Type<A::Database>,
    bool: for<'q> Encode<'q, A::Database> + Type<A::Database>,
{
    let mut bound = A::default();
    for arg in args {
        let added = match arg {
            Arg::Text(text) => bound.add(text),
            Arg::Int(int) => bound.add(int),
            Arg::Bool(yes) => bound.add(yes),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(bound)
}

impl From<String> for Arg {
    fn from(text: String) -> Arg {
        Arg::Text(Some(text))
    }
}

impl From<&String> for Arg {
    fn from(text: &String) -> Arg {
        Arg::Text(Some(text.clone()))
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Arg {
        Arg::Text(Some(text.to_owned()))
    }
}

impl From<Option<&str>> for Arg {
    fn from(text: Option<&str>) -> Arg {
        Arg::Text(text.map(str::to_owned))
    }
}

impl From<&Option<String>> for Arg {
    fn from(text: &Option<String>) -> Arg {
        Arg::Text(text.clone())
    }
}

impl From<Option<String>> for Arg {
    fn from(text: Option<String>) -> Arg {
        Arg::Text(text)
    }
}

impl From<i64> for Arg {
    fn from(int: i64) -> Arg {
        Arg::Int(Some(int))
    }
}

impl From<u32> for Arg {
    fn from(int: u32) -> Arg {
        Arg::Int(Some(int.into()))
    }
}

impl From<u8> for Arg {
    fn from(int: u8) -> Arg {
        Arg::Int(Some(int.into()))
    }
}

impl From<Option<i64>> for Arg {
    fn from(int: Option<i64>) -> Arg {
        Arg::Int(int)
    }
}

impl From<bool> for Arg {
    fn from(yes: bool) -> Arg {
        Arg::Bool(yes)
    }
}
