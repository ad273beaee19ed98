//! What was changed in a draft and what was published meanwhile, together.

use super::Database;
use super::stage::Stage;
use hotline::studio::{Draft, When};

/// Changes words in a file of the shop and publishes that.
async fn publishes(stage: &Stage, file: &str, from: &str, to: &str, when: When) -> hotline::studio::Version {
    stage.edit("shop", file, from, to).await;
    stage.publish("shop", when).await
}

async fn text(stage: &Stage, draft: &Draft, file: &str) -> String {
    let files = stage.studio.files(draft).await.unwrap();
    files.into_iter().find(|(name, _)| name == file).unwrap().1
}

pub async fn what_both_changed_in_other_lines_is_in_the_draft_that_is_brought_over(database: Database) {
    let stage = Stage::on(&database).await;
    let trial =
        publishes(&stage, "shop.yaml", "Goodbye from", "Farewell from", When::Share { percent: 50, margin: 5 }).await;
    stage.studio.stop(&trial.id, "ada").await.unwrap();
    publishes(&stage, "shop.yaml", "hear about an order", "ask about an order", When::Now).await;
    // What the version changed, and nothing else, is the draft.
    let rev = stage.studio.draft("shop").await.unwrap().rev;
    let draft = stage.studio.take_again("shop", &trial.id, rev, "ben").await.unwrap();
    let both = text(&stage, &draft, "shop.yaml").await;
    assert!(both.contains("Farewell from") && both.contains("ask about an order"), "{both}");
    assert_eq!(stage.studio.clashes(&draft).await.unwrap(), Vec::<String>::new());
    let live = stage.studio.publish("shop", draft.rev, super::drafts::now(), "ben").await.unwrap();
    assert!(stage.hears("shop").await.contains("To ask about an order"));
    // The same of a draft that is being typed while somebody publishes by way of the files.
    let draft = stage.edit("shop", "shop.yaml", "Welcome to the shop.", "Welcome to the shop!").await;
    assert_eq!(draft.base, live.digest);
    let mut changed = super::stage::files();
    let disk = both.replace("# What the shop says.", "# What the shop says to everybody.");
    changed.insert("shop.yaml".to_owned(), disk);
    stage.install(changed).await;
    let beside = stage.studio.versions("shop").await.unwrap().remove(0);
    stage.studio.take_files(&beside.id, &live.digest, "ada").await.unwrap();
    let over = stage.studio.rebase("shop", draft.rev, "ben").await.unwrap();
    let both = text(&stage, &over, "shop.yaml").await;
    assert!(both.contains("to everybody") && both.contains("Welcome to the shop!"), "{both}");
    stage.studio.publish("shop", over.rev, super::drafts::now(), "ben").await.unwrap();
}

pub async fn what_both_changed_in_the_same_line_is_told_and_stays_as_it_was_in_the_draft(database: Database) {
    let stage = Stage::on(&database).await;
    let share = When::Share { percent: 50, margin: 5 };
    stage.edit("shop", "common/ways.yaml", "Take the ferry.", "Take the bus.").await;
    let trial = publishes(&stage, "shop.yaml", "Goodbye from", "Farewell from", share).await;
    stage.studio.stop(&trial.id, "ada").await.unwrap();
    publishes(&stage, "shop.yaml", "Goodbye from", "Good night from", When::Now).await;
    let rev = stage.studio.draft("shop").await.unwrap().rev;
    let draft = stage.studio.take_again("shop", &trial.id, rev, "ben").await.unwrap();
    assert_eq!(Some(&draft.base), trial.base.as_ref(), "it waits for somebody who looks at it");
    assert_eq!(stage.studio.clashes(&draft).await.unwrap(), ["shop.yaml"]);
    assert!(stage.studio.publish("shop", draft.rev, super::drafts::now(), "ben").await.is_err(), "not unseen");
    let over = stage.studio.rebase("shop", draft.rev, "ben").await.unwrap();
    assert!(text(&stage, &over, "shop.yaml").await.contains("Farewell from"));
    assert!(text(&stage, &over, "common/ways.yaml").await.contains("Take the bus."));
    stage.studio.publish("shop", over.rev, super::drafts::now(), "ben").await.unwrap();
}

pub async fn a_file_that_what_is_live_does_without_is_told_and_can_be_taken_out(database: Database) {
    let stage = Stage::on(&database).await;
    stage.edit("shop", "common/ways.yaml", "Take the ferry.", "Take the bus.").await;
    let draft = stage.edit("shop", "shop.yaml", "Goodbye from", "Farewell from").await;
    let mut without = super::stage::files();
    let line = |line: &str| {
        let ways = ["go: ways,", "  ways: {"].iter().any(|of| line.contains(of));
        if ways { String::new() } else { line.replace("uses: [call-me-back, ways]", "uses: [call-me-back]") + "\n" }
    };
    without.insert("shop.yaml".to_owned(), without["shop.yaml"].lines().map(line).collect());
    stage.install(without).await;
    assert_eq!(stage.studio.clashes(&draft).await.unwrap(), ["common/ways.yaml"]);
    let over = stage.studio.rebase("shop", draft.rev, "ben").await.unwrap();
    assert!(text(&stage, &over, "common/ways.yaml").await.contains("the bus"), "nothing is lost");
    let examined = stage.studio.examine(&over).await.unwrap();
    assert!(examined.blocks() && examined.problems.is_empty());
    assert_eq!(examined.unused, ["common/ways.yaml"]);
    let over = stage.studio.save("shop", "common/ways.yaml", "", over.rev, "ben").await.unwrap();
    assert_eq!(over.changed.keys().collect::<Vec<_>>(), ["shop.yaml"]);
    stage.studio.publish("shop", over.rev, super::drafts::now(), "ben").await.unwrap();
}

pub async fn a_sub_flow_that_nothing_uses_any_more_is_taken_out_by_clearing_it(database: Database) {
    let stage = Stage::on(&database).await;
    stage.edit("shop", "common/ways.yaml", "Take the ferry.", "Take the bus.").await;
    stage.edit("shop", "shop.yaml", "uses: [call-me-back, ways]", "uses: [call-me-back]").await;
    stage.edit("shop", "shop.yaml", "go: ways,", "go: bye,").await;
    let draft = stage.edit("shop", "shop.yaml", "  ways: { call: ways, then: top }\n", "").await;
    assert_eq!(stage.studio.examine(&draft).await.unwrap().unused, ["common/ways.yaml"]);
    let draft = stage.studio.save("shop", "common/ways.yaml", "\n", draft.rev, "ben").await.unwrap();
    assert!(!stage.studio.examine(&draft).await.unwrap().blocks());
    let draft = stage.studio.save("shop", "shop.yaml", "", draft.rev, "ben").await.unwrap();
    assert!(draft.changed["shop.yaml"].is_empty(), "the hotline's own file is not taken out, it is empty");
}

pub async fn stories_of_both_are_brought_together(database: Database) {
    let stage = Stage::on(&database).await;
    let told = async || stage.studio.stories("shop").await.unwrap().unwrap();
    let story = |title: &str| {
        let lines =
            "  from: \"+85261230002\"\n  at: 2026-03-04 11:00 Asia/Hong_Kong\n  call: [hangs up]\n  records: nothing\n";
        format!("- story: {title}\n{lines}")
    };
    let keep = async |text: &str| {
        let rev = stage.studio.draft("shop").await.unwrap().rev;
        stage.studio.save("shop", "shop.stories.yaml", text, rev, "ada").await.unwrap();
    };
    let first = told().await;
    keep(&(story("at the end of a trial") + first.as_str())).await;
    let trial =
        publishes(&stage, "shop.yaml", "Goodbye from", "Farewell from", When::Share { percent: 50, margin: 5 }).await;
    stage.studio.stop(&trial.id, "ada").await.unwrap();
    keep(&(first.clone() + story("of somebody else").as_str())).await;
    publishes(&stage, "shop.yaml", "hear about an order", "ask about an order", When::Now).await;
    let rev = stage.studio.draft("shop").await.unwrap().rev;
    let draft = stage.studio.take_again("shop", &trial.id, rev, "ben").await.unwrap();
    let all = story("at the end of a trial") + first.as_str() + story("of somebody else").as_str();
    assert_eq!(draft.changed["shop.stories.yaml"], all);
}

pub async fn stories_follow_what_a_draft_changes(database: Database) {
    let stage = Stage::on(&database).await;
    stage.edit("shop", "shop.yaml", "key: 1, go: order", "key: 3, go: order").await;
    let draft = stage.edit("shop", "shop.yaml", "Your order is on its way.", "Your order left the house.").await;
    let known = stage.studio.stories("shop").await.unwrap().unwrap();
    let examined = stage.studio.examine(&draft).await.unwrap();
    let adapted = stage.studio.adapted(&draft, &examined).await.unwrap().remove(0);
    let wanted =
        known.replace("presses: \"1\"", "presses: \"3\"").replace("order is on its way", "order left the house");
    assert_eq!((adapted.before, &adapted.after.text, adapted.after.whole), (known, &wanted, 1));
    let refused = stage.studio.adapt("shop", draft.rev - 1, "ben").await;
    assert!(matches!(refused, Err(hotline::studio::StudioError::Changed { .. })), "{refused:?}");
    assert!(!stage.studio.draft("shop").await.unwrap().changed.contains_key("shop.stories.yaml"));
    assert_eq!(stage.studio.adapt("shop", draft.rev, "ben").await.unwrap().len(), 1);
    let draft = stage.studio.draft("shop").await.unwrap();
    assert_eq!((&draft.changed["shop.stories.yaml"], draft.by.as_deref()), (&wanted, Some("ben")));
    assert!(stage.studio.adapt("shop", draft.rev, "ben").await.unwrap().is_empty(), "all play");
    stage.publish("shop", When::Now).await;
    assert_eq!(stage.studio.stories("shop").await.unwrap(), Some(wanted));
}

pub async fn stories_of_a_hotline_that_a_draft_touches_follow_and_go_out_with_it(database: Database) {
    let stage = Stage::on(&database).await;
    let stories = stage.studio.stories("shop").await.unwrap().unwrap();
    let asks = stories.replace("somebody asks", "somebody asks the way and").replace("\"1\"", "\"2\"");
    let both = format!("{stories}{}", asks.replace("Your order is on its way", "Take the ferry"));
    stage.studio.save("shop", "shop.stories.yaml", &both, 0, "ada").await.unwrap();
    stage.publish("shop", When::Now).await;
    let draft = stage.edit("bank", "common/ways.yaml", "Take the ferry.", "Take the early tram.").await;
    let refused = stage.studio.publish("bank", draft.rev, super::drafts::now(), "ada").await;
    assert!(matches!(refused, Err(hotline::studio::StudioError::Refused(_))), "{refused:?}");
    assert_eq!(stage.studio.adapt("bank", draft.rev, "ada").await.unwrap().len(), 1);
    let draft = stage.studio.draft("bank").await.unwrap();
    let wanted = both.replace("Take the ferry", "Take the early tram");
    assert_eq!(draft.stories_of_others().collect::<Vec<_>>(), [("shop", &"shop.stories.yaml".to_owned(), &wanted)]);
    let files = stage.studio.files(&draft).await.unwrap();
    assert!(files.iter().all(|(name, _)| !name.ends_with(".stories.yaml")), "they are no file of the hotline");
    // As it was again, there is nothing left to follow.
    let was = stage.edit("bank", "common/ways.yaml", "Take the early tram.", "Take the ferry.").await;
    assert!(was.is_empty(), "{was:?}");
    let draft = stage.edit("bank", "common/ways.yaml", "Take the ferry.", "Take the early tram.").await;
    stage.studio.adapt("bank", draft.rev, "ada").await.unwrap();
    stage.publish("bank", When::Now).await;
    assert_eq!(stage.studio.stories("shop").await.unwrap(), Some(wanted));
    assert_eq!(stage.studio.stories("bank").await.unwrap(), None);
    let draft = stage.studio.draft("shop").await.unwrap();
    assert!(!stage.studio.examine(&draft).await.unwrap().blocks());
}

pub async fn stories_that_changed_meanwhile_are_never_written_over_unseen(database: Database) {
    let stage = Stage::on(&database).await;
    let told = async || stage.studio.stories("shop").await.unwrap().unwrap();
    let save = async |flow: &str, text: &str| {
        let rev = stage.studio.draft(flow).await.unwrap().rev;
        stage.studio.save(flow, "shop.stories.yaml", text, rev, "ada").await.unwrap()
    };
    let publish = async |flow: &str| {
        let rev = stage.studio.draft(flow).await.unwrap().rev;
        stage.studio.publish(flow, rev, super::drafts::now(), "ada").await
    };
    let told_so = |done| assert!(matches!(done, Err(hotline::studio::StudioError::Published { .. })), "{done:?}");
    // Their file changes on disk while the draft changes them too.
    let first = told().await;
    let draft = save("shop", &format!("{first}# at the end\n")).await;
    let mut files = super::stage::files();
    files.insert("shop.stories.yaml".to_owned(), format!("# at the top\n{first}"));
    stage.install(files).await;
    assert!(stage.studio.is_stale(&draft).await.unwrap());
    let told_who = publish("shop").await;
    assert!(matches!(&told_who, Err(hotline::studio::StudioError::Published { by }) if by == "files"), "{told_who:?}");
    let over = stage.studio.rebase("shop", draft.rev, "ada").await.unwrap();
    assert_eq!(over.changed["shop.stories.yaml"], format!("# at the top\n{first}# at the end\n"));
    assert!(!stage.studio.is_stale(&over).await.unwrap());
    // Those that wait over others, of the same version, do not take their place.
    let late = stage.publish("shop", When::At(super::stage::START + 60_000)).await;
    save("shop", &format!("# at the top\n{first}# sooner\n")).await;
    let sooner = publish("shop").await.unwrap();
    let late = stage.studio.release(&late.id).await.unwrap();
    assert_eq!(late.overtaken_by, Some(sooner.id), "{:?}", late.state);
    assert!(told().await.ends_with("# sooner\n"));
    // Stories of another hotline follow a file that both have, and somebody publishes other ones first.
    let asks = first.replace("somebody asks", "somebody asks the way and").replace("\"1\"", "\"2\"");
    let way = asks.replace("Your order is on its way", "Take the ferry");
    save("shop", &format!("{first}{way}")).await;
    publish("shop").await.unwrap();
    let draft = stage.edit("bank", "common/ways.yaml", "Take the ferry.", "Take the early tram.").await;
    stage.studio.adapt("bank", draft.rev, "ada").await.unwrap();
    save("shop", &format!("# theirs\n{first}{way}")).await;
    publish("shop").await.unwrap();
    told_so(publish("bank").await);
    assert!(told().await.starts_with("# theirs\n"));
    let rev = stage.studio.draft("bank").await.unwrap().rev;
    let over = stage.studio.rebase("bank", rev, "ada").await.unwrap();
    assert_eq!(over.stories_of_others().count(), 0, "they follow once more");
    stage.studio.adapt("bank", over.rev, "ada").await.unwrap();
    publish("bank").await.unwrap();
    assert_eq!(told().await, format!("# theirs\n{first}{}", way.replace("Take the ferry", "Take the early tram")));
    // What was published stays in sight when the file changes after it.
    assert_eq!(stage.studio.stories_beside("shop").await.unwrap(), None);
    let published = told().await;
    let mut files = super::stage::files();
    files.insert("shop.stories.yaml".to_owned(), format!("# on disk\n{first}"));
    files.insert("common/ways.yaml".to_owned(), files["common/ways.yaml"].replace("the ferry", "the early tram"));
    stage.install(files).await;
    let beside = stage.studio.stories_beside("shop").await.unwrap();
    assert_eq!(beside, Some((published, format!("# on disk\n{first}"))));
}
