//! What holds for every call, whatever its caller presses and whatever the world answers: random
//! calls through every shipped flow. `HOTLINE_LONG=1` plays many more.

mod caller;
mod expiry;
mod lines;
mod replayed;

use caller::{Act, Caller, Reply};
use hotline::call::event::DialEnd;
use hotline::call::state::{Ending, Phase};
use hotline::call::step::limits;
use hotline::call::{Effect, Event, Outcome, State, step};
use hotline::flow::read::load_one;
use hotline::words::Secret;
use lines::flows;
use proptest::prelude::*;
use proptest::test_runner::Config;
use std::sync::Arc;

/// Silence a caller hears out from anywhere, in documents: two deep questions, each asked three
/// times, the callback question likewise, and fillers between them.
const PATIENCE: u32 = 30;

const ENDS: [DialEnd; 4] = [DialEnd::Answered, DialEnd::Busy, DialEnd::NoAnswer, DialEnd::Failed];

fn config() -> Config {
    let long = std::env::var_os("HOTLINE_LONG").is_some_and(|set| set == "1");
    Config { cases: if long { 20_000 } else { 300 }, failure_persistence: None, ..Config::default() }
}

/// What somebody at the keys does: much that makes sense, so that calls get far, and some that does not.
fn act() -> impl Strategy<Value = Act> {
    let single = prop::sample::select(vec!["1", "2", "3", "4", "5", "1", "2", "3", "1", "2"]);
    let universal = prop::sample::select(vec!["0", "*", "#", "9", "*0", "**", "*9", ""]);
    let typed = prop::sample::select(vec![
        "10001001",
        "20260301004711",
        "20260228",
        "33000018",
        "128",
        "13800138000",
        "91234567",
        "00000000",
        "99999999999999999999999999999999999999999",
        "-1",
        "1.5",
        "１２",
        "12*4",
        "a",
        "\u{0}",
    ]);
    prop_oneof![
        20 => single.prop_map(|keys| Act::Keys(keys.into())),
        3 => universal.prop_map(|keys| Act::Keys(keys.into())),
        6 => typed.prop_map(|keys| Act::Keys(keys.into())),
        2 => "[0-9*#A-D]{0,12}".prop_map(Act::Keys),
        20 => Just(Act::Sensible),
        4 => Just(Act::Silence),
        2 => prop::sample::select(ENDS.to_vec()).prop_map(Act::Dialled),
        1 => (0..90u32).prop_map(Act::Recorded),
        20 => any::<u8>().prop_map(|n| Act::Answer(Reply::Good(n))),
        3 => any::<u8>().prop_map(|n| Act::Answer(Reply::Bad(n))),
        2 => any::<u8>().prop_map(|n| Act::Answer(Reply::WrongKind(n))),
        2 => Just(Act::Slow),
        1 => (0..20u8).prop_map(|n| Act::Status { last: n == 0 }),
        1 => (1i64..900).prop_map(Act::Pass),
    ]
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    prop::collection::vec(act(), 1..90)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_call_is_answered_within_its_bounds_and_says_nothing_it_may_not(
        flow in 0..flows().len(), withheld: bool, acts in acts(),
    ) {
        let mut caller = Caller::new(flows()[flow].clone(), withheld);
        for act in &acts {
            caller.does(act);
            if caller.state.ending().is_some() {
                break;
            }
        }
        prop_assert!(caller.state.turn <= limits::TURNS + 1);
    }

    #[test]
    fn a_silent_caller_is_let_go_from_everywhere(
        flow in 0..flows().len(), withheld: bool, acts in acts(), found: bool,
    ) {
        let mut caller = Caller::new(flows()[flow].clone(), withheld);
        for act in &acts {
            caller.does(act);
            if caller.state.ending().is_some() {
                return Ok(());
            }
        }
        let turn = caller.state.turn;
        while caller.state.ending().is_none() {
            caller.stays_silent(found);
            prop_assert!(caller.state.turn <= turn + PATIENCE, "still at {}", caller.state.place());
        }
    }
}

#[test]
fn a_caller_who_never_stops_is_let_go_with_a_goodbye() {
    for keys in ["*", "9", "#", "0", "1", "2", "7", "**", "*0", "4"] {
        for flow in flows() {
            let mut caller = Caller::new(flow.clone(), false);
            while caller.state.ending().is_none() {
                caller.does(&match caller.is_asked() {
                    true => Act::Keys(keys.into()),
                    false => Act::Answer(Reply::Good(1)),
                });
            }
            assert!(caller.state.turn <= limits::TURNS + 1, "{keys} on {}", flow.name);
        }
    }
}

#[test]
fn answers_nobody_waits_for_do_not_keep_a_call_open() {
    let mut caller = Caller::new(flows()[0].clone(), false);
    while caller.state.ending().is_none() {
        caller.does(&Act::Slow);
        assert!(caller.state.turn <= limits::TURNS + 1);
    }
}

#[test]
fn a_call_that_has_ended_says_so_and_stays_ended() {
    let mut caller = Caller::new(flows()[0].clone(), false);
    while caller.state.ending().is_none() {
        caller.stays_silent(true);
    }
    let ending = caller.state.ending();
    for act in [Act::Keys("1".into()), Act::Silence, Act::Slow, Act::Answer(Reply::Good(0)), Act::Status { last: true }]
    {
        caller.does(&act);
        assert_eq!(caller.state.ending(), ending);
    }
}

#[test]
fn who_hung_up_while_speaking_is_asked_nothing_more() {
    let mut speaks = Caller::new(flows().iter().find(|flow| flow.name == "dingpay").unwrap().clone(), false);
    for act in [Act::Sensible, Act::Sensible, Act::Keys("5".into()), Act::Keys("1".into())] {
        speaks.does(&act);
    }
    while !speaks.state.place().ends_with("/speak") {
        speaks.does(&Act::Sensible);
    }
    speaks.does(&Act::Status { last: true });
    assert_eq!(speaks.state.ending(), None, "the message is still to come");
    for act in [Act::Keys("1".into()), Act::Silence, Act::Recorded(7), Act::Recorded(0)] {
        let mut gone = speaks.clone();
        gone.does(&act);
        // What was said is kept before the call is over.
        while gone.state.ending().is_none() {
            gone.does(&Act::Answer(Reply::Good(0)));
        }
        assert_eq!(gone.state.ending(), Some(Ending::HungUp), "{act:?}");
    }
}

#[test]
fn the_message_of_who_hung_up_is_filed_though_what_stands_before_it_is_slow() {
    let text = "\
flow: message
title: { en-US: Message }
languages: [en-US]
hours: always
countries: [CN]
uses: [call-me-back]
start: who
person: agent
denied: bye
steps:
  who: { verify: 2, then: speak, failed: bye }
  speak: { record: message, limit: 60s, prompt: { en-US: Please speak. }, then: look, empty: bye }
  look: { lookup: account, with: { account: caller.account }, into: a, then: keep, missing: keep, failed: keep }
  keep: { request: report, topic: general, priority: low, number: nobody, into: filed, then: bye, refused: bye }
  agent: { call: call-me-back, with: { kind: callback, topic: general, priority: normal }, then: bye }
  bye: { hangup: { en-US: Bye. } }
";
    let mut files = crate::support::flows::files();
    files.insert("message.yaml".into(), text.into());
    let flow = load_one(&files, "message.yaml").unwrap();
    let mut caller = Caller::new(Arc::new(flow), false);
    while !caller.state.place().ends_with("speak") {
        caller.does(&Act::Sensible);
    }
    for act in [Act::Status { last: true }, Act::Recorded(7), Act::Answer(Reply::Good(0)), Act::Slow] {
        caller.does(&act);
    }
    let filed = matches!(&caller.state.phase, Phase::Looking(it) if matches!(it.effect, Effect::FileRequest(_)));
    assert!(filed, "{:?}", caller.state.phase);
}

#[test]
fn the_state_of_a_call_is_written_and_read_back_as_it_is() {
    let caller = Caller::new(flows()[0].clone(), true);
    let written = serde_json::to_string(&caller.state).unwrap();
    assert_eq!(serde_json::from_str::<State>(&written).unwrap(), caller.state);
}

#[test]
fn effects_of_one_call_never_share_a_key() {
    // Six lookups in a row are more than a turn may do; the caller breathes in between.
    let mut caller = Caller::new(flows().iter().find(|f| f.name == "chain").unwrap().clone(), false);
    while caller.state.ending().is_none() {
        caller.does(&match caller.is_asked() {
            true => Act::Sensible,
            false if caller.is_told_to_come_back() => Act::Silence,
            false => Act::Answer(Reply::Good(0)),
        });
    }
    let mut keys = caller.effects.clone();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), caller.effects.len(), "{:?}", caller.effects);
    assert_eq!(caller.effects.len(), 8, "what is remembered, one verification, six lookups: {:?}", caller.effects);
}

#[test]
fn digits_of_a_secret_are_kept_as_their_number_only() {
    let mut caller = Caller::new(flows()[0].clone(), false);
    caller.comes_to_a_pin();
    let kept = serde_json::to_string(&caller.state.keep(&Secret::new(caller::PIN))).unwrap();
    assert_eq!(kept, r#"{"secret":6}"#);
    let turn = step(&caller.flow, caller.state.clone(), Event::Digits(Secret::new(caller::PIN)), caller.now);
    assert!(matches!(turn.outcome, Outcome::Ask(_, Some(secret)) if secret.reveal() == caller::PIN));
}
