//! Stories that follow a change of their flow: every shipped story of a hotline whose keys move and whose sentences
//! are said otherwise plays again, and nothing else of its file is another one.

use crate::support::flows::files;
use hotline::flow::Flow;
use hotline::flow::read::{Files, load};
use hotline::play::{Mended, mend, play, read};
use std::collections::BTreeMap;
use std::sync::Arc;

const WALLET: &str = "digital-wallet.yaml";
const STORIES: &str = "digital-wallet.stories.yaml";

const URGENT: &str = "with: { kind: callback, topic: payment, priority: high }";
const LESS_URGENT: &str = "with: { kind: callback, topic: payment, priority: low }";

fn flow(files: &Files, name: &str) -> Arc<Flow> {
    let loaded = load(files);
    assert_eq!(loaded.problems.iter().filter(|problem| problem.blocks()).collect::<Vec<_>>(), Vec::<&_>::new());
    loaded.flows.into_iter().find(|flow| flow.name == name).unwrap()
}

/// The wallet with other words in its file.
fn wallet(changes: &[(&str, &str)]) -> Arc<Flow> {
    let mut files = files();
    let text = files.get_mut(WALLET).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        *text = text.replace(from, to);
    }
    flow(&files, "digital-wallet")
}

/// How many stories of a file fail on a flow.
fn failing(flow: &Flow, text: &str) -> usize {
    let (stories, problems) = read("stories.yaml", text, flow);
    assert_eq!(problems, []);
    stories.iter().filter(|story| play(flow, story).failure.is_some()).count()
}

/// The lines of the one that are not in the other, in their places: old and new.
fn changed<'t>(old: &'t str, new: &'t str) -> Vec<(&'t str, &'t str)> {
    assert_eq!(old.lines().count(), new.lines().count(), "no line comes or goes");
    old.lines().zip(new.lines()).filter(|(old, new)| old != new).map(|(old, new)| (old.trim(), new.trim())).collect()
}

fn of(line: &str, what: &str) -> bool {
    line.starts_with(&format!("- {what}: "))
}

#[test]
fn all_stories_play_again_when_options_of_the_main_menu_change_keys_and_a_sentence_other_words() {
    let old = wallet(&[]);
    let new = wallet(&[
        ("{ key: 3, go: account,", "{ key: 9, go: account,"),
        ("{ key: 4, go: protect,", "{ key: 3, go: protect,"),
        ("{ key: 9, go: account,", "{ key: 4, go: account,"),
        ("因为余额不足没有成功", "因为余额不够没能完成"),
        ("你好，歡迎致電電子錢包客戶服務。", "歡迎你致電電子錢包。"),
        ("Press zero at any time for a person.", "For a person, press zero at any time."),
    ]);
    let stories = &files()[STORIES];
    let failed = failing(&new, stories);
    assert!(failed > 10, "the change is one that stories notice: {failed}");
    let Mended { text, whole, partly } = mend(&old, &new, (STORIES, stories), stories).unwrap();
    assert_eq!((whole, partly, failing(&new, &text)), (failed, 0, 0), "{:#?}", changed(stories, &text));
    let mut seen = BTreeMap::new();
    for (from, to) in changed(stories, &text) {
        let keys = of(from, "presses") && of(to, "presses");
        assert!(keys || (of(from, "hears") && of(to, "hears")), "{from} {to}");
        *seen.entry((from, to)).or_insert(0) += 1;
    }
    assert!(seen[&("- presses: \"3\"", "- presses: \"4\"")] > 3 && seen[&("- presses: \"4\"", "- presses: \"3\"")] > 3);
    assert_eq!(seen[&("- hears: 余额不足", "- hears: 余额不够")], 1, "{seen:#?}");
    assert!(text.contains("# ---- failed payments ---"), "comments stay");
    // Once they follow, there is nothing to mend.
    assert_eq!(mend(&old, &new, (STORIES, &text), stories), None);
}

#[test]
fn what_stories_are_for_goes_on_failing() {
    let (old, stories) = (wallet(&[]), &files()[STORIES]);
    // Told another way, asked for less, recorded otherwise: no story follows.
    let balance = "{ if: payment.reason == 'balance', go: payment-";
    let limit = "{ if: payment.reason == 'limit',   go: payment-";
    let [to_balance, to_limit] = [balance, limit].map(|at| (format!("{at}balance"), format!("{at}limit")));
    let lower = [(URGENT, LESS_URGENT)];
    let elsewhere = [(&*to_balance.0, &*to_balance.1), (&*to_limit.1, &*to_limit.0)];
    for change in [&lower[..], &elsewhere] {
        let new = wallet(change);
        assert!(failing(&new, stories) > 0);
        assert_eq!(mend(&old, &new, (STORIES, stories), stories), None, "{change:?}");
    }
    // Where a key moved as well, the key follows, and what else went another way is left to be looked at.
    let new = wallet(&[("{ key: 1, go: payment,", "{ key: 6, go: payment,"), (URGENT, LESS_URGENT)]);
    let Mended { text, whole, partly } = mend(&old, &new, (STORIES, stories), stories).unwrap();
    assert!(whole > 5 && partly > 0 && failing(&new, &text) == partly, "{whole} {partly}");
    assert!(changed(stories, &text).iter().all(|(from, to)| of(from, "presses") && *to == "- presses: \"6\""));
}

#[test]
fn an_amount_that_is_told_no_more_is_still_expected() {
    let (was, is) = (
        "{payment.amount|money}付款，因为余额不足没有成功，这笔钱没有扣",
        "{payment.amount|money}付款，因为余额不够没有成功，这笔钱没有扣走",
    );
    let (amount, old) = ("- hears: 一百二十八元五角", wallet(&[]));
    let stories = files()[STORIES].replace("- hears: 余额不足", amount);
    assert!(stories.contains(amount) && failing(&old, &stories) == 0);
    // Somebody put the day where the amount was, and mended a word besides.
    let new = wallet(&[(was, &is.replace("amount|money", "at|date"))]);
    assert!(failing(&new, &stories) > 0);
    let followed = mend(&old, &new, (STORIES, &stories), &stories);
    assert!(followed.is_none_or(|followed| followed.text.contains(amount)));
    // Words beside an amount that is still told follow.
    let stories = stories.replace(amount, &format!("{amount}付款，因为余额不足"));
    let new = wallet(&[(was, is)]);
    let followed = mend(&old, &new, (STORIES, &stories), &stories).unwrap();
    assert_eq!(failing(&new, &followed.text), 0);
    assert!(followed.text.contains(&format!("{amount}付款，因为余额不够")), "{:?}", changed(&stories, &followed.text));
}

#[test]
fn a_language_that_is_gone_is_chosen_by_nobody() {
    let (mut files, file) = (files(), "paypay.stories.yaml");
    let old = flow(&files, "paypay");
    let text = files.get_mut("paypay.yaml").unwrap();
    *text = text.replace("languages: [ja-JP, zh-CN, en-US]", "languages: [ja-JP, en-US]");
    let new = flow(&files, "paypay");
    let stories = &files[file];
    let told = mend(&old, &new, (file, stories), stories).unwrap();
    assert!(told.whole > 0 && told.partly == 0, "{} {}", told.whole, told.partly);
    // The key of the language behind it moved.
    let changes = changed(stories, &told.text);
    assert!(changes.iter().all(|change| *change == ("- presses: \"3\"", "- presses: \"2\"")), "{changes:#?}");
}

#[test]
fn an_option_that_is_gone_from_its_menu_is_pressed_for_by_nobody() {
    let stories = &files()[STORIES];
    let line = files()[WALLET].lines().find(|line| line.contains("key: 4, go: protect")).unwrap().to_owned() + "\n";
    let last = files()[WALLET].lines().find(|line| line.contains("key: 4, go: channels")).unwrap().to_owned() + "\n";
    let more = format!("{last}{}", line.replace("key: 4", "key: 5"));
    let new = wallet(&[(&line, ""), (&last, &more)]);
    assert!(failing(&new, stories) > 3);
    assert_eq!(mend(&wallet(&[]), &new, (STORIES, stories), stories), None);
}

#[test]
fn stories_that_followed_one_change_follow_the_next() {
    let (old, stories) = (wallet(&[]), &files()[STORIES]);
    let first = [("因为余额不足没有成功", "因为余额不够没有成功"), ("{ key: 5, go: more,", "{ key: 7, go: more,")];
    let once = mend(&old, &wallet(&first), (STORIES, stories), stories).unwrap().text;
    let second = [("因为余额不足没有成功", "因为钱不够没有成功"), ("{ key: 5, go: more,", "{ key: 6, go: more,")];
    let new = wallet(&second);
    let failed = failing(&new, &once);
    let twice = mend(&old, &new, (STORIES, &once), stories).unwrap();
    assert_eq!((twice.whole, failing(&new, &twice.text)), (failed, 0));
    assert_eq!(twice.text, mend(&old, &new, (STORIES, stories), stories).unwrap().text, "as if it had been one change");
}

#[test]
fn every_hotlines_stories_follow_its_first_menu() {
    for name in ["dingpay", "paypay", "upay"] {
        let (file, stories) = (format!("{name}.yaml"), format!("{name}.stories.yaml"));
        let mut files = files();
        let old = flow(&files, name);
        files.insert(file.clone(), turned(&files[&file], "  main:\n"));
        let (new, known) = (flow(&files, name), &files[&stories]);
        let failed = failing(&new, known);
        let told = mend(&old, &new, (&stories, known), known).unwrap();
        assert_eq!((told.whole, told.partly, failing(&new, &told.text)), (failed, 0, 0), "{name}");
        assert!(failed > 20, "{name}: {failed}");
    }
}

/// A step's options each on the key of the one before, the first on that of the last.
fn turned(text: &str, step: &str) -> String {
    let (before, own) = text.split_once(step).unwrap();
    let end = own.find("\n\n").unwrap();
    let keys: Vec<&str> = own[..end].match_indices("key: ").map(|(at, _)| &own[at + 5..at + 6]).collect();
    let mut parts = own[..end].split("key: ");
    let mut turned = parts.next().unwrap().to_owned();
    for (at, part) in parts.enumerate() {
        turned += &format!("key: {}{}", keys[(at + 1) % keys.len()], &part[1..]);
    }
    format!("{before}{step}{turned}{}", &own[end..])
}
