//! How long words take to say, estimated: rates a language, holes at their longest. Counted in
//! thousandths of a second, so that sums are exact and the same everywhere.

use super::names::Variables;
use super::types::infer;
use crate::flow::expr::Expr;
use crate::flow::model::{Flow, Kind, MenuOption, OptionForm};
use crate::flow::speller::{Spelling, key_name, spell};
use crate::flow::text::{How, Say, Texts};
use crate::flow::value::{Type, Typing, Value, Window};
use crate::words::{Currency, Lang, Money, Phone, Reference};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::HashMap;

/// Thousandths of a second.
pub type Millis = u64;

/// A Chinese character.
const ZH: Millis = 250;
/// A Japanese mora: a kana, or half a kanji.
const MORA: Millis = 143;
/// An English word; in other languages a word in Latin letters takes as long.
const WORD: Millis = 400;
/// The longest name, merchant or other text that is spoken as it stands.
const LONG_NAMES: [&str; 4] = [
    "星河网络游戏有限公司北京",
    "星河網絡遊戲有限公司香港",
    "株式会社星河ネットワーク",
    "Galaxy River Network Games Limited",
];
/// The longest digits typed or found, where nothing says how many there are.
const LONG_DIGITS: usize = 20;

/// A moment that takes long to say, 28 November 2027 at 11:58, and two to say it at.
const LONGEST_MOMENT: Timestamp = Timestamp::constant(1_827_489_480, 0);
const SHORTLY_BEFORE: Timestamp = Timestamp::constant(1_827_000_000, 0);
const LONG_AGO: Timestamp = Timestamp::constant(1_735_689_600, 0);

/// How long the words of a flow take.
pub struct Seconds<'f> {
    flow: &'f Flow,
    variables: &'f Variables,
    /// By block: how many digits an `ask` takes, by variable.
    asked: Vec<HashMap<&'f str, usize>>,
}

impl<'f> Seconds<'f> {
    /// For a flow and what its variables hold.
    pub fn new(flow: &'f Flow, variables: &'f Variables) -> Seconds<'f> {
        let digits = |kind: &'f Kind| match kind {
            Kind::Ask { into, typing: Typing::Digits { to, .. }, .. } => Some((into.as_str(), usize::from(*to))),
            _ => None,
        };
        let asked = flow.blocks.iter().map(|b| b.steps.iter().filter_map(|s| digits(&s.kind)).collect()).collect();
        Seconds { flow, variables, asked }
    }

    /// A text of a block.
    pub fn text(&self, block: usize, texts: &Texts, lang: Lang) -> Millis {
        let Some(text) = texts.get(lang) else { return 0 };
        let said = text.iter().map(|say| match say {
            Say::Words(words) => words_take(words, lang),
            Say::Hole(expr, how) => self.hole(block, expr, *how, lang),
        });
        said.sum()
    }

    /// One of the core's phrases, its holes not counted.
    pub fn phrase(&self, name: &str, lang: Lang) -> Millis {
        let text = self.flow.phrases.0.get(name).and_then(|texts| texts.get(lang));
        let words = |say: &Say| if let Say::Words(words) = say { words_take(words, lang) } else { 0 };
        text.map_or(0, |text| text.iter().map(words).sum())
    }

    /// An option as the menu says it.
    pub fn option(&self, block: usize, option: &MenuOption, lang: Lang) -> Millis {
        let frame = match option.says {
            OptionForm::For => "menu.for",
            OptionForm::To => "menu.to",
        };
        self.phrase(frame, lang) + self.text(block, &option.label, lang) + words_take(key_name(option.key, lang), lang)
    }

    /// What a step says before it waits or goes on; nothing of what the world adds.
    pub fn step(&self, block: usize, kind: &Kind, lang: Lang) -> Millis {
        match kind {
            Kind::Say { texts, .. } | Kind::HangUp { texts } => self.text(block, texts, lang),
            Kind::Menu { prompt, options, .. } => {
                let options: Millis = options.iter().map(|option| self.option(block, option, lang)).sum();
                prompt.as_ref().map_or(0, |prompt| self.text(block, prompt, lang)) + options
            }
            Kind::Ask { prompt, .. } | Kind::Record { prompt, .. } | Kind::Score { prompt, .. } => {
                self.text(block, prompt, lang)
            }
            Kind::Language { .. } => {
                let option =
                    |lang: &Lang| self.phrase("language.option", *lang) + words_take(key_name(1, *lang), *lang);
                self.flow.languages.iter().map(option).sum()
            }
            Kind::Verify { .. } => self.phrase("verify.why", lang) + self.phrase("verify.account", lang),
            Kind::Transfer(_) => self.phrase("transfer.connecting", lang),
            _ => 0,
        }
    }

    fn hole(&self, block: usize, expr: &Expr, how: How, lang: Lang) -> Millis {
        let holds = infer(expr, &self.variables[block]).unwrap_or(Type::Text);
        let digits = match expr {
            Expr::Name(path) if path.len() > 1 && path.last().is_some_and(|last| last == "reference") => {
                Reference::DIGITS
            }
            Expr::Name(path) => {
                let asked = path.first().and_then(|name| self.asked[block].get(name.as_str()));
                asked.copied().unwrap_or(LONG_DIGITS)
            }
            _ => LONG_DIGITS,
        };
        let value = longest(&holds, how, digits, lang);
        let zone = TimeZone::UTC;
        // Days that were may be of any year; what is promised is of this one or the next.
        let now = if holds == Type::Date { LONG_AGO } else { SHORTLY_BEFORE };
        let spelling = Spelling { lang, now, zone: &zone };
        words_take(&spell(&value, how, &spelling), lang)
    }
}

/// A value that takes as long to say as any of its type.
fn longest(holds: &Type, how: How, digits: usize, lang: Lang) -> Value {
    let moment = LONGEST_MOMENT;
    match holds {
        Type::Flag => Value::Flag(true),
        Type::Number => Value::Number(7_777),
        Type::Text if how == How::Plain => Value::Text(LONG_NAMES[lang as usize].into()),
        Type::Text => Value::Text("7".repeat(digits)),
        Type::Money => Value::Money(Money { minor: 777_777_777, currency: Currency::Cny }),
        Type::Date => Value::Date(jiff::civil::date(2027, 11, 27)),
        Type::Moment => Value::Moment(moment),
        Type::Phone => Phone::parse("+8613777777777", None).map_or(Value::None, Value::Phone),
        Type::Window => {
            let to = Timestamp::from_second(moment.as_second() + 7_200).unwrap_or(moment);
            Value::Window(Window { from: moment, to })
        }
        Type::Record(_) => Value::None,
    }
}

/// How long words take in a language.
pub fn words_take(words: &str, lang: Lang) -> Millis {
    if lang == Lang::EnUs {
        return words.split_whitespace().filter(|w| w.contains(char::is_alphanumeric)).count() as Millis * WORD;
    }
    let mut takes = 0;
    let mut in_word = false;
    for c in words.chars() {
        if c.is_ascii_alphabetic() {
            takes += if in_word { 0 } else { WORD };
            in_word = true;
            continue;
        }
        in_word = false;
        takes += match (c, lang) {
            _ if !c.is_alphanumeric() && c != 'ー' => 0,
            ('ぁ'..='ヿ', Lang::JaJp) => MORA,
            (_, Lang::JaJp) => 2 * MORA,
            _ => ZH,
        };
    }
    takes
}

/// Seconds as people read them: `12.5`.
pub fn told(millis: Millis) -> String {
    let tenths = millis.div_ceil(100);
    if tenths.is_multiple_of(10) { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
}
