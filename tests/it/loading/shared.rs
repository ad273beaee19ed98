//! Mistakes in what hotlines share: sub-flows, calendars, sources, phrases.

use super::said_of;

#[test]
fn hours_that_overlap_and_days_that_are_none_are_refused() {
    let calendar = "\
always:
  zone: Asia/Shangai
  week: { mon-fri: \"09:00-12:00, 11:00-18:00\", fri: \"10:00-11:00\", sunday: \"10:00-11:00\", sat: late }
  closed: { 2026-13-01: a month too many, 2026-10-01: National Day }
  open: { 2026-10-01: \"09:00-18:00\" }
";
    let expected = [
        "calendars.yaml:2:9: expected a time zone like Asia/Shanghai, found `Asia/Shangai` [shape]",
        "    did you mean `Asia/Shanghai`?",
        "calendars.yaml:3:20: the hours overlap or are out of order [hours]",
        "    write them in order, each ending before the next begins",
        "calendars.yaml:3:48: `fri` says hours for fri a second time [hours]",
        "    give each day its hours once",
        "calendars.yaml:3:68: `sunday` is not a day or a span of days [shape]",
        "    write mon, tue, wed, thu, fri, sat, sun, or mon-fri",
        "calendars.yaml:3:96: expected hours like \"09:00-12:00, 13:00-18:00\", found `late` [shape]",
        "calendars.yaml:4:13: `2026-13-01` is not a day [shape]",
        "    write it like 2026-02-14",
        "calendars.yaml:5:11: 2026-10-01 stands under `closed:` and `open:` [hours]",
        "    keep one of the two",
    ];
    assert_eq!(said_of("calendars.yaml", calendar).join("\n"), expected.join("\n"));
}

#[test]
fn a_source_says_what_it_takes_and_gives_how_long_and_for_whom() {
    let source = "\
payment:
  takes: { account: txt }
  level: 5
  budget: soon
  from: { table: payments, sets: { state: done } }
";
    let expected = [
        "sources.yaml:2:21: expected text, word, number, flag, money, date, moment, phone or window, found `txt` [shape]",
        "    did you mean `text`?",
        "sources.yaml:3:10: expected a whole number from 0 to 3, found `5` [shape]",
        "sources.yaml:4:11: expected a time like 3s, 15m or 4h, found `soon` [shape]",
        "sources.yaml:5:9: `sets:` changes the row [shape]",
        "    add `act: yes` to the source",
    ];
    assert_eq!(said_of("sources.yaml", source).join("\n"), expected.join("\n"));
}

#[test]
fn a_phrase_is_said_in_every_language_of_the_system() {
    let said = said_of("common/phrases.yaml", "menu.for:\n  en-US: \"For {for}, press {key}.\"\n");
    let expected: Vec<String> = ["ja-JP", "zh-CN", "zh-HK"]
        .iter()
        .map(|lang| {
            format!("common/phrases.yaml:2:3: the text in {lang} is missing [missing-text]\n    add a line `{lang}: …`")
        })
        .collect();
    assert_eq!(said, expected);
}

#[test]
fn a_sub_flow_speaks_the_languages_of_the_hotlines_that_use_it() {
    let sub_flow = "\
flow: call-me-back
languages: [zh-CN]
takes: { kind: word, topic: word, priority: word }
start: back
steps:
  back:
    return: {}
";
    let expected = "common/call-me-back.yaml:2:12: the hotline that uses this sub-flow speaks en-US, \
                    which is not in this list [missing-text]\n    add en-US here and its texts below";
    assert_eq!(said_of("common/call-me-back.yaml", sub_flow), [expected]);
}

#[test]
fn a_result_a_sub_flow_does_not_declare_is_refused() {
    let sub_flow = "\
flow: call-me-back
languages: [en-US]
takes: { kind: word, topic: word, priority: word }
gives: { reference: text }
start: file
steps:
  file:
    request: callback
    topic: shop
    priority: low
    number: registered
    account: topic
    into: filed
    then: back
    refused: back
  back:
    return: { refrence: topic }
";
    let expected = "common/call-me-back.yaml:17:15: this sub-flow gives no `refrence` [argument]\n    \
                    declare it under `gives:`";
    assert_eq!(said_of("common/call-me-back.yaml", sub_flow), [expected]);
}

#[test]
fn a_copied_file_that_kept_the_old_name_is_noticed() {
    let said = said_of("copy.yaml", &super::hotline_of("  hello:\n    say: { en-US: Hi. }\n    then: bye"));
    let hint = "write `flow: copy`, or give the file the other name";
    assert_eq!(said, [format!("copy.yaml:1:7: `flow: test` stands in the file copy.yaml [name]\n    {hint}")]);
}

#[test]
fn a_sub_flow_that_cannot_be_read_is_told_once() {
    let said = said_of("common/call-me-back.yaml", "flow: call-me-back\nlanguages: [en-US\n");
    assert_eq!(said.len(), 1, "{said:?}");
    let what = "a `{` or `[` is opened here or in a line above and not closed [yaml]";
    assert!(said[0].starts_with(&format!("common/call-me-back.yaml:3:1: {what}")), "{said:?}");
}
