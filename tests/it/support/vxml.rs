//! Reads VoiceXML the way the W3C's recommendations say it is carried out (VoiceXML 2.0 of 2004 with 2.1 of
//! 2007, SRGS 1.0, SSML 1.0): an element, attribute, property or event that is not in their tables
//! fails the test. Written from them, not from what we render.

mod tables;

use super::xml::{self, Element, Node};
use regex::Regex;

/// What a document of one form does.
#[derive(Default)]
pub struct Turn {
    pub kind: Kind,
    /// What is said.
    pub words: String,
    /// The name of the item that is filled.
    pub field: String,
    /// What keys match, as a pattern.
    pattern: String,
    /// The one item, and what stands beside the form.
    item: Element,
    beside: Vec<Element>,
}

/// What the form's item is.
#[derive(Default)]
pub enum Kind {
    /// Only executable content that leaves.
    #[default]
    Leaves,
    /// Keys are waited for.
    Field,
    /// Somebody is rung.
    Transfer { dest: String, ring: u32 },
    /// A message is taken down: the longest, in seconds, and whether the caller hears when to speak.
    Record { longest: u32, beep: bool },
}

/// What a handler comes to.
pub enum Does {
    /// Sends variables somewhere: each by its name, with the expression that is its value where the handler
    /// declares it.
    Submits {
        next: String,
        variables: Vec<(String, Option<String>)>,
        /// As `multipart/form-data`.
        parts: bool,
    },
    /// Ends the call.
    Disconnects,
}

/// Reads a document.
pub fn read(text: &str) -> Turn {
    let root = xml::read(text);
    tables::check(&root, None);
    assert_eq!((root.must("version"), root.must("xmlns")), ("2.1", "http://www.w3.org/2001/vxml"));
    let [form] = root.named("form")[..] else { panic!("one dialog:\n{text}") };
    let items: Vec<&Element> = form.elements().filter(|e| tables::ITEMS.contains(&e.name.as_str())).collect();
    let [item] = items[..] else { panic!("one item:\n{text}") };
    let beside = root.elements().filter(|e| e.name != "form").cloned().collect();
    let words = item.named("prompt").iter().map(|prompt| prompt.text() + " ").collect();
    let field = item.get("name").unwrap_or_default().to_owned();
    let (kind, pattern) = match item.name.as_str() {
        "block" => (Kind::Leaves, String::new()),
        "field" => (Kind::Field, pattern(item.named("grammar")[0])),
        "transfer" => {
            assert_eq!(item.must("type"), "bridge", "only then is told how it ended");
            let ring = item.must("connecttimeout").strip_suffix('s').unwrap().parse().unwrap();
            (Kind::Transfer { dest: item.must("dest").to_owned(), ring }, String::new())
        }
        "record" => {
            assert_eq!(item.must("type"), "audio/x-wav");
            assert_eq!(item.must("dtmfterm"), "true", "no key would end it");
            let longest = item.must("maxtime").strip_suffix('s').unwrap().parse().unwrap();
            (Kind::Record { longest, beep: item.must("beep") == "true" }, String::new())
        }
        other => panic!("<{other}> is not played here"),
    };
    Turn { kind, words, field, pattern, item: item.clone(), beside }
}

impl Turn {
    /// Whether the grammar takes these keys, all of them.
    pub fn takes(&self, keys: &str) -> bool {
        Regex::new(&format!("^(?:{})$", self.pattern)).unwrap().is_match(keys)
    }

    /// After how many keys nothing more is taken.
    pub fn most(&self) -> Option<usize> {
        let most = (1..=64).take_while(|keys| self.takes(&"1".repeat(*keys))).last();
        Some(most.expect("a single key is taken"))
    }

    /// The key after which nothing more is taken.
    pub fn finish(&self) -> Option<char> {
        let ends = self.takes("#") && !self.takes("##") && !self.takes("#1");
        (ends && self.most() != Some(1)).then_some('#')
    }

    /// Whether what was pressed goes anywhere.
    pub fn tells_keys(&self) -> bool {
        match self.does("filled") {
            Does::Submits { variables, .. } => variables.iter().any(|(name, _)| *name == self.field),
            Does::Disconnects => false,
        }
    }

    /// What an event comes to: the handler nearest to the item.
    pub fn does(&self, event: &str) -> Does {
        let handles = |element: &&Element| match element.name.as_str() {
            "catch" => {
                element.must("event").split(' ').any(|own| event == own || event.starts_with(&format!("{own}.")))
            }
            own => own == event,
        };
        let own = self.item.elements().find(handles);
        let handler = own.or_else(|| self.beside.iter().find(handles));
        let handler = handler.unwrap_or_else(|| panic!("nobody handles {event}"));
        let mut declared: Vec<(&str, &str)> = Vec::new();
        for element in handler.elements() {
            match element.name.as_str() {
                "var" => declared.push((element.must("name"), element.must("expr"))),
                "disconnect" => return Does::Disconnects,
                "submit" => {
                    assert_eq!(element.must("method"), "post", "what is typed has no place in a query");
                    let names = element.must("namelist").split(' ');
                    let own = |name: &str| declared.iter().find(|(own, _)| *own == name).map(|(_, e)| (*e).to_owned());
                    let variables = names.map(|name| (name.to_owned(), own(name))).collect();
                    let parts = element.get("enctype") == Some("multipart/form-data");
                    return Does::Submits { next: element.must("next").to_owned(), variables, parts };
                }
                other => panic!("<{other}> is not played here"),
            }
        }
        panic!("{event} is handled by nothing, and the browser would ask again by itself")
    }
}

/// A grammar as a pattern over keys.
fn pattern(grammar: &Element) -> String {
    assert_eq!((grammar.must("mode"), grammar.must("version")), ("dtmf", "1.0"));
    assert_eq!(grammar.must("type"), "application/srgs+xml");
    rule(grammar, grammar.must("root"), 0)
}

fn rule(grammar: &Element, id: &str, deep: usize) -> String {
    assert!(deep < 8, "a rule that holds itself");
    let found = grammar.named("rule").into_iter().find(|rule| rule.must("id") == id);
    sequence(grammar, found.unwrap_or_else(|| panic!("there is no rule {id}")), deep)
}

fn sequence(grammar: &Element, of: &Element, deep: usize) -> String {
    let part = |node: &Node| match node {
        Node::Text(text) => text.split_whitespace().map(regex::escape).collect(),
        Node::Element(element) => expansion(grammar, element, deep),
    };
    of.nodes.iter().map(part).collect()
}

fn expansion(grammar: &Element, element: &Element, deep: usize) -> String {
    match element.name.as_str() {
        "item" => {
            let inside = sequence(grammar, element, deep);
            let Some(repeat) = element.get("repeat") else { return format!("(?:{inside})") };
            let (least, most) = repeat.split_once('-').unwrap_or((repeat, repeat));
            assert!(most.is_empty() || least.parse::<u8>().unwrap() <= most.parse::<u8>().unwrap(), "{repeat}");
            format!("(?:{inside}){{{least},{most}}}")
        }
        "one-of" => {
            let items: Vec<String> = element.elements().map(|item| expansion(grammar, item, deep)).collect();
            assert!(!items.is_empty(), "a choice of nothing");
            format!("(?:{})", items.join("|"))
        }
        "ruleref" => rule(grammar, element.must("uri").strip_prefix('#').expect("a rule of its own"), deep + 1),
        other => panic!("<{other}> has no place in a rule"),
    }
}
