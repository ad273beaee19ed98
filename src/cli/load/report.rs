//! Tells what was counted: while it goes on, and at the end. Knows nothing of calls.

use super::call::Shared;
use super::tally::Tally;
use crate::cli::check::Format;
use serde_json::json;
use std::io::{self, Write};
use std::time::Duration;

/// What the whole took.
pub struct Spent {
    /// Seconds from the first call to the last.
    pub seconds: f64,
    /// Seconds of processor this program used for it.
    pub cpu: f64,
    /// Whether all calls were made.
    pub whole: bool,
}

/// A line of how far it is.
///
/// # Errors
/// It cannot be written.
pub fn progress(shared: &Shared, since: Duration, terminal: bool) -> io::Result<()> {
    let tally = shared.tally();
    let (calls, seconds) = (tally.calls, since.as_secs_f64().max(0.001));
    let rate = tally.webhooks as f64 / seconds;
    let wrong = tally.errors + tally.doubled_differ + tally.forged_taken;
    let line = format!("{calls} of {} calls, {rate:.0} webhooks/s, {wrong} errors", shared.calls());
    let mut err = io::stderr().lock();
    if terminal {
        write!(err, "\r\x1b[K{line}")?
    } else {
        writeln!(err, "{line}")?
    }
    err.flush()
}

/// The whole, for people or for programs.
///
/// # Errors
/// It cannot be written.
pub fn print(tally: &Tally, spent: &Spent, format: Format, out: &mut impl Write) -> io::Result<()> {
    match format {
        Format::Json => writeln!(out, "{}", for_programs(tally, spent)),
        Format::Text => for_people(tally, spent, out),
    }
}

const SHARES: [(&str, f64); 4] = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99_9", 0.999)];

fn for_programs(tally: &Tally, spent: &Spent) -> serde_json::Value {
    let seconds = spent.seconds.max(0.001);
    let mut ms: serde_json::Map<_, _> =
        SHARES.iter().map(|(name, share)| ((*name).to_owned(), json!(rounded(tally.waited.at(*share))))).collect();
    ms.insert("max".to_owned(), json!(rounded(tally.waited.max_ms())));
    let samples = tally.samples.iter();
    let samples = samples.map(|(what, (count, sample))| json!({"what": what.name(), "count": count, "sample": sample}));
    json!({
        "calls": tally.calls,
        "webhooks": tally.webhooks,
        "statuses": tally.statuses,
        "seconds": rounded(spent.seconds),
        "calls_per_s": rounded(tally.calls as f64 / seconds),
        "webhooks_per_s": rounded(tally.webhooks as f64 / seconds),
        "ms": ms,
        "held": tally.held,
        "errors": tally.errors,
        "error_samples": samples.collect::<Vec<_>>(),
        "doubled": tally.doubled,
        "doubled_differ": tally.doubled_differ,
        "forged": tally.forged,
        "forged_taken": tally.forged_taken,
        "client_cpu_s": rounded(spent.cpu),
        "whole": spent.whole,
    })
}

fn for_people(tally: &Tally, spent: &Spent, out: &mut impl Write) -> io::Result<()> {
    let seconds = spent.seconds.max(0.001);
    let rate = |count: u64| count as f64 / seconds;
    if !spent.whole {
        writeln!(out, "broken off: what follows is of the calls that were over")?;
    }
    writeln!(out, "calls     {:>10}  {:>10.1} a second, in {:.1} s", tally.calls, rate(tally.calls), spent.seconds)?;
    writeln!(out, "webhooks  {:>10}  {:>10.1} a second", tally.webhooks, rate(tally.webhooks))?;
    write!(out, "waited    ")?;
    for (name, share) in SHARES {
        write!(out, "{} {:.1} ms, ", name.replace('_', "."), tally.waited.at(share))?;
    }
    writeln!(out, "at most {:.1} ms", tally.waited.max_ms())?;
    writeln!(out, "held      {:>10}", tally.held)?;
    if tally.doubled > 0 {
        writeln!(out, "doubled   {:>10}  {:>10} answered in two ways", tally.doubled, tally.doubled_differ)?;
    }
    if tally.forged > 0 {
        writeln!(out, "forged    {:>10}  {:>10} not refused", tally.forged, tally.forged_taken)?;
    }
    writeln!(out, "errors    {:>10}", tally.errors)?;
    for (what, (count, sample)) in &tally.samples {
        writeln!(out, "  {:<14} {count:>6}  {sample}", what.name())?;
    }
    writeln!(out, "this client used {:.2} s of processor", spent.cpu)
}

/// Thousandths are enough.
fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// Seconds of processor this process has used; 0 where the system does not tell.
pub fn cpu_seconds() -> f64 {
    // Linux tells it in hundredths, whatever its own clock; the name before may hold blanks.
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
    let ticks = after.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}
