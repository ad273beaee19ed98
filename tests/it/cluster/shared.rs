//! What happens at one server is told at the others.

use crate::support::people::{session, store};
use crate::support::postgres::fresh_database;
use crate::support::server::{Home, eventually};
use crate::support::twilio::Call;
use hotline::words::Role;
use serde_json::Value;

#[tokio::test]
async fn a_request_of_one_servers_caller_is_told_on_the_open_pages_of_another() {
    let home = Home::new().set("HOTLINE_DATABASE_URL", &fresh_database().await);
    let (one, two) = (home.start(), home.start());
    let agent = session(&store(&home).await, Role::Agent).await;
    let mut page = two.request("GET", "/desk/events").header("cookie", agent).send().await.unwrap();
    assert_eq!(page.status().as_u16(), 200);
    let mut call = Call::from("+85261230098");
    call.dial(&one).await;
    call.press_all(&one, &["3", "0", "1", "1"]).await.says("Your reference is");
    let filed = store(&home).await.export_requests(None, 500).await.unwrap();
    let filed = filed.iter().find(|request| request.call == call.id().as_str()).expect("the request");
    let mut told = String::new();
    let is_told = |told: &str| {
        let data = told.lines().filter_map(|line| line.strip_prefix("data: "));
        data.filter_map(|data| serde_json::from_str::<Value>(data).ok()).any(|change| change["id"] == *filed.id)
    };
    while !is_told(&told) {
        let chunk = page.chunk().await.unwrap().expect("the page is told more");
        told.push_str(std::str::from_utf8(&chunk).unwrap());
    }
}

#[tokio::test]
async fn what_metrics_read_from_the_database_is_the_same_on_every_server_and_what_they_count_is_each_ones() {
    let home = Home::new().set("HOTLINE_DATABASE_URL", &fresh_database().await);
    let (one, two) = (home.start(), home.start());
    let mut call = Call::from("+85261230099");
    call.dial(&one).await;
    call.press_all(&one, &["3", "0", "1", "1"]).await.says("Your reference is");
    for name in ["hotline_open_calls", r#"hotline_requests_by_state{state="open"}"#] {
        let (here, there) = (one.metric(name).await, two.metric(name).await);
        assert!(here.is_some_and(|value| value > 0.0), "{name}");
        assert_eq!(here, there, "{name}");
    }
    let begun = r#"hotline_calls_total{flow="digital-wallet"}"#;
    assert_eq!((one.metric(begun).await, two.metric(begun).await), (Some(1.0), None));
    // Each looks by itself what is overdue, and finds the same.
    let overdue = "hotline_requests_overdue";
    eventually("both tell the same", async || (one.metric(overdue).await == two.metric(overdue).await).then_some(()))
        .await;
}
