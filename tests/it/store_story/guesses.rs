//! Guesses at a secret: claimed before they are compared, and limited.

use crate::support::database::Database;
use crate::support::rows::{DAY, HOUR, START, effect, guess};
use hotline::store::{Attempt, Claim, Limits, Store};

const OVER: Claim = Claim::Limited { alarm: false };

pub async fn story(store: &Store, database: &Database) {
    one_guess(store).await;
    a_guess_at_once(store).await;
    limits_of_a_call(store).await;
    limits_of_an_account(store).await;
    limits_of_a_caller(store).await;
    limits_of_the_withheld(store).await;
    a_guess_left_behind(store, &database.open("boot-2").await).await;
}

async fn claim(store: &Store, attempt: &Attempt) -> Claim {
    store.claim_attempt(attempt, &Limits::default()).await.unwrap()
}

/// Claims a guess and lets it fail.
async fn fail(store: &Store, attempt: &Attempt) {
    assert_eq!(claim(store, attempt).await, Claim::Compare);
    assert!(store.settle_attempt(&attempt.key, "wrong", false, attempt.at).await.unwrap());
}

/// Charged, bounded and settled in one.
async fn a_guess_at_once(store: &Store) {
    let at_once = async |attempt: &Attempt, right: bool| {
        store.settle_at_once(attempt, &Limits::default(), if right { "right" } else { "wrong" }, right).await.unwrap()
    };
    let settled = |outcome: &str| Some(Claim::Settled(outcome.to_owned()));
    let wrong = guess("at-once", Some("+70"), START);
    assert_eq!(at_once(&wrong, false).await, settled("wrong"));
    assert_eq!(at_once(&wrong, true).await, None, "it was settled before");
    assert_eq!(claim(store, &wrong).await, Claim::Settled("wrong".into()));
    for n in 1..5 {
        let wrong = guess("at-once", Some(&format!("+7{n}")), START + n);
        assert_eq!(at_once(&wrong, false).await, settled("wrong"));
    }
    let sixth = guess("at-once", Some("+76"), START + 6);
    assert_eq!(at_once(&sixth, true).await, Some(OVER), "right or not");
    assert_eq!(claim(store, &sixth).await, OVER);
    let later = START + DAY + 1;
    assert_eq!(at_once(&guess("at-once", Some("+77"), later), true).await, settled("right"));
    for n in 0..5 {
        let wrong = guess("at-once", Some(&format!("+78{n}")), later + n);
        assert_eq!(at_once(&wrong, false).await, settled("wrong"), "a success forgave what had failed");
    }
    assert_eq!(at_once(&guess("at-once", Some("+79"), later + 6), false).await, Some(OVER));
}

async fn one_guess(store: &Store) {
    let one = guess("1", Some("+1"), START);
    assert!(!store.settle_attempt(&one.key, "right", true, START).await.unwrap(), "never claimed");
    assert_eq!(claim(store, &one).await, Claim::Compare);
    assert_eq!(claim(store, &one).await, Claim::Busy);
    assert!(store.settle_attempt(&one.key, "wrong", false, START).await.unwrap());
    assert_eq!(claim(store, &one).await, Claim::Settled("wrong".into()));
    assert!(!store.settle_attempt(&one.key, "right", true, START).await.unwrap(), "settled once");
    assert_eq!(claim(store, &one).await, Claim::Settled("wrong".into()));
    assert!(!store.void_attempt(&one.key).await.unwrap(), "a settled guess stays charged");

    for _ in 0..6 {
        let unavailable = guess("2", Some("+2"), START);
        assert_eq!(claim(store, &unavailable).await, Claim::Compare);
        assert!(store.void_attempt(&unavailable.key).await.unwrap());
    }
}

async fn limits_of_a_call(store: &Store) {
    let first = guess("3", Some("+3"), START);
    let in_call = |turn: u32| {
        let mut attempt = guess(&format!("3{turn}"), Some("+3"), START);
        attempt.key.call = first.key.call.clone();
        attempt.key.turn = turn;
        attempt
    };
    for turn in 1..=3 {
        fail(store, &in_call(turn)).await;
    }
    assert_eq!(claim(store, &in_call(4)).await, OVER);
    assert_eq!(claim(store, &in_call(4)).await, OVER);
    assert!(!store.settle_attempt(&in_call(4).key, "right", true, START).await.unwrap());
    assert_eq!(claim(store, &guess("34", Some("+3"), START)).await, Claim::Compare, "another call may try");
}

async fn limits_of_an_account(store: &Store) {
    let at = |number: u32, at: i64| guess("4", Some(&format!("+4{number}")), at);
    for number in 0..4 {
        fail(store, &at(number, START)).await;
    }
    let right = at(4, START);
    assert_eq!(claim(store, &right).await, Claim::Compare);
    assert!(store.settle_attempt(&right.key, "right", true, START).await.unwrap());
    for number in 5..10 {
        fail(store, &at(number, START + HOUR)).await;
    }
    assert_eq!(claim(store, &at(10, START + HOUR)).await, OVER);
    assert_eq!(claim(store, &at(11, START + DAY)).await, OVER, "the window slides");
    fail(store, &at(12, START + DAY + HOUR)).await;
    for number in 20..24 {
        fail(store, &at(number, START + DAY + HOUR)).await;
    }
    assert_eq!(claim(store, &at(24, START + DAY + HOUR)).await, OVER);
    assert!(store.unlock_account("4", START).await.unwrap() >= 5);
    assert_eq!(store.unlock_account("4", START).await.unwrap(), 0);
    assert_eq!(claim(store, &at(25, START + DAY + HOUR)).await, Claim::Compare);
}

async fn limits_of_a_caller(store: &Store) {
    let at = |account: u32, at: i64| guess(&format!("5{account}"), Some("+5"), at);
    for account in 0..9 {
        fail(store, &at(account, START)).await;
    }
    let right = at(9, START);
    assert_eq!(claim(store, &right).await, Claim::Compare);
    assert!(store.settle_attempt(&right.key, "right", true, START).await.unwrap());
    let reference = Attempt { key: effect(1), account: None, ..at(0, START) };
    assert_eq!(claim(store, &reference).await, Claim::Compare, "a success was given back, the nine stay");
    assert_eq!(claim(store, &at(10, START)).await, OVER);
    assert_eq!(claim(store, &at(11, START + DAY)).await, Claim::Compare);
}

async fn limits_of_the_withheld(store: &Store) {
    let limits = Limits { withheld_per_line: 2, ..Limits::default() };
    let withheld = |account: u32, at: i64| Attempt { line: "cards".into(), ..guess(&format!("6{account}"), None, at) };
    let mut claims = Vec::new();
    for account in 0..4 {
        claims.push(store.claim_attempt(&withheld(account, START), &limits).await.unwrap());
    }
    assert_eq!(claims, [Claim::Compare, Claim::Compare, Claim::Limited { alarm: true }, OVER]);
    let elsewhere = Attempt { line: "loans".into(), ..withheld(4, START) };
    assert_eq!(store.claim_attempt(&elsewhere, &limits).await.unwrap(), Claim::Compare);
    let known = Attempt { caller: Some("+6".into()), ..withheld(5, START) };
    assert_eq!(store.claim_attempt(&known, &limits).await.unwrap(), Claim::Compare);
    assert_eq!(store.claim_attempt(&withheld(6, START + HOUR), &limits).await.unwrap(), Claim::Compare);
}

async fn a_guess_left_behind(before: &Store, after: &Store) {
    let left = guess("7", Some("+7"), START);
    assert_eq!(claim(before, &left).await, Claim::Compare);
    let again = Attempt { at: START + 5_000, ..left.clone() };
    assert_eq!(claim(after, &again).await, Claim::Compare, "whoever claimed it is gone");
    assert_eq!(claim(after, &again).await, Claim::Busy);
    assert!(!before.settle_attempt(&left.key, "right", true, START).await.unwrap(), "it is another's now");
    assert!(!before.void_attempt(&left.key).await.unwrap());
    assert!(after.settle_attempt(&left.key, "wrong", false, START).await.unwrap());
    assert_eq!(claim(after, &again).await, Claim::Settled("wrong".into()));
    assert_eq!(claim(before, &left).await, Claim::Settled("wrong".into()));
}
