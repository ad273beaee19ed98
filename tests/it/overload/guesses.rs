//! A flood of PINs against slow hashes: those who guess wait for each other, and nobody else for them.

use super::stage::{MENU, Stage};
use crate::support::database::Database;
use crate::support::server::eventually;
use hotline::answer::Bounds;
use hotline::store::Customer;
use hotline::words::{Secret, clock};
use std::collections::BTreeMap;

/// Guesses at once: more than are let in without a look at how fast they leave.
const GUESSES: usize = 40;

/// What an account has to be compared with: of no PIN, and as slow as a verifier may be.
const SLOW: &str = "$argon2id$v=19$m=65536,t=8,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn customer(account: String) -> Customer {
    Customer {
        account,
        name: "Ada".to_owned(),
        number: None,
        language: None,
        state: "active".to_owned(),
        pin: Some(Secret::new(SLOW)),
        knowledge: None,
        fields: BTreeMap::new(),
        demo: false,
    }
}

#[tokio::test]
async fn a_flood_of_guesses_at_slow_hashes_keeps_no_other_call_waiting() {
    let database = Database::sqlite();
    let stage = Stage::on(&database, Bounds::default()).await;
    let accounts: Vec<String> = (0..GUESSES).map(|n| format!("2000{n:04}")).collect();
    let customers: Vec<Customer> = accounts.iter().cloned().map(customer).collect();
    stage.answerer.store().import_customers(&customers, clock::now().as_millisecond()).await.unwrap();
    let mut other = stage.dial("+85261241000").await;
    let mut flood = Vec::new();
    for (n, account) in accounts.iter().enumerate() {
        let mut call = stage.dial(&format!("+852612411{n:02}")).await;
        for keys in ["2", &format!("{account}#")] {
            let typed = call.typed(keys);
            stage.go(&mut call, typed).await;
        }
        call.heard.says("phone PIN");
        flood.push(call);
    }
    let guesses: Vec<_> = flood.iter().map(|call| stage.begin_to_send(call.typed("270496#"))).collect();
    eventually("guesses wait", async || (stage.inside().await >= 1.0).then_some(())).await;
    for _ in 0..20 {
        let typed = other.typed("1");
        stage.go(&mut other, typed).await.says(MENU);
    }
    let wrong = stage.metric("hotline_verifications_total{outcome=\"wrong\"}").await.unwrap_or_default();
    assert!(wrong < GUESSES as f64, "the other call did not wait for all of them: {wrong}");
    // Who guesses hears words too, in time.
    for (call, guess) in flood.iter_mut().zip(guesses) {
        let heard = call.hears(&guess.await.unwrap());
        assert!(heard.words.contains("One moment") || heard.words.contains("is not right"), "{heard:?}");
    }
    assert_eq!((stage.shed("call").await, stage.shed("turn").await), (0.0, 0.0), "to wait for a hash is no crowd");
}
