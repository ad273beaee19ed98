//! What is measured, and how each is started on data of its own.

use crate::SERVE_LIMIT;
use crate::customers::PIN_KEY;
use crate::machine;
use crate::peers::run;
use crate::postgres::Postgres;
use anyhow::{Context, bail};
use hotline::words::clock::tick;
use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// What webhooks are signed with, and the address they are signed for.
pub const TOKEN: &str = "the-token-of-the-account";
pub const PUBLIC: &str = "https://bank.example.com";

const HOTLINE: &str = env!("CARGO_BIN_EXE_hotline");
const STARTING: Duration = Duration::from_secs(60);

/// A server that is measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Server {
    Ours,
    OursPg,
    Express,
    ExpressPg,
    Limit,
    LimitPg,
}

impl Server {
    /// In the order of the table.
    pub const ALL: [Server; 6] =
        [Server::Ours, Server::OursPg, Server::Express, Server::ExpressPg, Server::Limit, Server::LimitPg];

    /// As the command line calls it.
    pub fn key(self) -> &'static str {
        match self {
            Server::Ours => "ours",
            Server::OursPg => "ours-pg",
            Server::Express => "express",
            Server::ExpressPg => "express-pg",
            Server::Limit => "limit",
            Server::LimitPg => "limit-pg",
        }
    }

    /// As the table calls it.
    pub fn title(self) -> &'static str {
        match self {
            Server::Ours => "hotline, SQLite",
            Server::OursPg => "hotline, PostgreSQL",
            Server::Express => "Express + SDK, SQLite, one process",
            Server::ExpressPg => "Express + SDK, PostgreSQL, two workers",
            Server::Limit => "limit: axum, SQLite, shared commits",
            Server::LimitPg => "limit: axum, PostgreSQL, shared statements",
        }
    }

    pub fn is_on_postgres(self) -> bool {
        matches!(self, Server::OursPg | Server::ExpressPg | Server::LimitPg)
    }

    pub fn is_ours(self) -> bool {
        matches!(self, Server::Ours | Server::OursPg)
    }

    pub fn is_express(self) -> bool {
        matches!(self, Server::Express | Server::ExpressPg)
    }

    /// The Express line on the same database.
    pub fn express(self) -> Server {
        if self.is_on_postgres() { Server::ExpressPg } else { Server::Express }
    }

    /// The limit on the same database.
    pub fn limit(self) -> Server {
        if self.is_on_postgres() { Server::LimitPg } else { Server::Limit }
    }

    /// Where a call comes in.
    pub fn path(self) -> &'static str {
        if self.is_ours() { "/voice/twilio?flow=bank" } else { "/voice/incoming" }
    }
}

/// A server that runs. Ended when it is dropped.
pub struct Running {
    pub server: Server,
    /// `http://` and where it listens.
    pub url: String,
    child: Child,
}

impl Running {
    /// Its first process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Workers live below the process that is killed, and would go on without it.
        for process in machine::tree(self.child.id()).into_iter().skip(1) {
            drop(Command::new("kill").args(["-KILL", &process.to_string()]).status());
        }
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Starts a server in a folder of its own and waits until it takes connections.
///
/// # Errors
/// It does not start; with the end of what it printed.
pub fn start(
    server: Server,
    folder: &Path,
    customers: &Path,
    express_at: &Path,
    postgres: Option<&Postgres>,
) -> anyhow::Result<Running> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let database = match postgres {
        Some(postgres) if server.is_on_postgres() => Some(postgres.fresh()?),
        _ => None,
    };
    let mut command = match server {
        Server::Ours | Server::OursPg => ours(folder, customers, database, port)?,
        Server::Express | Server::ExpressPg => express(folder, customers, express_at, database),
        Server::Limit | Server::LimitPg => limit(folder, database)?,
    };
    command.env("PORT", port.to_string()).env("TWILIO_AUTH_TOKEN", TOKEN).env("PUBLIC_URL", PUBLIC);
    let log = folder.join("log");
    let child = command
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(File::create(&log)?)
        .stderr(File::options().append(true).open(&log)?);
    let child = child.spawn().with_context(|| format!("starting {}", server.title()))?;
    let mut running = Running { server, url: format!("http://127.0.0.1:{port}"), child };
    wait(&mut running, port, &log)?;
    Ok(running)
}

fn ours(folder: &Path, customers: &Path, database: Option<String>, port: u16) -> anyhow::Result<Command> {
    let flows = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/http/flows");
    let settings = |command: &mut Command| {
        command.current_dir(folder).env("HOTLINE_LISTEN", format!("127.0.0.1:{port}")).env("HOTLINE_FLOWS", &flows);
        command.env("HOTLINE_PUBLIC_URL", PUBLIC).env("HOTLINE_TWILIO_AUTH_TOKEN", TOKEN).env("HOTLINE_DEMO", "true");
        command.env("HOTLINE_PIN_HMAC_KEY", PIN_KEY).env("HOTLINE_PEPPER", "a pepper for measurements only");
        if let Some(database) = &database {
            command.env("HOTLINE_DATABASE_URL", database);
        }
    };
    let mut import = Command::new(HOTLINE);
    settings(import.args(["import", "customers"]).arg(customers));
    run(&mut import)?;
    let mut serve = Command::new(HOTLINE);
    settings(serve.arg("serve"));
    Ok(serve)
}

fn express(folder: &Path, customers: &Path, program: &Path, database: Option<String>) -> Command {
    let mut command = Command::new("node");
    command.arg(program.join("server.js")).env("NODE_ENV", "production");
    command.env("PIN_HMAC_KEY", PIN_KEY).env("CUSTOMERS", customers);
    match database {
        Some(database) => command.env("DATABASE_URL", database).env("WORKERS", "2"),
        None => command.env("DB", database_file(folder)).env_remove("DATABASE_URL"),
    };
    command
}

fn limit(folder: &Path, database: Option<String>) -> anyhow::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(SERVE_LIMIT);
    match database {
        Some(database) => command.env("DATABASE_URL", database),
        None => command.env("DB", database_file(folder)).env_remove("DATABASE_URL"),
    };
    Ok(command)
}

fn database_file(folder: &Path) -> PathBuf {
    folder.join("bank.db")
}

/// Until something listens, and a moment longer: workers start one after the other.
fn wait(running: &mut Running, port: u16, log: &Path) -> anyhow::Result<()> {
    let since = tick();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        if running.child.try_wait()?.is_some() || since.elapsed() > STARTING {
            let told = std::fs::read_to_string(log).unwrap_or_default();
            let end: Vec<&str> = told.lines().rev().take(10).collect();
            bail!("it does not start:\n{}", end.into_iter().rev().collect::<Vec<_>>().join("\n"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    std::thread::sleep(Duration::from_millis(500));
    Ok(())
}
