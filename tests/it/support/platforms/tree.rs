//! Reads an XML document into a tree the way a strict platform does: an element, attribute or nesting
//! that is not in the platform's table fails the test, and so does text where none belongs.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::collections::BTreeMap;

/// An element of a platform's language: its name, its attributes, what may stand inside it, and whether
/// text may.
pub struct Known {
    pub name: &'static str,
    pub attributes: &'static str,
    pub inside: &'static str,
    pub text: bool,
}

/// One line of a platform's table.
pub const fn known(name: &'static str, attributes: &'static str, inside: &'static str, text: bool) -> Known {
    Known { name, attributes, inside, text }
}

/// An element as it stands in a document.
#[derive(Debug, Default)]
pub struct Node {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    pub inside: Vec<Node>,
    /// All text in it and in what is inside it, in order.
    pub text: String,
}

impl Node {
    /// An attribute, or its default.
    pub fn or<'a>(&'a self, name: &str, default: &'a str) -> &'a str {
        self.attributes.get(name).map_or(default, String::as_str)
    }

    /// An attribute that must be there.
    pub fn must(&self, name: &str) -> String {
        let value = self.attributes.get(name);
        value.unwrap_or_else(|| panic!("<{}> needs `{name}`: {self:?}", self.name)).clone()
    }

    /// A whole number within bounds.
    pub fn number(&self, name: &str, default: u32, bounds: std::ops::RangeInclusive<u32>) -> u32 {
        let number = self.attributes.get(name).map_or(default, |text| text.parse().unwrap());
        assert!(bounds.contains(&number), "{name}=`{number}` of <{}>", self.name);
        number
    }

    /// `true` or `false`.
    pub fn flag(&self, name: &str, default: bool) -> bool {
        match self.attributes.get(name).map(String::as_str) {
            None => default,
            Some("true") => true,
            Some("false") => false,
            Some(other) => panic!("{name}=`{other}` of <{}>", self.name),
        }
    }
}

/// The document's root, every element of it checked against the table.
pub fn read(document: &str, table: &[Known]) -> Node {
    let mut reader = Reader::from_str(document);
    let (mut open, mut root): (Vec<Node>, Option<Node>) = (Vec::new(), None);
    loop {
        let event = reader.read_event().unwrap_or_else(|e| panic!("this is no XML: {e}\n{document}"));
        let (text, closes) = match event {
            Event::Eof => break,
            Event::Decl(_) => {
                assert!(open.is_empty() && root.is_none(), "the declaration comes first");
                continue;
            }
            Event::Start(tag) => {
                open.push(begin(&tag, &open, table));
                continue;
            }
            Event::Empty(tag) => {
                open.push(begin(&tag, &open, table));
                (String::new(), true)
            }
            Event::End(_) => (String::new(), true),
            Event::Text(text) => (text.xml10_content().into_owned(), false),
            Event::GeneralRef(entity) => {
                let character = entity.resolve_char_ref().unwrap().map(String::from);
                let named = quick_xml::escape::resolve_predefined_entity(&entity).map(str::to_owned);
                (character.or(named).unwrap_or_else(|| panic!("&{}; is no entity of XML", &*entity)), false)
            }
            other => panic!("{other:?} has no place in a document"),
        };
        let Some(node) = open.last_mut() else {
            assert!(text.trim().is_empty(), "`{text}` stands outside of the document");
            continue;
        };
        let line = table.iter().find(|line| line.name == node.name).unwrap();
        assert!(line.text || text.trim().is_empty(), "`{text}` stands in <{}>", node.name);
        if line.text {
            node.text.push_str(&text);
        }
        if closes {
            let done = open.pop().unwrap();
            match open.last_mut() {
                Some(around) => {
                    around.text.push_str(&done.text);
                    around.inside.push(done);
                }
                None => assert!(root.replace(done).is_none(), "there is one root"),
            }
        }
    }
    assert!(open.is_empty(), "the document breaks off");
    root.unwrap_or_else(|| panic!("an empty document: {document}"))
}

fn begin(tag: &BytesStart<'_>, open: &[Node], table: &[Known]) -> Node {
    let name = tag.name().as_ref().to_owned();
    let line = table.iter().find(|line| line.name == name).unwrap_or_else(|| panic!("<{name}> is no verb"));
    let has = |list: &str, one: &str| list.split_whitespace().any(|known| known == one);
    if let Some(around) = open.last() {
        let around = table.iter().find(|line| line.name == around.name).unwrap();
        assert!(has(around.inside, &name), "<{name}> has no place in <{}>", around.name);
    } else {
        assert_eq!(name, "Response", "the root");
    }
    let mut attributes = BTreeMap::new();
    for attribute in tag.attributes() {
        let attribute = attribute.unwrap();
        let own = attribute.key.as_ref().to_owned();
        assert!(has(line.attributes, &own), "<{name}> has no attribute `{own}`");
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).unwrap().into_owned();
        attributes.insert(own, value);
    }
    Node { name, attributes, ..Node::default() }
}
