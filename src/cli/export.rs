//! `hotline export requests`: what agents must do, for programs and for people. Read page by page,
//! so that a long ledger needs little memory and disturbs nobody.

use crate::store::{Request, Store};
use std::io::Write;

/// How requests are written.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Format {
    /// One array, each request with its history.
    Json,
    /// A line each.
    Table,
}

/// How many requests are read at a time.
const PAGE: u32 = 500;

/// Writes every request, in the order they were filed.
///
/// # Errors
/// The database fails, or nobody takes what is written.
pub async fn requests(store: &Store, format: Format, out: &mut impl Write) -> anyhow::Result<()> {
    match format {
        Format::Json => write!(out, "[")?,
        Format::Table => line(out, COLUMNS.map(|(title, _)| title.to_owned()))?,
    }
    let mut last: Option<String> = None;
    loop {
        let page = store.export_requests(last.as_deref(), PAGE).await?;
        for request in &page {
            match format {
                Format::Json => {
                    write!(out, "{}\n{:#}", if last.is_some() { "," } else { "" }, json(request)?)?;
                }
                Format::Table => line(out, row(request))?,
            }
            last = Some(request.id.clone());
        }
        if page.is_empty() {
            break;
        }
    }
    if matches!(format, Format::Json) {
        writeln!(out, "{}]", if last.is_some() { "\n" } else { "" })?;
    }
    Ok(out.flush()?)
}

/// A request as programs read it: what was collected by its names.
fn json(request: &Request) -> serde_json::Result<serde_json::Value> {
    let mut json = serde_json::to_value(request)?;
    let collected = request.collected.iter().map(|(name, value)| (name.clone(), value.clone().into()));
    json["collected"] = serde_json::Value::Object(collected.collect());
    Ok(json)
}

/// Titles and least widths of a table's columns.
const COLUMNS: [(&str, usize); 12] = [
    ("REFERENCE", 9),
    ("STATE", 7),
    ("PRIORITY", 8),
    ("KIND", 9),
    ("TOPIC", 12),
    ("DUE (UTC)", 16),
    ("LANGUAGE", 8),
    ("NUMBER", 15),
    ("ACCOUNT", 12),
    ("ATTEMPTS", 8),
    ("WITH", 10),
    ("LINE", 0),
];

fn row(request: &Request) -> [String; COLUMNS.len()] {
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    [
        request.reference.to_string(),
        request.state.word().to_owned(),
        request.priority.word().to_owned(),
        request.kind.clone(),
        request.topic.clone(),
        request.due.strftime("%Y-%m-%d %H:%M").to_string(),
        request.lang.to_string(),
        or_dash(&request.number),
        or_dash(&request.account),
        request.attempts.to_string(),
        or_dash(&request.holder),
        if request.test { format!("{} (trial)", request.line) } else { request.line.clone() },
    ]
}

fn line(out: &mut impl Write, cells: [String; COLUMNS.len()]) -> std::io::Result<()> {
    let padded = cells.iter().zip(COLUMNS).map(|(cell, (_, width))| format!("{cell:<width$}"));
    writeln!(out, "{}", padded.collect::<Vec<_>>().join("  ").trim_end())
}
