//! Words as `<Say>` elements.

use super::Tongue;
use crate::call::Voice;
use crate::provider::Rendering;
use crate::provider::speech::{Element, elements, plain, ssml};
use crate::provider::xml::{Xml, holding};
use quick_xml::events::{BytesText, Event};
use std::io;

/// Everything a voice says.
pub fn all(xml: &mut Xml, voice: &Voice, with: &Rendering, own: &Tongue) -> io::Result<()> {
    for element in elements(voice, own.longest) {
        match element {
            Element::Audio(file) => holding(xml, "Play", &[], &format!("{}/{file}", with.audio))?,
            Element::Words { lang, pieces } => {
                let (own_voice, language) = (own.spoken_by)(lang);
                let name = with.voices.0[lang as usize].as_deref().unwrap_or(own_voice);
                let element = xml.create_element("Say").with_attribute(("voice", name));
                let element = element.with_attributes(language.map(|language| ("language", language)));
                element.write_inner_content(|xml| match own.ssml {
                    true => ssml(xml, &pieces, voice.slow),
                    false => xml.write_event(Event::Text(BytesText::new(&plain(&pieces)))),
                })?;
            }
        }
    }
    Ok(())
}
