//! YAML as admins write it, turned into a tree that knows where everything stands. The only place
//! that names a YAML library. Refuses what makes files hard to read or dangerous to load: tabs,
//! anchors and aliases, tags, duplicate keys, more than one document, deep nesting, huge files.

mod broken;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle};
use std::fmt;
use std::sync::Arc;

/// The largest flow file: a hotline of two thousand steps in four languages fits twice.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;
const NO_TABS: &str = "use two spaces for each level instead";
const MAX_DEPTH: usize = 32;
const MAX_NODES: usize = 400_000;

/// Something wrong in a file, said so that the one who wrote it can mend it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Problem {
    /// The file, below the flows folder.
    pub file: Arc<str>,
    /// Line, counted from 1.
    pub line: usize,
    /// Column, counted from 1 in characters.
    pub column: usize,
    /// A short fixed name of the kind of problem.
    pub code: &'static str,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub hint: String,
    /// Whether it keeps the flow from answering calls.
    pub severity: Severity,
    /// The fewest keys a caller presses to meet it, one entry for each turn, `-` for silence; `None`
    /// where no keys show it.
    pub keys: Option<Box<[String]>>,
}

/// What a problem does to its flow.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Severity {
    /// The flow answers no calls until it is mended.
    #[default]
    Block,
    /// The flow answers calls; somebody should look at it.
    Warn,
}

impl Severity {
    /// The word programs read.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Block => "block",
            Severity::Warn => "warn",
        }
    }
}

impl Problem {
    /// A problem that blocks.
    pub fn new(
        file: Arc<str>,
        at: At,
        code: &'static str,
        what: impl Into<String>,
        hint: impl Into<String>,
    ) -> Problem {
        let At { line, column } = at;
        let (what, hint) = (what.into(), hint.into());
        Problem { file, line, column, code, what, hint, severity: Severity::Block, keys: None }
    }

    /// Whether it keeps its flow from answering calls.
    pub fn blocks(&self) -> bool {
        self.severity == Severity::Block
    }

    /// Place, what is wrong and its code, in one line.
    pub fn headline(&self) -> String {
        let Problem { file, line, column, code, what, .. } = self;
        let warning = if self.blocks() { "" } else { "warning: " };
        format!("{file}:{line}:{column}: {warning}{what} [{code}]")
    }

    /// The keys that show it, for people: `keys: 2, 1`.
    pub fn shown_by(&self) -> Option<String> {
        let keys = self.keys.as_ref()?;
        Some(if keys.is_empty() { "keys: none".to_owned() } else { format!("keys: {}", keys.join(", ")) })
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.headline())?;
        for line in [Some(self.hint.clone()).filter(|hint| !hint.is_empty()), self.shown_by()].into_iter().flatten() {
            write!(f, "\n    {line}")?;
        }
        Ok(())
    }
}

/// A place in a file: line and column, counted from 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct At {
    /// Line.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
}

/// A value in the file.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it begins.
    pub at: At,
    /// The last line that belongs to it.
    pub last_line: usize,
    /// Behind its last character.
    pub end: At,
    /// What it is.
    pub is: Is,
}

/// What a node is.
#[derive(Clone, Debug)]
pub enum Is {
    /// `key: value` pairs, in order.
    Map(Vec<(Key, Node)>),
    /// `- items`.
    List(Vec<Node>),
    /// A text as it stands; `quoted` when it was in quotes or a block.
    Scalar {
        /// The text.
        text: String,
        /// Whether it was marked as text.
        quoted: bool,
    },
}

/// A key of a map.
#[derive(Clone, Debug)]
pub struct Key {
    /// Where it stands.
    pub at: At,
    /// Its text.
    pub text: String,
}

impl Node {
    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.is {
            Is::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.pairs().iter().find(|(k, _)| k.text == key).map(|(_, node)| node)
    }

    /// The pairs of a map; of anything else none.
    pub fn pairs(&self) -> &[(Key, Node)] {
        match &self.is {
            Is::Map(pairs) => pairs,
            _ => &[],
        }
    }

    /// The items of a list; of anything else none.
    pub fn items(&self) -> &[Node] {
        match &self.is {
            Is::List(items) => items,
            _ => &[],
        }
    }

    /// What it is, in a word an admin knows.
    pub fn noun(&self) -> &'static str {
        match &self.is {
            Is::Map(_) => "a map of `key: value` pairs",
            Is::List(_) => "a list",
            Is::Scalar { text, .. } if text.is_empty() => "nothing",
            Is::Scalar { .. } => "a text",
        }
    }

    /// The same as JSON, for values that are data: demo rows, canned answers.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.is {
            Is::Map(pairs) => pairs.iter().map(|(k, v)| (k.text.clone(), v.to_json())).collect(),
            Is::List(items) => items.iter().map(Node::to_json).collect(),
            Is::Scalar { text, quoted } => match text.as_str() {
                "" | "null" | "~" if !quoted => serde_json::Value::Null,
                "true" | "yes" if !quoted => true.into(),
                "false" | "no" if !quoted => false.into(),
                _ => text.clone().into(),
            },
        }
    }
}

/// Reads one file. The tree is there when nothing is wrong with the YAML itself.
pub fn parse(file: &Arc<str>, text: &str) -> Result<Node, Problem> {
    let problem = |at: At, what: String, hint: &str| Problem::new(file.clone(), at, "yaml", what, hint);
    if text.len() > MAX_BYTES {
        let what = format!("the file has {} bytes; at most {MAX_BYTES} are read", text.len());
        return Err(problem(At { line: 1, column: 1 }, what, "move shared parts to sub-flows in common/"));
    }
    if let Some((line, column)) = leading_tab(text) {
        let what = "a tab is used for indentation".to_owned();
        return Err(problem(At { line, column }, what, NO_TABS));
    }
    if let Some(place) = lone_return(text) {
        let what = "a line ends with a carriage return alone".to_owned();
        return Err(problem(place, what, "end lines as Linux, macOS or Windows do; an editor has a setting for it"));
    }
    let mut builder = Builder { open: Vec::new(), root: None, count: 0 };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|e| {
            let place = at(*e.marker());
            let line = text.lines().nth(place.line.saturating_sub(1)).unwrap_or_default();
            let (what, hint) = broken::in_plain_words(e.info(), line);
            problem(place, what, hint)
        })?;
        builder
            .take(event, at(span.start), (last_line(span.start, span.end), at(span.end)))
            .map_err(|(place, what, hint)| problem(place, what, hint))?;
    }
    builder
        .root
        .ok_or_else(|| problem(At { line: 1, column: 1 }, "the file is empty".into(), "begin with `flow: name`"))
}

type Refusal = (At, String, &'static str);

/// Builds the tree from the parser's events, one open container a level.
struct Builder {
    open: Vec<Open>,
    root: Option<Node>,
    count: usize,
}

struct Open {
    node: Node,
    /// The key whose value comes next, in a map.
    key: Option<Key>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, at: At, (last_line, end): (usize, At)) -> Result<(), Refusal> {
        let plain = "write the values out instead";
        match event {
            Event::Alias(_) => return Err((at, "aliases (`*name`) are not read".into(), plain)),
            Event::Scalar(_, _, anchor, _) | Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _)
                if anchor != 0 =>
            {
                return Err((at, "anchors (`&name`) are not read".into(), plain));
            }
            Event::Scalar(_, _, _, Some(_)) | Event::SequenceStart(_, Some(_)) | Event::MappingStart(_, Some(_)) => {
                return Err((at, "tags (`!name`) are not read".into(), "leave the tag out"));
            }
            Event::DocumentStart(_) if self.root.is_some() => {
                return Err((
                    at,
                    "a second document begins here".into(),
                    "one file holds one flow: leave the `---` out",
                ));
            }
            Event::Scalar(text, style, _, _) => {
                let quoted = style != ScalarStyle::Plain;
                // A block of text ends where the line below it begins to be less far in.
                let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                let below = block && end.line > at.line && end.column < at.column && last_line == end.line;
                let last_line = if below { last_line - 1 } else { last_line };
                self.value(Node { at, last_line, end, is: Is::Scalar { text: text.into_owned(), quoted } })?;
            }
            Event::SequenceStart(..) => self.begin(Node { at, last_line, end, is: Is::List(Vec::new()) })?,
            Event::MappingStart(..) => self.begin(Node { at, last_line, end, is: Is::Map(Vec::new()) })?,
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(mut open) = self.open.pop() {
                    open.node.end = end;
                    self.value(open.node)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self, node: Node) -> Result<(), Refusal> {
        if self.open.len() >= MAX_DEPTH {
            return Err((node.at, format!("nested deeper than {MAX_DEPTH} levels"), "flatten this part"));
        }
        self.open.push(Open { node, key: None });
        Ok(())
    }

    fn value(&mut self, node: Node) -> Result<(), Refusal> {
        self.count += 1;
        if self.count > MAX_NODES {
            return Err((node.at, format!("the file holds more than {MAX_NODES} values"), "split it into sub-flows"));
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.node.last_line = open.node.last_line.max(node.last_line);
        match (&mut open.node.is, open.key.take()) {
            (Is::List(items), _) => items.push(node),
            (Is::Map(pairs), Some(key)) => pairs.push((key, node)),
            (Is::Map(pairs), None) => {
                let Is::Scalar { text, .. } = node.is else {
                    return Err((node.at, "a key must be a plain word".into(), "write `key: value`"));
                };
                if let Some((first, _)) = pairs.iter().find(|(key, _)| key.text == text) {
                    let what = format!("`{text}` stands here a second time; the first is in line {}", first.at.line);
                    return Err((node.at, what, "keep one of the two, or give one another name"));
                }
                open.key = Some(Key { at: node.at, text });
            }
            (Is::Scalar { .. }, _) => {}
        }
        Ok(())
    }
}

fn at(marker: Marker) -> At {
    At { line: marker.line(), column: marker.col() + 1 }
}

/// A span that ends at the first column of a line ends on the line before.
fn last_line(start: Marker, end: Marker) -> usize {
    let line = if end.col() == 0 && end.line() > start.line() { end.line() - 1 } else { end.line() };
    line.max(start.line())
}

/// The first line that is indented with a tab. Outside of quotes and blocks YAML refuses it too, but
/// says so where nobody looks.
fn leading_tab(text: &str) -> Option<(usize, usize)> {
    text.lines().enumerate().find_map(|(i, line)| {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        let tab = line.get(..indent)?.find('\t')?;
        (!line.trim().is_empty()).then_some((i + 1, tab + 1))
    })
}

/// The first carriage return that no line feed follows and that is not the end of the text: YAML takes it for the end
/// of a line, and nobody else does, so that every line behind it would have another number.
fn lone_return(text: &str) -> Option<At> {
    text.split('\n').zip(1..).find_map(|(words, line)| {
        let at = words.strip_suffix('\r').unwrap_or(words).find('\r')?;
        Some(At { line, column: words[..at].chars().count() + 1 })
    })
}
