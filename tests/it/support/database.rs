//! An empty database for one test, on either engine.

use hotline::store::Store;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;

/// A database of a test's own.
pub struct Database {
    url: String,
    /// Where the file is, for as long as the test runs.
    folder: Option<TempDir>,
}

impl Database {
    /// In a temporary file.
    pub fn sqlite() -> Database {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Database { url: format!("sqlite:{}", folder.path().join("hotline.db").display()), folder: Some(folder) }
    }

    /// In this process's PostgreSQL.
    pub async fn postgres() -> Database {
        Database { url: super::postgres::fresh_database().await, folder: None }
    }

    /// Opens it as a server that just started under `boot_id`.
    pub async fn open(&self, boot_id: &str) -> Store {
        let store = Store::open(&self.url, boot_id).await.expect("the database opens");
        store.migrate().await.expect("the tables are made");
        store
    }

    /// Whether several servers may share it.
    pub fn is_shared(&self) -> bool {
        self.folder.is_none()
    }

    /// Makes it refuse rows of a table with this text in this column. SQLite rolls back by itself
    /// then, as it does when the disk is full.
    pub async fn refuse(&self, table: &str, column: &str, text: &str) {
        self.execute(match self.is_shared() {
            true => format!("ALTER TABLE {table} ADD CONSTRAINT refuse CHECK ({column} <> '{text}')"),
            false => format!(
                "CREATE TRIGGER refuse BEFORE INSERT ON {table} WHEN CAST(NEW.{column} AS TEXT) = '{text}'
                BEGIN SELECT RAISE(ROLLBACK, 'refused'); END"
            ),
        })
        .await;
    }

    /// Makes it take them again.
    pub async fn refuse_no_more(&self, table: &str) {
        self.execute(match self.is_shared() {
            true => format!("ALTER TABLE {table} DROP CONSTRAINT refuse"),
            false => "DROP TRIGGER refuse".to_owned(),
        })
        .await;
    }

    /// Keeps everyone else from writing to a table until it is released.
    pub async fn lock(&self, table: &str) -> Lock {
        if self.is_shared() {
            let mut connection = PgConnection::connect(&self.url).await.expect("it answers");
            sqlx::query("BEGIN").execute(&mut connection).await.expect("a transaction");
            let statement = AssertSqlSafe(format!("LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"));
            sqlx::query(statement).execute(&mut connection).await.expect("the lock");
            Lock::Postgres(connection)
        } else {
            let connection = embedded(&self.url);
            connection.execute_batch("BEGIN IMMEDIATE").expect("the lock");
            Lock::Sqlite(connection)
        }
    }

    /// Ends every connection to it, as a restart of the database would.
    pub async fn cut_connections(&self) {
        let others = "datname = current_database() AND pid <> pg_backend_pid()";
        self.execute(format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")).await;
    }

    /// The text messages in the outbox of an embedded one, with their numbers, oldest first.
    pub async fn texts(&self) -> Vec<(String, String)> {
        let connection = embedded(&self.url);
        let texts = "SELECT number, body FROM outbox WHERE kind = 'sms' AND state <> 'refused' ORDER BY id";
        let mut texts = connection.prepare(texts).expect("a statement");
        let rows = texts.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("the outbox");
        rows.collect::<Result<_, _>>().expect("the outbox")
    }

    pub async fn execute(&self, statement: String) {
        if self.is_shared() {
            let mut connection = PgConnection::connect(&self.url).await.expect("it answers");
            sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await.expect("a statement");
        } else {
            embedded(&self.url).execute_batch(&statement).expect("a statement");
        }
    }
}

/// A connection of somebody else's to an embedded database.
pub fn embedded(url: &str) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(url.trim_start_matches("sqlite:")).expect("it opens");
    connection.busy_timeout(std::time::Duration::from_secs(5)).expect("a setting");
    connection
}

/// A lock somebody else holds.
pub enum Lock {
    Sqlite(rusqlite::Connection),
    Postgres(PgConnection),
}

impl Lock {
    /// Lets others write again.
    pub async fn release(self) {
        match self {
            Lock::Sqlite(connection) => connection.close().expect("a goodbye"),
            Lock::Postgres(connection) => connection.close().await.expect("a goodbye"),
        }
    }
}
