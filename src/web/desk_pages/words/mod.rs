//! The words of the desk, in each language its pages can be read in. One struct, so that a language
//! in which a word is missing does not compile; what flows name freely is in tables, and a name
//! without words of ours is said as it is.

mod collected;
mod en;
mod ja;
mod zh;

use crate::words::Lang;
use serde::Serialize;

/// Names as they are recorded, with what people call them.
pub(in crate::web) type Table = &'static [(&'static str, &'static str)];

macro_rules! words {
    ($(#[$doc:meta])* $name:ident: $($field:ident)*) => {
        $(#[$doc])*
        #[derive(Serialize)]
        pub(in crate::web) struct $name { $(pub(in crate::web) $field: &'static str,)* }
    };
}

/// Everything the pages say in one language.
pub(in crate::web) struct Words {
    /// The tag of the language, for `lang` attributes.
    pub(in crate::web) tag: &'static str,
    pub(in crate::web) frame: Frame,
    pub(in crate::web) list: List,
    pub(in crate::web) card: Card,
    pub(in crate::web) act: Act,
    pub(in crate::web) overview: Overview,
    pub(in crate::web) failure: Failure,
    pub(in crate::web) time: Time,
    pub(in crate::web) script: Script,
    pub(in crate::web) keys: Keys,
    pub(in crate::web) path: Path,
    pub(in crate::web) roles: [&'static str; 3],
    pub(in crate::web) priorities: [&'static str; 4],
    pub(in crate::web) levels: [&'static str; 4],
    /// Of the languages customers speak, in the order of `Lang::ALL`.
    pub(in crate::web) languages: [&'static str; 4],
    pub(in crate::web) weekdays: [&'static str; 7],
    pub(in crate::web) months: [&'static str; 12],
    pub(in crate::web) kinds: Table,
    pub(in crate::web) topics: Table,
    pub(in crate::web) collected: Table,
    /// Values that are words, as `account.state` has them.
    pub(in crate::web) values: Table,
    pub(in crate::web) what: Table,
    pub(in crate::web) who: Table,
    pub(in crate::web) reasons: Table,
    pub(in crate::web) outcomes: Table,
    pub(in crate::web) ways: Table,
    pub(in crate::web) dials: Table,
    /// Why an attempt failed.
    pub(in crate::web) dial_notes: Table,
    pub(in crate::web) endings: Table,
}

words! {
    /// What stands around every page.
    Frame: skip nav list overview me sign_out language more_keys signed_in live off out
}
words! {
    /// The list.
    List: title waiting overdue mine later finished take_next take none_waiting none_mine none_later
        none_finished nothing_next counts filter apply reset any languages skills topic line only_overdue trials
        page earlier_page next_page trial account_number no_number attempts attempt since lease ready
        filtered
}
words! {
    /// The card.
    Card: title back reference customer account number name language skill line level verified collected nothing_collected path not_verified promise due wanted from_to customers_time your_time asked attempts_title
        no_attempts attempt talked play not_here calls no_calls call_on asked_in related earlier history holder_you holder_other holder_none guesses
}
words! {
    /// What can be done.
    Act: title take take_hint put_back put_back_title put_back_why note_label note_save show_number call_bridge bridge_hint
        done done_now ringing hang_up call_hand hand_hint call_trial trial_hint no_phone dial_now how settle outcome_hint later_at later_hint
        outcome_note supervisor assign assign_to raise raise_to close close_why unlock unlock_hint optional
        running finished_hint
}
words! {
    /// What callers press that works everywhere.
    Path: person repeat back slower
}
words! {
    /// What supervisors look at.
    Overview: title now oldest nobody_waits kept missed kept_share working nobody_works since until topics languages people
        filed still_open open_of none_today export sheet json person topic language finished
}
words! {
    /// Why something was not done.
    Failure: title missing no_recording held_by not_held over already_said no_attempt running not_rung not_hung_up no_number not_callable
        not_now not_now_next trial no_trial off no_phone no_line no_such_line contended no_person too_many field store back kept bad_time
        empty no_page
}
words! {
    /// Spans of time and moments. `{n}`, `{h}` and `{d}` are numbers.
    Time: now minutes hours hours_minutes days days_hours ago just left over
}
words! {
    /// What only scripts say.
    Script: one_new many_new urgent_new changed changed_by lost_to given lease_over draft_kept back_again
}
words! {
    /// The overview of keys, and switches.
    Keys: title close next move_ open take filter overview escape outcomes call note on sound badge test_sound hint settings
}

/// The words for a language.
pub(in crate::web) fn of(lang: Lang) -> &'static Words {
    match lang {
        Lang::ZhCn | Lang::ZhHk => &zh::WORDS,
        Lang::JaJp => &ja::WORDS,
        Lang::EnUs => &en::WORDS,
    }
}

/// What people call something; as it is recorded when there are no words for it.
pub(super) fn named(table: Table, name: &str) -> String {
    table.iter().find(|(known, _)| *known == name).map_or_else(|| name.to_owned(), |(_, words)| (*words).to_owned())
}

/// What a request is about, in words.
pub(in crate::web) fn topic_name(lang: Lang, topic: &str) -> String {
    named(of(lang).topics, topic)
}

/// What the languages customers speak are called, by `Lang as usize`.
pub(in crate::web) fn language_names(lang: Lang) -> [&'static str; 4] {
    of(lang).languages
}

/// A sentence with its holes filled.
pub(in crate::web) fn fill(sentence: &str, holes: &[(&str, &str)]) -> String {
    holes.iter().fold(sentence.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_the_same_names_and_holes() {
        let holes = |words: &Words| {
            let parts = [
                serde_json::to_value(&words.frame),
                serde_json::to_value(&words.list),
                serde_json::to_value(&words.card),
                serde_json::to_value(&words.act),
                serde_json::to_value(&words.overview),
                serde_json::to_value(&words.failure),
                serde_json::to_value(&words.time),
                serde_json::to_value(&words.script),
                serde_json::to_value(&words.keys),
                serde_json::to_value(&words.path),
            ];
            let fields = parts.into_iter().map(Result::unwrap).flat_map(|part| part.as_object().unwrap().clone());
            fields.map(|(name, text)| (name, holes_of(text.as_str().unwrap()))).collect::<Vec<_>>()
        };
        let tables = |words: &Words| {
            let all = [
                words.kinds,
                words.topics,
                words.collected,
                words.values,
                words.what,
                words.who,
                words.reasons,
                words.outcomes,
                words.ways,
                words.dials,
                words.dial_notes,
                words.endings,
            ];
            all.map(|table| table.iter().map(|(name, _)| *name).collect::<Vec<_>>())
        };
        for lang in [Lang::ZhCn, Lang::JaJp] {
            assert_eq!(holes(of(lang)), holes(of(Lang::EnUs)), "{lang}");
            assert_eq!(tables(of(lang)), tables(of(Lang::EnUs)), "{lang}");
        }
    }

    fn holes_of(text: &str) -> Vec<String> {
        assert!(!text.is_empty());
        let mut found: Vec<String> =
            text.split('{').skip(1).map(|rest| rest.split_once('}').unwrap().0.to_owned()).collect();
        found.sort();
        found
    }

    #[test]
    fn what_has_no_words_is_said_as_it_is() {
        assert_eq!(named(of(Lang::EnUs).topics, "payment"), "Payment");
        assert_eq!(named(of(Lang::EnUs).topics, "parking"), "parking");
        assert_eq!(fill("{n} of {all}", &[("n", "2"), ("all", "9")]), "2 of 9");
    }
}
