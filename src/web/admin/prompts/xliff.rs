//! All texts as XLIFF, out and in: one file for each language that is translated to. Version 1.2, because
//! it is what every tool of translators reads; of 2.x many read a part or nothing. Holes are placeholders
//! that a tool moves and does not let anybody write into.

use super::judge::{Refusal, Row, Why};
use super::said::{Entry, Piece, pieces};
use crate::words::Lang;
use quick_xml::escape::{escape, resolve_predefined_entity};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::collections::BTreeMap;

/// The texts of a hotline with their words in one language, to be translated from the first.
pub(super) fn write(entries: &[Entry], source: Lang, target: Lang) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xliff version=\"1.2\" xmlns=\"urn:oasis:names:tc:xliff:document:1.2\">\n",
    );
    let mut file = "";
    for entry in entries.iter().filter(|entry| !entry.words(source).is_empty()) {
        if file != entry.file {
            if !file.is_empty() {
                out += "</body></file>\n";
            }
            file = &entry.file;
            out += &format!(
                "<file original=\"{}\" source-language=\"{source}\" target-language=\"{target}\" datatype=\"plaintext\"><body>\n",
                escape(file)
            );
        }
        let from = pieces(entry.words(source));
        out += &format!("<trans-unit id=\"{}\" xml:space=\"preserve\">\n", escape(entry.id()));
        out += &format!("<source>{}</source>\n", inline(&from, &from));
        let words = entry.words(target);
        if !words.is_empty() {
            out += &format!("<target>{}</target>\n", inline(&pieces(words), &from));
        }
        if let Some(step) = &entry.text.step {
            out += &format!("<note>{}</note>\n", escape(step));
        }
        out += "</trans-unit>\n";
    }
    if !file.is_empty() {
        out += "</body></file>\n";
    }
    out + "</xliff>\n"
}

/// Words with placeholders, which have the numbers they have in the source.
fn inline(parts: &[Piece], source: &[Piece]) -> String {
    let holes: Vec<&String> = source.iter().filter_map(hole).collect();
    let mut used = 0;
    let part = |piece: &Piece| match piece {
        // Line ends in attributes become spaces, those in text stay.
        Piece::Words(words) => escape(words.as_str()).into_owned(),
        Piece::Hole(own) => {
            used += 1;
            let number = holes.iter().position(|hole| *hole == own).map_or(holes.len() + used, |at| at + 1);
            format!("<x id=\"{number}\" ctype=\"x-hole\" equiv-text=\"{}\"/>", escape(own.as_str()))
        }
    };
    parts.iter().map(part).collect()
}

fn hole(piece: &Piece) -> Option<&String> {
    match piece {
        Piece::Hole(hole) => Some(hole),
        Piece::Words(_) => None,
    }
}

/// What is being read.
#[derive(Default)]
struct Reading {
    target: Option<Lang>,
    id: String,
    line: usize,
    /// Which of the two texts one is in: `source` or `target`.
    inside: Option<&'static str>,
    source: String,
    words: String,
    /// The holes of the source by the number of their placeholder.
    holes: BTreeMap<String, String>,
    /// How deep one is in something that is none of the two texts.
    skipped: usize,
    rows: Vec<Row>,
}

/// The units of a file that came back.
///
/// # Errors
/// Why it cannot be read, and where.
pub(super) fn read(text: &str, languages: &[Lang]) -> Result<Vec<Row>, Vec<Refusal>> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let (mut reading, mut lines, mut counted) = (Reading::default(), 1, 0);
    let mut is_xliff = false;
    loop {
        let begins = usize::try_from(reader.buffer_position()).unwrap_or(text.len());
        lines += text.get(counted..begins).map_or(0, |read| read.matches('\n').count());
        counted = begins;
        let refuse = |column: &str, why: Why| vec![Refusal { line: lines, column: column.to_owned(), why }];
        let event = reader.read_event();
        let inside = reading.inside.unwrap_or_default();
        let event = event.map_err(|_| refuse(inside, Why::Elements))?;
        let done = match event {
            Event::Eof if !is_xliff => return Err(refuse("", Why::Missing("xliff".to_owned()))),
            Event::Eof => break,
            // Whatever it would bring along is not read.
            Event::DocType(_) => return Err(refuse("", Why::Form("DOCTYPE".to_owned()))),
            Event::Start(start) => {
                is_xliff |= start.local_name().as_ref() == "xliff";
                reading.start(&start, lines, languages, false)
            }
            Event::Empty(start) => reading.start(&start, lines, languages, true),
            Event::End(end) => {
                reading.end(end.local_name().as_ref());
                Ok(())
            }
            Event::Text(text) => {
                reading.say(&text);
                Ok(())
            }
            Event::CData(text) => {
                reading.say(&text);
                Ok(())
            }
            Event::GeneralRef(name) => {
                let said = match name.resolve_char_ref() {
                    Ok(Some(c)) => Some(c.to_string()),
                    _ => resolve_predefined_entity(&name).map(str::to_owned),
                };
                said.map(|said| reading.say(&said)).ok_or_else(|| Why::Form(format!("&{};", &*name)))
            }
            _ => Ok(()),
        };
        done.map_err(|why| refuse(reading.inside.unwrap_or_default(), why))?;
    }
    Ok(reading.rows)
}

impl Reading {
    fn start(&mut self, tag: &BytesStart<'_>, line: usize, languages: &[Lang], empty: bool) -> Result<(), Why> {
        let name = tag.local_name();
        let attribute = |wanted: &str| -> Option<String> {
            let found = tag.try_get_attribute(wanted).ok().flatten()?;
            found.normalized_value(XmlVersion::Explicit1_0).ok().map(|value| value.into_owned())
        };
        if self.skipped > 0 {
            self.skipped += usize::from(!empty);
            return Ok(());
        }
        match (name.as_ref(), self.inside) {
            ("file", None) => {
                let tag = attribute("target-language").ok_or_else(|| Why::Missing("target-language".to_owned()))?;
                let lang = languages.iter().skip(1).find(|lang| lang.tag().eq_ignore_ascii_case(&tag));
                self.target = Some(*lang.ok_or(Why::Language(tag))?);
            }
            ("trans-unit", None) => {
                self.id = attribute("id").ok_or_else(|| Why::Missing("id".to_owned()))?;
                self.line = line;
                self.source.clear();
                self.words.clear();
                self.holes.clear();
            }
            ("source", None) if !empty => self.inside = Some("source"),
            ("target", None) if !empty => self.inside = Some("target"),
            // What tools remember beside: other translations, cut sources, remarks.
            ("alt-trans" | "seg-source" | "note", None) => self.skipped += usize::from(!empty),
            ("x" | "ph", Some(inside)) => {
                let id = attribute("id").ok_or_else(|| Why::Missing("id".to_owned()))?;
                let said = attribute("equiv-text").filter(|text| text.starts_with('{'));
                let said = said.or_else(|| self.holes.get(&id).cloned());
                let said = said.ok_or_else(|| Why::Markup(format!("<x id={id}>")))?;
                if inside == "source" {
                    self.holes.insert(id, said.clone());
                }
                self.say(&said);
            }
            // A tool marks its segments by it.
            ("mrk", Some(_)) => {}
            (other, Some(_)) => return Err(Why::Markup(format!("<{}>", other))),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        match name {
            "source" | "target" => self.inside = None,
            "trans-unit" => {
                let (id, source) = (std::mem::take(&mut self.id), std::mem::take(&mut self.source));
                let targets = self.target.map(|lang| (lang, std::mem::take(&mut self.words)));
                self.rows.push(Row { line: self.line, id, source, targets: targets.into_iter().collect() });
            }
            _ => {}
        }
    }

    fn say(&mut self, text: &str) {
        match self.inside {
            _ if self.skipped > 0 => {}
            Some("source") => self.source.push_str(text),
            Some(_) => self.words.push_str(text),
            None => {}
        }
    }
}
