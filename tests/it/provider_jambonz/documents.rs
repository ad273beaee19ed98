//! What callers of jambonz hear, as the exact verbs.

use super::JAMBONZ;
use crate::support::turns::{MENU, documents, is_heard, render, spoken};
use hotline::call::Voice;
use hotline::call::voice::{Next, Pace, Spoken};
use hotline::provider::Voices;
use hotline::words::Lang;
use insta::assert_snapshot;

#[test]
fn what_is_heard_in_every_language_whatever_comes_next() {
    for (name, text) in documents(JAMBONZ) {
        assert_snapshot!(name, text);
    }
}

/// The menu of a voice that says these, each thing on its own line.
fn menu(says: Vec<Spoken>, voices: Voices) -> String {
    let voice = Voice { lang: Lang::ZhHk, says, slow: false, next: Next::Gather(MENU) };
    render(JAMBONZ, &voice, &voices).text.replace("},{", "},\n{").replace(",\"<", ",\n\"<")
}

/// One option in each language.
fn option(lang: Lang) -> Spoken {
    spoken(lang, Pace::Option, "A & <B>: 1。")
}

/// A recording of these words.
fn recorded(words: &str) -> Spoken {
    Spoken { audio: Some("fees.wav".into()), ..spoken(Lang::EnUs, Pace::Normal, words) }
}

#[test]
fn a_wait_holds_all_that_is_said_in_it_so_that_keys_cut_it_short() {
    let usual = |says| menu(says, Voices::default());
    assert_snapshot!("languages", usual(Lang::ALL.map(option).into()));
    assert_snapshot!("recording-and-words", usual(vec![recorded("Fees."), option(Lang::EnUs)]));
    assert_snapshot!("recording", usual(vec![recorded("Fees.")]));
    assert_snapshot!("nothing", usual(Vec::new()));
}

#[test]
fn configured_voices_may_be_of_another_vendor_and_then_are_heard_before_the_wait() {
    let voices = Voices([None, Some("microsoft/zh-HK-HiuMaanNeural".into()), None, Some("en-US-\"C\"".into())]);
    assert_snapshot!("voices", menu([Lang::ZhHk, Lang::EnUs].map(option).into(), voices));
}

#[test]
fn however_long_it_is_the_platform_takes_it_and_every_word_is_heard() {
    for words in ["This is one sentence of some length. ", "字", "<", "\r.", "一，", "😀"] {
        for (pace, slow) in [(Pace::Normal, true), (Pace::Spelled, false), (Pace::Option, true)] {
            let says = vec![spoken(Lang::EnUs, pace, &words.repeat(3000)), option(Lang::JaJp)];
            let voice = Voice { lang: Lang::EnUs, says, slow, next: Next::Gather(MENU) };
            assert_eq!(is_heard(JAMBONZ, &voice), Ok(()));
        }
    }
}
