//! Publishing at once and at a moment, and taking it back.

use super::Database;
use super::stage::{START, Stage};
use hotline::studio::{Publish, StudioError, VersionState, When};

pub async fn what_is_published_is_heard_by_new_calls_and_taken_back_and_no_call_changes(database: Database) {
    let stage = Stage::on(&database).await;
    let mut old = stage.ring("shop").await;
    stage.edit("shop", "shop.yaml", "Welcome to the shop.", "Good day.").await;
    let first = stage.studio.versions("shop").await.unwrap().remove(0);
    assert_eq!((first.number, first.who.as_str(), first.state), (1, "files", VersionState::Live));
    // The story is of the old words.
    let draft = stage.studio.draft("shop").await.unwrap();
    let stories = stage.studio.stories("shop").await.unwrap().unwrap().replace("Welcome to the shop", "Good day");
    stage.studio.save("shop", "shop.stories.yaml", &stories, draft.rev, "ada").await.unwrap();
    let version = stage.publish("shop", When::Now).await;
    assert_eq!((version.number, version.who.as_str(), version.note.as_str()), (2, "ada", "for the test"));
    assert_eq!((version.state, version.at), (VersionState::Live, START));
    assert!(stage.studio.draft("shop").await.unwrap().is_empty(), "it is no draft any more");
    let mut new = stage.ring("shop").await;
    assert!(new.heard.contains("Good day."), "{}", new.heard);
    assert!(old.press("1").await.contains("Welcome to the shop."), "a call keeps its version");

    stage.pass(1000);
    let told = stage.back("shop", &version.id, "it is live", "ben").await;
    assert!(matches!(told, Err(StudioError::NotNow(VersionState::Live))));
    let back = stage.back("shop", &first.id, "callers did not like it", "ben").await.unwrap();
    assert_eq!((back.number, &back.digest, back.who.as_str()), (3, &first.digest, "ben"));
    assert_eq!(stage.states("shop").await, [VersionState::Live, VersionState::Past, VersionState::Past]);
    assert!(stage.hears("shop").await.contains("Welcome to the shop."));
    assert!(new.press("1").await.contains("Good day."), "a call keeps its version");
    // Another server that has never seen it goes on with a call on it.
    let beside = stage.beside(&database).await;
    assert!(beside.hears("shop").await.contains("Welcome to the shop."));
    assert_eq!(beside.studio.versions("shop").await.unwrap().len(), 3, "files that stay are no new version");
}

pub async fn a_shared_file_changes_every_flow_that_has_it(database: Database) {
    let stage = Stage::on(&database).await;
    let draft = stage.edit("shop", "common/ways.yaml", "Take the ferry.", "Take the tram.").await;
    let examined = stage.studio.examine(&draft).await.unwrap();
    assert_eq!(examined.touches, ["bank"]);
    let version = stage.publish("shop", When::Now).await;
    for flow in ["shop", "bank"] {
        let mut caller = stage.ring(flow).await;
        assert!(caller.press("2").await.contains("Take the tram."), "{}", caller.heard);
    }
    let other = stage.studio.versions("bank").await.unwrap().remove(0);
    assert_eq!((other.number, other.part_of, other.who.as_str()), (2, Some(version.id), "ada"));

    // What breaks another flow breaks the draft.
    let text = "flow: ways\nlanguages: [en-US]\ntakes: { to: text }\nstart: a\nsteps:\n  a: { return: {} }\n";
    let draft = stage.studio.draft("shop").await.unwrap();
    let draft = stage.studio.save("shop", "common/ways.yaml", text, draft.rev, "ada").await.unwrap();
    let draft = stage.studio.draft(&draft.flow).await.unwrap();
    let examined = stage.studio.examine(&draft).await.unwrap();
    assert!(examined.problems.iter().any(|problem| &*problem.file == "bank.yaml" && problem.blocks()));
}

pub async fn of_two_publishers_one_wins_and_the_other_goes_on_over_it(database: Database) {
    let stage = Stage::on(&database).await;
    let beside = stage.beside(&database).await;
    // Two drafts that change the same shared file: two flows, one of them published by each.
    stage.edit("shop", "common/ways.yaml", "Take the ferry.", "Take the tram.").await;
    let theirs = beside.edit("bank", "common/ways.yaml", "Take the ferry.", "Take the bus.").await;
    let publish = |note: &str| Publish { note: note.to_owned(), when: When::Now };
    let (ours, rev) = (stage.studio.draft("shop").await.unwrap(), theirs.rev);
    let (one, other) = tokio::join!(
        stage.studio.publish("shop", ours.rev, publish("one"), "ada"),
        beside.studio.publish("bank", rev, publish("other"), "ben"),
    );
    let (winner, loser, lost, who) = match (one, other) {
        (Ok(won), Err(lost)) => (won, "bank", lost, "ada"),
        (Err(lost), Ok(won)) => (won, "shop", lost, "ben"),
        both => panic!("{both:?}"),
    };
    assert!(matches!(&lost, StudioError::Published { by } if by == who), "{lost:?}");
    for at in [&stage, &beside] {
        at.studio.tend(false).await.unwrap();
        for flow in ["shop", "bank"] {
            let live = at.answerer.flows().live_one(flow).unwrap();
            let words = if winner.flow == "shop" { "Take the tram." } else { "Take the bus." };
            assert!(live.files.iter().any(|(_, text)| text.contains(words)), "both flows are the winner's");
        }
    }
    // The loser's draft is whole, and goes on over what is live now.
    let draft = stage.studio.draft(loser).await.unwrap();
    assert_eq!(draft.changed.len(), 1);
    let draft = stage.studio.rebase(loser, draft.rev, "ben").await.unwrap();
    stage.studio.publish(loser, draft.rev, publish("again"), "ben").await.unwrap();
}

pub async fn a_version_goes_out_at_its_moment_unless_it_is_taken_back_or_too_late(database: Database) {
    let stage = Stage::on(&database).await;
    let change = async |to: &str| stage.edit("bank", "bank.yaml", "on its way", to).await;
    change("sent").await;
    let told = stage.studio.publish("bank", 1, Publish { note: String::new(), when: When::At(START) }, "ada").await;
    assert!(matches!(told, Err(StudioError::Over)));
    let version = stage.publish("bank", When::At(START + 60_000)).await;
    assert_eq!((version.state, version.due), (VersionState::Scheduled, Some(START + 60_000)));
    let mut running = stage.ring("bank").await;
    stage.pass(59_999);
    stage.studio.tend(false).await.unwrap();
    assert!(stage.ring("bank").await.press("1").await.contains("on its way"));
    stage.pass(1);
    stage.studio.tend(false).await.unwrap();
    assert!(stage.ring("bank").await.press("1").await.contains("order is sent"));
    assert!(running.press("1").await.contains("on its way"), "a call keeps its version");

    let at = stage.studio.versions("bank").await.unwrap()[0].out_at.unwrap() + 1000;
    stage.edit("bank", "bank.yaml", "is sent", "is gone").await;
    let taken = stage.publish("bank", When::At(at)).await;
    stage.studio.withdraw(&taken.id, "ben").await.unwrap();
    stage.edit("bank", "bank.yaml", "is sent", "is lost").await;
    stage.publish("bank", When::At(at)).await;
    // Nothing else went out, but a trial runs when its moment comes.
    stage.edit("bank", "bank.yaml", "is sent", "is found").await;
    stage.publish("bank", When::Share { percent: 50, margin: 5 }).await;
    stage.pass(2000);
    stage.studio.tend(false).await.unwrap();
    use VersionState::{Failed, Live, Past, Trial, Withdrawn};
    assert_eq!(stage.states("bank").await, [Trial, Failed, Withdrawn, Live, Past]);
    assert_eq!(stage.studio.versions("bank").await.unwrap()[1].overtaken_by, None);
    let told = stage.studio.withdraw(&taken.id, "ben").await;
    assert!(matches!(told, Err(StudioError::NotNow(Withdrawn))));
}

pub async fn what_one_server_publishes_the_other_has_at_its_next_look(database: Database) {
    let stage = Stage::on(&database).await;
    let beside = stage.beside(&database).await;
    let mut running = beside.ring("bank").await;
    stage.edit("bank", "bank.yaml", "on its way", "sent").await;
    stage.publish("bank", When::Now).await;
    assert!(stage.ring("bank").await.press("1").await.contains("order is sent"), "at once");
    beside.studio.tend(false).await.unwrap();
    assert!(beside.ring("bank").await.press("1").await.contains("order is sent"));
    assert!(running.press("1").await.contains("on its way"), "a call keeps its version");
}

/// What was published of another flow while a draft that touches it was examined is never written over.
pub async fn a_touched_flow_goes_out_only_over_what_it_was_examined_over(database: Database) {
    let stage = Stage::on(&database).await;
    stage.edit("shop", "common/ways.yaml", "Take the ferry.", "Take the tram.").await;
    let draft = stage.edit("bank", "bank.yaml", "Welcome to the bank.", "The bank is here.").await;
    // It was looked at before: publishing it takes no time.
    stage.studio.examine(&draft).await.unwrap();
    let publish = async |flow: &str| {
        let rev = stage.studio.draft(flow).await.unwrap().rev;
        let publish = Publish { note: "at once".to_owned(), when: When::Now };
        stage.studio.publish(flow, rev, publish, "ada").await
    };
    let (shop, bank) = tokio::join!(publish("shop"), publish("bank"));
    // Whoever comes second is told, or was examined over the first one's: nobody's words are written over.
    assert!(shop.is_ok() || bank.is_ok(), "{shop:?} {bank:?}");
    let mut caller = stage.ring("bank").await;
    assert_eq!(caller.heard.contains("The bank is here."), bank.is_ok(), "{}", caller.heard);
    assert_eq!(caller.press("2").await.contains("Take the tram."), shop.is_ok(), "{}", caller.heard);
}
