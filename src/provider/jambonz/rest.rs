//! What jambonz's REST interface is asked, and how its answers read. Everyone runs their own: where it
//! is stands in the settings. It sends no messages and keeps no recordings.

use crate::call::voice::Desk;
use crate::provider::Order;
use crate::provider::api::{ApiSettings, Ask, Asked, Auth, Body, Interface, Method, checked};
use serde_json::json;

/// See [`Interface`].
pub const INTERFACE: Interface = Interface {
    base: "",
    message: None,
    call: Some(call),
    hang_up: Some(hang_up),
    legs: None,
    recording: None,
    delete_recording: None,
    id: |answer| answer["sid"].as_str().map(str::to_owned),
    // What it says of a fault are words, not codes.
    fault: |_| (None, None),
};

/// A call cannot be ordered twice as one: there is nothing by which it is known again.
fn call(to: &ApiSettings, order: &Order) -> Asked {
    let rung = match order.to {
        Desk::Number(phone) => json!({ "type": "phone", "number": phone.as_str() }),
        Desk::Sip(address) => json!({ "type": "sip", "sipUri": address }),
    };
    let hook = |url: &str| json!({ "url": url, "method": "POST" });
    let mut body = json!({
        "from": order.from,
        "to": rung,
        "call_hook": hook(order.answer_url),
        "call_status_hook": hook(order.status_url),
        "timeout": order.ring,
    });
    if let Some(application) = &to.application {
        body["application_sid"] = application.as_str().into();
    }
    Ok(Ask {
        method: Method::POST,
        url: format!("{}/v1/Accounts/{}/Calls", to.base, to.account),
        auth: Auth::Bearer(to.password.clone()),
        token: None,
        body: Body::Json(body),
    })
}

fn hang_up(to: &ApiSettings, call: &str) -> Asked {
    Ok(Ask {
        method: Method::PUT,
        url: format!("{}/v1/Accounts/{}/Calls/{}", to.base, to.account, checked(call, "call")?),
        auth: Auth::Bearer(to.password.clone()),
        token: None,
        body: Body::Json(json!({ "call_status": "completed" })),
    })
}
