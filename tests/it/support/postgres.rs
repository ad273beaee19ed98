//! A PostgreSQL of our own: one cluster per test process in a temporary folder, a fresh database per
//! test. It ends with the process, however that ends.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Makes the cluster, starts and stops it as it is told to, says `ready` when it is done, until its
/// input ends, because the process that holds the other side is gone; then stops it by its pid. `$1`
/// is the folder of the programs, `$2` the port.
const SCRIPT: &str = r#"
trap : INT TERM
folder=$(mktemp -d) && chmod 700 "$folder" && cd "$folder" || exit 1
options="-p $2 -k $folder -c listen_addresses=127.0.0.1 -c max_connections=200 -c fsync=off"
"$1/initdb" -D data -U hotline -A trust -E UTF8 --locale=C --no-sync >log 2>&1 || { cat log; rm -rf "$folder"; exit 1; }
while read -r told; do
    case $told in
    start) "$1/pg_ctl" -w -D data -l log -o "$options" start >>log 2>&1 ;;
    stop) "$1/pg_ctl" -w -D data -m immediate stop >>log 2>&1 ;;
    esac && echo ready || { cat log; break; }
done
[ -e data/postmaster.pid ] && kill -INT "$(head -n 1 data/postmaster.pid)"
while [ -e data/postmaster.pid ]; do sleep 0.1; done
cd / && rm -rf "$folder"
"#;

/// A server of PostgreSQL.
pub struct Cluster {
    port: u16,
    /// Its input stays open for as long as the cluster is to live.
    script: Child,
    output: BufReader<ChildStdout>,
}

static CLUSTER: OnceLock<Cluster> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The address of a database nobody used before.
pub async fn fresh_database() -> String {
    CLUSTER.get_or_init(Cluster::start).fresh_database().await
}

impl Cluster {
    /// One of a test's own, which it may stop.
    pub fn start() -> Cluster {
        let programs =
            programs().expect("PostgreSQL's initdb and pg_ctl: install them, e.g. apt-get install postgresql");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
        // PostgreSQL refuses to run as root.
        let root = Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.trim_ascii() == b"0");
        let mut command = Command::new(if root { "runuser" } else { "sh" });
        if root {
            command.args(["-u", "postgres", "--", "sh"]);
        }
        command.args(["-c", SCRIPT, "postgres-for-tests"]).arg(programs).arg(port.to_string());
        let script = command.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut script = script.expect("a shell");
        let output = BufReader::new(script.stdout.take().expect("its output"));
        let mut cluster = Cluster { port, script, output };
        cluster.tell("start");
        cluster
    }

    /// The address of a database nobody used before.
    pub async fn fresh_database(&self) -> String {
        let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        let address = |name: &str| format!("postgres://hotline@127.0.0.1:{}/{name}", self.port);
        let mut connection = PgConnection::connect(&address("postgres")).await.expect("the cluster answers");
        let statement = AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::query(statement).execute(&mut connection).await.expect("a database");
        connection.close().await.expect("a goodbye");
        address(&name)
    }

    /// `stop` takes it away in the middle of whatever it does, `start` brings it back.
    pub fn tell(&mut self, what: &str) {
        writeln!(self.script.stdin.as_mut().expect("its input"), "{what}").expect("it listens");
        let mut told = String::new();
        while !told.ends_with("ready\n") {
            let read = self.output.read_line(&mut told).expect("readable output");
            assert!(read > 0, "PostgreSQL did not {what}:\n{told}");
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.script.stdin.take());
        // Until it is gone with its folder.
        drop(self.script.wait());
    }
}

/// The folder with the server's programs: on the path, else where Debian keeps the newest.
pub fn programs() -> Option<PathBuf> {
    let complete = |folder: &Path| ["initdb", "pg_ctl", "postgres"].iter().all(|p| folder.join(p).exists());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).find(|folder| complete(folder));
    on_path.or_else(|| {
        let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(|entry| entry.ok());
        let folders = versions.map(|version| version.path().join("bin")).filter(|folder| complete(folder));
        folders.max_by_key(|folder| {
            let version = folder.parent().and_then(Path::file_name).and_then(|v| v.to_str());
            version.and_then(|v| v.parse::<u32>().ok())
        })
    })
}
