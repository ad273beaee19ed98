//! The server is asked to stop under load: what was answered is kept, what was not is not half done,
//! and every call goes on at the next server.

use super::stage::{LINE, MENU};
use crate::support::server::{Answer, Home, Server};
use crate::support::twilio::{Call, Webhook};
use hotline::store::Store;
use std::sync::Arc;
use tokio::sync::mpsc;

const CALLS: usize = 16;
/// Turns of a call at most.
const TURNS: usize = 30;
/// Answers before it is asked to stop.
const BEFORE: usize = 120;

#[tokio::test]
async fn a_server_stopped_under_load_finishes_what_it_answers_and_loses_nothing() {
    let home = Home::new().with_own_flows();
    home.write("flows/digital-wallet.yaml", LINE);
    let server = Arc::new(home.start());
    let (tell, mut answered) = mpsc::unbounded_channel();
    let callers: Vec<_> = (0..CALLS)
        .map(|n| tokio::spawn(caller(Call::from(&format!("+852612420{n:02}")), server.clone(), tell.clone())))
        .collect();
    drop(tell);
    for _ in 0..BEFORE {
        answered.recv().await.expect("they call");
    }
    server.terminate();
    assert_eq!(server.ended().await.code(), Some(0), "{}", home.log());
    home.logs("stopped").await;

    let store = Store::open(&home.database(), "test").await.unwrap();
    let server = home.start();
    for caller in callers {
        let (mut call, log, unanswered) = caller.await.unwrap();
        let id = store.find_call("twilio", &call.sid).await.unwrap().expect("it began");
        let stored: Vec<String> =
            store.turns(&id).await.unwrap().into_iter().filter_map(|turn| turn.document).collect();
        let heard: Vec<&str> = log.iter().map(|(_, answer)| answer.body.as_str()).collect();
        // The answer to the last one may have been stored and not sent: then it is given again.
        assert!(stored.len() - heard.len() <= 1 && stored.starts_with(&as_owned(&heard)), "{stored:?} {heard:?}");
        for (webhook, answer) in &log {
            assert_eq!(server.send(webhook).await, *answer, "the same bytes as before");
        }
        call.go(&server, unanswered).await.says(MENU);
        call.press(&server, "1").await.says(MENU);
    }
}

fn as_owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// Calls, and presses the same key again and again until nobody answers; after many turns the provider
/// only repeats itself, for a call has an end.
async fn caller(
    mut call: Call,
    server: Arc<Server>,
    tell: mpsc::UnboundedSender<()>,
) -> (Call, Vec<(Webhook, Answer)>, Webhook) {
    let (mut webhook, mut log) = (call.inbound(), Vec::new());
    // Half an answer would be no whole document, and fail the test where it is read.
    while let Ok(answer) = server.try_send(&webhook).await {
        call.hears(&answer).says(MENU);
        // Once it was asked to stop nobody counts any more, and does not need to.
        tell.send(()).unwrap_or_default();
        if log.len() < TURNS {
            log.push((webhook, answer));
            webhook = call.typed("1");
        }
    }
    (call, log, webhook)
}
