//! Two admins at one draft: they see each other, and nothing of either is lost.

use crate::studio::stage::Stage;
use crate::support::browser::{Screen, turn};
use crate::support::database::Database;
use crate::support::people::session_of;
use crate::support::studio::Studio;
use hotline::words::Role;
use serde_json::json;

const STEP: &str = "/admin/flows/bank/step?file=bank.yaml&name=top";
const TEXT: &str = "/admin/flows/bank/text";

async fn seat(stage: &Stage, name: &str) -> Studio {
    let session = session_of(stage.answerer.store(), name, Role::Admin).await;
    Studio::at_server(&format!("http://{}", stage.server), &session, Screen::Desk).await
}

/// The text that lies in the draft now.
async fn draft(stage: &Stage) -> String {
    let draft = stage.studio.draft("bank").await.unwrap();
    let files = stage.studio.files(&draft).await.unwrap();
    files.into_iter().find(|(name, _)| name == "bank.yaml").unwrap().1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_change_the_same_draft_see_each_other_and_choose_between_both_texts() {
    let _turn = turn().await;
    let database = Database::sqlite();
    let stage = Stage::on(&database).await;
    let (ada, ben) = (seat(&stage, "ada").await, seat(&stage, "ben").await);
    for one in [&ada, &ben] {
        one.at(STEP).await;
    }
    ben.writes_at("English", "Welcome to the bank.", "Good day.").await;
    ben.reads("Saved in the draft").await;
    ada.reads("ben is changing this draft now.").await;
    ada.writes_at("English", "Welcome to the bank.", "Good morning.").await;
    let both =
        ["ben has changed the same text meanwhile.", "Theirs, saved", "Good day.", "Yours, not saved", "Good morning."];
    ada.reads_all(&both).await;
    ada.shoot("walk-clash-step").await;
    assert!(draft(&stage).await.contains("Good day."), "nothing was overwritten");
    // Ben goes on in the text, in a browser without scripts.
    ben.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    ben.at(TEXT).await;
    let mine = draft(&stage).await.replace("Goodbye from the bank.", "See you at the bank.");
    ben.run(&format!("document.querySelector('textarea[name=text]').value = {}", json!(mine))).await;
    ada.presses("Save mine in place of theirs").await;
    ada.reads("Saved in the draft").await;
    assert!(draft(&stage).await.contains("Good morning."));
    ben.presses("Save").await;
    ben.reads_all(&["ada has changed the same text meanwhile.", "Theirs, saved"]).await;
    let texts = ben.run("return Array.from(document.querySelectorAll('textarea'), (it) => it.value)").await;
    let texts = texts.as_array().unwrap();
    let holds = |words: &str| texts.iter().any(|text| text.as_str().unwrap().contains(words));
    assert!(holds("See you at the bank.") && holds("Good morning."), "{texts:?}");
    ben.shoot("walk-clash-text").await;
    assert!(!draft(&stage).await.contains("See you"), "nothing was overwritten");
    // With scripts he is asked which one it shall be.
    ben.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": false })).await;
    ben.at(TEXT).await;
    ada.writes_at("English", "Good morning.", "Good evening.").await;
    ada.reads("Saved in the draft").await;
    ben.finds("textarea[name=text]").await.send_keys("# mine\n").await.unwrap();
    ben.presses("Take theirs").await;
    ben.reads("Saved in the draft").await;
    assert!(draft(&stage).await.contains("Good evening.") && !draft(&stage).await.contains("# mine"));
    // Each answer that something had changed is one that browsers write down.
    for one in [ada, ben] {
        one.complaints().await;
        one.close().await;
    }
}
