//! What callers of jambonz hear, as the exact verbs.

use super::JAMBONZ;
use crate::support::platforms::{Then, jambonz};
use crate::support::spoken::{MENU, endings, in_every_language, lines, render, render_with, said, spoken};
use hotline::call::Voice;
use hotline::call::voice::{Next, Pace, Spoken};
use hotline::provider::Voices;
use hotline::words::Lang;
use insta::assert_snapshot;

#[test]
fn every_ending_in_every_language() {
    for (name, next) in endings() {
        assert_snapshot!(name, in_every_language(JAMBONZ, &next));
    }
}

/// A recording of these words.
fn recorded(words: &str) -> Spoken {
    Spoken { audio: Some("fees.wav".into()), ..spoken(Lang::EnUs, Pace::Normal, words) }
}

#[test]
fn a_wait_holds_all_that_is_said_in_it_so_that_keys_cut_it_short() {
    let menu = |says| Voice { lang: Lang::ZhHk, says, slow: false, next: Next::Gather(MENU) };
    let languages = menu(Lang::ALL.map(|lang| said(lang).pop().unwrap()).into());
    assert_snapshot!("languages", lines(&render(JAMBONZ, &languages).text));
    let mixed = menu(vec![recorded("Fees."), spoken(Lang::EnUs, Pace::Option, "For fees, press one.")]);
    assert_snapshot!("recording-and-words", lines(&render(JAMBONZ, &mixed).text));
    let alone = menu(vec![recorded("Fees.")]);
    assert_snapshot!("recording", lines(&render(JAMBONZ, &alone).text));
    let nothing = menu(Vec::new());
    assert_snapshot!("nothing", lines(&render(JAMBONZ, &nothing).text));
}

#[test]
fn callers_who_asked_for_more_time_hear_everything_slower() {
    let slow = Voice { lang: Lang::EnUs, says: said(Lang::EnUs), slow: true, next: Next::HangUp };
    assert_snapshot!("slow", lines(&render(JAMBONZ, &slow).text));
}

#[test]
fn configured_voices_may_be_of_another_vendor_and_then_are_heard_before_the_wait() {
    let says = [Lang::ZhHk, Lang::EnUs].map(|lang| said(lang).pop().unwrap()).into();
    let menu = Voice { lang: Lang::ZhHk, says, slow: false, next: Next::Gather(MENU) };
    let voices = Voices([None, Some("microsoft/zh-HK-HiuMaanNeural".into()), None, Some("en-US-\"C\"".into())]);
    let next = "https://ivr.example.com/v?a=1&b=\"2\"";
    assert_snapshot!("voices", lines(&render_with(JAMBONZ, &menu, next, voices).text));
}

#[test]
fn however_long_it_is_the_platform_takes_it_and_every_word_is_heard() {
    for words in ["This is one sentence of some length. ", "字", "<", "\r.", "一，", "😀"] {
        for pace in [Pace::Normal, Pace::Spelled, Pace::Option] {
            let says = vec![spoken(Lang::EnUs, pace, &words.repeat(3000))];
            let voice = Voice { lang: Lang::EnUs, says, slow: true, next: Next::Gather(MENU) };
            let mut line = jambonz::call(1, "", 0);
            let carried = line.carries_out(&render(JAMBONZ, &voice).text);
            assert!(matches!(carried.then, Then::Keys(_)));
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace() && !"，,".contains(*c)).count();
            assert_eq!(letters(&carried.words), letters(&words.repeat(3000)), "{words}");
        }
    }
}
