//! Two hundred agents at one list, and everything of a request that may happen once.

use super::{at_once, servers};
use crate::support::database::Database;
use crate::support::rows::{START, effect, wish};
use hotline::call::effect::{FileAnswer, RequestState};
use hotline::store::*;
use std::collections::HashMap;

const LEASE: i64 = 120_000;

async fn file(store: &Store, number: &str) -> String {
    let new = wish(number, "race");
    let (key, limits) = (effect(3), RequestLimits::default());
    let filed = store.file_request(&key, "wallet", &new, new.from.clone(), &limits, START).await.unwrap();
    let FileAnswer::Filed { reference, .. } = filed else { panic!("it is filed") };
    store.request_status(&reference).await.unwrap().unwrap().id
}

pub async fn two_hundred_agents_take_a_thousand_requests_once_each(database: Database) {
    let servers = servers(&database).await;
    for n in 0..1000 {
        file(&servers[n % 2], &format!("+8526{n:07}")).await;
    }
    let taken = at_once((0..200).map(|n| {
        let (store, person) = (servers[n % 2].clone(), format!("agent-{n}"));
        async move {
            let mut taken = Vec::new();
            while let Some(request) =
                store.take_next(&Filter::default(), &person, START + 1, START + LEASE).await.unwrap()
            {
                taken.push((request.id, person.clone()));
            }
            taken
        }
    }));
    let taken: Vec<(String, String)> = taken.await.into_iter().flatten().collect();
    let holders: HashMap<String, String> = taken.iter().cloned().collect();
    assert_eq!((taken.len(), holders.len()), (1000, 1000), "each exactly once, and none is left");
    for held in servers[0].held(false, 1000).await.unwrap() {
        assert_eq!(holders[&held.id], held.person);
    }
}

pub async fn of_two_outcomes_of_one_attempt_the_first_stands(database: Database) {
    let servers = servers(&database).await;
    let id = file(&servers[0], "+85260000001").await;
    servers[0].take(&id, "ann", START, START + LEASE).await.unwrap().unwrap();
    let (at, until) = (START + 1, START + LEASE);
    let new = NewDial { request: &id, nth: 1, person: "ann", way: Way::Hand, number: None, provider: None, at, until };
    assert!(matches!(servers[0].begin_dial(&new).await.unwrap(), Begun::New(..)));
    let seen = servers[0].request(&id).await.unwrap().unwrap();
    let ends =
        at_once(
            (0..40).map(|n| {
                let (store, seen) = (servers[n % 2].clone(), seen.clone());
                let (state, outcome) =
                    if n % 3 == 0 { (RequestState::Done, "solved") } else { (RequestState::Open, "no-answer") };
                let due = seen.due.as_millisecond();
                let after = After { state, reason: None, ready_at: at, due, priority: seen.priority, misses: 1 };
                async move {
                    (outcome, store.say_outcome(&seen, 1, "ann", outcome, "", &after, None, at, until).await.unwrap())
                }
            }),
        );
    let ends = ends.await;
    let stood: Vec<_> = ends.iter().filter(|(_, said)| matches!(said, Said::Now(..))).collect();
    assert_eq!(stood.len(), 1);
    let dial = servers[0].dial(&id, 1).await.unwrap().unwrap();
    assert_eq!(dial.dial.outcome.as_deref(), Some(stood[0].0));
    let before = ends.iter().filter(|(_, said)| matches!(said, Said::Before(d) if d.dial.outcome == dial.dial.outcome));
    assert_eq!(before.count(), 39, "everybody else is told what stands");
    let history = servers[0].request(&id).await.unwrap().unwrap().history;
    assert_eq!(history.iter().filter(|entry| entry.what == "outcome").count(), 1);
}

pub async fn an_attempt_ordered_by_many_presses_is_one(database: Database) {
    let servers = servers(&database).await;
    let id = file(&servers[0], "+85260000001").await;
    servers[0].take(&id, "ann", START, START + LEASE).await.unwrap().unwrap();
    let begun = at_once((0..40).map(|n| {
        let (store, id) = (servers[n % 2].clone(), id.clone());
        async move {
            let number = Some("+85260000001");
            let (way, at, until) = (Way::Bridge, START + 1, START + LEASE);
            let new = NewDial { request: &id, nth: 1, person: "ann", way, number, provider: None, at, until };
            store.begin_dial(&new).await.unwrap()
        }
    }));
    let begun = begun.await;
    assert_eq!(begun.iter().filter(|begun| matches!(begun, Begun::New(..))).count(), 1);
    assert_eq!(begun.iter().filter(|begun| matches!(begun, Begun::There(_))).count(), 39);
    assert_eq!(servers[0].dials(&id).await.unwrap().len(), 1);
    assert_eq!(servers[0].request(&id).await.unwrap().unwrap().attempts, 1);
}

/// While a lease ends somebody writes and somebody else takes: whoever is told that they have it has it.
pub async fn a_lease_that_ends_while_somebody_works_is_either_gone_on_with_or_returned(database: Database) {
    let servers = servers(&database).await;
    let mut ids = Vec::new();
    for n in 0..20 {
        ids.push(file(&servers[0], &format!("+8526000010{n:02}")).await);
        servers[0].take(&ids[n], "ann", START, START + 10).await.unwrap().unwrap();
    }
    let ends = at_once((0..60).map(|n| {
        let (store, id) = (servers[n % 2].clone(), ids[n / 3].clone());
        async move {
            let (at, until) = (START + 10, START + LEASE);
            match n % 3 {
                0 => {
                    let text = serde_json::json!({ "text": "on" });
                    let noted = store.add_entry(&id, "ann", true, "note", &text, at, until).await.unwrap();
                    (id, "noted", u64::from(noted.is_some()))
                }
                1 => {
                    let returned = store.return_leases(Some(&id), at, 10).await.unwrap();
                    (id, "returned", returned)
                }
                _ => {
                    let taken = store.take(&id, "bob", at, until).await.unwrap();
                    (id, "taken", u64::from(taken.is_some()))
                }
            }
        }
    }));
    let ends = ends.await;
    for id in &ids {
        let of = |what: &str| ends.iter().filter(|(i, w, _)| i == id && *w == what).map(|(.., n)| n).sum::<u64>();
        let request = servers[0].request(id).await.unwrap().unwrap();
        assert_eq!(of("noted") + of("returned"), 1, "who wrote goes on; else it goes back, and neither is both");
        let holder = match (of("noted"), of("taken")) {
            (1, taken) => {
                assert_eq!(taken, 0);
                Some("ann")
            }
            (_, 1) => Some("bob"),
            _ => None,
        };
        assert_eq!(request.holder.as_deref(), holder);
    }
}
