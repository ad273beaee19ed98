//! Real calls played again while others call: one replay at a time, and nobody on the line waits for it.

use super::stage::Stage;
use crate::support::database::Database;
use futures_util::FutureExt;
use std::pin::pin;

#[tokio::test]
async fn one_replay_is_at_work_at_a_time_and_callers_do_not_wait_for_it() {
    let database = Database::sqlite();
    let stage = Stage::on(&database).await;
    for _ in 0..3 {
        stage.ring("shop").await.stays_silent().await;
    }
    let flows = stage.answerer.flows().live();
    let shop = flows.iter().find(|flow| flow.name == "shop").unwrap();
    {
        // The first one has begun, and whoever asked for it does not take it on.
        let mut first = pin!(stage.studio.replayed("shop", shop, 1_000));
        assert!(first.as_mut().now_or_never().is_none(), "it has calls to play");
        let mut second = pin!(stage.studio.replayed("shop", shop, 1_000));
        let calls = async {
            for _ in 0..20 {
                let mut caller = stage.ring("bank").await;
                assert!(caller.heard.contains("Welcome to the bank"));
                assert!(!caller.press("1").await.is_empty());
            }
        };
        tokio::select! {
            biased;
            _ = &mut second => panic!("two at once"),
            () = calls => {}
        }
        assert_eq!(first.await.unwrap().calls, 3);
        assert_eq!(second.await.unwrap().calls, 3, "it was its turn");
    }
    // Who goes away meanwhile gives the turn up.
    {
        let mut gone = pin!(stage.studio.replayed("shop", shop, 1_000));
        assert!(gone.as_mut().now_or_never().is_none());
    }
    assert_eq!(stage.studio.replayed("shop", shop, 1_000).await.unwrap().calls, 3);
}
