//! Attempts whose end is not heard, or whose outcome is said while a phone rings: nobody is blocked by
//! them, nothing is said of a customer who was not rung, and nobody is rung under them any more.

use super::stage::{Stage, agent, rung};
use hotline::call::effect::RequestState;
use hotline::desk::{DeskError, DialState, Outcome};
use hotline::words::Lang;
use jiff::SignedDuration;

#[tokio::test]
async fn nothing_is_said_of_a_customer_while_only_the_agents_phone_has_rung() {
    let stage = Stage::new().await;
    let mei = agent(Lang::EnUs);
    let mut leg = stage.rings().await;
    stage.hears(&leg.answered(), &mut leg).await;
    for outcome in [Outcome::Reached, Outcome::NoAnswer, Outcome::Busy, Outcome::WrongNumber] {
        let said = stage.desk().outcome(&mei, &leg.request, 1, outcome, "").await;
        assert!(matches!(said, Err(DeskError::NotRung { nth: 1 })), "{outcome:?}: {said:?}");
    }
    stage.send(&leg.status("completed")).await;
    assert_eq!(stage.is(&leg.request).await.0, DialState::Failed);
    let said = stage.desk().outcome(&mei, &leg.request, 1, Outcome::NoAnswer, "").await;
    assert!(matches!(said, Err(DeskError::NotRung { nth: 1 })), "{said:?}");
    stage.call(&mei, &leg.request, 2).await.unwrap();
    let request = stage.bank.store().request(&leg.request).await.unwrap().unwrap();
    assert_eq!((request.attempts, request.misses), (2, 0));
}

#[tokio::test]
async fn a_leg_of_which_nothing_more_is_heard_blocks_the_request_for_minutes_only() {
    let stage = Stage::new().await;
    let mei = agent(Lang::EnUs);
    let mut leg = stage.rings().await;
    stage.hears(&leg.answered(), &mut leg).await;
    assert!(matches!(stage.call(&mei, &leg.request, 2).await, Err(DeskError::Running { nth: 1 })));
    stage.bank.pass(SignedDuration::from_mins(5));
    assert_eq!(stage.desk().keep().await.unwrap().ended, 1);
    assert_eq!(stage.is(&leg.request).await.0, DialState::Failed);
    stage.call(&mei, &leg.request, 2).await.unwrap();
}

#[tokio::test]
async fn an_outcome_ends_the_attempt_and_a_key_pressed_after_it_rings_nobody() {
    let stage = Stage::new().await;
    let mei = agent(Lang::EnUs);
    let mut leg = stage.rings().await;
    stage.hears(&leg.answered(), &mut leg).await;
    let press = leg.presses("1");
    let heard = stage.hears(&press, &mut leg).await;
    assert!(rung(&heard).is_some(), "{heard:?}");
    // The end of the call is never told; the agent says how it was.
    let request = stage.desk().outcome(&mei, &leg.request, 1, Outcome::NoAnswer, "").await.unwrap();
    assert_eq!((request.state, request.misses), (RequestState::Open, 1));
    assert_eq!(stage.is(&leg.request).await.0, DialState::Over);
    stage.desk().take(&mei, &leg.request).await.unwrap();
    stage.call(&mei, &leg.request, 2).await.unwrap();
    let late = stage.send(&press).await;
    assert!(!late.body.contains("<Dial"), "{late:?}");
}
