//! Recorded calls on another version: each way in which a change can be felt, and real calls as a server
//! keeps them.

use crate::support::flows::files as shipped_files;
use crate::support::people::store;
use crate::support::server::{Home, Server};
use crate::support::twilio::Call;
use hotline::answer::Flows;
use hotline::call::effect::{Answer, LookupAnswer};
use hotline::call::event::{Began, CallStatus, Event, Kept};
use hotline::call::state::Ending;
use hotline::call::{Outcome, State, step};
use hotline::flow::Flow;
use hotline::flow::read::{Files, load_one};
use hotline::flow::value::Value;
use hotline::play::replay::{Difference, End, Needed, Recorded, Row, Went, Why, replay};
use hotline::studio::replay::replayed;
use hotline::words::Secret;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A line with a menu, a number to type and something to look up.
const SHOP: &str = r##"
flow: shop
title: { en-US: Shop }
languages: [en-US]
uses: [call-me-back]
hours: always
countries: [CN]
start: welcome
person: agent
denied: agent
steps:
  welcome: { say: { en-US: Welcome. }, then: main }
  main:
    menu:
      - { key: 1, go: order, for: { en-US: an order } }
      - { key: 2, go: hours, for: { en-US: our hours } }
    otherwise: agent
  order: { ask: number, as: { digits: { from: 4, to: 8 } }, prompt: { en-US: Type the number. }, then: found, otherwise: agent }
  found: { say: { en-US: "Your order {number|digits} is on its way." }, then: bye }
  hours: { say: { en-US: We are open all day. }, then: main }
  agent: { call: call-me-back, with: { kind: callback, topic: general, priority: normal }, then: bye }
  bye: { hangup: { en-US: Goodbye. } }
"##;

fn load(text: &str) -> Flow {
    let mut files = shipped_files();
    files.insert("shop.yaml".to_owned(), text.to_owned());
    load_one(&files, "shop.yaml").unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// The shop with pieces of its text changed.
fn shop(changes: &[(&str, &str)]) -> Flow {
    let changed = changes.iter().fold(SHOP.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "{old}");
        text.replace(old, new)
    });
    load(&changed)
}

/// A withheld call of somebody who presses these keys one after the other and hangs up where the line does
/// not; the world finds nothing.
fn call(flow: &Flow, keys: &[&str]) -> Recorded {
    let at = Timestamp::constant(1_772_416_800, 0);
    let began = Began { dialled: "+85230000001".into(), from: None, test: false, lang: None };
    let mut state = State::new(flow, began.clone());
    let mut rows = Vec::new();
    let pressed = keys.iter().map(|keys| Kept::Digits((*keys).to_owned()));
    let events = [Kept::Began(began.clone())].into_iter().chain(pressed);
    for kept in events.chain([Kept::Status(CallStatus::Completed)]) {
        if state.ending().is_some() {
            break;
        }
        let mut event = match &kept {
            Kept::Began(began) => Event::Began(began.clone()),
            Kept::Digits(keys) => Event::Digits(Secret::new(keys.as_str())),
            _ => Event::Status(CallStatus::Completed),
        };
        let (mut trail, mut answers) = (Vec::new(), Vec::new());
        loop {
            let turn = step(flow, state, event, at);
            state = turn.state;
            trail.extend(turn.trail);
            let Outcome::Ask(effect, _) = turn.outcome else { break };
            answers.push(Some(Answer::failed_for(&effect)));
            event = Event::Answered(Answer::failed_for(&effect));
        }
        rows.push(Row { event: kept, answers, trail, at });
    }
    Recorded { began, mute: Vec::new(), fiction: false, rows }
}

fn at(step: &str, went: Went) -> Difference {
    Difference { went, step: Some(step.to_owned()), now: None }
}

#[test]
fn a_caller_presses_the_new_key_of_an_option_and_types_the_same() {
    let old = shop(&[]);
    let swapped = shop(&[("key: 1, go: order", "key: 3, go: order"), ("key: 2, go: hours", "key: 1, go: hours")]);
    for keys in [&["1", "12345"][..], &["2", "1", "12345"], &["2"], &["7", "1", "12", "12345"], &["0"]] {
        let recorded = call(&old, keys);
        let difference = replay(&old, &swapped, &recorded);
        assert_eq!(difference, Difference { went: Went::Same, step: None, now: None }, "{keys:?}");
    }
}

#[test]
fn a_step_under_another_name_is_the_same_step() {
    let old = shop(&[]);
    let named = shop(&[("order", "parcel"), ("an parcel", "an order"), ("Your parcel", "Your order")]);
    assert_eq!(replay(&old, &named, &call(&old, &["1", "12345"])).went, Went::Same);
    // Beside another new step only what it says tells which one it is.
    let two = shop(&[
        ("go: hours", "go: open"),
        (
            "  hours: { say: { en-US: We are open all day. }, then: main }",
            "  open: { say: { en-US: We are open all day. }, then: more }\n  more: { say: { en-US: Also at night. }, then: main }",
        ),
    ]);
    let difference = replay(&old, &two, &call(&old, &["2", "1", "12345"]));
    assert_eq!((difference.went, difference.step.as_deref()), (Went::Elsewhere, Some("main")));
    assert_eq!(difference.now.as_deref(), Some("more"), "`open` is no difference");
}

#[test]
fn an_option_under_other_words_is_found_by_where_it_leads() {
    let old = shop(&[]);
    let said = shop(&[("an order", "a parcel"), ("key: 1, go: order", "key: 4, go: order")]);
    assert_eq!(replay(&old, &said, &call(&old, &["1", "12345"])).went, Went::Same);
}

#[test]
fn an_option_that_is_gone_is_told_with_its_words() {
    let old = shop(&[]);
    let without = shop(&[
        ("      - { key: 2, go: hours, for: { en-US: our hours } }\n", ""),
        ("  hours: { say: { en-US: We are open all day. }, then: main }\n", ""),
    ]);
    let gone = Went::OptionGone { key: "2".into(), words: "our hours".into() };
    assert_eq!(replay(&old, &without, &call(&old, &["2", "1", "12345"])).went, gone);
    assert_eq!(replay(&old, &without, &call(&old, &["2"])).step.as_deref(), Some("main"));
    assert_eq!(replay(&old, &without, &call(&old, &["1", "12345"])).went, Went::Same);
}

#[test]
fn what_was_not_asked_then_is_told_by_name() {
    let old = shop(&[]);
    let typed = shop(&[
        ("then: found, ", "then: second, "),
        (
            "  found:",
            "  second: { ask: postcode, as: { digits: { from: 6, to: 6 } }, prompt: { en-US: Type the postcode. }, then: found, otherwise: agent }\n  found:",
        ),
    ]);
    let needs = replay(&old, &typed, &call(&old, &["1", "12345"]));
    let expected = Went::NeedsData(Needed::Typed("postcode".into()));
    assert_eq!(needs, Difference { now: Some("second".into()), ..at("second", expected) });
    assert_eq!(replay(&old, &typed, &call(&old, &["1"])).went, Went::Same, "who hung up before is not asked");
    let verified = shop(&[
        ("then: found, ", "then: who, "),
        ("  found:", "  who: { verify: 2, then: found, failed: agent }\n  found:"),
    ]);
    let needs = replay(&old, &verified, &call(&old, &["1", "12345"]));
    assert_eq!((needs.went, needs.step.as_deref()), (Went::NeedsData(Needed::Account), Some("who")));
    let stricter = shop(&[("{ digits: { from: 4, to: 8 } }", "{ digits: { from: 6, to: 6 } }")]);
    let needs = replay(&old, &stricter, &call(&old, &["1", "12345"]));
    assert_eq!((needs.went, needs.step.as_deref()), (Went::NeedsData(Needed::Typed("number".into())), Some("order")));
}

#[test]
fn what_the_world_was_not_asked_is_needed_and_what_it_was_is_answered_again() {
    let step = |with: &str| {
        format!(
            "  look: {{ lookup: payment, with: {{ account: caller.account, number: {with} }}, into: p, then: found, missing: found, failed: found }}\n  found:"
        )
    };
    let look = |with: &str| {
        let who = format!("  who: {{ verify: 2, then: look, failed: agent }}\n{}", step(with));
        shop(&[("then: found, ", "then: who, "), ("  found:", &who)])
    };
    let (old, looks) = (shop(&[]), look("number"));
    assert_eq!(replay(&old, &looks, &call(&old, &["1", "12345678"])).went, Went::NeedsData(Needed::Account));
    let recorded = verified_call(&looks);
    assert_eq!(replay(&looks, &looks, &recorded).went, Went::Same);
    let first = shop(&[
        ("go: order, for", "go: who, for"),
        ("  order:", "  who: { verify: 2, then: order, failed: agent }\n  order:"),
        ("then: found, ", "then: look, "),
        ("  found:", &step("number")),
    ]);
    // Account and PIN are asked for earlier, and typed there.
    assert_eq!(replay(&looks, &first, &recorded).went, Went::Elsewhere);
    let needs = replay(&looks, &look(r#""'77777777'""#), &recorded);
    assert_eq!((needs.went, needs.step.as_deref()), (Went::NeedsData(Needed::Source("payment".into())), Some("look")));
}

/// A call that types a number, is verified for what is looked up with it, and hears it.
fn verified_call(flow: &Flow) -> Recorded {
    use hotline::call::effect::{Effect, VerifyAnswer};
    use hotline::words::Level;
    let mut recorded = call(flow, &["1", "12345678"]);
    recorded.rows.pop();
    let at = recorded.rows[0].at;
    let mut state = State::new(flow, recorded.began.clone());
    for row in &recorded.rows {
        let event = match &row.event {
            Kept::Digits(keys) => Event::Digits(Secret::new(keys.as_str())),
            _ => Event::Began(recorded.began.clone()),
        };
        state = step(flow, state, event, at).state;
    }
    for (kept, keys) in [(Kept::Digits("10001001".into()), "10001001"), (Kept::Secret(6), "270496")] {
        let mut row = Row { event: kept, answers: Vec::new(), trail: Vec::new(), at };
        let mut event = Event::Digits(Secret::new(keys));
        loop {
            let turn = step(flow, state, event, at);
            state = turn.state;
            row.trail.extend(turn.trail);
            let Outcome::Ask(effect, _) = turn.outcome else { break };
            let answer = match effect {
                Effect::Verify { account, .. } => {
                    Answer::Verify(VerifyAnswer::Verified { account, level: Level::L2, name: "Li".into() })
                }
                _ => Answer::Lookup(LookupAnswer::Found(Value::Record(BTreeMap::new()))),
            };
            row.answers.push(Some(answer.clone()));
            event = Event::Answered(answer);
        }
        recorded.rows.push(row);
    }
    assert_eq!(state.ending(), Some(Ending::Goodbye));
    recorded
}

#[test]
fn another_end_is_told_with_both() {
    let old = shop(&[]);
    let other = shop(&[(
        "is on its way.\" }, then: bye }",
        "is on its way.\" }, then: thanks }\n  thanks: { hangup: { en-US: Thank you. } }",
    )]);
    let end = |step: &str| End { step: step.to_owned(), ending: Some(Ending::Goodbye) };
    let difference = replay(&old, &other, &call(&old, &["1", "12345"]));
    assert_eq!(difference.went, Went::EndsOtherwise { then: end("bye"), now: end("thanks") });
    assert_eq!((difference.step.as_deref(), difference.now.as_deref()), (Some("bye"), Some("thanks")));
}

#[test]
fn a_call_this_server_takes_another_way_is_not_compared() {
    let old = shop(&[]);
    let mut recorded = call(&old, &["2", "1", "12345"]);
    recorded.rows[1].trail.pop();
    assert_eq!(replay(&old, &old, &recorded), Difference::cannot(Why::Server));
    assert_eq!(Recorded::read([("\"silence\"", "[]", "{}", "[]", 0)]), None, "it does not begin");
    assert_eq!(Recorded::read([("{\"sung\":1}", "[]", "{}", "[]", 0)]), None, "what is sung nobody knows");
}

/// Calls of every sort, some of which were called before.
async fn calls(server: &Server) -> usize {
    let all: [(&str, &[&str]); 7] = [
        ("+85261230201", &["3", "2", "1", "20260228009901#", "10001001#", "270496#"]),
        ("+85261230202", &["3", "1", "20260301004711#", "10001001#", "000000#", "*0"]),
        ("+85261230203", &["3", "5", "4", "0"]),
        ("+85261230203", &["1"]),
        ("+85261230204", &["3", "7", "9", "*", "5", "#", "3", "10001001#", "*9"]),
        ("+85261230205", &["2"]),
        ("anonymous", &["3", "3", "10001006#", "**", "#"]),
    ];
    for (number, keys) in all {
        let mut call = Call::from(number);
        call.dial(server).await;
        for keys in keys {
            if call.heard.gather.is_none() {
                break;
            }
            call.press(server, keys).await;
        }
        if !call.heard.hangs_up() {
            let silent = call.silent();
            call.go(server, silent).await;
        }
        server.send(&call.status("completed")).await;
    }
    all.len()
}

#[tokio::test]
async fn real_calls_go_the_same_way_on_their_own_version_and_are_told_of_on_another() {
    let home = Home::new();
    let server = home.start();
    let n = calls(&server).await as u64;
    let store = store(&home).await;
    let flows = Flows::default();
    let live = store.live().await.unwrap();
    let live = live.iter().find(|row| row.name == "digital-wallet").unwrap();
    let own = flows.version(&live.digest, &store).await.unwrap().unwrap();
    let same = replayed(&flows, &store, "digital-wallet", &own, 1_000).await.unwrap();
    assert_eq!((same.calls, same.same, same.groups.len()), (n, n, 0), "{same:?}");

    let files: Files = own.files.iter().cloned().collect();
    let text = files["digital-wallet.yaml"].clone();
    let line = text.lines().find(|line| line.contains("key: 5, go: more")).unwrap();
    let changed = text.replace(&format!("{line}\n"), "").replace("key: 3, go: account", "key: 6, go: account");
    let files: Files = files.into_iter().chain([("digital-wallet.yaml".to_owned(), changed)]).collect();
    let new = Arc::new(hotline::flow::read::load_again(&files, "digital-wallet.yaml").unwrap());
    let report = replayed(&flows, &store, "digital-wallet", &new, 1_000).await.unwrap();
    assert_eq!(report.calls, n);
    assert!(report.gone >= 2, "{report:?}");
    assert!(report.same >= 2, "{report:?}");
    let group = report.groups.iter().find(|group| matches!(group.how.went, Went::OptionGone { .. })).unwrap();
    assert_eq!(group.how.step.as_deref(), Some("main"));
    assert_eq!(group.ids.len() as u64, group.calls);
    let few = replayed(&flows, &store, "digital-wallet", &own, 3).await.unwrap();
    assert_eq!((few.calls, few.same), (3, 3));
}
