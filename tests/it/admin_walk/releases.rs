//! What becomes of a version, as its admins see and do it on the pages, while calls go on.

use crate::studio::stage::{START, Stage};
use crate::studio::trials::calls;
use crate::support::browser::{Screen, turn};
use crate::support::database::Database;
use crate::support::people::session_of;
use crate::support::studio::Studio;
use hotline::words::Role;

/// An hour, in ms.
const HOUR: i64 = 3_600_000;

/// A session of an admin with this name.
async fn admin(stage: &Stage, name: &str) -> String {
    session_of(stage.answerer.store(), name, Role::Admin).await
}

/// Ada in front of a browser.
async fn ada(stage: &Stage) -> Studio {
    let ada = Studio::at_server(&format!("http://{}", stage.server), &admin(stage, "ada").await, Screen::Desk).await;
    ada.lives_in("Asia/Shanghai").await;
    ada
}

/// Publishes the bank's draft on the page, to half of the new calls first.
async fn tries_on_half(ada: &Studio, note: &str, margin: &str) {
    ada.at("/admin/flows/bank/review").await;
    ada.presses("To a share of new calls first").await;
    ada.writes("Percent of new calls", "50").await;
    ada.writes("Stops by itself when this many more calls of a hundred hang up, err or ask for a person", margin).await;
    ada.writes("Why (others will read it)", note).await;
    ada.presses("Publish").await;
    ada.reads_all(&[note, "on trial: 50 % of new calls"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_share_that_goes_wrong_stops_by_itself_and_one_that_goes_well_is_given_to_everybody() {
    let _turn = turn().await;
    let database = Database::sqlite();
    let stage = Stage::on(&database).await;
    let ada = ada(&stage).await;
    stage.edit("bank", "bank.yaml", "Welcome to the bank.", "Good day.").await;
    tries_on_half(&ada, "Shorter greeting", "10").await;
    ada.shoot("walk-trial").await;
    calls(&stage, 5).await;
    let mut running = stage.ring("bank").await;
    while !running.heard.contains("Good day.") {
        running = stage.ring("bank").await;
    }
    stage.studio.tend(true).await.unwrap();
    ada.at("/admin/flows/bank/versions").await;
    let judged = stage.studio.versions("bank").await.unwrap()[0].judged.expect("what was counted");
    let trial = format!("{} of {} calls of the trial", judged.trial_wrong, judged.trial_ended);
    let others = format!("{} of {} of the others", judged.live_wrong, judged.live_ended);
    ada.reads_all(&["trial stopped", &trial, &others, "Shorter greeting"]).await;
    ada.shoot("walk-stopped").await;
    assert!(stage.hears("bank").await.contains("Welcome to the bank."));
    assert!(running.press("1").await.contains("Good day."), "a call keeps its version");

    stage.pass(HOUR);
    stage.edit("bank", "bank.yaml", "Welcome to the bank.", "Good day.").await;
    tries_on_half(&ada, "Once more", "20").await;
    calls(&stage, 1).await;
    stage.studio.tend(true).await.unwrap();
    ada.at("/admin/flows/bank/review").await;
    ada.reads("A version of bank is on trial. Stop it or give it to everybody first.").await;
    ada.at("/admin/flows/bank/versions").await;
    ada.reads("on trial: 50 % of new calls").await;
    ada.presses_at("Give it to all new calls", "Once more").await;
    ada.reads("in service").await;
    ada.until("return !document.querySelector('main').innerText.includes('on trial: ')").await;
    for _ in 0..5 {
        assert!(stage.hears("bank").await.contains("Good day."));
    }
    ada.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_goes_out_at_the_moment_that_was_chosen_or_is_withdrawn_before() {
    let _turn = turn().await;
    let database = Database::sqlite();
    let stage = Stage::on(&database).await;
    let ada = ada(&stage).await;
    // START is the 2nd of March 2026, 11 o'clock in Shanghai.
    for (from, to, hour, note) in [
        ("Welcome to the bank.", "Good day.", "1200PM", "From noon on"),
        ("Good day.", "Good evening.", "0200PM", "In the afternoon"),
    ] {
        stage.edit("bank", "bank.yaml", from, to).await;
        ada.at("/admin/flows/bank/review").await;
        ada.reads("Time zone Asia/Shanghai").await;
        ada.named("At a time", "").await.click().await.unwrap();
        let moment = ada.finds("input[type=datetime-local]").await;
        moment.send_keys(format!("03022026\t{hour}")).await.unwrap();
        ada.writes("Why (others will read it)", note).await;
        ada.presses("Publish").await;
        ada.reads_all(&[note, "goes out"]).await;
        ada.shoot("walk-scheduled").await;
        if note == "From noon on" {
            let version = stage.studio.versions("bank").await.unwrap().remove(0);
            assert_eq!(version.due, Some(START + HOUR));
            let mut running = stage.ring("bank").await;
            stage.pass(HOUR);
            stage.studio.tend(false).await.unwrap();
            assert!(stage.hears("bank").await.contains("Good day."));
            assert!(running.press("1").await.contains("Welcome to the bank."), "a call keeps its version");
            ada.at("/admin/flows/bank/versions").await;
            ada.reads("in service").await;
        } else {
            ada.presses_at("Withdraw", note).await;
            ada.reads("withdrawn").await;
            stage.pass(2 * HOUR);
            stage.studio.tend(false).await.unwrap();
            assert!(stage.hears("bank").await.contains("Good day."), "it stays at home");
        }
    }
    ada.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_admin_sees_what_waits_looks_at_it_and_approves_and_the_author_cannot() {
    let _turn = turn().await;
    let database = Database::sqlite();
    let stage = Stage::with_approvals(&database).await;
    let browser = ada(&stage).await;
    stage.edit("bank", "bank.yaml", "countries: [HK]", "countries: [HK, MO]").await;
    browser.at("/admin/flows/bank/review").await;
    browser.writes("Why (others will read it)", "We open in Macau").await;
    browser.presses("Publish").await;
    browser.reads_all(&["waits for approval", "Another admin approves it", "We open in Macau"]).await;
    let approve =
        "return Array.from(document.querySelectorAll('button'), (it) => it.innerText.trim()).includes('Approve')";
    assert_eq!(browser.run(approve).await, false, "it is not hers to approve");
    browser.shoot("walk-waits").await;
    // Ben comes by: the list of hotlines says that something waits.
    browser.becomes(&admin(&stage, "ben").await).await;
    browser.at("/admin").await;
    browser.reads("waits for approval").await;
    browser.shoot("walk-list-waits").await;
    browser.presses_at("waits for approval", "bank").await;
    browser.reads("We open in Macau").await;
    browser.presses_at("What changes", "We open in Macau").await;
    browser.reads_all(&["countries: [HK]", "countries: [HK, MO]"]).await;
    browser.shoot("walk-approval-difference").await;
    browser.at("/admin/flows/bank/versions").await;
    browser.presses_at("Approve", "We open in Macau").await;
    browser.reads_all(&["in service", "approved by ben"]).await;
    let live = stage.answerer.flows().live_one("bank").unwrap();
    assert!(live.files[0].1.contains("countries: [HK, MO]"));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_changed_beside_a_version_are_shown_with_it_and_either_is_chosen() {
    let _turn = turn().await;
    let database = Database::sqlite();
    let stage = Stage::on(&database).await;
    let ada = ada(&stage).await;
    stage.edit("bank", "bank.yaml", "Welcome to the bank.", "Good day.").await;
    stage.publish("bank", hotline::studio::When::Now).await;
    for (told, chosen, heard) in [
        ("Good morning.", "Leave them: what was published here stays", "Good day."),
        ("Good night.", "Put the files into service", "Good night."),
    ] {
        let mut files = crate::studio::stage::files();
        let text = files["bank.yaml"].replace("Welcome to the bank.", told);
        files.insert("bank.yaml".to_owned(), text);
        stage.install(files).await;
        ada.at("/admin").await;
        ada.presses_at("Files on disk differ", "bank").await;
        ada.reads_all(&["Both are kept", "Good day.", told]).await;
        ada.shoot("walk-disk").await;
        ada.presses(chosen).await;
        // The list of versions, which the page with the choice is not.
        ada.reads("was in service").await;
        assert!(stage.hears("bank").await.contains(heard), "{chosen}");
        ada.at("/admin/flows/bank/disk").await;
        ada.reads("agree").await;
    }
    // Nothing is lost: each of them stands in the list and can be looked at.
    for digest in stage.studio.versions("bank").await.unwrap().into_iter().map(|version| version.digest) {
        stage.studio.version_files(&digest).await.unwrap();
    }
    ada.at("/admin/flows/bank/versions").await;
    ada.shoot("walk-disk-versions").await;
    ada.reads_all(&["from files", "in service", "was in service", "withdrawn"]).await;
    ada.close().await;
}
