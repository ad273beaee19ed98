//! Words anywhere in a file of any kind given another wording: nothing around them changes.

use super::EditError;
use super::doc::{Doc, written};
use super::write::{self, Place};
use crate::flow::source::{At, Is, Node};
use std::collections::HashMap;

/// The file with other words in these places, each the place where a word or text begins. In quotes it stays in
/// quotes, as far as the words allow.
///
/// # Errors
/// The file cannot be read, nothing stands in such a place or a block of several lines, or the words cannot be
/// written so that they are read again.
pub fn set_scalars(text: &str, new: &[(At, String)]) -> Result<String, EditError> {
    let doc = Doc::read(text)?;
    let starts = doc.starts();
    let offset = |at: At| starts.get(at.line - 1).copied().unwrap_or(text.len()) + doc.byte(at);
    let wanted: HashMap<(usize, usize), &String> =
        new.iter().map(|(at, words)| ((at.line, at.column), words)).collect();
    let mut found = Vec::new();
    let inside = |node: &Node| text[offset(node.at)..].starts_with(['{', '[']);
    scalars(&doc.root, false, &inside, &mut |node, inside| {
        if let Some(words) = wanted.get(&(node.at.line, node.at.column)) {
            found.push((offset(node.at)..offset(node.end), inside, *words, is_quoted(node)));
        }
    });
    if found.len() != wanted.len() {
        return Err(EditError::Unwritable("a word that is not there".to_owned()));
    }
    let (mut edited, mut told) = (String::with_capacity(text.len()), 0);
    for (range, inside, words, quoted) in found {
        let old = written(&text[range.clone()]);
        edited.push_str(&text[told..range.start]);
        edited.push_str(&match old.chars().next() {
            Some('"') => write::quoted(words),
            Some('\'') if !words.contains('\\') && write::quoted(words).len() == words.len() + 2 => {
                format!("'{}'", words.replace('\'', "''"))
            }
            Some('\'') => write::quoted(words),
            // A block begins behind its mark, which is not seen here.
            _ if quoted => return Err(EditError::Layout("a block of text")),
            _ => write::scalar(words, Place { inside, bare: false }),
        });
        told = range.start + old.len();
    }
    edited.push_str(&text[told..]);
    let read = Doc::read(&edited).map_err(|error| EditError::Unwritable(error.to_string()))?;
    let (mut is, mut should) = (Vec::new(), Vec::new());
    flat(&read.root, &mut |_, words| is.push(words.to_owned()));
    flat(&doc.root, &mut |at, words| {
        let new = at.and_then(|at| wanted.get(&(at.line, at.column)));
        should.push(new.map_or_else(|| words.to_owned(), |new| (*new).clone()));
    });
    if is == should { Ok(edited) } else { Err(EditError::Unwritable("the words of a line".to_owned())) }
}

fn is_quoted(node: &Node) -> bool {
    matches!(node.is, Is::Scalar { quoted: true, .. })
}

/// Every scalar below a node in order, and whether it stands in brackets.
fn scalars<'n>(node: &'n Node, within: bool, inside: &impl Fn(&Node) -> bool, told: &mut impl FnMut(&'n Node, bool)) {
    if matches!(node.is, Is::Scalar { .. }) {
        return told(node, within);
    }
    let within = within || inside(node);
    let inner = node.pairs().iter().map(|(_, node)| node).chain(node.items());
    inner.into_iter().for_each(|node| scalars(node, within, inside, told));
}

/// A tree as words in a row, with its brackets.
fn flat(node: &Node, told: &mut impl FnMut(Option<At>, &str)) {
    match &node.is {
        Is::Scalar { text, .. } => told(Some(node.at), text),
        Is::Map(pairs) => {
            told(None, "{");
            for (key, node) in pairs {
                told(None, &key.text);
                flat(node, told);
            }
            told(None, "}");
        }
        Is::List(items) => {
            told(None, "[");
            items.iter().for_each(|node| flat(node, told));
            told(None, "]");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# above\n- story: it's  # beside\n  call:\n    - presses: \"1\"   # one\n    - hears: 您好 \n    - { hears: 'a b', presses: 2 }\n    - hears: |\n        long\n";

    fn at(line: usize, column: usize, words: &str) -> (At, String) {
        (At { line, column }, words.to_owned())
    }

    #[test]
    fn nothing_around_the_words_changes() {
        let new = [at(4, 16, "4"), at(5, 14, "再见: # 你"), at(6, 16, "it's, then"), at(6, 32, "b, c")];
        let edited = set_scalars(FILE, &new).unwrap();
        let wanted = FILE
            .replace("\"1\"   # one", "\"4\"   # one")
            .replace("您好 ", "\"再见: # 你\" ")
            .replace("'a b', presses: 2", "'it''s, then', presses: \"b, c\"");
        assert_eq!(edited, wanted);
        assert_eq!(set_scalars(FILE, &[]).unwrap(), FILE);
    }

    #[test]
    fn what_cannot_be_written_is_refused() {
        assert!(set_scalars(FILE, &[at(5, 3, "x")]).is_err(), "nothing begins there");
        assert!(set_scalars(FILE, &[at(8, 9, "x")]).is_err(), "a block");
        assert!(set_scalars("a: [", &[]).is_err());
    }
}
