//! The numbers of a flow, and a large flow checked.

use super::{examined, hotline_of, with};
use crate::support::large;
use hotline::flow::check::Around;
use hotline::words::Lang;

fn around() -> Around<'static> {
    Around { turns: Some(120), ..Around::default() }
}

#[test]
fn a_flow_is_counted_in_each_language() {
    let steps = "
  hello:
    menu:
      - { key: 1, go: bye, for: { en-US: one two } }
      - { key: 2, go: more, for: { en-US: three } }
    otherwise: bye
  more:
    menu:
      - { key: 1, go: bye, for: { en-US: four } }
    otherwise: bye";
    let files = with(&hotline_of(steps), &[("common/call-me-back.yaml", QUICK)]);
    let numbers = examined(&files, &around()).checked.numbers.unwrap();
    assert_eq!((numbers.flow.as_str(), numbers.steps, numbers.depth, numbers.turns), ("test", 7, 2, Some(120)));
    let [english] = &numbers.languages[..] else { panic!("{numbers:?}") };
    assert_eq!(english.lang, Lang::EnUs);
    // "All right, one moment." is all that is said before the question.
    assert_eq!(english.person, Some((1, 1_600)));
    // "For one two, press one. For three, press two."
    assert_eq!(english.menu, Some(("hello".into(), 2, 3_600)));
    assert_eq!((english.document, english.call), (3_600, Some(120 * 13_600)));
}

/// A sub-flow that asks for nothing but a yes.
const QUICK: &str = "\
flow: call-me-back
languages: [en-US]
takes: { kind: word, topic: word, priority: word }
start: sure
steps:
  sure:
    menu:
      - { key: 1, go: file, for: { en-US: yes } }
    otherwise: back
  file:
    request: callback
    topic: = topic
    priority: low
    number: registered
    account: kind
    into: filed
    then: back
    refused: back
  back:
    return: {}
";

#[test]
fn a_flow_of_two_thousand_steps_is_checked_whole() {
    let found = examined(&with(&large::hotline(2_000), &[]), &around());
    let problems: Vec<String> = found.problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems.join("\n"), "");
    assert!(found.checked.numbers.unwrap().steps >= 2_000);
    // One slip among them is found, with the keys that lead to it.
    let broken = large::hotline(2_000).replacen("then: look-200", "then: tell-200", 1);
    let found = examined(&with(&broken, &[]), &around());
    let codes: Vec<&str> = found.problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["unreachable", "unset"]);
    assert!(found.problems[1].keys.is_some());
}
