//! One-time codes: one on its way for an account, sent once a minute, used once and in time.

use crate::support::rows::{START, customer, effect, guess};
use hotline::store::{Attempt, Claim, Customer, EffectKey, Guess, Limits, Store, WantedCode};
use hotline::words::{Lang, Secret};

const MINUTE: i64 = 60_000;
/// What is kept of a guess that is right, and of one that is wrong.
const OUTCOMES: (&str, &str) = ("right", "wrong");

pub async fn story(store: &Store) {
    one_on_its_way(store).await;
    used_once(store).await;
    right_ones_forgive_their_own_kind(store).await;
    what_is_known(store).await;
}

fn wanted<'a>(account: &'a str, key: &'a EffectKey, at: i64) -> WantedCode<'a> {
    WantedCode { account, line: "wallet", lang: Lang::ZhHk, key, test: false, resend: true, at }
}

async fn one_on_its_way(store: &Store) {
    let (key, later, other) = (effect(1), effect(2), effect(3));
    let first = store.challenge(&wanted("91", &key, START)).await.unwrap();
    assert!(first.fresh && first.sends);
    assert_eq!(store.challenge(&wanted("91", &key, START)).await.unwrap(), first, "a repeated turn may send it yet");
    let again = store.challenge(&wanted("91", &other, START + MINUTE - 1)).await.unwrap();
    assert_eq!((&again.id, again.fresh, again.sends), (&first.id, false, false));
    let again = store.challenge(&wanted("91", &later, START + MINUTE)).await.unwrap();
    assert_eq!((&again.id, again.fresh, again.sends), (&first.id, false, true));
    let kept =
        store.challenge(&WantedCode { resend: false, ..wanted("91", &other, START + 3 * MINUTE) }).await.unwrap();
    assert_eq!((&kept.id, kept.sends), (&first.id, false), "nobody asked for it");

    let sent = store.sent_challenge(&first.id, START + 10 * MINUTE - 1).await.unwrap().unwrap();
    assert_eq!(
        (sent.account.as_str(), sent.line.as_str(), sent.lang, sent.test),
        ("91", "wallet", Some(Lang::ZhHk), false)
    );
    assert_eq!(store.sent_challenge(&first.id, START + 10 * MINUTE).await.unwrap(), None);
    assert_eq!(store.sent_challenge("nothing", START).await.unwrap(), None);

    // Another line has its own, and it is not sent in the same minute; a trial meets neither.
    let at = START + MINUTE + 1;
    let elsewhere = store.challenge(&WantedCode { line: "cards", ..wanted("91", &other, at) }).await.unwrap();
    assert!(elsewhere.fresh && !elsewhere.sends && elsewhere.id != first.id);
    assert_eq!(store.sent_challenge(&elsewhere.id, at).await.unwrap(), None, "nobody knows it");
    let trial = store.challenge(&WantedCode { test: true, ..wanted("91", &other, at) }).await.unwrap();
    assert!(trial.fresh && trial.sends);
}

/// Claims a guess at a code and settles it.
async fn try_code(store: &Store, attempt: &Attempt, challenge: &str, right: bool) -> Option<bool> {
    assert_eq!(store.claim_attempt(attempt, &Limits::default()).await.unwrap(), Claim::Compare);
    store.settle_code(&attempt.key, challenge, right, OUTCOMES, attempt.at).await.unwrap()
}

fn at_code(account: &str, number: u32, at: i64) -> Attempt {
    Attempt { guess: Guess::Code, ..guess(account, Some(&format!("+9{account}{number}")), at) }
}

async fn used_once(store: &Store) {
    let key = effect(1);
    let code = store.challenge(&wanted("92", &key, START)).await.unwrap().id;
    let right = at_code("92", 1, START);
    assert_eq!(store.settle_code(&right.key, &code, true, OUTCOMES, START).await.unwrap(), None, "never claimed");
    assert!(store.sent_challenge(&code, START).await.unwrap().is_some(), "and so it is not used");
    assert_eq!(try_code(store, &at_code("93", 1, START), &code, true).await, Some(false), "of another account");
    assert_eq!(try_code(store, &right, &code, true).await, Some(true));
    assert_eq!(store.claim_attempt(&right, &Limits::default()).await.unwrap(), Claim::Settled("right".into()));
    assert_eq!(try_code(store, &at_code("92", 2, START), &code, true).await, Some(false), "a second time");
    assert_eq!(store.sent_challenge(&code, START).await.unwrap(), None);

    let next = store.challenge(&wanted("92", &key, START + MINUTE)).await.unwrap();
    assert!(next.fresh && next.sends);
    let late = START + 11 * MINUTE;
    assert_eq!(try_code(store, &at_code("92", 3, late), &next.id, true).await, Some(false), "too late");
    let tried = store.challenge(&wanted("92", &key, late)).await.unwrap();
    assert!(tried.fresh, "in place of one that has run out");
    for number in 4..7 {
        let account = "92";
        store.unlock_account(account, late).await.unwrap();
        assert_eq!(try_code(store, &at_code(account, number, late), &tried.id, false).await, Some(false));
    }
    store.unlock_account("92", late).await.unwrap();
    assert_eq!(try_code(store, &at_code("92", 7, late), &tried.id, true).await, Some(false), "after three tries");
}

async fn right_ones_forgive_their_own_kind(store: &Store) {
    let pin = |number: u32| guess("94", Some(&format!("+94{number}")), START);
    for number in 0..4 {
        assert_eq!(store.claim_attempt(&pin(number), &Limits::default()).await.unwrap(), Claim::Compare);
    }
    let code = store.challenge(&wanted("94", &effect(1), START)).await.unwrap().id;
    assert_eq!(try_code(store, &at_code("94", 8, START), &code, true).await, Some(true));
    assert_eq!(store.claim_attempt(&pin(4), &Limits::default()).await.unwrap(), Claim::Compare, "the fifth");
    let over = store.claim_attempt(&pin(5), &Limits::default()).await.unwrap();
    assert_eq!(over, Claim::Limited { alarm: false }, "the wrong PINs are not forgiven");
    assert_eq!(store.unlock_account("94", START).await.unwrap(), 5);
}

async fn what_is_known(store: &Store) {
    assert!(store.any_knowledge().await.unwrap().is_none());
    let knows = |verifier: &str| Customer { knowledge: Some(Secret::new(verifier)), ..customer("95", None) };
    for (verifier, changed) in [("hmac-sha256:1", 0), ("hmac-sha256:2", 1)] {
        assert_eq!(store.import_customers(&[knows(verifier)], START).await.unwrap().changed, changed);
        let kept = store.customer("95").await.unwrap().unwrap().knowledge;
        assert!(kept.is_some_and(|kept| kept.same(verifier.as_bytes())));
        assert!(store.any_knowledge().await.unwrap().is_some_and(|kept| kept.same(verifier.as_bytes())));
    }
    let slow = Customer { account: "96".into(), ..knows("$argon2id$") };
    store.import_customers(&[slow], START).await.unwrap();
    assert!(store.any_knowledge().await.unwrap().is_some_and(|kept| kept.same(b"$argon2id$")), "the slowest");
}
