//! What Vonage is asked, and how its answers read.

use super::VONAGE;
use crate::support::interface::Stage;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hotline::call::voice::Desk;
use hotline::provider::{ApiError, OrderError};
use hotline::words::clock;
use ring::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use serde_json::{Value, json};

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

/// What a body says.
fn read(body: &str) -> Value {
    serde_json::from_str(body).unwrap()
}

#[tokio::test]
async fn one_asks_as_the_application_with_a_token_of_a_quarter_of_an_hour() {
    let mut once = Vec::new();
    for key in [KEY, TRADITIONAL] {
        let stage = Stage::with_key(VONAGE, Some(key)).await;
        stage.answers(202, json!({ "message_uuid": "m-1" })).await;
        assert_eq!(stage.text().await, Ok("m-1".to_owned()));
        let asked = stage.asked().await.pop().unwrap();
        assert_eq!(asked.line(), "POST /v1/messages");
        let expected = json!({
            "channel": "sms",
            "message_type": "text",
            "to": "85261239500",
            "from": "85230000001",
            "text": "Hello",
        });
        assert_eq!(read(&asked.body), expected);
        let claims = proved(asked.auth.as_deref().unwrap());
        assert_eq!(claims["application_id"], "APPLICATION");
        let (iat, exp) = (claims["iat"].as_i64().unwrap(), claims["exp"].as_i64().unwrap());
        assert!((clock::now().as_second() - iat).abs() < 600 && exp == iat + 900, "{claims}");
        once.push(claims["jti"].as_str().unwrap().to_owned());
    }
    assert_ne!(once[0], once[1], "no two tokens are the same");
}

#[tokio::test]
async fn a_call_is_ordered_and_known_by_the_id_its_callbacks_carry() {
    let stage = Stage::with_key(VONAGE, Some(KEY)).await;
    stage.answers(201, json!({ "uuid": "u-1", "status": "started", "conversation_uuid": "CON-1" })).await;
    assert_eq!(stage.ring().await, Ok("CON-1".to_owned()));
    assert_eq!(stage.ring_at(&Desk::Sip("sip:mei@pbx.example.com".to_owned())).await, Ok("CON-1".to_owned()));
    let rung = [
        json!({ "type": "phone", "number": "85261239500" }),
        json!({ "type": "sip", "uri": "sip:mei@pbx.example.com" }),
    ];
    for (asked, rung) in stage.asked().await.iter().zip(rung) {
        assert_eq!(asked.line(), "POST /v1/calls");
        proved(asked.auth.as_deref().unwrap());
        let expected = json!({
            "to": [rung],
            "from": { "type": "phone", "number": "85230000001" },
            "answer_url": ["https://a.example/answer"],
            "answer_method": "POST",
            "event_url": ["https://a.example/status"],
            "event_method": "POST",
            "ringing_timer": 25,
            "length_timer": 86400,
        });
        assert_eq!(read(&asked.body), expected);
    }
}

#[tokio::test]
async fn a_call_is_hung_up_by_the_legs_of_its_conversation_that_are_not_over() {
    let stage = Stage::with_key(VONAGE, Some(KEY)).await;
    let legs = [("u-1", "completed"), ("u-2", "answered"), ("u-3", "ringing"), ("../messages", "started")];
    let legs = legs.map(|(uuid, status)| json!({ "uuid": uuid, "status": status, "conversation_uuid": "CON-1" }));
    stage.answers(200, json!({ "_embedded": { "calls": &legs[..3] } })).await;
    assert_eq!(stage.api.hang_up("CON-1").await, Ok(()));
    let asked = stage.asked().await;
    let lines: Vec<&str> = asked.iter().map(|asked| asked.line()).collect();
    assert_eq!(lines, ["GET /v1/calls?conversation_uuid=CON-1", "PUT /v1/calls/u-2", "PUT /v1/calls/u-3"]);
    assert!(asked[1..].iter().all(|asked| read(&asked.body) == json!({ "action": "hangup" })));
    asked.iter().for_each(|asked| _ = proved(asked.auth.as_deref().unwrap()));
    stage.answers(404, json!({})).await;
    assert_eq!(stage.api.hang_up("CON-1").await, Ok(()), "what is not there is hung up");
    stage.answers(503, json!({})).await;
    assert_eq!(stage.api.hang_up("CON-1").await, Err(ApiError::Later("the provider answered 503".to_owned())));
    // Neither our id nor theirs leads elsewhere.
    stage.answers(200, json!({ "_embedded": { "calls": &legs[3..] } })).await;
    for call in ["CON-1", "a&status=b"] {
        assert_eq!(stage.api.hang_up(call).await, Err(ApiError::Refused("this is no call's id".to_owned())));
    }
    assert_eq!(stage.asked().await.len(), 1);
}

#[tokio::test]
async fn a_recording_is_fetched_by_the_id_of_its_file_and_nothing_else_is_asked_for() {
    let stage = Stage::with_key(VONAGE, Some(KEY)).await;
    stage.sounds().await;
    assert_eq!(stage.api.fetch_recording("bbbbbbbb-aaaa").await, Ok(b"sound".to_vec()));
    for id in ["", "../messages", "a/b", "a?b", &"a".repeat(65)] {
        let refused = Err(ApiError::Refused("this is no recording's id".to_owned()));
        assert_eq!(stage.api.fetch_recording(id).await, refused);
    }
    let deleted = stage.api.delete_recording("bbbbbbbb-aaaa").await;
    assert_eq!(deleted, Err(ApiError::Refused("vonage cannot be asked for that".to_owned())));
    let asked = stage.asked().await;
    assert_eq!((asked.len(), asked[0].line()), (1, "GET /v1/files/bbbbbbbb-aaaa"));
    proved(asked[0].auth.as_deref().unwrap());
}

#[tokio::test]
async fn what_is_refused_reads_as_the_mend_for_it() {
    let stage = Stage::with_key(VONAGE, Some(KEY)).await;
    for (status, why) in [
        (401, OrderError::Keys),
        (429, OrderError::TooMany),
        (400, OrderError::Refused("the provider answered 400".to_owned())),
        (503, OrderError::Unknown),
    ] {
        stage.answers(status, json!({ "title": "no", "detail": "+85261239500" })).await;
        assert_eq!(stage.ring().await, Err(why));
    }
    stage.answers(422, json!({ "title": "invalid" })).await;
    assert_eq!(stage.text().await, Err(ApiError::Refused("the provider answered 422".to_owned())));
    for (key, why) in [
        (None, "there is no application, or no private key"),
        (Some("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"), "the private key is no RSA key in PEM"),
        (Some("no key"), "the private key is no RSA key in PEM"),
    ] {
        let stage = Stage::with_key(VONAGE, key).await;
        stage.answers(202, json!({})).await;
        assert_eq!(stage.text().await, Err(ApiError::Later(why.to_owned())));
        assert!(stage.asked().await.is_empty(), "without a token nothing is asked");
    }
}
