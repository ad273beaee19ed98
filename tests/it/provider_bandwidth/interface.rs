//! What Bandwidth's interface is asked, and how its answers read.

use crate::support::interface::{BASIC, Stage};
use hotline::call::voice::Desk;
use hotline::provider::{ApiError, OrderError, Provider};
use hotline::words::Phone;
use serde_json::json;
use wiremock::ResponseTemplate;

async fn of(answer: ResponseTemplate) -> Stage {
    Stage::of(Provider::Bandwidth, "+85230000001", answer).await
}

#[tokio::test]
async fn a_phone_is_rung_through_the_application() {
    let interface = of(ResponseTemplate::new(201).set_body_json(json!({ "callId": "c-1", "state": "queued" }))).await;
    let number = Desk::Number(Phone::parse("+85261239500", None).unwrap());
    assert_eq!(interface.ring_at(&number).await.as_deref(), Ok("c-1"));
    let asked = interface.last().await;
    assert_eq!((asked.line(), asked.auth.as_deref()), ("POST /api/v2/accounts/ACCOUNT/calls", Some(BASIC)));
    let wanted = json!({
        "from": "+85230000001",
        "to": "+85261239500",
        "applicationId": "APPLICATION",
        "answerUrl": "https://a.example/answer",
        "answerMethod": "POST",
        "disconnectUrl": "https://a.example/status",
        "disconnectMethod": "POST",
        "callTimeout": 25,
    });
    assert_eq!(asked.json(), wanted);
}

#[tokio::test]
async fn a_recording_is_found_by_its_call_and_its_id() {
    let interface = of(ResponseTemplate::new(200).set_body_raw("sound", "audio/vnd.wave")).await;
    assert_eq!(interface.api.fetch_recording("c-1/r-2").await.as_deref(), Ok(&b"sound"[..]));
    let asked = interface.last().await;
    assert_eq!(asked.line(), "GET /api/v2/accounts/ACCOUNT/calls/c-1/recordings/r-2/media");
    assert_eq!(asked.auth.as_deref(), Some(BASIC));
    assert_eq!(interface.api.delete_recording("c-1/r-2").await, Ok(()));
    assert_eq!(interface.last().await.line(), "DELETE /api/v2/accounts/ACCOUNT/calls/c-1/recordings/r-2");
    for id in ["", "r-2", "c-1/", "/r-2", "c-1/../r", "c-1/r-2/media", "c?/r"] {
        assert!(matches!(interface.api.fetch_recording(id).await, Err(ApiError::Refused(_))), "{id}");
        assert!(interface.api.delete_recording(id).await.is_err(), "{id}");
    }
    assert_eq!(interface.asked().await.len(), 2, "nothing else is asked for");
}

#[tokio::test]
async fn messages_are_not_sent_and_a_refusal_is_told_by_its_status() {
    let no =
        |status| ResponseTemplate::new(status).set_body_json(json!({ "type": "validation", "description": "+852" }));
    let interface = of(no(400)).await;
    assert!(!interface.api.sends() && interface.api.rings());
    assert!(matches!(interface.text().await, Err(ApiError::Refused(_))));
    let desk = Desk::Sip("sip:a@example.com".to_owned());
    assert_eq!(interface.ring_at(&desk).await, Err(OrderError::Refused("the provider answered 400".to_owned())));
    assert_eq!(of(no(403)).await.ring_at(&desk).await, Err(OrderError::Keys));
    assert_eq!(of(no(429)).await.ring_at(&desk).await, Err(OrderError::TooMany));
}
