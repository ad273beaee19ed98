//! A share of new calls first.

use super::Database;
use super::stage::Stage;
use hotline::studio::{ENOUGH, Publish, StudioError, VersionState, When};
use hotline::words::CallId;

const HALF: When = When::Share { percent: 50, margin: 10 };

/// Puts a change of the bank's words on trial; gives the release.
async fn trial(stage: &Stage, percent: u8, margin: u8) -> String {
    stage.edit("bank", "bank.yaml", "Welcome to the bank.", "Good day.").await;
    stage.publish("bank", When::Share { percent, margin }).await.id
}

/// Calls, until one is on the version with these words.
async fn ring_until(stage: &Stage, words: &str) -> super::stage::Caller {
    for _ in 0..200 {
        let caller = stage.ring("bank").await;
        if caller.heard.contains(words) {
            return caller;
        }
    }
    panic!("nobody hears `{words}`");
}

pub async fn a_share_of_the_calls_gets_the_new_version_and_every_server_agrees(database: Database) {
    let stage = Stage::on(&database).await;
    let beside = stage.beside(&database).await;
    for when in [When::Share { percent: 0, margin: 0 }, When::Share { percent: 100, margin: 0 }] {
        let draft = stage.studio.draft("bank").await.unwrap();
        let told = stage.studio.publish("bank", draft.rev, Publish { note: String::new(), when }, "ada").await;
        assert!(matches!(told, Err(StudioError::Share)));
    }
    trial(&stage, 20, 10).await;
    beside.studio.tend(false).await.unwrap();
    let (here, there) = (stage.answerer.flows(), beside.answerer.flows());
    let on_trial = here.trial("bank").unwrap().flow.digest.clone();
    let mut of_it = 0;
    for _ in 0..2000 {
        let call = CallId::fresh();
        let version = here.of_call("bank", &call).unwrap().digest.clone();
        assert_eq!(version, there.of_call("bank", &call).unwrap().digest);
        of_it += u32::from(version == on_trial);
    }
    // Twenty of a hundred, give or take five times what chance does.
    assert!((310..490).contains(&of_it), "{of_it}");
    assert_eq!(here.of_call("shop", &CallId::fresh()).unwrap().name, "shop");
    assert!(here.trial("shop").is_none());
}

pub async fn a_trial_is_given_to_everybody_or_stopped_and_running_calls_keep_theirs(database: Database) {
    let stage = Stage::on(&database).await;
    let id = trial(&stage, 50, 10).await;
    assert_eq!(stage.states("bank").await, [VersionState::Trial, VersionState::Live]);
    let (mut new, mut old) = (ring_until(&stage, "Good day.").await, ring_until(&stage, "Welcome").await);
    stage.edit("bank", "bank.yaml", "Goodbye", "Farewell").await;
    let draft = stage.studio.draft("bank").await.unwrap();
    let told = stage.studio.publish("bank", draft.rev, Publish { note: String::new(), when: HALF }, "ada").await;
    assert!(matches!(told, Err(StudioError::OnTrial(_))), "{told:?}");
    let stopped = stage.studio.stop(&id, "ben").await.unwrap();
    assert_eq!((stopped.state, stopped.ended_by.as_deref()), (VersionState::Stopped, Some("ben")));
    for _ in 0..10 {
        assert!(stage.hears("bank").await.contains("Welcome"));
    }
    assert!(new.press("1").await.contains("Good day."), "a call keeps its version");
    assert!(matches!(stage.studio.promote(&id, "ben").await, Err(StudioError::NotNow(VersionState::Stopped))));
    stage.studio.discard("bank", draft.rev, "ada").await.unwrap();

    let id = trial(&stage, 50, 10).await;
    assert_eq!(stage.studio.promote(&id, "ben").await.unwrap().state, VersionState::Live);
    for _ in 0..10 {
        assert!(stage.hears("bank").await.contains("Good day."));
    }
    assert!(old.press("1").await.contains("Welcome"), "a call keeps its version");
    // Back in one click, also while another trial runs.
    stage.edit("bank", "bank.yaml", "Goodbye", "Farewell").await;
    stage.publish("bank", HALF).await;
    let first = stage.studio.versions("bank").await.unwrap().pop().unwrap();
    stage.back("bank", &first.id, "as it was", "ben").await.unwrap();
    use VersionState::{Live, Past, Stopped};
    assert_eq!(stage.states("bank").await, [Live, Stopped, Past, Stopped, Past]);
    assert!(stage.answerer.flows().trial("bank").is_none());
}

/// Has as many calls end on each of the versions as a judgment takes; those on trial hang up, or ask
/// for a person, so often of ten.
pub async fn calls(stage: &Stage, wrong_of_ten: i64) {
    let (mut on_trial, mut on_live) = (0, 0);
    while on_trial < ENOUGH || on_live < ENOUGH {
        let mut caller = stage.ring("bank").await;
        let trial = caller.heard.contains("Good day.");
        let nth = if trial { &mut on_trial } else { &mut on_live };
        *nth += 1;
        match (trial && *nth % 10 < wrong_of_ten, *nth % 2) {
            (true, 0) => caller.hang_up().await,
            (true, _) => {
                caller.press("0").await;
                caller.hang_up().await;
            }
            (false, _) => caller.stays_silent().await,
        }
    }
}

pub async fn a_trial_that_goes_wrong_stops_by_itself(database: Database) {
    let stage = Stage::on(&database).await;
    let id = trial(&stage, 50, 10).await;
    let mut running = ring_until(&stage, "Good day.").await;
    stage.studio.tend(true).await.unwrap();
    assert_eq!(stage.studio.release(&id).await.unwrap().state, VersionState::Trial, "nobody has called");
    calls(&stage, 5).await;
    stage.studio.tend(true).await.unwrap();
    let stopped = stage.studio.release(&id).await.unwrap();
    assert_eq!((stopped.state, stopped.ended_by), (VersionState::Stopped, None));
    let judged = stopped.judged.expect("what was counted");
    assert!(judged.trial_ended >= ENOUGH && judged.trial_wrong * 10 >= judged.trial_ended * 4, "{judged:?}");
    assert_eq!(judged.live_wrong, 0);
    assert!(stage.hears("bank").await.contains("Welcome"));
    assert!(running.press("1").await.contains("Good day."), "a call keeps its version");
}

pub async fn a_trial_that_goes_well_goes_on(database: Database) {
    let stage = Stage::on(&database).await;
    let id = trial(&stage, 50, 20).await;
    calls(&stage, 1).await;
    stage.studio.tend(true).await.unwrap();
    assert_eq!(stage.studio.release(&id).await.unwrap().state, VersionState::Trial);
    let judged = stage.studio.judged("bank").await.unwrap().unwrap();
    assert!(judged.trial_ended >= ENOUGH && judged.trial_wrong > 0, "{judged:?}");
}
