//! What goes wrong: who is refused, what the provider does not do, when the customer may not be rung.

use super::stage::{CUSTOMER, Stage, agent, filed, rung, taken, takes_orders, words};
use crate::support::phone::{PUBLIC, TOKEN};
use crate::support::server::eventually;
use hotline::desk::{DeskError, Way};
use hotline::store::{DialState, Person};
use hotline::words::Lang;
use jiff::SignedDuration;
use serde_json::json;
use std::time::Duration;
use wiremock::ResponseTemplate;

#[tokio::test]
async fn nobody_but_the_provider_moves_an_attempt() {
    let stage = Stage::new().await;
    let mut leg = stage.rings().await;
    stage.hears(&leg.answered(), &mut leg).await;
    let press = leg.presses("1");
    let mut unsigned = press.clone();
    unsigned.signature = None;
    let other_nth = leg.webhook(&leg.action.replace("/1/first/", "/2/first/"), &[("Digits", "1")]);
    let other_stage = leg.webhook(&leg.action.replace("/first/", "/over/"), &[("DialCallStatus", "busy")]);
    let no_stage = leg.webhook(&leg.action.replace("/first/", "/third/"), &[("Digits", "1")]);
    let no_number = leg.webhook(&leg.action.replace("/1/first/", "/one/first/"), &[("Digits", "1")]);
    let other_leg = leg.other("CA2").webhook(&leg.action, &[("Digits", "1")]);
    let refused =
        [press.clone().signed("another token"), unsigned, other_nth, other_stage, no_stage, no_number, other_leg];
    for webhook in refused {
        let answer = stage.send(&webhook).await;
        assert_eq!(answer.status, 403, "{webhook:?} {answer:?}");
    }
    let elsewhere = leg.webhook(&leg.action.replace("/voice/twilio/", "/voice/nobody/"), &[("Digits", "1")]);
    assert_eq!(stage.send(&elsewhere).await.status, 404);
    let malformed = leg.webhook(&leg.order["StatusCallback"], &[("CallStatus", "dancing")]);
    assert_eq!(stage.send(&malformed).await.status, 400);
    assert_eq!(stage.is(&leg.request).await, (DialState::Agent, None));
    assert_eq!(rung(&stage.hears(&press, &mut leg).await), Some(CUSTOMER));
}

#[tokio::test]
async fn what_the_provider_refuses_is_told_in_words_and_not_tried_again() {
    let refused =
        |status, code| ResponseTemplate::new(status).set_body_json(json!({ "code": code, "message": "secret" }));
    let cases = [
        (refused(400, 21211), "agent-number: the provider does not ring your phone's number; look at it on your page"),
        (refused(400, 21210), "line-number: the provider does not know the line's number as ours; tell an admin"),
        (refused(401, 20003), "provider-keys: the provider does not know us; tell an admin"),
        (refused(429, 20429), "provider-busy: the provider takes no more calls at this moment; try again in a minute"),
        (refused(400, 99999), "refused: the provider answered 400, error 99999"),
        (refused(500, 20500), "unknown: the provider did not say whether it rings you"),
        (ResponseTemplate::new(201), "unknown: the provider did not say whether it rings you"),
    ];
    let stage = Stage::new().await;
    let mei = agent(Lang::EnUs);
    let id = stage.claimed(&mei).await;
    for (nth, (answer, told)) in (1..).zip(cases) {
        takes_orders(&stage.provider, answer).await;
        let dial = stage.call(&mei, &id, nth).await.unwrap();
        assert_eq!((dial.state, dial.note.as_deref()), (DialState::Failed, Some(told)));
        assert_eq!(stage.orders().await.len(), 1, "asked once");
    }
    drop(stage.provider);
}

#[tokio::test]
async fn a_provider_that_hangs_fails_the_attempt_and_a_phone_that_rings_all_the_same_rings_nobody() {
    let stage = Stage::new().await;
    takes_orders(&stage.provider, taken("CA1").set_delay(Duration::from_secs(60))).await;
    let mei = agent(Lang::EnUs);
    let id = stage.claimed(&mei).await;
    let dial = stage.call(&mei, &id, 1).await.unwrap();
    assert_eq!(dial.state, DialState::Ordered, "whoever pressed does not wait for it");
    let failed = eventually("the attempt fails", async || {
        let (state, note) = stage.is(&id).await;
        (state == DialState::Failed).then_some(note)
    });
    assert!(failed.await.unwrap().starts_with("unknown: "));
    let order = stage.orders().await.pop().unwrap();
    let leg = super::stage::Leg { sid: "CA1".to_owned(), order, request: id, action: String::new() };
    let heard = stage.hears(&leg.answered(), &mut leg.clone()).await;
    assert!(words(&heard).contains("This attempt is over."), "{heard:?}");
    assert_eq!(stage.orders().await.len(), 1, "never repeated by itself");
}

#[tokio::test]
async fn a_leg_that_is_answered_before_its_order_is_goes_on() {
    let stage = Stage::new().await;
    takes_orders(&stage.provider, taken("CA1").set_delay(Duration::from_secs(5))).await;
    let mei = agent(Lang::EnUs);
    let id = stage.claimed(&mei).await;
    let dial = stage.call(&mei, &id, 1).await.unwrap();
    assert_eq!(dial.state, DialState::Ordered);
    let order = stage.orders().await.pop().unwrap();
    let mut leg = super::stage::Leg { sid: "CA1".to_owned(), order, request: id, action: String::new() };
    stage.hears(&leg.answered(), &mut leg).await;
    assert_eq!(stage.is(&leg.request).await, (DialState::Agent, None));
    assert_eq!(rung(&stage.hears(&leg.presses("1"), &mut leg).await), Some(CUSTOMER));
}

#[tokio::test]
async fn the_calling_hours_count_when_the_agent_presses_one() {
    let stage = Stage::new().await;
    let mut leg = stage.rings().await;
    stage.hears(&leg.answered(), &mut leg).await;
    // Ten in the morning is nine in the evening now.
    stage.bank.pass(SignedDuration::from_hours(11));
    let press = leg.presses("1");
    let answers = [stage.send(&press).await, stage.send(&press).await];
    assert!(answers[0] == answers[1] && !answers[0].body.contains("Dial"), "{answers:?}");
    assert!(answers[0].body.contains("This customer may not be called right now."), "{answers:?}");
    assert_eq!(stage.is(&leg.request).await, (DialState::Failed, Some("not-allowed".to_owned())));
}

#[tokio::test]
async fn a_request_that_was_closed_meanwhile_rings_nobody() {
    let stage = Stage::new().await;
    let mut leg = stage.rings().await;
    stage.hears(&leg.answered(), &mut leg).await;
    let lead = Person { name: "lead".to_owned(), ..agent(Lang::EnUs) };
    stage.desk().close(&lead, &leg.request, "served at the counter").await.unwrap();
    let heard = stage.hears(&leg.presses("1"), &mut leg).await;
    assert!(rung(&heard).is_none(), "{heard:?}");
}

#[tokio::test]
async fn what_cannot_be_ordered_is_told_and_nobody_is_asked() {
    let stage = Stage::new().await;
    let phone = |number: Option<&str>| Person { phone: number.map(str::to_owned), ..agent(Lang::EnUs) };
    let id = stage.claimed(&phone(None)).await;
    let none = stage.call(&phone(None), &id, 1).await;
    assert!(matches!(none, Err(DeskError::NoPhone)), "{none:?}");
    let premium = stage.call(&phone(Some("+19005551234")), &id, 1).await;
    assert!(matches!(premium, Err(DeskError::NotCallable(_))), "{premium:?}");
    let dial = stage.dial(&id).await.dial;
    assert!(dial.state == DialState::Failed && dial.note.unwrap().starts_with("agent-number: "));
    assert!(stage.orders().await.is_empty());

    let off = hotline::desk::Desk::new(stage.bank.answerer.clone(), hotline::provider::Apis::default());
    let off = off.call(&agent(Lang::EnUs), &id, 2, Way::Bridge).await;
    assert!(matches!(off, Err(DeskError::Off)), "{off:?}");
    let unknown = filed(stage.bank.store(), "no-such-line", "+85261239501", stage.bank.answerer.now()).await;
    stage.desk().take(&agent(Lang::EnUs), &unknown).await.unwrap();
    assert!(stage.call(&agent(Lang::EnUs), &unknown, 1).await.is_err(), "a line that is gone rings nobody");
    assert!(stage.orders().await.is_empty());
}

#[tokio::test]
async fn an_agent_hears_words_when_the_database_is_away() {
    let stage = Stage::new().await;
    let mut leg = stage.rings().await;
    stage.hears(&leg.answered(), &mut leg).await;
    stage.bank.store().close().await;
    let heard = stage.hears(&leg.presses("1"), &mut leg).await;
    assert!(rung(&heard).is_none() && words(&heard).contains("Please look at your desk."), "{heard:?}");
    assert_eq!(stage.send(&leg.status("completed")).await.status, 204);
    assert!(leg.order["Url"].starts_with(PUBLIC) && !TOKEN.is_empty());
}
