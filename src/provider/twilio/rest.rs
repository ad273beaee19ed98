//! What Twilio's REST interface is asked, and how its answers read.

use crate::call::voice::Desk;
use crate::provider::api::{ApiError, ApiSettings, Ask, Asked, Auth, Body, Interface, Message, Method};
use crate::provider::{Order, OrderError};
use serde_json::Value;

/// Tells a message's tries from other messages, so that it is sent once.
const TOKEN: &str = "I-Twilio-Idempotency-Token";

/// See [`Interface`].
pub const INTERFACE: Interface = Interface {
    base: "https://api.twilio.com",
    message: Some(message),
    call: Some(call),
    recording: Some(|to, id| recording(to, id, Method::GET, "wav")),
    delete_recording: Some(|to, id| recording(to, id, Method::DELETE, "json")),
    id: |answer| answer["sid"].as_str().map(str::to_owned),
    fault,
};

fn message(to: &ApiSettings, message: &Message) -> Asked {
    let is_service = message.from.starts_with("MG") && message.from.len() > 30;
    let from = if is_service { "MessagingServiceSid" } else { "From" };
    let form = [("To", message.to.as_str()), (from, message.from), ("Body", message.text.reveal())];
    Ok(post(to, "Messages.json", message.token, &form))
}

fn call(to: &ApiSettings, order: &Order) -> Asked {
    let rung = match order.to {
        Desk::Number(phone) => phone.as_str(),
        Desk::Sip(address) => address,
    };
    let ring = order.ring.to_string();
    let form = [
        ("To", rung),
        ("From", order.from),
        ("Url", order.answer_url),
        ("Method", "POST"),
        ("StatusCallback", order.status_url),
        ("StatusCallbackMethod", "POST"),
        ("StatusCallbackEvent", "completed"),
        ("Timeout", &ring),
    ];
    Ok(post(to, "Calls.json", order.token, &form))
}

fn post(to: &ApiSettings, what: &str, token: &str, form: &[(&'static str, &str)]) -> Ask {
    Ask {
        method: Method::POST,
        url: address(to, what),
        auth: Auth::Basic,
        token: Some((TOKEN, token.to_owned())),
        body: Body::Form(form.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()),
    }
}

/// The id came with a webhook: nothing in it may lead elsewhere.
fn recording(to: &ApiSettings, id: &str, method: Method, form: &str) -> Asked {
    if id.is_empty() || id.len() > 64 || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(ApiError::Refused("this is no recording's id".to_owned()));
    }
    let url = address(to, &format!("Recordings/{id}.{form}"));
    Ok(Ask { method, url, auth: Auth::Basic, token: None, body: Body::Nothing })
}

fn address(to: &ApiSettings, what: &str) -> String {
    format!("{}/2010-04-01/Accounts/{}/{what}", to.base, to.account)
}

fn fault(answer: &Value) -> (Option<String>, Option<OrderError>) {
    let code = answer["code"].as_i64();
    let why = match code {
        Some(21201 | 21211 | 21214 | 21215 | 21216 | 21217 | 21219 | 13224 | 13227) => Some(OrderError::To),
        Some(21210 | 21212 | 21213) => Some(OrderError::From),
        _ => None,
    };
    (code.map(|code| code.to_string()), why)
}
