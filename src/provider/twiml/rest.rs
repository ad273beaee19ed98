//! What a REST interface of Twilio's shape is asked, and how its answers read.

use crate::call::voice::Desk;
use crate::provider::api::{ApiSettings, Ask, Asked, Auth, Body, Message, Method, checked};
use crate::provider::{Order, OrderError};
use serde_json::Value;

/// What of it is a member's own.
pub struct Rest {
    /// What comes between the host and `/Accounts/`.
    pub root: &'static str,
    /// The header by which a message's tries are told from other messages, so that it is sent once.
    pub token: Option<&'static str>,
    /// What ids of services that send messages begin with.
    pub services: Option<&'static str>,
}

/// Sends a message.
pub fn message(own: &Rest, to: &ApiSettings, message: &Message) -> Ask {
    let is_service = own.services.is_some_and(|mark| message.from.starts_with(mark) && message.from.len() > 30);
    let from = if is_service { "MessagingServiceSid" } else { "From" };
    let form = [("To", message.to.as_str()), (from, message.from), ("Body", message.text.reveal())];
    post(own, to, "Messages.json", message.token, &form)
}

/// Rings a phone.
pub fn call(own: &Rest, to: &ApiSettings, order: &Order) -> Ask {
    let ring = order.ring.to_string();
    let form = [
        ("To", rung(order)),
        ("From", order.from),
        ("Url", order.answer_url),
        ("Method", "POST"),
        ("StatusCallback", order.status_url),
        ("StatusCallbackMethod", "POST"),
        ("StatusCallbackEvent", "completed"),
        ("Timeout", &ring),
    ];
    post(own, to, "Calls.json", order.token, &form)
}

/// Hangs a call up: said to be over, it is, whether it rings or was answered.
pub fn hang_up(own: &Rest, to: &ApiSettings, call: &str) -> Asked {
    let what = format!("Calls/{}.json", checked(call, "call")?);
    Ok(post(&Rest { token: None, ..*own }, to, &what, "", &[("Status", "completed")]))
}

/// Whose phone rings.
pub fn rung<'a>(order: &Order<'a>) -> &'a str {
    match order.to {
        Desk::Number(phone) => phone.as_str(),
        Desk::Sip(address) => address,
    }
}

fn post(own: &Rest, to: &ApiSettings, what: &str, token: &str, form: &[(&'static str, &str)]) -> Ask {
    Ask {
        method: Method::POST,
        url: address(own, to, what),
        auth: Auth::Basic,
        token: own.token.map(|header| (header, token.to_owned())),
        body: Body::Form(form.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()),
    }
}

/// The sound of a recording.
pub fn sound(own: &Rest, to: &ApiSettings, id: &str) -> Asked {
    recording(own, to, id, Method::GET, "wav")
}

/// Deletes a recording.
pub fn delete(own: &Rest, to: &ApiSettings, id: &str) -> Asked {
    recording(own, to, id, Method::DELETE, "json")
}

fn recording(own: &Rest, to: &ApiSettings, id: &str, method: Method, form: &str) -> Asked {
    let url = address(own, to, &format!("Recordings/{}.{form}", checked(id, "recording")?));
    Ok(Ask { method, url, auth: Auth::Basic, token: None, body: Body::Nothing })
}

fn address(own: &Rest, to: &ApiSettings, what: &str) -> String {
    format!("{}{}/Accounts/{}/{what}", to.base, own.root, to.account)
}

/// The id of what was taken.
pub fn id(answer: &Value) -> Option<String> {
    answer["sid"].as_str().map(str::to_owned)
}

/// The code of a fault, and what it says of the numbers.
pub fn fault(answer: &Value) -> (Option<String>, Option<OrderError>) {
    let code = answer["code"].as_i64();
    let why = match code {
        Some(21201 | 21211 | 21214 | 21215 | 21216 | 21217 | 21219 | 13224 | 13227) => Some(OrderError::To),
        Some(21210 | 21212 | 21213) => Some(OrderError::From),
        _ => None,
    };
    (code.map(|code| code.to_string()), why)
}
