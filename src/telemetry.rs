//! Floor 6: the log. On standard error, so that what a command prints stays clean; each line with
//! the fields of the spans it was written in, so that the call's id is on every one. Knows nothing
//! of what is logged.

use crate::config::{Log, LogFormat};
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt;

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter cannot be read.
    #[error("`log` is no filter: {0}; write `info`, or `info,hotline=debug`")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Somebody else logs already.
    #[error("the log was started twice: {0}")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

/// Starts the log of this process.
///
/// # Errors
/// The filter cannot be read, or the log was started before.
pub fn start(log: &Log) -> Result<(), TelemetryError> {
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    subscriber(log, colours, std::io::stderr)?.try_init()?;
    Ok(())
}

/// What turns events into lines, writing where it is told.
///
/// # Errors
/// The filter cannot be read.
pub fn subscriber<W>(log: &Log, colours: bool, to: W) -> Result<tracing::Dispatch, TelemetryError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt().with_env_filter(EnvFilter::try_new(&log.filter)?).with_writer(to);
    Ok(match log.format {
        LogFormat::Text => lines.with_ansi(colours).into(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).with_span_list(true).into(),
    })
}
