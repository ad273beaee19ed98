//! What the pages of prompts say, in each language they can be read in.

mod en;
mod ja;
mod zh;

use crate::web::admin::words::pick;
use crate::words::Lang;

macro_rules! words {
    ($($field:ident)*) => {
        /// Everything these pages say. Holes are in braces.
        #[derive(serde::Serialize)]
        pub(super) struct Words { $(pub(super) $field: &'static str,)* }
    };
}

words! {
    title intro hotlines back nothing_taken row column why would would_nothing take taken in_draft review
    out out_intro in_again in_intro file look record language upload sound_hint recorded
    takes takes_more uploaded other_words not_here
    sound_empty sound_large sound_kind sound_damaged sound_coding sound_long sound_short
    malformed has_holes no_step changed published trouble
    why_large why_empty why_coding why_workbook why_form why_cells why_elements why_missing why_language why_unknown why_twice why_source why_markup why_no_holes why_holes
    why_broken why_unseen
}

pub(super) fn of(lang: Lang) -> &'static Words {
    pick(lang, &en::EN, &zh::ZH, &ja::JA)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn a_sentence_has_the_same_holes_in_every_language() {
        let holes = |text: &Value| {
            let text = text.as_str().unwrap();
            let mut holes: Vec<String> =
                text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect();
            holes.sort();
            holes
        };
        let [en, zh, ja] = [Lang::EnUs, Lang::ZhCn, Lang::JaJp].map(|lang| serde_json::to_value(of(lang)).unwrap());
        for (name, text) in en.as_object().unwrap() {
            assert!(holes(text) == holes(&zh[name]) && holes(text) == holes(&ja[name]), "{name}");
        }
    }
}
