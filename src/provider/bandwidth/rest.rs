//! What Bandwidth's voice interface is asked, and how its answers read.

use crate::call::voice::Desk;
use crate::provider::Order;
use crate::provider::api::{ApiError, ApiSettings, Ask, Asked, Auth, Body, Interface, Method, checked};
use serde_json::json;

/// See [`Interface`]. Messages are not sent: they belong to an application of another kind. How faults are
/// numbered is not known.
pub const INTERFACE: Interface = Interface {
    base: "https://voice.bandwidth.com",
    message: None,
    call: Some(call),
    hang_up: Some(hang_up),
    legs: None,
    recording: Some(|to, id| recording(to, id, Method::GET, "/media")),
    delete_recording: Some(|to, id| recording(to, id, Method::DELETE, "")),
    id: |answer| answer["callId"].as_str().map(str::to_owned),
    fault: |_| (None, None),
};

fn call(to: &ApiSettings, order: &Order) -> Asked {
    let application = to.application.as_deref().filter(|id| !id.is_empty());
    let application =
        application.ok_or_else(|| ApiError::Refused("no `application` is set to ring with".to_owned()))?;
    let rung = match order.to {
        Desk::Number(phone) => phone.as_str(),
        Desk::Sip(address) => address,
    };
    // What comes of this call proves itself as all others do.
    let own = to.inbound.as_ref().and_then(|inbound| inbound.reveal().split_once(':'));
    let mut body = json!({
        "from": order.from,
        "to": rung,
        "applicationId": application,
        "answerUrl": order.answer_url,
        "answerMethod": "POST",
        "disconnectUrl": order.status_url,
        "disconnectMethod": "POST",
        "callTimeout": order.ring,
    });
    if let Some((user, password)) = own {
        body["username"] = user.into();
        body["password"] = password.into();
    }
    Ok(ask(to, Method::POST, "calls", Body::Json(body)))
}

fn hang_up(to: &ApiSettings, call: &str) -> Asked {
    let path = format!("calls/{}", checked(call, "call")?);
    Ok(ask(to, Method::POST, &path, Body::Json(json!({ "state": "completed" }))))
}

/// Call and recording, parted by a slash. Both came with a webhook: nothing in them may lead elsewhere.
fn recording(to: &ApiSettings, id: &str, method: Method, what: &str) -> Asked {
    let (call, own) = id.split_once('/').unwrap_or_default();
    let path = format!("calls/{}/recordings/{}{what}", checked(call, "recording")?, checked(own, "recording")?);
    Ok(ask(to, method, &path, Body::Nothing))
}

fn ask(to: &ApiSettings, method: Method, what: &str, body: Body) -> Ask {
    let url = format!("{}/api/v2/accounts/{}/{what}", to.base, to.account);
    Ask { method, url, auth: Auth::Basic, token: None, body }
}
