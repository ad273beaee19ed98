//! `hotline import customers`: rows of a file into the database. A row is taken whole or reported
//! with its line and reason, never with its PIN. Written in short units of work with pauses
//! between them, so that whoever calls meanwhile is served; reading a file again changes nothing.

mod customer;
mod rows;

use super::deeds::record;
use crate::config::Config;
use crate::store::{Customer, Imported, Store};
use crate::words::clock;
use crate::words::pins::PinKeys;
use anyhow::Context;
use customer::Candidate;
use indicatif::{ProgressBar, ProgressStyle};
use rows::{Row, Rows};
use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

/// How many customers are written at a time.
const BATCH: usize = 200;

/// Reads customers in and says what became of them; false when a row was refused.
///
/// # Errors
/// The file cannot be read or has no titles we know, or the database fails. What was written before
/// stays; reading the file again is safe.
pub async fn customers(config: &Config, path: &Path) -> anyhow::Result<bool> {
    let unreadable = || format!("cannot read {}", path.display());
    let file = File::open(path).with_context(unreadable)?;
    let size = file.metadata().with_context(unreadable)?.len();
    let bar = ProgressBar::new(size).with_style(style()?);
    let mut rows = Rows::open(path, bar.wrap_read(file)).with_context(unreadable)?;
    let keys = config.pin_keys()?;
    let store = super::open_store(config).await?;
    let mut import =
        Import { path, store: &store, keys: &keys, bar: &bar, lines: HashMap::new(), done: Done::default() };
    let mut batch = Vec::with_capacity(BATCH);
    while let Some(row) = rows.next().with_context(unreadable)? {
        batch.extend(import.admit(row));
        if batch.len() == BATCH {
            import.write(std::mem::take(&mut batch)).await?;
        }
    }
    import.write(batch).await?;
    let done = import.done;
    bar.finish_and_clear();
    let Imported { new, changed, same } = done.imported;
    let told = format!("{new} new, {changed} changed, {same} unchanged, {} not taken", done.refused);
    record(&store, "import.customers", &path.display().to_string(), None, Some(&told)).await?;
    store.close().await;
    done.tell(path, config);
    Ok(done.refused == 0)
}

/// An import on its way.
struct Import<'a> {
    path: &'a Path,
    store: &'a Store,
    keys: &'a PinKeys,
    bar: &'a ProgressBar,
    /// The line each account was taken from.
    lines: HashMap<String, u64>,
    done: Done,
}

/// What became of the rows.
#[derive(Clone, Copy, Default)]
struct Done {
    imported: Imported,
    refused: u64,
    keyed: u64,
}

impl Import<'_> {
    /// The customer of a row; a row that is refused is reported.
    fn admit(&mut self, row: Row) -> Option<Candidate> {
        let line = row.line;
        let candidate = row.values.and_then(|values| customer::read(&values));
        let candidate = candidate.and_then(|candidate| match self.lines.get(&candidate.customer.account) {
            Some(first) => Err(format!("the account is on line {first} already; leave one of the two out")),
            None => Ok(candidate),
        });
        match candidate {
            Ok(candidate) => {
                self.lines.insert(candidate.customer.account.clone(), line);
                Some(candidate)
            }
            Err(reason) => {
                self.done.refused += 1;
                self.bar.suspend(|| eprintln!("{}:{line}: not taken: {reason}", self.path.display()));
                None
            }
        }
    }

    async fn write(&mut self, batch: Vec<Candidate>) -> anyhow::Result<()> {
        if batch.is_empty() {
            return Ok(());
        }
        let keys = self.keys.clone();
        let customers = tokio::task::spawn_blocking(move || with_verifiers(batch, &keys)).await??;
        self.done.keyed += customers.iter().filter(|c| c.pin.as_ref().is_some_and(customer::is_keyed)).count() as u64;
        let begun = clock::tick();
        let written = self.store.import_customers(&customers, clock::now().as_millisecond()).await;
        let Imported { new, changed, same } = written.with_context(|| {
            let Imported { new, changed, same } = self.done.imported;
            let safe = new + changed + same;
            format!("stopped after {safe} customers, which are in; run the same command again to go on")
        })?;
        let all = &mut self.done.imported;
        *all = Imported { new: all.new + new, changed: all.changed + changed, same: all.same + same };
        // As long as the database was ours it is now the callers'.
        tokio::time::sleep(begun.elapsed()).await;
        Ok(())
    }
}

/// Makes the verifiers of plain PINs, on every processor but one: that one is for the callers.
fn with_verifiers(batch: Vec<Candidate>, keys: &PinKeys) -> anyhow::Result<Vec<Customer>> {
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get() - 1).max(1);
    let mut shares: Vec<Vec<Candidate>> = (0..threads).map(|_| Vec::new()).collect();
    for (at, candidate) in batch.into_iter().enumerate() {
        shares[at % threads].push(candidate);
    }
    let make = |share: Vec<Candidate>| share.into_iter().map(|c| c.customer(keys)).collect::<Vec<Customer>>();
    std::thread::scope(|scope| {
        let running: Vec<_> = shares.into_iter().map(|share| scope.spawn(move || make(share))).collect();
        let mut customers = Vec::new();
        for thread in running {
            customers.extend(thread.join().map_err(|_| anyhow::anyhow!("a PIN could not be hashed"))?);
        }
        Ok(customers)
    })
}

impl Done {
    fn tell(self, path: &Path, config: &Config) {
        let Imported { new, changed, same } = self.imported;
        println!("{}: {new} new, {changed} changed, {same} unchanged, {} not taken", path.display(), self.refused);
        if self.keyed > 0 && !config.has_pin_hmac_key() {
            eprintln!(
                "{} PINs are keyed HMACs; they fit only when `pin_hmac_key` is set to the key they were made under",
                self.keyed
            );
        }
    }
}

fn style() -> anyhow::Result<ProgressStyle> {
    Ok(ProgressStyle::with_template("{bar:40} {percent:>3} %  {bytes} of {total_bytes}, {eta} to go")?)
}
