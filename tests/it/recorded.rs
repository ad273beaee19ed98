//! What is done is written down: by people in browsers, by programs with tokens, by commands; and
//! nothing that is secret.

use crate::support::people::{PASSWORD, accept, page, prints, session, sign_in, store};
use crate::support::server::{Home, Server};
use hotline::store::{LogFilter, LogRow, Store};
use hotline::words::Role;

async fn all(store: &Store) -> Vec<LogRow> {
    let mut rows = store.log(&LogFilter::default(), None, 1000).await.unwrap();
    rows.reverse();
    rows
}

async fn post(server: &Server, path: &str, session: &str, form: &[(&str, &str)]) -> u16 {
    page(server.request("POST", path).header("cookie", session).form(form)).await.answer.status
}

#[tokio::test]
async fn what_people_programs_and_commands_do_is_in_the_log_and_no_secret_is() {
    let home = Home::new();
    let server = home.start();
    let link = prints(&home, &["user", "add", "mei", "--role", "supervisor"]);
    let mei = accept(&server, &link).await;
    assert_eq!(sign_in(&server, "mei", "a wrong password").await.answer.status, 422);
    assert_eq!(sign_in(&server, "password in the wrong field", "x").await.answer.status, 422);
    let again = sign_in(&server, "mei", PASSWORD).await.session();
    assert_eq!(
        post(&server, "/desk/me", &mei, &[("page_language", "ja-JP"), ("zone", "Asia/Tokyo"), ("phone", "")]).await,
        303
    );
    // What is refused was not done.
    assert_eq!(
        post(&server, "/desk/me", &mei, &[("page_language", ""), ("zone", "Nowhere"), ("phone", "")]).await,
        422
    );
    let made =
        page(server.request("POST", "/desk/me/tokens").header("cookie", &mei).form(&[("label", "reports")])).await;
    let body = made.answer.body;
    let at = body.find("hl_").expect("a token");
    let token = body[at..].split('<').next().unwrap().to_owned();
    let filed = server
        .request("POST", "/api/v1/requests")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(r#"{"line":"digital-wallet","topic":"from-app","lang":"zh-HK","number":"+85261238001"}"#);
    let filed = page(filed).await.answer;
    let sheet = page(server.request("GET", "/desk/export.csv?f=1&lang=ja-JP").header("cookie", &mei)).await.answer;
    assert_eq!(sheet.status, 200);
    assert_eq!(post(&server, "/sign-out", &again, &[]).await, 303);
    prints(&home, &["user", "disable", "mei"]);

    let filed_id = serde_json::from_str::<serde_json::Value>(&filed.body).unwrap()["id"].as_str().unwrap().to_owned();
    let store = store(&home).await;
    let rows = all(&store).await;
    let told: Vec<(&str, &str, &str)> =
        rows.iter().map(|row| (row.who.as_str(), row.what.as_str(), row.of.as_str())).collect();
    let token_id = told.iter().find(|(_, what, _)| *what == "token.make").expect("a token").2;
    let wanted = [
        ("command line", "person.add", "mei"),
        ("mei", "sign-in.first", "mei"),
        ("mei", "sign-in.refused", "mei"),
        ("?", "sign-in.refused", "?"),
        ("mei", "sign-in", "mei"),
        ("mei", "person.change", "mei"),
        ("mei", "token.make", token_id),
        ("mei", "request.create", &filed_id),
        ("mei", "export", "/desk/export/callbacks.csv"),
        ("mei", "sign-out", "mei"),
        ("command line", "person.disable", "mei"),
    ];
    assert!(filed.status < 300, "{filed:?}");
    assert_eq!(told, wanted);
    let change = &rows[5];
    assert!(change.before.as_deref().is_some_and(|it| it.contains("page=-")), "{change:?}");
    assert!(change.after.as_deref().is_some_and(|it| it.contains("zone=Asia/Tokyo page=ja-JP")), "{change:?}");
    assert_eq!(change.place, "127.0.0.1");
    let everything = format!("{rows:?}");
    for secret in [PASSWORD, "a wrong password", "password in the wrong field", &token, "+85261238001", "hl_"] {
        assert!(!everything.contains(secret), "{secret}");
    }
    assert!(!everything.contains(link.rsplit('/').next().unwrap().trim()));
    // The command signed its rows with the key the server has.
    let checked = prints(&home, &["export", "log", "--format", "json"]);
    assert_eq!(serde_json::from_str::<Vec<serde_json::Value>>(&checked).unwrap().len(), rows.len());
}

#[tokio::test]
async fn what_agents_do_with_a_request_is_told_with_how_it_stood() {
    let home = Home::new();
    let server = home.start();
    let store = store(&home).await;
    let boss = session(&store, Role::Supervisor).await;
    let id = store.export_requests(None, 10).await.unwrap()[0].id.clone();
    let card = |act: &str| format!("/desk/requests/{id}/{act}");
    assert_eq!(post(&server, &card("take"), &boss, &[]).await, 303);
    // Of a trial nothing is shown, and so nothing was done.
    assert_eq!(post(&server, &card("reveal"), &boss, &[]).await, 422);
    assert_eq!(post(&server, &card("extend"), &boss, &[]).await, 200);
    assert_eq!(post(&server, &card("note"), &boss, &[("note", "")]).await, 422);
    assert_eq!(post(&server, &card("note"), &boss, &[("note", "rings +85261238002 at noon")]).await, 303);
    assert_eq!(post(&server, &card("close"), &boss, &[("why", "a double")]).await, 303);
    let rows = all(&store).await;
    let told: Vec<&str> = rows.iter().map(|row| row.what.as_str()).collect();
    assert_eq!(told, ["request.take", "request.note", "request.close"]);
    assert!(rows.iter().all(|row| row.of == id && row.who == "a-supervisor"), "{rows:?}");
    let (take, close) = (&rows[0], &rows[2]);
    let stood = |text: &Option<String>| text.as_deref().unwrap().split(' ').take(2).collect::<Vec<_>>().join(" ");
    assert_eq!(
        (stood(&take.before), stood(&take.after)),
        ("open holder=-".into(), "claimed holder=a-supervisor".into())
    );
    assert!(stood(&close.after).starts_with("closed"), "{close:?}");
    assert!(!format!("{rows:?}").contains("61238002"));
}

#[tokio::test]
async fn what_programs_do_with_a_request_is_told_as_what_people_do_is_and_each_once() {
    let home = Home::new();
    let server = home.start();
    let store = store(&home).await;
    session(&store, Role::Supervisor).await;
    let (_, token) = store.new_token("a-supervisor", "a program", 1).await.unwrap().unwrap();
    let id = store.export_requests(None, 10).await.unwrap()[0].id.clone();
    let posts = async |path: &str, key: &str, body: &str| {
        let request = server.request("POST", &format!("/api/v1/requests/{path}"));
        let request = request.header("authorization", format!("Bearer {}", token.reveal()));
        let request = request.header("content-type", "application/json").header("idempotency-key", key);
        page(request.body(body.to_owned())).await.answer.status
    };
    let of = |act: &str| format!("{id}/{act}");
    assert_eq!(posts(&of("claim"), "1", "").await, 200);
    assert_eq!(posts(&of("claim"), "1", "").await, 200, "the same answer again is no deed");
    assert_eq!(posts(&of("extend"), "2", "").await, 200);
    assert_eq!(posts(&of("notes"), "3", r#"{"note":""}"#).await, 422);
    assert_eq!(posts(&of("notes"), "4", r#"{"note":"rings +85261238002 at noon"}"#).await, 200);
    assert_eq!(posts(&of("priority"), "5", r#"{"priority":"urgent"}"#).await, 200);
    assert_eq!(posts(&of("release"), "6", "").await, 200);
    assert_eq!(posts("next", "7", r#"{"topic":"nothing-like-it"}"#).await, 204);
    assert_eq!(posts(&of("close"), "8", r#"{"why":"a double"}"#).await, 200);
    let rows = all(&store).await;
    let told: Vec<&str> = rows.iter().map(|row| row.what.as_str()).collect();
    let wanted = ["request.take", "request.note", "request.raise", "request.release", "request.close"];
    assert_eq!(told, wanted);
    assert!(rows.iter().all(|row| row.of == id && row.who == "a-supervisor"), "{rows:?}");
    let both = |row: &LogRow| (row.before.clone().unwrap(), row.after.clone().unwrap());
    let (before, after) = both(&rows[0]);
    assert!(before.starts_with("open holder=- ") && after.starts_with("claimed holder=a-supervisor "), "{:?}", rows[0]);
    let (before, after) = both(&rows[2]);
    assert!(!before.contains("priority=urgent") && after.contains("priority=urgent"), "{:?}", rows[2]);
    assert!(both(&rows[4]).1.starts_with("closed"), "{:?}", rows[4]);
    assert!(!format!("{rows:?}").contains("61238002"));
}
