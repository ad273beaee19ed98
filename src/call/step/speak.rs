//! Words: texts with their holes filled, the core's own phrases, prompts.

use super::{Trace, Walk};
use crate::call::event::Now;
use crate::call::voice::{Pace, Spoken};
use crate::flow::expr::Expr;
use crate::flow::hours;
use crate::flow::model::{Kind, MenuOption, OptionForm, Phrases, Step};
use crate::flow::speller::{Spelling, key_name, spell};
use crate::flow::text::{How, Say, Text, Texts};
use crate::flow::value::Value;
use crate::words::Lang;
use jiff::tz::TimeZone;

/// Marks that end a sentence or a part of one.
const CLOSING: [char; 12] = ['。', '，', '、', '！', '？', '；', '：', '.', ',', '!', '?', ';'];

impl Walk<'_> {
    /// Says a text of the flow in the call's language.
    pub(super) fn say(&mut self, texts: &Texts) {
        let lang = self.state.lang;
        let spoken = texts.get(lang).map(|text| self.spoken(text, lang)).unwrap_or_default();
        if spoken.is_empty() {
            self.trail.push(Trace::Wordless);
        }
        self.says.extend(spoken);
    }

    /// Says a text of a step, or plays the recording of it.
    pub(super) fn say_of(&mut self, step: &Step, texts: &Texts) {
        let mark = self.says.len();
        self.say(texts);
        self.recorded_since(step, mark);
    }

    /// Where there is a recording of all that a step says, it is heard instead of what was said since
    /// the mark.
    pub(super) fn recorded_since(&mut self, step: &Step, mark: usize) {
        let lang = self.state.lang;
        let Some(audio) = step.audio.get(lang as usize).cloned().flatten() else { return };
        let words: Vec<String> = self.says.drain(mark..).map(|said| said.words).collect();
        self.says.push(Spoken { lang, pace: Pace::Normal, words: words.join(" "), audio: Some(audio) });
    }

    /// Says one of the core's phrases.
    pub(super) fn say_phrase(&mut self, name: &str, holes: &[(&str, Value)]) {
        let lang = self.state.lang;
        let words = phrase(&self.flow.phrases, name, lang, holes);
        self.say_words(lang, Pace::Normal, words);
    }

    pub(super) fn say_words(&mut self, lang: Lang, pace: Pace, words: String) {
        if !words.trim().is_empty() {
            self.says.push(Spoken { lang, pace, words, audio: None });
        }
    }

    /// A text as pieces: what is spelled out is a piece of its own, so that it can be said slowly.
    fn spoken(&mut self, text: &Text, lang: Lang) -> Vec<Spoken> {
        let mut pieces: Vec<Spoken> = Vec::new();
        let mut words = String::new();
        let flush = |words: &mut String, pieces: &mut Vec<Spoken>| {
            if !words.trim().is_empty() {
                pieces.push(Spoken { lang, pace: Pace::Normal, words: std::mem::take(words), audio: None });
            }
        };
        for say in text {
            match say {
                Say::Words(own) => {
                    // What closes a sentence stays with what it closes.
                    let rest = own.trim_start_matches(CLOSING);
                    match pieces.last_mut() {
                        Some(last) if words.is_empty() => {
                            last.words.push_str(own.get(..own.len() - rest.len()).unwrap_or(""))
                        }
                        _ => words.push_str(own.get(..own.len() - rest.len()).unwrap_or("")),
                    }
                    words.push_str(rest);
                }
                Say::Hole(expr, how) => {
                    let value = self.hole(expr);
                    let spelled = self.spell(&value, *how, lang);
                    if matches!(how, How::Digits | How::Phone) {
                        flush(&mut words, &mut pieces);
                        pieces.push(Spoken { lang, pace: Pace::Spelled, words: spelled, audio: None });
                    } else {
                        words.push_str(&spelled);
                    }
                }
            }
        }
        flush(&mut words, &mut pieces);
        pieces
    }

    /// A text as it is read, not heard: numbers in figures.
    pub(super) fn written(&mut self, texts: &Texts) -> String {
        let lang = self.state.lang;
        let piece = |say: &Say| match say {
            Say::Words(words) => words.clone(),
            Say::Hole(expr, how) => match (self.hole(expr), how) {
                (value, How::Date | How::Time | How::Window) => self.spell(&value, *how, lang),
                (value, _) => value.plain(),
            },
        };
        let text: String = texts.get(lang).into_iter().flatten().map(piece).collect();
        if text.trim().is_empty() {
            self.trail.push(Trace::Wordless);
        }
        text
    }

    /// The value of a hole; one that is not known is noted.
    fn hole(&mut self, expr: &Expr) -> Value {
        let value = self.eval(expr);
        if value == Value::None {
            let mut name = String::new();
            expr.each_name(&mut |path| name = path.join("."));
            self.trail.push(Trace::Unset(name));
        }
        value
    }

    fn spell(&self, value: &Value, how: How, lang: Lang) -> String {
        spell(value, how, &Spelling { lang, now: self.now, zone: &self.callers_zone() })
    }

    /// The time zone times are told in: the caller's own, where their number says which one it is.
    fn callers_zone(&self) -> TimeZone {
        match &self.callers_zones(self.state.from())[..] {
            [one] => one.clone(),
            _ => self.zone(),
        }
    }

    /// The line's time zone: that of its agents' calendar.
    pub(super) fn zone(&self) -> TimeZone {
        self.flow.zone()
    }

    /// The options of a menu as they are said.
    pub(super) fn say_options(&mut self, options: &[MenuOption]) {
        let lang = self.state.lang;
        for option in options {
            let label = option.label.get(lang).map(|text| self.spoken(text, lang)).unwrap_or_default();
            let label: String = label.into_iter().map(|s| s.words).collect();
            if label.trim().is_empty() {
                self.trail.push(Trace::Wordless);
            }
            let words = option_words(&self.flow.phrases, option.says, label, option.key, lang);
            self.say_words(lang, Pace::Option, words);
        }
    }

    /// The languages, each said in itself.
    pub(super) fn say_languages(&mut self) {
        for (i, lang) in self.flow.languages.iter().enumerate() {
            // The others keep their keys: callers know them.
            if !self.state.offers(self.flow, *lang) {
                continue;
            }
            let key = Value::Text(key_name(u8::try_from(i + 1).unwrap_or_default(), *lang).into());
            let words = phrase(&self.flow.phrases, "language.option", *lang, &[("key", key)]);
            self.say_words(*lang, Pace::Option, words);
        }
    }

    /// The value of an expression in the innermost frame.
    pub(super) fn eval(&self, expr: &Expr) -> Value {
        expr.eval(&|path| self.name(path), &|n| self.window(n))
    }

    fn name(&self, path: &[String]) -> Value {
        let words: Vec<&str> = path.iter().map(String::as_str).collect();
        let verified = self.state.verified(self.now);
        match words[..] {
            ["caller", "number"] => self.state.from().cloned().map_or(Value::None, Value::Phone),
            ["caller", "account"] => verified.map_or(Value::None, |v| Value::Text(v.account.clone())),
            ["caller", "name"] => verified.map_or(Value::None, |v| Value::Text(v.name.clone())),
            ["caller", "level"] => Value::Number(u8::from(self.state.level(self.now)).into()),
            ["line", "number"] => Value::Text(self.state.began.dialled.clone()),
            ["now"] => Value::Moment(self.now),
            [] => Value::None,
            [first, ref fields @ ..] => {
                let value = self.state.frames.last().and_then(|f| f.vars.get(first)).unwrap_or(&Value::None);
                fields.iter().fold(value, |value, field| value.field(field)).clone()
            }
        }
    }

    fn window(&self, n: i64) -> Value {
        let Some(calendar) = self.flow.calendars.get(&self.flow.hours) else { return Value::None };
        let zones = self.callers_zones(self.state.from());
        let count = usize::try_from(n.clamp(0, 20)).unwrap_or_default();
        hours::windows(calendar, &zones, self.now, count)
            .into_iter()
            .nth(count.wrapping_sub(1))
            .map_or(Value::None, Value::Window)
    }

    pub(super) fn set(&mut self, name: &str, value: Value) {
        if let Some(frame) = self.state.frames.last_mut() {
            frame.vars.insert(name.to_owned(), value);
        }
    }

    /// Keeps what an agent should see; the newest value of a name stands.
    pub(super) fn note(&mut self, note: &[(String, Expr)]) {
        for (name, expr) in note {
            let value = self.eval(expr);
            if value != Value::None {
                self.collect(name, value.plain());
            }
        }
    }

    pub(super) fn collect(&mut self, name: &str, value: String) {
        self.state.collected.retain(|(own, _)| own != name);
        self.state.collected.push((name.to_owned(), value));
    }

    /// The prompt of the step the call is at.
    pub(super) fn say_step_prompt(&mut self) {
        let Some((_, step)) = self.here() else { return };
        let mark = self.says.len();
        match &step.kind {
            Kind::Menu { prompt, options, .. } => {
                if let Some(prompt) = prompt {
                    self.say(prompt);
                }
                self.say_options(options);
            }
            Kind::Ask { prompt, .. } | Kind::Record { prompt, .. } | Kind::Score { prompt, .. } => self.say(prompt),
            Kind::Language { .. } => self.say_languages(),
            _ => {}
        }
        self.recorded_since(step, mark);
    }
}

/// An option of a menu as it is said: its label in the frame of the language, and its key.
pub fn option_words(phrases: &Phrases, form: OptionForm, label: String, key: u8, lang: Lang) -> String {
    let (name, hole) = match form {
        OptionForm::For => ("menu.for", "for"),
        OptionForm::To => ("menu.to", "to"),
    };
    let holes = [(hole, Value::Text(label)), ("key", Value::Text(key_name(key, lang).into()))];
    phrase(phrases, name, lang, &holes)
}

/// A phrase of the core in a language, with its holes filled. What is not there is said as nothing:
/// the check that all phrases are there is made when a flow is loaded.
pub fn phrase(phrases: &Phrases, name: &str, lang: Lang, holes: &[(&str, Value)]) -> String {
    let Some(text) = phrases.0.get(name).and_then(|texts| texts.get(lang)) else { return String::new() };
    let zone = TimeZone::UTC;
    let spelling = Spelling { lang, now: Now::UNIX_EPOCH, zone: &zone };
    let value = |path: &[String]| {
        let name = path.first().map(String::as_str).unwrap_or_default();
        holes.iter().find(|(hole, _)| *hole == name).map_or(Value::None, |(_, value)| value.clone())
    };
    text.iter()
        .map(|say| match say {
            Say::Words(words) => words.clone(),
            Say::Hole(expr, how) => spell(&expr.eval(&value, &|_| Value::None), *how, &spelling),
        })
        .collect()
}

/// The words of a text without holes, like a title; holes are left out.
pub fn phrase_text(text: &Text) -> String {
    text.iter().filter_map(|say| if let Say::Words(words) = say { Some(words.as_str()) } else { None }).collect()
}
