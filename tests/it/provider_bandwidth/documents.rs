//! What callers of Bandwidth hear, as the exact BXML.

use crate::support::turns::{MENU, documents, is_heard, render, spoken, voice};
use hotline::call::voice::{Gather, Next, Pace, Spoken};
use hotline::provider::{Provider, Voices};
use hotline::words::Lang;
use insta::assert_snapshot;
use proptest::prelude::*;

#[test]
fn every_kind_of_turn_has_its_document_in_every_language() {
    documents(Provider::Bandwidth).into_iter().for_each(|(name, text)| assert_snapshot!(name, text));
}

#[test]
fn a_configured_voice_takes_the_place_of_the_dialects_own() {
    let voices = Voices([None, None, Some("kenji".into()), None]);
    let said = vec![spoken(Lang::JaJp, Pace::Normal, "失礼いたします。")];
    let text = render(Provider::Bandwidth, &voice(said, Next::HangUp), &voices).text;
    assert!(text.contains(r#"<SpeakSentence voice="kenji">失礼いたします。</SpeakSentence>"#), "{text}");
}

#[test]
fn what_does_not_fit_into_a_wait_is_said_before_it() {
    let recorded =
        |n: usize| Spoken { audio: Some(format!("{n}.wav").into()), ..spoken(Lang::EnUs, Pace::Option, "…") };
    let menu = voice((0..25).map(recorded).collect(), Next::Gather(MENU));
    let text = render(Provider::Bandwidth, &menu, &Voices::default()).text;
    let (before, inside) = text.split_once("<Gather").unwrap();
    assert_eq!((before.matches("<PlayAudio>").count(), inside.matches("<PlayAudio>").count()), (5, 20), "{text}");
    assert!(before.contains("/audio/4.wav") && inside.contains("/audio/5.wav"), "in order: {text}");
}

#[test]
fn waits_keep_within_what_the_provider_takes() {
    let wide = Gather { most: Some(99), first: 200, between: 0, ..MENU };
    let text = render(Provider::Bandwidth, &voice(Vec::new(), Next::Gather(wide)), &Voices::default()).text;
    let wait = r#"maxDigits="50" firstDigitTimeout="60" interDigitTimeout="1""#;
    assert!(text.contains(wait), "{text}");
}

proptest! {
    #[test]
    fn every_document_is_well_formed_and_says_the_words_and_nothing_else(
        says in prop::collection::vec((0..4_usize, 0..3_usize, "[ -~\u{0}-\u{1f}，、。中文ひ😀]{0,40}", 1..60_usize), 0..6),
        slow in any::<bool>(),
        barge_in in any::<bool>(),
    ) {
        let paces = [Pace::Normal, Pace::Spelled, Pace::Option];
        let said = |(lang, pace, words, times): &(usize, usize, String, usize)| {
            spoken(Lang::ALL[*lang], paces[*pace], &words.repeat(*times))
        };
        let mut voice = voice(says.iter().map(said).collect(), Next::Gather(Gather { barge_in, ..MENU }));
        voice.slow = slow;
        prop_assert_eq!(is_heard(Provider::Bandwidth, &voice), Ok(()));
    }
}
