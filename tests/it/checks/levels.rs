//! Steps that can be reached below the level they need.

use super::{check, check_files, hotline_of, with};

/// A step that looks an account up and one that speaks of it.
const ACCOUNT: &str = "
  look:
    lookup: account
    with: { account: caller.account }
    into: account
    then: tell
    missing: bye
    failed: bye
  tell:
    say: { en-US: \"It is {account.state}.\" }
    then: bye";

/// A menu whose first option leads somewhere, its second to a verification and then to `look`.
fn menu(first: &str, failed: &str) -> String {
    format!(
        "
  hello:
    menu:
      - {{ key: 1, go: {first}, for: {{ en-US: a }} }}
      - {{ key: 2, go: who, for: {{ en-US: b }} }}
    otherwise: bye
  who:
    verify: 2
    then: look
    failed: {failed}{ACCOUNT}"
    )
}

#[test]
fn a_step_that_is_reached_past_the_verification_is_refused_with_the_keys() {
    check(
        &menu("look", "bye"),
        &[
            "test.yaml:20:3: the step `look` needs level 2, and a caller who has proved level 0 comes here: hello → look [level]",
            "    lead the way through `verify: 2` before it",
            "    keys: 1",
        ],
    );
    check(&menu("who", "bye"), &[]);
}

#[test]
fn a_verification_that_fails_proves_nothing() {
    check(
        &menu("who", "look"),
        &[
            "test.yaml:20:3: the step `look` needs level 2, and a caller who has proved level 0 comes here: hello → who → look [level]",
            "    lead the way through `verify: 2` before it",
            "    keys: 1, -, -, -",
        ],
    );
}

#[test]
fn the_calling_number_alone_opens_nothing_about_the_account() {
    let steps = |level: u8| format!("  hello:\n    verify: {level}\n    then: look\n    failed: bye{ACCOUNT}");
    check(
        &steps(1),
        &[
            "test.yaml:15:3: the step `look` needs level 2, and a caller who has proved level 1 comes here: hello → look [level]",
            "    lead the way through `verify: 2` before it",
            "    keys: <account>#",
        ],
    );
    check(&steps(2), &[]);
}

#[test]
fn a_branch_on_the_level_is_followed() {
    let steps = |condition: &str| {
        let branch = format!("  branch:\n    when:\n      - {{ if: {condition}, go: look }}\n    else: bye");
        format!("  hello:\n    verify: 1\n    then: branch\n    failed: bye\n{branch}{ACCOUNT}")
    };
    for condition in ["caller.level >= 2", "caller.level > 1", "2 <= caller.level", "not caller.level < 2"] {
        check(&steps(&format!("\"{condition}\"")), &[]);
    }
    check(
        &steps("\"caller.level >= 1\""),
        &[
            "test.yaml:19:3: the step `look` needs level 2, and a caller who has proved level 1 comes here: hello → branch → look [level]",
            "    lead the way through `verify: 2` before it",
            "    keys: <account>#",
        ],
    );
}

#[test]
fn a_sub_flow_is_entered_with_the_level_of_its_caller_and_returns_with_its_own() {
    let sub = format!(
        "flow: balance\nlanguages: [en-US]\nstart: look\nsteps:{}\n  bye:\n    return: {{}}\n",
        ACCOUNT.trim_end()
    );
    let identify = "flow: identify\nlanguages: [en-US]\nstart: who\nsteps:\n  who:\n    verify: 2\n    then: back\n    \
                    failed: lost\n  back:\n    return: {}\n  lost:\n    hangup: { en-US: Sorry. }\n";
    let steps = "
  hello:
    menu:
      - { key: 1, go: proved, for: { en-US: a } }
      - { key: 2, go: balance, for: { en-US: b } }
    otherwise: bye
  proved:
    call: identify
    then: balance
  balance:
    call: balance
    then: bye";
    let more = [("common/balance.yaml", sub.as_str()), ("common/identify.yaml", identify)];
    let hotline = hotline_of(steps).replace("[call-me-back]", "[call-me-back, balance, identify]");
    check_files(
        &with(&hotline, &more),
        &[
            "common/balance.yaml:5:3: the step `look` needs level 2, and a caller who has proved level 0 comes here: hello → balance → balance/look [level]",
            "    lead the way through `verify: 2` before it",
            "    keys: 2",
        ],
    );
    check_files(&with(&hotline.replace("go: balance", "go: proved"), &more), &[]);
}

#[test]
fn key_0_leads_below_every_level() {
    let steps = |then: &str| {
        format!(
            "
  hello:
    verify: 2
    then: main
    failed: bye
  main:
    menu:
      - {{ key: 1, go: bye, for: {{ en-US: a }} }}
    otherwise: bye
  help:
    {then}
    then: agent"
        )
    };
    let told = |then: &str| with(&hotline_of(&steps(then)).replace("person: agent", "person: help"), &[]);
    check_files(
        &told("say: { en-US: \"One moment, {caller.name}.\" }"),
        &[
            "test.yaml:19:3: the step `help` needs level 2, and a caller who has proved level 0 comes here: hello → help [level]",
            "    lead the way through `verify: 2` before it",
            "    keys: *0",
        ],
    );
    check_files(&told("say: { en-US: One moment. }"), &[]);
}

#[test]
fn what_a_step_says_it_needs_counts_too() {
    let steps = |needs: u8| {
        format!(
            "  hello:\n    verify: 2\n    then: move\n    failed: bye\n  move:\n    say: {{ en-US: Hi. }}\n    needs: {needs}\n    then: bye"
        )
    };
    check(
        &steps(3),
        &[
            "test.yaml:15:3: the step `move` needs level 3, and a caller who has proved level 2 comes here: hello → move [level]",
            "    lead the way through `verify: 3` before it",
            "    keys: <account>#, <PIN>#",
        ],
    );
    check(&steps(2), &[]);
}

#[test]
fn a_number_that_is_typed_is_asked_of_known_callers_only() {
    let steps = |first: &str| {
        format!(
            "  hello:\n    {first}\n  other:\n    ask: other\n    as: phone\n    prompt: {{ en-US: Which number? }}\n    then: bye\n    otherwise: bye"
        )
    };
    check(
        &steps("say: { en-US: Hi. }\n    then: other"),
        &[
            "test.yaml:14:3: the step `other` needs level 2, and a caller who has proved level 0 comes here: hello → other [level]",
            "    lead the way through `verify: 2` before it",
            "    keys: none",
        ],
    );
    check(&steps("verify: 2\n    then: other\n    failed: bye"), &[]);
}
