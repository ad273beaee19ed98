//! `hotline outbox`: what is to be sent or fetched and was not yet, why, and what to do with it.

use super::check::Format;
use super::deeds::record;
use crate::store::{OutboxEntry, Store};
use crate::words::{Phone, clock};
use jiff::Timestamp;
use serde_json::json;
use std::io::Write;

/// How many rows are read at a time.
const PAGE: u32 = 500;

/// What is wanted of the outbox.
pub struct Wanted {
    /// How it is told.
    pub format: Format,
    /// Rows to be tried again at once.
    pub retry: Vec<String>,
    /// Rows to be given up.
    pub drop: Vec<String>,
}

/// Does what is wanted with single rows, else lists them all; false when one of the rows is not there.
///
/// # Errors
/// The database fails, or nobody takes what is told.
pub async fn run(store: &Store, wanted: Wanted, out: &mut impl Write) -> anyhow::Result<bool> {
    let at = clock::now().as_millisecond();
    if wanted.retry.is_empty() && wanted.drop.is_empty() {
        list(store, wanted.format, out).await?;
        return Ok(true);
    }
    let mut all_there = true;
    let retries = wanted.retry.iter().map(|id| (id, true));
    for (id, again) in retries.chain(wanted.drop.iter().map(|id| (id, false))) {
        let (done, what) = match again {
            true => (store.retry_outbox(id, at).await?, "is tried again"),
            false => (store.drop_outbox(id, at).await?, "is given up"),
        };
        if done {
            record(store, if again { "outbox.retry" } else { "outbox.drop" }, id, None, None).await?;
        }
        let told = if done { what } else { "is neither waiting nor parked, or is being tried at this moment" };
        writeln!(out, "{id} {told}")?;
        all_there &= done;
    }
    Ok(all_there)
}

async fn list(store: &Store, format: Format, out: &mut impl Write) -> anyhow::Result<()> {
    let (mut after, mut rows) = (None::<String>, 0);
    if matches!(format, Format::Json) {
        write!(out, "[")?;
    }
    loop {
        let page = store.outbox(after.as_deref(), PAGE).await?;
        for entry in &page {
            match format {
                Format::Json => write!(out, "{}\n{}", if rows > 0 { "," } else { "" }, told(entry)?)?,
                Format::Text => line(entry, rows == 0, out)?,
            }
            rows += 1;
            after = Some(entry.id.clone());
        }
        if page.is_empty() {
            break;
        }
    }
    match format {
        Format::Json => writeln!(out, "{}]", if rows > 0 { "\n" } else { "" })?,
        Format::Text if rows == 0 => writeln!(out, "Nothing waits and nothing is parked.")?,
        Format::Text => {}
    }
    Ok(out.flush()?)
}

/// Whole for programs: an operator may have to ask the customer.
fn told(entry: &OutboxEntry) -> anyhow::Result<serde_json::Value> {
    Ok(json!({
        "id": entry.id, "kind": entry.kind, "state": entry.state, "line": entry.line, "call": entry.call,
        "number": entry.number, "tries": entry.tries, "why": entry.note, "at": moment(entry.at)?,
        "next_at": (entry.state == "waiting").then(|| moment(entry.next_at)).transpose()?,
    }))
}

fn line(entry: &OutboxEntry, first: bool, out: &mut impl Write) -> anyhow::Result<()> {
    if first {
        writeln!(
            out,
            "ID                                STATE    KIND       TRIES  SINCE (UTC)       LINE, NUMBER, WHY"
        )?;
    }
    let number = entry.number.as_deref().and_then(|number| Phone::parse(number, None)).map(|phone| phone.masked());
    let more = [Some(entry.line.clone()), number, entry.note.clone()].into_iter().flatten().collect::<Vec<_>>();
    let OutboxEntry { id, state, kind, tries, .. } = entry;
    let since = moment(entry.at)?.strftime("%Y-%m-%d %H:%M").to_string();
    writeln!(out, "{id:<32}  {state:<7}  {kind:<9}  {tries:>5}  {since}  {}", more.join(", "))?;
    Ok(())
}

fn moment(at: i64) -> anyhow::Result<Timestamp> {
    Ok(Timestamp::from_millisecond(at)?)
}
