//! The outbox, recordings, waits and scores.

use crate::support::database::Database;
use crate::support::rows::{DAY, HOUR, START, begin, effect};
use hotline::call::event::Recording;
use hotline::store::*;
use hotline::words::CallId;
use std::slice::from_ref;

const MINUTE: i64 = 60_000;

pub async fn story(store: &Store, database: &Database) {
    messages_are_put_in_once(store).await;
    limits_hold(store).await;
    rows_are_worked_off(store, database).await;
    a_provider_that_is_down_is_noticed(store).await;
    recordings(store).await;
    waits_and_scores(store).await;
}

fn text(number: &str, at: i64) -> NewMessage {
    let (key, to) = (effect(3), Ok(number.to_owned()));
    NewMessage { key, kind: OutboxKind::Sms, line: "wallet".into(), to, body: "Hello".into(), test: false, at }
}

async fn put(store: &Store, new: &NewMessage) -> Put {
    store.put_message(new, &MessageLimits::default()).await.unwrap()
}

async fn messages_are_put_in_once(store: &Store) {
    let new = text("+85261110001", START);
    let Put::Accepted(id) = put(store, &new).await else { panic!("the first one is taken") };
    let racing = (0..20).map(|_| {
        let (store, new) = (store.clone(), new.clone());
        tokio::spawn(async move { put(&store, &new).await })
    });
    for other in racing.collect::<Vec<_>>() {
        assert_eq!(other.await.unwrap(), Put::Accepted(id.clone()), "one row, one answer");
    }
    let code = NewMessage { kind: OutboxKind::Code, body: "challenge".into(), ..new.clone() };
    let Put::Accepted(other) = put(store, &code).await else { panic!("another kind is another row") };
    assert_ne!(id, other);
    let refused = NewMessage { to: Err(NotSent::Off), ..text("", START) };
    assert_eq!(put(store, &refused).await, Put::Refused(NotSent::Off));
    let now_on = NewMessage { to: Ok("+85261110002".into()), ..refused };
    assert_eq!(put(store, &now_on).await, Put::Refused(NotSent::Off), "the answer it had");
    let trial = NewMessage { test: true, ..text("+85261110003", START) };
    assert!(matches!(put(store, &trial).await, Put::Accepted(_)));
    let listed = store.outbox(None, 10).await.unwrap();
    let seen: Vec<_> = listed.iter().map(|row| (row.id.as_str(), row.kind.as_str(), row.state.as_str())).collect();
    assert_eq!(seen, [(id.as_str(), "sms", "waiting"), (other.as_str(), "code", "waiting")], "no trial, no refusal");
    assert_eq!(store.outbox(Some(&id), 10).await.unwrap(), listed[1..]);
    for id in [&id, &other] {
        assert!(store.outbox_done(id, "SM1", START).await.unwrap());
        assert!(!store.outbox_done(id, "SM1", START).await.unwrap());
    }
}

async fn limits_hold(store: &Store) {
    let at = START + 10 * DAY;
    let racing = (0..20).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { put(&store, &text("+85261110010", at)).await })
    });
    let mut accepted = 0;
    for put in racing.collect::<Vec<_>>() {
        match put.await.unwrap() {
            Put::Accepted(_) => accepted += 1,
            Put::Refused(why) => assert_eq!(why, NotSent::Minute),
        }
    }
    assert_eq!(accepted, 1, "one a minute, however many ask at once");
    let code = NewMessage { kind: OutboxKind::Code, ..text("+85261110010", at) };
    assert!(matches!(put(store, &code).await, Put::Accepted(_)), "codes are counted apart");
    for minute in 1..5 {
        assert!(matches!(put(store, &text("+85261110010", at + minute * MINUTE)).await, Put::Accepted(_)), "{minute}");
    }
    assert_eq!(put(store, &text("+85261110010", at + 5 * MINUTE)).await, Put::Refused(NotSent::Day));
    assert!(matches!(put(store, &text("+85261110010", at + DAY)).await, Put::Accepted(_)), "the first is a day ago");

    let few = MessageLimits { per_line_day: 2, ..MessageLimits::default() };
    let shop = |number: &str| NewMessage { line: "shop".into(), ..text(number, at) };
    for (number, accepted) in [("+85261110020", true), ("+85261110021", true), ("+85261110022", false)] {
        let put = store.put_message(&shop(number), &few).await.unwrap();
        assert_eq!(matches!(put, Put::Accepted(_)), accepted, "{number}: {put:?}");
    }
    let trial = NewMessage { test: true, ..shop("+85261110023") };
    assert!(matches!(store.put_message(&trial, &few).await.unwrap(), Put::Accepted(_)), "trials use nothing up");
    all_gone(store, at + 2 * DAY).await;
}

/// Everything that waits is sent.
async fn all_gone(store: &Store, at: i64) {
    for row in store.outbox(None, 1000).await.unwrap() {
        store.outbox_done(&row.id, "SM", at).await.unwrap();
    }
}

async fn rows_are_worked_off(store: &Store, database: &Database) {
    let at = START + 20 * DAY;
    let lease = 2 * MINUTE;
    let ids = ["+85261110030", "+85261110031"].map(|number| text(number, at));
    for new in &ids {
        put(store, new).await;
    }
    assert_eq!(store.outbox_due(Sending::All).await.unwrap(), Some(at));
    assert!(store.claim_outbox(Sending::All, at - 1, lease, 10).await.unwrap().is_empty(), "nothing is due yet");
    let other = database.open("boot-outbox").await;
    let first = store.claim_outbox(Sending::All, at, lease, 1).await.unwrap();
    let second =
        if database.is_shared() { &other } else { store }.claim_outbox(Sending::All, at, lease, 10).await.unwrap();
    let (first, second) = (&first[0], &second[0]);
    assert_ne!(first.id, second.id, "each row is one server's");
    assert_eq!((first.tries, first.kind, first.body.as_str()), (1, OutboxKind::Sms, "Hello"));
    assert!(store.claim_outbox(Sending::All, at + lease - 1, lease, 10).await.unwrap().is_empty());

    // Failed: its turn comes again. Whoever tries it then has it; the one before is told so.
    assert!(store.outbox_failed(first, "busy", AfterTry::Again(at + 5000), at).await.unwrap());
    assert!(!store.outbox_failed(first, "busy", AfterTry::Again(at + 9000), at).await.unwrap() || first.tries == 1);
    let again = store.claim_outbox(Sending::All, at + 9000, lease, 10).await.unwrap();
    assert_eq!((again.len(), &again[0].id, again[0].tries), (1, &first.id, 2), "under the same id");
    assert!(!store.outbox_failed(first, "late", AfterTry::Park, at).await.unwrap());
    assert!(store.outbox_failed(&again[0], "400", AfterTry::Park, at + 9000).await.unwrap());
    let parked = store.outbox(None, 10).await.unwrap().into_iter().find(|row| row.id == first.id).unwrap();
    assert_eq!((parked.state.as_str(), parked.tries, parked.note.as_deref()), ("parked", 2, Some("400")));
    assert!(store.outbox_counts().await.unwrap().contains(&(OutboxKind::Sms, "parked", 1)));
    assert!(
        store.claim_outbox(Sending::All, at + 60 * MINUTE, lease, 0).await.unwrap().is_empty(),
        "parked rows wait for a person"
    );
    assert_eq!(store.parked(None, None, 10).await.unwrap(), from_ref(&parked));
    assert_eq!(store.parked(Some(OutboxKind::Sms), None, 10).await.unwrap(), from_ref(&parked));
    assert!(store.parked(Some(OutboxKind::Code), None, 10).await.unwrap().is_empty());
    assert!(store.parked(None, Some(&parked.id), 10).await.unwrap().is_empty());
    assert_eq!(store.retry_parked(Some(OutboxKind::Code), at).await.unwrap(), 0);
    assert_eq!(store.retry_parked(None, at + 9000).await.unwrap(), 1);
    let fresh = store.claim_outbox(Sending::All, at + 9000, lease, 10).await.unwrap();
    assert_eq!((fresh.len(), &fresh[0].id, fresh[0].tries), (1, &first.id, 1), "with all its tries");
    assert!(store.outbox_failed(&fresh[0], "400", AfterTry::Park, at + 9000).await.unwrap());

    // A server that is gone gives its row back when its lease ends; on a file of its own at once.
    let back = if database.is_shared() { at + lease } else { at };
    let back = other.claim_outbox(Sending::All, back, lease, 10).await.unwrap();
    assert_eq!(back.iter().map(|row| (&row.id, row.tries)).collect::<Vec<_>>(), [(&second.id, 2)]);
    assert!(!store.retry_outbox(&second.id, at).await.unwrap(), "it is being tried");
    assert!(other.outbox_failed(&back[0], "?", AfterTry::Again(at + HOUR), at).await.unwrap());

    assert!(store.retry_outbox(&first.id, at).await.unwrap());
    assert!(!store.retry_outbox("no such row", at).await.unwrap());
    let retried = store.claim_outbox(Sending::All, at, lease, 10).await.unwrap();
    assert_eq!(retried.iter().map(|row| (&row.id, row.tries)).collect::<Vec<_>>(), [(&first.id, 1)]);
    assert!(store.outbox_done(&first.id, "SM2", at).await.unwrap());
    assert!(store.drop_outbox(&second.id, at).await.unwrap());
    assert!(!store.drop_outbox(&second.id, at).await.unwrap());
    assert!(store.outbox(None, 10).await.unwrap().is_empty());
    assert_eq!(store.outbox_due(Sending::All).await.unwrap(), None);
    other.close().await;
}

async fn a_provider_that_is_down_is_noticed(store: &Store) {
    let at = START + 30 * DAY;
    assert!(matches!(put(store, &text("+85261110040", at)).await, Put::Accepted(_)));
    let failed = store.claim_outbox(Sending::All, at, MINUTE, 10).await.unwrap();
    for row in &failed {
        assert!(store.outbox_failed(row, "no answer", AfterTry::Again(at + 5000), at + 1).await.unwrap());
    }
    assert_eq!(put(store, &text("+85261110050", at + MINUTE)).await, Put::Refused(NotSent::Down));
    let trial = NewMessage { test: true, ..text("+85261110051", at + MINUTE) };
    assert!(matches!(put(store, &trial).await, Put::Accepted(_)), "a trial sends nothing");
    let code = NewMessage { kind: OutboxKind::Code, ..text("+85261110054", at + MINUTE) };
    assert!(matches!(put(store, &code).await, Put::Accepted(_)), "a code is tried all the same");
    assert_eq!(put(store, &text("+85261110055", at + 10 * MINUTE)).await, Put::Refused(NotSent::Down));
    let later = text("+85261110052", at + 12 * MINUTE);
    assert!(matches!(put(store, &later).await, Put::Accepted(_)), "after a while one is let through again");
    assert!(store.outbox_done(&failed[0].id, "SM", at + 2000).await.unwrap());
    let up = text("+85261110053", at + MINUTE);
    assert!(matches!(put(store, &up).await, Put::Accepted(_)), "one has gone since");
    all_gone(store, at + HOUR).await;
}

async fn recordings(store: &Store) {
    let call = CallId::fresh();
    store.commit(begin(&call, "CA-recorded", 1)).await.unwrap();
    let key = EffectKey { call, turn: 4, seq: 0 };
    let recording = Recording { id: "RE1".into(), url: None, seconds: 7 };
    let at = START + 40 * DAY;
    let id = store.put_recording(&key, "wallet", &recording, false, at).await.unwrap();
    assert_eq!(store.put_recording(&key, "wallet", &recording, false, at).await.unwrap(), id);
    let wanted = Wanted { provider: "twilio".into(), provider_recording: "RE1".into(), kept: false };
    assert_eq!(store.wanted_recording(&id).await.unwrap(), Some(wanted.clone()));
    let claimed = store.claim_outbox(Sending::All, at, MINUTE, 10).await.unwrap();
    assert_eq!(claimed.iter().map(|row| (row.kind, &row.body)).collect::<Vec<_>>(), [(OutboxKind::Recording, &id)]);
    assert_eq!(store.recording_object(&id).await.unwrap(), None);
    assert!(store.recording_goes_to(&id, "a.wav").await.unwrap());
    assert!(store.recording_kept(&id).await.unwrap());
    assert_eq!(store.recording_object(&id).await.unwrap().as_deref(), Some("a.wav"));
    assert_eq!(store.wanted_recording(&id).await.unwrap(), Some(Wanted { kept: true, ..wanted }));
    store.outbox_done(&claimed[0].id, "kept", at).await.unwrap();

    let trial = store.put_recording(&effect(1), "wallet", &recording, true, at).await.unwrap();
    assert_eq!(store.wanted_recording(&trial).await.unwrap(), None);
    assert!(store.claim_outbox(Sending::All, at, MINUTE, 10).await.unwrap().is_empty(), "a trial has no sound");
    assert!(store.leaving_recordings(10).await.unwrap().is_empty());
    uploads(store, &recording, at).await;
}

async fn uploads(store: &Store, recording: &Recording, at: i64) {
    let call = CallId::fresh();
    assert_eq!(store.at_provider(&call).await.unwrap(), None);
    store.commit(begin(&call, "CA-uploads", 1)).await.unwrap();
    assert_eq!(store.at_provider(&call).await.unwrap(), Some(("twilio".into(), "CA-uploads".into())));
    let key = |seq| EffectKey { call: call.clone(), turn: 4, seq };
    let upload = async |seq| store.upload_recording(&key(seq), "wallet", recording, at).await.unwrap();
    let first = upload(0).await;
    let Uploading::Awaited { id, object } = first.clone() else { panic!("{first:?}") };
    assert_eq!(upload(0).await, first, "whoever repeats it puts the same object there");
    assert!(store.recording_kept(&id).await.unwrap());
    assert_eq!(store.recording_object(&id).await.unwrap(), Some(object));
    assert_eq!(upload(0).await, Uploading::Kept(id.clone()));
    assert!(!store.lose_recording(&id).await.unwrap(), "what lies there is not lost");
    let second = upload(1).await;
    let Uploading::Awaited { id, object } = second else { panic!("{second:?}") };
    assert!(store.lose_recording(&id).await.unwrap());
    assert_eq!(upload(1).await, Uploading::Lost);
    assert!(!store.recording_kept(&id).await.unwrap(), "whoever comes too late is told");
    assert_eq!(store.leaving_recordings(10).await.unwrap(), [(id.clone(), Some(object))]);
    store.forget_recording(&id).await.unwrap();
    assert!(store.claim_outbox(Sending::All, at, MINUTE, 10).await.unwrap().is_empty(), "nothing is fetched");
}

async fn waits_and_scores(store: &Store) {
    let at = START + 50 * DAY;
    assert_eq!(store.expected_wait("payment", false, at).await.unwrap(), None);
    let keys: Vec<EffectKey> = (0..5).map(|_| effect(5)).collect();
    let waits = [(20, 0), (40, 0), (3000, 0), (30, 0), (1, -HOUR - 1)];
    for (key, (waited, age)) in keys.iter().zip(waits) {
        let (of, nth) = (key.call.as_str(), (key.turn, key.seq));
        let one = PickUp { of, nth, skill: "payment", line: "wallet", waited, test: false, at: at + age };
        store.picked_up(&one).await.unwrap();
        store.picked_up(&PickUp { waited: 9, ..one }).await.unwrap();
    }
    assert_eq!(store.expected_wait("payment", false, at).await.unwrap(), Some(35), "the middle of the last hour's");
    assert_eq!(store.expected_wait("payment", true, at).await.unwrap(), None, "trials are apart");
    assert_eq!(store.expected_wait("general", false, at).await.unwrap(), None);

    let score = |n: i64| Score {
        call: keys[0].call.as_str().into(),
        line: "wallet".into(),
        category: "service".into(),
        score: n,
        test: false,
        at,
    };
    assert!(store.put_score(&keys[0], &score(5)).await.unwrap());
    assert!(!store.put_score(&keys[0], &score(1)).await.unwrap(), "given once");
    assert!(store.put_score(&EffectKey { seq: 1, ..keys[0].clone() }, &score(2)).await.unwrap());
    let (first, place) = store.scores(None, 1).await.unwrap();
    assert_eq!(first, [score(5)]);
    let (second, place) = store.scores(place.as_ref(), 1).await.unwrap();
    assert_eq!(second, [score(2)]);
    assert_eq!(store.scores(place.as_ref(), 1).await.unwrap(), (Vec::new(), None));
}
