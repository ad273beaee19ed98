mod properties;
pub(in crate::flow) mod random;
mod words;

use super::{EditError, add_step, delete_step, move_step, outline, references, rename_step, set_step, step};
use serde_json::{Value, json};

/// The shipped files with steps.
pub(in crate::flow) const SHIPPED: [(&str, &str); 11] = [
    ("digital-wallet.yaml", include_str!("../../../../flows/digital-wallet.yaml")),
    ("dingpay.yaml", include_str!("../../../../flows/dingpay.yaml")),
    ("paypay.yaml", include_str!("../../../../flows/paypay.yaml")),
    ("upay.yaml", include_str!("../../../../flows/upay.yaml")),
    ("common/call-me-back.yaml", include_str!("../../../../flows/common/call-me-back.yaml")),
    ("common/feedback.yaml", include_str!("../../../../flows/common/feedback.yaml")),
    ("common/follow-up.yaml", include_str!("../../../../flows/common/follow-up.yaml")),
    ("common/leave-message.yaml", include_str!("../../../../flows/common/leave-message.yaml")),
    ("common/person.yaml", include_str!("../../../../flows/common/person.yaml")),
    ("common/security-advice.yaml", include_str!("../../../../flows/common/security-advice.yaml")),
    ("common/text-link.yaml", include_str!("../../../../flows/common/text-link.yaml")),
];

const SMALL: &str = "\
flow: small                    # the smallest
start: main

steps:
  # ---- the menu ----
  main:                        # where all begins
    menu:                      # three things
      - { key: 1, go: refund, for: { en-US: a refund, ja-JP: 返金 } }       # often
      # rarely
      - { key: 2, go: bye,    to: { en-US: go, ja-JP: 終わる } }
    prompt:
      en-US: Hello.            # short
      ja-JP: こんにちは。
    otherwise: bye             # nobody there

  refund:
    set: { a: 1, b: a + 1 }
    needs: 2
    then: bye

  # ---- the end ----
  bye:
    hangup: { en-US: Bye., ja-JP: 失礼します。 }
";

fn lines_that_differ(old: &str, new: &str) -> Vec<String> {
    let hunks = crate::flow::diff::text_diff(old, new);
    let changed = hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.how != crate::flow::diff::How::Kept);
    changed
        .map(|line| format!("{}{}", if line.how == crate::flow::diff::How::Added { '+' } else { '-' }, line.text))
        .collect()
}

#[test]
fn a_step_set_to_what_it_says_leaves_the_text_as_it_is() {
    for (file, text) in SHIPPED {
        for at in outline(text).into_iter().step_by(17) {
            let value = step(text, &at.name).unwrap();
            assert_eq!(set_step(text, &at.name, &value).unwrap(), text, "{file}: {}", at.name);
        }
    }
}

#[test]
fn every_shipped_step_is_written_as_its_file_writes_it() {
    // The writer's manner is that of the shipped flows: what it would write anew differs in comments and columns only.
    let plain = |line: &str| line.split("  #").next().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    let (mut same, mut all) = (0, 0);
    for (_, text) in SHIPPED {
        for at in outline(text) {
            let written = super::write::step(&at.name, &step(text, &at.name).unwrap(), 2);
            let stands: Vec<String> = text
                .lines()
                .skip(at.first - 1)
                .take(at.last + 1 - at.first)
                .map(plain)
                .filter(|l| !l.is_empty() && !l.starts_with('#'))
                .collect();
            let written: Vec<String> = written.iter().map(|line| plain(line)).collect();
            all += 1;
            same += usize::from(written == stands);
        }
    }
    assert!(same * 100 >= all * 98, "{same} of {all}");
}

#[test]
fn only_the_lines_of_what_changed_change() {
    let mut main = step(SMALL, "main").unwrap();
    main["prompt"]["ja-JP"] = "もしもし。".into();
    let edited = set_step(SMALL, "main", &main).unwrap();
    assert_eq!(lines_that_differ(SMALL, &edited), ["-      ja-JP: こんにちは。", "+      ja-JP: もしもし。"]);
    main["otherwise"] = "refund".into();
    let edited = set_step(&edited, "main", &main).unwrap();
    assert!(edited.contains("    otherwise: refund          # nobody there\n"), "{edited}");
    main["menu"].as_array_mut().unwrap().swap(0, 1);
    main["menu"][0]["key"] = 1.into();
    main["menu"][1]["key"] = 2.into();
    let edited = set_step(&edited, "main", &main).unwrap();
    let menu = "      # rarely\n      - { key: 1, go: bye,    to: { en-US: go, ja-JP: 終わる } }\n      - { key: 2, go: refund, for: { en-US: a refund, ja-JP: 返金 } }       # often\n";
    assert!(edited.contains(menu), "{edited}");
}

#[test]
fn options_that_stood_in_columns_do_so_again() {
    let mut main = step(SMALL, "main").unwrap();
    let new = json!({ "key": 3, "go": "refund", "for": { "en-US": "no: really", "ja-JP": "本当" } });
    main["menu"].as_array_mut().unwrap().push(new);
    main["menu"][1]["go"] = "a-long-one".into();
    let edited = set_step(SMALL, "main", &main).unwrap();
    let menu = "      - { key: 1, go: refund,     for: { en-US: a refund, ja-JP: 返金 } }   # often\n      # rarely\n      - { key: 2, go: a-long-one, to: { en-US: go, ja-JP: 終わる } }\n      - { key: 3, go: refund,     for: { en-US: \"no: really\", ja-JP: 本当 } }\n";
    assert!(edited.contains(menu), "{edited}");
    assert!(edited.contains("    menu:                      # three things\n"));
}

#[test]
fn a_step_can_become_of_another_kind() {
    let new = json!({ "say": { "en-US": "One: two", "ja-JP": "一\n二" }, "then": "bye" });
    let edited = set_step(SMALL, "main", &new).unwrap();
    assert_eq!(step(&edited, "main").unwrap(), new);
    assert!(
        edited.contains("  main:                        # where all begins\n    say:\n      en-US: \"One: two\"\n"),
        "{edited}"
    );
}

#[test]
fn a_new_field_stands_where_the_language_has_it() {
    let mut refund = step(SMALL, "refund").unwrap();
    refund["then"] = "main".into();
    let mut main = step(SMALL, "main").unwrap();
    main["audio"] = json!({ "ja-JP": "hello.mp3" });
    main["needs"] = 1.into();
    let edited = set_step(SMALL, "main", &main).unwrap();
    let order: Vec<String> = step(&edited, "main").unwrap().as_object().unwrap().keys().cloned().collect();
    assert_eq!(order, ["menu", "audio", "prompt", "needs", "otherwise"]);
    assert!(edited.contains("    needs: 1\n    otherwise: bye             # nobody there\n"), "{edited}");
}

#[test]
fn steps_are_added_moved_and_deleted() {
    let new = json!({ "say": { "en-US": "Wait." }, "then": "bye" });
    let more = add_step(SMALL, Some("refund"), "wait", &new).unwrap();
    let lines = ["+  wait:", "+    say:", "+      en-US: Wait.", "+    then: bye", "+"];
    let mut differ = lines_that_differ(SMALL, &more);
    differ.sort();
    let mut lines = lines.map(str::to_owned).to_vec();
    lines.sort();
    assert_eq!(differ, lines, "{more}");
    assert_eq!(delete_step(&more, "wait").unwrap(), SMALL);
    let moved = move_step(&more, "wait", Some("main")).unwrap();
    assert_eq!(
        outline(&moved).iter().map(|step| step.name.as_str()).collect::<Vec<_>>(),
        ["main", "wait", "refund", "bye"]
    );
    assert_eq!(move_step(&moved, "wait", Some("refund")).unwrap(), more);
    let EditError::Needed { by, .. } = delete_step(SMALL, "bye").unwrap_err() else { panic!() };
    assert_eq!(by.len(), 3);
    assert_eq!(add_step(SMALL, None, "bye", &new).unwrap_err(), EditError::Exists { name: "bye".into(), line: 22 });
    assert_eq!(add_step(SMALL, None, "Bye!", &new).unwrap_err(), EditError::Name("Bye!".into()));
}

#[test]
fn a_name_changes_with_all_that_refers_to_it_and_back() {
    for (file, text) in SHIPPED {
        for at in outline(text).into_iter().step_by(29) {
            let renamed = rename_step(text, &at.name, "quite-another").unwrap();
            assert_eq!(references(&renamed, "quite-another").unwrap().len(), references(text, &at.name).unwrap().len());
            assert_eq!(references(&renamed, &at.name).unwrap(), []);
            assert_eq!(rename_step(&renamed, "quite-another", &at.name).unwrap(), text, "{file}: {}", at.name);
        }
    }
}

#[test]
fn a_broken_text_still_has_an_outline_and_nothing_else() {
    let broken = SMALL.replace("{ en-US: Bye., ", "{ en-US: \"Bye., ");
    let names: Vec<_> = outline(&broken).into_iter().map(|step| (step.name, step.kind)).collect();
    assert_eq!(names, [("main".into(), Some("menu")), ("refund".into(), Some("set")), ("bye".into(), Some("hangup"))]);
    assert_eq!(step(&broken, "main"), None);
    let error = set_step(&broken, "main", &Value::Null).unwrap_err();
    assert!(error.at().is_some() && !error.to_string().is_empty());
}

#[test]
fn what_stands_around_a_step_stays_whatever_ends_its_lines() {
    let windows = SMALL.replace('\n', "\r\n");
    let edited = set_step(&windows, "refund", &json!({ "hangup": { "en-US": "No." } })).unwrap();
    assert!(!edited.replace("\r\n", "").contains('\n'), "{edited:?}");
    let open = SMALL.trim_end();
    let more = add_step(open, None, "last", &json!({ "hangup": { "en-US": "No." } })).unwrap();
    assert!(more.starts_with(open) && more.ends_with("      en-US: No.\n"), "{more}");
    assert_eq!(delete_step(&more, "last").unwrap().trim_end(), open);
}

#[test]
fn a_step_in_one_line_is_written_out() {
    let text =
        "flow: x\nstart: a\nsteps:\n  a: { hangup: { en-US: Bye. } }   # short\n  b: { say: { en-US: A }, then: a }\n";
    let edited = set_step(text, "a", &json!({ "hangup": { "en-US": "So long." } })).unwrap();
    let wanted = "  a:                               # short\n    hangup:\n      en-US: So long.\n  b: { say: { en-US: A }, then: a }\n";
    assert!(edited.ends_with(wanted), "{edited}");
    let all = "flow: x\nsteps: { a: { hangup: { en-US: Bye. } } }\n";
    assert!(matches!(set_step(all, "a", &json!({ "say": {} })), Err(EditError::Layout(_))));
    assert_eq!(step(all, "a").unwrap(), json!({ "hangup": { "en-US": "Bye." } }));
}

#[test]
fn what_cannot_be_written_is_refused_in_every_language() {
    use crate::words::Lang;
    let deep = (0..60).fold(Value::from("x"), |inner, _| json!({ "a": inner }));
    let errors = [
        set_step(SMALL, "main", &json!({ "say": deep })).unwrap_err(),
        set_step(SMALL, "none", &json!({ "say": {} })).unwrap_err(),
        set_step(SMALL, "main", &json!([])).unwrap_err(),
        set_step("flow: x", "main", &json!({ "say": {} })).unwrap_err(),
        rename_step(SMALL, "main", "Main Menu").unwrap_err(),
        rename_step(SMALL, "main", "bye").unwrap_err(),
        delete_step(SMALL, "bye").unwrap_err(),
        delete_step("flow: x\nsteps:\n  a:\n    hangup: {}\n", "a").unwrap_err(),
    ];
    for error in errors {
        let told = [Lang::EnUs, Lang::ZhCn, Lang::JaJp].map(|lang| error.told(lang));
        assert!(told[0] != told[1] && told[1] != told[2], "{told:?}");
    }
}
