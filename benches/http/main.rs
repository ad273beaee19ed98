//! Servers side by side over HTTP: ours, the same line on Express, and the least a server can do, each
//! on SQLite and on PostgreSQL, in rounds, each on fresh data. What is said of them is said as ratios
//! within a round, because a machine is not the same an hour later. See benches/README.md.

mod args;
mod customers;
mod limit;
mod load;
mod machine;
mod peers;
mod postgres;
mod servers;
mod table;

use anyhow::Context;
use args::{Args, Format};
use load::Measured;
use postgres::Postgres;
use servers::Server;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// A server as it did in one round.
struct Run {
    round: usize,
    server: Server,
    measured: Measured,
}

/// The one argument that makes this program the limit it measures.
const SERVE_LIMIT: &str = "--serve-limit";

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(SERVE_LIMIT) {
        return limit::serve().map_or_else(
            |error| {
                eprintln!("{error:#}");
                ExitCode::from(2)
            },
            |()| ExitCode::SUCCESS,
        );
    }
    let args = match Args::read(std::env::args().skip(1)) {
        Ok(Some(args)) => args,
        Ok(None) => return ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}\n\n{}", args::HELP);
            return ExitCode::from(2);
        }
    };
    match measure(&args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

/// Measures all that was asked for and prints it; whether nobody answered wrongly.
fn measure(args: &Args) -> anyhow::Result<bool> {
    let folder = match &args.data {
        Some(folder) => tempfile::tempdir_in(folder),
        None => tempfile::tempdir(),
    };
    let folder = folder.context("a folder for the data")?;
    customers::write(folder.path()).context("writing the customers")?;
    let express = peers::prepare(&args.only)?;
    let postgres = match args.only.iter().any(|server| server.is_on_postgres()) {
        true => Some(Postgres::start(folder.path())?),
        false => None,
    };
    let mut runs = Vec::new();
    for round in 1..=args.rounds {
        for server in &args.only {
            let measured = one(*server, args, folder.path(), &express, postgres.as_ref())
                .with_context(|| format!("{} in round {round}", server.key()))?;
            tell(round, *server, &measured);
            runs.push(Run { round, server: *server, measured });
        }
    }
    let text = match args.format {
        Format::Text => table::text(&runs, args),
        Format::Json => format!("{:#}\n", table::json(&runs, args)),
    };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(runs.iter().all(|run| run.measured.is_right()))
}

/// A server, started on fresh data, warmed up, measured and ended.
fn one(
    server: Server,
    args: &Args,
    folder: &Path,
    express: &Path,
    postgres: Option<&Postgres>,
) -> anyhow::Result<Measured> {
    let own = tempfile::tempdir_in(folder)?;
    let flushes = machine::flushes(own.path())?;
    let running = servers::start(server, own.path(), &folder.join(customers::IMPORTED), express, postgres)?;
    load::drive(&running, &folder.join(customers::CALLERS), args, flushes, postgres)
}

/// A line about a run on the way, for whoever waits.
fn tell(round: usize, server: Server, measured: &Measured) {
    eprintln!(
        "round {round}  {:<12} {:>7.0} webhooks/s  p50 {:>6.2} ms  p99 {:>7.2} ms  {:>5.0} µs CPU  {:>5.0} MB  {} errors; \
         others {:.2} cores, {:.0} flushes/s before",
        server.key(),
        measured.webhooks_per_s,
        measured.p50,
        measured.p99,
        measured.cpu_us,
        measured.memory_mb,
        measured.errors,
        measured.others,
        measured.flushes,
    );
    for sample in &measured.samples {
        eprintln!("    {sample}");
    }
}
