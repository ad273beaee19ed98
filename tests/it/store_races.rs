//! Many at once: every limit and every "once" of the store must hold when calls race, on both
//! engines, and with two servers where an engine has several.

mod desk;
mod people;
mod studio;

use crate::support::database::Database;
use crate::support::rows::{START, begin, customer, effect, fields, guess, phone, turn, wish};
use desk::*;
use hotline::call::effect::FileAnswer;
use hotline::store::*;
use hotline::words::CallId;
use people::*;
use std::collections::HashSet;
use std::future::Future;
use studio::*;

/// Runs all of them at the same time.
async fn at_once<T, F>(tasks: impl IntoIterator<Item = F>) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let running: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
    let mut done = Vec::new();
    for task in running {
        done.push(task.await.expect("no panic"));
    }
    done
}

macro_rules! on_both_engines {
    ($($name:ident)*) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                super::$name(super::Database::sqlite()).await;
            })*
        }
        mod on_postgresql {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                super::$name(super::Database::postgres().await).await;
            })*
        }
    };
}

on_both_engines! {
    a_hundred_guesses_at_one_account_get_five_comparisons
    a_repeated_guess_is_compared_by_one
    an_abandoned_guess_is_taken_over_by_one
    of_racing_copies_of_a_turn_one_is_stored
    of_racing_beginnings_of_one_call_one_is_stored
    a_turn_that_cannot_be_stored_does_not_spoil_the_others
    one_customer_asking_many_times_at_once_has_one_open_request
    a_repeated_effect_is_done_once
    demo_data_is_loaded_by_one
    webhooks_that_give_up_in_the_middle_leave_the_store_working
    a_hundred_sign_ins_at_once_get_ten_comparisons
    an_invitation_used_by_twenty_at_once_works_for_one
    servers_that_start_at_once_make_one_first_admin
    a_key_claimed_by_twenty_at_once_is_new_to_one
    two_hundred_agents_take_a_thousand_requests_once_each
    of_two_outcomes_of_one_attempt_the_first_stands
    an_attempt_ordered_by_many_presses_is_one
    of_many_who_publish_at_once_one_wins
    a_lease_that_ends_while_somebody_works_is_either_gone_on_with_or_returned
}

/// Two servers on one database, sharing the work. A SQLite file has one server only.
async fn servers(database: &Database) -> [Store; 2] {
    let first = database.open("boot-1").await;
    match database.is_shared() {
        true => [first, database.open("boot-2").await],
        false => [first.clone(), first],
    }
}

async fn a_hundred_guesses_at_one_account_get_five_comparisons(database: Database) {
    let servers = servers(&database).await;
    let claims = at_once((0..100).map(|n| {
        let (store, attempt) = (servers[n % 2].clone(), guess("1001", Some(&format!("+{n}")), START + n as i64));
        async move { store.claim_attempt(&attempt, &Limits::default()).await.unwrap() }
    }));
    let claims = claims.await;
    assert_eq!(claims.iter().filter(|claim| **claim == Claim::Compare).count(), 5);
    assert_eq!(claims.iter().filter(|claim| **claim == Claim::Limited { alarm: false }).count(), 95);
}

async fn a_repeated_guess_is_compared_by_one(database: Database) {
    let servers = servers(&database).await;
    let attempt = guess("1001", None, START);
    let claims = at_once((0..40).map(|n| {
        let (store, attempt) = (servers[n % 2].clone(), attempt.clone());
        async move { store.claim_attempt(&attempt, &Limits::default()).await.unwrap() }
    }));
    let claims = claims.await;
    assert_eq!(claims.iter().filter(|claim| **claim == Claim::Compare).count(), 1);
    assert_eq!(claims.iter().filter(|claim| **claim == Claim::Busy).count(), 39);
}

async fn an_abandoned_guess_is_taken_over_by_one(database: Database) {
    let attempt = guess("1001", Some("+1"), START);
    let dead = database.open("boot-0").await;
    assert_eq!(dead.claim_attempt(&attempt, &Limits::default()).await.unwrap(), Claim::Compare);
    dead.close().await;
    let servers = servers(&database).await;
    if database.is_shared() {
        let early = Attempt { at: START + 4_999, ..attempt.clone() };
        let claim = servers[0].claim_attempt(&early, &Limits::default()).await.unwrap();
        assert_eq!(claim, Claim::Busy, "the other server may still be comparing");
    }
    // A SQLite file has one server, so whoever claimed under another boot id is gone at once.
    let at = if database.is_shared() { START + 5_000 } else { START };
    let claims = at_once((0..20).map(|n| {
        let (store, attempt) = (servers[n % 2].clone(), Attempt { at, ..attempt.clone() });
        async move { store.claim_attempt(&attempt, &Limits::default()).await.unwrap() }
    }));
    let claims = claims.await;
    assert_eq!(claims.iter().filter(|claim| **claim == Claim::Compare).count(), 1);
    assert_eq!(claims.iter().filter(|claim| **claim == Claim::Busy).count(), 19);
}

async fn of_racing_copies_of_a_turn_one_is_stored(database: Database) {
    let servers = servers(&database).await;
    let calls: Vec<CallId> = (0..20).map(|_| CallId::fresh()).collect();
    for (n, call) in calls.iter().enumerate() {
        let row = begin(call, &format!("CA{n}"), n as i64);
        assert_eq!(servers[0].commit(row).await.unwrap(), Committed::Stored);
    }
    let copies = (0..8).flat_map(|copy| calls.iter().enumerate().map(move |(n, call)| (copy, n, call)));
    let ends = at_once(copies.map(|(copy, n, call)| {
        let (store, row) = (servers[copy % 2].clone(), turn(call, 2, 100 + copy as i64));
        async move { (n, row.entry, store.commit(row).await.unwrap()) }
    }));
    let ends = ends.await;
    for (n, call) in calls.iter().enumerate() {
        let winners: Vec<_> = ends.iter().filter(|e| e.0 == n && e.2 == Committed::Stored).map(|e| e.1).collect();
        let stored = servers[1].turns(call).await.unwrap();
        assert_eq!(winners, [stored[1].entry], "the row there is the winner's");
        assert_eq!(stored.len(), 2);
    }
}

async fn of_racing_beginnings_of_one_call_one_is_stored(database: Database) {
    let servers = servers(&database).await;
    let ends = at_once((0..80).map(|n| {
        let (store, call) = (servers[n % 2].clone(), CallId::fresh());
        let provider_call = format!("CA{}", n / 8);
        async move {
            let call = store.name_call("twilio", &provider_call, &call).await.unwrap();
            (n / 8, call.clone(), store.commit(begin(&call, &provider_call, n as i64)).await.unwrap())
        }
    }));
    let ends = ends.await;
    for group in 0..10 {
        let of_group = || ends.iter().filter(|end| end.0 == group);
        let winners: Vec<&CallId> = of_group().filter(|end| end.2 == Committed::Stored).map(|end| &end.1).collect();
        let found = servers[0].find_call("twilio", &format!("CA{group}")).await.unwrap();
        assert_eq!(winners, found.iter().collect::<Vec<_>>());
        assert!(of_group().all(|(_, call, _)| Some(call) == found.as_ref()), "all go on under one id");
        assert_eq!(servers[0].turns(&found.unwrap()).await.unwrap().len(), 1, "a lost beginning leaves nothing");
    }
    assert_eq!(servers[0].open_calls().await.unwrap(), 10);
}

async fn a_turn_that_cannot_be_stored_does_not_spoil_the_others(database: Database) {
    let store = database.open("boot-1").await;
    database.refuse("turns", "state", "poison").await;
    let ends = at_once((0..40).map(|n| {
        let (store, mut row) = (store.clone(), begin(&CallId::fresh(), &format!("CA{n}"), n));
        if n % 10 == 3 {
            row.state = "poison".into();
        }
        async move { (n, store.commit(row).await) }
    }));
    for (n, end) in ends.await {
        match n % 10 {
            3 => assert!(matches!(end, Err(StoreError::Database(_))), "{n}: {end:?}"),
            _ => assert_eq!(end.unwrap(), Committed::Stored, "{n}"),
        }
    }
    assert_eq!(store.open_calls().await.unwrap(), 36, "a call whose turn failed did not begin");
}

async fn one_customer_asking_many_times_at_once_has_one_open_request(database: Database) {
    let servers = servers(&database).await;
    let answers = at_once((0..40).map(|n| {
        let store = servers[n % 2].clone();
        let (new, number) = (wish("+85260000001", "refund"), Some(phone("+85260000001")));
        async move {
            store.file_request(&effect(1), "wallet", &new, number, &RequestLimits::default(), START).await.unwrap()
        }
    }));
    let mut references = HashSet::new();
    let mut new = 0;
    for answer in answers.await {
        let FileAnswer::Filed { reference, added, .. } = answer else { panic!("not filed but {answer:?}") };
        references.insert(reference);
        new += usize::from(!added);
    }
    assert_eq!((references.len(), new), (1, 1));
    let requests = servers[0].export_requests(None, 10).await.unwrap();
    assert_eq!((requests.len(), requests[0].asked, requests[0].history.len()), (1, 40, 40));
}

async fn a_repeated_effect_is_done_once(database: Database) {
    let servers = servers(&database).await;
    servers[0].import_customers(&[customer("1001", None)], START).await.unwrap();
    let key = effect(4);
    let guard = Protective { account: "1001".into(), caller: None, per_account_day: 1, per_caller_day: 3 };
    let act = TableAct {
        key: key.clone(),
        table: "customers".into(),
        record: "1001".into(),
        sets: fields(&[("state", "frozen")]),
        protective: Some(guard),
        at: START,
    };
    let ends = at_once((0..20).map(|n| {
        let (store, act, key) = (servers[n % 2].clone(), act.clone(), key.clone());
        let new = wish("+85260000001", &format!("topic {n}"));
        async move {
            let outcome = store.act_on_table(&act).await.unwrap();
            let answer =
                store.file_request(&key, "wallet", &new, None, &RequestLimits::default(), START).await.unwrap();
            let kept = store.keep_answer(&key, &format!("answer {n}"), START).await.unwrap();
            (outcome, answer, kept)
        }
    }));
    let ends = ends.await;
    assert_eq!(ends[0].0, ActOutcome::Done);
    assert!(ends.iter().all(|end| *end == ends[0]), "{ends:?}");
    assert_eq!(servers[0].export_requests(None, 10).await.unwrap().len(), 1);
    assert_eq!(servers[0].answer(&key).await.unwrap().as_ref(), Some(&ends[0].2));
}

async fn demo_data_is_loaded_by_one(database: Database) {
    let servers = servers(&database).await;
    let first = at_once((0..20).map(|n| {
        let store = servers[n % 2].clone();
        async move { store.once("demo", START).await.unwrap() }
    }));
    assert_eq!(first.await.into_iter().filter(|first| *first).count(), 1);
}

async fn webhooks_that_give_up_in_the_middle_leave_the_store_working(database: Database) {
    let servers = servers(&database).await;
    let call = CallId::fresh();
    assert_eq!(servers[0].commit(begin(&call, "CA1", 1)).await.unwrap(), Committed::Stored);
    let tasks = at_once((0..200).map(|n| {
        let (store, call) = (servers[n % 2].clone(), call.clone());
        async move {
            let work = tokio::spawn(async move {
                let attempt = guess("1001", Some("+1"), START);
                store.claim_attempt(&attempt, &Limits::default()).await.unwrap();
                store.commit(turn(&call, 2 + n as u32, n as i64)).await.unwrap();
            });
            // Somewhere between not begun and done.
            for _ in 0..n {
                tokio::task::yield_now().await;
            }
            work.abort();
            work.await.is_ok()
        }
    }));
    let finished = tasks.await.into_iter().filter(|finished| *finished).count();
    let stored = servers[0].turns(&call).await.unwrap().len() - 1;
    assert!(stored >= finished, "{stored} turns are there, {finished} were reported");
    for store in servers {
        store.ready(START).await.unwrap();
        let claim = store.claim_attempt(&guess("1002", Some("+2"), START), &Limits::default()).await.unwrap();
        assert_eq!(claim, Claim::Compare);
        store.commit(begin(&CallId::fresh(), "CA2", 1)).await.unwrap();
    }
}
