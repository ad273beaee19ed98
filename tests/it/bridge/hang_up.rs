//! An agent hangs up from the desk: the provider is asked to, and tells of the end as of every other.

use super::stage::{Stage, agent, form, taken, takes_orders};
use hotline::desk::DeskError;
use hotline::store::DialState;
use hotline::words::Lang;
use wiremock::matchers::path_regex;
use wiremock::{Mock, ResponseTemplate};

/// The provider lets a call be changed.
async fn changes_calls(stage: &Stage, answer: ResponseTemplate) {
    takes_orders(&stage.provider, taken("CA1")).await;
    let calls = Mock::given(path_regex("/Calls/CA1.json$"));
    calls.respond_with(answer).mount(&stage.provider).await;
}

#[tokio::test]
async fn an_attempt_that_goes_on_is_hung_up_and_ends_as_the_provider_tells() {
    let stage = Stage::new().await;
    let mut leg = stage.rings().await;
    changes_calls(&stage, ResponseTemplate::new(200)).await;
    let mei = agent(Lang::EnUs);
    stage.hears(&leg.answered(), &mut leg).await;
    let dial = stage.desk().hang_up(&mei, &leg.request, 1).await.unwrap();
    assert_eq!(dial.state, DialState::Agent, "until the provider tells");
    let asked = stage.provider.received_requests().await.unwrap();
    let asked = asked.last().unwrap();
    assert_eq!(form(asked), [("Status".to_owned(), "completed".to_owned())].into());

    assert_eq!(stage.send(&leg.status("completed")).await.status, 204);
    assert_eq!(stage.is(&leg.request).await, (DialState::Failed, Some("agent-hung-up".to_owned())));
    let again = stage.desk().hang_up(&mei, &leg.request, 1).await.unwrap();
    assert_eq!(again.state, DialState::Failed, "what is over is not hung up again");
    assert_eq!(stage.provider.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_hangs_up_anothers_call_and_a_refusal_is_told() {
    let stage = Stage::new().await;
    let leg = stage.rings().await;
    changes_calls(&stage, ResponseTemplate::new(500)).await;
    let mei = agent(Lang::EnUs);
    let mut other = mei.clone();
    other.name = "kenji".to_owned();
    let refused = stage.desk().hang_up(&other, &leg.request, 1).await;
    assert!(matches!(refused, Err(DeskError::HeldBy { .. })), "{refused:?}");
    let none = stage.desk().hang_up(&mei, &leg.request, 2).await;
    assert!(matches!(none, Err(DeskError::NoAttempt { next: 2 })), "{none:?}");
    let failed = stage.desk().hang_up(&mei, &leg.request, 1).await.unwrap_err();
    let told = "the call cannot be hung up from here: the provider answered 500; hang up your phone";
    assert_eq!(failed.to_string(), told);
    assert_eq!(stage.is(&leg.request).await, (DialState::Agent, None), "it goes on");
}
