//! What can go wrong with the database. "Stale" and "not found" are values, not errors.

use std::sync::Arc;

/// Why a store function gave nothing. Cheap to clone: one failed commit is told to every webhook
/// that was in it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The address names no engine we know. It may hold a password, so it is not repeated.
    #[error("the database address must begin with `sqlite:` (then a file) or `postgres://`")]
    Address,
    /// The database cannot be opened.
    #[error("cannot open the database {what}: {source}; check that it exists and may be written to")]
    Open {
        /// The file, or the engine.
        what: String,
        /// What the engine said.
        source: Arc<Fault>,
    },
    /// The tables cannot be brought to this version.
    #[error("cannot bring the database to this version: {0}")]
    Migrate(Arc<sqlx::migrate::MigrateError>),
    /// The database is away, locked or full, or refused a statement.
    #[error("the database failed: {0}")]
    Database(Arc<Fault>),
    /// SQLite took back what others had written into the same transaction, and this with it.
    #[error("the database took back what was being written")]
    TakenBack,
    /// The database did not answer in time.
    #[error("the database did not answer in time")]
    Slow,
    /// The store is closed.
    #[error("the store is closed")]
    Closed,
    /// Hundreds of random references in a row were taken.
    #[error("no free reference was found; close and export old requests")]
    NoReference,
    /// The machine gives no random numbers, so nothing that proves somebody can be made.
    #[error("this machine gives no random numbers; is /dev/urandom there?")]
    NoRandomness,
    /// A row holds something this version cannot have written.
    #[error("a stored row makes no sense: {0}")]
    Damaged(String),
}

/// What an engine said.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// SQLite did.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL, or the way to it.
    #[error(transparent)]
    Postgres(#[from] sqlx::Error),
}

impl StoreError {
    /// The database named `what` could not be opened.
    pub(super) fn open(what: &str, source: impl Into<Fault>) -> StoreError {
        StoreError::Open { what: what.to_owned(), source: Arc::new(source.into()) }
    }

    /// Whether the fault is in what was to be written, not in the database: then others in the same
    /// commit may do better alone.
    pub(super) fn is_about_a_row(&self) -> bool {
        match self {
            StoreError::Database(fault) => match &**fault {
                Fault::Sqlite(error) => {
                    error.sqlite_error().is_some_and(|error| !is_sqlite_outage(error.extended_code))
                }
                Fault::Postgres(sqlx::Error::Database(told)) => !told.code().is_some_and(|code| is_outage(&code)),
                Fault::Postgres(error) => matches!(error, sqlx::Error::Encode(_) | sqlx::Error::Protocol(_)),
            },
            _ => false,
        }
    }

    /// Whether the connection broke: a new one may do, and what was sent may or may not be stored.
    pub(super) fn is_broken_connection(&self) -> bool {
        match self {
            StoreError::TakenBack => true,
            StoreError::Database(fault) => match &**fault {
                Fault::Postgres(sqlx::Error::Io(_)) => true,
                // PostgreSQL says so when it is shut down or an administrator ends the connection.
                Fault::Postgres(sqlx::Error::Database(told)) => told.code().is_some_and(|code| code.starts_with("57P")),
                _ => false,
            },
            _ => false,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> StoreError {
        match error {
            sqlx::Error::PoolClosed => StoreError::Closed,
            sqlx::Error::PoolTimedOut => StoreError::Slow,
            error => StoreError::Database(Arc::new(error.into())),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        StoreError::Database(Arc::new(error.into()))
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> StoreError {
        StoreError::Migrate(Arc::new(error))
    }
}

/// Codes that say the database as a whole cannot write now. The last byte is the kind: busy 5, locked
/// 6, no memory 7, read-only 8, input and output 10, corrupt 11, full 13, cannot open 14, not a database
/// 26.
fn is_sqlite_outage(code: i32) -> bool {
    matches!(code & 0xff, 5..=8 | 10 | 11 | 13 | 14 | 26)
}

/// The same for PostgreSQL, whose codes have five characters, the first two being the class: connection
/// 08, read-only 25, resources 53, operator 57, system 58.
fn is_outage(code: &str) -> bool {
    ["08", "25", "53", "57", "58"].iter().any(|class| code.starts_with(class))
}
