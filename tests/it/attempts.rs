//! Guesses at PINs, through the front door: never one more than the limits allow, and never an
//! honest caller charged twice.

use crate::support::postgres::fresh_database;
use crate::support::server::{Home, Server};
use crate::support::twilio::Call;
use std::sync::Arc;

const ACCOUNT: &str = "10001006";
const RIGHT: &str = "748205#";
const WRONG: &str = "193746#";
const IS_WRONG: &str = "The account number or PIN is not right.";
const IS_LIMITED: &str = "we cannot check again";

/// A call that has come to the PIN of an account.
async fn at_the_pin(server: &Server, from: &str, account: &str) -> Call {
    let mut call = Call::from(from);
    call.dial(server).await;
    if call.heard.words.contains("For English") {
        call.press(server, "3").await;
    }
    call.press_all(server, &["3", &format!("{account}#")]).await.says("phone PIN");
    call
}

/// One guess in a call of its own, which then hangs up.
async fn guess(server: &Server, from: &str, account: &str, pin: &str) -> Call {
    let mut call = at_the_pin(server, from, account).await;
    call.press(server, pin).await;
    assert_eq!(server.send(&call.status("completed")).await.status, 204);
    call
}

/// How many verifications ended so.
async fn counted(server: &Server, outcome: &str) -> f64 {
    let name = format!(r#"hotline_verifications_total{{outcome="{outcome}"}}"#);
    server.metric(&name).await.unwrap_or_default()
}

fn number(n: usize) -> String {
    format!("+8526126{n:04}")
}

#[tokio::test]
async fn a_hundred_calls_at_once_get_no_more_guesses_at_an_account_than_one_on_sqlite() {
    a_hundred_at_once(Home::new()).await;
}

#[tokio::test]
async fn a_hundred_calls_at_once_get_no_more_guesses_at_an_account_than_one_on_postgresql() {
    a_hundred_at_once(Home::new().set("HOTLINE_DATABASE_URL", &fresh_database().await)).await;
}

async fn a_hundred_at_once(home: Home) {
    let server = Arc::new(home.start());
    // All of them first: one who does not get that far fails the test, and holds nobody up.
    let coming = (0..100).map(|n| {
        let server = server.clone();
        tokio::spawn(async move { at_the_pin(&server, &number(n), ACCOUNT).await })
    });
    let mut callers = Vec::new();
    for coming in coming.collect::<Vec<_>>() {
        callers.push(coming.await.unwrap());
    }
    let pressing = callers.into_iter().enumerate().map(|(n, mut call)| {
        let server = server.clone();
        tokio::spawn(async move { call.press(&server, &format!("{}#", 190_000 + n)).await.words.clone() })
    });
    let calls: Vec<_> = pressing.collect();
    let (mut wrong, mut limited) = (0, 0);
    for call in calls {
        let words = call.await.unwrap();
        wrong += usize::from(words.contains(IS_WRONG));
        limited += usize::from(words.contains(IS_LIMITED));
    }
    assert_eq!((wrong, limited), (5, 95));
    assert_eq!((counted(&server, "wrong").await, counted(&server, "limited").await), (5.0, 95.0));
    // The right one does not help any more, and an honest caller hears what to do instead.
    guess(&server, &number(100), ACCOUNT, RIGHT).await.heard.says("have us call the number registered");
    // Nobody else's account is touched.
    guess(&server, &number(101), "10001007", "862943#").await.heard.says("Your account is locked.");
}

#[tokio::test]
async fn a_guess_that_comes_again_is_charged_once() {
    let server = Arc::new(Home::new().start());
    for n in 0..5 {
        let mut call = at_the_pin(&server, &number(n), ACCOUNT).await;
        let webhook = call.typed(WRONG);
        let again: Vec<_> = (0..10)
            .map(|_| {
                let (server, webhook) = (server.clone(), webhook.clone());
                tokio::spawn(async move { server.send(&webhook).await })
            })
            .collect();
        let answer = server.send(&webhook).await;
        for same in again {
            assert_eq!(same.await.unwrap(), answer);
        }
        assert_eq!(server.send(&webhook.with("Digits", "748205")).await, answer, "the turn is used up");
        call.hears(&answer);
        call.follow(&server).await.says(IS_WRONG);
    }
    assert_eq!(counted(&server, "wrong").await, 5.0);
    guess(&server, &number(5), ACCOUNT, WRONG).await.heard.says(IS_LIMITED);
}

#[tokio::test]
async fn a_guess_whose_server_is_killed_is_charged_once() {
    let home = Home::new();
    let mut server = Arc::new(home.start());
    for n in 0..5 {
        let mut call = at_the_pin(&server, &number(n), ACCOUNT).await;
        let (killed, webhook) = (server.clone(), call.typed(WRONG));
        let sent = webhook.clone();
        let sending = tokio::spawn(async move { killed.try_send(&sent).await.ok() });
        // Earlier or later in the middle of it.
        for _ in 0..n * 2 {
            server.get("/healthz").await;
        }
        server.kill();
        let answered = sending.await.unwrap();
        server = Arc::new(home.start());
        let answer = server.send(&webhook).await;
        assert!(answered.is_none_or(|before| before == answer));
        call.hears(&answer);
        call.follow(&server).await.says(IS_WRONG);
    }
    guess(&server, &number(5), ACCOUNT, RIGHT).await.heard.says(IS_LIMITED);
}

#[tokio::test]
async fn a_success_clears_the_account_and_is_not_charged_to_the_caller() {
    let server = Home::new().start();
    for n in 0..4 {
        guess(&server, &number(n), ACCOUNT, WRONG).await.heard.says(IS_WRONG);
    }
    guess(&server, &number(4), ACCOUNT, RIGHT).await.heard.says("Your account is fine.");
    for n in 5..10 {
        guess(&server, &number(n), ACCOUNT, WRONG).await.heard.says(IS_WRONG);
    }
    guess(&server, &number(10), ACCOUNT, RIGHT).await.heard.says(IS_LIMITED);

    // One number: nine failures at accounts nobody has, then successes that cost nothing.
    for n in 0..9 {
        guess(&server, &number(11), &format!("5550{n:04}"), WRONG).await.heard.says(IS_WRONG);
    }
    for _ in 0..3 {
        guess(&server, &number(11), "10001007", "862943#").await.heard.says("Your account is locked.");
    }
    guess(&server, &number(11), "55509999", WRONG).await.heard.says(IS_WRONG);
    guess(&server, &number(11), "10001007", "862943#").await.heard.says(IS_LIMITED);
    guess(&server, &number(12), "10001007", "862943#").await.heard.says("Your account is locked.");
}

#[tokio::test]
async fn limits_survive_hanging_up_and_a_restart() {
    let home = Home::new();
    let server = home.start();
    for n in 0..5 {
        guess(&server, &number(n), ACCOUNT, WRONG).await.heard.says(IS_WRONG);
    }
    guess(&server, &number(5), ACCOUNT, RIGHT).await.heard.says(IS_LIMITED);
    server.kill();
    let server = home.start();
    guess(&server, &number(6), ACCOUNT, RIGHT).await.heard.says(IS_LIMITED);
    // An account that is not there is limited like one that is.
    for n in 0..5 {
        guess(&server, &number(n), "55501234", WRONG).await.heard.says(IS_WRONG);
    }
    guess(&server, &number(7), "55501234", WRONG).await.heard.says(IS_LIMITED);
}

#[tokio::test]
async fn three_wrong_pins_are_enough_for_a_call() {
    let server = Home::new().start();
    let mut call = at_the_pin(&server, &number(0), ACCOUNT).await;
    for _ in 0..2 {
        call.press(&server, WRONG).await.says(IS_WRONG);
        call.press(&server, "10001006#").await.says("phone PIN");
    }
    call.press(&server, WRONG).await.says(IS_LIMITED);
    call.heard.says("An agent can call you about it.");
    assert_eq!(counted(&server, "wrong").await, 3.0);
}

#[tokio::test]
async fn withheld_callers_share_sixty_guesses_an_hour_and_then_somebody_is_alarmed() {
    let home = Home::new();
    let server = home.start();
    let alarms = async || server.metric(r#"hotline_alarms_total{line="digital-wallet"}"#).await;
    for n in 0..60 {
        guess(&server, "anonymous", &format!("5550{n:04}"), WRONG).await.heard.says(IS_WRONG);
    }
    assert_eq!(alarms().await, None);
    guess(&server, "anonymous", ACCOUNT, RIGHT).await.heard.says(IS_LIMITED);
    assert_eq!(alarms().await, Some(1.0));
    guess(&server, "+266696687", ACCOUNT, RIGHT).await.heard.says(IS_LIMITED);
    assert_eq!(alarms().await, Some(1.0), "once an hour is enough");
    home.logs("somebody may be trying PINs").await;
    // Whoever shows a number is heard.
    guess(&server, &number(0), ACCOUNT, RIGHT).await.heard.says("Your account is fine.");
}

#[tokio::test]
async fn an_account_that_is_not_there_sounds_like_a_wrong_pin() {
    let server = Home::new().start();
    let mut heard = Vec::new();
    for (n, account) in ["10001006", "55501234"].into_iter().enumerate() {
        let mut call = at_the_pin(&server, &number(n), account).await;
        let mut documents = Vec::new();
        for keys in [WRONG, &format!("{account}#"), WRONG, &format!("{account}#"), WRONG] {
            let webhook = call.typed(keys);
            let answer = server.send(&webhook).await;
            let address = call.hears(&answer).action().to_owned();
            documents.push(answer.body.replace(&address, "ADDRESS"));
        }
        heard.push(documents);
    }
    assert_eq!(heard[0], heard[1]);
}

#[tokio::test]
async fn demo_customers_are_nobody_once_the_demo_is_over() {
    let home = Home::new();
    let server = home.start();
    guess(&server, &number(0), ACCOUNT, RIGHT).await.heard.says("Your account is fine.");
    server.kill();
    let home = home.set("HOTLINE_DEMO", "false");
    let server = home.start();
    guess(&server, &number(1), ACCOUNT, RIGHT).await.heard.says(IS_WRONG);
    server.kill();
    // Whom the wallet itself has under this account is somebody.
    home.write("customers.csv", &format!("account,name,pin,reason\n{ACCOUNT},Ada,{RIGHT},none\n").replace('#', ""));
    let imported = home.run(&["import", "customers", "customers.csv"]);
    assert!(imported.status.success(), "{imported:?}");
    let server = home.start();
    guess(&server, &number(2), ACCOUNT, RIGHT).await.heard.says("Your account is fine.");
}

#[tokio::test]
async fn customers_whose_verifiers_are_quick_and_slow_are_told_apart_from_nobody_alike() {
    let home = Home::new();
    home.write("customers.csv", "account,name,pin,state,reason\n77203915,Ada,739184,active,none\n");
    let imported = home.run(&["import", "customers", "customers.csv"]);
    assert!(imported.status.success(), "{imported:?}");
    let server = home.start();
    for (n, (account, right)) in [(ACCOUNT, RIGHT), ("77203915", "739184#")].into_iter().enumerate() {
        guess(&server, &number(2 * n), account, WRONG).await.heard.says(IS_WRONG);
        guess(&server, &number(2 * n + 1), account, right).await.heard.says("Your account is fine.");
    }
    guess(&server, &number(4), "55501234", RIGHT).await.heard.says(IS_WRONG);
}
