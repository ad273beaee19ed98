//! What a jambonz is asked, and how its answers read.

use super::JAMBONZ;
use crate::support::interface::{Asked, api, order};
use hotline::call::voice::Desk;
use hotline::provider::{ApiError, OrderError};
use hotline::words::{Phone, Secret};
use serde_json::json;

#[tokio::test]
async fn a_call_is_ordered_and_known_by_its_id() {
    let asked = Asked::new().await;
    let api = api(&asked, JAMBONZ, None);
    assert!(api.rings() && !api.sends());
    asked.answers(201, json!({ "sid": "8d7f2a5e", "callId": "abc" })).await;
    let sip = Desk::Sip("sip:mei@pbx.example.com".to_owned());
    let phone = Desk::Number(Phone::parse("+85261239400", None).unwrap());
    for (to, rung) in [
        (sip, json!({ "type": "sip", "sipUri": "sip:mei@pbx.example.com" })),
        (phone, json!({ "type": "phone", "number": "+85261239400" })),
    ] {
        assert_eq!(api.call(&order(&to)).await, Ok("8d7f2a5e".to_owned()));
        let (line, authorization, body) = asked.last().await;
        assert_eq!(line, "POST /v1/Accounts/the-account/Calls");
        assert_eq!(authorization, "Bearer the-password");
        let hook = |url| json!({ "url": url, "method": "POST" });
        let expected = json!({
            "application_sid": "the-application",
            "from": "+85230000001",
            "to": rung,
            "call_hook": hook("https://ivr.example.com/answered"),
            "call_status_hook": hook("https://ivr.example.com/status"),
            "timeout": 25,
        });
        assert_eq!(body, expected);
    }
}

#[tokio::test]
async fn what_it_does_not_do_reads_as_the_mend_for_it() {
    let asked = Asked::new().await;
    let api = api(&asked, JAMBONZ, None);
    let to = Desk::Sip("sip:mei@pbx.example.com".to_owned());
    for (status, why) in [
        (401, OrderError::Keys),
        (429, OrderError::TooMany),
        (422, OrderError::Refused("the provider answered 422".to_owned())),
        (500, OrderError::Unknown),
    ] {
        asked.answers(status, json!({ "msg": "+85261239400 is not known" })).await;
        assert_eq!(api.call(&order(&to)).await, Err(why));
    }
    let number = Phone::parse("+85261239400", None).unwrap();
    let refused = Err(ApiError::Refused("jambonz cannot be asked for that".to_owned()));
    assert_eq!(api.send_message(&number, &Secret::new("Hello"), "t").await, refused);
    assert_eq!(api.delete_recording("a").await.map(|()| String::new()), refused);
}
