//! What callers did, as a server rolls it up: every call once, whoever takes it in, and for good.

use crate::support::database::Database;
use crate::support::people::store;
use crate::support::rows::{HOUR, begin, turn};
use crate::support::server::Home;
use crate::support::twilio::Call;
use hotline::store::{Span, Store, TurnRow};
use hotline::words::CallId;
use hotline::worker::tally;

/// Everything that was counted of a line.
async fn counted(store: &Store, line: &str) -> Vec<(String, String, i64)> {
    let span = Span { line: line.into(), from: 0, to: i64::MAX - 100 * HOUR, ..Span::default() };
    store.tallied(&span).await.unwrap().into_iter().map(|t| (t.what, t.of, t.n)).collect()
}

fn of(all: &[(String, String, i64)], what: &str, of: &str) -> i64 {
    all.iter().find(|(own, which, _)| own == what && which == of).map_or(0, |(.., n)| *n)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn servers_that_roll_up_at_once_count_each_call_once() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let (one, two) = (database.open("one").await, database.open("two").await);
        for n in 0..120 {
            let call = CallId::fresh();
            one.commit(begin(&call, &format!("CA{n}"), 1)).await.unwrap();
            let mut last = TurnRow { ends: Some("hung-up".into()), ..turn(&call, 2, 1) };
            last.trail = r#"[{"step":"main"}]"#.into();
            one.commit(last).await.unwrap();
        }
        let servers: Vec<_> = [&one, &two, &one, &two]
            .map(|store| {
                let store = store.clone();
                tokio::spawn(async move { tally(&store, 1).await.unwrap() })
            })
            .into();
        let mut taken = 0;
        for server in servers {
            taken += server.await.unwrap();
        }
        let all = counted(&two, "wallet").await;
        assert_eq!((taken, of(&all, "calls", ""), of(&all, "hung", "main")), (120, 120, 120));
        assert_eq!(tally(&one, 2).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn real_calls_are_counted_by_what_they_did_and_stay_counted_when_they_are_deleted() {
    let home = Home::new();
    let server = home.start();
    for (number, keys) in
        [("+85261230301", &["3", "1"][..]), ("+85261230302", &["3", "7", "2"]), ("+85261230303", &["3", "0"])]
    {
        let mut call = Call::from(number);
        call.dial(&server).await;
        call.press_all(&server, keys).await;
        let silent = call.silent();
        call.go(&server, silent).await;
        server.send(&call.status("completed")).await;
    }
    let store = store(&home).await;
    // The server's own worker may have taken some of them in already.
    tally(&store, 1).await.unwrap();
    let before = counted(&store, "digital-wallet").await;
    for (what, which, n) in [
        ("calls", "", 3),
        ("ended", "hung-up", 3),
        ("answered", "nothing", 3),
        ("edge", "main 1 payment", 1),
        ("edge", "main 2 charge", 1),
        ("wrong", "main", 1),
        ("person", "main", 1),
        ("silent", "payment-number", 1),
        ("hung", "payment-number", 1),
        ("step", "main", 3),
    ] {
        assert_eq!(of(&before, what, which), n, "{what} {which}: {before:?}");
    }
    for times in ["first", "length"] {
        assert_eq!(before.iter().filter(|(what, ..)| what == times).map(|(.., n)| n).sum::<i64>(), 3, "{times}");
    }
    let far = i64::MAX / 2;
    assert_eq!(store.age_calls(far, 100).await.unwrap(), 3);
    assert_eq!(counted(&store, "digital-wallet").await, before);
}
