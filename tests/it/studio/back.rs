//! Taking back, and taking up again: what was seen is what is changed, and nothing that was written is lost.

use super::Database;
use super::stage::{START, Stage, files};
use hotline::studio::{Publish, RollBack, StudioError, Version, VersionState, When};

/// Publishes other words of the bank.
async fn change(stage: &Stage, from: &str, to: &str, when: When) -> Version {
    stage.edit("bank", "bank.yaml", from, to).await;
    stage.publish("bank", when).await
}

pub async fn nobody_takes_back_what_they_did_not_see(database: Database) {
    let stage = Stage::on(&database).await;
    let beside = stage.beside(&database).await;
    let first = stage.studio.versions("bank").await.unwrap().remove(0);
    let seen = change(&stage, "on its way", "sent", When::Now).await;
    let back = async |live: &Version, trial: Option<&Version>| {
        let trial = trial.map(|trial| &*trial.id);
        let back = RollBack { to: &first.id, live: &live.digest, trial, with: &[], note: "back" };
        beside.studio.roll_back("bank", back, "ben").await
    };
    // Somebody else publishes while the page is open.
    let newer = change(&stage, "is sent", "is packed", When::Now).await;
    assert!(matches!(back(&seen, None).await, Err(StudioError::NotAsSeen)));
    // Somebody else begins a trial; stops it and begins another; stops that too.
    let half = When::Share { percent: 50, margin: 5 };
    let trial = change(&stage, "Goodbye", "Farewell", half).await;
    assert!(matches!(back(&newer, None).await, Err(StudioError::NotAsSeen)));
    stage.studio.stop(&trial.id, "ada").await.unwrap();
    let another = change(&stage, "Goodbye", "See you", half).await;
    assert!(matches!(back(&newer, Some(&trial)).await, Err(StudioError::NotAsSeen)));
    use VersionState::{Live, Past, Stopped, Trial};
    assert_eq!(stage.states("bank").await, [Trial, Stopped, Live, Past, Past], "nothing was done");
    stage.studio.stop(&another.id, "ada").await.unwrap();
    assert!(matches!(back(&newer, Some(&another)).await, Err(StudioError::NotAsSeen)));
    // What was seen is what is there: of two clicks one counts.
    let (one, other) = tokio::join!(back(&newer, None), back(&newer, None));
    let done = [&one, &other].into_iter().flatten().count();
    let told = [&one, &other].into_iter().filter(|told| matches!(told, Err(StudioError::NotAsSeen))).count();
    assert_eq!((done, told), (1, 1), "{one:?} {other:?}");
    assert_eq!(stage.states("bank").await, [Live, Stopped, Stopped, Past, Past, Past]);
    let again = beside.studio.roll_back(
        "bank",
        RollBack { to: &first.id, live: &first.digest, trial: None, with: &[], note: "" },
        "ben",
    );
    assert!(matches!(again.await, Err(StudioError::NotNow(Live))), "callers have these words already");
}

pub async fn what_is_scheduled_over_another_version_is_ended_when_one_goes_out(database: Database) {
    let stage = Stage::on(&database).await;
    let at = When::At(START + 60_000);
    let first = stage.studio.versions("bank").await.unwrap().remove(0);
    let ended = async |late: &Version, by: &Version| {
        let late = stage.studio.release(&late.id).await.unwrap();
        assert_eq!((late.state, late.overtaken_by.as_ref()), (VersionState::Failed, Some(&by.id)));
        assert_eq!((late.ended_by.as_deref(), late.ended_at), (Some(&*by.who), by.out_at));
        let told = stage.studio.overtaken(&by.id).await.unwrap();
        assert!(told.contains(&late), "whoever did it is told");
    };
    // Published.
    let late = change(&stage, "on its way", "lost", at).await;
    let same = change(&stage, "on its way", "gone", at).await;
    let out = change(&stage, "on its way", "sent", When::Now).await;
    ended(&late, &out).await;
    ended(&same, &out).await;
    // A trial alone takes nobody's moment away, given to all it does.
    let late = change(&stage, "is sent", "is lost", at).await;
    let trial = change(&stage, "Goodbye", "Farewell", When::Share { percent: 50, margin: 5 }).await;
    assert_eq!(stage.studio.release(&late.id).await.unwrap().state, VersionState::Scheduled);
    let out = stage.studio.promote(&trial.id, "ada").await.unwrap();
    ended(&late, &out).await;
    // Taken back.
    let late = change(&stage, "is sent", "is lost", at).await;
    let out = stage.back("bank", &first.id, "", "ben").await.unwrap();
    ended(&late, &out).await;
    // Changed on disk: the files are what is live.
    let late = change(&stage, "on its way", "lost", at).await;
    let mut changed = files();
    changed.insert("bank.yaml".to_owned(), changed["bank.yaml"].replace("Goodbye", "Bye"));
    stage.install(changed).await;
    let out = stage.studio.versions("bank").await.unwrap().remove(0);
    ended(&late, &out).await;
    // Another hotline that it goes out with has another version.
    stage.edit("shop", "common/ways.yaml", "Take the ferry.", "Take the tram.").await;
    let late = stage.publish("shop", at).await;
    let with_it = stage.studio.versions("bank").await.unwrap().remove(0);
    let out = change(&stage, "on its way", "here", When::Now).await;
    ended(&late, &out).await;
    ended(&with_it, &out).await;
    assert_eq!(stage.studio.overtaken(&out.id).await.unwrap()[0].flow, "bank", "its own comes first");
    stage.pass(60_000);
    stage.studio.tend(false).await.unwrap();
    assert!(stage.ring("bank").await.press("1").await.contains("order is here"));
}

pub async fn what_changed_together_goes_back_together_or_not_at_all(database: Database) {
    use VersionState::{Live, Past};
    let stage = Stage::on(&database).await;
    let first = stage.studio.versions("shop").await.unwrap().remove(0);
    let ways = async |from: &str, to: &str| {
        stage.edit("shop", "common/ways.yaml", from, to).await;
        let shop = stage.publish("shop", When::Now).await;
        let bank = stage.studio.came_with(&shop.id).await.unwrap().remove(0);
        assert_eq!((bank.flow.as_str(), bank.state), ("bank", Live));
        (shop, bank)
    };
    let back = async |to: &Version, live: &Version, with: &[&str]| {
        let back = RollBack { to: &to.id, live: &live.digest, trial: None, with, note: "back" };
        stage.studio.roll_back("shop", back, "ben").await
    };
    let heard = async |flow: &str| {
        let mut caller = stage.ring(flow).await;
        caller.press("2").await.to_owned()
    };
    // Alone: the other hotline keeps the change.
    let (shop, _) = ways("Take the ferry.", "Take the tram.").await;
    back(&first, &shop, &[]).await.unwrap();
    assert!(heard("shop").await.contains("ferry") && heard("bank").await.contains("tram"));
    let bank = stage.studio.versions("bank").await.unwrap().pop().unwrap();
    stage.back("bank", &bank.id, "", "ben").await.unwrap();
    // What goes back with it was seen to be there, and came with it.
    let (shop, bank) = ways("Take the ferry.", "Take the bus.").await;
    let stranger = stage.studio.versions("bank").await.unwrap().remove(1);
    assert_eq!(stranger.state, Past);
    assert!(matches!(back(&first, &shop, &[&stranger.id]).await, Err(StudioError::NotAsSeen)));
    change(&stage, "Goodbye", "Farewell", When::Now).await;
    assert!(matches!(back(&first, &shop, &[&bank.id]).await, Err(StudioError::NotAsSeen)));
    assert!(heard("shop").await.contains("bus"), "nothing was done");
    let around = async || stage.studio.before(&stage.studio.versions("shop").await.unwrap()).await.unwrap();
    assert_eq!((around().await.with, around().await.keep), (vec![], vec!["bank".to_owned()]), "it has the bus still");
    // Together, in one publication.
    let (shop, bank) = ways("Take the bus.", "Walk.").await;
    let (before, trial) =
        (stage.studio.versions("shop").await.unwrap().remove(1), When::Share { percent: 50, margin: 5 });
    let mut running = stage.ring("bank").await;
    change(&stage, "Farewell", "See you", trial).await;
    assert!(matches!(back(&before, &shop, &[&bank.id]).await, Err(StudioError::NotAsSeen)), "a trial nobody saw");
    let trial = stage.studio.versions("bank").await.unwrap().remove(0);
    assert_eq!(around().await.tried, ["bank"]);
    stage.studio.stop(&trial.id, "ada").await.unwrap();
    // Stories alone are nothing that callers had in between.
    let stories = stage.studio.stories("shop").await.unwrap().unwrap() + "# said otherwise\n";
    let rev = stage.studio.draft("shop").await.unwrap().rev;
    stage.studio.save("shop", "shop.stories.yaml", &stories, rev, "ada").await.unwrap();
    assert_eq!(stage.publish("shop", When::Now).await.digest, shop.digest);
    assert_eq!(around().await.with.iter().map(|with| &with.id).collect::<Vec<_>>(), [&bank.id]);
    let done = back(&before, &shop, &[&bank.id]).await.unwrap();
    let with = stage.studio.came_with(&done.id).await.unwrap().remove(0);
    assert_eq!((with.flow.as_str(), with.state, with.note.as_str()), ("bank", Live, "back"));
    assert!(heard("shop").await.contains("bus") && heard("bank").await.contains("bus"));
    assert!(running.press("2").await.contains("Walk."), "a call keeps its version");
    // Further back than one step it is no longer clear to what the other would go.
    let older = back(&first, &done, &[&with.id]).await;
    assert!(matches!(older, Err(StudioError::NotAsSeen)), "{older:?}");
}

pub async fn stories_go_back_with_the_version_they_fit(database: Database) {
    let stage = Stage::on(&database).await;
    let first = stage.studio.versions("shop").await.unwrap().remove(0);
    let told = async || stage.studio.stories("shop").await.unwrap().unwrap();
    let on_disk = told().await;
    let greets = async |from: &str, to: &str| {
        let draft = stage
            .edit("shop", "shop.yaml", &format!("prompt: {{ en-US: {from} }}"), &format!("prompt: {{ en-US: {to} }}"))
            .await;
        let stories = told().await.replace(from.trim_end_matches('.'), to.trim_end_matches('.'));
        stage.studio.save("shop", "shop.stories.yaml", &stories, draft.rev, "ada").await.unwrap();
        (stage.publish("shop", When::Now).await, stories)
    };
    let (_, second) = greets("Welcome to the shop.", "Good day.").await;
    // The third brings none: those of the second fit it.
    stage.edit("shop", "shop.yaml", "Goodbye from", "Farewell from").await;
    let third = stage.publish("shop", When::Now).await;
    let (fourth, last) = greets("Good day.", "Hello.").await;
    assert_eq!(told().await, last);
    let fits = async || {
        let draft = stage.studio.draft("shop").await.unwrap();
        let examined = stage.studio.examine(&draft).await.unwrap();
        assert!(examined.stories.len() == 1 && !examined.blocks(), "{:?}", examined.stories);
    };
    stage.back("shop", &third.id, "", "ben").await.unwrap();
    assert_eq!(told().await, second);
    fits().await;
    // Somebody changed the file by hand: that is in no version, goes on counting and is told beside them.
    let mut changed = files();
    let by_hand = format!("{on_disk}# changed\n");
    changed.insert("shop.stories.yaml".to_owned(), by_hand.clone());
    stage.install(changed).await;
    assert_eq!(told().await, by_hand, "the file is newer");
    stage.back("shop", &fourth.id, "", "ben").await.unwrap();
    assert_eq!(told().await, by_hand);
    assert_eq!(stage.studio.stories_beside("shop").await.unwrap(), Some((last.clone(), by_hand)));
    stage.install(files()).await;
    assert_eq!(told().await, last, "the file is as it was when they were published");
    fits().await;
    // What came with files has the stories that counted then, though others were published and written back since.
    let mut written = files();
    written.insert("shop.stories.yaml".to_owned(), last.clone());
    stage.install(written).await;
    stage.back("shop", &first.id, "", "ben").await.unwrap();
    assert_eq!(told().await, on_disk);
    assert_eq!(stage.studio.stories_beside("shop").await.unwrap(), None);
    fits().await;
    // Where none were published since, what counts is what counted then, with what was done to the file by hand.
    let by_hand = format!("{on_disk}# by hand\n");
    let mut changed = files();
    changed.insert("shop.stories.yaml".to_owned(), by_hand.clone());
    stage.install(changed).await;
    let before = stage.studio.versions("shop").await.unwrap().remove(0);
    stage.edit("shop", "shop.yaml", "Goodbye from", "See you at").await;
    stage.publish("shop", When::Now).await;
    stage.back("shop", &before.id, "", "ben").await.unwrap();
    assert_eq!(told().await, by_hand);
    // Of the bank, which has none, none come to be.
    let bank = stage.studio.versions("bank").await.unwrap().remove(0);
    change(&stage, "on its way", "sent", When::Now).await;
    stage.back("bank", &bank.id, "", "ben").await.unwrap();
    assert_eq!(stage.studio.stories("bank").await.unwrap(), None);
}

pub async fn what_never_came_to_all_is_taken_into_the_draft_again(database: Database) {
    let stage = Stage::on(&database).await;
    let draft = stage
        .edit("shop", "shop.yaml", "prompt: { en-US: Welcome to the shop. }", "prompt: { en-US: Good day. }")
        .await;
    let text = draft.changed["shop.yaml"].clone();
    let stories = stage.studio.stories("shop").await.unwrap().unwrap().replace("Welcome to the shop", "Good day");
    stage.studio.save("shop", "shop.stories.yaml", &stories, draft.rev, "ada").await.unwrap();
    let trial = stage.publish("shop", When::Share { percent: 50, margin: 5 }).await;
    let rev = stage.studio.draft("shop").await.unwrap().rev;
    let told = stage.studio.take_again("shop", &trial.id, rev, "ben").await;
    assert!(matches!(told, Err(StudioError::NotNow(VersionState::Trial))), "{told:?}");
    stage.studio.stop(&trial.id, "ada").await.unwrap();
    // Something else is live by then, and somebody else is typing.
    stage.edit("shop", "common/ways.yaml", "Take the ferry.", "Take the tram.").await;
    let live = stage.publish("shop", When::Now).await;
    let typed = stage.edit("shop", "shop.yaml", "on its way", "sent").await;
    let told = stage.studio.take_again("shop", &trial.id, rev, "ben").await;
    assert!(matches!(told, Err(StudioError::Changed { .. })), "{told:?}");
    let told = stage.studio.take_again("shop", &trial.id, typed.rev, "ben").await;
    assert!(matches!(told, Err(StudioError::Drafted)), "{told:?}");
    assert_eq!(stage.studio.draft("shop").await.unwrap(), typed, "nothing was overwritten");
    stage.studio.discard("shop", typed.rev, "ada").await.unwrap();
    let draft = stage.studio.take_again("shop", &trial.id, typed.rev + 1, "ben").await.unwrap();
    assert_eq!((&draft.base, draft.by.as_deref()), (&live.digest, Some("ben")));
    let mut changed: Vec<_> = draft.changed.into_iter().collect();
    changed.sort();
    assert_eq!(changed, [("shop.stories.yaml".to_owned(), stories), ("shop.yaml".to_owned(), text)]);
    let version = stage.publish("shop", When::Now).await;
    let mut caller = stage.ring("shop").await;
    assert!(caller.heard.contains("Good day."), "{}", caller.heard);
    assert!(caller.press("2").await.contains("Take the tram."), "what went out meanwhile stays");
    let rev = stage.studio.draft("shop").await.unwrap().rev;
    let told = stage.studio.take_again("shop", &trial.id, rev, "ben").await;
    assert!(matches!(told, Err(StudioError::Nothing)), "callers have it: {told:?}");
    let told = stage.studio.take_again("shop", &version.id, rev, "ben").await;
    assert!(matches!(told, Err(StudioError::NotNow(VersionState::Live))), "{told:?}");
    let told = stage.studio.take_again("bank", &trial.id, 0, "ben").await;
    assert!(matches!(told, Err(StudioError::UnknownVersion(_))), "{told:?}");
}

pub async fn a_draft_over_an_older_version_is_brought_over_what_is_live(database: Database) {
    let stage = Stage::on(&database).await;
    let draft = stage.edit("bank", "bank.yaml", "on its way", "sent").await;
    stage.edit("shop", "common/ways.yaml", "Take the ferry.", "Take the tram.").await;
    let live = stage.publish("shop", When::Now).await;
    let publish = || Publish { note: "mine".to_owned(), when: When::Now };
    let told = stage.studio.publish("bank", draft.rev, publish(), "ben").await;
    assert!(matches!(told, Err(StudioError::Published { .. })), "{told:?}");
    let over = stage.studio.rebase("bank", draft.rev, "ben").await.unwrap();
    assert_ne!(over.base, draft.base);
    assert_eq!(over.changed, draft.changed, "what was typed stays");
    stage.studio.publish("bank", over.rev, publish(), "ben").await.unwrap();
    let mut caller = stage.ring("bank").await;
    assert!(caller.press("2").await.contains("Take the tram."), "so does what went out with {}", live.number);
    assert!(caller.press("1").await.contains("order is sent"));
}
