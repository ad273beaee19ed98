//! `hotline erase PHONE`: forgets a person, and says what that came to.

use super::check::Format;
use super::deeds::record;
use crate::store::{Erased, Erasure, Objects, Store};
use crate::words::{Phone, clock};
use crate::worker::sweep;
use anyhow::{Context, bail};
use std::io::Write;

/// Erases a number, with the sound of its recordings, and tells what was erased and what was left.
///
/// # Errors
/// It is no number, it is calling at this moment, the database fails, or nobody takes what is told.
pub async fn run(
    store: &Store,
    objects: &Objects,
    number: &str,
    format: Format,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let number = Phone::parse(number, None)
        .with_context(|| format!("`{number}` is no telephone number; write it with its country, as +8613800138000"))?;
    let done = match store.erase(&number, clock::now().as_millisecond()).await? {
        Erasure::Running(calls) => bail!(
            "{} is in {calls} call{} at this moment, and nothing was erased; try again when the call is over",
            number.masked(),
            if calls == 1 { "" } else { "s" }
        ),
        Erasure::Done(done) => done,
    };
    record(store, "erase", &number.masked(), None, Some(&serde_json::to_string(&done)?)).await?;
    sweep(store, objects).await.context("its recordings still lie where they were; run this again")?;
    match format {
        Format::Json => writeln!(out, "{:#}", serde_json::to_value(&done)?)?,
        Format::Text => tell(&number, &done, out)?,
    }
    Ok(out.flush()?)
}

fn tell(number: &Phone, done: &Erased, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "{} is erased:", number.masked())?;
    for (count, what) in [
        (done.calls, format!("calls, and their {} turns", done.turns)),
        (done.requests, format!("requests blanked, {} of them were open and are closed", done.closed)),
        (done.attempts, "guesses at a secret, which name no caller any more".to_owned()),
        (done.acts, "acts, which name no caller any more".to_owned()),
        (done.logged, "entries of the log of what was done, which say no more than who did what".to_owned()),
        (done.preferences, "remembered languages".to_owned()),
        (done.messages, "messages, sent or waiting".to_owned()),
        (done.recordings, "recordings".to_owned()),
    ] {
        writeln!(out, "{count:>6} {what}")?;
    }
    if done.customers_left + done.records_left > 0 {
        let (customers, records) = (done.customers_left, done.records_left);
        writeln!(
            out,
            "Left, because they are the wallet's own: {customers} customers with this number, {records} rows"
        )?;
        writeln!(out, "of its tables that mention it. Take it out there, and import them again.")?;
    }
    match done.files {
        Some(true) => writeln!(out, "It is out of the database's files. Copies and logs made before still hold it."),
        Some(false) => writeln!(
            out,
            "Somebody is reading the database, whose journal may still hold it: run this again in a minute."
        ),
        None => writeln!(
            out,
            "PostgreSQL overwrites it in its own time (VACUUM). Copies and logs made before still hold it."
        ),
    }
}
