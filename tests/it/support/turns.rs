//! Turns of every kind in every language, for looking at what a dialect makes of them.

use super::platforms::platform;
use hotline::call::Voice;
use hotline::call::voice::{Desk, Gather, Next, Pace, Record, Spoken, Transfer};
use hotline::provider::{Document, Provider, Rendering, Voices};
use hotline::words::{Lang, Phone};

/// The address of what comes next.
pub const NEXT: &str = "https://ivr.example.com/voice/p/c/0197/3/en-US/mac?a=1&b=2";
const TOLD: &str = "https://ivr.example.com/voice/p/d/0197/1/customer/en-US/mac";
const AUDIO: &str = "https://ivr.example.com/audio";

/// A menu's wait.
pub const MENU: Gather =
    Gather { most: Some(1), hash_ends: false, first: 7, between: 3, barge_in: true, secret: false };
/// A secret's.
const PIN: Gather = Gather { most: Some(6), hash_ends: true, first: 10, between: 4, barge_in: false, secret: true };
/// One for as many keys as somebody likes.
const OPEN: Gather = Gather { most: None, hash_ends: true, first: 8, between: 5, barge_in: true, secret: false };

/// Something said.
pub fn spoken(lang: Lang, pace: Pace, words: &str) -> Spoken {
    Spoken { lang, pace, words: words.to_owned(), audio: None }
}

/// A turn in English that only ends.
pub fn voice(says: Vec<Spoken>, next: Next) -> Voice {
    Voice { lang: Lang::EnUs, says, slow: false, next }
}

/// A voice as a provider's document, with voices of its own or the usual ones.
pub fn render(provider: Provider, voice: &Voice, voices: &Voices) -> Document {
    let told = matches!(voice.next, Next::Transfer(_)).then_some(TOLD);
    provider.render(voice, &Rendering { next: NEXT, voices, audio: AUDIO, beside: None, told })
}

/// What is asked, what is spelled, and an option of a menu.
fn words(lang: Lang) -> [&'static str; 3] {
    match lang {
        Lang::ZhCn => ["您的编号是", "一二三四，五六七八", "查询付款，请按一。"],
        Lang::ZhHk => ["你嘅編號係", "一二三四，五六七八", "查詢付款，請撳一。"],
        Lang::JaJp => ["お客様の番号は", "一二三四、五六七八", "お支払いの確認は、一を。"],
        Lang::EnUs => ["Your reference is", "one two three four, five six.", "For <payments> & more, press one."],
    }
}

fn nexts() -> Vec<(&'static str, Next)> {
    let number = Phone::parse("+85261239500", None).unwrap();
    let transfer = |to| Next::Transfer(Transfer { to, caller_id: "+85230000001".to_owned(), ring: 25 });
    vec![
        ("menu", Next::Gather(MENU)),
        ("secret", Next::Gather(PIN)),
        ("open", Next::Gather(OPEN)),
        ("continue", Next::Continue),
        ("later", Next::Later(3)),
        ("number", transfer(Desk::Number(number))),
        ("sip", transfer(Desk::Sip("sip:desk@pbx.example.com".to_owned()))),
        ("record", Next::Record(Record { limit: 90, silence: 4 })),
        ("hang-up", Next::HangUp),
    ]
}

/// Every kind of turn, by its name: its documents in the four languages below each other, each of them
/// read by the provider's platform before.
pub fn documents(provider: Provider) -> Vec<(&'static str, String)> {
    let of = |next: &Next, lang: Lang| {
        let [asked, spelled, option] = words(lang);
        let paces = [(Pace::Normal, asked), (Pace::Spelled, spelled), (Pace::Option, option)];
        let mut says: Vec<Spoken> = paces.iter().map(|(pace, words)| spoken(lang, *pace, words)).collect();
        says.push(Spoken { audio: Some("0a1b2c3d.wav".into()), ..spoken(lang, Pace::Normal, "…") });
        let voice = Voice { lang, says, slow: lang == Lang::JaJp, next: next.clone() };
        let text = render(provider, &voice, &Voices::default()).text;
        let (_, new) = platform(provider);
        new(0, "", 0).carries_out(&text);
        format!("{lang}\n{}", text.replace("><", ">\n<").replace("},{", "},\n{"))
    };
    let of_all = |next: &Next| Lang::ALL.map(|lang| of(next, lang)).join("\n\n");
    nexts().into_iter().map(|(name, next)| (name, of_all(&next))).collect()
}

/// Whether the platform hears all the words of a voice and nothing else; punctuation and spaces are how
/// a dialect writes pauses.
pub fn is_heard(provider: Provider, voice: &Voice) -> Result<(), String> {
    let (_, new) = platform(provider);
    let heard = new(0, "", 0).carries_out(&render(provider, voice, &Voices::default()).text).words;
    let letters = |text: &str| -> String {
        text.chars().filter(|c| !c.is_whitespace() && !c.is_control() && !",，、".contains(*c)).collect()
    };
    let said: String = voice.says.iter().map(|said| letters(&said.words)).collect();
    let heard = letters(&heard);
    if heard == said { Ok(()) } else { Err(format!("said: {said}\nheard: {heard}")) }
}
