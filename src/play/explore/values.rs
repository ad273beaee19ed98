//! What is typed and what the world knows, chosen so that every condition of a flow comes out both
//! ways. Where no condition looks, texts and amounts are marks that can be told from all else when
//! they are heard by somebody who may not.

use super::reads::{Read, Test};
use crate::flow::Value;
use crate::flow::model::{Flow, Source};
use crate::flow::speller::{Spelling, spell};
use crate::flow::text::How;
use crate::flow::value::{Type, Typing, Window};
use crate::words::{Currency, Lang, Level, Money, Phone};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Records tried of one lookup at most; beyond it fields are varied one at a time.
const RECORDS: usize = 256;
/// Numbers that may be rung, as dialled from the countries served, the first that may be rung counts.
const NUMBERS: [&str; 8] = [
    "13900139000",
    "91234567",
    "09012345678",
    "2025550123",
    "+8613900139000",
    "+85291234567",
    "+819012345678",
    "+12025550123",
];

/// The mark of texts that need a level.
pub fn mark(level: Level) -> String {
    format!("73519{}8", u8::from(level))
}

fn amount(level: Level) -> Money {
    Money { minor: 7_351_900 + i64::from(u8::from(level)) * 13, currency: Currency::Cny }
}

/// How the marks of levels sound, in every language and way they may be said.
pub fn marks(levels: &BTreeSet<Level>, now: Timestamp) -> Vec<(Level, String)> {
    let mut marks = BTreeSet::new();
    for level in levels.iter().copied().filter(|level| *level > Level::L0) {
        for lang in Lang::ALL {
            let with = Spelling { lang, now, zone: &TimeZone::UTC };
            let text = Value::Text(mark(level));
            marks.insert((level, spell(&text, How::Plain, &with)));
            marks.insert((level, spell(&text, How::Digits, &with)));
            marks.insert((level, spell(&Value::Money(amount(level)), How::Money, &with)));
        }
    }
    marks.into_iter().collect()
}

/// Whom a value may be told, when it carries a mark.
pub fn told_to(value: &Value) -> Level {
    let levels = [Level::L1, Level::L2, Level::L3];
    let marked = |level: &Level| match value {
        Value::Text(text) => *text == mark(*level),
        Value::Money(money) => *money == amount(*level),
        _ => false,
    };
    levels.into_iter().find(marked).unwrap_or_default()
}

/// A number that may be rung and is not the caller's own, as typed.
pub fn number(flow: &Flow) -> &'static str {
    let may = |typed: &&&str| {
        let home = flow.countries.first().copied();
        Phone::parse(typed, home).is_some_and(|phone| phone.may_ring(&flow.countries, false).is_ok())
    };
    NUMBERS.iter().find(may).copied().unwrap_or("13900139000").trim_start_matches('+')
}

/// The number that calls: of the first country served.
pub fn caller(flow: &Flow) -> Option<Phone> {
    let numbers = ["+8613800138000", "+85298765432", "+818012345678", "+12025550145"];
    let phones: Vec<Phone> = numbers.iter().filter_map(|number| Phone::parse(number, None)).collect();
    let home = |phone: &&Phone| phone.country().is_some() && phone.country() == flow.countries.first().copied();
    phones.iter().find(home).or(phones.first()).cloned()
}

/// Good answers to an `ask`: one, or one for each way conditions take it.
pub fn typed(flow: &Flow, typing: &Typing, into: &str, reads: &BTreeSet<Read>) -> Vec<String> {
    let tests = tests(into, reads);
    let digits = |n: u8| "1234567890".chars().cycle().take(n.into()).collect::<String>();
    match typing {
        Typing::Digits { from, to } => {
            let fits = |word: &&String| {
                (usize::from(*from)..=usize::from(*to)).contains(&word.len())
                    && word.bytes().all(|b| b.is_ascii_digit())
            };
            let words =
                tests.iter().filter_map(|(_, test)| if let Test::Word(word) = test { Some(word) } else { None });
            [digits(*from)].into_iter().chain(words.filter(fits).cloned()).collect()
        }
        Typing::Number { from, to } => {
            let around = numbers(&tests, &[]).into_iter().filter(|n| (from..=to).contains(&n));
            let all: BTreeSet<i64> = [*from, *to].into_iter().chain(around).collect();
            all.into_iter().map(|n| n.to_string()).collect()
        }
        Typing::Amount(_) if tests.iter().any(|(_, test)| **test != Test::Spoken) => vec!["1".into(), "90000".into()],
        Typing::Amount(_) => vec!["648".into()],
        Typing::Date => vec!["20260228".into()],
        Typing::Phone => vec![number(flow).into()],
    }
}

/// What no `ask` of a kind takes.
pub fn mistyped(typing: &Typing) -> String {
    match typing {
        Typing::Digits { to, .. } => "1".repeat(usize::from(*to) + 1),
        Typing::Number { to, .. } => to.saturating_add(1).to_string(),
        Typing::Amount(_) => "1234567890".into(),
        Typing::Date => "20261332".into(),
        Typing::Phone => "12".into(),
    }
}

/// The records a source may answer with, each different to some condition.
pub fn records(source: &Source, into: &str, reads: &BTreeSet<Read>, now: Timestamp) -> Vec<Value> {
    let tests = tests(into, reads);
    let choices: Vec<(&String, Vec<Value>)> = source
        .gives
        .iter()
        .map(|(field, holds)| {
            let own: Vec<(&[String], &Test)> =
                tests.iter().filter(|(path, _)| path.first() == Some(field)).copied().collect();
            (field, of_type(holds, source.level, &own, now))
        })
        .collect();
    let first =
        |(field, values): &(&String, Vec<Value>)| ((*field).clone(), values.first().cloned().unwrap_or_default());
    let base: BTreeMap<String, Value> = choices.iter().map(first).collect();
    let all = choices.iter().map(|(_, values)| values.len()).try_fold(1usize, usize::checked_mul);
    if all.is_none_or(|all| all > RECORDS) {
        let varied = choices.iter().flat_map(|(field, values)| {
            values.iter().skip(1).map(|value| {
                let mut record = base.clone();
                record.insert((*field).clone(), value.clone());
                Value::Record(record)
            })
        });
        return [Value::Record(base.clone())].into_iter().chain(varied).collect();
    }
    let mut records = vec![base];
    for (field, values) in &choices {
        let more = values.iter().skip(1).flat_map(|value| {
            records.iter().map(|record| {
                let mut record = record.clone();
                record.insert((*field).clone(), value.clone());
                record
            })
        });
        let more: Vec<_> = more.collect();
        records.extend(more);
    }
    records.into_iter().map(Value::Record).collect()
}

fn tests<'r>(name: &str, reads: &'r BTreeSet<Read>) -> Vec<(&'r [String], &'r Test)> {
    reads.iter().filter(|read| read.name == name).map(|read| (&read.path[..], &read.test)).collect()
}

/// Around each number something is compared with; else `plain`.
fn numbers(tests: &[(&[String], &Test)], plain: &[i64]) -> Vec<i64> {
    let compared = tests.iter().filter_map(|(_, test)| if let Test::Number(n) = test { Some(*n) } else { None });
    let around: BTreeSet<i64> = compared.flat_map(|n| [n, n - 1, n + 1]).collect();
    if around.is_empty() { plain.to_vec() } else { around.into_iter().collect() }
}

fn of_type(holds: &Type, level: Level, tests: &[(&[String], &Test)], now: Timestamp) -> Vec<Value> {
    let asked = |test: &Test| tests.iter().any(|(_, own)| *own == test);
    let later = |hours: i64| now.checked_add(SignedDuration::from_hours(hours)).unwrap_or(now);
    let mut values = match holds {
        Type::Text => {
            let words =
                tests.iter().filter_map(|(_, test)| if let Test::Word(word) = test { Some(word) } else { None });
            let plain = if level > Level::L0 { mark(level) } else { "something".into() };
            [plain].into_iter().chain(words.cloned()).map(Value::Text).collect()
        }
        Type::Number => numbers(tests, &[1]).into_iter().map(Value::Number).collect(),
        Type::Flag => vec![Value::Flag(true), Value::Flag(false)],
        Type::Money if asked(&Test::Exact) => {
            [1, 100_000_000].map(|minor| Value::Money(Money { minor, currency: Currency::Cny })).into()
        }
        Type::Money => vec![Value::Money(amount(level))],
        Type::Date => vec![Value::Date(TimeZone::UTC.to_datetime(later(-48)).date())],
        Type::Moment if asked(&Test::Now) || asked(&Test::Exact) => {
            vec![Value::Moment(later(-1)), Value::Moment(later(1))]
        }
        Type::Moment => vec![Value::Moment(later(-1))],
        Type::Phone => Phone::parse("+8613900139000", None).map(Value::Phone).into_iter().collect(),
        Type::Window => vec![Value::Window(Window { from: later(1), to: later(3) })],
        Type::Record(_) => vec![Value::Record(BTreeMap::new())],
    };
    if asked(&Test::Known) {
        values.push(Value::None);
    }
    values
}
