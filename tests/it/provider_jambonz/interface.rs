//! What a jambonz is asked, and how its answers read.

use super::JAMBONZ;
use crate::support::interface::Stage;
use hotline::call::voice::Desk;
use hotline::provider::{ApiError, OrderError};
use serde_json::{Value, json};

#[tokio::test]
async fn a_call_is_ordered_and_known_by_its_id() {
    let stage = Stage::start(JAMBONZ).await;
    assert!(stage.api.rings() && !stage.api.sends());
    stage.answers(201, json!({ "sid": "8d7f2a5e", "callId": "abc" })).await;
    assert_eq!(stage.ring().await, Ok("8d7f2a5e".to_owned()));
    let sip = Desk::Sip("sip:mei@pbx.example.com".to_owned());
    assert_eq!(stage.ring_at(&sip).await, Ok("8d7f2a5e".to_owned()));
    let rung = [
        json!({ "type": "phone", "number": "+85261239500" }),
        json!({ "type": "sip", "sipUri": "sip:mei@pbx.example.com" }),
    ];
    for (asked, rung) in stage.asked().await.iter().zip(rung) {
        assert_eq!(asked.line(), "POST /v1/Accounts/ACCOUNT/Calls");
        assert_eq!(asked.auth.as_deref(), Some("Bearer PASSWORD"));
        let hook = |url| json!({ "url": url, "method": "POST" });
        let expected = json!({
            "application_sid": "APPLICATION",
            "from": "+85230000001",
            "to": rung,
            "call_hook": hook("https://a.example/answer"),
            "call_status_hook": hook("https://a.example/status"),
            "timeout": 25,
        });
        assert_eq!(serde_json::from_str::<Value>(&asked.body).unwrap(), expected);
    }
}

#[tokio::test]
async fn what_it_does_not_do_reads_as_the_mend_for_it() {
    let stage = Stage::start(JAMBONZ).await;
    for (status, why) in [
        (401, OrderError::Keys),
        (429, OrderError::TooMany),
        (422, OrderError::Refused("the provider answered 422".to_owned())),
        (500, OrderError::Unknown),
    ] {
        stage.answers(status, json!({ "msg": "+85261239500 is not known" })).await;
        assert_eq!(stage.ring().await, Err(why));
    }
    let refused = Err(ApiError::Refused("jambonz cannot be asked for that".to_owned()));
    assert_eq!(stage.text().await, refused);
    assert_eq!(stage.api.delete_recording("a").await.map(|()| String::new()), refused);
}
