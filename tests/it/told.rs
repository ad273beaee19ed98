//! What checks say, for those who read no English. Each test of a check holds that its own sentences are
//! told (`support::told`); here the tables are held against the sources, so that no sentence comes in
//! without its Chinese and Japanese, and none stays in a table that nobody says any more.

use crate::support::told::native;
use hotline::flow::told::patterns;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Where sentences are made that pages show.
const SOURCES: [&str; 24] = [
    "src/flow/read",
    "src/flow/check",
    "src/flow/expr.rs",
    "src/flow/text.rs",
    "src/flow/value.rs",
    "src/flow/source.rs",
    "src/flow/source/broken.rs",
    "src/play/story.rs",
    "src/play/story",
    "src/play/leaves.rs",
    "src/play/records.rs",
    "src/play/player.rs",
    "src/play/pure.rs",
    "src/play/world.rs",
    "src/play/explore.rs",
    "src/play/explore/after.rs",
    "src/play/explore/judge.rs",
    "src/studio/audio.rs",
    "src/web/admin/flows/trial.rs",
    "src/words/phone/class.rs",
    "src/cli/providers.rs",
    "src/outside/probe.rs",
    "src/provider/mod.rs",
    "src/provider/probe.rs",
];

/// What stands in them and is no sentence for a page: words that are looked for, what is printed on a
/// terminal, the language of stories.
const OTHERS: &[&str] = &[
    " and ",
    " or ",
    ", account: {0}",
    ", collected: { {0} }",
    ", window: {0}, level: {1}",
    "<birth date>#",
    "Galaxy River Network Games Limited",
    "\n    by {0}",
    "{0}:{1}: {2}",
    "{0}:{1}: {2}\n    expected: {3}\n    but:      {4}",
    "{0}:{1}: {2} [{3}]",
    "anchor or alias",
    "authentication code",
    "card number",
    "confirmation code",
    "desk answers",
    "desk cannot be reached",
    "desk is busy",
    "does not hear",
    "end of stream",
    "expected '-'",
    "expected key",
    "fails to verify",
    "hangs up",
    "illegal placement of ':'",
    "invalid indentation",
    "is let go",
    "keys: none",
    "keys: {0}",
    "kind: {0}, topic: {1}, priority: {2}, lang: {3}, number: {4}",
    "mapping values are not allowed",
    "node content",
    "not ",
    "one time code",
    "one-time code",
    "quoted scalar",
    "says nothing",
    "says: {0}",
    "security code",
    "simple key",
    "stays silent",
    "the number is no mobile's and takes no text messages",
    "to: {0}",
    "to: {0}, says: {1}",
    "verification code",
    "verified {0}",
    "typed {0}",
    "number {0}",
    "this call",
    "warning: ",
    "{0}:{1}:{2}: {3}{4} [{5}]",
    "%Y-%m-%d %H:%M",
    // What the command alone prints, and what requests are made of.
    "no provider is on: set the secret of one, as HOTLINE_TWILIO_AUTH_TOKEN",
    "{provider}: {told}",
    "{provider}: {problem}",
    "the public address leads here, and nothing is changed on the way",
    "providers would not reach us as they should",
    "{0}/voice/{1} leads here, and nothing is changed on the way",
    "{0}; what is proved by the first `{1}` is believed",
    "{0}; nobody but {1} can sign, so that only a call shows whether its `{2}` is the right one",
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>",
    "hotline probes 1",
    // It stands on the page as English, and is marked so: the reasons are those of each provider.
    "the request is not of the form this provider sends: {0}",
    "it was proved for another provider",
    // Faults of the program itself.
    "no PIN, code or knowledge in what is stored",
    "it is there at {0}",
    "the call can be written out",
    "the call can be read back",
    "the call is read back as it was",
    "it is not at {0}",
];

/// The texts in quotes of a source, with what comes before each.
fn literals(source: &str) -> Vec<(String, String)> {
    let chars: Vec<char> = source.split("#[cfg(test)]").next().unwrap_or_default().chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        match chars[at] {
            '/' if chars.get(at + 1) == Some(&'/') => {
                at += chars[at..].iter().position(|c| *c == '\n').unwrap_or(chars.len() - at);
            }
            // A character, not a lifetime.
            '\'' if chars.get(at + 1) == Some(&'\\') => {
                at += 3 + chars[at + 3..].iter().position(|c| *c == '\'').unwrap() + 1;
            }
            '\'' if chars.get(at + 2) == Some(&'\'') => at += 3,
            '"' => {
                let before: String = chars[at.saturating_sub(40)..at].iter().collect();
                let (text, end) = literal(&chars, at + 1);
                found.push((before, text));
                at = end;
            }
            _ => at += 1,
        }
    }
    found
}

/// A text from behind its first quote on, and what is behind its last.
fn literal(chars: &[char], mut at: usize) -> (String, usize) {
    let mut text = String::new();
    while chars[at] != '"' {
        if chars[at] != '\\' {
            text.push(chars[at]);
            at += 1;
            continue;
        }
        at += 2;
        match chars[at - 1] {
            '\n' => at += chars[at..].iter().position(|c| !c.is_whitespace()).unwrap(),
            'n' => text.push('\n'),
            'u' => {
                let end = at + chars[at..].iter().position(|c| *c == '}').unwrap();
                let code: String = chars[at + 1..end].iter().collect();
                text.push(char::from_u32(u32::from_str_radix(&code, 16).unwrap()).unwrap());
                at = end + 1;
            }
            other => text.push(other),
        }
    }
    (text, at + 1)
}

/// What a text to be filled in becomes: its holes numbered, its doubled braces single.
fn numbered(text: &str) -> String {
    let (mut out, mut holes) = (String::new(), 0);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '{' | '}' if chars.next_if_eq(&c).is_some() => out.push(c),
            '{' => {
                chars.by_ref().find(|c| *c == '}');
                out += &format!("{{{holes}}}");
                holes += 1;
            }
            c => out.push(c),
        }
    }
    out
}

fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let all = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.extension().is_some_and(|ending| ending == "rs")).collect()
}

/// Every text of the sources as a pattern, with its file.
fn said() -> Vec<(String, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut said = Vec::new();
    for path in SOURCES.iter().flat_map(|path| files(&root.join(path))) {
        for (before, text) in literals(&std::fs::read_to_string(&path).unwrap()) {
            let before = before.trim_end();
            let filled = ["format!(", "error(", "write!(f,"].iter().any(|call| before.ends_with(call));
            said.push((if filled { numbered(&text) } else { text }, path.clone()));
        }
    }
    said
}

#[test]
fn every_sentence_of_the_checks_has_its_chinese_and_japanese() {
    let known: BTreeSet<String> = patterns().collect();
    // The pages of a trial have words of their own; what they say of stories is told as checks are.
    let sentence = |text: &str| text.contains(' ') && text.contains(|c: char| c.is_ascii_lowercase());
    let foreign = said().into_iter().filter(|(text, path)| {
        let page = path.ends_with("trial.rs");
        sentence(text) && !page && !known.contains(text) && !OTHERS.contains(&text.as_str())
    });
    let foreign: Vec<String> = foreign.map(|(text, path)| format!("{}: {text}", path.display())).collect();
    assert!(foreign.is_empty(), "without Chinese and Japanese:\n{}", foreign.join("\n"));
}

#[test]
fn no_sentence_is_kept_that_nobody_says() {
    let library = include_str!("../../src/flow/told/library.txt");
    let said: BTreeSet<String> = said().into_iter().map(|(text, _)| text).collect();
    let of_library =
        |pattern: &str| library.split("\n\n").any(|row| row.starts_with(&pattern[..pattern.len().min(12)]));
    let dead: Vec<String> = patterns().filter(|pattern| !said.contains(pattern) && !of_library(pattern)).collect();
    assert!(dead.is_empty(), "nobody says:\n{}", dead.join("\n"));
    let gone: Vec<_> = OTHERS.iter().filter(|text| !said.contains(**text)).collect();
    assert!(gone.is_empty(), "no longer there: {gone:?}");
}

#[test]
fn every_sentence_is_told_whole_whatever_is_in_it() {
    for pattern in patterns() {
        // A name stands for anything: it is told as it stands.
        let filled = ["{4}", "{3}", "{2}", "{1}", "{0}"].iter().fold(pattern, |text, hole| text.replace(hole, "4"));
        native(&filled);
    }
}
