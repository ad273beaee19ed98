//! What a turn of a call costs between the provider and the store: one step of the shipped hotline
//! with its state read and written, and what loading and checking that hotline costs.

#![expect(clippy::unwrap_used, reason = "what cannot be measured stops the measurement")]

#[path = "../tests/it/support/flows.rs"]
mod flows;

use criterion::{Criterion, criterion_group, criterion_main};
use hotline::call::effect::{Answer, Effect, LookupAnswer, Preference, VerifyAnswer};
use hotline::call::event::Began;
use hotline::call::{Event, Outcome, State, Turn, step};
use hotline::flow::read::load;
use hotline::flow::{Flow, Value};
use hotline::words::{Phone, Secret};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::hint::black_box;

/// A call about a failed payment: language, menu, the number, the account, the PIN, what was found, goodbye.
const KEYS: [&str; 6] = ["1", "1", "20260301004711", "10001001", "270496", "2"];

fn now() -> Timestamp {
    Timestamp::constant(1_772_416_800, 0)
}

/// What the demo's world answers.
fn answer(effect: &Effect) -> Answer {
    match effect {
        Effect::Verify { account, level, .. } => {
            Answer::Verify(VerifyAnswer::Verified { account: account.clone(), level: *level, name: "李明".into() })
        }
        Effect::Lookup { .. } => {
            let fields = [("state", "done"), ("merchant", "悦读书店")];
            let fields = fields.map(|(name, text)| (name.to_owned(), Value::Text(text.into())));
            Answer::Lookup(LookupAnswer::Found(Value::Record(BTreeMap::from(fields))))
        }
        Effect::Preference => Answer::Preference(Preference::default()),
        Effect::Remember(_) => Answer::Remembered,
        _ => Answer::Notices(Vec::new()),
    }
}

/// One webhook's part: the state as stored, stepped until there is something to say, stored again.
fn turn(flow: &Flow, state: &str, event: Event) -> (String, bool) {
    let mut state: State = serde_json::from_str(state).unwrap();
    let mut event = event;
    loop {
        let Turn { state: after, outcome, .. } = step(flow, state, event, now());
        let Outcome::Ask(effect, _) = outcome else {
            return (serde_json::to_string(&after).unwrap(), after.ending().is_some());
        };
        state = after;
        event = Event::Answered(answer(&effect));
    }
}

/// The states a call is in, in order, each before its next webhook.
fn states(flow: &Flow) -> Vec<String> {
    let from = Phone::parse("+8613800138000", None);
    let began = Began { dialled: "+85230000000".into(), from, test: false, lang: None };
    let new = serde_json::to_string(&State::new(flow, began.clone())).unwrap();
    let mut states = vec![new.clone(), turn(flow, &new, Event::Began(began)).0];
    for keys in KEYS {
        let (state, ended) = turn(flow, &states[states.len() - 1], Event::Digits(Secret::new(keys)));
        assert_eq!(ended, states.len() == KEYS.len(), "the call is the one that is meant");
        states.push(state);
    }
    states
}

fn steps(c: &mut Criterion) {
    let (_, flows) = flows::shipped();
    let flow = flows.iter().find(|flow| flow.name == "digital-wallet").unwrap();
    let states = states(flow);
    for (name, at) in [("a key in the main menu", 1), ("a typed number", 2), ("a PIN, compared and looked up", 4)] {
        let (state, keys) = (&states[at + 1], KEYS[at]);
        let secret = Secret::new(keys);
        c.bench_function(&format!("step/{name}, state in and out"), |b| {
            b.iter(|| turn(flow, black_box(state), Event::Digits(secret.clone())));
        });
    }
    c.bench_function("step/a whole call of seven documents", |b| b.iter(|| self::states(black_box(flow))));
}

fn loading(c: &mut Criterion) {
    let (files, _) = flows::shipped();
    c.bench_function("flow/load and check the digital wallet", |b| b.iter(|| load(black_box(&files))));
}

criterion_group!(benches, steps, loading);
criterion_main!(benches);
