//! A document of every kind in every language, for the exact text of each dialect.

use hotline::call::Voice;
use hotline::call::voice::{Desk, Gather, Next, Pace, Record, Spoken, Transfer};
use hotline::provider::{Provider, Rendering, Voices};
use hotline::words::{Lang, Phone};

/// Where a document goes on.
pub const NEXT: &str = "https://ivr.example.com/voice/c/0197/3/en-US/mac";
/// Where it is told that a rung phone answers.
pub const TOLD: &str = "https://ivr.example.com/voice/d/0197/1/customer/en-US/mac";

const MENU: Gather = Gather { most: Some(1), hash_ends: false, first: 7, between: 3, barge_in: true, secret: false };

/// A question, its options and a number, in each language.
const WORDS: [(Lang, [&str; 4]); 4] = [
    (Lang::ZhCn, ["请选择服务。", "查询付款，请按一。", "退款，请按二。", "一二三四，五六七八"]),
    (Lang::ZhHk, ["請揀服務。", "查詢付款，請撳一。", "退款，請撳二。", "一二三四，五六七八"]),
    (
        Lang::JaJp,
        ["ご用件をお選びください。", "お支払いの確認は、一を。", "返金は、二を押してください。", "一二三、四五六"],
    ),
    (Lang::EnUs, ["How can we help?", "For payments, press one.", "For refunds, press two.", "one two, three four"]),
];

/// Every kind, by its name: the text in all four languages, a line for each element.
pub fn of(provider: Provider) -> Vec<(&'static str, String)> {
    let pin = Gather { most: None, hash_ends: true, first: 10, between: 3, barge_in: false, secret: true };
    let number = Desk::Number(Phone::parse("+85230000002", None).unwrap());
    let desk = |to| Next::Transfer(Transfer { to, caller_id: "+85230000001".to_owned(), ring: 25 });
    let kinds = [
        ("menu", Next::Gather(MENU)),
        ("secret", Next::Gather(pin)),
        ("continue", Next::Continue),
        ("later", Next::Later(5)),
        ("number", desk(number)),
        ("sip", desk(Desk::Sip("sip:desk@example.com".to_owned()))),
        ("record", Next::Record(Record { limit: 120, silence: 5 })),
        ("hang-up", Next::HangUp),
    ];
    let all = |next: &Next| WORDS.map(|(lang, words)| lines(provider, &voice(lang, words, next.clone()))).join("\n\n");
    kinds.iter().map(|(name, next)| (*name, all(next))).collect()
}

fn voice(lang: Lang, [question, first, second, number]: [&str; 4], next: Next) -> Voice {
    let spoken = |pace, words: &str| Spoken { lang, pace, words: words.into(), audio: None };
    let says = match next {
        Next::Gather(Gather { most: Some(_), .. }) => {
            vec![spoken(Pace::Normal, question), spoken(Pace::Option, first), spoken(Pace::Option, second)]
        }
        _ => vec![spoken(Pace::Normal, question), spoken(Pace::Spelled, number)],
    };
    Voice { lang, says, slow: false, next }
}

/// A document with a line break between two tags, where it has nothing.
pub fn lines(provider: Provider, voice: &Voice) -> String {
    let with = Rendering {
        next: NEXT,
        voices: &Voices::default(),
        audio: "https://ivr.example.com/audio",
        beside: None,
        told: Some(TOLD),
    };
    provider.render(voice, &with).text.replace("><", ">\n<")
}
