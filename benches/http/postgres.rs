//! A PostgreSQL of the measurement's own, as durable as it is set up: a commit returns when it is on the
//! disk. Each run has a database of its own, made new.

use anyhow::{Context, bail};
use std::cell::{Cell, RefCell};
use std::fs::Permissions;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Sets a cluster up in a new folder below `$3`, starts it and says its process; then makes a database
/// of each name it is told in place of the one before, until its input ends; then stops. Says `ready`
/// after each. `$1` is the folder of the programs, `$2` the port. It has no socket, whose path could be
/// too long.
const SCRIPT: &str = r#"
trap : INT TERM
folder=$(mktemp -d "$3/cluster-XXXXXX") && cd "$folder" || exit 1
options="-p $2 -k '' -c listen_addresses=127.0.0.1 -c shared_buffers=256MB -c max_wal_size=2GB"
at="-h 127.0.0.1 -p $2 -U hotline"
"$1/initdb" -D data -U hotline -A trust -E UTF8 --locale=C >log 2>&1 || { cat log; rm -rf "$folder"; exit 1; }
"$1/pg_ctl" -w -D data -l log -o "$options" start >>log 2>&1 || { cat log; rm -rf "$folder"; exit 1; }
head -n 1 data/postmaster.pid && echo ready
while read -r name; do
    if [ -n "$before" ]; then "$1/dropdb" $at --force "$before" 2>&1 || break; fi
    "$1/createdb" $at "$name" 2>&1 || break
    before=$name
    echo ready
done
"$1/pg_ctl" -w -D data -m immediate stop >>log 2>&1
cd / && rm -rf "$folder"
"#;

/// A running cluster. Ends with its owner.
pub struct Postgres {
    /// Of the server, whose children do the work.
    pub process: u32,
    port: u16,
    script: Child,
    /// Its input stays open for as long as the cluster is to live.
    input: RefCell<Option<ChildStdin>>,
    output: RefCell<BufReader<ChildStdout>>,
    databases: Cell<u32>,
}

impl Postgres {
    /// Starts one with its data below a folder.
    ///
    /// # Errors
    /// Its programs are missing, or it does not start.
    pub fn start(below: &Path) -> anyhow::Result<Postgres> {
        let programs = programs().context("PostgreSQL's initdb and pg_ctl are missing: apt-get install postgresql")?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        // PostgreSQL refuses to run as root, and who it runs as then must be let into our folder.
        let is_root = Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.trim_ascii() == b"0");
        let mut command = Command::new(if is_root { "runuser" } else { "sh" });
        if is_root {
            command.args(["-u", "postgres", "--", "sh"]);
        }
        let below = below.join("postgres");
        std::fs::create_dir(&below)?;
        std::fs::set_permissions(&below, Permissions::from_mode(0o777))?;
        std::fs::set_permissions(below.parent().unwrap_or(&below), Permissions::from_mode(0o711))?;
        command.args(["-c", SCRIPT, "postgres-for-benches"]).arg(programs).arg(port.to_string()).arg(below);
        let mut script = command.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = RefCell::new(script.stdin.take());
        let output = RefCell::new(BufReader::new(script.stdout.take().context("its output")?));
        let mut postgres = Postgres { process: 0, port, script, input, output, databases: Cell::new(0) };
        let told = postgres.ready().context("PostgreSQL did not start")?;
        postgres.process = told.trim().parse().with_context(|| format!("its process: {told}"))?;
        Ok(postgres)
    }

    /// The address of a new database. The one before is gone, and what it had to write is written.
    ///
    /// # Errors
    /// PostgreSQL's words.
    pub fn fresh(&self) -> anyhow::Result<String> {
        self.databases.set(self.databases.get() + 1);
        let name = format!("bank_{}", self.databases.get());
        if let Some(input) = self.input.borrow_mut().as_mut() {
            writeln!(input, "{name}")?;
        }
        self.ready().context("no new database was made")?;
        Ok(format!("postgres://hotline@127.0.0.1:{}/{name}", self.port))
    }

    /// What is said until it is ready.
    fn ready(&self) -> anyhow::Result<String> {
        let mut told = String::new();
        while self.output.borrow_mut().read_line(&mut told)? > 0 {
            if let Some(before) = told.strip_suffix("ready\n") {
                return Ok(before.to_owned());
            }
        }
        bail!("{told}")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.input.borrow_mut().take());
        // Until it is gone with its folder.
        drop(self.script.wait());
    }
}

/// The folder with the server's programs: on the path, else where Debian keeps the newest.
fn programs() -> Option<PathBuf> {
    let complete =
        |folder: &PathBuf| ["initdb", "pg_ctl", "createdb", "dropdb"].iter().all(|p| folder.join(p).exists());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).find(complete);
    on_path.or_else(|| {
        let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
        let folders = versions.map(|version| version.path().join("bin")).filter(complete);
        folders.max_by_key(|folder| folder.parent()?.file_name()?.to_str()?.parse::<u32>().ok())
    })
}
