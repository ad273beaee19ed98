//! Mistakes in steps: kinds, fields, targets, options, arguments.

use super::{check, check_codes, said_of, said_of_steps};

#[test]
fn an_unknown_step_is_named_with_the_nearest_there_is() {
    check(
        "
  hello:
    say: { en-US: Hi. }
    then: by",
        &["test.yaml:13:11: there is no step `by` [unknown-step]", "    did you mean `bye`?"],
    );
    check(
        "
  hello:
    say: { en-US: Hi. }
    then: call-me-back",
        &[
            "test.yaml:13:11: there is no step `call-me-back` [unknown-step]",
            "    targets are steps of the same file; sub-flows are entered with `call:`",
        ],
    );
}

#[test]
fn unknown_sources_calendars_and_sub_flows_are_named() {
    check(
        "
  hello:
    lookup: paymnt
    with: { account: caller.account }
    into: payment
    then: open
    missing: bye
    failed: bye
  open:
    hours: alway
    open: person
    closed: bye
  person:
    call: call-me-bac
    with: {}
    then: bye",
        &[
            "test.yaml:12:13: there is no source `paymnt` [unknown-source]",
            "    did you mean `payment`?",
            "test.yaml:19:12: there is no calendar `alway` [unknown-calendar]",
            "    did you mean `always`?",
            "test.yaml:23:11: the sub-flow `call-me-bac` is not among those this file uses [unknown-sub-flow]",
            "    did you mean `call-me-back`?",
        ],
    );
}

#[test]
fn keys_that_work_everywhere_cannot_be_options() {
    for key in ["0", "9", "\"*\"", "\"#\""] {
        let option =
            format!("  hello:\n    menu:\n      - {{ key: {key}, go: bye, for: {{ en-US: a }} }}\n    otherwise: bye");
        let expected = format!(
            "test.yaml:13:16: key {} works everywhere and cannot be an option [key]\n    \
             0 is a person, * repeat, # back, 9 slower: use 1 to 8",
            key.trim_matches('"')
        );
        assert_eq!(said_of_steps(&option), [expected]);
    }
}

#[test]
fn two_options_on_one_key_and_options_without_a_label_are_refused() {
    check(
        "
  hello:
    menu:
      - { key: 1, go: bye, for: { en-US: a } }
      - { key: 1, go: bye, for: { en-US: b } }
      - { key: 2, go: bye }
      - { key: 3, go: bye, for: { en-US: a }, to: { en-US: b } }
    otherwise: bye",
        &[
            "test.yaml:14:9: key 1 stands twice in this menu [key]",
            "    give each option a key of its own",
            "test.yaml:15:9: the option has no label [missing-field]",
            "    `for:` names a matter (a refund), `to:` an action (hear it again)",
            "test.yaml:16:9: an option has either `for:` or `to:` [missing-field]",
            "    `for:` names a matter (a refund), `to:` an action (hear it again)",
        ],
    );
}

#[test]
fn a_field_that_means_nothing_is_refused_with_the_nearest_that_does() {
    check(
        "
  hello:
    say: { en-US: Hi. }
    than: bye
  again:
    hangup: { en-US: Bye. }
    then: hello",
        &[
            "test.yaml:12:5: `then:` is missing [missing-field]",
            "    add `then:`, the name of the step that comes next",
            "test.yaml:13:5: `than` means nothing here [unknown-field]",
            "    did you mean `then`?",
            "test.yaml:16:5: `then` means nothing here [unknown-field]",
            "    here go: needs, hangup, audio",
        ],
    );
}

#[test]
fn a_step_is_of_exactly_one_kind() {
    let kinds = "a step has exactly one of: say, menu, ask, verify, lookup, act, when, hours, notices, language, \
                 request, status, change, set, call, return, transfer, record, sms, score, hangup";
    check(
        "
  hello:
    say: { en-US: Hi. }
    hangup: { en-US: Hi. }
  silent:
    then: bye
  typo:
    sya: { en-US: Hi. }
    then: bye
  short: bye",
        &[
            "test.yaml:12:5: this step is of 2 kinds at once: say, hangup [kind]",
            "    keep one of them, and make a step of its own for each other",
            "test.yaml:15:5: this step has no kind [kind]",
            &format!("    {kinds}"),
            "test.yaml:17:5: this step has no kind [kind]",
            "    did you mean `say`?",
            "test.yaml:19:10: expected a step, found `bye` [shape]",
            "    below the name, two spaces further in, write its kind and where it goes on",
        ],
    );
}

#[test]
fn a_text_must_be_there_in_every_language() {
    check(
        "
  hello:
    say: { zh-CN: 你好。 }
    then: again
  again:
    say: { en-USA: Hi. }
    then: bye",
        &[
            "test.yaml:12:10: the text in en-US is missing [missing-text]",
            "    add a line `en-US: …`",
            "test.yaml:15:10: the text in en-US is missing [missing-text]",
            "    add a line `en-US: …`",
            "test.yaml:15:12: `en-USA` is not a language this system speaks [language]",
            "    did you mean `en-US`?",
        ],
    );
}

#[test]
fn there_is_no_level_four_and_the_hotline_does_not_return() {
    check(
        "
  hello:
    verify: 4
    then: bye
    failed: back
  back:
    return: {}",
        &[
            "test.yaml:12:13: expected level 1, 2 or 3, found `4` [shape]",
            "    1 is the number that calls, 2 what `identity:` says, 3 the phone PIN and a one-time code",
            "test.yaml:16:13: `return` ends a sub-flow; this is the hotline itself [kind]",
            "    end the call with `hangup:`",
        ],
    );
}

#[test]
fn a_misspelt_priority_is_refused_though_a_sub_flow_takes_it() {
    check(
        "
  hello:
    call: call-me-back
    with: { kind: callbakc, topic: shop, priority: hgih }
    then: bye",
        &[
            "test.yaml:13:19: `callbakc` is not a kind of request [word]",
            "    did you mean `callback`?",
            "test.yaml:13:52: `hgih` is not a priority [word]",
            "    did you mean `high`?",
        ],
    );
}

#[test]
fn arguments_are_those_that_are_taken() {
    check(
        "
  hello:
    call: call-me-back
    with: { kind: callback, topik: shop, priority: low }
    then: bye",
        &[
            "test.yaml:13:11: the argument `topic` is missing [argument]",
            "    add `topic: …` to `with:`",
            "test.yaml:13:29: there is no argument `topik` [argument]",
            "    did you mean `topic`?",
        ],
    );
}

#[test]
fn a_source_is_looked_up_or_acted_on_as_it_says() {
    check_codes(
        "
  hello:
    lookup: protect
    with: { account: caller.account }
    into: a
    then: freeze
    missing: bye
    failed: bye
  freeze:
    act: account
    with: { account: caller.account }
    then: bye
    failed: bye",
        &[(12, 13, "source"), (19, 10, "source")],
    );
}

#[test]
fn names_of_variables_and_what_is_typed_are_checked() {
    check(
        "
  hello:
    ask: Payment-No
    as: acount
    prompt: { en-US: Type it. }
    then: amount
    otherwise: bye
  amount:
    ask: amount
    as: { amount: EUR }
    prompt: { en-US: How much? }
    then: range
    otherwise: bye
  range:
    ask: range
    as: { digits: { from: 9, to: 3 } }
    prompt: { en-US: Type it. }
    then: now
    otherwise: bye
  now:
    set: { now: 1 }
    then: bye",
        &[
            "test.yaml:12:10: `Payment-No` cannot be the name of a variable [name]",
            "    use lower-case letters, digits and `_`, and begin with a letter",
            "test.yaml:13:9: `acount` is not something one can type [typing]",
            "    did you mean `account`?",
            "test.yaml:19:19: expected CNY, HKD, JPY or USD, found `EUR` [shape]",
            "test.yaml:25:19: `from` is larger than `to` [shape]",
            "    swap the two",
            "test.yaml:30:12: `now` cannot be the name of a variable [name]",
            "    it means something already; take another one",
        ],
    );
}

#[test]
fn what_a_hotline_must_say_at_its_top_is_asked_for() {
    let said = said_of("test.yaml", "flow: test\nsteps:\n  hello:\n    hangup: { en-US: Hi. }\n");
    let fields = ["countries", "denied", "hours", "languages", "person", "start", "title"];
    assert_eq!(said.len(), fields.len());
    for (said, field) in said.iter().zip(fields) {
        assert!(said.starts_with(&format!("test.yaml:1:1: `{field}:` is missing [missing-field]\n    add ")), "{said}");
    }
    let said = said_of("test.yaml", "- hello\n");
    let hint = "begin with `flow: name`, `title: …`, `languages: …`";
    assert_eq!(said, [format!("test.yaml:1:1: expected a hotline, found a list [shape]\n    {hint}")]);
}

#[test]
fn every_mistake_at_the_top_is_told_at_once() {
    let text = "\
flow: other-name
title: { en-US: Test }
languages: [en-US, en-UK]
uses: [call-me-bak]
hours: alwys
countries: [HK, XX]
promises: { urgent: soon, hgih: 3m }
start: helo
person: hello
denied: hello
colour: red
steps:
  hello:
    hangup: { en-US: Hi. }
";
    let expected = [
        "test.yaml:1:7: `flow: other-name` stands in the file test.yaml [name]",
        "    write `flow: test`, or give the file the other name",
        "test.yaml:3:20: expected zh-CN, zh-HK, ja-JP or en-US, found `en-UK` [shape]",
        "    did you mean `en-US`?",
        "test.yaml:4:8: there is no sub-flow `call-me-bak` [unknown-sub-flow]",
        "    did you mean `call-me-back`?",
        "test.yaml:5:8: there is no calendar `alwys` [unknown-calendar]",
        "    did you mean `always`?",
        "test.yaml:6:17: expected a country by its two letters, like CN, found `XX` [shape]",
        "test.yaml:7:21: expected a time like 3s, 15m or 4h, found `soon` [shape]",
        "test.yaml:7:27: `hgih` means nothing here [unknown-field]",
        "    did you mean `high`?",
        "test.yaml:8:8: there is no step `helo` [unknown-step]",
        "    did you mean `hello`?",
        "test.yaml:11:1: `colour` means nothing here [unknown-field]",
        "    here go: flow, languages, title, hours, countries, promises, desks, identity, uses, start, person, denied, steps",
    ];
    assert_eq!(said_of("test.yaml", text).join("\n"), expected.join("\n"));
}

#[test]
fn a_recording_has_a_plain_name_a_language_and_words_that_never_change() {
    check(
        "
  hello:
    say: { en-US: \"It is {now|time}.\" }
    audio: { en-US: ../hello.mp3, en: hello.mp3 }
    then: now
  now:
    say: { en-US: \"It is {now|time}.\" }
    audio: { en-US: hello.mp3 }
    then: bye",
        &[
            "test.yaml:13:21: expected a file like welcome.mp3 or zh/welcome.wav, found `../hello.mp3` [shape]",
            "    put the file into the folder `audio` beside the flows and name it in small letters, digits and hyphens",
            "test.yaml:13:35: `en` is no language [shape]",
            "    there are zh-CN, zh-HK, ja-JP and en-US",
            "test.yaml:17:21: what is said here in en-US changes from call to call and cannot be recorded [audio]",
            "    leave the recording out, or the `{…}` in the text",
        ],
    );
}
