//! Reading a map field by field, gathering what is wrong instead of stopping at it.

use crate::flow::expr::Expr;
use crate::flow::source::{At, Is, Key, Node, Problem};
use crate::flow::text::{self, Texts};
use crate::words::Lang;
use std::sync::Arc;
use std::time::Duration;

/// Gathers the problems of one file.
pub struct Reader {
    file: Arc<str>,
    /// What was met so far.
    pub problems: Vec<Problem>,
}

impl Reader {
    /// A reader of a file.
    pub fn new(file: &str) -> Reader {
        Reader { file: Arc::from(file), problems: Vec::new() }
    }

    /// Notes a problem.
    pub fn problem(&mut self, at: At, code: &'static str, what: impl Into<String>, hint: impl Into<String>) {
        self.problems.push(Problem::new(self.file.clone(), at, code, what, hint));
    }

    /// Notes that something else was expected here.
    pub fn expected(&mut self, node: &Node, expected: &str) {
        self.expected_with(node, expected, "");
    }

    /// The same with a hint.
    pub fn expected_with(&mut self, node: &Node, expected: &str, hint: impl Into<String>) {
        let found = match &node.is {
            Is::Scalar { text, .. } if !text.is_empty() => format!("`{text}`"),
            _ => node.noun().to_owned(),
        };
        self.problem(node.at, "shape", format!("expected {expected}, found {found}"), hint);
    }

    /// A plain word or text. What YAML takes for nothing is none: who means the word writes it in quotes.
    pub fn text<'n>(&mut self, node: &'n Node, expected: &str) -> Option<&'n str> {
        let nothing = matches!(&node.is, Is::Scalar { text, quoted: false } if text == "null" || text == "~");
        let text = node.text().filter(|t| !t.is_empty() && !nothing);
        if text.is_none() {
            self.expected(node, expected);
        }
        text
    }

    /// An expression.
    pub fn expr(&mut self, node: &Node) -> Option<Expr> {
        let text = self.text(node, "an expression")?;
        match Expr::parse(text) {
            Ok(expr) => Some(expr),
            Err(what) => {
                self.problem(
                    node.at,
                    "expression",
                    format!("`{text}`: {what}"),
                    "names look like payment.amount, texts like 'done'",
                );
                None
            }
        }
    }

    /// A whole number in a range.
    pub fn number(&mut self, node: &Node, from: i64, to: i64) -> Option<i64> {
        let text = node.text().unwrap_or_default();
        if text.len() > 1 && text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit()) {
            let hint = "leave the zeros in front out: some programs would take this for another number";
            self.expected_with(node, &format!("a whole number from {from} to {to}"), hint);
            return None;
        }
        let number = text.parse().ok().filter(|n| (from..=to).contains(n));
        if number.is_none() {
            self.expected(node, &format!("a whole number from {from} to {to}"));
        }
        number
    }

    /// `yes` or `no`.
    pub fn flag(&mut self, node: &Node) -> Option<bool> {
        match node.text() {
            Some("yes" | "true") => Some(true),
            Some("no" | "false") => Some(false),
            _ => {
                self.expected(node, "yes or no");
                None
            }
        }
    }

    /// `15m`, `4h`, `3s`, `500ms`.
    pub fn duration(&mut self, node: &Node) -> Option<Duration> {
        let read = node.text().and_then(duration);
        if read.is_none() {
            self.expected(node, "a time like 3s, 15m or 4h");
        }
        read
    }

    /// Texts per language; each of `languages` must be there.
    pub fn texts(&mut self, node: &Node, languages: &[Lang]) -> Texts {
        let mut texts = Texts::default();
        if !matches!(node.is, Is::Map(_)) {
            self.expected(node, "a text for each language, like `zh-CN: …`");
            return texts;
        }
        for (key, value) in node.pairs() {
            let Some(lang) = Lang::parse(&key.text).filter(|lang| lang.tag() == key.text) else {
                let hint = near(&key.text, Lang::ALL.iter().map(|l| l.tag()))
                    .unwrap_or_else(|| "languages are zh-CN, zh-HK, ja-JP, en-US".into());
                self.problem(key.at, "language", format!("`{}` is not a language this system speaks", key.text), hint);
                continue;
            };
            let Some(words) = self.text(value, "words to say") else { continue };
            match text::parse(words.trim()) {
                Ok(text) => texts.0[lang as usize] = Some(text),
                Err(what) => self.problem(value.at, "text", what, "a hole looks like {payment.amount|money}"),
            }
        }
        for lang in languages.iter().filter(|l| node.get(l.tag()).is_none()) {
            self.problem(
                node.at,
                "missing-text",
                format!("the text in {lang} is missing"),
                format!("add a line `{lang}: …`"),
            );
        }
        texts
    }
}

/// A map being read: remembers which fields were asked for, so that the others can be refused.
pub struct Fields<'n> {
    /// Where the map begins.
    pub at: At,
    pairs: &'n [(Key, Node)],
    known: Vec<&'static str>,
}

impl<'n> Fields<'n> {
    /// The fields of a map; anything else is a problem and has none.
    pub fn of(reader: &mut Reader, node: &'n Node, expected: &str) -> Fields<'n> {
        if !matches!(node.is, Is::Map(_)) {
            reader.expected(node, expected);
        }
        Fields { at: node.at, pairs: node.pairs(), known: Vec::new() }
    }

    /// A field that may be absent.
    pub fn take(&mut self, name: &'static str) -> Option<&'n Node> {
        self.known.push(name);
        self.pairs.iter().find(|(key, _)| key.text == name).map(|(_, node)| node)
    }

    /// A field that must be there.
    pub fn need(&mut self, reader: &mut Reader, name: &'static str, what_for: &str) -> Option<&'n Node> {
        let node = self.take(name);
        if node.is_none() {
            reader.problem(
                self.at,
                "missing-field",
                format!("`{name}:` is missing"),
                format!("add `{name}:`, {what_for}"),
            );
        }
        node
    }

    /// Refuses fields nobody asked for.
    pub fn done(self, reader: &mut Reader) {
        for (key, _) in self.pairs.iter().filter(|(key, _)| !self.known.contains(&key.text.as_str())) {
            let hint = near(&key.text, self.known.iter().copied())
                .unwrap_or_else(|| format!("here go: {}", self.known.join(", ")));
            reader.problem(key.at, "unknown-field", format!("`{}` means nothing here", key.text), hint);
        }
    }
}

/// "did you mean", where one of the names is near.
pub fn near<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    names
        .map(|name| (strsim::damerau_levenshtein(word, name), name))
        .min()
        .filter(|(distance, name)| *distance <= name.chars().count().min(word.chars().count()) / 2 && *distance <= 3)
        .map(|(_, name)| format!("did you mean `{name}`?"))
}

/// Reads `15m`, `4h`, `3s`, `500ms`, `2d`.
pub fn duration(text: &str) -> Option<Duration> {
    let split = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(split);
    let number: u64 = number.parse().ok().filter(|n| *n <= 1_000_000)?;
    Some(match unit {
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "m" => Duration::from_secs(number * 60),
        "h" => Duration::from_secs(number * 3600),
        "d" => Duration::from_secs(number * 86_400),
        _ => return None,
    })
}
