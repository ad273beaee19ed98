//! An attempt that a provider makes: from its order to what is told of it late.

use crate::support::rows::{DAY, START, begin, phone, wish};
use hotline::store::*;
use hotline::words::CallId;

const MINUTE: i64 = 60_000;

pub async fn story(store: &Store) {
    let (call, at) = (CallId::fresh(), START + 60 * DAY);
    store.commit(begin(&call, "CA-legs", 1)).await.unwrap();
    assert_eq!(store.dialled(call.as_str()).await.unwrap().as_deref(), Some("+85230000000"));
    assert_eq!(store.dialled("no such call").await.unwrap(), None);
    assert_eq!(store.came_by(call.as_str()).await.unwrap().as_deref(), Some("twilio"));
    assert_eq!(store.came_by("no such call").await.unwrap(), None);
    let (key, from) = (EffectKey { call, turn: 2, seq: 0 }, "+85261119000");
    let limits = RequestLimits::default();
    store.file_request(&key, "wallet", &wish(from, "legs"), Some(phone(from)), &limits, at).await.unwrap();
    let id = store.export_requests(None, 10_000).await.unwrap().pop().unwrap().id;
    store.take(&id, "mei", at, at + MINUTE).await.unwrap().unwrap();

    let new = NewDial {
        request: &id,
        nth: 1,
        person: "mei",
        way: Way::Bridge,
        number: Some(from),
        provider: Some("twilio"),
        at,
        until: at + 2 * MINUTE,
    };
    assert!(matches!(store.begin_dial(&new).await.unwrap(), Begun::New(..)));
    assert!(matches!(store.begin_dial(&new).await.unwrap(), Begun::There(_)), "pressed twice");
    let go = async |from: DialState, to: DialState, leg: Option<&str>| {
        store.move_dial(&id, 1, &[from], to, leg, at).await.unwrap()
    };
    assert!(!go(DialState::Agent, DialState::Customer, Some("CA2")).await, "it is not there yet");
    assert!(go(DialState::Ordered, DialState::Agent, Some("CA1")).await);
    assert!(!go(DialState::Ordered, DialState::Agent, Some("CA2")).await, "another leg was first");
    assert!(go(DialState::Agent, DialState::Customer, Some("CA1")).await);
    assert!(!go(DialState::Agent, DialState::Customer, Some("CA1")).await, "rung once");
    assert!(store.dial_told(&id, 1, Some(31), None, at).await.unwrap());
    let row = store.dial(&id, 1).await.unwrap().unwrap();
    assert_eq!((row.provider_call.as_deref(), row.dial.talked), (Some("CA1"), None), "nothing is told of what goes on");
    assert!(store.end_dial(&id, 1, DialState::Over, None, None, None, at, at).await.unwrap());
    assert!(!go(DialState::Customer, DialState::Talking, None).await, "what is over stays so");
    let version = store.request(&id).await.unwrap().unwrap().version;
    for _ in 0..2 {
        assert!(store.dial_told(&id, 1, Some(31), Some("no-answer"), at + 1).await.unwrap());
    }
    assert!(store.dial_told(&id, 1, Some(99), Some("busy"), at + 1).await.unwrap());
    let dial = store.dial(&id, 1).await.unwrap().unwrap().dial;
    assert_eq!((dial.state, dial.talked, dial.outcome.as_deref()), (DialState::Over, Some(31), Some("no-answer")));
    let after = store.request(&id).await.unwrap().unwrap().version;
    assert_eq!(after, version + 1, "whoever watches is told, once");
    store.close_request(&id, "mei", "the story goes on", START + 1).await.unwrap().unwrap();
    told(store, at).await;
}

/// Where nobody can text, only programs are told.
async fn told(store: &Store, at: i64) {
    store.sync_hooks(&["crm", "wall"]).await.unwrap();
    let (key, from) = (EffectKey { call: CallId::fresh(), turn: 2, seq: 0 }, "+85261119001");
    let limits = RequestLimits::default();
    store.file_request(&key, "wallet", &wish(from, "told"), Some(phone(from)), &limits, at).await.unwrap();
    let sms = NewMessage {
        key: EffectKey { call: CallId::fresh(), turn: 1, seq: 0 },
        kind: OutboxKind::Sms,
        line: "wallet".to_owned(),
        to: Ok(from.to_owned()),
        body: "Hello".to_owned(),
        test: false,
        at: at - 5,
    };
    assert!(matches!(store.put_message(&sms, &MessageLimits::default()).await.unwrap(), Put::Accepted(_)));
    assert_eq!(store.outbox_due(Sending::Webhooks).await.unwrap(), Some(at));
    assert_eq!(store.outbox_due(Sending::All).await.unwrap(), Some(at - 5));
    let rows = store.claim_outbox(Sending::Webhooks, at, MINUTE, 10).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.kind).collect::<Vec<_>>(), [OutboxKind::Webhook; 2]);
    let rest = store.claim_outbox(Sending::All, at, MINUTE, 10).await.unwrap();
    assert_eq!(rest.iter().map(|row| row.kind).collect::<Vec<_>>(), [OutboxKind::Sms]);
    for row in rows.iter().chain(&rest) {
        assert!(store.outbox_done(&row.id, "done", at).await.unwrap());
    }
    store.sync_hooks(&[]).await.unwrap();
}
