//! Drives a server with the load mode of `hotline call`, and notes what it used meanwhile.

use crate::args::Args;
use crate::machine::{self, Used};
use crate::postgres::Postgres;
use crate::servers::{PUBLIC, Running, TOKEN};
use anyhow::Context;
use hotline::words::clock::tick;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};

/// Webhooks of a call: language, menu, account, PIN, offer, confirmation, goodbye.
const WEBHOOKS: f64 = 7.0;
const KEYS: &str = "1,2,{account}#,{pin}#,1,1";
/// Seconds for which a server is driven before it is measured, so that its code and caches are warm.
const WARMING: f64 = 1.5;

/// How a server did.
#[derive(Clone, Default, Debug)]
pub struct Measured {
    pub calls: u64,
    pub webhooks: u64,
    /// What came beside them and is in no rate: that a call is over. Only ours is told.
    pub statuses: u64,
    pub seconds: f64,
    pub webhooks_per_s: f64,
    /// Milliseconds from when a webhook was due to its answer.
    pub p50: f64,
    pub p99: f64,
    pub p99_9: f64,
    pub held: u64,
    pub errors: u64,
    pub samples: Vec<String>,
    /// The server's microseconds of CPU a webhook, its database's included.
    pub cpu_us: f64,
    /// The part of that which PostgreSQL used.
    pub database_cpu_us: f64,
    /// Bytes sent to the disk a webhook, the database's included.
    pub written: f64,
    /// The server's megabytes before the load and after it, without PostgreSQL.
    pub rest_mb: f64,
    pub memory_mb: f64,
    /// Cores that the caller used.
    pub client: f64,
    /// Cores that anything else on the machine used.
    pub others: f64,
    /// How often the disk took 4 KiB for good in a second, before the run.
    pub flushes: f64,
}

impl Measured {
    /// Every answer was as it should be.
    pub fn is_right(&self) -> bool {
        self.errors == 0
    }
}

/// Warms a server up, then measures it for about as long as is asked for.
///
/// # Errors
/// The load could not be driven. Wrong answers are none: they are counted.
pub fn drive(
    running: &Running,
    callers: &Path,
    args: &Args,
    flushes: f64,
    postgres: Option<&Postgres>,
) -> anyhow::Result<Measured> {
    let database = postgres.filter(|_| running.server.is_on_postgres()).map(|postgres| postgres.process);
    let rest_mb = megabytes(running);
    let calls = |rate: f64, seconds: f64| ((rate * seconds / WEBHOOKS) as u64).max(u64::from(args.at_once));
    // How fast it is cold, warm, and then for long enough.
    let cold = call(running, callers, args.at_once, u64::from(args.at_once) * 4)?;
    let warm = call(running, callers, args.at_once, calls(rate(&cold), WARMING))?;
    let roots: Vec<u32> = [running.process()].into_iter().chain(database).collect();
    let of_database = |roots: &[u32]| machine::used(&roots[1..]).cpu;
    let (before, before_database, busy, since) = (machine::used(&roots), of_database(&roots), machine::busy(), tick());
    let told = call(running, callers, args.at_once, calls(rate(&warm), args.seconds))?;
    let (took, busy) = (since.elapsed().as_secs_f64(), machine::busy() - busy);
    let (after, after_database) = (machine::used(&roots), of_database(&roots));
    let used = Used { cpu: after.cpu - before.cpu, written: after.written.saturating_sub(before.written) };
    let measured = read(&told);
    let (webhooks, client) = (measured.webhooks.max(1) as f64, number(&told, "/client_cpu_s"));
    Ok(Measured {
        cpu_us: used.cpu * 1e6 / webhooks,
        database_cpu_us: (after_database - before_database) * 1e6 / webhooks,
        written: used.written as f64 / webhooks,
        rest_mb,
        memory_mb: megabytes(running),
        client: client / took,
        others: ((busy - used.cpu - client) / took).max(0.0),
        flushes,
        ..measured
    })
}

/// So many calls; what the load mode tells of them.
fn call(running: &Running, callers: &Path, at_once: u32, calls: u64) -> anyhow::Result<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hotline"));
    command.args(["call", "bank", "--calls", &calls.to_string(), "--at-once", &at_once.to_string(), "--keys", KEYS]);
    command.arg("--customers").arg(callers).args(["--server", &running.url, "--public-url", PUBLIC]);
    command.args(["--path", running.server.path(), "--format", "json"]).env("HOTLINE_TWILIO_AUTH_TOKEN", TOKEN);
    let folder = callers.parent().unwrap_or(callers);
    let command = command.current_dir(folder).env("HOTLINE_DEMO", "true").stdin(Stdio::null()).stderr(Stdio::piped());
    let output = command.output().context("starting `hotline call`")?;
    let complaint = || format!("`hotline call` told no figures: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).with_context(complaint)
}

fn read(told: &Value) -> Measured {
    let count = |at: &str| told.pointer(at).and_then(Value::as_u64).unwrap_or_default();
    let samples = told.pointer("/error_samples").and_then(Value::as_array).into_iter().flatten();
    Measured {
        calls: count("/calls"),
        webhooks: count("/webhooks"),
        statuses: count("/statuses"),
        seconds: number(told, "/seconds"),
        webhooks_per_s: rate(told),
        p50: number(told, "/ms/p50"),
        p99: number(told, "/ms/p99"),
        p99_9: number(told, "/ms/p99_9"),
        held: count("/held"),
        errors: count("/errors"),
        samples: samples.map(Value::to_string).collect(),
        ..Measured::default()
    }
}

fn rate(told: &Value) -> f64 {
    number(told, "/webhooks_per_s")
}

fn number(told: &Value, at: &str) -> f64 {
    told.pointer(at).and_then(Value::as_f64).unwrap_or_default()
}

fn megabytes(running: &Running) -> f64 {
    machine::memory(running.process()) as f64 / 1e6
}
