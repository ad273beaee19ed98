//! The program: reads the command line, does what it says, tells what went wrong.

use clap::Parser;
use hotline::cli::{Cli, run};
use std::io::ErrorKind;
use std::process::ExitCode;

/// The work could not be done; 1 is for work that was done and found something wrong.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    run(Cli::parse()).unwrap_or_else(|error| {
        if nobody_reads(&error) {
            return ExitCode::SUCCESS;
        }
        eprintln!("hotline: {}", told(&error));
        ExitCode::from(FAILED)
    })
}

/// An error with its causes; those that are told already are not told twice.
fn told(error: &anyhow::Error) -> String {
    error.chain().fold(String::new(), |told, cause| match cause.to_string() {
        cause if told.is_empty() => cause,
        cause if told.contains(&cause) => told,
        cause => format!("{told}: {cause}"),
    })
}

/// Whoever read the output has seen enough, as `head` has.
fn nobody_reads(error: &anyhow::Error) -> bool {
    let pipe = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == ErrorKind::BrokenPipe)
    };
    error.chain().any(pipe)
}
