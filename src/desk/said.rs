//! What agents hear on their own phones, in each language. Knows nothing of when which is said.

use super::leg::Says;
use crate::call::event::DialEnd;
use crate::call::voice::{Gather, Next, Pace, Spoken, Voice};
use crate::flow::speller::{Spelling, spell};
use crate::flow::text::How;
use crate::flow::value::Value;
use crate::store::Person;
use crate::words::{Lang, Reference};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// One key, and time to find it: the phone has to come down from the ear.
const KEY: Gather = Gather { most: Some(1), hash_ends: false, first: 10, between: 3, barge_in: true, secret: false };

/// The words of a language. One struct, so that a language in which some are missing does not compile.
struct Words {
    /// Before the reference, which is spelled.
    callback: &'static str,
    /// After it.
    is: &'static str,
    press: &'static str,
    calling: &'static str,
    not_now: &'static str,
    nothing_pressed: &'static str,
    made: &'static str,
    past: &'static str,
    answered: &'static str,
    busy: &'static str,
    no_answer: &'static str,
    failed: &'static str,
    /// Before somebody is let go whose attempt needs an outcome.
    outcome: &'static str,
    bye: &'static str,
    fault: &'static str,
}

/// By language, in the order of [`Lang::ALL`].
const WORDS: [Words; 4] = [
    Words {
        callback: "回拨任务，编号是",
        is: "。",
        press: "要接通客户，请按一。",
        calling: "正在为您接通客户，请稍候。",
        not_now: "现在不能拨打这位客户的电话，请查看工作台。",
        nothing_pressed: "没有收到按键，这次不会拨打客户。",
        made: "这个电话已经拨打过了。",
        past: "这次拨打已经结束，需要的话请在工作台重新拨打。",
        answered: "客户已挂断。",
        busy: "客户的电话占线。",
        no_answer: "客户没有接听。",
        failed: "客户的电话无法接通。",
        outcome: "请在工作台登记结果。",
        bye: "再见。",
        fault: "抱歉，系统暂时出了问题，请查看工作台。",
    },
    Words {
        callback: "回電個案，編號係",
        is: "。",
        press: "要打畀客人，請撳一。",
        calling: "而家幫你打畀客人，請等等。",
        not_now: "而家唔可以打畀呢位客人，請睇返工作台。",
        nothing_pressed: "收唔到你撳掣，今次唔會打畀客人。",
        made: "呢個電話已經打咗。",
        past: "今次撥打已經完結，有需要請喺工作台再打過。",
        answered: "客人收咗線。",
        busy: "客人部電話講緊。",
        no_answer: "客人冇聽電話。",
        failed: "客人個電話打唔通。",
        outcome: "請喺工作台記低結果。",
        bye: "再見。",
        fault: "唔好意思，系統暫時出咗問題，請睇返工作台。",
    },
    Words {
        callback: "折り返しのご案内です。受付番号は、",
        is: "",
        press: "です。お客様にお電話をおつなぎするには、一を押してください。",
        calling: "お客様を呼び出しています。そのままお待ちください。",
        not_now: "ただいま、このお客様にはお電話できません。デスクの画面をご確認ください。",
        nothing_pressed: "ボタンが押されなかったため、お客様へのお電話は行いません。",
        made: "このお電話は、すでに発信されています。",
        past: "この発信は終了しています。必要な場合は、デスクの画面からかけ直してください。",
        answered: "お客様との通話が終了しました。",
        busy: "お客様は、お話し中です。",
        no_answer: "お客様は、お出になりませんでした。",
        failed: "お客様のお電話につながりませんでした。",
        outcome: "結果をデスクの画面に入力してください。",
        bye: "失礼いたします。",
        fault: "申し訳ございません。ただいまシステムに問題が発生しております。デスクの画面をご確認ください。",
    },
    Words {
        callback: "Callback",
        is: ".",
        press: "To call the customer, press one.",
        calling: "Calling the customer.",
        not_now: "This customer may not be called right now. Please look at your desk.",
        nothing_pressed: "Nothing was pressed, so the customer is not called.",
        made: "This call has been made already.",
        past: "This attempt is over. If you need another one, start it at your desk.",
        answered: "The customer has hung up.",
        busy: "The customer's line is busy.",
        no_answer: "The customer did not answer.",
        failed: "The customer's phone could not be reached.",
        outcome: "Please enter the outcome at your desk.",
        bye: "Goodbye.",
        fault: "Sorry, something is not working right now. Please look at your desk.",
    },
];

/// The language an agent hears on the phone: that of their pages. Pages know one written Chinese;
/// whoever speaks Cantonese with customers and no Mandarin hears Cantonese.
pub(super) fn heard_by(person: &Person) -> Lang {
    let speaks = |lang| person.languages.contains(&lang);
    match person.page_language {
        Some(Lang::ZhCn) if speaks(Lang::ZhHk) && !speaks(Lang::ZhCn) => Lang::ZhHk,
        Some(lang) => lang,
        None => person.languages.first().copied().unwrap_or(Lang::EnUs),
    }
}

/// What is said, and how it goes on. `calling` is how the customer is rung, which only
/// [`Says::Calling`] needs; nobody there needs no words.
pub(super) fn voice(says: Says, lang: Lang, reference: &Reference, calling: Option<Next>) -> Voice {
    let words = words(lang);
    let end = |said: &[&str]| voice_of(lang, said, Next::HangUp);
    match says {
        Says::Ask | Says::AskAgain => {
            let with = Spelling { lang, now: Timestamp::UNIX_EPOCH, zone: &TimeZone::UTC };
            let spelled = spell(&Value::Text(reference.as_str().to_owned()), How::Digits, &with);
            let reference = spelled + words.is;
            let mut voice = voice_of(lang, &[words.callback, words.press], Next::Gather(KEY));
            voice.says.insert(1, Spoken { lang, pace: Pace::Spelled, words: reference, audio: None });
            voice
        }
        Says::Calling => match calling {
            Some(next) => voice_of(lang, &[words.calling], next),
            None => end(&[words.not_now, words.bye]),
        },
        Says::NotNow => end(&[words.not_now, words.bye]),
        Says::NothingPressed => end(&[words.nothing_pressed, words.bye]),
        Says::Made => end(&[words.made, words.bye]),
        Says::Past => end(&[words.past, words.bye]),
        Says::Ended(how) => {
            let told = match how {
                DialEnd::Answered => words.answered,
                DialEnd::Busy => words.busy,
                DialEnd::NoAnswer => words.no_answer,
                DialEnd::Failed => words.failed,
            };
            end(&[told, words.outcome, words.bye])
        }
        Says::Quiet => end(&[]),
    }
}

/// Something of ours failed.
pub(super) fn fault(lang: Lang) -> Voice {
    let words = words(lang);
    voice_of(lang, &[words.fault, words.bye], Next::HangUp)
}

fn words(lang: Lang) -> &'static Words {
    &WORDS[lang as usize]
}

fn voice_of(lang: Lang, said: &[&str], next: Next) -> Voice {
    let spoken = |words: &&str| Spoken { lang, pace: Pace::Normal, words: (*words).to_owned(), audio: None };
    Voice { lang, says: said.iter().map(spoken).collect(), slow: false, next }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::voice::{Desk, Transfer};
    use crate::provider::{Provider, Rendering, Voices};
    use crate::words::{Phone, Role};

    #[test]
    fn agents_hear_each_document_in_their_language() {
        let (to, caller_id) = (Phone::parse("+85261239500", None).unwrap(), "+85230000001".to_owned());
        let calling = Next::Transfer(Transfer { to: Desk::Number(to), caller_id, ring: 25 });
        let all = [
            Says::Ask,
            Says::Calling,
            Says::NotNow,
            Says::NothingPressed,
            Says::Made,
            Says::Past,
            Says::Ended(DialEnd::Answered),
            Says::Ended(DialEnd::Busy),
            Says::Ended(DialEnd::NoAnswer),
            Says::Ended(DialEnd::Failed),
        ];
        for lang in Lang::ALL {
            let voices = all.map(|says| voice(says, lang, &Reference::of(234_567), Some(calling.clone())));
            let fault = fault(lang);
            let told = voices.iter().chain([&fault]).map(|voice| {
                let told = Some("https://hotline.example/told");
                let (next, voices) = ("https://hotline.example/next", Voices::default());
                let with = Rendering { next, voices: &voices, audio: "", beside: None, told };
                Provider::Twilio.render(voice, &with).text.replace("><", ">\n<")
            });
            insta::assert_snapshot!(format!("agent-leg-{lang}"), told.collect::<Vec<_>>().join("\n\n"));
        }
    }

    #[test]
    fn the_phone_speaks_the_language_of_the_pages_and_cantonese_with_who_speaks_only_that() {
        let person = |page_language, languages: &[Lang]| Person {
            name: "mei".to_owned(),
            role: Role::Agent,
            languages: languages.to_vec(),
            skills: Vec::new(),
            phone: None,
            zone: None,
            page_language,
            disabled: false,
        };
        let (cn, hk, ja, en) = (Lang::ZhCn, Lang::ZhHk, Lang::JaJp, Lang::EnUs);
        assert_eq!(heard_by(&person(Some(ja), &[en])), ja);
        assert_eq!(heard_by(&person(Some(cn), &[hk, en])), hk);
        assert_eq!(heard_by(&person(Some(cn), &[hk, cn])), cn);
        assert_eq!(heard_by(&person(Some(cn), &[])), cn);
        assert_eq!(heard_by(&person(None, &[ja, en])), ja);
        assert_eq!(heard_by(&person(None, &[])), en);
    }
}
