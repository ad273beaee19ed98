//! What callers of Twilio hear, as the exact TwiML.

use hotline::call::Voice;
use hotline::call::voice::{Gather, Next, Pace, Spoken};
use hotline::provider::{Document, Provider, Rendering, Voices};
use hotline::words::Lang;
use insta::assert_snapshot;
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;

const NEXT: &str = "https://ivr.example.com/voice/twilio/c/0197/3/en-US/mac";
const MENU: Gather = Gather { most: Some(1), hash_ends: false, first: 7, between: 3, barge_in: true, secret: false };

fn spoken(lang: Lang, pace: Pace, words: &str) -> Spoken {
    Spoken { lang, pace, words: words.into(), audio: None }
}

fn voice(lang: Lang, says: &[(Pace, &str)], next: Next) -> Voice {
    Voice { lang, says: says.iter().map(|(pace, words)| spoken(lang, *pace, words)).collect(), slow: false, next }
}

fn render(voice: &Voice) -> Document {
    Provider::Twilio.render(
        voice,
        &Rendering {
            next: NEXT,
            voices: &Voices::default(),
            audio: "https://hotline.example/audio",
            beside: None,
            told: None,
        },
    )
}

/// The document with a line break between two tags, where it has nothing.
fn lines(voice: &Voice) -> String {
    render(voice).text.replace("><", ">\n<")
}

#[test]
fn a_menu_is_said_inside_its_wait_in_every_language() {
    let menus: [(Lang, [&str; 3]); 4] = [
        (Lang::ZhCn, ["请选择服务。", "查询付款，请按一。", "退款，请按二。"]),
        (Lang::ZhHk, ["請揀服務。", "查詢付款，請撳一。", "退款，請撳二。"]),
        (Lang::JaJp, ["ご用件をお選びください。", "お支払いの確認は、一を。", "返金は、二を押してください。"]),
        (Lang::EnUs, ["How can we help?", "For payments, press one.", "For refunds, press two."]),
    ];
    for (lang, [question, first, second]) in menus {
        let says = [(Pace::Normal, question), (Pace::Option, first), (Pace::Option, second)];
        assert_snapshot!(format!("menu-{lang}"), lines(&voice(lang, &says, Next::Gather(MENU))));
    }
}

#[test]
fn spelled_digits_are_said_slowly_with_a_pause_between_groups() {
    let chinese = [(Pace::Normal, "您的编号是"), (Pace::Spelled, "一二三四，五六七八"), (Pace::Normal, "请记下。")];
    assert_snapshot!("spelled-zh-CN", lines(&voice(Lang::ZhCn, &chinese, Next::Continue)));
    let english = [(Pace::Normal, "Your reference is"), (Pace::Spelled, "one two three four, five six seven eight.")];
    assert_snapshot!("spelled-en-US", lines(&voice(Lang::EnUs, &english, Next::Continue)));
}

#[test]
fn each_option_of_the_language_menu_is_said_in_its_own_language() {
    let mut menu = voice(Lang::ZhHk, &[], Next::Gather(MENU));
    menu.says = vec![
        spoken(Lang::ZhHk, Pace::Option, "廣東話請撳一。"),
        spoken(Lang::ZhCn, Pace::Option, "普通话请按二。"),
        spoken(Lang::EnUs, Pace::Option, "For English, press three."),
        spoken(Lang::EnUs, Pace::Normal, "Thank you."),
        spoken(Lang::JaJp, Pace::Option, "日本語は四を押してください。"),
    ];
    assert_snapshot!("languages", lines(&menu));
}

#[test]
fn callers_who_asked_for_more_time_hear_everything_slower() {
    let says =
        [(Pace::Normal, "Your reference is"), (Pace::Spelled, "one two, three four"), (Pace::Option, "Press one.")];
    let slow = Voice { slow: true, ..voice(Lang::EnUs, &says, Next::Gather(Gather { first: 14, ..MENU })) };
    assert_snapshot!("slow", lines(&slow));
}

#[test]
fn a_secret_is_asked_for_with_a_terminator_and_without_barge_in_where_the_flow_says_so() {
    let pin = Gather { most: Some(6), hash_ends: true, first: 10, between: 3, barge_in: false, secret: true };
    let ask = voice(Lang::EnUs, &[(Pace::Normal, "Enter your PIN, then press hash.")], Next::Gather(pin));
    assert_snapshot!("secret", lines(&ask));
}

#[test]
fn a_wait_in_which_nothing_is_said_has_just_its_timers() {
    let free = Gather { most: None, hash_ends: true, ..MENU };
    for says in [[].as_slice(), &[(Pace::Normal, "\u{7} "), (Pace::Spelled, "")]] {
        assert_snapshot!("timers", lines(&voice(Lang::EnUs, says, Next::Gather(free))));
    }
}

#[test]
fn a_turn_that_awaits_an_answer_comes_back_and_the_last_one_hangs_up() {
    let wait = [(Pace::Normal, "One moment please.")];
    assert_snapshot!("continue", lines(&voice(Lang::EnUs, &wait, Next::Continue)));
    let bye = [(Pace::Normal, "ご利用ありがとうございました。")];
    assert_snapshot!("hang-up", lines(&voice(Lang::JaJp, &bye, Next::HangUp)));
    assert_eq!(render(&voice(Lang::JaJp, &bye, Next::HangUp)).content_type, "text/xml");
}

#[test]
fn marks_are_escaped_and_control_characters_are_dropped() {
    let says = [(Pace::Normal, "A<B>&\"C\"\u{0}\u{b}\u{1f}\u{fffe} 'D'"), (Pace::Spelled, "<a>, &b;")];
    let next = "https://ivr.example.com/v?a=1&b=\"<2>\"";
    let voices = Voices([None, None, None, Some("A \"voice\" & more".into())]);
    let voice = voice(Lang::EnUs, &says, Next::Gather(MENU));
    let text = Provider::Twilio
        .render(
            &voice,
            &Rendering { next, voices: &voices, audio: "https://hotline.example/audio", beside: None, told: None },
        )
        .text;
    assert_snapshot!("escapes", text.replace("><", ">\n<"));
    assert_eq!(read(&text).unwrap().heard, "A<B>&\"C\" 'D' <a> &b;");
}

#[test]
fn a_configured_voice_takes_the_place_of_the_dialects_own_and_keeps_the_language() {
    let voices = Voices([None, Some("Google.yue-HK-Standard-A".into()), None, None]);
    let bye = voice(Lang::ZhHk, &[(Pace::Normal, "拜拜。")], Next::HangUp);
    let text = Provider::Twilio
        .render(
            &bye,
            &Rendering {
                next: NEXT,
                voices: &voices,
                audio: "https://hotline.example/audio",
                beside: None,
                told: None,
            },
        )
        .text;
    assert!(text.contains(r#"<Say voice="Google.yue-HK-Standard-A" language="yue-HK">拜拜。</Say>"#), "{text}");
}

#[test]
fn long_words_are_cut_between_sentences() {
    let sentence = "This is one sentence of some length. ";
    let read = read_out(Pace::Normal, &sentence.repeat(300));
    assert_eq!(read.heard, sentence.repeat(300).trim_end());
    assert_eq!(read.says.len(), 3);
    assert!(read.says.iter().all(|say| say.trim_end().ends_with("length.")), "{:?}", read.says);
}

#[test]
fn no_element_is_longer_than_it_may_be_whatever_its_markup_takes() {
    for (pace, words) in [(Pace::Option, "字"), (Pace::Normal, "<"), (Pace::Normal, "\r."), (Pace::Spelled, "一，")]
    {
        let read = read_out(pace, &words.repeat(9000));
        assert!(read.says.len() > 2, "{words}");
        assert!(read.lengths.iter().all(|length| *length <= 4096), "{words}: {:?}", read.lengths);
    }
    assert_eq!(read_out(Pace::Normal, &"字".repeat(9000)).says.concat(), "字".repeat(9000));
}

fn read_out(pace: Pace, words: &str) -> Read {
    read(&render(&voice(Lang::EnUs, &[(pace, words)], Next::HangUp)).text).unwrap()
}

/// What a document says, as its receiver reads it.
struct Read {
    /// The words of each element, as they are.
    says: Vec<String>,
    /// The length of each element's content in the document.
    lengths: Vec<usize>,
    /// All words, each run of white space as one space.
    heard: String,
}

fn read(text: &str) -> Result<Read, quick_xml::Error> {
    let (mut reader, mut says, mut lengths) = (Reader::from_str(text), Vec::<String>::new(), Vec::new());
    let (mut inside, mut start, mut end) = (false, 0, 0);
    loop {
        match reader.read_event()? {
            Event::Start(tag) if tag.name().as_ref() == "Say" => {
                (inside, start) = (true, reader.buffer_position());
                says.push(String::new());
            }
            Event::End(tag) if tag.name().as_ref() == "Say" => {
                inside = false;
                lengths.push(text[start as usize..end as usize].chars().count());
            }
            Event::Text(words) if inside => says.last_mut().unwrap().push_str(&words.into_inner()),
            Event::GeneralRef(name) if inside => {
                says.last_mut().unwrap().push_str(&quick_xml::escape::unescape(&format!("&{};", &*name))?);
            }
            Event::Eof => break,
            _ => {}
        }
        end = reader.buffer_position();
    }
    let heard = says.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(Read { says, lengths, heard })
}

proptest! {
    #[test]
    fn every_document_is_well_formed_and_says_the_words_and_nothing_else(
        says in prop::collection::vec((0..4_usize, 0..3_usize, "[ -~\u{0}-\u{1f}，、。中文ひ😀]{0,40}", 1..200_usize), 0..6),
        slow in any::<bool>(),
    ) {
        let paces = [Pace::Normal, Pace::Spelled, Pace::Option];
        let says: Vec<Spoken> = says
            .iter()
            .map(|(lang, pace, words, times)| spoken(Lang::ALL[*lang], paces[*pace], &words.repeat(*times)))
            .collect();
        let voice = Voice { lang: Lang::EnUs, says: says.clone(), slow, next: Next::Gather(MENU) };
        let read = read(&render(&voice).text).unwrap();
        let letters = |text: &str| -> String {
            text.chars().filter(|c| !c.is_whitespace() && !c.is_control() && !",，、".contains(*c)).collect()
        };
        let expected: String = says.iter().map(|said| letters(&said.words)).collect();
        prop_assert_eq!(letters(&read.heard), expected);
        prop_assert!(read.lengths.iter().all(|length| *length <= 4096), "{:?}", read.lengths);
    }
}
