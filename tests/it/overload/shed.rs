//! Too many at once: new calls hold first, running ones hold and hear their prompt again, nobody loses
//! a key without a word, and it passes by itself.

use super::stage::{HOLD, MENU, Stage};
use crate::support::database::Database;
use crate::support::server::eventually;
use crate::support::twilio::{Call, PUBLIC};
use hotline::answer::Bounds;
use hotline::store::Store;
use std::time::Duration;

/// So many webhooks at most, however fast they are.
fn at_most(most: usize) -> Bounds {
    Bounds { most, ..Bounds::default() }
}

/// How long a document is quiet before it leads on, in seconds.
fn pause(body: &str) -> u32 {
    let (_, rest) = body.split_once("<Pause length=\"").unwrap_or_else(|| panic!("no pause: {body}"));
    rest.split('"').next().unwrap().parse().unwrap()
}

async fn turns(store: &Store, call: &Call) -> usize {
    let id = store.find_call("twilio", &call.sid).await.unwrap().expect("it was begun");
    store.turns(&id).await.unwrap().len()
}

#[tokio::test]
async fn while_the_disk_hangs_new_calls_hold_first_then_running_ones_and_all_go_on_after() {
    let database = Database::sqlite();
    let stage = Stage::on(&database, at_most(4)).await;
    let mut running = Vec::new();
    for n in 0..3 {
        running.push(stage.dial(&format!("+8526124000{n}")).await);
    }
    let lock = database.lock("turns").await;
    // Three calls come in and wait for the disk.
    let new: Vec<Call> = (0..3).map(|n| Call::from(&format!("+8526124001{n}"))).collect();
    let waiting: Vec<_> = new.iter().map(|call| stage.begin_to_send(call.inbound())).collect();
    eventually("three wait", async || (stage.inside().await == 3.0).then_some(())).await;
    // The next one holds, at once and in few words.
    let mut late = Call::from("+85261240020");
    let answer = stage.send(&late.inbound()).await;
    late.hears(&answer).says(HOLD);
    assert_eq!((late.heard.verbs.join(" "), pause(&answer.body)), ("Say Pause Redirect".to_owned(), 2));
    assert_eq!(late.heard.redirect, Some(format!("{}&again=1", late.inbound().url)));
    assert_eq!((stage.shed("call").await, stage.shed("turn").await), (1.0, 0.0));
    // Forged ones are refused as ever, and hold nobody's place.
    assert_eq!(stage.send(&late.inbound().signed("another token")).await.status, 403);
    // A running call is still let in, and takes the last place; the next one holds.
    let last = stage.begin_to_send(running[0].typed("1"));
    eventually("four wait", async || (stage.inside().await == 4.0).then_some(())).await;
    let pressed = running[1].typed("1");
    let answer = stage.send(&pressed).await;
    running[1].hears(&answer).says(HOLD);
    assert_eq!(running[1].heard.redirect, Some(format!("{}?again=1", pressed.url)), "it comes back to its own prompt");
    assert_eq!(stage.shed("turn").await, 1.0);
    // The end of a call is told once, and waits; what is too much even of that is not kept.
    let ended = stage.begin_to_send(running[2].status("completed"));
    eventually("five wait", async || (stage.inside().await == 5.0).then_some(())).await;
    assert_eq!(stage.send(&running[2].status("completed")).await.status, 204);
    assert_eq!(stage.shed("status").await, 1.0);
    lock.release().await;

    // Whoever waited has words: of the call, or an apology that tries again. All go on.
    for (mut call, waited) in new.into_iter().zip(waiting) {
        call.hears(&waited.await.unwrap());
        if call.heard.gather.is_none() {
            let next = call.redirected();
            stage.go(&mut call, next).await;
        }
        call.heard.says(MENU);
    }
    assert_eq!((last.await.unwrap().status, ended.await.unwrap().status), (200, 204));
    eventually("all have left", async || (stage.inside().await == 0.0).then_some(())).await;
    let next = late.redirected();
    stage.go(&mut late, next).await.says(MENU);
    // The key that was not taken is asked for again: the prompt, and no word of a mistake.
    let before = turns(stage.answerer.store(), &running[1]).await;
    let next = running[1].redirected();
    let heard = stage.go(&mut running[1], next).await;
    heard.says(MENU);
    assert!(!heard.words.contains("I did not get") && !heard.words.contains("There is more."), "{heard:?}");
    assert_eq!(turns(stage.answerer.store(), &running[1]).await, before + 1);
    let next = running[1].typed("1");
    stage.go(&mut running[1], next).await;
    assert_eq!((stage.shed("call").await, stage.shed("turn").await), (1.0, 1.0), "nobody holds any more");
}

#[tokio::test]
async fn who_holds_too_long_is_told_goodbye_and_waits_longer_each_time() {
    let database = Database::sqlite();
    let open = Stage::on(&database, Bounds::default()).await;
    let full = Stage::on(&database, at_most(0)).await;
    let mut running = open.dial("+85261240030").await;
    let pressed = running.typed("1");
    let mut new = Call::from("+85261240031");
    for (call, first, seconds) in
        [(&mut new, None, [2, 3, 5, 8, 10, 12]), (&mut running, Some(pressed.clone()), [1, 1, 2, 2, 3, 4])]
    {
        let mut webhook = first.unwrap_or_else(|| call.inbound());
        for second in seconds {
            let answer = full.send(&webhook).await;
            call.hears(&answer).says(HOLD);
            assert_eq!(pause(&answer.body), second);
            assert_eq!(call.heard.languages, ["en-US"], "the line's own language");
            webhook = call.redirected();
        }
        call.hears(&full.send(&webhook).await).says("Please call again a little later. Goodbye.");
        assert!(call.heard.hangs_up());
    }
    assert!(open.answerer.store().find_call("twilio", &new.sid).await.unwrap().is_none(), "nothing is stored");
    assert_eq!(turns(open.answerer.store(), &running).await, 1, "and nothing is taken");
    // A full server refuses what belongs nowhere, as ever.
    let nowhere = new.webhook(&format!("{PUBLIC}/voice/twilio/c/x/1/en-US/mac"), &[]);
    assert_eq!(full.send(&nowhere).await.status, 403);
    // Another server takes the same key afterwards.
    open.go(&mut running, pressed).await.says(MENU);
}

#[tokio::test]
async fn a_disk_that_stands_still_sheds_by_itself_and_lets_in_by_itself() {
    let database = Database::sqlite();
    let instant = Duration::ZERO;
    let stage = Stage::on(&database, Bounds { few: 1, call: instant, turn: instant, ..Bounds::default() }).await;
    let running = stage.dial("+85261240040").await;
    let lock = database.lock("turns").await;
    // Calls come one after the other and wait for the disk, until one of them holds.
    let mut new = Vec::new();
    eventually("a new call holds", async || {
        new.push(stage.begin_to_send(Call::from("+85261240041").inbound()));
        (stage.shed("call").await > 0.0).then_some(())
    })
    .await;
    lock.release().await;
    let mut holding = 0;
    for answer in new {
        holding += usize::from(Call::from("+85261240041").hears(&answer.await.unwrap()).words.contains(HOLD));
    }
    assert_eq!(holding as f64, stage.shed("call").await);
    eventually("new calls are let in", async || {
        let mut call = Call::from("+85261240043");
        let answer = stage.send(&call.inbound()).await;
        call.hears(&answer).words.contains(MENU).then_some(())
    })
    .await;
    let mut running = running;
    let next = running.typed("1");
    stage.go(&mut running, next).await.says(MENU);
}
