//! What all documents of VoiceXML have in common: their frame, their elements, and how they tell something.
//! Knows nothing of what is told.

use super::{CONTENT_TYPE, HAPPENED};
use crate::provider::Document;
use crate::provider::speech::Xml;
use crate::words::Lang;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, Event};
use std::io;

/// Names and values.
pub type Attributes<'a> = [(&'a str, &'a str)];

/// A document.
pub fn document(lang: Lang, content: impl FnOnce(&mut Xml) -> io::Result<()>) -> Document {
    let mut xml = Writer::new(Vec::with_capacity(4096));
    let attributes = [("version", "2.1"), ("xmlns", "http://www.w3.org/2001/vxml"), ("xml:lang", lang.tag())];
    let written = xml
        .write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))
        .and_then(|()| holds(&mut xml, "vxml", &attributes, content));
    // Writing to memory does not fail; if it ever did, no document is what the browser's own error
    // handling is for.
    let text = written.map(|()| String::from_utf8_lossy(&xml.into_inner()).into_owned());
    Document { content_type: CONTENT_TYPE, text: text.unwrap_or_default() }
}

/// The one dialog of a document.
pub fn form(xml: &mut Xml, content: impl FnOnce(&mut Xml) -> io::Result<()>) -> io::Result<()> {
    holds(xml, "form", &[("id", "turn")], content)
}

/// An element with others in it.
pub fn holds(
    xml: &mut Xml,
    name: &str,
    attributes: &Attributes,
    content: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    xml.create_element(name).with_attributes(attributes.iter().copied()).write_inner_content(content).map(drop)
}

/// An element with nothing in it.
pub fn empty(xml: &mut Xml, name: &str, attributes: &Attributes) -> io::Result<()> {
    xml.create_element(name).with_attributes(attributes.iter().copied()).write_empty().map(drop)
}

/// A property of the document.
pub fn property(xml: &mut Xml, name: &str, value: &str) -> io::Result<()> {
    empty(xml, "property", &[("name", name), ("value", value)])
}

/// Sends variables to an address and goes on with what that answers.
pub fn submit(xml: &mut Xml, next: &str, variables: &str) -> io::Result<()> {
    empty(xml, "submit", &[("next", next), ("method", "post"), ("namelist", variables)])
}

/// The same as parts of a `multipart/form-data`: the only way sound goes.
pub fn upload(xml: &mut Xml, next: &str, variables: &str) -> io::Result<()> {
    let parts = ("enctype", "multipart/form-data");
    empty(xml, "submit", &[("next", next), ("method", "post"), parts, ("namelist", variables)])
}

/// Tells what happened. Named in so many words, because without names every field goes along, and one that
/// was never filled is written differently by everyone.
pub fn tell(xml: &mut Xml, next: &str, what: &str) -> io::Result<()> {
    empty(xml, "var", &[("name", HAPPENED), ("expr", &format!("'{what}'"))])?;
    submit(xml, next, HAPPENED)
}
