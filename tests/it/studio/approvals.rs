//! Protected changes wait for a second admin, where that is asked for.

use super::Database;
use super::stage::{START, Stage};
use hotline::studio::{Protected, StudioError, VersionState, When};

pub async fn a_protected_change_waits_for_another_admin(database: Database) {
    let stage = Stage::with_approvals(&database).await;
    let mut running = stage.ring("bank").await;
    for (from, to, part) in [
        ("countries: [HK]", "countries: [HK, CN]", Protected::Numbers),
        ("denied: agent\n", "denied: agent\ndesks: { general: \"+85231234567\" }\n", Protected::Transfers),
        ("denied: agent\n", "denied: agent\nidentity: knowledge\n", Protected::Verification),
    ] {
        stage.edit("bank", "bank.yaml", from, to).await;
        let version = stage.publish("bank", When::Now).await;
        assert_eq!((version.state, version.protected.as_slice()), (VersionState::Waiting, [part].as_slice()));
        let live = stage.answerer.flows().live_one("bank").unwrap();
        assert!(live.files[0].1.contains(from), "nobody hears it yet");
        assert!(matches!(stage.studio.approve(&version.id, "ada").await, Err(StudioError::Own)));
        let approved = stage.studio.approve(&version.id, "ben").await.unwrap();
        assert_eq!((approved.state, approved.approved_by.as_deref()), (VersionState::Live, Some("ben")));
        let told = stage.studio.approve(&version.id, "cam").await;
        assert!(matches!(told, Err(StudioError::NotNow(VersionState::Live))));
        let live = stage.answerer.flows().live_one("bank").unwrap();
        assert!(live.files[0].1.contains(to.trim_end()), "it is out");
    }
    assert!(running.press("1").await.contains("on its way"), "a call keeps its version");
}

pub async fn what_waits_is_ended_when_another_version_goes_out(database: Database) {
    let stage = Stage::with_approvals(&database).await;
    stage.edit("bank", "bank.yaml", "countries: [HK]", "countries: [HK, CN]").await;
    let late = stage.publish("bank", When::At(START + 1000)).await;
    assert_eq!(late.state, VersionState::Waiting);
    stage.pass(2000);
    stage.studio.tend(false).await.unwrap();
    assert_eq!(stage.studio.release(&late.id).await.unwrap().state, VersionState::Waiting, "nobody approved it");
    stage.edit("bank", "bank.yaml", "Goodbye", "Farewell").await;
    stage.publish("bank", When::Now).await;
    let told = stage.studio.approve(&late.id, "ben").await;
    assert!(matches!(told, Err(StudioError::NotNow(VersionState::Failed))), "{told:?}");
    let [live, late, _] = stage.studio.versions("bank").await.unwrap().try_into().unwrap();
    assert_eq!((late.overtaken_by, late.ended_by.as_deref()), (Some(live.id), Some("ada")));
}

pub async fn what_is_approved_goes_out_when_and_to_whom_it_was_meant_to(database: Database) {
    let stage = Stage::with_approvals(&database).await;
    stage.edit("bank", "bank.yaml", "countries: [HK]", "countries: [HK, CN]").await;
    let version = stage.publish("bank", When::At(START + 5000)).await;
    assert_eq!(stage.studio.approve(&version.id, "ben").await.unwrap().state, VersionState::Scheduled);
    stage.pass(5000);
    stage.studio.tend(false).await.unwrap();
    assert_eq!(stage.studio.release(&version.id).await.unwrap().state, VersionState::Live);
    stage.edit("bank", "bank.yaml", "countries: [HK, CN]", "countries: [HK, MO]").await;
    let version = stage.publish("bank", When::Share { percent: 50, margin: 5 }).await;
    assert_eq!(version.state, VersionState::Waiting);
    assert!(stage.answerer.flows().trial("bank").is_none(), "nobody gets it yet");
    assert_eq!(stage.studio.approve(&version.id, "ben").await.unwrap().state, VersionState::Trial);
    assert_eq!(stage.answerer.flows().trial("bank").unwrap().percent, 50);
    // While files change, what is on trial stays what it is, and they wait.
    let mut files = super::stage::files();
    let text = files["bank.yaml"].replace("Goodbye", "Farewell");
    files.insert("bank.yaml".to_owned(), text);
    stage.install(files).await;
    assert!(stage.studio.on_disk("bank").await.unwrap().is_some());
    assert_eq!(stage.studio.promote(&version.id, "ada").await.unwrap().state, VersionState::Live);
}

pub async fn what_was_in_service_just_before_is_taken_back_to_at_once_and_what_is_older_waits(database: Database) {
    use VersionState::{Live, Past, Trial, Waiting};
    let stage = Stage::with_approvals(&database).await;
    let first = stage.studio.versions("bank").await.unwrap().remove(0);
    let mut running = stage.ring("bank").await;
    stage.edit("bank", "bank.yaml", "countries: [HK]", "countries: [HK, CN]").await;
    let held = stage.publish("bank", When::Now).await;
    stage.studio.approve(&held.id, "ben").await.unwrap();
    // Stories alone are nothing that callers had in between.
    let rev = stage.studio.draft("bank").await.unwrap().rev;
    stage.studio.save("bank", "bank.stories.yaml", STORY, rev, "ada").await.unwrap();
    assert_eq!(stage.publish("bank", When::Now).await.state, Live);
    // Who opened it to more countries is sorry: nobody has to be waked for that.
    let back = stage.back("bank", &first.id, "", "ada").await.unwrap();
    assert_eq!((back.state, back.protected.as_slice()), (Live, [Protected::Numbers].as_slice()));
    stage.edit("bank", "bank.yaml", "Goodbye", "Farewell").await;
    let words = stage.publish("bank", When::Now).await;
    assert_eq!(words.state, Live);
    // What had more countries is not what callers had just before.
    let back = stage.back("bank", &held.id, "", "ada").await.unwrap();
    assert_eq!((back.state, back.protected.as_slice()), (Waiting, [Protected::Numbers].as_slice()));
    assert_eq!(stage.answerer.flows().live_one("bank").unwrap().digest[..], words.digest);
    assert!(matches!(stage.studio.approve(&back.id, "ada").await, Err(StudioError::Own)));
    assert_eq!(stage.studio.approve(&back.id, "ben").await.unwrap().state, Live);
    assert_eq!(stage.answerer.flows().live_one("bank").unwrap().digest[..], held.digest);
    // A trial is not ended by what may never go out.
    stage.edit("bank", "bank.yaml", "on its way", "sent").await;
    let trial = stage.publish("bank", When::Share { percent: 50, margin: 5 }).await;
    let told = stage.back("bank", &first.id, "", "ada").await;
    assert!(matches!(told, Err(StudioError::OnTrial(_))), "{told:?}");
    assert_eq!(stage.studio.release(&trial.id).await.unwrap().state, Trial);
    assert_eq!(stage.states("bank").await, [Trial, Live, Past, Past, Past, Past, Past], "nothing was done");
    assert!(running.press("1").await.contains("on its way"), "a call keeps its version");
}

pub async fn mending_words_asks_nobody(database: Database) {
    let stage = Stage::with_approvals(&database).await;
    let words = (
        "order: { say: { en-US: Your order",
        "early: { hangup: { en-US: Bye. } }\n  order: { say: { en-US: Your parcel",
    );
    stage
        .edit(
            "bank",
            "bank.yaml",
            "key: 2, go: ways",
            "key: 3, go: early, to: { en-US: hang up } }\n      - { key: 2, go: ways",
        )
        .await;
    stage.edit("bank", "bank.yaml", words.0, words.1).await;
    let version = stage.publish("bank", When::Now).await;
    assert_eq!((version.state, version.protected.len()), (VersionState::Live, 0));
    // What protects nobody where it is not asked for.
    let free = Stage::on(&Database::sqlite()).await;
    free.edit("bank", "bank.yaml", "countries: [HK]", "countries: [HK, CN]").await;
    let version = free.publish("bank", When::Now).await;
    assert_eq!((version.state, version.protected.as_slice()), (VersionState::Live, [Protected::Numbers].as_slice()));
}

const STORY: &str = "\
- story: somebody hangs up
  from: \"+85261230001\"
  at: 2026-03-04 11:00 Asia/Hong_Kong
  call:
    - hears: Welcome to the bank
    - hangs up
  records: nothing
";
