//! Recordings: files that are heard instead of the words of a step.

use super::fields::{Fields, Reader};
use crate::flow::model::{Flow, Kind};
use crate::flow::source::{Is, Key, Node};
use crate::flow::text::Texts;
use crate::words::Lang;
use std::sync::Arc;

/// The kinds of steps that can be recorded.
pub const SPEAKS: [&str; 6] = ["say", "menu", "ask", "record", "score", "hangup"];

/// Reads `audio: { zh-CN: welcome.mp3 }` of a step that speaks.
pub fn read(reader: &mut Reader, kind: &Kind, fields: &mut Fields) -> [Option<Arc<str>>; 4] {
    let mut audio: [Option<Arc<str>>; 4] = Default::default();
    let texts = texts(kind);
    if texts.is_empty() {
        return audio;
    }
    let Some(node) = fields.take("audio") else { return audio };
    if !matches!(node.is, Is::Map(_)) {
        reader.expected(node, "recordings by language like `{ zh-CN: welcome.mp3 }`");
    }
    for (key, node) in node.pairs() {
        let (lang, file) = (language(reader, key), file(reader, node));
        let (Some(lang), Some(file)) = (lang, file) else { continue };
        if texts.iter().any(|texts| texts.holes_by_language().any(|(own, ..)| own == lang)) {
            let what = format!("what is said here in {lang} changes from call to call and cannot be recorded");
            reader.problem(node.at, "audio", what, "leave the recording out, or the `{…}` in the text");
        }
        audio[lang as usize] = Some(file);
    }
    audio
}

/// All the texts a step says.
fn texts(kind: &Kind) -> Vec<&Texts> {
    match kind {
        Kind::Say { texts, .. } | Kind::HangUp { texts } => vec![texts],
        Kind::Menu { prompt, options, .. } => prompt.iter().chain(options.iter().map(|o| &o.label)).collect(),
        Kind::Ask { prompt, .. } | Kind::Record { prompt, .. } | Kind::Score { prompt, .. } => vec![prompt],
        _ => Vec::new(),
    }
}

/// Whether every step that speaks is recorded in a language.
pub fn is_recorded(flow: &Flow, lang: Lang) -> bool {
    let mut steps = flow.blocks.iter().flat_map(|block| &block.steps).filter(|step| !texts(&step.kind).is_empty());
    steps.all(|step| step.audio[lang as usize].is_some())
}

fn language(reader: &mut Reader, key: &Key) -> Option<Lang> {
    let lang = Lang::parse(&key.text);
    if lang.is_none() {
        let what = format!("`{}` is no language", key.text);
        reader.problem(key.at, "shape", what, "there are zh-CN, zh-HK, ja-JP and en-US");
    }
    lang
}

/// A name below `audio/`: of parts that are the same on every system and in every address.
fn file(reader: &mut Reader, node: &Node) -> Option<Arc<str>> {
    let fine = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let name = node.text().unwrap_or_default();
    let stem = name.strip_suffix(".mp3").or(name.strip_suffix(".wav"));
    if stem.is_some_and(|stem| stem.split('/').all(fine)) {
        return Some(Arc::from(name));
    }
    let hint = "put the file into the folder `audio` beside the flows and name it in small letters, digits and hyphens";
    reader.expected_with(node, "a file like welcome.mp3 or zh/welcome.wav", hint);
    None
}
