//! Drafts, and what is published.

use crate::support::rows::{START, begin, turn};
use hotline::store::*;
use hotline::words::CallId;

pub async fn story(store: &Store) {
    drafts(store).await;
    publishing(store).await;
    shares(store).await;
    waiting(store).await;
    files(store).await;
    endings(store).await;
}

async fn drafts(store: &Store) {
    let draft = |text: &str| DraftRow {
        base: "d1".into(),
        files: format!("{{\"a.yaml\":\"{text}\"}}"),
        over_stories: format!("{{\"shop.stories.yaml\":\"{text}\"}}"),
        rev: 0,
        who: "ada".into(),
        at: START,
    };
    assert_eq!(store.draft("shop").await.unwrap(), None);
    assert!(!store.save_draft("shop", &draft("lost"), 3).await.unwrap(), "nobody saved the third");
    assert!(store.save_draft("shop", &draft("one"), 0).await.unwrap());
    assert!(!store.save_draft("shop", &draft("two"), 0).await.unwrap(), "there is one");
    assert!(store.save_draft("shop", &draft("three"), 1).await.unwrap());
    assert!(!store.save_draft("shop", &draft("four"), 1).await.unwrap(), "it was seen before the third");
    assert_eq!(store.draft("shop").await.unwrap(), Some(DraftRow { rev: 2, ..draft("three") }));
}

/// A publication of versions of these flows, each over a base.
fn over(id: &str, releases: &[(&str, &str, &str)]) -> Publication {
    let release = |(n, (flow, digest, base)): (usize, &(&str, &str, &str))| NewRelease {
        id: format!("{id}{}", if n == 0 { String::new() } else { format!("-{n}") }),
        flow: (*flow).to_owned(),
        digest: (*digest).to_owned(),
        files: "[]".to_owned(),
        base: (*base).to_owned(),
    };
    Publication {
        releases: releases.iter().enumerate().map(release).collect(),
        who: "ada".into(),
        note: "why".into(),
        at: START,
        start: Start::Now,
        protected: String::new(),
        held: false,
        back: None,
        draft: None,
        stories: Vec::new(),
    }
}

async fn live(store: &Store, flow: &str) -> LiveRow {
    store.live().await.unwrap().into_iter().find(|row| row.name == flow).unwrap()
}

/// A story with this title, of a flow that has no file of them.
fn told(flow: &str, title: &str) -> StoriesRow {
    StoriesRow { flow: flow.into(), text: format!("- story: {title}"), disk: None }
}

/// To be published, over these.
fn instead(row: StoriesRow, over: Option<&str>) -> NewStories {
    NewStories { row, over: over.map(str::to_owned) }
}

/// The stories of the flow that count.
async fn stories(store: &Store) -> String {
    store.stories().await.unwrap().into_iter().find(|kept| kept.flow == "shop").unwrap().text
}

async fn states(store: &Store, flow: &str) -> Vec<(i64, String, ReleaseState)> {
    let rows = store.releases(flow).await.unwrap().into_iter();
    rows.map(|row| (row.number, row.digest, row.state)).collect()
}

async fn publishing(store: &Store) {
    for flow in ["shop", "bank"] {
        store.take_from_disk(flow, &format!("{flow}-1"), "[]", START).await.unwrap();
    }
    let new = over("r2", &[("shop", "shop-2", "shop-1"), ("bank", "bank-2", "bank-1")]);
    let late = Publication { draft: Some(1), ..new.clone() };
    assert_eq!(store.publish(&late).await.unwrap(), Published::DraftChanged);
    let stale = over("r2", &[("shop", "shop-2", "shop-1"), ("bank", "bank-2", "bank-0")]);
    assert_eq!(store.publish(&stale).await.unwrap(), Published::Elsewhere("bank".into()));
    assert_eq!(live(store, "shop").await.digest, "shop-1", "all or nothing");
    let stories = ["bank y", "shop x"].map(|of| of.split_once(' ').unwrap()).map(|(flow, title)| told(flow, title));
    let stories = stories.map(|row| instead(row, None)).to_vec();
    assert_eq!(store.publish(&Publication { draft: Some(2), stories, ..new }).await.unwrap(), Published::Done);
    assert_eq!(
        (live(store, "shop").await.digest, live(store, "bank").await.digest),
        ("shop-2".into(), "bank-2".into())
    );
    let draft = store.draft("shop").await.unwrap().unwrap();
    assert_eq!(
        (draft.files.as_str(), draft.over_stories.as_str(), draft.rev),
        ("{}", "{}", 3),
        "it is published, and saving goes on from there"
    );
    assert_eq!(store.stories().await.unwrap(), [told("bank", "y"), told("shop", "x")], "each flow has its own");
    let set = store.release_set("r2-1").await.unwrap();
    assert_eq!(set.iter().map(|row| row.flow.as_str()).collect::<Vec<_>>(), ["bank", "shop"]);
    assert!(set.iter().all(|row| row.part_of == "r2" && row.who == "ada" && row.note == "why"));
    assert!(store.release_set("none").await.unwrap().is_empty());
}

async fn shares(store: &Store) {
    let share = Start::Share { percent: 20, margin: 5 };
    let trial = async |id: &str, base: &str| Publication {
        start: share,
        stories: vec![instead(told("shop", id), Some(&stories(store).await))],
        ..over(id, &[("shop", "shop-3", base)])
    };
    assert_eq!(store.publish(&trial("r3", "shop-1").await).await.unwrap(), Published::Elsewhere("shop".into()));
    assert_eq!(store.publish(&trial("r3", "shop-2").await).await.unwrap(), Published::Done);
    let other = Publication {
        stories: vec![instead(told("shop", "z"), Some("- story: w"))],
        ..over("r4", &[("bank", "bank-3", "bank-2")])
    };
    assert_eq!(
        store.publish(&other).await.unwrap(),
        Published::Elsewhere("shop".into()),
        "over stories that are not there"
    );
    let row = live(store, "shop").await;
    assert_eq!((row.digest.as_str(), row.trial.as_deref(), row.percent), ("shop-2", Some("shop-3"), Some(20)));
    let over_it = over("r4", &[("shop", "shop-4", "shop-2")]);
    assert_eq!(store.publish(&over_it).await.unwrap(), Published::Elsewhere("shop".into()), "it is on trial");
    let ends = Ends { who: None, why: None, counted: Some("{}"), at: START + 1 };
    let stop = || store.end_release("r3", ReleaseState::Trial, ReleaseState::Stopped, ends);
    assert!(stop().await.unwrap());
    assert_eq!(stories(store).await, "- story: x", "those of a trial that was stopped never counted");
    assert!(!stop().await.unwrap(), "it was stopped");
    assert_eq!(live(store, "shop").await.trial, None);
    assert_eq!(store.promote("r3", "ben", START).await.unwrap(), Published::NotThere);
    assert_eq!(store.publish(&trial("r5", "shop-2").await).await.unwrap(), Published::Done);
    assert_eq!(stories(store).await, "- story: x", "most callers have the other version");
    assert_eq!(store.promote("r5", "ben", START).await.unwrap(), Published::Done);
    assert_eq!(stories(store).await, "- story: r5");
    let row = live(store, "shop").await;
    assert_eq!((row.digest.as_str(), row.trial, row.release_id.as_deref()), ("shop-3", None, Some("r5")));
    // Whoever rolls back ends a trial with it.
    assert_eq!(store.publish(&trial("r6", "shop-3").await).await.unwrap(), Published::Done);
    let back = |trial: Option<&str>| {
        let text = || Some("- story: r5".to_owned());
        let counting = Counting { published: text(), text: text(), disk: Some("sha".into()) };
        let back = Back { trial: trial.map(str::to_owned), counting: vec![counting] };
        Publication { back: Some(back), ..over("r7", &[("shop", "shop-1", "shop-3")]) }
    };
    for seen in [None, Some("r5")] {
        assert_eq!(store.publish(&back(seen)).await.unwrap(), Published::Elsewhere("shop".into()));
    }
    assert_eq!(live(store, "shop").await.trial_release.as_deref(), Some("r6"), "nothing was done");
    let mut unseen = back(Some("r6"));
    unseen.back.as_mut().unwrap().counting[0].published = Some("- story: r4".to_owned());
    assert_eq!(store.publish(&unseen).await.unwrap(), Published::Elsewhere("shop".into()), "other stories count");
    assert_eq!(store.publish(&back(Some("r6"))).await.unwrap(), Published::Done);
    assert_eq!(store.stories().await.unwrap(), [told("bank", "y")], "none had been published with the first version");
    assert_eq!(
        store.release_stories("r5", "shop").await.unwrap(),
        Some(("- story: r5".to_owned(), Some("- story: x".to_owned())))
    );
    assert_eq!(store.release_stories("r7", "shop").await.unwrap(), None);
    assert_eq!(store.release_stories("r5", "bank").await.unwrap(), None);
    assert_eq!((live(store, "shop").await.digest.as_str(), live(store, "shop").await.trial), ("shop-1", None));
    let states: Vec<_> = states(store, "shop").await.into_iter().map(|(number, _, state)| (number, state)).collect();
    use ReleaseState::{Out, Stopped};
    assert_eq!(states, [(6, Out), (5, Stopped), (4, Out), (3, Stopped), (2, Out), (1, Out)]);
}

async fn waiting(store: &Store) {
    let at = |id: &str, due: i64| Publication {
        start: Start::At(due),
        stories: vec![instead(told("shop", id), None)],
        ..over(id, &[("shop", "shop-2", "shop-1")])
    };
    assert_eq!(store.publish(&at("r8", START + 10)).await.unwrap(), Published::Done);
    assert_eq!(store.publish(&at("r9", START + 20)).await.unwrap(), Published::Done);
    assert!(store.due_releases(START + 9).await.unwrap().is_empty());
    assert_eq!(store.due_releases(START + 20).await.unwrap(), ["r8", "r9"]);
    let due = |id: &'static str| store.let_out(id, ReleaseState::Scheduled, None, None, START + 20);
    assert_eq!(store.stories().await.unwrap(), [told("bank", "y")], "two wait");
    assert_eq!(due("r8").await.unwrap(), Published::Done);
    assert_eq!(stories(store).await, "- story: r8");
    assert_eq!(due("r8").await.unwrap(), Published::NotThere, "it is out");
    assert_eq!(due("r9").await.unwrap(), Published::NotThere, "it was written over the first");
    let never = store.overtaken("r8").await.unwrap();
    let never: Vec<_> = never.iter().map(|row| (row.id.as_str(), row.state, row.ended_by.as_deref())).collect();
    assert_eq!(never, [("r9", ReleaseState::Failed, Some("ada"))]);
    assert!(store.overtaken("r9").await.unwrap().is_empty());
    assert_eq!(stories(store).await, "- story: r8", "what does not go out brings none");
    let stories_of = |id: &str, over: &str| vec![instead(told("shop", id), Some(over))];
    let held = Publication {
        held: true,
        stories: stories_of("r10", "- story: r8"),
        ..over("r10", &[("shop", "shop-3", "shop-2")])
    };
    assert_eq!(store.publish(&held).await.unwrap(), Published::Done);
    assert_eq!(live(store, "shop").await.digest, "shop-2", "it waits");
    let approved = store.let_out("r10", ReleaseState::Waiting, Some("ben"), None, START + 30).await.unwrap();
    assert_eq!(approved, Published::Done);
    assert_eq!(stories(store).await, "- story: r10");
    let row = store.release_set("r10").await.unwrap().remove(0);
    assert_eq!((row.approved_by.as_deref(), row.approved_at), (Some("ben"), Some(START + 30)));
    assert_eq!((row.state, row.out_at), (ReleaseState::Out, Some(START + 30)));
    // Stories alone, of the same version: what waits over the ones before does not take their place.
    let alone = |id: &str, start| Publication {
        start,
        stories: stories_of(id, "- story: r10"),
        ..over(id, &[("shop", "shop-3", "shop-3")])
    };
    assert_eq!(store.publish(&alone("s11", Start::At(START + 90))).await.unwrap(), Published::Done);
    assert_eq!(store.publish(&alone("s12", Start::Now)).await.unwrap(), Published::Done);
    assert_eq!(store.overtaken("s12").await.unwrap()[0].id, "s11");
    let late = alone("s13", Start::Now);
    assert_eq!(
        store.publish(&late).await.unwrap(),
        Published::Elsewhere("shop".into()),
        "written over the ones before"
    );
    assert_eq!(stories(store).await, "- story: s12");
}

async fn files(store: &Store) {
    let take = |digest: &'static str| store.take_from_disk("shop", digest, "[]", START + 40);
    assert_eq!(take("shop-1").await.unwrap(), FromDisk::Known, "the studio is ahead");
    assert_eq!(take("shop-5").await.unwrap(), FromDisk::Beside, "both changed");
    assert_eq!(take("shop-5").await.unwrap(), FromDisk::Known);
    assert_eq!(live(store, "shop").await.digest, "shop-3");
    let beside = store.releases("shop").await.unwrap().remove(0);
    assert_eq!((beside.state, beside.who.as_str()), (ReleaseState::Beside, FROM_FILES));
    let choose = |seen: &'static str| {
        let id = beside.id.clone();
        async move { store.let_out(&id, ReleaseState::Beside, Some("ben"), Some(seen), START + 50).await.unwrap() }
    };
    assert_eq!(choose("shop-1").await, Published::Elsewhere("shop".into()), "that is not what is live");
    assert_eq!(choose("shop-3").await, Published::Done);
    assert_eq!(live(store, "shop").await.digest, "shop-5");
    assert_eq!(take("shop-6").await.unwrap(), FromDisk::Live, "files are in charge again");
    // Out of service and back: as it was, if its file is as it was.
    let later = Publication { at: START + 60, ..over("r11", &[("shop", "shop-2", "shop-6")]) };
    assert_eq!(store.publish(&later).await.unwrap(), Published::Done);
    store.retire("shop", "shop-2").await.unwrap();
    assert_eq!(take("shop-6").await.unwrap(), FromDisk::Live);
    assert_eq!(live(store, "shop").await.digest, "shop-2");
    for flow in ["shop", "bank"] {
        let digest = live(store, flow).await.digest;
        store.retire(flow, &digest).await.unwrap();
    }
}

async fn endings(store: &Store) {
    for (n, ends) in ["hung-up", "goodbye", "fault", "goodbye"].into_iter().enumerate() {
        let call = CallId::fresh();
        let mut first = begin(&call, &format!("E{n}"), 1);
        first.begins.as_mut().unwrap().digest = "shop-9".into();
        store.commit(first).await.unwrap();
        let ends = Some(ends.to_owned());
        store.commit(TurnRow { ends, person: n == 3, ..turn(&call, 2, 2) }).await.unwrap();
    }
    let open = CallId::fresh();
    let mut first = begin(&open, "E9", 1);
    first.begins.as_mut().unwrap().digest = "shop-9".into();
    store.commit(first).await.unwrap();
    assert_eq!(store.endings("shop-9", START).await.unwrap(), Endings { ended: 4, wrong: 3 });
    assert_eq!(store.endings("shop-9", START + 10).await.unwrap(), Endings::default());
    store.commit(TurnRow { ends: Some("goodbye".into()), ..turn(&open, 2, 3) }).await.unwrap();
}
