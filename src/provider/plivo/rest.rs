//! What Plivo's REST interface is asked, and how its answers read.

use crate::call::voice::Desk;
use crate::provider::Order;
use crate::provider::api::{ApiError, ApiSettings, Ask, Asked, Auth, Body, Interface, Message, Method, checked};
use crate::provider::parties::without_plus;
use serde_json::{Value, json};

/// See [`Interface`]. Faults come without a code.
pub const INTERFACE: Interface = Interface {
    base: "https://api.plivo.com",
    message: Some(message),
    call: Some(call),
    hang_up: Some(hang_up),
    legs: None,
    recording: Some(recording),
    delete_recording: Some(delete_recording),
    id,
    fault: |_| (None, None),
};

fn message(to: &ApiSettings, message: &Message) -> Asked {
    let mut body = json!({
        "dst": without_plus(message.to.as_str()),
        "text": message.text.reveal(),
        "type": "sms",
    });
    // A pool of numbers goes by its UUID.
    let is_pool = message.from.len() == 36 && message.from.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    body[if is_pool { "powerpack_uuid" } else { "src" }] = without_plus(message.from).into();
    Ok(post(to, "Message", body))
}

fn call(to: &ApiSettings, order: &Order) -> Asked {
    let rung = match order.to {
        Desk::Number(phone) => without_plus(phone.as_str()),
        // It stands between several who are rung at once.
        Desk::Sip(address) if address.contains('<') => {
            return Err(ApiError::Refused("this SIP address cannot be rung".to_owned()));
        }
        Desk::Sip(address) => address,
    };
    let body = json!({
        "from": without_plus(order.from),
        "to": rung,
        "answer_url": order.answer_url,
        "answer_method": "POST",
        "hangup_url": order.status_url,
        "hangup_method": "POST",
        "ring_timeout": order.ring,
    });
    Ok(post(to, "Call", body))
}

fn post(to: &ApiSettings, what: &str, body: Value) -> Ask {
    let url = format!("{}/v1/Account/{}/{what}/", to.base, to.account);
    Ask { method: Method::POST, url, auth: Auth::Basic, token: None, body: Body::Json(body) }
}

/// A call is known to us by its order, and all that came of an order is hung up by it.
fn hang_up(to: &ApiSettings, order: &str) -> Asked {
    let url = format!("{}/v1/Account/{}/Request/{}/", to.base, to.account, checked(order, "call")?);
    Ok(Ask { method: Method::DELETE, url, auth: Auth::Basic, token: None, body: Body::Nothing })
}

/// The sound lies on a host of its own beside the interface's.
fn recording(to: &ApiSettings, id: &str) -> Asked {
    let base = to.base.replacen("://api.", "://media.", 1);
    let url = format!("{base}/v1/Account/{}/Recording/{}.wav", to.account, checked(id, "recording")?);
    Ok(Ask { method: Method::GET, url, auth: Auth::Basic, token: None, body: Body::Nothing })
}

fn delete_recording(to: &ApiSettings, id: &str) -> Asked {
    let url = format!("{}/v1/Account/{}/Recording/{}/", to.base, to.account, checked(id, "recording")?);
    Ok(Ask { method: Method::DELETE, url, auth: Auth::Basic, token: None, body: Body::Nothing })
}

/// Of a call the order's id, of a message its own: each may be one or a list.
fn id(answer: &Value) -> Option<String> {
    let id = ["request_uuid", "message_uuid"].iter().map(|name| &answer[name]).find(|id| !id.is_null())?;
    id.as_str().or(id[0].as_str()).map(str::to_owned)
}
