//! What a document can be, for those who look at each dialect's by eye: every way a turn ends, in every
//! language. Knows nothing of any dialect.

use hotline::call::Voice;
use hotline::call::voice::{Desk, Gather, Next, Pace, Record, Spoken, Transfer};
use hotline::provider::{Provider, Rendering, Voices};
use hotline::words::{Lang, Phone};

/// A menu's wait.
pub const MENU: Gather =
    Gather { most: Some(1), hash_ends: false, first: 7, between: 3, barge_in: true, secret: false };

const SAYS: [(Lang, [&str; 3]); 4] = [
    (Lang::ZhCn, ["您的编号是", "一二三四，五六七八", "查询付款，请按一。"]),
    (Lang::ZhHk, ["你嘅編號係", "一二三四，五六七八", "查詢付款，請撳一。"]),
    (Lang::JaJp, ["受付番号は", "一二三四、五六七八", "お支払いの確認は、一を。"]),
    (Lang::EnUs, ["Your reference is", "one two three four, five six seven eight.", "For payments, press one."]),
];

/// Every way a turn ends, by name.
pub fn endings() -> Vec<(&'static str, Next)> {
    let number = |to: &str| Desk::Number(Phone::parse(to, None).unwrap());
    let rings = |to, caller_id: &str| Next::Transfer(Transfer { to, caller_id: caller_id.to_owned(), ring: 25 });
    let pin = Gather { most: Some(6), hash_ends: true, first: 10, barge_in: false, secret: true, ..MENU };
    vec![
        ("menu", Next::Gather(MENU)),
        ("secret", Next::Gather(pin)),
        ("free", Next::Gather(Gather { most: None, hash_ends: true, ..MENU })),
        ("every-key", Next::Gather(Gather { most: Some(4), ..MENU })),
        ("continue", Next::Continue),
        ("later", Next::Later(5)),
        ("transfer", rings(number("+85230000002"), "+85230000001")),
        ("transfer-sip", rings(Desk::Sip("sip:desk@pbx.example.com".to_owned()), "pay@example.com")),
        ("record", Next::Record(Record { limit: 120, silence: 4 })),
        ("hang-up", Next::HangUp),
    ]
}

/// A voice that says something of each pace.
pub fn voice(lang: Lang, next: &Next) -> Voice {
    let (_, says) = SAYS.iter().find(|(own, _)| *own == lang).unwrap();
    let paces = [Pace::Normal, Pace::Spelled, Pace::Option];
    let says = paces.iter().zip(says).map(|(pace, words)| spoken(lang, *pace, words)).collect();
    Voice { lang, says, slow: false, next: next.clone() }
}

/// One thing said.
pub fn spoken(lang: Lang, pace: Pace, words: &str) -> Spoken {
    Spoken { lang, pace, words: words.to_owned(), audio: None }
}

/// The document of a voice.
pub fn document(provider: Provider, voice: &Voice, next: &str, voices: &Voices) -> String {
    let audio = "https://hotline.example/audio";
    provider.render(voice, &Rendering { next, voices, audio, beside: None, told: None }).text
}

/// The documents of a turn's end in all languages, a line for each element.
pub fn in_all_languages(provider: Provider, next: &Next, address: &str) -> String {
    let one = |lang: Lang| document(provider, &voice(lang, next), address, &Voices::default()).replace("><", ">\n<");
    Lang::ALL.map(one).join("\n\n")
}
