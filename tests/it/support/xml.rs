//! XML as a tree, for those who read documents. Knows nothing of any dialect.

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::collections::BTreeMap;

/// An element.
#[derive(Debug, Default, Clone)]
pub struct Element {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    pub nodes: Vec<Node>,
}

/// What stands in an element.
#[derive(Debug, Clone)]
pub enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    /// The elements in it.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The elements of a name in it.
    pub fn named(&self, name: &str) -> Vec<&Element> {
        self.elements().filter(|element| element.name == name).collect()
    }

    /// Its text, with that of everything in it.
    pub fn text(&self) -> String {
        let of = |node: &Node| match node {
            Node::Element(element) => element.text(),
            Node::Text(text) => text.clone(),
        };
        self.nodes.iter().map(of).collect()
    }

    /// Whether text stands in it itself.
    pub fn has_text(&self) -> bool {
        self.nodes.iter().any(|node| matches!(node, Node::Text(text) if !text.trim().is_empty()))
    }

    /// An attribute it must have.
    pub fn must(&self, name: &str) -> &str {
        self.get(name).unwrap_or_else(|| panic!("<{}> needs `{name}`", self.name))
    }

    /// An attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    fn of(tag: &BytesStart<'_>) -> Element {
        let attributes = tag.attributes().map(|attribute| {
            let attribute = attribute.unwrap();
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).unwrap().into_owned();
            (attribute.key.as_ref().to_owned(), value)
        });
        Element { name: tag.name().as_ref().to_owned(), attributes: attributes.collect(), nodes: Vec::new() }
    }
}

/// The root of a document. Whatever is no well-formed XML fails the test.
pub fn read(text: &str) -> Element {
    let mut reader = Reader::from_str(text);
    // What stands in the document itself is put into a nameless element.
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().unwrap_or_else(|e| panic!("this is no XML: {e}\n{text}")) {
            Event::Eof => break,
            Event::Decl(_) => assert!(open.len() == 1 && open[0].nodes.is_empty(), "the declaration comes first"),
            Event::Start(tag) => open.push(Element::of(&tag)),
            Event::Empty(tag) => add(&mut open, Node::Element(Element::of(&tag))),
            Event::End(_) => {
                let closed = open.pop().unwrap();
                add(&mut open, Node::Element(closed));
            }
            Event::Text(piece) => add(&mut open, Node::Text(piece.to_string())),
            Event::GeneralRef(entity) => add(&mut open, Node::Text(character(&entity))),
            other => panic!("{other:?} has no place here"),
        }
    }
    let [document] = &open[..] else { panic!("the document is not whole:\n{text}") };
    let roots: Vec<&Element> = document.elements().collect();
    assert!(roots.len() == 1 && !document.has_text(), "one root and nothing beside it:\n{text}");
    roots[0].clone()
}

/// What a reference stands for.
pub fn character(entity: &BytesRef<'_>) -> String {
    let named = || match &**entity {
        "amp" => "&".to_owned(),
        "lt" => "<".to_owned(),
        "gt" => ">".to_owned(),
        "quot" => "\"".to_owned(),
        "apos" => "'".to_owned(),
        other => panic!("&{other}; is no entity of XML"),
    };
    entity.resolve_char_ref().unwrap().map_or_else(named, String::from)
}

fn add(open: &mut [Element], node: Node) {
    open.last_mut().expect("the parser pairs tags").nodes.push(node);
}
