//! `hotline export log`: what everybody did, the newest first, and whether the log is as it was written.

use crate::store::{LogFilter, LogRow, Store};
use crate::words::clock;
use crate::words::sheet::text_alone;
use jiff::Timestamp;
use serde_json::json;
use std::io::Write;

/// How the log is written.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Format {
    /// With a line of titles.
    Csv,
    /// One array.
    Json,
}

/// How many rows are read at a time.
const PAGE: u32 = 500;

const COLUMNS: [&str; 9] = ["seq", "at", "who", "from", "what", "of", "before", "after", "erased"];

/// Writes every row, and into `told` whether they are as they were written; false when they are not.
///
/// # Errors
/// The database fails, or nobody takes what is written.
pub async fn log(store: &Store, format: Format, out: &mut impl Write, told: &mut impl Write) -> anyhow::Result<bool> {
    // First, so that an export is as old as what is said of it.
    let verdict = store.check_log(true, i64::MAX).await?;
    let (mut behind, mut any) = (None, false);
    match format {
        Format::Json => write!(out, "[")?,
        Format::Csv => lines(&[COLUMNS.map(str::to_owned)], out)?,
    }
    loop {
        let page = store.log(&LogFilter::default(), behind, PAGE).await?;
        let Some(last) = page.last() else { break };
        behind = Some(last.seq);
        match format {
            Format::Csv => lines(&page.iter().map(row).collect::<anyhow::Result<Vec<_>>>()?, out)?,
            Format::Json => {
                for row in &page {
                    write!(out, "{}\n{}", if any { "," } else { "" }, json(row)?)?;
                    any = true;
                }
            }
        }
    }
    if matches!(format, Format::Json) {
        writeln!(out, "{}]", if any { "\n" } else { "" })?;
    }
    out.flush()?;
    let now = clock::now();
    match verdict.broken {
        None => writeln!(told, "{} rows, as they were written (end {}, {now})", verdict.checked, verdict.end)?,
        Some(broken) => writeln!(
            told,
            "row {} is not as it was written ({}): the log was changed beside Hotline, or by a server with another \
             pepper; what stands before it is whole ({now})",
            broken.seq,
            broken.why.word()
        )?,
    }
    Ok(verdict.broken.is_none())
}

fn json(row: &LogRow) -> anyhow::Result<serde_json::Value> {
    let LogRow { seq, at, who, place, what, of, before, after, erased } = row;
    let at = Timestamp::from_millisecond(*at)?;
    Ok(json!({
        "seq": seq, "at": at, "who": who, "from": place, "what": what, "of": of, "before": before, "after": after,
        "erased": erased,
    }))
}

fn row(row: &LogRow) -> anyhow::Result<[String; 9]> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let at = Timestamp::from_millisecond(row.at)?.to_string();
    let (before, after) = (text(&row.before), text(&row.after));
    let LogRow { seq, who, place, what, of, erased, .. } = row;
    let (who, place, what, of) = (who.clone(), place.clone(), what.clone(), of.clone());
    Ok([seq.to_string(), at, who, place, what, of, before, after, erased.to_string()].map(text_alone))
}

fn lines(rows: &[[String; 9]], out: &mut impl Write) -> anyhow::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    rows.iter().try_for_each(|row| csv.write_record(row))?;
    Ok(csv.flush()?)
}
