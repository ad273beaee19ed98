//! What the pages of calendars say, in each language they can be read in.

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
    title intro calendar used zone through for_agents for_steps unused ended no_next unlisted
    back saved in_draft review before after months week day hours is why weekday
    is_open is_rest is_closed is_adjusted is_other legend closed_all
    listed none_listed remove source source_none
    change_title change_intro date kind kind_closed kind_open hours_hint why_hint save
    list_title list_intro list_year list_source list_save
    wrong_date wrong_why wrong_hours wrong_kind wrong_year changed
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
            let found: std::collections::BTreeSet<String> =
                text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect();
            found
        };
        let [en, zh, ja] = [Lang::EnUs, Lang::ZhCn, Lang::JaJp].map(|lang| serde_json::to_value(of(lang)).unwrap());
        for (name, text) in en.as_object().unwrap() {
            assert!(holes(text) == holes(&zh[name]) && holes(text) == holes(&ja[name]), "{name}");
        }
    }
}
