//! What callers did is rolled up, and calls are found.

use crate::support::rows::{DAY, HOUR, START, begin, turn, wish};
use hotline::call::effect::{FileAnswer, NewRequest};
use hotline::store::*;
use hotline::words::CallId;

/// An ended call of the line `shop`.
async fn ended(store: &Store, name: &str, ending: &str) -> CallId {
    let call = CallId::fresh();
    store.name_call("twilio", name, &call).await.unwrap();
    let mut first = begin(&call, name, 1);
    first.begins.as_mut().unwrap().line = "shop".into();
    store.commit(first).await.unwrap();
    let last = TurnRow { ends: Some(ending.into()), ..turn(&call, 2, 1) };
    store.commit(last).await.unwrap();
    call
}

fn mark(what: &'static str, of: &str, n: i64) -> Mark {
    Mark { what, of: of.into(), n, total: n * 1000 }
}

pub async fn story(store: &Store) {
    let (first, second) = (ended(store, "T1", "goodbye").await, ended(store, "T2", "hung-up").await);
    let waiting = store.untallied(100).await.unwrap();
    let ours: Vec<&Untallied> = waiting.iter().filter(|call| call.line == "shop").collect();
    assert_eq!(ours.iter().map(|call| &call.ending).collect::<Vec<_>>(), ["goodbye", "hung-up"]);
    assert_eq!((ours[0].began_at, ours[0].ended_at, ours[0].digest.as_str()), (START + 1, START + 2, "d2"));
    assert!(store.scores_of_call(first.as_str()).await.unwrap().is_empty());
    let marks = |call: &Untallied, lang: &str| Marked {
        call: call.clone(),
        lang: lang.into(),
        marks: vec![mark("calls", "", 1), mark("hung", "main", 2)],
    };
    let mut later = marks(ours[1], "ja-JP");
    later.call.began_at += 2 * DAY + 3 * HOUR;
    let all = [marks(ours[0], "en-US"), later];
    assert_eq!(store.tally(&all, START).await.unwrap(), 2);
    assert_eq!(store.tally(&all, START).await.unwrap(), 0, "each once");
    let left = store.untallied(100).await.unwrap();
    assert!(left.iter().all(|call| call.line != "shop"));

    let hour = START - START % HOUR;
    let span = Span { line: "shop".into(), from: hour - 2 * DAY, to: hour + 5 * DAY, ..Span::default() };
    let counted = async |span: &Span| {
        let all = store.tallied(span).await.unwrap();
        all.iter().find(|t| t.what == "hung").map(|t| (t.of.clone(), t.n, t.total))
    };
    assert_eq!(counted(&span).await, Some(("main".into(), 4, 4000)));
    let one =
        |span: Span| async move { store.tallied(&span).await.unwrap().iter().find(|t| t.what == "hung").map(|t| t.n) };
    assert_eq!(one(Span { lang: Some("ja-JP".into()), ..span.clone() }).await, Some(2));
    assert_eq!(one(Span { digest: Some("d1".into()), ..span.clone() }).await, None);
    assert_eq!(one(Span { to: hour + HOUR, ..span.clone() }).await, Some(2));
    assert_eq!(one(Span { to: hour, ..span.clone() }).await, None);
    assert_eq!(one(Span { from: hour, to: hour + 2 * DAY + 4 * HOUR, ..span.clone() }).await, Some(4));
    let of_day = u8::try_from(hour / HOUR % 24).unwrap();
    assert_eq!(one(Span { hours: Some((of_day, of_day)), ..span.clone() }).await, Some(2));
    let wrapped = Some(((of_day + 1) % 24, (of_day + 23) % 24));
    assert_eq!(one(Span { hours: wrapped, ..span.clone() }).await, Some(2), "all hours but this one");
    let east = Span { hours: Some(((of_day + 8) % 24, (of_day + 8) % 24)), ahead: 8 * HOUR, ..span.clone() };
    assert_eq!(one(east).await, Some(2));
    let third = hour + 2 * DAY + 3 * HOUR;
    assert_eq!(store.tallied_hours(&span).await.unwrap(), [(hour, 1), (third, 1)]);
    let versions = store.tallied_versions("shop", 5).await.unwrap();
    assert_eq!(versions.iter().map(|v| (v.digest.as_str(), v.n)).collect::<Vec<_>>(), [("d2", 2)]);
    found(store, &first, &second).await;
    promised(store, &first).await;
}

/// What became of requests, by when they were filed and by the version of the call they were filed in.
async fn promised(store: &Store, first: &CallId) {
    let all = Span { line: "shop".into(), from: 0, to: i64::MAX, ..Span::default() };
    let asked = async |span: Span| store.promised(&span, START).await.unwrap().asked;
    assert_eq!(store.promised(&all, START).await.unwrap(), Promised::default());
    let digest = store.find_calls(&CallFilter::default(), None, 99).await.unwrap();
    let digest = digest.into_iter().find(|call| call.id == first.as_str()).unwrap().digest;
    let new = NewRequest { skill: "counted".into(), ..wish("+85260000955", "counted") };
    let key = EffectKey { call: first.clone(), turn: 1, seq: 0 };
    let filed =
        store.file_request(&key, "shop", &new, new.from.clone(), &RequestLimits::default(), START).await.unwrap();
    assert!(matches!(filed, FileAnswer::Filed { .. }), "{filed:?}");
    let of_day = u8::try_from(START / HOUR % 24).unwrap();
    assert_eq!(asked(all.clone()).await, 1);
    for (digest, hours, n) in [
        (Some(digest.clone()), None, 1),
        (Some("none".to_owned()), None, 0),
        (Some(digest), Some((of_day, of_day)), 1),
        (None, Some(((of_day + 1) % 24, (of_day + 23) % 24)), 0),
    ] {
        let span = Span { digest, hours, ..all.clone() };
        assert_eq!(
            (asked(span.clone()).await, store.asked_about(&span).await.unwrap().len() as i64),
            (n, n),
            "{span:?}"
        );
    }
}

async fn found(store: &Store, first: &CallId, second: &CallId) {
    let ids = async |filter: CallFilter, behind: Option<&str>, limit| {
        let calls = store.find_calls(&filter, behind, limit).await.unwrap();
        calls.into_iter().map(|call| call.id).collect::<Vec<_>>()
    };
    let shop = CallFilter { line: Some("shop".into()), ..CallFilter::default() };
    let (first, second) = (first.as_str().to_owned(), second.as_str().to_owned());
    assert_eq!(ids(shop.clone(), None, 9).await, [second.clone(), first.clone()], "the newest first");
    assert_eq!(ids(shop.clone(), Some(&second), 9).await, std::slice::from_ref(&first));
    assert_eq!(ids(shop.clone(), None, 1).await, std::slice::from_ref(&second));
    let ending = CallFilter { ending: Some("goodbye".into()), ..shop.clone() };
    assert_eq!(ids(ending, None, 9).await, std::slice::from_ref(&first));
    let hung_up = CallFilter { ending: Some("hung-up".into()), ..CallFilter::default() };
    assert!(ids(hung_up, None, 50).await.contains(&second));
    let open = CallFilter { ending: Some("open".into()), ..CallFilter::default() };
    assert!(ids(open, None, 50).await.iter().all(|id| *id != first));
    let number = CallFilter { number: Some("+85291234567".into()), ..shop.clone() };
    assert_eq!(ids(number, None, 9).await.len(), 2);
    let nobody = CallFilter { number: Some("+85290000000".into()), ..CallFilter::default() };
    assert!(ids(nobody, None, 9).await.is_empty());
    let now = hotline::words::clock::now().as_millisecond();
    let past = CallFilter { to: Some(now - DAY), ..shop.clone() };
    assert!(ids(past, None, 9).await.is_empty());
    let lately = CallFilter { from: Some(now - DAY), to: Some(now + DAY), ..CallFilter::default() };
    assert!(ids(lately, None, 50).await.contains(&first));
    let known = store.calls_known_as("T1").await.unwrap();
    assert_eq!((known.len(), known[0].id.as_str(), known[0].provider_call.as_str()), (1, first.as_str(), "T1"));
    assert_eq!(store.calls_known_as(&second).await.unwrap().len(), 1);
    assert!(store.calls_known_as("nothing").await.unwrap().is_empty());
    assert_eq!(store.found_call(&second).await.unwrap().unwrap().ending.as_deref(), Some("hung-up"));
    assert!(store.requests_of_call(&first).await.unwrap().is_empty());
    assert!(store.states_now("shop", 9).await.unwrap().is_empty(), "none goes on");
    let ended = store.ended_calls("shop", None, 9).await.unwrap();
    assert_eq!(ended, [second.clone(), first.clone()]);
    assert_eq!(store.ended_calls("shop", Some(&second), 9).await.unwrap(), std::slice::from_ref(&first));
    let rows = store.recorded("shop", &first, &second).await.unwrap();
    let kept: Vec<_> = rows.iter().map(|row| (row.call.as_str(), row.state.as_str(), row.digest.as_str())).collect();
    let of = |call: &'static str| call;
    assert_eq!(kept.iter().map(|(.., digest)| *digest).collect::<Vec<_>>(), [of("d2"); 4]);
    assert_eq!((kept[0].0, kept[2].0), (second.as_str(), first.as_str()));
    assert_eq!(kept.iter().map(|(_, state, _)| *state).collect::<Vec<_>>(), ["state 1", "", "state 1", ""]);
}
