//! Calls that run while everything there is to do is done to their flow.

use super::Database;
use super::stage::{START, Stage, files};
use hotline::studio::{Version, VersionState, When};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The mark of the version that these words come from.
fn mark(heard: &str) -> String {
    let (_, rest) = heard.split_once("This is ").unwrap_or_else(|| panic!("no mark in: {heard}"));
    rest.split('.').next().unwrap().to_owned()
}

/// Publishes the bank with another mark.
async fn marked(stage: &Stage, from: &str, to: &str, when: When) -> Version {
    stage.edit("bank", "bank.yaml", &format!("This is {from}."), &format!("This is {to}.")).await;
    stage.publish("bank", when).await
}

/// Everything, one after another.
async fn everything(stage: &Stage) {
    let share = When::Share { percent: 50, margin: 100 };
    let mut files = files();
    let text = files["bank.yaml"].replace("Welcome to the bank.", "This is zero.");
    files.insert("bank.yaml".to_owned(), text);
    stage.install(files.clone()).await;
    let one = marked(stage, "zero", "one", When::Now).await;
    let two = marked(stage, "one", "two", share).await;
    stage.studio.promote(&two.id, "ben").await.unwrap();
    let three = marked(stage, "two", "three", share).await;
    stage.studio.stop(&three.id, "ben").await.unwrap();
    marked(stage, "two", "four", When::At(START + 1000)).await;
    stage.pass(1000);
    stage.studio.tend(true).await.unwrap();
    stage.edit("bank", "bank.yaml", "countries: [HK]", "countries: [HK, CN]").await;
    let five = marked(stage, "four", "five", When::Now).await;
    stage.studio.approve(&five.id, "ben").await.unwrap();
    stage.edit("shop", "common/ways.yaml", "Take the ferry.", "Take the tram.").await;
    stage.publish("shop", When::Now).await;
    marked(stage, "five", "six", share).await;
    // What was in service just before, at once, and the trial ends with it; what is older, once it is approved.
    let back = stage.back("bank", &five.id, "as it was", "ben").await.unwrap();
    assert_eq!(back.state, VersionState::Live);
    let back = stage.back("bank", &one.id, "as it was first", "ben").await.unwrap();
    assert_eq!(stage.studio.approve(&back.id, "ada").await.unwrap().state, VersionState::Live);
}

pub async fn no_call_changes_its_version_whatever_is_done_meanwhile(database: Database) {
    let stage = Arc::new(Stage::with_approvals(&database).await);
    let mut files = files();
    let text = files["bank.yaml"].replace("Welcome to the bank.", "This is first.");
    files.insert("bank.yaml".to_owned(), text);
    stage.install(files).await;
    let done = Arc::new(AtomicBool::new(false));
    let caller = || {
        let (stage, done) = (stage.clone(), done.clone());
        tokio::spawn(async move {
            let mut heard = Vec::new();
            while !done.load(Ordering::SeqCst) {
                let mut call = stage.ring("bank").await;
                let own = mark(&call.heard);
                for _ in 0..12 {
                    assert_eq!(mark(call.press("1").await), own, "a call changed its version");
                }
                heard.push(own);
                call.hang_up().await;
            }
            heard
        })
    };
    let callers: Vec<_> = (0..4).map(|_| caller()).collect();
    everything(&stage).await;
    done.store(true, Ordering::SeqCst);
    let mut versions = std::collections::BTreeSet::new();
    for caller in callers {
        versions.extend(caller.await.expect("every call stayed on its version"));
    }
    assert!(versions.len() > 1, "calls were on several versions: {versions:?}");
    assert_eq!(mark(&stage.hears("bank").await), "one");
}
