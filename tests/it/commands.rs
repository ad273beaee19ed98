//! `hotline check`, `migrate` and `export` through the real program, and how it tells what went
//! wrong.

use crate::support::program::{run, with_flows};
use hotline::call::effect::{NewRequest, Priority, RequestState, RingAt};
use hotline::store::Store;
use hotline::words::{Lang, Level, Phone, Reference};
use std::path::Path;

#[test]
fn the_shipped_flows_have_no_problems_and_checking_them_writes_nothing() {
    let folder = with_flows();
    let (code, out, err) = run(folder.path(), &["check", "--quick"]);
    assert!(out.lines().last().unwrap().contains(" checked, no problems"), "{out}");
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(out.contains("waived: the menu `choose-window` takes "), "what was answered in writing is printed: {out}");
    let (_, all, _) = run(folder.path(), &["check", "--quick", "--format", "json"]);
    let all: serde_json::Value = serde_json::from_str(&all).unwrap();
    assert!(all["waived"][0]["waiver"].is_string(), "{all}");
    let (_, out, _) = run(folder.path(), &["check", "flows/digital-wallet.yaml"]);
    assert!(out.lines().last().unwrap().starts_with("1 flow checked, no problems"), "{out}");
    assert!(out.contains("digital-wallet: ") && out.contains("\n    tried every key: "), "{out}");
    assert!(out.contains("\n    en-US  a person or a callback after 1 key and "), "{out}");
    let (_, out, _) = run(folder.path(), &["check", "--quick", "digital-wallet", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&told["ok"], &told["flows"]), (&true.into(), &serde_json::json!(["digital-wallet"])));
    assert!(told["problems"].as_array().unwrap().iter().all(|problem| problem["severity"] == "warn"), "{told}");
    let numbers = &told["numbers"][0];
    assert_eq!((&numbers["flow"], &numbers["turns"]), (&"digital-wallet".into(), &120.into()));
    assert_eq!(
        (&numbers["languages"][0]["language"], &numbers["languages"][0]["person"]["keys"]),
        (&"zh-CN".into(), &1.into())
    );
    assert_eq!(folder.path().read_dir().unwrap().count(), 1, "only the flows are there");
}

#[test]
fn a_problem_is_told_with_its_place_its_line_and_the_mend() {
    let folder = with_flows();
    let broken = "flow: broken\n  ｘ话: \"a\n";
    std::fs::write(folder.path().join("flows/broken.yaml"), broken).unwrap();
    std::fs::write(folder.path().join("flows/latin.yaml"), b"flow: caf\xe9\n").unwrap();
    let (code, out, _) = run(folder.path(), &["check", "--quick"]);
    assert_eq!(code, Some(1));
    assert!(out.ends_with(" flows checked, 2 problems in 2 files\n"), "{out}");
    assert!(
        out.contains("flows/latin.yaml:1:1: the file is not UTF-8 [unreadable]\n     = save it as UTF-8\n"),
        "{out}"
    );
    let lines: Vec<&str> = out.lines().collect();
    let place = lines[0].strip_prefix("flows/broken.yaml:").unwrap();
    let mut numbers = place.split(':').map(|n| n.trim().parse::<usize>());
    let (line, column) = (numbers.next().unwrap().unwrap(), numbers.next().unwrap().unwrap());
    assert!(lines[1].ends_with(&format!(" | {}", broken.lines().nth(line - 1).unwrap())), "{out}");
    assert!(lines[2].starts_with("     | ") && lines[2].ends_with('^') && lines[2].len() >= 7 + column, "{out}");

    let (code, out, _) = run(folder.path(), &["check", "--quick", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &told["ok"]), (Some(1), &false.into()));
    assert!(told["flows"].as_array().unwrap().contains(&"digital-wallet".into()));
    assert_eq!(told["problems"][1]["file"], "latin.yaml");
    assert_eq!(
        (told["problems"][0]["line"].as_u64(), told["problems"][0]["code"].as_str()),
        (Some(line as u64), Some("yaml"))
    );
    assert_eq!(
        run(folder.path(), &["check", "--quick", "digital-wallet"]).0,
        Some(0),
        "one broken flow takes down no other"
    );
}

#[test]
fn a_warning_does_not_fail_a_check_and_a_block_does_with_its_keys() {
    let folder = with_flows();
    let file = folder.path().join("flows/digital-wallet.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let swapped = text.replace("{ key: 1, go: payment,", "{ key: 9, go: payment,");
    let swapped = swapped.replace("{ key: 2, go: charge,", "{ key: 1, go: charge,");
    std::fs::write(&file, swapped.replace("{ key: 9, go: payment,", "{ key: 2, go: payment,")).unwrap();
    let before = with_flows();
    let before = before.path().join("flows").display().to_string();
    let (code, out, _) = run(folder.path(), &["check", "--quick", "digital-wallet", "--against", &before]);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("warning: the menu `main` says its keys as 2, 1, 3, 4, 5 [menu-keys]"), "{out}");
    assert!(out.contains("warning: the option `payment` moved from key 1 to key 2 [renumbered]"), "{out}");
    assert!(out.ends_with("warnings in 1 file\n") || out.contains("no problems, "), "{out}");

    std::fs::write(&file, text.replacen("    then: payment-who\n", "    then: payment-look-up\n", 1)).unwrap();
    let (code, out, _) = run(folder.path(), &["check", "--quick", "digital-wallet"]);
    assert_eq!(code, Some(1), "{out}");
    assert!(out.contains("the step `payment-look-up` needs level 2, and a caller who has proved level 0 comes here: "));
    assert!(out.contains("\n     = keys: 1, 1, 123456#\n"), "{out}");
    let (_, out, _) = run(folder.path(), &["check", "--quick", "digital-wallet", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    let level = told["problems"].as_array().unwrap().iter().find(|problem| problem["code"] == "level").unwrap();
    assert_eq!((&level["severity"], &level["keys"]), (&"block".into(), &serde_json::json!(["1", "1", "123456#"])));
}

#[test]
fn what_cannot_be_done_is_told_with_the_mend_and_ends_with_2() {
    let folder = with_flows();
    for (args, told) in [
        (
            &["check", "--quick", "digital-walet"][..],
            "hotline: there is no flow `digital-walet` in flows; did you mean `digital-wallet`?\n",
        ),
        (
            &["check", "--quick", "--config", "no.toml"],
            "hotline: no.toml: the settings cannot be read: No such file or directory (os error 2); is `--config` right, and may this user read it?\n",
        ),
    ] {
        assert_eq!(run(folder.path(), args), (Some(2), String::new(), told.to_owned()));
    }
    std::fs::write(folder.path().join("hotline.toml"), "flows = 'nowhere'").unwrap();
    let (code, _, err) = run(folder.path(), &["check", "--quick"]);
    assert!(code == Some(2) && err.starts_with("hotline: cannot read the flows folder nowhere"), "{err}");
    std::fs::write(folder.path().join("hotline.toml"), "flow = 'flows'").unwrap();
    let (code, _, err) = run(folder.path(), &["migrate"]);
    assert_eq!(
        (code, err.as_str()),
        (Some(2), "hotline: hotline.toml:1:1: `flow` is no setting here; did you mean `flows`?\n")
    );
    assert!(!folder.path().join(".hotline").exists(), "wrong settings begin nothing");
}

/// Files a request in the database of a folder.
fn file_request(folder: &Path, number: u32, topic: &str) {
    let at = hotline::words::clock::now();
    let new = NewRequest {
        kind: "callback".into(),
        topic: topic.into(),
        priority: Priority::High,
        skill: "payments".into(),
        account: Some("10001001".into()),
        level: Level::L2,
        verified_at: Some(at),
        ring: RingAt::Registered("10001001".into()),
        from: None,
        lang: Lang::ZhHk,
        collected: vec![("amount".into(), "128.50 CNY".into())],
        window: None,
        due: "2026-03-01T09:30:00Z".parse().unwrap(),
        test: false,
    };
    let url = format!("sqlite:{}", folder.join(".hotline/hotline.db").display());
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = Store::open(&url, "test").await.unwrap();
        let phone = Phone::parse("+85221234567", None);
        let (reference, state) = (Reference::of(number), RequestState::Open);
        let ms = at.as_millisecond();
        assert!(store.put_demo_request(&reference, "wallet", &new, phone, state, ms).await.unwrap());
        store.close().await;
    });
}

#[test]
fn requests_are_written_for_programs_and_for_people() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, _) = run(folder.path(), &["migrate"]);
    let ready = format!("sqlite:.hotline/hotline.db is ready for hotline {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!((code, out), (Some(0), ready));
    assert_eq!(run(folder.path(), &["export", "requests"]), (Some(0), "[]\n".into(), String::new()));
    file_request(folder.path(), 42, "payment");
    let (_, out, _) = run(folder.path(), &["export", "requests", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told.as_array().unwrap().len(), 1);
    let told = &told[0];
    for (name, value) in [
        ("reference", Reference::of(42).as_str()),
        ("kind", "callback"),
        ("topic", "payment"),
        ("priority", "high"),
        ("state", "open"),
        ("lang", "zh-HK"),
        ("number", "+85221234567"),
        ("account", "10001001"),
        ("due", "2026-03-01T09:30:00Z"),
    ] {
        assert_eq!(told[name], value, "{name}");
    }
    assert_eq!((&told["level"], &told["collected"]["amount"]), (&2.into(), &"128.50 CNY".into()));
    assert_eq!(told["history"][0]["what"], "filed");
    let (_, out, _) = run(folder.path(), &["export", "requests", "--format", "table"]);
    let mut lines = out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    assert_eq!(lines.next().unwrap()[..3], ["REFERENCE", "STATE", "PRIORITY"]);
    let row = "open high callback payment 2026-03-01 09:30 zh-HK +85221234567 10001001 0 - wallet";
    assert_eq!(lines.next().unwrap()[1..].join(" "), row);
    assert_eq!(lines.next(), None);
    file_request(folder.path(), 43, "charge");
    let (_, out, _) = run(folder.path(), &["export", "requests"]);
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    let topics: Vec<&str> = told.as_array().unwrap().iter().map(|r| r["topic"].as_str().unwrap()).collect();
    assert_eq!(topics, ["payment", "charge"], "in the order they were filed");
}
