//! What the pages of lines say, in each language they can be read in.

mod en;
mod ja;
mod zh;

use crate::web::admin::words::pick;
use crate::words::Lang;

macro_rules! words {
    ($($field:ident)*) => {
        /// Everything these pages say. Holes are in braces.
        pub(super) struct Words { $(pub(super) $field: &'static str,)* }
    };
}

words! {
    title intro none every_flow new number flow provider voices last_call never
    stands stands_studio out_of_service no_voices settings_title settings_note studio_title
    policy texts_a_day texting_off languages hours numbers_of
    new_title new_intro number_hint first_line add provider_hint provider_off
    bad_number taken_settings taken_studio no_flow no_provider bad_voice changed trouble
    back of_line change save voices_note voice_of remove remove_note removed saved
    setup_title setup_intro choose_provider show step_place step_calls step_calls_file step_end step_end_self
    step_secret step_chosen step_lines method copy copied
    secret_set secret_missing secret_on_restart
    reach_title reach_button reach_good reach_bad reach_hint
    wait_title wait_intro waiting came came_test from_number refused_at look_again
}

pub(super) fn of(lang: Lang) -> &'static Words {
    pick(lang, &en::EN, &zh::ZH, &ja::JA)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_has_the_same_holes_in_every_language() {
        let holes = |text: &str| {
            let mut holes: Vec<String> =
                text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect();
            holes.sort();
            holes
        };
        for pick in [
            |w: &Words| w.provider_off,
            |w| w.bad_number,
            |w| w.taken_settings,
            |w| w.taken_studio,
            |w| w.no_flow,
            |w| w.out_of_service,
            |w| w.texts_a_day,
            |w| w.numbers_of,
            |w| w.of_line,
            |w| w.step_place,
            |w| w.step_calls,
            |w| w.step_calls_file,
            |w| w.step_end,
            |w| w.step_secret,
            |w| w.step_chosen,
            |w| w.secret_set,
            |w| w.secret_missing,
            |w| w.waiting,
            |w| w.refused_at,
            |w| w.from_number,
            |w| w.voice_of,
            |w| w.reach_good,
        ] as [fn(&Words) -> &'static str; 22]
        {
            let [en, zh, ja] = [Lang::EnUs, Lang::ZhCn, Lang::JaJp].map(|lang| holes(pick(of(lang))));
            assert!(en == zh && en == ja && !en.is_empty(), "{}: {zh:?} {ja:?}", pick(of(Lang::EnUs)));
        }
    }
}
