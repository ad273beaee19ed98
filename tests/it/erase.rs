//! A person is erased through the real program while the server runs, and is in none of the
//! database's files any more. What is old goes by itself.

use crate::support::database::{Database, embedded};
use crate::support::rows::{DAY, START, begin};
use crate::support::server::{Home, Server};
use crate::support::twilio::Call;
use hotline::store::{Committed, Store};
use hotline::words::CallId;
use hotline::worker::{Aged, Kept, age};
use jiff::Timestamp;
use std::time::Duration;

const NUMBER: &str = "+85261238001";
/// As somebody else types it, to be rung there.
const TYPED: &str = "0085261238001#";

/// Where the number still is.
fn places(home: &Home) -> Vec<String> {
    let digits = &NUMBER.as_bytes()[1..];
    let holds = |path: &std::path::Path| std::fs::read(path).unwrap().windows(digits.len()).any(|w| w == digits);
    let files = home.path(".hotline").read_dir().unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.is_file() && holds(path)).map(|path| path.display().to_string()).collect()
}

/// A call that leaves a request behind, and does not end.
async fn asks_for_a_callback(server: &Server, number: &str) -> Call {
    let mut call = Call::from(number);
    call.dial(server).await;
    call.press_all(server, &["3", "0", "1", "1"]).await;
    call
}

async fn hangs_up(server: &Server, call: &Call) {
    assert_eq!(server.send(&call.status("completed")).await.status, 204);
}

#[tokio::test]
async fn a_number_that_is_erased_is_in_no_file_of_the_database() {
    let home = Home::new();
    let server = home.start();
    let call = asks_for_a_callback(&server, NUMBER).await;
    // Others, before and after, so that its rows stand among theirs.
    for n in 0..20 {
        let other = asks_for_a_callback(&server, &format!("+852612381{n:02}")).await;
        hangs_up(&server, &other).await;
    }
    let busy = home.run(&["erase", NUMBER]);
    let told = String::from_utf8(busy.stderr).unwrap();
    assert_eq!(busy.status.code(), Some(2));
    assert!(told.ends_with("at this moment, and nothing was erased; try again when the call is over\n"), "{told}");
    hangs_up(&server, &call).await;
    assert!(!places(&home).is_empty());

    let done = home.run(&["erase", NUMBER, "--format", "json"]);
    assert!(done.status.success(), "{done:?}");
    let told: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!((&told["calls"], &told["requests"], &told["closed"]), (&1.into(), &1.into(), &1.into()), "{told}");
    assert!(told["turns"].as_u64().unwrap() > 4 && told["preferences"] == 1 && told["files"] == true, "{told}");
    assert_eq!(places(&home), Vec::<String>::new(), "while the server runs");
    server.kill();
    assert_eq!(places(&home), Vec::<String>::new());

    // The same server goes on, and the others' requests are there.
    let server = home.start();
    asks_for_a_callback(&server, NUMBER).await;
    let requests = String::from_utf8(home.run(&["export", "requests"]).stdout).unwrap();
    let others: serde_json::Value = serde_json::from_str(&requests).unwrap();
    let number = |request: &serde_json::Value| request["number"].as_str().unwrap_or_default().to_owned();
    let others = others.as_array().unwrap().iter().filter(|request| number(request).starts_with("+852612381"));
    assert_eq!(others.count(), 20);
    let again = home.run(&["erase", "61238001"]);
    let told = String::from_utf8(again.stderr).unwrap();
    assert_eq!(told, "hotline: `61238001` is no telephone number; write it with its country, as +8613800138000\n");
}

#[tokio::test]
async fn a_number_somebody_else_typed_is_erased_with_that_call() {
    let home = Home::new();
    let server = home.start();
    let mut call = Call::from("+85261238900");
    call.dial(&server).await;
    call.press_all(&server, &["3", "0", "1", "2", "10001004#", "604873#", TYPED, "1"]).await.says("recorded");
    hangs_up(&server, &call).await;
    assert!(!places(&home).is_empty(), "what was typed is kept");
    let done = home.run(&["erase", NUMBER]);
    let told = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success() && told.contains("is erased:\n     1 calls, and their "), "{told}");
    assert_eq!(places(&home), Vec::<String>::new());
}

#[tokio::test]
async fn what_was_kept_long_enough_goes_a_little_at_a_time_and_for_ever_is_for_ever() {
    let database = Database::sqlite();
    let store = database.open("aging").await;
    let calls: Vec<CallId> = (0..60).map(|_| CallId::fresh()).collect();
    for call in &calls {
        let row = begin(call, call.as_str(), 1);
        let row = hotline::store::TurnRow { at: START, ends: Some("completed".into()), ..row };
        assert_eq!(store.commit(row).await.unwrap(), Committed::Stored);
    }
    let kept = Kept { calls: Some(Duration::from_hours(90 * 24)), requests: None };
    let at = |days: i64| Timestamp::from_millisecond(START + days * DAY).unwrap();
    let forever = Kept { calls: None, requests: None };
    assert_eq!(age(&store, forever, at(1000)).await.unwrap(), Aged::default());
    assert_eq!(age(&store, kept, at(90)).await.unwrap(), Aged::default());
    assert_eq!(age(&store, kept, at(91)).await.unwrap(), Aged { calls: 60, requests: 0 });
    assert_eq!(age(&store, kept, at(91)).await.unwrap(), Aged::default());
}

#[tokio::test]
async fn the_server_lets_go_of_what_is_old_by_itself() {
    let home = Home::new().set("HOTLINE_RETENTION_CALLS", "30d");
    assert!(home.run(&["migrate"]).status.success());
    let store = Store::open(&home.database(), "test").await.unwrap();
    let (old, young) = (CallId::fresh(), CallId::fresh());
    let now = hotline::words::clock::now().as_millisecond();
    for (call, at) in [(&old, now - 31 * DAY), (&young, now - 29 * DAY)] {
        // An id of that moment, as it would have been given.
        store.name_call("twilio", call.as_str(), call).await.unwrap();
        let row = begin(call, call.as_str(), 1);
        store.commit(hotline::store::TurnRow { at, ends: Some("completed".into()), ..row }).await.unwrap();
    }
    let aged = format!(
        "UPDATE calls SET id = '{:012x}' || substr(id, 13) WHERE began_at < {}",
        now - 31 * DAY,
        now - 30 * DAY
    );
    embedded(&home.database()).execute_batch(&aged).unwrap();
    let _server = home.start();
    home.logs("let go of what was kept long enough").await;
    assert_eq!(store.find_call("twilio", old.as_str()).await.unwrap(), None);
    assert_eq!(store.find_call("twilio", young.as_str()).await.unwrap(), Some(young));
}

/// A table that is made later must be thought of when a person is erased.
#[test]
fn erasing_looks_into_every_table_or_says_why_not() {
    const NOBODY: &[(&str, &str)] = &[
        ("provider_calls", "the provider's own names of calls"),
        ("flows", "what admins wrote"),
        ("live_flows", "names of flows"),
        ("drafts", "what admins write"),
        ("releases", "what admins published, and who"),
        ("disk_flows", "names of flows"),
        ("stories", "what admins wrote"),
        ("release_stories", "what admins wrote"),
        ("lines", "what admins set up"),
        ("prompts", "what admins set up"),
        ("once", "names of what was done"),
        ("pulse", "a row that shows that writing works"),
        ("notices", "what admins wrote for all callers"),
        ("filings", "references and times, under a call's id"),
        ("hooks", "names in the settings"),
        ("people", "who works here, and no caller"),
        ("invitations", "who works here, and no caller"),
        ("sessions", "who works here, and no caller"),
        ("tokens", "who works here, and no caller"),
        ("tallies", "numbers of calls, of nobody in particular"),
        ("sign_ins", "who tried to sign in, for a day"),
        ("log_head", "where the log ends"),
    ];
    let erase = concat!(include_str!("../../src/store/erase.rs"), include_str!("../../src/store/log/chain.rs"));
    let mut tables = 0;
    for file in std::fs::read_dir("migrations").unwrap().map(|entry| entry.unwrap().path()) {
        let text = std::fs::read_to_string(&file).unwrap();
        for table in text.split("CREATE TABLE ").skip(1).filter_map(|rest| rest.split([' ', '(']).next()) {
            tables += 1;
            let handled = ["FROM ", "UPDATE "].iter().any(|verb| {
                erase
                    .split(&format!("{verb}{table}"))
                    .skip(1)
                    .any(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
            });
            let holds_nobody = NOBODY.iter().any(|(name, _)| *name == table);
            assert!(handled != holds_nobody, "{table} of {} and `hotline erase`", file.display());
        }
    }
    assert!(tables > 14, "found only {tables} tables");
}
