//! Every text of a file that is written in languages, wherever it stands, and the file with other words
//! in their place: everything around them stays as it is, byte for byte.

use super::doc::{self, Doc};
use super::write::{self, Place};
use super::{EditError, value};
use crate::flow::source::{At, Key, Node};
use crate::words::Lang;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A text in its languages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TextAt {
    /// Where it is in the file: the keys on the way, an option by its key, parted by slashes. One of a kind.
    pub id: String,
    /// The step it belongs to; none: it is of the whole file.
    pub step: Option<String>,
    /// The line it begins in, counted from 1.
    pub line: usize,
    /// The words as they are written, holes and all.
    pub words: BTreeMap<Lang, String>,
}

/// Another wording for a text of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewWords {
    /// Which text.
    pub id: String,
    /// In which language.
    pub lang: Lang,
    /// The words.
    pub words: String,
}

/// Texts found in a tree: the id, and the map of their languages.
struct Found<'n> {
    id: String,
    step: Option<String>,
    /// The keys and places on the way.
    path: Vec<Way>,
    node: &'n Node,
}

#[derive(Clone)]
enum Way {
    Key(String),
    At(usize),
}

/// The texts of a file, in its order.
///
/// # Errors
/// The file cannot be read.
pub fn texts(text: &str) -> Result<Vec<TextAt>, EditError> {
    let doc = Doc::read(text)?;
    let told = |found: Found<'_>| TextAt {
        words: words(found.node).into_iter().map(|(lang, _, node)| (lang, trimmed(node))).collect(),
        line: found.node.at.line,
        id: found.id,
        step: found.step,
    };
    Ok(found(&doc.root).into_iter().map(told).collect())
}

/// The file with other words. What is said as before is not touched.
///
/// # Errors
/// The file cannot be read, has no such text, or the words cannot be written so that they are read again.
pub fn set_texts(text: &str, new: &[NewWords]) -> Result<String, EditError> {
    let doc = Doc::read(text)?;
    let all = found(&doc.root);
    let starts = doc.starts();
    let offset = |at: At| starts.get(at.line - 1).copied().unwrap_or(text.len()) + doc.byte(at);
    let mut wanted = value::value(&doc.root);
    let mut edits: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    for NewWords { id, lang, words: said } in new {
        let place = all.iter().find(|found| found.id == *id);
        let place = place.ok_or_else(|| EditError::UnknownStep(id.clone()))?;
        let map = offset(place.node.at);
        // Words in brackets may not hold what ends them.
        let inside = text[map..].starts_with('{') || within_brackets(&doc, place, text, &offset);
        let written = write::scalar(said, Place { inside, bare: false });
        let known = words(place.node);
        let begins = |key: &Key, node: &Node| block(&doc, key).map_or(offset(node.at), |at| offset(key.at) + at);
        match known.iter().find(|(known, ..)| known == lang) {
            Some((_, _, node)) if trimmed(node) == *said => continue,
            Some((_, key, node)) => {
                let (from, to) = (begins(key, node), offset(node.end));
                let old = doc::written(&text[from..to]);
                edits.push((from..from + old.len(), written));
            }
            None => {
                let Some((_, key, last)) = known.last() else { continue };
                let from = begins(key, last);
                let to = from + doc::written(&text[from..offset(last.end)]).len();
                let between = if text[map..].starts_with('{') {
                    ", ".to_owned()
                } else {
                    format!("{}{}", doc.end, " ".repeat(place.node.at.column - 1))
                };
                edits.push((to..to, format!("{between}{}: {written}", lang.tag())));
            }
        }
        put(&mut wanted, &place.path, *lang, said);
    }
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut edited = String::with_capacity(text.len());
    let mut from = 0;
    for (range, written) in edits {
        edited.push_str(text.get(from..range.start).unwrap_or_default());
        edited.push_str(&written);
        from = range.end;
    }
    edited.push_str(text.get(from..).unwrap_or_default());
    let read = Doc::read(&edited).map(|doc| value::value(&doc.root));
    match read {
        Ok(read) if same(&read, &wanted) => Ok(edited),
        _ => {
            let all = new.iter().map(|new| format!("`{}`", new.id));
            Err(EditError::Unwritable(all.collect::<Vec<_>>().join(", ")))
        }
    }
}

/// Whether a text stands in a list or map that is written in brackets further out.
fn within_brackets(doc: &Doc<'_>, place: &Found<'_>, text: &str, offset: &impl Fn(At) -> usize) -> bool {
    let mut node = &doc.root;
    place.path.iter().any(|way| {
        let inner = match way {
            Way::Key(key) => node.get(key),
            Way::At(at) => node.items().get(*at),
        };
        node = inner.unwrap_or(node);
        text[offset(node.at)..].starts_with(['{', '['])
    })
}

/// All texts below a node, in order.
fn found(root: &Node) -> Vec<Found<'_>> {
    let (mut all, mut taken) = (Vec::new(), BTreeSet::new());
    walk(root, &mut Vec::new(), &mut Vec::new(), &mut all, &mut taken);
    all
}

fn walk<'n>(
    node: &'n Node,
    names: &mut Vec<String>,
    path: &mut Vec<Way>,
    all: &mut Vec<Found<'n>>,
    taken: &mut BTreeSet<String>,
) {
    if is_text(node) {
        let mut id = names.join("/");
        while !taken.insert(id.clone()) {
            id.push('\'');
        }
        let step = (names.len() > 1 && names[0] == "steps").then(|| names[1].clone());
        all.push(Found { id, step, path: path.clone(), node });
        return;
    }
    // Recordings are by language as well, and no words.
    for (key, inner) in node.pairs().iter().filter(|(key, _)| key.text != "audio") {
        names.push(key.text.clone());
        path.push(Way::Key(key.text.clone()));
        walk(inner, names, path, all, taken);
        names.pop();
        path.pop();
    }
    for (at, inner) in node.items().iter().enumerate() {
        let own = inner.get("key").and_then(Node::text).map(str::to_owned);
        names.push(own.unwrap_or_else(|| format!("#{}", at + 1)));
        path.push(Way::At(at));
        walk(inner, names, path, all, taken);
        names.pop();
        path.pop();
    }
}

/// A map of languages with words for each.
fn is_text(node: &Node) -> bool {
    let word = |(key, node): &(Key, Node)| lang(key).is_some() && node.text().is_some();
    !node.pairs().is_empty() && node.pairs().iter().all(word)
}

fn words(node: &Node) -> Vec<(Lang, &Key, &Node)> {
    node.pairs().iter().filter_map(|(key, node)| Some((lang(key)?, key, node))).collect()
}

/// Where behind its key a block of text begins, with the mark that says it is one; none: it is none.
fn block(doc: &Doc<'_>, key: &Key) -> Option<usize> {
    let behind = doc.behind(key.at);
    let colon = behind.find(':')? + 1;
    let value = behind[colon..].trim_start();
    value.starts_with(['|', '>']).then(|| behind.len() - value.len())
}

fn lang(key: &Key) -> Option<Lang> {
    Lang::parse(&key.text).filter(|lang| lang.tag() == key.text)
}

/// The words as a flow reads them.
fn trimmed(node: &Node) -> String {
    node.text().unwrap_or_default().trim().to_owned()
}

fn put(tree: &mut Value, path: &[Way], lang: Lang, words: &str) {
    let mut at = Some(tree);
    for way in path {
        at = at.and_then(|at| match way {
            Way::Key(key) => at.get_mut(key),
            Way::At(n) => at.get_mut(*n),
        });
    }
    if let Some(map) = at.and_then(Value::as_object_mut) {
        map.insert(lang.tag().to_owned(), Value::String(words.to_owned()));
    }
}

/// The same but for space around words, which nobody hears.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::String(a), Value::String(b)) => a.trim() == b.trim(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        // Nothing and no words are one.
        (Value::Null, Value::String(text)) | (Value::String(text), Value::Null) => text.trim().is_empty(),
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "flow: a # the name
title: { zh-CN: 甲, en-US: 'A' }
steps:
  main:
    menu:
      - { key: 1, go: b, for: { zh-CN: 付款, en-US: paying } }   # first
      - { key: 2, go: c, to: { zh-CN: \"退款, 退货\", en-US: ask } }
    prompt:   # asked
      zh-CN: 您好。
      en-US: |
        Hello
        there: you.
    audio: { zh-CN: a.mp3 }
  b:
    say:
      zh-CN: >-
        一
        二
      en-US: plain words   # why
";

    fn new(id: &str, lang: Lang, words: &str) -> NewWords {
        NewWords { id: id.into(), lang, words: words.into() }
    }

    #[test]
    fn texts_are_found_wherever_they_stand_and_recordings_are_none() {
        let found = texts(FILE).unwrap();
        let ids: Vec<(&str, Option<&str>, usize)> =
            found.iter().map(|text| (text.id.as_str(), text.step.as_deref(), text.line)).collect();
        assert_eq!(
            ids,
            [
                ("title", None, 2),
                ("steps/main/menu/1/for", Some("main"), 6),
                ("steps/main/menu/2/to", Some("main"), 7),
                ("steps/main/prompt", Some("main"), 9),
                ("steps/b/say", Some("b"), 16),
            ]
        );
        assert_eq!(found[3].words[&Lang::EnUs], "Hello\nthere: you.");
        assert_eq!(found[4].words[&Lang::ZhCn], "一 二");
    }

    #[test]
    fn other_words_change_nothing_around_them() {
        let changed = set_texts(
            FILE,
            &[
                new("title", Lang::EnUs, "B: {b}, yes"),
                new("steps/main/menu/1/for", Lang::ZhCn, "付款, 退款"),
                new("steps/main/prompt", Lang::EnUs, "Hi # there"),
                new("steps/main/prompt", Lang::JaJp, "はい"),
                new("steps/b/say", Lang::ZhCn, "三"),
                new("steps/b/say", Lang::EnUs, "- no"),
                new("steps/main/menu/2/to", Lang::JaJp, "返金"),
            ],
        )
        .unwrap();
        let wanted = "flow: a # the name
title: { zh-CN: 甲, en-US: \"B: {b}, yes\" }
steps:
  main:
    menu:
      - { key: 1, go: b, for: { zh-CN: \"付款, 退款\", en-US: paying } }   # first
      - { key: 2, go: c, to: { zh-CN: \"退款, 退货\", en-US: ask, ja-JP: 返金 } }
    prompt:   # asked
      zh-CN: 您好。
      en-US: \"Hi # there\"
      ja-JP: はい
    audio: { zh-CN: a.mp3 }
  b:
    say:
      zh-CN: 三
      en-US: \"- no\"   # why
";
        assert_eq!(changed, wanted);
        assert_eq!(set_texts(FILE, &[new("steps/b/say", Lang::EnUs, "plain words")]).unwrap(), FILE);
        let quoted = FILE.replace("plain words ", "\"it's \\\"plain\\\"\"");
        let changed = set_texts(&quoted, &[new("steps/b/say", Lang::EnUs, "other words")]).unwrap();
        assert_eq!(changed, FILE.replace("plain words ", "other words"), "the comment stays behind quotes too");
        assert!(set_texts(FILE, &[new("steps/c/say", Lang::EnUs, "x")]).is_err());
    }
}
