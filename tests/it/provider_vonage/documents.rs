//! What callers of Vonage hear, as the exact NCCO.

use super::VONAGE;
use crate::support::platforms::{Then, vonage};
use crate::support::turns::{MENU, NEXT, documents, is_heard, render, spoken, voice};
use hotline::call::Voice;
use hotline::call::voice::{Gather, Next, Pace, Record};
use hotline::provider::{Rendering, Voices};
use hotline::words::Lang;
use insta::assert_snapshot;

#[test]
fn what_is_heard_in_every_language_whatever_comes_next() {
    for (name, text) in documents(VONAGE) {
        assert_snapshot!(name, text);
    }
}

#[test]
fn a_wait_longer_than_the_platforms_goes_on_quietly_before_it() {
    let wait = voice(Vec::new(), Next::Gather(Gather { first: 25, barge_in: false, ..MENU }));
    assert_snapshot!("long-wait", render(VONAGE, &wait, &Voices::default()).text.replace("},{", "},\n{"));
    let bye = voice(Vec::new(), Next::HangUp);
    assert_eq!(render(VONAGE, &bye, &Voices::default()).text, "[]", "the end of a document ends the call");
}

#[test]
fn a_configured_voice_is_a_style() {
    let voices = Voices([Some("3 premium".into()), None, Some("Kenji".into()), Some("11".into())]);
    let style = |lang| {
        let bye = voice(vec![spoken(lang, Pace::Normal, "A")], Next::HangUp);
        let document: serde_json::Value = serde_json::from_str(&render(VONAGE, &bye, &voices).text).unwrap();
        (document[0]["style"].as_i64(), document[0]["premium"].as_bool())
    };
    assert_eq!(style(Lang::ZhCn), (Some(3), Some(true)));
    assert_eq!(style(Lang::ZhHk), (Some(0), Some(false)));
    assert_eq!(style(Lang::JaJp), (Some(0), Some(false)), "no number is no style");
    assert_eq!(style(Lang::EnUs), (Some(11), Some(false)));
}

/// The addresses of a document.
fn addresses(next: &Next, address: &str) -> Vec<String> {
    let with = Rendering { next: address, voices: &Voices::default(), audio: "", beside: None, told: None };
    let text = VONAGE.render(&voice(Vec::new(), next.clone()), &with).text;
    let document: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    document.iter().filter_map(|action| Some(action["eventUrl"][0].as_str()?.to_owned())).collect()
}

#[test]
fn marks_in_addresses_take_the_place_of_those_that_are_there() {
    assert_eq!(addresses(&Next::Continue, NEXT), [format!("{NEXT}&behind=last")]);
    let asked = "https://a.example/voice/vonage?flow=main&behind=soon&again=1";
    let expected = "https://a.example/voice/vonage?flow=main&again=1&behind=last";
    assert_eq!(addresses(&Next::Continue, asked), [expected]);
    let record = Next::Record(Record { limit: 1, silence: 1 });
    let asked = addresses(&record, NEXT);
    assert_eq!(asked[0], format!("{NEXT}&silence=3"));
    assert_eq!(asked[1..8], vec![format!("{NEXT}&behind=soon"); 7]);
    assert_eq!(asked[8..], [format!("{NEXT}&behind=last")]);
}

/// What the platform does with a turn in which nothing is said.
fn carried(next: Next) -> Then {
    let document = render(VONAGE, &voice(Vec::new(), next), &Voices::default()).text;
    vonage::call(1, "", 0).carries_out(&document).then
}

#[test]
fn bounds_of_the_platform_are_kept_whatever_is_asked_for() {
    for (most, first) in [(None, 0), (Some(0), 255), (Some(255), 11), (Some(20), 20)] {
        let gather = Gather { most, first, ..MENU };
        let carried = carried(Next::Gather(gather));
        assert!(matches!(carried, Then::Keys(_)) || first == 0, "{most:?} {first}");
    }
    for seconds in [0, 1, 2, 255] {
        assert!(matches!(carried(Next::Later(seconds)), Then::Goes(_)));
    }
}

#[test]
fn however_long_it_is_the_platform_takes_it_and_every_word_is_heard() {
    for words in ["This is one sentence of some length. ", "字", "<", "\r.", "一，", "😀"] {
        for (lang, pace) in [(Lang::EnUs, Pace::Normal), (Lang::JaJp, Pace::Spelled), (Lang::ZhCn, Pace::Option)] {
            let says = vec![spoken(lang, pace, &words.repeat(3000))];
            let voice = Voice { lang, says, slow: true, next: Next::Gather(MENU) };
            assert_eq!(is_heard(VONAGE, &voice), Ok(()));
        }
    }
}
