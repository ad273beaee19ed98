//! What Plivo's interface is asked, and how its answers read.

use crate::support::interface::{BASIC, Stage};
use hotline::call::voice::Desk;
use hotline::provider::{ApiError, OrderError, Provider};
use hotline::words::Phone;
use serde_json::json;
use wiremock::ResponseTemplate;

async fn of(sender: &str, answer: ResponseTemplate) -> Stage {
    Stage::of(Provider::Plivo, sender, answer).await
}

#[tokio::test]
async fn a_message_is_sent_from_a_number_or_a_pool() {
    let taken = json!({ "message": "message(s) queued", "message_uuid": ["db3ce55a"], "api_id": "db342550" });
    let taken = ResponseTemplate::new(202).set_body_json(taken);
    let number = of("+85230000001", taken.clone()).await;
    assert_eq!(number.text().await.as_deref(), Ok("db3ce55a"));
    let asked = number.last().await;
    assert_eq!((asked.line(), asked.auth.as_deref()), ("POST /v1/Account/ACCOUNT/Message/", Some(BASIC)));
    assert_eq!(asked.json(), json!({ "src": "85230000001", "dst": "85261239500", "text": "Hello", "type": "sms" }));
    let pool = of("86bbb125-97bb-4d72-89fd-81d5c515b015", taken).await;
    pool.text().await.unwrap();
    let asked = pool.last().await.json();
    assert_eq!(
        (&asked["powerpack_uuid"], &asked["src"]),
        (&json!("86bbb125-97bb-4d72-89fd-81d5c515b015"), &json!(null))
    );
}

#[tokio::test]
async fn a_phone_is_rung_and_the_order_has_an_id() {
    let taken = json!({ "message": "call fired", "request_uuid": "9834029e", "api_id": "97ceeb52" });
    let interface = of("+85230000001", ResponseTemplate::new(201).set_body_json(taken)).await;
    let number = Desk::Number(Phone::parse("+85261239500", None).unwrap());
    assert_eq!(interface.ring_at(&number).await.as_deref(), Ok("9834029e"));
    let asked = interface.last().await;
    assert_eq!((asked.line(), asked.auth.as_deref()), ("POST /v1/Account/ACCOUNT/Call/", Some(BASIC)));
    let wanted = json!({
        "from": "85230000001",
        "to": "85261239500",
        "answer_url": "https://a.example/answer",
        "answer_method": "POST",
        "hangup_url": "https://a.example/status",
        "hangup_method": "POST",
        "ring_timeout": 25,
    });
    assert_eq!(asked.json(), wanted);
    let several = Desk::Sip("sip:a@example.com<sip:b@example.com".to_owned());
    assert!(matches!(interface.ring_at(&several).await, Err(OrderError::Refused(_))));
    assert_eq!(interface.asked().await.len(), 1, "that one is not asked for");
}

#[tokio::test]
async fn a_recording_is_fetched_as_wav_and_deleted() {
    let sound = ResponseTemplate::new(200).set_body_raw("sound", "audio/wav");
    let interface = of("+85230000001", sound).await;
    assert_eq!(interface.api.fetch_recording("8c2f-1").await.as_deref(), Ok(&b"sound"[..]));
    let asked = interface.last().await;
    assert_eq!(asked.line(), "GET /v1/Account/ACCOUNT/Recording/8c2f-1.wav");
    assert_eq!(asked.auth.as_deref(), Some(BASIC));
    assert_eq!(interface.api.delete_recording("8c2f-1").await, Ok(()));
    assert_eq!(interface.last().await.line(), "DELETE /v1/Account/ACCOUNT/Recording/8c2f-1/");
    for id in ["", "../Message", "a/b", "a?b"] {
        assert!(matches!(interface.api.fetch_recording(id).await, Err(ApiError::Refused(_))), "{id}");
        assert!(interface.api.delete_recording(id).await.is_err(), "{id}");
    }
    assert_eq!(interface.asked().await.len(), 2, "nothing else is asked for");
}

#[tokio::test]
async fn a_refusal_is_told_by_its_status() {
    let no = |status| ResponseTemplate::new(status).set_body_json(json!({ "api_id": "1", "error": "+852 61239500" }));
    let refused = of("+85230000001", no(400)).await;
    assert_eq!(refused.text().await, Err(ApiError::Refused("the provider answered 400".to_owned())));
    let desk = Desk::Sip("sip:a@example.com".to_owned());
    assert_eq!(refused.ring_at(&desk).await, Err(OrderError::Refused("the provider answered 400".to_owned())));
    let keys = of("+85230000001", no(401)).await;
    assert_eq!(keys.text().await, Err(ApiError::Later("the provider answered 401".to_owned())));
    assert_eq!(keys.ring_at(&desk).await, Err(OrderError::Keys));
    let silent = of("+85230000001", ResponseTemplate::new(201)).await;
    assert_eq!(silent.ring_at(&desk).await, Err(OrderError::Unknown), "taken, and nobody knows as what");
}
