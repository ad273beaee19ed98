//! Ways through a flow that lead nowhere or never end, and levels that steps need.

use super::{check, load_with, said_of_steps};
use hotline::words::Level;

const NO_WAY_OUT: &str = "    lead `otherwise:` of one of them to a goodbye, \
    or count with `set: { tries: tries + 1 }` and leave with `when: tries >= 3`";

#[test]
fn a_step_nothing_leads_to_is_refused() {
    check(
        "
  hello:
    say: { en-US: Hi. }
    then: bye
  lost:
    say: { en-US: Hi. }
    then: bye",
        &[
            "test.yaml:14:3: no path leads to the step `lost` [unreachable]",
            "    lead an option or a `then:` to it, or delete it",
        ],
    );
}

#[test]
fn a_loop_that_a_silent_caller_cannot_leave_is_refused() {
    check(
        "
  hello:
    menu:
      - { key: 1, go: bye, for: { en-US: a } }
    otherwise: again
  again:
    say: { en-US: Again. }
    then: hello",
        &["test.yaml:11:3: a caller who presses nothing goes round for ever: hello → again [loop]", NO_WAY_OUT],
    );
}

#[test]
fn a_caller_who_chooses_no_language_goes_on_and_may_go_round() {
    check(
        "
  hello:
    language: ask
    then: again
  again:
    say: { en-US: Again. }
    then: choose
  choose:
    menu:
      - { key: 1, go: bye, for: { en-US: a } }
    otherwise: hello",
        &[
            "test.yaml:11:3: a caller who presses nothing goes round for ever: hello → again → choose [loop]",
            NO_WAY_OUT,
        ],
    );
}

#[test]
fn a_loop_by_a_key_is_fine() {
    let steps = "
  hello:
    menu:
      - { key: 1, go: hello, to: { en-US: hear it again } }
    otherwise: bye";
    assert_eq!(said_of_steps(steps), [""; 0]);
}

/// A menu asked again until `leave`, after `count`.
fn counted(begin: &str, count: &str, leave: &str, other: &str) -> String {
    format!(
        "
  hello:
    set: {{ {begin} }}
    then: choose
  choose:
    menu:
      - {{ key: 1, go: bye, for: {{ en-US: a }} }}
    otherwise: count
  count:
    set: {{ {count} }}
    then: enough
  enough:
    when:
      - {{ if: {leave}, go: {} }}
    else: {other}",
        if other == "bye" { "choose" } else { "bye" }
    )
}

#[test]
fn a_counter_ends_a_loop() {
    for (leave, other) in [("tries >= 3", "choose"), ("2 < tries or caller.level == 2", "choose"), ("tries < 3", "bye")]
    {
        assert_eq!(said_of_steps(&counted("tries: 0", "tries: tries + 1", leave, other)), [""; 0], "{leave}");
    }
}

#[test]
fn what_only_looks_like_a_counter_does_not_end_a_loop() {
    for (begin, count, leave, why) in [
        ("tries: 0", "tries: tries + 0", "tries >= 3", "nothing is added"),
        ("tries: 0", "tries: tries - 1", "tries >= 3", "it counts the other way"),
        ("tries: 0", "tries: tries + 1", "tries < 0", "the condition never comes true"),
        ("tries: 0, turns: 0", "turns: turns + 1", "tries >= 3", "another variable is counted"),
        ("tries: 0", "tries: tries + 1", "tries >= 3 and caller.level == 2", "the other half may stay false"),
        ("turns: 0", "tries: tries + 1", "tries >= 3", "it never begins, so it stays unset"),
    ] {
        let said = said_of_steps(&counted(begin, count, leave, "choose"));
        assert!(said.iter().any(|s| s.contains("goes round for ever")), "{why}: {said:?}");
    }
}

#[test]
fn a_counter_set_back_inside_the_loop_does_not_end_it() {
    let steps = counted("tries: 0", "tries: tries + 1", "tries >= 3", "back")
        + "
  back:
    set: { tries: 0 }
    then: choose";
    assert!(said_of_steps(&steps).iter().any(|s| s.contains("goes round for ever")));
}

#[test]
fn a_small_loop_beside_a_counted_one_is_found() {
    let steps = "
  hello:
    set: { tries: 0 }
    then: choose
  choose:
    hours: always
    open: other
    closed: count
  other:
    say: { en-US: Again. }
    then: choose
  count:
    set: { tries: tries + 1 }
    then: enough
  enough:
    when:
      - { if: tries >= 3, go: bye }
    else: choose";
    assert!(said_of_steps(steps).iter().any(|s| s.contains("goes round for ever")));
}

#[test]
fn a_loop_through_a_sub_flow_that_returns_in_silence_is_refused() {
    let mut files = super::shared_files();
    let steps = "  hello:\n    call: chat\n    then: again\n  again:\n    say: { en-US: Again. }\n    then: hello";
    files.insert("test.yaml".into(), super::hotline_of(steps).replace("[call-me-back]", "[call-me-back, chat]"));
    let chat = |end: &str| {
        format!(
            "flow: chat\nlanguages: [en-US]\nstart: talk\nsteps:\n  talk:\n    menu:\n      \
             - {{ key: 1, go: back, to: {{ en-US: go back }} }}\n    otherwise: {end}\n  back:\n    return: {{}}\n  \
             end:\n    hangup: {{ en-US: Bye. }}\n"
        )
    };
    files.insert("common/chat.yaml".into(), chat("back"));
    let said: Vec<String> =
        super::told(hotline::flow::read::load(&files)).problems.iter().map(ToString::to_string).collect();
    assert!(said.iter().any(|s| s.starts_with("test.yaml:11:3: a caller who presses nothing")), "{said:?}");
    files.insert("common/chat.yaml".into(), chat("end"));
    assert!(hotline::flow::read::load(&files).problems.iter().all(|p| p.code != "loop"));
}

#[test]
fn a_loop_through_a_verification_that_fails_is_refused() {
    let steps = "
  hello:
    hours: always
    open: account
    closed: bye
  account:
    lookup: account
    with: { account: caller.account }
    into: account
    then: bye
    missing: bye
    failed: bye
  refused:
    say: { en-US: We do not know you. }
    then: hello";
    let text = super::hotline_of(steps).replace("denied: bye", "denied: refused");
    let said = super::said_of("test.yaml", &text);
    let expected = "test.yaml:11:3: a caller who presses nothing goes round for ever: hello → account → refused [loop]";
    assert_eq!(said[0], format!("{expected}\n{NO_WAY_OUT}"));
}

#[test]
fn sub_flows_that_call_each_other_are_refused() {
    let mut files = super::shared_files();
    files.insert(
        "test.yaml".into(),
        super::hotline_of("  hello:\n    call: ping\n    then: bye").replace("[call-me-back]", "[call-me-back, ping]"),
    );
    for (name, other) in [("ping", "pong"), ("pong", "ping")] {
        let text = format!(
            "flow: {name}\nlanguages: [en-US]\nuses: [{other}]\nstart: go\nsteps:\n  go:\n    call: {other}\n    then: back\n  back:\n    return: {{}}\n"
        );
        files.insert(format!("common/{name}.yaml"), text);
    }
    let said: Vec<String> =
        super::told(hotline::flow::read::load(&files)).problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        ["common/pong.yaml:7:5: `ping` is called while it is running: ping → pong → ping [sub-flow-cycle]\n    \
          let one of them return instead"]
    );
}

#[test]
fn a_number_that_is_typed_counts_only_for_a_known_caller() {
    let steps = "
  hello:
    verify: 2
    then: number
    failed: bye
  number:
    ask: other
    as: phone
    prompt: { en-US: Which number? }
    then: typed
    otherwise: bye
  typed:
    ask: order
    as: transaction
    prompt: { en-US: Which order? }
    then: bye
    otherwise: bye";
    let loaded = load_with("test.yaml", &super::hotline_of(steps));
    assert_eq!(loaded.problems, []);
    let needs: Vec<Level> = loaded.flows[0].blocks[0].steps.iter().map(|step| step.needs).collect();
    assert_eq!(needs, [Level::L0, Level::L2, Level::L0, Level::L0, Level::L0]);
}

#[test]
fn a_step_needs_the_level_of_what_it_speaks_however_it_came_there() {
    let steps = "
  hello:
    verify: 2
    then: look
    failed: bye
  look:
    lookup: account
    with: { account: caller.account }
    into: account
    then: keep
    missing: bye
    failed: bye
  keep:
    set: { state: account.state, same: known(account) }
    then: tell
  tell:
    say: { en-US: \"It is {state}.\" }
    then: there
  there:
    when:
      - { if: same, go: bye }
    else: bye";
    let loaded = load_with("test.yaml", &super::hotline_of(steps));
    assert_eq!(loaded.problems, []);
    let needs = |name: &str| {
        let (block, step) = loaded.flows[0].find("test", name).unwrap();
        loaded.flows[0].blocks[block].steps[step].needs
    };
    assert_eq!(["look", "tell"].map(needs), [Level::L2; 2]);
    assert_eq!(["hello", "keep", "there", "bye"].map(needs), [Level::L0; 4]);
}
