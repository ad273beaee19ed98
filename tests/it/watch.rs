//! What `benches/watch` asks for is there: every metric named in the rules and on the dashboard is on
//! /metrics of a server that was called, and what a rule builds on is recorded by one before it.

use crate::support::server::{Home, Server};
use crate::support::twilio::Call;
use regex::Regex;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Names that a server shows only once something happened which no ordinary call brings about.
const OCCASIONAL: [(&str, &str); 3] = [
    ("hotline_alarms_total", "withheld callers of a line used up their guesses"),
    ("hotline_shed_total", "more came than the server takes"),
    ("hotline_webhooks_in_flight", "is shown by a server that counts how much it takes"),
];

/// A service of the wallet that is never asked.
const SETTINGS: &str = "[hosts.wallet]\nurl = \"http://127.0.0.1:9\"\nprivate = true\n";

fn watch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/watch").join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(watch(name)).unwrap()
}

/// All that matches in both files.
fn named(pattern: &str) -> BTreeSet<String> {
    let pattern = Regex::new(pattern).unwrap();
    let text = [read("rules.yml"), read("dashboard.json")].concat();
    pattern.find_iter(&text).map(|found| found.as_str().to_owned()).collect()
}

/// A customer verifies, hears that the account is locked, asks to be called back and hangs up; somebody
/// else forges a webhook.
async fn call(server: &Server) {
    let mut call = Call::from("+861000001002");
    call.dial(server).await;
    call.press_all(server, &["3", "3", "10001002#", "830517#", "1", "1", "1"]).await.says("Your reference is");
    server.send(&call.status("completed")).await;
    let forged = Call::from("+861000001003").inbound().signed("another token");
    assert_eq!(server.send(&forged).await.status, 403);
}

#[tokio::test]
async fn every_metric_that_is_watched_is_on_the_page() {
    let home = Home::new();
    home.write("hotline.toml", SETTINGS);
    let server = home.start();
    call(&server).await;
    let page = server.get("/metrics").await.body;
    let shown: BTreeSet<&str> = page.lines().filter_map(|line| line.split(['{', ' ']).next()).collect();
    let watched = named(r"\bhotline_[a-z_]+\b");
    assert!(watched.len() > 15, "the files are read: {watched:?}");
    let mut wrong = String::new();
    for name in watched.iter().filter(|name| !shown.contains(name.as_str())) {
        if !OCCASIONAL.iter().any(|(known, _)| known == name) {
            writeln!(wrong, "{name} is watched, and no server shows it").unwrap();
        }
    }
    for (name, why) in OCCASIONAL.iter().filter(|(name, _)| !watched.contains(*name)) {
        writeln!(wrong, "{name} ({why}) is watched no more").unwrap();
    }
    assert!(wrong.is_empty(), "{wrong}\n{page}");
}

#[test]
fn what_a_rule_builds_on_is_recorded() {
    let rules = read("rules.yml");
    let recorded: BTreeSet<&str> = rules.lines().filter_map(|line| line.trim().strip_prefix("- record: ")).collect();
    let recorded: BTreeSet<&str> = recorded.into_iter().map(|name| name.split(' ').next().unwrap()).collect();
    let used = named(r"\bhotline:[a-z_]+:[a-z0-9]+\b");
    let used: BTreeSet<&str> = used.iter().map(String::as_str).collect();
    assert_eq!(used.difference(&recorded).collect::<Vec<_>>(), Vec::<&&str>::new());
    assert!(recorded.len() > 5, "{recorded:?}");
}

#[test]
fn the_rules_can_be_read() {
    let rules = read("rules.yml");
    for event in saphyr_parser::Parser::new_from_str(&rules) {
        event.unwrap_or_else(|error| panic!("rules.yml: {error}"));
    }
    // Prometheus itself has the last word where it is installed.
    let path = std::env::var_os("PATH").unwrap();
    if std::env::split_paths(&path).any(|folder| folder.join("promtool").exists()) {
        let checked = Command::new("promtool").args(["check", "rules"]).arg(watch("rules.yml")).output().unwrap();
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    }
}

#[test]
fn every_alert_says_what_is_wrong_and_what_to_do() {
    let rules = read("rules.yml");
    let alerts: Vec<&str> = rules.split("- alert: ").skip(1).collect();
    assert!(alerts.len() > 8, "{}", alerts.len());
    for alert in alerts {
        let name = alert.lines().next().unwrap();
        for needed in ["expr:", "severity:", "summary:", "mend:"] {
            assert!(alert.contains(needed), "{name} has no `{needed}`");
        }
    }
}

#[test]
fn the_dashboard_has_each_panel_in_a_place_of_its_own() {
    let dashboard: Value = serde_json::from_str(&read("dashboard.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let ids: BTreeSet<u64> = panels.iter().map(|panel| panel["id"].as_u64().unwrap()).collect();
    assert_eq!(ids.len(), panels.len());
    let mut taken = BTreeSet::new();
    for panel in panels {
        let at = |name: &str| panel["gridPos"][name].as_u64().unwrap();
        assert!(at("x") + at("w") <= 24, "{}", panel["title"]);
        for (x, y) in (at("x")..at("x") + at("w")).flat_map(|x| (at("y")..at("y") + at("h")).map(move |y| (x, y))) {
            assert!(taken.insert((x, y)), "{} lies on another", panel["title"]);
        }
        if panel["type"] != "row" {
            assert!(!panel["targets"].as_array().unwrap().is_empty(), "{} shows nothing", panel["title"]);
        }
    }
}
