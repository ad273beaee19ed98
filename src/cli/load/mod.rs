//! `hotline call FLOW --calls N`: many calls over HTTP against a running server, signed as the
//! provider signs, each answer checked. Knows nothing of the server but its addresses and documents.

mod answer;
mod call;
mod chance;
mod client;
mod document;
mod form;
mod plan;
mod report;
mod tally;

use super::check::Format;
use crate::config::Config;
use crate::words::clock;
use anyhow::Context;
use call::Shared;
use plan::Plan;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;
use tokio::task::JoinSet;

/// How many calls, and how they go.
#[derive(clap::Args)]
pub struct Load {
    /// Call so often, over HTTP, a server that runs; --keys are pressed in each call, where {account}, {pin} and
    /// {number} stand for the customer's.
    #[arg(long, value_name = "N", requires = "keys", conflicts_with_all = ["from", "lang"],
        value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub calls: Option<u64>,
    /// How many calls go on at the same time.
    #[arg(long, value_name = "M", default_value_t = 16, requires = "calls",
        value_parser = clap::value_parser!(u32).range(1..=20_000))]
    at_once: u32,
    /// Who calls: a CSV file whose first line names the columns, of which account, number and pin are read; without
    /// it the demo's customers, without those a number of fiction for each call.
    #[arg(long, value_name = "FILE", requires = "calls")]
    customers: Option<PathBuf>,
    /// Where the server is; without it where `listen` of the settings says.
    #[arg(long, value_name = "URL", requires = "calls")]
    server: Option<String>,
    /// The address webhooks are signed for; without it `public_url` of the settings, else --server.
    #[arg(long, value_name = "URL", requires = "calls")]
    public_url: Option<String>,
    /// Where a call comes in; without it /voice/twilio?flow=FLOW.
    #[arg(long, value_name = "PATH", requires = "calls")]
    path: Option<String>,
    /// The number that is dialled.
    #[arg(long, value_name = "NUMBER", default_value = "+85200000000", requires = "calls")]
    to: String,
    /// How long a caller thinks, as 5s, half more or less at random; without it they press at once.
    #[arg(long, value_name = "TIME", requires = "calls")]
    pause: Option<String>,
    /// Leave each call open after so many webhooks.
    #[arg(long, value_name = "N", requires = "calls", value_parser = clap::value_parser!(u32).range(1..))]
    open: Option<u32>,
    /// So many of a hundred webhooks are sent twice, and must be answered the same.
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, requires = "calls")]
    doubled: f64,
    /// So many more of a hundred are sent with a wrong signature, and must be refused.
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, requires = "calls")]
    forged: f64,
    /// How it is told.
    #[arg(long, value_enum, default_value = "text", requires = "calls")]
    format: Format,
}

/// Calls until all calls are over or somebody presses Ctrl-C, and tells what was measured. Gives
/// whether every answer was right. Runs on one thread: callers share what they count without locks.
///
/// # Errors
/// What was asked for makes no sense, or nobody listens at the server's address.
pub async fn run(config: &Config, flow: &str, keys: &str, load: &Load) -> anyhow::Result<bool> {
    let format = load.format;
    let plan = Plan::read(config, flow, keys, load)?;
    let at_once = plan.calls.min(plan.at_once.into());
    let shared = Rc::new(Shared::new(plan).await?);
    let (began, cpu) = (clock::tick(), report::cpu_seconds());
    let mut callers = JoinSet::new();
    for _ in 0..at_once {
        callers.spawn_local(call::calls(shared.clone()));
    }
    let mut interrupted = std::pin::pin!(tokio::signal::ctrl_c());
    let terminal = std::io::stderr().is_terminal();
    let mut told = tokio::time::interval(Duration::from_secs(if terminal { 1 } else { 10 }));
    told.tick().await;
    let mut whole = true;
    loop {
        tokio::select! {
            ended = callers.join_next() => match ended {
                Some(ended) => ended.context("a caller failed")?,
                None => break,
            },
            pressed = &mut interrupted => {
                pressed.context("waiting for Ctrl-C")?;
                whole = false;
                break;
            }
            _ = told.tick() => report::progress(&shared, began.elapsed(), terminal)?,
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    callers.abort_all();
    if terminal {
        write!(std::io::stderr(), "\r\x1b[K")?;
    }
    let tally = shared.tally();
    let spent = report::Spent { seconds, cpu: report::cpu_seconds() - cpu, whole };
    report::print(&tally, &spent, format, &mut std::io::stdout().lock())?;
    Ok(tally.all_well())
}
