//! What came out: medians over the rounds, and medians of ratios that are taken within a round.

use crate::Run;
use crate::args::Args;
use crate::load::Measured;
use crate::machine;
use crate::servers::Server;
use serde_json::{Value, json};

/// A figure of a run.
type Figure = fn(&Measured) -> f64;

const TITLES: [&str; 14] = [
    "server",
    "webhooks/s",
    "× Express",
    "× limit",
    "p50 ms",
    "p99 ms",
    "p99 / Express",
    "CPU µs",
    "CPU / Express",
    "bytes",
    "MB at rest",
    "MB",
    "errors",
    "others",
];

/// A table as Markdown, for people.
pub fn text(runs: &[Run], args: &Args) -> String {
    let mut table = format!(
        "{} calls at once, no pause, {} rounds of {} s, {} cores with the caller on them; medians, ratios within a round\n\n",
        args.at_once,
        args.rounds,
        args.seconds,
        machine::cores()
    );
    let rows: Vec<Vec<String>> = args.only.iter().map(|server| row(runs, *server)).collect();
    let titles: Vec<String> = TITLES.iter().map(|title| (*title).to_owned()).collect();
    let width = |i: usize| rows.iter().chain([&titles]).map(|row| row[i].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..TITLES.len()).map(width).collect();
    let line = |row: &[String]| {
        let cells = row.iter().enumerate().map(|(i, cell)| {
            let blanks = " ".repeat(widths[i] - cell.chars().count());
            if i == 0 { format!(" {cell}{blanks} |") } else { format!(" {blanks}{cell} |") }
        });
        format!("|{}\n", cells.collect::<String>())
    };
    table += &line(&titles);
    let rule = widths
        .iter()
        .enumerate()
        .map(|(i, width)| format!("{}{}|", "-".repeat(width + 1), if i == 0 { "-" } else { ":" }));
    table += &format!("|{}\n", rule.collect::<String>());
    rows.iter().for_each(|row| table += &line(row));
    format!("{table}{}", noise(runs))
}

/// Every figure, for programs.
pub fn json(runs: &[Run], args: &Args) -> Value {
    let each = |run: &Run| {
        let m = &run.measured;
        json!({
            "round": run.round, "server": run.server.key(), "calls": m.calls, "webhooks": m.webhooks, "statuses": m.statuses,
            "seconds": m.seconds, "webhooks_per_s": m.webhooks_per_s, "ms": { "p50": m.p50, "p99": m.p99, "p99_9": m.p99_9 },
            "held": m.held, "errors": m.errors, "error_samples": m.samples, "cpu_us": m.cpu_us,
            "database_cpu_us": m.database_cpu_us, "bytes_written": m.written, "mb_at_rest": m.rest_mb, "mb": m.memory_mb,
            "client_cores": m.client, "other_cores": m.others, "flushes_per_s": m.flushes,
        })
    };
    let medians = args.only.iter().map(|server| {
        let of = |figure: Figure| median(figures(runs, *server, figure));
        let to = |other: Server, figure: Figure| ratio(runs, *server, other, figure);
        let rate: Figure = |m| m.webhooks_per_s;
        json!({
            "server": server.key(), "title": server.title(), "webhooks_per_s": of(rate),
            "to_express": to(server.express(), rate), "to_limit": to(server.limit(), rate),
            "ms": { "p50": of(|m| m.p50), "p99": of(|m| m.p99), "p99_9": of(|m| m.p99_9) },
            "p99_to_express": to(server.express(), |m| m.p99), "cpu_us": of(|m| m.cpu_us),
            "cpu_to_express": to(server.express(), |m| m.cpu_us), "bytes_written": of(|m| m.written),
            "mb_at_rest": of(|m| m.rest_mb), "mb": of(|m| m.memory_mb), "errors": errors(runs, *server),
        })
    });
    json!({
        "cores": machine::cores(), "at_once": args.at_once, "rounds": args.rounds, "seconds": args.seconds,
        "medians": medians.collect::<Vec<_>>(), "runs": runs.iter().map(each).collect::<Vec<_>>(),
    })
}

fn row(runs: &[Run], server: Server) -> Vec<String> {
    let of = |figure: Figure, digits| shown(median(figures(runs, server, figure)), digits);
    let to = |other: Server, figure: Figure| shown(ratio(runs, server, other, figure), 2);
    let rate: Figure = |m| m.webhooks_per_s;
    vec![
        server.title().to_owned(),
        of(rate, 0),
        to(server.express(), rate),
        to(server.limit(), rate),
        of(|m| m.p50, 2),
        of(|m| m.p99, 2),
        to(server.express(), |m| m.p99),
        of(|m| m.cpu_us, 0),
        to(server.express(), |m| m.cpu_us),
        of(|m| m.written, 0),
        of(|m| m.rest_mb, 0),
        of(|m| m.memory_mb, 0),
        errors(runs, server).to_string(),
        of(|m| m.others, 2),
    ]
}

/// What to make of it: the runs that were disturbed.
fn noise(runs: &[Run]) -> String {
    let flushes = median(runs.iter().map(|run| run.measured.flushes).collect()).unwrap_or_default();
    let mut told = format!("\nThe disk flushed {flushes:.0} times a second before a run, in the median.\n");
    for run in runs {
        let (m, server) = (&run.measured, run.server.key());
        if m.others > 0.3 {
            told += &format!("Distrust {server} in round {}: others used {:.2} cores.\n", run.round, m.others);
        }
        if m.flushes < flushes / 2.0 {
            told += &format!("Distrust {server} in round {}: only {:.0} flushes/s before it.\n", run.round, m.flushes);
        }
        if m.client > 0.9 {
            told += &format!(
                "{server} in round {}: the caller used {:.2} of a core and may be the limit.\n",
                run.round, m.client
            );
        }
        if m.held > 0 {
            told += &format!("{server} in round {}: {} callers were asked to hold.\n", run.round, m.held);
        }
    }
    told
}

fn figures(runs: &[Run], server: Server, figure: Figure) -> Vec<f64> {
    runs.iter().filter(|run| run.server == server).map(|run| figure(&run.measured)).collect()
}

fn errors(runs: &[Run], server: Server) -> u64 {
    runs.iter().filter(|run| run.server == server).map(|run| run.measured.errors).sum()
}

/// The median of the ratios within each round; none when the other was not measured.
fn ratio(runs: &[Run], server: Server, other: Server, figure: Figure) -> Option<f64> {
    let (own, others) = (figures(runs, server, figure), figures(runs, other, figure));
    median(own.into_iter().zip(others).filter(|(_, other)| *other > 0.0).map(|(own, other)| own / other).collect())
}

fn median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    let upper = *figures.get(middle)?;
    Some(if figures.len().is_multiple_of(2) { (figures[middle - 1] + upper) / 2.0 } else { upper })
}

fn shown(figure: Option<f64>, digits: usize) -> String {
    figure.map_or_else(String::new, |figure| format!("{figure:.digits$}"))
}
