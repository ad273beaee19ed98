//! A file as lines and tree at once: which lines belong to which field, and what stands behind a
//! value in its line.

use super::EditError;
use crate::flow::source::{self, At, Is, Key, Node};
use std::ops::Range;
use std::sync::Arc;

/// A file that can be read.
pub struct Doc<'t> {
    /// The lines, each with its end.
    pub lines: Vec<&'t str>,
    /// What ends a line.
    pub end: &'static str,
    /// The tree.
    pub root: Node,
}

/// A pair of a map (or an item of a list, without key) with its lines.
pub struct Entry<'n> {
    /// Its key.
    pub key: Option<&'n Key>,
    /// Its value.
    pub node: &'n Node,
    /// Comments and empty lines that stand above it.
    pub above: Range<usize>,
    /// Its own lines, the first that of its key.
    pub own: Range<usize>,
}

impl<'t> Doc<'t> {
    /// Reads a file.
    pub fn read(text: &'t str) -> Result<Doc<'t>, EditError> {
        let root = source::parse(&Arc::from(""), text).map_err(EditError::Broken)?;
        let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        Ok(Doc { lines: text.split_inclusive('\n').collect(), end, root })
    }

    /// The steps with their lines; refused where they do not stand below each other.
    pub fn steps(&self) -> Result<Vec<Entry<'_>>, EditError> {
        let root: Vec<Entry<'_>> =
            self.entries(&self.root, 0..self.lines.len()).ok_or(EditError::Layout("the file"))?;
        let steps = root.into_iter().find(|entry| entry.key.is_some_and(|key| key.text == "steps"));
        let steps = steps.ok_or(EditError::NoSteps)?;
        self.entries(steps.node, steps.own.start + 1..steps.own.end).ok_or(EditError::Layout("`steps:`"))
    }

    /// One step.
    pub fn step(&self, name: &str) -> Result<Entry<'_>, EditError> {
        let found = self.steps()?.into_iter().find(|entry| entry.key.is_some_and(|key| key.text == name));
        found.ok_or_else(|| EditError::UnknownStep(name.to_owned()))
    }

    /// The pairs of a map or the items of a list that stand below each other in these lines; nothing
    /// where they stand in one line.
    pub fn entries<'n>(&self, node: &'n Node, lines: Range<usize>) -> Option<Vec<Entry<'n>>> {
        let parts: Vec<(Option<&Key>, &Node)> = match &node.is {
            Is::Map(pairs) => pairs.iter().map(|(key, node)| (Some(key), node)).collect(),
            Is::List(items) => items.iter().map(|node| (None, node)).collect(),
            Is::Scalar { .. } => return None,
        };
        let begins = |(key, node): &(Option<&Key>, &Node)| key.map_or(node.at, |key| key.at);
        let starts: Vec<At> = parts.iter().map(begins).collect();
        let below = parts.iter().zip(&starts).all(|((key, _), at)| {
            let before = self.before(*at).trim_start();
            lines.contains(&(at.line - 1)) && if key.is_some() { before.is_empty() } else { before.trim_end() == "-" }
        });
        let same_column = starts.windows(2).all(|two| two[0].column == two[1].column && two[0].line < two[1].line);
        if parts.is_empty() || !below || !same_column {
            return None;
        }
        let mut from = lines.start;
        let ends = starts.iter().skip(1).map(|at| at.line - 1).chain([lines.end]);
        Some(
            parts
                .into_iter()
                .zip(&starts)
                .zip(ends)
                .map(|(((key, node), at), end)| {
                    let own = at.line - 1..self.trimmed(at.line - 1..end, node);
                    let above = from..own.start;
                    from = own.end;
                    Entry { key, node, above, own }
                })
                .collect(),
        )
    }

    /// Where the lines of an entry end when the comments and empty lines of the next are left to it.
    /// The tree says what belongs to it in any case: a block of text may look like comments.
    fn trimmed(&self, lines: Range<usize>, node: &Node) -> usize {
        let first = lines.start + 1;
        let mut end = lines.end.max(first);
        while end > first.max(node.last_line.min(lines.end)) && self.is_idle(end - 1) {
            end -= 1;
        }
        while end > first && self.lines[end - 1].trim().is_empty() {
            end -= 1;
        }
        end
    }

    fn is_idle(&self, line: usize) -> bool {
        let text = self.lines[line].trim();
        text.is_empty() || text.starts_with('#')
    }

    /// Where each line begins, in bytes of the file.
    pub fn starts(&self) -> Vec<usize> {
        let ends = self.lines.iter().scan(0, |at, line| {
            *at += line.len();
            Some(*at)
        });
        std::iter::once(0).chain(ends).collect()
    }

    /// The text of a line without its end.
    pub fn line(&self, line: usize) -> &'t str {
        self.lines[line].trim_end_matches(['\n', '\r'])
    }

    /// What stands in a line before a place.
    pub fn before(&self, at: At) -> &'t str {
        let line = self.line(at.line - 1);
        &line[..self.byte(at).min(line.len())]
    }

    /// What stands in a line from a place on.
    pub fn behind(&self, at: At) -> &'t str {
        let line = self.line(at.line - 1);
        &line[self.byte(at).min(line.len())..]
    }

    /// A column as bytes of its line.
    pub fn byte(&self, at: At) -> usize {
        let line = self.lines.get(at.line - 1).copied().unwrap_or_default();
        line.char_indices().nth(at.column - 1).map_or(line.len(), |(byte, _)| byte)
    }

    /// The comment behind a value that ends in the last of these lines, with the column it stands in.
    pub fn comment(&self, node: &Node, own: &Range<usize>) -> Option<(usize, &'t str)> {
        let last = At { line: own.end, column: 1 };
        let from = match &node.is {
            Is::Scalar { .. } if node.end.line == own.end => node.end,
            Is::Scalar { .. } => return None,
            _ => self.closed(node)?,
        };
        let rest = if from.line == last.line { self.behind(from) } else { return None };
        let comment = rest.trim_start();
        let starts = comment.starts_with('#').then(|| from.column + rest.chars().count() - comment.chars().count())?;
        Some((starts, comment.trim_end()))
    }

    /// Behind the bracket that closes a map or a list in brackets.
    fn closed(&self, node: &Node) -> Option<At> {
        let close = match self.behind(node.at).chars().next()? {
            '{' => '}',
            '[' => ']',
            _ => return None,
        };
        let inner = node.pairs().last().map(|(_, node)| node).or(node.items().last());
        let mut at = match inner {
            None => At { column: node.at.column + 1, ..node.at },
            Some(inner) => match inner.is {
                Is::Scalar { .. } => inner.end,
                _ => self.closed(inner)?,
            },
        };
        while at.line <= self.lines.len() {
            let rest = self.behind(at);
            let code = rest.split(" #").next().unwrap_or_default();
            if let Some(found) = code.chars().position(|c| c == close) {
                return Some(At { line: at.line, column: at.column + found + 1 });
            }
            at = At { line: at.line + 1, column: 1 };
        }
        None
    }

    /// The text with other lines in place of these.
    pub fn with(&self, lines: Range<usize>, new: Vec<String>) -> String {
        let before = self.lines[..lines.start].iter().map(|line| (*line).to_owned());
        let behind = self.lines[lines.end..].iter().map(|line| (*line).to_owned());
        self.joined(before.chain(new).chain(behind))
    }

    /// Pieces one after the other; where the last line of the file moves up, it gets an end.
    pub fn joined(&self, pieces: impl IntoIterator<Item = String>) -> String {
        let mut text = String::new();
        for piece in pieces.into_iter().filter(|piece| !piece.is_empty()) {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push_str(self.end);
            }
            text.push_str(&piece);
        }
        text
    }
}

/// What of this part of a file is a scalar as it is written: of one in quotes not the comment behind it.
pub fn written(part: &str) -> &str {
    let Some(quote) = part.chars().next().filter(|c| matches!(c, '"' | '\'')) else { return part.trim_end() };
    let mut rest = part.char_indices().skip(1).peekable();
    while let Some((at, c)) = rest.next() {
        let twice = c == quote && quote == '\'' && rest.peek().is_some_and(|(_, next)| *next == quote);
        if twice || (c == '\\' && quote == '"') {
            rest.next();
        } else if c == quote {
            return &part[..=at];
        }
    }
    part.trim_end()
}
