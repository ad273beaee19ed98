//! Drafts: saved as they are typed, by whoever types.

use super::Database;
use super::stage::Stage;
use hotline::studio::{Publish, StudioError, When};

pub fn now() -> Publish {
    Publish { note: "now".to_owned(), when: When::Now }
}

pub async fn two_people_who_type_at_once_are_told(database: Database) {
    let stage = Stage::on(&database).await;
    let studio = &stage.studio;
    let empty = studio.draft("shop").await.unwrap();
    assert!(empty.is_empty() && empty.rev == 0 && empty.by.is_none());
    let draft = stage.edit("shop", "shop.yaml", "Welcome to the shop.", "Good day.").await;
    assert_eq!((draft.rev, draft.by.as_deref()), (1, Some("ada")));
    let refused = studio.save("shop", "shop.yaml", "flow: mine", 0, "ben").await;
    let Err(StudioError::Changed { by, draft }) = refused else { panic!("{refused:?}") };
    assert_eq!(by.as_deref(), Some("ada"));
    assert!(draft.changed["shop.yaml"].contains("Good day."), "it is what lies there");
    assert!(studio.draft("shop").await.unwrap().changed["shop.yaml"].contains("Good day."));
    assert!(studio.publish("shop", 0, now(), "ben").await.is_err(), "not what ben saw");
    assert!(matches!(studio.discard("shop", 0, "ben").await, Err(StudioError::Changed { .. })));

    // As it was again, nothing is changed; and the count goes on.
    let files = studio.version_files(&draft.base).await.unwrap();
    let same = studio.save("shop", "shop.yaml", &files[0].1.replace('\n', "\r\n"), 1, "ben").await.unwrap();
    assert!(same.is_empty(), "a browser's line ends are no change");
    assert!(matches!(studio.publish("shop", 2, now(), "ben").await, Err(StudioError::Nothing)));
    studio.discard("shop", 2, "ben").await.unwrap();
    assert_eq!(studio.draft("shop").await.unwrap().rev, 3);
    assert!(matches!(studio.draft("nothing").await, Err(StudioError::UnknownFlow(_))));
}

pub async fn a_draft_with_mistakes_is_saved_and_says_why_it_cannot_be_published(database: Database) {
    let stage = Stage::on(&database).await;
    let draft = stage.edit("shop", "shop.yaml", "go: order", "go: ordre").await;
    let problems = stage.studio.check(&draft).await.unwrap();
    assert!(problems.iter().any(|problem| problem.blocks() && problem.what.contains("ordre")), "{problems:?}");
    let refused = stage.studio.publish("shop", draft.rev, now(), "ada").await;
    let Err(StudioError::Refused(examined)) = refused else { panic!("{refused:?}") };
    assert!(examined.flow.is_none());
    assert!(examined.problems.iter().any(|problem| problem.line == 15 && problem.hint.contains("order")));
    assert!(matches!(stage.studio.try_out(&draft).await, Err(StudioError::Refused(_))));
    assert!(stage.hears("shop").await.contains("Welcome to the shop."));
    stage.edit("shop", "shop.yaml", "go: ordre", "go: order").await;
    assert!(stage.studio.draft("shop").await.unwrap().is_empty());
}

pub async fn a_story_that_goes_another_way_keeps_a_draft_back(database: Database) {
    let stage = Stage::on(&database).await;
    let draft = stage.edit("shop", "shop.yaml", "Your order is on its way.", "It was sent.").await;
    let refused = stage.studio.publish("shop", draft.rev, now(), "ada").await;
    let Err(StudioError::Refused(examined)) = refused else { panic!("{refused:?}") };
    let told: Vec<_> = examined.stories.iter().filter(|told| told.failure.is_some()).collect();
    assert_eq!((told.len(), told[0].title.as_str(), told[0].line), (1, "somebody asks about an order", 1));
    assert!(examined.flow.is_some(), "it could be called all the same");
    // The story is mended with the words, and published with them.
    let stories = stage.studio.stories("shop").await.unwrap().unwrap();
    let mended = stories.replace("Your order is on its way", "It was sent");
    let draft = stage.studio.save("shop", "shop.stories.yaml", &mended, draft.rev, "ada").await.unwrap();
    let version = stage.studio.publish("shop", draft.rev, now(), "ada").await.unwrap();
    assert_eq!(stage.studio.stories("shop").await.unwrap(), Some(mended));
    let files = stage.studio.version_files(&version.digest).await.unwrap();
    assert!(files.iter().all(|(name, _)| name != "shop.stories.yaml"), "stories make no other version");
}

pub async fn a_draft_can_be_called_before_anybody_else_hears_it(database: Database) {
    let stage = Stage::on(&database).await;
    let draft = stage.edit("shop", "shop.yaml", "Welcome to the shop.", "This is a trial.").await;
    let digest = stage.studio.try_out(&draft).await.unwrap();
    hotline::outside::start_tls();
    let phone = async |version: &str, token: &str| {
        let url = format!("http://{}/voice/phone?flow=shop&version={version}", stage.server);
        let request = reqwest::Client::new().post(url).header("authorization", format!("Bearer {token}"));
        let call = hotline::words::CallId::fresh();
        let body = serde_json::json!({ "call": call.as_str(), "from": "+85261230001", "dialled": "shop" });
        let answer = request.json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let token = stage.answerer.phone_token();
    let (status, heard) = phone(&digest, token.reveal()).await;
    assert_eq!(status, 200, "{heard}");
    assert!(heard.contains("This is a trial."), "{heard}");
    let (_, heard) = phone("0000", token.reveal()).await;
    assert!(!heard.contains("This is a trial.") && !heard.contains("Welcome"), "{heard}");
    assert_ne!(phone(&digest, "made up").await.0, 200, "whoever has no token begins none");
    // Whoever calls by a provider gets what is live, whatever the address says.
    assert!(stage.hears(&format!("shop&version={digest}")).await.contains("Welcome to the shop."));
}

pub async fn names_and_sizes_that_no_file_has_are_refused(database: Database) {
    let stage = Stage::on(&database).await;
    let save = async |file: &str, text: &str| stage.studio.save("shop", file, text, 0, "ada").await;
    for file in
        ["bank.yaml", "../shop.yaml", "common/../../x.yaml", "common/.yaml", "common/a/b.yaml", "audio/a.mp3", ""]
    {
        assert!(matches!(save(file, "x").await, Err(StudioError::UnknownFile(_))), "{file}");
    }
    let large = "x".repeat(2 * 1024 * 1024 + 1);
    assert!(matches!(save("shop.yaml", &large).await, Err(StudioError::TooLarge(_))));
    let draft = save("common/new.yaml", "flow: new\nlanguages: [en-US]\nstart: a\nsteps:\n  a: { return: {} }\n")
        .await
        .unwrap();
    let told = stage.studio.publish("shop", draft.rev, now(), "ada").await;
    assert!(matches!(&told, Err(StudioError::Unused(file)) if file == "common/new.yaml"), "{told:?}");
}

pub async fn a_large_draft_is_published_while_calls_go_on(database: Database) {
    let stage = Stage::on(&database).await;
    let sources = crate::support::flows::files().remove("sources.yaml").unwrap();
    stage.studio.save("bank", "sources.yaml", &sources, 0, "ada").await.unwrap();
    let text = crate::support::large::hotline(1000).replace("flow: test", "flow: bank");
    let draft = stage.studio.save("bank", "bank.yaml", &text, 1, "ada").await.unwrap();
    let (examined, heard) = tokio::join!(stage.studio.examine(&draft), stage.hears("bank"));
    let examined = examined.unwrap();
    let blocks: Vec<_> = examined.problems.iter().filter(|problem| problem.blocks()).collect();
    assert!(blocks.is_empty(), "{:?}", blocks.first());
    assert!(heard.contains("Welcome to the bank."));
    stage.studio.publish("bank", draft.rev, now(), "ada").await.unwrap();
    assert!(stage.hears("bank").await.contains("matter 0"));
}

pub async fn a_huge_and_hostile_draft_is_saved_and_told(database: Database) {
    let stage = Stage::on(&database).await;
    let mut rev = 0;
    let deep = format!("flow: shop\nsteps: {}{}", "[".repeat(500_000), "]".repeat(500_000));
    let bomb = format!("flow: shop\na: &a [x]\nsteps: [{}]\n", "*a, ".repeat(300_000));
    let wide = format!("flow: shop\nsteps:\n{}", "  a: { say: { en-US: x }, then: a }\n".repeat(50_000));
    for text in [deep, bomb, wide, "\u{0}\u{1}".repeat(500_000), "- ".repeat(700_000)] {
        let draft = stage.studio.save("shop", "shop.yaml", &text, rev, "ada").await.unwrap();
        rev = draft.rev;
        let examined = stage.studio.examine(&draft).await.unwrap();
        assert!(examined.blocks() && !examined.problems.is_empty());
    }
    assert!(stage.hears("shop").await.contains("Welcome to the shop."), "calls go on");
}
