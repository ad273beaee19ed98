//! Requests as agents work on them: taken, tried, finished, looked at, told of.

use crate::support::rows::{HOUR, START, begin, effect, phone, wish};
use hotline::call::effect::{FileAnswer, NewRequest, Priority, RequestState};
use hotline::call::event::Recording;
use hotline::store::*;
use hotline::words::{CallId, Lang, Level, Role};
use jiff::Timestamp;
use serde_json::json;
use std::slice::from_ref;

const LEASE: i64 = 120_000;
/// A day on which nothing else of the story happens.
const DAY: i64 = START + 400 * 24 * HOUR;

pub async fn story(store: &Store) {
    let ids = waiting(store).await;
    taking(store, &ids).await;
    leases(store, &ids[0]).await;
    attempts(store, &ids[0]).await;
    outcomes(store, &ids[0]).await;
    entries(store, &ids).await;
    looking(store, &ids).await;
    beside(store).await;
    told(store).await;
}

fn filter(skill: &str) -> Filter {
    Filter { skills: vec!["none".into(), skill.into()], langs: vec![Lang::EnUs, Lang::ZhHk], ..Filter::default() }
}

async fn file(store: &Store, new: &NewRequest, at: i64) -> Request {
    let (key, limits) = (effect(3), RequestLimits::default());
    let filed = store
        .file_request_by(FiledBy { who: "ann", renumbers: true }, &key, "wallet", new, new.from.clone(), &limits, at)
        .await
        .unwrap();
    let FileAnswer::Filed { reference, .. } = filed else { panic!("not filed but {filed:?}") };
    let id = store.request_status(&reference).await.unwrap().unwrap().id;
    store.request(&id).await.unwrap().unwrap()
}

/// Requests of one skill: normal, overdue, low and overdue, urgent; later; each of another number.
async fn waiting(store: &Store) -> Vec<String> {
    let mut ids = Vec::new();
    let all = [(Priority::Normal, 2), (Priority::Normal, -1), (Priority::Low, -2), (Priority::Urgent, 5)];
    for (n, (priority, hours)) in all.into_iter().enumerate() {
        let due = Timestamp::from_millisecond(DAY + hours * HOUR).unwrap();
        let new = NewRequest { priority, due, skill: "story".into(), ..wish(&format!("+8526000080{n}"), "desk") };
        let filed = file(store, &new, DAY - 60_000).await;
        assert_eq!((filed.history[0].who.as_str(), filed.history[0].what.as_str()), ("ann", "filed"));
        ids.push(filed.id);
    }
    let page = |skip, limit| Page { skip, limit };
    let listed = async |section, page| -> Vec<String> {
        store.list(&filter("story"), &section, page, DAY).await.unwrap().into_iter().map(|r| r.id).collect()
    };
    let order = [&ids[3], &ids[1], &ids[2], &ids[0]].map(String::clone);
    assert_eq!(listed(Section::Waiting, page(0, 10)).await, order, "urgent, overdue, then the others");
    assert_eq!(listed(Section::Waiting, page(1, 2)).await, order[1..3]);
    assert_eq!(listed(Section::Waiting, page(4, 2)).await, [""; 0]);
    let first = &store.list(&filter("story"), &Section::Waiting, page(0, 1), DAY).await.unwrap()[0];
    let place = Behind::of(first, &Section::Waiting, DAY);
    let rest = store.list_behind(&filter("story"), &Section::Waiting, Some(&place), 10, DAY).await.unwrap();
    assert_eq!(rest.into_iter().map(|r| r.id).collect::<Vec<_>>(), order[1..]);
    assert_eq!(store.count(&filter("story"), &Section::Waiting, DAY).await.unwrap(), (4, 2));
    let overdue = Filter { overdue: true, ..filter("story") };
    assert_eq!(store.count(&overdue, &Section::Waiting, DAY).await.unwrap(), (2, 2));
    assert_eq!(store.list(&overdue, &Section::Waiting, page(0, 9), DAY).await.unwrap().len(), 2);
    assert_eq!(store.count(&filter("sto"), &Section::Waiting, DAY).await.unwrap(), (0, 0), "a whole skill");
    let other = Filter { langs: vec![Lang::JaJp], ..filter("story") };
    assert_eq!(store.count(&other, &Section::Waiting, DAY).await.unwrap(), (0, 0));
    let of = |topic: &str, line: &str| Filter { topic: Some(topic.into()), line: Some(line.into()), ..filter("story") };
    assert_eq!(store.count(&of("desk", "wallet"), &Section::All, DAY).await.unwrap(), (4, 2));
    assert_eq!(store.count(&of("desk", "cards"), &Section::All, DAY).await.unwrap(), (0, 0));
    assert_eq!(store.count(&filter("story"), &Section::Later, DAY - 2 * HOUR).await.unwrap().0, 4);
    assert_eq!(listed(Section::All, page(0, 1)).await, from_ref(&ids[3]), "the newest first");
    ids
}

async fn taking(store: &Store, ids: &[String]) {
    assert_eq!(store.take_next(&filter("nobody's"), "ann", DAY, DAY + LEASE).await.unwrap(), None);
    for id in [&ids[3], &ids[1], &ids[2], &ids[0]] {
        let taken = store.take_next(&filter("story"), "ann", DAY, DAY + LEASE).await.unwrap().unwrap();
        assert_eq!((&taken.id, taken.state, taken.holder.as_deref()), (id, RequestState::Claimed, Some("ann")));
        assert_eq!((taken.version, taken.lease_until.unwrap().as_millisecond()), (2, DAY + LEASE));
    }
    assert_eq!(store.take_next(&filter("story"), "ann", DAY, DAY + LEASE).await.unwrap(), None);
    assert_eq!(store.expected_wait("story", false, DAY + 1).await.unwrap(), Some(60), "they waited a minute");
    let held = store.held(false, 500).await.unwrap().into_iter().filter(|held| held.person == "ann");
    assert_eq!(held.filter(|held| held.since.as_millisecond() == DAY).count(), 4);
    let mine = Section::Held(Some("ann".into()));
    assert_eq!(store.list(&filter("story"), &mine, Page { skip: 0, limit: 1 }, DAY).await.unwrap()[0].id, ids[3]);
    assert_eq!(store.count(&filter("story"), &Section::Held(Some("bob".into())), DAY).await.unwrap(), (0, 0));
    assert_eq!(store.count(&filter("story"), &Section::Held(None), DAY).await.unwrap(), (4, 2));
}

async fn leases(store: &Store, id: &str) {
    assert_eq!(store.take(id, "bob", DAY, DAY + LEASE).await.unwrap(), None, "ann has it");
    assert!(!store.extend_lease(id, "bob", DAY + 9 * LEASE).await.unwrap());
    assert!(store.extend_lease(id, "ann", DAY + 1 + LEASE).await.unwrap());
    assert_eq!(store.release(id, "bob", "", DAY).await.unwrap(), None);
    let released = store.release(id, "ann", "lunch", DAY).await.unwrap().unwrap();
    assert_eq!((released.state, released.holder), (RequestState::Open, None));
    assert!(store.take(id, "bob", DAY + 5, DAY + 5).await.unwrap().is_some());
    assert_eq!(store.return_leases(Some("another"), DAY + 5, 10).await.unwrap(), 0);
    assert_eq!(store.return_leases(Some(id), DAY + 4, 10).await.unwrap(), 0, "it has not ended");
    assert!(store.return_leases(None, DAY + 5, 1000).await.unwrap() >= 1);
    assert_eq!(store.return_leases(Some(id), DAY + 5, 10).await.unwrap(), 0);
    assert!(store.add_person(&Person::new("desk-cho", Role::Agent), DAY).await.unwrap());
    assert_eq!(store.assign(id, "sue", "nobody", DAY + 6, DAY + LEASE).await.unwrap(), None);
    let given = store.assign(id, "sue", "desk-cho", DAY + 6, DAY + LEASE).await.unwrap().unwrap();
    assert_eq!(given.holder.as_deref(), Some("desk-cho"));
    let history = store.request(id).await.unwrap().unwrap().history;
    let whats: Vec<_> = history.iter().map(|entry| (entry.who.as_str(), entry.what.as_str())).collect();
    let told = [("ann", "filed"), ("ann", "claimed"), ("ann", "released"), ("bob", "claimed"), ("hotline", "returned")];
    assert_eq!(whats[..5], told);
    assert_eq!(whats[5..], [("sue", "assigned")]);
    assert_eq!(history[2].detail, json!({ "why": "lunch" }));
}

async fn attempts(store: &Store, id: &str) {
    let number = Some("+85260000800");
    let (at, until) = (DAY + 7, DAY + LEASE);
    let new = NewDial { request: id, nth: 1, person: "desk-cho", way: Way::Bridge, number, provider: None, at, until };
    assert_eq!(store.begin_dial(&NewDial { person: "ann", ..new }).await.unwrap(), Begun::No);
    assert_eq!(store.begin_dial(&NewDial { nth: 2, ..new }).await.unwrap(), Begun::No);
    let Begun::New(request, dial) = store.begin_dial(&new).await.unwrap() else { panic!("it is made") };
    assert_eq!((request.attempts, dial.dial.state, dial.number.as_deref()), (1, DialState::Ordered, number));
    assert_eq!(store.begin_dial(&new).await.unwrap(), Begun::There(dial.clone()));
    assert_eq!(store.begin_dial(&NewDial { nth: 2, ..new }).await.unwrap(), Begun::No, "the first one goes on");
    let ordered = store.stale_dials(at + 1, at - 1, at - 1, 10).await.unwrap();
    assert_eq!((ordered, store.stale_dials(at, at, at, 10).await.unwrap()), (vec![dial], vec![]));
    let from = [DialState::Ordered, DialState::Agent];
    assert!(store.move_dial(id, 1, &from, DialState::Agent, Some("CA7"), DAY + 8).await.unwrap());
    assert!(!store.move_dial(id, 1, &from[..1], DialState::Agent, None, DAY + 8).await.unwrap());
    assert!(store.move_dial(id, 1, &from, DialState::Talking, Some("CA8"), DAY + 9).await.unwrap());
    assert!(!store.move_dial(id, 1, &[DialState::Talking], DialState::Agent, None, DAY + 9).await.unwrap(), "back");
    assert_eq!(store.dial(id, 1).await.unwrap().unwrap().provider_call.as_deref(), Some("CA7"));
    assert_eq!(store.return_leases(Some(id), DAY + 9 * LEASE, 10).await.unwrap(), 0, "they talk");
    let (over, end) = (DialState::Over, DAY + HOUR);
    let told = Some("busy");
    assert!(store.end_dial(id, 1, over, None, Some(0), told, end, end + LEASE).await.unwrap());
    assert!(!store.end_dial(id, 1, over, None, None, None, end, end).await.unwrap());
    assert!(store.dial_told(id, 1, Some(3), None, end).await.unwrap(), "there is nothing to add");
    let dial = &store.dials(id).await.unwrap()[0];
    assert_eq!((dial.dial.talked, dial.dial.outcome.as_deref(), &dial.said_by), (Some(0), told, &None));
    assert_eq!(store.begin_dial(&NewDial { nth: 2, ..new }).await.unwrap(), Begun::No, "how it ended is owed");
    let request = store.request(id).await.unwrap().unwrap();
    assert_eq!(request.lease_until.unwrap().as_millisecond(), end + LEASE, "there is time to say it");
}

async fn outcomes(store: &Store, id: &str) {
    let (at, until) = (DAY + HOUR + 1, DAY + 2 * HOUR);
    let seen = store.request(id).await.unwrap().unwrap();
    let (due, ready_at) = (seen.due.as_millisecond(), seen.ready_at.as_millisecond());
    let state = RequestState::Claimed;
    let after = After { state, reason: None, ready_at, due, priority: seen.priority, misses: 0 };
    let said = store.say_outcome(&seen, 1, "ann", "reached", "", &after, None, at, until).await.unwrap();
    assert_eq!(said, Said::No, "not hers");
    let older = Request { version: 1, ..seen.clone() };
    assert_eq!(
        store.say_outcome(&older, 1, "desk-cho", "reached", "", &after, None, at, until).await.unwrap(),
        Said::No
    );
    assert_eq!(
        store.say_outcome(&seen, 2, "desk-cho", "reached", "", &after, None, at, until).await.unwrap(),
        Said::No
    );
    let said = store.say_outcome(&seen, 1, "desk-cho", "reached", "", &after, None, at, until).await.unwrap();
    let Said::Now(seen, _) = said else { panic!("it is said: {said:?}") };
    let again = store.say_outcome(&seen, 1, "desk-cho", "busy", "", &after, None, at, until).await.unwrap();
    assert!(matches!(again, Said::Before(dial) if dial.dial.outcome.as_deref() == Some("reached")));
    let done = After { state: RequestState::Done, reason: Some("solved".into()), ..after };
    let said = store.say_outcome(&seen, 1, "desk-cho", "solved", "thanks", &done, None, at, until).await.unwrap();
    let Said::Now(done, _) = said else { panic!("it is said: {said:?}") };
    assert_eq!(
        (done.state, done.holder.clone(), done.ended_by.as_deref()),
        (RequestState::Done, None, Some("desk-cho"))
    );
    assert_eq!((done.reason.as_deref(), done.ended_at.unwrap().as_millisecond()), (Some("solved"), at));
    let history = store.request(id).await.unwrap().unwrap().history;
    let last = &history[history.len() - 2..];
    assert_eq!(last[0].detail, json!({ "nth": 1, "outcome": "solved", "note": "thanks" }));
    assert_eq!(last[1].what, "done");
}

async fn entries(store: &Store, ids: &[String]) {
    let (id, at) = (ids[1].as_str(), DAY + 2);
    let text = json!({ "text": "speaks softly" });
    assert_eq!(store.add_entry(id, "bob", true, "note", &text, at, at).await.unwrap(), None, "ann has it");
    assert_eq!(store.add_entry("none", "bob", false, "note", &text, at, at).await.unwrap(), None);
    let noted = store.add_entry(id, "bob", false, "note", &text, at, at + 9 * LEASE).await.unwrap().unwrap();
    assert_eq!(noted.lease_until.unwrap().as_millisecond(), DAY + LEASE, "ann's lease is hers");
    let noted = store.add_entry(id, "ann", true, "number shown", &json!({}), at, at + LEASE).await.unwrap().unwrap();
    assert_eq!((noted.version, noted.lease_until.unwrap().as_millisecond()), (4, at + LEASE));
    let raised = store.set_priority(id, "sue", Priority::Urgent, at).await.unwrap().unwrap();
    assert_eq!(raised.priority, Priority::Urgent);
    assert_eq!(store.unlock_for("none", "1", "sue", at).await.unwrap(), None);
    assert_eq!(store.unlock_for(id, "story's account", "sue", at).await.unwrap(), Some(0));
    let closed = store.close_request(id, "sue", "doubled", at).await.unwrap().unwrap();
    assert_eq!((closed.state, closed.reason.as_deref()), (RequestState::Closed, Some("doubled")));
    assert_eq!(store.close_request(id, "sue", "doubled", at).await.unwrap(), None);
    assert_eq!(store.set_priority(id, "sue", Priority::Low, at).await.unwrap(), None);
}

async fn looking(store: &Store, ids: &[String]) {
    let at = DAY + 2 * HOUR;
    let finished = Section::Finished(Timestamp::from_millisecond(DAY).unwrap());
    let page = Page { skip: 0, limit: 10 };
    let listed = store.list(&filter("story"), &finished, page, at).await.unwrap();
    assert_eq!(listed.iter().map(|r| &r.id).collect::<Vec<_>>(), [&ids[0], &ids[1]], "the newest first");
    assert_eq!(store.count(&filter("story"), &finished, at).await.unwrap(), (2, 1));
    let changes = store.changes(DAY, 100).await.unwrap();
    let last = changes.last().unwrap();
    assert_eq!((&last.id, last.state, last.new), (&ids[0], RequestState::Done, false));
    assert!(changes.iter().all(|change| change.at > DAY));
    assert_eq!(store.changes(last.at, 100).await.unwrap(), []);
    let today = store.today(&filter("story"), DAY - HOUR, at).await.unwrap();
    assert_eq!((today.overdue, today.kept, today.late, today.oldest), (1, 1, 1, None));
    // Ids are of the moment they are made at, which is not this story's.
    assert_eq!(today.people, [("desk-cho".to_owned(), 1), ("sue".to_owned(), 1)]);
    let closed = store.close_request(&ids[3], "sue", "doubled", DAY + 3).await.unwrap().unwrap();
    assert!(closed.ended_at.unwrap() < closed.due);
    store.close_request(&ids[2], "caller", "cancelled", DAY + 4).await.unwrap().unwrap();
    let today = store.today(&filter("story"), DAY - HOUR, at).await.unwrap();
    assert_eq!((today.kept, today.late, today.overdue), (1, 2, 0), "what is closed in time is neither kept nor late");
    assert_eq!(today.people, [("sue".to_owned(), 2), ("desk-cho".to_owned(), 1)], "no caller is one of the people");
    let ever = store.today(&filter("story"), 0, at).await.unwrap();
    assert_eq!((&ever.topics[..], &ever.languages[..]), (&[("desk".into(), 4, 0)][..], &[("zh-HK".into(), 4, 0)][..]));
    assert!(store.overdue(at).await.unwrap() >= 1);
}

async fn beside(store: &Store) {
    let call = CallId::fresh();
    let mut row = begin(&call, "CA-desk", 1);
    row.begins.as_mut().unwrap().caller = Some("+85260000811".into());
    assert_eq!(store.commit(row).await.unwrap(), Committed::Stored);
    let new = NewRequest { account: Some("8011".into()), level: Level::L2, ..wish("+85260000811", "beside") };
    let first = file(store, &new, DAY).await;
    let other = file(store, &NewRequest { topic: "beside it".into(), ..new.clone() }, DAY).await;
    let by_number = file(store, &wish("+85260000811", "by number"), DAY).await;
    store.close_request(&by_number.id, "sue", "answered", DAY).await.unwrap();
    about(store).await;
    let (open, finished) = store.others_of_customer(&first, 10).await.unwrap();
    assert_eq!((open[0].id.as_str(), open.len()), (other.id.as_str(), 1));
    assert_eq!((finished[0].id.as_str(), finished.len()), (by_number.id.as_str(), 1));
    let calls = store.calls_of_request(&first, START - HOUR, 5).await.unwrap();
    assert_eq!((calls[0].id.as_str(), calls[0].asked, calls.len()), (call.as_str(), false, 1));
    assert_eq!(store.calls_of_request(&first, DAY, 5).await.unwrap(), [], "long ago");
    assert_eq!(store.trails(call.as_str()).await.unwrap(), ["[]"]);
    let key = EffectKey { call: call.clone(), turn: 4, seq: 0 };
    let (number, limits) = (Some(phone("+85260000811")), RequestLimits::default());
    let asked = store.file_request(&key, "wallet", &new, number, &limits, DAY).await.unwrap();
    assert!(matches!(asked, FileAnswer::Filed { added: true, .. }));
    assert!(store.calls_of_request(&first, DAY, 5).await.unwrap()[0].asked);
    let sound = Recording { id: "RE8".into(), url: None, seconds: 12 };
    let id = store.put_recording(&key, "wallet", &sound, false, DAY).await.unwrap();
    let kept = RecordingRow { id, call: call.as_str().into(), seconds: 12, kept: false };
    assert_eq!(store.recordings_of_call(call.as_str()).await.unwrap(), from_ref(&kept));
    for n in 0..25 {
        let mut row = begin(&CallId::fresh(), &format!("CA-later-{n}"), 1);
        (row.begins.as_mut().unwrap().caller, row.at) = (Some("+85260000811".into()), row.at + 1 + n);
        assert_eq!(store.commit(row).await.unwrap(), Committed::Stored);
    }
    let calls = store.calls_of_request(&first, START - HOUR, 100).await.unwrap();
    assert_eq!((calls.len(), calls.iter().any(|it| it.id == call.as_str())), (20, false), "a card has an end");
    assert!(store.is_recording_of(&first, START - HOUR, &kept.id).await.unwrap(), "and the message can be played");
    assert!(store.is_recording_of(&first, DAY, &kept.id).await.unwrap(), "it was asked for in that call");
    assert!(!store.is_recording_of(&by_number, DAY, &kept.id).await.unwrap(), "another request's, long ago");
    assert!(!store.is_recording_of(&first, START - HOUR, "none").await.unwrap());
    assert_eq!(store.charged_guesses("8011", DAY).await.unwrap(), 0);
}

/// What requests are about: those just filed, and not the trials.
async fn about(store: &Store) {
    let of = |topic: &str| wish("+85260000812", topic);
    file(store, &of("by number"), DAY + 1).await;
    file(store, &NewRequest { test: true, ..of("trial") }, DAY + 1).await;
    let about = async |lang: Option<&str>, (from, to)| {
        let span = Span { line: "wallet".into(), from, to, lang: lang.map(str::to_owned), ..Span::default() };
        let all = store.asked_about(&span).await.unwrap();
        all.into_iter().map(|about| (about.topic, about.asked, about.open)).collect::<Vec<_>>()
    };
    let [often, once, twice] = [("by number", 2, 1), ("beside", 1, 1), ("beside it", 1, 1)]
        .map(|(topic, asked, open)| (topic.to_owned(), asked, open));
    let found = about(None, (DAY, DAY + 2)).await;
    assert_eq!(found, [often, once, twice], "the most frequent first");
    assert_eq!(about(Some("zh-HK"), (DAY, DAY + 2)).await, found);
    assert!(about(Some("ja-JP"), (DAY, DAY + 2)).await.is_empty());
    assert_eq!(about(None, (DAY + 1, DAY + 2)).await, [("by number".to_owned(), 1, 1)]);
}

async fn told(store: &Store) {
    let hooks = async || -> Vec<OutboxEntry> {
        let all = store.outbox(None, 10_000).await.unwrap();
        all.into_iter().filter(|entry| entry.kind == "webhook").collect()
    };
    let before = hooks().await.len();
    store.sync_hooks(&["crm", "a \"quoted\" one"]).await.unwrap();
    store.sync_hooks(&["crm", "a \"quoted\" one"]).await.unwrap();
    let filed = file(store, &wish("+85260000821", "told"), DAY).await;
    file(store, &NewRequest { test: true, ..wish("+85260000822", "told") }, DAY).await;
    store.take(&filed.id, "ann", DAY, DAY + LEASE).await.unwrap();
    store.assign(&filed.id, "sue", "desk-cho", DAY, DAY + LEASE).await.unwrap().unwrap();
    store.close_request(&filed.id, "sue", "enough", DAY).await.unwrap();
    let told = hooks().await;
    assert_eq!(told.len() - before, 8, "filed, claimed, given, closed, to each of two; trials to nobody");
    assert!(told.iter().rev().take(8).all(|entry| entry.call == filed.id));
    for claimed in store.claim_outbox(Sending::All, DAY + HOUR, HOUR, 10_000).await.unwrap() {
        if told.iter().rev().take(8).any(|entry| entry.id == claimed.id) {
            let body: serde_json::Value = serde_json::from_str(&claimed.body).unwrap();
            assert!(["crm", "a \"quoted\" one"].contains(&body["hook"].as_str().unwrap()));
            assert_eq!(body["request"], json!(filed.id));
            let event = ["request.created", "request.claimed", "request.claimed", "request.finished"];
            assert_eq!(body["event"], json!(event[body["seq"].as_u64().unwrap() as usize - 1]));
        }
        store.outbox_done(&claimed.id, "told", DAY + HOUR).await.unwrap();
    }
    store.sync_hooks(&[]).await.unwrap();
}
