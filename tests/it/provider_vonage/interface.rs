//! What Vonage is asked, and how its answers read.

use super::VONAGE;
use crate::support::interface::{Asked, api, order};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hotline::call::voice::Desk;
use hotline::provider::{ApiError, OrderError};
use hotline::words::{Phone, Secret, clock};
use ring::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

const KEY: &str = include_str!("../../data/vonage-key.pem");
const TRADITIONAL: &str = include_str!("../../data/vonage-key-traditional.pem");

/// What a token says, once the application's public key has proved it.
fn proved(authorization: &str) -> Value {
    let token = authorization.strip_prefix("Bearer ").unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let lines: String = KEY.lines().filter(|line| !line.starts_with('-')).collect();
    let key = RsaKeyPair::from_pkcs8(&STANDARD.decode(lines).unwrap()).unwrap();
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref());
    public.verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).expect("signed with the key");
    let read = |part: &str| -> Value { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap() };
    let (header, claims) = signed.split_once('.').unwrap();
    assert_eq!(read(header), json!({ "alg": "RS256", "typ": "JWT" }));
    read(claims)
}

#[tokio::test]
async fn one_asks_as_the_application_with_a_token_of_a_quarter_of_an_hour() {
    let asked = Asked::new().await;
    asked.answers(202, json!({ "message_uuid": "m-1" })).await;
    let (to, text) = (Phone::parse("+85261239400", None).unwrap(), Secret::new("Hello & 你好"));
    let mut ids = Vec::new();
    for key in [KEY, TRADITIONAL] {
        let api = api(&asked, VONAGE, Some(key));
        assert_eq!(api.send_message(&to, &text, "the-token").await, Ok("m-1".to_owned()));
        let (line, authorization, body) = asked.last().await;
        assert_eq!(line, "POST /v1/messages");
        let expected = json!({
            "channel": "sms",
            "message_type": "text",
            "to": "85261239400",
            "from": "85230000001",
            "text": "Hello & 你好",
        });
        assert_eq!(body, expected);
        let claims = proved(&authorization);
        assert_eq!(claims["application_id"], "the-application");
        let (iat, exp) = (claims["iat"].as_i64().unwrap(), claims["exp"].as_i64().unwrap());
        assert!((clock::now().as_second() - iat).abs() < 600 && exp == iat + 900, "{claims}");
        ids.push(claims["jti"].as_str().unwrap().to_owned());
    }
    assert_ne!(ids[0], ids[1], "no two tokens are the same");
}

#[tokio::test]
async fn a_call_is_ordered_and_known_by_the_id_its_callbacks_carry() {
    let asked = Asked::new().await;
    asked.answers(201, json!({ "uuid": "u-1", "status": "started", "conversation_uuid": "CON-1" })).await;
    let api = api(&asked, VONAGE, Some(KEY));
    let sip = Desk::Sip("sip:mei@pbx.example.com".to_owned());
    let phone = Desk::Number(Phone::parse("+85261239400", None).unwrap());
    for (to, rung) in [
        (sip, json!({ "type": "sip", "uri": "sip:mei@pbx.example.com" })),
        (phone, json!({ "type": "phone", "number": "85261239400" })),
    ] {
        assert_eq!(api.call(&order(&to)).await, Ok("CON-1".to_owned()));
        let (line, authorization, body) = asked.last().await;
        assert_eq!(line, "POST /v1/calls");
        proved(&authorization);
        let expected = json!({
            "to": [rung],
            "from": { "type": "phone", "number": "85230000001" },
            "answer_url": ["https://ivr.example.com/answered"],
            "answer_method": "POST",
            "event_url": ["https://ivr.example.com/status"],
            "event_method": "POST",
            "ringing_timer": 25,
            "length_timer": 86400,
        });
        assert_eq!(body, expected);
    }
}

#[tokio::test]
async fn a_recording_is_fetched_by_the_id_of_its_file_and_nothing_else_is_asked_for() {
    let asked = Asked::new().await;
    let api = api(&asked, VONAGE, Some(KEY));
    asked.answers_with(ResponseTemplate::new(200).set_body_raw("sound", "audio/wav")).await;
    assert_eq!(api.fetch_recording("bbbbbbbb-aaaa").await, Ok(b"sound".to_vec()));
    let (line, authorization, _) = asked.last().await;
    assert_eq!(line, "GET /v1/files/bbbbbbbb-aaaa");
    proved(&authorization);
    for id in ["", "../messages", "a/b", "a?b", &"a".repeat(65)] {
        assert_eq!(api.fetch_recording(id).await, Err(ApiError::Refused("this is no recording's id".to_owned())));
    }
    let deleted = api.delete_recording("bbbbbbbb-aaaa").await;
    assert_eq!(deleted, Err(ApiError::Refused("vonage cannot be asked for that".to_owned())));
    assert_eq!(asked.times().await, 1);
}

#[tokio::test]
async fn what_is_refused_reads_as_the_mend_for_it() {
    let asked = Asked::new().await;
    let (to, text) = (Phone::parse("+85261239400", None).unwrap(), Secret::new("Hello"));
    let desk = Desk::Number(to.clone());
    let whole = api(&asked, VONAGE, Some(KEY));
    for (status, why) in [
        (401, OrderError::Keys),
        (429, OrderError::TooMany),
        (400, OrderError::Refused("the provider answered 400".to_owned())),
        (503, OrderError::Unknown),
    ] {
        asked.answers(status, json!({ "title": "no", "detail": "+85261239400" })).await;
        assert_eq!(whole.call(&order(&desk)).await, Err(why));
    }
    asked.answers(422, json!({ "title": "invalid" })).await;
    let refused = whole.send_message(&to, &text, "t").await;
    assert_eq!(refused, Err(ApiError::Refused("the provider answered 422".to_owned())));
    asked.answers(202, json!({})).await;
    for (key, why) in [
        (None, "there is no application, or no private key"),
        (Some("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"), "the private key is no RSA key in PEM"),
        (Some("no key"), "the private key is no RSA key in PEM"),
    ] {
        let told = api(&asked, VONAGE, key).send_message(&to, &text, "t").await;
        assert_eq!(told, Err(ApiError::Later(why.to_owned())));
    }
    assert_eq!(asked.times().await, 0, "without a token nothing is asked");
}
