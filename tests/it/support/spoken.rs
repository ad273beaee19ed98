//! Everything a caller may hear of a document, to be looked at in each provider's own words: every way a
//! turn ends, in every language.

use hotline::call::Voice;
use hotline::call::voice::{Desk, Gather, Next, Pace, Record, Spoken, Transfer};
use hotline::provider::{Document, Provider, Rendering, Voices};
use hotline::words::{Lang, Phone};

pub const NEXT: &str = "https://ivr.example.com/voice/twilio/c/0197/3/en-US/mac";
pub const AUDIO: &str = "https://ivr.example.com/audio";
pub const MENU: Gather =
    Gather { most: Some(1), hash_ends: false, first: 5, between: 3, barge_in: true, secret: false };
const PIN: Gather = Gather { most: Some(6), hash_ends: true, first: 30, between: 5, barge_in: false, secret: true };

/// Every way a turn ends, by a name.
pub fn endings() -> Vec<(&'static str, Next)> {
    let desk = Desk::Number(Phone::parse("+85230000009", None).unwrap());
    let transfer = |to| Next::Transfer(Transfer { to, caller_id: "+85230000001".to_owned(), ring: 25 });
    vec![
        ("menu", Next::Gather(MENU)),
        ("secret", Next::Gather(PIN)),
        ("continue", Next::Continue),
        ("later", Next::Later(5)),
        ("transfer", transfer(desk)),
        ("transfer-sip", transfer(Desk::Sip("sip:desk@pbx.example.com;transport=tls".to_owned()))),
        ("record", Next::Record(Record { limit: 60, silence: 4 })),
        ("hang-up", Next::HangUp),
    ]
}

/// One thing said.
pub fn spoken(lang: Lang, pace: Pace, words: &str) -> Spoken {
    Spoken { lang, pace, words: words.to_owned(), audio: None }
}

/// A sentence, something spelled and an option, in one language.
pub fn said(lang: Lang) -> Vec<Spoken> {
    let [sentence, spelled, option] = match lang {
        Lang::ZhCn => ["您的编号是", "一二三四，五六七八", "查询<付款>，请按一。"],
        Lang::ZhHk => ["你嘅編號係", "一二三四，五六七八", "查詢<付款>，請撳一。"],
        Lang::JaJp => ["お客様の番号は", "いちにさんよん、ごろくななはち", "お支払い<確認>は、一を。"],
        Lang::EnUs => ["Your reference is", "one two three four, five six", "For <payments> & refunds, press one."],
    };
    let said = [(Pace::Normal, sentence), (Pace::Spelled, spelled), (Pace::Option, option)];
    said.map(|(pace, words)| spoken(lang, pace, words)).into()
}

/// A document with the dialect's own voices.
pub fn render(provider: Provider, voice: &Voice) -> Document {
    render_with(provider, voice, NEXT, Voices::default())
}

/// A document for an address, with configured voices.
pub fn render_with(provider: Provider, voice: &Voice, next: &str, voices: Voices) -> Document {
    let with = Rendering { next, voices: &voices, audio: AUDIO, beside: None, told: None };
    provider.render(voice, &with)
}

/// The documents of one ending in every language, one below the other; those that are JSON with a line
/// for each thing in it.
pub fn in_every_language(provider: Provider, next: &Next) -> String {
    let document = |lang: Lang| {
        let voice = Voice { lang, says: said(lang), slow: false, next: next.clone() };
        format!("{lang}\n{}", lines(&render(provider, &voice).text))
    };
    Lang::ALL.map(document).join("\n\n")
}

/// A JSON document with one line for each of its objects.
pub fn lines(text: &str) -> String {
    let list: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
    list.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
