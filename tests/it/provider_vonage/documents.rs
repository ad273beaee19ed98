//! What callers of Vonage hear, as the exact NCCO.

use super::VONAGE;
use crate::support::platforms::{Then, vonage};
use crate::support::spoken::{MENU, NEXT, endings, in_every_language, lines, render, render_with, said, spoken};
use hotline::call::Voice;
use hotline::call::voice::{Gather, Next, Pace, Record, Spoken};
use hotline::provider::Voices;
use hotline::words::Lang;
use insta::assert_snapshot;

#[test]
fn every_ending_in_every_language() {
    for (name, next) in endings() {
        assert_snapshot!(name, in_every_language(VONAGE, &next));
    }
}

#[test]
fn a_wait_is_said_before_it_and_cut_short_by_keys() {
    let menu = |says| Voice { lang: Lang::ZhHk, says, slow: false, next: Next::Gather(MENU) };
    let recording = Spoken { audio: Some("fees.wav".into()), ..spoken(Lang::EnUs, Pace::Normal, "Fees.") };
    let mut says: Vec<Spoken> = Lang::ALL.map(|lang| said(lang).pop().unwrap()).into();
    says.push(recording);
    assert_snapshot!("languages", lines(&render(VONAGE, &menu(says)).text));
    assert_snapshot!("nothing", lines(&render(VONAGE, &menu(Vec::new())).text));
    let bye = Voice { next: Next::HangUp, ..menu(Vec::new()) };
    assert_eq!(render(VONAGE, &bye).text, "[]", "the end of a document ends the call");
}

#[test]
fn callers_who_asked_for_more_time_hear_everything_slower_where_the_voice_can() {
    let slow = |lang| Voice { lang, says: said(lang), slow: true, next: Next::HangUp };
    let heard = [Lang::EnUs, Lang::ZhHk].map(|lang| lines(&render(VONAGE, &slow(lang)).text));
    assert_snapshot!("slow", heard.join("\n\n"));
}

#[test]
fn a_configured_voice_is_a_style() {
    let bye = |lang| Voice { lang, says: said(lang), slow: false, next: Next::HangUp };
    let voices = || Voices([Some("3 premium".into()), None, Some("Kenji".into()), Some("11".into())]);
    let style = |lang| {
        let text = render_with(VONAGE, &bye(lang), "", voices()).text;
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        (document[0]["style"].as_i64(), document[0]["premium"].as_bool())
    };
    assert_eq!(style(Lang::ZhCn), (Some(3), Some(true)));
    assert_eq!(style(Lang::ZhHk), (Some(0), Some(false)));
    assert_eq!(style(Lang::JaJp), (Some(0), Some(false)), "no number is no style");
    assert_eq!(style(Lang::EnUs), (Some(11), Some(false)));
}

/// The addresses of a document.
fn addresses(next: &Next, address: &str) -> Vec<String> {
    let voice = Voice { lang: Lang::EnUs, says: Vec::new(), slow: false, next: next.clone() };
    let text = render_with(VONAGE, &voice, address, Voices::default()).text;
    let document: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    document.iter().filter_map(|action| Some(action["eventUrl"][0].as_str()?.to_owned())).collect()
}

#[test]
fn marks_in_addresses_take_the_place_of_those_that_are_there() {
    assert_eq!(addresses(&Next::Continue, NEXT), [format!("{NEXT}?behind=last")]);
    let asked = "https://a.example/voice/vonage?flow=main&behind=soon&again=1";
    let expected = "https://a.example/voice/vonage?flow=main&again=1&behind=last";
    assert_eq!(addresses(&Next::Continue, asked), [expected]);
    let record = Next::Record(Record { limit: 1, silence: 1 });
    let asked = addresses(&record, NEXT);
    assert_eq!(asked[0], format!("{NEXT}?silence=3"));
    assert_eq!(asked[1..8], vec![format!("{NEXT}?behind=soon"); 7]);
    assert_eq!(asked[8..], [format!("{NEXT}?behind=last")]);
}

#[test]
fn bounds_of_the_platform_are_kept_whatever_is_asked_for() {
    for (most, first) in [(None, 0), (Some(0), 255), (Some(255), 11), (Some(20), 20)] {
        let gather = Gather { most, first, ..MENU };
        let voice = Voice { lang: Lang::EnUs, says: Vec::new(), slow: false, next: Next::Gather(gather) };
        let carried = vonage::call(1, "", 0).carries_out(&render(VONAGE, &voice).text);
        assert!(matches!(carried.then, Then::Keys(_)) || first == 0, "{most:?} {first}");
    }
    for seconds in [0, 1, 2, 255] {
        let voice = Voice { lang: Lang::EnUs, says: Vec::new(), slow: false, next: Next::Later(seconds) };
        let carried = vonage::call(1, "", 0).carries_out(&render(VONAGE, &voice).text);
        assert!(matches!(carried.then, Then::Goes(_)));
    }
}

#[test]
fn however_long_it_is_the_platform_takes_it_and_every_word_is_heard() {
    for words in ["This is one sentence of some length. ", "字", "<", "\r.", "一，", "😀"] {
        for (lang, pace) in [(Lang::EnUs, Pace::Normal), (Lang::JaJp, Pace::Spelled), (Lang::ZhCn, Pace::Option)] {
            let says = vec![spoken(lang, pace, &words.repeat(3000))];
            let voice = Voice { lang, says, slow: true, next: Next::Gather(MENU) };
            let carried = vonage::call(1, "", 0).carries_out(&render(VONAGE, &voice).text);
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace() && !"，,".contains(*c)).count();
            assert_eq!(letters(&carried.words), letters(&words.repeat(3000)), "{words}");
        }
    }
}
