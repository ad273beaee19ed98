//! Markup inside a text, as voices read it: what is not in their documentation fails the test.

use quick_xml::Reader;
use quick_xml::events::Event;

/// The words of a text: markup inside `<speak>`, else the text as it stands. `known` are the elements
/// the platform's voices know beside it, each with the attributes it must have.
pub fn words(text: &str, known: &[(&str, &str)]) -> String {
    if !text.starts_with("<speak>") {
        assert!(!text.contains("</"), "markup stands outside of <speak>: {text}");
        return text.to_owned();
    }
    let (mut reader, mut words, mut open) = (Reader::from_str(text), String::new(), Vec::new());
    loop {
        match reader.read_event().unwrap_or_else(|e| panic!("this is no markup: {e}\n{text}")) {
            Event::Eof => break,
            Event::Start(tag) | Event::Empty(tag) if open.is_empty() && tag.name().as_ref() != "speak" => {
                panic!("something stands outside of <speak>: {text}")
            }
            Event::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                let attributes = attributes(&tag);
                assert!(
                    (name == "speak" && open.is_empty()) || known.contains(&(&name, &attributes)),
                    "<{name} {attributes}> is none these voices know: {text}"
                );
                open.push(name);
            }
            Event::Empty(tag) => {
                let (name, attributes) = (tag.name().as_ref().to_owned(), attributes(&tag));
                assert!(known.contains(&(&name, &attributes)), "<{name} {attributes}/> is none they know: {text}");
            }
            Event::End(_) => drop(open.pop()),
            Event::Text(piece) => {
                assert!(!open.is_empty(), "words stand outside of <speak>: {text}");
                words.push_str(&piece);
            }
            Event::GeneralRef(entity) => {
                words.push_str(&quick_xml::escape::unescape(&format!("&{};", &*entity)).unwrap());
            }
            other => panic!("{other:?} has no place in markup"),
        }
    }
    assert!(open.is_empty(), "the markup is whole: {text}");
    words
}

/// How much of a text is words: what limits without markup count.
pub fn length(text: &str) -> usize {
    let (mut length, mut inside) = (0, false);
    for c in text.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            _ => length += usize::from(!inside),
        }
    }
    length
}

fn attributes(tag: &quick_xml::events::BytesStart<'_>) -> String {
    let names = tag.attributes().map(|attribute| attribute.unwrap().key.as_ref().to_owned());
    names.collect::<Vec<_>>().join(" ")
}
