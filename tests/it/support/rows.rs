//! Rows like the ones a server writes.

use hotline::call::effect::{NewRequest, Priority, RingAt};
use hotline::store::{Attempt, BeginRow, Customer, EffectKey, Guess, TurnRow};
use hotline::words::{CallId, Lang, Level, Phone, Secret};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A moment like any other, in ms.
pub const START: i64 = 1_800_000_000_000;
/// In ms.
pub const HOUR: i64 = 3_600_000;
/// In ms.
pub const DAY: i64 = 24 * HOUR;

/// An effect of a call of its own.
pub fn effect(turn: u32) -> EffectKey {
    EffectKey { call: CallId::fresh(), turn, seq: 0 }
}

/// A turn in the middle of a call.
pub fn turn(call: &CallId, version: u32, entry: i64) -> TurnRow {
    TurnRow {
        call: call.clone(),
        version,
        turn: Some(version),
        entry,
        event: "\"silence\"".into(),
        answers: "[]".into(),
        state: format!("state {version}"),
        trail: "[]".into(),
        document: Some(format!("<Say>{version} – 你好</Say>")),
        at: START + i64::from(version),
        begins: None,
        ends: None,
        person: false,
        remember: Vec::new(),
    }
}

/// The first turn of a call.
pub fn begin(call: &CallId, provider_call: &str, entry: i64) -> TurnRow {
    let begins = BeginRow {
        provider: "twilio".into(),
        provider_call: provider_call.into(),
        line: "wallet".into(),
        digest: "d2".into(),
        dialled: "+85230000000".into(),
        caller: Some("+85291234567".into()),
        test: false,
    };
    TurnRow { begins: Some(begins), ..turn(call, 1, entry) }
}

/// A customer who is there.
pub fn customer(account: &str, pin: Option<&str>) -> Customer {
    Customer {
        account: account.into(),
        name: "陳大文".into(),
        number: Some("+85291234567".into()),
        language: Some("zh-HK".into()),
        pin: pin.map(Secret::new),
        knowledge: None,
        state: "active".into(),
        fields: fields(&[("tier", "gold")]),
        demo: false,
    }
}

/// Fields of a record.
pub fn fields(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

/// A guess in a call of its own.
pub fn guess(account: &str, caller: Option<&str>, at: i64) -> Attempt {
    let (key, account, caller) = (effect(2), Some(account.into()), caller.map(Into::into));
    Attempt { key, guess: Guess::Pin, account, caller, line: "wallet".into(), at }
}

/// A number.
pub fn phone(text: &str) -> Phone {
    Phone::parse(text, None).expect("a number")
}

/// A callback wanted by an unverified caller from this number.
pub fn wish(from: &str, topic: &str) -> NewRequest {
    NewRequest {
        kind: "callback".into(),
        topic: topic.into(),
        priority: Priority::Normal,
        skill: "general".into(),
        lang: Lang::ZhHk,
        ring: RingAt::Number(phone(from)),
        account: None,
        from: Some(phone(from)),
        level: Level::L0,
        verified_at: None,
        collected: vec![("amount".into(), "128.50 HKD".into())],
        window: None,
        due: Timestamp::from_millisecond(START + 2 * HOUR).expect("a moment"),
        test: false,
    }
}
