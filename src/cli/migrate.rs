//! `hotline migrate`: the database's tables, made or brought to this version. `serve` does it too;
//! this is for those who want it done before, by another user or while nobody calls.

use crate::config::Config;
use std::io::Write;

/// Brings the tables to this version and says so.
///
/// # Errors
/// The database cannot be opened or brought to this version.
pub async fn run(config: &Config, out: &mut impl Write) -> anyhow::Result<()> {
    super::open_store(config).await?.close().await;
    Ok(writeln!(out, "{} is ready for hotline {}", config.database_name(), env!("CARGO_PKG_VERSION"))?)
}
