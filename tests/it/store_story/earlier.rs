//! Requests whose customers call again: changed for them alone, closed when they were served.

use crate::support::rows::{HOUR, START, effect, phone, wish};
use hotline::call::effect::{FileAnswer, NewRequest, RequestChange, RequestState};
use hotline::flow::value::Window;
use hotline::store::{Asker, Request, RequestLimits, Store};
use hotline::words::{Level, Reference};
use jiff::Timestamp;

const NUMBER: &str = "+85260000701";
const MINE: Asker<'static> = Asker { account: None, number: Some(NUMBER), test: false };
const TRIAL: Asker<'static> = Asker { test: true, ..MINE };
const STRANGER: Asker<'static> = Asker { account: Some("7009"), number: Some("+85260000709"), test: false };
const WITHHELD: Asker<'static> = Asker { account: None, number: None, test: false };

pub async fn story(store: &Store) {
    moved_and_cancelled(store).await;
    served(store).await;
}

async fn file(store: &Store, new: &NewRequest) -> Reference {
    let answer =
        store.file_request(&effect(3), "wallet", new, new.from.clone(), &RequestLimits::default(), START).await;
    match answer.unwrap() {
        FileAnswer::Filed { reference, .. } => reference,
        other => panic!("not filed but {other:?}"),
    }
}

async fn read(store: &Store, reference: &Reference) -> Request {
    store.request_status(reference).await.unwrap().expect("it was filed")
}

async fn moved_and_cancelled(store: &Store) {
    let reference = file(store, &wish(NUMBER, "moved")).await;
    let at = |ms| Timestamp::from_millisecond(ms).unwrap();
    let window = Window { from: at(START + 20 * HOUR), to: at(START + 23 * HOUR) };
    let (moves, now) = (RequestChange::Window(window), START + HOUR);
    for (line, asker) in [("wallet", STRANGER), ("wallet", WITHHELD), ("wallet", TRIAL), ("another", MINE)] {
        assert!(!store.change_request(&effect(4), line, &reference, asker, moves, now).await.unwrap());
    }
    let key = effect(5);
    for _ in 0..2 {
        assert!(store.change_request(&key, "wallet", &reference, MINE, moves, now).await.unwrap());
    }
    let request = read(store, &reference).await;
    assert_eq!((request.window, request.ready_at, request.due), (Some(window), window.from, window.to));
    assert_eq!(request.version, 2, "once, however often it comes");

    let key = effect(6);
    for _ in 0..2 {
        let cancelled = store.change_request(&key, "wallet", &reference, MINE, RequestChange::Cancel, now);
        assert!(cancelled.await.unwrap());
    }
    let request = read(store, &reference).await;
    assert_eq!((request.state, request.reason.as_deref()), (RequestState::Closed, Some("cancelled")));
    assert!(!store.change_request(&effect(7), "wallet", &reference, MINE, moves, now).await.unwrap(), "it is over");

    // A verified customer's is theirs on whatever number they call.
    let account = Some("7001".to_owned());
    let reference = file(store, &NewRequest { account, level: Level::L2, ..wish(NUMBER, "own") }).await;
    let own = Asker { account: Some("7001"), number: Some("+85260000702"), test: false };
    assert!(store.change_request(&effect(8), "wallet", &reference, own, RequestChange::Cancel, now).await.unwrap());
}

async fn served(store: &Store) {
    let wish = |topic, skill: &str, from: &str| NewRequest { skill: skill.into(), ..wish(from, topic) };
    let same = file(store, &wish("served", "cards", NUMBER)).await;
    let other_skill = file(store, &wish("other skill", "payments", NUMBER)).await;
    let other_customer = file(store, &wish("served", "cards", "+85260000703")).await;
    let customers = [format!("n:{}", phone(NUMBER).as_str()), "a:7001".to_owned()];
    assert_eq!(store.close_served(&customers, "cards", true, START + HOUR).await.unwrap(), 0, "no trial is open");
    assert_eq!(store.close_served(&customers, "cards", false, START + HOUR).await.unwrap(), 1);
    assert_eq!(store.close_served(&customers, "cards", false, START + HOUR).await.unwrap(), 0);
    let request = read(store, &same).await;
    assert_eq!((request.state, request.reason.as_deref()), (RequestState::Done, Some("served")));
    for open in [other_skill, other_customer] {
        assert_eq!(read(store, &open).await.state, RequestState::Open);
    }
}
