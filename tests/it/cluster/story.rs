//! Servers and the primary are killed under calls, and nothing that was told is missing.

use super::stage::{Stage, Sum};

/// Callers at once.
const CALLERS: usize = 6;
/// Turns that are answered between two blows.
const BETWEEN: usize = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_and_a_primary_are_lost_under_calls_and_nothing_that_was_told() {
    let rounds = if std::env::var_os("HOTLINE_LONG").is_some() { 12 } else { 1 };
    let mut stage = Stage::set(CALLERS).await;
    let agent = stage.agent().await;
    for round in 0..rounds {
        let server = round % 3;
        stage.turns(BETWEEN).await;
        stage.kill(server);
        stage.turns(BETWEEN).await;
        stage.start(server).await;
        stage.turns(BETWEEN).await;
        stage.pair.lose_primary();
        stage.front.is_ready(false).await;
        stage.pair.promote();
        stage.front.is_ready(true).await;
        if round == 0 {
            assert!(agent.holds_it().await, "the agent's request is somebody else's");
        }
        stage.turns(BETWEEN).await;
        if round + 1 < rounds {
            stage.pair.add_standby().await;
        }
    }
    let sum = stage.end().await;
    sum.print();
    let Sum { answered, found, continued, apologies, lost, doubled, .. } = &sum;
    assert!(lost.is_empty() && doubled.is_empty(), "lost {lost:#?}\ndoubled {doubled:#?}");
    assert_eq!(answered, found);
    assert!(*continued > 0 && *apologies > 0, "nobody noticed anything: {sum:?}");
}
