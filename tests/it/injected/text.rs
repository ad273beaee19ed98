//! A flow file as lines, with what stands where, so that one thing in it can be changed.

use hotline::flow::source::{At, Is, Node, parse};
use std::sync::Arc;

/// A scalar or a key in a file.
#[derive(Clone)]
pub struct Word {
    /// The names that lead to it; items of lists are `-`.
    pub path: Vec<String>,
    pub at: At,
    pub text: String,
    /// Where its key stands.
    pub key: At,
}

impl Word {
    /// The name it stands under.
    pub fn field(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// The step it belongs to.
    pub fn step(&self) -> &str {
        match &self.path[..] {
            [top, step, ..] if top == "steps" => step,
            _ => "",
        }
    }
}

/// A step: its name and lines.
pub struct Place {
    pub name: String,
    pub first: usize,
    pub last: usize,
}

/// A file.
pub struct Sheet {
    pub lines: Vec<String>,
    pub words: Vec<Word>,
    pub steps: Vec<Place>,
}

/// The fields that name the step where it goes on.
pub const TARGETS: [&str; 15] = [
    "then",
    "otherwise",
    "failed",
    "missing",
    "refused",
    "go",
    "open",
    "closed",
    "pending",
    "else",
    "answered",
    "busy",
    "no-answer",
    "long-wait",
    "empty",
];

impl Sheet {
    pub fn of(file: &str, text: &str) -> Sheet {
        let tree = parse(&Arc::from(file), text).unwrap();
        let mut words = Vec::new();
        collect(&tree, &mut Vec::new(), tree.at, &mut words);
        let steps = tree.get("steps").map(Node::pairs).unwrap_or_default().iter();
        let steps = steps.map(|(key, node)| Place { name: key.text.clone(), first: key.at.line, last: node.last_line });
        Sheet { lines: text.lines().map(str::to_owned).collect(), steps: steps.collect(), words }
    }

    /// The words that lead from one step to another.
    pub fn edges(&self) -> Vec<Word> {
        let known = |word: &&Word| self.steps.iter().any(|step| step.name == word.text);
        let edge = |word: &&Word| !word.step().is_empty() && TARGETS.contains(&word.field());
        self.words.iter().filter(edge).filter(known).cloned().collect()
    }

    /// Puts other text in a word's place; `None` where it does not stand there as it is.
    pub fn put(&mut self, word: &Word, text: &str) -> Option<()> {
        let line = self.lines.get_mut(word.at.line - 1)?;
        let start = line.char_indices().nth(word.at.column - 1)?.0;
        let quotes = usize::from(line[start..].starts_with(['"', '\'']));
        let rest = line[start + quotes..].strip_prefix(&*word.text)?;
        *line = format!("{}{text}{rest}", &line[..start + quotes]);
        Some(())
    }

    /// Takes the line of a word out; `None` where there is more on it.
    pub fn cut_line(&mut self, word: &Word) -> Option<()> {
        let line = self.lines.get(word.at.line - 1)?;
        let alone = line.trim_start().starts_with(&format!("{}:", word.field())) && word.key.line == word.at.line;
        alone.then(|| drop(self.lines.remove(word.at.line - 1)))
    }

    /// Takes a key and its value out of a `{ … }` on one line.
    pub fn cut_inline(&mut self, word: &Word) -> Option<()> {
        let line = self.lines.get_mut(word.at.line - 1)?;
        let from = line.char_indices().nth(word.key.column - 1)?.0;
        let start = line.char_indices().nth(word.at.column - 1)?.0;
        let quotes = usize::from(line[start..].starts_with('"'));
        let end = start + word.text.len() + 2 * quotes;
        let rest = line.get(end..)?;
        if !line[..from].contains('{') {
            return None;
        }
        let rest = rest.strip_prefix(", ").unwrap_or(rest).to_owned();
        line.truncate(from);
        line.push_str(&rest);
        Some(())
    }

    pub fn text(&self) -> String {
        let mut text = self.lines.join("\n");
        text.push('\n');
        text
    }
}

fn collect(node: &Node, path: &mut Vec<String>, key: At, words: &mut Vec<Word>) {
    match &node.is {
        Is::Scalar { text, .. } => {
            words.push(Word { path: path.clone(), at: node.at, text: text.clone(), key });
        }
        Is::List(items) => {
            for item in items {
                path.push("-".to_owned());
                collect(item, path, item.at, words);
                path.pop();
            }
        }
        Is::Map(pairs) => {
            for (key, node) in pairs {
                path.push(key.text.clone());
                collect(node, path, key.at, words);
                path.pop();
            }
        }
    }
}
