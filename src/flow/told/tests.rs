//! What a table must be, and what is made of a sentence.

use super::rows::{TABLES, rows};
use super::{Told, told};
use crate::words::Lang;
use std::collections::BTreeSet;

#[test]
fn every_sentence_has_both_languages_and_the_same_holes() {
    for block in TABLES.iter().flat_map(|table| table.trim_end().split("\n\n")) {
        assert_eq!(block.lines().count(), 3, "{block}");
    }
    let mut seen = BTreeSet::new();
    for row in rows() {
        let pattern = row.pattern();
        assert!(seen.insert(pattern.clone()), "{pattern} stands twice");
        let own: BTreeSet<_> = row.english.holes.iter().collect();
        assert!(row.english.holes.iter().copied().eq(0..own.len()), "{pattern}");
        let pieces = &row.english.pieces;
        assert!(pieces[1..].iter().rev().skip(1).all(|piece| !piece.is_empty()), "{pattern}");
        for native in &row.native {
            let holes: BTreeSet<_> = native.holes.iter().collect();
            // What a library counts is more than anybody wants to know.
            let fits = if pattern.starts_with("CSV error") { holes.is_subset(&own) } else { holes == own };
            assert!(fits, "{pattern}: {:?}", native.pieces);
        }
    }
}

#[test]
fn what_is_code_stays_in_backticks_in_both_languages() {
    for row in rows() {
        // Colons and options of a flow are never translated; words that stand for a value may be.
        let code = |pieces: &[&str]| -> BTreeSet<String> {
            let text = pieces.join("\u{0}");
            let inside = text.split('`').skip(1).step_by(2);
            let fields = inside.filter(|code| code.ends_with(':') && !code.contains(' '));
            fields.filter(|code| *code != "name:").map(str::to_owned).collect()
        };
        let own = code(&row.english.pieces);
        for native in &row.native {
            assert!(own.is_subset(&code(&native.pieces)), "{own:?}: {:?}", native.pieces);
        }
    }
}

#[track_caller]
fn is(english: &str, zh: &str, ja: &str) {
    assert_eq!(told(Lang::ZhCn, english).as_deref(), Some(zh));
    assert_eq!(told(Lang::JaJp, english).as_deref(), Some(ja));
}

#[test]
fn holes_go_where_the_language_wants_them() {
    is(
        "the menu `router` has 6 options; more than 5 are hard to keep in mind",
        "菜单 `router` 有 6 个选项，超过 5 个就很难记住",
        "メニュー `router` の選択肢が 6 個あります。5 個を超えると覚えきれません",
    );
    is(
        "what needs level 2 is heard by a caller verified to level 1",
        "只通过 1 级核验的来电者会听到需要 2 级的内容",
        "確認レベル 1 のお客様に、レベル 2 の必要な内容が聞こえます",
    );
}

#[test]
fn words_in_holes_are_told_too() {
    is(
        "expected a whole number from 0 to 3, found a list",
        "这里应为 0 到 3 的整数，现在是列表",
        "ここには 0 から 3 までの整数が必要です（今はリスト）",
    );
    is(
        "add `calendar:`, the name of a calendar",
        "请加上 `calendar:`（日历名称）",
        "`calendar:` を加えてください（カレンダーの名前）",
    );
    is("`soon` is not a priority", "`soon` 不是可用的优先级", "`soon` という優先度はありません");
    is(
        "there are urgent, high, normal, low",
        "可以用 urgent、high、normal、low",
        "使えるのは urgent、high、normal、low です",
    );
    is(
        "expected missing or failed, found `gone`",
        "这里应为 missing 或 failed，现在是 `gone`",
        "ここには missing か failed が必要です（今は `gone`）",
    );
    is(
        "`{payment.amount|coins}`: there is no way to speak called `coins`; there are plain, digits, money, date, time, \
         phone, count or window",
        "`{payment.amount|coins}`：没有 `coins` 这种读法，可以用 plain、digits、money、date、time、phone、count 或 window",
        "`{payment.amount|coins}`：`coins` という読み方はありません。使えるのは plain、digits、money、date、time、phone、count、window です",
    );
}

#[test]
fn what_an_admin_wrote_stays_as_it_is() {
    is("there is no step `a list`", "没有步骤 `a list`", "ステップ `a list` はありません");
    is(
        "expected a list, found `, found a text`",
        "这里应为列表，现在是 `, found a text`",
        "ここにはリストが必要です（今は `, found a text`）",
    );
    is("`密码` is no language", "没有 `密码` 这种语言", "`密码` という言語はありません");
}

#[test]
fn what_is_not_known_stays_english_and_says_so() {
    for lang in [Lang::ZhCn, Lang::ZhHk, Lang::JaJp] {
        assert_eq!(told(lang, "the moon is made of `cheese`"), None);
        assert_eq!(told(lang, "expected something nobody knows of, found a list"), None);
        let told = Told::of(lang, "the moon is made of `cheese`");
        assert_eq!((told.words.as_str(), told.foreign), ("the moon is made of `cheese`", Some("en")));
        assert_eq!(Told::of(lang, "").foreign, None);
    }
    assert_eq!(Told::of(Lang::EnUs, "leave it out").foreign, None);
}

#[test]
fn a_hostile_text_is_told_in_bounded_time() {
    let long = format!("expected {}, found `{}`", "a, found ".repeat(30_000), "`: `".repeat(200_000));
    assert!(told(Lang::ZhCn, &long).is_none_or(|words| words.len() < 2 * long.len()));
}
