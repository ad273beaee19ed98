//! The life of a request, as a program lives it.

use super::stage::{LINE, Stage};
use crate::support::world::{awake, with_world};
use hotline::call::effect::Priority;
use serde_json::{Value, json};

/// What the history says happened, in order.
fn history(card: &Value) -> Vec<&str> {
    card["history"].as_array().unwrap().iter().map(|entry| entry["what"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_request_is_recorded_taken_called_and_solved() {
    let stage = Stage::new().await;
    let (mei, ken) = (&stage.mei, &stage.ken);
    let id = stage.trial(1, "failed-payment", Priority::High, 60).await;
    let path = |end: &str| format!("/requests/{id}{end}");
    let list = stage.get(mei, "/requests?trials=true&topic=failed-payment").await.with(200);
    assert_eq!(list["requests"][0]["id"], *id);
    let taken = stage.post(mei, "/requests/next", json!({ "trials": true, "topic": "failed-payment" })).await.with(200);
    assert_eq!((&taken["id"], &taken["holder"], &taken["state"]), (&json!(id), &json!("mei"), &json!("claimed")));
    let next = stage.post(ken, "/requests/next", json!({ "trials": true, "topic": "failed-payment" })).await;
    assert_eq!(next.with(204), Value::Null);
    assert!(next.text.is_empty());
    let held = stage.post(ken, &path("/claim"), Value::Null).await.problem(409, "held-by");
    assert_eq!((&held["holder"], held["until"].is_string()), (&json!("mei"), true));
    let lease = stage.post(mei, &path("/extend"), Value::Null).await.with(200);
    let until = |told: &serde_json::Value| told["lease_until"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert!(until(&lease) >= until(&taken));
    let noted = stage.post(ken, &path("/notes"), json!({ "note": "called the bank" })).await.with(200);
    assert!(noted["version"].as_i64() > taken["version"].as_i64());
    stage.post(mei, &path("/number"), Value::Null).await.problem(409, "trial");
    stage.post(mei, &path("/attempts"), json!({ "nth": 1, "way": "hand" })).await.problem(409, "trial");
    let gap = stage.post(mei, &path("/attempts"), json!({ "nth": 7, "way": "trial" })).await.problem(409, "no-attempt");
    assert_eq!(gap["nth"], 1);
    let dial = stage.post(mei, &path("/attempts"), json!({ "nth": 1, "way": "trial" })).await.with(200);
    let again = stage.post(mei, &path("/attempts"), json!({ "nth": 1, "way": "trial" })).await.with(200);
    assert_eq!((&dial, &dial["person"]), (&again, &json!("mei")));
    stage.post(mei, &path("/attempts/1/outcome"), json!({ "outcome": "reached" })).await.with(200);
    let solved = json!({ "outcome": "solved", "note": "refunded" });
    let done = stage.post(mei, &path("/attempts/1/outcome"), solved).await.with(200);
    assert_eq!((&done["state"], &done["holder"], &done["ended_by"]), (&json!("done"), &Value::Null, &json!("mei")));
    let late = stage.post(mei, &path("/attempts/1/outcome"), json!({ "outcome": "busy" })).await;
    assert_eq!(late.problem(409, "already-said")["stands"], "solved");
    let over = stage.post(ken, &path("/claim"), Value::Null).await.problem(409, "over");
    assert_eq!((&over["stands"], &over["by"]), (&json!("done"), &json!("mei")));
    let card = stage.get(mei, &path("")).await.with(200);
    assert_eq!(history(&card), ["filed", "claimed", "note", "called", "outcome", "outcome", "done"]);
    assert_eq!((card["attempts"].as_array().unwrap().len(), &card["attempts"][0]["outcome"]), (1, &json!("solved")));
    let finished = stage.get(mei, "/requests?section=finished&trials=true&topic=failed-payment").await.with(200);
    assert_eq!(finished["requests"][0]["id"], *id);
}

#[tokio::test]
async fn no_number_is_told_but_by_asking_for_it() {
    let stage = Stage::new().await;
    let id = stage.trial(2, "failed-payment", Priority::High, 60).await;
    for path in [format!("/requests/{id}"), "/requests?trials=true&section=all".to_owned()] {
        let told = stage.get(&stage.mei, &path).await;
        assert!(told.text.contains("+852 ** ** 0002") || told.text.contains("0002\""), "{}", told.text);
        assert!(!told.text.contains("+85260000002") && !told.text.contains("+85261230001"), "{}", told.text);
    }
}

#[tokio::test]
async fn a_request_from_another_channel_is_recorded_and_its_number_shown_to_whoever_has_it() {
    let (stage, awake) = (Stage::at(with_world()).await, awake());
    let (mei, ken) = (&stage.mei, &stage.ken);
    let new = json!({
        "line": "world", "topic": "refund-web", "lang": "en-US", "number": awake,
        "collected": { "order": "4711" }
    });
    let recorded = stage.post(mei, "/requests", new.clone()).await.with(201);
    assert_eq!((&recorded["state"], &recorded["trial"]), (&json!("open"), &json!(false)));
    assert_eq!(recorded["collected"], json!([{ "name": "order", "value": "4711" }]));
    let added = stage.post(mei, "/requests", new).await.with(200);
    assert_eq!((&added["id"], &added["asked"]), (&recorded["id"], &json!(2)));
    let id = recorded["id"].as_str().unwrap();
    let number = format!("/requests/{id}/number");
    stage.post(mei, &number, Value::Null).await.problem(409, "not-held");
    stage.post(mei, &format!("/requests/{id}/claim"), Value::Null).await.with(200);
    stage.post(ken, &number, Value::Null).await.problem(409, "held-by");
    assert_eq!(stage.post(mei, &number, Value::Null).await.with(200), json!({ "number": awake }));
    let card = stage.get(mei, &format!("/requests/{id}")).await.with(200);
    assert!(history(&card).contains(&"number shown"), "{card}");
    let back = stage.post(mei, &format!("/requests/{id}/release"), json!({ "why": "for disputes" })).await.with(200);
    assert_eq!((&back["state"], &back["holder"]), (&json!("open"), &Value::Null));
}

#[tokio::test]
async fn an_account_alone_is_rung_at_its_registered_number_which_no_agents_token_changes() {
    let stage = Stage::new().await;
    let new = json!({
        "line": LINE, "topic": "from-app", "lang": "zh-CN", "account": "10001001", "level": 2, "priority": "urgent",
        "collected": { "said": "ring my wife, +852 6123-0088, about 20260301004711" }
    });
    let recorded = stage.post(&stage.mei, "/requests", new.clone()).await.with(201);
    assert_eq!((&recorded["number"], &recorded["priority"]), (&json!("+86 *** *** 1001"), &json!("high")));
    let said = "ring my wife, +852 **** 0088, about 20260301004711";
    assert_eq!(recorded["collected"][0]["value"], said, "the number is masked, the transaction can be read");
    let mut moved = new.clone();
    moved["number"] = json!("+8613800138001");
    let added = stage.post(&stage.mei, "/requests", moved).await.with(200);
    assert_eq!((&added["id"], &added["number"]), (&recorded["id"], &recorded["number"]));
    let note = format!("/requests/{}/notes", recorded["id"].as_str().unwrap());
    stage.post(&stage.mei, &note, json!({ "note": "not +85261230088!" })).await.with(200);
    let card = stage.get(&stage.mei, &format!("/requests/{}", recorded["id"].as_str().unwrap())).await;
    let last = card.with(200)["history"].as_array().unwrap().last().unwrap()["detail"].to_string();
    assert!(last.contains("not +852 **** 0088!") && !card.text.contains("61230088"), "{}", card.text);
    let nobody = json!({ "line": LINE, "topic": "from-app", "lang": "zh-CN" });
    assert_eq!(stage.post(&stage.mei, "/requests", nobody).await.problem(422, "field")["field"], "number");
    assert_eq!(stage.post(&stage.lin, "/requests", new).await.with(200)["priority"], "urgent");
}

#[tokio::test]
async fn a_supervisor_gives_raises_closes_and_looks_over_all() {
    let stage = Stage::new().await;
    let (mei, lin) = (&stage.mei, &stage.lin);
    let id = stage.trial(3, "failed-payment", Priority::Low, 60).await;
    let path = |end: &str| format!("/requests/{id}{end}");
    let given = stage.post(lin, &path("/assign"), json!({ "to": "mei" })).await.with(200);
    assert_eq!(given["holder"], "mei");
    assert_eq!(
        stage.post(lin, &path("/assign"), json!({ "to": "nobody" })).await.problem(422, "no-person")["field"],
        "to"
    );
    let raised = stage.post(lin, &path("/priority"), json!({ "priority": "urgent" })).await.with(200);
    assert_eq!(raised["priority"], "urgent");
    let unlock = stage.post(lin, &path("/unlock"), Value::Null).await.problem(422, "field");
    assert_eq!(unlock["field"], "account");
    let now = stage.get(lin, "/overview?trials=true&zone=Asia/Tokyo").await.with(200);
    assert!(now["held"].as_array().unwrap().iter().any(|held| held["id"] == *id && held["person"] == "mei"), "{now}");
    let mine = stage.get(mei, "/requests?section=mine&trials=true").await.with(200);
    assert_eq!(mine["requests"].as_array().unwrap().len(), 1);
    let closed = stage.post(lin, &path("/close"), json!({ "why": "asked twice" })).await.with(200);
    assert_eq!((&closed["state"], &closed["reason"]), (&json!("closed"), &json!("asked twice")));
    for (end, body) in [
        ("/assign", json!({ "to": "mei" })),
        ("/priority", json!({ "priority": "low" })),
        ("/close", json!({ "why": "no" })),
        ("/unlock", Value::Null),
    ] {
        stage.post(mei, &path(end), body).await.problem(403, "about:blank");
    }
    stage.get(mei, "/overview").await.problem(403, "about:blank");
    let me = stage.get(lin, "/me").await.with(200);
    assert_eq!((&me["name"], &me["role"]), (&json!("lin"), &json!("supervisor")));
}
