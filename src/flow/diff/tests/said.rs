//! The sentences themselves, and what is protected.

use super::{SMALL, sentences};
use crate::flow::diff::{Touch, apply, changes, nothing_told, protected, told, touches, trees};
use crate::words::Lang;

const READERS: [Lang; 3] = [Lang::EnUs, Lang::ZhCn, Lang::JaJp];

/// What is said in one language of a change to the small hotline.
fn said(lang: Lang, from: &str, to: &str) -> String {
    assert!(SMALL.contains(from), "{from}");
    let told = sentences(SMALL, &SMALL.replacen(from, to, 1), lang);
    assert_eq!(told.len(), 1, "{told:#?}");
    told[0].clone()
}

const SET: &str = "set: { a: 1, b: a }";

#[test]
fn a_change_is_one_sentence_in_each_language() {
    let told = [
        (
            "終わる } }",
            "おわる } }",
            "Step main: Japanese text of option 3 (“end the call”) changed from “終わる” to “おわる”.",
        ),
        ("key: 3, go: bye,", "key: 4, go: bye,", "Step main: option 3 became option 4 (“end the call”)."),
        ("go: refund,", "go: card,", "Step main: option 2 (“a refund”) leads to card now, not to refund."),
        ("bye\n  card", "main\n  card", "Step main: “After silence or wrong keys” changed from “bye” to “main”."),
        ("identity: pin", "identity: code", "Hotline: “Proof of identity” changed from “pin” to “code”."),
        (SET, "set: { b: a, a: 1 }", "A refund (refund): the order of “Values” changed."),
        (SET, "set: { a: 2, b: a }", "A refund (refund): “Values”, a, changed from “1” to “2”."),
        (SET, "needs: 2\n    set: { a: 1, b: a }", "A refund (refund): callers must be identified to level 2 now."),
        ("flow: small\n", "flow: small\ncountries: [CN, HK]\n", "Hotline: “Countries” is new: “CN, HK”."),
    ];
    for (from, to, sentence) in told {
        assert_eq!(said(Lang::EnUs, from, to), sentence);
    }
    let both = [
        (
            "key: 3, go: bye,",
            "key: 4, go: bye,",
            "步骤 main：选项 3（“结束”）改为选项 4。",
            "ステップ main：選択肢3（「終わる」）が選択肢4になりました。",
        ),
        (
            "終わる } }",
            "おわる } }",
            "步骤 main：选项 3（“结束”）的日语文本由“終わる”改为“おわる”。",
            "ステップ main：選択肢3（「おわる」）の日本語の文が「終わる」から「おわる」に変わりました。",
        ),
        (
            SET,
            "needs: 2\n    set: { a: 1, b: a }",
            "“退款”（refund）：来电者现在须核验到 2 级。",
            "「返金」（refund）：レベル2の本人確認が必要になりました。",
        ),
        (
            "flow: small\n",
            "flow: small\ncountries: [CN, HK]\n",
            "热线：新增“国家和地区”：“CN, HK”。",
            "窓口：「国と地域」が追加されました：「CN, HK」。",
        ),
    ];
    for (from, to, zh, ja) in both {
        assert_eq!(said(Lang::ZhCn, from, to), zh);
        assert_eq!(said(Lang::ZhHk, from, to), zh);
        assert_eq!(said(Lang::JaJp, from, to), ja);
    }
}

#[test]
fn a_recording_is_told_by_its_languages() {
    let with = |audio: &str| SMALL.replacen("停止しました。 }\n", &format!("停止しました。 }}\n{audio}"), 1);
    let (none, one) = (with(""), with("    audio: { zh-CN: 1a.mp3 }\n"));
    let (both, other) = (with("    audio: { zh-CN: 1a.mp3, ja-JP: 2b.mp3 }\n"), with("    audio: { zh-CN: 3c.mp3 }\n"));
    for (old, new, en, zh, ja) in [
        (
            &none,
            &both,
            "Block it (block): a recording is heard now (Mandarin, Japanese).",
            "“冻结”（block）：普通话、日语改为播放录音。",
            "「停止する」（block）：中国語・日本語は録音が流れるようになりました。",
        ),
        (
            &one,
            &other,
            "Block it (block): another recording is heard now (Mandarin).",
            "“冻结”（block）：普通话换了录音。",
            "「停止する」（block）：中国語の録音が差し替えられました。",
        ),
        (
            &both,
            &one,
            "Block it (block): the words are spoken by the voice again, without a recording (Japanese).",
            "“冻结”（block）：日语不再播放录音，改回语音朗读。",
            "「停止する」（block）：日本語は録音をやめ、音声読み上げに戻りました。",
        ),
    ] {
        for (lang, sentence) in READERS.into_iter().zip([en, zh, ja]) {
            assert_eq!(sentences(old, new, lang), [sentence]);
        }
    }
}

#[test]
fn an_option_is_told_by_its_new_key_before_its_place() {
    let line = |key: u8, go: &str| {
        let of = |line: &&str| line.trim_start().starts_with("- { key") && line.contains(go);
        let line = SMALL.lines().find(of).unwrap();
        let (head, tail) = line.split_once("key: ").unwrap();
        format!("{head}key: {key}{}\n", &tail[1..])
    };
    let [card, refund, bye] = [(1, "go: card,"), (2, "go: refund,"), (3, "go: bye,")].map(|(key, go)| line(key, go));
    assert!(SMALL.contains(&format!("{card}{refund}{bye}")));
    let moved = SMALL.replace(
        &format!("{card}{refund}{bye}"),
        &[line(1, "go: bye,"), line(2, "go: card,"), line(3, "go: refund,")].concat(),
    );
    assert_eq!(
        sentences(SMALL, &moved, Lang::EnUs),
        [
            "Step main: option 3 became option 1 (“end the call”).",
            "Step main: option 1 became option 2 (“a lost card”).",
            "Step main: option 2 became option 3 (“a refund”).",
            "Step main: option 1 (“end the call”) stands in place 1 now.",
        ]
    );
}

#[test]
fn what_is_long_is_cut_where_it_differs() {
    let call = |keys: &[&str], more: &str| {
        let keys: String = keys.iter().map(|key| format!("    - presses: \"{key}\"\n")).collect();
        format!(
            "- story: Long\n  call:\n    - hears: Welcome to the support of the wallet, how can we help\n{keys}{more}"
        )
    };
    let told_of = |old: &str, new: &str| {
        let file = |text: &str| vec![("a.stories.yaml".to_owned(), text.to_owned())];
        let found = changes(&file(old), &file(new)).unwrap();
        found.iter().map(|change| told(change, Lang::EnUs)).collect::<Vec<_>>()
    };
    let hangs = "    - hangs up\n";
    assert_eq!(
        told_of(&call(&["1", "2", "4"], hangs), &call(&["1", "2", "3"], hangs)),
        ["Story Long: “call” changed from “…{ presses: 4 }, hangs up” to “…{ presses: 3 }, hangs up”."]
    );
    assert_eq!(
        told_of(&call(&["1", "2", "4"], ""), &call(&["1", "2", "4"], hangs)),
        ["Story Long: “call” changed from “…{ presses: 4 }” to “…{ presses: 4 }, hangs up”."]
    );
    let long = "You are through to the people who look after lost cards and phones";
    let [was, is] =
        ["Blocked by day.", "Blocked by night."].map(|end| SMALL.replace("Blocked.", &format!("{long}. {end}")));
    let said = sentences(&was, &is, Lang::EnUs);
    assert_eq!(said.len(), 1);
    let [day, night] = ["day.”", "night.”"].map(|end| said[0].contains(end));
    assert!(day && night && said[0].contains("changed from “…") && said[0].contains("to “…"), "{said:?}");
    let [was, is] = ["not", "now"].map(|word| {
        let text = format!("\"This is about what you paid with your wallet: {{payment.amount|money}} {word} paid\"");
        SMALL.replace("Blocked.", &text)
    });
    let said = sentences(&was, &is, Lang::EnUs);
    let whole = "changed from “…{payment.amount|money} not paid” to “…{payment.amount|money} now paid”.";
    assert!(said[0].ends_with(whole), "{said:?}");
}

#[test]
fn a_step_with_another_name_is_told_once_whoever_leads_to_it() {
    let renamed = SMALL.replace("go: refund", "go: money-back").replace("  refund:", "  money-back:");
    assert_eq!(sentences(SMALL, &renamed, Lang::EnUs), ["A refund (money-back): was called refund before."]);
    let back = sentences(&renamed, SMALL, Lang::JaJp);
    assert_eq!(back, ["「返金」（refund）：名前が money-back から変わりました。"]);
}

#[test]
fn an_identification_between_is_told_when_it_comes_and_when_it_goes() {
    let proved = SMALL
        .replace("go: refund,", "go: who,")
        .replace("  refund:\n", "  who:\n    verify: 3\n    then: refund\n    failed: bye\n  refund:\n");
    let come = sentences(SMALL, &proved, Lang::EnUs);
    let asks = "Step main: now asks for the PIN and a one-time code before option 2 (“a refund”) goes on to refund (by way of who).";
    assert!(come.contains(&asks.to_owned()), "{come:#?}");
    let gone = sentences(&proved, SMALL, Lang::ZhCn);
    let asks = "步骤 main：选项 2（“退款”）进入 refund 之前，不再核验电话密码和验证码（原经由 who）。";
    assert!(gone.contains(&asks.to_owned()), "{gone:#?}");
}

#[test]
fn what_is_shared_is_told_by_its_own_name() {
    let calendar = "x:\n  zone: Asia/Shanghai\n  closed:\n    2026-01-01: New Year\n";
    let story = "- { story: One, call: [{ hears: a }, hangs up] }";
    let told = [
        (
            "calendars.yaml",
            calendar,
            format!("{calendar}    2026-01-02: New Year\n"),
            5,
            "Calendar x: “Days off”, 2026-01-02, is new: “New Year”.",
        ),
        (
            "calendars.yaml",
            calendar,
            calendar.replace("Shanghai", "Tokyo"),
            2,
            "Calendar x: “Time zone” changed from “Asia/Shanghai” to “Asia/Tokyo”.",
        ),
        ("calendars.yaml", calendar, format!("{calendar}y: {{ zone: UTC }}"), 5, "Calendar y: is new."),
        (
            "sources.yaml",
            "pay: { level: 2 }",
            "pay: { level: 1 }".into(),
            1,
            "Source pay: “Level” changed from “2” to “1”.",
        ),
        (
            "common/phrases.yaml",
            "wait: { ja-JP: b }",
            "wait: { ja-JP: c }".into(),
            1,
            "Phrase wait: Japanese text changed from “b” to “c”.",
        ),
        ("a.stories.yaml", story, format!("{story}\n- {{ story: Two }}"), 2, "Story Two: is new."),
        ("a.stories.yaml", story, story.replace("One", "Two"), 1, "Story Two: is new."),
    ];
    for (name, old, new, line, sentence) in told {
        let file = |text: &str| vec![(name.to_owned(), text.to_owned())];
        let found = changes(&file(old), &file(&new)).unwrap();
        assert_eq!(
            found.last().map(|change| (change.line, crate::flow::diff::told(change, Lang::EnUs))),
            Some((line, sentence.to_owned()))
        );
    }
}

#[test]
fn files_that_come_and_go_are_told_and_broken_ones_are_named() {
    let files = |names: &[&str]| -> Vec<(String, String)> {
        names.iter().map(|name| ((*name).to_owned(), "flow: x\nsteps: { a: { hangup: {} } }".to_owned())).collect()
    };
    let found = changes(&files(&["a.yaml"]), &files(&["b.yaml"])).unwrap();
    let said: Vec<String> = found.iter().map(|change| told(change, Lang::EnUs)).collect();
    assert_eq!(said, ["File b.yaml: is new.", "File a.yaml: was removed."]);
    let mut broken = files(&["a.yaml"]);
    broken[0].1.push('}');
    assert_eq!(&*changes(&files(&["a.yaml"]), &broken).unwrap_err().file, "a.yaml");
}

#[test]
fn comments_order_of_fields_and_quotes_are_no_difference() {
    let other = SMALL
        .replace("{ a: 1, b: a }", "{ a: \"1\", b: 'a' } # as before")
        .replace("    set: { a: \"1\"", "    # here\n    set: { a: \"1\"")
        .replace(
            "{ en-US: Bye., zh-CN: 再见。, ja-JP: 失礼します。 }",
            "\n      ja-JP: 失礼します。\n      en-US: Bye.\n      zh-CN: 再见。",
        );
    assert_ne!(other, SMALL);
    assert_eq!(sentences(SMALL, &other, Lang::EnUs), [""; 0]);
    for lang in READERS {
        assert!(!nothing_told(lang).is_empty());
    }
}

#[test]
fn what_touches_proof_transfers_and_numbers_is_protected() {
    let touched = |from: &str, to: &str| {
        assert!(SMALL.contains(from));
        let file = |text: &str| vec![("small.yaml".to_owned(), text.to_owned())];
        let found = changes(&file(SMALL), &file(&SMALL.replacen(from, to, 1))).unwrap();
        let touch = found.iter().find_map(touches);
        assert_eq!(protected(&found), touch.is_some());
        touch
    };
    assert_eq!(touched("Bye.", "Goodbye."), None);
    assert_eq!(touched("go: refund,", "go: card,"), None);
    assert_eq!(touched("identity: pin", "identity: code"), Some(Touch::Verification));
    assert_eq!(touched(SET, "set: { a: 1, b: a }\n    needs: 1"), Some(Touch::Verification));
    assert_eq!(touched("flow: small", "flow: small\ndesks: { general: \"sip:a@b.example\" }"), Some(Touch::Transfers));
    assert_eq!(
        touched("set: { a: 1, b: a }\n    then: bye", "transfer: general\n    answered: bye"),
        Some(Touch::Transfers)
    );
    assert_eq!(touched("set: { a: 1, b: a }", "request: callback\n    number: a"), Some(Touch::Numbers));
    assert_eq!(touched("flow: small", "flow: small\ncountries: [CN]"), Some(Touch::Numbers));
}

#[test]
fn a_change_that_does_not_fit_changes_nothing() {
    let file = |text: &str| vec![("small.yaml".to_owned(), text.to_owned())];
    let shorter = SMALL
        .replace("      - { key: 1, go: card,   for: { en-US: a lost card, zh-CN: 挂失, ja-JP: カードの紛失 } }\n", "");
    let found = changes(&file(&shorter), &file(SMALL)).unwrap();
    assert!(!found.is_empty());
    let other = file("flow: other\nsteps:\n  main:\n    menu: []\n  card: {}\n");
    let gone = changes(&file(SMALL), &file(&shorter)).unwrap();
    assert_eq!(apply(&other, &gone).unwrap(), trees(&other).unwrap());
}
