//! What a flow meets in service: providers, desks, days off that are not listed yet, the version before.

use super::{examined, hotline_of, with};
use hotline::flow::check::{Ability, Around};
use hotline::flow::read::load_one;
use hotline::words::Lang;
use jiff::Timestamp;

const CALM: &str = "  hello:\n    say: { en-US: Hi. }\n    then: bye";

fn said(text: &str, around: &Around) -> Vec<String> {
    let problems = examined(&with(text, &[]), around).problems;
    problems.iter().filter(|problem| !problem.file.starts_with("common/")).map(ToString::to_string).collect()
}

fn able(can: bool) -> Ability {
    let (name, voices) = ("pigeon".into(), vec![Lang::EnUs]);
    Ability { name, voices, transfer: can, record: can, sms: can, type_ahead: can, lone_hash: can }
}

#[test]
fn keys_that_are_lost_somewhere_are_warned_of_once_for_a_flow_with_all_that_lose_them() {
    let steps = "
  hello:
    menu:
      - { key: 1, go: age, to: { en-US: tell your age } }
      - { key: 2, go: bye, to: { en-US: leave } }
    otherwise: bye
  age:
    ask: age
    prompt: { en-US: How old are you? }
    as: { digits: { from: 1, to: 2 } }
    then: bye
    otherwise: bye";
    let text = hotline_of(steps);
    let dove = Ability { name: "dove".into(), ..able(false) };
    let told = said(&text, &Around { providers: &[able(false), dove, able(true)], ..Around::default() });
    let [ahead, hash] = &told[..] else { panic!("{told:?}") };
    assert!(
        ahead.starts_with(
            "test.yaml:11:3: warning: keys pressed ahead of the next prompt are lost at pigeon, dove: callers who know \
             the way must wait for each to begin, at `hello` first [type-ahead]"
        ),
        "{ahead}"
    );
    assert!(
        hash.starts_with(
            "test.yaml:16:3: warning: `#` pressed alone, which leads back, cannot be told from silence at pigeon, dove: \
             callers who press it hear that nothing was pressed, at `age` first [lone-hash]"
        ),
        "{hash}"
    );
    assert_eq!(said(&text, &Around { providers: &[able(true)], ..Around::default() }), [""; 0]);
    let calm = said(&hotline_of(CALM), &Around { providers: &[able(false)], ..Around::default() });
    assert_eq!(calm, [""; 0], "where nothing is pressed nothing is lost");
}

#[test]
fn of_shipped_flows_it_is_told_where_a_provider_is_named_and_not_where_one_is_assumed() {
    let home = crate::support::server::Home::new().set("HOTLINE_TWILIO_AUTH_TOKEN", "");
    let check = |on: &[&str]| {
        let output = home.run(&[&["check", "digital-wallet", "--quick"], on].concat());
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(!check(&[]).contains("[type-ahead]"));
    let told = check(&["--on", "somleng,freeswitch"]);
    for words in ["are lost at somleng: callers", "from silence at somleng: callers"] {
        assert_eq!(told.matches(words).count(), 1, "{told}");
    }
}

#[test]
fn what_a_provider_cannot_do_is_refused_at_the_first_step_that_does_it() {
    let steps = "
  hello:
    transfer: shop
    answered: bye
    busy: take
    no-answer: take
    failed: take
  take:
    record: told
    prompt: { en-US: Speak. }
    then: text-it
    empty: bye
  text-it:
    sms: { en-US: Hi. }
    then: bye
    failed: bye";
    let text = hotline_of(steps);
    let hint = "    leave the step out, or switch pigeon off for this line";
    assert_eq!(
        said(&text, &Around { providers: &[able(false)], ..Around::default() }),
        [
            format!(
                "test.yaml:12:5: the provider pigeon cannot put calls through, and `hello` does: its callers are led on as if nobody answers [provider]\n{hint}"
            ),
            format!(
                "test.yaml:18:5: the provider pigeon cannot take messages down, and `take` does: its callers are led on as if they say nothing [provider]\n{hint}"
            ),
            format!(
                "test.yaml:23:5: the provider pigeon cannot send text messages, and `text-it` does: its callers are led on as if nothing can be sent [provider]\n{hint}"
            ),
        ]
    );
    assert_eq!(said(&text, &Around { providers: &[able(true)], ..Around::default() }), [""; 0]);
}

#[test]
fn a_language_without_a_voice_is_warned_of() {
    let mute = Ability { voices: vec![Lang::JaJp], ..able(true) };
    assert_eq!(
        said(&hotline_of(CALM), &Around { providers: &[mute], ..Around::default() }),
        [
            "test.yaml:3:12: warning: the provider pigeon has no voice for en-US: its callers are not offered it [voice]\n    \
          name a voice for en-US in the line's settings, or record every step in it"
        ]
    );
}

#[test]
fn days_off_are_missed_in_december_and_when_their_list_has_ended() {
    let text = hotline_of(CALM).replace("hours: always", "hours: wallet-support");
    let at = |moment: &str| {
        let now: Timestamp = moment.parse().unwrap();
        said(&text, &Around { now: Some(now), ..Around::default() })
    };
    assert_eq!(at("2026-11-30T12:00:00Z"), [""; 0]);
    let december = at("2026-12-01T12:00:00Z");
    assert_eq!(december.len(), 1);
    assert!(december[0].starts_with("calendars.yaml:"), "{december:?}");
    assert!(
        december[0].ends_with(
            "warning: the calendar `wallet-support` has no days off for 2027 yet, and it is December [calendar]\n    \
             add those of 2027 and set `through: 2027`"
        ),
        "{december:?}"
    );
    let ended = at("2027-02-01T12:00:00Z");
    assert!(
        ended[0].ends_with(
            "warning: the days off of the calendar `wallet-support` end with 2026, and it is 2027 [calendar]\n    \
             add those of 2027 and set `through: 2027`"
        ),
        "{ended:?}"
    );
}

#[test]
fn a_desk_is_a_number_that_anybody_may_call() {
    let with_desk = |number: &str| {
        hotline_of(CALM).replace("countries: [HK]", &format!("countries: [HK]\ndesks: {{ general: \"{number}\" }}"))
    };
    let refused = said(&with_desk("+8613812345678"), &Around::default());
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].starts_with("test.yaml:7:19: the desk `general` cannot be rung: "), "{refused:?}");
    assert!(refused[0].contains("[desk]\n    write a number of one of `countries:`"), "{refused:?}");
    assert_eq!(said(&with_desk("+85221234567"), &Around::default()), [""; 0]);
    assert_eq!(said(&with_desk("sip:desk@pbx.example"), &Around::default()), [""; 0]);
}

#[test]
fn a_skill_without_a_desk_is_warned_of_where_others_have_one() {
    let steps = "
  hello:
    transfer: cards
    answered: bye
    busy: bye
    no-answer: bye
    failed: bye";
    let desks = |skill: &str| {
        hotline_of(steps)
            .replace("countries: [HK]", &format!("countries: [HK]\ndesks: {{ {skill}: \"+85221234567\" }}"))
    };
    assert_eq!(
        said(&desks("shop"), &Around::default()),
        ["test.yaml:13:5: warning: no desk is for `cards`, so `hello` always goes on at `failed:` [desk]\n    \
          add `cards` or `general` to `desks:`"]
    );
    assert_eq!(said(&desks("cards"), &Around::default()), [""; 0]);
    assert_eq!(said(&desks("general"), &Around::default()), [""; 0]);
}

#[test]
fn an_option_that_moved_to_another_key_is_warned_of() {
    let menu = |first: u8, second: u8| {
        hotline_of(&format!(
            "  hello:\n    menu:\n      - {{ key: {first}, go: agent, for: {{ en-US: a }} }}\n      - {{ key: {second}, go: bye, for: {{ en-US: b }} }}\n    otherwise: bye"
        ))
    };
    let before = load_one(&with(&menu(1, 2), &[]), "test.yaml").unwrap();
    let around = Around { previous: Some(&before), ..Around::default() };
    assert_eq!(said(&menu(1, 2), &around), [""; 0]);
    let moved = said(&menu(2, 1), &around);
    let hint = "callers who know the menu press the old key: keep it, or add new options at the end";
    assert!(
        moved.contains(&format!(
            "test.yaml:13:23: warning: the option `agent` moved from key 1 to key 2 [renumbered]\n    {hint}"
        )),
        "{moved:?}"
    );
}

#[test]
fn a_source_that_takes_too_long_is_refused() {
    for (budget, refused) in [("0s", true), ("11s", true), ("10s", false)] {
        let mut files = with(&hotline_of(CALM), &[]);
        let sources = files.get_mut("sources.yaml").unwrap();
        *sources = sources.replacen("budget: 3s", &format!("budget: {budget}"), 1);
        let codes: Vec<&str> = examined(&files, &Around::default()).problems.iter().map(|p| p.code).collect();
        assert_eq!(codes.contains(&"deadline"), refused, "{budget}: {codes:?}");
    }
}
