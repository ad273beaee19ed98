//! What documents of XML dialects have in common: the frame around their verbs, and verbs that hold
//! nothing or only text. Knows nothing of any verb.

pub use super::speech::Xml;

use super::Document;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io;

/// Names and values of a verb's attributes.
pub type Attributes<'a> = [(&'a str, &'a str)];

/// A document of one `<Response>`.
pub fn response(content_type: &'static str, verbs: impl FnOnce(&mut Xml) -> io::Result<()>) -> Document {
    let mut xml = Writer::new(Vec::with_capacity(2048));
    let written = xml
        .write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))
        .and_then(|()| xml.create_element("Response").write_inner_content(verbs).map(drop));
    // Writing to memory does not fail; if it ever did, no document is what the provider's own
    // fallback address is for.
    let text = written.map(|()| String::from_utf8_lossy(&xml.into_inner()).into_owned());
    Document { content_type, text: text.unwrap_or_default() }
}

/// A verb that holds nothing.
pub fn empty(xml: &mut Xml, verb: &str, attributes: &Attributes) -> io::Result<()> {
    xml.create_element(verb).with_attributes(attributes.iter().copied()).write_empty().map(drop)
}

/// A verb that holds text.
pub fn holding(xml: &mut Xml, verb: &str, attributes: &Attributes, text: &str) -> io::Result<()> {
    let element = xml.create_element(verb).with_attributes(attributes.iter().copied());
    element.write_text_content(BytesText::new(text)).map(drop)
}
