mod properties;
mod said;

use super::{apply, as_told, changes, told, trees};
use crate::flow::edit::{set_step, step};
use crate::words::Lang;

fn file(text: &str) -> Vec<(String, String)> {
    vec![("small.yaml".to_owned(), text.to_owned())]
}

fn sentences(old: &str, new: &str, lang: Lang) -> Vec<String> {
    let found = changes(&file(old), &file(new)).unwrap();
    assert_eq!(apply(&file(old), &found).unwrap(), trees(&file(new)).unwrap());
    as_told(&found).into_iter().map(|change| told(change, lang)).collect()
}

const SMALL: &str = "\
flow: small
identity: pin
start: main
steps:
  main:
    menu:
      - { key: 1, go: card,   for: { en-US: a lost card, zh-CN: 挂失, ja-JP: カードの紛失 } }
      - { key: 2, go: refund, for: { en-US: a refund, zh-CN: 退款, ja-JP: 返金 } }
      - { key: 3, go: bye,    to: { en-US: end the call, zh-CN: 结束, ja-JP: 終わる } }
    otherwise: bye
  card:
    menu:
      - { key: 1, go: block,  to: { en-US: block it, zh-CN: 冻结, ja-JP: 停止する } }
      - { key: 2, go: replace, to: { en-US: get another, zh-CN: 补办, ja-JP: 再発行する } }
    otherwise: bye
  block:
    say: { en-US: Blocked., zh-CN: 已冻结。, ja-JP: 停止しました。 }
    then: bye
  replace:
    say: { en-US: Sent., zh-CN: 已寄出。, ja-JP: お送りしました。 }
    then: bye
  refund:
    set: { a: 1, b: a }
    then: bye
  bye:
    hangup: { en-US: Bye., zh-CN: 再见。, ja-JP: 失礼します。 }
";

#[test]
fn differences_are_told_as_people_say_them() {
    let proof = SMALL
        .replace("go: replace,", "go: prove,")
        .replace("  replace:\n", "  prove:\n    verify: 2\n    then: replace\n    failed: bye\n  replace:\n")
        .replace("失礼します。", "ありがとうございました。")
        .replace("{ key: 3, go: bye,", "{ key: 4, go: bye,");
    let told = sentences(SMALL, &proof, Lang::EnUs);
    assert!(told.contains(&"A lost card (card): now asks for the PIN before option 2 (“get another”) goes on to replace (by way of prove).".to_owned()), "{told:#?}");
}

#[test]
fn a_step_edited_in_a_form_is_one_change() {
    let mut bye = step(SMALL, "bye").unwrap();
    bye["hangup"]["ja-JP"] = "それでは。".into();
    let edited = set_step(SMALL, "bye", &bye).unwrap();
    assert_eq!(sentences(SMALL, &edited, Lang::EnUs).len(), 1);
}
