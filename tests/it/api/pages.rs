//! The list, page by page, while others work on it.

use super::stage::Stage;
use crate::support::server::Home;
use hotline::call::effect::Priority;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const PRIORITIES: [Priority; 4] = [Priority::Urgent, Priority::High, Priority::Normal, Priority::Low];

#[tokio::test]
async fn five_hundred_are_read_without_loss_or_doubles_while_others_change() {
    let stage = Stage::new().await;
    let mut ids = Vec::new();
    for n in 0..500_u32 {
        // Some overdue, many due at the same time.
        ids.push(stage.trial(n, "paged", PRIORITIES[n as usize % 4], i64::from(n % 9) - 3).await);
    }
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let mut order = Vec::new();
    let mut path = "/requests?trials=true&topic=paged&limit=37".to_owned();
    let (mut pages, mut taken) = (0, Vec::new());
    loop {
        let told = stage.get(&stage.mei, &path).await;
        let page = told.with(200);
        for request in page["requests"].as_array().unwrap() {
            *seen.entry(request["id"].as_str().unwrap().to_owned()).or_default() += 1;
            order.push((request["priority"] != "urgent", request["id"].clone()));
        }
        // Meanwhile somebody takes one, another is recorded, and one becomes urgent.
        pages += 1;
        let next =
            stage.post(&stage.ken, "/requests/next", json!({ "trials": true, "topic": "paged" })).await.with(200);
        taken.push(next["id"].as_str().unwrap().to_owned());
        stage.trial(500 + pages, "paged", Priority::Urgent, -60).await;
        let raised = &ids[pages as usize * 7 + 2];
        stage
            .post(&stage.lin, &format!("/requests/{raised}/priority"), json!({ "priority": "urgent" }))
            .await
            .with(200);
        taken.push(raised.clone());
        match page["next"].as_str() {
            None => {
                assert!(told.head.get("link").is_none());
                break;
            }
            Some(cursor) => {
                let link = told.head["link"].to_str().unwrap();
                assert!(link.ends_with("; rel=\"next\"") && link.contains(cursor), "{link}");
                path = link.trim_start_matches("</api/v1").split('>').next().unwrap().to_owned();
            }
        }
    }
    assert_eq!(pages, 14, "500 on pages of 37");
    let doubles: Vec<_> = seen.iter().filter(|(_, times)| **times > 1).collect();
    assert!(doubles.is_empty(), "{doubles:?}");
    let lost: Vec<_> = ids.iter().filter(|id| !seen.contains_key(*id) && !taken.contains(id)).collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert!(order.is_sorted_by_key(|(rank, _)| *rank), "urgent ones first");
}

#[tokio::test]
async fn each_part_is_read_to_its_end_in_its_order() {
    each_part(Stage::new().await).await;
}

#[tokio::test]
async fn each_part_is_read_to_its_end_in_its_order_from_postgresql() {
    let database = crate::support::postgres::fresh_database().await;
    each_part(Stage::at(Home::new().set("HOTLINE_DATABASE_URL", &database)).await).await;
}

async fn each_part(stage: Stage) {
    let mut ids = Vec::new();
    for n in 0..12_u32 {
        ids.push(stage.trial(n, "parts", Priority::Normal, i64::from(n)).await);
    }
    for id in &ids[..7] {
        stage.post(&stage.mei, &format!("/requests/{id}/claim"), Value::Null).await.with(200);
    }
    for id in &ids[..4] {
        stage.post(&stage.lin, &format!("/requests/{id}/close"), json!({ "why": "enough" })).await.with(200);
    }
    for (section, wanted) in [("waiting", 5), ("held", 3), ("mine", 3), ("finished", 4), ("all", 12), ("later", 0)] {
        let mut found = Vec::new();
        let mut path = format!("/requests?section={section}&trials=true&topic=parts&limit=2");
        loop {
            let page = stage.get(&stage.mei, &path).await.with(200);
            found.extend(page["requests"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap().to_owned()));
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/requests?section={section}&trials=true&topic=parts&limit=2&cursor={next}");
        }
        let mut once = found.clone();
        once.sort();
        once.dedup();
        assert_eq!((found.len(), once.len()), (wanted, wanted), "{section}");
        if ["all", "finished"].contains(&section) {
            assert!(found.is_sorted_by(|a, b| a > b), "{section}: the newest first");
        } else {
            assert!(found.is_sorted(), "{section}: by promise");
        }
    }
    let first = stage.get(&stage.mei, "/requests?trials=true&limit=1").await.with(200);
    let cursor = first["next"].as_str().unwrap();
    for path in [
        format!("/requests?limit=1&cursor={cursor}"),
        format!("/requests?trials=true&section=all&cursor={cursor}"),
        format!("/requests?trials=true&cursor={}", &cursor[..cursor.len() - 3]),
        "/requests?cursor=%00".to_owned(),
    ] {
        assert_eq!(stage.get(&stage.mei, &path).await.problem(422, "field")["field"], "cursor", "{path}");
    }
}
