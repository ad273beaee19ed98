//! What the Express line needs before it can start: its packages, installed once below target/.

use crate::servers::Server;
use anyhow::{Context, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Makes ready what the servers that are asked for need; gives the folder with `server.js`.
///
/// # Errors
/// npm is missing or failed; it says so itself.
pub fn prepare(servers: &[Server]) -> anyhow::Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let express = root.join("target/bench-http/express");
    if servers.iter().any(|server| server.is_express()) {
        install(&root.join("benches/http/express"), &express)?;
    }
    Ok(express)
}

/// Copies the sources, and installs the packages when those installed are others than the lock says.
fn install(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    let lock = std::fs::read(from.join("package-lock.json"))?;
    let is_installed = std::fs::read(to.join("installed")).is_ok_and(|installed| installed == lock);
    for entry in from.read_dir()? {
        let entry = entry?;
        std::fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    if !is_installed {
        run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(to))?;
        // Written last: an installation that was broken off is done again.
        std::fs::write(to.join("installed"), lock)?;
    }
    Ok(())
}

/// Runs a command to its end; what it prints goes where complaints go.
pub fn run(command: &mut Command) -> anyhow::Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    eprintln!("==> {name} {}", command.get_args().map(|arg| arg.to_string_lossy()).collect::<Vec<_>>().join(" "));
    let status = command.stdin(Stdio::null()).stdout(std::io::stderr()).status();
    let status = status.with_context(|| format!("`{name}` cannot be started: is it installed?"))?;
    if !status.success() {
        bail!("`{name}` failed: {status}");
    }
    Ok(())
}
