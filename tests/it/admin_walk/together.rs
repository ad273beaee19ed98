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
    // With scripts both go together where they are in other lines, and the cursor stays where it was.
    ben.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": false })).await;
    ben.at(TEXT).await;
    ada.writes_at("English", "Good morning.", "Good evening.").await;
    ada.reads("Saved in the draft").await;
    ben.finds("textarea[name=text]").await.send_keys("# mine\n").await.unwrap();
    ben.reads("Somebody changed other lines meanwhile: both changes are in it.").await;
    let both = draft(&stage).await;
    assert!(both.contains("Good evening.") && both.ends_with("# mine\n"), "{both}");
    let shown = "const text = document.querySelector('textarea[name=text]'); return [text.value, text.selectionStart]";
    assert_eq!(ben.run(shown).await, json!([both, both.encode_utf16().count()]));
    ben.strikes("# more\n").await;
    ben.until("return document.getElementById('saved').textContent === 'Saved in the draft'").await;
    assert!(draft(&stage).await.ends_with("# mine\n# more\n"));
    // In the same line he is asked which one it shall be.
    ada.writes_at("English", "Good evening.", "Good night.").await;
    ada.reads("Saved in the draft").await;
    let mine = both.replace("Good evening.", "Good afternoon.");
    ben.run(&format!(
        "const text = document.querySelector('textarea[name=text]');
        text.value = {};
        text.dispatchEvent(new Event('input'))",
        json!(mine)
    ))
    .await;
    ben.presses("Take theirs").await;
    ben.reads("Saved in the draft").await;
    assert!(draft(&stage).await.contains("Good night.") && !draft(&stage).await.contains("Good afternoon."));
    // Each answer that something had changed is one that browsers write down.
    for one in [ada, ben] {
        one.complaints().await;
        one.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_typed_while_a_row_comes_moves_or_goes_is_kept_where_it_belongs() {
    let _turn = turn().await;
    let database = Database::sqlite();
    let stage = Stage::on(&database).await;
    let ada = seat(&stage, "ada").await;
    ada.at(STEP).await;
    // Before the server can have answered: a row comes, and its question and a label are changed.
    let typed = |act: &str, name: &str, words: &str| {
        format!(
            "const form = document.getElementById('step-form');
            form.querySelector('button[value=\"{act}\"]').click();
            const field = form.elements['{name}'];
            field.focus();
            field.value = {};
            field.dispatchEvent(new Event('input', {{ bubbles: true }}))",
            json!(words)
        )
    };
    let holds = |name: &str, words: &str| {
        format!(
            "const field = document.getElementById('step-form').elements['{name}'];
            return field?.value === {} && document.activeElement === field
                && document.getElementById('saved').textContent.startsWith('Saved')",
            json!(words)
        )
    };
    let head = "return document.getElementById('draft-state').innerText.split(' · ')[0]";
    assert_eq!(ada.run(head).await, "no problems");
    ada.run(&typed("add.menu", "f.menu.0.label.en-US", "the first")).await;
    ada.until(&holds("f.menu.0.label.en-US", "the first")).await;
    assert!(draft(&stage).await.contains("the first"));
    assert_eq!(ada.run(head).await, "Draft ada", "the page says so from the first save on");
    ada.at(STEP).await;
    let since = ada.run(head).await;
    assert!(since.as_str().is_some_and(|since| since.starts_with("Draft ada, ") && since.ends_with(" ago")), "{since}");
    ada.run(&typed("down.menu.0", "f.menu.0.label.en-US", "the second")).await;
    ada.until(&holds("f.menu.1.label.en-US", "the second")).await;
    assert!(draft(&stage).await.contains("the second"));
    // The same button twice before the first answer: the row that was meant moves back and forth no more than said.
    ada.run("const up = document.querySelector('button[value=\"up.menu.1\"]'); up.click(); up.click()").await;
    let first = "return document.getElementById('step-form').elements['f.menu.0.label.en-US'].value === 'the second'
        && document.getElementById('saved').textContent.startsWith('Saved')";
    ada.until(first).await;
    ada.run(&typed("remove.menu.1", "f.menu.0.label.en-US", "the one")).await;
    ada.until(&holds("f.menu.0.label.en-US", "the one")).await;
    assert!(draft(&stage).await.contains("the one"));
    // Whoever is signed out meanwhile is told so, and what was typed stays.
    stage.answerer.store().end_sessions("ada").await.unwrap();
    ada.run(
        "const field = document.getElementById('step-form').elements['f.menu.0.label.en-US'];
        field.value = 'not yet'; field.dispatchEvent(new Event('input', { bubbles: true }))",
    )
    .await;
    ada.reads("Not saved: you are signed out.").await;
    assert!(!draft(&stage).await.contains("not yet"));
    ada.complaints().await;
    ada.close().await;
}
