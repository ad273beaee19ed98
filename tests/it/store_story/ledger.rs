//! Requests: filed, asked for again, limited, found and exported.

use crate::support::rows::{DAY, HOUR, START, effect, phone, wish};
use hotline::call::effect::{FileAnswer, NewRequest, Priority, RequestState, RingAt};
use hotline::flow::value::Window;
use hotline::store::{Request, RequestLimits, Store};
use hotline::words::{Level, Reference};
use jiff::Timestamp;

pub async fn story(store: &Store) {
    asked_twice(store).await;
    who_asks(store).await;
    limits(store).await;
    limits_of_one_are_not_used_up_by_another(store).await;
    asking_again_moves_up(store).await;
    demo_and_export(store).await;
}

async fn file(store: &Store, new: &NewRequest, at: i64) -> FileAnswer {
    let number = match &new.ring {
        RingAt::Number(number) => Some(number.clone()),
        _ => None,
    };
    store.file_request(&effect(3), "wallet", new, number, &RequestLimits::default(), at).await.unwrap()
}

/// The reference and whether it was added to an open request.
fn filed(answer: FileAnswer) -> (Reference, bool) {
    match answer {
        FileAnswer::Filed { reference, added, .. } => (reference, added),
        other => panic!("not filed but {other:?}"),
    }
}

async fn read(store: &Store, reference: &Reference) -> Request {
    store.request_status(reference).await.unwrap().expect("it was filed")
}

fn moment(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap()
}

async fn asked_twice(store: &Store) {
    let (key, limits) = (effect(3), RequestLimits::default());
    let first = wish("+85260000001", "refund");
    let answer = store.file_request(&key, "wallet", &first, Some(phone("+85260000001")), &limits, START).await.unwrap();
    let repeat = store.file_request(&key, "wallet", &first, Some(phone("+85260000001")), &limits, START + 1).await;
    assert_eq!(repeat.unwrap(), answer);
    let (reference, added) = filed(answer);
    assert!(!added);
    let request = read(store, &reference).await;
    assert_eq!((request.asked, request.state, request.priority), (1, RequestState::Open, Priority::Normal));
    assert_eq!((request.customer.as_str(), request.number.as_deref()), ("n:+85260000001", Some("+85260000001")));
    assert_eq!((request.call.as_str(), request.filed_at), (key.call.as_str(), moment(START)));

    let window = Window { from: moment(START + HOUR), to: moment(START + 2 * HOUR) };
    let second = NewRequest {
        priority: Priority::Urgent,
        due: moment(START + HOUR),
        collected: vec![("amount".into(), "200.00 HKD".into()), ("date".into(), "2026-11-22".into())],
        window: Some(window),
        ..first.clone()
    };
    let third = NewRequest { priority: Priority::Low, due: moment(START + DAY), collected: vec![], ..first };
    for (ask, at) in [(&second, START + 5), (&third, START + 6)] {
        let answer = file(store, ask, at).await;
        let due = moment(START + HOUR);
        assert_eq!(answer, FileAnswer::Filed { reference: reference.clone(), due, added: true });
    }
    let request = read(store, &reference).await;
    assert_eq!((request.asked, request.priority, request.due), (3, Priority::Urgent, moment(START + HOUR)));
    assert_eq!((request.window, request.updated_at), (Some(window), moment(START + 6)));
    let collected = [("amount", "200.00 HKD"), ("date", "2026-11-22")];
    assert_eq!(request.collected, collected.map(|(n, v)| (n.to_owned(), v.to_owned())));
}

async fn who_asks(store: &Store) {
    let number = "+85260000002";
    let anybody = wish(number, "card");
    let verified = NewRequest { account: Some("1001".into()), level: Level::L2, ..anybody.clone() };
    let typed = NewRequest { ring: RingAt::Registered("1001".into()), ..anybody.clone() };
    let nobody = NewRequest { ring: RingAt::Nobody, from: None, ..anybody.clone() };
    let trial = NewRequest { test: true, ..anybody.clone() };
    let claims_too_much = NewRequest { account: Some("1001".into()), level: Level::L1, ..anybody.clone() };
    let (of_number, _) = filed(file(store, &anybody, START).await);
    let (of_account, added) = filed(file(store, &verified, START).await);
    assert!(!added, "a verified ask and an unverified one never meet");
    let (of_typed, added) = filed(file(store, &typed, START).await);
    assert!(!added);
    let (of_call, added) = filed(file(store, &nobody, START).await);
    assert!(!added);
    assert!(!filed(file(store, &nobody, START).await).1, "calls of which nothing is known are apart");
    assert!(!filed(file(store, &trial, START).await).1, "a trial adds to nothing real");
    assert_eq!(filed(file(store, &claims_too_much, START).await), (of_number.clone(), true), "level 1 is unverified");
    let customer = async |reference| read(store, reference).await.customer;
    assert_eq!(customer(&of_number).await, format!("n:{number}"));
    assert_eq!(customer(&of_account).await, "a:1001");
    assert_eq!(customer(&of_typed).await, "r:1001");
    assert!(customer(&of_call).await.starts_with("c:"));
    assert_eq!(read(store, &of_account).await.account.as_deref(), Some("1001"));
    assert_eq!(read(store, &of_number).await.account, None);
}

async fn limits(store: &Store) {
    let topic = |n: u32| wish("+85260000003", &format!("topic {n}"));
    for n in 1..=3 {
        filed(file(store, &topic(n), START).await);
    }
    assert_eq!(file(store, &topic(4), START + DAY - 1).await, FileAnswer::TooMany);
    assert!(filed(file(store, &topic(3), START + DAY - 1).await).1, "adding counts towards no limit");
    assert!(!filed(file(store, &topic(4), START + DAY).await).1);
    let key = effect(9);
    let few = RequestLimits { per_account_week: 1, ..RequestLimits::default() };
    let of = |topic: &str| NewRequest { account: Some("1003".into()), level: Level::L2, ..wish("+85260000004", topic) };
    filed(store.file_request(&effect(9), "wallet", &of("one"), None, &few, START).await.unwrap());
    let refused = store.file_request(&key, "wallet", &of("two"), None, &few, START + 6 * DAY).await.unwrap();
    assert_eq!(refused, FileAnswer::TooMany);
    let later = store.file_request(&key, "wallet", &of("two"), None, &few, START + 7 * DAY).await.unwrap();
    assert_eq!(later, FileAnswer::TooMany, "a repeat hears what the first heard");
    filed(store.file_request(&effect(9), "wallet", &of("two"), None, &few, START + 7 * DAY).await.unwrap());
}

async fn limits_of_one_are_not_used_up_by_another(store: &Store) {
    let owner = "+85260000010";
    let typed = |from: Option<&str>, account: &str, topic: &str| NewRequest {
        ring: RingAt::Registered(account.into()),
        from: from.map(phone),
        ..wish(owner, topic)
    };
    let ask = async |new: NewRequest, resolved: Option<&str>| {
        let resolved = resolved.map(phone);
        store.file_request(&effect(3), "wallet", &new, resolved, &RequestLimits::default(), START).await.unwrap()
    };
    // A stranger types accounts, of which one is there: three a day, and the same either way.
    for (account, number) in [("1010", Some(owner)), ("9910", None)] {
        for n in 1..=3 {
            let stranger = format!("+852600{n}{account}");
            for topic in ["one", "two", "three"] {
                filed(ask(typed(Some(&stranger), account, &format!("{topic} {n}")), number).await);
            }
            let fourth = typed(Some(&stranger), account, "four");
            assert_eq!(ask(fourth, number).await, FileAnswer::TooMany);
        }
        filed(ask(typed(Some(&format!("+8526004{account}")), account, "ten"), number).await);
        let eleventh = typed(Some(&format!("+8526005{account}")), account, "eleven");
        assert_eq!(ask(eleventh, number).await, FileAnswer::TooMany, "ten a week for an account as typed");
    }
    // Its owner has all of their own day, verified or not.
    for topic in ["one", "two", "three"] {
        let verified = NewRequest { account: Some("1010".into()), level: Level::L2, ..wish(owner, topic) };
        assert!(!filed(ask(verified, Some(owner)).await).1);
        assert!(!filed(ask(wish(owner, topic), Some(owner)).await).1);
    }
    assert_eq!(ask(wish(owner, "four"), Some(owner)).await, FileAnswer::TooMany);
    // Three urgent ones more, though not by asking for others more urgently.
    for topic in ["stolen", "fraud", "frozen"] {
        let urgent = NewRequest { priority: Priority::Urgent, ..wish(owner, topic) };
        assert!(!filed(ask(urgent, Some(owner)).await).1);
    }
    let urgent = NewRequest { priority: Priority::Urgent, ..wish(owner, "one") };
    assert!(filed(ask(urgent.clone(), Some(owner)).await).1);
    assert_eq!(ask(NewRequest { topic: "lost".into(), ..urgent }, Some(owner)).await, FileAnswer::TooMany);
    assert_eq!(ask(wish(owner, "four"), Some(owner)).await, FileAnswer::TooMany, "one more urgent frees no place");
    // Withheld callers of a line share sixty.
    for n in 0..60 {
        filed(ask(typed(None, &format!("80{n}"), "card"), None).await);
    }
    assert_eq!(ask(typed(None, "8060", "card"), None).await, FileAnswer::TooMany);
    assert_eq!(ask(typed(None, "1011", "card"), Some("+85260000011")).await, FileAnswer::TooMany);
}

async fn asking_again_moves_up(store: &Store) {
    let low = NewRequest { priority: Priority::Low, ..wish("+85260000012", "card") };
    let (reference, _) = filed(file(store, &low, START).await);
    for expected in [Priority::Normal, Priority::High, Priority::High] {
        assert!(filed(file(store, &low, START).await).1);
        assert_eq!(read(store, &reference).await.priority, expected);
    }
    let all = store.export_requests(None, 1000).await.unwrap();
    let history = &all.iter().find(|r| r.reference == reference).expect("exported").history;
    let told: Vec<_> =
        history.iter().map(|e| (e.detail["priority"].as_str(), e.detail["asked_priority"].as_str())).collect();
    let steps = ["low", "normal", "high", "high"];
    assert_eq!(told, steps.map(|now| (Some(now), Some("low"))));
}

async fn demo_and_export(store: &Store) {
    let count = async |state: RequestState| {
        let states = store.requests_by_state().await.unwrap();
        states.into_iter().find(|(s, _)| *s == state).map_or(0, |(_, n)| n)
    };
    let open = count(RequestState::Open).await;
    assert!(open > 5);
    assert_eq!((count(RequestState::Claimed).await, count(RequestState::Done).await), (0, 0));
    let number = Some(phone("+85260000005"));
    let demo = wish("+85260000005", "unlock");
    for (n, state) in [(1, RequestState::Claimed), (2, RequestState::Done)] {
        let reference = Reference::of(n);
        assert!(store.put_demo_request(&reference, "wallet", &demo, number.clone(), state, START).await.unwrap());
        assert!(!store.put_demo_request(&reference, "wallet", &demo, number.clone(), state, START).await.unwrap());
        assert_eq!(count(state).await, 1);
    }
    assert_eq!(filed(file(store, &demo, START).await), (Reference::of(1), true), "a claimed request is open too");
    assert_eq!(count(RequestState::Open).await, open);
    assert_eq!(store.request_status(&Reference::of(999)).await.unwrap(), None);

    let mut all: Vec<Request> = Vec::new();
    loop {
        let page = store.export_requests(all.last().map(|r| r.id.as_str()), 2).await.unwrap();
        assert!(page.len() <= 2);
        if page.is_empty() {
            break;
        }
        all.extend(page);
    }
    assert_eq!(all, store.export_requests(None, 1000).await.unwrap(), "pages hold what one long page holds");
    let of = |n| all.iter().find(|r| r.reference == Reference::of(n)).expect("exported");
    let steps = |n| of(n).history.iter().map(|e| (e.seq, e.who.as_str(), e.what.as_str())).collect::<Vec<_>>();
    assert_eq!(steps(1), [(1, "demo", "filed"), (2, "demo", "claimed"), (3, "caller", "asked again")]);
    assert_eq!(steps(2), [(1, "demo", "filed"), (2, "demo", "done")]);
    let twice = all.iter().find(|r| r.customer == "n:+85260000001").expect("exported");
    let amounts: Vec<_> = twice.history.iter().map(|e| e.detail["collected"][0][1].as_str()).collect();
    assert_eq!(amounts, [Some("128.50 HKD"), Some("200.00 HKD"), None], "the history keeps what each ask brought");
}
