//! A verification runs out after ten minutes, wherever the call is then.

use super::caller::{Act, CANARY, Caller, PIN, Reply};
use super::lines::flows;
use hotline::call::event::DialEnd;
use hotline::call::state::{Phase, Stage, Wait};
use hotline::call::step::Trace;

const LONG: Act = Act::Pass(601);

fn keys(keys: &str) -> Act {
    Act::Keys(keys.into())
}

/// A caller of the digital wallet who has chosen a language and hears the main menu.
fn at_the_main_menu() -> Caller {
    let mut caller = Caller::new(flows()[0].clone(), false);
    for act in [Act::Answer(Reply::Good(0)), Act::Answer(Reply::Bad(0))] {
        caller.does(&act);
    }
    assert_eq!(caller.state.place(), "main");
    caller
}

fn is_asked_who(caller: &Caller) -> bool {
    matches!(&caller.state.phase, Phase::Waiting(Wait { stage: Stage::Account(check), .. }) if check.detour)
}

#[test]
fn what_was_heard_of_an_account_is_not_repeated_when_it_ran_out() {
    let mut caller = at_the_main_menu();
    let looks_up = [keys("2"), keys("1"), keys("20260228009901"), keys("10001001"), keys(PIN)];
    for act in looks_up.iter().chain(&[Act::Answer(Reply::Good(0)), Act::Answer(Reply::Good(0))]) {
        caller.does(act);
    }
    assert_eq!(caller.state.place(), "charge-known");
    assert!(caller.heard.contains(CANARY), "{}", caller.heard);
    caller.does(&keys("*"));
    assert!(caller.heard.contains(CANARY), "{}", caller.heard);
    caller.does(&LONG);
    caller.does(&keys("*"));
    assert!(!caller.heard.contains(CANARY), "{}", caller.heard);
    assert_eq!(caller.state.place(), "charge-known");
}

/// The caller was verified and is asked for the number to ring.
fn asked_for_a_number() -> Caller {
    let mut caller = at_the_main_menu();
    let nobody = Act::Dialled(DialEnd::NoAnswer);
    for act in [
        keys("0"),
        Act::Answer(Reply::Good(0)),
        nobody,
        keys("1"),
        keys("2"),
        keys("10001001"),
        keys(PIN),
        Act::Answer(Reply::Good(0)),
    ] {
        caller.does(&act);
    }
    assert_eq!(caller.state.place(), "call-me-back/other-number");
    caller
}

#[test]
fn a_number_typed_in_time_is_taken() {
    let mut caller = asked_for_a_number();
    caller.does(&keys("13800138001"));
    assert_eq!(caller.state.place(), "call-me-back/other-check");
}

#[test]
fn a_number_typed_after_it_ran_out_is_asked_for_once_more_behind_a_new_one() {
    let mut caller = asked_for_a_number();
    caller.does(&LONG);
    caller.does(&keys("13800138001"));
    assert!(is_asked_who(&caller), "{}", caller.state.place());
    assert!(!serde_json::to_string(&caller.state).unwrap().contains("13800138001"), "it was taken nowhere");
    for act in [keys("10001001"), keys(PIN), Act::Answer(Reply::Good(0))] {
        caller.does(&act);
    }
    assert_eq!(caller.state.place(), "call-me-back/other-number");
    assert!(matches!(&caller.state.phase, Phase::Waiting(Wait { stage: Stage::Step, .. })));
}

#[test]
fn the_question_above_a_level_is_not_asked_again_when_it_ran_out() {
    let mut caller = asked_for_a_number();
    caller.does(&LONG);
    caller.does(&Act::Silence);
    assert!(is_asked_who(&caller), "{}", caller.state.place());
}

#[test]
fn an_answer_to_something_else_opens_nothing() {
    let mut caller = Caller::new(flows().iter().find(|f| f.name == "chain").unwrap().clone(), false);
    for act in [keys("10001001"), keys(PIN)] {
        caller.does(&act);
    }
    for wrong in 0..5 {
        let mut caller = caller.clone();
        caller.does(&Act::Answer(Reply::WrongKind(wrong)));
        assert_eq!(u8::from(caller.state.level(caller.now)), 0, "answer {wrong}");
        assert!(caller.trail.iter().any(|trace| matches!(trace, Trace::Fault(_))), "{:?}", caller.trail);
    }
}
