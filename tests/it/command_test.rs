//! `hotline test` through the real program.

use crate::support::program::{run, with_flows};
use std::path::Path;

/// The wallet's stories with one piece replaced.
fn rewrite(folder: &Path, file: &str, piece: &str, instead: &str) {
    let path = folder.join("flows").join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(piece), "{piece}");
    std::fs::write(path, text.replacen(piece, instead, 1)).unwrap();
}

fn json(out: &str) -> serde_json::Value {
    serde_json::from_str(out).unwrap()
}

#[test]
fn the_shipped_stories_go_as_written_and_reach_everything() {
    let folder = with_flows();
    let (code, out, err) = run(folder.path(), &["test"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.ends_with(" played, all as written\n") && !out.contains("no story reaches"), "{out}");
    let (_, told, _) = run(folder.path(), &["test", "--format", "json"]);
    let told = json(&told);
    assert_eq!((&told["ok"], &told["problems"]), (&true.into(), &serde_json::json!([])));
    for flow in told["flows"].as_array().unwrap() {
        assert_eq!((&flow["reached"], &flow["unreached"]), (&flow["steps_and_choices"], &serde_json::json!([])));
        assert!(flow["stories"].as_u64().unwrap() > 10, "{flow}");
    }
    assert_eq!(folder.path().read_dir().unwrap().count(), 1, "nothing is written");
}

#[test]
fn a_story_that_goes_another_way_shows_what_was_expected_beside_what_was_heard() {
    let folder = with_flows();
    rewrite(folder.path(), "digital-wallet.stories.yaml", "- hears: 余额不足", "- hears: 超过付款限额");
    let (code, out, _) = run(folder.path(), &["test", "flows/digital-wallet.stories.yaml"]);
    assert_eq!(code, Some(1));
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines[0].starts_with("flows/digital-wallet.stories.yaml:"), "{out}");
    assert!(lines[0].ends_with(": A payment failed because the balance was too low"), "{out}");
    let sides =
        |line: &str| line.split_once('|').map(|(left, right)| (left.trim().to_owned(), right.trim().to_owned()));
    assert_eq!(sides(lines[1]), Some(("EXPECTED".into(), "HEARD".into())));
    let (expected, heard): (Vec<_>, Vec<_>) = lines[2..].iter().map_while(|line| sides(line)).unzip();
    assert_eq!(expected.concat(), "“超过付款限额” is heard");
    assert!(heard.concat().contains("因为余额不足没有成功"), "{out}");
    assert!(out.ends_with(" of 1 flow played, 1 not as written\n"), "{out}");
    let (code, out, _) = run(folder.path(), &["test", "digital-wallet", "--format", "json"]);
    let told = json(&out);
    assert_eq!((code, &told["ok"]), (Some(1), &false.into()));
    assert_eq!(told["flows"][0]["failures"][0]["expected"], "“超过付款限额” is heard");
}

#[test]
fn what_no_story_reaches_and_a_flow_without_stories_are_told_and_fail_nothing() {
    let folder = with_flows();
    let one = "- story: Nobody says anything\n  from: withheld\n  at: 2026-03-02 10:00 Asia/Shanghai\n  call: [hangs up]\n  records: nothing\n";
    std::fs::write(folder.path().join("flows/digital-wallet.stories.yaml"), one).unwrap();
    let (code, out, _) = run(folder.path(), &["test", "digital-wallet"]);
    assert_eq!(code, Some(0), "{out}");
    for line in [
        "no story reaches step main",
        "no story reaches step call-me-back/number",
        "no story reaches key 2 in step choose-language",
    ] {
        assert!(out.lines().any(|told| told.trim() == line), "{line}: {out}");
    }
    std::fs::remove_file(folder.path().join("flows/digital-wallet.stories.yaml")).unwrap();
    let (code, out, _) = run(folder.path(), &["test", "digital-wallet"]);
    let told = "digital-wallet: no stories; write them in digital-wallet.stories.yaml\n0 stories of 0 flows played, all as written\n";
    assert_eq!((code, out.as_str()), (Some(0), told));
    assert_eq!(json(&run(folder.path(), &["test", "--format", "json"]).1)["without_stories"][0], "digital-wallet");
}

#[test]
fn stories_that_cannot_be_played_are_no_success() {
    let folder = with_flows();
    rewrite(folder.path(), "digital-wallet.stories.yaml", "- is let go", "- is let og");
    let (code, out, _) = run(folder.path(), &["test"]);
    assert!(code == Some(1) && out.contains("did you mean `is let go`?"), "{out}");
    assert!(out.ends_with(", 0 not as written, and 1 problem in the files\n"), "{out}");
    rewrite(folder.path(), "digital-wallet.yaml", "then: welcome", "then: welcom");
    let (code, out, _) = run(folder.path(), &["test"]);
    assert!(code == Some(1) && out.contains("there is no step `welcom`"), "{out}");
    let (code, _, err) = run(folder.path(), &["test", "no-such"]);
    assert!(code == Some(2) && err.starts_with("hotline: there is no flow `no-such` in flows"), "{err}");
}
