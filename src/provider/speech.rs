//! Words on their way into any dialect's elements: cut to what an element holds, with pace and pauses
//! as markup or as punctuation. Words themselves are never changed. Knows nothing of voices and verbs.

use crate::call::Voice;
use crate::call::voice::{Pace, Spoken};
use crate::words::Lang;
use quick_xml::Writer;
use quick_xml::events::{BytesText, Event};
use std::borrow::Cow;
use std::io;

/// What documents and markup are written into.
pub type Xml = Writer<Vec<u8>>;

/// What goes into one element.
pub enum Element<'a> {
    /// A recording, by the name of its file.
    Audio(&'a str),
    /// Words in one language.
    Words {
        /// The language.
        lang: Lang,
        /// The words, in order.
        pieces: Vec<Piece<'a>>,
    },
}

/// Everything a voice says; pieces in one language share an element as long as they fit into it.
/// `longest` is how many characters an element may hold, markup included.
pub fn elements(voice: &Voice, longest: usize) -> Vec<Element<'_>> {
    let mut elements = Vec::new();
    for said in voice.says.iter() {
        if let Some(file) = &said.audio {
            elements.push(Element::Audio(file));
            continue;
        }
        for piece in Piece::cut(said, longest) {
            match elements.last_mut() {
                Some(Element::Words { lang, pieces }) if *lang == piece.lang && fits(pieces, &piece, longest) => {
                    pieces.push(piece);
                }
                _ => elements.push(Element::Words { lang: piece.lang, pieces: vec![piece] }),
            }
        }
    }
    elements
}

fn fits(pieces: &[Piece], another: &Piece, longest: usize) -> bool {
    pieces.iter().map(|piece| piece.size).sum::<usize>() + another.size <= longest
}

/// Whether there is anything to say at all.
pub fn anything(voice: &Voice) -> bool {
    voice.says.iter().any(|said| said.audio.is_some() || audible(said))
}

/// What the markup around one piece takes at most.
const AROUND: usize = 80;

/// A pause within spelled groups, and one after an option of a menu.
const GROUP_PAUSE: &str = "400ms";
const OPTION_PAUSE: &str = "300ms";

/// As much of one thing said as goes into one element.
pub struct Piece<'a> {
    lang: Lang,
    pace: Pace,
    words: &'a str,
    /// What follows is something else said, not the rest of this.
    ends: bool,
    /// Characters it takes in the document at most.
    size: usize,
}

impl<'a> Piece<'a> {
    /// Cuts what is too long for one element.
    fn cut(said: &'a Spoken, longest: usize) -> Vec<Piece<'a>> {
        let mut pieces = Vec::with_capacity(1);
        let mut rest = if audible(said) { said.words.as_str() } else { "" };
        while !rest.is_empty() {
            let (end, size) = border(rest, said.pace, longest);
            let (words, after) = rest.split_at(end);
            pieces.push(Piece { lang: said.lang, pace: said.pace, words, ends: after.is_empty(), size });
            rest = after;
        }
        pieces
    }
}

/// How many bytes of the words fit into one element, and the size they take there: all of them, or
/// up to the last sentence that fits, else the last comma or space, else as many as fit.
fn border(words: &str, pace: Pace, longest: usize) -> (usize, usize) {
    let (mut size, mut sentence, mut pause) = (AROUND, None, None);
    for (at, c) in words.char_indices() {
        let width = width(c, pace);
        if size + width > longest {
            return sentence.or(pause).unwrap_or((at, size));
        }
        size += width;
        if "。！？.!?".contains(c) {
            sentence = Some((at + c.len_utf8(), size));
        } else if c.is_whitespace() || is_comma(c) {
            pause = Some((at + c.len_utf8(), size));
        }
    }
    (words.len(), size)
}

/// How many characters one takes in the document at most, escaped or as a pause. Those outside of the
/// basic plane are two where somebody counts UTF-16.
fn width(c: char, pace: Pace) -> usize {
    match c {
        _ if pace == Pace::Spelled && is_comma(c) => 24,
        '<' | '>' | '&' | '"' | '\'' | '\t' | '\n' | '\r' => 6,
        _ => c.len_utf16(),
    }
}

/// The words as SSML inside an element: slower and with pauses where they are spelled.
pub fn ssml(xml: &mut Xml, pieces: &[Piece], slow: bool) -> io::Result<()> {
    for (at, piece) in pieces.iter().enumerate() {
        if at > 0 {
            xml.write_event(Event::Text(BytesText::new(" ")))?;
        }
        match (piece.pace, slow) {
            (Pace::Spelled, false) => paced(xml, "slow", |xml| groups(xml, piece.words))?,
            (Pace::Spelled, true) => paced(xml, "60%", |xml| groups(xml, piece.words))?,
            (_, true) => paced(xml, "80%", |xml| text(xml, piece.words))?,
            (_, false) => text(xml, piece.words)?,
        }
        if piece.pace == Pace::Option && piece.ends {
            pause(xml, OPTION_PAUSE)?;
        }
    }
    Ok(())
}

/// The same as text, for dialects that are no XML: `<prosody rate="slow">…</prosody>`, escaped.
pub fn ssml_text(pieces: &[Piece], slow: bool) -> String {
    let mut xml = Writer::new(Vec::with_capacity(256));
    // Writing to memory does not fail.
    match ssml(&mut xml, pieces, slow) {
        Ok(()) => String::from_utf8_lossy(&xml.into_inner()).into_owned(),
        Err(_) => plain(pieces),
    }
}

/// Markup that another voice says than the rest, for dialects that are no XML.
pub fn in_voice(name: &str, markup: &str) -> String {
    format!("<voice name=\"{}\">{markup}</voice>", quick_xml::escape::escape(name))
}

/// The words alone, for voices without markup: commas and full stops are all the pauses there are.
pub fn plain(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        if !text.is_empty() {
            text.push(' ');
        }
        text.extend(piece.words.chars().filter(|c| in_xml(*c)));
    }
    text
}

fn paced(xml: &mut Xml, rate: &str, inside: impl FnOnce(&mut Xml) -> io::Result<()>) -> io::Result<()> {
    xml.create_element("prosody").with_attribute(("rate", rate)).write_inner_content(inside).map(drop)
}

/// Spelled groups with a pause between them. The pause stands for the comma, which would make a
/// pause of its own.
fn groups(xml: &mut Xml, words: &str) -> io::Result<()> {
    for (at, group) in words.split(is_comma).filter(|group| !group.trim().is_empty()).enumerate() {
        if at > 0 {
            pause(xml, GROUP_PAUSE)?;
        }
        text(xml, group)?;
    }
    Ok(())
}

fn pause(xml: &mut Xml, time: &str) -> io::Result<()> {
    xml.create_element("break").with_attribute(("time", time)).write_empty().map(drop)
}

fn text(xml: &mut Xml, words: &str) -> io::Result<()> {
    let clean = if words.contains(|c| !in_xml(c)) {
        Cow::Owned(words.chars().filter(|c| in_xml(*c)).collect())
    } else {
        Cow::Borrowed(words)
    };
    xml.write_event(Event::Text(BytesText::new(&clean)))
}

fn audible(said: &Spoken) -> bool {
    said.words.contains(|c: char| in_xml(c) && !c.is_whitespace())
}

fn is_comma(c: char) -> bool {
    matches!(c, ',' | '，' | '、')
}

/// Whether XML 1.0 has the character at all, escaped or not. Nobody hears the others.
fn in_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}
