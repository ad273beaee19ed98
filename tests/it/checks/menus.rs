//! Menus that are hard to use are warned of, and a warning can be answered in writing.

use super::{check, examined, hotline_of, with};
use hotline::flow::check::Around;
use hotline::flow::read::load;

fn menu(keys: &[u8], prompt: &str, more: &str) -> String {
    let options: String =
        keys.iter().map(|key| format!("      - {{ key: {key}, go: bye, for: {{ en-US: choice }} }}\n")).collect();
    let prompt = if prompt.is_empty() { String::new() } else { format!("    prompt: {{ en-US: {prompt} }}\n") };
    format!("  hello:\n    menu:\n{options}{prompt}    otherwise: bye\n{more}")
}

const SIX: [u8; 6] = [1, 2, 3, 4, 5, 6];

#[test]
fn six_options_are_many() {
    check(
        &menu(&SIX, "", ""),
        &[
            "test.yaml:11:3: warning: the menu `hello` has 6 options; more than 5 are hard to keep in mind [menu-size]",
            "    lead some of them to a menu of their own, or say why not in `waiver:`",
            "    keys: none",
        ],
    );
    check(&menu(&SIX[..5], "", ""), &[]);
}

#[test]
fn a_flow_that_is_only_warned_of_answers_calls() {
    let loaded = load(&with(&hotline_of(&menu(&SIX, "", "")), &[]));
    assert_eq!((loaded.flows.len(), loaded.problems.len(), loaded.warnings.len()), (1, 0, 1));
}

#[test]
fn a_waiver_silences_the_warnings_of_its_menu_and_is_kept() {
    let text = hotline_of(&menu(&SIX, "", "    waiver: tried with callers, who knew what they wanted\n"));
    let found = examined(&with(&text, &[]), &Around::default());
    assert_eq!(found.problems, []);
    let waived: Vec<_> = found.checked.waived.iter().map(|w| (w.problem.code, w.why.as_str())).collect();
    assert_eq!(waived, [("menu-size", "tried with callers, who knew what they wanted")]);
    check(
        &menu(&[1], "", "    waiver: no reason\n"),
        &["test.yaml:15:5: warning: the menu `hello` has a waiver and needs none [waiver]", "    leave `waiver:` out"],
    );
}

#[test]
fn keys_are_said_in_their_order_without_gaps() {
    for (keys, told) in [(&[1, 3][..], "1, 3"), (&[2, 1], "2, 1"), (&[2, 3], "2, 3")] {
        let what = format!("test.yaml:11:3: warning: the menu `hello` says its keys as {told} [menu-keys]");
        let hint = "    number the options 1, 2, 3 in the order they are said, without gaps";
        check(&menu(keys, "", ""), &[&what, hint, "    keys: none"]);
    }
}

#[test]
fn the_first_choice_comes_soon() {
    check(&menu(&[1, 2], &vec!["word"; 20].join(" "), ""), &[]);
    check(
        &menu(&[1, 2], &vec!["word"; 21].join(" "), ""),
        &[
            "test.yaml:11:3: warning: the menu `hello` speaks for 8.4 s before its first choice (in en-US); callers listen for 8 s [menu-first]",
            "    shorten `prompt:`, or say it in a step of its own behind the choice",
            "    keys: none",
        ],
    );
}

#[test]
fn a_whole_menu_is_over_soon() {
    let long = vec!["word"; 40].join(" ");
    let steps = menu(&[1, 2], "", "").replace("choice", &long);
    check(
        &steps,
        &[
            "test.yaml:11:3: warning: the menu `hello` takes 34.4 s to say (in en-US); more than 30 s is too long to remember [menu-length]",
            "    shorten its labels, or say why not in `waiver:`",
            "    keys: none",
        ],
    );
}

#[test]
fn a_fourth_menu_in_a_row_is_deep() {
    let menus = |between: &str| {
        let menu = |name: &str, go: &str| {
            format!("  {name}:\n    menu:\n      - {{ key: 1, go: {go}, for: {{ en-US: a }} }}\n    otherwise: bye\n")
        };
        [menu("hello", "two"), menu("two", between), menu("three", "four"), menu("four", "bye")].concat()
            + "  answer:\n    say: { en-US: Well. }\n    then: three\n"
    };
    let deep = menus("three").replace("  answer:\n    say: { en-US: Well. }\n    then: three\n", "");
    check(
        &deep,
        &[
            "test.yaml:23:3: warning: `four` is the 4th menu in a row before any answer; 3 are plenty [menu-depth]",
            "    offer its choices further up, or say why not in `waiver:`",
            "    keys: 1, 1, 1",
        ],
    );
    check(&menus("answer"), &[]);
}
