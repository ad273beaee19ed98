//! All figures as a table for spreadsheets: one row a number.

use super::asked::Asked;
use crate::store::{AskedAbout, Promised, Tallied};
use crate::words::sheet::text_alone;
use csv::{Error, Terminator, WriterBuilder};
use jiff::Timestamp;

const COLUMNS: [&str; 10] = ["line", "from", "to", "language", "version", "digest", "what", "of", "n", "total_ms"];

/// What was counted on a version, and the calls of each hour.
pub(super) struct Part {
    /// Nothing stands for all versions.
    pub(super) digest: String,
    /// The numbers the version was published under, the first first; none: it is no published one.
    pub(super) numbers: Vec<i64>,
    pub(super) tallied: Vec<Tallied>,
    /// When an hour begins, in ms, and how many calls began in it.
    pub(super) hours: Vec<(i64, i64)>,
    pub(super) promised: Promised,
    pub(super) about: Vec<AskedAbout>,
}

impl Part {
    /// As the page calls it.
    fn version(&self) -> String {
        self.numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }
}

/// The table, with the mark by which spreadsheets know UTF-8.
pub(super) fn sheet(asked: &Asked, parts: &[Part]) -> Result<Vec<u8>, Error> {
    let mut csv = WriterBuilder::new().terminator(Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    csv.write_record(COLUMNS)?;
    let lang = asked.lang.map_or("", |lang| lang.tag());
    let (from, to) = (asked.from.to_string(), asked.to.to_string());
    let mut row = |(version, digest): (&str, &str), what: &str, of: &str, n: i64, total: i64| {
        let (n, total) = (n.to_string(), total.to_string());
        let cells = [asked.line.as_str(), &from, &to, lang, version, digest, what, of, &n, &total];
        csv.write_record(cells.map(|cell| text_alone(cell.to_owned())))
    };
    for part in parts {
        let version = part.version();
        let version = (version.as_str(), part.digest.as_str());
        for Tallied { what, of, n, total } in &part.tallied {
            row(version, what, of, *n, *total)?;
        }
        for (start, n) in &part.hours {
            let hour = Timestamp::from_millisecond(*start).map(|hour| hour.to_string()).unwrap_or_default();
            row(version, "calls-of-hour", &hour, *n, 0)?;
        }
        let Promised { asked: filed, kept, late, waiting, closed } = part.promised;
        let all = [("asked", filed), ("kept", kept), ("late", late), ("waiting", waiting), ("closed", closed)];
        for (of, n) in all {
            row(version, "requests", of, n, 0)?;
        }
        for AskedAbout { topic, asked, open } in &part.about {
            row(version, "requests-about", topic, *asked, 0)?;
            row(version, "open-requests-about", topic, *open, 0)?;
        }
    }
    csv.into_inner().map_err(|error| error.into_error().into())
}
