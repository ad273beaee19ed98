//! What callers of Plivo hear, as the exact Plivo XML.

use crate::support::turns::{MENU, documents, is_heard, render, spoken, voice};
use hotline::call::voice::{Next, Pace};
use hotline::provider::{Provider, Voices};
use hotline::words::Lang;
use insta::assert_snapshot;
use proptest::prelude::*;

#[test]
fn every_kind_of_turn_has_its_document_in_every_language() {
    documents(Provider::Plivo).into_iter().for_each(|(name, text)| assert_snapshot!(name, text));
}

#[test]
fn a_configured_voice_takes_the_place_of_the_dialects_own_and_a_plain_one_gets_no_markup() {
    let said = vec![spoken(Lang::EnUs, Pace::Spelled, "one, two"), spoken(Lang::ZhHk, Pace::Spelled, "一，二")];
    let voices = Voices([None, Some("Polly.Hiujin-Neural".into()), None, Some("WOMAN".into())]);
    let text = render(Provider::Plivo, &voice(said, Next::HangUp), &voices).text;
    assert!(text.contains(r#"<Speak voice="WOMAN" language="en-US" loop="1">one, two</Speak>"#), "{text}");
    assert!(text.contains(r#"<Speak voice="Polly.Hiujin-Neural" loop="1"><prosody rate="slow">一<break"#), "{text}");
}

#[test]
fn marks_are_escaped_and_control_characters_are_dropped() {
    let said = vec![spoken(Lang::EnUs, Pace::Normal, "A<B>&\"C\"\u{0}\u{b}\u{1f}\u{fffe} 'D'")];
    let text = render(Provider::Plivo, &voice(said, Next::Gather(MENU)), &Voices::default()).text;
    assert!(text.contains("A&lt;B&gt;&amp;"), "{text}");
    assert!(text.contains("mac?a=1&amp;b=2\""), "{text}");
}

proptest! {
    #[test]
    fn every_document_is_well_formed_and_says_the_words_and_nothing_else(
        says in prop::collection::vec((0..4_usize, 0..3_usize, "[ -~\u{0}-\u{1f}，、。中文ひ😀]{0,40}", 1..150_usize), 0..6),
        slow in any::<bool>(),
        barge_in in any::<bool>(),
    ) {
        let paces = [Pace::Normal, Pace::Spelled, Pace::Option];
        let says = says.iter().map(|(lang, pace, words, times)| spoken(Lang::ALL[*lang], paces[*pace], &words.repeat(*times)));
        let mut voice = voice(says.collect(), Next::Gather(hotline::call::voice::Gather { barge_in, ..MENU }));
        voice.slow = slow;
        prop_assert_eq!(is_heard(Provider::Plivo, &voice), Ok(()));
    }
}
