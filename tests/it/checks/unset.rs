//! Names that some way has not set.

use super::{check, check_files, hotline_of, with};

/// Asks for a number, then a step, `otherwise` led somewhere.
fn asked(otherwise: &str, then: &str) -> String {
    format!(
        "
  hello:
    ask: order
    as: transaction
    prompt: {{ en-US: Which order? }}
    then: tell
    otherwise: {otherwise}
  tell:
    {then}
    then: bye"
    )
}

#[test]
fn what_was_not_typed_cannot_be_spoken() {
    let say = "say: { en-US: \"Order {order|digits}.\" }";
    check(
        &asked("tell", say),
        &[
            "test.yaml:18:19: `order` is not set on every way here: hello → tell [unset]",
            "    set it on that way too, or branch before it: `when: [{ if: known(order), go: … }]`",
            "    keys: -, -, -",
        ],
    );
    check(&asked("bye", say), &[]);
}

#[test]
fn arguments_and_conditions_are_held_to_it_too() {
    let set = "set: { again: order }";
    check(
        &asked("tell", set),
        &[
            "test.yaml:18:19: `order` is not set on every way here: hello → tell [unset]",
            "    set it on that way too, or branch before it: `when: [{ if: known(order), go: … }]`",
            "    keys: -, -, -",
        ],
    );
    check(&asked("bye", set), &[]);
    let when = |condition: &str| {
        asked("tell", &format!("when:\n      - {{ if: \"{condition}\", go: bye }}\n    else: bye"))
            .replace("    else: bye\n    then: bye", "    else: bye")
    };
    check(
        &when("order == '1'"),
        &[
            "test.yaml:19:15: `order` is not set on every way here: hello → tell [unset]",
            "    set it on that way too, or branch before it: `when: [{ if: known(order), go: … }]`",
            "    keys: -, -, -",
        ],
    );
    for known in ["known(order) and order == '1'", "not known(order) or order == '1'", "known(order)"] {
        check(&when(known), &[]);
    }
}

#[test]
fn a_branch_on_known_sets_it_behind_and_not_beside() {
    let steps = |go: &str, other: &str| {
        asked(
            "sure",
            &format!(
                "say: {{ en-US: \"{{order|digits}}\" }}\n    then: bye\n  sure:\n    when:\n      - {{ if: known(order), go: {go} }}\n    else: {other}"
            ),
        )
        .trim_end_matches("\n    then: bye")
        .to_owned()
    };
    check(&steps("tell", "bye"), &[]);
    check(
        &steps("bye", "tell"),
        &[
            "test.yaml:18:19: `order` is not set on every way here: hello → sure → tell [unset]",
            "    set it on that way too, or branch before it: `when: [{ if: known(order), go: … }]`",
            "    keys: -, -, -",
        ],
    );
}

#[test]
fn an_answer_is_there_only_where_something_was_found() {
    let steps = |missing: &str| {
        format!(
            "
  hello:
    verify: 2
    then: look
    failed: bye
  look:
    lookup: account
    with: {{ account: caller.account }}
    into: account
    then: tell
    missing: {missing}
    failed: bye
  tell:
    say: {{ en-US: \"It is {{account.state}}.\" }}
    then: bye"
        )
    };
    check(
        &steps("tell"),
        &[
            "test.yaml:23:19: `account` is not set on every way here: hello → look → tell [unset]",
            "    set it on that way too, or branch before it: `when: [{ if: known(account), go: … }]`",
            "    keys: <account>#, <PIN>#",
        ],
    );
    check(&steps("bye"), &[]);
}

#[test]
fn a_withheld_number_is_asked_for_first() {
    let say = "    say: { en-US: \"You call from {caller.number|phone}.\" }\n    then: bye";
    check(
        &format!("  hello:\n{say}"),
        &[
            "test.yaml:12:19: `caller.number` is not known of callers who withhold it: hello [unset]",
            "    branch before it: `when: [{ if: known(caller.number), go: … }]`",
            "    keys: none",
        ],
    );
    check(
        &format!(
            "  hello:\n    when:\n      - {{ if: known(caller.number), go: tell }}\n    else: bye\n  tell:\n{say}"
        ),
        &[],
    );
}

#[test]
fn who_calls_is_known_behind_a_verification_only() {
    let set = "    set: { whose: caller.account }\n    then: bye";
    check(
        &format!("  hello:\n{set}"),
        &[
            "test.yaml:12:19: `caller.account` is known of verified callers only, and others come here: hello [unset]",
            "    lead the way through `verify:`, or branch with `when: [{ if: caller.level >= 2, go: … }]`",
            "    keys: none",
        ],
    );
    check(&format!("  hello:\n    verify: 1\n    then: keep\n    failed: bye\n  keep:\n{set}"), &[]);
}

#[test]
fn key_0_comes_from_every_wait_with_what_is_set_there() {
    let steps = |first: &str| {
        format!(
            "
  hello:
    {first}
  main:
    menu:
      - {{ key: 1, go: pay, for: {{ en-US: a }} }}
    otherwise: bye
  pay:
    set: {{ matter: \"'payment'\" }}
    then: again
  again:
    menu:
      - {{ key: 1, go: bye, for: {{ en-US: a }} }}
    otherwise: bye"
        )
    };
    let hotline = |first: &str| with(&hotline_of(&steps(first)).replace("topic: shop", "topic: = matter"), &[]);
    check_files(
        &hotline("say: { en-US: Hi. }\n    then: main"),
        &[
            "test.yaml:27:36: `matter` is not set on every way here: hello → main → agent [unset]",
            "    set it on that way too, or branch before it: `when: [{ if: known(matter), go: … }]`",
            "    keys: 0",
        ],
    );
    check_files(&hotline("set: { matter: \"'general'\" }\n    then: main"), &[]);
}

#[test]
fn a_result_that_a_return_leaves_out_is_not_there() {
    let sub = |back: &str| {
        format!(
            "flow: pick\nlanguages: [en-US]\ngives: {{ picked: text }}\nstart: ask-it\nsteps:\n  ask-it:\n    menu:\n      \
             - {{ key: 1, go: yes-it, for: {{ en-US: a }} }}\n    otherwise: back\n  yes-it:\n    return: {{ picked: \"'a'\" }}\n  \
             back:\n    return: {back}\n"
        )
    };
    let steps = "
  hello:
    call: pick
    into: choice
    then: tell
  tell:
    say: { en-US: \"You took {choice.picked}.\" }
    then: bye";
    let hotline = hotline_of(steps).replace("[call-me-back]", "[call-me-back, pick]");
    check_files(
        &with(&hotline, &[("common/pick.yaml", &sub("{}"))]),
        &[
            "test.yaml:16:19: `choice.picked` is not set on every way here: hello → pick/ask-it → pick/yes-it → tell [unset]",
            "    set it on that way too, or branch before it: `when: [{ if: known(choice.picked), go: … }]`",
            "    keys: 1",
        ],
    );
    check_files(&with(&hotline, &[("common/pick.yaml", &sub("{ picked: \"'b'\" }"))]), &[]);
}

#[test]
fn what_is_missing_is_told_once_where_it_is_used_first() {
    let steps = "
  hello:
    ask: order
    as: transaction
    prompt: { en-US: Which order? }
    then: tell
    otherwise: tell
  tell:
    say: { en-US: \"Order {order|digits}.\" }
    then: more
  more:
    say: { en-US: \"Again {order|digits}.\" }
    then: bye";
    check(
        steps,
        &[
            "test.yaml:18:19: `order` is not set on every way here: hello → tell [unset]",
            "    set it on that way too, or branch before it: `when: [{ if: known(order), go: … }]`",
            "    keys: -, -, -",
        ],
    );
}
