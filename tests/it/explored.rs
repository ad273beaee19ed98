//! The explorer on the shipped flows: nothing is wrong, and it comes to every step that the analyser
//! lets pass. And on a small flow that is broken behind the analyser's back: each fault is shown,
//! with the keys that lead to it.

use crate::support::flows::{files, shipped};
use crate::support::told::in_every_language;
use hotline::flow::model::Block;
use hotline::flow::read::load_one;
use hotline::flow::source::Problem;
use hotline::flow::{Flow, Kind, Step};
use hotline::play::{Bounds, Finding, explore};
use hotline::words::{Lang, Level};
use std::collections::BTreeSet;

/// A hotline with a verification, a lookup, a counter and a callback.
const SMALL: &str = "\
flow: small
title: { en-US: Small, zh-CN: 小 }
languages: [en-US, zh-CN]
uses: [call-me-back]
hours: wallet-support
countries: [CN]
start: main
person: agent
denied: agent
steps:
  main:
    menu:
      - { key: 1, go: who, for: { en-US: a charge, zh-CN: 扣款 } }
      - { key: 2, go: agent, to: { en-US: be called back, zh-CN: 请客服回电 } }
    otherwise: bye
  who: { verify: 2, then: look-up, failed: agent }
  look-up:
    lookup: account
    with: { account: caller.account }
    into: account
    then: choose
    missing: sorry
    failed: sorry
  choose:
    when: [{ if: account.state == 'frozen', go: frozen }]
    else: tell
  frozen: { say: { en-US: Your account is frozen., zh-CN: 您的账户已经冻结。 }, then: sorry }
  tell:
    menu: [{ key: 1, go: sorry, to: { en-US: go on, zh-CN: 继续 } }]
    prompt: { en-US: 'It is so because of {account.reason}.', zh-CN: '原因是{account.reason}。' }
    otherwise: sorry
  sorry: { say: { en-US: That is all., zh-CN: 就这些。 }, then: bye }
  agent:
    call: call-me-back
    with: { kind: callback, topic: shop, priority: low }
    then: bye
  bye: { hangup: { en-US: Bye., zh-CN: 再见。 } }
";

fn small() -> Flow {
    let mut files = files();
    files.insert("small.yaml".into(), SMALL.into());
    load_one(&files, "small.yaml").unwrap()
}

fn at(flow: &Flow, name: &str) -> usize {
    flow.blocks[0].index[name]
}

fn step<'f>(flow: &'f mut Flow, name: &str) -> &'f mut Step {
    let at = at(flow, name);
    &mut flow.blocks[0].steps[at]
}

/// What is found when the small flow is broken so, of a kind.
#[track_caller]
fn found(code: &str, breaks: impl FnOnce(&mut Flow)) -> Finding {
    let mut flow = small();
    breaks(&mut flow);
    let findings = explore(&flow, Bounds::default()).findings;
    in_every_language(&findings.iter().cloned().map(Problem::from).collect::<Vec<_>>());
    let found = findings.iter().find(|finding| finding.code == code);
    found.unwrap_or_else(|| panic!("no {code} in {findings:?}")).clone()
}

fn names((b, block): (usize, &Block)) -> Vec<String> {
    let name = |step: &Step| if b == 0 { step.name.clone() } else { format!("{}/{}", block.name, step.name) };
    block.steps.iter().map(name).collect()
}

#[test]
fn everything_that_can_happen_to_a_shipped_hotline_is_tried_and_nothing_is_wrong() {
    for flow in shipped().1 {
        let explored = explore(&flow, Bounds::default());
        let found: Vec<String> = explored.findings.iter().map(ToString::to_string).collect();
        assert!(found.is_empty(), "{}", found.join("\n"));
        assert!(explored.complete, "{} has more states than are tried", flow.name);
        // Every step of a flow that loads is one the analyser holds for reachable.
        let reachable: BTreeSet<String> = flow.blocks.iter().enumerate().flat_map(names).collect();
        assert_eq!(explored.visited, reachable);
        assert_eq!(explored.choices.0, explored.choices.1, "every choice of {} is pressed", flow.name);
        println!(
            "{}: {} states, {} events, depth {}",
            flow.name, explored.states, explored.transitions, explored.deepest
        );
    }
}

#[test]
fn a_small_flow_that_is_right_is_found_right() {
    let explored = explore(&small(), Bounds::default());
    assert_eq!(explored.findings, []);
    assert!(explored.complete);
}

#[test]
fn a_bound_that_is_hit_is_told_and_no_step_is_called_unreachable_for_it() {
    let explored = explore(&small(), Bounds { states: 5, ..Bounds::default() });
    assert!(!explored.complete);
    assert_eq!(explored.bounds, ["states"]);
    assert_eq!(explored.findings, []);
}

#[test]
fn a_way_round_a_verification_is_shown_with_its_key() {
    let finding = found("below-level", |flow| {
        let behind = at(flow, "look-up");
        let Kind::Menu { options, .. } = &mut step(flow, "main").kind else { panic!() };
        options[0].go = behind;
    });
    assert_eq!(finding.step, "look-up");
    assert_eq!(finding.keys, ["a call without a number", "1"]);
    assert_eq!((finding.file.as_str(), finding.line), ("small.yaml", 17));
}

#[test]
fn what_is_not_set_on_some_way_is_shown_where_it_is_spoken() {
    let finding = found("unset", |flow| {
        let tell = at(flow, "tell");
        let Kind::Lookup { missing, .. } = &mut step(flow, "look-up").kind else { panic!() };
        *missing = tell;
    });
    assert_eq!(finding.step, "tell");
    assert!(finding.what.contains("account.reason"), "{}", finding.what);
    assert_eq!(finding.keys.last().map(String::as_str), Some("(missing)"));
}

#[test]
fn what_needs_a_level_is_found_where_it_is_heard_below_it() {
    // The verification runs out at the menu, which would be said again.
    let finding = found("leak", |flow| step(flow, "tell").needs = Level::L0);
    assert_eq!(finding.step, "tell");
    assert!(finding.keys.iter().any(|key| key == "(eleven minutes pass)"), "{:?}", finding.keys);
}

#[test]
fn a_source_that_is_asked_below_its_level_is_found() {
    let finding = found("leak", |flow| {
        let behind = at(flow, "look-up");
        step(flow, "look-up").needs = Level::L0;
        let Kind::Verify { failed, .. } = &mut step(flow, "who").kind else { panic!() };
        *failed = behind;
    });
    assert_eq!(finding.step, "look-up");
}

#[test]
fn a_caller_who_does_nothing_and_is_never_let_go_is_found() {
    let finding = found("endless", |flow| {
        let main = at(flow, "main");
        let Kind::Menu { otherwise, .. } = &mut step(flow, "main").kind else { panic!() };
        *otherwise = main;
    });
    assert_eq!(finding.step, "main");
}

#[test]
fn a_round_without_a_word_is_found() {
    let finding = found("fault", |flow| {
        let choose = at(flow, "choose");
        let Kind::Say { then, .. } = &mut step(flow, "frozen").kind else { panic!() };
        *then = choose;
    });
    assert!(finding.what.contains("round"), "{}", finding.what);
    assert_eq!(finding.keys.last().map(String::as_str), Some("(found state=frozen)"));
}

#[test]
fn a_text_that_is_missing_in_a_language_nobody_began_in_is_found() {
    let finding = found("no-words", |flow| {
        let Kind::Say { texts, .. } = &mut step(flow, "sorry").kind else { panic!() };
        texts.0[Lang::ZhCn as usize] = None;
    });
    assert_eq!(finding.step, "sorry");
    assert!(finding.what.contains("zh-CN"), "{}", finding.what);
}

#[test]
fn a_call_that_ends_without_a_word_is_found() {
    let finding = found("silent", |flow| {
        let Kind::HangUp { texts } = &mut step(flow, "bye").kind else { panic!() };
        texts.0.fill(None);
    });
    assert_eq!(finding.step, "bye");
}

#[test]
fn a_place_from_which_no_person_can_be_had_is_found() {
    let finding = found("person", |flow| flow.person = at(flow, "bye"));
    assert_eq!(finding.step, "main");
}

#[test]
fn a_step_no_call_comes_to_is_found() {
    let finding = found("unvisited", |flow| {
        let Kind::When { cases, .. } = &mut step(flow, "choose").kind else { panic!() };
        cases.clear();
    });
    assert_eq!(finding.step, "frozen");
    assert!(finding.keys.is_empty());
}
