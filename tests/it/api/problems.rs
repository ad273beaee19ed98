//! What is wrong is told as a problem that names it.

use super::stage::{LINE, Stage, told};
use hotline::call::effect::Priority;
use serde_json::{Value, json};

#[tokio::test]
async fn whoever_asks_without_a_token_that_counts_is_told_so() {
    let stage = Stage::new().await;
    let unknown = async |request: reqwest::RequestBuilder| {
        let told = told(request).await;
        told.problem(401, "about:blank");
        assert!(told.head["www-authenticate"].to_str().unwrap().starts_with("Bearer"), "{told:?}");
    };
    unknown(stage.server.request("GET", "/api/v1/me")).await;
    unknown(stage.asking("GET", "/me", "hl_nobodys")).await;
    unknown(stage.asking("POST", "/requests/next", "nonsense").body("{")).await;
    unknown(stage.server.request("GET", "/api/v1/me").basic_auth("mei", Some("x"))).await;
    let (id, token) = stage.store.new_token("mei", "another", 0).await.unwrap().unwrap();
    stage.get(token.reveal(), "/me").await.with(200);
    assert!(stage.store.revoke_token("mei", &id).await.unwrap());
    unknown(stage.asking("GET", "/me", token.reveal())).await;
    assert!(stage.store.disable_person("ken", true).await.unwrap());
    unknown(stage.asking("GET", "/me", &stage.ken)).await;
}

#[tokio::test]
async fn what_a_body_must_not_be_is_named() {
    let stage = Stage::new().await;
    let id = stage.trial(1, "wrong", Priority::Normal, 60).await;
    let notes = format!("/requests/{id}/notes");
    let text = |kind: &'static str, body: &'static str| {
        told(stage.asking("POST", &notes, &stage.mei).header("content-type", kind).body(body))
    };
    text("application/json", "{").await.problem(400, "malformed");
    text("application/json", "").await.problem(400, "malformed");
    text("application/json", r#"{"note": "\ud800"}"#).await.problem(400, "malformed");
    text("text/plain", r#"{"note": "x"}"#).await.problem(415, "media-type");
    text("application/json; charset=utf-8", r#"{"note": "x"}"#).await.with(200);
    let large = json!({ "note": "x".repeat(70_000) });
    stage.post(&stage.mei, &notes, large).await.problem(413, "too-large");
    let parts = futures_util::stream::iter([Ok::<_, std::io::Error>(vec![b' '; 40_000]), Ok(vec![b' '; 40_000])]);
    let flowing = reqwest::Body::wrap_stream(parts);
    let flowing = stage.asking("POST", &notes, &stage.mei).header("content-type", "application/json").body(flowing);
    told(flowing).await.problem(413, "too-large");
    for (body, field) in [
        (json!(["note"]), "body"),
        (json!({}), "note"),
        (json!({ "note": 1 }), "note"),
        (json!({ "note": "x", "more": 1 }), "more"),
        (json!({ "note": "" }), "note"),
        (json!({ "note": "\u{0}" }), "note"),
        (json!({ "note": "x".repeat(4001) }), "note"),
    ] {
        assert_eq!(stage.post(&stage.mei, &notes, body.clone()).await.problem(422, "field")["field"], field, "{body}");
    }
    let new = json!({ "line": LINE, "topic": "wrong", "lang": "zh-HK", "number": "+85261230001" });
    for (name, value) in [
        ("line", json!("nowhere")),
        ("lang", json!("tlh")),
        ("lang", json!("fr-FR")),
        ("number", json!("61230001")),
        ("number", json!("+1")),
        ("number", Value::Null),
        ("priority", json!("now")),
        ("level", json!(4)),
        ("level", json!(1.5)),
        ("account", json!("10001001")),
        ("topic", json!(" ")),
        ("collected", json!({ "": "x" })),
        ("collected", json!(["x"])),
    ] {
        let mut wrong = new.clone();
        wrong[name] = value;
        let problem = stage.post(&stage.mei, "/requests", wrong.clone()).await.problem(422, "field");
        assert_eq!(problem["field"], name, "{wrong}: {problem}");
        assert!(problem["detail"].as_str().unwrap().starts_with(&format!("`{name}`")), "{problem}");
    }
    stage.post(&stage.mei, "/requests", new).await.with(201);
}

#[tokio::test]
async fn wrong_parameters_addresses_and_methods_are_named() {
    let stage = Stage::new().await;
    for (query, field) in [
        ("section=some", "section"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=+5", "limit"),
        ("lang=zh-CN,xx", "lang"),
        ("overdue=yes", "overdue"),
        ("trials=true&trials=true", "trials"),
        ("since=yesterday&section=finished", "since"),
        ("since=2026-01-01T00:00:00Z", "since"),
        ("topic=", "topic"),
        ("page=2", "page"),
        ("line=%00", "line"),
    ] {
        let told = stage.get(&stage.mei, &format!("/requests?{query}")).await;
        assert_eq!(told.problem(422, "field")["field"], field, "{query}");
    }
    stage.get(&stage.mei, "/requests?lang=zh-CN,ja-JP&skill=a,b&overdue=true&limit=200").await.with(200);
    let nobody = "0".repeat(32);
    for id in [nobody.as_str(), "1", "%00", "..%2f..", "%ff"] {
        stage.get(&stage.mei, &format!("/requests/{id}")).await.problem(404, "no-request");
        stage.post(&stage.mei, &format!("/requests/{id}/claim"), Value::Null).await.problem(404, "no-request");
    }
    let id = stage.trial(1, "wrong", Priority::Normal, 60).await;
    for nth in ["0", "-1", "x", "99999999999"] {
        let path = format!("/requests/{id}/attempts/{nth}/outcome");
        stage.post(&stage.mei, &path, json!({ "outcome": "busy" })).await.problem(404, "no-request");
    }
    for path in ["", "/", "/none", "/requests/1/2/3/4", "/../v2"] {
        stage.get(&stage.mei, path).await.problem(404, "no-address");
    }
    told(stage.server.request("GET", "/api")).await.problem(404, "no-address");
    told(stage.server.request("POST", "/api/v2/requests")).await.problem(404, "no-address");
    let wrong = told(stage.asking("DELETE", "/requests", &stage.mei)).await;
    wrong.problem(405, "method");
    let allowed = wrong.head["allow"].to_str().unwrap();
    assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed}");
}

#[tokio::test]
async fn what_the_rules_of_calling_refuse_says_what_would_do() {
    let stage = Stage::new().await;
    let id = stage.trial(1, "rules", Priority::Normal, 60).await;
    let path = |end: &str| format!("/requests/{id}{end}");
    stage.post(&stage.mei, &path("/release"), Value::Null).await.problem(409, "not-held");
    stage.post(&stage.mei, &path("/claim"), Value::Null).await.with(200);
    stage.post(&stage.mei, &path("/attempts"), json!({ "nth": 1, "way": "trial" })).await.with(200);
    let running = stage.post(&stage.mei, &path("/attempts"), json!({ "nth": 2, "way": "trial" })).await;
    assert_eq!(running.problem(409, "running")["nth"], 1);
    let outcome = path("/attempts/1/outcome");
    for (body, field) in [
        (json!({ "outcome": "later" }), "at"),
        (json!({ "outcome": "later", "at": "soon" }), "at"),
        (json!({ "outcome": "busy", "at": "2026-05-04T09:00:00Z" }), "at"),
        (json!({ "outcome": "gone" }), "outcome"),
        (json!({ "outcome": 1 }), "outcome"),
    ] {
        assert_eq!(stage.post(&stage.mei, &outcome, body).await.problem(422, "field")["field"], field);
    }
    // The middle of the night in Hong Kong, a year from now at most: the answer names a time that does.
    let night = hotline::words::clock::now().to_zoned(jiff::tz::TimeZone::get("Asia/Hong_Kong").unwrap());
    let night = night.tomorrow().unwrap().start_of_day().unwrap().timestamp();
    let refused = stage.post(&stage.mei, &outcome, json!({ "outcome": "later", "at": night })).await;
    let next = refused.problem(409, "not-now")["next"].clone();
    let later = stage.post(&stage.mei, &outcome, json!({ "outcome": "later", "at": next })).await.with(200);
    assert_eq!((&later["ready_at"], &later["state"]), (&next, &json!("open")));
    let list = stage.get(&stage.mei, "/requests?section=later&trials=true&topic=rules").await.with(200);
    assert_eq!(list["requests"][0]["id"], *id);
}
