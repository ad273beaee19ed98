//! What is asked for on the command line.

use crate::servers::Server;
use anyhow::{Context, bail};
use std::path::PathBuf;

/// How to call it.
pub const HELP: &str = "\
cargo bench --bench http -- [--rounds 3] [--seconds 6] [--at-once 32] [--only KEY,…] [--data FOLDER] [--format text|json]

  --rounds   how often each server is measured
  --seconds  how long each time, about; a warm-up comes before
  --at-once  calls that run at once, each pressing its next key as soon as it is asked
  --only     ours, ours-pg, express, express-pg, limit, limit-pg; ratios need the peers
  --data     where databases lie, a real disk; the folder of temporary files when absent
  --format   a table for people, or every figure for programs";

/// How the table is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    Text,
    Json,
}

/// What to measure and how.
pub struct Args {
    pub rounds: usize,
    pub seconds: f64,
    pub at_once: u32,
    /// In the order of the table.
    pub only: Vec<Server>,
    pub data: Option<PathBuf>,
    pub format: Format,
}

impl Args {
    /// Reads them. None when nothing is to be measured: help was asked for, or it is not `cargo bench` that calls.
    ///
    /// # Errors
    /// Something is unknown or out of bounds.
    pub fn read(given: impl Iterator<Item = String>) -> anyhow::Result<Option<Args>> {
        let only = Server::ALL.to_vec();
        let mut args = Args { rounds: 3, seconds: 6.0, at_once: 32, only, data: None, format: Format::Text };
        let mut given = given;
        let mut is_bench = false;
        while let Some(name) = given.next() {
            let mut value = || given.next().with_context(|| format!("{name} needs a value"));
            match name.as_str() {
                "--bench" => is_bench = true,
                "--help" | "-h" => {
                    println!("{HELP}");
                    return Ok(None);
                }
                "--rounds" => args.rounds = number(&name, &value()?, 1.0, 100.0)? as usize,
                "--seconds" => args.seconds = number(&name, &value()?, 0.2, 600.0)?,
                "--at-once" => args.at_once = number(&name, &value()?, 1.0, 20_000.0)? as u32,
                "--only" => args.only = servers(&value()?)?,
                "--data" => args.data = Some(value()?.into()),
                "--format" => args.format = format(&value()?)?,
                _ => bail!("there is no `{name}`"),
            }
        }
        Ok(is_bench.then_some(args))
    }
}

fn number(name: &str, text: &str, least: f64, most: f64) -> anyhow::Result<f64> {
    let number: f64 = text.parse().with_context(|| format!("{name}: `{text}` is no number"))?;
    if !(least..=most).contains(&number) {
        bail!("{name} is from {least} to {most}");
    }
    Ok(number)
}

fn servers(text: &str) -> anyhow::Result<Vec<Server>> {
    let keys: Vec<&str> = text.split(',').filter(|key| !key.is_empty()).collect();
    if let Some(unknown) = keys.iter().find(|key| Server::ALL.iter().all(|server| server.key() != **key)) {
        let known = Server::ALL.map(Server::key).join(", ");
        bail!("there is no server `{unknown}`; there are {known}");
    }
    Ok(Server::ALL.into_iter().filter(|server| keys.contains(&server.key())).collect())
}

fn format(text: &str) -> anyhow::Result<Format> {
    match text {
        "text" => Ok(Format::Text),
        "json" => Ok(Format::Json),
        _ => bail!("--format is text or json"),
    }
}
