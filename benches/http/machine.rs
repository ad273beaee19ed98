//! What processes and the machine have used, as the kernel counts it. Linux only.

use hotline::words::clock::tick;
use std::fs::{File, read_dir, read_to_string};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

/// Ticks a second in /proc: the kernel counts so for programs on every machine it runs on today.
const TICKS: f64 = 100.0;
const FLUSHING: Duration = Duration::from_millis(250);

/// What a process and all below it have used since they began. What ended below it is counted by who
/// waited for it.
#[derive(Clone, Copy, Default, Debug)]
pub struct Used {
    /// Seconds.
    pub cpu: f64,
    /// Bytes sent to the disk.
    pub written: u64,
}

/// The use of processes with all below them.
pub fn used(roots: &[u32]) -> Used {
    let mut used = Used::default();
    for process in roots.iter().flat_map(|root| tree(*root)) {
        let stat = stat(process).unwrap_or_default();
        // User and system time, of itself and of those it waited for: fields 14 to 17, counted after the name.
        used.cpu +=
            stat.get(11..15).unwrap_or_default().iter().filter_map(|n| n.parse::<f64>().ok()).sum::<f64>() / TICKS;
        used.written += named(&format!("/proc/{process}/io"), "write_bytes:").unwrap_or_default();
    }
    used
}

/// The memory of a process with all below it, bytes; what several share counts once.
pub fn memory(root: u32) -> u64 {
    let of = |process| named(&format!("/proc/{process}/smaps_rollup"), "Pss:").unwrap_or_default() * 1024;
    tree(root).into_iter().map(of).sum()
}

/// Seconds all cores have worked, for whomever.
pub fn busy() -> f64 {
    let text = read_to_string("/proc/stat").unwrap_or_default();
    let first = text.lines().next().unwrap_or_default();
    let numbers: Vec<f64> = first.split_whitespace().skip(1).filter_map(|n| n.parse().ok()).collect();
    // User, nice, system, interrupts and soft interrupts; not idle, waiting or stolen.
    [0, 1, 2, 5, 6].iter().filter_map(|i| numbers.get(*i)).sum::<f64>() / TICKS
}

/// How many cores there are.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// How often in a second this disk takes 4 KiB for good: what a server can hardly beat alone.
pub fn flushes(folder: &Path) -> std::io::Result<f64> {
    let path = folder.join("flushed");
    let mut file = File::create(&path)?;
    let since = tick();
    let mut flushes = 0.0;
    while since.elapsed() < FLUSHING {
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        flushes += 1.0;
    }
    let took = since.elapsed().as_secs_f64();
    std::fs::remove_file(path)?;
    Ok(flushes / took)
}

/// A process and all below it.
pub fn tree(root: u32) -> Vec<u32> {
    let entries = read_dir("/proc").into_iter().flatten().flatten();
    let all: Vec<u32> = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    let parents: Vec<(u32, u32)> =
        all.into_iter().filter_map(|process| Some((process, stat(process)?.get(1)?.parse().ok()?))).collect();
    let mut found = vec![root];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        found.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(process, _)| *process));
        next += 1;
    }
    found
}

/// The fields after the name of a process, which may hold anything; none when it is gone.
fn stat(process: u32) -> Option<Vec<String>> {
    let text = read_to_string(format!("/proc/{process}/stat")).ok()?;
    Some(text.rsplit_once(") ")?.1.split_whitespace().map(str::to_owned).collect())
}

/// The first number of the line that begins so.
fn named(path: &str, name: &str) -> Option<u64> {
    let text = read_to_string(path).ok()?;
    text.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}
