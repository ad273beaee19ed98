//! Words as `<Say>` elements.

use crate::call::Voice;
use crate::provider::Rendering;
use crate::provider::speech::{Element, Xml, elements, ssml};
use crate::words::Lang;
use quick_xml::events::BytesText;
use std::io;

/// Most characters an element may hold. Markup is counted in, to be on the safe side.
const LONGEST: usize = 4096;

/// Everything a voice says.
pub fn all(xml: &mut Xml, voice: &Voice, with: &Rendering) -> io::Result<()> {
    for element in elements(voice, LONGEST) {
        match element {
            Element::Audio(file) => {
                let address = format!("{}/{file}", with.audio);
                xml.create_element("Play").write_text_content(BytesText::new(&address))?;
            }
            Element::Words { lang, pieces } => {
                let (own_voice, language) = spoken_by(lang);
                let name = with.voices.0[lang as usize].as_deref().unwrap_or(own_voice);
                let element = xml.create_element("Say").with_attributes([("voice", name), ("language", language)]);
                element.write_inner_content(|xml| ssml(xml, &pieces, voice.slow))?;
            }
        }
    }
    Ok(())
}

/// Voice and language names. Cantonese and Mandarin have names here that are no BCP 47 tags.
fn spoken_by(lang: Lang) -> (&'static str, &'static str) {
    match lang {
        Lang::ZhCn => ("Polly.Zhiyu-Neural", "cmn-CN"),
        Lang::ZhHk => ("Polly.Hiujin-Neural", "yue-HK"),
        Lang::JaJp => ("Polly.Kazuha-Neural", "ja-JP"),
        Lang::EnUs => ("Polly.Joanna-Neural", "en-US"),
    }
}
