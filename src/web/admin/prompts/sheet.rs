//! All texts as a table of comma-separated values, out and in. A row a text: its id, the step for whoever
//! reads, and its words in each language, the one that is translated from first. Nothing in it runs in a
//! spreadsheet.

use super::judge::{Refusal, Row, Why};
use super::said::Entry;
use crate::words::Lang;

/// What a cell may not begin with in a spreadsheet; and the mark that keeps it from being more than text.
const LIVE: [char; 12] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n', '\''];

/// The table.
///
/// # Errors
/// Memory is all it needs: none in practice.
pub(super) fn write(entries: &[Entry], languages: &[Lang]) -> Result<Vec<u8>, csv::Error> {
    let mut csv =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    let head = ["id", "step"].into_iter().chain(languages.iter().map(|lang| lang.tag()));
    csv.write_record(head)?;
    for entry in entries.iter().filter(|entry| languages.iter().any(|lang| !entry.words(*lang).is_empty())) {
        let own = [entry.id(), entry.text.step.clone().unwrap_or_default()];
        let words = languages.iter().map(|lang| entry.words(*lang).to_owned());
        csv.write_record(own.into_iter().chain(words).map(text_alone))?;
    }
    csv.into_inner().map_err(|error| error.into_error().into())
}

/// The rows of a table that came back.
///
/// # Errors
/// What is wrong with it as a table: not one, a column too few, a language nobody here speaks.
pub(super) fn read(text: &str, languages: &[Lang]) -> Result<Vec<Row>, Vec<Refusal>> {
    let refuse = |line: usize, column: &str, why: Why| vec![Refusal { line, column: column.to_owned(), why }];
    // Of two characters that end a line the reader counts the second with the next line.
    let text = text.replace("\r\n", "\n");
    let head = text.lines().next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|d| head.bytes().filter(|b| b == d).count());
    let mut csv =
        csv::ReaderBuilder::new().delimiter(delimiter.unwrap_or(b',')).flexible(true).from_reader(text.as_bytes());
    let head = csv.headers().map_err(|error| refuse(1, "", unread(&error)))?.clone();
    let column = |name: &str| head.iter().position(|own| own.trim().eq_ignore_ascii_case(name));
    let (source_lang, others) = languages.split_first().map_or((Lang::EnUs, &[][..]), |(first, rest)| (*first, rest));
    let need = |name: &str| column(name).ok_or_else(|| refuse(1, name, Why::Missing(name.to_owned())));
    let (id, source) = (need("id")?, need(source_lang.tag())?);
    for name in head.iter().map(str::trim).filter(|name| !["id", "step"].contains(&name.to_lowercase().as_str())) {
        if !languages.iter().any(|lang| lang.tag().eq_ignore_ascii_case(name)) {
            return Err(refuse(1, name, Why::Language(name.to_owned())));
        }
    }
    let name = |at: usize| head.get(at).map(|name| name.trim().to_lowercase());
    if let Some(twice) = (1..head.len()).find(|at| (0..*at).any(|before| name(before) == name(*at))) {
        let name = head.get(twice).unwrap_or_default();
        return Err(refuse(1, name, Why::Twice(name.trim().to_owned())));
    }
    // A column that got lost on the way would else be taken for texts that nobody changed.
    let target = |lang: &Lang| need(lang.tag()).map(|at| (*lang, at));
    let targets = others.iter().map(target).collect::<Result<Vec<_>, _>>()?;
    let mut rows = Vec::new();
    for record in csv.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(1, csv::Position::line);
            refuse(usize::try_from(line).unwrap_or(1), "", unread(&error))
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |at: usize| text_again(record.get(at).unwrap_or_default());
        // A spreadsheet leaves empty rows behind.
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if record.len() != head.len() {
            // The first cell that is not there, or the first that has no column.
            let column = head.get(record.len()).map_or_else(|| (head.len() + 1).to_string(), str::to_owned);
            return Err(refuse(usize::try_from(line).unwrap_or(0), &column, Why::Cells(record.len(), head.len())));
        }
        rows.push(Row {
            line: usize::try_from(line).unwrap_or(0),
            id: cell(id).trim().to_owned(),
            source: cell(source),
            targets: targets.iter().map(|(lang, at)| (*lang, cell(*at))).collect(),
        });
    }
    Ok(rows)
}

/// What the reader of tables does not get through: nothing that is text already.
fn unread(error: &csv::Error) -> Why {
    tracing::debug!(%error, "a table could not be read");
    Why::Form("CSV".to_owned())
}

/// A cell that a spreadsheet takes for text and nothing else.
fn text_alone(text: String) -> String {
    if text.starts_with(LIVE) { format!("'{text}") } else { text }
}

/// The text again. Some spreadsheets take the mark away.
fn text_again(cell: &str) -> String {
    match cell.strip_prefix('\'') {
        Some(text) if text.starts_with(LIVE) => text.to_owned(),
        _ => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_runs_nothing_and_every_text_comes_back() {
        for text in ["=1+1", "+1", "-2", "@cmd", "\tx", "'quoted'", "'=1", "＝1", "plain", "", "a=b", "''"] {
            let cell = text_alone(text.to_owned());
            assert!(!cell.starts_with(&LIVE[..11]), "{cell}");
            assert_eq!(text_again(&cell), text);
        }
    }
}
