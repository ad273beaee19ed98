//! What is kept of a number is erased, and what is old is let go of; others keep theirs.

use crate::support::rows::{DAY, HOUR, START, begin, customer, effect, fields, guess, phone, turn, wish};
use hotline::call::effect::{Choice, FileAnswer, Preference, RequestState};
use hotline::call::event::Recording;
use hotline::store::*;
use hotline::words::{CallId, Lang, Reference};

const NUMBER: &str = "+85261239000";
/// Begins like the other one and is somebody else's.
const LONGER: &str = "+852612390001";

pub async fn story(store: &Store, is_shared: bool) {
    a_caller_is_not_erased_in_the_middle_of_a_call(store).await;
    everything_of_a_number_goes_and_nothing_of_others(store).await;
    old_calls_go(store).await;
    locks_go(store, is_shared).await;
    old_requests_go(store).await;
}

/// A call with two turns, ended at the second unless it goes on.
async fn call(store: &Store, caller: &str, said: &str, at: i64, goes_on: bool) -> CallId {
    let call = CallId::fresh();
    let provider_call = format!("CA-{call}");
    assert_eq!(store.name_call("twilio", &provider_call, &call).await.unwrap(), call);
    let mut first = begin(&call, &provider_call, 1);
    first.begins.as_mut().unwrap().caller = Some(caller.into());
    first.at = at;
    let ends = (!goes_on).then(|| "completed".to_owned());
    let second = TurnRow { state: said.into(), at: at + 1, ends, ..turn(&call, 2, 2) };
    for row in [first, second] {
        assert_eq!(store.commit(row).await.unwrap(), Committed::Stored);
    }
    call
}

async fn file(store: &Store, number: &str, topic: &str) -> Reference {
    let limits = RequestLimits::default();
    match store.file_request(&effect(3), "wallet", &wish(number, topic), Some(phone(number)), &limits, START).await {
        Ok(FileAnswer::Filed { reference, .. }) => reference,
        other => panic!("{other:?}"),
    }
}

async fn erased(store: &Store, at: i64) -> Erased {
    match store.erase(&phone(NUMBER), at).await.unwrap() {
        Erasure::Done(done) => done,
        Erasure::Running(calls) => panic!("{calls} calls go on"),
    }
}

async fn a_caller_is_not_erased_in_the_middle_of_a_call(store: &Store) {
    let running = call(store, NUMBER, "{}", START, true).await;
    assert_eq!(store.erase(&phone(NUMBER), START + HOUR).await.unwrap(), Erasure::Running(1));
    assert_eq!(store.turns(&running).await.unwrap().len(), 2, "nothing was touched");
    // Of a call of which nothing was heard for two hours nobody waits for the end.
    let done = erased(store, START + 2 * HOUR + 1).await;
    assert_eq!((done.calls, done.turns), (1, 2));
    assert!(store.turns(&running).await.unwrap().is_empty());
    assert!(!store.silent_calls(START + DAY, 1000).await.unwrap().contains(&running), "it is ended");
}

async fn everything_of_a_number_goes_and_nothing_of_others(store: &Store) {
    let own = call(store, NUMBER, "{}", START, false).await;
    let told = call(store, "+85261239111", &format!(r#"{{"ring":"{NUMBER}"}}"#), START, false).await;
    let others = call(store, LONGER, &format!(r#"{{"from":"{LONGER}"}}"#), START, false).await;
    let slow = EffectKey { call: own.clone(), turn: 1, seq: 0 };
    store.keep_answer(&slow, "found", START).await.unwrap();
    let recording = left_in_calls(store, &own, &others).await;
    let (open, longer) = (file(store, NUMBER, "refund").await, file(store, LONGER, "refund").await);
    let mut done = wish("+85261239222", "card");
    done.collected = vec![("number".into(), NUMBER.into())];
    let closed = Reference::of(77);
    let state = RequestState::Done;
    assert!(store.put_demo_request(&closed, "wallet", &done, None, state, START).await.unwrap());
    rows_of_the_number(store).await;

    let done = erased(store, START + HOUR).await;
    assert_eq!((done.calls, done.turns), (2, 4), "its own, and that in which it was told");
    assert_eq!((done.requests, done.closed), (2, 1));
    assert_eq!((done.attempts, done.acts, done.preferences), (1, 1, 1));
    assert_eq!((done.customers_left, done.records_left), (1, 1));
    assert_ne!(done.files, Some(false));
    assert_eq!((done.messages, done.recordings), (2, 1), "its call's, and the one another call sent it");
    assert_eq!(store.leaving_recordings(10).await.unwrap(), [(recording.clone(), Some("sound.wav".to_owned()))]);
    assert!(!store.recording_kept(&recording).await.unwrap(), "whoever was just fetching it is told");
    store.forget_recording(&recording).await.unwrap();
    assert!(store.leaving_recordings(10).await.unwrap().is_empty());
    let waiting = store.outbox(None, 10).await.unwrap();
    assert_eq!(waiting.iter().map(|row| row.number.as_deref()).collect::<Vec<_>>(), [Some(LONGER)]);
    assert!(store.drop_outbox(&waiting[0].id, START).await.unwrap());
    let scored = store.scores(None, 1000).await.unwrap().0;
    assert!(scored.iter().any(|s| s.call == others.as_str()) && !scored.iter().any(|s| s.call == own.as_str()));
    for call in [&own, &told] {
        assert!(store.turns(call).await.unwrap().is_empty());
    }
    assert_eq!(
        store.find_call("twilio", &format!("CA-{own}")).await.unwrap(),
        Some(own.clone()),
        "no call begins anew"
    );
    assert_eq!(store.answer(&slow).await.unwrap(), None);
    for (reference, state) in [(&open, RequestState::Closed), (&closed, RequestState::Done)] {
        let request = store.request_status(reference).await.unwrap().expect("its reference still tells its state");
        assert_eq!((request.state, request.number, request.caller, request.account), (state, None, None, None));
        assert!(request.collected.is_empty() && request.customer.starts_with("e:"), "{}", request.customer);
    }
    let all = store.export_requests(None, 1000).await.unwrap();
    assert!(!serde_json::to_string(&all).unwrap().contains(&format!("{NUMBER}\"")));
    let history = &all.iter().find(|request| request.reference == open).unwrap().history;
    assert_eq!(history.iter().map(|e| e.what.as_str()).collect::<Vec<_>>(), ["filed", "closed"]);
    assert_eq!(
        store.act_on_table(&freeze("77002")).await.unwrap(),
        ActOutcome::Done,
        "the caller's limit is forgotten"
    );
    assert_eq!(store.preference(&phone(NUMBER), START).await.unwrap(), Preference::default());

    assert_eq!(store.turns(&others).await.unwrap().len(), 2);
    assert_eq!(store.open_call(&others).await.unwrap().unwrap().caller.as_deref(), Some(LONGER));
    assert_eq!(store.request_status(&longer).await.unwrap().unwrap().number.as_deref(), Some(LONGER));
    assert_eq!(store.preference(&phone(LONGER), START).await.unwrap().lang, Some(Lang::ZhHk));
    assert!(store.customer("77001").await.unwrap().is_some(), "customers are the wallet's");
    // The act after the erasure; nothing else is found any more.
    let left = Erased { acts: 1, customers_left: 1, records_left: 1, files: done.files, ..Erased::default() };
    assert_eq!(erased(store, START + HOUR).await, left);
}

/// Messages, a recording and scores; gives the recording.
async fn left_in_calls(store: &Store, own: &CallId, others: &CallId) -> String {
    let key = |call: &CallId, turn| EffectKey { call: call.clone(), turn, seq: 0 };
    for (key, to) in [(key(own, 3), "+85261239400"), (key(others, 3), NUMBER), (key(others, 4), LONGER)] {
        let (line, body, kind) = ("wallet".to_owned(), "Hello".to_owned(), OutboxKind::Sms);
        let new = NewMessage { key, kind, line, to: Ok(to.into()), body, test: false, at: START + 60 * DAY };
        let put = store.put_message(&new, &MessageLimits::default()).await.unwrap();
        assert!(matches!(put, Put::Accepted(_)), "{put:?}");
    }
    for call in [own, others] {
        let call_id = call.as_str().to_owned();
        let (line, category) = ("wallet".to_owned(), "service".to_owned());
        let score = Score { call: call_id, line, category, score: 4, test: false, at: START };
        assert!(store.put_score(&key(call, 5), &score).await.unwrap());
    }
    let recording = Recording { id: "RE2".into(), url: None, seconds: 3 };
    let id = store.put_recording(&key(own, 6), "wallet", &recording, false, START).await.unwrap();
    assert!(store.recording_goes_to(&id, "sound.wav").await.unwrap());
    id
}

/// A guess, an act and a language of its own; and what the wallet has of it.
async fn rows_of_the_number(store: &Store) {
    let mine = guess("77001", Some(NUMBER), START);
    assert_eq!(store.claim_attempt(&mine, &Limits::default()).await.unwrap(), Claim::Compare);
    assert!(store.settle_attempt(&mine.key, "{\"name\":\"Ada\"}", false, START).await.unwrap());
    let account = customer("77001", None);
    let same = Customer { number: Some(NUMBER.into()), ..account.clone() };
    store.import_customers(&[same, Customer { account: "77002".into(), ..account }], START).await.unwrap();
    let tables = [(NUMBER, "1"), (LONGER, "2")];
    let rows = tables.map(|(number, key)| Record { key: key.into(), fields: fields(&[("rings", number)]) });
    store.put_records("contacts", &rows).await.unwrap();
    assert_eq!(store.act_on_table(&freeze("77001")).await.unwrap(), ActOutcome::Done);
    for number in [NUMBER, LONGER] {
        store.remember(&phone(number), Choice::Lang(Lang::ZhHk), START).await.unwrap();
    }
}

/// An act of which the number has one a day.
fn freeze(account: &str) -> TableAct {
    let guard =
        Protective { account: account.into(), caller: Some(NUMBER.into()), per_account_day: 1, per_caller_day: 1 };
    TableAct {
        key: effect(4),
        table: "customers".into(),
        record: account.into(),
        sets: fields(&[("state", "frozen")]),
        protective: Some(guard),
        at: START,
    }
}

async fn old_calls_go(store: &Store) {
    let at = START + 100 * DAY;
    let old = call(store, "+85261239301", "{}", at, false).await;
    let younger = call(store, "+85261239302", "{}", at + DAY, false).await;
    let open = call(store, "+85261239303", "{}", at, true).await;
    let mine = Attempt { key: EffectKey { call: old.clone(), turn: 1, seq: 0 }, ..guess("77003", None, at) };
    assert_eq!(store.claim_attempt(&mine, &Limits::default()).await.unwrap(), Claim::Compare);
    store.keep_answer(&mine.key, "found", at).await.unwrap();
    let mut gone = 0;
    loop {
        let unit = store.age_calls(at + DAY, 2).await.unwrap();
        assert!(unit <= 2, "no more than asked for");
        gone += unit;
        if unit < 2 {
            break;
        }
    }
    assert!(gone > 2, "{gone}");
    assert_eq!(store.open_call(&old).await.unwrap(), None);
    assert!(store.turns(&old).await.unwrap().is_empty());
    assert_eq!((store.answer(&mine.key).await.unwrap(), store.void_attempt(&mine.key).await.unwrap()), (None, false));
    for call in [&younger, &open] {
        assert_eq!(store.turns(call).await.unwrap().len(), 2);
    }
}

/// Only where several units of work are under way at once there are rows to lock.
async fn locks_go(store: &Store, is_shared: bool) {
    let at = START + 100 * DAY;
    let mut subjects = 0;
    while let 1.. = store.age_subjects(at - 1, 10).await.unwrap() {
        subjects += 1;
    }
    assert_eq!(subjects > 0, is_shared);
    assert_eq!(store.age_subjects(at + 1, 10).await.unwrap() > 0, is_shared, "the latest was left");
}

async fn old_requests_go(store: &Store) {
    let all = store.export_requests(None, 1000).await.unwrap();
    let is_over = |request: &&Request| matches!(request.state, RequestState::Done | RequestState::Closed);
    let over = all.iter().filter(is_over).count() as u64;
    assert!(over > 1);
    assert_eq!(store.age_requests(START, 1000).await.unwrap(), 0);
    assert_eq!(store.age_requests(START + DAY, 1).await.unwrap(), 1);
    assert_eq!(store.age_requests(START + DAY, 1000).await.unwrap(), over - 1);
    let left = store.export_requests(None, 1000).await.unwrap();
    assert_eq!(left.len() as u64, all.len() as u64 - over);
    assert!(left.iter().all(|request| !is_over(&request)), "open ones stay, however old");
}
