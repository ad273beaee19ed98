//! When the database is locked, refuses or goes away.

use crate::support::database::Database;
use crate::support::flows::shipped;
use crate::support::rows::{START, begin, guess, turn};
use hotline::demo::Demo;
use hotline::store::{Claim, Committed, Limits, Store, StoreError};
use hotline::words::pins::PinKeys;
use hotline::words::{CallId, Secret};

#[tokio::test]
async fn a_locked_database_is_not_ready_until_the_lock_is_gone_on_sqlite() {
    locked(Database::sqlite()).await;
}

#[tokio::test]
async fn a_locked_database_is_not_ready_until_the_lock_is_gone_on_postgresql() {
    locked(Database::postgres().await).await;
}

async fn locked(database: Database) {
    let store = database.open("boot-1").await;
    store.ready(START).await.expect("nobody holds a lock");
    let lock = database.lock("pulse").await;
    assert!(matches!(store.ready(START).await, Err(StoreError::Slow)));
    lock.release().await;
    // A statement that waited for the lock may still be on its way back.
    let mut ready = store.ready(START).await;
    for _ in 0..10 {
        if let Err(StoreError::Slow) = ready {
            ready = store.ready(START).await;
        }
    }
    ready.expect("the lock is gone");
}

#[tokio::test]
async fn a_database_that_refuses_to_write_is_not_ready_on_sqlite() {
    refusing(Database::sqlite()).await;
}

#[tokio::test]
async fn a_database_that_refuses_to_write_is_not_ready_on_postgresql() {
    refusing(Database::postgres().await).await;
}

async fn refusing(database: Database) {
    let store = database.open("boot-1").await;
    database.refuse("pulse", "at", &START.to_string()).await;
    assert!(matches!(store.ready(START).await, Err(StoreError::Database(_))));
    store.ready(START + 1).await.expect("other rows are taken");
}

#[tokio::test]
async fn a_server_survives_that_its_connections_are_cut() {
    let database = Database::postgres().await;
    let store = database.open("boot-1").await;
    let call = CallId::fresh();
    assert_eq!(store.commit(begin(&call, "CA1", 1)).await.unwrap(), Committed::Stored);
    database.cut_connections().await;
    assert_eq!(store.commit(turn(&call, 2, 2)).await.unwrap(), Committed::Stored);
    database.cut_connections().await;
    let claim = store.claim_attempt(&guess("1", None, START), &Limits::default()).await.unwrap();
    assert_eq!(claim, Claim::Compare);
    assert_eq!(store.turns(&call).await.unwrap().len(), 2);
}

#[tokio::test]
async fn an_address_that_cannot_be_opened_says_what_to_mend_and_no_password() {
    let error = async |url: &str| match Store::open(url, "boot-1").await {
        Ok(_) => panic!("{url} opened"),
        Err(error) => error.to_string(),
    };
    assert!(error("mysql://root:hunter2@localhost/x").await.contains("`sqlite:`"));
    assert!(error("sqlite:/no/such/folder/hotline.db").await.contains("/no/such/folder/hotline.db"));
    for url in
        ["mysql://root:hunter2@localhost/x", "postgres://root:hunter2@127.0.0.1:1/x", "postgres://a:hunter2@:x:y"]
    {
        assert!(!error(url).await.contains("hunter2"), "{url}");
    }
}

#[tokio::test]
async fn demo_data_that_was_not_loaded_whole_is_loaded_again_on_sqlite() {
    demo_is_loaded_again(Database::sqlite()).await;
}

#[tokio::test]
async fn demo_data_that_was_not_loaded_whole_is_loaded_again_on_postgresql() {
    demo_is_loaded_again(Database::postgres().await).await;
}

async fn demo_is_loaded_again(database: Database) {
    let (files, flows) = shipped();
    let demo = Demo::read(&files).unwrap();
    let pins = PinKeys::new(&Secret::new("the pepper of a test, long enough"), None);
    let store = database.open("boot-1").await;
    let now = jiff::Timestamp::from_millisecond(START).unwrap();
    // One of its last requests.
    database.refuse("requests", "topic", "password").await;
    assert!(demo.load(&store, &pins, &flows, now).await.is_err());
    database.refuse_no_more("requests").await;
    assert!(demo.load(&store, &pins, &flows, now).await.unwrap());
    let requests = store.export_requests(None, 100).await.unwrap();
    assert!(requests.iter().any(|request| request.topic == "password"));
    let references: std::collections::BTreeSet<&str> = requests.iter().map(|r| r.reference.as_str()).collect();
    assert_eq!(references.len(), requests.len());
    assert!(requests.iter().all(|request| request.history.iter().filter(|event| event.what == "filed").count() == 1));
    assert!(!demo.load(&store, &pins, &flows, now).await.unwrap(), "once is enough");
    assert_eq!(store.export_requests(None, 100).await.unwrap(), requests);
}
