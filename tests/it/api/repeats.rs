//! The same request under the same key is done once and answered the same.

use super::stage::{LINE, Stage, Told};
use crate::support::world::{awake, with_world};
use hotline::call::effect::Priority;
use hotline::store::Repeat;
use serde_json::{Value, json};
use std::sync::Arc;

fn same(one: &Told, other: &Told) {
    assert_eq!((one.status, &one.kind, &one.text), (other.status, &other.kind, &other.text));
}

#[tokio::test]
async fn a_repeated_request_is_answered_the_same_also_by_another_server() {
    let mut stage = Stage::new().await;
    for n in 0..3 {
        stage.trial(n, "repeated", Priority::Normal, 60).await;
    }
    let next = json!({ "trials": true, "topic": "repeated" });
    let first = stage.post_once(&stage.mei, "one", "/requests/next", &next).await;
    first.with(200);
    same(&first, &stage.post_once(&stage.mei, "one", "/requests/next", &next).await);
    let other = stage.post_once(&stage.ken, "one", "/requests/next", &next).await;
    assert_ne!(other.with(200)["id"], first.json()["id"], "keys are each person's own");
    let id = first.json()["id"].as_str().unwrap().to_owned();
    let refused = stage.post_once(&stage.ken, "two", &format!("/requests/{id}/claim"), &Value::Null).await;
    refused.problem(409, "held-by");
    stage.post_once(&stage.mei, "three", "/requests/next", &next).await.with(200);
    let nothing = stage.post_once(&stage.mei, "four", "/requests/next", &next).await;
    assert_eq!(nothing.with(204), Value::Null);
    stage.server.kill();
    stage.server = stage.home.start();
    same(&first, &stage.post_once(&stage.mei, "one", "/requests/next", &next).await);
    stage.trial(9, "repeated", Priority::Normal, 60).await;
    same(&nothing, &stage.post_once(&stage.mei, "four", "/requests/next", &next).await);
    let mine = stage.get(&stage.mei, "/requests?section=mine&trials=true").await.with(200);
    assert_eq!(mine["requests"].as_array().unwrap().len(), 2, "repeating took nothing");
}

#[tokio::test]
async fn what_could_not_be_is_tried_anew_under_its_key() {
    let stage = Stage::new().await;
    let id = stage.trial(1, "held", Priority::Normal, 60).await;
    let path = |end: &str| format!("/requests/{id}/{end}");
    stage.post(&stage.mei, &path("claim"), Value::Null).await.with(200);
    stage.post_once(&stage.ken, "mine", &path("claim"), &Value::Null).await.problem(409, "held-by");
    stage.post(&stage.mei, &path("release"), Value::Null).await.with(200);
    let claimed = stage.post_once(&stage.ken, "mine", &path("claim"), &Value::Null).await;
    assert_eq!(claimed.with(200)["holder"], "ken");
    stage.post(&stage.ken, &path("release"), Value::Null).await.with(200);
    same(&claimed, &stage.post_once(&stage.ken, "mine", &path("claim"), &Value::Null).await);

    let new = |topic: &str| json!({ "line": LINE, "topic": topic, "lang": "zh-HK", "number": "+85261230080" });
    for topic in ["one", "two", "three"] {
        stage.post(&stage.mei, "/requests", new(topic)).await.with(201);
    }
    stage.post_once(&stage.mei, "many", "/requests", &new("four")).await.problem(409, "too-many");
    let at = hotline::words::clock::now().as_millisecond();
    assert_eq!(stage.store.claim_key("mei", "many", "anything", at).await.unwrap(), Repeat::New, "the key is free");
}

#[tokio::test]
async fn a_key_belongs_to_one_request() {
    let stage = Stage::new().await;
    let id = stage.trial(1, "keyed", Priority::Normal, 60).await;
    let notes = format!("/requests/{id}/notes");
    stage.post_once(&stage.mei, "key", &notes, &json!({ "note": "one" })).await.with(200);
    let other = stage.post_once(&stage.mei, "key", &notes, &json!({ "note": "two" })).await;
    assert_eq!(other.problem(422, "other-request")["field"], "Idempotency-Key");
    let other = stage.post_once(&stage.mei, "key", &format!("/requests/{id}/claim"), &Value::Null).await;
    other.problem(422, "other-request");
    let card = stage.get(&stage.mei, &format!("/requests/{id}")).await.with(200);
    assert_eq!(card["history"].as_array().unwrap().iter().filter(|entry| entry["what"] == "note").count(), 1);
    for wrong in ["", "two words", &"k".repeat(129)] {
        let told = stage.post_once(&stage.mei, wrong, &notes, &json!({ "note": "three" })).await;
        assert_eq!(told.problem(400, "key")["field"], "Idempotency-Key");
    }
    stage.post_once(&stage.mei, &"k".repeat(128), &notes, &json!({ "note": "three" })).await.with(200);
}

#[tokio::test]
async fn twenty_at_once_are_done_once() {
    let stage = Arc::new(Stage::new().await);
    let new = json!({ "line": LINE, "topic": "at-once", "lang": "zh-HK", "number": "+85261230078" });
    let mut asked = Vec::new();
    for _ in 0..20 {
        let (stage, new) = (stage.clone(), new.clone());
        asked.push(tokio::spawn(async move { stage.post_once(&stage.mei, "once", "/requests", &new).await }));
    }
    let mut recorded = Vec::new();
    for told in asked {
        let told = told.await.unwrap();
        match told.status {
            201 => recorded.push(told.text),
            _ => drop(told.problem(409, "busy")),
        }
    }
    assert!(!recorded.is_empty() && recorded.iter().all(|told| *told == recorded[0]), "{recorded:?}");
    let again = stage.post_once(&stage.mei, "once", "/requests", &new).await;
    assert_eq!((again.status, &again.text), (201, &recorded[0]));
    assert_eq!(again.json()["asked"], 1, "it was asked for once");
}

#[tokio::test]
async fn a_number_is_kept_under_no_key_and_each_showing_is_in_the_history() {
    let (stage, awake) = (Stage::at(with_world()).await, awake());
    let new = json!({ "line": "world", "topic": "shown", "lang": "en-US", "number": awake });
    let id = stage.post(&stage.mei, "/requests", new).await.with(201)["id"].as_str().unwrap().to_owned();
    stage.post(&stage.mei, &format!("/requests/{id}/claim"), Value::Null).await.with(200);
    let number = format!("/requests/{id}/number");
    let first = stage.post_once(&stage.mei, "shown", &number, &Value::Null).await;
    assert_eq!(first.with(200)["number"], awake);
    same(&first, &stage.post_once(&stage.mei, "shown", &number, &Value::Null).await);
    stage.post(&stage.mei, &format!("/requests/{id}/release"), Value::Null).await.with(200);
    stage.post_once(&stage.mei, "shown", &number, &Value::Null).await.problem(409, "not-held");
    let card = stage.get(&stage.mei, &format!("/requests/{id}")).await.with(200);
    let shown = card["history"].as_array().unwrap().iter().filter(|entry| entry["what"] == "number shown").count();
    assert_eq!(shown, 2);
}
