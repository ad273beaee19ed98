//! Cells of sheets that people open in spreadsheets.

/// What a spreadsheet would take for the beginning of a formula.
const LIVE: [char; 11] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n'];

/// A text that no spreadsheet runs as a formula.
pub fn text_alone(text: String) -> String {
    if text.starts_with(LIVE) { format!("'{text}") } else { text }
}
