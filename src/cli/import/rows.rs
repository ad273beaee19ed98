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

/// The line a row begins on, and its text or why it has none.
type Record = (u64, Result<Vec<u8>, String>);

/// Longest row, in bytes.
const LONGEST: u64 = 64 * 1024;

/// A file being read.
pub struct Rows<R> {
    file: BufReader<R>,
    /// The number of the last line read.
    line: u64,
    form: Form,
}

enum Form {
    /// CSV, with its titles.
    Csv(Vec<String>),
    /// JSON objects.
    Json,
    /// Read to the end, or to where rows can no longer be told apart.
    Over,
}

impl<R: Read> Rows<R> {
    /// Opens a file; which kind it is its name says, else its first character.
    ///
    /// # Errors
    /// It cannot be read, is empty, or its titles are none of customers.
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
        let mut rows = Rows { file, line: 0, form: Form::Json };
        match begins {
            None => anyhow::bail!("it is empty; the first line of a CSV file names the columns: account,name,…"),
            Some(b'[') if json => {
                anyhow::bail!("it is one JSON array; write an object a line, without brackets and commas around")
            }
            _ if json => {}
            _ => rows.form = Form::Csv(rows.titles()?),
        }
        Ok(rows)
    }

    fn titles(&mut self) -> anyhow::Result<Vec<String>> {
        let unreadable = || anyhow::anyhow!("its first line names no columns");
        let (_, text) = self.record()?.ok_or_else(unreadable)?;
        let record = parse(&text.map_err(anyhow::Error::msg)?).map_err(anyhow::Error::msg)?;
        let titles: Vec<String> = record.iter().map(|title| String::from_utf8_lossy(title).to_lowercase()).collect();
        for needed in ["account", "name"] {
            if !titles.iter().any(|title| title == needed) {
                let mend = "write the columns' names there, parted by commas";
                anyhow::bail!("its first line names no column `{needed}`; {mend}");
            }
        }
        if let Some((_, twice)) = titles.iter().enumerate().find(|(at, title)| titles[..*at].contains(title)) {
            anyhow::bail!("its first line names `{twice}` twice");
        }
        match titles.iter().find(|title| looks_secret(title)) {
            Some(secret) => anyhow::bail!("{}", kept_in_the_clear(secret)),
            None => Ok(titles),
        }
    }

    /// The next row; `None` at the end. Lines with nothing on them are passed over.
    ///
    /// # Errors
    /// The file cannot be read on.
    pub fn next(&mut self) -> std::io::Result<Option<Row>> {
        let next = match self.form {
            Form::Over => None,
            _ => self.record()?,
        };
        let Some((line, text)) = next else { return Ok(None) };
        let values = text.and_then(|text| match &self.form {
            Form::Csv(titles) => of_record(&parse(&text)?, titles),
            _ => of_json(&text),
        });
        Ok(Some(Row { line, values }))
    }

    /// The text of the next row and the line it begins on. A CSV row goes on for as long as a quote
    /// is open: what a customer wrote into their name after a line break must never be read as
    /// a row of its own. Where a quote is not closed nothing after it can be told apart.
    fn record(&mut self) -> std::io::Result<Option<Record>> {
        let mut text = Vec::new();
        let mut begun = 0;
        loop {
            let room = LONGEST - text.len() as u64;
            let ended = self.file.by_ref().take(room).read_until(b'\n', &mut text)? == 0;
            let open = !matches!(self.form, Form::Json) && text.iter().filter(|b| **b == b'"').count() % 2 == 1;
            let full = text.len() as u64 == LONGEST && !text.ends_with(b"\n");
            if ended && text.is_empty() {
                return Ok(None);
            }
            if !ended {
                self.line += 1;
                begun = if begun == 0 { self.line } else { begun };
            }
            if open && (ended || text.len() as u64 == LONGEST) {
                self.form = Form::Over;
                let reason = "it opens a quote that is not closed; nothing from there on was read";
                return Ok(Some((begun, Err(reason.to_owned()))));
            }
            if full {
                self.file.skip_until(b'\n')?;
                return Ok(Some((begun, Err(format!("it is longer than {LONGEST} bytes")))));
            }
            if text.trim_ascii().is_empty() {
                text.clear();
                begun = 0;
            } else if !open {
                return Ok(Some((begun, Ok(text))));
            }
        }
    }
}

/// The values of one CSV row.
fn parse(text: &[u8]) -> Result<ByteRecord, String> {
    let mut record = ByteRecord::new();
    let mut builder = ReaderBuilder::new();
    let builder = builder.has_headers(false).flexible(true).trim(Trim::All).buffer_capacity(text.len());
    match builder.from_reader(text).read_byte_record(&mut record) {
        Ok(_) => Ok(record),
        Err(_) => Err("it is no row of values parted by commas".to_owned()),
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
            Value::Number(_) if ["account", "number", "pin", "birth", "document"].contains(&name.as_str()) => {
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
