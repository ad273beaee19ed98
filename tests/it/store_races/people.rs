//! Many who sign in at once, and many programs with one key.

use super::{at_once, servers};
use crate::support::database::Database;
use crate::support::rows::START;
use hotline::store::{Person, Repeat, SignIn};
use hotline::words::{Role, Secret};

pub async fn a_hundred_sign_ins_at_once_get_ten_comparisons(database: Database) {
    let servers = servers(&database).await;
    let claims = at_once((0..100).map(|n| {
        let (store, address) = (servers[n % 2].clone(), format!("192.0.2.{n}"));
        async move { store.claim_sign_in("mei", &address, START + n as i64).await.unwrap() }
    }));
    assert_eq!(claims.await.iter().filter(|claim| **claim == SignIn::Compare).count(), 10, "of one name");
    let claims = at_once((0..100).map(|n| {
        let (store, name) = (servers[n % 2].clone(), format!("name-{n}"));
        async move { store.claim_sign_in(&name, "198.51.100.1", START + n as i64).await.unwrap() }
    }));
    assert_eq!(claims.await.iter().filter(|claim| **claim == SignIn::Compare).count(), 30, "from one address");
}

pub async fn an_invitation_used_by_twenty_at_once_works_for_one(database: Database) {
    let servers = servers(&database).await;
    assert!(servers[0].add_person(&Person::new("mei", Role::Agent), START).await.unwrap());
    let invitation = servers[0].invite("mei", START).await.unwrap().unwrap();
    let accepted = at_once((0..20).map(|n| {
        let (store, invitation) = (servers[n % 2].clone(), invitation.clone());
        let password = Secret::new(format!("password of {n}"));
        async move {
            let accepted = store.accept_invitation(invitation.reveal(), &password, START).await.unwrap();
            accepted.map(|_| password)
        }
    }));
    let accepted: Vec<Secret> = accepted.await.into_iter().flatten().collect();
    assert_eq!(accepted.len(), 1);
    let kept = servers[1].password_of("mei").await.unwrap();
    assert!(kept.is_some_and(|kept| kept.same(accepted[0].reveal().as_bytes())), "the password is that one's");
}

pub async fn servers_that_start_at_once_make_one_first_admin(database: Database) {
    let servers = servers(&database).await;
    let invited = at_once((0..8).map(|n| {
        let store = servers[n % 2].clone();
        async move { store.first_admin(START).await.unwrap() }
    }));
    assert_eq!(invited.await.into_iter().flatten().count(), 1);
    assert_eq!(servers[0].people().await.unwrap(), [Person::new("admin", Role::Admin)]);
}

pub async fn a_key_claimed_by_twenty_at_once_is_new_to_one(database: Database) {
    let servers = servers(&database).await;
    let claims = at_once((0..20).map(|n| {
        let store = servers[n % 2].clone();
        async move { store.claim_key("mei", "key", "request", START).await.unwrap() }
    }));
    let claims = claims.await;
    assert_eq!(claims.iter().filter(|claim| **claim == Repeat::New).count(), 1);
    assert_eq!(claims.iter().filter(|claim| **claim == Repeat::Busy).count(), 19);
}
