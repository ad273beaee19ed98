//! The document: whole, sound, and in step with what is opened.

use super::stage::Stage;
use hotline::web::doors;
use serde_json::Value;
use std::collections::BTreeSet;

/// The operations of the document, with their methods and paths.
pub fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let of_path = |(path, item): (&String, &'_ Value)| {
        let path = path.clone();
        item.as_object().unwrap().keys().map(move |method| (method.clone(), path.clone())).collect::<Vec<_>>()
    };
    let all: Vec<(String, String)> = paths.flat_map(of_path).collect();
    all.into_iter()
        .map(|(method, path)| {
            let op = &document["paths"][&path][&method];
            (method, path, op)
        })
        .collect()
}

/// Every `$ref` in a value.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str().filter(|_| name == "$ref") {
                    Some(to) => drop(found.insert(to.to_owned())),
                    None => references(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_document_is_sound_and_says_all_that_programs_need() {
    let stage = Stage::new().await;
    let told = super::stage::told(stage.server.request("GET", "/api/v1/openapi.json")).await;
    let document = told.with(200);
    assert_eq!((told.kind.as_str(), document["openapi"].as_str()), ("application/json", Some("3.1.0")));
    assert_eq!(document["servers"][0]["url"], "/api/v1");
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    for to in &found {
        assert!(document.pointer(to.strip_prefix('#').unwrap()).is_some(), "{to} leads nowhere");
    }
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let place = format!("{method} {path}");
        assert!(ids.insert(operation["operationId"].as_str().expect(&place).to_owned()), "{place}: its id is taken");
        assert!(operation["summary"].as_str().is_some_and(|words| !words.is_empty()), "{place}");
        assert!(operation["tags"].as_array().is_some_and(|tags| tags.len() == 1), "{place}");
        let answers = operation["responses"].as_object().unwrap();
        assert!(answers.keys().any(|status| status.starts_with('2')), "{place}");
        for (status, answer) in answers {
            assert!(answer["description"].as_str().is_some_and(|words| !words.is_empty()), "{place} {status}");
            let kind = if status.starts_with('2') { "application/json" } else { "application/problem+json" };
            let described = answer["content"][kind]["schema"].is_object();
            assert!(described || status == "204", "{place} {status}");
        }
        let open = operation["security"][0].as_object().is_some_and(|needs| needs.is_empty());
        let mut wanted = if open { vec![] } else { vec!["401", "403", "500", "503"] };
        if method == "post" {
            wanted.extend(["400", "409", "413", "415", "422"]);
            let header = |p: &Value| p["name"] == "Idempotency-Key" && p["in"] == "header";
            assert!(operation["parameters"].as_array().unwrap().iter().any(header), "{place}");
        }
        if path.contains("{id}") {
            wanted.push("404");
        }
        for status in wanted {
            assert!(answers.contains_key(status), "{place}: {status}");
        }
        let holes: BTreeSet<&str> = path.split(['{', '}']).skip(1).step_by(2).collect();
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let told: BTreeSet<&str> =
            parameters.filter(|p| p["in"] == "path").map(|p| p["name"].as_str().unwrap()).collect();
        assert_eq!(holes, told, "{place}");
    }
    assert_eq!(ids.len(), 20);
}

#[tokio::test]
async fn what_is_documented_is_opened_and_the_other_way_round() {
    let stage = Stage::new().await;
    let document = stage.get(&stage.mei, "/openapi.json").await.with(200);
    let documented: BTreeSet<(String, String, Option<String>)> = operations(&document)
        .into_iter()
        .map(|(method, path, operation)| {
            let needs = operation["security"][0]["bearer"][0].as_str().map(str::to_owned);
            (method.to_uppercase(), format!("/api/v1{path}"), needs)
        })
        .collect();
    let (_, opened) = doors().into_parts();
    let opened: BTreeSet<_> = opened
        .iter()
        .filter(|door| door.path.starts_with("/api/"))
        .map(|door| (door.method.to_string(), door.path.to_string(), door.needs.map(|role| role.word().to_owned())))
        .collect();
    assert_eq!(documented, opened);
}
