//! Stories that are wrong, in their file or in what they say of the line.

use crate::support::flows::shipped;
use crate::support::told::{in_every_language, native};
use hotline::flow::Flow;
use hotline::play::{self, Coverage, Heard, Input, Move, Played, Player, Story, Waits};
use std::sync::Arc;

/// A story that is right, to be made wrong.
const RIGHT: &str = r##"- story: A payment number is typed
  from: +86 10 0000 1001
  at: 2026-03-02 10:00 Asia/Shanghai
  language: zh-CN
  given: { payment: { state: failed, reason: balance, amount: 128.50 CNY, at: 2026-03-01 } }
  call:
    - presses: "1"
    - presses: "20260301004711#"
    - verifies
    - hears: 余额不足
    - presses: "0"
    - nobody answers
    - presses: "1"
    - presses: "1"
    - hears: 编号是
    - hangs up
  records:
    - { kind: callback, topic: payment, priority: high, level: 2 }
"##;

fn wallet() -> Arc<Flow> {
    let (_, flows) = shipped();
    flows.into_iter().find(|flow| flow.name == "digital-wallet").unwrap()
}

fn one(flow: &Flow, text: &str) -> Story {
    let (mut stories, problems) = play::read("x.stories.yaml", text, flow);
    assert!(problems.is_empty(), "{problems:?}");
    stories.pop().unwrap()
}

/// The story with one piece of it replaced, played.
fn played(piece: &str, instead: &str) -> Played {
    let flow = wallet();
    assert_eq!(RIGHT.matches(piece).count(), 1, "{piece}");
    play::play(&flow, &one(&flow, &RIGHT.replace(piece, instead)))
}

/// Line, what was expected and what was, of a story that must fail.
fn failure(piece: &str, instead: &str) -> (usize, String, String) {
    let failure = played(piece, instead).failure.expect("it goes another way");
    assert_eq!((failure.story.as_str(), failure.file.as_str()), ("A payment number is typed", "x.stories.yaml"));
    // What is recorded, sent and judged is shown as a story writes it.
    let code = |words: &String| words.starts_with('{') || words.starts_with("service: ");
    [&failure.expected, &failure.heard].into_iter().filter(|words| !code(words)).for_each(|words| native(words));
    (failure.line, failure.expected, failure.heard)
}

#[test]
fn a_story_that_goes_another_way_shows_both_sides() {
    assert_eq!(played("余额不足", "余额，不足").failure, None);
    let (line, expected, heard) = failure("余额不足", "超过付款限额");
    assert_eq!((line, expected.as_str()), (10, "“超过付款限额” is heard"));
    assert!(heard.contains("因为余额不足没有成功"), "{heard}");
    let (line, expected, _) = failure("hears: 余额不足", "does not hear: 余额不足");
    assert_eq!((line, expected.as_str()), (10, "“余额不足” is not heard"));
}

#[test]
fn what_was_heard_before_the_last_key_is_not_heard_any_more() {
    assert_eq!(failure("hears: 编号是", "hears: 余额不足").0, 15);
    assert_eq!(failure("hears: 编号是", "hears: 来电号码").0, 15);
}

#[test]
fn how_the_call_ends_must_be_as_written() {
    let (line, expected, heard) = failure("- hangs up", "- is let go");
    assert_eq!((line, expected.as_str()), (16, "the line says goodbye and hangs up"));
    assert!(heard.contains("继续") && !heard.contains("hangs up"), "{heard}");
    let silent = "- stays silent\n    - stays silent\n    - stays silent\n    - presses: \"2\"\n    - presses: \"1\"\n    - hangs up";
    let (line, expected, heard) = failure("- hangs up", silent);
    assert_eq!((line, expected.as_str()), (20, "the line is still open"));
    assert!(heard.contains("再见") && heard.ends_with("and the line hangs up"), "{heard}");
}

#[test]
fn what_is_recorded_must_be_as_written() {
    let (line, expected, recorded) = failure("priority: high", "priority: low");
    assert_eq!((line, expected.as_str()), (18, "{ kind: callback, topic: payment, priority: low, level: 2 }"));
    assert!(recorded.contains("priority: high") && recorded.contains("payment_number: 20260301004711"), "{recorded}");
    let (_, expected, _) = failure("\n    - { kind: callback, topic: payment, priority: high, level: 2 }", " nothing");
    assert_eq!(expected, "nothing is recorded");
    let twice = "level: 2 }\n    - { kind: callback }";
    assert_eq!(failure("level: 2 }", twice).0, 18);
}

#[test]
fn what_is_given_must_be_asked_for() {
    let (_, expected, unused) = failure("given: { payment", "given: { request: added, charge: missing, payment");
    assert_eq!((expected.as_str(), unused.as_str()), ("everything given is used", "nobody asked for: charge"));
}

#[test]
fn a_desk_that_rings_needs_its_line_and_nothing_else_does() {
    let (line, expected, heard) = failure("    - nobody answers\n", "");
    assert_eq!((line, expected.as_str()), (12, "the line waits for keys"));
    assert!(heard.contains("正在为您转接") && heard.contains("a desk rings (`desk answers`"), "{heard}");
    assert_eq!(failure("nobody answers", "speaks: 5s").1, "a message is taken down");
    let (line, expected, heard) = failure("presses: \"0\"", "desk is busy");
    assert_eq!((line, expected.as_str()), (11, "a desk rings"));
    assert!(!heard.contains("a desk rings"), "{heard}");
    assert_eq!(failure("- verifies", "- says nothing").1, "a message is taken down");
}

#[test]
fn texts_and_scores_must_be_as_written() {
    let records = "    - { kind: callback, topic: payment, priority: high, level: 2 }\n";
    let (line, expected, sent) = failure(records, &format!("{records}  sends: [{{ to: caller, says: 链接 }}]\n"));
    assert_eq!((line, expected.as_str(), sent.as_str()), (1, "{ to: caller, says: 链接 }", "nothing is sent"));
    let (_, expected, given) = failure(records, &format!("{records}  scores: {{ service: 4 }}\n"));
    assert_eq!((expected.as_str(), given.as_str()), ("service: 4", "no score is given"));
    let given = "given: { wait: 5m, payment";
    assert_eq!(failure("given: { payment", &given.replace("wait: 5m", "sms: refused")).2, "nobody asked for: sms");
    let (line, _, heard) = failure("given: { payment", given);
    assert_eq!(line, 12);
    assert!(heard.contains("大约要等五分钟"), "{heard}");
}

#[test]
fn a_text_that_is_sent_and_a_score_that_is_given_are_never_passed_over() {
    let (_, flows) = shipped();
    let flow = flows.into_iter().find(|flow| flow.name == "dingpay").unwrap();
    let story = |keys: &str, more: &str| {
        let call = format!("{{ presses: \"{}\" }}", keys.replace(' ', "\" }, { presses: \""));
        let text = format!(
            "- {{ story: S, from: +86 10 0000 4001, at: 2026-03-02 10:00 Asia/Shanghai, language: zh-CN,\n    \
             call: [{call}, hangs up], records: nothing{more} }}\n"
        );
        play::play(&flow, &one(&flow, &text)).failure.map(|failure| (failure.expected, failure.heard))
    };
    let (expected, sent) = story("1 4 1", "").unwrap();
    assert_eq!(expected, "nothing is sent");
    assert!(sent.starts_with("{ to: caller, says: 您来电询问的说明"), "{sent}");
    assert_eq!(story("1 4 1", ", sends: [{ says: methods }]"), None);
    assert_eq!(story("1 4 1", ", sends: [{ to: registered }]").unwrap().0, "{ to: registered }");
    assert_eq!(story("5 1 3 4 2", "").unwrap(), ("no score is given".to_owned(), "service: 4".to_owned()));
    assert_eq!(story("5 1 3 4 2", ", scores: { service: 4 }"), None);
}

#[test]
fn keys_that_a_menu_would_not_take_are_pointed_out() {
    assert_eq!(failure("presses: \"0\"", "presses: \"01\"").1, "no key is lost");
}

#[test]
fn a_caller_who_is_asked_for_the_account_only_types_no_pin() {
    let flow = wallet();
    let story = one(&flow, RIGHT);
    let hears =
        |player: &mut Player<'_>, words: &str| match player.hears(&Heard { words: words.into(), waits: Waits::Keys }) {
            Move::Do(Input::Keys(keys)) => keys.reveal().to_owned(),
            Move::Failed(failure) => failure.expected,
            _ => panic!("the caller presses keys"),
        };
    let mut asked = Player::new(&story, &flow.phrases);
    let typed = ["1", "20260301004711#", "10001001#"].map(|keys| (hears(&mut asked, "您好"), keys));
    typed.iter().for_each(|(is, should)| assert_eq!(is, should));
    assert_eq!(hears(&mut asked, "请输入您的电话服务密码，按 井号键 结束"), format!("{}#", play::PIN));
    let mut not_asked = Player::new(&story, &flow.phrases);
    typed.iter().for_each(|(_, keys)| assert_eq!(hears(&mut not_asked, "您好"), *keys));
    assert_eq!(hears(&mut not_asked, "余额不足"), "0");
}

#[test]
fn steps_and_choices_that_no_story_reaches_are_named() {
    let flow = wallet();
    let mut coverage = Coverage::default();
    let all = coverage.unreached(&flow).len();
    coverage.add(&play::play(&flow, &one(&flow, RIGHT)).coverage);
    let unreached = coverage.unreached(&flow);
    assert!(unreached.len() < all);
    for reached in [
        "step payment-balance",
        "step call-me-back/say-soon",
        "key 1 in step main",
        "key 1 in step call-me-back/number",
    ] {
        assert!(!unreached.iter().any(|name| name == reached), "{reached}");
    }
    for not in ["step payment-limit", "step follow-up/look", "key 2 in step main", "key 3 in step call-me-back/number"]
    {
        assert!(unreached.iter().any(|name| name == not), "{not}");
    }
}

#[test]
fn every_mistake_in_a_file_of_stories_is_told_with_its_place() {
    let text = r##"- story: One
  form: +86 10 0000 1001
  at: 2026-03-02 Shanghai
  language: ja-JP
  given: { wait: long, sms: sent, paiment: missing, payment: done, protect: missing, request: yes, charge: { merchent: A, at: today } }
  call:
    - heers: 您好
    - presses: "12a"
    - sings
    - speaks: 0s
    - hears: "…"
    - hangs up
    - verifies
  sends: [{ to: everybody, tells: it }]
  scores: { service: 6 }
  records:
    - { kind: complaint, priorty: high, number: soon, level: 4 }
"##;
    let (stories, problems) = play::read("x.stories.yaml", text, &wallet());
    in_every_language(&problems);
    assert!(stories.is_empty());
    let told: Vec<(usize, &str, &str)> = problems.iter().map(|p| (p.line, p.what.as_str(), p.hint.as_str())).collect();
    let expected = [
        (1, "`from:` is missing"),
        (3, "expected a moment like 2026-03-02 10:00 Asia/Shanghai, found `2026-03-02 Shanghai`"),
        (4, "expected a language of the line: zh-CN, zh-HK, en-US, found `ja-JP`"),
        (5, "expected a time like 3s, 15m or 4h, found `long`"),
        (5, "expected refused, found `sent`"),
        (5, "there is no source `paiment`"),
        (5, "expected missing or failed, found `done`"),
        (5, "expected done or pending or failed, found `missing`"),
        (5, "expected refused or added, found `yes`"),
        (5, "the source gives no `merchent`"),
        (5, "expected a date, found `today`"),
        (7, "`heers` is nothing a caller does in a story"),
        (8, "expected keys in quotes, 0 to 9 and *, with # at the end of typed numbers, found `12a`"),
        (9, "`sings` is nothing a caller does in a story"),
        (10, "expected a time of a second or more, like 12s, found `0s`"),
        (11, "expected a piece of what is heard, with words in it, found `…`"),
        (17, "expected callback, dispute, unlock, refund, reset, report, found `complaint`"),
        (17, "expected a number, registered or nobody, found `soon`"),
        (17, "expected a whole number from 0 to 3, found `4`"),
        (17, "`priorty` means nothing here"),
        (14, "expected caller or registered, found `everybody`"),
        (14, "`tells` means nothing here"),
        (15, "expected a whole number from 1 to 5, found `6`"),
        (2, "`form` means nothing here"),
    ];
    assert_eq!(told.iter().map(|(line, what, _)| (*line, *what)).collect::<Vec<_>>(), expected);
    for hint in ["payment", "merchant", "hears", "priority", "from"] {
        let hint = format!("did you mean `{hint}`?");
        assert!(told.iter().any(|(_, _, given)| *given == hint), "{hint}");
    }
    let (_, problems) = play::read("x.stories.yaml", &RIGHT.replace("    - hangs up\n", ""), &wallet());
    in_every_language(&problems);
    assert_eq!(problems.iter().map(|p| (p.line, p.code)).collect::<Vec<_>>(), [(7, "no-end")]);
}
