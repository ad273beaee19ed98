//! `hotline export scores`: what callers thought of it, for programs and for people.

use crate::store::{Score, Store};
use jiff::Timestamp;
use serde_json::json;
use std::io::Write;

/// How scores are written.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Format {
    /// With a line of titles.
    Csv,
    /// One array.
    Json,
}

/// How many scores are read at a time.
const PAGE: u32 = 500;

/// Writes every score, in the order of their calls.
///
/// # Errors
/// The database fails, or nobody takes what is written.
pub async fn scores(store: &Store, format: Format, out: &mut impl Write) -> anyhow::Result<()> {
    match format {
        Format::Json => write!(out, "[")?,
        Format::Csv => lines(&[["at", "line", "category", "score", "call", "trial"].map(str::to_owned)], out)?,
    }
    let (mut after, mut any) = (None, false);
    loop {
        let (page, end) = store.scores(after.as_ref(), PAGE).await?;
        match format {
            Format::Csv => lines(&page.iter().map(row).collect::<anyhow::Result<Vec<_>>>()?, out)?,
            Format::Json => {
                for score in &page {
                    write!(out, "{}\n{}", if any { "," } else { "" }, json(score)?)?;
                    any = true;
                }
            }
        }
        if end.is_none() {
            break;
        }
        after = end;
    }
    if matches!(format, Format::Json) {
        writeln!(out, "{}]", if any { "\n" } else { "" })?;
    }
    Ok(out.flush()?)
}

fn json(score: &Score) -> anyhow::Result<serde_json::Value> {
    let Score { call, line, category, score, test, at } = score;
    let at = Timestamp::from_millisecond(*at)?;
    Ok(json!({ "at": at, "line": line, "category": category, "score": score, "call": call, "trial": test }))
}

fn row(score: &Score) -> anyhow::Result<[String; 6]> {
    let Score { call, line, category, score, test, at } = score;
    let at = Timestamp::from_millisecond(*at)?.to_string();
    Ok([at, line.clone(), category.clone(), score.to_string(), call.clone(), test.to_string()])
}

fn lines(rows: &[[String; 6]], out: &mut impl Write) -> anyhow::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    rows.iter().try_for_each(|row| csv.write_record(row))?;
    Ok(csv.flush()?)
}
