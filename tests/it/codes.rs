//! One-time codes, through signed webhooks: what is texted is what opens, once, in time, and never
//! with more guesses than the limits allow. Then level 3, which takes PIN and code.

use crate::support::bank::{ADA, BEN, Bank, CAM, Caller, NOBODY};
use crate::support::codes;
use crate::support::database::Database;
use futures_util::future::join_all;
use hotline::play::{PIN, WRONG_PIN};
use jiff::SignedDuration;

const SENT: &str = "If this account exists, a code is on its way to its registered phone.";
const ASKS: &str = "Please enter the six digits of the code";
const IS_WRONG: &str = "That code is not right, or it has run out.";
const ENOUGH: &str = "we cannot check again in this call";
const LIMITED: &str = "we cannot check again now";
const KNOWN: &str = "You are known, Ada.";
const MOVES: &str = "The money of Ada moves.";
const WRONG: &str = "000000#";

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

async fn bank() -> Bank {
    Bank::on(Database::sqlite()).await
}

/// A call that has come to where the code of an account is typed.
async fn at_the_code<'b>(bank: &'b Bank, account: &str) -> Caller<'b> {
    let mut caller = bank.ring("code-line").await;
    caller.press_all(&["1", &format!("{account}#")]).await;
    caller.hears(SENT);
    caller.hears(ASKS);
    caller
}

/// A call of the PIN line that is verified by the PIN.
async fn known_by_pin(bank: &Bank) -> Caller<'_> {
    let mut caller = bank.ring("pin-line").await;
    caller.press_all(&["1", &format!("{}#", ADA.0), &format!("{PIN}#")]).await;
    caller.hears(KNOWN);
    caller
}

#[tokio::test]
async fn the_code_that_was_texted_verifies() {
    let bank = bank().await;
    let mut caller = at_the_code(&bank, ADA.0).await;
    let text = caller.text().await.unwrap();
    assert!(text.starts_with("Test Bank: your code is ") && text.contains("Do not tell it to anybody."), "{text}");
    assert_eq!(bank.codes_sent_to(ADA.1).await, 1);
    let challenge = caller.challenge().await;
    let code = caller.code().await;
    caller.press(&code).await;
    caller.hears(KNOWN);
    assert_eq!(codes::text(&bank.answerer, &challenge).await, None, "a used code is texted to nobody any more");
}

#[tokio::test]
async fn three_wrong_codes_are_enough_for_a_call() {
    let bank = bank().await;
    let mut caller = at_the_code(&bank, ADA.0).await;
    for _ in 0..2 {
        caller.press(WRONG).await;
        caller.hears(IS_WRONG);
        caller.hears(ASKS);
        assert!(!caller.heard.contains(SENT), "it is the same code: {}", caller.heard);
    }
    caller.press(WRONG).await;
    caller.hears(ENOUGH);
    caller.hears("You are not known.");
    assert_eq!(bank.codes_sent_to(ADA.1).await, 1);
}

#[tokio::test]
async fn a_code_runs_out_after_ten_minutes() {
    let bank = bank().await;
    let mut late = at_the_code(&bank, ADA.0).await;
    let mut in_time = at_the_code(&bank, BEN.0).await;
    let (right, bens) = (late.code().await, in_time.code().await);
    bank.pass(MINUTE * 10 - SignedDuration::from_secs(1));
    in_time.press(&bens).await;
    in_time.hears("You are known, Ben.");
    bank.pass(SignedDuration::from_secs(1));
    assert_eq!(late.text().await, None, "nor is it texted any more");
    late.press(&right).await;
    late.hears(IS_WRONG);
    // A new one was sent in its place.
    late.hears(SENT);
    assert_eq!(bank.codes_sent_to(ADA.1).await, 2);
    let new = late.code().await;
    late.press(&new).await;
    late.hears(KNOWN);
}

#[tokio::test]
async fn a_code_opens_once() {
    let bank = bank().await;
    let mut first = at_the_code(&bank, ADA.0).await;
    let code = first.code().await;
    first.press(&code).await;
    first.hears(KNOWN);
    let mut second = at_the_code(&bank, ADA.0).await;
    second.press(&code).await;
    second.hears(IS_WRONG);
    assert_eq!(bank.codes_sent_to(ADA.1).await, 1, "not twice in a minute");
    assert_eq!(second.text().await, None, "what was never sent does not count");
    bank.pass(MINUTE);
    second.press("*1").await;
    second.hears(SENT);
    let new = second.code().await;
    second.press(&code).await;
    second.hears(IS_WRONG);
    second.press(&new).await;
    second.hears(KNOWN);
}

#[tokio::test]
async fn whoever_rings_again_within_the_minute_types_the_code_that_was_sent() {
    let bank = bank().await;
    let code = at_the_code(&bank, ADA.0).await.code().await;
    let mut again = at_the_code(&bank, ADA.0).await;
    assert_eq!(bank.codes_sent_to(ADA.1).await, 1);
    again.press(&code).await;
    again.hears(KNOWN);
}

#[tokio::test]
async fn a_code_asked_for_again_is_sent_once_a_minute() {
    let bank = bank().await;
    let mut caller = at_the_code(&bank, ADA.0).await;
    let code = caller.code().await;
    for _ in 0..5 {
        caller.press("*1").await;
        caller.hears(SENT);
        assert_eq!(caller.code().await, code);
    }
    assert_eq!(bank.codes_sent_to(ADA.1).await, 1);
    bank.pass(MINUTE);
    caller.press("*1").await;
    caller.side.repeats_itself(5).await;
    assert_eq!((bank.codes_sent_to(ADA.1).await, caller.code().await), (2, code.clone()));
    // What has little time left is not sent any more.
    bank.pass(MINUTE * 4);
    caller.press("*1").await;
    let new = caller.code().await;
    assert_eq!(bank.codes_sent_to(ADA.1).await, 3);
    assert_ne!(new, code);
    caller.press(&new).await;
    caller.hears(KNOWN);
}

#[tokio::test]
async fn a_webhook_that_comes_again_sends_one_code_and_is_charged_once() {
    let bank = bank().await;
    for n in 0..5 {
        let mut caller = at_the_code(&bank, ADA.0).await;
        caller.side.repeats_itself(10).await;
        caller.press(WRONG).await;
        caller.hears(IS_WRONG);
        caller.side.repeats_itself(10).await;
        assert_eq!(bank.codes_sent_to(ADA.1).await, n + 1, "asked for once a minute, in a call each");
        bank.pass(MINUTE);
    }
    let mut caller = at_the_code(&bank, ADA.0).await;
    caller.press(WRONG).await;
    caller.hears(LIMITED);
}

#[tokio::test]
async fn an_account_without_a_number_or_that_is_not_there_sounds_like_any_other() {
    let bank = bank().await;
    let mut heard = Vec::new();
    for account in [ADA.0, CAM, NOBODY] {
        let mut caller = bank.ring("code-line").await;
        let mut words = Vec::new();
        for keys in ["1", &format!("{account}#"), "*1", WRONG, "**", WRONG, WRONG] {
            words.push(caller.press(keys).await.to_owned());
        }
        heard.push(words);
    }
    assert_eq!(heard[0], heard[1]);
    assert_eq!(heard[0], heard[2]);
    assert_eq!(bank.store().outbox(None, 100).await.unwrap().len(), 1, "and nobody is texted");
}

#[tokio::test]
async fn a_hundred_calls_at_once_get_no_more_guesses_at_a_code_than_one_on_sqlite() {
    a_hundred_at_once(Database::sqlite()).await;
}

#[tokio::test]
async fn a_hundred_calls_at_once_get_no_more_guesses_at_a_code_than_one_on_postgresql() {
    a_hundred_at_once(Database::postgres().await).await;
}

async fn a_hundred_at_once(database: Database) {
    let bank = Bank::on(database).await;
    // All of them first: one who does not get that far fails the test, and holds nobody up.
    let callers = join_all((0..100).map(|_| at_the_code(&bank, ADA.0))).await;
    let press = async |(n, mut caller): (usize, Caller<'_>)| caller.press(&format!("{n:06}#")).await.to_owned();
    let calls = join_all(callers.into_iter().enumerate().map(press)).await;
    let (mut wrong, mut limited) = (0, 0);
    for words in calls {
        wrong += usize::from(words.contains(IS_WRONG));
        limited += usize::from(words.contains(LIMITED));
    }
    assert_eq!((wrong, limited), (5, 95));
    assert_eq!(bank.codes_sent_to(ADA.1).await, 1);
    // The right one does not help any more, nor does another way to prove it.
    bank.pass(MINUTE);
    let mut caller = at_the_code(&bank, ADA.0).await;
    let code = caller.code().await;
    caller.press(&code).await;
    caller.hears(LIMITED);
    let mut caller = bank.ring("pin-line").await;
    caller.press_all(&["1", &format!("{}#", ADA.0), &format!("{PIN}#")]).await;
    caller.hears(LIMITED);
}

#[tokio::test]
async fn who_is_known_by_the_pin_only_types_the_code_for_level_three() {
    let bank = bank().await;
    let mut caller = known_by_pin(&bank).await;
    caller.press("2").await;
    caller.hears("one more proof that it is you");
    caller.hears(ASKS);
    caller.press(WRONG).await;
    caller.hears(IS_WRONG);
    caller.hears(ASKS);
    let code = caller.code().await;
    caller.press(&code).await;
    caller.hears(MOVES);
    // It lasts as long as level 2 does, and then both are typed anew.
    bank.pass(MINUTE * 9);
    caller.press_all(&["1", "2"]).await;
    caller.hears(MOVES);
    // Not only where the line verifies: the step itself is left for it, and come back to.
    bank.pass(MINUTE);
    caller.press("*").await;
    caller.hears("Your verification has expired.");
    caller.press_all(&[&format!("{}#", ADA.0), &format!("{PIN}#")]).await;
    let code = caller.code().await;
    caller.press(&code).await;
    caller.hears(MOVES);
}

#[tokio::test]
async fn who_is_known_by_a_code_only_types_the_pin_for_level_three() {
    let bank = bank().await;
    let mut caller = at_the_code(&bank, ADA.0).await;
    let code = caller.code().await;
    caller.press_all(&[&code, "2"]).await;
    caller.hears("enter your phone PIN");
    caller.press(&format!("{WRONG_PIN}#")).await;
    caller.hears("enter your phone PIN");
    caller.press(&format!("{PIN}#")).await;
    caller.hears(MOVES);
}

#[tokio::test]
async fn an_unknown_caller_proves_both_for_level_three() {
    let bank = bank().await;
    let mut caller = bank.ring("pin-line").await;
    caller.press_all(&["2", &format!("{}#", ADA.0), &format!("{PIN}#")]).await;
    caller.hears(ASKS);
    let code = caller.code().await;
    caller.press(&code).await;
    caller.hears(MOVES);
}

#[tokio::test]
async fn a_code_typed_when_the_pin_has_run_out_opens_nothing() {
    let bank = bank().await;
    let mut caller = known_by_pin(&bank).await;
    bank.pass(MINUTE * 9);
    caller.press("2").await;
    let code = caller.code().await;
    bank.pass(MINUTE);
    caller.press(&code).await;
    caller.hears("Your verification has expired.");
    caller.hears("enter your account number");
    caller.press_all(&[&format!("{}#", ADA.0), &format!("{PIN}#"), &code]).await;
    caller.hears(MOVES);
}

#[tokio::test]
async fn whoever_has_the_pin_gets_no_more_guesses_at_the_code() {
    let bank = bank().await;
    for _ in 0..5 {
        let mut caller = known_by_pin(&bank).await;
        caller.press_all(&["2", WRONG]).await;
        caller.hears(IS_WRONG);
    }
    // The PIN was right each time, and forgave only wrong PINs.
    let mut caller = bank.ring("pin-line").await;
    caller.press_all(&["1", &format!("{}#", ADA.0), &format!("{PIN}#")]).await;
    caller.hears(LIMITED);
}
