//! Files and studio agree, and when both changed nothing is lost.

use super::Database;
use super::stage::{Stage, files};
use hotline::flow::read::Files;
use hotline::studio::{StudioError, VersionState, When};

/// The files with other words in the bank's.
fn with(from: &str, to: &str) -> Files {
    let mut files = files();
    let text = files["bank.yaml"].replace(from, to);
    assert_ne!(text, files["bank.yaml"]);
    files.insert("bank.yaml".to_owned(), text);
    files
}

pub async fn a_file_that_stays_leaves_what_the_studio_published(database: Database) {
    let stage = Stage::on(&database).await;
    stage.edit("bank", "bank.yaml", "Welcome to the bank.", "Good day.").await;
    stage.publish("bank", When::Now).await;
    stage.install(files()).await;
    assert!(stage.hears("bank").await.contains("Good day."), "nobody touched the file");
    assert_eq!(stage.studio.on_disk("bank").await.unwrap(), None);
    let again = stage.beside(&database).await;
    assert!(again.hears("bank").await.contains("Good day."), "nor was it at a start");
    assert_eq!(stage.states("bank").await, [VersionState::Live, VersionState::Past]);
}

pub async fn a_file_that_changed_alone_goes_live(database: Database) {
    let stage = Stage::on(&database).await;
    let mut running = stage.ring("bank").await;
    stage.install(with("Welcome to the bank.", "Good morning.")).await;
    assert!(stage.hears("bank").await.contains("Good morning."));
    assert!(running.press("1").await.contains("Welcome to the bank."), "a call keeps its version");
    let versions = stage.studio.versions("bank").await.unwrap();
    assert_eq!((versions[0].number, versions[0].who.as_str()), (2, "files"));
    // Also where the studio took back what it had published.
    stage.edit("bank", "bank.yaml", "Good morning.", "Good day.").await;
    stage.publish("bank", When::Now).await;
    stage.back("bank", &versions[0].id, "as on disk", "ada").await.unwrap();
    stage.install(with("Welcome to the bank.", "Good evening.")).await;
    assert!(stage.hears("bank").await.contains("Good evening."));
}

pub async fn when_both_changed_both_are_there(database: Database) {
    let stage = Stage::on(&database).await;
    stage.edit("bank", "bank.yaml", "Welcome to the bank.", "Good day.").await;
    let ours = stage.publish("bank", When::Now).await;
    stage.install(with("Welcome to the bank.", "Good morning.")).await;
    assert!(stage.hears("bank").await.contains("Good day."));
    let beside = stage.studio.on_disk("bank").await.unwrap().expect("it waits to be looked at");
    assert!(beside.files[0].1.contains("Good morning."));
    assert_eq!(stage.states("bank").await[0], VersionState::Beside);
    stage.install(with("Welcome to the bank.", "Good morning.")).await;
    assert_eq!(stage.studio.on_disk("bank").await.unwrap().unwrap().id, beside.id, "it is told once");

    let told = stage.studio.take_files(&beside.id, "something else", "ada").await;
    assert!(matches!(told, Err(StudioError::Published { .. })), "{told:?}");
    let taken = stage.studio.take_files(&beside.id, &ours.digest, "ada").await.unwrap();
    assert_eq!((taken.state, taken.approved_by.as_deref()), (VersionState::Live, Some("ada")));
    assert!(stage.hears("bank").await.contains("Good morning."));
    assert_eq!(stage.studio.on_disk("bank").await.unwrap(), None);

    // Or one goes on without it; it stays in the history.
    stage.back("bank", &ours.id, "", "ada").await.unwrap();
    stage.install(with("Welcome to the bank.", "Good evening.")).await;
    let beside = stage.studio.on_disk("bank").await.unwrap().expect("another one");
    stage.studio.withdraw(&beside.id, "ada").await.unwrap();
    assert_eq!(stage.studio.on_disk("bank").await.unwrap(), None);
    assert!(stage.hears("bank").await.contains("Good day."));
    let kept = stage.studio.version_files(&beside.digest).await.unwrap();
    assert!(kept[0].1.contains("Good evening."));
}

pub async fn what_was_written_back_is_known(database: Database) {
    let stage = Stage::on(&database).await;
    stage.edit("bank", "bank.yaml", "Welcome to the bank.", "Good day.").await;
    stage.publish("bank", When::Now).await;
    let exported = with("Welcome to the bank.", "Good day.");
    stage.install(exported.clone()).await;
    assert_eq!(stage.states("bank").await, [VersionState::Live, VersionState::Past], "it is what is live");
    // From here on the file is in charge again.
    let mut changed = exported;
    let text = changed["bank.yaml"].replace("Good day.", "Good night.");
    changed.insert("bank.yaml".to_owned(), text);
    stage.install(changed).await;
    assert!(stage.hears("bank").await.contains("Good night."));
}
