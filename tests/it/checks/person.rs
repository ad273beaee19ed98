//! A person or a callback within two keys and twenty seconds.

use super::{check_files, with};

/// A hotline whose person step is `help`.
fn hotline(help: &str) -> String {
    super::hotline_of(&format!(
        "
  hello:
    menu:
      - {{ key: 1, go: bye, for: {{ en-US: a }} }}
    otherwise: bye
{}",
        help.trim_matches('\n')
    ))
    .replace("person: agent", "person: help")
}

const NOBODY: [&str; 3] = [
    "test.yaml:8:9: key 0 leads to `help`, and from there no person rings and no callback is asked for within 2 keys [person]",
    "    lead `person:` to a `transfer`, or to a sub-flow that records a callback, like `call-me-back`",
    "    keys: 0",
];

#[track_caller]
fn near(help: &str) {
    check_files(&with(&hotline(help), &[]), &[]);
}

#[track_caller]
fn nobody(help: &str) {
    check_files(&with(&hotline(help), &[]), &NOBODY);
}

#[test]
fn a_goodbye_is_no_person() {
    nobody("  help:\n    say: { en-US: Nobody is here. }\n    then: bye");
    near("  help:\n    say: { en-US: Nobody is here. }\n    then: agent");
}

#[test]
fn every_branch_leads_to_a_person_or_a_callback() {
    let hours = |closed: &str| format!("  help:\n    hours: always\n    open: agent\n    closed: {closed}");
    nobody(&hours("bye"));
    near(&hours("agent"));
}

#[test]
fn a_menu_on_the_way_costs_a_key() {
    let menus = |n: usize| {
        (0..n)
            .map(|i| {
                let name = if i == 0 { "help".to_owned() } else { format!("more-{i}") };
                let go = if i + 1 == n { "agent".to_owned() } else { format!("more-{}", i + 1) };
                format!(
                    "  {name}:\n    menu:\n      - {{ key: 1, go: {go}, for: {{ en-US: a }} }}\n    otherwise: {go}\n"
                )
            })
            .collect::<String>()
    };
    near(&menus(1));
    nobody(&menus(2));
}

#[test]
fn nobody_has_to_prove_who_they_are_to_get_a_person() {
    nobody("  help:\n    verify: 2\n    then: agent\n    failed: bye");
    near(
        "  help:\n    when:\n      - { if: caller.level >= 2, go: known }\n    else: agent\n  known:\n    verify: 2\n    then: agent\n    failed: bye",
    );
}

#[test]
fn a_desk_that_rings_is_a_person() {
    near(
        "
  help:
    transfer: shop
    answered: bye
    busy: agent
    no-answer: agent
    failed: agent",
    );
}

#[test]
fn what_is_said_before_the_question_takes_its_time() {
    let say =
        |words: usize| format!("  help:\n    say: {{ en-US: {} }}\n    then: agent", vec!["word"; words].join(" "));
    near(&say(30));
    check_files(
        &with(&hotline(&say(60)), &[]),
        &[
            "test.yaml:8:9: key 0 leads to `help`, and from there it takes 31.2 s until a person rings or a callback is asked for (in en-US; at most 20 s) [person]",
            "    say less on the way, or say it after the question",
            "    keys: 0",
        ],
    );
}

#[test]
fn a_key_cuts_short_what_may_be_cut_short() {
    let menu = |barge_in: &str| {
        format!(
            "  help:\n    say: {{ en-US: {} }}\n{barge_in}    then: choose\n  choose:\n    menu:\n      - {{ key: 1, go: agent, for: {{ en-US: a }} }}\n    otherwise: agent",
            vec!["word"; 60].join(" ")
        )
    };
    near(&menu(""));
    check_files(
        &with(&hotline(&menu("    barge-in: no\n")), &[]),
        &[
            "test.yaml:8:9: key 0 leads to `help`, and from there it takes 32.8 s until a person rings or a callback is asked for (in en-US; at most 20 s) [person]",
            "    say less on the way, or say it after the question",
            "    keys: 0",
        ],
    );
}
