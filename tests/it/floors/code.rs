//! Sources as text with what is no code blanked out: enough of Rust's grammar to count braces and
//! find names.

use std::path::Path;

pub struct Source {
    /// Below the package's folder.
    pub path: String,
    /// The folder or file below src/; elsewhere the first folder.
    pub room: String,
    pub text: String,
    /// The text with comments and what stands in quotes replaced by blanks.
    pub code: String,
}

/// Every Rust file below a folder of the package, in order.
pub fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap();
                found.push(Source::new(name, &std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

impl Source {
    pub fn new(path: &str, text: &str) -> Source {
        let below = path.strip_prefix("src/").unwrap_or(path);
        let room = below.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
        Source { path: path.into(), room, text: text.into(), code: code_of(text) }
    }

    /// The rooms named by `crate::room` and `hotline::room`, with the line.
    pub fn rooms_named(&self) -> Vec<(usize, String)> {
        let mut named = Vec::new();
        for root in ["crate::", "hotline::"] {
            for at in places(&self.code, root) {
                let line = self.line(at);
                let after = &self.code[at + root.len()..];
                let rooms = if after.starts_with('{') { heads(after) } else { vec![head(after)] };
                named.extend(rooms.into_iter().filter(|room| !room.is_empty()).map(|room| (line, room.to_owned())));
            }
        }
        named
    }

    /// The lines in which a name stands as a word of its own.
    pub fn lines_naming(&self, name: &str) -> impl Iterator<Item = usize> {
        let lines: Vec<usize> = places(&self.code, name)
            .into_iter()
            .filter(|at| !self.code[at + name.len()..].starts_with(is_word))
            .map(|at| self.line(at))
            .collect();
        lines.into_iter()
    }

    /// Each function with a body: name, line, number of lines.
    pub fn functions(&self) -> Vec<(String, usize, usize)> {
        let mut found = Vec::new();
        for at in places(&self.code, "fn ") {
            let after = &self.code[at + 3..];
            let Some(begins) = after.find(['{', ';']).filter(|i| after[*i..].starts_with('{')) else { continue };
            let length = 3 + begins + matching(&after[begins..]);
            let lines = self.code[at..at + length].lines().count();
            found.push((head(after).to_owned(), self.line(at), lines));
        }
        found
    }

    fn line(&self, at: usize) -> usize {
        self.code[..at].matches('\n').count() + 1
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where a text begins that no word runs into.
fn places(code: &str, text: &str) -> Vec<usize> {
    code.match_indices(text).map(|(at, _)| at).filter(|at| !code[..*at].ends_with(is_word)).collect()
}

fn head(code: &str) -> &str {
    &code[..code.find(|c| !is_word(c)).unwrap_or(code.len())]
}

/// The first names inside `{a::…, b::{…}}`.
fn heads(group: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut depth = 0;
    let mut next = false;
    for (at, c) in group.char_indices() {
        match c {
            '{' => (depth, next) = (depth + 1, depth == 0),
            '}' if depth == 1 => break,
            '}' => depth -= 1,
            ',' => next = depth == 1,
            c if next && is_word(c) => {
                names.push(head(&group[at..]));
                next = false;
            }
            _ => {}
        }
    }
    names
}

/// How long a block is that begins with the text.
fn matching(code: &str) -> usize {
    let mut depth = 0;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return at + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

/// Blanks comments, texts and characters; line breaks stay where they are.
fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            'r' if !code.ends_with(is_word) && is_raw(rest) => raw(rest),
            '"' => quoted(rest, '"'),
            '\'' if is_character(rest) => quoted(rest, '\''),
            _ => 0,
        };
        match length {
            0 => {
                code.push(first);
                rest = &rest[first.len_utf8()..];
            }
            length => {
                code.extend(rest[..length].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
                rest = &rest[length..];
            }
        }
    }
    code
}

fn is_raw(text: &str) -> bool {
    text[1..].trim_start_matches('#').starts_with('"')
}

fn raw(text: &str) -> usize {
    let hashes = text[1..].find('"').unwrap_or(0);
    let end = format!("\"{}", "#".repeat(hashes));
    let begins = hashes + 2;
    text[begins..].find(&end).map_or(text.len(), |at| begins + at + end.len())
}

/// A character, not a lifetime.
fn is_character(text: &str) -> bool {
    let mut inside = text[1..].chars();
    match inside.next() {
        Some('\\') => true,
        Some(_) => inside.next() == Some('\''),
        None => false,
    }
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}
