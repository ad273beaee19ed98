//! Hanging up a call that was ordered: what each provider is asked for it.

use crate::support::interface::{BASIC, Stage};
use hotline::provider::{ApiError, Provider};
use serde_json::json;
use wiremock::ResponseTemplate;

/// A call as the provider writes it.
const CALL: &str = "v3:0a1b-2c3d_4e";

/// Everything a provider answers, with no content.
async fn asked_of(provider: Provider, call: &str, status: u16) -> (Result<(), ApiError>, Stage) {
    let interface = Stage::of(provider, "+85230000001", ResponseTemplate::new(status)).await;
    (interface.api.hang_up(call).await, interface)
}

#[tokio::test]
async fn every_provider_with_calls_to_order_is_asked_in_its_own_way() {
    let bearer = "Bearer PASSWORD";
    let state = json!({ "state": "completed" });
    let cases = [
        (Provider::Twilio, "POST /2010-04-01/Accounts/ACCOUNT/Calls/CALL.json", BASIC, json!(null)),
        (Provider::Somleng, "POST /2010-04-01/Accounts/ACCOUNT/Calls/CALL.json", BASIC, json!(null)),
        (Provider::SignalWire, "POST /api/laml/2010-04-01/Accounts/ACCOUNT/Calls/CALL.json", BASIC, json!(null)),
        (Provider::Telnyx, "POST /v2/texml/Accounts/ACCOUNT/Calls/CALL", bearer, json!({ "Status": "completed" })),
        (Provider::Plivo, "DELETE /v1/Account/ACCOUNT/Request/CALL/", BASIC, json!(null)),
        (Provider::Bandwidth, "POST /api/v2/accounts/ACCOUNT/calls/CALL", BASIC, state),
        (Provider::Jambonz, "PUT /v1/Accounts/ACCOUNT/Calls/CALL", bearer, json!({ "call_status": "completed" })),
    ];
    for (provider, line, authorization, body) in cases {
        let (done, interface) = asked_of(provider, CALL, 200).await;
        assert_eq!(done, Ok(()), "{provider}");
        let asked = interface.last().await;
        assert_eq!(asked.line(), line.replace("CALL", CALL), "{provider}");
        assert_eq!((asked.auth.as_deref(), asked.json()), (Some(authorization), body), "{provider}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_hung_up_and_what_fails_is_told() {
    let (done, _) = asked_of(Provider::Twilio, CALL, 404).await;
    assert_eq!(done, Ok(()));
    let (done, _) = asked_of(Provider::Twilio, CALL, 503).await;
    assert_eq!(done, Err(ApiError::Later("the provider answered 503".to_owned())));
    let (done, interface) = asked_of(Provider::FreeSwitch, CALL, 200).await;
    assert_eq!(done, Err(ApiError::Refused("freeswitch cannot be asked for that".to_owned())));
    assert_eq!(interface.asked().await.len(), 0);
}

#[tokio::test]
async fn an_id_that_leads_elsewhere_is_asked_nobody() {
    for provider in [Provider::Twilio, Provider::Telnyx, Provider::Plivo, Provider::Bandwidth, Provider::Jambonz] {
        for call in ["", "../Messages", "a/b", "a?b", "a%2fb"] {
            let (done, interface) = asked_of(provider, call, 200).await;
            assert_eq!(done, Err(ApiError::Refused("this is no call's id".to_owned())), "{provider} {call}");
            assert_eq!(interface.asked().await.len(), 0, "{provider} {call}");
        }
    }
}
