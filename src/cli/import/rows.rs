//! A file of customers as rows of named values: CSV with a line of titles, or a JSON object a line.
//! Knows nothing of what the values mean. Errors repeat no value: one of them is a PIN.

use csv::{ByteRecord, ReaderBuilder, Trim};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// Values by the lower-case name of their column; empty ones are left out.
pub type Values = BTreeMap<String, String>;

/// A row of the file.
pub struct Row {
    /// The line it begins on, counted from 1.
    pub line: u64,
    /// Its values, or why it cannot be read.
    pub values: Result<Values, String>,
}

/// Longest line of a JSON file.
const LONGEST: u64 = 64 * 1024;

/// A file being read.
pub enum Rows<R> {
    /// CSV, with its titles.
    Csv(Box<csv::Reader<BufReader<R>>>, Vec<String>),
    /// JSON objects, with the number of the last line read.
    Json(BufReader<R>, u64),
}

impl<R: Read> Rows<R> {
    /// Opens a file; which kind it is its name says, else its first character.
    pub fn open(path: &Path, file: R) -> anyhow::Result<Rows<R>> {
        let mut file = BufReader::new(file);
        if file.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            file.consume(3);
        }
        let begins = file.fill_buf()?.iter().copied().find(|b| !b.is_ascii_whitespace());
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase();
        let json = match extension.as_str() {
            "csv" => false,
            "json" | "jsonl" | "ndjson" => true,
            _ => matches!(begins, Some(b'{' | b'[')),
        };
        match begins {
            None => anyhow::bail!("it is empty; the first line of a CSV file names the columns: account,name,…"),
            Some(b'[') if json => {
                anyhow::bail!("it is one JSON array; write an object a line, without brackets and commas around")
            }
            _ if json => Ok(Rows::Json(file, 0)),
            _ => Rows::csv(file),
        }
    }

    fn csv(file: BufReader<R>) -> anyhow::Result<Rows<R>> {
        let mut reader = ReaderBuilder::new().flexible(true).trim(Trim::All).from_reader(file);
        let titles: Vec<String> = reader.headers()?.iter().map(str::to_lowercase).collect();
        for needed in ["account", "name"] {
            if !titles.iter().any(|title| title == needed) {
                anyhow::bail!(
                    "its first line names no column `{needed}`; write the columns' names there, parted by commas"
                );
            }
        }
        if let Some((_, twice)) = titles.iter().enumerate().find(|(at, title)| titles[..*at].contains(title)) {
            anyhow::bail!("its first line names `{twice}` twice");
        }
        if let Some(secret) = titles.iter().find(|title| looks_secret(title)) {
            anyhow::bail!("{}", kept_in_the_clear(secret));
        }
        Ok(Rows::Csv(Box::new(reader), titles))
    }

    /// The next row; `None` at the end. Lines with nothing on them are passed over.
    pub fn next(&mut self) -> anyhow::Result<Option<Row>> {
        match self {
            Rows::Csv(reader, titles) => {
                let mut record = ByteRecord::new();
                if !reader.read_byte_record(&mut record)? {
                    return Ok(None);
                }
                let line = record.position().map_or(0, csv::Position::line);
                Ok(Some(Row { line, values: of_record(&record, titles) }))
            }
            Rows::Json(file, line) => loop {
                let Some(text) = next_line(file)? else { return Ok(None) };
                *line += 1;
                match text {
                    Ok(text) if text.trim_ascii().is_empty() => {}
                    text => return Ok(Some(Row { line: *line, values: text.and_then(|text| of_json(&text)) })),
                }
            },
        }
    }
}

fn of_record(record: &ByteRecord, titles: &[String]) -> Result<Values, String> {
    if record.len() != titles.len() {
        return Err(format!("it has {} values and the first line names {}", record.len(), titles.len()));
    }
    let mut values = Values::new();
    for (title, value) in titles.iter().zip(record) {
        let value = std::str::from_utf8(value).map_err(|_| format!("`{title}` is not UTF-8"))?;
        if !value.is_empty() {
            values.insert(title.clone(), value.to_owned());
        }
    }
    Ok(values)
}

/// A line without its end; too long a one is passed over and told.
fn next_line(file: &mut impl BufRead) -> std::io::Result<Option<Result<Vec<u8>, String>>> {
    let mut text = Vec::new();
    if file.by_ref().take(LONGEST).read_until(b'\n', &mut text)? == 0 {
        return Ok(None);
    }
    if text.len() as u64 == LONGEST && !text.ends_with(b"\n") {
        file.skip_until(b'\n')?;
        return Ok(Some(Err(format!("the line is longer than {LONGEST} bytes"))));
    }
    Ok(Some(Ok(text)))
}

fn of_json(text: &[u8]) -> Result<Values, String> {
    let object = serde_json::from_slice(text).map_err(|e| format!("it is not JSON from column {} on", e.column()))?;
    let Value::Object(object) = object else { return Err("it is no JSON object".to_owned()) };
    let mut values = Values::new();
    for (name, value) in object {
        let name = name.trim().to_lowercase();
        if looks_secret(&name) {
            return Err(kept_in_the_clear(&name));
        }
        let value = match value {
            Value::Null => continue,
            Value::String(text) => text.trim().to_owned(),
            Value::Bool(yes) => yes.to_string(),
            // 007 as a number is 7.
            Value::Number(_) if ["account", "number", "pin"].contains(&name.as_str()) => {
                return Err(format!("write `{name}` in quotes: as a number it loses what it begins with"));
            }
            Value::Number(number) => number.to_string(),
            Value::Array(_) | Value::Object(_) => return Err(format!("`{name}` is more than one value")),
        };
        if !value.is_empty() && values.insert(name.clone(), value).is_some() {
            return Err(format!("it has `{name}` twice"));
        }
    }
    Ok(values)
}

/// A column that seems to hold secrets under another name than the two that are looked after.
fn looks_secret(title: &str) -> bool {
    const WORDS: [&str; 8] = ["pin", "pincode", "password", "passwd", "passcode", "secret", "cvv", "cvc"];
    let mut words = title.split(|c: char| !c.is_alphanumeric());
    !["pin", "pin_hash"].contains(&title) && words.any(|word| WORDS.contains(&word))
}

fn kept_in_the_clear(title: &str) -> String {
    format!(
        "the column `{title}` looks like a secret and would be kept in the clear; call it `pin` or `pin_hash`, or leave it out"
    )
}
