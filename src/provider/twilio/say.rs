//! Words as `<Say>` elements: voice, pace and pauses are added, words never changed.

use super::render::Xml;
use crate::call::Voice;
use crate::call::voice::{Pace, Spoken};
use crate::provider::{Rendering, Voices};
use crate::words::Lang;
use quick_xml::events::{BytesText, Event};
use std::borrow::Cow;
use std::io;

/// Everything a voice says; pieces in one language share an element as long as they fit into it.
pub fn all(xml: &mut Xml, voice: &Voice, with: &Rendering) -> io::Result<()> {
    for group in voice.says.chunk_by(|a, b| a.audio.is_none() && b.audio.is_none()) {
        match group {
            [Spoken { audio: Some(file), .. }] => {
                let address = format!("{}/{file}", with.audio);
                xml.create_element("Play").write_text_content(BytesText::new(&address))?;
            }
            said => words(xml, said, voice.slow, with.voices)?,
        }
    }
    Ok(())
}

/// What has no recording.
fn words(xml: &mut Xml, said: &[Spoken], slow: bool, voices: &Voices) -> io::Result<()> {
    let pieces: Vec<Piece> = said.iter().filter(|said| audible(said)).flat_map(Piece::cut).collect();
    let mut rest = pieces.as_slice();
    while let Some(first) = rest.first() {
        let mut size = 0;
        let fits = |piece: &&Piece| {
            size += piece.size;
            piece.lang == first.lang && size <= LONGEST
        };
        // The first always fits by how it was cut.
        let count = rest.iter().take_while(fits).count().max(1);
        let (together, after) = rest.split_at(count);
        let (own_voice, language) = spoken_by(first.lang);
        let name = voices.0[first.lang as usize].as_deref().unwrap_or(own_voice);
        let element = xml.create_element("Say").with_attributes([("voice", name), ("language", language)]);
        element.write_inner_content(|xml| say(xml, together, slow))?;
        rest = after;
    }
    Ok(())
}

/// Whether there is anything to say at all.
pub fn anything(voice: &Voice) -> bool {
    voice.says.iter().any(audible)
}

/// Most characters an element may hold. Markup is counted in, to be on the safe side.
const LONGEST: usize = 4096;

/// What the markup around one piece takes at most.
const AROUND: usize = 80;

/// A pause within spelled groups, and one after an option of a menu.
const GROUP_PAUSE: &str = "400ms";
const OPTION_PAUSE: &str = "300ms";

/// Voice and language names. Cantonese and Mandarin have names here that are no BCP 47 tags.
fn spoken_by(lang: Lang) -> (&'static str, &'static str) {
    match lang {
        Lang::ZhCn => ("Polly.Zhiyu-Neural", "cmn-CN"),
        Lang::ZhHk => ("Polly.Hiujin-Neural", "yue-HK"),
        Lang::JaJp => ("Polly.Kazuha-Neural", "ja-JP"),
        Lang::EnUs => ("Polly.Joanna-Neural", "en-US"),
    }
}

/// As much of one thing said as goes into one element.
struct Piece<'a> {
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
    fn cut(said: &'a Spoken) -> Vec<Piece<'a>> {
        let mut pieces = Vec::with_capacity(1);
        let mut rest = said.words.as_str();
        while !rest.is_empty() {
            let (end, size) = border(rest, said.pace);
            let (words, after) = rest.split_at(end);
            pieces.push(Piece { lang: said.lang, pace: said.pace, words, ends: after.is_empty(), size });
            rest = after;
        }
        pieces
    }
}

/// How many bytes of the words fit into one element, and the size they take there: all of them, or
/// up to the last sentence that fits, else the last comma or space, else as many as fit.
fn border(words: &str, pace: Pace) -> (usize, usize) {
    let (mut size, mut sentence, mut pause) = (AROUND, None, None);
    for (at, c) in words.char_indices() {
        let width = width(c, pace);
        if size + width > LONGEST {
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

/// How many characters one takes in the document at most, escaped or as a pause.
fn width(c: char, pace: Pace) -> usize {
    match c {
        _ if pace == Pace::Spelled && is_comma(c) => 24,
        '<' | '>' | '&' | '"' | '\'' | '\t' | '\n' | '\r' => 6,
        _ => 1,
    }
}

fn say(xml: &mut Xml, pieces: &[Piece], slow: bool) -> io::Result<()> {
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
