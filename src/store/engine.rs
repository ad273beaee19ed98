//! The two database engines behind one small set of calls: run a statement, read rows, hold a
//! transaction. Everything else in the store is written once, in SQL both engines read. Knows
//! nothing of calls, flows or requests.

pub(super) use super::args::{Arg, args};
use super::postgres::{Connections, Work};
use super::shared::{Shared, Unit};
use super::sqlite::{self, Readers};
use super::{Result, StoreError};
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgRow};
use sqlx::{Arguments, Decode, Postgres, Row as _, Type};
use std::path::PathBuf;
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

/// Above the number of different statements.
const STATEMENTS: usize = 512;

/// An open database.
#[derive(Clone)]
pub(super) enum Engine {
    /// One connection writes, a few read what is committed.
    Sqlite { write: Shared, read: Readers },
    /// Some connections for everything.
    Postgres(Connections),
}

/// A unit of work: dropped without `commit`, it never happened. It begins with its write. What follows
/// from what it read may be told only after `commit` or `undo`.
pub(super) enum Tx {
    Sqlite(Unit),
    Postgres(Work),
}

/// A row either engine can give.
pub(super) trait Row: Sized + Send + Unpin + 'static {
    fn sqlite(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self>;
    fn postgres(row: &PgRow) -> sqlx::Result<Self>;
}

/// A column of such a row.
pub(super) trait Column:
    Send + Unpin + 'static + rusqlite::types::FromSql + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
}
impl<T: Send + Unpin + 'static + rusqlite::types::FromSql + for<'r> Decode<'r, Postgres> + Type<Postgres>> Column
    for T
{
}

/// Rows of so many columns, in their order.
macro_rules! tuples {
    ($(($($column:ident $place:tt),+))+) => { $(
        impl<$($column: Column),+> Row for ($($column,)+) {
            fn sqlite(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
                Ok(($(row.get::<_, $column>($place)?,)+))
            }
            fn postgres(row: &PgRow) -> sqlx::Result<Self> {
                Ok(($(row.try_get::<$column, _>($place)?,)+))
            }
        }
    )+ };
}
tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11)
}

/// Makes a struct whose fields are columns by their names a row.
macro_rules! named {
    ($row:ty { $($field:ident),+ $(,)? }) => {
        impl $crate::store::engine::Row for $row {
            fn sqlite(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
                Ok(Self { $($field: row.get(stringify!($field))?),+ })
            }
            fn postgres(row: &sqlx::postgres::PgRow) -> sqlx::Result<Self> {
                use sqlx::Row as _;
                Ok(Self { $($field: row.try_get(stringify!($field))?),+ })
            }
        }
    };
}
pub(super) use named;

impl Engine {
    /// Opens `sqlite:FILE` (made when missing) or `postgres://…`.
    pub async fn open(url: &str) -> Result<Engine> {
        if let Some(file) = url.strip_prefix("sqlite:") {
            let open = |file: PathBuf| {
                Ok(Engine::Sqlite {
                    write: Shared::open(file.clone(), PATIENCE)?,
                    read: Readers::open(file, PATIENCE)?,
                })
            };
            open(PathBuf::from(file)).map_err(|e: rusqlite::Error| StoreError::open(file, e))
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
            Engine::Sqlite { write, .. } => write.alone(|connection| sqlite::migrate(connection, &MIGRATIONS)).await,
            Engine::Postgres(connections) => connections.migrate(&MIGRATIONS).await,
        }
    }

    /// Begins a unit of work.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(match self {
            Engine::Sqlite { write, .. } => Tx::Sqlite(write.begin().await?),
            Engine::Postgres(connections) => Tx::Postgres(connections.begin().await?),
        })
    }

    /// Begins a unit of work of a single statement.
    async fn begin_one(&self) -> Result<Tx> {
        match self {
            Engine::Sqlite { write, .. } => Ok(Tx::Sqlite(write.begin_one().await?)),
            Engine::Postgres(_) => self.begin().await,
        }
    }

    /// Runs a single writing statement, a unit of work by itself; gives the rows it changed.
    pub async fn run(&self, sql: &'static str, args: Vec<Arg>) -> Result<u64> {
        if let Engine::Postgres(connections) = self {
            let args = bind(args)?;
            let run = |pool| async move { sqlx::query_with(sql, args).execute(&pool).await };
            return Ok(connections.ask(run).await?.rows_affected());
        }
        let mut tx = self.begin_one().await?;
        let changed = tx.run(sql, args).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// The first row that a single writing statement gives, a unit of work by itself.
    pub async fn run_first<T: Row>(&self, sql: &'static str, args: Vec<Arg>) -> Result<Option<T>> {
        if let Engine::Postgres(_) = self {
            return self.first(sql, args).await;
        }
        let mut tx = self.begin_one().await?;
        let row = tx.first(sql, args).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Reads what is committed.
    pub async fn rows<T: Row>(&self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<T>> {
        match self {
            Engine::Sqlite { read, .. } => read.rows(sql, args).await,
            Engine::Postgres(connections) => {
                let args = bind(args)?;
                let read = |pool| async move { sqlx::query_with(sql, args).fetch_all(&pool).await };
                read_all(&connections.ask(read).await?)
            }
        }
    }

    /// The first row of [`Engine::rows`], of what is found by a key.
    pub async fn first<T: Row>(&self, sql: &'static str, args: Vec<Arg>) -> Result<Option<T>> {
        match self {
            Engine::Sqlite { read, .. } => read.first(sql, args).await,
            Engine::Postgres(_) => Ok(self.rows(sql, args).await?.into_iter().next()),
        }
    }

    /// Writes SQLite's log into its file and empties it, so that nothing deleted is left there; false
    /// when somebody reading kept it from that. PostgreSQL overwrites what is deleted in its own time.
    pub async fn empty_log(&self) -> Result<Option<bool>> {
        let Engine::Sqlite { write, .. } = self else { return Ok(None) };
        write
            .alone(|connection| {
                let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
                connection.busy_timeout(PATIENCE)?;
                let (busy, ..) = sqlite::first::<(i64, i64, i64)>(connection, sql, &[])?.unwrap_or((1, 0, 0));
                connection.busy_timeout(Duration::ZERO)?;
                Ok(Some(busy == 0))
            })
            .await
    }

    /// Waits until every connection is back, then closes them.
    pub async fn close(&self) {
        match self {
            Engine::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Engine::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Runs a statement; gives the rows it changed.
    pub async fn run(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<u64> {
        match self {
            Tx::Sqlite(tx) => sqlite::run(tx.connection()?, sql, &args),
            Tx::Postgres(work) => {
                let args = bind(args)?;
                Ok(work.ask(async move |c| sqlx::query_with(sql, args).execute(c).await).await?.rows_affected())
            }
        }
    }

    /// Reads rows, also those of a `RETURNING`, always to the end: else an error of the statement
    /// might be missed.
    pub async fn rows<T: Row>(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<T>> {
        match self {
            Tx::Sqlite(tx) => sqlite::rows(tx.connection()?, sql, &args),
            Tx::Postgres(work) => {
                let args = bind(args)?;
                read_all(&work.ask(async move |c| sqlx::query_with(sql, args).fetch_all(c).await).await?)
            }
        }
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
        // On SQLite there is one unit of work at a time anyway.
        if matches!(self, Tx::Sqlite(_)) {
            return Ok(());
        }
        keys.sort();
        keys.dedup();
        let one = "INSERT INTO subjects (key, at) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET at = excluded.at";
        let two = "INSERT INTO subjects (key, at) VALUES ($1, $2), ($3, $2)
            ON CONFLICT (key) DO UPDATE SET at = excluded.at";
        for pair in keys.chunks(2) {
            match pair {
                [first, second] => self.run(two, args![first, at, second]).await?,
                _ => self.run(one, args![pair.first(), at]).await?,
            };
        }
        Ok(())
    }

    /// Takes back what was done, and waits until what was seen meanwhile is durable: other units may
    /// have written it into the same transaction.
    pub async fn undo(self) -> Result<()> {
        match self {
            Tx::Sqlite(tx) => tx.undo().await?,
            Tx::Postgres(work) => work.undo().await?,
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

fn read_all<T: Row>(rows: &[PgRow]) -> Result<Vec<T>> {
    Ok(rows.iter().map(T::postgres).collect::<sqlx::Result<_>>()?)
}

fn bind(args: Vec<Arg>) -> Result<PgArguments> {
    let mut bound = PgArguments::default();
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
