//! Publishers at once.

use super::{Database, at_once, servers};
use crate::support::rows::START;
use hotline::store::*;

/// A version to be published over another one, by somebody of that name.
fn publication(who: &str, digest: &str, base: &str) -> Publication {
    let release = NewRelease {
        id: format!("release of {who}"),
        flow: "wallet".to_owned(),
        digest: digest.to_owned(),
        files: "[]".to_owned(),
        base: base.to_owned(),
    };
    Publication {
        releases: vec![release],
        who: who.to_owned(),
        note: String::new(),
        at: START,
        start: Start::Now,
        protected: String::new(),
        held: false,
        back: None,
        draft: None,
        stories: Vec::new(),
    }
}

pub async fn of_many_who_publish_at_once_one_wins(database: Database) {
    let servers = servers(&database).await;
    servers[0].take_from_disk("wallet", "base", "[]", START).await.unwrap();
    let told = at_once((0..20).map(|n| {
        let (store, new) = (servers[n % 2].clone(), publication(&format!("admin-{n}"), &format!("d{n}"), "base"));
        async move { (store.publish(&new).await.unwrap(), new) }
    }));
    let told = told.await;
    let winners: Vec<_> = told.iter().filter(|(told, _)| *told == Published::Done).collect();
    assert_eq!(winners.len(), 1);
    assert!(told.iter().all(|(told, _)| [Published::Done, Published::Elsewhere("wallet".into())].contains(told)));
    let live = servers[1].live().await.unwrap();
    assert_eq!(live[0].digest, winners[0].1.releases[0].digest);
    let history = servers[1].releases("wallet").await.unwrap();
    assert_eq!(history.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 1]);

    // Everybody rolls back at once, whatever is live: they come one after the other or are told.
    let told = at_once((0..20).map(|n| {
        let live = live[0].digest.clone();
        let new = Publication { back: Some(Back::default()), ..publication(&format!("again-{n}"), "base", &live) };
        let store = servers[n % 2].clone();
        async move { store.publish(&new).await.unwrap() }
    }));
    assert_eq!(told.await.iter().filter(|told| **told == Published::Done).count(), 1);
}
